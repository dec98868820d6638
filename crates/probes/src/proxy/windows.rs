//! Proxies that Windows hands to programs of this user, from the registry by `reg query`, whose words are the same in every language.

use super::without_credentials;

#[cfg(windows)]
pub(super) async fn entries() -> Vec<(String, String)> {
    const KEY: &str = r"HKCU\Software\Microsoft\Windows\CurrentVersion\Internet Settings";
    let told = crate::command::of_windows("reg.exe", &["query", KEY], std::time::Duration::from_secs(2)).await;
    told.map(|told| read(&told)).unwrap_or_default()
}

/// What the program prints: `name    REG_SZ    value` a line.
pub fn read(told: &str) -> Vec<(String, String)> {
    let value = |name: &str| {
        let words = told.lines().filter_map(|line| line.trim().split_once("    REG_"));
        let value = words.into_iter().find(|(key, _)| key.trim() == name)?.1.split_once("    ")?.1.trim();
        (!value.is_empty()).then_some(value)
    };
    let mut entries = Vec::new();
    if value("ProxyEnable") == Some("0x1")
        && let Some(servers) = value("ProxyServer")
    {
        // One for everything, or `http=host:port;https=host:port`.
        for server in servers.split([';', ' ']).map(str::trim).filter(|server| !server.is_empty()).take(8) {
            let (place, address) = match server.split_once('=') {
                Some((kind, address)) => (format!("Windows {}", crate::bounded::one_line(kind, 16)), address),
                None => ("Windows".to_owned(), server),
            };
            entries.push((place, without_credentials(address)));
        }
    }
    entries.extend(value("AutoConfigURL").map(|script| ("Windows auto".to_owned(), without_credentials(script))));
    entries
}

#[cfg(test)]
mod tests {
    use super::*;

    const CAPTURED: &str = include_str!("../../testdata/windows/reg-internet-settings.txt");

    fn entry(place: &str, address: &str) -> (String, String) {
        (place.to_owned(), address.to_owned())
    }

    #[test]
    fn a_proxy_counts_while_it_is_switched_on() {
        assert_eq!(read(CAPTURED), []);
        let on = CAPTURED.replace("0x0\r\n    ProxyServer", "0x1\r\n    ProxyServer");
        assert_eq!(read(&on), [entry("Windows http", "10.0.0.1:3128"), entry("Windows https", "10.0.0.1:3129")]);
        let one = on.replace("http=user:pass@10.0.0.1:3128;https=10.0.0.1:3129", "proxy.example:8080");
        assert_eq!(read(&one), [entry("Windows", "proxy.example:8080")]);
        let script = CAPTURED.replace("\r\n\r\n", "\r\n    AutoConfigURL    REG_SZ    http://wpad.example/proxy.pac\r\n\r\n");
        assert_eq!(read(&script), [entry("Windows auto", "http://wpad.example/proxy.pac")]);
    }

    #[test]
    fn nonsense_sets_nothing() {
        for told in ["", "ProxyEnable", "    ProxyEnable    REG_DWORD    0x1", "    AutoConfigURL    REG_SZ    ", "\u{0}    REG_"] {
            assert_eq!(read(told), [], "{told:?}");
        }
    }
}
