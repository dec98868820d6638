//! What the home router says, asked of real daemons in the lab: miniupnpd (`UPnP`, NAT-PMP, PCP) and avahi (mDNS).
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::net::IpAddr;

use demarc_model::{Measurement, Outcome, Prober as _, Request, RouterState, SeenFrom};
use demarc_probes::RealNetwork;
use tests::lab::{DEVICE, Lab, PROGRAMS, Scenario, namespace};

/// A router that speaks everything. miniupnpd tells an address only where it looks like one of the internet's, so that this one lends itself
/// a network that is nobody's in the lab.
const TALKATIVE: &str = r#"
description = "A router that tells what it knows."
[expect]
party = "healthy"
[nodes.core]
routes = ["20.0.113.0/24 via 198.51.100.1", "198.18.0.0/16 via 198.18.255.2", "198.19.0.0/17 via 198.19.127.2", "198.19.128.0/17 via 198.19.255.2"]
[links.access]
near = { node = "router", interface = "wan", address = "20.0.113.57/24" }
far = { node = "edge", interface = "line0", address = "20.0.113.1/24" }
[nodes.router]
routes = ["default via 20.0.113.1"]
daemons = [
  ["miniupnpd", "-d", "-f", "/dev/null", "-i", "wan", "-a", "br-lan", "-p", "5000", "-P", "{folder}/miniupnpd.pid", "-N", "-z", "Home box", "-m", "42", "-B", "50000000", "10000000"],
  ["sh", "-c", "mkdir -p /run/avahi-daemon && mount -t tmpfs none /run/avahi-daemon && printf '[server]\nhost-name=home-box\nallow-interfaces=br-lan\nuse-ipv6=no\nenable-dbus=no\n[publish]\npublish-addresses=yes\n' > {folder}/avahi.conf && exec avahi-daemon --no-drop-root --no-chroot --no-rlimits -f {folder}/avahi.conf"],
]
"#;
const SILENT: &str = "description = \"A router that tells nothing.\"\n[expect]\nparty = \"healthy\"\n";

fn asked(lab: &Lab, request: Request) -> Outcome {
    let ask = || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        Ok(runtime.block_on(RealNetwork::new().perform(request, Box::new(|_| {}))))
    };
    lab.within(DEVICE, ask).unwrap()
}

fn lab(scenario: &str) -> Option<Lab> {
    let mut programs = PROGRAMS.to_vec();
    programs.push("avahi-daemon");
    namespace::available(&programs).unwrap().then(|| Lab::up(&Scenario::parse(scenario).unwrap(), 1).unwrap())
}

#[test]
fn a_router_tells_who_it_is_its_line_and_its_clocks() {
    let Some(lab) = lab(TALKATIVE) else { return };
    // Whoever has just started tells its name only when nobody has claimed it for a second (RFC 6762 section 8).
    let told = (0..5).map(|_| asked(&lab, Request::Router)).find_map(|outcome| match outcome {
        Outcome::Measured { measurement: Measurement::Router(router) } if !router.names.is_empty() => Some(router),
        _ => None,
    });
    let RouterState { mac, vendor, names, description, connection, line_addresses, epoch_s, mappings } =
        told.expect("the router told its name");
    assert!(mac.is_some_and(|mac| mac.len() == 17) && vendor.is_none(), "the lab's addresses are nobody's");
    assert_eq!(names, ["home-box.local"]);
    let description = description.unwrap();
    assert_eq!(description.name.as_deref(), Some("Home box"));
    assert_eq!(description.model_number.as_deref(), Some("42"));
    let connection = connection.unwrap();
    assert_eq!((connection.status.as_deref(), connection.physical.as_deref()), (Some("Connected"), Some("Up")));
    assert_eq!((connection.down_bits_per_s, connection.up_bits_per_s), (Some(50_000_000), Some(10_000_000)));
    assert!(connection.uptime_s.is_some_and(|uptime| uptime < 120), "{connection:?}");
    assert!(epoch_s.is_some_and(|epoch| epoch < 120), "{epoch_s:?}");
    let told: Vec<(IpAddr, &str)> = line_addresses.iter().map(|line| (line.address, line.by.as_str())).collect();
    let line: IpAddr = [20, 0, 113, 57].into();
    assert_eq!(told, [(line, "upnp"), (line, "nat-pmp")]);
    assert_eq!(mappings, Some(Vec::new()));
}

#[test]
fn the_internet_sees_the_routers_address() {
    let Some(lab) = lab(TALKATIVE) else { return };
    let request = Request::Stun { server: "198.19.0.20:3478".to_owned() };
    let Outcome::Measured { measurement: Measurement::Stun(SeenFrom { address, .. }) } = asked(&lab, request) else { panic!() };
    assert_eq!(address, IpAddr::from([20, 0, 113, 57]));
    let Outcome::Failed { why } = asked(&lab, Request::Stun { server: "198.19.0.20:9".to_owned() }) else { panic!() };
    assert_eq!(why.id, "failed-stun");
}

#[test]
fn a_router_that_says_nothing_still_has_a_hardware_address_and_the_rest_is_absent() {
    let Some(lab) = lab(SILENT) else { return };
    let Outcome::Measured { measurement: Measurement::Router(router) } = asked(&lab, Request::Router) else { panic!() };
    assert!(router.mac.is_some());
    assert_eq!(router, RouterState { mac: router.mac.clone(), ..RouterState::default() });
}
