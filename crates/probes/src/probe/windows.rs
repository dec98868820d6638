//! Probes on Windows without privileges, by the calls that its own `ping` and `tracert` make. Windows sends and times out by itself; one
//! call waits for one answer, so that each has a thread of its own.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::Kind;

#[cfg(windows)]
pub(crate) use self::socket::ProbeSocket;

/// What came of one probe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// Somebody answered.
    Answered { from: IpAddr, kind: Kind },
    /// Nobody did in time.
    Silent,
    /// It never left this computer; with the system's number for the reason.
    Unsent { error: u32 },
}

/// Reads the buffer that `IcmpSendEcho` (`ICMP_ECHO_REPLY`) or `Icmp6SendEcho2` (`ICMPV6_ECHO_REPLY`) fills. `None` where it is too short.
pub fn read(v6: bool, buffer: &[u8]) -> Option<Fate> {
    let number = |at: usize| buffer.get(at..at + 4)?.try_into().ok().map(u32::from_ne_bytes);
    if !v6 {
        let from = <[u8; 4]>::try_from(buffer.get(..4)?).ok()?;
        return Some(fate(Ipv4Addr::from(from).into(), number(4)?));
    }
    // Port and flow stand before the address, without gaps; its scope, and a gap, behind it.
    let mut words = [0; 8];
    for (word, bytes) in words.iter_mut().zip(buffer.get(6..22)?.chunks_exact(2)) {
        *word = u16::from_be_bytes(bytes.try_into().ok()?);
    }
    Some(fate(Ipv6Addr::from(words).into(), number(28)?))
}

/// By the status (`IP_STATUS`, ipexport.h).
fn fate(from: IpAddr, status: u32) -> Fate {
    let kind = match status {
        0 => Kind::EchoReply,
        11_002 => Kind::NetworkUnreachable,
        11_003 | 11_040 => Kind::HostUnreachable,
        11_004 if from.is_ipv6() => Kind::Prohibited,
        11_005 => Kind::PortUnreachable,
        11_009 => Kind::TooBig { mtu: 0 },
        11_013 | 11_041 => Kind::TimeExceeded,
        11_004 | 11_014..=11_016 => Kind::Other,
        11_010 => return Fate::Silent,
        error => return Fate::Unsent { error },
    };
    Fate::Answered { from, kind }
}

#[cfg(windows)]
mod socket {
    use std::{
        io,
        net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket},
        sync::atomic::{AtomicBool, Ordering},
        time::{Duration, Instant},
    };

    use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

    use super::{Fate, calls};
    use crate::probe::{Kind, Reply, Transport};

    /// An answer that comes later than this is no answer.
    const LONGEST_WAIT: Duration = Duration::from_secs(2);

    /// A probe that is done with.
    pub(crate) struct Done {
        pub(crate) number: u16,
        pub(crate) fate: Result<Reply, io::Error>,
    }

    /// Sends the numbered probes of one series to one place and takes their answers.
    pub(crate) struct ProbeSocket {
        destination: IpAddr,
        /// Our own address on the way there; this computer's own complaints come from it.
        local: IpAddr,
        whole: AtomicBool,
        done: (UnboundedSender<Done>, UnboundedReceiver<Done>),
        /// Why an earlier probe never left.
        refusal: Option<io::Error>,
    }

    impl ProbeSocket {
        /// Fails where no way leads there. Windows knows one kind of probe, echo requests, and chooses their identity itself.
        pub(crate) fn open(_: Transport, destination: IpAddr, _flow: Option<u16>) -> io::Result<Self> {
            let any = if destination.is_ipv4() { IpAddr::from(Ipv4Addr::UNSPECIFIED) } else { Ipv6Addr::UNSPECIFIED.into() };
            let towards = UdpSocket::bind(SocketAddr::new(any, 0))?;
            towards.connect(SocketAddr::new(destination, 9))?;
            let local = towards.local_addr()?.ip();
            Ok(Self { destination, local, whole: AtomicBool::new(false), done: unbounded_channel(), refusal: None })
        }

        /// Packets that do not fit shall be refused.
        #[allow(clippy::unnecessary_wraps, reason = "the signature of every operating system")]
        pub(crate) fn forbid_fragments(&self) -> io::Result<()> {
            self.whole.store(true, Ordering::Relaxed);
            Ok(())
        }

        /// Sends probe `number` with `length` bytes of payload; `hop_limit` is the hop at which it expires.
        pub(crate) fn send(&mut self, number: u16, hop_limit: Option<u8>, length: usize) -> io::Result<()> {
            if let Some(refusal) = self.refusal.take() {
                return Err(refusal);
            }
            let (destination, local, sender) = (self.destination, self.local, self.done.0.clone());
            let whole = self.whole.load(Ordering::Relaxed);
            tokio::task::spawn_blocking(move || {
                let begun = Instant::now();
                let fate = calls::echo(destination, hop_limit, length, whole, LONGEST_WAIT);
                let rtt = begun.elapsed();
                let fate = match fate {
                    // This computer's own complaint that nobody answers for an address is silence.
                    Ok(Fate::Answered { from, kind }) if from != local || from == destination || matches!(kind, Kind::TooBig { .. }) => {
                        Ok(Reply { number, from, rtt, kind })
                    }
                    Ok(Fate::Answered { .. } | Fate::Silent) => return,
                    Ok(Fate::Unsent { error }) => Err(io::Error::from_raw_os_error(error.cast_signed())),
                    Err(error) => Err(error),
                };
                // Nobody listens any more when the series is over.
                let _ = sender.send(Done { number, fate });
            });
            Ok(())
        }

        /// The next probe that was answered or never left. Nothing is lost when the future is dropped.
        pub(crate) async fn done(&mut self) -> Done {
            match self.done.1.recv().await {
                Some(done) => done,
                None => std::future::pending().await,
            }
        }

        /// The next answer. Why a probe never left, the next one to be sent tells.
        pub(crate) async fn reply(&mut self) -> Reply {
            loop {
                match self.done().await.fate {
                    Ok(reply) => return reply,
                    Err(refusal) => self.refusal = Some(refusal),
                }
            }
        }
    }
}

#[cfg(windows)]
#[allow(unsafe_code, reason = "these calls have no safe form")]
mod calls {
    use std::{io, net::IpAddr, ptr, time::Duration};

    use windows_sys::Win32::{
        Foundation::{HANDLE, INVALID_HANDLE_VALUE},
        NetworkManagement::IpHelper::{
            IP_OPTION_INFORMATION, Icmp6CreateFile, Icmp6SendEcho2, IcmpCloseHandle, IcmpCreateFile, IcmpSendEcho,
        },
        Networking::WinSock::{AF_INET6, SOCKADDR_IN6},
    };

    use super::{Fate, fate, read};

    /// Room that Windows wants behind a reply for an error's text and its own state, and to spare.
    const ROOM: usize = 256;
    const DONT_FRAGMENT: u8 = 2;
    /// What expires nowhere on the way.
    const FAR: u8 = 128;

    struct Handle(HANDLE);

    impl Drop for Handle {
        fn drop(&mut self) {
            // SAFETY: the handle was opened by `IcmpCreateFile` or `Icmp6CreateFile` and is closed once.
            unsafe { IcmpCloseHandle(self.0) };
        }
    }

    /// Sends one echo request and waits for what comes of it.
    pub(super) fn echo(to: IpAddr, hop_limit: Option<u8>, length: usize, whole: bool, wait: Duration) -> io::Result<Fate> {
        let payload = vec![0_u8; length.min(65_000)];
        let size = payload.len() as u16;
        let options = IP_OPTION_INFORMATION {
            Ttl: hop_limit.unwrap_or(FAR),
            Tos: 0,
            Flags: if whole { DONT_FRAGMENT } else { 0 },
            OptionsSize: 0,
            OptionsData: ptr::null_mut(),
        };
        // Of words, so that the structures in it are aligned.
        let mut buffer = vec![0_u64; (payload.len() + ROOM) / 8];
        let room = (buffer.len() * 8) as u32;
        let wait = wait.as_millis() as u32;
        // SAFETY: takes nothing.
        let handle = Handle(unsafe { if to.is_ipv4() { IcmpCreateFile() } else { Icmp6CreateFile() } });
        if handle.0 == INVALID_HANDLE_VALUE {
            return Err(io::Error::last_os_error());
        }
        let replies = match to {
            // SAFETY: the handle is open, the payload, the options and the buffer live until the call returns, and their lengths are
            // those given. The address is in the order of its bytes.
            IpAddr::V4(v4) => unsafe {
                IcmpSendEcho(
                    handle.0,
                    u32::from_ne_bytes(v4.octets()),
                    payload.as_ptr().cast(),
                    size,
                    &raw const options,
                    buffer.as_mut_ptr().cast(),
                    room,
                    wait,
                )
            },
            IpAddr::V6(v6) => {
                let mut any = SOCKADDR_IN6 { sin6_family: AF_INET6, ..SOCKADDR_IN6::default() };
                let mut destination = any;
                destination.sin6_addr.u.Byte = v6.octets();
                any.sin6_port = 0;
                // SAFETY: as above; both addresses live until the call returns, which waits because no event is given.
                unsafe {
                    Icmp6SendEcho2(
                        handle.0,
                        ptr::null_mut(),
                        None,
                        ptr::null(),
                        &raw const any,
                        &raw const destination,
                        payload.as_ptr().cast(),
                        size,
                        &raw const options,
                        buffer.as_mut_ptr().cast(),
                        room,
                        wait,
                    )
                }
            }
        };
        if replies == 0 {
            let error = io::Error::last_os_error();
            return match error.raw_os_error() {
                Some(code) => Ok(fate(to, code.cast_unsigned())),
                None => Err(error),
            };
        }
        let bytes: Vec<u8> = buffer.iter().take(8).flat_map(|word| word.to_ne_bytes()).collect();
        read(to.is_ipv6(), &bytes).ok_or_else(|| io::ErrorKind::InvalidData.into())
    }

    #[cfg(test)]
    mod tests {
        use super::*;
        use crate::probe::Kind;

        #[test]
        fn this_computer_answers_itself() {
            let to = IpAddr::from([127, 0, 0, 1]);
            let fate = echo(to, None, 12, false, Duration::from_secs(2)).ok();
            assert_eq!(fate, Some(Fate::Answered { from: to, kind: Kind::EchoReply }));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn v4(status: u32) -> Option<Fate> {
        let mut buffer = vec![192, 0, 2, 1];
        buffer.extend(status.to_ne_bytes());
        read(false, &buffer)
    }

    #[test]
    fn a_reply_tells_who_and_what() {
        let from = IpAddr::from([192, 0, 2, 1]);
        for (status, kind) in
            [(0, Kind::EchoReply), (11_013, Kind::TimeExceeded), (11_009, Kind::TooBig { mtu: 0 }), (11_003, Kind::HostUnreachable)]
        {
            assert_eq!(v4(status), Some(Fate::Answered { from, kind }), "{status}");
        }
        assert_eq!([v4(11_010), v4(11_050)], [Some(Fate::Silent), Some(Fate::Unsent { error: 11_050 })]);
    }

    #[test]
    fn an_address_of_ipv6_stands_behind_port_and_flow() {
        let mut buffer = vec![0; 6];
        buffer.extend([0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9]);
        buffer.extend([0; 6]);
        buffer.extend(11_041_u32.to_ne_bytes());
        let from = IpAddr::from([0x2001, 0xdb8, 0, 0, 0, 0, 0, 9]);
        assert_eq!(read(true, &buffer), Some(Fate::Answered { from, kind: Kind::TimeExceeded }));
        for length in 0..buffer.len() {
            assert_eq!(buffer.get(..length).and_then(|cut| read(true, cut)), None, "{length}");
        }
    }
}
