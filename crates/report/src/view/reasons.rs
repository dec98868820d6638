//! Why the verdict is what it is: what speaks for it, what against it, how sure it is and what to do next.

use std::collections::HashSet;

use demarc_model::{Candidate, Evidence, Party, Phrase, Says, Segment, Verdict};

use super::{Block, Kind, Points, Section, Table, Teller, shown};

/// The two lists beside the verdict.
pub struct Reasons {
    pub reasons: Points,
    pub against: Points,
}

/// Points in a list on the first page.
const MOST_POINTS: usize = 3;
/// Natural logarithm of the odds below which a finding moved nothing worth telling.
const LEAST_WEIGHT: f64 = 0.3;
/// Least weight that a table shows as other than nought.
const LEAST_SHOWN: f64 = 0.05;
/// Explanations that are shown, and the least probability worth showing.
const MOST_CANDIDATES: usize = 5;
const LEAST_PROBABILITY: f64 = 0.005;

impl Reasons {
    pub fn new(teller: &Teller) -> Self {
        let verdict = &teller.run.verdict;
        let suspects = accused(verdict);
        let here = |evidence: &Evidence| suspects.contains(&evidence.segment);
        let accuses = |evidence: &Evidence| evidence.says == Says::Accuses && evidence.weight >= LEAST_WEIGHT;
        let clears = |evidence: &Evidence| evidence.says == Says::Clears && evidence.weight <= -LEAST_WEIGHT;
        let also = verdict.also.as_ref().and_then(|also| also.segment).filter(|_| verdict.party != Party::Undetermined);
        // Of a fault: what accuses its place, then readings of the path that clear the others; settings in order elsewhere are no reasons.
        // Where nothing is at fault or nothing is decided: what clears.
        let is_for = |evidence: &Evidence| match verdict.party {
            Party::Healthy => clears(evidence),
            Party::Undetermined => clears(evidence) && (evidence.fault.is_some() || !verdict.credible.contains(&evidence.segment)),
            _ if here(evidence) => accuses(evidence),
            _ => clears(evidence) && evidence.fault.is_none(),
        };
        // A second fault beside a decided one, that the accused shows no other fault, and what its fault explains, do not speak against it.
        let is_against = |evidence: &Evidence| match (verdict.fault, evidence.fault) {
            _ if !here(evidence) && (!accuses(evidence) || also == Some(evidence.segment)) => false,
            _ if here(evidence) && !clears(evidence) => false,
            (Some(found), Some(about)) => found == about || !(here(evidence) || found.explains(about)),
            _ => true,
        };
        let mut weighed: Vec<&Evidence> = teller.run.evidence.iter().collect();
        weighed.sort_by(|one, two| two.weight.abs().total_cmp(&one.weight.abs()));
        let mut speaks_for: Vec<&Evidence> = weighed.iter().copied().filter(|evidence| is_for(evidence)).collect();
        let other = |evidence: &Evidence| evidence.fault.is_some() && evidence.fault != verdict.fault;
        speaks_for.sort_by_key(|evidence| (!here(evidence), other(evidence)));
        let mut speaks_against: Vec<&Evidence> = weighed.into_iter().filter(|evidence| is_against(evidence)).collect();
        speaks_against.retain(|evidence| {
            !speaks_for.iter().any(|other| other.because_phrase == evidence.because_phrase && other.because == evidence.because)
        });
        let (for_id, against_id) = match verdict.party {
            Party::Undetermined => ("report-ruled-out", "report-left"),
            _ => ("report-reasons", "report-against"),
        };
        Self { reasons: points(teller, for_id, &speaks_for), against: points(teller, against_id, &speaks_against) }
    }
}

/// The segments that the verdict accuses: one, or those of its party that are left.
fn accused(verdict: &Verdict) -> Vec<Segment> {
    let of_party = verdict.credible.iter().copied().filter(|segment| segment.party() == verdict.party);
    verdict.segment.map_or_else(|| of_party.collect(), |segment| vec![segment])
}

fn points(teller: &Teller, id: &str, evidence: &[&Evidence]) -> Points {
    let mut items: Vec<String> = Vec::new();
    for sentence in evidence.iter().map(|evidence| teller.say_or(&evidence.because_phrase, &evidence.because)) {
        if items.len() < MOST_POINTS && !items.contains(&sentence) {
            items.push(sentence);
        }
    }
    Points { title: teller.text(id), items, none: teller.text(&format!("{id}-none")) }
}

/// "Very likely (97 %)", never more certain than the evidence.
pub fn confidence(teller: &Teller) -> String {
    let verdict = &teller.run.verdict;
    let percent = (verdict.confidence.clamp(0.0, 1.0) * 100.0).round().min(99.0);
    if verdict.party == Party::Undetermined {
        let left: Vec<String> = verdict.credible.iter().map(|segment| teller.part(*segment)).collect();
        return match left.as_slice() {
            [] => teller.text("report-undecided-open"),
            [one] => teller.say(&Phrase::new("report-undecided-one").text("place", one)),
            several => teller.say(&Phrase::new("report-undecided").text("places", several.join(", "))),
        };
    }
    let id = match percent {
        95.0.. => "report-very-likely",
        80.0.. => "report-likely",
        _ => "report-rather-likely",
    };
    teller.say(&Phrase::new(id).number("percent", percent, 0))
}

pub fn next(teller: &Teller) -> Points {
    let mut items: Vec<String> = Vec::new();
    for test in teller.run.verdict.next.iter().take(MOST_POINTS) {
        let action = teller.say_or(&test.action_phrase, &test.action);
        let decides: Vec<String> = test.decides.iter().map(|segment| teller.part(*segment)).collect();
        items.push(match decides.as_slice() {
            [] | [_] => action,
            several => teller.say(&Phrase::new("report-decides").text("action", action).text("places", several.join(", "))),
        });
    }
    Points { title: teller.text("report-next"), items, none: teller.text("report-next-none") }
}

/// The explanations considered, likeliest first, and a second fault besides them.
pub fn candidates(teller: &Teller) -> Option<Table> {
    let verdict = &teller.run.verdict;
    let row = |name: String, probability: f64| vec![name, format!("{:.0} %", (probability * 100.0).clamp(0.0, 99.0))];
    let likely = verdict.candidates.iter().filter(|candidate| candidate.probability >= LEAST_PROBABILITY).take(MOST_CANDIDATES);
    let besides = verdict.also.iter().map(|also| {
        let name = also.fault.map_or_else(|| explanation(teller, also), |fault| teller.name("fault", fault.id()));
        row(teller.say(&Phrase::new("report-besides").text("fault", name)), also.probability)
    });
    let rows: Vec<Vec<String>> =
        likely.map(|candidate| row(explanation(teller, candidate), candidate.probability)).chain(besides).collect();
    let columns = [("report-column-explanation", Kind::Sentences), ("report-column-probability", Kind::Figures)];
    (!rows.is_empty()).then(|| teller.table(teller.text("report-candidates"), &columns, rows))
}

fn explanation(teller: &Teller, candidate: &Candidate) -> String {
    match (candidate.fault, candidate.segment) {
        (Some(fault), _) => capitalised(&teller.name("fault", fault.id())),
        (None, Some(segment)) => teller.part(segment),
        (None, None) => teller.text("report-nothing-at-fault"),
    }
}

/// Names of faults are made for the middle of a sentence.
fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// Every finding with its weight, and what was seen besides.
pub fn evidence(teller: &Teller) -> Section {
    let (weighed, noted): (Vec<&Evidence>, Vec<&Evidence>) =
        teller.run.evidence.iter().partition(|evidence| evidence.weight.abs() >= LEAST_SHOWN);
    let columns = [
        ("report-column-seen", Kind::Sentences),
        ("report-column-check", Kind::Text),
        ("report-column-says", Kind::Text),
        ("report-column-about", Kind::Text),
        ("report-column-weight", Kind::Figures),
    ];
    let mut blocks = Vec::new();
    if !weighed.is_empty() {
        let mut table = teller.table(String::new(), &columns, weighed.into_iter().map(|evidence| row(teller, evidence)).collect());
        table.note = table.note.or_else(|| Some(teller.text("report-weight-note")));
        blocks.push(Block::Table(table));
    }
    if !noted.is_empty() {
        let sentences = noted.into_iter().map(|evidence| teller.say_or(&evidence.because_phrase, &evidence.because));
        let mut told = HashSet::new();
        let items = sentences.filter(|sentence| told.insert(sentence.clone())).take(super::MOST_ROWS).collect();
        blocks.push(Block::List { title: teller.text("report-also-seen"), items, compact: true });
    }
    Section { title: teller.text("report-evidence"), blocks }
}

fn row(teller: &Teller, evidence: &Evidence) -> Vec<String> {
    let says = match evidence.says {
        Says::Accuses => "report-says-accuses",
        Says::Clears => "report-says-clears",
        Says::Notes => "report-says-notes",
    };
    vec![
        teller.say_or(&evidence.because_phrase, &evidence.because),
        teller.name("check", &shown(&evidence.check)),
        teller.text(says),
        teller.part(evidence.segment),
        format!("{:+.1}", evidence.weight.clamp(-99.0, 99.0)).replace('-', "\u{2212}"),
    ]
}
