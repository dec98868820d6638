//! What does the modem's own page say of the line? Only where the user gave it. Values are usual, unusual or far from usual; none of them is
//! "broken": modems differ, and who reads a page may have saved it on another day.

use demarc_model::{DslDirection, Fault, Finding, ModemPage, Observation, Phrase, Request, Segment, Step, Visit};

use crate::{
    Check, Plan,
    words::{FAIR, WEAK, accuse, clear, note},
};

pub const CHECK: Check = Check {
    id: "modem-page",
    step: Step::Router,
    needs: &["addresses"],
    faults: &[Fault::AccessLoss, Fault::AccessFlapping],
    plan,
    interpret,
};

/// Received power in dBmV: what DOCSIS 3.1 modems must take (PHY specification, CM-SP-PHYv3.1 table 43), and what technicians aim at.
const POWER_DOWN: Range = Range { usual: (-8.0, 10.0), possible: (-15.0, 15.0) };
/// Sent power in dBmV: four channels of 64-QAM may be sent at up to 51 (DOCSIS 3.0 PHY specification, table 6-8).
const POWER_UP: Range = Range { usual: (35.0, 49.0), possible: (30.0, 51.0) };
/// Signal-to-noise ratio in dB of 256-QAM: what the modem must read without loss at a weak signal (33), and where it stops (30); 64-QAM
/// takes six less.
const MER_256: Range = Range { usual: (33.0, 60.0), possible: (30.0, 70.0) };
const MER_64: Range = Range { usual: (27.0, 60.0), possible: (24.0, 70.0) };
/// Distance to the noise of a DSL line in dB: providers aim at 6 or more; below 3 a line drops when it rains.
const MARGIN: Range = Range { usual: (6.0, 40.0), possible: (3.0, 60.0) };
/// Lost codewords that are no chance, and their share of those that needed mending.
const MANY_LOST: u64 = 1_000;
const MUCH_LOST: f64 = 0.1;
/// Timeouts in the log that are more than a modem's start leaves.
const MANY_T3: u32 = 5;

/// Between which values something is usual, and possible.
#[derive(Clone, Copy)]
struct Range {
    usual: (f64, f64),
    possible: (f64, f64),
}

/// How a value lies in its range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Lies {
    Usual,
    Unusual,
    Far,
}

impl Range {
    fn lies(self, value: f64) -> Lies {
        let inside = |(low, high): (f64, f64)| (low..=high).contains(&value);
        match value {
            _ if inside(self.usual) => Lies::Usual,
            _ if inside(self.possible) => Lies::Unusual,
            _ => Lies::Far,
        }
    }
}

fn plan(visit: &Visit) -> Plan {
    match visit.of(CHECK.id).next() {
        // It is there already, and nobody has to be asked.
        Some(_) => Plan::Ask(Vec::new()),
        None => Plan::NotApplicable(Phrase::new("modem-page-not-given")),
    }
}

/// The observation that a page which the user gave stands for.
pub fn given(length: usize) -> Request {
    Request::ModemPage { length: u32::try_from(length).unwrap_or(u32::MAX) }
}

fn interpret(visit: &Visit) -> Vec<Finding> {
    visit.of(CHECK.id).filter_map(|seen| Some(judge(seen.modem_page()?, seen))).last().unwrap_or_default()
}

fn judge(page: &ModemPage, seen: &Observation) -> Vec<Finding> {
    let of_256 = |qam: Option<u32>| qam.is_none_or(|points| points >= 128);
    let down = page.down.iter().filter_map(|channel| channel.power_dbmv);
    let up = page.up.iter().filter_map(|channel| channel.power_dbmv);
    let mer = |high: bool| page.down.iter().filter(move |it| of_256(it.qam) == high).filter_map(|channel| channel.mer_db);
    let values = [
        values("modem-page-power-down", POWER_DOWN, down, Fault::AccessLoss, seen),
        values("modem-page-power-up", POWER_UP, up, Fault::AccessLoss, seen),
        values("modem-page-mer", MER_256, mer(true), Fault::AccessLoss, seen),
        values("modem-page-mer-64", MER_64, mer(false), Fault::AccessLoss, seen),
        lost(page, seen),
        timeouts(page, seen),
    ];
    let dsl = page.dsl.iter().flat_map(|dsl| [("down", dsl.down), ("up", dsl.up)]).flat_map(|(way, line)| dsl_line(way, &line, seen));
    let findings: Vec<Finding> = values.into_iter().flatten().chain(dsl).collect();
    if findings.is_empty() {
        return vec![note(Segment::Access, Phrase::new("modem-page-nothing-known"), [seen])];
    }
    if findings.iter().all(|finding| finding.fault.is_none()) {
        // A line that is well on its own page may still lose elsewhere.
        let usual = clear(Fault::AccessLoss, WEAK, Phrase::new("modem-page-usual"), [seen]);
        return findings.into_iter().chain([usual]).collect();
    }
    findings
}

/// One kind of value over all channels: told with what is usual, and a weak sign where it is not.
fn values(id: &str, range: Range, values: impl Iterator<Item = f64>, fault: Fault, seen: &Observation) -> Option<Finding> {
    let values: Vec<f64> = values.collect();
    let (low, high) = (values.iter().copied().min_by(f64::total_cmp)?, values.iter().copied().max_by(f64::total_cmp)?);
    let outside = values.iter().filter(|value| range.lies(**value) > Lies::Usual).count();
    let worst = values.iter().map(|value| range.lies(*value)).max()?;
    let because = Phrase::new(id)
        .number("low", low, 1)
        .number("high", high, 1)
        .number("channels", values.len() as f64, 0)
        .number("outside", outside as f64, 0)
        .number("usual-low", range.usual.0, 0)
        .number("usual-high", range.usual.1, 0)
        .text("lies", word(worst));
    Some(sign(worst, fault, because, seen))
}

fn sign(lies: Lies, fault: Fault, because: Phrase, seen: &Observation) -> Finding {
    match lies {
        Lies::Usual => note(Segment::Access, because, [seen]),
        Lies::Unusual => accuse(fault, WEAK, because, [seen]),
        Lies::Far => accuse(fault, FAIR, because, [seen]),
    }
}

const fn word(lies: Lies) -> &'static str {
    match lies {
        Lies::Usual => "usual",
        Lies::Unusual => "unusual",
        Lies::Far => "far",
    }
}

/// Codewords that could not be mended, among those that needed it.
fn lost(page: &ModemPage, seen: &Observation) -> Option<Finding> {
    let counted: Vec<(u64, u64)> = page.down.iter().filter_map(|channel| channel.corrected.zip(channel.uncorrected)).collect();
    if counted.is_empty() {
        return None;
    }
    let sum = |of: fn(&(u64, u64)) -> u64| counted.iter().map(of).fold(0_u64, u64::saturating_add);
    let (mended, lost) = (sum(|it| it.0), sum(|it| it.1));
    let share = lost as f64 / mended.saturating_add(lost).max(1) as f64;
    let lies = if lost >= MANY_LOST && share >= MUCH_LOST { Lies::Unusual } else { Lies::Usual };
    let because = Phrase::new("modem-page-codewords")
        .number("mended", mended as f64, 0)
        .number("lost", lost as f64, 0)
        .number("share", share * 100.0, 1)
        .text("lies", word(lies));
    Some(sign(lies, Fault::AccessLoss, because, seen))
}

fn timeouts(page: &ModemPage, seen: &Observation) -> Option<Finding> {
    let (t3, t4) = (page.t3_timeouts, page.t4_timeouts);
    let lies = if t4 > 0 || t3 > MANY_T3 { Lies::Unusual } else { Lies::Usual };
    let because = Phrase::new("modem-page-timeouts").number("t3", f64::from(t3), 0).number("t4", f64::from(t4), 0).text("lies", word(lies));
    (t3 + t4 > 0).then(|| sign(lies, Fault::AccessFlapping, because, seen))
}

fn dsl_line(way: &str, line: &DslDirection, seen: &Observation) -> Vec<Finding> {
    let about = |id: &str| Phrase::new(id).text("direction", way);
    let margin = line.margin_db.map(|margin| {
        let lies = MARGIN.lies(margin);
        let because = about("modem-page-margin").number("margin", margin, 1).text("lies", word(lies));
        sign(lies, Fault::AccessFlapping, because, seen)
    });
    let rate = line.rate_kbps.map(|rate| {
        let attainable = line.attainable_kbps.unwrap_or(0.0);
        let because = about("modem-page-dsl-rate").number("rate", rate / 1e3, 1).number("attainable", attainable / 1e3, 1);
        note(Segment::Access, because, [seen])
    });
    let attenuation = line.attenuation_db.map(|db| note(Segment::Access, about("modem-page-attenuation").number("attenuation", db, 1), [seen]));
    let errors = line.crc_errors.map(|count| note(Segment::Access, about("modem-page-crc").number("count", count as f64, 0), [seen]));
    [margin, rate, attenuation, errors].into_iter().flatten().collect()
}
