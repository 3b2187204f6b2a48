//! [`Dataset::fingerprint`]: whether a run that is resumed has the data it was begun with.

use crate::{Dataset, Features, Targets};
use glassgrad_tensor::Scalar;
use std::hash::Hasher;
use twox_hash::XxHash3_64;

impl<T: Scalar> Dataset<T> {
    /// The 64-bit XXH3 of everything that the data set holds: equal for equal data sets, on every machine
    /// and for every number type that holds the numbers exactly; other data has, but for an accident in
    /// 2⁶⁴, another. It is no protection against somebody who means to deceive.
    ///
    /// What is hashed, integers as 8 bytes and all in little-endian order: rows and columns; for features
    /// kept as numbers 0 and each as the bits of an `f64`, row by row; for bytes 1, each column's factor and
    /// offset as `f64`, and the bytes; then for labels 0, their number and each in 4 bytes, and the names of the
    /// classes; for values 1, rows, outputs, and each as `f64`; last the names of the columns and of the
    /// target columns. A list of names is its length, and of each name its length in bytes and its UTF-8.
    ///
    /// ```
    /// # use glassgrad_data::Dataset;
    /// # use ndarray::array;
    /// let data = Dataset::with_labels(array![[0.0], [1.0]], vec![0, 1], 2)?;
    /// assert_eq!(data.fingerprint(), data.clone().fingerprint());
    /// assert_ne!(data.fingerprint(), data.select(&[1, 0])?.fingerprint());
    /// # Ok::<(), glassgrad_data::Error>(())
    /// ```
    pub fn fingerprint(&self) -> u64 {
        let mut hash = Hash(XxHash3_64::with_seed(0));
        let (rows, columns) = self.stored().dim();
        hash.integers([rows, columns]);
        match self.stored() {
            Features::Numbers(numbers) => {
                hash.integers([0]);
                hash.numbers(numbers);
            }
            Features::Bytes { bytes, factor, offset } => {
                hash.integers([1]);
                hash.numbers(factor);
                hash.numbers(offset);
                hash.0.write(bytes.as_slice().expect("features are kept row after row"));
            }
        }
        match self.targets() {
            Targets::Labels { labels, classes } => {
                hash.integers([0, labels.len()]);
                for label in labels {
                    hash.0.write(&label.to_le_bytes());
                }
                hash.names(classes);
            }
            Targets::Values(values) => {
                hash.integers([1, values.nrows(), values.ncols()]);
                hash.numbers(values);
            }
        }
        hash.names(self.columns());
        hash.names(self.target_columns());
        hash.0.finish()
    }
}

struct Hash(XxHash3_64);

impl Hash {
    fn integers(&mut self, integers: impl IntoIterator<Item = usize>) {
        integers.into_iter().for_each(|integer| self.0.write(&(integer as u64).to_le_bytes()));
    }

    fn numbers<'a, T: Scalar>(&mut self, numbers: impl IntoIterator<Item = &'a T>) {
        numbers.into_iter().for_each(|number| self.0.write(&number.to_f64().to_bits().to_le_bytes()));
    }

    fn names(&mut self, names: &[String]) {
        self.integers([names.len()]);
        for name in names {
            self.integers([name.len()]);
            self.0.write(name.as_bytes());
        }
    }
}
