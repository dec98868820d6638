//! The scoring rules. `docs/benchmark.md` says them in words.

use std::collections::BTreeMap;

use demarc_model::{Party, Segment};
use serde::{Deserialize, Serialize};

use crate::{
    answer::{Answer, PARTIES},
    grid::Case,
};

/// A household with somebody's answer.
pub type Scored<'a> = (&'a Case, &'a Answer);

/// Every figure of one contestant. Shares are 0 to 1; without a household to count, a share is 0.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Figures {
    /// Share of households whose most probable party is guilty (or rightly healthy).
    pub party_accuracy: f64,
    /// Mean F1 of segments and "healthy" where fault and access were seen in training.
    pub segment_macro_f1_seen: f64,
    /// The same where fault or access were held out.
    pub segment_macro_f1_held_out: f64,
    /// Share of faults at the border alone that were called so.
    pub interconnect_recall: f64,
    /// Share of households without a fault at the border that were called so.
    pub interconnect_false_positive_rate: f64,
    /// Share of households, of any severity, with nothing wrong behind the home's router in which provider or beyond was blamed.
    pub false_blame_rate: f64,
    /// Its one-sided 95 % upper bound (Clopper and Pearson 1934).
    pub false_blame_upper95: f64,
    /// Expected calibration error of the most probable party, 15 bins.
    pub expected_calibration_error: f64,
    /// Brier score over the four parties: mean of the summed squares, 0 to 2.
    pub brier: f64,
    /// Accuracy among the 80 % most confident answers.
    pub committed_accuracy_at_80_coverage: f64,
    /// Share of households in which a party is told.
    pub coverage: f64,
    /// Accuracy among these.
    pub committed_accuracy: f64,
}

/// All figures of these answers.
pub fn figures(rows: &[Scored]) -> Figures {
    let counted: Vec<Scored> = rows.iter().copied().filter(|(case, _)| case.truth.severity.counts()).collect();
    let committed: Vec<Scored> = counted.iter().copied().filter(|(_, answer)| answer.committed.is_some()).collect();
    let told_right = |(case, answer): &Scored| answer.committed.is_some_and(|party| case.truth.allows_party(party));
    let border = |(case, _): &Scored| case.truth.faults.iter().any(|fault| fault.segment() == Segment::Interconnect);
    let border_alone: Vec<Scored> = counted.iter().copied().filter(|row| border(row) && row.0.truth.faults.len() == 1).collect();
    let elsewhere: Vec<Scored> = counted.iter().copied().filter(|row| !border(row)).collect();
    let called_border = |(_, answer): &Scored| answer.segment == Some(Segment::Interconnect);
    let innocent: Vec<Scored> = rows.iter().copied().filter(|(case, _)| case.truth.is_home_or_nothing()).collect();
    let blamed = innocent.iter().filter(|row| blames_wrongly(row)).count();
    let half = |held_out: bool| segment_macro_f1(counted.iter().copied().filter(|(case, _)| case.held_out == held_out));
    Figures {
        party_accuracy: share(&counted, party_right),
        segment_macro_f1_seen: half(false),
        segment_macro_f1_held_out: half(true),
        interconnect_recall: share(&border_alone, called_border),
        interconnect_false_positive_rate: share(&elsewhere, called_border),
        false_blame_rate: blamed as f64 / innocent.len().max(1) as f64,
        false_blame_upper95: upper95(blamed as u64, innocent.len() as u64),
        expected_calibration_error: calibration(&counted).iter().map(|bin| bin.share * (bin.accuracy - bin.confidence).abs()).sum(),
        brier: counted.iter().map(brier).sum::<f64>() / counted.len().max(1) as f64,
        committed_accuracy_at_80_coverage: accuracy_at(&counted, 0.8),
        coverage: committed.len() as f64 / counted.len().max(1) as f64,
        committed_accuracy: share(&committed, told_right),
    }
}

/// What the headline does not say: where blame is worst, and whether sets of explanations hold the true one.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Extras {
    /// The recipe in which provider or beyond is wrongly blamed most often, as a share of its households of any severity.
    pub false_blame_worst: Blame,
    /// The same of all households in which such blame is plausible: decoys, and faults at home that cost packets, time or rate.
    pub false_blame_where_plausible: Blame,
    /// Its one-sided 95 % upper bound.
    pub false_blame_where_plausible_upper95: f64,
    /// Share of counted households with a fault in which a guilty segment is in the 90 % credible set.
    pub credible_coverage_faults: f64,
    /// Share of counted households without a fault in which "healthy" is: more probable segments do not hold 90 % by themselves.
    pub credible_coverage_healthy: f64,
    /// Both together.
    pub credible_coverage: f64,
    /// Mean number of explanations in the set.
    pub credible_size: f64,
}

/// Households in which nobody beyond the home has a fault, and how many of them blame somebody there.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Blame {
    /// Which households.
    pub of: String,
    /// How many there are.
    pub households: usize,
    /// How many blame.
    pub blamed: usize,
    /// The second as a share of the first.
    pub rate: f64,
}

impl Blame {
    fn among(of: &str, rows: &[Scored]) -> Self {
        let blamed = rows.iter().filter(|row| blames_wrongly(row)).count();
        Self { of: of.to_owned(), households: rows.len(), blamed, rate: blamed as f64 / rows.len().max(1) as f64 }
    }
}

/// The figures beside the headline.
pub fn extras(rows: &[Scored]) -> Extras {
    let mut by_recipe: BTreeMap<&str, Vec<Scored>> = BTreeMap::new();
    for row in rows.iter().filter(|(case, _)| case.truth.is_home_or_nothing()) {
        by_recipe.entry(&row.0.recipe).or_default().push(*row);
    }
    let recipes = by_recipe.iter().map(|(recipe, rows)| Blame::among(recipe, rows));
    let tempting: Vec<Scored> = rows.iter().copied().filter(|(case, _)| case.tempting).collect();
    let plausible = Blame::among("blame is plausible", &tempting);
    let counted: Vec<Scored> = rows.iter().copied().filter(|(case, _)| case.truth.severity.counts()).collect();
    let (well, ill): (Vec<Scored>, Vec<Scored>) = counted.iter().copied().partition(|(case, _)| case.truth.faults.is_empty());
    let covers = |(case, answer): &Scored| answer.credible.iter().any(|segment| case.truth.allows_segment(*segment));
    Extras {
        false_blame_worst: recipes.max_by(|a, b| a.rate.total_cmp(&b.rate)).unwrap_or_default(),
        false_blame_where_plausible_upper95: upper95(plausible.blamed as u64, plausible.households as u64),
        false_blame_where_plausible: plausible,
        credible_coverage_faults: share(&ill, covers),
        credible_coverage_healthy: share(&well, covers),
        credible_coverage: share(&counted, covers),
        credible_size: counted.iter().map(|(_, answer)| answer.credible.len() as f64).sum::<f64>() / counted.len().max(1) as f64,
    }
}

/// Whether the most probable party is right.
pub fn party_right((case, answer): &Scored) -> bool {
    case.truth.allows_party(answer.party)
}

/// Whether the user is told that provider or beyond has to act, though nothing is wrong there.
pub fn blames_wrongly((case, answer): &Scored) -> bool {
    case.truth.is_home_or_nothing() && matches!(answer.committed, Some(Party::Provider | Party::Beyond))
}

fn share(rows: &[Scored], right: impl Fn(&Scored) -> bool) -> f64 {
    rows.iter().filter(|row| right(row)).count() as f64 / rows.len().max(1) as f64
}

/// A confusion matrix: a row for each truth, a column for each answer.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Confusion {
    /// Names of rows and columns.
    pub labels: Vec<String>,
    /// Households with this truth (row) and this answer (column).
    pub counts: Vec<Vec<u64>>,
}

impl Confusion {
    fn of(labels: Vec<String>, pairs: impl Iterator<Item = (usize, usize)>) -> Self {
        let mut counts = vec![vec![0; labels.len()]; labels.len()];
        for (truth, said) in pairs {
            counts[truth][said] += 1;
        }
        Self { labels, counts }
    }
}

/// Truth and answer by party.
pub fn party_confusion<'a>(rows: impl Iterator<Item = Scored<'a>>) -> Confusion {
    let place = |party| PARTIES.iter().position(|known| *known == party).unwrap_or(3);
    let labels = PARTIES.iter().map(|party| party.id().to_owned()).collect();
    Confusion::of(labels, rows.map(|(case, answer)| (place(case.truth.party_for(answer.party)), place(answer.party))))
}

/// Truth and answer by segment; "healthy" is the last.
pub fn segment_confusion<'a>(rows: impl Iterator<Item = Scored<'a>>) -> Confusion {
    let labels = Segment::ALL.iter().map(|segment| segment.id()).chain(["healthy"]).map(str::to_owned).collect();
    let pairs = rows.map(|(case, answer)| (place_of(case.truth.segment_for(answer.segment)), place_of(answer.segment)));
    Confusion::of(labels, pairs)
}

fn place_of(segment: Option<Segment>) -> usize {
    Segment::ALL.iter().position(|known| Some(*known) == segment).unwrap_or(Segment::ALL.len())
}

/// Mean F1 over the segments, and "healthy", that are the truth somewhere.
fn segment_macro_f1<'a>(rows: impl Iterator<Item = Scored<'a>>) -> f64 {
    macro_f1(&segment_confusion(rows))
}

/// Mean F1 over the labels that are the truth somewhere.
pub fn macro_f1(confusion: &Confusion) -> f64 {
    let scores: Vec<f64> = (0..confusion.labels.len())
        .filter_map(|label| {
            let truth: u64 = confusion.counts[label].iter().sum();
            let said: u64 = confusion.counts.iter().map(|row| row[label]).sum();
            (truth > 0).then(|| 2.0 * confusion.counts[label][label] as f64 / (truth + said) as f64)
        })
        .collect();
    scores.iter().fold(0.0, |sum, score| sum + score) / scores.len().max(1) as f64
}

/// Sum over the parties of the squared difference between probability and truth.
fn brier((case, answer): &Scored) -> f64 {
    let truth = case.truth.party_for(answer.party);
    PARTIES.iter().zip(answer.parties).map(|(party, p)| (p - f64::from(*party == truth)).powi(2)).sum()
}

/// Answers of about the same confidence.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Bin {
    /// Share of all answers.
    pub share: f64,
    /// Their mean confidence.
    pub confidence: f64,
    /// Share of them that were right.
    pub accuracy: f64,
}

/// Bins of equal width over the confidence of the most probable party, the empty ones left out.
pub fn calibration(rows: &[Scored]) -> Vec<Bin> {
    const BINS: usize = 15;
    (0..BINS)
        .filter_map(|bin| {
            let place = |confidence: f64| ((confidence * BINS as f64) as usize).min(BINS - 1);
            let here: Vec<Scored> = rows.iter().copied().filter(|(_, answer)| place(answer.confidence) == bin).collect();
            let confidence = here.iter().map(|(_, answer)| answer.confidence).sum::<f64>() / here.len().max(1) as f64;
            let accuracy = share(&here, party_right);
            (!here.is_empty()).then(|| Bin { share: here.len() as f64 / rows.len() as f64, confidence, accuracy })
        })
        .collect()
}

/// Accuracy among the most confident `coverage` of the answers. Answers of equal confidence count as many as are needed of them,
/// with the accuracy that they have together.
pub fn accuracy_at(rows: &[Scored], coverage: f64) -> f64 {
    let mut sorted: Vec<(f64, bool)> = rows.iter().map(|row| (row.1.confidence, party_right(row))).collect();
    sorted.sort_by(|a, b| b.0.total_cmp(&a.0));
    let wanted = (coverage * sorted.len() as f64).ceil().max(1.0);
    let (mut taken, mut right) = (0.0, 0.0);
    for equal in sorted.chunk_by(|a, b| (a.0 - b.0).abs() < 1e-12) {
        let some = (wanted - taken).min(equal.len() as f64);
        right += some * equal.iter().filter(|(_, right)| *right).count() as f64 / equal.len() as f64;
        taken += some;
        if taken >= wanted {
            break;
        }
    }
    right / taken.max(1.0)
}

/// Coverage and accuracy among the most confident, in steps of 5 %.
pub fn coverage_curve(rows: &[Scored]) -> Vec<(f64, f64)> {
    (1..=20).map(|step| f64::from(step) / 20.0).map(|coverage| (coverage, accuracy_at(rows, coverage))).collect()
}

/// One-sided 95 % upper bound of a share (Clopper and Pearson 1934): the share at which `hits` or fewer would be seen in one of
/// twenty samples.
pub fn upper95(hits: u64, trials: u64) -> f64 {
    if hits >= trials {
        return 1.0;
    }
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        if at_most(hits, trials, middle) > 0.05 { low = middle } else { high = middle }
    }
    high
}

/// Probability of `hits` or fewer of `trials`, each with probability `p`.
fn at_most(hits: u64, trials: u64, p: f64) -> f64 {
    let (n, odds) = (trials as f64, (p / (1.0 - p)).ln());
    let mut term = n * (-p).ln_1p();
    let mut sum = term.exp();
    for k in 0..hits {
        let k = k as f64;
        term += ((n - k) / (k + 1.0)).ln() + odds;
        sum += term.exp();
    }
    sum
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use demarc_model::Fault;

    use super::*;
    use crate::grid::{Severity, Split, Truth};

    fn case(faults: &[Fault], severity: Severity) -> Case {
        let truth = Truth { faults: faults.to_vec(), also: Vec::new(), severity };
        Case {
            id: String::new(),
            recipe: String::new(),
            access: String::new(),
            truth,
            split: Split::Test,
            held_out: false,
            tempting: false,
        }
    }

    fn answer(party: Party, confidence: f64, segment: Option<Segment>) -> Answer {
        let rest = (1.0 - confidence) / 3.0;
        let parties = PARTIES.map(|known| if known == party { confidence } else { rest });
        Answer::new(parties, segment, None, (confidence >= 0.6).then_some(party))
    }

    #[test]
    fn four_households_by_hand() {
        let cases = [
            case(&[], Severity::None),
            case(&[Fault::AccessLoss], Severity::Moderate),
            case(&[Fault::WifiLoss], Severity::Severe),
            case(&[Fault::InterconnectLoss], Severity::Moderate),
        ];
        let answers = [
            answer(Party::Healthy, 0.9, None),
            answer(Party::Provider, 0.8, Some(Segment::Access)),
            answer(Party::Provider, 0.7, Some(Segment::Access)),
            answer(Party::Beyond, 0.5, Some(Segment::Interconnect)),
        ];
        let rows: Vec<Scored> = cases.iter().zip(&answers).collect();
        let figures = figures(&rows);
        let near = |a: f64, b: f64| assert!((a - b).abs() < 1e-9, "{a} {b}");
        near(figures.party_accuracy, 0.75);
        // Healthy 1, access 2/3, Wi-Fi 0, border 1.
        near(figures.segment_macro_f1_seen, (1.0 + 2.0 / 3.0 + 0.0 + 1.0) / 4.0);
        near(figures.interconnect_recall, 1.0);
        near(figures.interconnect_false_positive_rate, 0.0);
        near(figures.false_blame_rate, 0.5);
        near(figures.coverage, 0.75);
        near(figures.committed_accuracy, 2.0 / 3.0);
        near(figures.expected_calibration_error, (0.1 + 0.2 + 0.7 + 0.5) / 4.0);
        let wrong = 0.49 + 0.81 + 2.0 * 0.01;
        near(
            figures.brier,
            (0.01 + 3.0 * (0.1f64 / 3.0).powi(2) + 0.04 + 3.0 * (0.2f64 / 3.0).powi(2) + wrong + 0.25 + 3.0 * 0.25 / 9.0) / 4.0,
        );
        // 80 % of four is all four.
        near(figures.committed_accuracy_at_80_coverage, 0.75);
        near(accuracy_at(&rows, 0.5), 1.0);
    }

    #[test]
    fn below_notice_both_are_right_and_two_faults_may_be_told_either_way() {
        let below = Truth { faults: vec![Fault::IspLoss], also: Vec::new(), severity: Severity::Below };
        assert!(below.allows_party(Party::Healthy) && below.allows_party(Party::Provider) && !below.allows_party(Party::Home));
        assert!(!below.is_home_or_nothing());
        let double = Truth { faults: vec![Fault::WifiLoss, Fault::IspLoss], also: Vec::new(), severity: Severity::Severe };
        assert_eq!(double.party_for(Party::Provider), Party::Provider);
        assert_eq!(double.party_for(Party::Beyond), Party::Home);
        assert!(!double.allows_party(Party::Healthy) && !double.is_home_or_nothing());
    }

    #[test]
    fn blame_counts_at_every_severity_and_only_where_it_is_told() {
        let home = case(&[Fault::WifiLoss], Severity::Mild);
        let (told, untold) = (answer(Party::Beyond, 0.9, None), answer(Party::Beyond, 0.55, None));
        assert!(blames_wrongly(&(&home, &told)) && !blames_wrongly(&(&home, &untold)));
        assert!(figures(&[(&home, &told)]).false_blame_rate > 0.99);
    }

    #[test]
    fn extras_name_the_worst_recipe_and_what_the_set_covers() {
        let named = |recipe: &str, faults: &[Fault], severity| Case {
            recipe: recipe.to_owned(),
            tempting: recipe != "a",
            ..case(faults, severity)
        };
        let cases = [
            named("a", &[], Severity::None),
            named("b", &[Fault::WifiLoss], Severity::Severe),
            named("b", &[Fault::WifiLoss], Severity::Mild),
            named("c", &[Fault::WiringLoss], Severity::Severe),
        ];
        let with = |party, credible: &[Option<Segment>]| Answer { credible: credible.to_vec(), ..answer(party, 0.9, None) };
        let answers = [
            with(Party::Healthy, &[None]),
            with(Party::Provider, &[Some(Segment::Access)]),
            with(Party::Home, &[]),
            with(Party::Home, &[Some(Segment::Access), Some(Segment::Wiring)]),
        ];
        let found = extras(&cases.iter().zip(&answers).collect::<Vec<_>>());
        assert_eq!(found.false_blame_worst, Blame { of: "b".to_owned(), households: 2, blamed: 1, rate: 0.5 });
        assert_eq!((found.false_blame_where_plausible.households, found.false_blame_where_plausible.blamed), (3, 1));
        let near = |a: f64, b: f64| assert!((a - b).abs() < 1e-9, "{a} {b}");
        near(found.credible_coverage_faults, 0.5);
        near(found.credible_coverage_healthy, 1.0);
        near(found.credible_coverage, 2.0 / 3.0);
        near(found.credible_size, 4.0 / 3.0);
    }

    #[test]
    fn equal_confidence_counts_in_proportion() {
        let (well, ill) = (case(&[], Severity::None), case(&[Fault::WifiLoss], Severity::Severe));
        let same = answer(Party::Healthy, 0.9, None);
        let rows: Vec<Scored> = vec![(&well, &same), (&ill, &same), (&well, &same), (&well, &same)];
        assert!((accuracy_at(&rows, 0.5) - 0.75).abs() < 1e-9);
    }

    #[test]
    fn upper_bounds_are_those_of_the_tables() {
        // With no hit the bound is 1 - 0.05^(1/n); the rule of three.
        assert!((upper95(0, 300) - (1.0 - 0.05f64.powf(1.0 / 300.0))).abs() < 1e-9);
        assert!((upper95(1, 10) - 0.394_163).abs() < 1e-5, "{}", upper95(1, 10));
        assert!((upper95(10, 10) - 1.0).abs() < 1e-12);
    }
}
