//! Data that a node sends to a web host of the lab or fetches from it, over several connections, until it is told to stop.

use std::io::{Read, Write};
use std::net::{IpAddr, SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use anyhow::{Context, Result};
use serde::Deserialize;

use super::namespace;

/// Port of the lab's measurement peers.
const PORT: u16 = 8080;
/// Most bytes that a peer gives or takes in one request.
const BYTES: u64 = 500_000_000;
/// Longest wait for anything; how fast a transfer notices that it has to end.
const PATIENCE: Duration = Duration::from_millis(200);

/// What is transferred.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Transfer {
    /// A node with a web service, by its address.
    pub with: IpAddr,
    /// Whether data goes there; otherwise it comes from there.
    pub sends: bool,
    /// Connections at one time.
    pub connections: usize,
}

/// A transfer under way. Dropping it ends it.
#[derive(Debug)]
pub struct UnderWay {
    stop: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
}

impl Transfer {
    /// Starts to transfer in a namespace.
    pub fn start(&self, namespace: &str) -> Result<UnderWay> {
        let stop = Arc::new(AtomicBool::new(false));
        let mut under_way = UnderWay { stop: stop.clone(), threads: Vec::new() };
        for _ in 0..self.connections {
            let (namespace, stop, to, sends) = (namespace.to_owned(), stop.clone(), SocketAddr::new(self.with, PORT), self.sends);
            let work = move || {
                if namespace::enter(&namespace).is_err() {
                    return;
                }
                while !stop.load(Ordering::Relaxed) {
                    // A connection that fails is tried anew: the network is allowed to be bad.
                    if connection(to, sends, &stop).is_err() {
                        thread::sleep(PATIENCE);
                    }
                }
            };
            under_way.threads.push(thread::Builder::new().name("transfer".to_owned()).spawn(work).context("start a transfer")?);
        }
        Ok(under_way)
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

/// One request, until all is transferred or `stop`.
fn connection(to: SocketAddr, sends: bool, stop: &AtomicBool) -> Result<()> {
    let mut stream = TcpStream::connect_timeout(&to, 5 * PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    if sends {
        write!(stream, "POST /__up HTTP/1.1\r\nHost: peer\r\nContent-Length: {BYTES}\r\n\r\n")?;
    } else {
        write!(stream, "GET /__down?bytes={BYTES} HTTP/1.1\r\nHost: peer\r\n\r\n")?;
    }
    let mut piece = vec![0; 64 * 1024];
    let mut left = BYTES;
    while left > 0 && !stop.load(Ordering::Relaxed) {
        let length = piece.len().min(left as usize);
        let moved = if sends { stream.write(&piece[..length]) } else { stream.read(&mut piece) };
        match moved {
            Ok(0) => break,
            Ok(bytes) => left = left.saturating_sub(bytes as u64),
            Err(error) if matches!(error.kind(), std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}
