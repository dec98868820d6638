//! The page on which a browser measures by itself.

use demarc_words::Words;
use hyper::{Response, body::Bytes};
use maud::{DOCTYPE, html};

use crate::http::{Content, text};

/// Where the peer serves its own home alone, nothing but the home lies between.
pub(crate) fn document(at_home: bool) -> Response<Content> {
    text("text/html; charset=utf-8", Bytes::from(written(at_home)))
}

pub(crate) fn script() -> Response<Content> {
    text("text/javascript; charset=utf-8", Bytes::from_static(include_bytes!("peer.js")))
}

pub(crate) fn style() -> Response<Content> {
    text("text/css; charset=utf-8", Bytes::from_static(include_bytes!("peer.css")))
}

fn written(at_home: bool) -> String {
    let words = Words::new("en");
    let figure = |id: &str, unit: &str| {
        html! { div { dt { (words.text(&format!("peer-{id}"))) } dd { output id=(id) { "–" } " " span { (unit) } } } }
    };
    html! {
        (DOCTYPE)
        html lang=(words.language()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (words.text("peer-title")) }
                link rel="stylesheet" href="peer.css";
                script src="peer.js" defer {}
            }
            body {
                main {
                    h1 { (words.text("peer-title")) }
                    p { (words.text(if at_home { "peer-lead-home" } else { "peer-lead-away" })) }
                    button id="start" { (words.text("peer-start")) }
                    p id="state" role="status" data-measuring=(words.text("peer-measuring")) data-done=(words.text("peer-done")) data-failed=(words.text("peer-failed")) {}
                    dl {
                        (figure("download", "Mbit/s"))
                        (figure("upload", "Mbit/s"))
                        (figure("response", "ms"))
                        (figure("response-loaded", "ms"))
                    }
                    @if at_home {
                        p class="soft" { (words.text("peer-meaning-home")) }
                    }
                    noscript { p { (words.text("peer-noscript")) } }
                }
            }
        }
    }
    .into_string()
}
