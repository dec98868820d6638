//! Proxies that macOS hands to programs, from `scutil --proxy`.

use super::without_credentials;

#[cfg(target_os = "macos")]
pub(super) async fn entries() -> Vec<(String, String)> {
    let told = crate::command::answer("/usr/sbin/scutil", &["--proxy"], std::time::Duration::from_secs(2)).await;
    told.map(|told| read(&told)).unwrap_or_default()
}

/// What the program prints: a dictionary of `Key : value` lines, with numbers for switches.
pub fn read(told: &str) -> Vec<(String, String)> {
    let value = |key: &str| {
        let lines = told.lines().filter_map(|line| line.split_once(" : "));
        lines.into_iter().find(|(found, _)| found.trim() == key).map(|(_, value)| value.trim()).filter(|value| !value.is_empty())
    };
    let on = |key: &str| value(key) == Some("1");
    let mut entries = Vec::new();
    for (kind, name) in [("HTTP", "macOS http"), ("HTTPS", "macOS https"), ("SOCKS", "macOS socks")] {
        if on(&format!("{kind}Enable"))
            && let Some(host) = value(&format!("{kind}Proxy"))
        {
            let port = value(&format!("{kind}Port")).map(|port| format!(":{port}")).unwrap_or_default();
            entries.push((name.to_owned(), without_credentials(&format!("{host}{port}"))));
        }
    }
    if on("ProxyAutoConfigEnable") {
        let script = value("ProxyAutoConfigURLString").unwrap_or("PAC");
        entries.push(("macOS auto".to_owned(), without_credentials(script)));
    } else if on("ProxyAutoDiscoveryEnable") {
        entries.push(("macOS auto".to_owned(), "WPAD".to_owned()));
    }
    entries
}

#[cfg(test)]
mod tests {
    use super::*;

    const CAPTURED: &str = include_str!("../../testdata/macos/scutil-proxy.txt");

    fn entry(place: &str, address: &str) -> (String, String) {
        (place.to_owned(), address.to_owned())
    }

    #[test]
    fn each_kind_counts_while_it_is_switched_on() {
        assert_eq!(read(CAPTURED), [entry("macOS https", "proxy.example:3128")]);
        let on = CAPTURED.replace("HTTPEnable : 0", "HTTPEnable : 1").replace("DiscoveryEnable : 0", "DiscoveryEnable : 1");
        let expected = [entry("macOS http", "10.0.0.1:8080"), entry("macOS https", "proxy.example:3128"), entry("macOS auto", "WPAD")];
        assert_eq!(read(&on), expected);
        let script = CAPTURED.replace("ProxyAutoConfigEnable : 0", "ProxyAutoConfigEnable : 1");
        assert_eq!(read(&script).last(), Some(&entry("macOS auto", "http://wpad.example/proxy.pac")));
    }

    #[test]
    fn nonsense_sets_nothing() {
        for told in ["", "<dictionary> {", "HTTPEnable : 1", "HTTPProxy : x", "\u{0} : "] {
            assert_eq!(read(told), [], "{told:?}");
        }
    }
}
