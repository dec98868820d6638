//! The network's state as Windows' own management interface tells it, by PowerShell in JSON, which no language changes.

use std::{collections::BTreeMap, net::IpAddr};

use demarc_model::{Interface, InterfaceKind, NetworkState, Route};
use serde_json::Value;

use crate::json::{number, parse, rows, text};

#[cfg(windows)]
pub(super) async fn perform() -> demarc_model::Outcome {
    use std::time::Duration;

    use demarc_model::{Outcome, Phrase};

    use super::route_print;
    use crate::command::{of_windows, powershell};

    let told = powershell(SCRIPT, Duration::from_secs(6)).await;
    if let Some(state) = told.as_ref().ok().and_then(|told| read(told)) {
        return state.into();
    }
    // Where PowerShell is locked away, the older programs still answer.
    let (addresses, routes) = tokio::join!(
        of_windows("ipconfig.exe", &["/all"], Duration::from_secs(1)),
        of_windows("route.exe", &["print"], Duration::from_secs(1)),
    );
    match route_print::read(&addresses.unwrap_or_default(), &routes.unwrap_or_default()) {
        Some(state) => state.into(),
        None => Outcome::Failed {
            why: Phrase::new("failed-network").text("detail", told.err().unwrap_or_else(|| "powershell: no answer".to_owned())),
        },
    }
}

/// Hidden adapters are left out, as in the settings.
#[cfg(windows)]
const SCRIPT: &str = "ConvertTo-Json -Compress -Depth 3 -InputObject @{\
    adapters=@(Get-NetAdapter|Select-Object Name,InterfaceDescription,InterfaceIndex,InterfaceType,NdisPhysicalMedium,Virtual,\
    HardwareInterface,InterfaceAdminStatus,MediaConnectState,MacAddress,MtuSize);\
    interfaces=@(Get-NetIPInterface|Select-Object InterfaceIndex,InterfaceAlias,NlMtu,\
    @{n='Family';e={[int]$_.AddressFamily}},@{n='State';e={[int]$_.ConnectionState}});\
    addresses=@(Get-NetIPAddress|Select-Object InterfaceIndex,IPAddress,PrefixLength,@{n='State';e={[int]$_.AddressState}});\
    routes=@(Get-NetRoute|Select-Object DestinationPrefix,NextHop,InterfaceIndex,RouteMetric,InterfaceMetric)}";

/// What the script prints. `None` where it told of no interface at all.
pub fn read(told: &str) -> Option<NetworkState> {
    let told = parse(told)?;
    let names = names(&told);
    let interfaces: Vec<Interface> = names.iter().map(|(index, name)| interface(&told, *index, name)).collect();
    let routes = rows(&told, "routes").filter_map(|row| route(row, &names)).collect();
    (!interfaces.is_empty()).then_some(NetworkState { interfaces, routes, ways_out: Vec::new() })
}

/// Names by index, loopback left out. What the built-in VPN makes is no adapter; it is there while it is connected.
fn names(told: &Value) -> BTreeMap<u64, String> {
    let loopback: Vec<u64> = rows(told, "addresses")
        .filter(|row| row_address(row).is_some_and(|address| address.is_loopback()))
        .filter_map(|row| number(row, "InterfaceIndex"))
        .collect();
    let connected = rows(told, "interfaces").filter(|row| number(row, "State") == Some(1));
    let others = connected.filter_map(|row| Some((number(row, "InterfaceIndex")?, text(row, "InterfaceAlias")?)));
    let adapters = rows(told, "adapters").filter_map(|row| Some((number(row, "InterfaceIndex")?, text(row, "Name")?)));
    others.chain(adapters).filter(|(index, _)| !loopback.contains(index)).collect()
}

fn interface(told: &Value, index: u64, name: &str) -> Interface {
    let of_index = |key: &'static str| rows(told, key).filter(move |row| number(row, "InterfaceIndex") == Some(index));
    let adapter = of_index("adapters").next();
    let layers = || of_index("interfaces");
    // The size that IPv4 uses; the adapter's own is the most that it could.
    let mtu = layers().min_by_key(|row| number(row, "Family")).and_then(|row| number(row, "NlMtu"));
    let mtu = mtu.or_else(|| number(adapter?, "MtuSize")).and_then(|mtu| u32::try_from(mtu).ok()).unwrap_or(0);
    let is = |key: &str, expected: u64| adapter.is_none_or(|adapter| number(adapter, key) == Some(expected));
    Interface {
        name: name.to_owned(),
        kind: adapter.map_or(InterfaceKind::Tunnel, kind),
        up: is("InterfaceAdminStatus", 1),
        carrier: is("MediaConnectState", 1),
        mtu,
        mac: adapter.and_then(|adapter| text(adapter, "MacAddress")).map(|mac| mac.replace('-', ":").to_ascii_lowercase()),
        addresses: of_index("addresses").filter_map(address).collect(),
    }
}

/// Programs that make adapters of their own for a VPN name themselves in the driver's description.
const TUNNELS: [&str; 12] = [
    "vpn",
    "wireguard",
    "wintun",
    "tap-",
    "tunnel",
    "anyconnect",
    "openconnect",
    "globalprotect",
    "pangp",
    "fortinet",
    "tailscale",
    "zerotier",
];

/// By the interface's type as IANA numbers it, and by the medium (`NDIS_PHYSICAL_MEDIUM`).
fn kind(adapter: &Value) -> InterfaceKind {
    let flag = |key: &str| adapter.get(key).and_then(Value::as_bool).unwrap_or(false);
    let made_up = flag("Virtual") || !flag("HardwareInterface");
    let description = text(adapter, "InterfaceDescription").unwrap_or_default().to_ascii_lowercase();
    match (number(adapter, "InterfaceType"), number(adapter, "NdisPhysicalMedium")) {
        (Some(23 | 131), _) => InterfaceKind::Tunnel,
        _ if made_up && TUNNELS.iter().any(|word| description.contains(word)) => InterfaceKind::Tunnel,
        // What has a made-up type and no hardware is how WireGuard and its like look.
        (Some(53), _) if made_up => InterfaceKind::Tunnel,
        _ if made_up => InterfaceKind::Virtual,
        (Some(71), _) | (_, Some(1 | 9)) => InterfaceKind::Wifi,
        (Some(243 | 244), _) | (_, Some(8)) => InterfaceKind::Mobile,
        // Bluetooth carries Ethernet frames too.
        (_, Some(10)) => InterfaceKind::Other,
        (Some(6), _) | (_, Some(14)) => InterfaceKind::Wired,
        _ => InterfaceKind::Other,
    }
}

fn row_address(row: &Value) -> Option<IpAddr> {
    without_zone(&text(row, "IPAddress")?)
}

/// Windows writes the interface's index behind a link-local address.
fn without_zone(address: &str) -> Option<IpAddr> {
    address.split('%').next()?.parse().ok()
}

/// An address in use: neither tentative, which an adapter without carrier keeps for ever, nor a duplicate of somebody else's.
fn address(row: &Value) -> Option<String> {
    let in_use = number(row, "State").is_none_or(|state| state >= 3);
    let length = u8::try_from(number(row, "PrefixLength")?).ok()?;
    let address = row_address(row).filter(|_| in_use)?;
    Some(format!("{address}/{length}"))
}

fn route(row: &Value, names: &BTreeMap<u64, String>) -> Option<Route> {
    let prefix = text(row, "DestinationPrefix")?;
    let (destination, length) = prefix.split_once('/')?;
    let destination = without_zone(destination)?;
    let broadcast = matches!(destination, IpAddr::V4(v4) if v4.is_broadcast());
    if destination.is_multicast() || broadcast {
        return None;
    }
    let metric = number(row, "RouteMetric").unwrap_or(0).saturating_add(number(row, "InterfaceMetric").unwrap_or(0));
    Some(Route {
        destination,
        prefix_length: length.parse().ok()?,
        gateway: text(row, "NextHop").and_then(|hop| without_zone(&hop)).filter(|hop| !hop.is_unspecified()),
        interface: names.get(&number(row, "InterfaceIndex")?)?.clone(),
        metric: u32::try_from(metric).unwrap_or(u32::MAX),
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use serde_json::json;

    use super::*;

    const CAPTURED: &str = include_str!("../../testdata/windows/network.json");

    #[test]
    fn a_laptop_on_wifi_with_an_empty_socket_and_a_virtual_switch() {
        let state = read(CAPTURED).unwrap();
        let seen: Vec<_> = state.interfaces.iter().map(|i| (i.name.as_str(), i.kind, i.up, i.carrier, i.mtu)).collect();
        assert_eq!(
            seen,
            [
                ("Ethernet", InterfaceKind::Wired, true, false, 1500),
                ("WLAN", InterfaceKind::Wifi, true, true, 1500),
                ("Bluetooth-Netzwerkverbindung", InterfaceKind::Other, true, false, 1500),
                ("vEthernet (Default Switch)", InterfaceKind::Virtual, true, true, 1500),
                ("wg0", InterfaceKind::Tunnel, true, true, 1420),
                ("Büro", InterfaceKind::Tunnel, true, true, 1400),
            ]
        );
        let wifi = state.interface("WLAN").unwrap();
        assert_eq!(wifi.mac.as_deref(), Some("3c:58:c2:11:22:33"));
        assert_eq!(wifi.addresses, ["fe80::8c1a:52ff:fe3e:77d1/64", "2001:db8:1:2::23/64", "192.168.178.23/24"]);
        assert_eq!(state.interface("Ethernet").unwrap().addresses, [""; 0], "a tentative address is not one");
        assert_eq!(state.default_interface(), Some(wifi));
        let route = state.default_route().unwrap();
        assert_eq!((route.gateway, route.metric), (Some(IpAddr::from([192, 168, 178, 1])), 50));
        assert!(state.routes.iter().all(|route| !route.destination.is_multicast() && !route.destination.is_loopback()));
        let v6 = state.routes.iter().find(|route| route.destination.is_ipv6() && route.prefix_length == 0).unwrap();
        assert_eq!(v6.gateway, "fe80::1".parse().ok());
    }

    #[test]
    fn one_adapter_alone_is_still_a_list() {
        let told = json!({"adapters": {"Name": "Ethernet", "InterfaceIndex": 4, "InterfaceType": 6, "HardwareInterface": true}});
        assert_eq!(read(&told.to_string()).unwrap().interfaces.len(), 1);
    }

    #[test]
    fn nonsense_is_no_network() {
        for told in ["", "null", "[]", "{}", "{\"adapters\":7}", "{\"adapters\":[{\"Name\":\"x\"}]}", "\u{feff}{\"routes\":[{}]}"] {
            assert_eq!(read(told), None, "{told:?}");
        }
        for length in (0..CAPTURED.len()).step_by(7) {
            let _ = CAPTURED.get(..length).and_then(read);
        }
    }
}
