//! The hops towards a destination.

#[cfg(any(target_os = "linux", windows))]
mod book;
#[cfg(any(target_os = "linux", windows))]
mod sweep;

#[cfg(any(target_os = "linux", windows))]
pub(crate) use sweep::perform;

#[cfg(not(any(target_os = "linux", windows)))]
#[allow(clippy::unused_async, reason = "the signature of every operating system")]
pub(crate) async fn perform(
    _destination: std::net::IpAddr,
    _protocol: demarc_model::TraceProtocol,
    _flow: u16,
    _max_hops: u8,
    _rounds: u8,
    _live: &demarc_model::LiveSink,
) -> demarc_model::Outcome {
    crate::not_here()
}
