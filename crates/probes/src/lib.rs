//! The real network: the only packets and operating-system calls of Demarc, behind [`demarc_model::Prober`].
//!
//! Each request has a module; operating-system code sits beside its subject. A request that cannot be performed says so in
//! its `Outcome`, with what would allow it.

mod arp_table;
mod bounded;
mod campaign;
mod clock;
#[cfg_attr(not(any(target_os = "macos", windows)), allow(dead_code, reason = "other systems are asked without programs"))]
mod command;
mod dns;
mod fetch;
mod gateway;
mod host;
mod hosts_file;
mod http;
mod ipconfig;
mod json;
mod lease;
mod load;
mod mtu;
mod names;
mod neighbours;
#[cfg(target_os = "linux")]
mod netlink;
mod network;
mod probe;
mod proxy;
mod resolvers;
mod stun;
pub mod tcp_info;
mod trace;
#[cfg(target_os = "linux")]
#[doc(hidden)]
pub mod untrusted;
mod wifi;
mod wired;

use std::{
    future::Future,
    path::{Path, PathBuf},
    pin::Pin,
    time::Duration,
};

use chrono::{DateTime, FixedOffset, Local};
use demarc_model::{LiveSink, Outcome, Phrase, Prober, Request};
use sysinfo::System;

/// What programs of Windows and macOS print, read as on those systems: for tests and fuzzing anywhere.
#[doc(hidden)]
pub mod programs {
    pub use crate::arp_table::read as arp_table;
    pub use crate::lease::read as lease;

    pub mod macos {
        pub use crate::{
            network::macos::read as network, proxy::macos::read as proxy, resolvers::macos::read as resolvers, wifi::macos::read as wifi,
            wired::macos::read as link,
        };
    }
    pub mod windows {
        pub use crate::{
            network::{route_print::read as route_print, windows::read as network},
            probe::windows::read as echo_reply,
            proxy::windows::read as proxy,
            resolvers::windows::{read as resolvers, read_ipconfig as ipconfig},
            wifi::windows::read as wifi,
            wired::windows::read as link,
        };
    }
}

/// What is not asked on this operating system yet.
#[allow(dead_code, reason = "Linux is asked everything")]
fn not_here() -> Outcome {
    Outcome::Failed { why: Phrase::new("failed-not-on-this-system") }
}

/// This computer and the network it is on. Creating it sends nothing.
#[derive(Debug, Clone, Default)]
pub struct RealNetwork {
    /// The program for frames, where it is not where packages put it.
    helper: Option<PathBuf>,
}

impl RealNetwork {
    /// The network this computer is on; nothing is opened or sent before a request is performed.
    pub const fn new() -> Self {
        Self { helper: None }
    }

    /// The same, with the program that may send frames at this path.
    pub const fn with_helper(helper: PathBuf) -> Self {
        Self { helper: Some(helper) }
    }
}

impl Prober for RealNetwork {
    fn now(&self) -> DateTime<FixedOffset> {
        Local::now().fixed_offset()
    }

    fn perform(&self, request: Request, live: LiveSink) -> Pin<Box<dyn Future<Output = Outcome> + Send + '_>> {
        let longest = Duration::from_millis(request.bounds().time_ms);
        Box::pin(async move {
            tokio::time::timeout(longest, dispatch(&request, self.helper.as_deref(), live))
                .await
                .unwrap_or_else(|_| Outcome::Failed { why: Phrase::new("failed-timed-out").number("seconds", longest.as_secs_f64(), 0) })
        })
    }

    fn system(&self) -> (String, String) {
        (System::name().unwrap_or_else(|_| std::env::consts::OS.to_owned()), System::os_version().unwrap_or_default())
    }
}

async fn dispatch(request: &Request, helper: Option<&Path>, live: LiveSink) -> Outcome {
    match request {
        Request::Network => network::perform().await,
        Request::Resolvers => resolvers::perform().await,
        Request::Proxy => proxy::perform().await,
        Request::HostsFile { names } => hosts_file::perform(names).await,
        Request::Host { for_ms } => host::perform(*for_ms).await,
        Request::Clock { server } => clock::perform(server).await,
        Request::Link { interface } => wired::perform(interface).await,
        Request::Lease { interface } => lease::perform(interface).await,
        Request::CableTest { interface } => wired::cable_test(interface).await,
        Request::Wifi { interface } => wifi::perform(interface).await,
        Request::WifiNeighbours { interface } => wifi::neighbours(interface).await,
        Request::WifiWatch { interface, for_ms } => wifi::watch(interface, *for_ms, &live).await,
        Request::Dns { resolver, name, record, attempts, timeout_ms } => {
            dns::perform(*resolver, name, *record, *attempts, *timeout_ms).await
        }
        Request::Fetch { url, family, address, timeout_ms } => fetch::perform(url, *family, *address, *timeout_ms).await,
        Request::PathMtu { destination, ceiling } => mtu::perform(*destination, *ceiling).await,
        Request::Trace { destination, protocol, flow, max_hops, rounds } => {
            trace::perform(*destination, *protocol, *flow, *max_hops, *rounds, &live).await
        }
        Request::WanTraffic { for_ms } => gateway::perform(*for_ms).await,
        Request::Router => gateway::state().await,
        Request::Stun { server } => stun::perform(server).await,
        Request::DhcpServers { interface } => neighbours::dhcp_servers(helper, interface).await,
        Request::AddressOwners { interface, address } => neighbours::address_owners(helper, interface, *address).await,
        // The user gives it; it is never asked for.
        Request::ModemPage { .. } => not_here(),
        Request::Campaign(campaign) => campaign::perform(campaign, live).await,
    }
}
