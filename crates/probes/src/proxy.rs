//! Proxy settings that programs of this user would follow: the environment and the desktop's.

use std::{process::Stdio, time::Duration};

use demarc_model::{Outcome, ProxySettings};
use tokio::{io::AsyncReadExt as _, process::Command, time::timeout};
use url::Url;

pub mod macos;
pub mod windows;

use crate::bounded::one_line;

/// Variables that programs follow, most in small letters, some in capitals.
const VARIABLES: [&str; 6] = ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"];
/// Longest wait for the desktop's answer.
const DESKTOP_LIMIT: Duration = Duration::from_secs(1);
/// Longest proxy address told, in characters.
const LONGEST_ADDRESS: usize = 256;

/// Proxies of the environment and, where there is one, of the GNOME desktop.
pub(crate) async fn perform() -> Outcome {
    let mut entries = from_environment(|variable| std::env::var(variable).ok());
    if cfg!(target_os = "linux")
        && let Some(listing) = desktop_listing().await
    {
        entries.extend(from_desktop(&listing));
    }
    #[cfg(target_os = "macos")]
    entries.extend(macos::entries().await);
    #[cfg(windows)]
    entries.extend(windows::entries().await);
    ProxySettings { entries }.into()
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

/// Reads lines `schema key value`: nothing counts unless the mode is manual or automatic.
fn from_desktop(listing: &str) -> Vec<(String, String)> {
    let value = |schema: &str, key: &str| {
        let value = listing.lines().find_map(|line| {
            let mut words = line.splitn(3, ' ');
            (words.next() == Some(schema) && words.next() == Some(key)).then(|| words.next().unwrap_or_default())
        })?;
        let value = value.trim().trim_matches('\'');
        (!value.is_empty()).then_some(value)
    };
    match value("org.gnome.system.proxy", "mode") {
        Some("manual") => ["http", "https", "socks"]
            .iter()
            .filter_map(|kind| {
                let schema = format!("org.gnome.system.proxy.{kind}");
                let address = format!("{}:{}", value(&schema, "host")?, value(&schema, "port").unwrap_or("0"));
                Some((format!("GNOME {kind}"), without_credentials(&address)))
            })
            .collect(),
        Some("auto") => {
            let script = value("org.gnome.system.proxy", "autoconfig-url").unwrap_or("WPAD");
            vec![("GNOME auto".to_owned(), without_credentials(script))]
        }
        _ => Vec::new(),
    }
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

    #[test]
    fn the_desktop_counts_by_its_mode() {
        let entry = |place: &str, address: &str| (place.to_owned(), address.to_owned());
        assert_eq!(from_desktop(LISTING), []);
        assert_eq!(
            from_desktop(&LISTING.replace("'none'", "'manual'")),
            [entry("GNOME http", "10.0.0.1:8080"), entry("GNOME socks", "socks.example:1080")]
        );
        assert_eq!(from_desktop(&LISTING.replace("'none'", "'auto'")), [entry("GNOME auto", "WPAD")]);
        let script = LISTING.replace("'none'", "'auto'").replace("autoconfig-url ''", "autoconfig-url 'http://wpad.example/x.pac'");
        assert_eq!(from_desktop(&script), [entry("GNOME auto", "http://wpad.example/x.pac")]);
    }

    #[test]
    fn a_nonsense_listing_sets_nothing() {
        for listing in ["", "mode", "org.gnome.system.proxy mode", "org.gnome.system.proxy mode 'manual'", "\u{0}\n\n"] {
            assert_eq!(from_desktop(listing), [], "{listing:?}");
        }
    }
}
