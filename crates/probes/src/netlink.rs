//! Netlink by hand, for what no crate in use asks the kernel: cable tests, energy saving, and the traffic of single sockets.

use std::{
    io::{self, Read as _, Write as _},
    time::Duration,
};

use socket2::{Domain, Protocol, Socket, Type};
use tokio::io::{Interest, unix::AsyncFd};

use crate::probe::{register, set_integer_option};

/// Longest message read at once; the kernel fills at most 32 KiB at a time.
const LONGEST: usize = 64 * 1024;
/// Most datagrams read for one answer.
const MOST_DATAGRAMS: usize = 1_024;

const HEADER: usize = 16;
const ERROR: u16 = 2;
const DONE: u16 = 3;

/// `NLM_F_REQUEST`.
pub(crate) const REQUEST: u16 = 1;
/// `NLM_F_REQUEST | NLM_F_ACK`.
pub(crate) const ACKNOWLEDGED: u16 = 1 | 4;
/// `NLM_F_REQUEST | NLM_F_DUMP`.
pub(crate) const DUMP: u16 = 1 | 0x300;

/// A conversation with the kernel.
pub(crate) struct Netlink {
    descriptor: AsyncFd<Socket>,
    sequence: u32,
}

impl Netlink {
    /// Opens a socket of a protocol such as `NETLINK_GENERIC`.
    pub(crate) fn open(protocol: i32) -> io::Result<Self> {
        let socket = Socket::new(Domain::from(libc::AF_NETLINK), Type::DGRAM, Some(Protocol::from(protocol)))?;
        socket.set_nonblocking(true)?;
        Ok(Self { descriptor: register(socket)?, sequence: 0 })
    }

    /// Hears what the kernel tells this group.
    pub(crate) fn join(&self, group: u32) -> io::Result<()> {
        let group = i32::try_from(group).map_err(io::Error::other)?;
        set_integer_option(self.descriptor.get_ref(), libc::SOL_NETLINK, libc::NETLINK_ADD_MEMBERSHIP, group)
    }

    /// Asks and returns every message of the answer, as kind and body, until its end or an error of the kernel.
    pub(crate) async fn ask(&mut self, kind: u16, flags: u16, body: &[u8], limit: Duration) -> io::Result<Vec<(u16, Vec<u8>)>> {
        self.sequence += 1;
        let message = message(kind, flags, self.sequence, body);
        self.descriptor.get_ref().write_all(&message)?;
        tokio::time::timeout(limit, self.answer(flags)).await.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))?
    }

    async fn answer(&mut self, flags: u16) -> io::Result<Vec<(u16, Vec<u8>)>> {
        let mut answer = Vec::new();
        for _ in 0..MOST_DATAGRAMS {
            let bytes = self.receive().await?;
            for message in messages(&bytes).filter(|message| message.sequence == self.sequence) {
                match message.kind {
                    ERROR => return message.error().map_or(Ok(answer), Err),
                    DONE => return Ok(answer),
                    kind => answer.push((kind, message.body.to_vec())),
                }
            }
            if flags == REQUEST && !answer.is_empty() {
                return Ok(answer);
            }
        }
        Err(io::Error::other("the answer does not end"))
    }

    /// The next datagram, an answer or what the kernel tells of itself.
    pub(crate) async fn receive(&self) -> io::Result<Vec<u8>> {
        let mut buffer = vec![0; LONGEST];
        let length = self.descriptor.async_io(Interest::READABLE, |mut socket| socket.read(&mut buffer)).await?;
        buffer.truncate(length);
        Ok(buffer)
    }
}

/// One message of a datagram.
pub(crate) struct Message<'a> {
    pub(crate) kind: u16,
    pub(crate) sequence: u32,
    pub(crate) body: &'a [u8],
}

impl Message<'_> {
    /// The refusal in a message of kind `ERROR`; `None` when it confirms.
    fn error(&self) -> Option<io::Error> {
        let code = self.body.first_chunk().map_or(-libc::EPROTO, |bytes| i32::from_ne_bytes(*bytes));
        (code != 0).then(|| io::Error::from_raw_os_error(code.saturating_neg()))
    }
}

/// The messages of a datagram; what does not fit ends them.
pub(crate) fn messages(mut bytes: &[u8]) -> impl Iterator<Item = Message<'_>> {
    std::iter::from_fn(move || {
        let length = u32::from_ne_bytes(*bytes.first_chunk()?) as usize;
        let (kind, sequence) = (number(bytes.get(4..6)?)?, number(bytes.get(8..12)?)?);
        let body = bytes.get(HEADER..length)?;
        bytes = bytes.get(aligned(length)..).unwrap_or_default();
        Some(Message { kind: kind as u16, sequence, body })
    })
}

/// The attributes of a message as kind and value; what does not fit ends them.
pub(crate) fn attributes(mut bytes: &[u8]) -> impl Iterator<Item = (u16, &[u8])> {
    // The upper two bits say that the value is nested or in network order.
    const KIND: u16 = 0x3fff;
    std::iter::from_fn(move || {
        let length = usize::from(u16::from_ne_bytes(*bytes.first_chunk()?));
        let kind = number(bytes.get(2..4)?)? as u16 & KIND;
        let value = bytes.get(4..length)?;
        bytes = bytes.get(aligned(length)..).unwrap_or_default();
        Some((kind, value))
    })
}

/// The value of the first attribute of a kind.
pub(crate) fn attribute(bytes: &[u8], wanted: u16) -> Option<&[u8]> {
    attributes(bytes).find(|(kind, _)| *kind == wanted).map(|(_, value)| value)
}

/// A number of one, two or four bytes.
pub(crate) fn number(value: &[u8]) -> Option<u32> {
    match value {
        [byte] => Some(u32::from(*byte)),
        [one, two] => Some(u32::from(u16::from_ne_bytes([*one, *two]))),
        [one, two, three, four] => Some(u32::from_ne_bytes([*one, *two, *three, *four])),
        _ => None,
    }
}

/// A message as it is sent.
pub(crate) fn message(kind: u16, flags: u16, sequence: u32, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(HEADER + body.len()).unwrap_or(u32::MAX);
    let mut bytes = Vec::with_capacity(HEADER + body.len());
    bytes.extend(length.to_ne_bytes());
    bytes.extend(kind.to_ne_bytes());
    bytes.extend(flags.to_ne_bytes());
    bytes.extend(sequence.to_ne_bytes());
    bytes.extend([0; 4]);
    bytes.extend(body);
    bytes
}

/// An attribute as it is sent.
pub(crate) fn encoded(kind: u16, value: &[u8]) -> Vec<u8> {
    let length = u16::try_from(4 + value.len()).unwrap_or(u16::MAX);
    let mut bytes = [length.to_ne_bytes(), kind.to_ne_bytes()].concat();
    bytes.extend(value);
    bytes.resize(aligned(bytes.len()), 0);
    bytes
}

fn aligned(length: usize) -> usize {
    // A length of 0 would never end.
    length.max(4).next_multiple_of(4)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let body = [encoded(2, b"eth0\0"), encoded(0x8003, &encoded(1, &[7]))].concat();
        let bytes = [message(17, REQUEST, 5, &body), message(DONE, 0, 5, &[])].concat();
        let read: Vec<(u16, u32, usize)> = messages(&bytes).map(|message| (message.kind, message.sequence, message.body.len())).collect();
        assert_eq!(read, [(17, 5, body.len()), (DONE, 5, 0)]);
        assert_eq!(attribute(&body, 2), Some(&b"eth0\0"[..]));
        assert_eq!(attribute(&body, 3).and_then(|nested| attribute(nested, 1)).and_then(number), Some(7));
        assert_eq!(attribute(&body, 9), None);
    }

    #[test]
    fn nonsense_ends_and_never_reads_beyond() {
        for length in 0..40_u8 {
            for fill in [0, 1, 3, 4, 16, 0x7f, 0xff] {
                let bytes = vec![fill; usize::from(length)];
                assert!(messages(&bytes).count() <= 40 && attributes(&bytes).count() <= 40);
            }
        }
        assert_eq!(number(&[]).or(number(&[1, 2, 3])), None);
    }
}
