//! Name servers as `scutil --dns` of macOS tells them.

use std::net::{IpAddr, SocketAddr, SocketAddrV6};

use demarc_model::ResolverConfig;

use super::MOST_DOMAINS;
use crate::bounded::one_line;

const PORT: u16 = 53;
/// Most servers told.
const MOST_SERVERS: usize = 8;

#[cfg(target_os = "macos")]
pub(super) async fn config() -> Result<ResolverConfig, String> {
    let told = crate::command::answer("/usr/sbin/scutil", &["--dns"], std::time::Duration::from_secs(3)).await?;
    read(&told).ok_or_else(|| "scutil: no answer".to_owned())
}

/// What the program prints: the first resolver that serves every name. `None` where it prints something else; without a network it tells
/// of no resolver.
pub fn read(told: &str) -> Option<ResolverConfig> {
    let mut config = ResolverConfig { source: "macOS".to_owned(), ..ResolverConfig::default() };
    let (_, general) = told.split_once("DNS configuration")?;
    // What follows is for programs that ask for one interface.
    let general = general.split("DNS configuration (for scoped queries)").next().unwrap_or_default();
    for resolver in general.split("resolver #").skip(1) {
        let values = |key: &'static str| {
            let lines = resolver.lines().filter_map(|line| line.split_once(" : "));
            lines.filter(move |(label, _)| label.trim().split('[').next() == Some(key)).map(|(_, value)| value.trim())
        };
        // One that serves a domain alone, as `local` or a VPN's.
        if values("domain").next().is_some() || values("nameserver").next().is_none() {
            continue;
        }
        let index = values("if_index").next().and_then(|value| value.split(' ').next()?.parse().ok()).unwrap_or(0);
        config.servers = values("nameserver").filter_map(|address| server(address, index)).take(MOST_SERVERS).collect();
        config.search = values("search domain").map(|domain| one_line(domain, 253)).take(MOST_DOMAINS).collect();
        break;
    }
    Some(config)
}

fn server(address: &str, index: u32) -> Option<SocketAddr> {
    match address.split('%').next()?.parse().ok()? {
        IpAddr::V6(v6) if v6.is_unicast_link_local() => Some(SocketAddrV6::new(v6, PORT, 0, index).into()),
        other => Some(SocketAddr::new(other, PORT)),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const CAPTURED: &str = include_str!("../../testdata/macos/scutil-dns.txt");

    #[test]
    fn the_resolver_for_every_name_counts() {
        let config = read(CAPTURED).unwrap();
        let servers: Vec<_> = config.servers.iter().map(ToString::to_string).collect();
        assert_eq!(servers, ["192.168.178.1:53", "[fe80::1%14]:53"]);
        assert_eq!((config.search, config.source.as_str()), (vec!["fritz.box".to_owned(), "corp.example".to_owned()], "macOS"));
    }

    #[test]
    fn without_a_network_there_is_no_server() {
        assert_eq!(read("No DNS configuration available\n").unwrap().servers, []);
        for told in ["", "resolver #1\n  nameserver[0] : 1.1.1.1", "\u{0}"] {
            assert_eq!(read(told), None, "{told:?}");
        }
        for length in (0..CAPTURED.len()).step_by(7) {
            let _ = CAPTURED.get(..length).and_then(read);
        }
    }
}
