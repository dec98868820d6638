//! What the engine tells whoever shows a visit.

use demarc_model::{LiveSample, Run};
use demarc_wizard::View;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// One event of the visit's stream.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case", tag = "kind", content = "value")]
pub enum Update {
    /// The whole view, after something changed.
    View(Box<View>),
    /// A figure of a running check, to be drawn at once.
    Live {
        /// The check that is running.
        check: String,
        /// The figure.
        sample: LiveSample,
    },
    /// The record of the visit, when the verdict is there.
    Finished(Box<Run>),
}
