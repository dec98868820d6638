//! Household files: the built-in ones, those with mistakes, and those meant to harm.

#![allow(clippy::unwrap_used, reason = "tests may stop")]

mod common;

use std::fmt::Write;

use common::{PLACES, SERVICE, echoes, home, load, run};
use demarc_model::{Config, Direction, Family, Measurement, Outcome, Request, TraceProtocol, Visit};
use demarc_simulator::{Household, HouseholdError};
use rstest::rstest;

#[test]
fn every_built_in_household_has_its_name_its_words_and_a_verdict() {
    let words = include_str!("../../../locales/en/households.ftl");
    let said = |id: &str| words.lines().any(|line| line.starts_with(&format!("{id} = ")));
    assert_eq!(Household::BUILTIN, ["healthy", "weak-wifi", "bad-cable", "bufferbloat", "access-loss", "congested-interconnect"]);
    for name in Household::BUILTIN {
        let household = Household::builtin(name).unwrap();
        assert_eq!(household.name(), *name);
        assert!(said(&household.title().id) && said(&household.description().id), "{name}");
        let expect = household.expect().unwrap();
        assert!(expect.segment.is_none_or(|segment| segment.party() == expect.party), "{name}");
        assert!(expect.fault.is_none_or(|fault| Some(fault.segment()) == expect.segment), "{name}");
    }
    assert!(Household::builtin("haunted").is_none());
    assert!(said(&home("", 1).household().title().id) && said(&home("", 1).household().description().id));
}

#[test]
fn the_configuration_of_a_home_names_things_that_exist_there() {
    let household = Household::from_toml("[plan]\ndown_mbps = 70.0").unwrap();
    let config: Config = household.config();
    assert_eq!((config.plan.down_mbps, config.plan.up_mbps), (Some(70.0), Some(40.0)));
    assert_eq!(config.anchors.iter().filter(|anchor| anchor.on_net).count(), 1);
    let visit = Visit { config: config.clone(), ..Visit::default() };
    assert!(config.anchors.iter().all(|anchor| visit.address_of(&anchor.host).is_some()));
    assert!(config.services[0].page().is_some() && config.portal.url.is_some() && !config.peers.is_empty());
}

#[rstest]
#[case("[path.acces]\nloss = 0.1", "household file, line 1: there is no key `acces`; did you mean `access`?")]
#[case("[device]\n\ncpu = 5", "household file, line 3: there is no key `cpu`; did you mean `cpu_percent`?")]
#[case("xylophone = 'red'", "household file, line 1: there is no key `xylophone`")]
#[case("[[networks]]\n[[networks]]\n[[networks]]\n[[networks]]\n[[networks]]", "the household file has 5 [[networks]]; there are only 4")]
fn mistakes_are_told_in_a_sentence(#[case] toml: &str, #[case] sentence: &str) {
    assert_eq!(Household::from_toml(toml).unwrap_err().to_string(), sentence);
}

#[test]
fn a_file_that_is_too_long_is_refused() {
    assert_eq!(Household::from_toml(&"#".repeat(70_000)), Err(HouseholdError::TooLong(70_000)));
}

#[rstest]
#[case("loss = -4.0")]
#[case("loss = nan")]
#[case("loss = 1e300")]
#[case("loss = 0.5\nburst_ms = 1e-300")]
#[case("loss = 0.5\nburst_ms = inf")]
#[case("delay_ms = inf\njitter_ms = -inf\nstanding_ms = nan\nswing_ms = 1e308")]
#[case("spikes_per_minute = 1e18\nspike_ms = 1e18")]
#[case("down_mbps = 0\nup_mbps = -1\nqueue_down_ms = 1e99\nqueue_up_ms = nan")]
#[case("down_mbps = inf\nup_mbps = nan")]
#[case("cross_down_mbps = 1e300\ncross_up_mbps = inf\naqm = true")]
#[case("cross_down_mbps = 1e5\ndown_mbps = 0.0\nqueue_down_ms = 0.0")]
#[case("loss_down = nan\nloss_up = 5.0\noutages = [[nan, inf], [-1.0, 1e300]]")]
#[case("outage_every_s = 1e-300\noutage_s = 1e300\nshift_ms = inf\nshift_at_s = nan")]
fn absurd_numbers_are_brought_into_range(
    #[case] values: &str,
    #[values("path.link", "path.router", "path.access", "path.service")] table: &str,
) {
    let home = home(
        &format!(
            "hour = 1e9\naccess = 'leo'\n[{table}]\n{values}\n[device]\ncpu_percent = nan\nmemory_total_mb = inf\nmemory_available_mb = -1\nclock_offset_ms = 1e300\nmtu = 0
            [link]\ncrc_error_share = 7.0\nflaps_per_minute = 1e9\nretry_share = nan\nreceive_mbps = -5.0\nsignal_dbm = 1e9\ncarrier_changes = 4294967295
            interference = 9.0\nchannel_busy = inf\nwidth_mhz = 4294967295\nnoise_dbm = nan
            [hops]\nlimited = ['gateway']\nanswer_every_ms = nan\nslow = ['gateway']\nslow_ms = inf
            [home_traffic]\ndown_mbps = inf\nup_mbps = nan\n[ecmp]\npaths = 255\nextra_ms = nan\nloss = -3.0\n[tcp]\ndown = 'bbr'
            [router]\nanswer_ms = inf\n[service]\nfirst_byte_ms = -inf\n[dns]\nprovider = 'slow'\nslow_ms = nan"
        ),
        1,
    );
    let load = |direction| demarc_model::Load {
        peer: "https://speed.example".parse().unwrap(),
        direction,
        start_ms: 0,
        duration_ms: u32::MAX,
        connections: 255,
        max_bytes: u64::MAX,
    };
    let loads = vec![load(demarc_model::Direction::Down), load(demarc_model::Direction::Up)];
    let result = run(&home, echoes(&PLACES, 200, 20_000, loads));
    for lane in &result.lanes {
        assert!(lane.echoes.iter().all(|echo| echo.sent_ms.is_finite() && echo.rtt_ms.is_none_or(|rtt| (0.0..=2_000.0).contains(&rtt))));
    }
    assert!(result.loads.iter().all(|load| load.rates.len() <= 81 && load.mbps.is_none_or(|mbps| mbps.is_finite() && mbps >= 0.0)));
    let config = home.household().config();
    assert!(config.plan.down_mbps.is_some_and(|rate| rate > 0.0 && rate <= 100_000.0));
    for request in [
        Request::Network,
        Request::Host { for_ms: u32::MAX },
        Request::Clock { server: "]:[".to_owned() },
        Request::Link { interface: "eth0".to_owned() },
        Request::WanTraffic { for_ms: u32::MAX },
        Request::AddressOwners { interface: String::new(), address: [0, 0, 0, 0].into() },
    ] {
        let (_, elapsed_ms) = home.answer(&request, f64::NAN, &|_| {});
        assert!(elapsed_ms.is_finite() && elapsed_ms <= 63_000.0, "{request:?}");
    }
}

#[test]
fn requests_without_measure_are_cut_to_theirs() {
    let home = home("", 1);
    let lanes: Vec<&str> = PLACES.iter().copied().cycle().take(40).collect();
    let result = run(&home, echoes(&lanes, 0, 3_000, Vec::new()));
    assert_eq!(result.lanes.len(), 16);
    assert!(result.lanes.iter().all(|lane| lane.echoes.len() <= 150));
}

/// Every key with a number in it, by table.
const NUMBERS: [(&str, &[&str]); 9] = [
    ("home_traffic", &["down_mbps", "up_mbps", "connections"]),
    ("ecmp", &["paths", "extra_ms", "loss"]),
    ("hops", &["answer_every_ms", "slow_ms"]),
    ("dns", &["slow_ms"]),
    ("service", &["first_byte_ms", "status"]),
    ("router", &["answer_ms", "forwarder_ms"]),
    ("device", &["background_down_mbps", "background_up_mbps", "clock_offset_ms", "mtu", "cpu_percent"]),
    ("link", &["signal_dbm", "noise_dbm", "width_mhz", "channel_busy", "interference", "flaps_per_minute", "retry_share", "speed_mbps"]),
    ("plan", &["down_mbps", "up_mbps"]),
];
const STRETCHES: [&str; 6] = ["link", "router", "access", "isp", "interconnect", "service"];
const OF_STRETCHES: [&str; 21] = [
    "delay_ms",
    "jitter_ms",
    "loss",
    "loss_down",
    "loss_up",
    "burst_ms",
    "standing_ms",
    "swing_ms",
    "spikes_per_minute",
    "spike_ms",
    "queue_down_ms",
    "queue_up_ms",
    "down_mbps",
    "up_mbps",
    "cross_down_mbps",
    "cross_up_mbps",
    "outage_every_s",
    "outage_s",
    "shift_ms",
    "shift_at_s",
    "aqm",
];
const VALUES: [f64; 14] = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e300, -1e300, 1e-300, -0.0, 0.0, 0.001, 0.5, 1.0, 30.0, 900.0, 1e5];

#[test]
fn no_mixture_of_numbers_breaks_a_home() {
    let mut state = 7_u64;
    let mut draw = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    for _ in 0..300 {
        let mut toml = format!(
            "access = '{}'\nhour = {:?}\n",
            ["fibre", "cable", "vdsl", "fixed-wireless", "leo"][draw(5)],
            VALUES[draw(VALUES.len())]
        );
        for (table, keys) in NUMBERS {
            let key = keys[draw(keys.len())];
            let whole = ["paths", "status", "mtu", "width_mhz", "speed_mbps"].contains(&key);
            let value = if whole { draw(255).to_string() } else { format!("{:?}", VALUES[draw(VALUES.len())]) };
            let kind = if table == "link" { ["kind = 'wifi'\n", "kind = 'wired'\n"][draw(2)] } else { "" };
            writeln!(toml, "[{table}]\n{kind}{key} = {value}").unwrap();
        }
        for stretch in STRETCHES {
            let keys = [draw(OF_STRETCHES.len()), draw(OF_STRETCHES.len())].map(|key| OF_STRETCHES[key]);
            writeln!(toml, "[path.{stretch}]").unwrap();
            for key in keys.iter().take(if keys[0] == keys[1] { 1 } else { 2 }) {
                let value = if *key == "aqm" { "true".to_owned() } else { format!("{:?}", VALUES[draw(VALUES.len())]) };
                writeln!(toml, "{key} = {value}").unwrap();
            }
        }
        let home = home(&toml.replace("NaN", "nan"), 1);
        let at_ms = [0.0, 1e5, 1e300, f64::NAN][draw(4)];
        let asked = [
            Request::Campaign(echoes(&PLACES, 200, 4_000, vec![load(Direction::Down, 200, 1_500), load(Direction::Up, 2_000, 1_500)])),
            Request::WanTraffic { for_ms: 500 },
            Request::Fetch { url: "https://video.example/".parse().unwrap(), family: Family::Any, address: None, timeout_ms: 2_000 },
            Request::Trace { destination: SERVICE.parse().unwrap(), protocol: TraceProtocol::Udp, flow: 3, max_hops: 30, rounds: 2 },
            Request::Wifi { interface: "wlan0".to_owned() },
        ];
        for request in asked {
            let (outcome, elapsed_ms) = home.answer(&request, at_ms, &|_| {});
            assert!((0.0..=request.bounds().time_ms as f64).contains(&elapsed_ms), "{elapsed_ms} for {request:?} in\n{toml}");
            if let Outcome::Measured { measurement: Measurement::Campaign(result) } = outcome {
                let rtts = result.lanes.iter().flat_map(|lane| &lane.echoes).filter_map(|echo| echo.rtt_ms);
                assert!(rtts.into_iter().all(|rtt_ms| (0.0..=2_000.0).contains(&rtt_ms)), "{toml}");
                let rates = result.loads.iter().flat_map(|load| &load.rates);
                assert!(rates.into_iter().all(|rate| (0.0..=200_000.0).contains(&rate.mbps)), "{toml}");
            }
        }
    }
}
