//! What did the radio link do while the path was measured?

use demarc_model::{
    Fault, Finding, InterfaceKind, Observation, Phrase, Profile, Request, Says, Segment, Step, Visit, WifiEventKind, WifiWatch,
    statistics::{Proportion, quantile},
};

use crate::{
    Check, Plan, link,
    words::{FAIR, STRONG, accuse, clear, note},
};

pub const CHECK: Check = Check {
    id: "wifi-during",
    step: Step::Path,
    needs: &["trace"],
    faults: &[Fault::WifiWeakSignal, Fault::WifiInterference],
    plan,
    interpret,
};

/// A signal up to this, in dBm, is so weak that devices look for another access point (Apple).
const WEAK_DBM: f64 = -75.0;
/// Shares of packets sent again: fair for voice up to the first (Cisco), ruinous from the second on; and given up.
const MANY_RETRIES: f64 = 0.2;
const MOST_RETRIES: f64 = 0.4;
const MANY_FAILED: f64 = 0.01;
/// Fewer packets tell nothing about a share.
const FEWEST_PACKETS: u64 = 200;
/// A signal that swings by more than this, in dB, comes and goes.
const SWINGS_DB: f64 = 15.0;

/// As long as the path's campaign, and over before it.
fn plan(visit: &Visit) -> Plan {
    let Some(network) = visit.network() else { return Plan::Blocked(Phrase::new("wifi-unknown")) };
    let for_ms = match visit.profile {
        Profile::Quick => 16_000,
        Profile::Standard => 100_000,
        Profile::Thorough => 300_000,
    };
    match link::in_use(network, InterfaceKind::Wifi) {
        Some(interface) => Plan::Ask(vec![Request::WifiWatch { interface: interface.name.clone(), for_ms }]),
        None => Plan::NotApplicable(Phrase::new("wifi-not-used")),
    }
}

fn interpret(visit: &Visit) -> Vec<Finding> {
    visit.of(CHECK.id).filter_map(|seen| Some(judge(seen.wifi_watch()?, seen))).flatten().collect()
}

fn judge(watch: &WifiWatch, seen: &Observation) -> Vec<Finding> {
    let mut signals: Vec<f64> = watch.samples.iter().filter_map(|sample| sample.signal_dbm).collect();
    signals.sort_by(f64::total_cmp);
    let median = quantile(&signals, 0.5);
    // A weak signal is why a link drops and repeats.
    let fault = if median.is_some_and(|dbm| dbm <= WEAK_DBM) { Fault::WifiWeakSignal } else { Fault::WifiInterference };
    let because = |id: &str| Phrase::new(id).number("signal", median.unwrap_or(0.0), 0);
    let count = |kind| watch.events.iter().filter(|event| event.kind == kind).count();
    let (lost, roamed) = (count(WifiEventKind::Disconnected), count(WifiEventKind::Roamed));
    let mut findings = Vec::new();
    if lost > 0 {
        let reason = watch.events.iter().find_map(|event| event.reason.filter(|_| event.kind == WifiEventKind::Disconnected));
        let because = because("wifi-during-dropped").number("times", lost as f64, 0).number("reason", f64::from(reason.unwrap_or(0)), 0);
        findings.push(accuse(fault, STRONG, because, [seen]));
    }
    if roamed > 0 {
        findings.push(note(Segment::Wifi, because("wifi-during-roamed").number("times", roamed as f64, 0), [seen]));
    }
    // A link that dropped is not cleared by how well it did before.
    findings.extend(repeated(watch, fault, &because, seen).filter(|finding| lost == 0 || finding.says == Says::Accuses));
    let low = quantile(&signals, 0.1).zip(quantile(&signals, 0.9)).filter(|(low, high)| high - low > SWINGS_DB);
    if let Some((low, high)) = low {
        findings.push(note(Segment::Wifi, because("wifi-during-swings").number("low", low, 0).number("high", high, 0), [seen]));
    }
    if findings.is_empty() && median.is_some_and(|dbm| dbm > WEAK_DBM) {
        findings.push(note(Segment::Wifi, because("wifi-during-steady"), [seen]));
    }
    findings
}

fn repeated(watch: &WifiWatch, fault: Fault, because: &dyn Fn(&str) -> Phrase, seen: &Observation) -> Option<Finding> {
    let sent = watch.sent_packets.filter(|sent| *sent >= FEWEST_PACKETS)?;
    let retries = watch.retries.map(|retries| Proportion::new(retries, sent.saturating_add(retries)).share());
    let failed = watch.failed.map(|failed| Proportion::new(failed, sent).share());
    let told = |id: &str| {
        because(id)
            .number("sent", sent as f64, 0)
            .number("retries", retries.unwrap_or(0.0) * 100.0, 0)
            .number("failed", failed.unwrap_or(0.0) * 100.0, 1)
    };
    let many = |share: Option<f64>, limit: f64| share.is_some_and(|share| share >= limit);
    if many(retries, MANY_RETRIES) || many(failed, MANY_FAILED) {
        let strength = if many(retries, MOST_RETRIES) { STRONG } else { FAIR };
        return Some(accuse(fault, strength, told("wifi-during-repeated"), [seen]));
    }
    // A driver that counts nothing clears nothing.
    retries.filter(|_| watch.retries > Some(0) && fault == Fault::WifiInterference)?;
    Some(clear(fault, FAIR, told("wifi-during-few-repeated"), [seen]))
}
