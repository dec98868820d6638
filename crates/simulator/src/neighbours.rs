//! What can be asked of the home's own network: the router's counters, who hands out addresses, who else has ours.

use std::net::{IpAddr, Ipv4Addr};

use demarc_model::{
    AddressOwners, DhcpOffer, DhcpServers, Direction, LineAddress, LineConnection, Outcome, Phrase, RouterDescription, RouterState,
    SeenFrom, WanTraffic,
};

use crate::{
    address::{self, DEVICE, GATEWAY, Place},
    pipe::{self, Inflow},
    world::Moment,
};

/// A machine at home that hands out addresses though it should not.
const ROGUE: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 168, 1, 66));
/// Longest watch of the counters, in milliseconds.
const LONGEST_WATCH_MS: u32 = 60_000;
/// Step of the watch, in milliseconds.
const STEP_MS: f64 = 20.0;
/// Time to find the router's counters and to read them twice, in milliseconds.
const FINDING_MS: f64 = 900.0;
/// How long offers and owners are waited for, in milliseconds.
const WAIT_MS: f64 = 3_000.0;

/// The line's counters while the visit itself is quiet: every program and device of the home.
pub fn wan_traffic(moment: &mut Moment, for_ms: u32) -> (Outcome, f64) {
    let home = &moment.world.household;
    if !home.counters.available || !home.connected() {
        return (Outcome::Blocked { why: Phrase::new("blocked-wan-counters").text("gateway", GATEWAY.to_string()) }, FINDING_MS);
    }
    let watched_ms = f64::from(for_ms.min(LONGEST_WATCH_MS));
    let [received, sent] = [Direction::Down, Direction::Up].map(|direction| moment.carried(direction, watched_ms));
    let traffic =
        WanTraffic { address: Some(moment.world.line_address()), received_bytes_per_s: received, sent_bytes_per_s: sent, watched_ms };
    (traffic.into(), FINDING_MS + watched_ms)
}

/// A router that keeps counters also tells of itself and its connection.
pub fn router(moment: &Moment) -> (Outcome, f64) {
    let home = &moment.world.household;
    if !home.counters.available || !home.connected() {
        return (Outcome::Blocked { why: Phrase::new("blocked-router-silent").text("gateway", GATEWAY.to_string()) }, 2.0 * FINDING_MS);
    }
    let up = moment.world.line_is_up(moment.at_ms);
    let word = |up_word: &str, down_word: &str| Some(if up { up_word } else { down_word }.to_owned());
    let since_s = moment.world.steady_s(moment.at_ms);
    let state = RouterState {
        mac: Some("02:00:5e:10:00:01".to_owned()),
        names: vec!["router.home.arpa".to_owned()],
        description: Some(Box::new(RouterDescription {
            name: Some("Simulated router".to_owned()),
            manufacturer: Some("Demarc".to_owned()),
            model: Some("Simulated router".to_owned()),
            model_number: None,
        })),
        connection: Some(Box::new(LineConnection {
            status: word("Connected", "Disconnected"),
            uptime_s: Some(since_s),
            physical: word("Up", "Down"),
            ..LineConnection::default()
        })),
        line_addresses: vec![LineAddress { address: moment.world.line_address(), by: "upnp".to_owned() }],
        ..RouterState::default()
    };
    (state.into(), FINDING_MS)
}

/// What a server behind every translation sees.
pub fn stun(moment: &Moment, server: &str) -> (Outcome, f64) {
    let world = moment.world;
    let reached = world.household.connected()
        && ![Place::Link, Place::Router].iter().any(|place| world.is_out(*place, moment.at_ms))
        && world.line_is_up(moment.at_ms);
    if !reached {
        return (Outcome::Failed { why: Phrase::new("failed-stun").text("server", server).text("detail", "it does not answer") }, WAIT_MS);
    }
    let nat = &world.household.nat;
    let own_port = 41_000;
    // Who translates twice keeps no port.
    let port = if nat.second || nat.carrier_grade { 17_042 } else { own_port };
    let seen = SeenFrom { server: server.to_owned(), address: address::OUTSIDE, port, own_port };
    (seen.into(), 2.0 * FINDING_MS / 10.0)
}

pub fn dhcp_servers(moment: &Moment, interface: &str) -> (Outcome, f64) {
    if let Some(refused) = refused(moment, interface) {
        return refused;
    }
    let offer = |server: IpAddr| DhcpOffer { server, router: Some(server), name_servers: vec![server] };
    let rogue = moment.world.household.dhcp.rogue.then(|| offer(ROGUE));
    (DhcpServers { offers: std::iter::once(offer(GATEWAY)).chain(rogue).collect() }.into(), WAIT_MS)
}

pub fn address_owners(moment: &Moment, interface: &str, address: Ipv4Addr) -> (Outcome, f64) {
    if let Some(refused) = refused(moment, interface) {
        return refused;
    }
    let shared = moment.world.household.device.address_conflict && DEVICE == IpAddr::V4(address);
    let owner = match IpAddr::V4(address) {
        GATEWAY => Some("02:00:5e:10:00:01"),
        _ if shared => Some("02:00:5e:10:00:66"),
        _ => None,
    };
    let others = owner.map(str::to_owned).into_iter().collect();
    (AddressOwners { others }.into(), WAIT_MS)
}

/// Why nothing can be asked on an interface.
fn refused(moment: &Moment, interface: &str) -> Option<(Outcome, f64)> {
    let home = &moment.world.household;
    if interface != home.interface() || !moment.world.carrier(moment.at_ms) {
        return Some((Outcome::Failed { why: Phrase::new("failed-no-interface").text("interface", interface) }, 1.0));
    }
    (!home.dhcp.permitted).then(|| (Outcome::Blocked { why: Phrase::new("blocked-raw-missing").text("program", "demarc-raw") }, 1.0))
}

impl Moment<'_> {
    /// Bytes a second that home and this computer move over the line, on average over a while.
    fn carried(&mut self, direction: Direction, for_ms: f64) -> f64 {
        let world = self.world;
        let pipe = world.pipes.at(pipe::index(Place::Access, direction));
        let mut level = pipe.settled();
        let steps = (for_ms / STEP_MS).ceil().max(1.0) as u32;
        let mut bytes = 0.0;
        for step in 0..steps {
            let at_ms = self.at_ms + STEP_MS * f64::from(step);
            if world.is_out(Place::Access, at_ms) {
                continue;
            }
            let (home, others) = pipe.background(world.seed, at_ms);
            let passed = level.advance(pipe, world.seed, at_ms, STEP_MS, pipe.rate_at(world.seed, at_ms), Inflow::default());
            bytes += passed.background * STEP_MS * home / (home + others).max(f64::MIN_POSITIVE);
        }
        bytes / (f64::from(steps) * STEP_MS) * 1_000.0
    }
}
