//! Every parser of this crate that reads what comes from outside, by name, with something for it to read: for the test that feeds them hostile
//! input and for fuzzing. A parser that is added belongs into [`PARSERS`].

use std::net::{IpAddr, Ipv4Addr};

use hickory_proto::{
    op::{Message, Query},
    rr::{Name, RecordType},
};
use serde::Serialize;
use serde_json::Value;
use url::Url;

use crate::{arp_table, dns, gateway, host::talkers, hosts_file, lease, network, probe, proxy, resolvers, stun, wifi, wired};

/// One parser.
#[derive(Debug, Clone, Copy)]
pub struct Parser {
    /// Its name.
    pub name: &'static str,
    /// What it makes of some bytes, as JSON: every text in it may be shown to a person.
    pub read: fn(&[u8]) -> Value,
    /// What it is made for.
    pub seeds: &'static [&'static [u8]],
}

macro_rules! seeds {
    ($($path:literal)*) => { &[$(include_bytes!(concat!("../testdata/", $path))),*] };
}

const ROUTER: Ipv4Addr = Ipv4Addr::new(192, 168, 178, 1);
/// 2026-11-26 12:00:00 UTC.
const NOW_S: i64 = 1_795_694_400;

const DESCRIPTION: &[u8] = b"<?xml version=\"1.0\"?><root xmlns=\"urn:schemas-upnp-org:device-1-0\"><URLBase>http://192.168.178.1:5000</URLBase><device><friendlyName>Box</friendlyName><modelName>B 7</modelName><serviceList><service><serviceType>urn:schemas-upnp-org:service:WANCommonInterfaceConfig:1</serviceType><controlURL>/ctl</controlURL></service></serviceList></device></root>";
const SOAP: &[u8] = b"<s:Envelope xmlns:s=\"s\"><s:Body><u:R xmlns:u=\"u\"><NewTotalBytesSent>12</NewTotalBytesSent><NewUptime>5</NewUptime></u:R></s:Body></s:Envelope>";
const SSDP: &[u8] = b"HTTP/1.1 200 OK\r\nST: urn:x\r\nLOCATION: http://192.168.178.1:49000/igd.xml\r\n\r\n";
const DNS_ANSWER: &[u8] = &[
    0, 7, 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0, 7, b'e', b'x', b'a', b'm', b'p', b'l', b'e', 0, 0, 1, 0, 1, 0xc0, 12, 0, 1, 0, 1, 0, 0, 0,
    60, 0, 4, 192, 0, 2, 7,
];
const MDNS_ANSWER: &[u8] = &[
    0, 0, 0x84, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, b'1', 3, b'1', b'6', b'8', 0, 0, 12, 0, 1, 0, 0, 0, 10, 0, 9, 3, b'b', b'o', b'x', 3, b'l',
    b'a', b'n', 0,
];
const STUN_ANSWER: &[u8] =
    &[1, 1, 0, 12, 0x21, 0x12, 0xa4, 0x42, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x20, 0, 8, 0, 1, 0xa1, 0x47, 0xe1, 0x12, 0xa6, 0x43];
const BEACON: &[u8] = &[0, 4, b'c', b'a', b'f', b'e', 11, 5, 7, 0, 128, 0, 0, 61, 3, 36, 5, 0, 192, 5, 1, 42, 0, 0, 0];
const RESOLV_CONF: &[u8] = b"nameserver 192.168.178.1\nnameserver fe80::1%eth0\nsearch fritz.box\noptions timeout:2 rotate\n";
const HOSTS: &[u8] = b"127.0.0.1 localhost\n192.0.2.9 video.example # old\n";
const GNOME: &[u8] =
    b"org.gnome.system.proxy mode 'manual'\norg.gnome.system.proxy.http host 'proxy.example'\norg.gnome.system.proxy.http port 3128\n";
const KDE: &[u8] = b"[Proxy Settings]\nProxyType=1\nhttpProxy=http://proxy.example 3128\n";
const ARP: &[u8] = b"IP address HW type Flags HW address Mask Device\n192.168.178.1 0x1 0x2 c8:0e:14:aa:bb:0c * eth0\n";
/// A netlink attribute of eight bytes inside another.
const NETLINK: &[u8] = &[1, 0, 0, 0, 12, 0, 1, 0x80, 8, 0, 1, 0, 2, 0, 0, 0, 8, 0, 2, 0, 1, 0, 0, 0];

/// All of them.
pub static PARSERS: &[Parser] = &[
    Parser { name: "arp-table", read: |bytes| told(arp_table::read(&text(bytes), IpAddr::V4(ROUTER))), seeds: &[ARP] },
    Parser {
        name: "dns-answer",
        read: |bytes| shown(dns::exchange::matching(&question(), bytes).map(|answer| dns::exchange::read(&question(), &answer))),
        seeds: &[DNS_ANSWER],
    },
    Parser { name: "echo-quote-v4", read: |bytes| told(number_in_quote([192, 0, 2, 7].into(), bytes)), seeds: &[NETLINK] },
    Parser {
        name: "echo-quote-v6",
        read: |bytes| told(number_in_quote(IpAddr::from([0x2001, 0xdb8, 0, 0, 0, 0, 0, 7]), bytes)),
        seeds: &[NETLINK],
    },
    Parser {
        name: "echo-reply",
        read: |bytes| told(probe::packet::number_in_reply([192, 0, 2, 7].into(), probe::packet::Token::default(), bytes)),
        seeds: &[NETLINK],
    },
    Parser {
        name: "echo-reply-windows",
        read: |bytes| shown((probe::windows::read(false, bytes), probe::windows::read(true, bytes))),
        seeds: &[NETLINK],
    },
    Parser { name: "ethtool-cable-test", read: |bytes| told(wired::cable_test::read_result(bytes, "eth0")), seeds: &[NETLINK] },
    Parser { name: "ethtool-energy", read: |bytes| told(wired::ethtool::read_energy_saving(bytes)), seeds: &[NETLINK] },
    Parser { name: "ethtool-family", read: |bytes| told(wired::ethtool::read_family(bytes)), seeds: &[NETLINK] },
    Parser { name: "ethtool-modes", read: |bytes| shown(wired::ethtool::read_modes(bytes)), seeds: &[NETLINK] },
    Parser { name: "ethtool-pause", read: |bytes| told(wired::ethtool::read_pause(bytes)), seeds: &[NETLINK] },
    Parser { name: "hosts-file", read: |bytes| told(hosts_file::overrides(&text(bytes), &["video.example".to_owned()])), seeds: &[HOSTS] },
    Parser {
        name: "lease-dhclient",
        read: |bytes| told(lease::read::dhclient(&text(bytes), "eth0", NOW_S)),
        seeds: seeds!["linux/dhclient.leases"],
    },
    Parser { name: "lease-macos", read: |bytes| told(lease::read::getpacket(&text(bytes))), seeds: seeds!["macos/ipconfig-getpacket.txt"] },
    Parser { name: "lease-networkd", read: |bytes| told(lease::read::networkd(&text(bytes))), seeds: seeds!["linux/networkd-lease.txt"] },
    Parser { name: "lease-nmcli", read: |bytes| told(lease::read::nmcli(&text(bytes), NOW_S)), seeds: seeds!["linux/nmcli-dhcp4.txt"] },
    Parser {
        name: "lease-windows",
        read: |bytes| told(lease::read::powershell(&text(bytes), "Ethernet", NOW_S)),
        seeds: seeds!["windows/lease.json"],
    },
    Parser {
        name: "link-macos",
        read: |bytes| parts(bytes, |[link, counters, _]| told(wired::macos::read(link, counters, "en7"))),
        seeds: seeds!["macos/ifconfig-m-en7.txt"],
    },
    Parser { name: "link-windows", read: |bytes| told(wired::windows::read(&text(bytes), "Ethernet")), seeds: seeds!["windows/link.json"] },
    Parser { name: "mdns-answer", read: |bytes| told(gateway::names::read(bytes)), seeds: &[MDNS_ANSWER] },
    Parser {
        name: "nat-pmp-and-pcp",
        read: |bytes| shown(gateway::portmap::read(bytes)),
        seeds: &[&[0, 128, 0, 0, 0, 0, 14, 16, 203, 0, 113, 57]],
    },
    Parser {
        name: "network-macos",
        read: |bytes| parts(bytes, |[interfaces, routes, ports]| told(network::macos::read(interfaces, routes, ports))),
        seeds: seeds!["macos/ifconfig-a.txt"],
    },
    Parser { name: "network-windows", read: |bytes| told(network::windows::read(&text(bytes))), seeds: seeds!["windows/network.json"] },
    Parser { name: "proxy-gnome", read: |bytes| told(proxy::from_gnome(&text(bytes))), seeds: &[GNOME] },
    Parser { name: "proxy-kde", read: |bytes| told(proxy::from_kde(&text(bytes), |_| None)), seeds: &[KDE] },
    Parser { name: "proxy-macos", read: |bytes| told(proxy::macos::read(&text(bytes))), seeds: seeds!["macos/scutil-proxy.txt"] },
    Parser {
        name: "proxy-windows",
        read: |bytes| told(proxy::windows::read(&text(bytes))),
        seeds: seeds!["windows/reg-internet-settings.txt"],
    },
    Parser { name: "resolv-conf", read: |bytes| told(resolvers::parse(&text(bytes), "resolv.conf", |_| Some(2))), seeds: &[RESOLV_CONF] },
    Parser {
        name: "resolvers-link",
        read: |bytes| told(resolvers::parse_link(&text(bytes))),
        seeds: &[b"SERVERS=192.168.178.1 fe80::1%2\nDOMAINS=fritz.box\n"],
    },
    Parser {
        name: "resolvers-ipconfig",
        read: |bytes| told(resolvers::windows::read_ipconfig(&text(bytes))),
        seeds: seeds!["windows/ipconfig-all-en.txt" "windows/ipconfig-all-de.txt"],
    },
    Parser { name: "resolvers-macos", read: |bytes| told(resolvers::macos::read(&text(bytes))), seeds: seeds!["macos/scutil-dns.txt"] },
    Parser {
        name: "resolvers-windows",
        read: |bytes| told(resolvers::windows::read(&text(bytes))),
        seeds: seeds!["windows/resolvers.json"],
    },
    Parser {
        name: "route-print",
        read: |bytes| parts(bytes, |[ipconfig, routes, _]| told(network::route_print::read(ipconfig, routes))),
        seeds: seeds!["windows/route-print-en.txt" "windows/route-print-de.txt"],
    },
    Parser { name: "ssdp-answer", read: |bytes| shown(gateway::search::location(bytes, ROUTER)), seeds: &[SSDP] },
    Parser { name: "stun-answer", read: |bytes| told(stun::read(bytes, &[0; 12])), seeds: &[STUN_ANSWER] },
    Parser { name: "talkers-socket", read: |bytes| told(talkers::read_socket(bytes)), seeds: &[NETLINK] },
    Parser { name: "upnp-description", read: |bytes| shown(description(bytes)), seeds: &[DESCRIPTION] },
    Parser { name: "upnp-answer", read: |bytes| told(gateway::description::read_values(&text(bytes))), seeds: &[SOAP] },
    Parser { name: "wifi-elements", read: |bytes| shown(wifi::elements::read(bytes)), seeds: &[BEACON] },
    Parser { name: "wifi-macos", read: |bytes| told(wifi::macos::read(&text(bytes), "en0")), seeds: seeds!["macos/spairport.json"] },
    Parser {
        name: "wifi-windows",
        read: |bytes| told(wifi::windows::read(&text(bytes), "Wi-Fi")),
        seeds: seeds!["windows/netsh-wlan-en.txt" "windows/netsh-wlan-ru.txt"],
    },
];

/// Programs' output and files are text; what is not is replaced, as wherever they are read.
fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Parsers of several outputs get one each, or the same where there is one.
fn parts(bytes: &[u8], read: impl Fn([&str; 3]) -> Value) -> Value {
    let text = text(bytes);
    let mut parts = text.split('\u{1}');
    let first = parts.next().unwrap_or_default();
    let second = parts.next().unwrap_or(first);
    read([first, second, parts.next().unwrap_or(second)])
}

fn told(answer: impl Serialize) -> Value {
    serde_json::to_value(answer).unwrap_or(Value::Null)
}

/// What is no part of a record, as programmers see it.
fn shown(answer: impl std::fmt::Debug) -> Value {
    Value::String(format!("{answer:?}"))
}

fn description(bytes: &[u8]) -> Option<gateway::description::Device> {
    gateway::description::parse(&text(bytes), &Url::parse("http://192.168.178.1:5000/igd/root.xml").ok()?, ROUTER)
}

fn number_in_quote(destination: IpAddr, quote: &[u8]) -> [Option<u16>; 2] {
    [probe::Transport::Icmp, probe::Transport::Udp]
        .map(|transport| probe::packet::number_in_quote(destination, transport, probe::packet::Token::default(), quote))
}

fn question() -> Message {
    let mut question = Message::query();
    question.metadata.id = 7;
    question.add_query(Query::query(Name::from_ascii("example.").unwrap_or_default(), RecordType::A));
    question
}
