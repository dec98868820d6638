//! Echo requests that must not be fragmented, larger and smaller until the limit is found.

use std::{
    io,
    net::IpAddr,
    time::{Duration, Instant},
};

use demarc_model::{Outcome, PathMtu, Phrase};

use super::search::Search;
use crate::probe::{Kind, ProbeSocket, TRANSPORT_HEADER, Transport, does_not_fit, is_one_host, refused};

/// How long a size has to be answered; its second try leaves after a part of it.
const PATIENCE: Duration = Duration::from_millis(800);
const SECOND_TRY: Duration = Duration::from_millis(300);

/// Most bytes sent and received together.
const MOST_BYTES: u32 = 72_000;

pub(crate) async fn perform(destination: IpAddr, ceiling: u16) -> Outcome {
    if !is_one_host(destination) {
        return Outcome::Failed { why: Phrase::new("failed-not-a-host").text("address", destination.to_string()) };
    }
    let opened = ProbeSocket::open(Transport::Icmp, destination, None).and_then(|socket| {
        socket.forbid_fragments()?;
        Ok(socket)
    });
    match opened {
        Ok(socket) => measure(socket, destination, ceiling).await.unwrap_or_else(|error| refused(destination, &error)),
        Err(error) => refused(destination, &error),
    }
}

async fn measure(mut socket: ProbeSocket, destination: IpAddr, ceiling: u16) -> io::Result<Outcome> {
    // The IP header, and the size every link must carry (RFC 791's reassembly size, RFC 8200).
    let (header, floor) = if destination.is_ipv4() { (20, 576) } else { (40, 1280) };
    let mut search = Search::new(floor, ceiling.max(floor));
    let (mut told_too_big, mut number, mut bytes) = (false, 0, 0);
    while let Some(size) = search.next().filter(|size| bytes + 4 * u32::from(*size) <= MOST_BYTES) {
        let payload = usize::from(size).saturating_sub(header + TRANSPORT_HEADER);
        match attempt(&mut socket, &mut number, payload).await? {
            Fit::Passed => search.passed(size),
            Fit::Silent => search.failed(size, None),
            Fit::TooBig(mtu) => {
                told_too_big = true;
                search.failed(size, mtu);
            }
        }
        bytes += 4 * u32::from(size);
    }
    Ok(PathMtu { largest_passed: search.largest_passed(), ceiling: ceiling.max(floor), told_too_big }.into())
}

enum Fit {
    Passed,
    Silent,
    /// Somebody on the way, or this computer's own link, refused it; what fits, when that was told.
    TooBig(Option<u32>),
}

/// Tries one size at most twice.
async fn attempt(socket: &mut ProbeSocket, number: &mut u16, payload: usize) -> io::Result<Fit> {
    let begun = Instant::now();
    let first = *number;
    for until in [SECOND_TRY, PATIENCE] {
        match socket.send(*number, None, payload) {
            Ok(()) => *number = number.wrapping_add(1),
            Err(error) if does_not_fit(&error) => return Ok(Fit::TooBig(None)),
            Err(error) => return Err(error),
        }
        loop {
            tokio::select! {
                biased;
                reply = socket.reply() => match reply.kind {
                    // Late answers to a smaller size say nothing about this one.
                    _ if reply.number.wrapping_sub(first) >= number.wrapping_sub(first) => {}
                    Kind::EchoReply => return Ok(Fit::Passed),
                    Kind::TooBig { mtu } => return Ok(Fit::TooBig(Some(mtu))),
                    _ => {}
                },
                () = tokio::time::sleep_until((begun + until).into()) => break,
            }
        }
    }
    Ok(Fit::Silent)
}
