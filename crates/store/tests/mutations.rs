//! Files of all kinds, and what seeded mutations make of them, are read or refused: never a panic, never more
//! memory than the file is worth.
//!
//! `GLASSGRAD_STORE_MUTATIONS` says how many mutations; `fuzz/` goes on from the same corpus.

#![allow(unsafe_code, reason = "an allocator can only be an unsafe impl; this one counts and passes on")]

#[path = "../../../tests/counting/mod.rs"]
mod counting;
mod fixture;

use counting::peak;
use fixture::{Header, Random, count, open, seal};
use glassgrad_store::{Dtype, Error};
use std::fs;
use std::path::Path;

/// Reads all of a file, if it lets itself be read; whether it did.
fn read(bytes: &[u8]) -> bool {
    let mut opened = false;
    let held = peak(|| {
        let Ok(mut reader) = open(bytes) else { return };
        opened = true;
        let _ = reader.header::<Header>();
        let sections: Vec<_> = reader.sections().iter().map(|s| (s.name().to_owned(), s.dtype())).collect();
        for (name, dtype) in sections {
            let read = match dtype {
                Dtype::F32 => reader.read_section::<f32>(&name).map(drop),
                Dtype::F64 => reader.read_section::<f64>(&name).map(drop),
            };
            read.expect("a section that was checked");
        }
    });
    // One sequence through serde may reserve 1 MiB; then a buffer, and the file's own content.
    let allowed = (1 << 20) + (1 << 17) + 20 * bytes.len();
    assert!(held < allowed, "{held} B were held for a file of {} B", bytes.len());
    opened
}

fn corpus() -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus");
    let mut files: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.file_stem().unwrap().to_str().unwrap().to_owned(), fs::read(&path).unwrap()))
        .collect();
    files.sort();
    files
}

#[test]
fn the_corpus() {
    let mut sound = Vec::new();
    for (name, bytes) in corpus() {
        if read(&bytes) {
            sound.push(name);
        } else {
            assert!(matches!(open(&bytes), Err(Error::Refused { .. })), "{name}");
        }
    }
    // The caller's header is wrong in two: the container knows nothing of that.
    let expected = ["long-list", "long-string", "many-sections", "no-padding", "no-sections", "whole"];
    assert_eq!(sound, expected);
}

#[test]
fn mutations() {
    let corpus = corpus();
    let mut random = Random(5);
    let mut opened = 0;
    let trials = count("GLASSGRAD_STORE_MUTATIONS", 20_000);
    for _ in 0..trials {
        let mut bytes = corpus[random.below(corpus.len())].1.clone();
        for _ in 0..=random.below(3) {
            mutate(&mut bytes, &corpus[random.below(corpus.len())].1, &mut random);
        }
        // Most mutations stop at the header's checksum; with a right one they lead on.
        if random.below(4) > 0 {
            seal(&mut bytes);
        }
        opened += usize::from(read(&bytes));
    }
    println!("{opened} of {trials} mutated files were still files");
    assert!(opened > 0, "some mutations of the caller's header leave a container");
}

fn mutate(bytes: &mut Vec<u8>, other: &[u8], random: &mut Random) {
    let at = random.below(bytes.len() + 1);
    let end = (at + random.below(16)).min(bytes.len());
    match random.below(6) {
        0 => bytes.truncate(at),
        1 => bytes[at..end].fill(random.next() as u8),
        2 => drop(bytes.drain(at..end)),
        3 => drop(bytes.splice(at..at, random.next().to_le_bytes())),
        4 => {
            let piece = other.iter().copied().skip(random.below(200)).take(random.below(64));
            drop(bytes.splice(at..end, piece));
        }
        _ => {
            // A number near a power of two, where a length or an offset may be.
            let number = (1_u64 << random.below(64)).wrapping_add(random.next() % 3).wrapping_sub(1);
            for (place, byte) in bytes[at..].iter_mut().zip(number.to_le_bytes()) {
                *place = byte;
            }
        }
    }
}
