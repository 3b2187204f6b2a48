//! The checksum of headers and sections: XXH3-64 (Collet), seed 0, fed piece by piece.

use std::hash::Hasher;
use twox_hash::XxHash3_64;

/// A checksum of the bytes so far.
pub(super) struct Checksum(XxHash3_64);

impl Checksum {
    pub(super) fn new() -> Self {
        Self(XxHash3_64::new())
    }

    pub(super) fn update(&mut self, bytes: &[u8]) {
        self.0.write(bytes);
    }

    pub(super) fn finish(self) -> u64 {
        self.0.finish()
    }
}

/// The checksum of a header: of the 16 bytes before the checksum's own place, and of the header.
pub(super) fn of_header(start: &[u8], header: &[u8]) -> u64 {
    let mut checksum = Checksum::new();
    checksum.update(start);
    checksum.update(header);
    checksum.finish()
}
