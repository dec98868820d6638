//! What the training and validation splits settle: the baselines and the temperature.

use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::{
    answer::{Answer, PARTIES},
    baselines::Baselines,
    run::Row,
};

/// Where the fitted baselines are kept.
pub fn baselines_file() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/baselines.json"))
}

/// The baselines as they were fitted.
pub fn baselines() -> Result<Baselines> {
    let file = baselines_file();
    let text = std::fs::read_to_string(&file).with_context(|| format!("{} cannot be read; `make fit` writes it", file.display()))?;
    serde_json::from_str(&text).with_context(|| format!("{} is not what `make fit` writes; run it again", file.display()))
}

/// Fits the baselines to the training split and writes them.
pub fn fit_baselines(train: &[Row]) -> Result<()> {
    let counted: Vec<_> = train.iter().filter(|row| row.case.truth.severity.counts()).map(|row| (&row.case, &row.features)).collect();
    let text = serde_json::to_string_pretty(&Baselines::fit(&counted)?)?;
    std::fs::write(baselines_file(), text + "\n").context("the baselines cannot be written")
}

/// The temperature at which the true parties of the validation split are least surprising, to two digits, and that surprise. It is not
/// sought below 0.55: a simulator is kinder than the world, and evidence is not to count for more than it says by more than that.
pub fn fit_temperature(validation: &[Row]) -> (f64, f64) {
    let counted: Vec<&Row> = validation.iter().filter(|row| row.case.truth.severity.counts()).collect();
    let temperatures = (11..=60).map(|step| f64::from(step) / 20.0);
    temperatures
        .map(|temperature| (temperature, log_loss(&counted, temperature)))
        .fold((1.0, f64::INFINITY), |best, next| if next.1 < best.1 { next } else { best })
}

/// Mean negative logarithm of the probability of the true parties.
fn log_loss(rows: &[&Row], temperature: f64) -> f64 {
    let surprise = |row: &&Row| {
        let answer = Answer::of(&demarc_attribution::judge_at(&row.findings, temperature));
        let right: f64 = PARTIES.iter().zip(answer.parties).filter(|(party, _)| row.case.truth.allows_party(**party)).map(|(_, p)| p).sum();
        -right.max(1e-6).ln()
    };
    rows.iter().map(surprise).sum::<f64>() / rows.len().max(1) as f64
}

/// The temperature that this program was built with.
pub fn temperature() -> Result<f64> {
    let text = include_str!("../../attribution/src/fitted.rs");
    let number = text.split_once("TEMPERATURE: f64 = ").and_then(|(_, rest)| rest.split_once(';'));
    let (number, _) = number.context("fitted.rs is not what `make fit` writes; run it again")?;
    number.parse().context("the fitted temperature is no number; run `make fit` again")
}

/// Writes the temperature where attribution takes it from.
pub fn write_temperature(temperature: f64) -> Result<()> {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../attribution/src/fitted.rs");
    let text = format!(
        "//! What the benchmark's validation split settled. Written by `make fit`; not edited by hand.\n\n\
         /// Temperature that the probabilities are scaled with, 1 for none.\npub const TEMPERATURE: f64 = {temperature:?};\n"
    );
    std::fs::write(file, text).context("the temperature cannot be written")
}
