//! Who may use the peer.

use std::net::IpAddr;

/// Who may use the peer: its own network, or whoever knows the token.
#[derive(Clone, PartialEq, Eq)]
pub enum Access {
    /// Addresses that no stranger on the internet has: private, link-local, and this computer itself.
    Home,
    /// Anybody whose address begins with this word: `http://HOST/TOKEN/`, or who gives it as `access_token`.
    Token(String),
}

// The token does not get into logs.
impl std::fmt::Debug for Access {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::Home => "Home",
            Self::Token(_) => "Token",
        })
    }
}

impl Access {
    /// The page that is asked for, without the token; `None` to those who may not.
    pub(crate) fn page<'path>(&self, client: IpAddr, path: &'path str, query: Option<&str>) -> Option<&'path str> {
        match self {
            Self::Home => is_near(client).then_some(path),
            Self::Token(token) => {
                let first = path.strip_prefix('/')?;
                let (word, _) = first.split_once('/').unwrap_or((first, ""));
                if equal(word, token) {
                    return Some(&first[word.len()..]);
                }
                let given = query.and_then(|query| query.split('&').find_map(|pair| pair.strip_prefix("access_token=")));
                given.is_some_and(|given| equal(given, token)).then_some(path)
            }
        }
    }
}

/// Whether two words are the same, in a time that does not tell how much of them is.
fn equal(left: &str, right: &str) -> bool {
    left.len() == right.len() && left.bytes().zip(right.bytes()).fold(0, |differs, (left, right)| differs | (left ^ right)) == 0
}

fn is_near(client: IpAddr) -> bool {
    match client.to_canonical() {
        IpAddr::V4(address) => address.is_private() || address.is_loopback() || address.is_link_local(),
        IpAddr::V6(address) => address.is_loopback() || address.is_unicast_link_local() || address.is_unique_local(),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("192.168.178.20", true)]
    #[case("10.1.2.3", true)]
    #[case("172.31.0.1", true)]
    #[case("169.254.7.7", true)]
    #[case("127.0.0.1", true)]
    #[case("::1", true)]
    #[case("fe80::1", true)]
    #[case("fd12::1", true)]
    #[case("::ffff:192.168.1.2", true)]
    #[case("::ffff:203.0.113.9", false)]
    #[case("203.0.113.9", false)]
    #[case("100.64.0.1", false)]
    #[case("172.32.0.1", false)]
    #[case("2001:db8::1", false)]
    fn only_the_home_is_let_in_without_a_token(#[case] client: IpAddr, #[case] may: bool) {
        assert_eq!(Access::Home.page(client, "/__up", None), may.then_some("/__up"));
    }

    #[rstest]
    #[case("/secret-secret-secret/__down", None, Some("/__down"))]
    #[case("/secret-secret-secret/", None, Some("/"))]
    #[case("/secret-secret-secret", None, Some(""))]
    #[case("/ndt/v7/download", Some("x=1&access_token=secret-secret-secret"), Some("/ndt/v7/download"))]
    #[case("/ndt/v7/download", Some("access_token=secret-secret-secre"), None)]
    #[case("/secret-secret-secrex/__down", None, None)]
    #[case("/__down", None, None)]
    #[case("", None, None)]
    fn whoever_knows_the_token_is_let_in(#[case] path: &str, #[case] query: Option<&str>, #[case] page: Option<&str>) {
        let access = Access::Token("secret-secret-secret".to_owned());
        for client in [IpAddr::from([203, 0, 113, 9]), IpAddr::from([192, 168, 1, 2])] {
            assert_eq!(access.page(client, path, query), page);
        }
    }
}
