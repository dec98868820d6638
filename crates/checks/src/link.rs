//! Which link this computer reaches its router with.

use demarc_model::{Interface, InterfaceKind, NetworkState};

/// The interface of this kind that leads to the router, below any tunnel. Without a default route it is the one that would, unless a
/// link of the other kind has carrier.
pub fn in_use(network: &NetworkState, kind: InterfaceKind) -> Option<&Interface> {
    let physical = |kind| matches!(kind, InterfaceKind::Wired | InterfaceKind::Wifi | InterfaceKind::Mobile);
    let leading = network
        .routes
        .iter()
        .filter(|route| route.prefix_length == 0)
        .filter_map(|route| Some((route, network.interface(&route.interface)?)))
        .filter(|(_, interface)| physical(interface.kind))
        .min_by_key(|(route, _)| (route.destination.is_ipv6(), route.metric));
    if let Some((_, interface)) = leading {
        return (interface.kind == kind).then_some(interface);
    }
    let other = if kind == InterfaceKind::Wired { InterfaceKind::Wifi } else { InterfaceKind::Wired };
    if network.interfaces.iter().any(|interface| interface.kind == other && interface.up && interface.carrier) {
        return None;
    }
    network.interfaces.iter().filter(|interface| interface.kind == kind).max_by_key(|interface| (interface.up, interface.carrier))
}

#[cfg(test)]
mod tests {
    use demarc_model::Route;

    use super::*;

    fn interface(name: &str, kind: InterfaceKind, carrier: bool) -> Interface {
        Interface { name: name.to_owned(), kind, up: true, carrier, mtu: 1500, mac: None, addresses: Vec::new() }
    }

    fn network(interfaces: Vec<Interface>, defaults: &[&str]) -> NetworkState {
        let routes = defaults.iter().zip(0..).map(|(name, metric)| Route {
            destination: [0, 0, 0, 0].into(),
            prefix_length: 0,
            gateway: None,
            interface: (*name).to_owned(),
            metric,
        });
        NetworkState { interfaces, routes: routes.collect(), ways_out: Vec::new() }
    }

    fn found(network: &NetworkState) -> [Option<&str>; 2] {
        [InterfaceKind::Wired, InterfaceKind::Wifi].map(|kind| in_use(network, kind).map(|interface| interface.name.as_str()))
    }

    #[test]
    fn the_default_route_decides_even_below_a_tunnel() {
        let all = || {
            let (cable, radio) = (interface("eth0", InterfaceKind::Wired, true), interface("wlan0", InterfaceKind::Wifi, true));
            vec![cable, radio, interface("tun0", InterfaceKind::Tunnel, true)]
        };
        assert_eq!(found(&network(all(), &["eth0", "wlan0"])), [Some("eth0"), None]);
        assert_eq!(found(&network(all(), &["tun0", "wlan0"])), [None, Some("wlan0")]);
    }

    #[test]
    fn without_a_default_route_an_empty_socket_is_not_blamed_while_the_radio_is_connected() {
        let both = |cable, radio| vec![interface("eth0", InterfaceKind::Wired, cable), interface("wlan0", InterfaceKind::Wifi, radio)];
        assert_eq!(found(&network(both(false, true), &[])), [None, Some("wlan0")]);
        assert_eq!(found(&network(both(true, false), &[])), [Some("eth0"), None]);
        assert_eq!(found(&network(both(false, false), &[])), [Some("eth0"), Some("wlan0")]);
        assert_eq!(found(&network(Vec::new(), &[])), [None, None]);
    }
}
