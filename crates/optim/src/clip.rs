//! [`Clip`]: a bound on the gradient.

use crate::Error;
use glassgrad_tensor::{Scalar, vectorized};
use serde::{Deserialize, Serialize};

/// How a gradient is kept from being too large.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Clip {
    /// Each element is brought into −c ..= c, in place. c > 0. As `clip_grad_value_`.
    ///
    /// Source: T. Mikolov, "Statistical Language Models Based on Neural Networks", thesis, Brno 2012,
    /// section 3.2.2.
    Value(f64),
    /// The gradient counts c/(‖g‖ + 10⁻⁶) times, if that is below 1. c > 0; ∞ only measures the norm.
    ///
    /// The norm is Euclidean, over all that is not frozen. The gradient in memory stays as it is. As
    /// `clip_grad_norm_`, but a norm that is infinite or NaN is an [`Error::Norm`] and changes nothing.
    ///
    /// Source: R. Pascanu, T. Mikolov and Y. Bengio, "On the difficulty of training Recurrent Neural
    /// Networks", 2013, arXiv:1211.5063, Algorithm 1.
    Norm(f64),
}

impl Clip {
    /// Checks the bound.
    ///
    /// # Errors
    /// [`Error::Hyper`] if it is NaN or out of its range.
    pub fn validate(&self) -> Result<(), Error> {
        match *self {
            Clip::Value(c) => Error::unless_positive("Clip", "Value", c),
            Clip::Norm(c) => Error::unless(c > 0.0, ("Clip", "Norm", c), "a number > 0"),
        }
    }

    /// What a gradient of this norm is multiplied by; 1 if it is clipped by value.
    pub fn coefficient(&self, norm: f64) -> f64 {
        match *self {
            Clip::Value(_) => 1.0,
            Clip::Norm(c) => (c / (norm + 1e-6)).min(1.0),
        }
    }
}

/// Brings each element into −c ..= c; NaN stays.
pub(crate) fn by_value<T: Scalar>(grad: &mut [T], c: f64) {
    let c = T::from_f64(c);
    vectorized(
        #[inline(always)]
        || {
            for g in grad {
                *g = g.smaller(c).larger(-c);
            }
        },
    );
}

/// Lanes of [`squares`]: enough to hide the latency of an addition.
const LANES: usize = 8;

/// Σ gᵢ² in f64: element i goes to lane i mod 8, each lane is added from left to right, and the lanes as
/// ((0+4)+(2+6)) + ((1+5)+(3+7)).
pub(crate) fn squares<T: Scalar>(grad: &[T]) -> f64 {
    vectorized(
        #[inline(always)]
        || {
            let mut lanes = [0.0; LANES];
            let chunks = grad.chunks_exact(LANES);
            let rest = chunks.remainder();
            for chunk in chunks {
                for (lane, g) in lanes.iter_mut().zip(chunk) {
                    *lane += g.to_f64() * g.to_f64();
                }
            }
            for (lane, g) in lanes.iter_mut().zip(rest) {
                *lane += g.to_f64() * g.to_f64();
            }
            let [a, b, c, d, e, f, g, h] = lanes;
            ((a + e) + (c + g)) + ((b + f) + (d + h))
        },
    )
}
