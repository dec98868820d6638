//! How many other networks share the channel, and is there a better one?

use demarc_model::{
    Fault, Finding, InterfaceKind, Observation, Phrase, Request, Segment, Step, Visit, WifiNeighbours, WifiNetwork,
    wifi::{Band, channel},
};

use crate::{
    Check, Plan, link,
    words::{FAIR, WEAK, accuse, clear, note},
};

pub const CHECK: Check =
    Check { id: "wifi-channel", step: Step::Wifi, needs: &["wifi"], faults: &[Fault::WifiCongestedChannel], plan, interpret };

/// A network weaker than this, in dBm, is not waited for (the carrier-sense threshold of a preamble is some 3 dB above).
const HEARD_DBM: f64 = -85.0;
/// Older news than this, in milliseconds, is told as such.
const OLD_MS: u32 = 60_000;
/// Others on the channel that are many, and share of its time that a channel may be busy (Cisco).
const MANY: usize = 4;
const BUSY: f64 = 0.5;
/// Channels that do not overlap at 2.4 GHz, and those at 5 GHz that any home may use at any time (no radar).
const AT_TWO: [u32; 3] = [1, 6, 11];
const AT_FIVE: [u32; 8] = [36, 40, 44, 48, 149, 153, 157, 161];

fn plan(visit: &Visit) -> Plan {
    let Some(network) = visit.network() else { return Plan::Blocked(Phrase::new("wifi-unknown")) };
    match link::in_use(network, InterfaceKind::Wifi) {
        Some(interface) => Plan::Ask(vec![Request::WifiNeighbours { interface: interface.name.clone() }]),
        None => Plan::NotApplicable(Phrase::new("wifi-not-used")),
    }
}

fn interpret(visit: &Visit) -> Vec<Finding> {
    let busy = visit.of("wifi").filter_map(|seen| seen.wifi()?.busy_share).last();
    visit.of(CHECK.id).filter_map(|seen| Some(judge(seen.wifi_neighbours()?, busy, seen))).flatten().collect()
}

/// A crowd alone harms nobody who waits little: it accuses together with a channel that is seen to be busy.
fn judge(around: &WifiNeighbours, busy: Option<f64>, seen: &Observation) -> Vec<Finding> {
    let Some(own) = around.networks.iter().find(|network| network.ours) else {
        return vec![note(Segment::Wifi, Phrase::new("wifi-channel-not-connected"), [seen])];
    };
    let Some((band, number)) = channel(own.frequency_mhz) else { return Vec::new() };
    let others: Vec<&WifiNetwork> = strangers(around, own).filter(|other| overlap(own, other)).collect();
    let busy = own.busy_share.or(busy);
    let old = around.networks.iter().filter_map(|network| network.heard_ms_ago).min().is_some_and(|ago| ago > OLD_MS);
    let because = |id: &str| {
        Phrase::new(id)
            .number("others", others.len() as f64, 0)
            .number("channel", f64::from(number), 0)
            .number("busy", busy.unwrap_or(0.0) * 100.0, 0)
    };
    let finding = match busy {
        Some(busy) if busy > BUSY && others.len() >= MANY => {
            accuse(Fault::WifiCongestedChannel, FAIR, because("wifi-channel-crowded-and-busy"), [seen])
        }
        _ if others.is_empty() && !old => clear(Fault::WifiCongestedChannel, WEAK, because("wifi-channel-alone"), [seen]),
        _ => note(Segment::Wifi, because("wifi-channel-others"), [seen]),
    };
    let better = (others.len() >= MANY).then(|| better(around, own, band)).flatten();
    let better = better.filter(|(_, count)| count * 2 <= others.len());
    let better = better.map(|(best, count)| {
        note(Segment::Wifi, because("wifi-channel-better").number("best", f64::from(best), 0).number("there", count as f64, 0), [seen])
    });
    let news = old.then(|| note(Segment::Wifi, Phrase::new("wifi-channel-old-news"), [seen]));
    std::iter::once(finding).chain(better).chain(news).collect()
}

/// Networks of others: several access points of one home share its name, and one access point may have several names.
fn strangers<'a>(around: &'a WifiNeighbours, own: &'a WifiNetwork) -> impl Iterator<Item = &'a WifiNetwork> {
    let same_maker = |other: &WifiNetwork| other.bssid.get(3..14) == own.bssid.get(3..14) && other.frequency_mhz == own.frequency_mhz;
    around.networks.iter().filter(move |other| {
        let same_name = other.ssid.is_some() && other.ssid == own.ssid;
        !other.ours && !same_name && !same_maker(other) && other.signal_dbm.is_none_or(|signal| signal >= HEARD_DBM)
    })
}

/// Whether two networks use the same part of the spectrum. Where only the main channel of 20 MHz is known, that much.
fn overlap(one: &WifiNetwork, other: &WifiNetwork) -> bool {
    let half = |network: &WifiNetwork| network.width_mhz.unwrap_or(20).min(40) / 2;
    one.frequency_mhz.abs_diff(other.frequency_mhz) < half(one) + half(other)
}

/// The channel of the band with the fewest others.
fn better(around: &WifiNeighbours, own: &WifiNetwork, band: Band) -> Option<(u32, usize)> {
    let (candidates, base): (&[u32], u32) = match band {
        Band::Two => (&AT_TWO, 2_407),
        Band::Five => (&AT_FIVE, 5_000),
        Band::Six => return None,
    };
    let crowd = |number: u32| {
        let there = WifiNetwork { frequency_mhz: base + 5 * number, width_mhz: Some(20), ..WifiNetwork::default() };
        strangers(around, own).filter(|other| overlap(&there, other)).count()
    };
    candidates.iter().map(|number| (*number, crowd(*number))).min_by_key(|(_, count)| *count)
}
