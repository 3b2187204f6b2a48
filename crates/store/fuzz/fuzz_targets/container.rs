//! Any bytes are read or refused. In crates/store, with a nightly compiler, from the corpus that is also a test:
//!
//! ```text
//! cargo +nightly fuzz run container fuzz/corpus/container tests/corpus
//! ```
//!
//! A checksum is hard to guess, so each input is also tried with the right one in its header.

#![no_main]

use glassgrad_store::{Dtype, Format, Reader};
use libfuzzer_sys::fuzz_target;
use std::hash::Hasher;
use std::io::Cursor;

const FORMAT: Format = Format::new("test file", *b"STORE\r\n\x1a", 1, 2);

type Header = (String, u64, Option<f64>, Vec<String>);

fn read(bytes: &[u8]) {
    let Ok(mut reader) = Reader::new(Cursor::new(bytes), "fuzzed", &FORMAT) else { return };
    let _ = reader.header::<Header>();
    let sections: Vec<_> = reader.sections().iter().map(|s| (s.name().to_owned(), s.dtype())).collect();
    for (name, dtype) in sections {
        let read = match dtype {
            Dtype::F32 => reader.read_section::<f32>(&name).map(drop),
            Dtype::F64 => reader.read_section::<f64>(&name).map(drop),
        };
        read.expect("a section that was checked");
    }
}

/// The input with the right checksum in its header, if the header is all there.
fn sealed(bytes: &[u8]) -> Option<Vec<u8>> {
    let length = u32::from_le_bytes(bytes.get(12..16)?.try_into().ok()?) as usize;
    let mut checksum = twox_hash::XxHash3_64::new();
    checksum.write(&bytes[..16]);
    checksum.write(bytes.get(24..)?.get(..length)?);
    let mut bytes = bytes.to_vec();
    bytes[16..24].copy_from_slice(&checksum.finish().to_le_bytes());
    Some(bytes)
}

fuzz_target!(|bytes: &[u8]| {
    read(bytes);
    if let Some(bytes) = sealed(bytes) {
        read(&bytes);
    }
});
