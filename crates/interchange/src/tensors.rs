//! θ as named tensors, as PyTorch's `Sequential` has them, and named tensors back into θ.

use crate::number::Stored;
use crate::{Conversion, Error, Mismatch, Number};
use glassgrad_autograd::{Op, Segment, Tape};
use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};
use std::io::{self, Write};

/// A tensor as it is written: its name, its shape, its part of θ.
pub(crate) struct Tensor<'a> {
    pub(crate) segment: &'a Segment,
    pub(crate) shape: Vec<usize>,
}

/// Every parameter of a tape.
///
/// A bias, and a layer norm's weight, are `[1, n]` on the tape and `[n]` in PyTorch. What tells them from a
/// weight `[1, in]` of one output is that they are no factor of a matrix product.
pub(crate) fn tensors(tape: &Tape) -> Vec<Tensor<'_>> {
    let mut factors = HashSet::new();
    for var in tape.vars() {
        match *tape.op(var) {
            Op::Affine { x, w, .. } => factors.extend([x, w]),
            Op::MatMul { a, b, .. } => factors.extend([a, b]),
            _ => {}
        }
    }
    let matrices: HashSet<usize> = factors
        .into_iter()
        .filter_map(|var| if let Op::Param { segment } = *tape.op(var) { Some(segment) } else { None })
        .collect();
    let segments = tape.layout().segments().iter().enumerate();
    segments
        .map(|(index, segment)| {
            let vector = segment.rows == 1 && !matrices.contains(&index);
            let shape = if vector { vec![segment.columns] } else { vec![segment.rows, segment.columns] };
            Tensor { segment, shape }
        })
        .collect()
}

/// Numbers as little-endian bytes, some thousands at a time.
pub(crate) fn write_numbers<T: Number>(numbers: &[T], out: &mut impl Write) -> io::Result<()> {
    let mut bytes = Vec::new();
    for numbers in numbers.chunks(8192) {
        bytes.clear();
        for number in numbers {
            number.put(&mut bytes);
        }
        out.write_all(&bytes)?;
    }
    Ok(())
}

/// A tensor as a file has it.
pub(crate) struct Found<'a> {
    pub(crate) shape: Vec<usize>,
    pub(crate) stored: Stored,
    /// Little-endian numbers, as many as the shape says.
    pub(crate) bytes: Cow<'a, [u8]>,
    /// Column after column instead of row after row, as NumPy keeps a transposed array.
    pub(crate) by_columns: bool,
}

/// θ from the tensors of a file.
pub(crate) fn theta<T: Number>(
    tape: &Tape,
    file: &BTreeMap<String, Found<'_>>,
    conversion: Conversion,
) -> Result<Vec<T>, Error> {
    let tensors = tensors(tape);
    let mismatches = mismatches::<T>(&tensors, file, conversion);
    if !mismatches.is_empty() {
        return Err(Error::Mismatch { mismatches });
    }
    let mut theta = vec![T::zero(); tape.layout().len()];
    for Tensor { segment, .. } in tensors {
        let found = &file[&segment.name];
        let numbers = found.bytes.chunks_exact(found.stored.size()).map(|bytes| found.stored.number(bytes));
        let (rows, columns) = (segment.rows, segment.columns);
        let out = &mut theta[segment.range()];
        for (index, number) in numbers.enumerate() {
            let index = if found.by_columns { index % rows * columns + index / rows } else { index };
            out[index] = T::from_f64(number);
            if number.is_finite() && !out[index].is_finite() {
                return Err(Error::Overflow { name: segment.name.clone(), index, found: number });
            }
        }
    }
    Ok(theta)
}

fn mismatches<T: Number>(
    tensors: &[Tensor<'_>],
    file: &BTreeMap<String, Found<'_>>,
    conversion: Conversion,
) -> Vec<Mismatch> {
    let expected: HashSet<&str> = tensors.iter().map(|t| t.segment.name.as_str()).collect();
    let surplus: Vec<&str> =
        file.keys().map(String::as_str).filter(|name| !expected.contains(name)).collect();
    let missing: Vec<&str> = expected.iter().copied().filter(|&name| !file.contains_key(name)).collect();
    let mut mismatches = Vec::new();
    for Tensor { segment, shape } in tensors {
        let name = segment.name.clone();
        let Some(found) = file.get(&name) else {
            let nearest = nearest(&name, &surplus);
            mismatches.push(Mismatch::Missing { name, expected: shape.clone(), nearest });
            continue;
        };
        let row = [1, segment.columns];
        if found.shape != *shape && !(shape.len() == 1 && found.shape == row) {
            mismatches.push(Mismatch::Shape {
                name: name.clone(),
                expected: shape.clone(),
                found: found.shape.clone(),
            });
        }
        if !found.stored.fits::<T>(conversion) {
            mismatches.push(Mismatch::Type { name, expected: T::NAME, found: found.stored.name().into() });
        }
    }
    mismatches.extend(surplus.iter().map(|&name| Mismatch::Surplus {
        name: name.into(),
        found: file[name].shape.clone(),
        nearest: nearest(name, &missing),
    }));
    mismatches
}

/// The name that takes the fewest edits to write, unless more than half of it would have to be written anew.
fn nearest(wanted: &str, names: &[&str]) -> Option<String> {
    // A stranger's file may have long names, and many: comparing takes the product of the lengths.
    const COMPARED: usize = 64;
    let short = names.iter().filter(|name| name.len() <= COMPARED && wanted.len() <= COMPARED).take(COMPARED);
    let (distance, name) = short.map(|name| (strsim::levenshtein(wanted, name), *name)).min()?;
    (2 * distance <= name.chars().count()).then(|| name.into())
}
