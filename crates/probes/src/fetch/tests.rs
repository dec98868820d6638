#![allow(clippy::unwrap_used, clippy::panic)]

use std::sync::Arc;

use rustls::{
    RootCertStore, ServerConfig,
    pki_types::{CertificateDer, PrivateKeyDer},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
};
use tokio_rustls::TlsAcceptor;

use super::*;

const LIMIT: Duration = Duration::from_secs(2);

const GOOD: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

/// Fetches from a server on loopback that reads a request, sends these bytes and then closes or stays silent.
async fn fetched(answer: Vec<u8>, closes: bool, limit: Duration) -> (FetchTimes, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = Url::parse(&format!("http://localhost:{}/a/b?c=d#e", listener.local_addr().unwrap().port())).unwrap();
    let mut request = vec![0; 4096];
    let serve = async {
        let (mut stream, _) = listener.accept().await.unwrap();
        let length = stream.read(&mut request).await.unwrap();
        request.truncate(length);
        let _ = stream.write_all(&answer).await;
        if closes {
            let _ = stream.shutdown().await;
        }
        // Nothing is read on: what comes now is not wanted any more.
        std::future::pending::<()>().await;
    };
    let times = tokio::select! {
        times = fetch(&url, Family::V4, None, limit, None) => times,
        () = serve => panic!("the server never ends"),
    };
    (times, String::from_utf8(request).unwrap())
}

#[tokio::test]
async fn every_stage_of_a_good_answer_is_timed() {
    let (times, request) = fetched(GOOD.to_vec(), false, LIMIT).await;
    assert_eq!((times.status, times.failed_at, times.error), (Some(200), None, None));
    assert_eq!(times.address, Some(IpAddr::from([127, 0, 0, 1])));
    assert!(times.name_ms.is_some() && times.connect_ms.is_some() && times.first_byte_ms.is_some() && times.tls_ms.is_none());
    assert!(request.starts_with("GET /a/b?c=d HTTP/1.1\r\nhost: localhost:"), "{request}");
    assert!(request.contains(&format!("user-agent: demarc/{}\r\n", env!("CARGO_PKG_VERSION"))), "{request}");
}

#[tokio::test]
async fn any_status_is_an_answer_and_an_endless_one_is_cut() {
    let (times, _) = fetched(b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n".to_vec(), false, LIMIT).await;
    assert_eq!((times.status, times.failed_at), (Some(503), None));
    let endless = [b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n".as_slice(), &vec![b'x'; 200_000]].concat();
    let (times, _) = fetched(endless, false, LIMIT).await;
    assert_eq!((times.status, times.failed_at), (Some(200), None));
}

#[tokio::test]
async fn hostile_answers_are_failures_of_http() {
    let head = b"HTTP/1.1 200 OK\r\n".as_slice();
    let huge = [head, b"X-Fill: ", &vec![b'x'; 300_000], b"\r\n\r\n"].concat();
    let many = [head, &b"X: y\r\n".repeat(5_000), b"\r\n"].concat();
    let short = Duration::from_millis(300);
    for (answer, closes, limit, status, error) in [
        (Vec::new(), true, LIMIT, None, "the server closed the connection early"),
        (head.to_vec(), true, LIMIT, None, "the server closed the connection early"),
        ([head, b"Content-Length: 50\r\n\r\nhalf"].concat(), true, LIMIT, Some(200), "the server closed the connection early"),
        (b"SSH-2.0-OpenSSH_9.2\r\n".to_vec(), false, LIMIT, None, "the answer is not HTTP"),
        (huge, false, LIMIT, None, "the head of the answer is too large"),
        (many, false, LIMIT, None, "the head of the answer is too large"),
        (Vec::new(), false, short, None, "timed out"),
        ([head, b"Content-Length: 50\r\n\r\nhalf"].concat(), false, short, Some(200), "timed out"),
    ] {
        let (times, _) = fetched(answer, closes, limit).await;
        assert_eq!((times.failed_at, times.error.as_deref(), times.status), (Some(FetchStage::Http), Some(error), status));
        assert!(times.connect_ms.is_some());
    }
}

#[tokio::test]
async fn a_head_that_drips_ends_at_the_limit() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = Url::parse(&format!("http://{}/", listener.local_addr().unwrap())).unwrap();
    let serve = async {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut pace = tokio::time::interval(Duration::from_millis(20));
        for byte in GOOD.iter().cycle() {
            pace.tick().await;
            let _ = stream.write_all(&[*byte]).await;
        }
    };
    let begun = Instant::now();
    let times = tokio::select! {
        times = fetch(&url, Family::Any, None, Duration::from_millis(300), None) => times,
        () = serve => panic!("the server never ends"),
    };
    assert_eq!((times.failed_at, times.error.as_deref(), times.name_ms), (Some(FetchStage::Http), Some("timed out"), None));
    assert!(begun.elapsed() < LIMIT);
}

#[tokio::test]
async fn a_failing_stage_is_an_answer() {
    let fetch_at = async |url: &str, family, address| fetch(&Url::parse(url).unwrap(), family, address, LIMIT, None).await;
    let times = fetch_at("http://127.0.0.1:1/", Family::Any, None).await;
    assert_eq!((times.failed_at, times.error.as_deref()), (Some(FetchStage::Connect), Some("connection refused")));
    assert_eq!(times.address, Some(IpAddr::from([127, 0, 0, 1])));
    let times = fetch_at("http://127.0.0.1:1/", Family::V6, None).await;
    assert_eq!((times.failed_at, times.error.as_deref()), (Some(FetchStage::Name), Some("the name has no IPv6 address")));
    let times = fetch_at("http://name.invalid:1/", Family::V4, Some(IpAddr::from([127, 0, 0, 1]))).await;
    assert_eq!((times.failed_at, times.name_ms), (Some(FetchStage::Connect), None), "a given address needs no name");
    let Outcome::Failed { why } = perform(&Url::parse("ftp://127.0.0.1/").unwrap(), Family::Any, None, 100).await else {
        panic!("measured")
    };
    assert_eq!(why.id, "failed-fetch-scheme");
}

/// Fetches over TLS from a server that shows the certificate above; `trusted` puts it among the roots.
async fn secured(trusted: bool, host: &str) -> FetchTimes {
    // Signs itself; the key lives no longer than this test.
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let certificate: CertificateDer<'static> = made.cert.der().clone();
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.clone()], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let mut roots = RootCertStore::empty();
    if trusted {
        roots.add(certificate).unwrap();
    }
    let connector = http::connector(roots).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = Url::parse(&format!("https://{host}:{}/", listener.local_addr().unwrap().port())).unwrap();
    let serve = async {
        let (stream, _) = listener.accept().await.unwrap();
        if let Ok(mut stream) = acceptor.accept(stream).await {
            let _ = stream.read(&mut [0; 4096]).await;
            let _ = stream.write_all(GOOD).await;
        }
        std::future::pending::<()>().await;
    };
    tokio::select! {
        times = fetch(&url, Family::Any, Some(IpAddr::from([127, 0, 0, 1])), LIMIT, Some(&connector)) => times,
        () = serve => panic!("the server never ends"),
    }
}

#[tokio::test]
async fn certificates_are_checked_and_their_faults_told() {
    let times = secured(true, "localhost").await;
    assert_eq!((times.status, times.failed_at, times.error), (Some(200), None, None));
    assert!(times.tls_ms.is_some());
    for (trusted, host, error) in [
        (false, "localhost", "the certificate comes from nobody this computer trusts"),
        (true, "other.example", "the certificate belongs to another name"),
    ] {
        let times = secured(trusted, host).await;
        assert_eq!((times.failed_at, times.error.as_deref()), (Some(FetchStage::Tls), Some(error)));
        assert!(times.connect_ms.is_some() && times.tls_ms.is_none());
    }
}

#[tokio::test]
async fn a_server_that_does_not_speak_tls_fails_there() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = Url::parse(&format!("https://{}/", listener.local_addr().unwrap())).unwrap();
    let connector = http::connector(RootCertStore::empty()).unwrap();
    let serve = async {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.write_all(GOOD).await.unwrap();
        std::future::pending::<()>().await;
    };
    let times = tokio::select! {
        times = fetch(&url, Family::Any, None, LIMIT, Some(&connector)) => times,
        () = serve => panic!("the server never ends"),
    };
    assert_eq!((times.failed_at, times.error.as_deref()), (Some(FetchStage::Tls), Some("the answer is not TLS")));
}
