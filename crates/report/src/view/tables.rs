//! Traces, names, services and the list of everything that was asked.

use demarc_model::{Arg, DnsRecord, Family, Observation, Outcome, Phrase, Request, Resolver, Trace, TraceHop, statistics::median};

use super::{Block, Kind, Section, Table, Teller, milliseconds, shown};

/// Traces that are shown, in the order they were asked for: the way to the service first.
const MOST_TRACES: usize = 2;
/// Fewest probes to a hop that tell something of loss, and where in the table that is told.
const FEWEST_FOR_LOSS: u8 = 50;
const LOST_COLUMN: usize = 3;
/// A hop that is this many times and this many milliseconds slower than one behind it answers slowly by itself.
const SLOW_ANSWER: (f64, f64) = (1.5, 10.0);

/// One table a trace.
pub fn traces(teller: &Teller) -> Section {
    let shown = teller.run.latest().filter_map(Observation::trace).take(MOST_TRACES);
    Section { title: teller.text("report-traces"), blocks: shown.map(|found| Block::Table(trace(teller, found))).collect() }
}

fn trace(teller: &Teller, trace: &Trace) -> Table {
    // A few probes tell nothing of loss.
    let tells_loss = trace.hops.iter().any(|hop| hop.sent >= FEWEST_FOR_LOSS);
    let lost = trace.loss_on_the_way();
    let rows = trace
        .hops
        .iter()
        .enumerate()
        .map(|(index, hop)| {
            let others = hop.replies.iter().map(|reply| reply.from).filter(|from| Some(*from) != hop.address()).count();
            let address = hop.address().map_or_else(|| teller.text("report-silent"), |address| address.to_string());
            let mut row = vec![
                hop.ttl.to_string(),
                if others > 0 { format!("{address} +") } else { address },
                format!("{} / {}", hop.replies.len(), hop.sent),
                milliseconds(hop_median(hop)),
                remark(teller, trace, index),
            ];
            if tells_loss {
                let lost = lost.get(index).copied().flatten();
                row.insert(LOST_COLUMN, lost.map_or_else(String::new, |share| format!("{:.1} %", share * 100.0)));
            }
            row
        })
        .collect();
    let mut columns = vec![
        ("report-column-hop", Kind::Figures),
        ("report-column-address", Kind::Text),
        ("report-column-answers", Kind::Figures),
        ("report-column-median", Kind::Figures),
        ("report-column-remark", Kind::Sentences),
    ];
    if tells_loss {
        columns.insert(LOST_COLUMN, ("report-column-lost-on-the-way", Kind::Figures));
    }
    let caption = if trace.reached { "report-trace-caption" } else { "report-trace-caption-not-reached" };
    teller.table(teller.say(&Phrase::new(caption).text("destination", trace.destination.to_string())), &columns, rows)
}

/// A hop that is silent or slow while hops behind it are not is no fault: said where it is seen, since it is misread most.
fn remark(teller: &Teller, trace: &Trace, index: usize) -> String {
    let Some(hop) = trace.hops.get(index) else { return String::new() };
    let behind = trace.hops.get(index + 1..).unwrap_or_default();
    let complete = |hop: &TraceHop| hop.replies.len() >= usize::from(hop.sent) && !hop.replies.is_empty();
    let fastest_behind = behind.iter().filter_map(hop_median).fold(f64::INFINITY, f64::min);
    let silent = hop.replies.len() < usize::from(hop.sent);
    let slow = hop_median(hop).is_some_and(|own| own > fastest_behind * SLOW_ANSWER.0 && own > fastest_behind + SLOW_ANSWER.1);
    if (silent && behind.iter().any(complete)) || (slow && !silent) {
        teller.text("report-hop-does-not-matter")
    } else if silent && behind.is_empty() && !trace.reached {
        teller.text("report-hop-last")
    } else {
        String::new()
    }
}

fn hop_median(hop: &TraceHop) -> Option<f64> {
    median(&hop.replies.iter().map(|reply| reply.rtt_ms).collect::<Vec<_>>())
}

/// Name servers and the stages of requests to services.
pub fn services(teller: &Teller) -> Section {
    let observations = || teller.run.latest();
    let fetches: Vec<Vec<String>> = observations().filter_map(|observation| fetch(teller, observation)).collect();
    let queries: Vec<Vec<String>> = observations().filter_map(|observation| query(teller, observation)).collect();
    let fetch_columns = [
        ("report-column-page", Kind::Sentences),
        ("report-column-family", Kind::Text),
        ("report-column-address", Kind::Text),
        ("report-column-name-ms", Kind::Figures),
        ("report-column-connect-ms", Kind::Figures),
        ("report-column-tls-ms", Kind::Figures),
        ("report-column-first-byte-ms", Kind::Figures),
        ("report-column-result", Kind::Text),
    ];
    let query_columns = [
        ("report-column-name", Kind::Sentences),
        ("report-column-record", Kind::Text),
        ("report-column-asked", Kind::Text),
        ("report-column-answers", Kind::Figures),
        ("report-column-median", Kind::Figures),
        ("report-column-result", Kind::Text),
    ];
    let mut blocks = Vec::new();
    if !fetches.is_empty() {
        blocks.push(Block::Table(teller.table(teller.text("report-fetches-caption"), &fetch_columns, fetches)));
    }
    if !queries.is_empty() {
        blocks.push(Block::Table(teller.table(teller.text("report-queries-caption"), &query_columns, queries)));
    }
    Section { title: teller.text("report-services"), blocks }
}

fn fetch(teller: &Teller, observation: &Observation) -> Option<Vec<String>> {
    let (Request::Fetch { url, family, .. }, Some(times)) = (&observation.request, observation.fetch()) else { return None };
    let result = match (times.status, times.failed_at) {
        (_, Some(stage)) => {
            let stage = teller.text(match stage {
                demarc_model::FetchStage::Name => "report-stage-name",
                demarc_model::FetchStage::Connect => "report-stage-connect",
                demarc_model::FetchStage::Tls => "report-stage-tls",
                demarc_model::FetchStage::Http => "report-stage-http",
            });
            match &times.error {
                Some(error) => format!("{stage}: {}", shown(error)),
                None => stage,
            }
        }
        (Some(status), None) => status.to_string(),
        (None, None) => "\u{2013}".to_owned(),
    };
    Some(vec![
        shown(url.as_str()),
        self::family(*family).to_owned(),
        times.address.map(|address| address.to_string()).unwrap_or_default(),
        milliseconds(times.name_ms),
        milliseconds(times.connect_ms),
        milliseconds(times.tls_ms),
        milliseconds(times.first_byte_ms),
        result,
    ])
}

fn query(teller: &Teller, observation: &Observation) -> Option<Vec<String>> {
    let (Request::Dns { resolver, name, record, .. }, Some(answer)) = (&observation.request, observation.dns()) else { return None };
    let answered = answer.replies.iter().filter(|reply| reply.answered()).count();
    let times: Vec<f64> = answer.replies.iter().filter_map(|reply| reply.elapsed_ms).collect();
    let mut results: Vec<String> =
        answer.replies.iter().filter_map(|reply| reply.error.as_deref().or(reply.code.as_deref())).map(shown).collect();
    results.sort();
    results.dedup();
    results.truncate(3);
    Some(vec![
        shown(name),
        self::record(*record).to_owned(),
        asked(teller, *resolver),
        format!("{answered} / {}", answer.replies.len()),
        milliseconds(median(&times)),
        results.join(", "),
    ])
}

fn asked(teller: &Teller, resolver: Resolver) -> String {
    match resolver {
        Resolver::System => teller.text("report-resolver-system"),
        Resolver::Server(server) => server.ip().to_string(),
    }
}

const fn family(family: Family) -> &'static str {
    match family {
        Family::Any => "",
        Family::V4 => "IPv4",
        Family::V6 => "IPv6",
    }
}

const fn record(record: DnsRecord) -> &'static str {
    match record {
        DnsRecord::A => "A",
        DnsRecord::Aaaa => "AAAA",
        DnsRecord::Version => "TXT",
    }
}

/// Everything that was asked and what became of it.
pub fn observations(teller: &Teller) -> Section {
    let rows: Vec<Vec<String>> = teller
        .run
        .observations
        .iter()
        .map(|observation| {
            let outcome = match &observation.outcome {
                Outcome::Measured { .. } => teller.text("report-outcome-measured"),
                Outcome::NotApplicable { why } => format!("{}: {}", teller.text("report-outcome-not-applicable"), teller.say(why)),
                Outcome::Blocked { why } => format!("{}: {}", teller.text("report-outcome-blocked"), teller.say(why)),
                Outcome::Failed { why } => format!("{}: {}", teller.text("report-outcome-failed"), teller.say(why)),
            };
            vec![
                observation.at.format("%H:%M:%S").to_string(),
                teller.name("check", &observation.check),
                request(teller, &observation.request),
                outcome,
                milliseconds(Some(observation.elapsed_ms)),
            ]
        })
        .collect();
    let columns = [
        ("report-column-time", Kind::Text),
        ("report-column-check", Kind::Text),
        ("report-column-request", Kind::Sentences),
        ("report-column-outcome", Kind::Text),
        ("report-column-took", Kind::Figures),
    ];
    let blocks = if rows.is_empty() { Vec::new() } else { vec![Block::Table(teller.table(String::new(), &columns, rows))] };
    Section { title: teller.text("report-observations"), blocks }
}

/// One line for a request: its kind and what it was about.
fn request(teller: &Teller, request: &Request) -> String {
    let (kind, about) = match request {
        Request::Network => ("network", String::new()),
        Request::Resolvers => ("resolvers", String::new()),
        Request::Proxy => ("proxy", String::new()),
        Request::HostsFile { names } => ("hosts-file", names.iter().take(4).map(|name| shown(name)).collect::<Vec<_>>().join(", ")),
        Request::Host { .. } => ("host", String::new()),
        Request::Clock { server } => ("clock", server.clone()),
        Request::Lease { interface } => ("lease", interface.clone()),
        Request::Link { interface } => ("link", interface.clone()),
        Request::CableTest { interface } => ("cable-test", interface.clone()),
        Request::Wifi { interface } => ("wifi", interface.clone()),
        Request::WifiNeighbours { interface } => ("wifi-neighbours", interface.clone()),
        Request::WifiWatch { interface, .. } => ("wifi-watch", interface.clone()),
        Request::Dns { resolver, record: DnsRecord::Version, .. } => ("dns-version", asked(teller, *resolver)),
        Request::Dns { resolver, name, record, .. } => {
            ("dns", format!("{} {}, {}", shown(name), self::record(*record), asked(teller, *resolver)))
        }
        Request::Fetch { url, family, .. } => ("fetch", format!("{} {}", shown(url.as_str()), self::family(*family))),
        Request::PathMtu { destination, .. } => ("path-mtu", destination.to_string()),
        Request::Trace { destination, .. } => ("trace", destination.to_string()),
        Request::WanTraffic { .. } => ("wan-traffic", String::new()),
        Request::Router => ("router", String::new()),
        Request::Stun { server } => ("stun", shown(server)),
        Request::DhcpServers { interface } => ("dhcp-servers", interface.clone()),
        Request::AddressOwners { address, .. } => ("address-owners", address.to_string()),
        Request::ModemPage { .. } => ("modem-page", String::new()),
        Request::Campaign(campaign) => return campaign_line(teller, campaign),
    };
    let phrase = Phrase { id: format!("report-request-{kind}"), args: [("about".to_owned(), Arg::Text(about))].into() };
    teller.say(&phrase).trim_end().to_owned()
}

fn campaign_line(teller: &Teller, campaign: &demarc_model::Campaign) -> String {
    let id = if campaign.loads.is_empty() { "report-request-campaign" } else { "report-request-campaign-loaded" };
    let seconds = f64::from(campaign.duration_ms) / 1000.0;
    teller.say(&Phrase::new(id).number("places", campaign.lanes.len() as f64, 0).number("seconds", seconds, 0))
}
