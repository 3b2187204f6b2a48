use crate::{Init, Layer};
use glassgrad_autograd::{Tape, Var};

/// A fully connected layer: y = x·Wᵀ + b.
///
/// Shapes: `x: [batch, in]`, `weight: [out, in]`, `bias: [1, out]`, `y: [batch, out]`; `in` is inferred.
/// Derivatives: W̄ = ȳᵀ·x, b̄ = Σ rows of ȳ, x̄ = ȳ·W. With `in` = `out` = 1 it is the textbook's w·x + b.
///
/// It starts from Glorot's uniform weights and zero biases; before a ReLU, prefer [`Init::HeUniform`].
#[derive(Clone, Debug, PartialEq)]
pub struct Dense {
    outputs: usize,
    weight: Init,
    bias: Option<Init>,
}

impl Dense {
    /// A layer of `outputs` units.
    pub const fn new(outputs: usize) -> Self {
        Self { outputs, weight: Init::GlorotUniform, bias: Some(Init::ZEROS) }
    }

    /// How the weight begins.
    pub fn weight(mut self, init: Init) -> Self {
        self.weight = init;
        self
    }

    /// How the bias begins.
    pub fn bias(mut self, init: Init) -> Self {
        self.bias = Some(init);
        self
    }

    /// No bias: y = x·Wᵀ.
    pub fn without_bias(mut self) -> Self {
        self.bias = None;
        self
    }
}

impl Layer for Dense {
    fn forward(&self, tape: &mut Tape, x: Var) -> Var {
        let inputs = tape.shape(x).columns;
        let w = tape.param("weight", [self.outputs, inputs], self.weight.clone());
        let b = self.bias.clone().map(|init| tape.param("bias", [1, self.outputs], init));
        tape.affine(x, w, b)
    }
}
