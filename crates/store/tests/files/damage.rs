//! Every truncation and every flipped bit is refused, and the place is named.

use crate::fixture::{FORMAT, Folder, Header, open, refusal, small};
use glassgrad_store::{Error, Reader, Refusal};
use std::fs;
use std::io::{Seek, SeekFrom, Write};

/// The end of the header, and each section's name, first byte and end.
fn places(bytes: &[u8]) -> (usize, Vec<(String, usize, usize)>) {
    let length = u32::from_le_bytes(bytes[12..16].try_into().unwrap()) as usize;
    let reader = open(bytes).unwrap();
    let place = |section: &glassgrad_store::SectionInfo| {
        let size = section.rows() * section.columns() * section.dtype().size();
        (section.name().into(), section.offset() as usize, (section.offset() + size) as usize)
    };
    (24 + length, reader.sections().iter().map(place).collect())
}

#[test]
fn every_truncation() {
    let bytes = small();
    let (header_end, sections) = places(&bytes);
    for length in 0..bytes.len() {
        let refusal = refusal(&bytes[..length]);
        let cut = sections.iter().find(|(_, _, end)| *end > length).unwrap();
        let named = match &refusal {
            Refusal::Short { length: l, .. } => length < 24 && *l == length as u64,
            Refusal::HeaderLength { length: l, .. } => {
                (24..header_end).contains(&length) && *l == length as u64
            }
            Refusal::Truncated { section, offset, length: l, .. } => {
                length >= header_end && *section == cut.0 && *offset == cut.1 as u64 && *l == length as u64
            }
            _ => false,
        };
        assert!(named, "cut at byte {length}: {refusal}");
    }
}

#[test]
fn every_flipped_bit() {
    let mut bytes = small();
    let (header_end, sections) = places(&bytes);
    for (byte, bit) in (0..bytes.len()).flat_map(|byte| (0..8).map(move |bit| (byte, bit))) {
        bytes[byte] ^= 1 << bit;
        let refusal = refusal(&bytes);
        let named = match &refusal {
            Refusal::Magic { .. } => byte < 8,
            Refusal::Newer { .. } => (8..12).contains(&byte),
            Refusal::HeaderLength { .. } => (12..16).contains(&byte),
            Refusal::HeaderChecksum { .. } => (8..header_end).contains(&byte),
            Refusal::Padding { section, byte: at } => {
                let next = sections.iter().find(|(_, from, _)| *from > byte).unwrap();
                *at == byte as u64 && *section == next.0
            }
            Refusal::SectionChecksum { section, from, to } => {
                (*from..*to).contains(&(byte as u64))
                    && sections.iter().any(|(name, at, _)| name == section && *at as u64 == *from)
            }
            _ => false,
        };
        assert!(named, "bit {bit} of byte {byte}: {refusal}");
        bytes[byte] ^= 1 << bit;
    }
    assert_eq!(open(&bytes).unwrap().header::<Header>().unwrap(), crate::fixture::header());
}

#[test]
fn bytes_after_the_end() {
    let mut bytes = small();
    let end = bytes.len() as u64;
    bytes.extend([0; 3]);
    assert_eq!(refusal(&bytes), Refusal::Trailing { end, length: end + 3 });
}

#[test]
fn messages() {
    let bytes = small();
    let mut damaged = bytes.clone();
    let last = damaged.len() - 1;
    damaged[last] ^= 1;
    let (from, to) = (bytes.len() - 24, bytes.len());
    assert_eq!(
        open(&damaged).unwrap_err().to_string(),
        format!("t.store: checksum mismatch in section \"last\", bytes {from} to {to}: it is damaged")
    );
    assert_eq!(
        open(&bytes[..to - 1]).unwrap_err().to_string(),
        format!(
            "t.store: section \"last\": truncated at byte {}; expected 24 bytes from byte {from} on",
            to - 1
        )
    );
}

/// The file may change between the check and the reading: what is returned is what was checked, or nothing.
#[test]
fn damage_after_opening() {
    let folder = Folder::new("after");
    let path = folder.path("a.store");
    fs::write(&path, small()).unwrap();
    let mut reader = Reader::open(&path, &FORMAT).unwrap();
    let from = reader.sections()[1].offset();
    let mut file = fs::OpenOptions::new().write(true).open(&path).unwrap();
    file.seek(SeekFrom::Start(from + 5)).unwrap();
    file.write_all(&[0xff]).unwrap();
    assert!(reader.read_section::<f64>("line").is_ok());
    let error = reader.read_section::<f32>("0.weight").unwrap_err();
    let Error::Refused { refusal: Refusal::SectionChecksum { section, .. }, .. } = error else {
        panic!("expected a checksum mismatch, found {error:?}");
    };
    assert_eq!(section, "0.weight");

    file.set_len(from).unwrap();
    assert!(matches!(reader.read_section::<f32>("0.weight"), Err(Error::Read { .. })));
}
