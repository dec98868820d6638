//! A home network, its provider and the networks behind it, simulated: answers the same requests as the real world does, in
//! virtual time and from a seed.
//!
//! A [`Household`] says what is there and what is broken; a [`SimulatedHome`] is one household with a seed and a clock. The path
//! is cut into stretches (link, router, access, provider, interconnect, service, other networks), each with delay, noise, loss
//! and, in each direction, a rate and a queue of bytes. Packets of probes cross every stretch at their own time; other people's
//! traffic, the home's and the visit's own transfers are fluids that fill the same queues in small steps, and what does not fit is
//! lost. Trouble that lasts longer than a packet (bursts of loss, crowds, outages, spikes) is a function of seed, stretch and time
//! alone, so everything that crosses a stretch at the same moment meets the same trouble, whatever is asked and in which order.

mod access;
mod address;
mod backdrop;
mod campaign;
mod chain;
mod chance;
mod device;
mod fetch;
mod home;
mod household;
mod load;
mod names;
mod neighbours;
mod pipe;
mod radio;
mod spec;
mod tcp;
mod trace;
mod world;

pub use home::SimulatedHome;
pub use household::{Expect, Household, HouseholdError};
