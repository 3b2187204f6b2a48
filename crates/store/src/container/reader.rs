//! [`Reader`]: a file whose every byte has been checked.

use super::checksum::{self, Checksum};
use super::refusal::Refusal;
use super::section::{self, Element, SectionInfo};
use super::{ALIGNMENT, BUFFER, Format, MAX_HEADER, PREFIX, codec};
use crate::error::Error;
use serde::de::DeserializeOwned;
use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

/// A file that was found whole, ready to be read.
#[derive(Debug)]
pub struct Reader<R> {
    source: R,
    path: PathBuf,
    version: u32,
    header: Vec<u8>,
    /// Where in `header` the caller's begins.
    content: usize,
    sections: Vec<SectionInfo>,
}

impl Reader<File> {
    /// Opens a file and checks all of it.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::NotAFile`], [`Error::Read`]; [`Error::Refused`] for any byte that is not
    /// as it was written.
    pub fn open(path: impl AsRef<Path>, format: &Format) -> Result<Self, Error> {
        let path = path.as_ref();
        let open = || {
            // Asked first, since opening a named pipe waits for its writer.
            let kind = fs::metadata(path)?;
            if kind.is_file() { File::open(path).map(Some) } else { Ok(None) }
        };
        match open() {
            Ok(Some(file)) => Self::new(file, path, format),
            Ok(None) => Err(Error::NotAFile { path: path.into(), expected: format.name }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                Err(Error::NotFound { path: path.into() })
            }
            Err(source) => Err(Error::Read { path: path.into(), source }),
        }
    }
}

impl<R: Read + Seek> Reader<R> {
    /// Checks all of a source, which messages call `path`.
    ///
    /// # Errors
    /// [`Error::Read`]; [`Error::Refused`] for any byte that is not as it was written.
    pub fn new(mut source: R, path: impl AsRef<Path>, format: &Format) -> Result<Self, Error> {
        let path = path.as_ref().to_path_buf();
        match examine(&mut source, format) {
            Ok((version, header, content, sections)) => {
                Ok(Self { source, path, version, header, content, sections })
            }
            Err(Stop::Refused(refusal)) => Err(Error::Refused { path, refusal }),
            Err(Stop::Failed(source)) => Err(Error::Read { path, source }),
        }
    }

    /// The format version that it was written by.
    pub fn version(&self) -> u32 {
        self.version
    }

    /// What the file calls its sections and their shapes, in the order of the file.
    pub fn sections(&self) -> &[SectionInfo] {
        &self.sections
    }

    /// The caller's header.
    ///
    /// # Errors
    /// [`Error::Refused`] if the bytes are no `H`, or more than one.
    pub fn header<H: DeserializeOwned>(&self) -> Result<H, Error> {
        let content = &self.header[self.content..];
        let refused = |byte: usize, problem| {
            let refusal = Refusal::HeaderContent { byte: byte as u64, problem };
            Error::Refused { path: self.path.clone(), refusal }
        };
        let start = PREFIX + self.content;
        let (header, used) = codec::decode(content).map_err(|problem| refused(start, problem))?;
        if used < content.len() {
            return Err(refused(start + used, format!("{} bytes are left over", content.len() - used)));
        }
        Ok(header)
    }

    /// The numbers of a section, row by row, with the bits that were written.
    ///
    /// # Errors
    /// [`Error::NoSection`], [`Error::WrongType`], [`Error::Read`]; [`Error::Refused`] if the file has changed
    /// since it was opened.
    pub fn read_section<T: Element>(&mut self, name: &str) -> Result<Vec<T>, Error> {
        let Some(section) = self.sections.iter().find(|section| section.name == name) else {
            let known = self.sections.iter().map(|section| section.name.clone()).collect();
            return Err(Error::NoSection { path: self.path.clone(), section: name.into(), known });
        };
        if section.dtype != T::DTYPE {
            let (found, expected) = (section.dtype, T::DTYPE);
            return Err(Error::WrongType { path: self.path.clone(), section: name.into(), found, expected });
        }
        let mut numbers = Vec::new();
        let mut read = || {
            let too_large = |_| io::Error::from(io::ErrorKind::OutOfMemory);
            let count = usize::try_from(section.rows * section.columns).map_err(too_large)?;
            numbers.try_reserve_exact(count).map_err(io::Error::other)?;
            self.source.seek(SeekFrom::Start(section.offset))?;
            verify(&mut self.source, section, &mut buffer(), |bytes| T::append(bytes, &mut numbers))
        };
        match read() {
            Ok(()) => Ok(numbers),
            Err(Stop::Refused(refusal)) => Err(Error::Refused { path: self.path.clone(), refusal }),
            Err(Stop::Failed(source)) => Err(Error::Read { path: self.path.clone(), source }),
        }
    }
}

/// Why a file could not be read.
enum Stop {
    /// It is not as it was written.
    Refused(Refusal),
    /// The operating system could not.
    Failed(io::Error),
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::Failed(error)
    }
}

fn buffer() -> Vec<u8> {
    vec![0; BUFFER]
}

/// Checks a whole file: its version, header, the place in the header where the caller's begins, and table.
fn examine<R: Read + Seek>(
    source: &mut R,
    format: &Format,
) -> Result<(u32, Vec<u8>, usize, Vec<SectionInfo>), Stop> {
    let length = source.seek(SeekFrom::End(0))?;
    source.rewind()?;
    let mut prefix = [0; PREFIX];
    if length < PREFIX as u64 {
        return Err(Refusal::Short { length, format: format.name }.into());
    }
    source.read_exact(&mut prefix)?;
    let (start, stored) = prefix.split_at(16);
    let (magic, numbers) = start.split_at(8);
    let number = |at: usize| u32::from_le_bytes(numbers[at..at + 4].try_into().expect("4 bytes"));

    if magic != format.magic {
        return Err(Refusal::Magic { format: format.name }.into());
    }
    let (version, header_length) = (number(0), number(4) as usize);
    if version > format.newest {
        return Err(Refusal::Newer { format: format.name, found: version, newest: format.newest }.into());
    }
    let end = (PREFIX + header_length) as u64;
    if header_length > MAX_HEADER || end > length {
        return Err(Refusal::HeaderLength { found: header_length as u64, length }.into());
    }
    let mut header = vec![0; header_length];
    source.read_exact(&mut header)?;
    if checksum::of_header(start, &header).to_le_bytes() != stored {
        return Err(Refusal::HeaderChecksum { end }.into());
    }
    // Only now, as a damaged version must not be taken for an old one.
    if version < format.oldest {
        return Err(Refusal::Older { format: format.name, found: version, oldest: format.oldest }.into());
    }
    let (sections, content): (Vec<SectionInfo>, _) =
        codec::decode(&header).map_err(|problem| Refusal::HeaderContent { byte: PREFIX as u64, problem })?;
    section::check(&sections, end, length)?;

    let (mut buffer, mut at) = (buffer(), end);
    for section in &sections {
        let padding = &mut [0; ALIGNMENT as usize][..(section.offset - at) as usize];
        source.read_exact(padding)?;
        if let Some(first) = padding.iter().position(|byte| *byte != 0) {
            return Err(Refusal::Padding { section: section.name.clone(), byte: at + first as u64 }.into());
        }
        verify(source, section, &mut buffer, |_| ())?;
        at = section.offset + section.bytes().expect("the table was checked");
    }
    Ok((version, header, content, sections))
}

/// Reads a section from its first byte on, hands its bytes out in pieces, and compares its checksum.
fn verify<R: Read>(
    source: &mut R,
    section: &SectionInfo,
    buffer: &mut [u8],
    mut take: impl FnMut(&[u8]),
) -> Result<(), Stop> {
    let bytes = section.bytes().expect("the table was checked");
    let (mut checksum, mut left) = (Checksum::new(), bytes);
    while left > 0 {
        let piece = &mut buffer[..left.min(BUFFER as u64) as usize];
        source.read_exact(piece)?;
        checksum.update(piece);
        take(piece);
        left -= piece.len() as u64;
    }
    if checksum.finish() == section.checksum {
        Ok(())
    } else {
        let (from, to) = (section.offset, section.offset + bytes);
        Err(Refusal::SectionChecksum { section: section.name.clone(), from, to }.into())
    }
}
