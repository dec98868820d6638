//! Chance from a seed: a generator for each request, and noise that is a function of time.

use std::{
    fmt::{self, Write},
    net::IpAddr,
};

use demarc_model::Request;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::Exp1;

/// Chance for one request. It depends on the seed, the request and when it is asked, never on what was asked before.
pub fn for_request(seed: u64, request: &Request, at_ms: f64) -> ChaCha8Rng {
    let mut hash = Hash::default();
    // Writing into a hash cannot fail.
    let _ = write!(hash, "{request:?}");
    ChaCha8Rng::seed_from_u64(mix(seed, &[hash.0, at_ms.to_bits()]))
}

/// A hash of text that is the same on every machine and in every release.
pub fn hash(text: &str) -> u64 {
    let mut hash = Hash::default();
    let _ = hash.write_str(text);
    mix(hash.0, &[])
}

/// A value in `[0, 1)` for a cell of a grid laid over time.
pub fn cell(seed: u64, key: u64, number: f64) -> f64 {
    unit(mix(seed, &[key, number.to_bits()]))
}

/// Values in `[0, 1)`, one after another, for the cell of a grid.
pub fn sequence(seed: u64, key: u64, number: u64) -> impl FnMut() -> f64 {
    let mut state = mix(seed, &[key, number]);
    move || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        unit(scramble(state))
    }
}

/// A value in `[0, 1)` for an address and a kind of use.
pub fn of_address(seed: u64, kind: u64, address: IpAddr) -> f64 {
    let bits = match address {
        IpAddr::V4(v4) => u128::from(v4.to_bits()),
        IpAddr::V6(v6) => v6.to_bits(),
    };
    unit(mix(seed, &[kind, bits as u64, (bits >> 64) as u64]))
}

/// Noise in `[0, 1)` that wanders from one random value to the next every `period_ms`.
pub fn wander(seed: u64, key: u64, at_ms: f64, period_ms: f64) -> f64 {
    let place = at_ms / period_ms;
    let (before, share) = (place.floor(), place - place.floor());
    let smooth = share * share * (3.0 - 2.0 * share);
    let (from, to) = (cell(seed, key, before), cell(seed, key, before + 1.0));
    from + (to - from) * smooth
}

/// A delay above zero with this mean: a gamma distribution of shape 2, the shape of queueing noise.
pub fn jitter(rng: &mut ChaCha8Rng, mean: f64) -> f64 {
    if mean <= 0.0 {
        return 0.0;
    }
    let (one, other): (f64, f64) = (rng.sample(Exp1), rng.sample(Exp1));
    mean * 0.5 * (one + other)
}

/// A value around 1, at most `spread` away.
pub fn around(rng: &mut ChaCha8Rng, spread: f64) -> f64 {
    1.0 + spread * (2.0 * rng.random::<f64>() - 1.0)
}

/// FNV-1a.
struct Hash(u64);

impl Default for Hash {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Write for Hash {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for byte in text.bytes() {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        Ok(())
    }
}

/// `SplitMix64`'s finaliser.
fn scramble(word: u64) -> u64 {
    let word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    word ^ (word >> 31)
}

/// One word from the seed and every other word.
fn mix(seed: u64, words: &[u64]) -> u64 {
    words.iter().fold(scramble(seed.wrapping_add(0x9e37_79b9_7f4a_7c15)), |state, word| {
        scramble((state ^ word).wrapping_add(0x9e37_79b9_7f4a_7c15))
    })
}

/// The upper 53 bits as a value in `[0, 1)`.
fn unit(word: u64) -> f64 {
    (word >> 11) as f64 / (1_u64 << 53) as f64
}
