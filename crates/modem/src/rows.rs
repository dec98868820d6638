//! Rows into values: which heading a column stands under, and which direction a table is about.

use demarc_model::{DocsisDown, DocsisUp, Dsl, DslDirection, ModemPage};

/// What a column of a cable modem's table holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    Frequency,
    Power,
    Mer,
    Modulation,
    Corrected,
    Uncorrected,
}

/// Words of headings, the more special first: "uncorrectable" holds "correctable".
const COLUMNS: [(Column, &[&str]); 6] = [
    (Column::Uncorrected, &["uncorr", "nicht korrigierbar", "unkorrigierbar", "nicht korrigiert"]),
    (Column::Corrected, &["correct", "korrigierbar", "korrigiert"]),
    (Column::Mer, &["snr", "mer", "mse", "signal-to-noise", "signal to noise", "signal/noise"]),
    (Column::Power, &["power", "pegel", "leistung", "level"]),
    (Column::Frequency, &["freq"]),
    (Column::Modulation, &["modulation", "qam"]),
];
/// Words of DSL labels.
const MARGIN: &[&str] = &["margin", "störabstand", "noise margin", "snr"];
const ATTENUATION: &[&str] = &["attenuation", "dämpfung"];
const ATTAINABLE: &[&str] = &["attainable", "max rate", "maximum rate", "leitungskapazität", "erreichbare"];
const RATE: &[&str] = &["data rate", "actual rate", "current rate", "line rate", "sync", "aktuelle datenrate", "datenrate", "link rate"];
const ERRORS: &[&str] = &["crc"];
const DOWN: &[&str] = &["downstream", "download", "receive", "empfang", "down"];
const UP: &[&str] = &["upstream", "upload", "transmit", "senden", "sende", "up"];

/// Reads line after line.
#[derive(Debug, Default)]
pub struct Reader {
    /// What was found so far.
    pub found: ModemPage,
    /// The columns of the table that is being read, by place.
    columns: Vec<Option<Column>>,
    /// Whether the table, or what follows, is about the direction away from the home.
    upwards: bool,
    /// Whether the direction away from the home stands first in lines with two values.
    up_first: bool,
}

impl Reader {
    /// Takes a line's cells.
    pub fn take(&mut self, cells: &[String]) {
        let lower: Vec<String> = cells.iter().map(|cell| cell.to_lowercase()).collect();
        self.timeouts(&lower);
        if self.heading(&lower) {
            return;
        }
        if self.columns.is_empty() || !self.channel(&lower) {
            self.dsl(&lower);
        }
    }

    fn timeouts(&mut self, cells: &[String]) {
        let line = cells.join(" ");
        let told = |word: &str| {
            line.contains(word) && (line.contains("time") || line.contains("ranging") || line.contains("t3") && line.contains("kein"))
        };
        self.found.t3_timeouts = self.found.t3_timeouts.saturating_add(u32::from(told("t3 ") || told("t3-")));
        self.found.t4_timeouts = self.found.t4_timeouts.saturating_add(u32::from(told("t4 ") || told("t4-")));
    }

    /// A title that names a direction, or a row of known headings; whether the line is one.
    fn heading(&mut self, cells: &[String]) -> bool {
        let values = cells.iter().filter(|cell| number(cell).is_some() && !cell.contains(':')).count();
        if values > 0 {
            return false;
        }
        let place = |words: &[&str]| cells.iter().position(|cell| words.iter().any(|word| has_word(cell, word)));
        match (place(DOWN), place(UP)) {
            (Some(down), Some(up)) if down != up => self.up_first = up < down,
            (Some(_), None) => (self.upwards, self.columns) = (false, Vec::new()),
            (None, Some(_)) => (self.upwards, self.columns) = (true, Vec::new()),
            _ => {}
        }
        let columns: Vec<Option<Column>> = cells.iter().map(|cell| column(cell)).collect();
        if columns.iter().flatten().count() >= 2 {
            self.columns = columns;
            return true;
        }
        false
    }

    /// A row below known headings; whether it holds a channel.
    fn channel(&mut self, cells: &[String]) -> bool {
        // Columns without a value in this row are told by a dash, so that places stay.
        if cells.len() > self.columns.len() || cells.len() + 1 < self.columns.len() {
            return false;
        }
        let (mut down, mut power) = (DocsisDown::default(), None);
        for (cell, column) in cells.iter().zip(&self.columns) {
            let value = number(cell).filter(|value| value.is_finite());
            match (column, value) {
                (Some(Column::Frequency), Some(value)) => down.frequency_mhz = frequency(value),
                (Some(Column::Power), Some(value)) if value.abs() < 200.0 => {
                    power = Some(value);
                    down.power_dbmv = power;
                }
                // Some tell the error as a negative distance.
                (Some(Column::Mer), Some(value)) if value.abs() < 100.0 => down.mer_db = Some(value.abs()),
                (Some(Column::Modulation), _) => down.qam = qam(cell),
                (Some(Column::Corrected), Some(value)) if value >= 0.0 => down.corrected = Some(value as u64),
                (Some(Column::Uncorrected), Some(value)) if value >= 0.0 => down.uncorrected = Some(value as u64),
                _ => {}
            }
        }
        if down.power_dbmv.is_none() && down.mer_db.is_none() {
            return false;
        }
        // A modem without a channel tells zeros.
        if down.frequency_mhz.is_some_and(|mhz| mhz <= 0.0) {
            return true;
        }
        if self.upwards {
            self.found.up.push(DocsisUp { frequency_mhz: down.frequency_mhz, power_dbmv: power });
        } else {
            self.found.down.push(down);
        }
        true
    }

    /// A label with a value for each direction, or one for the direction that the label or the table names.
    fn dsl(&mut self, cells: &[String]) {
        let Some((label, values)) = cells.split_first() else { return };
        let (label, inline) = label.split_once(':').map_or((label.as_str(), None), |(label, value)| (label, Some(value)));
        let values: Vec<f64> = inline.into_iter().chain(values.iter().map(String::as_str)).filter_map(number).take(2).collect();
        let is = |words: &[&str]| words.iter().any(|word| label.contains(word));
        let set: fn(&mut DslDirection, f64) = if is(ATTENUATION) {
            |line, value| line.attenuation_db = Some(value).filter(|db| (0.0..=150.0).contains(db)).or(line.attenuation_db)
        } else if is(ATTAINABLE) {
            |line, value| line.attainable_kbps = kilobits(value).or(line.attainable_kbps)
        } else if is(MARGIN) {
            |line, value| line.margin_db = Some(value).filter(|db| (-20.0..=60.0).contains(db)).or(line.margin_db)
        } else if is(RATE) {
            |line, value| line.rate_kbps = kilobits(value).or(line.rate_kbps)
        } else if is(ERRORS) {
            |line, value| line.crc_errors = Some(value as u64).filter(|_| value >= 0.0).or(line.crc_errors)
        } else {
            return;
        };
        let up_named = UP.iter().any(|word| has_word(label, word)) && !DOWN.iter().any(|word| has_word(label, word));
        let (down, up) = match values[..] {
            [first, second] if self.up_first => (Some(second), Some(first)),
            [first, second] => (Some(first), Some(second)),
            [only] if up_named || self.upwards && !DOWN.iter().any(|word| has_word(label, word)) => (None, Some(only)),
            [only] => (Some(only), None),
            _ => return,
        };
        let dsl = self.found.dsl.get_or_insert_with(Dsl::default);
        if let Some(value) = down {
            set(&mut dsl.down, value);
        }
        if let Some(value) = up {
            set(&mut dsl.up, value);
        }
    }
}

fn column(cell: &str) -> Option<Column> {
    COLUMNS.iter().find(|(_, words)| words.iter().any(|word| cell.contains(word))).map(|(column, _)| *column)
}

/// Short words count by themselves alone: "up" is no part of "group".
fn has_word(cell: &str, word: &str) -> bool {
    if word.len() > 4 { cell.contains(word) } else { cell.split(|c: char| !c.is_alphanumeric()).any(|part| part == word) }
}

/// The number that a cell begins with, its unit left out; a point or comma before three digits of a whole number groups them.
fn number(cell: &str) -> Option<f64> {
    let cell = cell.trim();
    let end = cell.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | ',' | '-' | '+'))).unwrap_or(cell.len());
    let (digits, unit) = cell.split_at(end);
    // "64qam" and "3.1" of a version are no measurements, and words after a number are its unit.
    if unit.starts_with(char::is_alphabetic) && unit.to_ascii_lowercase().starts_with("qam") {
        return None;
    }
    let grouped = digits.matches([',', '.']).count() > 1;
    let plain = if grouped { digits.replace([',', '.'], "") } else { digits.replace(',', ".") };
    plain.parse().ok()
}

/// Frequencies come in Hz, kHz or MHz.
fn frequency(value: f64) -> Option<f64> {
    let mhz = match value {
        value if value >= 1e6 => value * 1e-6,
        value if value >= 2_000.0 => value * 1e-3,
        value => value,
    };
    (0.0..=2_000.0).contains(&mhz).then_some(mhz)
}

/// Rates come in bit/s, kbit/s or Mbit/s.
fn kilobits(value: f64) -> Option<f64> {
    match value {
        value if value <= 0.0 || value > 1e10 => None,
        value if value >= 1e6 * 10.0 => Some(value * 1e-3),
        value if value < 400.0 => Some(value * 1e3),
        value => Some(value),
    }
}

fn qam(cell: &str) -> Option<u32> {
    let digits: String = cell.chars().filter(char::is_ascii_digit).take(5).collect();
    if cell.contains("ofdm") { Some(4_096) } else { digits.parse().ok().filter(|points| (2..=16_384).contains(points)) }
}
