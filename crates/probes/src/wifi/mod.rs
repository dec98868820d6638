//! State of one interface's Wi-Fi connection.

use demarc_model::Outcome;

#[cfg(target_os = "linux")]
use linux as os;
#[cfg(target_os = "macos")]
use macos as os;
#[cfg(windows)]
use windows as os;

#[cfg(target_os = "linux")]
mod linux;
pub mod macos;
pub mod windows;

/// Signal, noise, rates and retries of an interface; not applicable where it is not wireless.
pub(crate) async fn perform(interface: &str) -> Outcome {
    #[cfg(any(target_os = "linux", target_os = "macos", windows))]
    return os::perform(interface).await;
    #[cfg(not(any(target_os = "linux", target_os = "macos", windows)))]
    return crate::not_here();
}

/// The part of the spectrum that a channel's number belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Band {
    Two,
    Five,
    Six,
}

/// The centre of a channel of 20 MHz in MHz (IEEE 802.11). Where the band is not told, the number alone tells the older two apart.
fn frequency(channel: u32, band: Option<Band>) -> Option<u32> {
    let band = band.unwrap_or(if channel <= 14 { Band::Two } else { Band::Five });
    match (band, channel) {
        (Band::Two, 14) => Some(2_484),
        (Band::Two, 1..=13) => Some(2_407 + 5 * channel),
        (Band::Five, 32..=177) => Some(5_000 + 5 * channel),
        (Band::Six, 1..=233) => Some(5_950 + 5 * channel),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn channels_have_their_frequency() {
        let cases = [
            (1, None, Some(2412)),
            (14, Some(Band::Two), Some(2484)),
            (36, None, Some(5180)),
            (165, Some(Band::Five), Some(5825)),
            (1, Some(Band::Six), Some(5955)),
            (0, None, None),
            (u32::MAX, Some(Band::Six), None),
            (36, Some(Band::Two), None),
        ];
        for (channel, band, megahertz) in cases {
            assert_eq!(frequency(channel, band), megahertz, "{channel} {band:?}");
        }
    }
}
