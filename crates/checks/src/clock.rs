//! Is this computer's clock right? Certificates are judged by it.

use demarc_model::{Fault, Finding, Observation, Phrase, Request, Segment, Step, Visit};

use crate::{
    Check, Plan,
    words::{DECISIVE, FAIR, STRONG, accuse, clear, note},
};

pub const CHECK: Check =
    Check { id: "clock", step: Step::Device, needs: &["addresses"], faults: &[Fault::ClockWrong], plan, interpret };

/// Seconds off that are worth knowing.
const NOTABLE_S: f64 = 5.0;
/// Seconds off from which things start to fail: tokens of web logins first, certificates of young age next.
const WRONG_S: f64 = 60.0;
const VERY_WRONG_S: f64 = 300.0;
const DAY_S: f64 = 86_400.0;

fn plan(visit: &Visit) -> Plan {
    let servers = &visit.config.clock.servers;
    if servers.is_empty() {
        return Plan::NotApplicable(Phrase::new("clock-no-server"));
    }
    Plan::Ask(servers.iter().take(2).map(|server| Request::Clock { server: server.clone() }).collect())
}

fn interpret(visit: &Visit) -> Vec<Finding> {
    // The first server that answers is believed.
    visit.of(CHECK.id).find_map(|seen| Some(judge(seen.clock()?.offset_ms / 1e3, seen))).into_iter().collect()
}

fn judge(behind_s: f64, seen: &Observation) -> Finding {
    let off = behind_s.abs();
    let (amount, unit, decimals) = match off {
        _ if off < 1.0 => (off * 1e3, "milliseconds", 0),
        _ if off < 120.0 => (off, "seconds", 0),
        _ if off < 7_200.0 => (off / 60.0, "minutes", 0),
        _ if off < 2.0 * DAY_S => (off / 3_600.0, "hours", 0),
        _ => (off / DAY_S, "days", 0),
    };
    let because = |id: &str| {
        let side = if behind_s > 0.0 { "behind" } else { "ahead" };
        Phrase::new(id).number("amount", amount, decimals).text("unit", unit).text("side", side)
    };
    if off <= NOTABLE_S {
        return clear(Fault::ClockWrong, STRONG, because("clock-right"), [seen]);
    }
    if off <= WRONG_S {
        return note(Segment::Device, because("clock-a-little-off"), [seen]);
    }
    // Certificates are valid for weeks and made a little in advance; logins and one-time codes forgive five minutes at most.
    let (strength, id) = match off {
        _ if off > DAY_S => (DECISIVE, "clock-off-certificates"),
        _ if off > VERY_WRONG_S => (STRONG, "clock-off-logins"),
        _ => (FAIR, "clock-off"),
    };
    accuse(Fault::ClockWrong, strength, because(id), [seen])
}
