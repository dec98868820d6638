//! What programs that keep leases print and write. Each has a form of its own; the options have the same few names in all of them.

use std::net::IpAddr;

use chrono::NaiveDateTime;
use demarc_model::Lease;
use serde_json::Value;

use crate::{
    bounded::one_line,
    json::{number, parse, rows, text},
};

/// Most lines looked at.
const MOST_LINES: usize = 4_096;
/// Most servers of a kind kept.
const MOST_SERVERS: usize = 4;

/// A file of systemd-networkd, lines `KEY=value`.
pub fn networkd(told: &str) -> Lease {
    let mut lease = Lease { source: "systemd-networkd".to_owned(), ..Lease::default() };
    for (key, value) in told.lines().take(MOST_LINES).filter_map(|line| line.split_once('=')) {
        set(&mut lease, key, value);
    }
    lease
}

/// `nmcli -t -f DHCP4 device show`, lines `DHCP4.OPTION[1]:name = value`. `now_s` is the time in seconds since 1970.
pub fn nmcli(told: &str, now_s: i64) -> Lease {
    let mut lease = Lease { source: "NetworkManager".to_owned(), ..Lease::default() };
    let options = told.lines().take(MOST_LINES).filter_map(|line| line.strip_prefix("DHCP4.OPTION[")?.split_once("]:")?.1.split_once('='));
    for (key, value) in options {
        if key.trim() == "expiry" {
            lease.left_s = value.trim().parse::<i64>().ok().map(|expiry| expiry.saturating_sub(now_s) as f64);
        }
        set(&mut lease, key, value);
    }
    lease
}

/// The last lease of an interface in a file of dhclient (`dhclient.leases(5)`).
pub fn dhclient(told: &str, interface: &str, now_s: i64) -> Option<Lease> {
    let mut last = None;
    let mut open: Option<(Lease, bool)> = None;
    for line in told.lines().take(MOST_LINES).map(|line| line.trim().trim_end_matches(';')) {
        if line.starts_with("lease") && line.ends_with('{') {
            open = Some((Lease { source: "dhclient".to_owned(), ..Lease::default() }, false));
        } else if line == "}" {
            if let Some((lease, true)) = open.take() {
                last = Some(lease);
            }
        } else if let Some((lease, ours)) = &mut open {
            let line = line.strip_prefix("option ").unwrap_or(line);
            let Some((key, value)) = line.split_once(' ') else { continue };
            match key {
                "interface" => *ours = value.trim_matches('"') == interface,
                // A weekday, then the time in UTC; or `epoch` and seconds.
                "expire" => lease.left_s = expiry(value).map(|expiry| expiry.saturating_sub(now_s) as f64),
                _ => set(lease, key, value),
            }
        }
    }
    last
}

fn expiry(value: &str) -> Option<i64> {
    let (first, rest) = value.split_once(' ')?;
    if first == "epoch" {
        return rest.split([' ', ';']).next()?.parse().ok();
    }
    NaiveDateTime::parse_from_str(rest.trim(), "%Y/%m/%d %H:%M:%S").ok().map(|time| time.and_utc().timestamp())
}

/// `ipconfig getpacket` of macOS, lines `name (type): value`.
pub fn getpacket(told: &str) -> Option<Lease> {
    let mut lease = Lease { source: "macOS".to_owned(), temporary: Some(true), ..Lease::default() };
    let mut some = false;
    for line in told.lines().take(MOST_LINES) {
        if let Some(address) = line.strip_prefix("yiaddr = ") {
            set(&mut lease, "address", address);
        } else if let Some((key, value)) = line.split_once("): ") {
            some = true;
            set(&mut lease, key.split(' ').next().unwrap_or_default(), value.trim_matches(['{', '}']));
        }
    }
    some.then_some(lease)
}

/// PowerShell's JSON about the adapters of Windows; the one of this name.
pub fn powershell(told: &str, interface: &str, now_s: i64) -> Option<Lease> {
    let told = parse(told)?;
    let row = rows(&told, "rows").find(|row| text(row, "Name").is_some_and(|name| name == interface))?;
    let seconds = |key: &str| date_s(row.get(key)?);
    let (obtained, expires) = (seconds("Obtained"), seconds("Expires"));
    let mut lease = Lease { source: "Windows".to_owned(), temporary: number(row, "Dhcp").map(|dhcp| dhcp > 0), ..Lease::default() };
    for (key, name) in [("Server", "server_address"), ("Address", "address"), ("Router", "router"), ("Domain", "domainname")] {
        if let Some(value) = text(row, key) {
            set(&mut lease, name, &value);
        }
    }
    lease.left_s = expires.map(|expires| expires.saturating_sub(now_s) as f64);
    lease.lasts_s = obtained.zip(expires).and_then(|(obtained, expires)| u32::try_from(expires.checked_sub(obtained)?).ok());
    Some(lease)
}

/// `/Date(1700000000000)/`, milliseconds since 1970.
fn date_s(value: &Value) -> Option<i64> {
    let millis: i64 = value.as_str()?.strip_prefix("/Date(")?.split([')', '+']).next()?.parse().ok()?;
    Some(millis / 1000)
}

/// Takes one option by any of its names; options that tell nothing here are passed over.
fn set(lease: &mut Lease, key: &str, value: &str) {
    let (key, value) = (key.trim().to_ascii_lowercase().replace('-', "_"), value.trim().trim_matches('"'));
    let addresses = || value.split([' ', ',']).filter_map(|word| word.trim().parse::<IpAddr>().ok()).take(MOST_SERVERS);
    let first_v4 =
        || addresses().find_map(|address| if let IpAddr::V4(v4) = address { Some(v4).filter(|v4| !v4.is_unspecified()) } else { None });
    let whole = || value.strip_prefix("0x").map_or_else(|| value.parse().ok(), |digits| u32::from_str_radix(digits, 16).ok());
    match key.as_str() {
        "address" | "ip_address" | "fixed_address" => lease.address = first_v4(),
        "server_address" | "dhcp_server_identifier" | "server_identifier" => lease.server = first_v4(),
        "router" | "routers" => lease.router = first_v4(),
        "dns" | "domain_name_servers" | "domain_name_server" => lease.name_servers = addresses().collect(),
        "ntp" | "ntp_servers" | "network_time_protocol_servers" => lease.time_servers = addresses().collect(),
        "domainname" | "domain_name" => lease.domain = Some(one_line(value, 253)).filter(|domain| !domain.is_empty()),
        "mtu" | "interface_mtu" => lease.mtu = whole(),
        "lifetime" | "dhcp_lease_time" | "lease_time" => lease.lasts_s = whole(),
        "t1" | "dhcp_renewal_time" | "renewal_t1_time_value" => lease.renew_s = whole(),
        "t2" | "dhcp_rebinding_time" | "rebinding_t2_time_value" => lease.rebind_s = whole(),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::net::Ipv4Addr;

    use super::*;

    const NETWORKD: &str = include_str!("../../testdata/linux/networkd-lease.txt");
    const NMCLI: &str = include_str!("../../testdata/linux/nmcli-dhcp4.txt");
    const DHCLIENT: &str = include_str!("../../testdata/linux/dhclient.leases");
    const GETPACKET: &str = include_str!("../../testdata/macos/ipconfig-getpacket.txt");
    const POWERSHELL: &str = include_str!("../../testdata/windows/lease.json");
    /// 2026-11-26 12:00:00 UTC.
    const NOW_S: i64 = 1_795_694_400;

    #[test]
    fn every_form_tells_the_same_lease() {
        let all = [
            networkd(NETWORKD),
            nmcli(NMCLI, NOW_S),
            dhclient(DHCLIENT, "eth0", NOW_S).unwrap(),
            getpacket(GETPACKET).unwrap(),
            powershell(POWERSHELL, "Ethernet", NOW_S).unwrap(),
        ];
        for lease in all {
            let ip = |address: [u8; 4]| Some(Ipv4Addr::from(address));
            assert_eq!((lease.address, lease.server), (ip([192, 168, 178, 23]), ip([192, 168, 178, 1])), "{}", lease.source);
            assert_eq!((lease.router, lease.lasts_s), (ip([192, 168, 178, 1]), Some(86_400)), "{}", lease.source);
            if ["NetworkManager", "dhclient", "Windows"].contains(&lease.source.as_str()) {
                assert_eq!(lease.left_s, Some(43_200.0), "{}", lease.source);
            }
        }
        assert_eq!(networkd(NETWORKD).renew_s, Some(43_200));
        assert_eq!(dhclient(DHCLIENT, "wlan0", NOW_S).unwrap().address, Some(Ipv4Addr::new(10, 0, 0, 7)));
        assert_eq!(dhclient(DHCLIENT, "eth1", NOW_S), None);
    }

    #[test]
    fn nonsense_is_no_lease() {
        for told in [
            "",
            "=",
            "lease {",
            "}",
            "ADDRESS=x\nT1=-5\nLIFETIME=0xzz",
            "lease {\n expire 4 9999999/1/1 0:0:0;\n expire epoch -9e9;\n}",
            "[{}]",
        ] {
            assert_eq!(networkd(told).address, None, "{told:?}");
            assert_eq!(nmcli(told, NOW_S).lasts_s, None, "{told:?}");
            assert_eq!((dhclient(told, "", i64::MIN), getpacket(told), powershell(told, "", i64::MAX)), (None, None, None), "{told:?}");
        }
        for captured in [NETWORKD, NMCLI, DHCLIENT, GETPACKET, POWERSHELL] {
            for length in (0..captured.len()).step_by(7) {
                let Some(cut) = captured.get(..length) else { continue };
                let _ = (networkd(cut), nmcli(cut, 0), dhclient(cut, "eth0", 0), getpacket(cut), powershell(cut, "Ethernet", 0));
            }
        }
    }
}
