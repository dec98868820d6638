//! Which name servers this computer asks.

use std::{
    net::{IpAddr, SocketAddr, SocketAddrV6},
    path::Path,
};

use demarc_model::{LinkResolvers, Outcome, Phrase, ResolverConfig};

use crate::bounded::{one_line, read_text};

pub mod macos;
pub mod windows;

/// Most bytes read of a configuration file.
const LONGEST_FILE: u64 = 64 * 1024;
/// The C library asks no more servers than these, in order.
const MOST_SERVERS: usize = 3;
/// Most search domains kept.
const MOST_DOMAINS: usize = 32;
/// Most interfaces looked at for servers of their own, and most servers kept of one.
const MOST_LINKS: usize = 64;
const MOST_LINK_SERVERS: usize = 8;
/// How long the C library waits for a server unless told otherwise, and the longest it can be told, in seconds.
const USUAL_TIMEOUT_S: u32 = 5;
const LONGEST_TIMEOUT_S: u32 = 30;

/// The servers behind the local stub of systemd-resolved where there is one, else those of `resolv.conf`; on macOS and Windows those
/// that the system tells.
pub(crate) async fn perform() -> Outcome {
    match system().await {
        Ok(config) => upstream(Path::new("/"), config).into(),
        Err(detail) => Outcome::Failed { why: Phrase::new("failed-resolvers").text("detail", detail) },
    }
}

/// The servers that programs ask, a local stub included.
pub(crate) async fn system_servers() -> Result<Vec<SocketAddr>, Outcome> {
    let failed = |detail: String| Outcome::Failed { why: Phrase::new("failed-resolvers").text("detail", detail) };
    // Each query waits for this.
    #[cfg(windows)]
    if let Ok(servers) = windows::servers_at_once().await
        && !servers.is_empty()
    {
        return Ok(servers);
    }
    system().await.map(|config| config.servers).map_err(failed)
}

#[allow(clippy::unused_async, reason = "on some systems a program has to be asked")]
async fn system() -> Result<ResolverConfig, String> {
    #[cfg(target_os = "macos")]
    return macos::config().await;
    #[cfg(windows)]
    return windows::config().await;
    #[cfg(not(any(target_os = "macos", windows)))]
    return configured(Path::new("/")).map_err(|error| error.to_string());
}

/// `resolv.conf` below `root`; a file that does not exist names no server.
#[cfg_attr(any(target_os = "macos", windows), allow(dead_code, reason = "these systems are asked otherwise"))]
fn configured(root: &Path) -> std::io::Result<ResolverConfig> {
    match read_text(&root.join("etc/resolv.conf"), LONGEST_FILE) {
        Ok(text) => Ok(parse(&text, "resolv.conf", |zone| interface_index(root, zone))),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            Ok(ResolverConfig { source: "resolv.conf".to_owned(), ..ResolverConfig::default() })
        }
        Err(error) => Err(error),
    }
}

/// Replaces the stub of systemd-resolved, or the local server that `NetworkManager` runs, by the servers that it asks itself.
fn upstream(root: &Path, config: ResolverConfig) -> ResolverConfig {
    let is_stub = |server: &SocketAddr| server.ip() == IpAddr::from([127, 0, 0, 53]) || server.ip() == IpAddr::from([127, 0, 0, 54]);
    let (file, source) = match &config.servers {
        servers if servers.is_empty() => return config,
        servers if servers.iter().all(is_stub) => ("run/systemd/resolve/resolv.conf", "systemd-resolved"),
        servers if servers.iter().all(|server| server.ip().is_loopback()) => ("run/NetworkManager/no-stub-resolv.conf", "NetworkManager"),
        _ => return config,
    };
    let Ok(text) = read_text(&root.join(file), LONGEST_FILE) else { return config };
    let mut behind = parse(&text, source, |zone| interface_index(root, zone));
    if behind.servers.is_empty() {
        return config;
    }
    // A service decides by itself how long it waits and whom it asks first.
    (behind.timeout_s, behind.rotate) = (None, false);
    behind.links = links(root);
    behind
}

/// The name servers that belong to one interface each, as systemd's services keep them.
fn links(root: &Path) -> Vec<LinkResolvers> {
    let Ok(folder) = std::fs::read_dir(root.join("sys/class/net")) else { return Vec::new() };
    let mut links: Vec<LinkResolvers> = folder
        .take(MOST_LINKS)
        .filter_map(|entry| {
            let name = entry.ok()?.file_name().into_string().ok()?;
            let index = interface_index(root, &name)?;
            // What programs told systemd-resolved comes before what systemd-networkd learned.
            let files = ["run/systemd/resolve/netif", "run/systemd/netif/links"].map(|folder| root.join(folder).join(index.to_string()));
            let states = files.iter().filter_map(|file| read_text(file, LONGEST_FILE).ok());
            let (servers, domains) = states.map(|text| parse_link(&text)).find(|(servers, _)| !servers.is_empty())?;
            Some(LinkResolvers { interface: one_line(&name, 32), servers, domains })
        })
        .collect();
    links.sort_by(|one, next| one.interface.cmp(&next.interface));
    links
}

/// Reads one of systemd's state files, lines `KEY=words`.
pub(crate) fn parse_link(text: &str) -> (Vec<SocketAddr>, Vec<String>) {
    let words = |keys: [&'static str; 2]| {
        let lines = text.lines().filter_map(|line| line.split_once('='));
        lines.filter(move |(key, _)| keys.contains(key)).flat_map(|(_, words)| words.split_ascii_whitespace())
    };
    // `address[:port][%interface][#name]`; the name is the server's in its certificate.
    let address = |word: &str| {
        let bare = word.split('#').next().unwrap_or_default();
        bare.parse::<SocketAddr>().ok().or_else(|| server(bare, |_| None))
    };
    let servers = words(["SERVERS", "DNS"]).filter_map(address).take(MOST_LINK_SERVERS).collect();
    let domains = words(["DOMAINS", "ROUTE_DOMAINS"]).map(|domain| one_line(domain, 253)).take(MOST_DOMAINS).collect();
    (servers, domains)
}

/// Reads the text of a `resolv.conf`; `zone` gives the index of an interface that scopes a link-local server.
pub(crate) fn parse(text: &str, source: &str, zone: impl Fn(&str) -> Option<u32>) -> ResolverConfig {
    let mut config = ResolverConfig { source: source.to_owned(), timeout_s: Some(USUAL_TIMEOUT_S), ..ResolverConfig::default() };
    for line in text.lines().filter(|line| !line.starts_with(['#', ';'])) {
        let mut words = line.split_ascii_whitespace();
        match words.next() {
            Some("nameserver") if config.servers.len() < MOST_SERVERS => {
                config.servers.extend(words.next().and_then(|word| server(word, &zone)));
            }
            // The last of these lines counts.
            Some("options") => options(&mut config, words),
            Some("search" | "domain") => config.search = words.take(MOST_DOMAINS).map(|word| one_line(word, 253)).collect(),
            _ => {}
        }
    }
    config
}

fn options<'a>(config: &mut ResolverConfig, words: impl Iterator<Item = &'a str>) {
    for word in words.take(MOST_DOMAINS) {
        if word == "rotate" {
            config.rotate = true;
        } else if let Some(seconds) = word.strip_prefix("timeout:").and_then(|seconds| seconds.parse::<u32>().ok()) {
            config.timeout_s = Some(seconds.clamp(1, LONGEST_TIMEOUT_S));
        }
    }
}

fn server(word: &str, zone: impl Fn(&str) -> Option<u32>) -> Option<SocketAddr> {
    const PORT: u16 = 53;
    match word.split_once('%') {
        None => Some(SocketAddr::new(word.parse().ok()?, PORT)),
        Some((address, scope)) => {
            let index = scope.parse().ok().or_else(|| zone(scope))?;
            Some(SocketAddrV6::new(address.parse().ok()?, PORT, 0, index).into())
        }
    }
}

fn interface_index(root: &Path, interface: &str) -> Option<u32> {
    if interface.contains('/') || interface.starts_with('.') {
        return None;
    }
    read_text(&root.join("sys/class/net").join(interface).join("ifindex"), 16).ok()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn parsed(text: &str) -> ResolverConfig {
        parse(text, "resolv.conf", |zone| (zone == "eth0").then_some(7))
    }

    #[test]
    fn servers_keep_their_order_and_no_more_than_three_count() {
        let config = parsed(
            "# comment\nnameserver 192.168.1.1\nnameserver  2001:db8::1 # tail\n;nameserver 9.9.9.9\nnameserver 1.1.1.1\nnameserver 8.8.8.8\n",
        );
        let servers: Vec<String> = config.servers.iter().map(ToString::to_string).collect();
        assert_eq!(servers, ["192.168.1.1:53", "[2001:db8::1]:53", "1.1.1.1:53"]);
    }

    #[test]
    fn a_link_local_server_keeps_its_interface() {
        assert_eq!(parsed("nameserver fe80::1%eth0\nnameserver fe80::2%3\nnameserver fe80::3%gone").servers.len(), 2);
        assert_eq!(parsed("nameserver fe80::1%eth0").servers[0].to_string(), "[fe80::1%7]:53");
    }

    #[test]
    fn the_last_search_line_counts() {
        assert_eq!(parsed("domain a.example\nsearch b.example c.example\noptions edns0").search, ["b.example", "c.example"]);
    }

    #[test]
    fn how_long_a_silent_server_is_waited_for_is_read() {
        assert_eq!(parsed("nameserver 1.1.1.1").timeout_s, Some(5));
        let set = parsed("options edns0 timeout:2 rotate\noptions timeout:9999");
        assert_eq!((set.timeout_s, set.rotate), (Some(30), true));
        assert_eq!(parsed("options timeout: timeout:x").timeout_s, Some(5));
    }

    #[test]
    fn each_link_keeps_its_own_servers() {
        let state = "LLMNR=yes\nDEFAULT_ROUTE=yes\nSERVERS=192.168.1.1 9.9.9.9:53#dns.quad9.net [2001:db8::1]:5353 nonsense\nDOMAINS=lan ~corp.example\n";
        let (servers, domains) = parse_link(state);
        let servers: Vec<String> = servers.iter().map(ToString::to_string).collect();
        assert_eq!(servers, ["192.168.1.1:53", "9.9.9.9:53", "[2001:db8::1]:5353"]);
        assert_eq!(domains, ["lan", "~corp.example"]);
        assert_eq!(parse_link("DNS=10.0.0.1\nSERVER_ADDRESS=10.0.0.2").0.len(), 1);
        for text in ["", "=", "DNS", "DNS=\u{0}", "SERVERS=%%%"] {
            assert_eq!(parse_link(text).0, [], "{text:?}");
        }
    }

    #[test]
    fn nonsense_names_no_server() {
        for text in [
            "",
            "nameserver",
            "nameserver localhost",
            "nameserver 1.2.3",
            "nameserver\u{0}1.1.1.1",
            "nameserver 999.1.1.1%eth0",
            "\u{feff}",
        ] {
            assert_eq!(parsed(text).servers, [], "{text:?}");
        }
    }

    #[test]
    fn the_stub_of_systemd_resolved_is_looked_behind() {
        let root = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &str| {
            let path = root.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        };
        let read = || upstream(root.path(), configured(root.path()).unwrap());
        assert_eq!(read().servers, [], "no file, no server");
        write("etc/resolv.conf", "nameserver 127.0.0.53\nsearch lan\n");
        assert_eq!((read().source.as_str(), read().servers.len()), ("resolv.conf", 1));
        write("run/systemd/resolve/resolv.conf", "nameserver 192.168.1.1\nnameserver 192.168.1.2\n");
        assert_eq!((read().source.as_str(), read().servers.len()), ("systemd-resolved", 2));
        write("sys/class/net/eth0/ifindex", "2\n");
        write("run/systemd/netif/links/2", "DNS=192.168.1.9\n");
        assert_eq!(
            read().links,
            [LinkResolvers { interface: "eth0".to_owned(), servers: vec!["192.168.1.9:53".parse().unwrap()], domains: vec![] }]
        );
        write("etc/resolv.conf", "nameserver 127.0.0.53\nnameserver 9.9.9.9\n");
        assert_eq!(read().source, "resolv.conf");
        write("etc/resolv.conf", "nameserver 127.0.0.1\n");
        assert_eq!(read().source, "resolv.conf", "some other local server");
        write("run/NetworkManager/no-stub-resolv.conf", "nameserver 192.168.1.1\n");
        assert_eq!((read().source.as_str(), read().servers.len(), read().timeout_s), ("NetworkManager", 1, None));
    }
}
