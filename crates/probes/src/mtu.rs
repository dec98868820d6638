//! Largest packet that passes unfragmented.

use std::net::IpAddr;

use demarc_model::{Outcome, Phrase};

#[allow(clippy::unused_async)]
pub(crate) async fn perform(_destination: IpAddr, _ceiling: u16) -> Outcome {
    Outcome::Failed { why: Phrase::new("failed-not-built") }
}
