//! Largest packet that passes unfragmented.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
mod search;

#[cfg(target_os = "linux")]
pub(crate) use linux::perform;

#[cfg(not(target_os = "linux"))]
#[allow(clippy::unused_async, reason = "the signature of every operating system")]
pub(crate) async fn perform(_destination: std::net::IpAddr, _ceiling: u16) -> demarc_model::Outcome {
    demarc_model::Outcome::Failed { why: demarc_model::Phrase::new("failed-not-on-this-system") }
}
