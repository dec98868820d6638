//! What was compared, and the page that shows it.

use std::fmt::Write as _;

use serde::Serialize;

/// One comparison.
#[derive(Serialize)]
pub struct Row {
    what: String,
    peer: String,
    ours: f64,
    theirs: f64,
    unit: &'static str,
    /// Ours by theirs.
    ratio: f64,
    target: &'static str,
    met: bool,
}

impl Row {
    pub fn new(
        what: String,
        peer: &str,
        (ours, theirs): (f64, f64),
        unit: &'static str,
        (target, met): (&'static str, fn(f64) -> bool),
    ) -> Self {
        let [ours, theirs, ratio] = [ours, theirs, ours / theirs].map(|value| (value * 1e3).round() / 1e3);
        eprintln!("{what}, {peer}: {ours} {unit}, {theirs} {unit}, {ratio}");
        Self { what, peer: peer.to_owned(), ours, theirs, unit, ratio, target, met: met(ratio) }
    }
}

/// Each ratio as a mark on a scale of doublings: a disc where what is wanted is met, a cross where it is not.
pub fn plot(rows: &[Row]) -> String {
    const LINE: usize = 22;
    const LEFT: f64 = 560.0;
    const DOUBLING: f64 = 36.0;
    const MOST: f64 = 5.0;
    let place = |ratio: f64| LEFT + (ratio.log2().clamp(-MOST, MOST) + MOST) * DOUBLING;
    let (width, height) = (place(f64::MAX) + 30.0, (rows.len() + 2) * LINE);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" font-family=\"sans-serif\" font-size=\"12\" fill=\"#6b7280\">\n"
    );
    for (ratio, name) in [(1.0 / 32.0, "1/32"), (0.125, "1/8"), (0.5, "1/2"), (1.0, "1"), (2.0, "2"), (8.0, "8"), (32.0, "32")] {
        let x = place(ratio);
        let _ = writeln!(svg, "<text x=\"{x}\" y=\"14\" text-anchor=\"middle\">{name}</text>");
        let _ =
            writeln!(svg, "<path d=\"M{x} 20V{height}\" stroke=\"#6b7280\" stroke-opacity=\"{}\"/>", if name == "1" { 0.9 } else { 0.2 });
    }
    for (row, y) in rows.iter().zip((LINE * 3 / 2 + 6..).step_by(LINE)) {
        let x = place(row.ratio);
        let _ = writeln!(svg, "<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{} ({})</text>", LEFT - 12.0, y + 4, row.what, row.peer);
        let _ = if row.met {
            writeln!(svg, "<circle cx=\"{x}\" cy=\"{y}\" r=\"5\" fill=\"#2563eb\"/>")
        } else {
            let (before, after) = (x - 5.0, x + 5.0);
            writeln!(
                svg,
                "<path d=\"M{before} {}L{after} {}M{before} {}L{after} {}\" stroke=\"#dc2626\" stroke-width=\"3\"/>",
                y - 5,
                y + 5,
                y + 5,
                y - 5
            )
        };
    }
    svg + "</svg>\n"
}

/// A page with the drawing and a table of the figures.
pub fn page(rows: &[Row]) -> String {
    let mut page = "# Beside others\n\nDemarc and the tool that is best at a job, in the same lab and the same run (`make bench-peers`, which writes this page and\n`crates/benchmark/peers.json`). The lab's links are emulated: what they are asked to do is the truth.\n\n![Ours by theirs](peers.svg)\n\nOurs by theirs, on a scale of doublings: a disc where what is wanted is met, a cross where it is not.\n\n| what | beside | Demarc | the other | ratio | wanted | met |\n|---|---|--:|--:|--:|---|---|\n".to_owned();
    for Row { what, peer, ours, theirs, unit, ratio, target, met } in rows {
        let met = if *met { "yes" } else { "no" };
        let _ = writeln!(page, "| {what} | {peer} | {ours} {unit} | {theirs} {unit} | {ratio} | {target} | {met} |");
    }
    page
}
