//! Which name servers this computer asks.

use std::{
    net::{IpAddr, SocketAddr, SocketAddrV6},
    path::Path,
};

use demarc_model::{Outcome, Phrase, ResolverConfig};

use crate::bounded::read_text;

pub mod macos;
pub mod windows;

/// Most bytes read of a configuration file.
const LONGEST_FILE: u64 = 64 * 1024;
/// The C library asks no more servers than these, in order.
const MOST_SERVERS: usize = 3;
/// Most search domains kept.
const MOST_DOMAINS: usize = 32;

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
fn configured(root: &Path) -> std::io::Result<ResolverConfig> {
    match read_text(&root.join("etc/resolv.conf"), LONGEST_FILE) {
        Ok(text) => Ok(parse(&text, "resolv.conf", |zone| interface_index(root, zone))),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            Ok(ResolverConfig { source: "resolv.conf".to_owned(), ..ResolverConfig::default() })
        }
        Err(error) => Err(error),
    }
}

/// Replaces the stub of systemd-resolved by the servers that it asks itself.
fn upstream(root: &Path, config: ResolverConfig) -> ResolverConfig {
    let is_stub = |server: &SocketAddr| server.ip() == IpAddr::from([127, 0, 0, 53]) || server.ip() == IpAddr::from([127, 0, 0, 54]);
    if config.servers.is_empty() || !config.servers.iter().all(is_stub) {
        return config;
    }
    match read_text(&root.join("run/systemd/resolve/resolv.conf"), LONGEST_FILE) {
        Ok(text) => parse(&text, "systemd-resolved", |zone| interface_index(root, zone)),
        Err(_) => config,
    }
}

/// Reads the text of a `resolv.conf`; `zone` gives the index of an interface that scopes a link-local server.
fn parse(text: &str, source: &str, zone: impl Fn(&str) -> Option<u32>) -> ResolverConfig {
    let mut config = ResolverConfig { source: source.to_owned(), ..ResolverConfig::default() };
    for line in text.lines().filter(|line| !line.starts_with(['#', ';'])) {
        let mut words = line.split_ascii_whitespace();
        match words.next() {
            Some("nameserver") if config.servers.len() < MOST_SERVERS => {
                config.servers.extend(words.next().and_then(|word| server(word, &zone)));
            }
            // The last of these lines counts.
            Some("search" | "domain") => config.search = words.take(MOST_DOMAINS).map(str::to_owned).collect(),
            _ => {}
        }
    }
    config
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
        write("etc/resolv.conf", "nameserver 127.0.0.53\nnameserver 9.9.9.9\n");
        assert_eq!(read().source, "resolv.conf");
    }
}
