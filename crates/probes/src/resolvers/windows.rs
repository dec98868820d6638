//! Name servers as Windows' own management interface tells them, by PowerShell in JSON; by `ipconfig` where that is locked away.

use std::net::{IpAddr, SocketAddr, SocketAddrV6};

use demarc_model::ResolverConfig;
use serde_json::Value;

use super::MOST_DOMAINS;
use crate::{
    ipconfig::sections,
    json::{number, parse, rows, text},
};

const PORT: u16 = 53;
/// Most servers told.
const MOST_SERVERS: usize = 8;

#[cfg(windows)]
pub(super) async fn config() -> Result<ResolverConfig, String> {
    use std::time::Duration;

    use crate::command::{of_windows, powershell};

    let told = powershell(SCRIPT, Duration::from_secs(6)).await;
    if let Some(config) = told.as_ref().ok().and_then(|told| read(told)) {
        return Ok(config);
    }
    let older = of_windows("ipconfig.exe", &["/all"], Duration::from_secs(1)).await;
    let config = older.as_ref().ok().and_then(|told| read_ipconfig(told));
    config.ok_or_else(|| told.err().or(older.err()).unwrap_or_else(|| "powershell: no answer".to_owned()))
}

/// The servers alone, from the program that answers at once.
#[cfg(windows)]
pub(super) async fn servers_at_once() -> Result<Vec<SocketAddr>, String> {
    let told = crate::command::of_windows("ipconfig.exe", &["/all"], std::time::Duration::from_secs(1)).await?;
    Ok(read_ipconfig(&told).unwrap_or_default().servers)
}

#[cfg(windows)]
const SCRIPT: &str = "ConvertTo-Json -Compress -Depth 3 -InputObject @{\
    servers=@(Get-DnsClientServerAddress|Select-Object InterfaceIndex,ServerAddresses);\
    interfaces=@(Get-NetIPInterface|Select-Object InterfaceIndex,InterfaceMetric,@{n='State';e={[int]$_.ConnectionState}});\
    suffixes=@(Get-DnsClient|Select-Object InterfaceIndex,ConnectionSpecificSuffix);\
    search=@((Get-DnsClientGlobalSetting).SuffixSearchList)}";

/// What the script prints: servers of connected interfaces, those of the preferred one first. `None` where nothing was told.
pub fn read(told: &str) -> Option<ResolverConfig> {
    let told = parse(told)?;
    told.get("servers")?;
    let metric = |row: &Value| {
        let index = number(row, "InterfaceIndex");
        let layers = rows(&told, "interfaces").filter(|layer| number(layer, "InterfaceIndex") == index);
        layers.filter(|layer| number(layer, "State") == Some(1)).filter_map(|layer| number(layer, "InterfaceMetric")).min()
    };
    let mut groups: Vec<(u64, Vec<SocketAddr>)> = rows(&told, "servers").filter_map(|row| Some((metric(row)?, servers_of(row)))).collect();
    groups.sort_by_key(|(metric, _)| *metric);
    let mut config = ResolverConfig { source: "Windows".to_owned(), ..ResolverConfig::default() };
    for server in groups.into_iter().flat_map(|(_, servers)| servers) {
        if config.servers.len() < MOST_SERVERS && !config.servers.contains(&server) {
            config.servers.push(server);
        }
    }
    let domains = rows(&told, "search").filter_map(|domain| domain.as_str().map(|domain| crate::bounded::one_line(domain, 253)));
    let suffixes = rows(&told, "suffixes").filter(|row| metric(row).is_some()).filter_map(|row| text(row, "ConnectionSpecificSuffix"));
    for domain in domains.chain(suffixes).filter(|domain| !domain.is_empty()) {
        if config.search.len() < MOST_DOMAINS && !config.search.contains(&domain) {
            config.search.push(domain);
        }
    }
    Some(config)
}

fn servers_of(row: &Value) -> Vec<SocketAddr> {
    let index = number(row, "InterfaceIndex").and_then(|index| u32::try_from(index).ok()).unwrap_or(0);
    rows(row, "ServerAddresses").filter_map(|address| server(address.as_str()?, index)).collect()
}

/// A server; Windows names `fec0:0:0:ffff::1` to `::3` on interfaces that have none.
fn server(address: &str, index: u32) -> Option<SocketAddr> {
    match address.split('%').next()?.trim().parse().ok()? {
        IpAddr::V6(v6) if v6.segments().starts_with(&[0xfec0, 0, 0, 0xffff]) => None,
        IpAddr::V6(v6) => Some(SocketAddrV6::new(v6, PORT, 0, if v6.is_unicast_link_local() { index } else { 0 }).into()),
        v4 @ IpAddr::V4(_) => Some(SocketAddr::new(v4, PORT)),
    }
}

/// What `ipconfig /all` prints: servers of adapters that lead to a router come first. `None` where it tells of no adapter with addresses.
pub fn read_ipconfig(told: &str) -> Option<ResolverConfig> {
    let sections = sections(told);
    let mut config = ResolverConfig { source: "Windows".to_owned(), ..ResolverConfig::default() };
    let mut connected: Vec<_> = sections.iter().filter(|section| !section.addresses().is_empty()).collect();
    connected.sort_by_key(|section| section.addresses_of(&["gateway", "passerelle", "puerta de enlace"]).is_empty());
    // In every language, no other line with this word holds addresses.
    for address in connected.iter().flat_map(|section| section.addresses_of(&["dns"])) {
        config.servers.extend(server(&address.to_string(), 0).filter(|_| config.servers.len() < MOST_SERVERS));
    }
    let search = sections.iter().flat_map(|section| section.values(&["suffix search list", "suffixsuchliste"]));
    config.search = search.take(MOST_DOMAINS).cloned().collect();
    (!connected.is_empty()).then_some(config)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const CAPTURED: &str = include_str!("../../testdata/windows/resolvers.json");

    fn told(config: &ResolverConfig) -> Vec<String> {
        config.servers.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn the_preferred_interface_comes_first_and_the_unconnected_not_at_all() {
        let config = read(CAPTURED).unwrap();
        let expected = ["[fd00::a96:d7ff:fe11:2233]:53", "192.168.178.1:53", "[fe80::1%17]:53", "10.20.0.53:53"];
        assert_eq!(told(&config), [&expected[3..], &expected[..3]].concat());
        assert_eq!(config.search, ["corp.example", "fritz.box"]);
    }

    #[test]
    fn the_older_program_tells_the_same() {
        for text in [include_str!("../../testdata/windows/ipconfig-all-en.txt"), include_str!("../../testdata/windows/ipconfig-all-de.txt")]
        {
            let config = read_ipconfig(text).unwrap();
            assert_eq!(
                (told(&config), config.search),
                (vec!["[fd00::1]:53".to_owned(), "192.168.178.1:53".to_owned()], vec!["fritz.box".to_owned()])
            );
        }
    }

    #[test]
    fn nonsense_names_no_server() {
        for text in ["", "{}", "[]", "\u{0}"] {
            assert_eq!((read(text), read_ipconfig(text)), (None, None), "{text:?}");
        }
        for text in ["{\"servers\":7}", "{\"servers\":[{\"InterfaceIndex\":1,\"ServerAddresses\":[7,null,\"x\"]}]}"] {
            assert_eq!(read(text).unwrap().servers, [], "{text:?}");
        }
        for length in (0..CAPTURED.len()).step_by(7) {
            let _ = CAPTURED.get(..length).and_then(read);
        }
    }
}
