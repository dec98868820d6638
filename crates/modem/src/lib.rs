//! Reading a modem's status page: a saved web page, a table that was copied, or label and value on a line each. Words are English and German.
//!
//! Nothing is known of any one model: a table is what has a row of known headings, and values are what stands below them.

mod cells;
mod rows;

use demarc_model::ModemPage;

/// Longest page, in bytes; longer ones are read as far as that.
pub const LONGEST_PAGE: usize = 1024 * 1024;
/// Most lines looked at.
const MOST_LINES: usize = 20_000;
/// Most channels kept.
const MOST_DOWN: usize = 64;
const MOST_UP: usize = 32;

/// The values of a page; empty where it holds none that are known.
pub fn read(page: &str) -> ModemPage {
    let mut end = page.len().min(LONGEST_PAGE);
    while !page.is_char_boundary(end) {
        end -= 1;
    }
    let text = page.get(..end).unwrap_or_default();
    let mut reader = rows::Reader::default();
    cells::each_line(text, MOST_LINES, |line| reader.take(&line));
    let mut found = reader.found;
    found.down.truncate(MOST_DOWN);
    found.up.truncate(MOST_UP);
    found
}

#[cfg(test)]
mod tests;
