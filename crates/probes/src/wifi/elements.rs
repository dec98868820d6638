//! Information elements of beacons and probe responses (IEEE 802.11-2020 section 9.4.2): who is there, how wide, how busy. Anybody on the air
//! can send any bytes.

use crate::bounded::one_line;

/// Most elements looked at.
const MOST_ELEMENTS: usize = 256;

/// What the elements tell.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Elements {
    /// Network name; absent where it is hidden.
    pub ssid: Option<String>,
    /// Width of the channel in MHz.
    pub width_mhz: Option<u32>,
    /// Share of its time, 0 to 1, that the access point finds its channel busy.
    pub busy_share: Option<f64>,
    /// How many devices it serves.
    pub stations: Option<u16>,
}

/// Reads as many elements as are whole.
pub fn read(mut bytes: &[u8]) -> Elements {
    let mut told = Elements::default();
    let (mut high_throughput, mut very_high) = (None, None);
    for _ in 0..MOST_ELEMENTS {
        let [id, length, rest @ ..] = bytes else { break };
        let Some((value, rest)) = rest.split_at_checked(usize::from(*length)) else { break };
        bytes = rest;
        match (id, value) {
            (0, name) if name.iter().any(|byte| *byte != 0) => told.ssid = Some(one_line(&String::from_utf8_lossy(name), 32)),
            // BSS Load: stations, and the busy share in 255ths.
            (11, [low, high, busy, ..]) => {
                told.stations = Some(u16::from_le_bytes([*low, *high]));
                told.busy_share = Some((f64::from(*busy) / 255.0 * 1e3).round() / 1e3);
            }
            // HT Operation: a second channel above (1) or below (3).
            (61, [_, information, ..]) => high_throughput = Some(if matches!(information & 3, 1 | 3) { 40 } else { 20 }),
            // VHT Operation: 0 leaves it to HT; 1 is 80, or 160 where the second segment is near.
            (192, [width, first, second, ..]) => {
                very_high = match width {
                    1 if *second == 0 => Some(80),
                    1 if first.abs_diff(*second) == 8 || first.abs_diff(*second) > 16 => Some(160),
                    1 => Some(80),
                    2 | 3 => Some(160),
                    _ => None,
                };
            }
            _ => {}
        }
    }
    told.width_mhz = very_high.or(high_throughput);
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    const BEACON: [u8; 33] =
        [0, 4, b'c', b'a', b'f', b'e', 1, 2, 0x82, 0x84, 11, 5, 7, 0, 128, 0, 0, 61, 3, 36, 5, 0, 192, 5, 1, 42, 0, 0, 0, 221, 2, 9, 9];

    #[test]
    fn a_beacon_tells_name_width_and_load() {
        let told = read(&BEACON);
        assert_eq!((told.ssid.as_deref(), told.width_mhz), (Some("cafe"), Some(80)));
        assert_eq!((told.stations, told.busy_share), (Some(7), Some(0.502)));
        assert_eq!(read(&BEACON[..22]).width_mhz, Some(40));
        assert_eq!(read(&[192, 5, 1, 42, 50, 0, 0]).width_mhz, Some(160));
    }

    #[test]
    fn hidden_and_broken_names_harm_nobody() {
        assert_eq!(read(&[0, 3, 0, 0, 0]).ssid, None);
        assert_eq!(read(&[0, 4, b'a', 0x1b, 0xff, b'b']).ssid.as_deref(), Some("a \u{fffd}b"));
        for length in 0..BEACON.len() {
            let _ = read(&BEACON[..length]);
        }
        assert_eq!(read(&[255; 4_096]), Elements::default());
    }
}
