//! The questions of a visit. One file a question; everything else (the wizard's steps, `demarc checks`, the report's sections, the
//! documentation) iterates [`CHECKS`].
//!
//! To add one: write its file, add its word to the list below, its messages to `locales/`, and a scenario that accuses and one that clears.

mod check;
pub mod comparison;
mod link;
mod names;
mod nat;
mod points;
mod route;
mod words;

pub use cable::is_suspicious as cable_is_suspicious;
pub use check::{Check, Plan};
pub use modem_page::given as modem_page_given;

macro_rules! checks {
    ($($module:ident)*) => {
        $(mod $module;)*
        /// Every check, in the order a person meets them.
        pub static CHECKS: &[Check] = &[$($module::CHECK,)*];
    };
}

checks! {
    addresses
    lease
    address_conflicts
    dns_settings
    name_servers
    portal
    device_load
    vpn_proxy
    proxy_answers
    clock
    mtu
    cable
    cable_test
    wifi
    wifi_channel
    gateway
    router_says
    cross_traffic
    public_address
    modem_page
    router_dns
    provider_dns
    trace
    path
    line_traffic
    wifi_during
    outages
    router_again
    service
    path_mtu
    ip_families
    loaded_latency
    home_speed
    cable_during
}

/// A check by its id.
pub fn check(id: &str) -> Option<&'static Check> {
    CHECKS.iter().find(|check| check.id == id)
}
