//! State of one interface's Wi-Fi connection.

use std::time::Duration;

use demarc_model::{LiveSample, LiveSink, Measurement, Outcome, Request, WifiSample, WifiWatch};
use tokio::time::Instant;

use crate::bounded::milliseconds;

#[cfg(target_os = "linux")]
use linux as os;
#[cfg(target_os = "macos")]
use macos as os;
#[cfg(windows)]
use windows as os;

#[cfg_attr(not(target_os = "linux"), allow(dead_code, reason = "other systems read beacons themselves"))]
pub mod elements;
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

/// Networks around an interface.
pub(crate) async fn neighbours(interface: &str) -> Outcome {
    #[cfg(target_os = "linux")]
    return os::neighbours(interface).await;
    #[cfg(not(target_os = "linux"))]
    return elsewhere(interface).await;
}

/// Neither system tells of other networks without the user's location.
#[cfg(not(target_os = "linux"))]
#[allow(clippy::unused_async, reason = "Linux is asked")]
async fn elsewhere(_: &str) -> Outcome {
    crate::not_here()
}

/// The link over a while. Where the system tells no events, looks at its state are what there is.
pub(crate) async fn watch(interface: &str, for_ms: u32, live: &LiveSink) -> Outcome {
    let watch = Duration::from_millis(u64::from(for_ms).min(Request::LONGEST_WATCH_MS));
    #[cfg(target_os = "linux")]
    return os::watch(interface, watch, live).await;
    #[cfg(not(target_os = "linux"))]
    return looked_at(interface, watch, live).await;
}

/// Looks as often as the system answers, two a second at most.
#[cfg_attr(target_os = "linux", allow(dead_code, reason = "Linux tells more"))]
async fn looked_at(interface: &str, watch: Duration, live: &LiveSink) -> Outcome {
    const LOOK_EVERY: Duration = Duration::from_millis(500);
    let begun = Instant::now();
    let mut told = WifiWatch { interface: interface.to_owned(), ..WifiWatch::default() };
    while begun.elapsed() < watch {
        let next = Instant::now() + LOOK_EVERY;
        let link = match perform(interface).await {
            Outcome::Measured { measurement: Measurement::Wifi(link) } => link,
            other => return other,
        };
        let mbps = [link.receive_mbps, link.send_mbps].into_iter().flatten().min_by(f64::total_cmp);
        let at_ms = milliseconds(begun.elapsed());
        let sample = WifiSample { at_ms, signal_dbm: link.signal_dbm.filter(|_| link.connected), mbps: mbps.filter(|_| link.connected) };
        live(LiveSample::Signal { at_ms, dbm: sample.signal_dbm, mbps: sample.mbps });
        told.samples.push(sample);
        tokio::time::sleep_until(next).await;
    }
    told.watched_ms = milliseconds(begun.elapsed());
    told.into()
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
