//! What other ways of locating a fault look at, taken from the same observations.

use demarc_model::{CampaignResult, DnsReply, LaneResult, Observation, Position, Probe, Request, Resolver, Segment, Visit};

/// Loss and delay at one place.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Seen {
    /// Share of probes lost.
    pub loss: f64,
    /// Median round trip in milliseconds; `None` without any answer.
    pub median_ms: Option<f64>,
    /// 90th percentile in milliseconds; `None` without any answer.
    pub p90_ms: Option<f64>,
}

/// What came back for the page with a known answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KnownPage {
    /// The answer that was expected.
    AsExpected,
    /// Another page.
    Another,
    /// Nothing.
    Nothing,
}

/// Everything that the baselines look at.
#[derive(Debug, Clone, PartialEq)]
pub struct Features {
    /// Whether the link is radio.
    pub wifi: bool,
    /// Whether cable or radio is connected, as far as this computer knows.
    pub connected: bool,
    /// Whether there is a default route.
    pub routed: bool,
    /// What came back for the page with a known answer; `None` when it was not asked for.
    pub known_page: Option<KnownPage>,
    /// Whether this computer's name servers answered; `None` when they were not asked.
    pub names_resolve: Option<bool>,
    /// Whether the service's page came back without an error; `None` when it was not asked for.
    pub service_answers: Option<bool>,
    /// Time to the first byte of the service's page, in milliseconds.
    pub first_byte_ms: Option<f64>,
    /// Signal of the radio in dBm.
    pub signal_dbm: Option<f64>,
    /// The router by echo.
    pub gateway: Option<Seen>,
    /// Routers on the way by packets that expire there, as traces see them: first hop, near and far side of the border.
    pub hops: [Option<Seen>; 3],
    /// The first hop by echo.
    pub first_hop: Option<Seen>,
    /// A responder in the provider's network by echo.
    pub on_net: Option<Seen>,
    /// The best of the responders in other networks by echo.
    pub others: Option<Seen>,
    /// The service by echo, or by handshakes where it does not answer echoes.
    pub service: Option<Seen>,
}

impl Features {
    /// What the visit saw.
    pub fn of(visit: &Visit) -> Self {
        let network = visit.network();
        let interface = network.and_then(|network| network.default_interface().or_else(|| network.interfaces.first()));
        let radio = visit.observations.iter().rev().find_map(Observation::wifi);
        let page = visit.of("portal").find_map(Observation::fetch);
        let expected = |status| status == visit.config.portal.expect_status;
        let service_page = visit.of("service").find_map(Observation::fetch);
        let campaign = visit.of("path").find_map(Observation::campaign);
        let lane = |position, echo| campaign.and_then(|campaign| lane(campaign, position, echo));
        Self {
            wifi: radio.is_some(),
            connected: interface.is_some_and(|interface| interface.carrier) && radio.is_none_or(|radio| radio.connected),
            routed: network.is_some_and(|network| network.default_route().is_some()),
            known_page: page.map(|page| match page.status {
                Some(status) if expected(status) => KnownPage::AsExpected,
                Some(_) => KnownPage::Another,
                None => KnownPage::Nothing,
            }),
            names_resolve: names_resolve(visit),
            service_answers: service_page.map(|page| page.failed_at.is_none() && page.status.is_some_and(|status| status < 500)),
            first_byte_ms: service_page.and_then(|page| page.first_byte_ms),
            signal_dbm: radio.and_then(|radio| radio.signal_dbm),
            gateway: lane(Position::Gateway, true),
            hops: [Position::FirstHop, Position::BorderNear, Position::BorderFar].map(|position| lane(position, false)),
            first_hop: lane(Position::FirstHop, true),
            on_net: lane(Position::OnNet, true),
            others: campaign.and_then(best_other),
            service: lane(Position::Service, true).filter(|seen| seen.loss < 1.0).or_else(|| lane(Position::Service, false)),
        }
    }

    /// The segment of the home link.
    pub fn link(&self) -> Segment {
        if self.wifi { Segment::Wifi } else { Segment::Wiring }
    }

    /// The figures of [`FIGURES`]; -1 where there is none.
    pub fn figures(&self) -> [f64; FIGURES.len()] {
        let flag = |flag: Option<bool>| flag.map_or(-1.0, f64::from);
        let median = |seen: Option<Seen>| seen.and_then(|seen| seen.median_ms);
        let loss = |seen: Option<Seen>| seen.map_or(-1.0, |seen| seen.loss);
        let spread = |seen: Option<Seen>| seen.and_then(|seen| Some(seen.p90_ms? - seen.median_ms?)).unwrap_or(-1.0);
        let beyond =
            |far: Option<Seen>, near: Option<Seen>| median(far).zip(median(near)).map_or(-1.0, |(far, near)| (far - near).max(0.0));
        [
            f64::from(self.connected),
            f64::from(self.routed),
            flag(self.known_page.map(|page| page == KnownPage::AsExpected)),
            flag(self.names_resolve),
            flag(self.service_answers),
            self.first_byte_ms.unwrap_or(-1.0),
            self.signal_dbm.unwrap_or(0.0),
            loss(self.gateway),
            median(self.gateway).unwrap_or(-1.0),
            spread(self.gateway),
            loss(self.first_hop),
            beyond(self.first_hop, self.gateway),
            spread(self.first_hop),
            loss(self.on_net),
            beyond(self.on_net, self.first_hop),
            spread(self.on_net),
            loss(self.others),
            spread(self.others),
            loss(self.service),
            beyond(self.service, self.on_net),
            spread(self.service),
        ]
    }
}

/// Names of the figures that the threshold tree asks about.
pub const FIGURES: [&str; 21] = [
    "connected",
    "default route",
    "known page",
    "names",
    "service page",
    "first byte, ms",
    "signal, dBm",
    "router loss",
    "router median, ms",
    "router spread, ms",
    "first hop loss",
    "first hop added, ms",
    "first hop spread, ms",
    "provider loss",
    "provider added, ms",
    "provider spread, ms",
    "other networks loss",
    "other networks spread, ms",
    "service loss",
    "service added, ms",
    "service spread, ms",
];

fn seen(lane: &LaneResult) -> Seen {
    Seen { loss: lane.loss().share(), median_ms: lane.rtt_quantile(0.5), p90_ms: lane.rtt_quantile(0.9) }
}

fn lane(campaign: &CampaignResult, position: Position, echo: bool) -> Option<Seen> {
    let asked = |lane: &&LaneResult| lane.lane.position == position && (lane.lane.probe == Probe::Echo) == echo && !lane.echoes.is_empty();
    campaign.lanes.iter().find(asked).map(seen)
}

fn best_other(campaign: &CampaignResult) -> Option<Seen> {
    let others = campaign.lanes.iter().filter(|lane| lane.lane.position == Position::OtherNetwork && !lane.echoes.is_empty());
    others.map(seen).min_by(|a, b| a.loss.total_cmp(&b.loss).then(a.p90_ms.unwrap_or(f64::MAX).total_cmp(&b.p90_ms.unwrap_or(f64::MAX))))
}

/// Whether any question to this computer's own name servers was answered.
fn names_resolve(visit: &Visit) -> Option<bool> {
    let own: Vec<_> = visit.observations.iter().rev().find_map(Observation::resolvers)?.servers.clone();
    let asked = visit.observations.iter().filter_map(|observation| match &observation.request {
        Request::Dns { resolver: Resolver::System, .. } => observation.dns(),
        Request::Dns { resolver: Resolver::Server(server), name, .. }
            if own.contains(server) && name.contains('.') && name != "version.bind" =>
        {
            observation.dns()
        }
        _ => None,
    });
    asked.map(|answers| answers.replies.iter().any(DnsReply::answered)).reduce(|any, one| any || one)
}
