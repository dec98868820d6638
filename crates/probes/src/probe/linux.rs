//! Probes on Linux without privileges: ICMP datagram and UDP sockets, times of sending and receiving from the kernel, and the error queue,
//! which tells when a probe left, who sent an ICMP error, and quotes the probe it is about.

use std::{
    collections::VecDeque,
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV6, UdpSocket},
    os::fd::AsRawFd as _,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use nix::{
    cmsg_space,
    sys::{
        socket::{ControlMessageOwned, MsgFlags, SockaddrStorage, recvmsg, setsockopt, sockopt},
        time::TimeSpec,
    },
};
use socket2::{Domain, Protocol, Socket, Type};
use tokio::io::{Interest, unix::AsyncFd};

use super::{Kind, Reply, Transport, packet, scope};

/// Destination port of UDP probes: the traditional first port of traceroute, where nothing listens.
const UDP_PORT: u16 = 33434;

/// An answer that comes later than this is no answer.
pub(crate) const LONGEST_WAIT: Duration = Duration::from_secs(2);

/// Packets that are not for this series, read in a row before other work has its turn.
const STRANGERS_IN_A_ROW: u32 = 32;

/// The kernel's times, told without a copy of the packet: of receiving it, and of sending it before it waits in any queue of this computer,
/// which is a part of the way.
const STAMPS: libc::c_int = (libc::SOF_TIMESTAMPING_SOFTWARE
    | libc::SOF_TIMESTAMPING_RX_SOFTWARE
    | libc::SOF_TIMESTAMPING_TX_SCHED
    | libc::SOF_TIMESTAMPING_OPT_TSONLY)
    .cast_signed();

/// How far a receive time may lie outside of what the monotonic clock allows before it is distrusted.
const CLOCK_TOLERANCE: Duration = Duration::from_micros(50);

/// Whether this computer gives ICMP sockets to this user.
pub(crate) fn allowed() -> bool {
    icmp_socket(IpAddr::V4(Ipv4Addr::UNSPECIFIED)).is_ok() || icmp_socket(IpAddr::V6(Ipv6Addr::UNSPECIFIED)).is_ok()
}

/// Sends the numbered probes of one series to one place and recognises their answers.
pub(crate) struct ProbeSocket {
    descriptor: AsyncFd<Socket>,
    transport: Transport,
    destination: SocketAddr,
    /// Our own address on the way there; this computer's own complaints come from it.
    local: Option<IpAddr>,
    token: packet::Token,
    hop_limit: Option<u8>,
    unanswered: VecDeque<Sent>,
}

/// A probe on its way.
#[derive(Debug, Clone, Copy)]
struct Sent {
    number: u16,
    at: Instant,
    /// Since the epoch, on the clock of the kernel's times: when it was handed to the kernel, then when the kernel sent it on its way.
    clock: Duration,
    /// When the kernel had taken it.
    taken: Duration,
}

impl Sent {
    /// Takes the kernel's time of sending for ours; false when it is not of this probe.
    fn left_at(&mut self, stamp: Duration) -> bool {
        let Some(later) = stamp.checked_sub(self.clock).filter(|_| stamp <= self.taken) else { return false };
        self.at += later;
        self.clock = stamp;
        true
    }
}

impl ProbeSocket {
    /// Opens a socket; `flow` becomes the ICMP identifier or the UDP source port where that is free.
    pub(crate) fn open(transport: Transport, destination: IpAddr, flow: Option<u16>) -> io::Result<Self> {
        let socket = match transport {
            Transport::Icmp => icmp_socket(destination)?,
            Transport::Udp => Socket::new(Domain::for_address(SocketAddr::new(destination, 0)), Type::DGRAM, Some(Protocol::UDP))?,
        };
        socket.set_nonblocking(true)?;
        set_integer_option(&socket, libc::SOL_SOCKET, libc::SO_TIMESTAMPING, STAMPS)?;
        match destination {
            IpAddr::V4(_) => setsockopt(&socket, sockopt::Ipv4RecvErr, &true)?,
            IpAddr::V6(_) => setsockopt(&socket, sockopt::Ipv6RecvErr, &true)?,
        }
        if let Some(flow) = flow {
            // When somebody has this identity already, the kernel's choice serves as well.
            let _ = socket.bind(&SocketAddr::new(any_address(destination), identity(transport, flow)).into());
        }
        let destination = scoped(destination, if transport == Transport::Udp { UDP_PORT } else { 0 });
        if transport == Transport::Udp {
            socket.connect(&destination.into())?;
        }
        Ok(Self {
            descriptor: register(socket)?,
            transport,
            destination,
            local: local_address(destination),
            token: rand::random(),
            hop_limit: None,
            unanswered: VecDeque::new(),
        })
    }

    /// Forbids fragments and lets packets larger than the known path MTU out.
    pub(crate) fn forbid_fragments(&self) -> io::Result<()> {
        let (level, name, value) = match self.destination {
            SocketAddr::V4(_) => (libc::IPPROTO_IP, libc::IP_MTU_DISCOVER, libc::IP_PMTUDISC_PROBE),
            SocketAddr::V6(_) => {
                setsockopt(self.descriptor.get_ref(), sockopt::Ipv6DontFrag, &true)?;
                (libc::IPPROTO_IPV6, libc::IPV6_MTU_DISCOVER, libc::IPV6_PMTUDISC_PROBE)
            }
        };
        set_integer_option(self.descriptor.get_ref(), level, name, value)
    }

    /// Sends probe `number` with `length` bytes of payload (at least [`packet::SHORTEST_PAYLOAD`]).
    ///
    /// `hop_limit` is the hop at which it expires. Numbers of probes under way must differ.
    pub(crate) fn send(&mut self, number: u16, hop_limit: Option<u8>, length: usize) -> io::Result<()> {
        if let Some(hops) = hop_limit.filter(|hops| self.hop_limit != Some(*hops)) {
            self.set_hop_limit(u32::from(hops))?;
            self.hop_limit = hop_limit;
        }
        let payload = packet::payload(self.token, number, self.transport, length);
        let bytes = match self.transport {
            Transport::Icmp => packet::echo_request(self.destination.ip(), number, &payload),
            Transport::Udp => payload,
        };
        let mut attempts_left = 3;
        loop {
            let (at, clock) = (Instant::now(), since_epoch());
            match self.send_bytes(&bytes) {
                Ok(_) => {
                    let sent = Sent { number, at, clock, taken: since_epoch() };
                    self.unanswered.retain(|earlier| earlier.number != number && sent.at.duration_since(earlier.at) < LONGEST_WAIT);
                    self.unanswered.push_back(sent);
                    return Ok(());
                }
                // An ICMP error about an earlier probe is reported by the next call; only what persists is about this one.
                Err(error) if attempts_left == 0 || error.raw_os_error() == Some(libc::EMSGSIZE) => return Err(error),
                Err(_) => attempts_left -= 1,
            }
        }
    }

    /// The next answer to a probe of this series. Nothing is lost when the future is dropped.
    pub(crate) async fn reply(&mut self) -> Reply {
        let mut strangers = 0;
        loop {
            match self.next_packet().await {
                Some(reply) => return reply,
                None if strangers >= STRANGERS_IN_A_ROW => {
                    strangers = 0;
                    tokio::task::yield_now().await;
                }
                None => strangers += 1,
            }
        }
    }

    /// Reads one packet; `None` when it was for somebody else.
    async fn next_packet(&mut self) -> Option<Reply> {
        let received = {
            let Ok(mut ready) = self.descriptor.ready(Interest::READABLE | Interest::ERROR).await else {
                // The runtime is going away; so will this future.
                return std::future::pending().await;
            };
            let socket = ready.get_inner();
            let received = receive(socket, true).or_else(|error| if blocks(&error) { receive(socket, false) } else { Err(error) });
            if received.as_ref().is_err_and(blocks) {
                ready.clear_ready();
            }
            received.ok()?
        };
        self.recognise(&received)
    }

    fn recognise(&mut self, received: &Received) -> Option<Reply> {
        let destination = self.destination.ip();
        let (number, from, kind) = match received.what {
            What::Left => {
                let stamp = received.clock?;
                let _ = self.unanswered.iter_mut().rev().any(|sent| sent.left_at(stamp));
                return None;
            }
            What::Complaint(offender, kind) => {
                let from = offender.filter(|from| Some(*from) != self.local || *from == destination)?;
                let number = packet::number_in_quote(destination, self.transport, self.token, &received.bytes)?;
                (number, from, kind)
            }
            What::Packet if self.transport == Transport::Icmp => {
                (packet::number_in_reply(destination, self.token, &received.bytes)?, destination, Kind::EchoReply)
            }
            What::Packet => return None,
        };
        // For an answer the sender and for an error the quoted destination: either way where the probe went.
        if received.address != Some(destination) {
            return None;
        }
        let place = self.unanswered.iter().position(|sent| sent.number == number)?;
        let sent = self.unanswered.remove(place)?;
        let rtt = round_trip(sent, received.clock, received.read)?;
        Some(Reply { number, from, rtt, kind })
    }

    fn send_bytes(&self, bytes: &[u8]) -> io::Result<usize> {
        match self.transport {
            Transport::Icmp => self.descriptor.get_ref().send_to(bytes, &self.destination.into()),
            Transport::Udp => self.descriptor.get_ref().send(bytes),
        }
    }

    fn set_hop_limit(&self, hops: u32) -> io::Result<()> {
        match self.destination {
            SocketAddr::V4(_) => self.descriptor.get_ref().set_ttl_v4(hops),
            SocketAddr::V6(_) => self.descriptor.get_ref().set_unicast_hops_v6(hops),
        }
    }
}

/// A packet as the kernel hands it over.
struct Received {
    bytes: Vec<u8>,
    /// The sender, or for an error the destination of the quoted packet.
    address: Option<IpAddr>,
    /// When the kernel received it, or sent the probe it tells of, since the epoch.
    clock: Option<Duration>,
    /// When this process read it.
    read: Instant,
    what: What,
}

/// What the kernel hands over.
#[derive(Debug, Clone, Copy)]
enum What {
    Packet,
    /// An ICMP error: who complained, and about what. The kernel's own errors have nobody behind them.
    Complaint(Option<IpAddr>, Kind),
    /// A probe was sent on its way.
    Left,
}

fn receive(socket: &Socket, from_error_queue: bool) -> io::Result<Received> {
    // Tokens and headers come first; a longer packet may be cut.
    let mut buffer = [0_u8; 512];
    let mut control = cmsg_space!([TimeSpec; 3], libc::sock_extended_err, libc::sockaddr_in6, [libc::c_int; 8]);
    let flags = if from_error_queue { MsgFlags::MSG_ERRQUEUE | MsgFlags::MSG_DONTWAIT } else { MsgFlags::MSG_DONTWAIT };
    let (length, address, clock, what) = {
        let mut slices = [io::IoSliceMut::new(&mut buffer)];
        let message = recvmsg::<SockaddrStorage>(socket.as_raw_fd(), &mut slices, Some(&mut control), flags)?;
        let mut clock = None;
        let mut what = if from_error_queue { What::Complaint(None, Kind::Other) } else { What::Packet };
        for item in message.cmsgs()? {
            match item {
                ControlMessageOwned::ScmTimestampsns(times) => clock = Some(Duration::from(times.system)),
                ControlMessageOwned::Ipv4RecvErr(error, from) => {
                    what = told(&error, from.map(|from| IpAddr::V4(Ipv4Addr::from(u32::from_be(from.sin_addr.s_addr)))));
                }
                ControlMessageOwned::Ipv6RecvErr(error, from) => {
                    what = told(&error, from.map(|from| IpAddr::V6(Ipv6Addr::from(from.sin6_addr.s6_addr))));
                }
                _ => {}
            }
        }
        (message.bytes, message.address.as_ref().and_then(ip_of), clock, what)
    };
    let read = Instant::now();
    Ok(Received { bytes: buffer.get(..length).unwrap_or_default().to_vec(), address, clock, read, what })
}

/// What stands in the error queue.
fn told(error: &libc::sock_extended_err, from: Option<IpAddr>) -> What {
    match error.ee_origin {
        libc::SO_EE_ORIGIN_ICMP => What::Complaint(from, Kind::of_v4(error.ee_type, error.ee_code, error.ee_info)),
        libc::SO_EE_ORIGIN_ICMP6 => What::Complaint(from, Kind::of_v6(error.ee_type, error.ee_code, error.ee_info)),
        libc::SO_EE_ORIGIN_TIMESTAMPING => What::Left,
        _ => What::Complaint(None, Kind::Other),
    }
}

/// The time from the kernel's send stamp to its receive stamp. The stamps are of the wall clock: where somebody set it in between,
/// the monotonic time until this process read the answer is used instead. `None` when the answer is too late.
fn round_trip(sent: Sent, received: Option<Duration>, read: Instant) -> Option<Duration> {
    let ceiling = read.duration_since(sent.at);
    let by_kernel = received.and_then(|received| received.checked_sub(sent.clock)).filter(|rtt| *rtt <= ceiling + CLOCK_TOLERANCE);
    let rtt = by_kernel.unwrap_or(ceiling).max(Duration::from_micros(1));
    (rtt <= LONGEST_WAIT).then_some(rtt)
}

#[allow(unsafe_code, reason = "tokio asks for the promise that a descriptor stays the same")]
pub(crate) fn register(socket: Socket) -> io::Result<AsyncFd<Socket>> {
    // SAFETY: a `Socket` owns one descriptor, always gives that one and closes it when dropped.
    let registered = unsafe { AsyncFd::register_with_interest(socket, Interest::READABLE | Interest::ERROR) };
    Ok(registered?)
}

fn icmp_socket(destination: IpAddr) -> io::Result<Socket> {
    match destination {
        IpAddr::V4(_) => Socket::new(Domain::IPV4, Type::DGRAM, Some(Protocol::ICMPV4)),
        IpAddr::V6(_) => Socket::new(Domain::IPV6, Type::DGRAM, Some(Protocol::ICMPV6)),
    }
}

/// The ICMP identifier or UDP source port of a flow. Ports stay in the dynamic range, clear of services.
fn identity(transport: Transport, flow: u16) -> u16 {
    match transport {
        Transport::Icmp => flow,
        Transport::Udp => 0xc000 | flow,
    }
}

fn any_address(like: IpAddr) -> IpAddr {
    match like {
        IpAddr::V4(_) => IpAddr::V4(Ipv4Addr::UNSPECIFIED),
        IpAddr::V6(_) => IpAddr::V6(Ipv6Addr::UNSPECIFIED),
    }
}

/// An address with what it takes to send there: link-local ones need their interface.
pub(crate) fn scoped(address: IpAddr, port: u16) -> SocketAddr {
    match address {
        IpAddr::V4(_) => SocketAddr::new(address, port),
        IpAddr::V6(v6) => SocketAddr::V6(SocketAddrV6::new(v6, port, 0, scope::index_towards(v6))),
    }
}

/// The address this computer would send from; connecting a UDP socket sends nothing.
fn local_address(destination: SocketAddr) -> Option<IpAddr> {
    let socket = UdpSocket::bind(SocketAddr::new(any_address(destination.ip()), 0)).ok()?;
    let port = if destination.port() == 0 { UDP_PORT } else { destination.port() };
    let mut target = destination;
    target.set_port(port);
    socket.connect(target).ok()?;
    socket.local_addr().ok().map(|local| local.ip())
}

fn ip_of(address: &SockaddrStorage) -> Option<IpAddr> {
    let v4 = address.as_sockaddr_in().map(|v4| IpAddr::V4(v4.ip()));
    v4.or_else(|| address.as_sockaddr_in6().map(|v6| IpAddr::V6(v6.ip())))
}

fn since_epoch() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

fn blocks(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::WouldBlock
}

#[allow(unsafe_code, reason = "no crate in use wraps the path-MTU options and the groups of netlink")]
pub(crate) fn set_integer_option(socket: &Socket, level: libc::c_int, name: libc::c_int, value: libc::c_int) -> io::Result<()> {
    let length = libc::socklen_t::try_from(size_of::<libc::c_int>()).map_err(io::Error::other)?;
    // SAFETY: the descriptor is open for the borrow of `socket`; the pointer is to a live integer of the length told.
    let status = unsafe { libc::setsockopt(socket.as_raw_fd(), level, name, (&raw const value).cast(), length) };
    if status == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[tokio::test]
    async fn the_kernel_tells_when_a_probe_left() {
        let mut socket = ProbeSocket::open(Transport::Udp, Ipv4Addr::LOCALHOST.into(), None).unwrap();
        socket.send(1, None, super::super::SHORTEST_PAYLOAD).unwrap();
        let given = socket.unanswered[0].clock;
        assert!(socket.next_packet().await.is_none(), "the stamp comes before the answer");
        let Sent { clock, taken, .. } = socket.unanswered[0];
        assert!(given < clock && clock <= taken, "{given:?} {clock:?} {taken:?}");
        assert_eq!(socket.reply().await.kind, Kind::PortUnreachable);
    }

    #[test]
    fn only_a_stamp_from_within_the_call_is_of_the_probe() {
        let (at, ms) = (Instant::now(), Duration::from_millis);
        let sent = || Sent { number: 0, at, clock: ms(1_000), taken: ms(1_002) };
        let after = |stamp: u64| {
            let mut sent = sent();
            (sent.left_at(ms(stamp)), sent.clock, sent.at - at)
        };
        assert_eq!(after(1_001), (true, ms(1_001), ms(1)));
        assert_eq!(after(999), (false, ms(1_000), ms(0)), "of an earlier probe, or the clock was set back");
        assert_eq!(after(1_003), (false, ms(1_000), ms(0)));
    }

    #[test]
    fn a_clock_that_was_set_in_between_does_not_become_a_round_trip() {
        let at = Instant::now();
        let sent = Sent { number: 0, at, clock: Duration::from_secs(1_000), taken: Duration::from_secs(1_000) };
        let read = at + Duration::from_millis(30);
        let trip = |received_ms: u64| round_trip(sent, Some(Duration::from_millis(received_ms)), read);
        assert_eq!(trip(1_000_020), Some(Duration::from_millis(20)), "the kernel's stamp counts");
        assert_eq!(trip(999_000), Some(Duration::from_millis(30)), "set back");
        assert_eq!(trip(1_003_000), Some(Duration::from_millis(30)), "set forward");
        assert_eq!(round_trip(sent, None, read), Some(Duration::from_millis(30)));
        assert_eq!(round_trip(sent, None, at + Duration::from_secs(3)), None, "too late");
    }
}
