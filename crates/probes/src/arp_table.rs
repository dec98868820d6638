//! The table of neighbours as `arp` of Windows and macOS prints it.

use std::net::IpAddr;

/// The hardware address that a table tells for an address; `None` while it is not known.
pub fn read(told: &str, of: IpAddr) -> Option<String> {
    told.lines().take(4_096).find_map(|line| {
        let mut words = line.split_ascii_whitespace();
        // macOS: `? (192.168.1.1) at 0:1b:21:aa:bb:cc on en0 ...`; Windows: `192.168.1.1   00-1b-21-aa-bb-cc   dynamic`.
        words.find(|word| word.trim_matches(['(', ')']).parse() == Ok(of))?;
        words.find_map(hardware_address)
    })
}

/// Six octets, between dashes or colons, of which macOS leaves out leading zeros.
fn hardware_address(word: &str) -> Option<String> {
    let octets: Option<Vec<u8>> = word
        .split([':', '-'])
        .map(|octet| u8::from_str_radix(octet, 16).ok().filter(|_| octet.len() <= 2 && !octet.starts_with('+')))
        .collect();
    let octets = octets.filter(|octets| octets.len() == 6)?;
    Some(octets.iter().map(|octet| format!("{octet:02x}")).collect::<Vec<_>>().join(":"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MACOS: &str =
        "? (192.168.178.1) at c8:e:14:aa:bb:c on en0 ifscope [ethernet]\n? (192.168.178.9) at (incomplete) on en0 ifscope [ethernet]\n";
    const WINDOWS: &str = "\r\nSchnittstelle: 192.168.178.23 --- 0x11\r\n  Internetadresse       Physische Adresse     Typ\r\n  192.168.178.1         c8-0e-14-aa-bb-0c     dynamisch \r\n  255.255.255.255       ff-ff-ff-ff-ff-ff     statisch  \r\n";

    #[test]
    fn both_systems_tell_the_router() {
        for told in [MACOS, WINDOWS] {
            assert_eq!(read(told, IpAddr::from([192, 168, 178, 1])).as_deref(), Some("c8:0e:14:aa:bb:0c"));
            assert_eq!(read(told, IpAddr::from([192, 168, 178, 9])), None);
            assert_eq!(read(told, IpAddr::from([192, 168, 178, 23])), None, "the list's own heading");
        }
    }

    #[test]
    fn nonsense_tells_nobody() {
        for told in ["", "1.2.3.4", "1.2.3.4 1:2:3:4:5", "1.2.3.4 1:2:3:4:5:6:7", "1.2.3.4 +1:2:3:4:5:6g", "1.2.3.4 100:2:3:4:5:6", "\u{0}"]
        {
            assert_eq!(read(told, IpAddr::from([1, 2, 3, 4])), None, "{told:?}");
        }
    }
}
