//! [safetensors](https://github.com/huggingface/safetensors): θ as PyTorch's `state_dict`.
//!
//! The file is 8 bytes with the length of a JSON header, the header, and the numbers. Tensors have the names and
//! shapes of `torch.nn.Sequential(...)` with the same layers, activations counted: `0.weight` is `[out, in]`,
//! `0.bias` is `[out]`. So, in Python,
//!
//! ```text
//! model = torch.nn.Sequential(torch.nn.Linear(784, 64), torch.nn.ReLU(), torch.nn.Linear(64, 10))
//! model.load_state_dict(safetensors.torch.load_file("digits.safetensors"))
//! ```
//!
//! and what `safetensors.torch.save_file(model.state_dict(), "digits.safetensors")` wrote is read by [`read`].
//!
//! Files are written here and read by the `safetensors` crate, which checks a header thoroughly. Its writer keeps
//! the metadata in a hash map of random order, so the same network would not give the same bytes.

use crate::number::Stored;
use crate::tensors::{self, Found};
use crate::{Conversion, Error, Network, Number};
use ::safetensors::{Dtype, SafeTensors};
use glassgrad_autograd::Tape;
use serde_json::{Map, Value, json};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::Write;

const FORMAT: &str = "safetensors";

/// Writes all parameters.
///
/// The header's `__metadata__` gets the caller's pairs, and under `architecture` the program as text, one line a
/// value, under `producer` this crate and its version.
///
/// # Errors
/// If θ does not fit the tape, or `out` fails.
pub fn write<T: Number>(
    network: &Network<'_, T>,
    metadata: &[(&str, &str)],
    mut out: impl Write,
) -> Result<(), Error> {
    network.check()?;
    let mut about: Map<String, Value> =
        metadata.iter().map(|&(key, value)| (key.into(), value.into())).collect();
    about.insert("architecture".into(), network.architecture().into());
    about.insert("producer".into(), concat!("glassgrad ", env!("CARGO_PKG_VERSION")).into());

    let mut header = Map::new();
    header.insert("__metadata__".into(), about.into());
    let size = size_of::<T>();
    for tensor in tensors::tensors(network.tape) {
        let range = tensor.segment.range();
        let entry = json!({
            "dtype": if T::DOUBLE { "F64" } else { "F32" },
            "shape": tensor.shape,
            "data_offsets": [range.start * size, range.end * size],
        });
        header.insert(tensor.segment.name.clone(), entry);
    }
    let mut header = Value::Object(header).to_string().into_bytes();
    // So that the numbers lie at a multiple of their size.
    header.resize(header.len().next_multiple_of(8), b' ');
    out.write_all(&(header.len() as u64).to_le_bytes())?;
    out.write_all(&header)?;
    tensors::write_numbers(network.theta, &mut out)?;
    Ok(out.flush()?)
}

/// θ of a tape from a file's bytes, its numbers of 16 (`F16`, `BF16`), 32 or 64 bits. A vector `[n]` may also be
/// `[1, n]` in the file. NaN and infinite numbers are read as they are.
///
/// # Errors
/// [`Error::File`] if the file is damaged, [`Error::Mismatch`] with every tensor that is missing, surplus, or of
/// another shape or number type, [`Error::Overflow`] for a number that cannot be rounded to `f32`.
pub fn read<T: Number>(tape: &Tape, file: &[u8], conversion: Conversion) -> Result<Vec<T>, Error> {
    let parsed = SafeTensors::deserialize(file).map_err(|e| damaged(&e))?;
    let tensors = parsed.iter().map(|(name, tensor)| {
        let stored = match tensor.dtype() {
            Dtype::F16 => Stored::Half,
            Dtype::BF16 => Stored::Brain,
            Dtype::F32 => Stored::Single,
            Dtype::F64 => Stored::Double,
            other => Stored::Other(format!("{other:?}")),
        };
        let (shape, bytes) = (tensor.shape().to_vec(), Cow::Borrowed(tensor.data()));
        (name.to_string(), Found { shape, stored, bytes, by_columns: false })
    });
    tensors::theta(tape, &tensors.collect(), conversion)
}

/// The file's `__metadata__`, in order of its keys.
///
/// # Errors
/// [`Error::File`] if the file is damaged.
pub fn metadata(file: &[u8]) -> Result<BTreeMap<String, String>, Error> {
    let (_, header) = SafeTensors::read_metadata(file).map_err(|e| damaged(&e))?;
    let pairs = header.metadata().iter().flatten();
    Ok(pairs.map(|(key, value)| (key.clone(), value.clone())).collect())
}

fn damaged(error: &::safetensors::SafeTensorError) -> Error {
    Error::File { format: FORMAT, what: error.to_string() }
}
