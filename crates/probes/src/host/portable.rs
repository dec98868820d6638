//! Traffic counters by sysinfo.

use sysinfo::Networks;

use super::Totals;
use crate::bounded::one_line;

pub(super) fn totals() -> Totals {
    let Ok(networks) = Networks::new_with_refreshed_list() else { return Totals::new() };
    let is_loopback = |name: &str| name.starts_with("lo") || name.contains("Loopback");
    networks
        .iter()
        .map(|(name, counters)| (name.to_string_lossy(), counters))
        .filter(|(name, _)| !is_loopback(name))
        .map(|(name, counters)| (one_line(&name, 64), (counters.total_received(), counters.total_transmitted())))
        .collect()
}
