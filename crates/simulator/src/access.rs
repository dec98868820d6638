//! Access types, and what is normal for each: a healthy line of its kind is no fault.
//!
//! Sources: [F] read in a public source, [K] field knowledge to re-fit on real lines.

use serde::Deserialize;

use crate::spec::{Shape, Stretch};

/// How the home is connected.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Access {
    /// Fibre to the home.
    #[default]
    Fibre,
    /// Television cable (DOCSIS).
    Cable,
    /// Telephone wire (VDSL2).
    Vdsl,
    /// LTE or 5G to a fixed antenna.
    FixedWireless,
    /// Satellites in low orbit.
    Leo,
}

impl Access {
    /// A healthy line of this type.
    pub fn stretch(self) -> Stretch {
        match self {
            // A passive optical network grants upstream time every 125 us, so it adds almost no jitter [K].
            Self::Fibre => Stretch {
                loss: 0.0002, // [K]
                queue_down_ms: 0.0,
                queue_up_ms: 0.0,
                down_mbps: 100.0,
                up_mbps: 40.0,
                ..Stretch::calm(3.1, 0.25)
            },
            // A modem asks for each upstream slot: some 2 ms of map, request and grant, more when requests collide [K]. Managed
            // queues are prescribed since DOCSIS 3.1 (RFC 8034) [F]; as many lines have short plain ones [K].
            Self::Cable => Stretch {
                loss: 0.0004,        // [K]
                queue_down_ms: 18.0, // [K]
                queue_up_ms: 22.0,   // [K]
                down_mbps: 250.0,    // [K]
                up_mbps: 25.0,       // [K]
                shape: Shape::RequestGrant,
                ..Stretch::calm(9.0, 2.6)
            },
            // Interleaving makes it slow to answer and leaves little jitter [K].
            Self::Vdsl => Stretch {
                loss: 0.0005,        // [K]
                queue_down_ms: 20.0, // [K]
                queue_up_ms: 30.0,   // [K]
                down_mbps: 63.0,     // [K]
                up_mbps: 12.0,       // [K]
                ..Stretch::calm(15.0, 0.5)
            },
            // LTE's expected ping is 20 ms without a repeated block, a repeat adds 8 ms, and a tenth of blocks is repeated [F];
            // busy cells add to it [K].
            Self::FixedWireless => Stretch {
                loss: 0.001,            // [K]
                burst_ms: 100.0,        // [K] repeats hide single losses; what is left is moments without signal
                spikes_per_minute: 5.0, // [K]
                spike_ms: 35.0,         // [K]
                queue_down_ms: 35.0,    // [K]
                queue_up_ms: 45.0,      // [K]
                down_mbps: 80.0,        // [K]
                up_mbps: 12.0,          // [K]
                shape: Shape::Scheduled,
                ..Stretch::calm(24.0, 9.0)
            },
            // Starlink's quartiles to European responders were 40, 50 and 60 ms, 20 ms at best [F: APNIC blog, 28 November 2022];
            // in the United States 33 ms and below 65 ms for 99 % at the busiest hours [F: SpaceX, March 2024]. Satellites are
            // assigned anew every 15 s [F].
            Self::Leo => Stretch {
                loss: 0.003,            // [K]
                burst_ms: 80.0,         // [K]
                spikes_per_minute: 5.0, // [K]
                spike_ms: 45.0,         // [K]
                queue_down_ms: 40.0,    // [K]
                queue_up_ms: 45.0,      // [K]
                down_mbps: 150.0,       // [K]
                up_mbps: 15.0,          // [K]
                shape: Shape::Satellite,
                ..Stretch::calm(32.0, 12.0)
            },
        }
    }
}
