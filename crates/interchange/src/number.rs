//! [`Number`]: the number types that files have a word for.

use glassgrad_tensor::Scalar;

/// `f32` or `f64`: what θ is made of, and what a file's tensors hold.
pub trait Number: Scalar {
    /// Its name in Rust.
    const NAME: &'static str;
    /// Whether it is `f64`.
    const DOUBLE: bool;
    /// Its bytes, little end first, at the end of `out`.
    fn put(self, out: &mut Vec<u8>);
}

impl Number for f32 {
    const NAME: &'static str = "f32";
    const DOUBLE: bool = false;
    fn put(self, out: &mut Vec<u8>) {
        out.extend(self.to_le_bytes());
    }
}

impl Number for f64 {
    const NAME: &'static str = "f64";
    const DOUBLE: bool = true;
    fn put(self, out: &mut Vec<u8>) {
        out.extend(self.to_le_bytes());
    }
}

/// What may happen to a file's numbers on their way into θ.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Conversion {
    /// Nothing is lost: `f32` into `f32` or `f64`, and `f64` into `f64`. `f64` into `f32` is refused.
    #[default]
    Exact,
    /// `f64` into `f32` as well, each number rounded to the nearest. One beyond `f32` is refused.
    Rounding,
}

/// How a file's numbers are stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Stored {
    Single,
    Double,
    /// Something that is not read here, as the file calls it.
    Other(String),
}

impl Stored {
    /// Bytes a number.
    pub(crate) const fn size(&self) -> usize {
        if matches!(self, Self::Double) { 8 } else { 4 }
    }

    /// Whether these may become `T`s.
    pub(crate) fn fits<T: Number>(&self, conversion: Conversion) -> bool {
        match self {
            Self::Single => true,
            Self::Double => T::DOUBLE || conversion == Conversion::Rounding,
            Self::Other(_) => false,
        }
    }

    /// What a message calls it.
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Single => "f32",
            Self::Double => "f64",
            Self::Other(name) => name,
        }
    }

    /// The number at the start of `bytes`, which are as many as [`size`](Self::size); every `f32` is an `f64`.
    pub(crate) fn number(&self, bytes: &[u8]) -> f64 {
        if let (Self::Double, Ok(bytes)) = (self, bytes.try_into()) {
            return f64::from_le_bytes(bytes);
        }
        f64::from(f32::from_le_bytes(bytes.try_into().expect("4 bytes")))
    }
}
