use crate::{Activation, Init, Layer};
use glassgrad_autograd::{Axis, Tape, Var};

/// Layer normalisation (Ba, Kiros and Hinton 2016, equation 4): each row to mean 0 and variance 1, then
/// scaled and shifted, y = γ·(x − μ)/√(var + ε) + β.
///
/// Shapes: `x`, `y: [batch, n]`; `weight` γ and `bias` β: `[1, n]`, starting at 1 and 0. The variance is
/// the population's (divided by n), as in PyTorch.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LayerNorm {
    epsilon: f64,
}

impl LayerNorm {
    /// With ε = 10⁻⁵, PyTorch's default.
    pub const fn new() -> Self {
        Self { epsilon: 1e-5 }
    }

    /// With another ε, which keeps a constant row finite.
    pub const fn epsilon(mut self, epsilon: f64) -> Self {
        self.epsilon = epsilon;
        self
    }
}

impl Default for LayerNorm {
    fn default() -> Self {
        Self::new()
    }
}

impl Layer for LayerNorm {
    fn forward(&self, tape: &mut Tape, x: Var) -> Var {
        let columns = tape.shape(x).columns;
        let gamma = tape.param("weight", [1, columns], Init::Constant(1.0));
        let beta = tape.param("bias", [1, columns], Init::ZEROS);
        let mean = tape.mean(x, Axis::Columns);
        let centred = tape.sub(x, mean);
        let square = tape.map(Activation::Square, centred);
        let variance = tape.mean(square, Axis::Columns);
        let shifted = tape.map(Activation::Shift(self.epsilon), variance);
        let deviation = tape.map(Activation::Sqrt, shifted);
        let normal = tape.div(centred, deviation);
        let scaled = tape.mul(normal, gamma);
        tape.add(scaled, beta)
    }
}
