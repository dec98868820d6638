//! What a modem's own status page says of the line, as far as somebody saved or pasted it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Values of a page. The page itself is not kept.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct ModemPage {
    /// Channels of a cable modem towards the home (DOCSIS), at most 64.
    #[serde(default)]
    pub down: Vec<DocsisDown>,
    /// And away from it, at most 32.
    #[serde(default)]
    pub up: Vec<DocsisUp>,
    /// The DSL line.
    #[serde(default)]
    pub dsl: Option<Dsl>,
    /// How often the log tells that the other end did not answer a request to range (T3) or to stay in touch (T4).
    #[serde(default)]
    pub t3_timeouts: u32,
    /// See `t3_timeouts`.
    #[serde(default)]
    pub t4_timeouts: u32,
}

impl ModemPage {
    /// Whether nothing was found.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// One channel towards the home.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct DocsisDown {
    /// Frequency in MHz.
    #[serde(default)]
    pub frequency_mhz: Option<f64>,
    /// Received power in dBmV.
    #[serde(default)]
    pub power_dbmv: Option<f64>,
    /// Signal-to-noise or modulation-error ratio in dB.
    #[serde(default)]
    pub mer_db: Option<f64>,
    /// Points of the modulation: 64, 256, 4096.
    #[serde(default)]
    pub qam: Option<u32>,
    /// Codewords that were mended.
    #[serde(default)]
    #[ts(type = "number | null")]
    pub corrected: Option<u64>,
    /// Codewords that were lost.
    #[serde(default)]
    #[ts(type = "number | null")]
    pub uncorrected: Option<u64>,
}

/// One channel away from the home.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct DocsisUp {
    /// Frequency in MHz.
    #[serde(default)]
    pub frequency_mhz: Option<f64>,
    /// Sent power in dBmV.
    #[serde(default)]
    pub power_dbmv: Option<f64>,
}

/// A DSL line.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct Dsl {
    /// Towards the home.
    pub down: DslDirection,
    /// Away from it.
    pub up: DslDirection,
}

/// One direction of a DSL line.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct DslDirection {
    /// Rate that the ends agreed on, in kbit/s.
    #[serde(default)]
    pub rate_kbps: Option<f64>,
    /// Rate that the line could carry, in kbit/s.
    #[serde(default)]
    pub attainable_kbps: Option<f64>,
    /// Distance to the noise at which it would fail, in dB.
    #[serde(default)]
    pub margin_db: Option<f64>,
    /// Attenuation in dB.
    #[serde(default)]
    pub attenuation_db: Option<f64>,
    /// Damaged blocks (CRC).
    #[serde(default)]
    #[ts(type = "number | null")]
    pub crc_errors: Option<u64>,
}
