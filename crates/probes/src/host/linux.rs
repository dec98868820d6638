//! Traffic counters of the network namespace this process is in; the list in sysfs can be another namespace's.

use std::path::Path;

use super::Totals;
use crate::bounded::{one_line, read_text};

pub(super) fn totals() -> Totals {
    parse(&read_text(Path::new("/proc/thread-self/net/dev"), 256 * 1024).unwrap_or_default())
}

/// Reads the text of `/proc/net/dev`: `name: received-bytes seven-others sent-bytes ...`.
fn parse(text: &str) -> Totals {
    let line = |line: &str| {
        let (name, counters) = line.split_once(':')?;
        let mut counters = counters.split_ascii_whitespace();
        let received = counters.next()?.parse().ok()?;
        let sent = counters.nth(7)?.parse().ok()?;
        Some((one_line(name, 32), (received, sent)))
    };
    text.lines().filter_map(line).filter(|(name, _)| name != "lo").collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const CAPTURED: &str = "Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo:    3193      29    0    0    0     0          0         0     3193      29    0    0    0     0       0          0
  eth0: 512962513   19789    0    0    0     0          0         0  1435244   12149    0    0    0     0       0          0
wlp2s0:18446744073709551615 1 0 0 0 0 0 0 7 1 0 0 0 0 0 0
";

    #[test]
    fn received_and_sent_bytes_are_found_without_loopback() {
        let totals = parse(CAPTURED);
        assert_eq!(totals.len(), 2);
        assert_eq!(totals.get("eth0"), Some(&(512_962_513, 1_435_244)));
        assert_eq!(totals.get("wlp2s0"), Some(&(u64::MAX, 7)));
    }

    #[test]
    fn nonsense_has_no_counters() {
        for text in ["", "eth0", "eth0:", "eth0: 1 2 3", "eth0: x 0 0 0 0 0 0 0 1", "eth0: -1 0 0 0 0 0 0 0 1", ":::"] {
            assert!(parse(text).is_empty(), "{text:?}");
        }
    }
}
