//! A link as `ifconfig` tells it, and its counters by `netstat`.

use demarc_model::{Counters, Duplex, LinkState};

use super::fastest;

#[cfg(target_os = "macos")]
pub(super) async fn perform(interface: &str) -> demarc_model::Outcome {
    use std::time::Duration;

    use demarc_model::{Outcome, Phrase};

    use crate::command::answer;

    const LIMIT: Duration = Duration::from_secs(3);
    // A name that begins with a dash would be an option.
    if !interface.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
        return super::no_such(interface);
    }
    let (of_link, of_counters) = (["-m", interface], ["-I", interface, "-b"]);
    let (link, counters) = tokio::join!(answer("/sbin/ifconfig", &of_link, LIMIT), answer("/usr/sbin/netstat", &of_counters, LIMIT));
    match link {
        Ok(link) => read(&link, &counters.unwrap_or_default(), interface).map_or_else(|| super::no_such(interface), Into::into),
        Err(detail) => Outcome::Failed { why: Phrase::new("failed-network").text("detail", detail) },
    }
}

/// What `ifconfig -m` and `netstat -I … -b` print of an interface; `None` when there is none of this name.
pub fn read(link: &str, counters: &str, interface: &str) -> Option<LinkState> {
    let mut lines = link.lines();
    lines.next()?.strip_prefix(interface)?.strip_prefix(": flags=")?;
    let value = |key: &str| link.lines().find_map(|line| line.trim().strip_prefix(key)).map(str::trim);
    // `autoselect (1000baseT <full-duplex,flow-control>)`, or a mode that was set: `100baseTX <half-duplex>`.
    let media = value("media:").unwrap_or_default();
    let carrier = value("status:") == Some("active");
    let modes = media.split(|c: char| c.is_whitespace() || matches!(c, '(' | ')'));
    let supported = link.split_once("supported media:").map_or("", |(_, supported)| supported).split_ascii_whitespace();
    Some(LinkState {
        interface: interface.to_owned(),
        carrier,
        speed_mbps: fastest(modes.clone()).filter(|_| carrier),
        duplex: match () {
            () if !carrier => None,
            () if media.contains("full-duplex") => Some(Duplex::Full),
            () if media.contains("half-duplex") => Some(Duplex::Half),
            () => None,
        },
        // A mode that was set is the only one this end will use.
        fastest_own_mbps: if media.starts_with("autoselect") { fastest(supported) } else { fastest(modes) },
        fastest_partner_mbps: None,
        carrier_changes: None,
        counters: self::counters(counters),
        ..LinkState::default()
    })
}

/// The row of the link itself; those of its addresses count again. Columns are counted from the right, because an interface without a
/// hardware address leaves one out.
fn counters(told: &str) -> Counters {
    let mut lines = told.lines();
    let header: Vec<&str> = lines.next().unwrap_or_default().split_ascii_whitespace().collect();
    let row: Vec<&str> = lines.find(|line| line.contains("<Link#")).unwrap_or_default().split_ascii_whitespace().collect();
    let count = |name: &str| {
        let place = header.iter().rev().position(|column| *column == name)?;
        row.iter().rev().nth(place)?.parse().ok()
    };
    Counters {
        received: count("Ipkts").unwrap_or(0),
        sent: count("Opkts").unwrap_or(0),
        receive_errors: count("Ierrs").unwrap_or(0),
        send_errors: count("Oerrs").unwrap_or(0),
        collisions: count("Coll").unwrap_or(0),
        ..Counters::default()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const LINK: &str = include_str!("../../testdata/macos/ifconfig-m-en7.txt");
    const COUNTERS: &str = include_str!("../../testdata/macos/netstat-I-en7-b.txt");

    #[test]
    fn a_gigabit_adapter_that_runs_at_a_hundred_megabits() {
        let link = read(LINK, COUNTERS, "en7").unwrap();
        assert_eq!((link.carrier, link.speed_mbps, link.duplex), (true, Some(100), Some(Duplex::Full)));
        assert_eq!((link.fastest_own_mbps, link.fastest_partner_mbps), (Some(1_000), None));
        let counters =
            Counters { received: 1_502_311, sent: 800_201, receive_errors: 17, send_errors: 1, collisions: 4, ..Counters::default() };
        assert_eq!(link.counters, counters);
    }

    #[test]
    fn a_mode_that_was_set_is_the_only_one() {
        let set = LINK.replace("autoselect (100baseTX <full-duplex>)", "100baseTX <half-duplex>");
        let link = read(&set, COUNTERS, "en7").unwrap();
        assert_eq!((link.speed_mbps, link.duplex, link.fastest_own_mbps), (Some(100), Some(Duplex::Half), Some(100)));
    }

    #[test]
    fn an_empty_socket_has_no_speed() {
        let empty = LINK.replace("(100baseTX <full-duplex>)", "(none)").replace("active", "inactive");
        let link = read(&empty, "", "en7").unwrap();
        assert_eq!((link.carrier, link.speed_mbps, link.duplex, link.counters), (false, None, None, Counters::default()));
    }

    #[test]
    fn nonsense_is_no_link() {
        for told in ["", "en7", "en77: flags=1<UP>", "\u{0}", "ifconfig: interface en7 does not exist"] {
            assert_eq!(read(told, told, "en7"), None, "{told:?}");
        }
        for length in (0..LINK.len()).step_by(7) {
            let _ = LINK.get(..length).and_then(|cut| read(cut, cut, "en7"));
        }
    }
}
