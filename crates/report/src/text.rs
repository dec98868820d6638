//! Plain text for a ticket: at most 80 columns, the verdict first.

use crate::view::{Block, Column, Points, Table, View};

/// Columns of a line.
const WIDTH: usize = 80;
/// Room between two columns of a table.
const GAP: usize = 2;
/// Words up to this long are kept whole as long as anything else gives room.
const LONGEST_WORD: usize = 24;
/// Room that a column of sentences keeps as long as others have any to give, and the least for a column of text.
const COMFORTABLE: usize = 24;
const NARROWEST: usize = 8;

/// The report as text.
pub fn render(view: &View) -> String {
    let mut out = Lines(String::new());
    out.wrapped(&view.title.to_uppercase(), "", "");
    out.line(&"=".repeat(WIDTH));
    for warning in &view.warnings {
        out.wrapped(warning, "! ", "  ");
    }
    out.blank();
    out.wrapped(&view.headline, "", "");
    out.wrapped(&view.confidence, "", "");
    out.blank();
    let rows = view.parts.iter().map(|(name, state, figures)| vec![name.clone(), state.clone(), figures.clone()]).collect::<Vec<_>>();
    for row in columns(&rows, &[false; 3], &[false; 3]) {
        out.line(&row);
    }
    for points in [&view.reasons, &view.against, &view.next] {
        out.points(points);
    }
    if let Some(candidates) = &view.candidates {
        out.blank();
        out.table(candidates);
    }
    for section in &view.sections {
        out.blank();
        out.line(&section.title.to_uppercase());
        out.line(&"-".repeat(section.title.chars().count().min(WIDTH)));
        for block in &section.blocks {
            out.block(block);
        }
    }
    out.blank();
    out.wrapped(&view.footer, "", "");
    out.0
}

struct Lines(String);

impl Lines {
    fn line(&mut self, text: &str) {
        self.0.push_str(text.trim_end());
        self.0.push('\n');
    }

    fn blank(&mut self) {
        if !self.0.ends_with("\n\n") {
            self.0.push('\n');
        }
    }

    fn wrapped(&mut self, text: &str, first: &str, others: &str) {
        for (index, line) in wrap(text, WIDTH - first.chars().count()).iter().enumerate() {
            self.line(&format!("{}{line}", if index == 0 { first } else { others }));
        }
    }

    fn points(&mut self, points: &Points) {
        self.blank();
        self.line(&format!("{}:", points.title));
        if points.items.is_empty() {
            self.wrapped(&points.none, "  ", "  ");
        }
        for (index, point) in points.items.iter().enumerate() {
            self.wrapped(point, &format!("{}. ", index + 1), "   ");
        }
    }

    fn block(&mut self, block: &Block) {
        match block {
            Block::Paragraph { text } => self.wrapped(text, "", ""),
            Block::Fields { fields } => {
                let rows: Vec<Vec<String>> = fields.iter().map(|(name, value)| vec![format!("{name}:"), value.clone()]).collect();
                for row in columns(&rows, &[false, false], &[false, true]) {
                    self.line(&row);
                }
            }
            Block::List { title, items, .. } => {
                self.blank();
                self.line(&format!("{title}:"));
                for item in items {
                    self.wrapped(item, "- ", "  ");
                }
            }
            Block::Table(table) => {
                self.blank();
                self.table(table);
            }
            // The figures of a chart are in the table beside it.
            Block::Chart(_) => {}
        }
    }

    fn table(&mut self, table: &Table) {
        if !table.caption.is_empty() {
            self.wrapped(&format!("{}:", table.caption), "", "");
        }
        let kept: Vec<&Column> = table.columns.iter().filter(|column| !column.detail).collect();
        let mut rows = vec![kept.iter().map(|column| column.title.clone()).collect::<Vec<_>>()];
        rows.extend(table.rows.iter().map(|row| {
            row.iter().zip(&table.columns).filter(|(_, column)| !column.detail).map(|(cell, _)| cell.clone()).collect::<Vec<_>>()
        }));
        let figures: Vec<bool> = kept.iter().map(|column| column.figures).collect();
        let wide: Vec<bool> = kept.iter().map(|column| column.wide).collect();
        for row in columns(&rows, &figures, &wide) {
            self.line(&row);
        }
        if let Some(note) = &table.note {
            self.wrapped(note, "", "");
        }
    }
}

/// Rows set in columns that together fit the width.
fn columns(rows: &[Vec<String>], figures: &[bool], wide: &[bool]) -> Vec<String> {
    let count = figures.len();
    let longest = |index: usize| rows.iter().filter_map(|row| row.get(index)).map(|cell| cell.chars().count()).max().unwrap_or(0);
    let mut widths: Vec<usize> = (0..count).map(longest).collect();
    // Headings may wrap: a column of figures needs the room of its figures and of the longest word above them.
    for (index, width) in widths.iter_mut().enumerate().filter(|(index, _)| figures.get(*index) == Some(&true)) {
        let cells = rows.iter().skip(1).filter_map(|row| row.get(index)).map(|cell| cell.chars().count());
        let heading =
            rows.first().and_then(|row| row.get(index)).into_iter().flat_map(|cell| cell.split(' ')).map(|word| word.chars().count());
        *width = cells.chain(heading).max().unwrap_or(0);
    }
    let room = WIDTH.saturating_sub(GAP * count.saturating_sub(1));
    // Who gives room, and down to what: sentences first, then words between which a line can end, then any text, at last figures.
    let is = |flags: &[bool], index: usize| flags.get(index) == Some(&true);
    let longest_word = |index: usize| {
        let words = rows.iter().filter_map(|row| row.get(index)).flat_map(|cell| cell.split(' '));
        words.map(|word| word.chars().count()).max().unwrap_or(0).min(LONGEST_WORD)
    };
    let floors: [Vec<usize>; 3] = [
        (0..count)
            .map(|index| {
                if is(figures, index) {
                    WIDTH
                } else if is(wide, index) {
                    COMFORTABLE
                } else {
                    longest_word(index)
                }
            })
            .collect(),
        (0..count).map(|index| if is(figures, index) { WIDTH } else { NARROWEST }).collect(),
        vec![NARROWEST / 2; count],
    ];
    for floor in floors {
        while widths.iter().sum::<usize>() > room {
            let squeezable = widths.iter_mut().zip(&floor).filter(|(width, least)| **width > **least).map(|(width, _)| width);
            let Some(widest) = squeezable.max_by_key(|width| **width) else { break };
            *widest -= 1;
        }
    }
    rows.iter().flat_map(|row| row_lines(row, &widths, figures)).collect()
}

fn row_lines(row: &[String], widths: &[usize], figures: &[bool]) -> Vec<String> {
    let cells: Vec<Vec<String>> = row.iter().zip(widths).map(|(cell, width)| wrap(cell, *width)).collect();
    let height = cells.iter().map(Vec::len).max().unwrap_or(0);
    (0..height)
        .map(|line| {
            let set = cells.iter().zip(widths).zip(figures).map(|((cell, width), figures)| {
                let text = cell.get(line).map_or("", String::as_str);
                if *figures { format!("{text:>width$}") } else { format!("{text:<width$}") }
            });
            set.collect::<Vec<_>>().join(&" ".repeat(GAP))
        })
        .collect()
}

/// Lines of at most `width` letters, broken at spaces, and inside a word only where it is longer than a line.
fn wrap(text: &str, width: usize) -> Vec<String> {
    let width = width.max(1);
    let mut lines = vec![String::new()];
    let mut length = 0;
    for word in text.split_whitespace() {
        let letters: Vec<char> = word.chars().collect();
        let fits = length > 0 && length + 1 + letters.len() <= width;
        for (index, piece) in letters.chunks(width).enumerate() {
            let line: String = piece.iter().collect();
            match lines.last_mut() {
                Some(last) if index == 0 && (fits || length == 0) => {
                    if length > 0 {
                        last.push(' ');
                        length += 1;
                    }
                    last.push_str(&line);
                    length += piece.len();
                }
                _ => {
                    lines.push(line);
                    length = piece.len();
                }
            }
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_broken_at_spaces_and_long_words_where_they_must() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("a 1234567890 b", 4), ["a", "1234", "5678", "90 b"]);
        assert_eq!(wrap("", 4), [""]);
    }

    #[test]
    fn no_row_is_wider_than_the_page() {
        let rows: Vec<Vec<String>> = (0..3).map(|row| (0..9).map(|column| "wide cell ".repeat(row + column)).collect()).collect();
        let lines = columns(&rows, &[false; 9], &[false; 9]);
        assert!(!lines.is_empty() && lines.iter().all(|line| line.trim_end().chars().count() <= WIDTH));
    }
}
