//! The network's state from `ipconfig /all` and `route print` of Windows: what remains where PowerShell is locked away. Rows are told by
//! their form, since their words follow the user's language.

use std::{
    collections::BTreeMap,
    net::{IpAddr, Ipv4Addr},
};

use demarc_model::{Interface, InterfaceKind, NetworkState, Route};

use crate::ipconfig::{Section, mask_length, sections};

/// Most routes told.
const MOST_ROUTES: usize = 4_096;

/// `None` where neither program told of an adapter.
pub fn read(ipconfig: &str, routes: &str) -> Option<NetworkState> {
    let sections = sections(ipconfig);
    // A section without a hardware address is a tunnel or what stands before all adapters.
    let interfaces: Vec<Interface> = sections.iter().filter(|section| section.mac().is_some()).map(interface).collect();
    let routes = self::routes(routes, &sections);
    (!interfaces.is_empty()).then_some(NetworkState { interfaces, routes, ways_out: Vec::new() })
}

fn interface(section: &Section) -> Interface {
    let addresses = section.addresses();
    let heading = section.heading.to_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| heading.contains(word));
    let prefix = |address: IpAddr, length: Option<u8>| length.unwrap_or(if address.is_ipv4() { 32 } else { 64 });
    Interface {
        name: section.name().to_owned(),
        kind: match () {
            () if says(&["wireless lan", "drahtlos-lan", "sans fil", "inalámbric"]) => InterfaceKind::Wifi,
            () if says(&["mobile broadband", "mobile breitband"]) => InterfaceKind::Mobile,
            () if says(&["tunnel", "ppp"]) => InterfaceKind::Tunnel,
            () if says(&["vethernet"]) => InterfaceKind::Virtual,
            () if says(&["ethernet"]) => InterfaceKind::Wired,
            () => InterfaceKind::Other,
        },
        // Switched off adapters are not listed.
        up: true,
        carrier: !addresses.is_empty(),
        mtu: 0,
        mac: section.mac(),
        addresses: addresses.into_iter().map(|(address, length)| format!("{address}/{}", prefix(address, length))).collect(),
    }
}

fn routes(told: &str, sections: &[Section]) -> Vec<Route> {
    let by_address = |own: IpAddr| {
        let owner = sections.iter().find(|section| section.addresses().iter().any(|(address, _)| *address == own));
        owner.map(|section| section.name().to_owned())
    };
    // The list of interfaces: `index...hardware address ......description`.
    let mut by_index: BTreeMap<u32, String> = BTreeMap::new();
    let mut routes = Vec::new();
    let mut lines = told.lines().peekable();
    while let Some(line) = lines.next().filter(|_| routes.len() < MOST_ROUTES) {
        if let Some((index, rest)) = line.trim().split_once("...") {
            let mac = rest.split_ascii_whitespace().take(6).collect::<Vec<_>>().join(":");
            let section = sections.iter().find(|section| section.mac().is_some_and(|own| own == mac));
            by_index.extend(index.trim().parse().ok().zip(section.map(|section| section.name().to_owned())));
            continue;
        }
        let words: Vec<&str> = line.split_ascii_whitespace().collect();
        if let Some((route, own)) = v4(&words) {
            routes.extend(by_address(own.into()).map(|interface| Route { interface, ..route }));
        } else if let Some((route, index)) = v6(&words) {
            // A long destination leaves the next router on the next line.
            let next = lines.peek().filter(|_| words.len() == 3).and_then(|line| line.trim().parse().ok());
            let gateway = route.gateway.or(next);
            routes.extend(by_index.get(&index).map(|interface| Route { interface: interface.clone(), gateway, ..route }));
        }
    }
    routes.retain(|route| !route.destination.is_multicast() && route.destination != IpAddr::V4(Ipv4Addr::BROADCAST));
    routes
}

/// `destination mask gateway own-address metric`; the words for "no gateway" may be several.
fn v4(words: &[&str]) -> Option<(Route, Ipv4Addr)> {
    let [destination, mask, gateway, .., own, metric] = words else { return None };
    let mask: Ipv4Addr = mask.parse().ok()?;
    let route = Route {
        destination: IpAddr::V4(destination.parse().ok()?),
        prefix_length: mask_length(u32::from(mask))?,
        gateway: gateway.parse::<Ipv4Addr>().ok().map(IpAddr::V4),
        interface: String::new(),
        metric: metric.parse().ok()?,
    };
    Some((route, own.parse().ok()?))
}

/// `index metric destination/length gateway`.
fn v6(words: &[&str]) -> Option<(Route, u32)> {
    let [index, metric, prefix, gateway @ ..] = words else { return None };
    let (destination, length) = prefix.split_once('/')?;
    let route = Route {
        destination: destination.parse().ok().filter(IpAddr::is_ipv6)?,
        prefix_length: length.parse().ok()?,
        gateway: gateway.first().and_then(|gateway| gateway.parse().ok()),
        interface: String::new(),
        metric: metric.parse().ok()?,
    };
    Some((route, index.parse().ok()?))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const ADDRESSES: [&str; 2] =
        [include_str!("../../testdata/windows/ipconfig-all-en.txt"), include_str!("../../testdata/windows/ipconfig-all-de.txt")];
    const ROUTES: [&str; 2] =
        [include_str!("../../testdata/windows/route-print-en.txt"), include_str!("../../testdata/windows/route-print-de.txt")];

    #[test]
    fn both_languages_tell_the_same_network() {
        for ((addresses, routes), wifi) in ADDRESSES.into_iter().zip(ROUTES).zip(["Wi-Fi", "WLAN"]) {
            let state = read(addresses, routes).unwrap();
            let seen: Vec<_> = state.interfaces.iter().map(|i| (i.name.as_str(), i.kind, i.carrier)).collect();
            assert_eq!(seen, [("Ethernet", InterfaceKind::Wired, true), (wifi, InterfaceKind::Wifi, false)]);
            let route = state.default_route().unwrap();
            assert_eq!((route.interface.as_str(), route.metric), ("Ethernet", 25));
            assert_eq!(route.gateway, Some(IpAddr::from([192, 168, 178, 1])));
            let told: Vec<_> = state.routes.iter().map(|route| format!("{}/{}", route.destination, route.prefix_length)).collect();
            let expected = [
                "0.0.0.0/0",
                "192.168.178.0/24",
                "192.168.178.23/32",
                "192.168.178.255/32",
                "::/0",
                "2001:db8:1:2::/64",
                "2001:db8:1:2:8c1a:52ff:fe3e:77d1/128",
                "fe80::/64",
            ];
            assert_eq!(told, expected);
        }
    }

    #[test]
    fn a_long_destination_leaves_its_router_on_the_next_line() {
        let list = "  9...04 0e 3c aa bb cc ......Realtek\n  9    281 2001:db8:aaaa:bbbb:cccc:dddd:eeee:0/112\n             fe80::1\n";
        let state = read(ADDRESSES[0], list).unwrap();
        assert_eq!(state.routes[0].gateway, "fe80::1".parse().ok());
    }

    #[test]
    fn nonsense_is_no_network() {
        for told in ["", "...", "9...", "0.0.0.0 0.0.0.0 x y z", "1 2 ::/0", "\u{0}\n/\n", "Ethernet adapter x:\n  a . : b"] {
            assert_eq!(read(told, told), None, "{told:?}");
        }
        for length in (0..ROUTES[1].len()).step_by(7).filter_map(|length| ROUTES[1].get(..length)) {
            let _ = read(ADDRESSES[1], length);
        }
    }
}
