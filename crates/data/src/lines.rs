//! [`Lines`]: a file handed on one line at a time, so that whoever parses it knows where it is.
//!
//! The `csv` crate counts line breaks that it has passed, which is one off after CRLF and after blank
//! lines, and it keeps a record of any length. This reader stands below it: it never reads ahead of
//! the line being parsed, so its line number is that of the parser; it leaves blank lines out; and it
//! bounds what one record may take.

use std::io::{self, BufRead, Read};

/// The most bytes of one record, line breaks inside quotation marks included.
pub(crate) const RECORD_LIMIT: usize = 4 << 20;

/// Lines of `inner`, with the place of the record being read.
#[derive(Debug)]
pub(crate) struct Lines<R> {
    inner: R,
    line: Vec<u8>,
    /// How much of `line` has been handed on.
    handed: usize,
    /// The number of `line` in the file, from 1; 0 before the first.
    number: u64,
    /// The offset in the file of the byte after `line`.
    offset: u64,
    /// The number of the first line of the record; none while all of it came from an earlier line.
    first: Option<u64>,
    /// How many bytes the record may still take, and one more: at 0 it is too long.
    left: usize,
    quotes: usize,
    /// The offset in the file of the first byte that is not UTF-8.
    pub(crate) not_utf8: Option<u64>,
}

impl<R: BufRead> Lines<R> {
    pub(crate) fn new(inner: R) -> Self {
        Lines {
            inner,
            line: Vec::new(),
            handed: 0,
            number: 0,
            offset: 0,
            first: None,
            left: RECORD_LIMIT + 1,
            quotes: 0,
            not_utf8: None,
        }
    }

    /// To be called before each record.
    pub(crate) fn start_record(&mut self) {
        self.first = None;
        self.left = RECORD_LIMIT + 1;
        self.quotes = 0;
    }

    /// The line on which the record begins.
    pub(crate) fn record_line(&self) -> u64 {
        self.first.unwrap_or(self.number)
    }

    /// Whether a quotation mark was opened and not closed.
    pub(crate) fn quote_is_open(&self) -> bool {
        self.quotes % 2 == 1
    }

    /// Whether reading stopped because the record is too long.
    pub(crate) fn record_is_too_long(&self) -> bool {
        self.left == 0
    }

    /// Reads the next line that is part of a record; an empty `line` is the end of the file.
    fn advance(&mut self) -> io::Result<()> {
        loop {
            self.line.clear();
            self.handed = 0;
            let read = self.inner.by_ref().take(self.left as u64).read_until(b'\n', &mut self.line)?;
            if read == 0 {
                return Ok(());
            }
            let start = self.offset;
            self.offset += read as u64;
            self.number += 1;
            if !self.quote_is_open() && matches!(self.line.as_slice(), b"\n" | b"\r\n") {
                continue;
            }
            self.first.get_or_insert(self.number);
            self.left -= read;
            if self.left == 0 {
                return Err(io::Error::other("a record beyond the limit"));
            }
            self.quotes += self.line.iter().map(|&byte| usize::from(byte == b'"')).sum::<usize>();
            if let Err(error) = std::str::from_utf8(&self.line) {
                self.not_utf8.get_or_insert(start + error.valid_up_to() as u64);
            }
            return Ok(());
        }
    }
}

impl<R: BufRead> Read for Lines<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.handed == self.line.len() {
            self.advance()?;
        }
        let rest = &self.line[self.handed..];
        let n = rest.len().min(buffer.len());
        buffer[..n].copy_from_slice(&rest[..n]);
        self.handed += n;
        Ok(n)
    }
}
