//! What an agent asks first, in the order of a ticket: who, where, when, with what, what was done and what was not.

use demarc_model::{Duplex, InterfaceKind, Outcome, Phrase, Position};

use super::{
    Block, Section, Teller, day_and_time,
    probing::{Probing, place_address},
    shown,
};
use crate::Redaction;

/// The page for the support agent.
pub fn section(teller: &Teller, redaction: Redaction) -> Section {
    let mut blocks = vec![Block::Fields { fields: fields(teller, redaction) }];
    let mut list = |title: &str, items: Vec<String>| {
        if !items.is_empty() {
            blocks.push(Block::List { title: teller.text(title), items, compact: false });
        }
    };
    list("report-answered", answers(teller));
    list("report-not-done", not_done(teller));
    Section { title: teller.text("report-facts"), blocks }
}

fn fields(teller: &Teller, redaction: Redaction) -> Vec<(String, String)> {
    let run = teller.run;
    let environment = &run.environment;
    let minutes = |milliseconds: i64| {
        let seconds = (milliseconds.max(0) as f64 / 1000.0).round();
        teller.say(&Phrase::new("report-duration").number("minutes", (seconds / 60.0).floor(), 0).number("seconds", seconds % 60.0, 0))
    };
    let promised = [("report-promised-down", environment.promised_down_mbps), ("report-promised-up", environment.promised_up_mbps)]
        .into_iter()
        .filter_map(|(id, rate)| rate.map(|rate| teller.say(&Phrase::new(id).number("mbps", rate, 1))))
        .collect::<Vec<_>>()
        .join(", ");
    let took = (run.ended - run.started).num_milliseconds();
    let fields = [
        ("report-field-trouble", environment.services.iter().map(|service| shown(service)).collect::<Vec<_>>().join(", ")),
        ("report-field-when", format!("{} \u{2013} {} ({})", day_and_time(run.started), run.ended.format("%H:%M:%S"), minutes(took))),
        ("report-field-link", link(teller).unwrap_or_default()),
        ("report-field-address", own_addresses(teller)),
        ("report-field-gateway", gateway(teller).unwrap_or_default()),
        ("report-field-resolvers", resolvers(teller)),
        ("report-field-targets", targets(teller)),
        ("report-field-promised", promised),
        ("report-field-system", shown(&format!("{} {}", environment.system, environment.system_version))),
        ("report-field-profile", profile(teller)),
        ("report-field-redaction", teller.text(&format!("report-redaction-{}", redaction.id()))),
    ];
    fields.into_iter().filter(|(_, value)| !value.trim().is_empty()).map(|(id, value)| (teller.text(id), value)).collect()
}

fn profile(teller: &Teller) -> String {
    let profile = match teller.run.profile {
        demarc_model::Profile::Quick => "profile-quick",
        demarc_model::Profile::Standard => "profile-standard",
        demarc_model::Profile::Thorough => "profile-thorough",
    };
    teller.say(&Phrase::new("report-program").text("version", &teller.run.version).text("profile", teller.text(profile)))
}

fn link(teller: &Teller) -> Option<String> {
    let interface = teller.latest(|observation| observation.network())?.router_interface()?;
    let wifi = teller.latest(|observation| observation.wifi().filter(|wifi| wifi.interface == interface.name));
    let wired = teller.latest(|observation| observation.link().filter(|link| link.interface == interface.name));
    let kind = match interface.kind {
        InterfaceKind::Wifi => "report-link-wifi",
        InterfaceKind::Wired => "report-link-wired",
        InterfaceKind::Tunnel => "report-link-tunnel",
        InterfaceKind::Mobile => "report-link-mobile",
        InterfaceKind::Virtual | InterfaceKind::Other => "report-link-other",
    };
    let mut parts = vec![teller.say(&Phrase::new(kind).text("interface", &interface.name))];
    if let Some(wifi) = wifi {
        let text = |id: &str, value: &Option<String>| value.as_ref().map(|value| teller.say(&Phrase::new(id).text("value", value)));
        let number = |id: &str, value: Option<f64>| value.map(|value| teller.say(&Phrase::new(id).number("value", value, 0)));
        parts.extend(text("report-wifi-ssid", &wifi.ssid));
        parts.extend(text("report-wifi-bssid", &wifi.bssid));
        parts.extend(number("report-wifi-signal", wifi.signal_dbm));
        parts.extend(number("report-wifi-frequency", wifi.frequency_mhz.map(f64::from)));
        parts.extend(number("report-wifi-width", wifi.width_mhz.map(f64::from)));
        if let (Some(receive), Some(send)) = (wifi.receive_mbps, wifi.send_mbps) {
            parts.push(teller.say(&Phrase::new("report-wifi-rates").number("receive", receive, 0).number("send", send, 0)));
        }
    }
    if let Some(wired) = wired.filter(|_| interface.kind != InterfaceKind::Wifi) {
        parts.extend(wired.speed_mbps.map(|speed| teller.say(&Phrase::new("report-value-mbps").number("value", f64::from(speed), 0))));
        parts.extend(wired.duplex.map(|duplex| {
            teller.text(match duplex {
                Duplex::Full => "report-duplex-full",
                Duplex::Half => "report-duplex-half",
            })
        }));
    }
    Some(parts.join(", "))
}

fn own_addresses(teller: &Teller) -> String {
    let Some(interface) = teller.latest(|observation| observation.network()).and_then(|network| network.router_interface()) else {
        return String::new();
    };
    let mac = interface.mac.as_ref().map(|mac| format!("MAC {mac}"));
    let all: Vec<String> = interface.addresses.iter().take(6).cloned().chain(mac).map(|text| shown(&text)).collect();
    all.join(", ")
}

fn gateway(teller: &Teller) -> Option<String> {
    Some(teller.latest(|observation| observation.network())?.router()?.gateway?.to_string())
}

fn resolvers(teller: &Teller) -> String {
    let Some(resolvers) = teller.latest(|observation| observation.resolvers()) else { return String::new() };
    resolvers.servers.iter().take(6).map(|server| server.ip().to_string()).collect::<Vec<_>>().join(", ")
}

fn targets(teller: &Teller) -> String {
    let Some(probing) = Probing::fullest(teller.run) else { return String::new() };
    let mut targets: Vec<String> = Vec::new();
    for lane in probing.lanes.iter().map(|lane| &lane.result.lane).filter(|lane| lane.position > Position::Gateway) {
        let address = place_address(lane).to_string();
        let target = if lane.name.is_empty() || lane.name == address { address } else { format!("{} ({address})", shown(&lane.name)) };
        if !targets.contains(&target) {
            targets.push(target);
        }
    }
    targets.join(", ")
}

fn answers(teller: &Teller) -> Vec<String> {
    let answers = teller.run.environment.answers.iter().take(20);
    answers
        .map(|(question, answer)| {
            let told = if teller.words.knows(&format!("question-{question}")) {
                teller.name("question", question)
            } else {
                format!("{}:", shown(question))
            };
            let option = format!("question-{question}-{answer}");
            let answer = if teller.words.knows(&option) { teller.text(&option) } else { shown(answer) };
            teller.say(&Phrase::new("report-question-answer").text("question", told).text("answer", answer))
        })
        .collect()
}

/// What was not measured and why, once a reason.
fn not_done(teller: &Teller) -> Vec<String> {
    let mut items: Vec<String> = Vec::new();
    for observation in teller.run.latest() {
        let why = match &observation.outcome {
            Outcome::Measured { .. } => continue,
            Outcome::NotApplicable { why } | Outcome::Blocked { why } | Outcome::Failed { why } => why,
        };
        let item = format!("{}: {}", teller.name("check", &observation.check), teller.say(why));
        if items.len() < 12 && !items.contains(&item) {
            items.push(item);
        }
    }
    items
}
