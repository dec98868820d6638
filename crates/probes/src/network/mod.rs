//! Interfaces, addresses and routes of this computer.

use demarc_model::{InterfaceKind, Outcome};

#[cfg(target_os = "linux")]
use linux as os;
#[cfg(target_os = "macos")]
use macos as os;
#[cfg(windows)]
use windows as os;

#[cfg(target_os = "linux")]
mod linux;
pub mod macos;
pub mod route_print;
pub mod windows;

/// Every interface but loopback and the routes of the main tables.
pub(crate) async fn perform() -> Outcome {
    #[cfg(any(target_os = "linux", target_os = "macos", windows))]
    return os::perform().await;
    #[cfg(not(any(target_os = "linux", target_os = "macos", windows)))]
    return crate::not_here();
}

/// What a system says of an interface that tells what it is.
#[cfg_attr(not(target_os = "linux"), allow(dead_code, reason = "other systems have signs of their own"))]
#[derive(Debug, Clone, Copy, Default)]
#[allow(clippy::struct_excessive_bools, reason = "each sign is there or not, by itself")]
struct Signs<'a> {
    /// The driver's kind (`veth`, `wireguard`, ...); empty for hardware.
    driver: &'a str,
    /// It has a radio of a wireless network.
    wireless: bool,
    /// It belongs to a mobile broadband modem.
    mobile: bool,
    /// It carries Ethernet frames.
    ethernet: bool,
    /// It leads to one other end only.
    point_to_point: bool,
}

/// What an interface is, by all its signs together: a TAP device carries Ethernet like a network card, while a TUN
/// device of the same driver is a tunnel.
#[cfg_attr(not(target_os = "linux"), allow(dead_code, reason = "other systems have signs of their own"))]
fn kind_of(signs: &Signs) -> InterfaceKind {
    match signs.driver {
        _ if signs.wireless => InterfaceKind::Wifi,
        _ if signs.mobile => InterfaceKind::Mobile,
        "wwan" | "rmnet" => InterfaceKind::Mobile,
        "virt_wifi" => InterfaceKind::Wifi,
        "wireguard" | "ovpn" | "ipip" | "sit" | "gre" | "ip6gre" | "gretap" | "ip6gretap" | "ip6tnl" | "vti" | "vti6" | "xfrm" | "ppp" => {
            InterfaceKind::Tunnel
        }
        // What containers, labs and servers with several cards use in place of a network card.
        "" | "tun" | "veth" | "netkit" | "vlan" | "bond" | "team" | "macvlan" | "ipvlan" | "dsa"
            if signs.ethernet && !signs.point_to_point =>
        {
            InterfaceKind::Wired
        }
        "tun" => InterfaceKind::Tunnel,
        "" if signs.point_to_point => InterfaceKind::Tunnel,
        "" => InterfaceKind::Other,
        _ => InterfaceKind::Virtual,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ethernet(driver: &str) -> Signs<'_> {
        Signs { driver, ethernet: true, ..Signs::default() }
    }

    #[test]
    fn every_sign_counts() {
        let cases = [
            (ethernet(""), InterfaceKind::Wired),
            (ethernet("veth"), InterfaceKind::Wired),
            (ethernet("tun"), InterfaceKind::Wired),
            (Signs { point_to_point: true, ..ethernet("tun") }, InterfaceKind::Tunnel),
            (Signs { driver: "tun", point_to_point: true, ..Signs::default() }, InterfaceKind::Tunnel),
            (Signs { driver: "wireguard", ..Signs::default() }, InterfaceKind::Tunnel),
            (Signs { driver: "", point_to_point: true, ..Signs::default() }, InterfaceKind::Tunnel),
            (Signs { wireless: true, ..ethernet("") }, InterfaceKind::Wifi),
            (Signs { mobile: true, ..ethernet("") }, InterfaceKind::Mobile),
            (Signs { driver: "wwan", ..Signs::default() }, InterfaceKind::Mobile),
            (ethernet("bridge"), InterfaceKind::Virtual),
            (ethernet("dummy"), InterfaceKind::Virtual),
            (ethernet("something-new"), InterfaceKind::Virtual),
            (Signs::default(), InterfaceKind::Other),
        ];
        for (signs, kind) in cases {
            assert_eq!(kind_of(&signs), kind, "{signs:?}");
        }
    }
}
