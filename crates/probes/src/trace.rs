//! The hops towards a destination.

use std::net::IpAddr;

use demarc_model::{LiveSink, Outcome, Phrase, TraceProtocol};

#[allow(clippy::unused_async)]
pub(crate) async fn perform(
    _destination: IpAddr,
    _protocol: TraceProtocol,
    _flow: u16,
    _max_hops: u8,
    _rounds: u8,
    _live: &LiveSink,
) -> Outcome {
    Outcome::Failed { why: Phrase::new("failed-not-built") }
}
