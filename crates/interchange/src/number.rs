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
    /// Nothing is lost: what has 16 or 32 bits into `f32` or `f64`, and `f64` into `f64`. `f64` into `f32` is refused.
    #[default]
    Exact,
    /// `f64` into `f32` as well, each number rounded to the nearest. One beyond `f32` is refused.
    Rounding,
}

/// How a file's numbers are stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Stored {
    /// IEEE's `binary16`, PyTorch's `float16`.
    Half,
    /// The first 16 bits of an `f32`, PyTorch's `bfloat16`.
    Brain,
    Single,
    Double,
    /// Something that is not read here, as the file calls it.
    Other(String),
}

impl Stored {
    /// Bytes a number.
    pub(crate) const fn size(&self) -> usize {
        match self {
            Self::Half | Self::Brain => 2,
            Self::Double => 8,
            Self::Single | Self::Other(_) => 4,
        }
    }

    /// Whether these may become `T`s.
    pub(crate) fn fits<T: Number>(&self, conversion: Conversion) -> bool {
        match self {
            Self::Half | Self::Brain | Self::Single => true,
            Self::Double => T::DOUBLE || conversion == Conversion::Rounding,
            Self::Other(_) => false,
        }
    }

    /// What a message calls it.
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Half => "f16",
            Self::Brain => "bf16",
            Self::Single => "f32",
            Self::Double => "f64",
            Self::Other(name) => name,
        }
    }

    /// The number that `bytes` are, which are as many as [`size`](Self::size); every shorter one is an `f64`.
    pub(crate) fn number(&self, bytes: &[u8]) -> f64 {
        match (self, bytes) {
            (Self::Half, &[low, high]) => half(u16::from_le_bytes([low, high])),
            (Self::Brain, &[low, high]) => f64::from(f32::from_le_bytes([0, 0, low, high])),
            (Self::Double, _) => f64::from_le_bytes(bytes.try_into().expect("8 bytes")),
            _ => f64::from(f32::from_le_bytes(bytes.try_into().expect("4 bytes"))),
        }
    }
}

/// IEEE 754's `binary16`: a sign, 5 bits of exponent e, 10 of fraction f. It is ±(1 + f/2¹⁰)·2^(e − 15), or ±f·2⁻²⁴ if e = 0.
fn half(bits: u16) -> f64 {
    let (exponent, fraction) = (i32::from(bits >> 10 & 0x1f), f64::from(bits & 0x3ff));
    let size = match exponent {
        0 => fraction * 2.0_f64.powi(-24),
        31 if fraction == 0.0 => f64::INFINITY,
        31 => f64::NAN,
        _ => (1024.0 + fraction) * 2.0_f64.powi(exponent - 25),
    };
    if bits >> 15 == 1 { -size } else { size }
}
