//! One file: a header of the caller's and named matrices, all under checksums.
//!
//! | bytes | what |
//! |---|---|
//! | 0..8 | magic: the caller's, so that another kind of file is recognised as such |
//! | 8..12 | format version, u32 |
//! | 12..16 | length n of the header, u32, at most [`MAX_HEADER`] |
//! | 16..24 | XXH3-64 of bytes 0..16 and of the header |
//! | 24..24 + n | header: the section table, then the caller's header, as the codec writes them |
//! | then | sections: each begins at the next multiple of [`ALIGNMENT`], zero bytes before it |
//!
//! All numbers are little-endian. The section table gives each section its name, number type, rows, columns,
//! offset and XXH3-64. It is under the header's checksum, which so stands for every byte of the file, while a
//! flipped bit can still be blamed on the section that it is in. The file ends where its last section ends.
//!
//! # What the checksum is for
//! It detects damage (failing disks, torn copies, truncation), not tampering: whoever changes a file on
//! purpose can change its checksums too. A file that has been made so is still harmless: each rule below is
//! checked whatever the checksums say.
//!
//! XXH3-64 was chosen by measurement. Over 64 MB in memory, on one core: XXH3-64 15 GB/s, CRC-32 14 GB/s (with
//! hardware support), BLAKE3 3 GB/s; reading the file from the page cache takes as long as XXH3 does. Among the
//! fast ones it is the one of 64 bits, so random damage goes unseen once in 2⁶⁴.
//!
//! # Order of reading
//! length of the file → magic → version → bounds of the header → its checksum → section table → rules of the
//! table (in order, without overlap or hole, unique names, no empty section, no product that overflows, the
//! last end is the end of the file) → padding and checksums of the sections, streamed through a small buffer.
//! Only then is memory for a section allocated, and as it is read its checksum is verified once more.
//!
//! # The caller's header
//! Any `serde` type that a format without field names can carry. Its fields are written in order, so it must
//! not use `#[serde(flatten)]`, `untagged`, `tag = …`, `skip…` or `deserialize_any` (as `serde_json::Value`
//! does). It must not be recursive: a hostile file could exhaust the stack. It must not hold sequences of
//! elements that take no bytes, such as `Vec<()>`. A change of its fields is a new format version:
//! [`Reader::version`] says which type to ask [`Reader::header`] for.

mod checksum;
mod codec;
mod image;
mod reader;
mod refusal;
mod section;

pub use image::Image;
pub use reader::Reader;
pub use refusal::Refusal;
pub use section::{Data, Dtype, Element, Section, SectionInfo};

/// The most bytes that a header may have: 16 MiB.
pub const MAX_HEADER: usize = 16 << 20;

/// Sections begin at multiples of this many bytes: a cache line.
pub const ALIGNMENT: u64 = 64;

/// Bytes before the header.
const PREFIX: usize = 24;

/// Bytes that are read or written at a time.
const BUFFER: usize = 1 << 16;

/// A kind of file, and which versions of it can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Format {
    name: &'static str,
    magic: [u8; 8],
    oldest: u32,
    newest: u32,
}

impl Format {
    /// A kind of file called `name` in messages. Versions `oldest` to `newest` are read, `newest` is written.
    ///
    /// # Panics
    /// If `oldest` is above `newest`; in a constant, that does not compile.
    pub const fn new(name: &'static str, magic: [u8; 8], oldest: u32, newest: u32) -> Self {
        assert!(oldest <= newest, "the oldest version is above the newest");
        Self { name, magic, oldest, newest }
    }
}

/// The place of the next section after one that ends at `end`.
fn aligned(end: u64) -> Option<u64> {
    end.checked_next_multiple_of(ALIGNMENT)
}
