use crate::Layer;
use glassgrad_autograd::{Tape, Var};

/// Layers one after the other. Layer i records in scope `i`, and its output is named `i`.
#[derive(Debug, Default)]
pub struct Chain {
    layers: Vec<Box<dyn Layer>>,
}

impl Chain {
    /// No layers yet: y = x.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a layer at the end.
    pub fn then(mut self, layer: impl Layer + 'static) -> Self {
        self.layers.push(Box::new(layer));
        self
    }
}

impl Layer for Chain {
    fn forward(&self, tape: &mut Tape, x: Var) -> Var {
        self.layers.iter().enumerate().fold(x, |x, (i, layer)| {
            tape.scope(i, |tape| {
                let y = layer.forward(tape, x);
                if y == x { y } else { tape.name(y, "") }
            })
        })
    }
}

/// y = x + f(x) (He et al. 2016, equation 1); f must keep the width. The inner layer records in scope
/// `inner`.
#[derive(Debug)]
pub struct Residual {
    inner: Box<dyn Layer>,
}

impl Residual {
    /// Adds x to what `inner` makes of it.
    pub fn new(inner: impl Layer + 'static) -> Self {
        Self { inner: Box::new(inner) }
    }
}

impl Layer for Residual {
    fn forward(&self, tape: &mut Tape, x: Var) -> Var {
        let y = tape.scope("inner", |tape| self.inner.forward(tape, x));
        tape.add(x, y)
    }
}
