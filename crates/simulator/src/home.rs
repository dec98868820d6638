//! The door to a simulated home: a household, a seed and a clock that only requests move.

use std::{
    future::Future,
    pin::Pin,
    sync::atomic::{AtomicU64, Ordering},
};

use chrono::{DateTime, FixedOffset, TimeDelta};
use demarc_model::{LiveSample, LiveSink, Outcome, Phrase, Prober, Request};

use crate::{
    campaign, chance, device, fetch,
    household::Household,
    names, neighbours, trace,
    world::{Moment, World},
};

/// A household in virtual time. A request starts when [`Prober::perform`] is called and moves the clock to its end when its future
/// is polled: futures made together overlap, and one made after another has finished follows it.
#[derive(Debug)]
pub struct SimulatedHome {
    world: World,
    started: DateTime<FixedOffset>,
    /// Microseconds since `started`.
    clock_us: AtomicU64,
}

impl SimulatedHome {
    /// The household as this seed makes it, with its clock at `started`.
    pub fn new(household: Household, seed: u64, started: DateTime<FixedOffset>) -> Self {
        Self { world: World::new(household, seed), started, clock_us: AtomicU64::new(0) }
    }

    /// The household that lives here.
    pub fn household(&self) -> &Household {
        &self.world.household
    }

    /// What comes back from a request made `at_ms` milliseconds after the start, and how many milliseconds that takes. The same
    /// for the same seed, request and time, whatever else was asked.
    pub fn answer(&self, request: &Request, at_ms: f64, live: &dyn Fn(LiveSample)) -> (Outcome, f64) {
        let at_ms = if at_ms.is_finite() { at_ms.max(0.0) } else { 0.0 };
        let rng = chance::for_request(self.world.seed, request, at_ms);
        let moment = &mut Moment::new(&self.world, at_ms, rng);
        match request {
            Request::Network => device::network(moment),
            Request::Resolvers => device::resolvers(moment),
            Request::Proxy => device::proxy(moment),
            Request::HostsFile { names } => device::hosts_file(moment, names),
            Request::Host { for_ms } => device::host(moment, *for_ms),
            Request::Clock { server } => device::clock(moment, server),
            Request::Lease { interface } => device::lease(moment, interface),
            Request::Link { interface } => device::link(moment, interface),
            Request::CableTest { interface } => device::cable_test(moment, interface),
            Request::Wifi { interface } => device::wifi(moment, interface),
            Request::WifiNeighbours { interface } => device::wifi_neighbours(moment, interface),
            Request::WifiWatch { interface, for_ms } => device::wifi_watch(moment, interface, *for_ms, live),
            Request::Dns { resolver, name, record, attempts, timeout_ms } => {
                names::dns(moment, *resolver, name, *record, *attempts, *timeout_ms)
            }
            Request::Fetch { url, family, address, timeout_ms } => fetch::fetch(moment, url, *family, *address, *timeout_ms),
            Request::PathMtu { destination, ceiling } => fetch::path_mtu(moment, *destination, *ceiling),
            Request::Trace { destination, protocol, flow, max_hops, rounds } => {
                trace::trace(moment, *destination, *protocol, *flow, (*max_hops, *rounds), live)
            }
            Request::WanTraffic { for_ms } => neighbours::wan_traffic(moment, *for_ms),
            Request::Router => neighbours::router(moment),
            Request::Stun { server } => neighbours::stun(moment, server),
            Request::DhcpServers { interface } => neighbours::dhcp_servers(moment, interface),
            Request::AddressOwners { interface, address } => neighbours::address_owners(moment, interface, *address),
            Request::ModemPage { .. } => (Outcome::Failed { why: Phrase::new("failed-not-simulated") }, 0.0),
            Request::Campaign(asked) => campaign::campaign(moment, asked, live),
        }
    }
}

impl Prober for SimulatedHome {
    fn now(&self) -> DateTime<FixedOffset> {
        let elapsed = TimeDelta::microseconds(i64::try_from(self.clock_us.load(Ordering::SeqCst)).unwrap_or(i64::MAX));
        self.started.checked_add_signed(elapsed).unwrap_or(self.started)
    }

    fn perform(&self, request: Request, live: LiveSink) -> Pin<Box<dyn Future<Output = Outcome> + Send + '_>> {
        let start_us = self.clock_us.load(Ordering::SeqCst);
        let (outcome, elapsed_ms) = self.answer(&request, start_us as f64 / 1000.0, &*live);
        let end_us = start_us.saturating_add((elapsed_ms * 1000.0) as u64);
        Box::pin(async move {
            self.clock_us.fetch_max(end_us, Ordering::SeqCst);
            outcome
        })
    }

    fn system(&self) -> (String, String) {
        ("Simulated computer".to_owned(), "1".to_owned())
    }
}
