//! Transfers that load the line: parallel connections, by HTTP or ndt7, that move bytes until time or bytes run out.

use std::{
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use demarc_model::{LiveSample, LiveSink, Load, LoadResult};
use tokio::{
    task::JoinSet,
    time::{MissedTickBehavior, interval, sleep_until, timeout_at},
};
use tokio_rustls::TlsConnector;

use crate::{http, names::resolve};
use connection::{Job, lane};
use ledger::Ledger;
use rate::Meter;

mod acked;
mod connection;
mod ledger;
mod ndt7;
mod rate;

const MOST_CONNECTIONS: u8 = 16;
const LONGEST: Duration = Duration::from_mins(10);
/// Longest wait for the peer's address.
const NAME_LIMIT: Duration = Duration::from_secs(5);
/// Time between two rates.
const INTERVAL: Duration = Duration::from_millis(250);

/// Waits for the load's start after `started`, the campaign's start, and moves bytes. Dropping the future ends every
/// connection at once, with what is still queued in this computer.
pub(crate) async fn run(load: &Load, started: Instant, live: &LiveSink) -> LoadResult {
    let start = started + Duration::from_millis(u64::from(load.start_ms));
    sleep_until(start.into()).await;
    let deadline = Instant::now() + Duration::from_millis(u64::from(load.duration_ms)).min(LONGEST);
    let ledger = Arc::new(Ledger::new(load.direction, load.max_bytes));
    let mut meter = Meter::new(started);
    let failure = match timeout_at(deadline.into(), prepare(load)).await {
        Ok(Ok((addresses, connector))) => {
            let job = Job { peer: load.peer.clone(), addresses, connector, ledger: Arc::clone(&ledger), chunk: chunk(load) };
            transfer(load, job, deadline, &mut meter, live).await
        }
        Ok(Err(error)) => Some(error),
        Err(_) => Some("timed out".to_owned()),
    };
    let bytes = ledger.moved();
    let nothing = (bytes == 0).then(|| "nothing was moved in the time given".to_owned());
    LoadResult {
        load: load.clone(),
        bytes,
        began_ms: meter.at(ledger.began().unwrap_or(start)),
        ended_ms: meter.at(Instant::now()),
        mbps: meter.settled(),
        rates: meter.rates,
        counted_bytes: None,
        failure: failure.or(nothing),
    }
}

async fn prepare(load: &Load) -> Result<(Vec<SocketAddr>, Option<TlsConnector>), String> {
    let connector = match load.peer.scheme() {
        "http" | "ws" => None,
        "https" | "wss" => Some(http::tls().await?),
        other => return Err(format!("`{other}` is not an address of a web server")),
    };
    let host = http::host(&load.peer).ok_or("the peer's address has no host name")?;
    let addresses = resolve(&host, load.peer.port_or_known_default().unwrap_or(80), NAME_LIMIT).await?;
    Ok((http::interleaved(&addresses), connector))
}

/// Bytes of one request: few requests, and yet work for every connection until the end.
fn chunk(load: &Load) -> u64 {
    (load.max_bytes / (u64::from(load.connections.max(1)) * 2)).clamp(64 * 1024, 25_000_000)
}

/// Runs all connections until the deadline, or until none is left; the failure when none survived.
async fn transfer(load: &Load, job: Job, deadline: Instant, meter: &mut Meter, live: &LiveSink) -> Option<String> {
    let ledger = Arc::clone(&job.ledger);
    let job = Arc::new(job);
    let mut lanes = JoinSet::new();
    for _ in 0..load.connections.clamp(1, MOST_CONNECTIONS) {
        lanes.spawn(lane(Arc::clone(&job)));
    }
    let mut tick = interval(INTERVAL);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut failure = None;
    let mut completed = false;
    loop {
        tokio::select! {
            () = sleep_until(deadline.into()) => { completed = true; break }
            _ = tick.tick() => {
                if let Some(sample) = meter.count(&ledger) {
                    live(LiveSample::Rate { direction: load.direction, at_ms: sample.at_ms, mbps: sample.mbps });
                }
            }
            ended = lanes.join_next() => match ended {
                None => break,
                Some(Ok(Ok(()))) => { completed = true; meter.no_longer_full(&ledger) }
                Some(Ok(Err(error))) => { failure.get_or_insert(error); }
                Some(Err(error)) => { failure.get_or_insert(error.to_string()); }
            },
        }
    }
    meter.finish(&ledger);
    lanes.shutdown().await;
    // A connection that broke while others went on is no failure of the transfer.
    failure.filter(|_| !completed || ledger.moved() == 0)
}

#[cfg(test)]
mod tests;
