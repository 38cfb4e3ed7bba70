//! What reads texts from outside never panics: every target, its corpus, and seeded mutations of it.

#[path = "../../../fuzz/targets.rs"]
mod targets;

use std::fs;
use std::path::{Path, PathBuf};

use targets::{TARGETS, Target};

/// Mutations for each target.
const MUTATIONS: usize = 20_000;

fn corpus_directory(target: &Target) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(target.name)
}

/// The files of a target's corpus, by name, so that a seed gives the same mutations everywhere.
fn corpus(target: &Target) -> Vec<Vec<u8>> {
    let directory = corpus_directory(target);
    let entries = fs::read_dir(&directory).unwrap_or_else(|error| panic!("{}: {error}", directory.display()));
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    paths.sort();
    paths.iter().map(|path| fs::read(path).expect("a file of the corpus")).collect()
}

/// A step of splitmix64.
fn step(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// Bends a few bytes: replaced, removed, doubled, cut off, a piece of another file of the corpus,
/// or a character that means something put in.
fn bend(seed: &[u8], other: &[u8], state: &mut u64) -> Vec<u8> {
    const MEANING: &[u8] = b"%&=.{}[]\":,/?+\\0\xff\x00e-!*#\n ";
    let mut bytes = seed.to_vec();
    for _ in 0..=step(state) % 4 {
        let at = step(state) as usize % (bytes.len() + 1);
        let some = step(state);
        match some % 6 {
            0 if at < bytes.len() => bytes[at] = (some >> 8) as u8,
            1 if at < bytes.len() => drop(bytes.remove(at)),
            2 => bytes.extend_from_within(at..bytes.len().min(at + 64)),
            3 if some.is_multiple_of(3) => bytes.truncate(at),
            4 if !other.is_empty() => {
                let from = (some >> 8) as usize % other.len();
                let piece = &other[from..other.len().min(from + 24)];
                bytes.splice(at..at, piece.iter().copied());
            }
            _ => bytes.insert(at, MEANING[(some >> 8) as usize % MEANING.len()]),
        }
        bytes.truncate(4096);
    }
    bytes
}

fn hold(name: &str) {
    let target = TARGETS.iter().find(|target| target.name == name).expect("a target");
    let seeds = corpus(target);
    assert!(!seeds.is_empty(), "{name} has no corpus");
    seeds.iter().for_each(|seed| (target.run)(seed));
    let mut state = name.bytes().fold(7u64, |state, byte| state.wrapping_mul(31).wrapping_add(u64::from(byte)));
    for round in 0..MUTATIONS {
        let seed = &seeds[round % seeds.len()];
        let other = &seeds[step(&mut state) as usize % seeds.len()];
        (target.run)(&bend(seed, other, &mut state));
    }
}

macro_rules! every_target {
    ($($name:ident),*) => {
        $(
            #[test]
            fn $name() {
                hold(stringify!($name));
            }
        )*

        #[test]
        fn no_target_is_left_out() {
            let held = [$(stringify!($name)),*];
            let targets: Vec<&str> = TARGETS.iter().map(|target| target.name).collect();
            assert_eq!(held.as_slice(), targets.as_slice());
        }
    };
}

every_target!(
    rest_json_body,
    rest_json_address,
    aws_json_body,
    query_body,
    authorization_header,
    policy_document,
    event_pattern,
    template,
    configuration,
    scenario
);
