//! Finding the router's description: a question to the group that devices listen to, and to the router directly (SSDP, `UPnP` Device
//! Architecture 1.1 section 1.3).

use std::{
    io,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    time::Duration,
};

use socket2::{Domain, Socket, Type};
use tokio::{net::UdpSocket, time::Instant};
use url::{Host, Url};

use super::description::{self, Device};

const PORT: u16 = 1900;
const GROUP: Ipv4Addr = Ipv4Addr::new(239, 255, 255, 250);
/// When the question is sent, and until when answers are taken.
const ASKED_AT: [Duration; 2] = [Duration::ZERO, Duration::from_millis(700)];
const PATIENCE: Duration = Duration::from_secs(2);
/// Most answers looked at: a home has a handful of devices.
const MOST_ANSWERS: usize = 64;

/// The router's description, asked for from the address `own`. Whoever answers in the router's place is not listened to.
pub(super) async fn find(gateway: Ipv4Addr, own: Ipv4Addr) -> Option<Device> {
    let socket = open(own).ok()?;
    let begun = Instant::now();
    let mut answers = 0;
    let mut refused: Vec<Url> = Vec::new();
    for (index, at) in ASKED_AT.iter().enumerate() {
        tokio::time::sleep_until(begun + *at).await;
        for target in [GROUP, gateway] {
            // One of the two ways is enough.
            let _ = socket.send_to(question(target).as_bytes(), (target, PORT)).await;
        }
        let until = begun + ASKED_AT.get(index + 1).copied().unwrap_or(PATIENCE);
        let mut buffer = [0; 2_048];
        while answers < MOST_ANSWERS
            && let Ok(Ok((length, from))) = tokio::time::timeout_at(until, socket.recv_from(&mut buffer)).await
        {
            answers += 1;
            let location = buffer.get(..length).filter(|_| is_from(gateway, from)).and_then(|answer| location(answer, gateway));
            let Some(location) = location.filter(|location| !refused.contains(location)) else { continue };
            match description::fetch(&location, gateway).await {
                Some(device) => return Some(device),
                None => refused.push(location),
            }
        }
    }
    None
}

fn open(own: Ipv4Addr) -> io::Result<UdpSocket> {
    let socket = Socket::new(Domain::IPV4, Type::DGRAM, None)?;
    socket.set_nonblocking(true)?;
    socket.set_multicast_if_v4(&own)?;
    socket.set_multicast_ttl_v4(2)?;
    socket.bind(&SocketAddr::from((own, 0)).into())?;
    UdpSocket::from_std(socket.into())
}

fn question(target: Ipv4Addr) -> String {
    let kind = "urn:schemas-upnp-org:device:InternetGatewayDevice:1";
    format!("M-SEARCH * HTTP/1.1\r\nHOST: {target}:{PORT}\r\nMAN: \"ssdp:discover\"\r\nMX: 1\r\nST: {kind}\r\n\r\n")
}

fn is_from(gateway: Ipv4Addr, from: SocketAddr) -> bool {
    from.ip() == IpAddr::V4(gateway)
}

/// Where an answer says that the description is, when that is on the router itself.
pub fn location(answer: &[u8], gateway: Ipv4Addr) -> Option<Url> {
    let text = String::from_utf8_lossy(answer);
    let mut lines = text.lines();
    let status = lines.next()?;
    if !status.starts_with("HTTP/1.") || status.split_whitespace().nth(1) != Some("200") {
        return None;
    }
    let headers = lines.filter_map(|line| line.split_once(':'));
    let value = headers.into_iter().find(|(name, _)| name.trim().eq_ignore_ascii_case("location")).map(|(_, value)| value.trim())?;
    Url::parse(value).ok().filter(|url| is_on(url, gateway))
}

/// Whether an address is plain HTTP on the router.
pub(super) fn is_on(url: &Url, gateway: Ipv4Addr) -> bool {
    url.scheme() == "http" && url.host() == Some(Host::Ipv4(gateway))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("HTTP/1.1 200 OK\r\nlocation:http://192.168.1.1:49000/igd.xml\r\n\r\n", true)]
    #[case("HTTP/1.1 200 OK\r\nST: x\r\nLOCATION: http://192.168.1.1/root.xml", true)]
    // Another machine, another kind of address, no answer, no address.
    #[case("HTTP/1.1 200 OK\r\nLOCATION: http://192.168.1.9/root.xml\r\n\r\n", false)]
    #[case("HTTP/1.1 200 OK\r\nLOCATION: file:///etc/passwd\r\n\r\n", false)]
    #[case("HTTP/1.1 200 OK\r\nLOCATION: http://router.example/root.xml\r\n\r\n", false)]
    #[case("NOTIFY * HTTP/1.1\r\nLOCATION: http://192.168.1.1/root.xml\r\n\r\n", false)]
    #[case("HTTP/1.1 200 OK\r\n\r\n", false)]
    #[case("", false)]
    fn only_the_router_itself_is_believed(#[case] answer: &str, #[case] believed: bool) {
        assert_eq!(location(answer.as_bytes(), Ipv4Addr::new(192, 168, 1, 1)).is_some(), believed);
    }
}
