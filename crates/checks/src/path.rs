//! Where on the way are packets lost or held up? Every place is probed at the same time, on one clock.

use std::net::IpAddr;

use demarc_model::{DnsReply, Resolver, Campaign, CampaignResult, Fault, Finding, Lane, LaneResult, Observation, Phrase, Position, Probe, Profile, Request, Step, Visit};

use crate::{
    Check, Plan, outages,
    points::{self, Place},
    route::Route,
    vpn_proxy,
    words::{DECISIVE, FAIR, STRONG, WEAK, accuse, clear},
};

pub const CHECK: Check = Check {
    id: "path",
    step: Step::Path,
    needs: &["trace"],
    faults: &[
        Fault::WiringLoss,
        Fault::WifiLoss,
        Fault::RouterUnreachable,
        Fault::RouterLoss,
        Fault::AccessDown,
        Fault::AccessLoss,
        Fault::AccessCongested,
        Fault::IspOutage,
        Fault::IspLoss,
        Fault::IspCongested,
        Fault::InterconnectOutage,
        Fault::InterconnectLoss,
        Fault::InterconnectCongested,
        Fault::ServiceDown,
        Fault::ServiceLoss,
    ],
    plan,
    interpret,
};

/// A handshake slower than this lost its first packet: the system repeats it after one second.
const HANDSHAKE_REPEATED_MS: f64 = 900.0;

fn plan(visit: &Visit) -> Plan {
    if visit.network().is_some_and(|network| network.default_route().is_none()) {
        return Plan::Blocked(Phrase::new("path-no-route"));
    }
    let lanes = lanes(visit);
    if lanes.is_empty() {
        return Plan::Blocked(Phrase::new("path-no-addresses"));
    }
    let duration_ms = match visit.profile {
        Profile::Quick => 17_000,
        Profile::Standard => 110_000,
        Profile::Thorough => 420_000,
    };
    Plan::Ask(vec![Request::Campaign(Campaign { lanes, duration_ms, loads: Vec::new() })])
}

/// The places worth probing, nearest first. Routers on the way are asked twice: by echo, which they may refuse, and by packets that
/// expire there, which they answer at most once a second.
pub fn lanes(visit: &Visit) -> Vec<Lane> {
    let service = visit.config.services.first().and_then(|service| visit.address_of(&service.host).map(|address| (service, address)));
    let route = Route::of(visit, service.map(|(_, address)| address));
    let towards = service.map(|(_, address)| address).or_else(|| visit.observations.iter().find_map(Observation::trace).map(|trace| trace.destination));
    let mut lanes = Vec::new();
    let mut echo = |position, name: String, address: IpAddr| {
        lanes.push(Lane { position, name, address, probe: Probe::Echo, interval_ms: 100 });
    };
    if let Some(gateway) = visit.gateway() {
        echo(Position::Gateway, gateway.to_string(), gateway);
    }
    // Inside a tunnel, what looks like the provider's routers are the tunnel's.
    let tunnel = visit.network().is_some_and(vpn_proxy::is_through_tunnel);
    let route = if tunnel { Route::default() } else { route };
    let hops = [(Position::FirstHop, route.first_hop), (Position::BorderNear, route.border_near), (Position::BorderFar, route.border_far)];
    for (position, hop) in hops {
        if let Some((address, _)) = hop {
            echo(position, address.to_string(), address);
        }
    }
    for anchor in visit.config.anchors.iter().take(5) {
        let position = if anchor.on_net { Position::OnNet } else { Position::OtherNetwork };
        if let Some(address) = visit.address_of(&anchor.host)
            && Some(address) != service.map(|(_, service)| service)
        {
            echo(position, anchor.host.clone(), address);
        }
    }
    if let Some((service, address)) = service {
        echo(Position::Service, service.host.clone(), address);
        let port = service.page().and_then(|page| page.port_or_known_default()).unwrap_or(443);
        lanes.push(Lane { position: Position::Service, name: service.host.clone(), address, probe: Probe::TcpConnect { port }, interval_ms: 500 });
    }
    if let Some(destination) = towards {
        for (position, hop) in hops {
            if let Some((address, ttl)) = hop {
                lanes.push(Lane { position, name: address.to_string(), address: destination, probe: Probe::HopLimited { ttl }, interval_ms: 1_000 });
            }
        }
    }
    lanes.truncate(Campaign::MOST_LANES);
    lanes
}

fn interpret(visit: &Visit) -> Vec<Finding> {
    let mut findings = Vec::new();
    for seen in visit.of(CHECK.id) {
        let Some(campaign) = seen.campaign() else { continue };
        // What was silent for a while is an outage, not loss: its own check tells it.
        let calm = outages::calm(campaign);
        let places = places(&calm);
        match points::held_back(campaign, seen) {
            // What else a firewall on this computer holds back, such as handshakes, falls silent without a word.
            Some(note) => findings.push(note),
            None => findings.extend(outage(&places, public_server_answered(visit), ends_at_border(visit), seen)),
        }
        let answering = places.iter().filter(|place| place.lane.loss().hits < place.lane.loss().trials);
        for place in answering {
            findings.push(points::finding(visit, place, message(place.lane.lane.position), seen));
        }
    }
    findings
}

/// The lane that shows each place best: of several for one place, the one that lost least.
pub fn places(campaign: &CampaignResult) -> Vec<Place<'_>> {
    let mut best: Vec<&LaneResult> = Vec::new();
    for lane in campaign.lanes.iter().filter(|lane| lane.failure.is_none() && !lane.echoes.is_empty()) {
        let same = |other: &&mut &LaneResult| other.lane.position == lane.lane.position && other.lane.name == lane.lane.name;
        match best.iter_mut().find(same) {
            Some(known) if shows_better(lane, known) => *known = lane,
            Some(_) => {}
            None => best.push(lane),
        }
    }
    let router = |position| matches!(position, Position::FirstHop | Position::BorderNear | Position::BorderFar);
    best.into_iter().map(|lane| Place { lane, may_be_silent: router(lane.lane.position) || limits_echoes(lane, campaign) }).collect()
}

/// Whether a place lost echoes while handshakes with it at the same time went well: it may answer echoes rarely.
fn limits_echoes(lane: &LaneResult, campaign: &CampaignResult) -> bool {
    let handshake = |other: &&LaneResult| other.lane.address == lane.lane.address && matches!(other.lane.probe, Probe::TcpConnect { .. });
    lane.lane.probe == Probe::Echo
        && campaign.lanes.iter().find(handshake).is_some_and(|other| other.loss().trials >= 20 && other.loss().share() < lane.loss().share() / 2.0)
}

/// Whether a second lane to the same place tells more: the first got no answers, or its losses are those of a router that limits
/// its answers, which the second, slower one does not share.
fn shows_better(lane: &LaneResult, known: &LaneResult) -> bool {
    let (loss, known_loss) = (lane.loss(), known.loss());
    // A handshake goes to the same machine as an echo but hides loss when its packets are repeated: it only stands in for silence.
    let limited = matches!(lane.lane.probe, Probe::HopLimited { .. }) && loss.wilson95().1 < known_loss.wilson95().0;
    loss.hits < loss.trials && (known_loss.hits == known_loss.trials || limited)
}

/// Whether a name server outside the provider's network answered during the visit: then the line carries packets, whoever ignores echoes.
fn public_server_answered(visit: &Visit) -> bool {
    visit.observations.iter().any(|observation| {
        let public = matches!(&observation.request, Request::Dns { resolver: Resolver::Server(server), .. } if visit.config.dns.public.contains(&server.ip()));
        public && observation.dns().is_some_and(|answers| answers.replies.iter().any(DnsReply::answered))
    })
}

/// Whether the way to the service was seen to end on the provider's side of the border, while another way led out of the provider's network.
fn ends_at_border(visit: &Visit) -> bool {
    let service = visit.config.services.first().and_then(|service| visit.address_of(&service.host));
    let Some(to_service) = service.and_then(|service| visit.trace_to(service)) else { return false };
    let route = Route::of(visit, service);
    let provider_ends = route.border_near.or(route.first_hop);
    let others_reach = visit.observations.iter().filter_map(Observation::trace).any(|trace| Some(trace.destination) != service && trace.reached);
    !to_service.reached && provider_ends.is_some() && route.border_far.is_none() && others_reach
}

/// Signs that a stretch carries nothing at all: everything from some place on is silent though places before it answer.
fn outage(places: &[Place<'_>], reached: bool, ends_at_border: bool, seen: &Observation) -> Vec<Finding> {
    let answers = |position: &[Position]| {
        let mut those = places.iter().filter(|place| position.contains(&place.lane.lane.position)).peekable();
        those.peek().is_some().then(|| those.any(|place| place.lane.loss().hits < place.lane.loss().trials))
    };
    let gateway = answers(&[Position::Gateway]);
    let first = answers(&[Position::FirstHop]);
    let provider = answers(&[Position::FirstHop, Position::BorderNear, Position::OnNet]);
    let inside = answers(&[Position::BorderNear, Position::OnNet]);
    let others = answers(&[Position::OtherNetwork]);
    let service = places.iter().filter(|place| place.lane.lane.position == Position::Service).any(|place| {
        place.lane.echoes.iter().any(|echo| echo.rtt_ms.is_some_and(|rtt| rtt < HANDSHAKE_REPEATED_MS))
    });
    let service_probed = answers(&[Position::Service]).is_some();
    let beyond = reached || service || others == Some(true);
    let mut findings = Vec::new();
    if beyond || provider == Some(true) {
        findings.push(clear(Fault::RouterUnreachable, DECISIVE, Phrase::new("path-router-forwards"), [seen]));
        findings.push(clear(Fault::AccessDown, DECISIVE, Phrase::new("path-line-carries"), [seen]));
    }
    if beyond {
        findings.push(clear(Fault::IspOutage, DECISIVE, Phrase::new("path-provider-carries"), [seen]));
    } else if gateway == Some(true) && provider != Some(true) && (others.is_some() || service_probed) {
        findings.push(accuse(Fault::AccessDown, STRONG, Phrase::new("path-nothing-behind-router"), [seen]));
        // A first hop that does not even show in the trace leaves the outage further on possible.
        findings.push(accuse(Fault::IspOutage, if first.is_none() { FAIR } else { 0.5 }, Phrase::new("path-nothing-behind-router"), [seen]));
    } else if provider == Some(true) && (others.is_some() || service_probed) {
        // Silence of the service alone may as well be the service's own.
        let strength = if inside == Some(true) || others.is_none() { FAIR } else { STRONG };
        findings.push(accuse(Fault::IspOutage, strength, Phrase::new("path-nothing-behind-first-hop"), [seen]));
    }
    if !service && service_probed && others == Some(true) {
        let far = answers(&[Position::BorderFar]);
        let because = Phrase::new("path-only-service-silent");
        if far == Some(true) {
            findings.push(accuse(Fault::ServiceDown, STRONG, because, [seen]));
        } else if ends_at_border {
            findings.push(accuse(Fault::InterconnectOutage, STRONG - WEAK, Phrase::new("path-ends-at-border"), [seen]));
            findings.push(accuse(Fault::ServiceDown, WEAK, because, [seen]));
        } else {
            findings.push(accuse(Fault::InterconnectOutage, FAIR, because.clone(), [seen]));
            findings.push(accuse(Fault::ServiceDown, FAIR, because, [seen]));
        }
    }
    findings
}

fn message(position: Position) -> &'static str {
    match position {
        Position::Gateway => "point-gateway",
        Position::FirstHop => "point-first-hop",
        Position::BorderNear => "point-border-near",
        Position::BorderFar => "point-border-far",
        Position::OnNet => "point-on-net",
        Position::OtherNetwork => "point-other-network",
        Position::Service => "point-service",
    }
}
