//! IDX files, in which MNIST and its kin come.
//!
//! Two bytes of 0, the type of the numbers (8: bytes, the only one read here), the number of dimensions;
//! then each dimension in four bytes, the highest first, and the bytes themselves, the last dimension running
//! fastest (described with MNIST by LeCun, Cortes and Burges, 1998). The first dimension is the rows;
//! the others together are the columns.

use crate::Error;
use crate::npy::{Array, Shape};
use crate::open::{rest, unreadable};
use ndarray::Array2;
use std::io::{BufRead, Read};

/// Reads `[rows, columns]`; one-dimensional files have one column. `size` is the file's, if known.
pub(crate) fn read(mut bytes: impl BufRead, file: &str, size: Option<u64>) -> Result<Array2<u8>, Error> {
    let shape = shape(&mut bytes, file)?;
    match shape.array(rest(bytes, file, shape.start, shape.bytes(), size)?) {
        Array::Bytes(bytes) => Ok(bytes),
        Array::Numbers(_) => unreachable!("their type is bytes"),
    }
}

/// Reads a header.
pub(crate) fn shape(bytes: &mut impl Read, file: &str) -> Result<Shape, Error> {
    let damaged = |what: String| Error::Damaged { file: file.to_owned(), what };
    let mut word = || {
        let mut word = [0; 4];
        bytes.read_exact(&mut word).map(|()| word).map_err(|error| match error.kind() {
            std::io::ErrorKind::UnexpectedEof => damaged("the IDX header is cut off".to_owned()),
            _ => unreadable(file.to_owned(), error),
        })
    };
    let [zero, also_zero, kind, dimensions] = word()?;
    if (zero, also_zero) != (0, 0) {
        return Err(damaged("an IDX file begins with two bytes of 0".to_owned()));
    }
    if kind != 8 {
        return Err(damaged(format!("an IDX file of number type {kind}; expected 8, unsigned bytes")));
    }
    if !(1..=4).contains(&dimensions) {
        return Err(damaged(format!("an IDX file of {dimensions} dimensions; expected 1 to 4")));
    }
    let shape =
        (0..dimensions).map(|_| Ok(u64::from(u32::from_be_bytes(word()?)))).collect::<Result<Vec<_>, _>>()?;
    let product = |sizes: &[u64]| sizes.iter().try_fold(1_u64, |product, &size| product.checked_mul(size));
    let too_large = || damaged(format!("dimensions {shape:?} are beyond any memory"));
    let columns = product(&shape[1..]).ok_or_else(too_large)?;
    let length = product(&shape).ok_or_else(too_large)?;
    if length == 0 {
        return Err(damaged(format!("dimensions {shape:?}; expected at least one row and one column")));
    }
    Ok(Shape::of_bytes(shape[0], columns as usize, 4 + 4 * shape.len() as u64))
}
