//! What `ipconfig /all` of Windows says, in English or German; of other languages, what its form alone tells.

use std::net::IpAddr;

use crate::bounded::one_line;

/// Most sections, lines of a section, and values of a line looked at.
const MOST_SECTIONS: usize = 256;
const MOST_LINES: usize = 128;
const MOST_VALUES: usize = 32;
/// Lines begin three columns in, further values some thirty.
const DEEP: usize = 16;
/// Longest text kept, in characters.
const LONGEST_TEXT: usize = 256;

/// One adapter.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Section {
    /// The heading: what kind of adapter it is, and its name.
    pub heading: String,
    lines: Vec<(String, Vec<String>)>,
}

/// The sections of all adapters; what stands before the first concerns the computer.
pub fn sections(told: &str) -> Vec<Section> {
    let mut sections = vec![Section::default()];
    for line in told.lines().filter(|line| !line.trim().is_empty()) {
        let indent = line.len() - line.trim_start().len();
        let line = line.trim();
        if indent == 0 {
            if sections.len() > MOST_SECTIONS {
                break;
            }
            sections.push(Section { heading: one_line(line.trim_end_matches(':'), LONGEST_TEXT), lines: Vec::new() });
            continue;
        }
        let Some(section) = sections.last_mut() else { continue };
        // What stands deep in is one more value of the line above.
        match line.split_once(':').filter(|_| indent < DEEP) {
            Some((label, value)) if section.lines.len() < MOST_LINES => {
                let label = label.trim_end_matches([' ', '.']).to_lowercase();
                let values = Some(one_line(value, LONGEST_TEXT)).filter(|value| !value.is_empty());
                section.lines.push((one_line(&label, LONGEST_TEXT), values.into_iter().collect()));
            }
            None => {
                if let Some((_, values)) = section.lines.last_mut().filter(|(_, values)| values.len() < MOST_VALUES) {
                    values.push(one_line(line, LONGEST_TEXT));
                }
            }
            Some(_) => {}
        }
    }
    sections
}

impl Section {
    /// The values of the first line whose label contains one of these words, in small letters.
    pub(crate) fn values(&self, words: &[&str]) -> &[String] {
        let line = self.lines.iter().find(|(label, _)| words.iter().any(|word| label.contains(word)));
        line.map_or(&[], |(_, values)| values.as_slice())
    }

    /// The adapter's name: behind the word that ends its kind.
    pub(crate) fn name(&self) -> &str {
        let lower = self.heading.to_ascii_lowercase();
        let start = lower.find("adapter ").map_or(0, |start| start + "adapter ".len());
        self.heading.get(start..).unwrap_or(&self.heading)
    }

    /// Addresses that are in use, with their prefix length where a mask follows.
    pub(crate) fn addresses(&self) -> Vec<(IpAddr, Option<u8>)> {
        let mut addresses: Vec<(IpAddr, Option<u8>)> = Vec::new();
        for (label, values) in &self.lines {
            let Some(address) = values.first().and_then(|value| address(value)) else { continue };
            if label.contains("subnet") {
                let mask = if let IpAddr::V4(mask) = address { mask_length(u32::from(mask)) } else { None };
                if let Some((_, length)) = addresses.last_mut() {
                    *length = mask;
                }
            } else if ["ipv4", "ipv6", "ip address", "ip-adress"].iter().any(|word| label.contains(word)) {
                addresses.push((address, None));
            }
        }
        addresses
    }

    /// The addresses of the first line that holds any and whose label contains one of these words, in small letters.
    pub(crate) fn addresses_of(&self, words: &[&str]) -> Vec<IpAddr> {
        let lines = self.lines.iter().filter(|(label, _)| words.iter().any(|word| label.contains(word)));
        let addresses = lines.map(|(_, values)| values.iter().filter_map(|value| address(value)).collect::<Vec<_>>());
        addresses.into_iter().find(|addresses| !addresses.is_empty()).unwrap_or_default()
    }

    /// The hardware address as `00:11:22:33:44:55`.
    pub(crate) fn mac(&self) -> Option<String> {
        let mac = self.lines.iter().flat_map(|(_, values)| values).find(|value| is_mac(value))?;
        Some(mac.replace('-', ":").to_ascii_lowercase())
    }
}

/// An address without its zone and without the word behind it (`(Preferred)`).
fn address(value: &str) -> Option<IpAddr> {
    value.split(['%', '(', ' ']).next()?.parse().ok()
}

/// The length of a mask; `None` where its ones are not together.
pub(crate) fn mask_length(mask: u32) -> Option<u8> {
    let length = mask.leading_ones();
    (mask.count_ones() == length).then(|| u8::try_from(length).ok()).flatten()
}

fn is_mac(value: &str) -> bool {
    let mut octets = 0;
    value.split('-').all(|octet| {
        octets += 1;
        octet.len() == 2 && octet.chars().all(|digit| digit.is_ascii_hexdigit())
    }) && octets == 6
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const ENGLISH: &str = include_str!("../testdata/windows/ipconfig-all-en.txt");
    const GERMAN: &str = include_str!("../testdata/windows/ipconfig-all-de.txt");

    #[test]
    fn both_languages_tell_the_same() {
        for (told, name) in [(ENGLISH, "Ethernet"), (GERMAN, "Ethernet")] {
            let sections = sections(told);
            let section = sections.iter().find(|section| section.name() == name).unwrap();
            assert_eq!(section.mac().as_deref(), Some("04:0e:3c:aa:bb:cc"));
            let addresses: Vec<_> = section.addresses().into_iter().map(|(address, length)| (address.to_string(), length)).collect();
            let expected = [("2001:db8:1:2::23", None), ("fe80::8c1a:52ff:fe3e:77d1", None), ("192.168.178.23", Some(24))];
            assert_eq!(addresses, expected.map(|(address, length)| (address.to_owned(), length)));
            let servers = section.addresses_of(&["dns"]);
            assert_eq!(servers.iter().map(ToString::to_string).collect::<Vec<_>>(), ["fd00::1", "192.168.178.1"]);
            let gateways = section.addresses_of(&["default gateway", "standardgateway"]);
            assert_eq!(gateways.iter().map(ToString::to_string).collect::<Vec<_>>(), ["fe80::1", "192.168.178.1"]);
        }
    }

    #[test]
    fn a_mask_has_a_length_or_none() {
        let lengths = [0, u32::MAX, 0xffff_ff00, 0xff00_ff00, 1].map(mask_length);
        assert_eq!(lengths, [Some(0), Some(32), Some(24), None, None]);
    }

    #[test]
    fn nonsense_has_no_addresses() {
        for told in ["", ":", " : ", "   . : x", "a\n b . : 1.2.3.4\n\u{0}", "Ethernet adapter :\n   IPv4 . . :"] {
            assert!(sections(told).iter().all(|section| section.addresses().is_empty() && section.mac().is_none()), "{told:?}");
        }
        assert!(sections(&"x:\n".repeat(100_000)).len() <= MOST_SECTIONS + 1);
    }
}
