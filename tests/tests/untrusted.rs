//! Hostile input at every parser of what comes from outside: no panic, little time, little memory, and nothing in the answer that is no text.
//! `make fuzz` goes on where this stops.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::{
    alloc::{GlobalAlloc, Layout, System},
    cell::Cell,
    fs,
    panic::catch_unwind,
    path::Path,
    time::{Duration, Instant},
};

use demarc_probes::untrusted::{PARSERS, Parser};
use rand::{Rng as _, RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use serde_json::Value;

/// What one input may take.
const LONGEST: Duration = Duration::from_secs(2);
const MOST_MEMORY: usize = 32 * 1024 * 1024;
const MOST_TOLD: usize = 256 * 1024;
/// Fewest inputs for each parser.
const FEWEST: usize = 200;
/// Longest input, as long as the longest answer that is read of anything.
const LONG: usize = 1024 * 1024;

/// Counts what this thread has allocated, and the most at one time since the last look.
struct Counting;

thread_local! {
    static NOW: Cell<usize> = const { Cell::new(0) };
    static MOST: Cell<usize> = const { Cell::new(0) };
}

fn count(change: impl Fn(usize) -> usize) {
    // A thread that ends has no counters left.
    let _ = NOW.try_with(|now| {
        now.set(change(now.get()));
        let _ = MOST.try_with(|most| most.set(most.get().max(now.get())));
    });
}

// SAFETY: every call goes to the system's allocator as it came; the counters never allocate.
#[allow(unsafe_code, reason = "an allocator is unsafe by its trait")]
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(|now| now.saturating_add(layout.size()));
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        count(|now| now.saturating_sub(layout.size()));
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

#[test]
fn hostile_input_is_survived_by_every_parser() {
    let modem = Parser {
        name: "modem-page",
        read: |bytes| serde_json::to_value(demarc_modem::read(&String::from_utf8_lossy(bytes))).unwrap(),
        seeds: &[include_bytes!("../../crates/modem/testdata/cable.html"), include_bytes!("../../crates/modem/testdata/dsl-de.txt")],
    };
    let frames = Parser {
        name: "dhcp-and-arp-frames",
        read: |bytes| Value::String(demarc_raw::untrusted::hear(bytes)),
        seeds: &[&[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2, 0, 0, 0, 0, 2, 8, 6, 0, 1, 8, 0, 6, 4, 0, 2, 2, 0, 0, 0, 0, 2, 192, 168, 1, 23]],
    };
    let mut failed = Vec::new();
    for parser in PARSERS.iter().chain([&modem, &frames]) {
        let inputs = inputs(parser);
        assert!(inputs.len() >= FEWEST, "{} gets {} inputs", parser.name, inputs.len());
        for (number, input) in inputs.iter().enumerate() {
            if let Err(problem) = survives(parser, input) {
                failed.push(format!(
                    "{} input {number} ({} bytes, {:?}): {problem}",
                    parser.name,
                    input.len(),
                    &input[..input.len().min(40)]
                ));
                break;
            }
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

fn survives(parser: &Parser, input: &[u8]) -> Result<(), String> {
    let (read, began, before) = (parser.read, Instant::now(), NOW.get());
    MOST.set(before);
    let told = catch_unwind(|| read(input)).map_err(|_| "panicked".to_owned())?;
    let (took, memory) = (began.elapsed(), MOST.get().saturating_sub(before));
    if took > LONGEST {
        return Err(format!("took {took:?}"));
    }
    if memory > MOST_MEMORY {
        return Err(format!("took {memory} bytes of memory"));
    }
    let length = told.to_string().len();
    if length > MOST_TOLD {
        return Err(format!("told {length} bytes"));
    }
    control_character(&told).map_or(Ok(()), |text| Err(format!("told a text with control characters: {text:?}")))
}

fn control_character(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => text.contains(char::is_control).then(|| text.clone()),
        Value::Array(values) => values.iter().find_map(control_character),
        Value::Object(fields) => fields
            .iter()
            .find_map(|(name, value)| if name.contains(char::is_control) { Some(name.clone()) } else { control_character(value) }),
        _ => None,
    }
}

/// Each seed cut, changed, repeated and blown up; what fuzzing kept, and changed forms of it; and what is hostile to any parser.
fn inputs(parser: &Parser) -> Vec<Vec<u8>> {
    // The same numbers every time.
    let mut chance = ChaCha8Rng::seed_from_u64(20_261_126);
    let mut inputs: Vec<Vec<u8>> = [
        &b""[..],
        b"\0",
        b"\xff\xfe\xff",
        b"\x1b[31m\x1b]0;title\x07",
        "\u{202e}\u{2066}evil\u{2069}".as_bytes(),
        b"{\"rows\":[{\"Name\":\"\\u0000\\u001b\"}]}",
        b"<!DOCTYPE a [<!ENTITY x \"xxxxxxxx\"><!ENTITY y \"&x;&x;&x;\">]><a>&y;</a>",
        b"-1 99999999999999999999999999 1e308 NaN inf 0x7fffffffffffffff",
    ]
    .map(<[u8]>::to_vec)
    .to_vec();
    for filling in [
        &b"\0"[..],
        b"\xff",
        b"a",
        b"<a>",
        b"[",
        b"{\"a\":",
        b"\r\n",
        b": ",
        b"\t",
        b"1.1.1.1 ",
        b"\xc0\x0c",
        b"\x08\x00\x01\x80",
        b"=\n",
        "\u{1f600}".as_bytes(),
    ] {
        inputs.push(filling.iter().copied().cycle().take(LONG).collect());
        inputs.push(filling.iter().copied().cycle().take(1_400).collect());
    }
    for seed in parser.seeds {
        let steps = (seed.len() / 60).max(1);
        inputs.extend((0..seed.len()).step_by(steps).map(|end| seed[..end].to_vec()));
        inputs.extend((0..seed.len()).step_by(steps).map(|start| seed[start..].to_vec()));
        inputs.push(seed.iter().copied().cycle().take(LONG).collect());
        inputs.extend((0..200).map(|_| changed(seed, &mut chance)));
    }
    for kept in kept(parser.name) {
        inputs.extend((0..4).map(|_| changed(&kept, &mut chance)));
        inputs.push(kept);
    }
    let mut noise = vec![0; 4_096];
    for _ in 0..40 {
        chance.fill_bytes(&mut noise);
        inputs.push(noise[..chance.random_range(1..noise.len())].to_vec());
    }
    inputs
}

/// What fuzzing kept, because it reached code that nothing else had.
fn kept(parser: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(parser);
    let mut files: Vec<_> = fs::read_dir(&folder).expect("tools/fuzz.sh --record writes one").map(|file| file.unwrap().path()).collect();
    files.sort();
    files.iter().map(|file| fs::read(file).unwrap()).collect()
}

fn changed(seed: &[u8], chance: &mut ChaCha8Rng) -> Vec<u8> {
    let mut changed = seed.to_vec();
    for _ in 0..chance.random_range(1..=6) {
        if changed.is_empty() {
            changed.push(0);
        }
        let place = chance.random_range(0..changed.len());
        match chance.random_range(0..5) {
            0 => changed[place] = chance.random(),
            1 => changed[place] = [0, 0x7f, 0xff, b'\n', b'<', b'-'][chance.random_range(0..6)],
            2 => drop(changed.remove(place)),
            3 => changed.insert(place, chance.random()),
            _ => {
                let piece: Vec<u8> = changed[place..].iter().copied().take(40).collect();
                changed.splice(place..place, piece.repeat(chance.random_range(1..50)));
            }
        }
    }
    changed
}
