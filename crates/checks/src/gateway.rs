//! Does the home router answer, quickly and every time?

use demarc_model::{Campaign, Fault, Finding, Lane, Phrase, Position, Probe, Profile, Request, Step, Visit};

use crate::{
    Check, Plan, outages,
    points::{self, Place},
    words::{DECISIVE, STRONG, accuse, clear},
};

pub const CHECK: Check = Check {
    id: "gateway",
    step: Step::Router,
    needs: &["addresses"],
    faults: &[Fault::RouterUnreachable, Fault::WiringLoss, Fault::WifiLoss],
    plan,
    interpret,
};

fn plan(visit: &Visit) -> Plan {
    let Some(address) = visit.gateway() else { return Plan::Blocked(Phrase::new("gateway-unknown")) };
    let duration_ms = match visit.profile {
        Profile::Quick => 3_000,
        Profile::Standard => 10_000,
        Profile::Thorough => 20_000,
    };
    let lane = Lane { position: Position::Gateway, name: address.to_string(), address, probe: Probe::Echo, interval_ms: 100 };
    Plan::Ask(vec![Request::Campaign(Campaign { lanes: vec![lane], duration_ms, loads: Vec::new() })])
}

fn interpret(visit: &Visit) -> Vec<Finding> {
    let mut findings = Vec::new();
    for seen in visit.of(CHECK.id) {
        let Some(campaign) = seen.campaign() else { continue };
        findings.extend(points::held_back(campaign, seen));
        let calm = outages::calm(campaign);
        let Some(lane) = calm.lanes.first() else { continue };
        if lane.failure.is_some() || lane.echoes.is_empty() {
            continue;
        }
        let gateway = lane.lane.address.to_string();
        if lane.loss().hits == lane.loss().trials {
            let because = Phrase::new("gateway-silent").text("gateway", gateway).number("sent", lane.loss().trials as f64, 0);
            findings.push(accuse(Fault::RouterUnreachable, STRONG, because, [seen]));
        } else {
            findings.push(clear(Fault::RouterUnreachable, DECISIVE, Phrase::new("gateway-answers").text("gateway", gateway), [seen]));
            findings.push(points::finding(visit, &Place::of(lane), "point-gateway", seen));
        }
    }
    findings
}
