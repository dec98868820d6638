//! Two looks at one home with something changed in between. What goes away with a change was where the change was made: an intervention
//! tells more than watching.

use demarc_model::{
    Answers, Campaign, CampaignResult, Change, Comparison, Effect, Fault, Finding, InterfaceKind, LinkState, Look, Observation, Phrase,
    Position, Segment, Visit, WifiLink, statistics::Proportion,
};

use crate::{
    link, outages, points,
    words::{accuse, clear, note},
};

/// The id under which a comparison's finding is told.
pub const ID: &str = "comparison";

/// How much likelier trouble goes away with a change when its cause was changed than by itself: `ln(0.9 / 0.1)`, the figures by which
/// the next tests are chosen.
const RELIEF: f64 = 2.2;
/// Standard errors by which two losses differ: one in a hundred such differences is chance.
const DIFFERENT: f64 = 2.33;
/// Loss that people notice.
const NOTICED: f64 = 0.005;
/// 90th percentile of the round trip to the router in milliseconds that is a flag, and one that is good.
const SLOW_MS: f64 = 20.0;
const QUICK_MS: f64 = 10.0;
/// Mbit/s of a cable with two working pairs, and of one with four.
const TWO_PAIRS_MBPS: f64 = 100.0;
const FOUR_PAIRS_MBPS: f64 = 1_000.0;
/// Share of damaged packets above which a cable is suspicious, and the fewest that are no chance.
const DAMAGED: f64 = 1e-6;
const FEWEST_DAMAGED: u64 = 3;
/// A signal weaker than this, in dBm, is where a nearer place helps.
const WEAK_DBM: f64 = -75.0;
/// A signal stronger by this, in dB, was heard from another place.
const NEARER_DB: f64 = 8.0;

/// What the change between two looks did; `told` is what the user says was changed. The finding speaks of the place of the change.
pub fn compare(earlier: &Visit, now: &Visit, told: Option<Change>) -> (Comparison, Finding) {
    let (before, after) = (look(earlier), look(now));
    let seen = noticed(&before, &after);
    let change = told.or(seen);
    let troubles: Vec<(Trouble, Effect)> =
        TROUBLES.iter().filter(|trouble| trouble.concerns(change)).map(|trouble| (*trouble, trouble.effect(&before, &after))).collect();
    let those = |effect: Effect| troubles.iter().find(|(_, found)| *found == effect).map(|(trouble, _)| *trouble);
    let (relieved, persists) = (those(Effect::Relieved), those(Effect::Persists));
    let effect = match (relieved, persists) {
        (Some(_), None) => Effect::Relieved,
        (None, Some(_)) => Effect::Persists,
        _ => Effect::Unclear,
    };
    let fault = relieved.or(persists).zip(change).and_then(|(trouble, change)| trouble.fault(change, &before));
    let because = sentence(effect, relieved.or(persists), change, &before, &after);
    let observations =
        || now.observations.iter().filter(|seen| seen.campaign().is_some() || seen.link().is_some() || seen.wifi().is_some());
    let mut finding = match (effect, fault) {
        (Effect::Relieved, Some(fault)) => accuse(fault, RELIEF, because.clone(), observations()),
        (Effect::Persists, Some(fault)) => clear(fault, RELIEF, because.clone(), observations()),
        _ => note(change.map_or(Segment::Device, place), because.clone(), observations()),
    };
    ID.clone_into(&mut finding.check);
    let earlier = earlier.observations.iter().map(|seen| seen.id.clone()).collect();
    let comparison = Comparison {
        change,
        noticed: told.is_none() && seen.is_some(),
        effect,
        before,
        after,
        summary: String::new(),
        summary_phrase: because,
        earlier,
    };
    (comparison, finding)
}

/// Whether a visit shows enough of the home to be compared with another.
pub fn comparable(visit: &Visit) -> bool {
    look(visit).router.is_some()
}

/// What a visit shows of the home.
fn look(visit: &Visit) -> Look {
    let network = visit.network();
    let of_kind = |kind| network.and_then(|network| link::in_use(network, kind));
    let (wired, wifi) = (of_kind(InterfaceKind::Wired), of_kind(InterfaceKind::Wifi));
    let links: Vec<&LinkState> = visit
        .observations
        .iter()
        .filter_map(Observation::link)
        .filter(|link| wired.is_some_and(|wired| wired.name == link.interface))
        .collect();
    let radio: Option<&WifiLink> = visit.observations.iter().rev().filter_map(Observation::wifi).find(|link| link.connected);
    let radio = radio.filter(|_| wifi.is_some());
    let radio_mbps = radio.and_then(|radio| [radio.receive_mbps, radio.send_mbps].into_iter().flatten().min_by(f64::total_cmp));
    Look {
        at: visit.observations.first().map(|seen| seen.at),
        link: wifi.or(wired).map(|interface| interface.kind),
        link_mbps: links.last().and_then(|link| link.speed_mbps).map(f64::from).or(radio_mbps),
        signal_dbm: radio.and_then(|radio| radio.signal_dbm),
        damaged: links.first().zip(links.last()).filter(|_| links.len() > 1).map(|(first, last)| damaged(first, last)),
        router: answers(visit, Position::Gateway),
        service: answers(visit, Position::Service),
    }
}

/// Damaged packets among those received between two readings.
fn damaged(first: &LinkState, last: &LinkState) -> Proportion {
    let bad = |link: &LinkState| link.counters.receive_errors.max(link.counters.crc_errors.saturating_add(link.counters.frame_errors));
    let fresh = bad(last).saturating_sub(bad(first));
    Proportion::new(fresh, last.counters.received.saturating_sub(first.counters.received).saturating_add(fresh))
}

/// How a place answered, by the campaign that probed it longest.
fn answers(visit: &Visit, position: Position) -> Option<Answers> {
    let campaigns = visit.observations.iter().filter_map(Observation::campaign).filter(|campaign| campaign.loads.is_empty());
    let longest = campaigns.map(outages::calm).max_by_key(|campaign| probes(campaign, position))?;
    let lane = longest.lanes.iter().filter(|lane| lane.lane.position == position && lane.failure.is_none() && !lane.echoes.is_empty());
    let best = lane.min_by(|one, other| one.loss().share().total_cmp(&other.loss().share()))?;
    Some(Answers {
        loss: best.loss(),
        independence: points::independence(best),
        median_ms: best.rtt_quantile(0.5),
        p90_ms: best.rtt_quantile(0.9),
    })
}

fn probes(campaign: &CampaignResult, position: Position) -> usize {
    debug_assert!(campaign.lanes.len() <= Campaign::MOST_LANES);
    campaign.lanes.iter().filter(|lane| lane.lane.position == position).map(|lane| lane.echoes.len()).sum()
}

/// The change that shows by itself.
fn noticed(before: &Look, after: &Look) -> Option<Change> {
    let stronger = before.signal_dbm.zip(after.signal_dbm).is_some_and(|(before, after)| after - before >= NEARER_DB);
    match (before.link, after.link) {
        (Some(InterfaceKind::Wifi), Some(InterfaceKind::Wired)) => Some(Change::CableInsteadOfWifi),
        (Some(InterfaceKind::Wifi), Some(InterfaceKind::Wifi)) if stronger => Some(Change::NearerToRouter),
        _ => None,
    }
}

/// Where a change is made.
const fn place(change: Change) -> Segment {
    match change {
        Change::OtherCable | Change::OtherPort => Segment::Wiring,
        Change::CableInsteadOfWifi | Change::NearerToRouter => Segment::Wifi,
        Change::OthersPaused | Change::RouterRestarted => Segment::Router,
    }
}

/// What can go away with a change, the plainest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trouble {
    Rate,
    Damage,
    RouterLoss,
    RouterDelay,
    ServiceLoss,
    ServiceDelay,
}

const TROUBLES: [Trouble; 6] =
    [Trouble::Rate, Trouble::Damage, Trouble::RouterLoss, Trouble::RouterDelay, Trouble::ServiceLoss, Trouble::ServiceDelay];

impl Trouble {
    /// Whether this trouble tells of the place of a change. What the service shows tells of a link only where the router does not
    /// answer, but of the router and of other devices always; a cable's rate says nothing of the radio it replaces.
    fn concerns(self, change: Option<Change>) -> bool {
        match change {
            None => true,
            Some(Change::OtherCable | Change::OtherPort) => !matches!(self, Self::ServiceLoss | Self::ServiceDelay),
            Some(Change::CableInsteadOfWifi | Change::NearerToRouter) => matches!(self, Self::RouterLoss | Self::RouterDelay),
            Some(Change::OthersPaused | Change::RouterRestarted) => !matches!(self, Self::Rate | Self::Damage),
        }
    }

    fn effect(self, before: &Look, after: &Look) -> Effect {
        let both = |of: fn(&Look) -> Option<f64>| of(before).zip(of(after));
        let places = |of: fn(&Look) -> Option<Answers>| of(before).zip(of(after));
        match self {
            Self::Rate => match both(|look| look.link_mbps) {
                Some((before, after)) if before <= TWO_PAIRS_MBPS && after >= FOUR_PAIRS_MBPS => Effect::Relieved,
                _ => Effect::Unclear,
            },
            Self::Damage => match before.damaged.zip(after.damaged) {
                Some((before, after)) if is_damaged(before) && is_damaged(after) => Effect::Persists,
                // As many packets have to pass undamaged as would have held a few damaged ones.
                Some((before, after)) if is_damaged(before) && before.share() * after.trials as f64 >= FEWEST_DAMAGED as f64 => {
                    Effect::Relieved
                }
                _ => Effect::Unclear,
            },
            Self::RouterLoss => places(|look| look.router).map_or(Effect::Unclear, |(before, after)| loss(before, after)),
            Self::ServiceLoss => places(|look| look.service).map_or(Effect::Unclear, |(before, after)| loss(before, after)),
            Self::RouterDelay => delay(both(|look| look.router?.p90_ms), SLOW_MS, QUICK_MS),
            // How far away a service is was no trouble: only what waits on top of it.
            Self::ServiceDelay => {
                delay(both(|look| look.service.and_then(|service| Some(service.p90_ms? - service.median_ms?))), SLOW_MS, QUICK_MS)
            }
        }
    }

    /// The fault whose trouble went away or stayed with the change.
    fn fault(self, change: Change, before: &Look) -> Option<Fault> {
        Some(match (change, self) {
            (Change::OtherCable | Change::OtherPort, Self::Rate) => Fault::LinkSpeedLow,
            (Change::OtherCable | Change::OtherPort, Self::Damage) => Fault::LinkErrors,
            (Change::OtherCable | Change::OtherPort, _) => Fault::WiringLoss,
            (Change::CableInsteadOfWifi | Change::NearerToRouter, _) if before.signal_dbm.is_some_and(|dbm| dbm <= WEAK_DBM) => {
                Fault::WifiWeakSignal
            }
            (Change::CableInsteadOfWifi | Change::NearerToRouter, _) => Fault::WifiLoss,
            (Change::OthersPaused, _) => Fault::HomeCrossTraffic,
            // A restart also makes the line anew: it does not tell the two apart.
            (Change::RouterRestarted, _) => return None,
        })
    }
}

fn is_damaged(packets: Proportion) -> bool {
    packets.hits >= FEWEST_DAMAGED && packets.share() > DAMAGED
}

/// By the difference of two proportions in standard errors, bursts counted as what they are worth.
fn loss(before: Answers, after: Answers) -> Effect {
    let (one, other) = (worth(before), worth(after));
    if one.1 < 1.0 || other.1 < 1.0 {
        return Effect::Unclear;
    }
    let pooled = (one.0 + other.0) / (one.1 + other.1);
    let error = (pooled * (1.0 - pooled) * (1.0 / one.1 + 1.0 / other.1)).sqrt();
    let difference = before.loss.share() - after.loss.share();
    let noticed = |answers: Answers| answers.loss.wilson95().0 > NOTICED;
    if noticed(before) && difference > DIFFERENT * error && after.loss.share() <= before.loss.share() / 4.0 {
        Effect::Relieved
    } else if noticed(before) && noticed(after) && difference < error {
        Effect::Persists
    } else {
        Effect::Unclear
    }
}

/// Lost and sent probes, each at what it is worth.
fn worth(answers: Answers) -> (f64, f64) {
    let trials = answers.loss.trials as f64 * answers.independence.clamp(0.0, 1.0);
    (answers.loss.share() * trials, trials)
}

fn delay(both: Option<(f64, f64)>, slow_ms: f64, quick_ms: f64) -> Effect {
    match both {
        Some((before, after)) if before >= slow_ms && after <= quick_ms && after <= before / 2.0 => Effect::Relieved,
        Some((before, after)) if before >= slow_ms && after >= slow_ms && after >= before * 0.7 => Effect::Persists,
        _ => Effect::Unclear,
    }
}

fn sentence(effect: Effect, trouble: Option<Trouble>, change: Option<Change>, before: &Look, after: &Look) -> Phrase {
    let id = match effect {
        Effect::Relieved => "comparison-relieved",
        Effect::Persists => "comparison-persists",
        Effect::Unclear => return Phrase::new("comparison-unclear").text("change", change.map_or("none", Change::id)),
    };
    let (kind, figures) = match trouble {
        Some(Trouble::Rate) => ("rate", before.link_mbps.zip(after.link_mbps)),
        Some(Trouble::Damage) => ("damage", before.damaged.zip(after.damaged).map(|(one, other)| (one.hits as f64, other.hits as f64))),
        Some(Trouble::RouterLoss) => ("loss-of-router", percent(before.router, after.router)),
        Some(Trouble::ServiceLoss) => ("loss-of-service", percent(before.service, after.service)),
        Some(Trouble::RouterDelay) => {
            ("delay-of-router", before.router.and_then(|it| it.p90_ms).zip(after.router.and_then(|it| it.p90_ms)))
        }
        Some(Trouble::ServiceDelay) => {
            ("delay-of-service", before.service.and_then(|it| it.p90_ms).zip(after.service.and_then(|it| it.p90_ms)))
        }
        None => ("none", None),
    };
    let (one, other) = figures.unwrap_or_default();
    Phrase::new(id)
        .text("change", change.map_or("none", Change::id))
        .text("trouble", kind)
        .number("before", one, 1)
        .number("after", other, 1)
}

fn percent(before: Option<Answers>, after: Option<Answers>) -> Option<(f64, f64)> {
    before.zip(after).map(|(before, after)| (before.loss.share() * 100.0, after.loss.share() * 100.0))
}

#[cfg(test)]
mod tests;
