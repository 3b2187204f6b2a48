//! npz: θ as NumPy's archive of arrays, a zip file with `0.weight.npy` and so on inside.
//!
//! Names and shapes are those of [`safetensors`](crate::safetensors). In Python,
//!
//! ```text
//! with np.load("digits.npz") as f:
//!     weight = f["0.weight"]  # [out, in]
//! ```
//!
//! and what `np.savez` or `np.savez_compressed` wrote, also of transposed arrays, is read by [`read`].

mod npy;

use crate::number::Stored;
use crate::tensors::{self, Found, Tensor};
use crate::{Conversion, Error, Network, Number};
use glassgrad_autograd::Tape;
use miniz_oxide::inflate::{TINFLStatus, decompress_to_vec_with_limit};
use rawzip::{
    CompressionMethod, ZipArchive, ZipArchiveWriter, ZipFileHeaderRecord, ZipSliceArchive, ZipSliceEntry,
};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Display;
use std::io::{self, Write};

/// Writes all parameters, uncompressed.
///
/// # Errors
/// If θ does not fit the tape, or `out` fails.
pub fn write<T: Number>(network: &Network<'_, T>, out: impl Write) -> Result<(), Error> {
    network.check()?;
    let mut archive = ZipArchiveWriter::new(out);
    for Tensor { segment, shape } in tensors::tensors(network.tape) {
        let name = format!("{}.npy", segment.name);
        let (mut entry, config) = archive.new_file(&name[..]).start().map_err(unwritten)?;
        let mut data = config.wrap(&mut entry);
        data.write_all(&npy::header::<T>(&shape))?;
        tensors::write_numbers(&network.theta[segment.range()], &mut data)?;
        let (_, descriptor) = data.finish().map_err(unwritten)?;
        entry.finish(descriptor).map_err(unwritten)?;
    }
    Ok(archive.finish().map_err(unwritten)?.flush()?)
}

fn unwritten(error: rawzip::Error) -> Error {
    Error::Write { source: io::Error::other(error) }
}

/// θ of a tape from a file's bytes, its numbers of 16, 32 or 64 bits. A vector `[n]` may also be
/// `[1, n]` in the file. NaN and infinite numbers are read as they are.
///
/// An array is unpacked no further than the tape's tensor of that name needs, and one that the tape has no tensor for
/// no further than its header.
///
/// # Errors
/// [`Error::File`] if the file is damaged, [`Error::Mismatch`] with every tensor that is missing, surplus, or of
/// another shape or number type, [`Error::Overflow`] for a number that cannot be rounded to `f32`.
pub fn read<T: Number>(tape: &Tape, file: &[u8], conversion: Conversion) -> Result<Vec<T>, Error> {
    let wanted: BTreeMap<&str, usize> =
        tape.layout().segments().iter().map(|segment| (segment.name.as_str(), segment.len())).collect();
    let archive = ZipArchive::from_slice(file).map_err(|e| damaged(&e))?;
    let mut found = BTreeMap::new();
    let mut entries = archive.entries();
    while let Some(record) = entries.next_entry().map_err(|e| damaged(&e))? {
        let path = record.file_path();
        let Ok(path) = std::str::from_utf8(path.as_ref()) else {
            return Err(damaged(&"a name that is not UTF-8"));
        };
        let name = path.strip_suffix(".npy").unwrap_or(path).to_string();
        let array = array(&archive, &record, wanted.get(name.as_str()).copied())
            .map_err(|what| damaged(&format!("array {name:?}: {what}")))?;
        if found.insert(name, array).is_some() {
            return Err(damaged(&format!("{path:?} is in it twice")));
        }
    }
    tensors::theta(tape, &found, conversion)
}

/// One array of an archive, of which `wanted` numbers are needed, or only the header.
fn array(
    archive: &ZipSliceArchive<&[u8]>,
    record: &ZipFileHeaderRecord<'_>,
    wanted: Option<usize>,
) -> Result<Found<'static>, String> {
    let entry = archive.get_entry(record.wayfinder()).map_err(|e| e.to_string())?;
    let limit = npy::HEADER_LIMIT + wanted.map_or(0, |numbers| numbers.saturating_mul(size_of::<f64>()));
    let bytes = unpack(&entry, record.compression_method(), limit)?;
    let (mut found, start) = npy::parse_header(&bytes)?;
    let count = found.shape.iter().try_fold(1_usize, |count, &side| count.checked_mul(side));
    if wanted.is_none() || count != wanted || matches!(found.stored, Stored::Other(_)) {
        return Ok(found); // it will be refused for that: its numbers need not be sound
    }
    let (length, expected) = (bytes.len() - start, wanted.unwrap_or(0) * found.stored.size());
    if length != expected {
        return Err(format!("found {length} bytes of numbers, expected {expected}"));
    }
    io::copy(&mut entry.verifying_reader(&bytes[..]), &mut io::sink()).map_err(|e| e.to_string())?;
    found.bytes = Cow::Owned(bytes[start..].to_vec());
    Ok(found)
}

/// An entry's bytes, of compressed ones as many as `limit`.
fn unpack<'a>(
    entry: &ZipSliceEntry<'a>,
    method: CompressionMethod,
    limit: usize,
) -> Result<Cow<'a, [u8]>, String> {
    match method {
        CompressionMethod::STORE => Ok(Cow::Borrowed(entry.data())),
        CompressionMethod::DEFLATE => match decompress_to_vec_with_limit(entry.data(), limit) {
            Ok(bytes) => Ok(Cow::Owned(bytes)),
            Err(stopped) if stopped.status == TINFLStatus::HasMoreOutput => Ok(Cow::Owned(stopped.output)),
            Err(error) => Err(format!("compressed data is damaged: {error}")),
        },
        other => Err(format!("compressed by method {other:?}, expected stored or deflated")),
    }
}

fn damaged(what: &dyn Display) -> Error {
    Error::File { format: "npz", what: what.to_string() }
}
