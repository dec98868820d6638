//! Entries of the hosts file that override names.

use std::{net::IpAddr, path::PathBuf};

use demarc_model::{HostsOverrides, Outcome, Phrase};

use crate::bounded::read_text;

/// Most bytes read: block lists kept as hosts files have several megabytes.
const LONGEST_FILE: u64 = 16 * 1024 * 1024;
/// Most entries told.
const MOST_ENTRIES: usize = 64;

/// Entries for these names, whatever their case; none where there is no hosts file.
pub(crate) async fn perform(names: &[String]) -> Outcome {
    let names = names.to_vec();
    // A long list takes some milliseconds to read.
    let read = tokio::task::spawn_blocking(move || read_text(&path(), LONGEST_FILE).map(|text| overrides(&text, &names)));
    match read.await {
        Ok(Ok(found)) => found.into(),
        Ok(Err(error)) if error.kind() == std::io::ErrorKind::NotFound => HostsOverrides::default().into(),
        Ok(Err(error)) => Outcome::Failed { why: Phrase::new("failed-hosts-file").text("detail", error.to_string()) },
        Err(error) => Outcome::Failed { why: Phrase::new("failed-hosts-file").text("detail", error.to_string()) },
    }
}

fn path() -> PathBuf {
    if cfg!(windows) {
        let root = std::env::var_os("SystemRoot").unwrap_or_else(|| r"C:\Windows".into());
        PathBuf::from(root).join(r"System32\drivers\etc\hosts")
    } else {
        PathBuf::from("/etc/hosts")
    }
}

pub(crate) fn overrides(text: &str, names: &[String]) -> HostsOverrides {
    let wanted = |name: &str| names.iter().any(|wanted| bare(wanted).eq_ignore_ascii_case(bare(name)));
    let mut entries: Vec<(String, IpAddr)> = Vec::new();
    for line in text.lines() {
        let mut words = line.split('#').next().unwrap_or_default().split_ascii_whitespace();
        // A link-local address carries its interface behind a percent sign.
        let address = words.next().and_then(|word| word.split('%').next()).and_then(|word| word.parse().ok());
        let Some(address) = address else { continue };
        entries.extend(words.filter(|name| wanted(name)).map(|name| (bare(name).to_ascii_lowercase(), address)));
        if entries.len() >= MOST_ENTRIES {
            break;
        }
    }
    entries.truncate(MOST_ENTRIES);
    HostsOverrides { entries }
}

fn bare(name: &str) -> &str {
    name.strip_suffix('.').unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<(String, IpAddr)> {
        overrides(text, &["www.Example.org".to_owned(), "other.example.".to_owned()]).entries
    }

    #[test]
    fn only_the_asked_names_are_found_whatever_their_case() {
        let text = "127.0.0.1 localhost\n10.0.0.9\twww.example.org WWW.EXAMPLE.ORG. example.org # note\nfe80::1%eth0 other.example\n";
        let ten = IpAddr::from([10, 0, 0, 9]);
        assert_eq!(
            found(text),
            [
                ("www.example.org".to_owned(), ten),
                ("www.example.org".to_owned(), ten),
                ("other.example".to_owned(), IpAddr::from([0xfe80, 0, 0, 0, 0, 0, 0, 1])),
            ]
        );
    }

    #[test]
    fn comments_and_nonsense_override_nothing() {
        for text in
            ["#10.0.0.9 www.example.org", "10.0.0.9 #www.example.org", "www.example.org 10.0.0.9", "10.0.0 www.example.org", "", "\u{0}"]
        {
            assert_eq!(found(text), [], "{text:?}");
        }
    }

    #[test]
    fn a_flood_of_entries_is_bounded() {
        assert_eq!(found(&"10.0.0.9 www.example.org\n".repeat(10_000)).len(), MOST_ENTRIES);
        assert_eq!(found(&format!("10.0.0.9 {}", "www.example.org ".repeat(10_000))).len(), MOST_ENTRIES);
    }
}
