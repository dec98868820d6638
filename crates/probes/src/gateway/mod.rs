//! What the router itself tells of the line: its counters, and its address there. Read by `UPnP` from the default gateway alone.

pub mod description;
pub mod names;
pub mod portmap;
pub mod search;
mod state;

use std::{
    net::{IpAddr, Ipv4Addr},
    time::{Duration, Instant},
};

use demarc_model::{Direction, Measurement, Outcome, Phrase, WanTraffic};

use crate::{bounded::milliseconds, network};
use description::{Answer, Device, Service};
pub(crate) use state::perform as state;

/// Longest watch.
const LONGEST: Duration = Duration::from_mins(1);
/// No line is faster than this, in bytes a second: such counters lie.
const FASTEST: f64 = 12.5e9;

/// Watches the line's counters for about this long, in milliseconds.
pub(crate) async fn perform(for_ms: u32) -> Outcome {
    let (gateway, own) = match home().await {
        Ok(found) => found,
        Err(outcome) => return outcome,
    };
    let blocked = || Outcome::Blocked { why: Phrase::new("blocked-wan-counters").text("gateway", gateway.to_string()) };
    let Some(device) = search::find(gateway, own).await else { return blocked() };
    let watch = Duration::from_millis(u64::from(for_ms)).min(LONGEST);
    let (address, traffic) = tokio::join!(address(&device), traffic(&device, watch));
    match (address, traffic) {
        (address, Some(Ok(traffic))) => WanTraffic { address, ..traffic }.into(),
        // An address alone is worth telling; nothing was watched.
        (Some(address), _) => WanTraffic { address: Some(address), ..WanTraffic::default() }.into(),
        (None, Some(Err(detail))) => Outcome::Failed { why: Phrase::new("failed-wan-counters").text("detail", detail) },
        (None, None) => blocked(),
    }
}

/// The home router and this computer's address in its network.
async fn home() -> Result<(Ipv4Addr, Ipv4Addr), Outcome> {
    let network = match network::perform().await {
        Outcome::Measured { measurement: Measurement::Network(network) } => network,
        other => return Err(other),
    };
    let gateway = network.router().and_then(|route| match route.gateway {
        Some(IpAddr::V4(gateway)) => Some(gateway),
        _ => None,
    });
    let own = network.router_interface().and_then(|interface| {
        let addresses = interface.addresses.iter().filter_map(|text| text.split('/').next()?.parse::<Ipv4Addr>().ok());
        addresses.into_iter().find(|address| !address.is_link_local())
    });
    gateway.zip(own).ok_or_else(|| Outcome::NotApplicable { why: Phrase::new("not-applicable-no-ipv4-router") })
}

/// The router's address on the line; the first connection that has one.
async fn address(device: &Device) -> Option<IpAddr> {
    for connection in &device.connections {
        if let Some(address) = address_of(connection).await {
            return Some(address);
        }
    }
    None
}

async fn address_of(connection: &Service) -> Option<IpAddr> {
    let answer = connection.act("GetExternalIPAddress").await.unwrap_or_default();
    let address = answer.get("NewExternalIPAddress").and_then(|text| text.parse::<IpAddr>().ok());
    address.filter(|address| !address.is_unspecified())
}

/// Rates over a while; `None` where the router keeps no counters.
async fn traffic(device: &Device, watch: Duration) -> Option<Result<WanTraffic, String>> {
    let service = device.counters.as_ref()?;
    let before = Counts::read(service).await?;
    tokio::time::sleep(watch).await;
    let Some(after) = Counts::read(service).await else { return Some(Err("they could not be read twice".to_owned())) };
    let rates = before.received.rate(after.received).zip(before.sent.rate(after.sent));
    let watched_ms = milliseconds(after.received.at.duration_since(before.received.at));
    let told = |(received_bytes_per_s, sent_bytes_per_s)| WanTraffic { address: None, received_bytes_per_s, sent_bytes_per_s, watched_ms };
    Some(rates.map(told).ok_or_else(|| "they jumped".to_owned()))
}

/// The line's counters, to be read around a transfer of known size.
pub(crate) struct LineCounters(Service);

impl LineCounters {
    /// Those of the home router, where it keeps any.
    pub(crate) async fn find() -> Option<Self> {
        let (gateway, own) = home().await.ok()?;
        search::find(gateway, own).await?.counters.map(Self)
    }

    /// Both counters now.
    pub(crate) async fn read(&self) -> Option<Counts> {
        Counts::read(&self.0).await
    }
}

/// Both counters of the line.
pub(crate) struct Counts {
    received: Count,
    sent: Count,
}

/// One counter at one moment.
#[derive(Debug, Clone, Copy)]
struct Count {
    bytes: u64,
    at: Instant,
}

impl Counts {
    /// Bytes counted in one direction until `after`.
    pub(crate) fn until(&self, after: &Self, direction: Direction) -> Option<u64> {
        match direction {
            Direction::Down => self.received.bytes_until(after.received),
            Direction::Up => self.sent.bytes_until(after.sent),
        }
    }

    async fn read(service: &Service) -> Option<Self> {
        // FRITZ!Box routers keep wide counters in an action of their own (AVM, "IGD1"); the standard ones end at 32 bits.
        let wide = service.act("GetAddonInfos").await.unwrap_or_default();
        let named = |answer: &Answer, name: &str| Some(Count { bytes: answer.get(name)?.parse().ok()?, at: Instant::now() });
        let received = named(&wide, "NewX_AVM_DE_TotalBytesReceived64");
        if let Some((received, sent)) = received.zip(named(&wide, "NewX_AVM_DE_TotalBytesSent64")) {
            return Some(Self { received, sent });
        }
        let received = named(&service.act("GetTotalBytesReceived").await?, "NewTotalBytesReceived")?;
        let sent = named(&service.act("GetTotalBytesSent").await?, "NewTotalBytesSent")?;
        Some(Self { received, sent })
    }
}

impl Count {
    /// Bytes a second until `after`; `None` when no line could have moved so many.
    fn rate(self, after: Self) -> Option<f64> {
        let seconds = after.at.duration_since(self.at).as_secs_f64();
        let rate = self.bytes_until(after)? as f64 / seconds.max(1e-3);
        (rate <= FASTEST).then_some(rate.round())
    }

    /// Bytes until `after`. A counter of 32 bits may have begun anew once.
    fn bytes_until(self, after: Self) -> Option<u64> {
        const ONCE_AROUND: u64 = 1 << 32;
        let around = if after.bytes < self.bytes && self.bytes < ONCE_AROUND { ONCE_AROUND } else { 0 };
        after.bytes.checked_add(around)?.checked_sub(self.bytes)
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(1_000, 6_000, Some(1_000.0))]
    // Once around 32 bits.
    #[case(u64::from(u32::MAX) - 999, 4_000, Some(1_000.0))]
    // A wide counter that goes back, or one that leaps, says nothing.
    #[case(1 << 33, 4_000, None)]
    #[case(0, u64::MAX, None)]
    fn rates_come_from_two_counts(#[case] before: u64, #[case] after: u64, #[case] rate: Option<f64>) {
        let at = Instant::now();
        let (before, after) = (Count { bytes: before, at }, Count { bytes: after, at: at + Duration::from_secs(5) });
        assert_eq!(before.rate(after), rate);
    }
}
