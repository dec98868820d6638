//! Is the cable plugged in, as fast as both ends can be, and free of damaged packets?

use demarc_model::{Counters, Duplex, Fault, Finding, InterfaceKind, LinkState, Observation, Phrase, Request, Says, Segment, Step, Visit};

use crate::{
    Check, Plan, link,
    words::{DECISIVE, FAIR, STRONG, WEAK, accuse, clear, note},
};

pub const CHECK: Check = Check {
    id: "cable",
    step: Step::Wiring,
    needs: &["addresses"],
    faults: &[Fault::CableUnplugged, Fault::LinkSpeedLow, Fault::HalfDuplex, Fault::LinkErrors, Fault::LinkFlapping],
    plan,
    interpret,
};

/// Share of damaged packets above which a cable is suspicious; healthy Ethernet stays far below one in a million.
const DAMAGED: f64 = 1e-6;
const OFTEN_DAMAGED: f64 = 1e-5;
const VERY_OFTEN_DAMAGED: f64 = 1e-3;
/// Fewer damaged packets than these are chance: since the interface exists, and between two readings.
const FEWEST_EVER: u64 = 10;
const FEWEST_NOW: u64 = 3;
/// Carrier changes since the interface exists that are worth knowing; a restart or two of the router explains fewer.
const MANY_CHANGES: u32 = 20;
/// Pauses asked for since the interface exists that are worth knowing.
const MANY_PAUSES: u64 = 1_000;
/// Carrier changes between two readings that make a link unsteady: down and up again.
const UNSTEADY: u32 = 2;

fn plan(visit: &Visit) -> Plan {
    let Some(network) = visit.network() else { return Plan::Blocked(Phrase::new("cable-unknown")) };
    match link::in_use(network, InterfaceKind::Wired) {
        Some(interface) => Plan::Ask(vec![Request::Link { interface: interface.name.clone() }]),
        None => Plan::NotApplicable(Phrase::new("cable-not-used")),
    }
}

/// One reading is judged by itself; with two, what happened between them counts.
fn interpret(visit: &Visit) -> Vec<Finding> {
    let readings: Vec<(&Observation, &LinkState)> = visit.of(CHECK.id).filter_map(|seen| Some((seen, seen.link()?))).collect();
    let Some((last, now)) = readings.last().copied() else { return Vec::new() };
    let before = readings.first().filter(|_| readings.len() > 1).map(|(_, before)| *before);
    if !now.carrier {
        let off = visit.network().and_then(|network| network.interface(&now.interface)).is_some_and(|interface| !interface.up);
        let because = |id: &str| Phrase::new(id).text("interface", &now.interface);
        return vec![if off {
            note(Segment::Wiring, because("cable-interface-off"), [last])
        } else {
            accuse(Fault::CableUnplugged, DECISIVE, because("cable-unplugged"), [last])
        }];
    }
    let plugged = clear(Fault::CableUnplugged, DECISIVE, Phrase::new("cable-plugged").text("interface", &now.interface), [last]);
    let seen: Vec<&Observation> = readings.iter().map(|(seen, _)| *seen).collect();
    let others = [duplex(now, last), speed(now, last).filter(|_| !half_by_hand(now)), damage(now, before, &seen), flapping(now, before, &seen)];
    std::iter::once(plugged).chain(others.into_iter().flatten()).chain(hints(now, last)).collect()
}

/// What is worth testing the wires for: a link that is slower than its ends, damages packets or drops.
pub fn is_suspicious(visit: &Visit) -> bool {
    let suspects = [Fault::LinkSpeedLow, Fault::LinkErrors, Fault::LinkFlapping];
    interpret(visit).iter().any(|finding| finding.says == Says::Accuses && finding.fault.is_some_and(|fault| suspects.contains(&fault)))
}

/// The link as this check last read it.
pub fn latest(visit: &Visit) -> Option<(&Observation, &LinkState)> {
    visit.of(CHECK.id).filter_map(|seen| Some((seen, seen.link()?))).last()
}

fn duplex(link: &LinkState, seen: &Observation) -> Option<Finding> {
    Some(match link.duplex? {
        Duplex::Half => {
            // An end that finds no partner to agree with takes half duplex (IEEE 802.3, parallel detection).
            let alone = link.negotiates == Some(true) && !link.own_modes.is_empty() && link.partner_modes.is_empty();
            let id = match link.negotiates {
                Some(false) => "cable-half-duplex-by-hand",
                _ if alone => "cable-half-duplex-alone",
                _ => "cable-half-duplex",
            };
            accuse(Fault::HalfDuplex, STRONG, Phrase::new(id), [seen])
        }
        // Full duplex set by hand makes an other end that negotiates take half duplex, which does not show here.
        Duplex::Full if link.negotiates == Some(false) && !link.own_modes.is_empty() => {
            note(Segment::Wiring, Phrase::new("cable-full-duplex-by-hand"), [seen])
        }
        Duplex::Full => clear(Fault::HalfDuplex, STRONG, Phrase::new("cable-full-duplex"), [seen]),
    })
}

/// Whether the link is as fast as its ends. A network card of a virtual machine names a rate that means nothing, and no fastest one.
fn speed(link: &LinkState, seen: &Observation) -> Option<Finding> {
    let (speed, own) = (link.speed_mbps?, link.fastest_own_mbps?);
    let possible = link.fastest_partner_mbps.map_or(own, |partner| partner.min(own));
    let because = |id: &str| Phrase::new(id).number("speed", f64::from(speed), 0).number("possible", f64::from(possible), 0);
    let much_slower = (speed <= 10 && possible >= 100) || (speed <= 100 && possible >= 1_000);
    if much_slower && limited_by_setting(link, speed) {
        return Some(accuse(Fault::LinkSpeedLow, STRONG, because("cable-slow-by-hand"), [seen]));
    }
    Some(if speed <= 10 && possible >= 100 {
        accuse(Fault::LinkSpeedLow, STRONG, because("cable-slow"), [seen])
    } else if speed <= 100 && possible >= 1_000 {
        match link.fastest_partner_mbps {
            Some(_) => accuse(Fault::LinkSpeedLow, STRONG, because("cable-slow"), [seen]),
            None => accuse(Fault::LinkSpeedLow, FAIR, because("cable-slow-other-end-unknown"), [seen]),
        }
    } else if speed < possible {
        note(Segment::Wiring, because("cable-not-fastest"), [seen])
    } else {
        clear(Fault::LinkSpeedLow, STRONG, because("cable-fast"), [seen])
    })
}

/// Whether half duplex was set by hand: the rate was set with it, and is no fault of its own.
fn half_by_hand(link: &LinkState) -> bool {
    link.duplex == Some(Duplex::Half) && link.negotiates == Some(false)
}

/// Whether this computer is told to go no faster than this.
fn limited_by_setting(link: &LinkState, speed: u32) -> bool {
    let offered = link.own_modes.iter().filter_map(|mode| mode.split_once("base")?.0.parse::<u32>().ok()).max();
    link.negotiates == Some(false) || offered.is_some_and(|offered| offered <= speed)
}

/// Settings of the link that now and then cause trouble, and decide nothing.
fn hints(link: &LinkState, seen: &Observation) -> Vec<Finding> {
    let saving = link.energy_saving.is_some_and(|saving| saving.active);
    let saving = saving.then(|| note(Segment::Wiring, Phrase::new("cable-energy-saving"), [seen]));
    let pauses = link.pause.filter(|pause| pause.receive).and_then(|pause| pause.received_frames).filter(|pauses| *pauses >= MANY_PAUSES);
    let pauses = pauses.map(|pauses| note(Segment::Wiring, Phrase::new("cable-pauses").number("pauses", pauses as f64, 0), [seen]));
    saving.into_iter().chain(pauses).collect()
}

/// What arrived damaged: ever, or since the reading before.
pub fn damage(now: &LinkState, before: Option<&LinkState>, seen: &[&Observation]) -> Option<Finding> {
    let seen = || seen.iter().copied();
    let (total, total_received) = (damaged(&now.counters), now.counters.received);
    let since = before.map(|before| damaged_since(now, before));
    let (count, received) = since.unwrap_or((total, total_received));
    let strength = if since.is_some() { damage_strength(count, received) } else { damage_strength_ever(now) };
    let because = |id: &str, count: u64, received: u64| {
        let one_in = if count == 0 { 0.0 } else { (received + count) as f64 / count as f64 };
        Phrase::new(id).number("damaged", count as f64, 0).number("received", received as f64, 0).number("one-in", one_in, 0)
    };
    if let Some(strength) = strength {
        let id = if since.is_some() { "cable-errors-now" } else { "cable-errors" };
        return Some(accuse(Fault::LinkErrors, strength, because(id, count, received), seen()));
    }
    if since.is_some() && damage_strength_ever(now).is_some() {
        return Some(note(Segment::Wiring, because("cable-errors-before", total, total_received), seen()));
    }
    if total_received == 0 {
        return None;
    }
    // Few packets cannot show that one in a million is damaged.
    let strength = if total_received >= 100_000 { FAIR } else { WEAK };
    Some(clear(Fault::LinkErrors, strength, because("cable-no-errors", total, total_received), seen()))
}

/// Packets damaged and received between two readings.
pub fn damaged_since(now: &LinkState, before: &LinkState) -> (u64, u64) {
    let fresh = damaged(&now.counters).saturating_sub(damaged(&before.counters));
    (fresh, now.counters.received.saturating_sub(before.counters.received))
}

/// How strong a sign it is that so many packets were damaged between two readings; `None` where that may be chance.
pub fn damage_strength(damaged: u64, received: u64) -> Option<f64> {
    strength_of(damaged, received, FEWEST_NOW)
}

/// The same since the interface exists.
pub fn damage_strength_ever(link: &LinkState) -> Option<f64> {
    strength_of(damaged(&link.counters), link.counters.received, FEWEST_EVER)
}

fn strength_of(damaged: u64, received: u64, fewest: u64) -> Option<f64> {
    let share = share(damaged, received);
    (damaged >= fewest && share > DAMAGED).then_some(match share {
        _ if share >= VERY_OFTEN_DAMAGED => STRONG,
        _ if share >= OFTEN_DAMAGED => FAIR,
        _ => WEAK,
    })
}

/// Drivers count a damaged packet in general, by kind, or both.
fn damaged(counters: &Counters) -> u64 {
    counters.receive_errors.max(counters.crc_errors.saturating_add(counters.frame_errors))
}

fn share(damaged: u64, received: u64) -> f64 {
    damaged as f64 / received.saturating_add(damaged).max(1) as f64
}

fn flapping(now: &LinkState, before: Option<&LinkState>, seen: &[&Observation]) -> Option<Finding> {
    let changes = now.carrier_changes?;
    let because = |id: &str, changes: u32| Phrase::new(id).number("changes", f64::from(changes), 0);
    let seen = || seen.iter().copied();
    let since = before.and_then(|before| before.carrier_changes).map(|before| changes.saturating_sub(before));
    match since {
        Some(fresh) if fresh >= UNSTEADY => Some(accuse(Fault::LinkFlapping, STRONG, because("cable-flapping", fresh), seen())),
        _ if changes > MANY_CHANGES => Some(note(Segment::Wiring, because("cable-many-changes", changes), seen())),
        Some(_) => Some(clear(Fault::LinkFlapping, FAIR, because("cable-steady", changes), seen())),
        None => None,
    }
}
