//! Is the Wi-Fi connected, strong and quick here?

use demarc_model::{Fault, Finding, InterfaceKind, Observation, Phrase, Request, Segment, Step, Visit, WifiLink, statistics::Proportion, wifi::{Band, channel}};

use crate::{
    Check, Plan, link,
    words::{DECISIVE, FAIR, STRONG, WEAK, accuse, clear, note},
};

pub const CHECK: Check = Check {
    id: "wifi",
    step: Step::Wifi,
    needs: &["addresses"],
    faults: &[Fault::WifiDisconnected, Fault::WifiWeakSignal, Fault::WifiInterference, Fault::WifiCongestedChannel, Fault::WifiSlowRate],
    plan,
    interpret,
};

/// Signal in dBm: good for voice from the first on (Cisco), so weak that devices look for another access point up to the second (Apple).
const GOOD_DBM: f64 = -67.0;
const WEAK_DBM: f64 = -75.0;
/// Distance between signal and noise in dB that is good for voice (Cisco).
const GOOD_SNR_DB: f64 = 25.0;
/// Share of packets sent again: fair for voice up to the first (Cisco), ruinous from the second on.
const MANY_RETRIES: f64 = 0.2;
const MOST_RETRIES: f64 = 0.4;
/// Share of its time that a channel may be busy for voice (Cisco), and above which hardly anything gets a turn.
const BUSY: f64 = 0.5;
const CROWDED: f64 = 0.75;
/// Share of packets given up that is noticed.
const MANY_FAILED: f64 = 0.01;
/// Fewer packets sent than these tell nothing about a share.
const FEWEST_PACKETS: u64 = 500;
/// Rates in Mbit/s: below the first the radio has fallen back, below the second it holds up everything.
const LOW_MBPS: f64 = 60.0;
const SLOW_MBPS: f64 = 24.0;

fn plan(visit: &Visit) -> Plan {
    let Some(network) = visit.network() else { return Plan::Blocked(Phrase::new("wifi-unknown")) };
    match link::in_use(network, InterfaceKind::Wifi) {
        Some(interface) => Plan::Ask(vec![Request::Wifi { interface: interface.name.clone() }]),
        None => Plan::NotApplicable(Phrase::new("wifi-not-used")),
    }
}

fn interpret(visit: &Visit) -> Vec<Finding> {
    visit.of(CHECK.id).filter_map(|seen| Some(judge(seen.wifi()?, seen))).flatten().collect()
}

fn judge(wifi: &WifiLink, seen: &Observation) -> Vec<Finding> {
    if !wifi.connected {
        let because = Phrase::new("wifi-disconnected").text("interface", &wifi.interface);
        return vec![accuse(Fault::WifiDisconnected, DECISIVE, because, [seen])];
    }
    let because = match &wifi.ssid {
        Some(ssid) => Phrase::new("wifi-connected-to").text("network", ssid),
        None => Phrase::new("wifi-connected"),
    };
    let mut findings = vec![clear(Fault::WifiDisconnected, DECISIVE, because, [seen])];
    let radio = Radio::of(wifi);
    let weak = signal(&radio, seen);
    let explained = weak.as_ref().is_some_and(|finding| finding.fault.is_some() && finding.says == demarc_model::Says::Accuses);
    findings.extend(weak);
    // A weak signal explains retries and a low rate: one fault, told once.
    if !explained {
        findings.extend(crowd(&radio, seen));
        // A crowded channel explains retries.
        if !radio.is_crowded() {
            findings.extend(interference(&radio, seen));
        }
        findings.extend(rate(&radio, seen));
    }
    findings.extend(details(wifi, seen));
    findings
}

/// Which radio it is: worth knowing for whoever sets up the router.
fn details(wifi: &WifiLink, seen: &Observation) -> Option<Finding> {
    let (band, number) = channel(wifi.frequency_mhz?)?;
    let band = match band {
        Band::Two => "2.4 GHz",
        Band::Five => "5 GHz",
        Band::Six => "6 GHz",
    };
    let because = Phrase::new("wifi-radio")
        .text("band", band)
        .number("channel", f64::from(number), 0)
        .number("width", f64::from(wifi.width_mhz.unwrap_or(0)), 0)
        .number("generation", f64::from(wifi.generation.unwrap_or(0)), 0)
        .text("sleeps", if wifi.power_save == Some(true) { "yes" } else { "no" });
    Some(note(Segment::Wifi, because, [seen]))
}

/// What the figures of the link come down to.
struct Radio {
    signal_dbm: Option<f64>,
    snr_db: Option<f64>,
    /// The slower direction, and the faster one.
    mbps: Option<f64>,
    faster_mbps: Option<f64>,
    retries: Option<f64>,
    failed: Option<f64>,
    /// Share of the time, 0 to 1, that the channel was busy.
    busy: Option<f64>,
}

impl Radio {
    fn of(wifi: &WifiLink) -> Self {
        let sent = wifi.sent_packets.filter(|sent| *sent >= FEWEST_PACKETS);
        Self {
            signal_dbm: wifi.signal_dbm,
            snr_db: wifi.signal_dbm.zip(wifi.noise_dbm).map(|(signal, noise)| signal - noise),
            mbps: [wifi.receive_mbps, wifi.send_mbps].into_iter().flatten().min_by(f64::total_cmp),
            faster_mbps: [wifi.receive_mbps, wifi.send_mbps].into_iter().flatten().max_by(f64::total_cmp),
            // A driver that never counts one tells nothing.
            retries: sent.zip(wifi.retries.filter(|retries| *retries > 0)).map(|(sent, retries)| Proportion::new(retries, sent.saturating_add(retries)).share()),
            failed: sent.zip(wifi.failed).map(|(sent, failed)| Proportion::new(failed, sent).share()),
            busy: wifi.busy_share.filter(|share| (0.0..=1.0).contains(share)),
        }
    }

    fn is_crowded(&self) -> bool {
        self.busy.is_some_and(|share| share > BUSY)
    }

    /// Whether the radio shows trouble beyond the strength of its signal.
    fn suffers(&self) -> bool {
        self.mbps.is_some_and(|mbps| mbps < LOW_MBPS)
            || self.retries.is_some_and(|share| share >= MANY_RETRIES)
            || self.failed.is_some_and(|share| share >= MANY_FAILED)
    }
}

/// The strength of a signal alone is weak evidence: what counts is that the radio suffers too.
fn signal(radio: &Radio, seen: &Observation) -> Option<Finding> {
    let signal = radio.signal_dbm?;
    let because = |id: &str| {
        let because = Phrase::new(id).number("signal", signal, 0);
        match radio.mbps {
            Some(mbps) if radio.suffers() => because.number("rate", mbps, 0).number("retries", radio.retries.unwrap_or(0.0) * 100.0, 0),
            _ => because,
        }
    };
    let suffering = radio.suffers() && radio.mbps.is_some();
    Some(if signal >= GOOD_DBM {
        clear(Fault::WifiWeakSignal, STRONG, Phrase::new("wifi-signal-good").number("signal", signal, 0), [seen])
    } else if radio.suffers() {
        let strength = if signal <= WEAK_DBM { STRONG } else { FAIR };
        let id = if suffering { "wifi-signal-weak-and-slow" } else { "wifi-signal-weak" };
        accuse(Fault::WifiWeakSignal, strength, because(id), [seen])
    } else if signal <= WEAK_DBM {
        accuse(Fault::WifiWeakSignal, WEAK, because("wifi-signal-weak"), [seen])
    } else {
        note(Segment::Wifi, because("wifi-signal-fair"), [seen])
    })
}

/// A good signal on a channel that others keep busy waits for its turn.
fn crowd(radio: &Radio, seen: &Observation) -> Option<Finding> {
    let busy = radio.busy?;
    let because = |id: &str| Phrase::new(id).number("busy", busy * 100.0, 0);
    if !radio.is_crowded() {
        return Some(clear(Fault::WifiCongestedChannel, FAIR, because("wifi-channel-free"), [seen]));
    }
    // A busy channel alone harms nobody who has little to send.
    let strength = match radio.suffers() {
        true if busy > CROWDED => STRONG + WEAK,
        true => STRONG,
        false if busy > CROWDED => FAIR,
        false => WEAK,
    };
    Some(accuse(Fault::WifiCongestedChannel, strength, because("wifi-channel-busy"), [seen]))
}

/// A good signal that must be repeated often meets other radios or noise.
fn interference(radio: &Radio, seen: &Observation) -> Option<Finding> {
    if radio.signal_dbm.is_none_or(|signal| signal < GOOD_DBM) {
        return None;
    }
    if let Some(retries) = radio.retries {
        let because = |id: &str| Phrase::new(id).number("retries", retries * 100.0, 0);
        if retries >= MANY_RETRIES {
            let strength = if retries >= MOST_RETRIES { STRONG } else { FAIR };
            return Some(accuse(Fault::WifiInterference, strength, because("wifi-retries-many"), [seen]));
        }
        return Some(clear(Fault::WifiInterference, FAIR, because("wifi-retries-few"), [seen]));
    }
    let snr = radio.snr_db.filter(|snr| *snr < GOOD_SNR_DB)?;
    Some(accuse(Fault::WifiInterference, WEAK, Phrase::new("wifi-noisy").number("snr", snr, 0), [seen]))
}

/// An idle radio falls back to low rates by itself, so that a low one proves little while nothing else is wrong.
fn rate(radio: &Radio, seen: &Observation) -> Option<Finding> {
    let mbps = radio.mbps?;
    let because = |id: &str| Phrase::new(id).number("rate", mbps, 0);
    if mbps >= LOW_MBPS {
        return Some(clear(Fault::WifiSlowRate, FAIR, because("wifi-rate-good"), [seen]));
    }
    // Where one direction is quick, the slow one has had too little to send to be quick.
    if mbps >= SLOW_MBPS || radio.faster_mbps.is_some_and(|faster| faster >= LOW_MBPS) {
        return Some(note(Segment::Wifi, because("wifi-rate-low"), [seen]));
    }
    let idle = radio.retries.is_none();
    Some(accuse(Fault::WifiSlowRate, if idle { WEAK } else { FAIR }, because("wifi-rate-slow"), [seen]))
}
