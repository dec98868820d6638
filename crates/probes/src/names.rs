//! Names to addresses the way programs on this computer do it: with the hosts file, its name servers and the rest.

use std::{
    net::{SocketAddr, ToSocketAddrs as _},
    time::Duration,
};

use tokio::{sync::oneshot, time::timeout};

/// Most addresses kept of one name.
const MOST_ADDRESSES: usize = 16;

/// The addresses of a host in the order the system prefers; never an empty list. The error is a sentence's middle part.
pub(crate) async fn resolve(host: &str, port: u16, limit: Duration) -> Result<Vec<SocketAddr>, String> {
    if let Ok(address) = host.parse() {
        return Ok(vec![SocketAddr::new(address, port)]);
    }
    let (answer, answered) = oneshot::channel();
    let host = host.to_owned();
    // The system's lookup cannot be stopped and may take half a minute with dead name servers. A thread of its own,
    // unlike one of the runtime's, holds up neither a cancelled visit nor the program's end.
    let lookup = move || {
        let found = (host.as_str(), port).to_socket_addrs().map(|found| found.take(MOST_ADDRESSES).collect::<Vec<_>>());
        let _ = answer.send(found);
    };
    if let Err(error) = std::thread::Builder::new().name("name lookup".to_owned()).spawn(lookup) {
        return Err(error.to_string());
    }
    match timeout(limit, answered).await {
        Ok(Ok(Ok(found))) if found.is_empty() => Err("the name has no address".to_owned()),
        Ok(Ok(Ok(mut found))) => {
            let mut seen = std::collections::BTreeSet::new();
            found.retain(|address| seen.insert(*address));
            Ok(found)
        }
        Ok(Ok(Err(error))) => Err(explain(&error.to_string())),
        Ok(Err(_)) => Err("the lookup ended without an answer".to_owned()),
        Err(_) => Err("timed out".to_owned()),
    }
}

/// `host:port`, `[v6]:port`, or a host alone with the protocol's own port.
pub(crate) fn host_and_port(server: &str, usual: u16) -> Option<(&str, u16)> {
    let (host, port) = match server.rsplit_once(':') {
        Some((host, port)) if !host.contains(':') || host.ends_with(']') => (host, port.parse().ok()?),
        _ => (server, usual),
    };
    let host = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    (!host.is_empty() && host.len() <= 253).then_some((host, port))
}

/// Drops the technical preface of the system's message.
fn explain(message: &str) -> String {
    let plain = message.strip_prefix("failed to lookup address information: ").unwrap_or(message);
    crate::bounded::one_line(plain, 200)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[tokio::test]
    async fn an_address_needs_no_lookup() {
        assert_eq!(resolve("192.0.2.7", 80, Duration::ZERO).await, Ok(vec![SocketAddr::from(([192, 0, 2, 7], 80))]));
        assert_eq!(resolve("::1", 80, Duration::ZERO).await, Ok(vec![SocketAddr::from(([0, 0, 0, 0, 0, 0, 0, 1], 80))]));
    }

    #[tokio::test]
    async fn this_computer_knows_its_own_name() {
        let found = resolve("localhost", 80, SECOND).await;
        assert!(found.is_ok_and(|found| found.iter().all(|address| address.ip().is_loopback())));
    }

    #[tokio::test]
    async fn what_is_no_name_has_no_address() {
        for name in ["", "a\0b"] {
            assert!(resolve(name, 80, SECOND).await.is_err(), "{name:?}");
        }
    }
}
