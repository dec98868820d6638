//! The path cut into segments, who answers for each, and the catalogue of faults.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Who has to act.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "kebab-case")]
pub enum Party {
    /// The customer's side of the line.
    Home,
    /// The access line and the provider's own network.
    Provider,
    /// The border to other networks, transit, and the service itself.
    Beyond,
    /// Nothing found at fault.
    Healthy,
    /// The evidence does not decide.
    Undetermined,
}

/// A stretch of the path from this computer to the service, in path order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "kebab-case")]
pub enum Segment {
    /// This computer: settings, load, adapter, VPN or proxy.
    Device,
    /// The cable between the device and the router.
    Wiring,
    /// The radio link between the device and the router.
    Wifi,
    /// The home gateway.
    Router,
    /// Modem, last mile, first provider hop.
    Access,
    /// The provider's own network behind the first hop.
    Isp,
    /// The border to the next network, and any transit.
    Interconnect,
    /// The content network and its servers.
    Service,
}

impl Segment {
    /// Every segment in path order; wiring and Wi-Fi are alternatives for the same stretch.
    pub const ALL: [Self; 8] =
        [Self::Device, Self::Wiring, Self::Wifi, Self::Router, Self::Access, Self::Isp, Self::Interconnect, Self::Service];

    /// The party that answers for this segment.
    pub const fn party(self) -> Party {
        match self {
            Self::Device | Self::Wiring | Self::Wifi | Self::Router => Party::Home,
            Self::Access | Self::Isp => Party::Provider,
            Self::Interconnect | Self::Service => Party::Beyond,
        }
    }

    /// The id used in JSON and message ids.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Device => "device",
            Self::Wiring => "wiring",
            Self::Wifi => "wifi",
            Self::Router => "router",
            Self::Access => "access",
            Self::Isp => "isp",
            Self::Interconnect => "interconnect",
            Self::Service => "service",
        }
    }
}

impl Party {
    /// The id used in JSON and message ids.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Home => "home",
            Self::Provider => "provider",
            Self::Beyond => "beyond",
            Self::Healthy => "healthy",
            Self::Undetermined => "undetermined",
        }
    }
}

/// What has to work before the next thing can. A fault that takes a layer down explains every trouble in the layers after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Layer {
    /// The device itself.
    Device,
    /// Cable or radio.
    Link,
    /// Addresses and routes.
    Address,
    /// The gateway answers.
    Gateway,
    /// The access line carries packets.
    Line,
    /// The provider's network carries packets.
    Provider,
    /// Names resolve.
    Names,
    /// Other networks are reached.
    Networks,
    /// The service answers.
    Service,
}

macro_rules! catalogue {
    ($($fault:ident $id:literal $segment:ident $layer:ident $total:literal;)*) => {
        /// One entry of the fault catalogue. The ids are a public contract.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema, TS)]
        pub enum Fault { $(#[doc = $id] #[serde(rename = $id)] $fault,)* }

        impl Fault {
            /// The whole catalogue, home first.
            pub const ALL: &'static [Self] = &[$(Self::$fault,)*];

            /// The contract's id.
            pub const fn id(self) -> &'static str { match self { $(Self::$fault => $id,)* } }

            /// Where the fault sits.
            pub const fn segment(self) -> Segment { match self { $(Self::$fault => Segment::$segment,)* } }

            /// The layer the fault lives in.
            pub const fn layer(self) -> Layer { match self { $(Self::$fault => Layer::$layer,)* } }

            /// Whether nothing in the layers after this one can work while the fault is there.
            pub const fn takes_layer_down(self) -> bool { match self { $(Self::$fault => $total,)* } }
        }
    };
}

catalogue! {
    CpuSaturated "cpu-saturated" Device Device false;
    MemoryPressure "memory-pressure" Device Device false;
    BackgroundTraffic "background-traffic" Device Device false;
    VpnActive "vpn-active" Device Device false;
    ProxyMisconfigured "proxy-misconfigured" Device Names false;
    NoAddress "no-address" Device Address true;
    LinkLocalAddress "link-local-address" Device Address true;
    DuplicateAddress "duplicate-address" Device Address false;
    GatewayOffSubnet "gateway-off-subnet" Device Address true;
    NoDefaultRoute "no-default-route" Device Address true;
    DnsMisconfigured "dns-misconfigured" Device Names true;
    HostsOverride "hosts-override" Device Names true;
    MtuMisconfigured "mtu-misconfigured" Device Address false;
    ClockWrong "clock-wrong" Device Device false;
    Ipv6Broken "ipv6-broken" Device Networks false;
    CaptivePortal "captive-portal" Device Gateway true;
    CableUnplugged "cable-unplugged" Wiring Link true;
    LinkSpeedLow "link-speed-low" Wiring Link false;
    HalfDuplex "half-duplex" Wiring Link false;
    LinkErrors "link-errors" Wiring Link false;
    LinkFlapping "link-flapping" Wiring Link false;
    WiringLoss "wiring-loss" Wiring Link false;
    WifiDisconnected "wifi-disconnected" Wifi Link true;
    WifiWeakSignal "wifi-weak-signal" Wifi Link false;
    WifiInterference "wifi-interference" Wifi Link false;
    WifiCongestedChannel "wifi-congested-channel" Wifi Link false;
    WifiSlowRate "wifi-slow-rate" Wifi Link false;
    WifiLoss "wifi-loss" Wifi Link false;
    RouterUnreachable "router-unreachable" Router Gateway true;
    RouterOverloaded "router-overloaded" Router Gateway false;
    RouterBufferbloat "router-bufferbloat" Router Gateway false;
    RouterDnsFailing "router-dns-failing" Router Names true;
    DoubleNat "double-nat" Router Gateway false;
    RogueDhcp "rogue-dhcp" Router Address false;
    RouterRestarting "router-restarting" Router Gateway true;
    HomeCrossTraffic "home-cross-traffic" Router Gateway false;
    RouterLoss "router-loss" Router Gateway false;
    AccessDown "access-down" Access Line true;
    AccessLoss "access-loss" Access Line false;
    AccessCongested "access-congested" Access Line false;
    AccessUnderRate "access-under-rate" Access Line false;
    AccessFlapping "access-flapping" Access Line false;
    IspOutage "isp-outage" Isp Provider true;
    IspLoss "isp-loss" Isp Provider false;
    IspCongested "isp-congested" Isp Provider false;
    IspDnsFailing "isp-dns-failing" Isp Names true;
    IspRoutingLoop "isp-routing-loop" Isp Provider false;
    PathMtuBlackHole "path-mtu-black-hole" Isp Provider false;
    CarrierGradeNat "carrier-grade-nat" Isp Provider false;
    InterconnectCongested "interconnect-congested" Interconnect Networks false;
    InterconnectLoss "interconnect-loss" Interconnect Networks false;
    InterconnectOutage "interconnect-outage" Interconnect Networks false;
    ServiceDown "service-down" Service Service false;
    ServiceSlow "service-slow" Service Service false;
    ServiceLoss "service-loss" Service Service false;
}

impl Fault {
    /// Whether this fault, where present, explains `other`, so that `other` must not be told as a cause of its own.
    pub fn explains(self, other: Self) -> bool {
        self != other && self.takes_layer_down() && self.layer() < other.layer()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dead_link_explains_what_needs_it_and_nothing_explains_a_dead_link() {
        assert!(Fault::CableUnplugged.explains(Fault::RouterDnsFailing));
        assert!(Fault::RouterDnsFailing.explains(Fault::ServiceDown));
        assert!(!Fault::WifiWeakSignal.explains(Fault::ServiceDown));
        assert!(Fault::ALL.iter().all(|fault| !fault.explains(Fault::CableUnplugged)));
    }

    #[test]
    fn ids_in_json_are_the_contract_ids() {
        for fault in Fault::ALL {
            assert_eq!(serde_json::to_string(fault).ok(), Some(format!("{:?}", fault.id())));
        }
    }
}
