//! Results as text for a terminal.

use std::{collections::BTreeMap, fmt::Write};

use crate::{
    answer::PARTIES,
    grid::Severity,
    run::Row,
    score::{Bin, Blame, Confusion, Extras, Figures, Scored, blames_wrongly, party_right},
};

/// Which way a figure is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Better {
    /// More is better.
    More,
    /// Less is better.
    Less,
    /// It is a condition under which another figure is compared; who never says a thing says it never wrongly.
    Condition,
}

/// Each figure with its name, its target, and which way it is better.
pub fn named(figures: &Figures) -> [(&'static str, f64, &'static str, Better); 12] {
    use Better::{Condition, Less, More};
    [
        ("party_accuracy", figures.party_accuracy, ">= 0.97", More),
        ("segment_macro_f1_seen", figures.segment_macro_f1_seen, ">= 0.93", More),
        ("segment_macro_f1_held_out", figures.segment_macro_f1_held_out, ">= 0.80", More),
        ("interconnect_recall", figures.interconnect_recall, ">= 0.95", More),
        ("interconnect_false_positive_rate", figures.interconnect_false_positive_rate, "<= 0.01", Condition),
        ("false_blame_rate", figures.false_blame_rate, "<= 0.005", Less),
        ("false_blame_upper95", figures.false_blame_upper95, "<= 0.01", Less),
        ("expected_calibration_error", figures.expected_calibration_error, "<= 0.03", Less),
        ("brier", figures.brier, "<= 0.08", Less),
        ("committed_accuracy_at_80_coverage", figures.committed_accuracy_at_80_coverage, ">= 0.99", More),
        ("coverage", figures.coverage, ">= 0.80", Condition),
        ("committed_accuracy", figures.committed_accuracy, "", Condition),
    ]
}

/// The headline figures with their targets.
pub fn summary(figures: &Figures) -> String {
    named(figures).iter().fold(String::new(), |mut text, (name, value, target, _)| {
        let _ = writeln!(text, "{name:<36} {value:>8.4}   {target}");
        text
    })
}

/// The figures beside the headline, a sentence each.
pub fn extras(extras: &Extras) -> String {
    let blame = |blame: &Blame| format!("{} of {} households ({:.2} %)", blame.blamed, blame.households, 100.0 * blame.rate);
    format!(
        "False blame where it is worst: {}, {}.\nFalse blame where it is plausible: {}, upper 95 % bound {:.2} %.\nThe 90 % credible set holds \
         the truth in {:.1} % of households: {:.1} % of those with a fault, {:.1} % of those without. It has {:.2} explanations on average.\n",
        extras.false_blame_worst.of,
        blame(&extras.false_blame_worst),
        blame(&extras.false_blame_where_plausible),
        100.0 * extras.false_blame_where_plausible_upper95,
        100.0 * extras.credible_coverage,
        100.0 * extras.credible_coverage_faults,
        100.0 * extras.credible_coverage_healthy,
        extras.credible_size,
    )
}

/// One line for each recipe and severity: how often each answer was right, and what was said instead.
pub fn by_recipe(rows: &[Row]) -> String {
    let mut groups: BTreeMap<(String, Severity), Vec<&Row>> = BTreeMap::new();
    for row in rows {
        groups.entry((row.case.recipe.clone(), row.case.truth.severity)).or_default().push(row);
    }
    let mut text = format!(
        "{:<24} {:<9} {:>5} {:>6} {:>8} {:>6} {:>6}  {}\n",
        "recipe", "severity", "homes", "party", "segment", "fault", "told", "said instead"
    );
    for ((recipe, severity), rows) in groups {
        let share = |right: &dyn Fn(&Row) -> bool| 100.0 * rows.iter().filter(|row| right(row)).count() as f64 / rows.len() as f64;
        let party = share(&|row| party_right(&(&row.case, &row.answer)));
        let segment = share(&|row| row.case.truth.allows_segment(row.answer.segment));
        let fault = share(&|row| row.case.truth.allows_fault(row.answer.fault));
        let told = share(&|row| row.answer.committed.is_some());
        let _ = writeln!(
            text,
            "{recipe:<24} {:<9} {:>5} {party:>5.0}% {segment:>7.0}% {fault:>5.0}% {told:>5.0}%  {}",
            severity.id(),
            rows.len(),
            instead(&rows)
        );
    }
    text
}

/// The most frequent wrong answers.
fn instead(rows: &[&Row]) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for row in rows {
        if !row.case.truth.allows_fault(row.answer.fault) {
            *counts.entry(row.answer.fault.map_or("healthy", demarc_model::Fault::id)).or_default() += 1;
        }
    }
    let mut sorted: Vec<(&str, usize)> = counts.into_iter().collect();
    sorted.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    sorted.iter().take(4).map(|(fault, count)| format!("{fault} {count}")).collect::<Vec<_>>().join(", ")
}

/// A confusion matrix.
pub fn confusion(confusion: &Confusion) -> String {
    let mut text = format!("{:<13}", "truth \\ said");
    for label in &confusion.labels {
        let _ = write!(text, " {label:>12}");
    }
    text.push('\n');
    for (label, counts) in confusion.labels.iter().zip(&confusion.counts) {
        let _ = write!(text, "{label:<13}");
        for count in counts {
            let _ = write!(text, " {count:>12}");
        }
        text.push('\n');
    }
    text
}

/// Every household that was answered wrongly: of those that count, and every false blame whatever the severity.
pub fn wrong(rows: &[Row]) -> String {
    let mut text = String::new();
    for row in rows {
        let scored: Scored = (&row.case, &row.answer);
        let blame = blames_wrongly(&scored);
        if !(blame || row.case.truth.severity.counts() && !party_right(&scored)) {
            continue;
        }
        let parties: Vec<String> =
            PARTIES.iter().zip(row.answer.parties).filter(|(_, p)| *p >= 0.02).map(|(party, p)| format!("{} {p:.2}", party.id())).collect();
        let _ = writeln!(
            text,
            "{:<52} said {:<22} {}{}",
            row.case.id,
            row.answer.fault.map_or("healthy", demarc_model::Fault::id),
            parties.join(", "),
            if blame { "   FALSE BLAME" } else { "" }
        );
    }
    text
}

/// How often answers of about the same confidence were right.
pub fn calibration(bins: &[Bin]) -> String {
    let mut out = format!("{:<12}{:>8}{:>10}\n", "confidence", "homes", "right");
    for bin in bins {
        let _ = writeln!(out, "{:<12.3}{:>7.1}%{:>9.1}%", bin.confidence, 100.0 * bin.share, 100.0 * bin.accuracy);
    }
    out
}

/// Median and 95th percentile of the time, with as many visits at once as threads.
pub fn timing(rows: &[Row]) -> String {
    let line = |name: &str, of: &dyn Fn(&Row) -> f64| {
        let mut times: Vec<f64> = rows.iter().map(of).collect();
        times.sort_by(f64::total_cmp);
        let at = |q| demarc_model::statistics::quantile(&times, q).unwrap_or(0.0);
        format!("{name:<12} median {:>7.2} ms   95th percentile {:>7.2} ms\n", at(0.5), at(0.95))
    };
    line("visit", &|row| row.visit_ms) + &line("inference", &|row| row.inference_ms)
}
