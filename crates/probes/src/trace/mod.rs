//! The hops towards a destination.

#[cfg(target_os = "linux")]
mod book;
#[cfg(target_os = "linux")]
mod linux;

#[cfg(target_os = "linux")]
pub(crate) use linux::perform;

#[cfg(not(target_os = "linux"))]
#[allow(clippy::unused_async, reason = "the signature of every operating system")]
pub(crate) async fn perform(
    _destination: std::net::IpAddr,
    _protocol: demarc_model::TraceProtocol,
    _flow: u16,
    _max_hops: u8,
    _rounds: u8,
    _live: &demarc_model::LiveSink,
) -> demarc_model::Outcome {
    demarc_model::Outcome::Failed { why: demarc_model::Phrase::new("failed-not-on-this-system") }
}
