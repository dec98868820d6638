//! Why the verdict is what it is: what speaks for it, what against it, how sure it is and what to do next.

use demarc_model::{Candidate, Evidence, Party, Phrase, Says};

use super::{Block, Kind, Points, Section, Table, Teller, shown};

/// The two lists beside the verdict.
pub struct Reasons {
    pub reasons: Points,
    pub against: Points,
}

/// Points in a list on the first page.
const MOST_POINTS: usize = 3;
/// Explanations that are shown, and the least probability worth showing.
const MOST_CANDIDATES: usize = 5;
const LEAST_PROBABILITY: f64 = 0.005;

impl Reasons {
    pub fn new(teller: &Teller) -> Self {
        let verdict = &teller.run.verdict;
        let mut weighed: Vec<&Evidence> =
            teller.run.evidence.iter().filter(|evidence| evidence.says != Says::Notes && evidence.weight != 0.0).collect();
        weighed.sort_by(|one, two| two.weight.abs().total_cmp(&one.weight.abs()));
        let here = |evidence: &&Evidence| verdict.segment == Some(evidence.segment);
        let towards = |evidence: &&Evidence| evidence.weight > 0.0;
        // For a fault: what points at it, then what clears the rest. Where nothing is at fault or nothing is decided: what clears.
        let (mut speaks_for, mut speaks_against): (Vec<&Evidence>, Vec<&Evidence>) =
            weighed.into_iter().partition(|evidence| here(evidence) == towards(evidence));
        // That the accused shows no other fault, and what its fault explains, speak neither for nor against.
        speaks_against.retain(|evidence| match (verdict.fault, evidence.fault) {
            (Some(found), Some(about)) => found == about || !(here(evidence) || found.explains(about)),
            _ => true,
        });
        speaks_against.retain(|evidence| !speaks_for.iter().any(|other| other.because_phrase == evidence.because_phrase));
        // After what points at the place itself, readings of the path say more than settings that are in order.
        speaks_for.sort_by_key(|evidence| (!here(evidence), evidence.fault.is_some()));
        let (for_id, against_id) = match verdict.party {
            Party::Undetermined => ("report-ruled-out", "report-left"),
            _ => ("report-reasons", "report-against"),
        };
        Self { reasons: points(teller, for_id, &speaks_for), against: points(teller, against_id, &speaks_against) }
    }
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
        let left: Vec<String> = verdict.credible.iter().map(|segment| teller.segment(*segment)).collect();
        return match left.as_slice() {
            [] => teller.text("report-undecided-open"),
            [one] => teller.say(&Phrase::new("report-undecided-one").text("place", one)),
            several => teller.say(&Phrase::new("report-undecided").text("places", teller.list(several))),
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

/// The explanations considered, likeliest first.
pub fn candidates(teller: &Teller) -> Option<Table> {
    let rows: Vec<Vec<String>> = teller
        .run
        .verdict
        .candidates
        .iter()
        .filter(|candidate| candidate.probability >= LEAST_PROBABILITY)
        .take(MOST_CANDIDATES)
        .map(|candidate| vec![explanation(teller, candidate), format!("{:.0} %", (candidate.probability * 100.0).clamp(0.0, 99.0))])
        .collect();
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
    let (weighed, noted): (Vec<&Evidence>, Vec<&Evidence>) = teller.run.evidence.iter().partition(|evidence| evidence.weight != 0.0);
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
        let items =
            noted.into_iter().take(super::MOST_ROWS).map(|evidence| teller.say_or(&evidence.because_phrase, &evidence.because)).collect();
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
