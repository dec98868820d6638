//! Largest packet that passes unfragmented.

#[cfg(any(target_os = "linux", windows))]
mod measure;
#[cfg(any(target_os = "linux", windows))]
mod search;

#[cfg(any(target_os = "linux", windows))]
pub(crate) use measure::perform;

#[cfg(not(any(target_os = "linux", windows)))]
#[allow(clippy::unused_async, reason = "the signature of every operating system")]
pub(crate) async fn perform(_destination: std::net::IpAddr, _ceiling: u16) -> demarc_model::Outcome {
    crate::not_here()
}
