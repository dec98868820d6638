//! State of one interface's Wi-Fi connection.

use demarc_model::Outcome;

#[cfg(target_os = "linux")]
mod linux;

/// Signal, noise, rates and retries of an interface; not applicable where it is not wireless.
pub(crate) async fn perform(interface: &str) -> Outcome {
    #[cfg(target_os = "linux")]
    return linux::perform(interface).await;
    #[cfg(not(target_os = "linux"))]
    {
        let _ = interface;
        return Outcome::Failed { why: demarc_model::Phrase::new("failed-not-on-this-system") };
    }
}
