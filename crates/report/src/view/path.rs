//! Loss, delay and rates along the path: charts and the table behind them.

use demarc_model::{Direction, Phrase, Position, Probe, statistics::Proportion};

use super::{
    Block, Kind, Section, Teller, ink_of, megabits, milliseconds,
    probing::{LaneFigures, Probing, place_address},
    shown,
};
use crate::drawing::{self, Drawing, Ink, LossRow, Series, Transfer};

/// Campaigns that are shown.
const MOST_CAMPAIGNS: usize = 2;

/// The section with every campaign.
pub fn section(teller: &Teller) -> Section {
    let mut blocks = Vec::new();
    // Loss is drawn where it was counted best; the others have it in their table.
    let longest = Probing::fullest(teller.run).map(|probing| probing.at);
    for probing in Probing::all(teller.run, MOST_CAMPAIGNS) {
        blocks.extend(latency(teller, &probing).map(Block::Chart));
        if longest == Some(probing.at) {
            blocks.extend(loss(teller, &probing).map(Block::Chart));
        }
        blocks.extend(throughput(teller, &probing).map(Block::Chart));
        blocks.push(Block::Table(lanes(teller, &probing)));
        blocks.extend(transfers(teller, &probing).map(Block::Table));
    }
    Section { title: teller.text("report-path"), blocks }
}

/// The router, the provider and the service on one axis: the three whose differences say where a queue is.
fn latency(teller: &Teller, probing: &Probing) -> Option<Drawing> {
    let first = |positions: &[Position]| {
        positions
            .iter()
            .find_map(|position| probing.lanes.iter().find(|lane| lane.result.lane.position == *position && !lane.result.echoes.is_empty()))
    };
    let chosen: Vec<&LaneFigures> = [
        first(&[Position::Gateway]),
        first(&[Position::FirstHop, Position::OnNet, Position::BorderNear]),
        first(&[Position::Service, Position::OtherNetwork, Position::BorderFar]),
    ]
    .into_iter()
    .flatten()
    .collect();
    if chosen.is_empty() {
        return None;
    }
    let told: Vec<String> = chosen
        .iter()
        .map(|lane| {
            let phrase = Phrase::new("report-latency-alt-lane")
                .text("name", place(teller, lane))
                .text("median", milliseconds(lane.median_ms))
                .text("p90", milliseconds(lane.p90_ms))
                .number("lost", lane.loss.hits as f64, 0)
                .number("sent", lane.loss.trials as f64, 0);
            teller.say(&phrase)
        })
        .collect();
    let loads = probing.result.loads.iter().filter(|load| load.bytes > 0).map(|load| {
        let name = match load.load.direction {
            Direction::Down => "report-load-down",
            Direction::Up => "report-load-up",
        };
        (load.began_ms, load.ended_ms, teller.text(name))
    });
    let caption = Phrase::new("report-latency-caption").number("seconds", probing.duration_ms / 1000.0, 0).text("at", clock(probing));
    Some(drawing::latency(&drawing::Latency {
        caption: teller.say(&caption),
        alt: format!("{} {}", teller.text("report-latency-alt"), told.join("; ")),
        series: chosen
            .iter()
            .map(|lane| Series { name: short_place(teller, lane), ink: ink_of(lane.result.lane.position), echoes: &lane.result.echoes })
            .collect(),
        loads: loads.collect(),
        duration_ms: probing.duration_ms,
        units: [teller.text("report-unit-ms"), teller.text("report-unit-s"), teller.text("report-lost")],
    }))
}

fn loss(teller: &Teller, probing: &Probing) -> Option<Drawing> {
    let rows: Vec<LossRow> = probing
        .lanes
        .iter()
        .filter(|lane| lane.loss.trials > 0)
        .map(|lane| LossRow {
            name: place(teller, lane),
            ink: ink_of(lane.result.lane.position),
            loss: lane.loss,
            figure: share(teller, lane.loss),
        })
        .collect();
    let told: Vec<String> = rows.iter().map(|row| format!("{}: {}", row.name, row.figure)).collect();
    let alt = format!("{} {}", teller.text("report-loss-alt"), told.join("; "));
    (!rows.is_empty()).then(|| drawing::loss(teller.text("report-loss-caption"), alt, &rows))
}

fn throughput(teller: &Teller, probing: &Probing) -> Option<Drawing> {
    let environment = &teller.run.environment;
    let transfers: Vec<Transfer> = probing
        .result
        .loads
        .iter()
        .filter(|load| !load.rates.is_empty())
        .map(|load| {
            let (id, ink, promised) = match load.load.direction {
                Direction::Down => ("report-direction-down", Ink::Provider, environment.promised_down_mbps),
                Direction::Up => ("report-direction-up", Ink::Networks, environment.promised_up_mbps),
            };
            let promised = promised.map(|mbps| (mbps, teller.text("report-promised")));
            let reached = load.mbps.map(|mbps| teller.say(&Phrase::new("report-value-mbps").text("value", megabits(Some(mbps)))));
            let name = [Some(teller.text(id)), reached].into_iter().flatten().collect::<Vec<_>>().join(" ");
            Transfer { name, ink, began_ms: load.began_ms, rates: &load.rates, promised }
        })
        .collect();
    if transfers.is_empty() {
        return None;
    }
    let told: Vec<String> = probing
        .result
        .loads
        .iter()
        .map(|load| format!("{}: {} {}", direction(teller, load.load.direction), megabits(load.mbps), teller.text("report-unit-mbps")))
        .collect();
    Some(drawing::throughput(&drawing::Throughput {
        caption: teller.text("report-throughput-caption"),
        alt: format!("{} {}", teller.text("report-throughput-alt"), told.join("; ")),
        transfers,
        units: [teller.text("report-unit-mbps"), teller.text("report-unit-s")],
    }))
}

fn lanes(teller: &Teller, probing: &Probing) -> super::Table {
    let loaded = probing.lanes.iter().any(|lane| lane.loaded_p90_ms.is_some());
    let mut columns = vec![
        ("report-column-place", Kind::Text),
        ("report-column-address", Kind::Text),
        ("report-column-sent", Kind::Figures),
        ("report-column-lost", Kind::Figures),
        ("report-column-loss", Kind::Figures),
        ("report-column-median", Kind::Figures),
        ("report-column-p90", Kind::Figures),
        ("report-column-jitter", Kind::DetailFigures),
    ];
    if loaded {
        columns.push(("report-column-loaded", Kind::Figures));
    }
    let rows = probing
        .lanes
        .iter()
        .map(|lane| {
            let mut row = vec![
                place(teller, lane),
                place_address(&lane.result.lane).to_string(),
                lane.loss.trials.to_string(),
                lane.loss.hits.to_string(),
                if lane.loss.trials == 0 {
                    "\u{2013}".to_owned()
                } else {
                    share(teller, lane.loss) + if lane.own_silence() { " *" } else { "" }
                },
                milliseconds(lane.median_ms),
                milliseconds(lane.p90_ms),
                milliseconds(lane.jitter_ms),
            ];
            if loaded {
                row.push(milliseconds(lane.loaded_p90_ms));
            }
            row
        })
        .collect();
    let caption = Phrase::new("report-lanes-caption").text("at", clock(probing)).number("seconds", probing.duration_ms / 1000.0, 0);
    let mut table = teller.table(teller.say(&caption), &columns, rows);
    let mut notes = vec![teller.text("report-lanes-note")];
    if probing.lanes.iter().any(LaneFigures::own_silence) {
        notes.push(teller.text("report-silence-note"));
    }
    notes.extend(
        probing.lanes.iter().filter_map(|lane| Some(format!("{}: {}", place(teller, lane), shown(lane.result.failure.as_deref()?)))),
    );
    table.note = Some(notes.join(" "));
    table
}

fn transfers(teller: &Teller, probing: &Probing) -> Option<super::Table> {
    let rows: Vec<Vec<String>> = probing
        .result
        .loads
        .iter()
        .map(|load| {
            vec![
                direction(teller, load.load.direction),
                shown(load.load.peer.as_str()),
                megabits(load.mbps),
                format!("{:.1}", load.bytes as f64 / 1e6),
                format!("{:.1}", ((load.ended_ms - load.began_ms) / 1000.0).clamp(0.0, 1e6)),
                load.failure.as_deref().map(shown).unwrap_or_default(),
            ]
        })
        .collect();
    let columns = [
        ("report-column-direction", Kind::Text),
        ("report-column-peer", Kind::Text),
        ("report-column-rate", Kind::Figures),
        ("report-column-megabytes", Kind::Figures),
        ("report-column-seconds", Kind::Figures),
        ("report-column-failure", Kind::Sentences),
    ];
    (!rows.is_empty()).then(|| teller.table(teller.text("report-transfers-caption"), &columns, rows))
}

fn direction(teller: &Teller, direction: Direction) -> String {
    teller.text(match direction {
        Direction::Down => "report-direction-down",
        Direction::Up => "report-direction-up",
    })
}

/// How a place was probed, where it is not by an echo.
fn probe(teller: &Teller, probe: Probe) -> Option<String> {
    match probe {
        Probe::Echo => None,
        Probe::HopLimited { ttl } => Some(teller.say(&Phrase::new("report-probe-hop").number("ttl", f64::from(ttl), 0))),
        Probe::TcpConnect { port } => Some(teller.say(&Phrase::new("report-probe-tcp").text("port", port.to_string()))),
    }
}

/// "2.5 %, 1 in 40".
fn share(teller: &Teller, loss: Proportion) -> String {
    if loss.hits == 0 {
        return teller.text("report-loss-none");
    }
    let percent = loss.share() * 100.0;
    let phrase = Phrase::new(if loss.hits == loss.trials {
        "report-loss-all"
    } else if percent > 50.0 {
        "report-loss-most"
    } else {
        "report-loss-share"
    });
    teller.say(&phrase.number("percent", percent, i32::from(percent < 10.0)).number("one-in", 1.0 / loss.share(), 0))
}

/// Where a lane stands: with its name where the position alone does not tell which, and with its probe unless it is an echo.
fn place(teller: &Teller, lane: &LaneFigures) -> String {
    let lane = &lane.result.lane;
    let mut place = teller.position(lane.position);
    if matches!(lane.position, Position::OnNet | Position::OtherNetwork | Position::Service) && !lane.name.is_empty() {
        place = format!("{place}: {}", shown(&lane.name));
    }
    match probe(teller, lane.probe) {
        Some(probe) => format!("{place} ({probe})"),
        None => place,
    }
}

fn short_place(teller: &Teller, lane: &LaneFigures) -> String {
    match lane.result.lane.position {
        Position::Gateway => teller.text("part-router"),
        Position::FirstHop | Position::BorderNear | Position::OnNet => teller.text("part-provider"),
        _ if !lane.result.lane.name.is_empty() => shown(&lane.result.lane.name),
        _ => teller.text("part-service"),
    }
}

fn clock(probing: &Probing) -> String {
    probing.at.format("%H:%M:%S").to_string()
}
