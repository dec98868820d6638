//! Ethernet interfaces whose far end is a file of this process.
#![allow(unsafe_code, reason = "interfaces are made by ioctl")]

use std::fs::{File, OpenOptions};
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::fs::OpenOptionsExt;

use anyhow::{Context, Result, ensure};
use nix::sys::socket::{AddressFamily, SockFlag, SockType, socket};

/// Speed that the interface tells, in Mbit/s; a TAP tells 10 by itself, which would be a fault of the wiring.
const SPEED_MBPS: u16 = 1_000;

/// Makes an interface in the calling thread's network namespace; it lives as long as the file, which reads and writes one frame at a time
/// and does not block.
pub fn open(name: &str) -> Result<File> {
    let file =
        OpenOptions::new().read(true).write(true).custom_flags(libc::O_NONBLOCK).open("/dev/net/tun").context("open /dev/net/tun")?;
    let mut request = request_for(name)?;
    request.ifr_ifru.ifru_flags = (libc::IFF_TAP | libc::IFF_NO_PI) as libc::c_short;
    // SAFETY: TUNSETIFF reads and writes one ifreq, which outlives the call.
    let status = unsafe { libc::ioctl(file.as_raw_fd(), libc::TUNSETIFF, &raw mut request) };
    ensure!(status == 0, "make interface {name}: {}", std::io::Error::last_os_error());
    tell_speed(name)?;
    Ok(file)
}

/// Makes the interface tell a full-duplex speed, as `ethtool -s` does.
fn tell_speed(name: &str) -> Result<()> {
    /// `struct ethtool_cmd` of linux/ethtool.h.
    #[repr(C)]
    #[derive(Default)]
    struct Command {
        code: u32,
        supported: u32,
        advertising: u32,
        speed: u16,
        duplex: u8,
        port: u8,
        phy_address: u8,
        transceiver: u8,
        autonegotiation: u8,
        mdio_support: u8,
        max_tx_packets: u32,
        max_rx_packets: u32,
        speed_high: u16,
        mdix: u8,
        mdix_control: u8,
        partner_advertising: u32,
        reserved: [u32; 2],
    }
    const ETHTOOL_SSET: u32 = 2;
    const DUPLEX_FULL: u8 = 1;

    let socket: OwnedFd = socket(AddressFamily::Inet, SockType::Datagram, SockFlag::SOCK_CLOEXEC, None)?;
    let mut command = Command { code: ETHTOOL_SSET, speed: SPEED_MBPS, duplex: DUPLEX_FULL, ..Command::default() };
    let mut request = request_for(name)?;
    request.ifr_ifru.ifru_data = (&raw mut command).cast();
    // SAFETY: SIOCETHTOOL reads one ifreq and the ethtool_cmd it points to; both outlive the call.
    let status = unsafe { libc::ioctl(socket.as_raw_fd(), libc::SIOCETHTOOL as _, &raw mut request) };
    ensure!(status == 0, "set the speed of {name}: {}", std::io::Error::last_os_error());
    Ok(())
}

fn request_for(name: &str) -> Result<libc::ifreq> {
    // SAFETY: ifreq is a plain C struct for which all zeroes is a valid value.
    let mut request: libc::ifreq = unsafe { std::mem::zeroed() };
    ensure!(name.len() < request.ifr_name.len(), "interface name {name} is longer than {} letters", request.ifr_name.len() - 1);
    for (slot, letter) in request.ifr_name.iter_mut().zip(name.bytes()) {
        *slot = libc::c_char::from_ne_bytes([letter]);
    }
    Ok(request)
}
