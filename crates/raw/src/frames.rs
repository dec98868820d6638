//! Sending frames on an interface and listening for answers, for a bounded while.

use std::{
    io,
    os::fd::IntoRawFd as _,
    time::{Duration, Instant},
};

use pnet::{
    datalink::{self, Channel, Config, NetworkInterface},
    packet::ethernet::EthernetPacket,
    util::MacAddr,
};
use socket2::{Domain, SockFilter, Socket, Type};

use crate::{Answer, Question, arp, dhcp};

/// A question to the neighbours and what has been answered.
pub trait Asked {
    /// What is known in the end.
    type Answer;

    /// Which frames the kernel lets through to this program.
    const FILTER: &'static [Instruction];
    /// When the frame is sent, from the beginning on.
    const SENT_AT: &'static [Duration];
    /// How long answers are taken, from the beginning on.
    const PATIENCE: Duration;

    /// The frame, from this hardware address.
    fn frame(&self, own: MacAddr) -> Option<Vec<u8>>;
    /// Takes a frame that came in. `own` are all hardware addresses of this computer.
    fn hear(&mut self, frame: &EthernetPacket<'_>, own: &[MacAddr]);
    /// The answer.
    fn answer(self) -> Self::Answer;
}

/// How often the end of the wait is looked at.
const TICK: Duration = Duration::from_millis(50);
/// Most frames looked at: a network in which more of them come in seconds is flooded.
const MOST_FRAMES: usize = 20_000;

/// Asks. `opened` is called when the socket is open and before anything is read from it.
pub fn ask(question: &Question, opened: fn() -> io::Result<()>) -> Answer {
    let answered = match question {
        Question::DhcpServers { interface } => exchange(interface, dhcp::Discovery::new(), opened).map(|offers| Answer::Offers { offers }),
        Question::AddressOwners { interface, address } => {
            exchange(interface, arp::Probe::new(*address), opened).map(|others| Answer::Owners { others })
        }
    };
    answered.unwrap_or_else(|error| match error.kind() {
        io::ErrorKind::PermissionDenied => Answer::NotAllowed,
        io::ErrorKind::NotFound => Answer::NoInterface,
        _ => Answer::Failed { detail: error.to_string() },
    })
}

fn exchange<Q: Asked>(name: &str, mut question: Q, opened: fn() -> io::Result<()>) -> io::Result<Q::Answer> {
    let interfaces = datalink::interfaces();
    let own: Vec<MacAddr> = interfaces.iter().filter_map(|interface| interface.mac).collect();
    let interface: &NetworkInterface = interfaces.iter().find(|interface| interface.name == name).ok_or(io::ErrorKind::NotFound)?;
    let mac = interface.mac.filter(|mac| *mac != MacAddr::zero()).ok_or_else(|| io::Error::other("it has no hardware address"))?;
    let frame = question.frame(mac).ok_or_else(|| io::Error::other("the frame does not fit"))?;
    let Channel::Ethernet(mut sender, mut receiver) = open(interface, Q::FILTER)? else {
        return Err(io::Error::other("it does not carry frames"));
    };
    opened()?;
    let begun = Instant::now();
    let mut due = Q::SENT_AT.iter().peekable();
    let mut heard = 0;
    while begun.elapsed() < Q::PATIENCE && heard < MOST_FRAMES {
        if due.next_if(|at| begun.elapsed() >= **at).is_some() {
            sender.send_to(&frame, None).unwrap_or_else(|| Err(io::ErrorKind::InvalidInput.into()))?;
        }
        match receiver.next() {
            Ok(bytes) => {
                heard += 1;
                if let Some(frame) = EthernetPacket::new(bytes) {
                    question.hear(&frame, &own);
                }
            }
            Err(error) if matches!(error.kind(), io::ErrorKind::TimedOut | io::ErrorKind::Interrupted) => {}
            Err(error) => return Err(error),
        }
    }
    if heard >= MOST_FRAMES {
        // Silence amid a flood is no silence.
        return Err(io::Error::other("more frames came in than are looked at"));
    }
    Ok(question.answer())
}

/// A socket to which the kernel hands nothing but what passes the filter: that is there before the socket is bound to anything.
fn open(interface: &NetworkInterface, filter: &[Instruction]) -> io::Result<Channel> {
    let socket = Socket::new(Domain::PACKET, Type::RAW, None)?;
    let filter: Vec<SockFilter> = filter.iter().map(|it| SockFilter::new(it.code, it.if_true, it.if_false, it.value)).collect();
    socket.attach_filter(&filter)?;
    let config = Config {
        promiscuous: false,
        read_timeout: Some(TICK),
        write_timeout: Some(TICK),
        // The channel closes it.
        socket_fd: Some(socket.into_raw_fd()),
        ..Config::default()
    };
    datalink::channel(interface, config)
}

/// One instruction of the kernel's packet filter (Linux, `Documentation/networking/filter.rst`).
#[derive(Debug, Clone, Copy)]
pub struct Instruction {
    code: u16,
    if_true: u8,
    if_false: u8,
    value: u32,
}

const fn instruction(code: u16, if_true: u8, if_false: u8, value: u32) -> Instruction {
    Instruction { code, if_true, if_false, value }
}

/// Takes two bytes at this place of the frame.
pub const fn load_half(at: u32) -> Instruction {
    instruction(0x28, 0, 0, at)
}

/// Takes one byte.
pub const fn load_byte(at: u32) -> Instruction {
    instruction(0x30, 0, 0, at)
}

/// Takes the length of the IPv4 header that begins at this place, to be added by [`load_half_behind_header`].
pub const fn load_header_length(at: u32) -> Instruction {
    instruction(0xb1, 0, 0, at)
}

/// Takes two bytes at this place plus the length of the header.
pub const fn load_half_behind_header(at: u32) -> Instruction {
    instruction(0x48, 0, 0, at)
}

/// Skips so many instructions unless what was taken equals `value`.
pub const fn unless_equal(value: u32, skipped: u8) -> Instruction {
    instruction(0x15, 0, skipped, value)
}

/// Skips so many instructions if any of these bits is set.
pub const fn if_any(bits: u32, skipped: u8) -> Instruction {
    instruction(0x45, skipped, 0, bits)
}

/// Lets the frame through, its first 2048 bytes.
pub const fn accept() -> Instruction {
    instruction(0x06, 0, 0, 2_048)
}

/// Drops the frame.
pub const fn refuse() -> Instruction {
    instruction(0x06, 0, 0, 0)
}
