//! The properties on the seeds of the fuzz targets and on what becomes of those by accident: bytes that change,
//! pieces that are doubled, lost or swapped, words of YAML and JSON in odd places. The same cases each time, some
//! seconds of them; ten minutes of others a target where `FGD_LONG` is set.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::TARGETS;

/// How long the mutants of one target take, and how many there are at most.
const SHORT: (Duration, u64) = (Duration::from_secs(3), 3_000);
const LONG: (Duration, u64) = (Duration::from_secs(600), u64::MAX);

/// What the texts that are read here are made of, and what has an eye for mischief.
const WORDS: [&str; 64] = [
    "\n",
    "\r\n",
    "\r",
    "\t",
    " ",
    "  ",
    "\n---\n",
    "\n...\n",
    "\n====\n",
    "# c\n",
    ": ",
    "- ",
    "? ",
    "{",
    "}",
    "[",
    "]",
    ",",
    "'",
    "\"",
    "|\n",
    ">-\n",
    "|+\n",
    "&a ",
    "*a",
    "<<: *a\n",
    "!!str ",
    "!x ",
    "%YAML 1.2\n",
    "~",
    "null",
    "yes",
    "0777",
    "1e3",
    "-0.0",
    ".nan",
    "9223372036854775808",
    "12:30:45",
    "\u{feff}",
    "\u{85}",
    "\u{2028}",
    "\u{202e}",
    "ü",
    "\0",
    "apiVersion: v1\n",
    "kind: List\n",
    "items:\n",
    "metadata:\n",
    "name: a\n",
    "spec:\n",
    "<<<<<<< a\n",
    "=======\n",
    ">>>>>>> b\n",
    "archive_strategy: none\n",
    "https://u:p@h/x",
    "git@h:x",
    "::",
    "@",
    "//",
    "%00",
    "..",
    "-",
    "has:",
    "\\",
];

/// A sequence of numbers that is the same on every machine.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % sides.max(1) as u64).expect("below the sides")
    }

    /// A range in so many bytes, short ones more often.
    fn range(&mut self, length: usize) -> std::ops::Range<usize> {
        let start = self.roll(length + 1);
        let most = if self.roll(4) == 0 { length } else { 40 };
        start..(start + self.roll(most + 1)).min(length)
    }
}

/// One to six accidents. `others` are the seeds of which pieces may come in.
fn mutant(seed: &[u8], others: &[(PathBuf, Vec<u8>)], dice: &mut Dice) -> Vec<u8> {
    let mut bytes = seed.to_vec();
    for _ in 0..=dice.roll(6) {
        let at = dice.roll(bytes.len() + 1);
        match dice.roll(8) {
            0 if !bytes.is_empty() => {
                let at = at.min(bytes.len() - 1);
                bytes[at] = u8::try_from(dice.roll(256)).expect("a byte");
            }
            1 => drop(bytes.drain(dice.range(bytes.len()))),
            2 => {
                let piece = bytes[dice.range(bytes.len())].to_vec();
                bytes.splice(at..at, piece);
            }
            3 => {
                let other = &others[dice.roll(others.len())].1;
                let piece = other[dice.range(other.len())].to_vec();
                bytes.splice(at..at, piece);
            }
            4 => swap_lines(&mut bytes, dice),
            5 => {
                let number = dice.roll(1_000).to_string().into_bytes();
                bytes.splice(at..at, number);
            }
            _ => {
                let word = WORDS[dice.roll(WORDS.len())];
                bytes.splice(at..at, word.bytes());
            }
        }
    }
    bytes.truncate(4096);
    bytes
}

fn swap_lines(bytes: &mut Vec<u8>, dice: &mut Dice) {
    let mut lines: Vec<&[u8]> = bytes.split_inclusive(|byte| *byte == b'\n').collect();
    if lines.len() > 1 {
        let (one, other) = (dice.roll(lines.len()), dice.roll(lines.len()));
        lines.swap(one, other);
        *bytes = lines.concat();
    }
}

fn seeds(target: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(target);
    let files = std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut seeds: Vec<(PathBuf, Vec<u8>)> = files
        .map(|file| file.expect("an entry").path())
        .map(|path| (path.clone(), std::fs::read(path).expect("a seed")))
        .collect();
    seeds.sort();
    assert!(!seeds.is_empty(), "{} has no seed", folder.display());
    seeds
}

/// Panics with the input, which can go into a test as it is.
fn holds(property: fn(&[u8]), bytes: &[u8], from: &str) {
    if let Err(panic) = std::panic::catch_unwind(|| property(bytes)) {
        eprintln!("{from}: b\"{}\"", bytes.escape_ascii());
        std::panic::resume_unwind(panic);
    }
}

fn hold_for_mutants(target: &str) {
    let (_, property) = TARGETS.iter().find(|(name, _)| *name == target).expect("a target");
    let seeds = seeds(target);
    for (path, bytes) in &seeds {
        holds(*property, bytes, &path.display().to_string());
    }
    let long = std::env::var_os("FGD_LONG").is_some();
    let (time, most) = if long { LONG } else { SHORT };
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15 ^ target.bytes().map(u64::from).sum::<u64>());
    if long {
        dice.0 ^= u64::from(std::process::id()) << 32;
    }
    let (begun, mut tried) = (Instant::now(), 0);
    while tried < most && begun.elapsed() < time {
        let seed = &seeds[dice.roll(seeds.len())].1;
        let bytes = mutant(seed, &seeds, &mut dice);
        holds(*property, &bytes, target);
        tried += 1;
    }
    eprintln!("{target}: {} seeds and {tried} mutants", seeds.len());
    assert!(tried > 10, "they are quick");
}

macro_rules! targets {
    ($($name:ident)*) => {
        $(
            #[test]
            fn $name() {
                hold_for_mutants(stringify!($name));
            }
        )*

        #[test]
        fn each_target_is_tried() {
            let tried = [$(stringify!($name)),*];
            assert_eq!(TARGETS.map(|(name, _)| name), tried);
        }
    };
}

targets!(split patch ingest merge fabric_file archive_log webhook credentials link query crd);
