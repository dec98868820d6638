//! Temporary.
#![allow(clippy::unwrap_used)]
mod fixtures;
use demarc_report::{Format, Redaction, render};
#[test]
fn write() {
    let words = demarc_words::Words::new("en");
    for (name, run) in [
        ("healthy", fixtures::healthy()),
        ("access", fixtures::access_loss()),
        ("undetermined", fixtures::undetermined()),
        ("empty", fixtures::empty()),
        ("hostile", fixtures::hostile()),
    ] {
        for format in Format::ALL {
            let t = std::time::Instant::now();
            match render(&run, format, Redaction::None, &words) {
                Ok(b) => {
                    eprintln!("{name} {} {} bytes {:?}", format.id(), b.len(), t.elapsed());
                    std::fs::write(format!("/tmp/look/{name}.{}", format.extension()), b).unwrap();
                }
                Err(e) => eprintln!("{name} {}: {e}", format.id()),
            }
        }
    }
}
