//! Both ends of a measurement: `demarc serve` and the transfers of a visit, on loopback.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use demarc_model::{Campaign, Direction, LoadResult, Measurement, Outcome, Peer, PeerKind, Prober as _, Request};
use demarc_peer::{Access, Limits};
use demarc_probes::RealNetwork;
use rstest::rstest;
use tokio::{net::TcpListener, task::JoinSet};

const TOKEN: &str = "secret-secret-secret";
/// What the peer lets through, in Mbit/s.
const MBPS: f64 = 80.0;

/// A transfer of `duration_ms` with a peer of its own, whose address goes on with `path`.
async fn transfer(kind: PeerKind, direction: Direction, duration_ms: u32, limits: Limits, path: &str) -> LoadResult {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/{path}", listener.local_addr().unwrap()).parse().unwrap();
    let mut serving = JoinSet::new();
    serving.spawn(demarc_peer::serve(listener, Access::Token(TOKEN.to_owned()), None, limits, |_| {}));
    let loads = vec![Peer { url, kind }.load(direction, 0, duration_ms, 100_000_000)];
    let campaign = Request::Campaign(Campaign { lanes: Vec::new(), duration_ms, loads });
    match RealNetwork::new().perform(campaign, Box::new(|_| {})).await {
        Outcome::Measured { measurement: Measurement::Campaign(mut result) } => result.loads.remove(0),
        other => panic!("{other:?}"),
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn what_the_peer_lets_through_is_what_is_measured(
    #[values((PeerKind::Http, "secret-secret-secret/"), (PeerKind::Ndt7, "?access_token=secret-secret-secret"))] peer: (PeerKind, &str),
    #[values(Direction::Down, Direction::Up)] direction: Direction,
) {
    let result = transfer(peer.0, direction, 2_500, Limits { mbps: Some(MBPS), ..Limits::default() }, peer.1).await;
    assert_eq!(result.failure, None);
    let measured = result.mbps.unwrap();
    assert!((0.9 * MBPS..1.05 * MBPS).contains(&measured), "{measured}");
    assert!(result.bytes < 30_000_000, "{}", result.bytes);
}

#[rstest]
#[case::without_the_token(PeerKind::Ndt7, "", "the peer answered with status 403")]
#[case::without_the_token(PeerKind::Http, "", "the peer answered with status 403")]
#[case::elsewhere(PeerKind::Ndt7, "secret-secret-secret/x", "the peer answered with status 404")]
#[tokio::test(flavor = "multi_thread")]
async fn a_peer_that_refuses_is_told(#[case] kind: PeerKind, #[case] path: &str, #[case] failure: &str) {
    let result = transfer(kind, Direction::Down, 2_000, Limits::default(), path).await;
    assert_eq!((result.failure.as_deref(), result.bytes), (Some(failure), 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_test_that_the_peer_ends_goes_on_with_the_next() {
    let limits = Limits { mbps: Some(MBPS), bytes: 4_000_000, ..Limits::default() };
    let result = transfer(PeerKind::Ndt7, Direction::Down, 2_000, limits, "?access_token=secret-secret-secret").await;
    assert!(result.failure.is_none() && result.bytes > 8_000_000, "{result:?}");
}
