//! Several places probed at the same time on one clock, while transfers load the line in parts of it.

mod lane;
#[cfg(target_os = "linux")]
mod linux;
#[cfg(not(windows))]
mod portable;
mod series;
mod tcp;
#[cfg(windows)]
mod windows;

use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, Instant},
};

use demarc_model::{Campaign, CampaignResult, Lane, LiveSink, Load, LoadResult, Outcome, Phrase, Probe, Request};
use tokio::task::JoinSet;

use self::{
    lane::Pace,
    series::{EchoBackend, Series},
};
use crate::{
    gateway::{Counts, LineCounters},
    load,
    probe::is_one_host,
};

pub(crate) async fn perform(campaign: &Campaign, live: LiveSink) -> Outcome {
    let echo = series::echo_backend();
    if echo.is_none() && !campaign.lanes.is_empty() && campaign.lanes.iter().all(|lane| lane.probe == Probe::Echo) {
        return Outcome::Blocked { why: Phrase::new("blocked-ping-sockets") };
    }
    let duration_ms = campaign.duration_ms.min(Campaign::LONGEST_MS);
    let live = Arc::new(live);
    let started = Instant::now();
    // Tasks of their own, so that a busy transfer does not hold up a probe. Dropping the sets stops them.
    let (mut lanes, mut loads) = (JoinSet::new(), JoinSet::new());
    for (index, lane) in campaign.lanes.iter().enumerate() {
        let series = open(index, lane, echo.as_deref());
        let pace = Pace::of(lane, index, campaign.lanes.len(), duration_ms);
        let (lane, live) = (lane.clone(), Arc::clone(&live));
        lanes.spawn(async move { (index, lane::run(index, lane, series, pace, started, &live).await) });
    }
    for (index, load) in campaign.loads.iter().enumerate() {
        let (load, live) = (load.clone(), Arc::clone(&live));
        loads.spawn(async move { (index, transfer(load, duration_ms, started, &live).await) });
    }
    let result = CampaignResult { lanes: in_order(lanes).await, loads: in_order(loads).await };
    let held_back = |lane: &demarc_model::LaneResult| lane.failure.is_some() && lane.refused > 0;
    match result.lanes.first() {
        Some(first) if result.loads.is_empty() && result.lanes.iter().all(held_back) => {
            Outcome::Blocked { why: Phrase::new("blocked-by-own-firewall").text("address", first.lane.address.to_string()) }
        }
        _ => result.into(),
    }
}

/// The probes of a lane, or the sentence that says why there can be none.
fn open(index: usize, lane: &Lane, echo: Option<&dyn EchoBackend>) -> Result<Box<dyn Series>, String> {
    if index >= Campaign::MOST_LANES {
        return Err(format!("At most {} places can be probed at the same time.", Campaign::MOST_LANES));
    }
    if !is_one_host(lane.address) {
        return Err(format!("{} is not the address of one computer, so it is not probed.", lane.address));
    }
    let opened = match lane.probe {
        Probe::Echo => {
            let backend = echo.ok_or(
                "This computer does not let programs ping. `sudo sysctl -w net.ipv4.ping_group_range=\"0 2147483647\"` allows it.",
            )?;
            backend.open(lane.address)
        }
        Probe::HopLimited { ttl } => series::hop_limited(lane.address, ttl),
        Probe::TcpConnect { port } => Ok(tcp::open(lane.address, port)),
    };
    opened.map_err(|error| lane::unsent(&error))
}

async fn transfer(mut load: Load, duration_ms: u32, started: Instant, live: &LiveSink) -> LoadResult {
    load.start_ms = load.start_ms.min(duration_ms);
    load.duration_ms = load.duration_ms.min(duration_ms - load.start_ms);
    let end = started + Duration::from_millis(u64::from(duration_ms) + Request::ANSWER_GRACE_MS);
    let counters = count_until(&load, started).await;
    let finished = tokio::time::timeout_at(end.into(), load::run(&load, started, live)).await;
    let mut finished = finished.unwrap_or_else(|_| LoadResult {
        began_ms: f64::from(load.start_ms),
        ended_ms: f64::from(duration_ms),
        load,
        bytes: 0,
        rates: Vec::new(),
        mbps: None,
        counted_bytes: None,
        failure: Some("The transfer did not end in time.".to_owned()),
    });
    // Outside of the transfer's own time: a router that answers late costs its count, never what was transferred.
    if let Some((counters, before)) = counters {
        tokio::time::sleep(COUNTERS_LAG).await;
        let after = tokio::time::timeout_at((end + COUNTERS_LATE).into(), counters.read()).await.ok().flatten();
        finished.counted_bytes = after.and_then(|after| before.until(&after, finished.load.direction));
    }
    finished
}

/// How long before a transfer the router's counters are read.
const COUNTERS_BEFORE: Duration = Duration::from_millis(300);
/// How long after a transfer the router's counters have it all.
const COUNTERS_LAG: Duration = Duration::from_millis(300);
/// How long after the campaign's end an answer about them is still waited for.
const COUNTERS_LATE: Duration = Duration::from_secs(1);

/// The router's counters and what they told right before the transfer. A router that takes longer than until then holds nothing up.
async fn count_until(load: &Load, started: Instant) -> Option<(LineCounters, Counts)> {
    let start = started + Duration::from_millis(u64::from(load.start_ms));
    let found_by = start.checked_sub(COUNTERS_BEFORE).unwrap_or(start);
    let counters = tokio::time::timeout_at(found_by.into(), LineCounters::find()).await.ok()??;
    tokio::time::sleep_until(found_by.into()).await;
    let before = tokio::time::timeout_at(start.into(), counters.read()).await.ok()??;
    Some((counters, before))
}

async fn in_order<T: 'static>(mut work: JoinSet<(usize, T)>) -> Vec<T> {
    let mut results = BTreeMap::new();
    while let Some(done) = work.join_next().await {
        results.extend(done.ok());
    }
    results.into_values().collect()
}
