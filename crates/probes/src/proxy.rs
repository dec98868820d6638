//! Proxy settings that programs of this user would follow: the environment and the desktop's.

use std::{path::PathBuf, process::Stdio, time::Duration};

use demarc_model::{Outcome, ProxySettings};
use tokio::{io::AsyncReadExt as _, process::Command, time::timeout};
use url::Url;

pub mod macos;
pub mod windows;

use crate::bounded::{one_line, read_text};

/// Variables that programs follow, most in small letters, some in capitals.
const VARIABLES: [&str; 6] = ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"];
/// Stands for a desktop that looks on the network for a script which names its proxy.
const WPAD: &str = "WPAD";
/// Longest wait for the desktop's answer.
const DESKTOP_LIMIT: Duration = Duration::from_secs(1);
/// Longest proxy address told, in characters.
const LONGEST_ADDRESS: usize = 256;

/// Proxies of the environment and, where there is one, of the GNOME and KDE desktops.
pub(crate) async fn perform() -> Outcome {
    let variable = |name: &str| std::env::var(name).ok();
    let mut settings = ProxySettings { entries: from_environment(variable), ..ProxySettings::default() };
    if cfg!(target_os = "linux") {
        let desktops =
            [desktop_listing().await.map(|listing| from_gnome(&listing)), kde_file(variable).map(|text| from_kde(&text, variable))];
        for desktop in desktops.into_iter().flatten() {
            settings.entries.extend(desktop.entries);
            settings.scripts.extend(desktop.scripts);
        }
    }
    #[cfg(target_os = "macos")]
    settings.entries.extend(macos::entries().await);
    #[cfg(windows)]
    settings.entries.extend(windows::entries().await);
    // Other systems tell a script among the proxies.
    let scripts = settings.entries.extract_if(.., |(place, _)| place.ends_with(" auto"));
    settings.scripts.extend(scripts);
    settings.into()
}

/// The file in which KDE keeps its proxy settings.
fn kde_file(variable: impl Fn(&str) -> Option<String>) -> Option<String> {
    let folder = variable("XDG_CONFIG_HOME").filter(|folder| !folder.is_empty()).map(PathBuf::from);
    let folder = folder.or_else(|| Some(PathBuf::from(variable("HOME")?).join(".config")))?;
    read_text(&folder.join("kioslaverc"), 64 * 1024).ok()
}

fn from_environment(value: impl Fn(&str) -> Option<String>) -> Vec<(String, String)> {
    VARIABLES
        .iter()
        .filter_map(|variable| Some(((*variable).to_owned(), value(variable)?)))
        .filter(|(_, address)| !address.trim().is_empty())
        .map(|(variable, address)| (variable, without_credentials(&address)))
        .collect()
}

/// What `gsettings` says about the proxy; `None` where the program is absent, silent or slow.
async fn desktop_listing() -> Option<String> {
    let mut child = Command::new("gsettings")
        .args(["list-recursively", "org.gnome.system.proxy"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .ok()?;
    let output = child.stdout.take()?;
    let mut listing = Vec::new();
    timeout(DESKTOP_LIMIT, output.take(64 * 1024).read_to_end(&mut listing)).await.ok()?.ok()?;
    Some(String::from_utf8_lossy(&listing).into_owned())
}

/// Reads lines `schema key value` of GNOME: nothing counts unless the mode is manual or automatic.
pub(crate) fn from_gnome(listing: &str) -> ProxySettings {
    let value = |schema: &str, key: &str| {
        let value = listing.lines().find_map(|line| {
            let mut words = line.splitn(3, ' ');
            (words.next() == Some(schema) && words.next() == Some(key)).then(|| words.next().unwrap_or_default())
        })?;
        let value = value.trim().trim_matches('\'');
        (!value.is_empty()).then_some(value)
    };
    let mut settings = ProxySettings::default();
    match value("org.gnome.system.proxy", "mode") {
        Some("manual") => settings.entries.extend(["http", "https", "socks"].iter().filter_map(|kind| {
            let schema = format!("org.gnome.system.proxy.{kind}");
            let address = format!("{}:{}", value(&schema, "host")?, value(&schema, "port").unwrap_or("0"));
            Some((format!("GNOME {kind}"), without_credentials(&address)))
        })),
        Some("auto") => {
            let script = value("org.gnome.system.proxy", "autoconfig-url").unwrap_or(WPAD);
            settings.scripts.push(("GNOME auto".to_owned(), without_credentials(script)));
        }
        _ => {}
    }
    settings
}

/// Reads KDE's file: the group `[Proxy Settings]` with a kind of proxy and an address for each scheme, written as `http://host port` or
/// as the name of a variable that holds it.
pub(crate) fn from_kde(text: &str, variable: impl Fn(&str) -> Option<String>) -> ProxySettings {
    let inside = text.lines().map(str::trim).skip_while(|line| !line.starts_with("[Proxy Settings]")).skip(1);
    let lines: Vec<(&str, &str)> = inside.take_while(|line| !line.starts_with('[')).filter_map(|line| line.split_once('=')).collect();
    let value = |key: &str| {
        let named = |name: &str| name.split('[').next() == Some(key);
        lines.iter().find(|(name, _)| named(name)).map(|(_, value)| value.trim()).filter(|value| !value.is_empty())
    };
    let kinds = || ["http", "https", "socks"].into_iter().filter_map(|kind| Some((format!("KDE {kind}"), value(&format!("{kind}Proxy"))?)));
    let mut settings = ProxySettings::default();
    match value("ProxyType") {
        Some("1") => settings.entries.extend(kinds().map(|(place, address)| {
            let written = address
                .rsplit_once(' ')
                .map_or_else(|| address.to_owned(), |(host, port)| format!("{}:{port}", host.trim_end_matches('/')));
            (place, without_credentials(&written))
        })),
        Some("2") => {
            settings.scripts.extend(value("Proxy Config Script").map(|script| ("KDE auto".to_owned(), without_credentials(script))));
        }
        Some("3") => settings.scripts.push(("KDE auto".to_owned(), WPAD.to_owned())),
        Some("4") => settings.entries.extend(kinds().filter_map(|(place, name)| Some((place, without_credentials(&variable(name)?))))),
        _ => {}
    }
    settings
}

/// The address of a proxy without user name and password.
fn without_credentials(address: &str) -> String {
    let address = address.trim();
    let Some((scheme, rest)) = address.split_once("://") else {
        return one_line(after_credentials(address), LONGEST_ADDRESS);
    };
    if let Ok(mut url) = Url::parse(address)
        && url.set_username("").is_ok()
        && url.set_password(None).is_ok()
    {
        return one_line(url.as_str().trim_end_matches('/'), LONGEST_ADDRESS);
    }
    one_line(&format!("{scheme}://{}", after_credentials(rest)), LONGEST_ADDRESS)
}

/// Whatever stands before the last `@` may be secret, even in what is not an address.
fn after_credentials(authority: &str) -> &str {
    authority.rsplit_once('@').map_or(authority, |(_, host)| host)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LISTING: &str = "org.gnome.system.proxy autoconfig-url ''
org.gnome.system.proxy ignore-hosts ['localhost', '127.0.0.0/8', '::1']
org.gnome.system.proxy mode 'none'
org.gnome.system.proxy.http authentication-password 'secret'
org.gnome.system.proxy.http host '10.0.0.1'
org.gnome.system.proxy.http port 8080
org.gnome.system.proxy.https host ''
org.gnome.system.proxy.https port 0
org.gnome.system.proxy.socks host 'socks.example'
org.gnome.system.proxy.socks port 1080
";

    #[test]
    fn credentials_never_leave() {
        for (address, told) in [
            ("http://user:pass@proxy.example:3128/", "http://proxy.example:3128"),
            ("user:pass@proxy.example:3128", "proxy.example:3128"),
            ("socks5h://u:p@[2001:db8::1]:1080", "socks5h://[2001:db8::1]:1080"),
            ("http://a@b:p@ss@proxy.example", "http://proxy.example"),
            ("http://user:pa ss@bad host", "http://bad host"),
            ("proxy.example:80", "proxy.example:80"),
        ] {
            assert_eq!(without_credentials(address), told);
        }
    }

    #[test]
    fn empty_variables_set_nothing() {
        let entries = from_environment(|variable| match variable {
            "http_proxy" => Some(" ".to_owned()),
            "HTTPS_PROXY" => Some("http://10.0.0.1:3128".to_owned()),
            _ => None,
        });
        assert_eq!(entries, [("HTTPS_PROXY".to_owned(), "http://10.0.0.1:3128".to_owned())]);
    }

    fn entry(place: &str, address: &str) -> (String, String) {
        (place.to_owned(), address.to_owned())
    }

    #[test]
    fn the_desktop_counts_by_its_mode() {
        assert_eq!(from_gnome(LISTING), ProxySettings::default());
        let manual = from_gnome(&LISTING.replace("'none'", "'manual'"));
        assert_eq!(manual.entries, [entry("GNOME http", "10.0.0.1:8080"), entry("GNOME socks", "socks.example:1080")]);
        let script = |listing: &str| from_gnome(&listing.replace("'none'", "'auto'")).scripts;
        assert_eq!(script(LISTING), [entry("GNOME auto", "WPAD")]);
        let named = LISTING.replace("autoconfig-url ''", "autoconfig-url 'http://wpad.example/x.pac'");
        assert_eq!(script(&named), [entry("GNOME auto", "http://wpad.example/x.pac")]);
    }

    #[test]
    fn kde_counts_by_its_kind() {
        let file = |kind: &str, rest: &str| {
            format!(
                "PersistentProxyConnection=false\n[Other]\nProxyType=9\n[Proxy Settings]\nProxyType={kind}\n{rest}\n[Next]\nhttpProxy=no\n"
            )
        };
        let read =
            |kind: &str, rest: &str| from_kde(&file(kind, rest), |name| (name == "MY_PROXY").then(|| "http://10.0.0.2:80".to_owned()));
        let addresses = "httpProxy=http://user:secret@10.0.0.1 8080\nhttpsProxy=http://10.0.0.1:8443\nsocksProxy=";
        assert_eq!(read("0", addresses), ProxySettings::default());
        assert_eq!(read("1", addresses).entries, [entry("KDE http", "http://10.0.0.1:8080"), entry("KDE https", "http://10.0.0.1:8443")]);
        assert_eq!(read("2", "Proxy Config Script=http://wpad.example/x.pac").scripts, [entry("KDE auto", "http://wpad.example/x.pac")]);
        assert_eq!(read("3", "").scripts, [entry("KDE auto", "WPAD")]);
        assert_eq!(read("4", "httpProxy=MY_PROXY\nhttpsProxy=NOT_SET").entries, [entry("KDE http", "http://10.0.0.2")]);
    }

    #[test]
    fn a_nonsense_listing_sets_nothing() {
        for listing in ["", "mode", "org.gnome.system.proxy mode", "org.gnome.system.proxy mode 'manual'", "\u{0}\n\n", "[Proxy Settings]"]
        {
            assert_eq!((from_gnome(listing), from_kde(listing, |_| None)), Default::default(), "{listing:?}");
        }
    }
}
