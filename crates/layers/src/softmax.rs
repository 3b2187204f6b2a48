use crate::Layer;
use glassgrad_autograd::{Tape, Var};

/// yⱼ = e^xⱼ/Σ e^x along each row: logits `[batch, classes]` to probabilities.
///
/// [`Loss::CrossEntropy`](crate::Loss::CrossEntropy) takes logits and needs no softmax before it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Softmax;

impl Layer for Softmax {
    fn forward(&self, tape: &mut Tape, x: Var) -> Var {
        tape.softmax(x)
    }
}

/// yⱼ = xⱼ − ln Σ e^x along each row: logits `[batch, classes]` to log-probabilities, in nats.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LogSoftmax;

impl Layer for LogSoftmax {
    fn forward(&self, tape: &mut Tape, x: Var) -> Var {
        tape.log_softmax(x)
    }
}
