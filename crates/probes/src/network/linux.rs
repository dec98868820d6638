//! The network's state from the kernel, by netlink.

use std::{collections::BTreeMap, net::IpAddr, path::Path, time::Duration};

use demarc_model::{Interface, NetworkState, Outcome, Phrase, Route, WayOut};
use futures_util::{StreamExt as _, TryStreamExt as _};
use netlink_packet_route::{
    AddressFamily,
    address::{AddressAttribute, AddressMessage},
    link::{InfoKind, LinkAttribute, LinkFlags, LinkInfo, LinkLayerType, LinkMessage},
    route::{RouteAddress, RouteAttribute, RouteFlags, RouteHeader, RouteMessage, RouteType, RouteVia},
};
use rtnetlink::{Handle, RouteMessageBuilder};

use super::{Signs, kind_of};
use crate::bounded::{one_line, read_text};

/// The kernel answers at once; a limit all the same.
const LIMIT: Duration = Duration::from_millis(2_500);
const MOST_INTERFACES: usize = 256;
const MOST_ADDRESSES: usize = 4096;
const MOST_ROUTES: usize = 4096;

pub(super) async fn perform() -> Outcome {
    let failed = |detail: &str| Outcome::Failed { why: Phrase::new("failed-network").text("detail", detail) };
    let (connection, handle, _) = match rtnetlink::new_connection() {
        Ok(opened) => opened,
        Err(error) => return failed(&error.to_string()),
    };
    tokio::select! {
        answer = tokio::time::timeout(LIMIT, state(&handle)) => match answer {
            Ok(Ok(state)) => state.into(),
            Ok(Err(error)) => failed(&error.to_string()),
            Err(_) => failed("timed out"),
        },
        () = connection => failed("the kernel closed the connection"),
    }
}

async fn state(handle: &Handle) -> Result<NetworkState, rtnetlink::Error> {
    let links: Vec<LinkMessage> = handle.link().get().execute().take(MOST_INTERFACES).try_collect().await?;
    let addresses: Vec<AddressMessage> = handle.address().get().execute().take(MOST_ADDRESSES).try_collect().await?;
    let mut routes: Vec<RouteMessage> = Vec::new();
    for family in [AddressFamily::Inet, AddressFamily::Inet6] {
        let mut request = RouteMessageBuilder::<IpAddr>::new().build();
        request.header.address_family = family;
        let room = MOST_ROUTES - routes.len().min(MOST_ROUTES);
        routes.extend(handle.route().get(request).execute().take(room).try_collect::<Vec<_>>().await?);
    }
    let names = names(&links);
    let ways_out = ways_out(handle, &names).await;
    let mut interfaces: Vec<Interface> = links.iter().filter_map(|link| interface(Path::new("/sys"), link, &addresses)).collect();
    interfaces.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(NetworkState { interfaces, routes: routes.iter().flat_map(|route| routes_of(route, &names)).collect(), ways_out })
}

/// Places in both halves of the IPv4 internet and in IPv6's: a VPN may take each by a route of its own. Nothing is sent there.
const PLACES: [IpAddr; 3] = [
    IpAddr::V4(std::net::Ipv4Addr::new(100, 0, 0, 1)),
    IpAddr::V4(std::net::Ipv4Addr::new(198, 51, 100, 1)),
    IpAddr::V6(std::net::Ipv6Addr::new(0x2600, 0, 0, 0, 0, 0, 0, 1)),
];

/// What the kernel would do with packets to these places, with every table and rule that concerns this user. A place without a way
/// is left out.
async fn ways_out(handle: &Handle, names: &BTreeMap<u32, String>) -> Vec<WayOut> {
    let mut ways = Vec::new();
    for place in PLACES {
        let mut request = RouteMessage::default();
        let (family, prefix_length, address) = match place {
            IpAddr::V4(v4) => (AddressFamily::Inet, 32, RouteAddress::Inet(v4)),
            IpAddr::V6(v6) => (AddressFamily::Inet6, 128, RouteAddress::Inet6(v6)),
        };
        request.header.address_family = family;
        request.header.destination_prefix_length = prefix_length;
        request.header.flags = RouteFlags::LookupTable;
        request.attributes.push(RouteAttribute::Destination(address));
        let mut answers = std::pin::pin!(handle.route().get(request).execute());
        if let Some(Ok(answer)) = answers.next().await {
            ways.extend(way_out(place, &answer, names));
        }
    }
    ways
}

fn way_out(destination: IpAddr, message: &RouteMessage, names: &BTreeMap<u32, String>) -> Option<WayOut> {
    if message.header.kind != RouteType::Unicast {
        return None;
    }
    let (gateway, index) = next_hop(&message.attributes);
    let table = table_of(message);
    Some(WayOut {
        destination,
        interface: names.get(&index?)?.clone(),
        gateway,
        table: Some(table).filter(|table| *table != u32::from(RouteHeader::RT_TABLE_MAIN)),
    })
}

fn table_of(message: &RouteMessage) -> u32 {
    let large =
        message.attributes.iter().find_map(|attribute| if let RouteAttribute::Table(table) = attribute { Some(*table) } else { None });
    large.unwrap_or(u32::from(message.header.table))
}

/// Names by index, loopback left out.
fn names(links: &[LinkMessage]) -> BTreeMap<u32, String> {
    links.iter().filter(|link| !link.header.flags.contains(LinkFlags::Loopback)).map(|link| (link.header.index, name_of(link))).collect()
}

fn name_of(link: &LinkMessage) -> String {
    let name = link.attributes.iter().find_map(|attribute| match attribute {
        LinkAttribute::IfName(name) => Some(one_line(name, 32)),
        _ => None,
    });
    name.unwrap_or_default()
}

/// One interface; `None` for loopback. `sys` is where sysfs is mounted.
fn interface(sys: &Path, link: &LinkMessage, addresses: &[AddressMessage]) -> Option<Interface> {
    let flags = link.header.flags;
    if flags.contains(LinkFlags::Loopback) {
        return None;
    }
    let name = name_of(link);
    let (mut mtu, mut mac, mut driver) = (0, None, String::new());
    for attribute in &link.attributes {
        match attribute {
            LinkAttribute::Mtu(bytes) => mtu = *bytes,
            LinkAttribute::Address(bytes) if bytes.len() == 6 => mac = Some(hardware_address(bytes)),
            LinkAttribute::LinkInfo(infos) => {
                driver = infos
                    .iter()
                    .find_map(|info| if let LinkInfo::Kind(kind) = info { Some(driver_name(kind)) } else { None })
                    .unwrap_or_default();
            }
            _ => {}
        }
    }
    // Udev's name for the type of device; Wi-Fi drivers made before nl80211 have only the folder `wireless`.
    let folder = sys.join("class/net").join(&name);
    let device_type = read_text(&folder.join("uevent"), 4096).unwrap_or_default();
    let signs = Signs {
        driver: &driver,
        wireless: ["phy80211", "wireless"].iter().any(|sign| folder.join(sign).exists()) || device_type.contains("DEVTYPE=wlan"),
        mobile: device_type.contains("DEVTYPE=wwan"),
        ethernet: link.header.link_layer_type == LinkLayerType::Ether,
        point_to_point: flags.contains(LinkFlags::Pointopoint),
    };
    Some(Interface {
        kind: kind_of(&signs),
        up: flags.contains(LinkFlags::Up),
        carrier: flags.contains(LinkFlags::LowerUp),
        mtu,
        mac,
        addresses: addresses.iter().filter(|message| message.header.index == link.header.index).filter_map(address).collect(),
        name,
    })
}

/// `InfoKind` prints every kind as the kernel names it.
fn driver_name(kind: &InfoKind) -> String {
    one_line(&kind.to_string(), 32)
}

fn hardware_address(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(":")
}

/// `address/length`: on a point-to-point link, `Address` is the other end and `Local` our own.
fn address(message: &AddressMessage) -> Option<String> {
    let own = message.attributes.iter().find_map(|attribute| if let AddressAttribute::Local(own) = attribute { Some(own) } else { None });
    let any = message.attributes.iter().find_map(|attribute| if let AddressAttribute::Address(any) = attribute { Some(any) } else { None });
    Some(format!("{}/{}", own.or(any)?, message.header.prefix_len))
}

/// One entry for each next hop of a route of the main table.
fn routes_of(message: &RouteMessage, names: &BTreeMap<u32, String>) -> Vec<Route> {
    let header = &message.header;
    if table_of(message) != u32::from(RouteHeader::RT_TABLE_MAIN) || header.kind != RouteType::Unicast {
        return Vec::new();
    }
    let unspecified = match header.address_family {
        AddressFamily::Inet => IpAddr::from([0; 4]),
        AddressFamily::Inet6 => IpAddr::from([0_u16; 8]),
        _ => return Vec::new(),
    };
    let mut destination = unspecified;
    let mut metric = 0;
    let mut hops = vec![next_hop(&message.attributes)];
    for attribute in &message.attributes {
        match attribute {
            RouteAttribute::Destination(to) => destination = address_of(to).unwrap_or(destination),
            RouteAttribute::Priority(priority) => metric = *priority,
            RouteAttribute::MultiPath(several) => {
                hops = several
                    .iter()
                    .map(|hop| {
                        let (gateway, _) = next_hop(&hop.attributes);
                        (gateway, Some(hop.interface_index))
                    })
                    .collect();
            }
            _ => {}
        }
    }
    let prefix_length = header.destination_prefix_length;
    hops.into_iter()
        .filter_map(|(gateway, index)| Some(Route { destination, prefix_length, gateway, interface: names.get(&index?)?.clone(), metric }))
        .collect()
}

/// The gateway and the outgoing interface's index.
fn next_hop(attributes: &[RouteAttribute]) -> (Option<IpAddr>, Option<u32>) {
    let mut hop = (None, None);
    for attribute in attributes {
        match attribute {
            RouteAttribute::Gateway(gateway) => hop.0 = address_of(gateway),
            RouteAttribute::Via(RouteVia::Inet(gateway)) => hop.0 = Some((*gateway).into()),
            RouteAttribute::Via(RouteVia::Inet6(gateway)) => hop.0 = Some((*gateway).into()),
            RouteAttribute::Oif(index) => hop.1 = Some(*index),
            _ => {}
        }
    }
    hop
}

fn address_of(address: &RouteAddress) -> Option<IpAddr> {
    match address {
        RouteAddress::Inet(v4) => Some((*v4).into()),
        RouteAddress::Inet6(v6) => Some((*v6).into()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::net::{Ipv4Addr, Ipv6Addr};

    use demarc_model::InterfaceKind;
    use netlink_packet_route::route::RouteNextHop;

    use super::*;

    fn link(index: u32, name: &str, driver: Option<InfoKind>) -> LinkMessage {
        let mut link = LinkMessage::default();
        link.header.index = index;
        link.header.link_layer_type = LinkLayerType::Ether;
        link.header.flags = LinkFlags::Up | LinkFlags::LowerUp;
        link.attributes =
            vec![LinkAttribute::IfName(name.to_owned()), LinkAttribute::Mtu(1500), LinkAttribute::Address(vec![2, 0xfc, 0, 0, 0, 1])];
        link.attributes.extend(driver.map(|kind| LinkAttribute::LinkInfo(vec![LinkInfo::Kind(kind)])));
        link
    }

    fn route(attributes: Vec<RouteAttribute>) -> RouteMessage {
        let mut route = RouteMessage::default();
        route.header.address_family = AddressFamily::Inet;
        route.header.table = RouteHeader::RT_TABLE_MAIN;
        route.header.kind = RouteType::Unicast;
        route.attributes = attributes;
        route
    }

    fn names() -> BTreeMap<u32, String> {
        BTreeMap::from([(2, "eth0".to_owned()), (3, "wlan0".to_owned())])
    }

    #[test]
    fn an_interface_is_told_with_its_own_addresses() {
        let sys = tempfile::tempdir().unwrap();
        let mut peer = AddressMessage::default();
        peer.header.index = 2;
        peer.header.prefix_len = 32;
        let (own, other) = (IpAddr::from([10, 0, 0, 2]), IpAddr::from([10, 0, 0, 1]));
        peer.attributes = vec![AddressAttribute::Address(other), AddressAttribute::Local(own)];
        let mut elsewhere = peer.clone();
        elsewhere.header.index = 3;
        let told = interface(sys.path(), &link(2, "eth0", None), &[peer, elsewhere]).unwrap();
        assert_eq!(told.addresses, ["10.0.0.2/32"]);
        assert_eq!((told.kind, told.up, told.carrier, told.mtu), (InterfaceKind::Wired, true, true, 1500));
        assert_eq!(told.mac.as_deref(), Some("02:fc:00:00:00:01"));
    }

    #[test]
    fn sysfs_tells_radios_and_modems_from_cables() {
        let sys = tempfile::tempdir().unwrap();
        let kind = |link: &LinkMessage| interface(sys.path(), link, &[]).unwrap().kind;
        assert_eq!(kind(&link(3, "wlan0", None)), InterfaceKind::Wired);
        std::fs::create_dir_all(sys.path().join("class/net/wlan0/phy80211")).unwrap();
        assert_eq!(kind(&link(3, "wlan0", None)), InterfaceKind::Wifi);
        std::fs::create_dir_all(sys.path().join("class/net/wwan0")).unwrap();
        std::fs::write(sys.path().join("class/net/wwan0/uevent"), "DEVTYPE=wwan\nINTERFACE=wwan0\n").unwrap();
        assert_eq!(kind(&link(4, "wwan0", None)), InterfaceKind::Mobile);
        assert_eq!(kind(&link(5, "tap0", Some(InfoKind::Tun))), InterfaceKind::Wired);
        assert_eq!(kind(&link(6, "docker0", Some(InfoKind::Bridge))), InterfaceKind::Virtual);
        assert_eq!(kind(&link(7, "wg0", Some(InfoKind::Wireguard))), InterfaceKind::Tunnel);
        assert_eq!(kind(&link(8, "new0", Some(InfoKind::Other("ovpn".to_owned())))), InterfaceKind::Tunnel);
    }

    #[test]
    fn loopback_is_left_out_with_its_routes() {
        let mut lo = link(1, "lo", None);
        lo.header.flags |= LinkFlags::Loopback;
        assert_eq!(interface(Path::new("/nowhere"), &lo, &[]), None);
        assert!(super::names(&[lo]).is_empty());
        assert!(routes_of(&route(vec![RouteAttribute::Oif(1)]), &names()).is_empty());
    }

    #[test]
    fn a_default_route_has_the_unspecified_destination() {
        let gateway = RouteAttribute::Gateway(RouteAddress::Inet(Ipv4Addr::new(192, 168, 1, 1)));
        let told = routes_of(&route(vec![gateway, RouteAttribute::Oif(2), RouteAttribute::Priority(100)]), &names());
        assert_eq!(
            told,
            [Route {
                destination: IpAddr::from([0, 0, 0, 0]),
                prefix_length: 0,
                gateway: Some(IpAddr::from([192, 168, 1, 1])),
                interface: "eth0".to_owned(),
                metric: 100
            }]
        );
    }

    #[test]
    fn a_way_out_names_the_table_that_a_policy_leads_to() {
        let place = IpAddr::from([198, 51, 100, 1]);
        let told = |answer: &RouteMessage| way_out(place, answer, &names()).map(|way| (way.interface, way.gateway.is_some(), way.table));
        let gateway = RouteAttribute::Gateway(RouteAddress::Inet(Ipv4Addr::new(192, 168, 1, 1)));
        assert_eq!(told(&route(vec![gateway, RouteAttribute::Oif(2)])), Some(("eth0".to_owned(), true, None)));
        let tunnel = route(vec![RouteAttribute::Table(51_820), RouteAttribute::Oif(3)]);
        assert_eq!(told(&tunnel), Some(("wlan0".to_owned(), false, Some(51_820))));
        assert_eq!(told(&route(vec![])), None);
    }

    #[test]
    fn every_next_hop_counts_and_other_tables_do_not() {
        let mut near = RouteNextHop::default();
        near.interface_index = 2;
        near.attributes = vec![RouteAttribute::Via(RouteVia::Inet6(Ipv6Addr::LOCALHOST))];
        let mut far = RouteNextHop::default();
        far.interface_index = 3;
        let several = route(vec![RouteAttribute::MultiPath(vec![near, far])]);
        let told: Vec<_> = routes_of(&several, &names()).into_iter().map(|route| (route.interface, route.gateway)).collect();
        assert_eq!(told, [("eth0".to_owned(), Some(IpAddr::from(Ipv6Addr::LOCALHOST))), ("wlan0".to_owned(), None)]);

        let mut local = route(vec![RouteAttribute::Oif(2)]);
        local.header.table = 255;
        assert!(routes_of(&local, &names()).is_empty());
        let large = route(vec![RouteAttribute::Oif(2), RouteAttribute::Table(51_820)]);
        assert!(routes_of(&large, &names()).is_empty());
        let mut unreachable = route(vec![RouteAttribute::Oif(2)]);
        unreachable.header.kind = RouteType::Unreachable;
        assert!(routes_of(&unreachable, &names()).is_empty());
        assert!(routes_of(&route(vec![RouteAttribute::Oif(99)]), &names()).is_empty());
    }
}
