//! [`Refusal`]: what is wrong with a file, and at which byte.

use crate::wording::quoted;
use std::fmt::{self, Display, Formatter};

/// Why a file is not believed. Bytes count from the start of the file, from 0.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[allow(missing_docs, reason = "each message says what the fields of its variant are")]
pub enum Refusal {
    /// Too short to begin with.
    Short { length: u64, format: &'static str },
    /// Another kind of file.
    Magic { format: &'static str },
    /// Written by a later format version.
    Newer { format: &'static str, found: u32, newest: u32 },
    /// Written by a format version that is no longer read.
    Older { format: &'static str, found: u32, oldest: u32 },
    /// The header does not fit the file, or is larger than headers are.
    HeaderLength { found: u64, length: u64 },
    /// The header is not as it was written.
    HeaderChecksum { end: u64 },
    /// The header says what no header says.
    HeaderContent { byte: u64, problem: String },
    /// A section without a name, or with that of another.
    SectionName { section: String },
    /// A section with no numbers, or with more than 2⁶⁴ bytes of them.
    SectionShape { section: String, rows: u64, columns: u64 },
    /// A section that does not begin where the one before it ends.
    SectionPlace { section: String, found: u64, expected: u64 },
    /// The file ends within a section.
    Truncated { section: String, offset: u64, bytes: u64, length: u64 },
    /// The file goes on after its last section.
    Trailing { end: u64, length: u64 },
    /// A byte between sections is not zero.
    Padding { section: String, byte: u64 },
    /// The numbers of a section are not as they were written.
    SectionChecksum { section: String, from: u64, to: u64 },
}

impl Display for Refusal {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Short { length, format } => {
                write!(f, "it ends at byte {length}, within the first 24 bytes that every {format} has")
            }
            Self::Magic { format } => {
                write!(
                    f,
                    "not a {format}: bytes 0 to 8 are not those that one begins with; expected one that glassgrad wrote"
                )
            }
            Self::Newer { format, found, newest } => write!(
                f,
                "{format}: written by format {found}, this reads ≤ {newest} (bytes 8 to 12); \
                 use a newer version of the program, or, if there is no format {found}, the file is damaged there"
            ),
            Self::Older { format, found, oldest } => write!(
                f,
                "{format}: written by format {found}, this reads ≥ {oldest} (bytes 8 to 12); \
                 use an older version of the program to convert it"
            ),
            Self::HeaderLength { found, length } => write!(
                f,
                "bytes 12 to 16: a header of {found} bytes, which the file of {length} bytes has no room for \
                 or no header takes; it is truncated or damaged"
            ),
            Self::HeaderChecksum { end } => {
                write!(f, "checksum mismatch in the header, bytes 0 to {end}: it is damaged")
            }
            Self::HeaderContent { byte, problem } => write!(f, "the header at byte {byte}: {problem}"),
            Self::SectionName { section } => write!(
                f,
                "the header's section table: a section named {}; expected another name for each, and none empty",
                quoted(section)
            ),
            Self::SectionShape { section, rows, columns } => write!(
                f,
                "section {}: a shape of [{rows}, {columns}]; expected at least one number, \
                 and no more than a file can hold",
                quoted(section)
            ),
            Self::SectionPlace { section, found, expected } => write!(
                f,
                "section {}: begins at byte {found}, expected {expected}: sections follow each other \
                 without overlap or hole",
                quoted(section)
            ),
            Self::Truncated { section, offset, bytes, length } => write!(
                f,
                "section {}: truncated at byte {length}; expected {bytes} bytes from byte {offset} on",
                quoted(section)
            ),
            Self::Trailing { end, length } => write!(
                f,
                "{} bytes after the end of the last section, from byte {end} on; expected none",
                length - end
            ),
            Self::Padding { section, byte } => {
                write!(f, "byte {byte}, before section {}: not zero; it is damaged", quoted(section))
            }
            Self::SectionChecksum { section, from, to } => {
                write!(
                    f,
                    "checksum mismatch in section {}, bytes {from} to {to}: it is damaged",
                    quoted(section)
                )
            }
        }
    }
}
