//! The state of each part of the path, from the verdict and from what could be measured at all.

use demarc_model::{InterfaceKind, Party, Phrase, Position, Says, Segment};
use serde::Serialize;

use super::{
    Teller, milliseconds,
    probing::{LaneFigures, Probing},
};
use crate::drawing::Ink;

/// The path picture.
#[derive(Debug, Clone, PartialEq)]
pub struct Spine {
    /// From this computer to the service; the demarc stands behind the third.
    pub parts: Vec<Part>,
    pub owners: Vec<Owner>,
    /// What the mark between the two sides is called.
    pub demarc: String,
    pub caption: String,
    pub alt: String,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    pub name: String,
    /// Whether it is a stretch between two places rather than a place.
    pub link: bool,
    pub state: PartState,
    /// The state in words.
    pub word: String,
    /// What was measured there, at most two.
    pub figures: Vec<String>,
}

/// Who answers for the parts from `first` to `last`.
#[derive(Debug, Clone, PartialEq)]
pub struct Owner {
    pub name: String,
    pub first: usize,
    pub last: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum PartState {
    Clear,
    Suspicious,
    Fault,
    NotMeasured,
}

impl PartState {
    pub const fn ink(self) -> Ink {
        match self {
            Self::Clear => Ink::Clear,
            Self::Suspicious => Ink::Suspicious,
            Self::Fault => Ink::Fault,
            Self::NotMeasured => Ink::Unknown,
        }
    }
}

/// The parts in path order with the segments each stands for and whether it is a stretch.
const PARTS: [(&str, &[Segment], bool); 7] = [
    ("computer", &[Segment::Device], false),
    ("home-link", &[Segment::Wiring, Segment::Wifi], true),
    ("router", &[Segment::Router], false),
    ("line", &[Segment::Access], true),
    ("provider", &[Segment::Isp], false),
    ("networks", &[Segment::Interconnect], true),
    ("service", &[Segment::Service], false),
];

/// The last part in the home.
const ROUTER: usize = part_of(Position::Gateway);

impl Spine {
    pub fn new(teller: &Teller) -> Self {
        let probing = Probing::fullest(teller.run);
        let parts: Vec<Part> = PARTS
            .iter()
            .enumerate()
            .map(|(index, (id, segments, link))| {
                let state = state(teller, probing.as_ref(), index, segments);
                let word = match state {
                    PartState::Clear => "state-clear",
                    PartState::Suspicious => "state-suspicious",
                    PartState::Fault => "state-fault",
                    PartState::NotMeasured => "state-not-measurable",
                };
                Part {
                    name: name(teller, id),
                    link: *link,
                    state,
                    word: teller.text(word),
                    figures: figures(teller, probing.as_ref(), index, state),
                }
            })
            .collect();
        let owner = |party: Party, first, last| Owner { name: teller.text(&format!("party-{}", party.id())), first, last };
        let told = parts.iter().map(|part| format!("{}: {}", part.name, part.word)).collect::<Vec<_>>().join("; ");
        Self {
            owners: vec![owner(Party::Home, 0, 2), owner(Party::Provider, 3, 4), owner(Party::Beyond, 5, 6)],
            demarc: teller.text("report-demarc"),
            caption: teller.text("report-spine-caption"),
            alt: format!("{} {told}", teller.text("report-spine-alt")),
            parts,
        }
    }
}

/// At fault where the verdict points; suspicious where a second fault is or the evidence has not let go; clear only where something was
/// measured.
fn state(teller: &Teller, probing: Option<&Probing>, index: usize, segments: &[Segment]) -> PartState {
    let verdict = &teller.run.verdict;
    if matches!(verdict.party, Party::Home | Party::Provider | Party::Beyond) && verdict.segment.is_some_and(|at| segments.contains(&at)) {
        return PartState::Fault;
    }
    let also = verdict.also.as_ref().and_then(|also| also.segment);
    if verdict.credible.iter().chain(also.as_ref()).any(|segment| segments.contains(segment)) {
        return PartState::Suspicious;
    }
    // Where a place answered, everything before it carried the packets.
    let reached = probing.and_then(Probing::farthest_answer).map(part_of);
    if reached.is_some_and(|reached| index <= reached) {
        return PartState::Clear;
    }
    // Behind a silence nothing is known, whatever was found in order there, unless other networks were reached.
    let silent = probing.is_some_and(|probing| probing.lanes.iter().any(|lane| Some(part_of(lane.result.lane.position)) > reached));
    let unknown = silent && index > ROUTER && reached < Some(part_of(Position::OtherNetwork));
    let heard = teller.run.evidence.iter().any(|evidence| evidence.says == Says::Clears && segments.contains(&evidence.segment));
    if heard && !unknown { PartState::Clear } else { PartState::NotMeasured }
}

/// The part that a place stands at the far end of.
const fn part_of(position: Position) -> usize {
    match position {
        Position::Gateway => 2,
        Position::FirstHop => 3,
        Position::BorderNear | Position::OnNet => 4,
        Position::BorderFar | Position::OtherNetwork => 5,
        Position::Service => 6,
    }
}

fn name(teller: &Teller, id: &str) -> String {
    match (id, teller.run.environment.services.as_slice()) {
        ("service", [service]) => super::shown(service),
        ("home-link", _) => match teller.latest(|observation| observation.network()).and_then(|network| network.router_interface()) {
            Some(interface) if interface.kind == InterfaceKind::Wifi => teller.text("report-part-wifi"),
            Some(interface) if interface.kind == InterfaceKind::Wired => teller.text("report-part-cable"),
            _ => teller.text("part-home-link"),
        },
        _ => teller.text(&format!("part-{id}")),
    }
}

fn figures(teller: &Teller, probing: Option<&Probing>, index: usize, state: PartState) -> Vec<String> {
    if index == 1 {
        return home_link(teller).into_iter().collect();
    }
    let Some(probing) = probing else { return Vec::new() };
    let here = || probing.lanes.iter().filter(|lane| part_of(lane.result.lane.position) == index && lane.loss.trials > 0);
    let answers = |lane: &&LaneFigures| lane.loss.hits < lane.loss.trials;
    // A place may ignore one kind of probe and answer another.
    let Some(lane) = here().find(answers).or_else(|| here().next()) else { return Vec::new() };
    let passed = state == PartState::Clear || probing.farthest_answer().is_some_and(|farthest| part_of(farthest) > index);
    if passed && !answers(&lane) {
        // It ignores probes: that says nothing about loss.
        return Vec::new();
    }
    let median = lane.median_ms.map(|value| teller.say(&Phrase::new("report-value-ms").text("value", milliseconds(Some(value)))));
    // A router that limits its own answers has not lost packets; only what persists behind it counts.
    let share = if lane.own_silence() { lane.persisting } else { lane.loss };
    let lost = teller.say(&Phrase::new("report-value-lost").number("percent", share.share() * 100.0, 1));
    median.into_iter().chain([lost]).collect()
}

fn home_link(teller: &Teller) -> Option<String> {
    let network = teller.latest(|observation| observation.network())?;
    let interface = network.router_interface()?;
    if interface.kind == InterfaceKind::Wifi {
        let signal = teller.latest(|observation| observation.wifi().filter(|wifi| wifi.interface == interface.name))?.signal_dbm?;
        return Some(teller.say(&Phrase::new("report-value-dbm").number("value", signal, 0)));
    }
    let speed = teller.latest(|observation| observation.link().filter(|link| link.interface == interface.name))?.speed_mbps?;
    Some(teller.say(&Phrase::new("report-value-mbps").number("value", f64::from(speed), 0)))
}
