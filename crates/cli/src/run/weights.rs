//! Parameters that begin at those of a file of weights, which a stranger may have written.

use super::names::counted;
use crate::failure::Failure;
use crate::model::Real;
use glassgrad_autograd::Tape;
use glassgrad_data::Error as DataError;
use glassgrad_interchange::{Conversion, Error, npz, safetensors};
use glassgrad_tensor::Scalar;
use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::path::Path;

/// For names, shapes and whatever else a file says beside its numbers: 64 MiB.
const MOST_BESIDE: u64 = 64 << 20;

/// θ of a file of weights, all of them finite: NPZ by its name, else safetensors.
pub(crate) fn read_weights<T: Real>(tape: &Tape, path: &Path) -> Result<Vec<T>, Failure> {
    let wrong = |what: String| Failure::Data(format!("{}: {what}", path.display()));
    let most = MOST_BESIDE + 8 * tape.layout().len() as u64;
    let Some(bytes) = read_at_most(most, path)? else {
        return Err(wrong(format!(
            "more than {most} bytes, which is all that the {} of this network can take with 8 bytes each and 64 MiB beside; \
             expected its weights alone: without the state of an optimiser, and of no other network than --hidden \
             (model.hidden) says",
            counted(tape.layout().len(), "parameter")
        )));
    };
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase()).unwrap_or_default();
    let read = match &*ending {
        "npz" => npz::read(tape, &bytes, Conversion::Rounding),
        _ => safetensors::read(tape, &bytes, Conversion::Rounding),
    };
    let theta = read.map_err(|error| match (&*ending, error) {
        ("npz" | "safetensors", error) => wrong(error.to_string()),
        ("pt" | "pth" | "bin", Error::File { .. }) => wrong(format!(
            "not a safetensors file; expected .safetensors or .npz; PyTorch makes the former of it: import torch, \
             safetensors.torch as s; s.save_file(torch.load({:?}, map_location=\"cpu\"), \"weights.safetensors\")",
            path.display().to_string()
        )),
        (_, Error::File { .. }) => wrong("not a safetensors file; expected .safetensors or .npz".into()),
        (_, error) => wrong(error.to_string()),
    })?;
    check_finite(tape, &theta).map_err(wrong)?;
    Ok(theta)
}

/// The bytes of a file, unless there are more.
fn read_at_most(most: u64, path: &Path) -> Result<Option<Vec<u8>>, Failure> {
    let unread = |source: io::Error| {
        let file = path.display().to_string();
        match source.kind() {
            ErrorKind::NotFound => DataError::NotFound { file },
            _ => DataError::Read { file, source },
        }
    };
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(unread)?;
    file.take(most + 1).read_to_end(&mut bytes).map_err(unread)?;
    Ok((bytes.len() as u64 <= most).then_some(bytes))
}

/// Which number is none, if one is.
fn check_finite<T: Scalar>(tape: &Tape, theta: &[T]) -> Result<(), String> {
    for segment in tape.layout().segments() {
        let numbers = &theta[segment.range()];
        if let Some(index) = numbers.iter().position(|number| !number.is_finite()) {
            return Err(format!(
                "tensor {:?}: number {index} (counted from 0) is {}, expected finite numbers; the training that these \
                 weights are from has diverged: take ones that were saved before",
                segment.name,
                numbers[index].to_f64()
            ));
        }
    }
    Ok(())
}
