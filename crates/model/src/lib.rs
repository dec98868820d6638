//! The nouns of Demarc: what can be asked of a network, what came back, what it means and what it adds up to.
//!
//! Everything here is data. Nothing reads a clock, opens a socket or touches a file, so a simulated household, a recorded
//! visit and the real network are described by the same types.

mod campaign;
mod comparison;
mod config;
mod fault;
mod finding;
mod hop_loss;
mod lease;
mod modem;
mod observation;
mod phrase;
mod prober;
mod request;
mod router;
mod run;
mod state;
pub mod statistics;
mod verdict;
mod visit;
pub mod wifi;

pub use campaign::{Campaign, CampaignResult, Direction, Echo, Lane, LaneResult, Load, LoadResult, Position, Probe, RateSample};
pub use comparison::{Answers, Change, Comparison, Effect, Look};
pub use config::{
    Anchor, AsnConfig, ClockConfig, Config, ConfigError, DnsConfig, Peer, PeerKind, Plan, Portal, Service, StunConfig, nearest,
};
pub use fault::{Fault, Layer, Party, Segment};
pub use finding::{Finding, PathReading, PointReading, Reading, Says};
pub use lease::Lease;
pub use modem::{DocsisDown, DocsisUp, Dsl, DslDirection, ModemPage};
pub use observation::{Measurement, Observation, Outcome};
pub use phrase::{Arg, Phrase};
pub use prober::{LiveSample, LiveSink, Prober};
pub use request::{Bounds, Family, Request, Resolver, TraceProtocol};
pub use router::{LineAddress, LineConnection, PortMapping, RouterDescription, RouterState, SeenFrom};
pub use run::{Environment, Run, SCHEMA};
pub use state::{
    AddressOwners, CablePair, CableTest, ClockOffset, Counters, DhcpOffer, DhcpServers, DnsRecord, DnsReplies, DnsReply, Duplex,
    EnergySaving, FetchStage, FetchTimes, HostLoad, HostsOverrides, Interface, InterfaceKind, InterfaceTraffic, LinkResolvers, LinkState,
    NetworkState, PairState, PathMtu, Pause, Pressure, ProcessLoad, ProcessTraffic, ProxySettings, ResolverConfig, Route, Thermal, Trace,
    TraceHop, TraceReply, WanTraffic, WayOut,
};
pub use verdict::{Candidate, Evidence, NextTest, Verdict};
pub use visit::{Profile, Step, Symptom, Visit};
pub use wifi::{ChannelUse, WifiEvent, WifiEventKind, WifiLink, WifiNeighbours, WifiNetwork, WifiSample, WifiWatch};
