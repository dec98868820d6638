//! Several places probed at the same time on one clock.

use demarc_model::{Campaign, LiveSink, Outcome, Phrase};

pub(crate) async fn perform(campaign: &Campaign, live: &LiveSink) -> Outcome {
    let started = std::time::Instant::now();
    for load in &campaign.loads {
        crate::load::run(load, started, live).await;
    }
    Outcome::Failed { why: Phrase::new("failed-not-built") }
}
