//! Questions that take frames of their own making, asked by a small program with one capability so that nothing else needs any.
//!
//! The program reads one [`Question`] as a line of JSON from its standard input, writes one [`Answer`] as a line of JSON and ends. It opens
//! one socket that lets the answers to that question through and nothing else, and gives its capability back before it reads a frame.

#[cfg(target_os = "linux")]
mod arp;
#[cfg(target_os = "linux")]
mod dhcp;
#[cfg(target_os = "linux")]
mod frames;
#[cfg(target_os = "linux")]
pub mod untrusted;

use std::net::{IpAddr, Ipv4Addr};

use serde::{Deserialize, Serialize};

#[cfg(target_os = "linux")]
pub use frames::ask;

/// Name of the program.
pub const PROGRAM: &str = "demarc-raw";
/// Longest line of a question and of an answer, in bytes.
pub const LONGEST_LINE: usize = 8 * 1024;
/// Longest name of an interface, in bytes (`IFNAMSIZ` without its end).
pub const LONGEST_NAME: usize = 15;

/// What can be asked; there is nothing else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "ask", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Question {
    /// Who hands out addresses (DHCP, RFC 2131). Nothing that is offered is taken.
    DhcpServers {
        /// Interface name.
        interface: String,
    },
    /// Who answers for an address (ARP, as RFC 5227 asks).
    AddressOwners {
        /// Interface name.
        interface: String,
        /// The address.
        address: Ipv4Addr,
    },
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "told", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Answer {
    /// What was offered, at most 8.
    Offers {
        /// One entry a server.
        offers: Vec<Offer>,
    },
    /// Hardware addresses of others that answered for the address, at most 4.
    Owners {
        /// As `02:00:00:00:00:01`.
        others: Vec<String>,
    },
    /// This program has not got the right to send frames.
    NotAllowed,
    /// There is no such interface.
    NoInterface,
    /// Asking failed.
    Failed {
        /// Why, as the system says it.
        detail: String,
    },
}

/// What one DHCP server offered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Offer {
    /// The server.
    pub server: IpAddr,
    /// The router it names.
    pub router: Option<IpAddr>,
    /// The name servers it names, at most 4.
    pub name_servers: Vec<IpAddr>,
}

impl Question {
    /// Reads one line. The error is a sentence's middle part.
    pub fn read(line: &str) -> Result<Self, String> {
        if line.len() > LONGEST_LINE {
            return Err("the question is too long".to_owned());
        }
        let question: Self = serde_json::from_str(line).map_err(|error| format!("this is no question: {error}"))?;
        let name = question.interface();
        let plain =
            !name.is_empty() && name.len() <= LONGEST_NAME && !name.contains(|c: char| c == '/' || c.is_whitespace() || c.is_control());
        if plain { Ok(question) } else { Err("this is no name of an interface".to_owned()) }
    }

    /// The interface that is asked on.
    pub fn interface(&self) -> &str {
        match self {
            Self::DhcpServers { interface } | Self::AddressOwners { interface, .. } => interface,
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(r#"{"ask":"dhcp-servers","interface":"eth0"}"#, true)]
    #[case(r#"{"ask":"address-owners","interface":"eth0","address":"192.168.1.1"}"#, true)]
    #[case(r#"{"ask":"address-owners","interface":"eth0","address":"192.168.1.1","frame":"ff"}"#, false)]
    #[case(r#"{"ask":"send","interface":"eth0","frame":"ff"}"#, false)]
    #[case(r#"{"ask":"dhcp-servers","interface":"../../etc"}"#, false)]
    #[case(r#"{"ask":"dhcp-servers","interface":""}"#, false)]
    #[case(r#"{"ask":"dhcp-servers","interface":"a-name-of-sixteen"}"#, false)]
    #[case("", false)]
    #[case("[[[[", false)]
    fn only_the_questions_of_the_list_are_read(#[case] line: &str, #[case] read: bool) {
        assert_eq!(Question::read(line).is_ok(), read);
        assert!(Question::read(&format!("{line}{}", " ".repeat(LONGEST_LINE))).is_err());
    }
}
