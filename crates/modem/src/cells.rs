//! A page as lines of cells. Of HTML only what makes rows and cells counts; scripts and styles are left out.

/// Most cells of a line, and most characters of a cell.
const MOST_CELLS: usize = 64;
const LONGEST_CELL: usize = 200;

/// Hands on the lines of a page, each as its cells; empty ones are left out.
pub fn each_line(page: &str, most: usize, take: impl FnMut(Vec<String>)) {
    let text = if is_html(page) { &plain(page) } else { page };
    text.lines().map(cells).filter(|cells| !cells.is_empty()).take(most).for_each(take);
}

fn is_html(page: &str) -> bool {
    let start: String = page.chars().take(4_096).collect::<String>().to_ascii_lowercase();
    ["<html", "<table", "<td", "<div", "<!doctype"].iter().any(|tag| start.contains(tag))
}

/// The text of a page, a line for each row and a tab between cells.
fn plain(page: &str) -> String {
    let mut text = String::with_capacity(page.len() / 4);
    let mut rest = page;
    while let Some((before, after)) = rest.split_once('<') {
        push(&mut text, before);
        let Some((tag, behind)) = after.split_once('>') else { return text };
        let name = tag.split([' ', '\t', '\n', '/']).find(|part| !part.is_empty()).unwrap_or("").to_ascii_lowercase();
        rest = behind;
        match name.as_str() {
            "script" | "style" if !tag.starts_with('/') => rest = behind_end(behind, &name),
            "td" | "th" | "dd" => text.push('\t'),
            "tr" | "br" | "p" | "div" | "li" | "h1" | "h2" | "h3" | "h4" | "table" | "option" | "dt" => text.push('\n'),
            _ => {}
        }
    }
    push(&mut text, rest);
    text
}

/// What follows the end of a script or style; nothing where it does not end.
fn behind_end<'a>(text: &'a str, name: &str) -> &'a str {
    let mut rest = text;
    while let Some((_, after)) = rest.split_once("</") {
        if after.get(..name.len()).is_some_and(|found| found.eq_ignore_ascii_case(name)) {
            return after.split_once('>').map_or("", |(_, behind)| behind);
        }
        rest = after;
    }
    ""
}

/// Adds text between tags: line ends in it are spaces, and the commonest entities are what they stand for.
fn push(text: &mut String, raw: &str) {
    let plain = raw.replace(['\n', '\r', '\t'], " ");
    let named = [("&nbsp;", " "), ("&auml;", "ä"), ("&ouml;", "ö"), ("&uuml;", "ü"), ("&szlig;", "ß"), ("&minus;", "-"), ("&amp;", "&")];
    text.push_str(&named.iter().fold(plain, |plain, (name, sign)| plain.replace(name, sign)));
}

/// Cells stand between tabs, bars, semicolons or several spaces.
fn cells(line: &str) -> Vec<String> {
    let tidy = line.replace(['\u{a0}', '|', ';'], "\t").replace("  ", "\t").replace('\u{2212}', "-");
    let cells = tidy.split('\t').map(str::trim).filter(|cell| !cell.is_empty()).take(MOST_CELLS);
    cells.map(|cell| cell.chars().take(LONGEST_CELL).collect()).collect()
}
