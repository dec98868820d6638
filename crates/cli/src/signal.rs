//! `demarc signal`: a line a second while somebody walks around the home.

use std::{
    io::Write as _,
    sync::{Arc, Mutex, PoisonError},
};

use anyhow::{Context as _, Result, bail};
use demarc_engine::Paced;
use demarc_model::{InterfaceKind, LiveSample, Measurement, NetworkState, Outcome, Phrase, Prober, Request};
use demarc_probes::RealNetwork;
use demarc_simulator::SimulatedHome;
use demarc_words::Words;
use serde_json::json;

use crate::{
    arguments::{OutputFormat, Signal},
    diagnose::{household, language},
};

/// Cells of the bar, each worth so many dB from the weakest on.
const CELLS: usize = 30;
const WEAKEST_DBM: f64 = -90.0;
const CELL_DB: f64 = 2.0;

/// Shows the signal until the time is up or the user stops it.
pub fn run(options: &Signal) -> Result<()> {
    let world: Arc<dyn Prober> = match options.household.as_deref().map(household).transpose()? {
        Some(household) => Arc::new(Paced::new(SimulatedHome::new(household, 1, RealNetwork::new().now()), 1.0)),
        None => Arc::new(RealNetwork::new()),
    };
    let words = Words::new(&language());
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().context("no thread can be started; close other programs")?;
    let shown = runtime.block_on(async {
        tokio::select! {
            shown = show(&*world, options, &words) => shown,
            _ = tokio::signal::ctrl_c() => Ok(()),
        }
    });
    runtime.shutdown_background();
    shown
}

async fn show(world: &dyn Prober, options: &Signal, words: &Words) -> Result<()> {
    let Outcome::Measured { measurement: Measurement::Network(network) } = world.perform(Request::Network, Box::new(|_| {})).await else {
        bail!("the list of network interfaces cannot be read; check again in a moment");
    };
    let Some(interface) = radio(&network) else {
        bail!("this computer has no Wi-Fi that is switched on; switch it on and connect, then try again");
    };
    let request = Request::WifiWatch { interface, for_ms: u32::from(options.seconds) * 1_000 };
    // Several looks come each second; one of them is enough to read.
    let next_ms = Mutex::new(0.0);
    let json = matches!(options.format, OutputFormat::Json);
    let say = {
        let words = Words::new(words.language());
        move |sample: LiveSample| {
            let LiveSample::Signal { at_ms, dbm, mbps } = sample else { return };
            let mut next_ms = next_ms.lock().unwrap_or_else(PoisonError::into_inner);
            if at_ms < *next_ms {
                return;
            }
            *next_ms = at_ms + 950.0;
            let line = if json { json!({"at_ms": at_ms, "signal_dbm": dbm, "mbps": mbps}).to_string() } else { line(&words, dbm, mbps) };
            // Nobody reads any more: the end comes by itself.
            let _ = writeln!(std::io::stdout().lock(), "{line}");
        }
    };
    match world.perform(request, Box::new(say)).await {
        Outcome::Measured { .. } => Ok(()),
        Outcome::NotApplicable { why } | Outcome::Blocked { why } | Outcome::Failed { why } => bail!("{}", words.say(&why)),
    }
}

/// The Wi-Fi that leads to the router, else any that is switched on.
fn radio(network: &NetworkState) -> Option<String> {
    let mut all = network.router_interface().into_iter().chain(&network.interfaces);
    all.find(|interface| interface.kind == InterfaceKind::Wifi && interface.up).map(|interface| interface.name.clone())
}

fn line(words: &Words, dbm: Option<f64>, mbps: Option<f64>) -> String {
    let Some(dbm) = dbm else { return words.say(&Phrase::new("window-walk-lost")) };
    let filled = (((dbm - WEAKEST_DBM) / CELL_DB).clamp(0.0, CELLS as f64)) as usize;
    let bar = format!("{}{}", "#".repeat(filled), ".".repeat(CELLS - filled));
    let word = words.say(&Phrase::new("window-walk-word").text("strength", strength(dbm)));
    let rate = mbps.map_or_else(String::new, |mbps| format!("  {mbps:.0} Mbit/s"));
    format!("{dbm:>4.0} dBm  {bar}  {word}{rate}")
}

/// Good for calls from -67 dBm on (Cisco); below -75 devices look for another access point (Apple).
fn strength(dbm: f64) -> &'static str {
    if dbm >= -67.0 {
        "good"
    } else if dbm > -75.0 {
        "fair"
    } else {
        "weak"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_the_signal_in_figures_length_and_words() {
        let words = Words::new("en");
        let shown = line(&words, Some(-50.0), Some(433.3));
        assert!(shown.contains("-50 dBm") && shown.contains("####################..........") && shown.ends_with("433 Mbit/s"), "{shown}");
        assert!(line(&words, Some(-200.0), None).contains(&".".repeat(CELLS)));
        assert!(line(&words, Some(10.0), None).contains(&"#".repeat(CELLS)));
        assert_ne!(line(&words, None, Some(5.0)), "");
    }
}
