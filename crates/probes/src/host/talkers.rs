//! Which programs move the most over TCP: the kernel counts bytes by socket, and a process lists its sockets among its files.
//! Only processes that this user may look into are named; QUIC runs over UDP, which is not counted by socket.

use std::{
    collections::BTreeMap,
    fs,
    path::Path,
    time::{Duration, Instant},
};

use demarc_model::ProcessTraffic;

use crate::{
    bounded::{one_line, read_text},
    netlink::{DUMP, Netlink, attribute},
};

/// Longest wait for the kernel's list of sockets, and longest search among processes.
const LIMIT: Duration = Duration::from_millis(500);
const SEARCH_LIMIT: Duration = Duration::from_millis(400);
/// Most sockets counted, processes looked into, and files of one process.
const MOST_SOCKETS: usize = 8_192;
const MOST_PROCESSES: usize = 4_096;
const MOST_FILES: usize = 1_024;
/// Most programs told.
const MOST_TALKERS: usize = 5;

/// Received and sent bytes by the socket's number.
pub(super) type Sockets = BTreeMap<u32, (u64, u64)>;

/// What every TCP connection to another computer has moved so far; empty where the kernel does not tell.
pub(super) async fn sockets() -> Sockets {
    let mut sockets = Sockets::new();
    let Ok(mut netlink) = Netlink::open(libc::NETLINK_SOCK_DIAG) else { return sockets };
    for family in [libc::AF_INET, libc::AF_INET6] {
        let Ok(answer) = netlink.ask(BY_FAMILY, DUMP, &request(family as u8), LIMIT).await else { continue };
        let room = MOST_SOCKETS.saturating_sub(sockets.len());
        sockets.extend(answer.iter().filter_map(|(_, body)| read_socket(body)).take(room));
    }
    sockets
}

const BY_FAMILY: u16 = 20;
const INFO: u8 = 2;

/// `struct inet_diag_req_v2`: connections that are or were open, with their counters.
fn request(family: u8) -> Vec<u8> {
    // Established, both kinds of waiting for the end, and closed by the other end.
    const STATES: u32 = 1 << 1 | 1 << 4 | 1 << 5 | 1 << 8;
    let mut request = vec![family, libc::IPPROTO_TCP as u8, 1 << (INFO - 1), 0];
    request.extend(STATES.to_ne_bytes());
    request.resize(56, 0);
    request
}

/// Reads a `struct inet_diag_msg` with a `struct tcp_info` behind it. Connections within this computer are left out.
pub(crate) fn read_socket(body: &[u8]) -> Option<(u32, (u64, u64))> {
    const DESTINATION: usize = 24;
    const NUMBER: usize = 68;
    const ATTRIBUTES: usize = 72;
    const ACKNOWLEDGED: usize = 120;
    const RECEIVED: usize = 128;
    let destination: [u8; 16] = *body.get(DESTINATION..)?.first_chunk()?;
    let is_v4 = i32::from(*body.first()?) == libc::AF_INET;
    let here = match std::net::Ipv6Addr::from(destination) {
        _ if is_v4 => destination[0] == 127,
        v6 => v6.is_loopback() || v6.to_ipv4_mapped().is_some_and(|v4| v4.is_loopback()),
    };
    let number = u32::from_ne_bytes(*body.get(NUMBER..)?.first_chunk()?);
    let info = attribute(body.get(ATTRIBUTES..)?, u16::from(INFO))?;
    let count = |at: usize| Some(u64::from_ne_bytes(*info.get(at..)?.first_chunk()?));
    (!here && number != 0).then_some((number, (count(RECEIVED)?, count(ACKNOWLEDGED)?)))
}

/// The programs whose sockets moved the most between two counts, ours left out.
pub(super) fn talkers(root: &Path, before: &Sockets, after: &Sockets, elapsed: Duration) -> Vec<ProcessTraffic> {
    let moved: Sockets = after
        .iter()
        .map(|(number, (received, sent))| {
            // A connection that is new has moved all of its bytes since.
            let (received_before, sent_before) = before.get(number).copied().unwrap_or_default();
            (*number, (received.saturating_sub(received_before), sent.saturating_sub(sent_before)))
        })
        .filter(|(_, (received, sent))| received + sent > 0)
        .collect();
    if moved.is_empty() {
        return Vec::new();
    }
    let mut programs: BTreeMap<String, (u64, u64)> = BTreeMap::new();
    let until = Instant::now() + SEARCH_LIMIT;
    let processes = fs::read_dir(root.join("proc")).into_iter().flatten().take(4 * MOST_PROCESSES).filter_map(Result::ok);
    let processes = processes.filter_map(|entry| Some((entry.file_name().to_str()?.parse::<u32>().ok()?, entry.path())));
    for (_, folder) in processes.filter(|(pid, _)| *pid != std::process::id()).take(MOST_PROCESSES) {
        if Instant::now() > until {
            break;
        }
        let Ok(files) = fs::read_dir(folder.join("fd")) else { continue };
        // Files of one process may be the same socket twice.
        let own: std::collections::BTreeSet<u32> = files
            .take(MOST_FILES)
            .filter_map(|file| socket_number(fs::read_link(file.ok()?.path()).ok()?.to_str()?))
            .filter(|number| moved.contains_key(number))
            .collect();
        if own.is_empty() {
            continue;
        }
        let name = one_line(&read_text(&folder.join("comm"), 64).unwrap_or_default(), 64);
        let sum = programs.entry(name).or_default();
        for (received, sent) in own.iter().filter_map(|number| moved.get(number)) {
            *sum = (sum.0.saturating_add(*received), sum.1.saturating_add(*sent));
        }
    }
    let seconds = elapsed.as_secs_f64().max(1e-3);
    let rate = |bytes: u64| (bytes as f64 / seconds).round();
    let told = programs.into_iter().filter(|(name, _)| !name.is_empty());
    let mut talkers: Vec<ProcessTraffic> = told
        .map(|(name, (received, sent))| ProcessTraffic { name, received_bytes_per_s: rate(received), sent_bytes_per_s: rate(sent) })
        .collect();
    let total = |talker: &ProcessTraffic| talker.received_bytes_per_s + talker.sent_bytes_per_s;
    talkers.sort_by(|one, next| total(next).total_cmp(&total(one)));
    talkers.truncate(MOST_TALKERS);
    talkers
}

/// `socket:[12345]`, as the link of an open file.
fn socket_number(link: &str) -> Option<u32> {
    link.strip_prefix("socket:[")?.strip_suffix(']')?.parse().ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use std::{
        io::{Read as _, Write as _},
        os::unix::fs::symlink,
    };

    use super::*;
    use crate::netlink::encoded;

    fn told(destination: [u8; 4], number: u32, received: u64, sent: u64) -> Vec<u8> {
        let mut body = vec![0; 72];
        body[0] = libc::AF_INET as u8;
        body[24..28].copy_from_slice(&destination);
        body[68..72].copy_from_slice(&number.to_ne_bytes());
        let mut info = vec![0; 120];
        info.extend(sent.to_ne_bytes());
        info.extend(received.to_ne_bytes());
        body.extend(encoded(2, &info));
        body
    }

    #[test]
    fn a_connections_bytes_are_found_and_those_within_this_computer_are_left_out() {
        assert_eq!(read_socket(&told([192, 0, 2, 1], 77, 1_000, 50)), Some((77, (1_000, 50))));
        assert_eq!(read_socket(&told([127, 0, 0, 1], 77, 1_000, 50)), None);
        assert_eq!(read_socket(&told([192, 0, 2, 1], 0, 1_000, 50)), None, "closed: nobody's any more");
        let whole = told([192, 0, 2, 1], 77, 1_000, 50);
        for end in 0..whole.len() {
            assert_eq!(read_socket(whole.get(..end).unwrap_or_default()), None);
        }
    }

    #[test]
    fn bytes_are_told_by_program() {
        let root = tempfile::tempdir().unwrap();
        let process = |pid: u32, name: &str, sockets: &[u32]| {
            let folder = root.path().join("proc").join(pid.to_string());
            fs::create_dir_all(folder.join("fd")).unwrap();
            fs::write(folder.join("comm"), format!("{name}\n")).unwrap();
            for (file, socket) in sockets.iter().enumerate() {
                symlink(format!("socket:[{socket}]"), folder.join("fd").join(file.to_string())).unwrap();
            }
        };
        process(10, "browser", &[1, 2, 2]);
        process(11, "browser", &[3]);
        process(12, "backup", &[4]);
        process(13, "idle", &[5]);
        let before = Sockets::from([(1, (500, 0)), (4, (0, 0)), (5, (9, 9))]);
        let after = Sockets::from([(1, (1_500, 0)), (2, (1_000, 0)), (3, (0, 100)), (4, (0, 9_000)), (5, (9, 9)), (6, (1, 1))]);
        let found = talkers(root.path(), &before, &after, Duration::from_millis(500));
        let found: Vec<_> = found.iter().map(|one| (one.name.as_str(), one.received_bytes_per_s, one.sent_bytes_per_s)).collect();
        assert_eq!(found, [("backup", 0.0, 18_000.0), ("browser", 4_000.0, 200.0)]);
        assert_eq!(["socket:[7]", "socket:[]", "pipe:[7]", "socket:[x]"].map(socket_number), [Some(7), None, None, None]);
    }

    #[tokio::test]
    async fn the_kernel_leaves_loopback_to_us_and_tells_without_an_error() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let mut out = std::net::TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let (mut inside, _) = listener.accept().unwrap();
        out.write_all(&[7; 4_096]).unwrap();
        inside.read_exact(&mut [0; 4_096]).unwrap();
        // What the machine does besides is not known; that the question is answered at all is.
        assert!(Netlink::open(libc::NETLINK_SOCK_DIAG).unwrap().ask(BY_FAMILY, DUMP, &request(libc::AF_INET as u8), LIMIT).await.is_ok());
    }
}
