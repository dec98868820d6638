//! The committed result: figures of the test split, and the page that shows them.

use std::{collections::BTreeMap, fmt::Write, path::Path};

use anyhow::{Context, Result, ensure};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    answer::Answer,
    baselines::{Baselines, NAMES},
    grid::{Case, Grid, Split},
    plot,
    run::Row,
    score::{Bin, Confusion, Extras, Figures, Scored, calibration, coverage_curve, extras, figures, party_confusion, segment_confusion},
    tables::{self, Better},
};

/// The crate's folder; the result stands in it.
const HERE: &str = env!("CARGO_MANIFEST_DIR");

/// The committed result. The same code and grid give the same file, byte by byte.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// Households of the test split.
    pub households: usize,
    /// Our figures.
    #[serde(flatten)]
    pub figures: Figures,
    /// What the headline does not say. A result from before it was counted has none.
    #[serde(default)]
    pub extras: Extras,
    /// Temperature of the probabilities, fitted to the validation split; below 1 it sharpens.
    #[serde(default)]
    pub temperature: f64,
    /// The baselines' figures on the same observations.
    pub baselines: BTreeMap<String, Figures>,
    /// Figures of the lab with real packets, as it wrote them.
    pub lab: Value,
    /// Households of the whole grid, by split.
    pub grid: BTreeMap<String, usize>,
    /// Households that the headline counts: those that suffer, and those where nothing is wrong.
    pub counted: usize,
    /// Parties, at moderate severity and above.
    pub party_confusion: Confusion,
    /// Segments where fault and access were seen in training.
    pub segment_confusion_seen: Confusion,
    /// Segments where fault or access were held out.
    pub segment_confusion_held_out: Confusion,
    /// Confidence and accuracy.
    pub calibration: Vec<Bin>,
    /// Share of answers, most confident first, and their accuracy.
    pub coverage_curve: Vec<(f64, f64)>,
    /// Party accuracy by severity, below notice and mild included.
    pub party_accuracy_by_severity: BTreeMap<String, f64>,
    /// Party accuracy by kind of access.
    pub party_accuracy_by_access: BTreeMap<String, f64>,
    /// What was said, by recipe and severity: fault to number of households.
    pub fault_confusion: BTreeMap<String, BTreeMap<String, usize>>,
}

impl Report {
    /// What the rows of the test split come to.
    pub fn of(grid: &Grid, rows: &[Row], baselines: &Baselines, temperature: f64, lab: Value) -> Self {
        let scored: Vec<Scored> = rows.iter().map(|row| (&row.case, &row.answer)).collect();
        let counted: Vec<Scored> = scored.iter().copied().filter(|(case, _)| case.truth.severity.counts()).collect();
        let half = |held_out: bool| segment_confusion(counted.iter().copied().filter(|(case, _)| case.held_out == held_out));
        let mut fault_confusion: BTreeMap<String, BTreeMap<String, usize>> = BTreeMap::new();
        for (case, answer) in &scored {
            let truth = format!("{}/{}", case.recipe, case.truth.severity.id());
            *fault_confusion
                .entry(truth)
                .or_default()
                .entry(answer.fault.map_or("healthy", demarc_model::Fault::id).to_owned())
                .or_default() += 1;
        }
        let report = Self {
            households: rows.len(),
            figures: figures(&scored),
            extras: extras(&scored),
            temperature,
            baselines: baselines_figures(rows, baselines),
            lab,
            grid: [Split::Train, Split::Validation, Split::Test]
                .map(|split| (split.to_string(), grid.cases().iter().filter(|case| case.split == split).count()))
                .into(),
            counted: counted.len(),
            party_confusion: party_confusion(counted.iter().copied()),
            segment_confusion_seen: half(false),
            segment_confusion_held_out: half(true),
            calibration: calibration(&counted),
            coverage_curve: coverage_curve(&counted),
            party_accuracy_by_severity: accuracy_by(&scored, |case| case.truth.severity.id().to_owned()),
            party_accuracy_by_access: accuracy_by(&counted, |case| case.access.clone()),
            fault_confusion,
        };
        report.rounded()
    }

    /// Six digits are more than the households can tell, and keep the file the same on every machine.
    fn rounded(self) -> Self {
        fn round(value: &mut Value) {
            match value {
                Value::Number(number) if number.is_f64() => {
                    let rounded = (number.as_f64().unwrap_or(0.0) * 1e6).round() / 1e6;
                    *value = serde_json::json!(rounded + 0.0);
                }
                Value::Array(items) => items.iter_mut().for_each(round),
                Value::Object(map) => map.values_mut().for_each(round),
                _ => {}
            }
        }
        let Ok(mut value) = serde_json::to_value(&self) else { return self };
        round(&mut value);
        serde_json::from_value(value).unwrap_or(self)
    }

    /// The committed result.
    pub fn committed() -> Result<Self> {
        let text = std::fs::read_to_string(Path::new(HERE).join("attribution.json"))
            .context("attribution.json cannot be read; `make bench` writes it")?;
        serde_json::from_str(&text).context("attribution.json is not what `make bench` writes; run it again")
    }

    /// Writes the result, its plots and the page's generated part.
    pub fn write(&self) -> Result<()> {
        let here = Path::new(HERE);
        std::fs::write(here.join("attribution.json"), serde_json::to_string_pretty(self)? + "\n")
            .context("attribution.json cannot be written")?;
        let docs = here.join("../../docs");
        let plots = docs.join("benchmark");
        std::fs::create_dir_all(&plots).context("the folder of the plots cannot be made")?;
        for (name, drawing) in plot::all(self) {
            std::fs::write(plots.join(name), drawing).with_context(|| format!("{name} cannot be written"))?;
        }
        let page = docs.join("benchmark.md");
        let text = std::fs::read_to_string(&page).with_context(|| format!("{} cannot be read", page.display()))?;
        std::fs::write(&page, with_generated(&text, &self.markdown())?).with_context(|| format!("{} cannot be written", page.display()))
    }

    /// Ours beside every baseline, and by how much each is beaten.
    pub fn comparison(&self) -> String {
        let mut text = format!("{:<36} {:>8}", "", "demarc");
        for name in self.baselines.keys() {
            let _ = write!(text, "  {name:>26}");
        }
        text.push('\n');
        for (index, (name, ours, _, better)) in tables::named(&self.figures).into_iter().enumerate() {
            let _ = write!(text, "{name:<36} {ours:>8.4}");
            for figures in self.baselines.values() {
                let theirs = tables::named(figures)[index].1;
                let by = match better {
                    Better::More => ours - theirs,
                    Better::Less => theirs - ours,
                    Better::Condition => {
                        let _ = write!(text, "  {:>26}", format!("{theirs:.4}{:18}", ""));
                        continue;
                    }
                };
                let _ =
                    write!(text, "  {:>26}", format!("{theirs:.4} ({} {:.4})", if by > 0.0 { "beaten by" } else { "AHEAD by" }, by.abs()));
            }
            text.push('\n');
        }
        text
    }

    /// The page's generated part.
    fn markdown(&self) -> String {
        let mut text = format!(
            "{} households of the test split, {} of them at moderate severity and above or without a fault.\n\n| figure | target | Demarc |",
            self.households, self.counted
        );
        for name in self.baselines.keys() {
            let _ = write!(text, " {name} |");
        }
        text.push_str("\n|---|---|---|");
        text.push_str(&"---|".repeat(self.baselines.len()));
        for (index, (name, ours, target, _)) in tables::named(&self.figures).into_iter().enumerate() {
            let _ = write!(text, "\n| {} | {target} | **{ours:.4}** |", name.replace('_', " "));
            for figures in self.baselines.values() {
                let _ = write!(text, " {:.4} |", tables::named(figures)[index].1);
            }
        }
        let _ = write!(text, "\n\n{}", tables::extras(&self.extras).replace('\n', "\n\n").trim_end());
        let _ = write!(text, "\n\n{}", sharpness(self.temperature));
        let _ = write!(text, "\n\nParty, truth by row:\n\n{}", markdown_matrix(&self.party_confusion));
        let _ = write!(
            text,
            "\nSegment where fault and access were seen in training, truth by row:\n\n{}",
            markdown_matrix(&self.segment_confusion_seen)
        );
        let _ = write!(
            text,
            "\nSegment where fault or access were held out, truth by row:\n\n{}",
            markdown_matrix(&self.segment_confusion_held_out)
        );
        let by = |name: &str, shares: &BTreeMap<String, f64>| {
            shares
                .iter()
                .fold(format!("\n| {name} | party accuracy |\n|---|---|\n"), |text, (key, share)| format!("{text}| {key} | {share:.4} |\n"))
        };
        text.push_str(&by("severity", &self.party_accuracy_by_severity));
        text.push_str(&by("access", &self.party_accuracy_by_access));
        for (name, _) in plot::all(self) {
            let _ = write!(text, "\n![{}](benchmark/{name})\n", name.trim_end_matches(".svg").replace('-', " "));
        }
        text
    }
}

fn sharpness(temperature: f64) -> String {
    let does = match temperature {
        below if below < 1.0 => "below 1, it makes them surer than the evidence's own weights do",
        above if above > 1.0 => "above 1, it makes them less sure than the evidence's own weights do",
        _ => "it leaves them as they are",
    };
    format!("The temperature of the probabilities, fitted to the validation split, is {temperature}: {does}.")
}

/// The lab's figures: those it has just written, else those of the committed result, else none.
pub fn lab() -> Value {
    let fresh = std::fs::read_to_string(Path::new(HERE).join("../../target/lab-survey.json")).ok();
    fresh
        .and_then(|text| serde_json::from_str(&text).ok())
        .or_else(|| Some(Report::committed().ok()?.lab))
        .unwrap_or_else(|| serde_json::json!({ "runs": 0, "party_accuracy": 0.0, "emulator": {} }))
}

fn baselines_figures(rows: &[Row], baselines: &Baselines) -> BTreeMap<String, Figures> {
    let answers: Vec<[Answer; 3]> = rows.iter().map(|row| baselines.answers(&row.features)).collect();
    let figures_of = |index: usize| {
        let scored: Vec<Scored> = rows.iter().zip(&answers).map(|(row, answers)| (&row.case, &answers[index])).collect();
        figures(&scored)
    };
    NAMES.iter().enumerate().map(|(index, name)| ((*name).to_owned(), figures_of(index))).collect()
}

fn accuracy_by(rows: &[Scored], key: impl Fn(&Case) -> String) -> BTreeMap<String, f64> {
    let mut groups: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for row in rows {
        let (right, all) = groups.entry(key(row.0)).or_default();
        *right += usize::from(crate::score::party_right(row));
        *all += 1;
    }
    groups.into_iter().map(|(key, (right, all))| (key, right as f64 / all as f64)).collect()
}

fn markdown_matrix(confusion: &Confusion) -> String {
    let mut text = format!("| | {} |\n|---|{}\n", confusion.labels.join(" | "), "---|".repeat(confusion.labels.len()));
    for (label, counts) in confusion.labels.iter().zip(&confusion.counts) {
        let counts: Vec<String> = counts.iter().map(u64::to_string).collect();
        let _ = writeln!(text, "| {label} | {} |", counts.join(" | "));
    }
    text
}

const BEGIN: &str = "<!-- written by `make bench` -->";
const END: &str = "<!-- end -->";

/// The page with its generated part replaced.
fn with_generated(page: &str, generated: &str) -> Result<String> {
    let (begin, end) = (page.find(BEGIN).map(|at| at + BEGIN.len()), page.find(END));
    let (begin, end) = begin.zip(end).with_context(|| format!("the page lacks the lines `{BEGIN}` and `{END}`"))?;
    ensure!(begin <= end, "the page has `{END}` before `{BEGIN}`");
    Ok(format!("{}\n\n{}\n{}", &page[..begin], generated.trim_end(), &page[end..]))
}
