//! The network adapter's own test of its cable: it sends pulses into each pair of wires and times their echo.

use std::{io, path::Path, time::Duration};

use demarc_model::{CablePair, CableTest, Outcome, PairState, Phrase};
use tokio::time::{Instant, sleep, timeout_at};

use super::{
    ethtool::{Ethtool, interface_of, payload},
    linux, no_such,
};
use crate::netlink::{attribute, attributes, messages, number};

/// Longest wait for the result, and for the link to come back and be used again.
const TEST_LIMIT: Duration = Duration::from_secs(12);
const LINK_LIMIT: Duration = Duration::from_secs(10);
/// How often the link is looked at, and how long it has to stand before it is used.
const LOOK: Duration = Duration::from_millis(250);
const SETTLED: Duration = Duration::from_secs(1);

const ACT: u8 = 26;
const TOLD: u8 = 27;

/// Tests the cable of an interface. Its link is down meanwhile.
pub(crate) async fn perform(interface: &str) -> Outcome {
    let why = |id: &str| Phrase::new(id).text("interface", interface);
    if linux::read_link(Path::new(linux::INTERFACES), interface).is_none() {
        return no_such(interface);
    }
    match test(interface).await {
        Ok(Some(pairs)) => {
            let carrier_changes = link_is_back(interface).await;
            CableTest { interface: interface.to_owned(), pairs, carrier_changes }.into()
        }
        Ok(None) => Outcome::Failed { why: why("failed-cable-test-silent") },
        Err(error) => match error.raw_os_error() {
            Some(libc::EPERM | libc::EACCES) => Outcome::Blocked { why: why("blocked-cable-test") },
            Some(libc::EOPNOTSUPP | libc::ENODEV | libc::EINVAL | libc::ENOENT) => {
                Outcome::NotApplicable { why: why("not-applicable-no-cable-test") }
            }
            _ => Outcome::Failed { why: why("failed-cable-test").text("detail", error.to_string()) },
        },
    }
}

/// `None` when the adapter began and told nothing.
async fn test(interface: &str) -> io::Result<Option<Vec<CablePair>>> {
    let mut ethtool = Ethtool::open().await?;
    let group = ethtool.monitor.ok_or_else(|| io::Error::from_raw_os_error(libc::EOPNOTSUPP))?;
    // Listening begins first, so that a quick result is not missed.
    let monitor = Ethtool::hear(group)?;
    ethtool.act(ACT, interface).await?;
    let until = Instant::now() + TEST_LIMIT;
    loop {
        let Ok(heard) = timeout_at(until, monitor.receive()).await else { return Ok(None) };
        let heard = heard?;
        if let Some(pairs) = messages(&heard).find_map(|message| read_result(message.body, interface)) {
            return Ok(Some(pairs));
        }
    }
}

/// Waits until the link has carrier again; how often it changed by then.
async fn link_is_back(interface: &str) -> Option<u32> {
    let until = Instant::now() + LINK_LIMIT;
    let look = || linux::read_link(Path::new(linux::INTERFACES), interface);
    while Instant::now() < until && look().is_some_and(|link| !link.carrier) {
        sleep(LOOK).await;
    }
    sleep(SETTLED).await;
    look()?.carrier_changes
}

/// What a finished test of this interface found; `None` for anything else that the kernel tells.
pub(crate) fn read_result(body: &[u8], interface: &str) -> Option<Vec<CablePair>> {
    const STATUS: u16 = 2;
    const RESULTS: u16 = 3;
    const COMPLETED: u32 = 2;
    const RESULT: u16 = 1;
    const LENGTH: u16 = 2;
    let told = payload(body);
    let finished = body.first() == Some(&TOLD) && attribute(told, STATUS).and_then(number) == Some(COMPLETED);
    if !finished || interface_of(told).as_deref() != Some(interface) {
        return None;
    }
    let results = attribute(told, RESULTS).unwrap_or_default();
    let of_kind =
        |wanted: u16| attributes(results).filter(move |(kind, _)| *kind == wanted).filter_map(|(_, inside)| pair_and_value(inside));
    let length = |pair: u8| of_kind(LENGTH).find(|(other, _)| *other == pair).map(|(_, centimetres)| centimetres);
    let mut pairs: Vec<CablePair> = Vec::new();
    for (pair, code) in of_kind(RESULT) {
        if !pairs.iter().any(|known| known.pair == pair) {
            pairs.push(CablePair { pair, state: state_of(code), distance_cm: length(pair) });
        }
    }
    pairs.sort_by_key(|pair| pair.pair);
    Some(pairs)
}

/// A pair's number and what is told of it.
fn pair_and_value(inside: &[u8]) -> Option<(u8, u32)> {
    const PAIR: u16 = 1;
    const VALUE: u16 = 2;
    let pair = u8::try_from(number(attribute(inside, PAIR)?)?).ok().filter(|pair| *pair < 4)?;
    Some((pair, number(attribute(inside, VALUE)?)?))
}

fn state_of(code: u32) -> PairState {
    match code {
        1 => PairState::Ok,
        2 => PairState::Open,
        3 => PairState::Short,
        4 => PairState::CrossShort,
        5 => PairState::Mismatch,
        _ => PairState::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::netlink::encoded;

    fn result(pair: u8, code: u8) -> Vec<u8> {
        encoded(0x8001, &[encoded(1, &[pair]), encoded(2, &[code])].concat())
    }

    fn length(pair: u8, centimetres: u32) -> Vec<u8> {
        encoded(0x8002, &[encoded(1, &[pair]), encoded(2, &centimetres.to_ne_bytes())].concat())
    }

    fn told(interface: &str, status: u8, results: &[Vec<u8>]) -> Vec<u8> {
        let header = encoded(0x8001, &[encoded(1, &[2, 0, 0, 0]), encoded(2, &[interface.as_bytes(), &[0]].concat())].concat());
        [vec![TOLD, 1, 0, 0], header, encoded(2, &[status]), encoded(0x8003, &results.concat())].concat()
    }

    fn pair(pair: u8, state: PairState, distance_cm: Option<u32>) -> CablePair {
        CablePair { pair, state, distance_cm }
    }

    #[test]
    fn each_pair_has_its_state_and_where_it_breaks() {
        let results = [result(0, 1), result(1, 1), result(3, 4), result(2, 2), length(2, 720), length(3, 80)];
        assert_eq!(
            read_result(&told("eth0", 2, &results), "eth0"),
            Some(vec![
                pair(0, PairState::Ok, None),
                pair(1, PairState::Ok, None),
                pair(2, PairState::Open, Some(720)),
                pair(3, PairState::CrossShort, Some(80)),
            ])
        );
    }

    #[test]
    fn other_interfaces_beginnings_and_other_messages_are_no_result() {
        let results = [result(0, 1)];
        assert_eq!(read_result(&told("eth1", 2, &results), "eth0"), None);
        assert_eq!(read_result(&told("eth0", 1, &results), "eth0"), None);
        let mut other = told("eth0", 2, &results);
        other[0] = 5;
        assert_eq!(read_result(&other, "eth0"), None);
    }

    #[test]
    fn pairs_that_do_not_exist_and_codes_that_nobody_knows_do_no_harm() {
        let results = [result(9, 2), result(1, 99), result(1, 2), length(1, u32::MAX), encoded(0x8001, &[1, 2, 3]), encoded(7, &[])];
        assert_eq!(read_result(&told("eth0", 2, &results), "eth0"), Some(vec![pair(1, PairState::Unknown, Some(u32::MAX))]));
        assert_eq!(read_result(&told("eth0", 2, &[]), "eth0"), Some(Vec::new()));
        for end in 0..80 {
            let cut = told("eth0", 2, &[result(0, 2), length(0, 5)]);
            let _ = read_result(cut.get(..end).unwrap_or_default(), "eth0");
        }
    }
}
