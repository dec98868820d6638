//! One parser of outside input, named by `PARSER`, under libFuzzer.
#![no_main]

use std::{hint::black_box, sync::LazyLock, time::Duration};

use demarc_probes::untrusted::PARSERS;
use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};
use nix::time::{ClockId, clock_gettime};

type Read = Box<dyn Fn(&[u8]) + Send + Sync>;

static READ: LazyLock<Read> = LazyLock::new(|| {
    let name = std::env::var("PARSER").unwrap_or_default();
    match name.as_str() {
        "modem-page" => Box::new(|bytes| drop(black_box(demarc_modem::read(&String::from_utf8_lossy(bytes))))),
        "dhcp-and-arp-frames" => Box::new(|bytes| drop(black_box(demarc_raw::untrusted::hear(bytes)))),
        _ => {
            let Some(parser) = PARSERS.iter().find(|parser| parser.name == name) else { panic!("there is no parser {name:?}") };
            Box::new(|bytes| drop(black_box((parser.read)(bytes))))
        }
    }
});

/// What one input may take of the processor, as in `tests/tests/untrusted.rs`.
const LONGEST: Duration = Duration::from_secs(2);

fuzz_target!(|bytes: &[u8]| {
    let before = processor_time();
    READ(bytes);
    let took = processor_time() - before;
    assert!(took < LONGEST, "one input took {took:?}");
});

// A fuzzer that has to wait for the processor has not been slow.
fn processor_time() -> Duration {
    clock_gettime(ClockId::CLOCK_PROCESS_CPUTIME_ID).map(Duration::from).unwrap_or_default()
}

// The first inputs are what the parser is made for: an empty corpus begins with them.
fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    let name = std::env::var("PARSER").unwrap_or_default();
    let seeds = PARSERS.iter().find(|parser| parser.name == name).map_or(&[][..], |parser| parser.seeds);
    if seed % 64 == 0 && !seeds.is_empty() {
        let chosen = seeds[seed as usize / 64 % seeds.len()];
        let length = chosen.len().min(max_size).min(data.len());
        data[..length].copy_from_slice(&chosen[..length]);
        return length;
    }
    fuzzer_mutate(data, size, max_size)
});
