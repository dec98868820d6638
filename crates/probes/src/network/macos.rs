//! The network's state as macOS's own programs tell it: `ifconfig`, `netstat` and the names of ports by `networksetup`.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

use demarc_model::{Interface, InterfaceKind, NetworkState, Route};

use crate::{bounded::one_line, ipconfig::mask_length};

/// Most interfaces and routes told.
const MOST_INTERFACES: usize = 256;
const MOST_ROUTES: usize = 4_096;

#[cfg(target_os = "macos")]
pub(super) async fn perform() -> demarc_model::Outcome {
    use std::time::Duration;

    use demarc_model::{Outcome, Phrase};

    use crate::command::answer;

    const LIMIT: Duration = Duration::from_secs(3);
    let (interfaces, routes, ports) = tokio::join!(
        answer("/sbin/ifconfig", &["-a"], LIMIT),
        answer("/usr/sbin/netstat", &["-rn"], LIMIT),
        answer("/usr/sbin/networksetup", &["-listallhardwareports"], LIMIT),
    );
    let failed = |detail: String| Outcome::Failed { why: Phrase::new("failed-network").text("detail", detail) };
    match (interfaces, routes) {
        (Ok(interfaces), Ok(routes)) => match read(&interfaces, &routes, &ports.unwrap_or_default()) {
            Some(state) => state.into(),
            None => failed("ifconfig: no answer".to_owned()),
        },
        (Err(detail), _) | (_, Err(detail)) => failed(detail),
    }
}

/// What `ifconfig -a`, `netstat -rn` and `networksetup -listallhardwareports` print. `None` where no interface is told.
pub fn read(interfaces: &str, routes: &str, ports: &str) -> Option<NetworkState> {
    let ports = self::ports(ports);
    let interfaces: Vec<Interface> =
        blocks(interfaces).into_iter().filter_map(|block| interface(&block, &ports)).take(MOST_INTERFACES).collect();
    let names: BTreeSet<&str> = interfaces.iter().map(|interface| interface.name.as_str()).collect();
    let routes = self::routes(routes, &names);
    (!interfaces.is_empty()).then_some(NetworkState { interfaces, routes, ways_out: Vec::new() })
}

/// The lines of each interface; a block begins at the left.
fn blocks(told: &str) -> Vec<Vec<&str>> {
    let mut blocks: Vec<Vec<&str>> = Vec::new();
    for line in told.lines() {
        if !line.starts_with([' ', '\t']) && line.contains(": flags=") {
            blocks.push(vec![line]);
        } else if let Some(block) = blocks.last_mut() {
            block.push(line.trim());
        }
    }
    blocks
}

/// The port's name (`Wi-Fi`, `USB 10/100/1000 LAN`) by the device's.
fn ports(told: &str) -> BTreeMap<&str, &str> {
    let mut port = "";
    let mut ports = BTreeMap::new();
    for line in told.lines() {
        match line.split_once(':').map(|(key, value)| (key.trim(), value.trim())) {
            Some(("Hardware Port", name)) => port = name,
            Some(("Device", device)) => _ = ports.insert(device, port),
            _ => {}
        }
    }
    ports
}

/// One interface; `None` for loopback.
fn interface(block: &[&str], ports: &BTreeMap<&str, &str>) -> Option<Interface> {
    let (name, head) = block.first()?.split_once(": flags=")?;
    let flags: Vec<&str> = head.split_once('<')?.1.split_once('>')?.0.split(',').collect();
    if flags.contains(&"LOOPBACK") {
        return None;
    }
    let value = |key: &str| block.iter().find_map(|line| line.strip_prefix(key)).map(str::trim);
    let status = value("status:");
    Some(Interface {
        name: one_line(name, 32),
        kind: kind(name, flags.contains(&"POINTOPOINT"), value("ether ").is_some(), ports.get(name).copied()),
        up: flags.contains(&"UP"),
        // Tunnels have no medium that could be lost.
        carrier: status.map_or(flags.contains(&"RUNNING"), |status| status == "active"),
        mtu: head.rsplit_once("mtu ").and_then(|(_, mtu)| mtu.trim().parse().ok()).unwrap_or(0),
        mac: value("ether ").map(|mac| one_line(mac, 17)),
        addresses: block.iter().filter_map(|line| address(line)).take(64).collect(),
    })
}

/// Names of interfaces are the driver's; what port a card of Ethernet or Wi-Fi is at, the settings know.
fn kind(name: &str, point_to_point: bool, ethernet: bool, port: Option<&str>) -> InterfaceKind {
    let driver = name.trim_end_matches(|c: char| c.is_ascii_digit());
    match driver {
        "utun" | "ipsec" | "ppp" | "gif" | "stf" | "tun" | "tap" | "feth" => InterfaceKind::Tunnel,
        "awdl" | "llw" | "ap" | "anpi" | "bridge" | "vlan" | "bond" | "vmenet" | "vmnet" | "vnic" | "pktap" => InterfaceKind::Virtual,
        "pdp_ip" => InterfaceKind::Mobile,
        "en" => match port.unwrap_or_default() {
            "Wi-Fi" | "AirPort" => InterfaceKind::Wifi,
            port if port.contains("iPhone") || port.contains("iPad") || port.contains("WWAN") => InterfaceKind::Mobile,
            port if port.starts_with("Bluetooth") => InterfaceKind::Other,
            // A bridge's members, which carry no addresses of their own.
            port if port.starts_with("Thunderbolt") && !port.contains("Ethernet") => InterfaceKind::Virtual,
            // Without a port it is no socket that anybody could see, nor are these, inside of newer machines.
            "" => InterfaceKind::Other,
            port if port.starts_with("Ethernet Adapter (") => InterfaceKind::Other,
            _ => InterfaceKind::Wired,
        },
        _ if point_to_point => InterfaceKind::Tunnel,
        _ if ethernet => InterfaceKind::Virtual,
        _ => InterfaceKind::Other,
    }
}

/// `inet 192.168.1.23 netmask 0xffffff00 ...` or `inet6 fe80::1%en0 prefixlen 64 ...`.
fn address(line: &str) -> Option<String> {
    let words: Vec<&str> = line.split_ascii_whitespace().collect();
    let behind = |key: &str| words.iter().position(|word| *word == key).and_then(|at| words.get(at + 1)).copied();
    let unusable = words.iter().any(|word| matches!(*word, "tentative" | "duplicated" | "detached"));
    match words.first().copied()? {
        "inet" => {
            let own: Ipv4Addr = behind("inet")?.parse().ok()?;
            let mask = u32::from_str_radix(behind("netmask")?.strip_prefix("0x")?, 16).ok()?;
            Some(format!("{own}/{}", mask_length(mask)?))
        }
        "inet6" if !unusable => {
            let own: Ipv6Addr = behind("inet6")?.split('%').next()?.parse().ok()?;
            let length: u8 = behind("prefixlen")?.parse().ok()?;
            Some(format!("{own}/{length}"))
        }
        _ => None,
    }
}

/// Routes by their order: macOS has no metrics, and lists the preferred default route first. A scoped route (flag `I`) serves only who
/// asks for its interface.
fn routes(told: &str, names: &BTreeSet<&str>) -> Vec<Route> {
    let mut routes: Vec<Route> = Vec::new();
    let (mut v6, mut columns) = (false, Vec::new());
    for line in told.lines() {
        let words: Vec<&str> = line.split_ascii_whitespace().collect();
        match words.first().copied() {
            Some("Internet:") => v6 = false,
            Some("Internet6:") => v6 = true,
            Some("Destination") => columns = words,
            Some(destination) if routes.len() < MOST_ROUTES => {
                let column = |name: &str| columns.iter().position(|column| *column == name).and_then(|at| words.get(at)).copied();
                let scoped = column("Flags").is_none_or(|flags| flags.contains('I'));
                let interface = column("Netif").filter(|name| names.contains(name) && !scoped);
                let Some((interface, (destination, prefix_length))) = interface.zip(network(destination, v6)) else { continue };
                let gateway = column("Gateway").and_then(|gateway| gateway.split('%').next()?.parse().ok());
                let metric = u32::try_from(routes.len()).unwrap_or(u32::MAX);
                routes.push(Route { destination, prefix_length, gateway, interface: interface.to_owned(), metric });
            }
            _ => {}
        }
    }
    routes.retain(|route| !route.destination.is_multicast() && route.destination != IpAddr::V4(Ipv4Addr::BROADCAST));
    routes
}

/// `default`, `192.168.1` (its network by its length), `10.8/16`, `fe80::%en0/64`, or one host.
fn network(destination: &str, v6: bool) -> Option<(IpAddr, u8)> {
    if destination == "default" {
        return Some(if v6 { (Ipv6Addr::UNSPECIFIED.into(), 0) } else { (Ipv4Addr::UNSPECIFIED.into(), 0) });
    }
    let (address, length) = destination.split_once('/').map_or((destination, None), |(address, length)| (address, Some(length)));
    let length = length.map(str::parse::<u8>).transpose().ok()?;
    if v6 {
        // The zone stands before the length.
        let address: Ipv6Addr = address.split('%').next()?.parse().ok()?;
        return Some((address.into(), length.unwrap_or(128)));
    }
    let mut octets = [0; 4];
    let mut count: u8 = 0;
    for (octet, word) in octets.iter_mut().zip(address.split('.')) {
        *octet = word.parse().ok()?;
        count += 1;
    }
    (address.split('.').count() <= 4).then_some((Ipv4Addr::from(octets).into(), length.unwrap_or(8 * count)))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const INTERFACES: &str = include_str!("../../testdata/macos/ifconfig-a.txt");
    const ROUTES: &str = include_str!("../../testdata/macos/netstat-rn.txt");
    const PORTS: &str = include_str!("../../testdata/macos/networksetup-listallhardwareports.txt");

    #[test]
    fn a_laptop_on_wifi_with_a_dock_and_a_vpn() {
        let state = read(INTERFACES, ROUTES, PORTS).unwrap();
        let kind = |name: &str| state.interface(name).map(|interface| (interface.kind, interface.up, interface.carrier));
        assert_eq!(kind("en0"), Some((InterfaceKind::Wifi, true, true)));
        assert_eq!(kind("en7"), Some((InterfaceKind::Wired, true, false)), "the dock's socket is empty");
        assert_eq!(kind("utun4"), Some((InterfaceKind::Tunnel, true, true)));
        assert_eq!(kind("en1").map(|(kind, ..)| kind), Some(InterfaceKind::Virtual), "a Thunderbolt port");
        assert_eq!([kind("awdl0"), kind("bridge0")].map(|kind| kind.unwrap().0), [InterfaceKind::Virtual; 2]);
        assert_eq!(kind("lo0"), None);
        let wifi = state.interface("en0").unwrap();
        assert_eq!((wifi.mtu, wifi.mac.as_deref()), (1500, Some("a4:83:e7:12:34:56")));
        assert_eq!(wifi.addresses, ["fe80::1c2a:9e4f:aa01:77d1/64", "192.168.178.31/24", "2001:db8:1:2:47a:12ff:fe34:56ab/64"]);
        assert_eq!(state.default_interface(), Some(wifi));
        let told: Vec<_> = state.routes.iter().map(|r| format!("{}/{} {}", r.destination, r.prefix_length, r.interface)).collect();
        let expected = [
            "0.0.0.0/0 en0",
            "10.20.0.0/16 utun4",
            "192.168.178.0/24 en0",
            "192.168.178.1/32 en0",
            "192.168.178.31/32 en0",
            "::/0 en0",
            "2001:db8:1:2::/64 en0",
            "fe80::/64 en0",
        ];
        assert_eq!(told, expected);
        assert_eq!(state.default_route().unwrap().gateway, Some(IpAddr::from([192, 168, 178, 1])));
    }

    #[test]
    fn short_networks_have_the_length_of_their_octets() {
        let told = |text: &str, v6: bool| network(text, v6).map(|(address, length)| format!("{address}/{length}"));
        for (text, expected) in
            [("10", "10.0.0.0/8"), ("192.168.1", "192.168.1.0/24"), ("10.8/16", "10.8.0.0/16"), ("1.2.3.4", "1.2.3.4/32")]
        {
            assert_eq!(told(text, false).as_deref(), Some(expected));
        }
        assert_eq!(told("fe80::%en0/64", true).as_deref(), Some("fe80::/64"));
        for text in ["", "1.2.3.4.5", "256", "a", "1/x", "1/999"] {
            assert_eq!([told(text, false), told(text, true)], [None, None], "{text}");
        }
    }

    #[test]
    fn nonsense_is_no_network() {
        for told in ["", "en0", "en0: flags=", "en0: flags=8863<", "lo0: flags=8049<LOOPBACK> mtu 1\n", "\u{0}"] {
            assert_eq!(read(told, told, told), None, "{told:?}");
        }
        for length in (0..INTERFACES.len()).step_by(7) {
            let _ = INTERFACES.get(..length).and_then(|cut| read(cut, cut, cut));
        }
    }
}
