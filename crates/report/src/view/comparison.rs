//! The home before and after a change, side by side.

use demarc_model::{Answers, InterfaceKind, Look, Phrase};

use super::{Block, Kind, Section, Teller, milliseconds};

/// The sentence and the table; empty where no two looks were compared.
pub fn section(teller: &Teller) -> Section {
    let title = teller.text("comparison-title");
    let Some(comparison) = &teller.run.comparison else { return Section { title, blocks: Vec::new() } };
    let rows: Vec<Vec<String>> = ROWS
        .iter()
        .map(|(name, cell)| (name, cell(teller, &comparison.before), cell(teller, &comparison.after)))
        .filter(|(_, before, after)| before.is_some() || after.is_some())
        .map(|(name, before, after)| {
            let shown = |cell: Option<String>| cell.unwrap_or_else(|| milliseconds(None));
            vec![teller.text(&format!("comparison-row-{name}")), shown(before), shown(after)]
        })
        .collect();
    let columns =
        [("comparison-column-what", Kind::Text), ("comparison-column-before", Kind::Figures), ("comparison-column-after", Kind::Figures)];
    let mut blocks = vec![Block::Paragraph { text: teller.say_or(&comparison.summary_phrase, &comparison.summary) }];
    if comparison.noticed {
        blocks.push(Block::Paragraph { text: teller.text("comparison-noticed") });
    }
    let change = comparison.change.map_or("none", demarc_model::Change::id);
    blocks.push(Block::Table(teller.table(teller.name("change", change), &columns, rows)));
    Section { title, blocks }
}

type Cell = fn(&Teller, &Look) -> Option<String>;

const ROWS: [(&str, Cell); 10] = [
    ("link", |teller, look| {
        look.link.map(|kind| {
            teller.text(match kind {
                InterfaceKind::Wifi => "comparison-link-wifi",
                InterfaceKind::Wired => "comparison-link-wired",
                _ => "comparison-link-other",
            })
        })
    }),
    ("link-mbps", |_, look| look.link_mbps.map(|mbps| format!("{mbps:.0}"))),
    ("signal", |_, look| look.signal_dbm.map(|dbm| format!("{dbm:.0}"))),
    ("damaged", |_, look| look.damaged.map(|damaged| format!("{} / {}", damaged.hits, damaged.trials))),
    ("router-loss", |teller, look| look.router.map(|answers| loss(teller, answers))),
    ("router-median", |_, look| look.router.map(|answers| milliseconds(answers.median_ms))),
    ("router-p90", |_, look| look.router.map(|answers| milliseconds(answers.p90_ms))),
    ("service-loss", |teller, look| look.service.map(|answers| loss(teller, answers))),
    ("service-median", |_, look| look.service.map(|answers| milliseconds(answers.median_ms))),
    ("service-p90", |_, look| look.service.map(|answers| milliseconds(answers.p90_ms))),
];

fn loss(teller: &Teller, answers: Answers) -> String {
    let share = answers.loss.share() * 100.0;
    teller.say(&Phrase::new("comparison-loss").number("loss", share, 1).number("sent", answers.loss.trials as f64, 0))
}
