//! What signal, noise, interference and other people's traffic make of a Wi-Fi link: rate adaptation, retries, airtime.

use crate::spec::{Link, SLOWEST_MBPS, Stretch};

/// `(rate in Mbit/s of one stream in 20 MHz with the short guard interval, signal-to-noise ratio in dB at which a tenth of its
/// frames fails)`: IEEE 802.11ac's table of rates [F]; the ratios are the usual planning figures [K].
const RATES: [(f64, f64); 9] =
    [(7.2, 2.0), (14.4, 5.0), (21.7, 9.0), (28.9, 11.0), (43.3, 15.0), (57.8, 18.0), (65.0, 20.0), (72.2, 25.0), (86.7, 29.0)];
/// What a second stream needs on top, in dB [K].
const SECOND_STREAM_DB: f64 = 4.0;
/// Attempts before a frame is given up [K]: the usual retry limit of seven.
const ATTEMPTS: i32 = 8;
/// Share of collisions among attempts when the channel is always busy [K].
const COLLISIONS: f64 = 0.25;
/// How long others keep the channel once they have it, in milliseconds [K]: half the longest aggregate.
const TURN_MS: f64 = 2.0;
/// Arbitration, preamble and frame of a small packet, in milliseconds (IEEE 802.11: 34 us, half of 15 slots of 9 us, frame) [F].
const ATTEMPT_MS: f64 = 0.15;
/// What a repeated attempt costs on top: longer back-off and slower rates, in milliseconds [K].
const RETRY_MS: f64 = 3.0;

/// A radio link as rate adaptation leaves it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Radio {
    /// Rate from the access point in Mbit/s.
    pub receive_mbps: f64,
    /// Rate to the access point in Mbit/s.
    pub send_mbps: f64,
    /// Share of attempts that fail.
    pub retry_share: f64,
    channel_busy: f64,
}

impl Radio {
    /// What the link's settings make of it, with what the file says about rates and retries.
    pub fn of(link: &Link) -> Self {
        let ratio_db = link.signal_dbm - link.noise_dbm;
        // The signal comes and goes faster than rates follow, which matters where it is weak [K].
        let fading = 0.5 * (-(ratio_db - 3.0).max(0.0) / 8.0).exp();
        let disturbed = 1.0 - (1.0 - fading) * (1.0 - link.interference) * (1.0 - COLLISIONS * link.channel_busy);
        let (receive_mbps, errors) = adapted(ratio_db, link.width_mhz);
        // A computer sends with a little less power than its access point [K].
        let (send_mbps, _) = adapted(ratio_db - 2.0, link.width_mhz);
        Self {
            receive_mbps: link.receive_mbps.unwrap_or(receive_mbps),
            send_mbps: link.send_mbps.unwrap_or(send_mbps),
            retry_share: link.retry_share.unwrap_or(1.0 - (1.0 - errors) * (1.0 - disturbed)),
            channel_busy: link.channel_busy,
        }
    }

    /// The stretch that it makes. Retries cost time first and lose packets at the end; they come together, because what spoils one
    /// attempt often spoils the next [K].
    pub fn stretch(&self) -> Stretch {
        let failing = self.retry_share.min(0.98);
        let attempts = (1.0 - failing.powi(ATTEMPTS)) / (1.0 - failing);
        let wait_ms = attempts * (ATTEMPT_MS + TURN_MS * self.channel_busy / (1.0 - self.channel_busy)) + (attempts - 1.0) * RETRY_MS;
        let content = |rate: f64| (0.7 * (1.0 - failing) * (1.0 - self.channel_busy) * rate).max(SLOWEST_MBPS);
        let (down_mbps, up_mbps) = (content(self.receive_mbps), content(self.send_mbps));
        // An access point's buffer is a number of packets, so it lasts longer at a low rate.
        let queue_ms = |rate: f64, least: f64| (least * 300.0 / rate).clamp(least, 150.0);
        let loss = 0.0005_f64.max(failing.powi(ATTEMPTS) + 0.25 * failing.powi(3));
        Stretch {
            loss,
            burst_ms: if loss > 0.002 { 60.0 } else { 0.0 },
            spikes_per_minute: 8.0 + 40.0 * (failing - 0.1).max(0.0),
            spike_ms: 18.0 + 100.0 * (failing - 0.1).max(0.0),
            queue_down_ms: queue_ms(down_mbps, 16.0),
            queue_up_ms: queue_ms(up_mbps, 12.0),
            down_mbps,
            up_mbps,
            ..Stretch::calm(1.3, 2.0 * wait_ms)
        }
    }
}

/// The rate that carries most in Mbit/s, and the share of its frames that fail.
fn adapted(ratio_db: f64, width_mhz: u32) -> (f64, f64) {
    // A wider channel carries more and lets in more noise.
    let width = f64::from(width_mhz.clamp(20, 320)) / 20.0;
    let ratio_db = ratio_db - 10.0 * width.log10();
    let mut best = (RATES[0].0, 1.0, 0.0);
    for (rate, needed_db) in RATES {
        for (streams, extra_db) in [(1.0, 0.0), (2.0, SECOND_STREAM_DB)] {
            // A tenth fails at the needed ratio, and a few dB make all the difference [K].
            let errors = 1.0 / (1.0 + (1.2 * (ratio_db - needed_db - extra_db) + 2.2).exp());
            let rate = rate * streams * width * if width > 1.0 { 1.125 } else { 1.0 };
            if rate * (1.0 - errors) > best.2 {
                best = (rate, errors, rate * (1.0 - errors));
            }
        }
    }
    (best.0, best.1)
}
