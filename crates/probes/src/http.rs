//! The layers of one HTTP connection, each by itself, so that each can be timed: TCP, TLS, HTTP/1.1.

use std::{
    future::Future,
    io,
    net::SocketAddr,
    pin::{Pin, pin},
    sync::{Arc, OnceLock},
    time::{Duration, Instant},
};

use futures_util::{
    StreamExt as _,
    future::{Either, select},
    stream::FuturesUnordered,
};
use hyper::{body::Body, client::conn::http1};
use hyper_util::rt::TokioIo;
use rustls::{CertificateError, ClientConfig, RootCertStore, pki_types::ServerName};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    time::timeout,
};
use tokio_rustls::TlsConnector;
use url::Url;

use crate::bounded::one_line;

/// What this program calls itself to servers.
pub(crate) const USER_AGENT: &str = concat!("demarc/", env!("CARGO_PKG_VERSION"));
/// Head start of one address before the next one is tried too (Happy Eyeballs, RFC 8305).
const HEAD_START: Duration = Duration::from_millis(250);
/// Most addresses of one name tried.
const MOST_TRIED: usize = 4;
/// Largest head of an answer, in bytes.
const LARGEST_HEAD: usize = 64 * 1024;

/// A connection in either dress.
pub(crate) trait Connection: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Connection for T {}

/// A TCP connection, with the address that answered and how long its handshake took.
pub(crate) struct Connected {
    pub(crate) stream: TcpStream,
    pub(crate) address: SocketAddr,
    pub(crate) elapsed: Duration,
}

/// Connects to whichever address answers first; each has a head start before the next.
pub(crate) async fn connect(addresses: &[SocketAddr], limit: Duration) -> Result<Connected, String> {
    let race = async {
        let mut waiting = addresses.iter().copied().take(MOST_TRIED);
        let mut running = FuturesUnordered::new();
        running.extend(waiting.next().map(attempt));
        let mut failure = "the name has no address of this kind".to_owned();
        loop {
            match timeout(HEAD_START, running.next()).await {
                Ok(Some(Ok(connected))) => return Ok(connected),
                Ok(Some(Err(error))) => {
                    failure = explain(&error);
                    running.extend(waiting.next().map(attempt));
                }
                Ok(None) => match waiting.next() {
                    Some(address) => running.push(attempt(address)),
                    None => return Err(failure),
                },
                Err(_) => running.extend(waiting.next().map(attempt)),
            }
        }
    };
    let connected = timeout(limit, race).await.map_err(|_| "timed out".to_owned())??;
    // Small requests leave at once.
    let _ = connected.stream.set_nodelay(true);
    Ok(connected)
}

async fn attempt(address: SocketAddr) -> io::Result<Connected> {
    let begun = Instant::now();
    TcpStream::connect(address).await.map(|stream| Connected { stream, address, elapsed: begun.elapsed() })
}

/// IPv6 and IPv4 in turn, IPv6 first, each family in the order given.
pub(crate) fn interleaved(addresses: &[SocketAddr]) -> Vec<SocketAddr> {
    let family = |v6: bool| addresses.iter().copied().filter(move |address| address.is_ipv6() == v6);
    let (mut six, mut four) = (family(true), family(false));
    std::iter::repeat_with(|| [six.next(), four.next()]).take(addresses.len()).flatten().flatten().collect()
}

/// What secures connections: the roots that this computer trusts, read once.
pub(crate) async fn tls() -> Result<TlsConnector, String> {
    static READY: OnceLock<Result<TlsConnector, String>> = OnceLock::new();
    // Reading the system's certificates takes tens of milliseconds: not for the thread that times packets.
    let load = || {
        READY
            .get_or_init(|| {
                let mut roots = RootCertStore::empty();
                roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
                if roots.is_empty() { Err("this computer has no list of trusted certificates".to_owned()) } else { connector(roots) }
            })
            .clone()
    };
    tokio::task::spawn_blocking(load).await.map_err(|error| error.to_string())?
}

pub(crate) fn connector(roots: RootCertStore) -> Result<TlsConnector, String> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().map_err(|error| error.to_string())?;
    let mut config = builder.with_root_certificates(roots).with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(TlsConnector::from(Arc::new(config)))
}

/// Secures a connection to the host of `url`.
pub(crate) async fn secure(connector: &TlsConnector, stream: TcpStream, url: &Url, limit: Duration) -> Result<Box<dyn Connection>, String> {
    let name = host(url).and_then(|host| ServerName::try_from(host).ok()).ok_or("the address has no host name")?;
    match timeout(limit, connector.connect(name, stream)).await {
        Ok(Ok(secured)) => Ok(Box::new(secured)),
        Ok(Err(error)) => Err(explain(&error)),
        Err(_) => Err("timed out".to_owned()),
    }
}

/// The host of an address, IPv6 without its brackets.
pub(crate) fn host(url: &Url) -> Option<String> {
    match url.host()? {
        url::Host::Domain(name) => Some(name.trim_end_matches('.').to_owned()),
        url::Host::Ipv4(address) => Some(address.to_string()),
        url::Host::Ipv6(address) => Some(address.to_string()),
    }
}

/// The `Host` header: with the port unless it is the scheme's own.
pub(crate) fn authority(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

/// Does `work` with an HTTP/1.1 connection over `stream`, and keeps the connection moving meanwhile.
pub(crate) async fn over<B, T, W>(stream: Box<dyn Connection>, work: impl FnOnce(http1::SendRequest<B>) -> W) -> Result<T, String>
where
    B: Body + 'static,
    B::Data: Send,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    W: Future<Output = Result<T, String>>,
{
    let (sender, connection) =
        http1::Builder::new().max_buf_size(LARGEST_HEAD).handshake(TokioIo::new(stream)).await.map_err(|error| explain_http(&error))?;
    let work: Pin<&mut W> = pin!(work(sender));
    match select(work, Box::pin(connection)).await {
        Either::Left((done, _)) => done,
        // The connection may end with the answer already read: the work knows. What is left of the connection is gone
        // by now, so that the work does not wait for it.
        Either::Right((_, work)) => work.await,
    }
}

/// A failure of HTTP as a sentence's middle part.
pub(crate) fn explain_http(error: &hyper::Error) -> String {
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        if let Some(error) = cause.downcast_ref::<io::Error>() {
            return explain(error);
        }
        source = cause.source();
    }
    match error {
        _ if error.is_parse_too_large() => "the head of the answer is too large".to_owned(),
        _ if error.is_parse() => "the answer is not HTTP".to_owned(),
        _ if error.is_incomplete_message() || error.is_canceled() || error.is_closed() => {
            "the server closed the connection early".to_owned()
        }
        _ => one_line(&error.to_string(), 200),
    }
}

/// A failure of TCP or TLS as a sentence's middle part.
pub(crate) fn explain(error: &io::Error) -> String {
    if let Some(error) = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
        return explain_tls(error);
    }
    let plain = match error.kind() {
        io::ErrorKind::ConnectionRefused => "connection refused",
        io::ErrorKind::ConnectionReset => "connection reset",
        io::ErrorKind::NetworkUnreachable => "network unreachable",
        io::ErrorKind::HostUnreachable => "host unreachable",
        io::ErrorKind::TimedOut => "timed out",
        io::ErrorKind::PermissionDenied => "this computer does not allow it",
        io::ErrorKind::UnexpectedEof | io::ErrorKind::BrokenPipe => "the server closed the connection early",
        _ => return one_line(&error.to_string(), 200),
    };
    plain.to_owned()
}

fn explain_tls(error: &rustls::Error) -> String {
    use CertificateError as Certificate;
    let plain = match error {
        rustls::Error::InvalidCertificate(Certificate::Expired | Certificate::ExpiredContext { .. }) => "the certificate has expired",
        rustls::Error::InvalidCertificate(Certificate::NotValidYet | Certificate::NotValidYetContext { .. }) => {
            "the certificate is not valid yet"
        }
        rustls::Error::InvalidCertificate(Certificate::UnknownIssuer) => "the certificate comes from nobody this computer trusts",
        rustls::Error::InvalidCertificate(Certificate::NotValidForName | Certificate::NotValidForNameContext { .. }) => {
            "the certificate belongs to another name"
        }
        rustls::Error::InvalidMessage(_) => "the answer is not TLS",
        _ => return one_line(&error.to_string(), 200),
    };
    plain.to_owned()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use tokio::net::TcpListener;

    use super::*;

    #[test]
    fn families_take_turns_and_none_is_lost() {
        let six = |last| SocketAddr::from(([0x2001, 0xdb8, 0, 0, 0, 0, 0, last], 80));
        let four = |last| SocketAddr::from(([192, 0, 2, last], 80));
        assert_eq!(interleaved(&[four(1), four(2), four(3), six(1)]), [six(1), four(1), four(2), four(3)]);
        assert_eq!(interleaved(&[six(1), six(2)]), [six(1), six(2)]);
        assert_eq!(interleaved(&[]), []);
    }

    #[tokio::test]
    async fn an_address_that_refuses_does_not_hide_one_that_answers() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let good = listener.local_addr().unwrap();
        let refusing = SocketAddr::from(([127, 0, 0, 1], 1));
        let connected = connect(&[refusing, good], Duration::from_secs(2)).await.map(|connected| connected.address);
        assert_eq!(connected, Ok(good));
        assert_eq!(connect(&[refusing], Duration::from_secs(2)).await.err().as_deref(), Some("connection refused"));
        assert!(connect(&[], Duration::from_secs(2)).await.is_err());
    }

    #[test]
    fn hosts_and_ports_are_written_as_servers_expect() {
        for (url, named, header) in [
            ("https://www.example.org./x", "www.example.org", "www.example.org."),
            ("http://user:secret@example.org:8080/", "example.org", "example.org:8080"),
            ("https://[2001:db8::1]:8443/", "2001:db8::1", "[2001:db8::1]:8443"),
            ("https://example.org:443/", "example.org", "example.org"),
        ] {
            let url = Url::parse(url).unwrap();
            assert_eq!((host(&url).as_deref(), authority(&url).as_str()), (Some(named), header));
        }
    }
}
