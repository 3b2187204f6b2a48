//! Event files: record by record, and read by TensorBoard itself.

mod support;

use glassgrad_report::{EventWriter, event_file_name};
use std::fmt::Write;
use std::path::PathBuf;
use support::python;

/// CRC-32C bit by bit, from its polynomial.
fn crc32c(data: &[u8]) -> u32 {
    !data.iter().fold(!0_u32, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| crc >> 1 ^ if crc & 1 == 1 { 0x82f6_3b78 } else { 0 })
    })
}

/// The data of each record; its lengths and checksums are right.
fn records(mut file: &[u8]) -> Vec<&[u8]> {
    let masked =
        |data: &[u8]| (crc32c(data) >> 15 | crc32c(data) << 17).wrapping_add(0xa282_ead8).to_le_bytes();
    let mut records = Vec::new();
    while !file.is_empty() {
        let (length, rest) = file.split_at(8);
        let count = u64::from_le_bytes(length.try_into().unwrap()) as usize;
        let (head, rest) = rest.split_at(4);
        let (data, rest) = rest.split_at(count);
        let (tail, rest) = rest.split_at(4);
        assert_eq!((head, tail), (&masked(length)[..], &masked(data)[..]));
        records.push(data);
        file = rest;
    }
    records
}

#[test]
fn the_bytes_are_those_of_the_format() {
    assert_eq!(crc32c(b"123456789"), 0xe306_9283, "the check value in RFC 3720's catalogue entry");
    let mut events = EventWriter::new(Vec::new(), 1.0).unwrap();
    events.scalars(300, 2.0, &[("a", 0.5)]).unwrap();
    let file = events.into_inner();
    let mut version = b"\x09\0\0\0\0\0\0\xf0\x3f\x1a\x0d".to_vec();
    version.extend(b"brain.Event:2");
    let scalar = b"\x09\0\0\0\0\0\0\0\x40\x10\xac\x02\x2a\x0a\x0a\x08\x0a\x01a\x15\0\0\0\x3f";
    assert_eq!(records(&file), [&version[..], &scalar[..]]);
}

#[test]
fn tensorboard_reads_the_scalars() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("tensorboard");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    let mut events = EventWriter::new(Vec::new(), 1e9).unwrap();
    let mut expected = String::new();
    let long = "long/".repeat(60); // a length of two bytes
    for step in [1, 2, 127, 128, 1 << 40] {
        let wall_time = 1e9 + step as f64;
        let values =
            [("loss/train", 1.0 / step as f64), ("loss/größe", -1e-3), (&long, 1e30), ("nan", f64::NAN)];
        events.scalars(step, wall_time, &values).unwrap();
        for (tag, value) in values {
            writeln!(expected, "{tag},{step},{wall_time:?},{value:?}").unwrap();
        }
    }
    std::fs::write(folder.join(event_file_name(1_000_000_000, 7)), events.into_inner()).unwrap();
    std::fs::write(folder.join("expected.csv"), expected).unwrap();
    python::run("events.py", &["tensorboard"], &folder);
}
