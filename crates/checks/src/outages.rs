//! Did everything fall silent for a while during the visit, and with what: the link, the router or the line?

use demarc_model::{
    CampaignResult, Fault, Finding, InterfaceKind, LaneResult, Observation, Phrase, Position, Probe, Profile, Request, Step, Visit,
};

use crate::{
    Check, Plan, link,
    words::{FAIR, STRONG, WEAK, accuse, clear},
};

pub const CHECK: Check = Check {
    id: "outages",
    step: Step::Path,
    needs: &["path"],
    faults: &[Fault::RouterRestarting, Fault::LinkFlapping, Fault::WifiLoss, Fault::AccessFlapping],
    plan,
    interpret,
};

/// Shortest silence that is an outage rather than loss, in milliseconds.
const SHORTEST_MS: f64 = 2_000.0;
/// Fewest probes that must be lost in it.
const FEWEST_LOST: usize = 8;
/// Silence in all that is hardly anything but an outage, in milliseconds.
const LONG_MS: f64 = 4_000.0;
/// Share of answers from the router with which it stayed up.
const STAYED_UP: f64 = 0.8;
/// A handshake slower than this lost its first packet: the system repeats it after one second.
const HANDSHAKE_REPEATED_MS: f64 = 900.0;
/// Carrier changes of a link that dropped and came back.
const DROPPED: u32 = 2;

/// A while in which nothing from some place on answered, though it answered before and after.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Window {
    /// First probe lost, in milliseconds since the campaign's start.
    pub from_ms: f64,
    /// First probe answered again, in milliseconds since the campaign's start.
    pub to_ms: f64,
    /// What was silent.
    pub silent: Silent,
}

/// What was silent during a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Silent {
    /// The router and everything behind it.
    Router,
    /// The same, and the router came back clearly before the line did, as after a restart.
    RouterThenLine,
    /// Everything behind the router, which itself answered throughout.
    Line,
}

/// The outages during a campaign, in order.
pub fn windows(campaign: &CampaignResult) -> Vec<Window> {
    let usable = |lane: &&LaneResult| lane.failure.is_none() && lane.echoes.iter().any(answered_at(lane));
    let lanes: Vec<&LaneResult> = campaign.lanes.iter().filter(usable).collect();
    let (near, behind): (Vec<&LaneResult>, Vec<&LaneResult>) =
        lanes.iter().copied().partition(|lane| lane.lane.position == Position::Gateway);
    if near.is_empty() {
        return Vec::new();
    }
    // One place that falls silent alone says nothing of the line.
    let several = behind.iter().any(|lane| lane.lane.address != behind[0].lane.address);
    let line = if several { gaps(&behind) } else { Vec::new() };
    let mut windows: Vec<Window> = gaps(&lanes)
        .into_iter()
        .map(|(from_ms, to_ms)| {
            let back = line.iter().find(|(from, to)| *from <= to_ms && *to >= to_ms).map_or(to_ms, |(_, to)| *to);
            let silent = if back - to_ms >= SHORTEST_MS { Silent::RouterThenLine } else { Silent::Router };
            Window { from_ms, to_ms: back, silent }
        })
        .collect();
    // A line that is down for long tempts people to restart the router meanwhile; what the router missed then says nothing of before.
    let restarts = windows.clone();
    let router_down = |sent_ms: f64| restarts.iter().any(|window| sent_ms >= window.from_ms && sent_ms < window.to_ms);
    let stayed_up = |from: f64, to: f64| {
        let during = |echo: &&demarc_model::Echo| echo.sent_ms >= from && echo.sent_ms < to && !router_down(echo.sent_ms);
        let echoes = || near.iter().flat_map(|lane| &lane.echoes).filter(during);
        echoes().filter(|echo| echo.rtt_ms.is_some()).count() as f64 >= STAYED_UP * echoes().count().max(FEWEST_LOST) as f64
    };
    let of_line = line.into_iter().filter(|(from, to)| stayed_up(*from, *to));
    windows.extend(of_line.map(|(from_ms, to_ms)| Window { from_ms, to_ms, silent: Silent::Line }));
    windows.sort_by(|one, next| one.from_ms.total_cmp(&next.from_ms));
    windows
}

/// The campaign without its outages, so that they do not count as random loss too.
pub fn calm(campaign: &CampaignResult) -> CampaignResult {
    let windows = windows(campaign);
    let mut calm = campaign.clone();
    if !windows.is_empty() {
        let inside = |sent_ms: f64| windows.iter().any(|window| sent_ms >= window.from_ms && sent_ms < window.to_ms);
        for lane in &mut calm.lanes {
            lane.echoes.retain(|echo| !inside(echo.sent_ms));
        }
    }
    calm
}

/// Times between two answers of any of these lanes that are long and full of lost probes: from the first lost to the next answered, or
/// to the last probe of all.
fn gaps(lanes: &[&LaneResult]) -> Vec<(f64, f64)> {
    let probes = lanes.iter().flat_map(|lane| lane.echoes.iter().map(|echo| (echo.sent_ms, answered_at(lane)(echo))));
    let mut probes: Vec<(f64, bool)> = probes.collect();
    probes.sort_by(|one, next| one.0.total_cmp(&next.0));
    let mut gaps = Vec::new();
    let mut heard = false;
    let mut last_ms = 0.0;
    let mut lost: Option<(f64, usize)> = None;
    for (sent_ms, answered) in probes {
        match (&mut lost, answered) {
            (Some((from, count)), true) => {
                if heard && *count >= FEWEST_LOST && sent_ms - *from >= SHORTEST_MS {
                    gaps.push((*from, sent_ms));
                }
                (heard, lost) = (true, None);
            }
            (None, true) => heard = true,
            (Some((_, count)), false) => *count += 1,
            (None, false) => lost = Some((sent_ms, 1)),
        }
        last_ms = sent_ms;
    }
    if let Some((from, count)) = lost
        && heard
        && count >= FEWEST_LOST
        && last_ms - from >= SHORTEST_MS
    {
        gaps.push((from, last_ms + 1.0));
    }
    gaps
}

/// Whether a probe of this lane was answered at the time it was sent.
fn answered_at(lane: &LaneResult) -> impl Fn(&demarc_model::Echo) -> bool + use<> {
    let handshake = matches!(lane.lane.probe, Probe::TcpConnect { .. });
    move |echo| echo.rtt_ms.is_some_and(|rtt| !handshake || rtt < HANDSHAKE_REPEATED_MS)
}

/// Reads the link once more: what changed since its own step tells whose outage it was.
fn plan(visit: &Visit) -> Plan {
    let Some(network) = visit.network() else { return Plan::Blocked(Phrase::new("outages-no-link")) };
    if let Some(wifi) = link::in_use(network, InterfaceKind::Wifi) {
        return Plan::Ask(vec![Request::Wifi { interface: wifi.name.clone() }]);
    }
    match link::in_use(network, InterfaceKind::Wired).or_else(|| network.router_interface()) {
        Some(interface) => Plan::Ask(vec![Request::Link { interface: interface.name.clone() }]),
        None => Plan::Blocked(Phrase::new("outages-no-link")),
    }
}

fn interpret(visit: &Visit) -> Vec<Finding> {
    let campaigns: Vec<(&Observation, Vec<Window>)> = visit
        .observations
        .iter()
        .filter(|seen| matches!(seen.check.as_str(), "path" | "gateway"))
        .filter_map(|seen| Some((seen, windows(seen.campaign()?))))
        .collect();
    let home_link = Link::of(visit);
    let seen = || campaigns.iter().map(|(seen, _)| *seen).chain(visit.of(CHECK.id));
    let of =
        |kinds: &[Silent]| Outages::of(campaigns.iter().flat_map(|(_, windows)| windows).filter(|window| kinds.contains(&window.silent)));
    let (router, restarts, line) = (of(&[Silent::Router, Silent::RouterThenLine]), of(&[Silent::RouterThenLine]), of(&[Silent::Line]));
    let accuse = |fault, strength, outages: &Outages, id| accuse(fault, strength, outages.because(id), seen());
    let mut findings = Vec::new();
    match home_link {
        _ if router.times == 0 => {}
        _ if restarts.times > 0 => findings.push(accuse(Fault::RouterRestarting, STRONG + WEAK, &router, "outages-router-then-line")),
        Link::Cable { dropped: true } => findings.push(accuse(Fault::LinkFlapping, STRONG + WEAK, &router, "outages-cable-dropped")),
        Link::Cable { dropped: false } => {
            findings.push(accuse(Fault::RouterRestarting, router.strength(), &router, "outages-router-cable-held"));
        }
        Link::Wifi { dropped: true } => findings.push(accuse(Fault::WifiLoss, STRONG + WEAK, &router, "outages-wifi-dropped")),
        Link::Wifi { dropped: false } => {
            let strength = if router.is_plain() { STRONG } else { FAIR };
            findings.push(accuse(Fault::RouterRestarting, strength, &router, "outages-router-wifi-held"));
            // A radio that hears nobody for seconds may also stay associated.
            findings.push(accuse(Fault::WifiLoss, WEAK, &router, "outages-wifi-maybe"));
        }
        Link::Unknown => findings.push(accuse(Fault::RouterRestarting, FAIR, &router, "outages-router")),
    }
    if router.times == 0 && home_link == (Link::Cable { dropped: true }) {
        findings.push(accuse(Fault::LinkFlapping, STRONG, &router, "outages-cable-dropped-unseen"));
    }
    if line.times > 0 {
        let first_hop = campaigns
            .iter()
            .filter_map(|(seen, _)| seen.campaign())
            .flat_map(|campaign| &campaign.lanes)
            .any(|lane| lane.lane.position == Position::FirstHop && lane.loss().hits < lane.loss().trials);
        // Without the provider's first hop the outage may as well be further on.
        let strength = if first_hop { line.strength() } else { FAIR };
        findings.push(accuse(Fault::AccessFlapping, strength, &line, "outages-line"));
    }
    let looked = campaigns.iter().any(|(seen, _)| seen.check == "path");
    if looked && router.times == 0 && line.times == 0 {
        // A longer look excludes more of what comes and goes.
        let strength = if visit.profile == Profile::Quick { WEAK } else { FAIR };
        let because = Phrase::new("outages-none");
        findings.extend([Fault::RouterRestarting, Fault::AccessFlapping].map(|fault| clear(fault, strength, because.clone(), seen())));
        if home_link == (Link::Cable { dropped: false }) {
            findings.push(clear(Fault::LinkFlapping, FAIR, Phrase::new("outages-cable-held"), seen()));
        }
    }
    findings
}

/// How the link fared between its own step and now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Link {
    Cable { dropped: bool },
    Wifi { dropped: bool },
    Unknown,
}

impl Link {
    fn of(visit: &Visit) -> Self {
        let (now, then) = (visit.of(CHECK.id).last(), visit.observations.iter().filter(|seen| seen.check != CHECK.id));
        if let Some(now) = now.and_then(Observation::link) {
            let of_interface = then.filter_map(Observation::link).find(|link| link.interface == now.interface);
            // A test of the wires takes the link down by itself.
            let tested = visit.observations.iter().filter_map(Observation::cable_test).filter(|test| test.interface == now.interface);
            let tested = tested.filter_map(|test| test.carrier_changes).max();
            let changes = of_interface.and_then(|then| Some(now.carrier_changes?.saturating_sub(then.carrier_changes?.max(tested.unwrap_or(0)))));
            return changes.map_or(Self::Unknown, |changes| Self::Cable { dropped: changes >= DROPPED || !now.carrier });
        }
        let Some(now) = now.and_then(Observation::wifi) else { return Self::Unknown };
        let Some(then) = then.filter_map(Observation::wifi).find(|wifi| wifi.interface == now.interface) else { return Self::Unknown };
        // Counters start anew with every association.
        let anew = now.sent_packets.zip(then.sent_packets).is_some_and(|(now, then)| now < then);
        Self::Wifi { dropped: !now.connected || now.bssid != then.bssid || anew }
    }
}

/// Several windows together.
struct Outages {
    times: usize,
    silent_ms: f64,
}

impl Outages {
    fn of<'a>(windows: impl Iterator<Item = &'a Window>) -> Self {
        windows.fold(Self { times: 0, silent_ms: 0.0 }, |sum, window| Self {
            times: sum.times + 1,
            silent_ms: sum.silent_ms + window.to_ms - window.from_ms,
        })
    }

    /// Whether they are more than a hiccup of this computer might be.
    fn is_plain(&self) -> bool {
        self.times > 1 || self.silent_ms >= LONG_MS
    }

    fn strength(&self) -> f64 {
        if self.is_plain() { STRONG + WEAK } else { STRONG }
    }

    fn because(&self, id: &str) -> Phrase {
        Phrase::new(id).number("times", self.times as f64, 0).number("seconds", self.silent_ms / 1_000.0, 1)
    }
}
