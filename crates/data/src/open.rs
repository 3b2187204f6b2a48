//! [`Bytes`]: a file, unpacked if it is compressed.
//!
//! Gzip can pack a thousand bytes into one, so a small file could fill any memory. What comes out may
//! be [`SLACK`] bytes and [`RATIO`] times what has been read of the file, no more: tables of numbers as text
//! shrink 3 to 30 times, images of digits 5 times. The bound holds at every moment, so whoever reads
//! until the end of a file keeps no more than a fixed multiple of the file's own size.

use crate::Error;
use flate2::bufread::MultiGzDecoder;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, ErrorKind, Read, Seek};
use std::path::Path;

/// How many times its own size a compressed file may unpack to.
const RATIO: u64 = 256;
/// The bytes that any compressed file may unpack to: so that a short file of zeros is no suspect.
const SLACK: u64 = 16 << 20;

/// The bytes of a file.
#[derive(Debug)]
pub(crate) enum Bytes<R> {
    Plain(R),
    Gzip(Box<Unpacked<R>>),
}

/// Opens a file; one whose name ends in `.gz` is unpacked. With the bytes that it takes, if it is not.
pub(crate) fn open(path: &Path) -> Result<(Bytes<File>, Option<u64>), Error> {
    let file = path.display().to_string();
    let unreadable = |source: io::Error| match source.kind() {
        ErrorKind::NotFound => Error::NotFound { file: file.clone() },
        _ => Error::Read { file: file.clone(), source },
    };
    let metadata = fs::metadata(path).map_err(unreadable)?;
    if metadata.is_dir() {
        return Err(Error::Folder { file });
    }
    let mut opened = File::open(path).map_err(unreadable)?;
    Ok(if path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("gz")) {
        (Bytes::Gzip(Box::new(Unpacked::new(opened))), None)
    } else {
        if metadata.is_file() && is_gzip(&mut opened).map_err(unreadable)? {
            return Err(Error::Gzip { file });
        }
        (Bytes::Plain(opened), metadata.is_file().then_some(metadata.len()))
    })
}

/// Whether a file begins as gzip does, which no format does that is read here.
fn is_gzip(file: &mut File) -> io::Result<bool> {
    let mut start = Vec::new();
    file.by_ref().take(2).read_to_end(&mut start)?;
    file.rewind()?;
    Ok(start == [0x1f, 0x8b])
}

/// What unpacking a gzip file gives.
#[derive(Debug)]
pub(crate) struct Unpacked<R> {
    decoder: MultiGzDecoder<BufReader<Counted<R>>>,
    unpacked: u64,
}

impl<R: Read> Unpacked<R> {
    pub(crate) fn new(packed: R) -> Self {
        let packed = BufReader::with_capacity(1 << 16, Counted { inner: packed, read: 0 });
        Unpacked { decoder: MultiGzDecoder::new(packed), unpacked: 0 }
    }
}

impl<R: Read> Read for Unpacked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let damaged = |what: &str| io::Error::new(ErrorKind::InvalidData, format!("gzip: {what}"));
        let n = self.decoder.read(buffer).map_err(|error| match error.kind() {
            ErrorKind::UnexpectedEof => damaged("the file is cut off, or goes on after its end"),
            ErrorKind::InvalidInput | ErrorKind::InvalidData => damaged(&error.to_string()),
            _ => error,
        })?;
        self.unpacked += n as u64;
        let packed = self.decoder.get_ref();
        let read = packed.get_ref().read - packed.buffer().len() as u64;
        if self.unpacked > SLACK + RATIO * read {
            return Err(damaged(&format!(
                "{read} bytes unpack to more than {RATIO} times as many; if that is meant, unpack the file first"
            )));
        }
        Ok(n)
    }
}

impl<R: Read> Read for Bytes<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Bytes::Plain(bytes) => bytes.read(buffer),
            Bytes::Gzip(bytes) => bytes.read(buffer),
        }
    }
}

/// A reader, and how many bytes came from it.
#[derive(Debug)]
struct Counted<R> {
    inner: R,
    read: u64,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buffer)?;
        self.read += n as u64;
        Ok(n)
    }
}

/// What a failed read says about the file: that its content is damaged, or that the system could not.
pub(crate) fn unreadable(file: String, source: io::Error) -> Error {
    match source.kind() {
        ErrorKind::InvalidData => Error::Damaged { file, what: source.to_string() },
        _ => Error::Read { file, source },
    }
}

/// Exactly `length` bytes up to the end of the file, of which `size` tells the length if it is known.
///
/// The memory grows with what is really there, not with what a header promised.
pub(crate) fn rest(
    mut bytes: impl BufRead,
    file: &str,
    header: u64,
    length: u64,
    size: Option<u64>,
) -> Result<Vec<u8>, Error> {
    let wrong = |found: String| Error::Damaged {
        file: file.to_owned(),
        what: format!("{found} after the header, which announces {length}"),
    };
    if let Some(size) = size
        && size.saturating_sub(header) != length
    {
        return Err(wrong(format!("{} bytes", size.saturating_sub(header))));
    }
    let mut data = Vec::new();
    let failed = |source| unreadable(file.to_owned(), source);
    bytes.by_ref().take(length).read_to_end(&mut data).map_err(failed)?;
    if (data.len() as u64) < length {
        return Err(wrong(format!("{} bytes", data.len())));
    }
    if !bytes.fill_buf().map_err(failed)?.is_empty() {
        return Err(wrong("more bytes".to_owned()));
    }
    Ok(data)
}
