//! What a lane needs from a way to probe, and which way this computer offers.

use std::{future::Future, io, net::IpAddr, pin::Pin, time::Duration};

#[cfg(not(windows))]
use super::portable;

/// Numbered probes towards one place.
pub(super) trait Series: Send {
    /// Whether receive times come from the kernel.
    fn kernel_timestamps(&self) -> bool;

    /// Sends probe `number`. Numbers of probes under way differ.
    fn send(&mut self, number: u16) -> io::Result<()>;

    /// What became of a probe, in order of arrival; pending while there is nothing to tell. Silence is not told. Nothing is
    /// lost when the future is dropped.
    fn answer(&mut self) -> Pin<Box<dyn Future<Output = Answer> + Send + '_>>;
}

/// What became of one probe.
#[derive(Debug)]
pub(super) struct Answer {
    pub number: u16,
    pub fate: Fate,
}

#[derive(Debug)]
pub(super) enum Fate {
    /// Answered after this long.
    Back(Duration),
    /// Never left this computer.
    Unsent(io::Error),
}

/// A way to send echo requests.
pub(super) trait EchoBackend: Send + Sync {
    fn open(&self, destination: IpAddr) -> io::Result<Box<dyn Series>>;
}

/// The best way to send echo requests that this computer allows, if it allows any.
pub(super) fn echo_backend() -> Option<Box<dyn EchoBackend>> {
    #[cfg(target_os = "linux")]
    if crate::probe::allowed() {
        return Some(Box::new(super::linux::Datagrams));
    }
    #[cfg(windows)]
    return Some(Box::new(super::windows::Calls));
    #[cfg(not(windows))]
    portable::Portable::new().map(|backend| Box::new(backend) as Box<dyn EchoBackend>)
}

/// Probes that expire at hop `ttl` on the way to a place.
pub(super) fn hop_limited(destination: IpAddr, ttl: u8) -> io::Result<Box<dyn Series>> {
    #[cfg(target_os = "linux")]
    return super::linux::hop_limited(destination, ttl);
    #[cfg(windows)]
    return super::windows::hop_limited(destination, ttl);
    #[cfg(not(any(target_os = "linux", windows)))]
    return {
        let _ = (destination, ttl);
        Err(io::Error::new(io::ErrorKind::Unsupported, "probes to a single hop are made on Linux and Windows only so far"))
    };
}
