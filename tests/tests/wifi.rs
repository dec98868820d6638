//! Demarc beside `iw` on an emulated radio, in a machine of its own (tests/wifi): what it reads is what `iw` prints, a healthy radio accuses
//! nothing, and what is broken is found. `make test-wifi` sets `DEMARC_WIFI_MACHINE`, a folder to build the machine in.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr)]

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use demarc_model::{Observation, Party, Run, Says, WifiLink};

/// Longest life of the machine, in seconds.
const LONGEST_S: &str = "420";

#[test]
fn demarc_reads_what_iw_prints_and_finds_what_is_broken() {
    let Some(folder) = std::env::var_os("DEMARC_WIFI_MACHINE").map(PathBuf::from) else {
        eprintln!("SKIPPED: `make test-wifi` starts the machine with a radio");
        return;
    };
    let results = machine(&folder);
    let case = Case { results: &results, name: "healthy" };
    let run = case.run();
    let (link, iw) = (case.link(&run), case.iw("link"));
    // Read a moment apart, so that counters and the rates of single packets differ.
    assert_eq!(link.ssid.as_deref(), after(&iw, "SSID: "));
    assert_eq!(link.bssid.as_deref(), iw.split_whitespace().nth(2));
    assert_eq!(link.frequency_mhz.map(|mhz| mhz.to_string()).as_deref(), after(&iw, "freq: "));
    assert_eq!(link.signal_dbm.map(|dbm| format!("{dbm:.0} dBm")).as_deref(), after(&iw, "signal: "));
    let info = case.iw("info");
    assert!(info.contains(&format!("({} MHz), width: {} MHz", link.frequency_mhz.unwrap(), link.width_mhz.unwrap())), "{info}");
    assert_eq!(link.power_save, Some(case.iw("power").contains("on")));
    // A rate is that of one packet: among what Demarc saw is what `iw` saw before or after.
    let watch = run.observations.iter().find_map(Observation::wifi_watch).unwrap();
    let seen: Vec<f64> = watch.samples.iter().filter_map(|sample| sample.mbps).chain(link.send_mbps).chain(link.receive_mbps).collect();
    let told: Vec<f64> = ["station", "after.station"]
        .iter()
        .flat_map(|when| ["tx bitrate:", "rx bitrate:"].map(|label| after(&case.iw(when), label)?.split(' ').next()?.parse().ok()))
        .flatten()
        .collect();
    assert!(told.iter().any(|iw| seen.iter().any(|mbps| (mbps - iw).abs() < 0.05)), "none of {told:?} Mbit/s is among {seen:?}");
    let noise = after(&case.iw("survey"), "noise:").unwrap().to_owned();
    assert_eq!(link.noise_dbm.map(|dbm| format!("{dbm:.0} dBm")), Some(noise));
    let around = run.observations.iter().find_map(Observation::wifi_neighbours).unwrap();
    let scan = case.iw("scan");
    let heard: Vec<&str> = scan.lines().filter_map(|line| line.strip_prefix("BSS ")?.split('(').next()).collect();
    assert_eq!(around.networks.iter().map(|network| network.bssid.as_str()).collect::<Vec<_>>(), heard);
    assert!(
        run.evidence.iter().all(|evidence| evidence.segment != demarc_model::Segment::Wifi || evidence.says != Says::Accuses),
        "{:#?}",
        run.verdict
    );
    assert_eq!(run.verdict.party, Party::Healthy);

    for (name, fault) in [("weak", "wifi-weak-signal"), ("dropping", "wifi-interference"), ("gone", "wifi-disconnected")] {
        let run = Case { results: &results, name }.run();
        let accused =
            run.evidence.iter().any(|evidence| evidence.says == Says::Accuses && evidence.fault.is_some_and(|it| it.id() == fault));
        assert!(accused, "{name}: nothing accuses {fault}: {:#?}", run.verdict);
        assert_ne!(run.verdict.party, Party::Provider, "{name}");
        assert_ne!(run.verdict.party, Party::Beyond, "{name}");
        println!("{name}: {:?} {:?} {:.2}", run.verdict.party, run.verdict.fault, run.verdict.confidence);
    }
}

/// What one visit in the machine left behind.
struct Case<'a> {
    results: &'a Path,
    name: &'a str,
}

impl Case<'_> {
    fn iw(&self, what: &str) -> String {
        std::fs::read_to_string(self.results.join(format!("{}.{what}", self.name))).unwrap()
    }

    fn run(&self) -> Run {
        let text = std::fs::read_to_string(self.results.join(format!("{}.json", self.name))).unwrap_or_default();
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}: {}", self.name, self.iw("err")))
    }

    fn link(&self, run: &Run) -> WifiLink {
        run.observations.iter().find_map(Observation::wifi).unwrap_or_else(|| panic!("{}: no radio was read", self.name)).clone()
    }
}

/// What follows a label on its line.
fn after<'a>(text: &'a str, label: &str) -> Option<&'a str> {
    text.lines().find_map(|line| line.trim().strip_prefix(label)).map(str::trim)
}

/// Builds the machine and lets it run to its end; where its results are.
fn machine(folder: &Path) -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let built = Command::new(here.join("wifi/build")).arg(here.join("../target/debug/demarc")).arg(folder).status().unwrap();
    assert!(built.success(), "the machine could not be built");
    let results = folder.join("results");
    let _ = std::fs::remove_dir_all(&results);
    std::fs::create_dir_all(&results).unwrap();
    let shared = format!("local,path={},mount_tag=results,security_model=none", results.display());
    let console = std::fs::File::create(folder.join("console")).unwrap();
    let status = Command::new("timeout")
        .args([LONGEST_S, "qemu-system-x86_64", "-accel", "tcg", "-m", "768", "-smp", "1", "-nic", "none", "-nographic", "-no-reboot"])
        .args(["-append", "console=ttyS0 panic=-1 quiet", "-virtfs", &shared])
        .arg("-kernel")
        .arg(folder.join("vmlinuz"))
        .arg("-initrd")
        .arg(folder.join("initrd"))
        .stdin(Stdio::null())
        .stdout(console)
        .status()
        .unwrap();
    assert!(status.success(), "the machine ended with {status}; its console is {}", folder.join("console").display());
    results
}
