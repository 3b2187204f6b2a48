//! [`Row`]: a record of a CSV file, cut into cells.
//!
//! Nearly all records are a line without quotation marks. They are cut where they stand, and what looks like a
//! number is read on the way. All others are left to `csv-core`, which knows the rules.

use crate::decimal;
use csv_core::{ReadRecordResult, Reader, ReaderBuilder};
use memchr::memchr3;

/// The cells of a record.
#[derive(Debug)]
pub(crate) struct Row {
    delimiter: u8,
    cells: Vec<Cell>,
    /// Whether they are parts of `text`, not of the record's own bytes.
    unquoted: bool,
    text: Vec<u8>,
    ends: Vec<usize>,
    parser: Reader,
}

/// Where a cell is, and the number in it, NaN if it is not [plain](decimal::plain).
#[derive(Clone, Copy, Debug)]
struct Cell {
    start: usize,
    end: usize,
    number: f64,
}

impl Row {
    pub(crate) fn new(delimiter: u8) -> Self {
        let parser = ReaderBuilder::new().delimiter(delimiter).build();
        Row { delimiter, cells: Vec::new(), unquoted: false, text: Vec::new(), ends: Vec::new(), parser }
    }

    /// How many cells.
    pub(crate) fn len(&self) -> usize {
        self.cells.len()
    }

    /// A cell of the row that was cut from `record`.
    pub(crate) fn bytes<'a>(&'a self, record: &'a [u8], column: usize) -> &'a [u8] {
        let Cell { start, end, .. } = self.cells[column];
        if self.unquoted { &self.text[start..end] } else { &record[start..end] }
    }

    /// The number in a cell, if it is plainly written.
    pub(crate) fn number(&self, column: usize) -> Option<f64> {
        let number = self.cells[column].number;
        (!number.is_nan()).then_some(number)
    }

    /// Cuts a line; false if it has a quotation mark, or a carriage return before its end.
    pub(crate) fn cut(&mut self, record: &[u8]) -> bool {
        let line = record.strip_suffix(b"\n").unwrap_or(record);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        self.unquoted = false;
        self.cells.clear();
        if matches!(self.delimiter, b'-' | b'.' | b'0'..=b'9') {
            return false; // it cannot be told from a number
        }
        let mut start = 0;
        loop {
            // Most often a few digits, which fit into a word with the delimiter.
            while let Some(eight) = line[start..].first_chunk() {
                let (number, length) = decimal::within(*eight);
                if length == 0 || length == 8 || eight[length] != self.delimiter {
                    break;
                }
                let end = start + length;
                self.cells.push(Cell { start, end, number: number as f64 });
                start = end + 1;
            }
            let (number, length) = decimal::leading(&line[start..]);
            let mut end = start + length;
            let mut number = number.unwrap_or(f64::NAN);
            if end < line.len() && line[end] != self.delimiter {
                number = f64::NAN;
                match memchr3(self.delimiter, b'"', b'\r', &line[end..]) {
                    None => end = line.len(),
                    Some(at) => end += at,
                }
            }
            match line.get(end) {
                None => {
                    self.cells.push(Cell { start, end, number });
                    return true;
                }
                Some(&byte) if byte == self.delimiter => self.cells.push(Cell { start, end, number }),
                Some(_) => return false,
            }
            start = end + 1;
        }
    }

    /// Begins with a record of any kind, to be [fed](Self::feed) a piece at a time.
    pub(crate) fn begin(&mut self) {
        self.unquoted = true;
        self.cells.clear();
        self.text.clear();
        self.ends.clear();
    }

    /// Takes in more of the record, nothing at the end of the file. Returns how many of the bytes belong to it,
    /// and whether it is whole.
    pub(crate) fn feed(&mut self, bytes: &[u8]) -> (usize, bool) {
        let mut taken = 0;
        let (mut text, mut ends) = (self.text.len(), self.ends.len());
        let whole = loop {
            self.text.resize(text + bytes.len() - taken + 1, 0);
            self.ends.resize(ends + 64, 0);
            let (result, read, written, found) =
                self.parser.read_record(&bytes[taken..], &mut self.text[text..], &mut self.ends[ends..]);
            taken += read;
            text += written;
            ends += found;
            match result {
                ReadRecordResult::OutputFull | ReadRecordResult::OutputEndsFull => {}
                ReadRecordResult::InputEmpty => break false,
                ReadRecordResult::Record | ReadRecordResult::End => break true,
            }
        };
        self.text.truncate(text);
        self.ends.truncate(ends);
        if whole {
            let starts = [0].into_iter().chain(self.ends.iter().copied());
            self.cells.extend(starts.zip(&self.ends).map(|(start, &end)| Cell {
                start,
                end,
                number: decimal::plain(&self.text[start..end]).unwrap_or(f64::NAN),
            }));
        }
        (taken, whole)
    }
}

#[cfg(test)]
mod tests {
    use super::Row;
    use glassgrad_tensor::random::{Purpose, below, stream};

    /// Each cell's text and the bits of its number.
    fn cells(row: &Row, record: &[u8]) -> Vec<(Vec<u8>, Option<u64>)> {
        let cell = |column| (row.bytes(record, column).to_vec(), row.number(column).map(f64::to_bits));
        (0..row.len()).map(cell).collect()
    }

    #[test]
    fn a_line_is_cut_as_csv_core_cuts_it() {
        let mut draws = stream(1, Purpose::Check, 0, 0);
        let (mut fast, mut whole, mut cut) = (Row::new(b','), Row::new(b','), 0);
        for _ in 0..50_000 {
            let length = 1 + below(&mut draws, 30);
            let mut line: Vec<u8> =
                (0..length).map(|_| b"0123456789,,,,.- a\"\r;"[below(&mut draws, 21) as usize]).collect();
            line.extend([b"\n", &b"\r\n"[..]][below(&mut draws, 2) as usize]);
            if fast.cut(&line) && line[0] != b'\r' && line != *b"\n" {
                cut += 1;
                whole.begin();
                whole.feed(&line);
                assert_eq!(cells(&fast, &line), cells(&whole, &line), "{:?}", String::from_utf8_lossy(&line));
            }
        }
        assert!(cut > 5_000, "{cut}");
    }
}
