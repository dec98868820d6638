//! What a household file can say. Everything has the value of a healthy home unless the file says otherwise, and every number is
//! brought into a range that the simulation can bear.

mod device;
mod home;
mod path;
mod stretch;

pub use device::{Addressing, Device, Link, LinkKind};
pub use home::{CounterAccess, Dhcp, Dns, DnsHealth, HomeTraffic, Ipv6, Nat, Router};
pub use path::{Control, Ecmp, HopName, Hops, Promise, Service, Tcp};
pub use stretch::{Shape, Stretch, StretchFile};

/// Longest delay of any kind, in milliseconds.
const LONGEST_MS: f64 = 10_000.0;
/// Fastest rate, in Mbit/s.
pub const FASTEST_MBPS: f64 = 100_000.0;
/// Slowest rate, in Mbit/s.
pub const SLOWEST_MBPS: f64 = 0.01;

/// The value within its range; the lower end where it is not a number.
pub fn tame(value: f64, low: f64, high: f64) -> f64 {
    if value.is_nan() { low } else { value.clamp(low, high) }
}

/// A delay within its range.
pub fn tame_delay(value: f64) -> f64 {
    tame(value, 0.0, LONGEST_MS)
}
