//! The header of an npy file: a magic, a version, a length, and a Python dictionary as text.
//!
//! Source: NumPy's `numpy.lib.format`, versions 1.0 to 3.0.

use crate::Number;
use crate::number::Stored;
use crate::tensors::Found;
use std::borrow::Cow;

const MAGIC: &[u8] = b"\x93NUMPY";

/// The longest header that is read: magic, version, length and as much text as NumPy itself reads by default.
pub(super) const HEADER_LIMIT: usize = 12 + 10_000;

/// As many dimensions as NumPy knows.
const MOST_DIMENSIONS: usize = 64;

/// The header of an array, padded so that its numbers begin at a multiple of 64.
pub(super) fn header<T: Number>(shape: &[usize]) -> Vec<u8> {
    // A tuple of one has a comma behind it.
    let comma = if shape.len() == 1 { "," } else { "" };
    let sides = shape.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let number = if T::DOUBLE { "<f8" } else { "<f4" };
    let mut text = format!("{{'descr': '{number}', 'fortran_order': False, 'shape': ({sides}{comma}), }}");
    let before = MAGIC.len() + 4;
    let length = (before + text.len() + 1).next_multiple_of(64) - before;
    text.extend(std::iter::repeat_n(' ', length - 1 - text.len()));
    text.push('\n');
    let length = u16::try_from(length).expect("two numbers and some words");
    [MAGIC, &[1, 0], &length.to_le_bytes(), text.as_bytes()].concat()
}

/// What a header says, without the numbers, and where they begin.
pub(super) fn parse_header(file: &[u8]) -> Result<(Found<'static>, usize), String> {
    let rest = file.strip_prefix(MAGIC).ok_or("no npy file inside")?;
    let (length, start) = match *rest {
        [1, _, a, b, ..] => (usize::from(u16::from_le_bytes([a, b])), MAGIC.len() + 4),
        [2 | 3, _, a, b, c, d, ..] => (u32::from_le_bytes([a, b, c, d]) as usize, MAGIC.len() + 6),
        _ => return Err("npy version found is none of 1, 2 and 3, or the header is cut off".into()),
    };
    let end = start.checked_add(length).filter(|&end| end <= HEADER_LIMIT && end <= file.len());
    let end = end.ok_or_else(|| format!("npy header of {length} bytes is cut off or too long"))?;
    let text = std::str::from_utf8(&file[start..end]).map_err(|_| "npy header is not text")?;
    let entry = |key: &str| {
        let (_, value) = text.split_once(key).ok_or_else(|| format!("npy header has no {key}"))?;
        Ok::<&str, String>(value.trim_start())
    };
    let by_columns = match entry("'fortran_order':")? {
        value if value.starts_with("True") => true,
        value if value.starts_with("False") => false,
        _ => return Err("npy header's 'fortran_order' is neither True nor False".into()),
    };
    let stored = match entry("'descr':")?.strip_prefix('\'').and_then(|value| value.split_once('\'')) {
        Some(("<f2", _)) => Stored::Half,
        Some(("<f4", _)) => Stored::Single,
        Some(("<f8", _)) => Stored::Double,
        Some((other, _)) => Stored::Other(other.into()),
        None => Stored::Other("structure".into()),
    };
    let sides = entry("'shape':")?.strip_prefix('(').and_then(|value| value.split_once(')'));
    let (sides, _) = sides.ok_or("npy header's 'shape' is no tuple")?;
    let sides = sides.split(',').map(str::trim).filter(|side| !side.is_empty());
    let shape: Result<Vec<usize>, _> = sides.take(MOST_DIMENSIONS + 1).map(str::parse).collect();
    let shape = shape.map_err(|_| "npy header's 'shape' is not made of whole numbers")?;
    if shape.len() > MOST_DIMENSIONS {
        return Err(format!("more than {MOST_DIMENSIONS} dimensions"));
    }
    Ok((Found { shape, stored, bytes: Cow::Borrowed(&[]), by_columns }, end))
}
