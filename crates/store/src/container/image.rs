//! [`Image`]: a file in the making, checked before anything is written.

use super::checksum::{self, Checksum};
use super::section::{Data, Section, SectionInfo, check_new};
use super::{ALIGNMENT, BUFFER, Format, MAX_HEADER, PREFIX, aligned, codec};
use crate::error::Error;
use serde::Serialize;
use std::collections::HashSet;
use std::io::{self, Write};

/// A file as it will be written: its header in memory, its numbers where the caller has them.
#[derive(Debug)]
pub struct Image<'a> {
    head: Vec<u8>,
    parts: Vec<(u64, Data<'a>)>,
    length: u64,
}

impl<'a> Image<'a> {
    /// Lays out a file. What could not be read again is refused here, and no file is touched.
    ///
    /// The numbers are read once, for their checksums; they may be NaN or infinite.
    ///
    /// # Errors
    /// [`Error::Section`] for a section without a name of its own, without numbers, or with another count of
    /// them than its shape has; [`Error::Header`] for a header that cannot be encoded or is too long.
    pub fn new<H: Serialize>(format: &Format, header: &H, sections: &[Section<'a>]) -> Result<Self, Error> {
        let mut names = HashSet::new();
        for section in sections {
            let problem = match check_new(section) {
                Ok(()) if names.insert(section.name) => continue,
                Ok(()) => "a second section of this name; expected one".into(),
                Err(problem) => problem,
            };
            return Err(Error::Section { section: section.name.into(), problem });
        }

        let mut content = Vec::new();
        codec::encode(header, &mut content).map_err(|problem| Error::Header { problem })?;
        let mut table: Vec<_> = sections.iter().map(describe).collect();
        // Integers have a fixed width, so the table's length does not depend on the offsets within.
        let mut header = encoded(&table)?;
        let mut end = (PREFIX + header.len() + content.len()) as u64;
        for section in &mut table {
            let too_long = || Error::Section {
                section: section.name.clone(),
                problem: "it ends beyond 2⁶⁴ bytes".into(),
            };
            section.offset = aligned(end).ok_or_else(too_long)?;
            end = section.bytes().and_then(|bytes| section.offset.checked_add(bytes)).ok_or_else(too_long)?;
        }
        header = encoded(&table)?;
        header.append(&mut content);
        if header.len() > MAX_HEADER {
            let problem = format!("it has {} bytes, expected at most {MAX_HEADER}", header.len());
            return Err(Error::Header { problem });
        }

        let mut head = Vec::with_capacity(PREFIX + header.len());
        head.extend(format.magic);
        head.extend(format.newest.to_le_bytes());
        head.extend((header.len() as u32).to_le_bytes());
        head.extend(checksum::of_header(&head, &header).to_le_bytes());
        head.append(&mut header);
        let parts = table.iter().zip(sections).map(|(info, section)| (info.offset, section.data)).collect();
        Ok(Self { head, parts, length: end })
    }

    /// Bytes that the file will have.
    pub fn file_length(&self) -> u64 {
        self.length
    }

    /// Writes the file, from its first byte to its last, in pieces of 64 KiB.
    ///
    /// # Errors
    /// Those of `sink`.
    pub fn write_to<W: Write + ?Sized>(&self, sink: &mut W) -> io::Result<()> {
        sink.write_all(&self.head)?;
        let mut at = self.head.len() as u64;
        for (offset, data) in &self.parts {
            let padding = [0; ALIGNMENT as usize];
            sink.write_all(&padding[..(offset - at) as usize])?;
            at = *offset;
            in_pieces(*data, |bytes| {
                at += bytes.len() as u64;
                sink.write_all(bytes)
            })?;
        }
        Ok(())
    }
}

fn encoded(table: &[SectionInfo]) -> Result<Vec<u8>, Error> {
    let mut header = Vec::new();
    codec::encode(&table, &mut header).map_err(|problem| Error::Header { problem })?;
    Ok(header)
}

/// The entry of a section, its place still open.
fn describe(section: &Section<'_>) -> SectionInfo {
    let mut checksum = Checksum::new();
    let fed = in_pieces(section.data, |bytes| {
        checksum.update(bytes);
        Ok(())
    });
    fed.expect("a checksum takes all bytes");
    SectionInfo {
        name: section.name.into(),
        dtype: section.data.dtype(),
        rows: section.rows as u64,
        columns: section.columns as u64,
        offset: 0,
        checksum: checksum.finish(),
    }
}

/// The little-endian bytes of numbers, as many at a time as a buffer holds.
fn in_pieces(data: Data<'_>, take: impl FnMut(&[u8]) -> io::Result<()>) -> io::Result<()> {
    match data {
        Data::F32(numbers) => pieces(numbers, f32::to_le_bytes, take),
        Data::F64(numbers) => pieces(numbers, f64::to_le_bytes, take),
    }
}

fn pieces<T: Copy, const N: usize>(
    numbers: &[T],
    bytes: impl Fn(T) -> [u8; N],
    mut take: impl FnMut(&[u8]) -> io::Result<()>,
) -> io::Result<()> {
    let mut buffer = vec![[0; N]; numbers.len().min(BUFFER / N)];
    for piece in numbers.chunks(BUFFER / N) {
        for (place, number) in buffer.iter_mut().zip(piece) {
            *place = bytes(*number);
        }
        take(buffer[..piece.len()].as_flattened())?;
    }
    Ok(())
}
