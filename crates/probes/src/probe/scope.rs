//! The interface that a link-local address belongs to: addresses come without it, packets cannot be sent without it.

use std::{net::Ipv6Addr, path::Path};

use crate::bounded::read_text;

/// Index of the interface towards a link-local address: the one whose route names it as gateway, else the one of the
/// default route. 0 for other addresses and when nothing is known.
pub(super) fn index_towards(address: Ipv6Addr) -> u32 {
    if !address.is_unicast_link_local() {
        return 0;
    }
    // Of this thread, because a thread may be in another network namespace than its process.
    let Ok(routes) = read_text(Path::new("/proc/thread-self/net/ipv6_route"), 1 << 20) else { return 0 };
    let Some(name) = interface_towards(&routes, address) else { return 0 };
    nix::net::if_::if_nametoindex(name).unwrap_or(0)
}

/// Searches the lines of `/proc/net/ipv6_route`: destination, length, source, length, next hop, four numbers, interface.
fn interface_towards(routes: &str, gateway: Ipv6Addr) -> Option<&str> {
    let gateway = format!("{:032x}", u128::from(gateway));
    let rows = || {
        routes.lines().filter_map(|line| {
            let mut fields = line.split_ascii_whitespace();
            let length = fields.nth(1)?;
            let next_hop = fields.nth(2)?;
            Some((length, next_hop, fields.nth(4)?)).filter(|(_, _, interface)| *interface != "lo")
        })
    };
    let named = rows().find(|(_, next_hop, _)| *next_hop == gateway);
    named.or_else(|| rows().find(|(length, ..)| *length == "00")).map(|(.., interface)| interface)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROUTES: &str = "\
fe800000000000000000000000000000 40 00000000000000000000000000000000 00 00000000000000000000000000000000 00000100 00000001 00000000 00000001     wlan0
20010db8000000000000000000000000 40 00000000000000000000000000000000 00 fe800000000000000000000000000009 00000400 00000001 00000000 00000003     tun5
00000000000000000000000000000000 00 00000000000000000000000000000000 00 fe800000000000000000000000000001 00000400 00000001 00000000 00450003     eth0
00000000000000000000000000000000 00 00000000000000000000000000000000 00 00000000000000000000000000000000 ffffffff 00000001 00000000 00200200       lo
";

    #[test]
    fn the_gateways_interface_comes_first_then_the_default_routes() {
        let address = |text: &str| text.parse::<Ipv6Addr>().ok();
        assert_eq!(address("fe80::9").and_then(|gateway| interface_towards(ROUTES, gateway)), Some("tun5"));
        assert_eq!(address("fe80::77").and_then(|gateway| interface_towards(ROUTES, gateway)), Some("eth0"));
        assert_eq!(interface_towards("fe80 40\nnonsense\n", Ipv6Addr::LOCALHOST), None);
        assert_eq!(index_towards(Ipv6Addr::LOCALHOST), 0);
    }
}
