//! [`Lines`]: a file in memory a piece at a time, of which one record is taken line by line.
//!
//! Whoever parses a record is lent its bytes where they were read, and knows on which line it begins, which a
//! parser that counts line breaks does not: it is one off after blank lines. Blank lines are left out, and a record
//! is bounded.

use memchr::memchr;
use std::io::{self, ErrorKind, Read};

/// The most bytes of one record, line breaks inside quotation marks included.
pub(crate) const RECORD_LIMIT: usize = 4 << 20;

/// The memory to begin with; it grows up to four times the longest record.
const BUFFER: usize = 1 << 17;

/// What programs of some vendors write before text to say that it is UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// The lines of `inner`, and the record made of the last of them.
#[derive(Debug)]
pub(crate) struct Lines<R> {
    inner: R,
    buffer: Vec<u8>,
    /// Where in `buffer` the record begins, where it ends so far, and where what has been read ends.
    start: usize,
    end: usize,
    filled: usize,
    /// The offset in the file of `buffer[0]`.
    offset: u64,
    /// Lines taken.
    number: u64,
    /// The line on which the record begins.
    first: u64,
}

impl<R: Read> Lines<R> {
    pub(crate) fn new(inner: R) -> Self {
        Self::after(inner, 0, 0)
    }

    /// Lines that so many bytes and lines come before in the file.
    pub(crate) fn after(inner: R, offset: u64, number: u64) -> Self {
        Lines { inner, buffer: vec![0; BUFFER], start: 0, end: 0, filled: 0, offset, number, first: 0 }
    }

    /// Begins the next record, with its first line; false at the end of the file.
    pub(crate) fn start(&mut self) -> io::Result<bool> {
        loop {
            self.start = self.end;
            self.first = self.number + 1;
            if !self.extend()? {
                return Ok(false);
            }
            if self.offset + self.start as u64 == 0 && self.record().starts_with(BYTE_ORDER_MARK) {
                self.start = BYTE_ORDER_MARK.len();
            }
            if !self.record().iter().all(|byte| matches!(byte, b'\r' | b'\n')) {
                return Ok(true);
            }
        }
    }

    /// Takes one more line into the record; false if there is none.
    pub(crate) fn extend(&mut self) -> io::Result<bool> {
        let mut searched = self.end;
        loop {
            if let Some(at) = memchr(b'\n', &self.buffer[searched..self.filled]) {
                self.end = searched + at + 1;
                break;
            }
            let left = self.filled - self.end; // which `fill` may move
            if self.filled - self.start > RECORD_LIMIT {
                self.end = self.filled;
                break;
            }
            if self.fill()? == 0 {
                self.end = self.filled;
                if left == 0 {
                    return Ok(false);
                }
                break;
            }
            searched = self.end + left;
        }
        self.number += 1;
        Ok(true)
    }

    /// Reads on, at least one byte unless the file has ended.
    fn fill(&mut self) -> io::Result<usize> {
        if self.filled == self.buffer.len() {
            if self.start > self.buffer.len() / 2 {
                self.buffer.copy_within(self.start.., 0);
                self.offset += self.start as u64;
                self.end -= self.start;
                self.filled -= self.start;
                self.start = 0;
            } else {
                self.buffer.resize(2 * self.buffer.len(), 0);
            }
        }
        loop {
            match self.inner.read(&mut self.buffer[self.filled..]) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                read => {
                    let read = read?;
                    self.filled += read;
                    return Ok(read);
                }
            }
        }
    }

    /// The bytes of the record, its line break included.
    pub(crate) fn record(&self) -> &[u8] {
        &self.buffer[self.start..self.end]
    }

    /// Gives back what of the record comes after its first `len` bytes, to be part of the next.
    pub(crate) fn cut(&mut self, len: usize) {
        if self.start + len < self.end {
            self.end = self.start + len;
            self.number -= 1; // the rest of the line is taken again
        }
    }

    /// Whether the record has more bytes than a record may.
    pub(crate) fn is_too_long(&self) -> bool {
        self.end - self.start > RECORD_LIMIT
    }

    /// The line on which the record begins, from 1.
    pub(crate) fn line(&self) -> u64 {
        self.first
    }

    /// The offset in the file of the record's first byte.
    pub(crate) fn position(&self) -> u64 {
        self.offset + self.start as u64
    }

    /// How many bytes and lines the records so far have taken.
    pub(crate) fn passed(&self) -> (u64, u64) {
        (self.offset + self.end as u64, self.number)
    }
}
