//! Names that tell whose home it is, wherever they are repeated.

use demarc_model::{Arg, Phrase, Run};
use serde_json::Value;
use url::Url;

/// Names to hide with what stands in for them, longest first.
pub struct Secrets(Vec<(String, String)>);

/// Ends of host names that only mean something inside a home.
const HOME_DOMAINS: [&str; 8] = [".local", ".lan", ".home", ".internal", ".localdomain", ".home.arpa", ".fritz.box", ".intranet"];

/// A name this long is hidden even inside a longer word; a shorter one would tear unrelated words apart.
const LONG: usize = 6;

impl Secrets {
    /// The names in a run, and the passwords in the web addresses anywhere in the same run as JSON.
    pub fn of(run: &Run, json: &Value) -> Self {
        let mut secrets = Self(Vec::new());
        secrets.add_credentials(json);
        for observation in &run.observations {
            if let Some(wifi) = observation.wifi() {
                secrets.add("wifi", wifi.ssid.as_deref());
                secrets.add("access-point", wifi.bssid.as_deref());
            }
            if let Some(around) = observation.wifi_neighbours() {
                secrets.add("wifi", around.networks.iter().filter_map(|network| network.ssid.as_deref()));
                secrets.add("access-point", around.networks.iter().map(|network| network.bssid.as_str()));
            }
            if let Some(router) = observation.router() {
                secrets.add("router", router.names.iter().map(String::as_str));
                secrets.add("router", router.description.iter().filter_map(|said| said.name.as_deref()));
                secrets.add("port", router.mappings.iter().flatten().map(|mapping| mapping.description.as_str()));
            }
            if let Some(lease) = observation.lease() {
                secrets.add("domain", lease.domain.as_deref());
            }
            if let Some(host) = observation.host() {
                secrets.add("program", host.busiest.iter().map(|process| process.name.as_str()));
                secrets.add("program", host.talkers.iter().map(|process| process.name.as_str()));
            }
            if let Some(resolvers) = observation.resolvers() {
                secrets.add("domain", resolvers.search.iter().map(String::as_str));
                secrets.add("domain", resolvers.links.iter().flat_map(|link| &link.domains).map(|domain| domain.trim_start_matches('~')));
            }
            if let Some(proxy) = observation.proxy() {
                secrets.add("proxy", proxy.entries.iter().chain(&proxy.scripts).map(|(_, address)| host_of(address)));
            }
            if let Some(network) = observation.network() {
                // Some systems name an interface after its hardware address.
                for mac in network.interfaces.iter().filter_map(|interface| interface.mac.as_deref()) {
                    secrets.add("adapter", [mac.replace([':', '-'], "").as_str()]);
                }
            }
        }
        secrets.0.sort_by(|one, two| two.0.len().cmp(&one.0.len()).then_with(|| one.0.cmp(&two.0)));
        secrets
    }

    fn add_credentials(&mut self, value: &Value) {
        match value {
            Value::String(text) if text.contains("://") => {
                let addresses = text.split(|c: char| c.is_whitespace() || matches!(c, '"' | '<' | '>' | '(' | ')'));
                for url in addresses.filter_map(|word| Url::parse(word).ok()) {
                    self.add("password", url.password());
                    self.add("query", url.query());
                }
            }
            Value::Array(values) => values.iter().for_each(|value| self.add_credentials(value)),
            Value::Object(fields) => fields.values().for_each(|value| self.add_credentials(value)),
            _ => {}
        }
    }

    /// Each name also in the form that it takes inside a sentence. Names of the home's own addresses are left to the stand-ins.
    fn add<'a>(&mut self, what: &str, names: impl IntoIterator<Item = &'a str>) {
        for name in names {
            let Some(Arg::Text(told)) = Phrase::new("").text("name", name).args.remove("name") else { continue };
            if name.parse::<std::net::IpAddr>().is_ok() || self.0.iter().any(|(known, _)| known == name) {
                continue;
            }
            let number = 1 + self.0.iter().filter(|(_, stand_in)| stand_in.starts_with(what)).count();
            let stand_in = format!("{what}-{number}");
            for form in [name.trim().to_owned(), told.trim().to_owned()] {
                if !form.is_empty() && !self.0.iter().any(|(known, _)| *known == form) {
                    self.0.push((form, stand_in.clone()));
                }
            }
        }
    }

    /// The text with every one of the names replaced, and names of hosts inside a home with them.
    pub fn hide(&self, text: &str) -> String {
        // One pass, so that what stands in for one name is never searched for another.
        let mut hidden = String::with_capacity(text.len());
        let mut rest = text;
        'text: while let Some(first) = rest.chars().next() {
            for (name, stand_in) in &self.0 {
                if let Some(after) = strip_prefix_ignoring_case(rest, name)
                    && (name.chars().count() >= LONG
                        || (ends_word(&hidden) || !starts_word(name)) && (!starts_word(after) || !ends_word_with(name)))
                {
                    hidden.push_str(stand_in);
                    rest = after;
                    continue 'text;
                }
            }
            hidden.push(first);
            rest = &rest[first.len_utf8()..];
        }
        home_hosts_hidden(&hidden)
    }
}

fn host_of(address: &str) -> &str {
    let bare = address.split_once("://").map_or(address, |(_, rest)| rest);
    let bare = bare.rsplit('@').next().unwrap_or(bare);
    bare.split(['/', ':']).next().unwrap_or(bare)
}

fn strip_prefix_ignoring_case<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let start = text.get(..prefix.len())?;
    start.eq_ignore_ascii_case(prefix).then(|| &text[prefix.len()..])
}

fn ends_word(before: &str) -> bool {
    !before.chars().next_back().is_some_and(char::is_alphanumeric)
}

fn starts_word(text: &str) -> bool {
    text.chars().next().is_some_and(char::is_alphanumeric)
}

fn ends_word_with(name: &str) -> bool {
    name.chars().next_back().is_some_and(char::is_alphanumeric)
}

fn home_hosts_hidden(text: &str) -> String {
    text.split_inclusive(|c: char| !(c.is_alphanumeric() || matches!(c, '.' | '-' | '_')))
        .map(|piece| {
            let word = piece.trim_end_matches(|c: char| !(c.is_alphanumeric() || matches!(c, '-' | '_')));
            let lower = word.to_ascii_lowercase();
            match HOME_DOMAINS.iter().find(|domain| lower.ends_with(*domain) && lower.len() > domain.len()) {
                Some(domain) => format!("host{domain}{}", &piece[word.len()..]),
                None => piece.to_owned(),
            }
        })
        .collect()
}
