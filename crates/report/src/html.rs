//! One self-contained page: no script, nothing fetched, light and dark, made to be printed too. Everything from the run is escaped.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::{
    drawing::{Anchor, Dash, Drawing, Ink, Shape, Stroke, WIDTH},
    view::{Block, Column, PartState, Points, Table, View},
};

/// The report as a page.
pub fn render(view: &View) -> String {
    html! {
        (DOCTYPE)
        html lang=(view.language) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'";
                title { (view.title) }
                style { (PreEscaped(include_str!("report.css"))) }
            }
            body {
                main {
                    header {
                        p.kicker { span.mark aria-hidden="true" {} (view.kicker) }
                        p.made { (view.made) }
                        @for warning in &view.warnings { p.warning { (warning) } }
                        h1 { (view.headline) }
                        p class={ "confidence " (tone(view.tone)) } { (view.confidence) }
                    }
                    (picture(&view.spine))
                    div.points {
                        (points(&view.reasons, true))
                        (points(&view.against, false))
                    }
                    div.next { (points(&view.next, true)) }
                    @if let Some(candidates) = &view.candidates { section { h2 { (candidates.caption) } (table(candidates, false)) } }
                    @for section in &view.sections {
                        section {
                            h2 { (section.title) }
                            @for block in &section.blocks { (self::block(block)) }
                        }
                    }
                    footer { p { (view.footer) } }
                }
            }
        }
    }
    .into_string()
}

const fn tone(state: PartState) -> &'static str {
    state.ink().id()
}

fn points(points: &Points, numbered: bool) -> Markup {
    html! {
        section {
            h2 { (points.title) }
            @if points.items.is_empty() { p.none { (points.none) } }
            @else if numbered { ol { @for point in &points.items { li { (point) } } } }
            @else { ul { @for point in &points.items { li { (point) } } } }
        }
    }
}

fn block(block: &Block) -> Markup {
    match block {
        Block::Paragraph { text } => html! { p { (text) } },
        Block::Fields { fields } => html! { dl { @for (name, value) in fields { div { dt { (name) } dd { (value) } } } } },
        Block::List { title, items, compact } => {
            html! { h3 { (title) } ul class=[compact.then_some("compact")] { @for item in items { li { (item) } } } }
        }
        Block::Table(found) => table(found, true),
        Block::Chart(drawing) => picture(drawing),
    }
}

fn table(table: &Table, captioned: bool) -> Markup {
    html! {
        div.table tabindex="0" role="group" aria-label=(table.caption) {
            table {
                @if captioned && !table.caption.is_empty() { caption { (table.caption) } }
                thead { tr { @for column in &table.columns { th scope="col" class=[column.figures.then_some("figures")] { (column.title) } } } }
                tbody {
                    @for row in &table.rows {
                        tr { @for (cell, column) in row.iter().zip(&table.columns) { td class=[cell_class(column)] { (cell) } } }
                    }
                }
            }
        }
        @if let Some(note) = &table.note { p.note { (note) } }
    }
}

fn cell_class(column: &Column) -> Option<&'static str> {
    if column.figures { Some("figures") } else { column.wide.then_some("wide") }
}

fn picture(drawing: &Drawing) -> Markup {
    html! {
        figure {
            @if !drawing.caption.is_empty() { figcaption { (drawing.caption) } }
            svg role="img" aria-label=(drawing.alt) viewBox={ "0 0 " (WIDTH) " " (number(drawing.height)) } xmlns="http://www.w3.org/2000/svg" {
                title { (drawing.alt) }
                @for shape in &drawing.shapes { (self::shape(shape)) }
            }
        }
    }
}

fn shape(shape: &Shape) -> Markup {
    match shape {
        Shape::Path { points, stroke, fill } => {
            let mut path = String::new();
            for (index, (x, y)) in points.iter().enumerate() {
                path.push(if index == 0 { 'M' } else { 'L' });
                path.push_str(&[number(*x), number(*y)].join(" "));
            }
            if fill.is_some() {
                path.push('Z');
            }
            html! { path d=(path) class=(class(*stroke, *fill)) stroke-width=[width(*stroke)] stroke-dasharray=[dashes(*stroke)] {} }
        }
        Shape::Circle { x, y, radius, stroke, fill } => html! {
            circle cx=(number(*x)) cy=(number(*y)) r=(number(*radius)) class=(class(*stroke, *fill)) stroke-width=[width(*stroke)]
                stroke-dasharray=[dashes(*stroke)] {}
        },
        Shape::Text { x, y, size, anchor, bold, ink, text } => {
            let anchor = match anchor {
                Anchor::Start => "start",
                Anchor::Middle => "middle",
                Anchor::End => "end",
            };
            html! {
                text x=(number(*x)) y=(number(*y)) font-size=(number(*size)) text-anchor=(anchor) font-weight=[bold.then_some("600")]
                    class={ "f-" (ink.id()) } { (text) }
            }
        }
    }
}

fn class(stroke: Option<Stroke>, fill: Option<Ink>) -> String {
    let name = |ink: Option<Ink>| ink.map_or("none", Ink::id);
    format!("s-{} f-{}", name(stroke.map(|stroke| stroke.ink)), name(fill))
}

fn width(stroke: Option<Stroke>) -> Option<String> {
    stroke.map(|stroke| number(stroke.width))
}

fn dashes(stroke: Option<Stroke>) -> Option<&'static str> {
    match stroke?.dash {
        Dash::Solid => None,
        Dash::Dashed => Some("4 3"),
        Dash::Dotted => Some("1 2.6"),
    }
}

/// Without the trailing zeros that only make the file longer.
fn number(value: f64) -> String {
    let text = format!("{value:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
