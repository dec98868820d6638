#![allow(clippy::unwrap_used)]

use demarc_model::{Counters, Echo, Interface, Lane, LaneResult, NetworkState, Outcome, Probe, Request, Route, Says};
use rstest::rstest;

use super::*;

/// A home as one look shows it: its link, and how the router answered.
struct Home {
    link: InterfaceKind,
    mbps: u32,
    damaged: u64,
    signal_dbm: f64,
    /// Lost of 200 probes.
    lost: usize,
    rtt_ms: f64,
}

const CABLE: Home = Home { link: InterfaceKind::Wired, mbps: 1_000, damaged: 0, signal_dbm: 0.0, lost: 0, rtt_ms: 0.5 };
const RADIO: Home = Home { link: InterfaceKind::Wifi, mbps: 0, damaged: 0, signal_dbm: -60.0, lost: 0, rtt_ms: 3.0 };

#[rstest]
#[case::loss_goes_with_the_cable(Home { lost: 12, ..CABLE }, CABLE, Some(Change::OtherCable), Effect::Relieved, Some(Fault::WiringLoss))]
#[case::loss_stays_with_another_cable(Home { lost: 12, ..CABLE }, Home { lost: 13, ..CABLE }, Some(Change::OtherCable), Effect::Persists, Some(Fault::WiringLoss))]
#[case::two_more_pairs(Home { mbps: 100, ..CABLE }, CABLE, Some(Change::OtherPort), Effect::Relieved, Some(Fault::LinkSpeedLow))]
#[case::no_more_damage(Home { damaged: 40, ..CABLE }, CABLE, Some(Change::OtherCable), Effect::Relieved, Some(Fault::LinkErrors))]
#[case::damage_stays(Home { damaged: 40, ..CABLE }, Home { damaged: 35, ..CABLE }, Some(Change::OtherCable), Effect::Persists, Some(Fault::LinkErrors))]
// One lost packet more or less is chance, and so is the first of a few.
#[case::chance(Home { lost: 1, ..CABLE }, CABLE, Some(Change::OtherCable), Effect::Unclear, None)]
#[case::three_lost_are_too_few(Home { lost: 3, ..CABLE }, CABLE, Some(Change::OtherCable), Effect::Unclear, None)]
#[case::nothing_was_wrong(CABLE, CABLE, Some(Change::OtherCable), Effect::Unclear, None)]
// One trouble goes and another stays: the change did not do all of it.
#[case::mixed(Home { mbps: 100, lost: 12, ..CABLE }, Home { lost: 13, ..CABLE }, Some(Change::OtherCable), Effect::Unclear, None)]
// The cable in place of the radio shows by itself; a weak signal is named.
#[case::cable_instead(Home { lost: 20, ..RADIO }, CABLE, None, Effect::Relieved, Some(Fault::WifiLoss))]
#[case::cable_instead_of_a_weak_signal(Home { lost: 20, signal_dbm: -82.0, ..RADIO }, CABLE, None, Effect::Relieved, Some(Fault::WifiWeakSignal))]
#[case::nearer(Home { rtt_ms: 60.0, signal_dbm: -80.0, ..RADIO }, Home { signal_dbm: -45.0, ..RADIO }, None, Effect::Relieved, Some(Fault::WifiWeakSignal))]
#[case::nearer_changes_nothing(Home { lost: 20, signal_dbm: -70.0, ..RADIO }, Home { lost: 21, signal_dbm: -45.0, ..RADIO }, None, Effect::Persists, Some(Fault::WifiLoss))]
// A restart of the router makes the line anew too: nobody is named for it.
#[case::restarted(Home { lost: 30, ..CABLE }, CABLE, Some(Change::RouterRestarted), Effect::Relieved, None)]
fn what_goes_away_with_a_change_was_there(
    #[case] before: Home,
    #[case] after: Home,
    #[case] told: Option<Change>,
    #[case] effect: Effect,
    #[case] fault: Option<Fault>,
) {
    let (comparison, finding) = compare(&visit(&before), &visit(&after), told);
    assert_eq!((comparison.effect, finding.fault), (effect, fault), "{comparison:?}");
    let says = match (effect, fault) {
        (Effect::Relieved, Some(_)) => Says::Accuses,
        (Effect::Persists, Some(_)) => Says::Clears,
        _ => Says::Notes,
    };
    assert_eq!(finding.says, says);
    assert_eq!(comparison.noticed, told.is_none());
}

#[test]
fn a_visit_that_saw_no_router_cannot_be_compared() {
    assert!(comparable(&visit(&CABLE)));
    assert!(!comparable(&Visit::default()));
}

fn visit(home: &Home) -> Visit {
    let interface = Interface {
        name: "link0".to_owned(),
        kind: home.link,
        up: true,
        carrier: true,
        mtu: 1500,
        mac: None,
        addresses: vec!["192.168.1.23/24".to_owned()],
    };
    let route = Route {
        destination: [0, 0, 0, 0].into(),
        prefix_length: 0,
        gateway: Some([192, 168, 1, 1].into()),
        interface: "link0".to_owned(),
        metric: 100,
    };
    let network = NetworkState { interfaces: vec![interface], routes: vec![route], ways_out: Vec::new() };
    let mut observations = vec![seen(Request::Network, network.into())];
    if home.link == InterfaceKind::Wifi {
        let wifi = WifiLink { interface: "link0".to_owned(), connected: true, signal_dbm: Some(home.signal_dbm), ..WifiLink::default() };
        observations.push(seen(Request::Wifi { interface: "link0".to_owned() }, wifi.into()));
    } else {
        observations.extend([0, 1].map(|reading| {
            let counters = Counters { received: 1_000 * reading, crc_errors: home.damaged * reading, ..Counters::default() };
            let request = Request::Link { interface: "link0".to_owned() };
            seen(request, link_state(home.mbps, counters).into())
        }));
    }
    observations
        .push(seen(Request::Campaign(Campaign { lanes: Vec::new(), duration_ms: 20_000, loads: Vec::new() }), campaign(home).into()));
    Visit { observations, ..Visit::default() }
}

fn link_state(mbps: u32, counters: Counters) -> LinkState {
    serde_json::from_value(serde_json::json!({
        "interface": "link0", "carrier": true, "speed_mbps": mbps, "duplex": "full", "carrier_changes": 2, "counters": counters,
    }))
    .unwrap()
}

/// The lost probes lie apart from one another.
fn campaign(home: &Home) -> CampaignResult {
    const PROBES: usize = 200;
    let lost = |index: usize| home.lost > 0 && index.is_multiple_of(PROBES / home.lost.max(1)) && index / (PROBES / home.lost) < home.lost;
    let echo = |index: usize| Echo { sent_ms: index as f64 * 100.0, rtt_ms: (!lost(index)).then_some(home.rtt_ms) };
    let address = [192, 168, 1, 1].into();
    let lane = Lane { position: Position::Gateway, name: "192.168.1.1".to_owned(), address, probe: Probe::Echo, interval_ms: 100 };
    let lane = LaneResult { lane, echoes: (0..PROBES).map(echo).collect(), kernel_timestamps: true, failure: None, refused: 0 };
    CampaignResult { lanes: vec![lane], loads: Vec::new() }
}

fn seen(request: Request, outcome: Outcome) -> Observation {
    let id = format!("{request:?}").len().to_string();
    Observation { id, check: "path".to_owned(), at: chrono::DateTime::default(), elapsed_ms: 1.0, request, outcome }
}
