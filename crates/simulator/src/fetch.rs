//! Connections: handshakes with their retransmissions, HTTP(S) requests, and the largest packet that passes.

use std::net::IpAddr;

use demarc_model::{Family, FetchStage, FetchTimes, Outcome, PathMtu};
use rand::RngExt;
use url::{Host, Url};

use crate::{
    address::{Flow, Route},
    chance::{around, jitter},
    spec::{HopName, Ipv6},
    world::Moment,
};

/// Longest wait for one stage, in milliseconds.
const LONGEST_WAIT_MS: u32 = 20_000;
/// First retransmission of a SYN (RFC 6298), in milliseconds.
pub const SYN_RETRY_MS: f64 = 1_000.0;
/// First retransmission on a connection, in milliseconds.
const DATA_RETRY_MS: f64 = 240.0;
/// Head start of IPv6 where both families are tried (RFC 8305), in milliseconds.
const HEAD_START_MS: f64 = 250.0;
/// Work of a server for a TLS handshake and for a plain answer, in milliseconds.
const TLS_WORK_MS: f64 = 1.6;
const TOOL_WORK_MS: f64 = 4.0;
/// A clock that is wrong by more than this finds no certificate valid, in milliseconds.
const CERTIFICATE_TOLERANCE_MS: f64 = 30.0 * 86_400_000.0;

/// A stage that failed: how long it took and what went wrong.
type Broken = (f64, String);

pub fn fetch(moment: &mut Moment, url: &Url, family: Family, address: Option<IpAddr>, timeout_ms: u32) -> (Outcome, f64) {
    let wait_ms = f64::from(timeout_ms.clamp(1, LONGEST_WAIT_MS));
    let mut times = FetchTimes::default();
    let mut elapsed_ms = 0.0;
    if let Err((stage, (took_ms, error))) = moment.fetch_stages(url, family, address, wait_ms, &mut times, &mut elapsed_ms) {
        elapsed_ms += took_ms;
        times.failed_at = Some(stage);
        times.error = Some(error);
    }
    (times.into(), elapsed_ms)
}

pub fn path_mtu(moment: &mut Moment, destination: IpAddr, ceiling: u16) -> (Outcome, f64) {
    const PROBES: u8 = 9;
    const GIVE_UP_MS: f64 = 1_000.0;
    let path = &moment.world.household.path;
    let own = moment.world.household.device.mtu.min(ceiling);
    let unanswered = |told_too_big| PathMtu { largest_passed: None, ceiling, told_too_big };
    let Some(route) = moment.world.route(destination, Flow::Echo) else {
        return (unanswered(false).into(), 1.0);
    };
    // The narrow place is behind the line: the router is not behind it.
    let limit = if route.last().name == HopName::Gateway { u16::MAX } else { path.mtu };
    let passes = own.min(limit);
    let told = passes < ceiling && (own < limit || !path.mtu_black_hole);
    let answers = moment.world.household.service.answers_ping || !route.is_service();
    let mut elapsed_ms = 0.0;
    let mut heard = false;
    for _ in 0..PROBES {
        let rtt = moment.whole_round_trip(&route, elapsed_ms).filter(|_| answers);
        elapsed_ms += rtt.unwrap_or(GIVE_UP_MS);
        heard |= rtt.is_some();
    }
    if heard {
        (PathMtu { largest_passed: Some(passes), ceiling, told_too_big: told }.into(), elapsed_ms)
    } else {
        (unanswered(false).into(), elapsed_ms)
    }
}

impl Moment<'_> {
    fn fetch_stages(
        &mut self,
        url: &Url,
        family: Family,
        address: Option<IpAddr>,
        wait_ms: f64,
        times: &mut FetchTimes,
        elapsed_ms: &mut f64,
    ) -> Result<(), (FetchStage, Broken)> {
        let home = &self.world.household;
        let (target, name_ms) = self.target(url, family, address, wait_ms).map_err(|broken| (FetchStage::Name, broken))?;
        times.name_ms = name_ms;
        *elapsed_ms += name_ms.unwrap_or_default();

        let is_wrong_family = matches!((family, target), (Family::V4, IpAddr::V6(_)) | (Family::V6, IpAddr::V4(_)));
        if is_wrong_family {
            return Err((FetchStage::Connect, (0.1, "the address is of the other family".to_owned())));
        }
        let (target, delayed_ms) = match (family, target, url.host_str()) {
            (Family::Any, IpAddr::V6(_), Some(host)) if home.ipv6 == Ipv6::Broken && address.is_none() => {
                (crate::address::of_name(host, false), HEAD_START_MS)
            }
            _ => (target, 0.0),
        };
        times.address = Some(target);
        let (route, connect_ms) = self.connect(target, *elapsed_ms, wait_ms).map_err(|broken| (FetchStage::Connect, broken))?;
        times.connect_ms = Some(connect_ms + delayed_ms);
        *elapsed_ms += connect_ms + delayed_ms;

        if url.scheme() == "https" {
            let tls_ms = self.tls(&route, *elapsed_ms, wait_ms).map_err(|broken| (FetchStage::Tls, broken))?;
            times.tls_ms = Some(tls_ms);
            *elapsed_ms += tls_ms;
        }

        let work_ms = if route.is_service() { home.service.first_byte_ms * around(&mut self.rng, 0.2) } else { TOOL_WORK_MS };
        let answer_ms = self.reply(&route, *elapsed_ms, wait_ms).map(|rtt| rtt + work_ms).filter(|answer| *answer <= wait_ms);
        let first_byte_ms = answer_ms.ok_or_else(|| (FetchStage::Http, (wait_ms, "timed out".to_owned())))?;
        times.first_byte_ms = Some(first_byte_ms);
        *elapsed_ms += first_byte_ms;
        times.status = Some(match (home.captive_portal, route.is_service()) {
            (true, _) => 302,
            (false, true) => home.service.status,
            (false, false) => {
                if url.path().contains("204") {
                    204
                } else {
                    200
                }
            }
        });
        Ok(())
    }

    /// The address to connect to, and how long its name took.
    pub fn target(&mut self, url: &Url, family: Family, address: Option<IpAddr>, wait_ms: f64) -> Result<(IpAddr, Option<f64>), Broken> {
        if let Some(address) = address {
            return Ok((address, None));
        }
        match url.host() {
            Some(Host::Ipv4(address)) => Ok((address.into(), None)),
            Some(Host::Ipv6(address)) => Ok((address.into(), None)),
            Some(Host::Domain(name)) => {
                let v6 = match family {
                    Family::V4 => false,
                    Family::V6 => true,
                    Family::Any => self.world.household.ipv6 != Ipv6::Absent,
                };
                self.look_up(name, v6, 0.0, wait_ms).map(|(address, took_ms)| (address, Some(took_ms)))
            }
            None => Err((0.0, "the address has no host".to_owned())),
        }
    }

    /// A TCP handshake: a lost SYN is sent again after 1, 3 and 7 seconds.
    pub fn connect(&mut self, target: IpAddr, after_ms: f64, wait_ms: f64) -> Result<(Route, f64), Broken> {
        let mut route = self.world.route(target, Flow::Tcp).ok_or_else(|| (0.2, "network is unreachable".to_owned()))?;
        if self.world.household.captive_portal {
            // The portal answers in place of everyone.
            route.vanish_after = usize::MAX;
            route.hops.truncate(1);
        }
        let took_ms = self.until_answered(&route, after_ms, wait_ms, SYN_RETRY_MS).ok_or_else(|| (wait_ms, "timed out".to_owned()))?;
        if self.world.household.service.refuses && route.is_service() && !self.world.household.captive_portal {
            return Err((took_ms, "connection refused".to_owned()));
        }
        Ok((route, took_ms))
    }

    fn tls(&mut self, route: &Route, after_ms: f64, wait_ms: f64) -> Result<f64, Broken> {
        let home = &self.world.household;
        // A server's certificate fills packets.
        let rtt = if self.world.swallows_full_packets() { None } else { self.reply(route, after_ms, wait_ms) };
        let took_ms = rtt.ok_or_else(|| (wait_ms, "timed out".to_owned()))? + jitter(&mut self.rng, TLS_WORK_MS);
        if home.captive_portal {
            return Err((took_ms, "the certificate is for another name".to_owned()));
        }
        if home.device.clock_offset_ms.abs() > CERTIFICATE_TOLERANCE_MS {
            return Err((took_ms, "the certificate is not valid at this time".to_owned()));
        }
        Ok(took_ms)
    }

    /// A round trip on an open connection, with its retransmissions.
    fn reply(&mut self, route: &Route, after_ms: f64, wait_ms: f64) -> Option<f64> {
        self.until_answered(route, after_ms, wait_ms, DATA_RETRY_MS)
    }

    /// Sends until something comes back, waiting twice as long each time.
    fn until_answered(&mut self, route: &Route, after_ms: f64, wait_ms: f64, first_retry_ms: f64) -> Option<f64> {
        let (mut sent_ms, mut retry_ms) = (0.0, first_retry_ms);
        while sent_ms < wait_ms {
            if let Some(rtt_ms) = self.whole_round_trip(route, after_ms + sent_ms) {
                return Some(sent_ms + rtt_ms).filter(|took_ms| *took_ms <= wait_ms);
            }
            sent_ms += retry_ms * (1.0 + 0.02 * self.rng.random::<f64>());
            retry_ms *= 2.0;
        }
        None
    }
}
