//! The table of faults at home: how each is made with real parts, how often it was found, and that what looks alike was not taken for it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::Value;

use super::scenario::{HomeFault, Scenario};
use super::survey::Visit;

/// Faults of the home that a lab of network namespaces cannot make, and what holds their checks instead.
pub const NOT_MADE: [(&str, &str); 9] = [
    ("memory-pressure", "would take the memory of the machine under the lab; scenarios hold the check"),
    ("link-speed-low", "the ends of an emulated cable tell no modes; read in tests from what ethtool answers"),
    ("link-errors", "nothing damages a frame of an emulated cable; read in tests from folders like sysfs"),
    ("wifi-disconnected", "made on an emulated radio by `make test-wifi`"),
    ("wifi-weak-signal", "made on an emulated radio by `make test-wifi`"),
    ("wifi-interference", "a connection that drops is made on an emulated radio by `make test-wifi`"),
    ("wifi-congested-channel", "the emulated radio is never busy; scenarios and simulated homes hold the check"),
    ("wifi-slow-rate", "scenarios and simulated homes hold the check"),
    ("wifi-loss", "scenarios and simulated homes hold the check"),
];

const HEAD: &str = "# Faults of the home, made with real parts

Written by `make lab-home`, which makes each fault in network namespaces with the kernel's own forwarding and real daemons, lets Demarc visit
it as a user without rights (quick profile), and does the same with its twin: a home that looks alike, or is healthy, in which the fault must
not be named. Time is the whole visit's median.

| fault | made by | found | twin | named there | time |
|---|---|---|---|---|---|
";

/// The files that a survey of the home visits: the faults and their twins.
pub fn wanted(all: &[(String, Scenario)]) -> Vec<String> {
    let mut wanted: Vec<String> =
        all.iter().filter_map(|(name, scenario)| Some([name.clone(), scenario.home.as_ref()?.twin.clone()])).flatten().collect();
    wanted.sort();
    wanted.dedup();
    wanted
}

/// The table as a page.
pub fn page(all: &[(String, Scenario)], visits: &[Visit]) -> String {
    let mut rows: BTreeMap<(usize, &str), String> = BTreeMap::new();
    for (name, scenario) in all {
        let Some(HomeFault { fault, how, twin }) = &scenario.home else { continue };
        let of = |file: &str| visits.iter().filter(|visit| visit.fault == file).collect::<Vec<_>>();
        let (made, alike) = (of(name), of(twin));
        let found = made.iter().filter(|visit| says(visit, fault)).count();
        let named = alike.iter().filter(|visit| says(visit, fault)).count();
        let mut seconds: Vec<f64> = made.iter().map(|visit| visit.seconds).collect();
        seconds.sort_by(f64::total_cmp);
        let median = seconds.get(seconds.len() / 2).copied().unwrap_or_default();
        let row =
            format!("| `{fault}` ({name}) | {how} | {found} of {} | {twin} | {named} of {} | {median:.0} s |", made.len(), alike.len());
        rows.insert((rank(fault), name), row);
    }
    let mut page = HEAD.to_owned();
    for row in rows.values() {
        let _ = writeln!(page, "{row}");
    }
    let _ = writeln!(
        page,
        "\nFound counts visits whose verdict names this very fault. A router that drops whatever passes looks like its cable from one"
    );
    let _ = writeln!(page, "computer: its verdict is `wiring-loss`, or undecided; another port or cable decides.");
    let _ = writeln!(page, "\nNot made in a lab:\n");
    for (fault, why) in NOT_MADE {
        let _ = writeln!(page, "- `{fault}`: {why}.");
    }
    page
}

/// Whether a visit's verdict names a fault.
fn says(visit: &Visit, fault: &str) -> bool {
    visit.run.pointer("/verdict/fault").and_then(Value::as_str) == Some(fault)
}

/// Faults in the order of the path, as far as their names tell it.
fn rank(fault: &str) -> usize {
    let wiring = ["cable-unplugged", "half-duplex", "link-flapping", "wiring-loss"];
    let router = ["router-", "double-nat", "rogue-dhcp", "home-cross-traffic"];
    if wiring.contains(&fault) {
        1
    } else if router.iter().any(|start| fault.starts_with(start)) {
        2
    } else {
        0
    }
}
