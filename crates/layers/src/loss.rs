use crate::Activation;
use glassgrad_autograd::{Axis, Tape, Var};
use serde::{Deserialize, Serialize};

/// What training makes small.
///
/// `ŷ` is the prediction `[batch, n]` and `y` the target. "Per entry" losses have one term for each of
/// the batch × n numbers, "per example" losses one for each row; see [`Reduction`] for what is done with
/// the terms.
///
/// In files a loss is its place in this list, so a new one goes to the end.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Loss {
    /// ½ Σⱼ (yⱼ − ŷⱼ)² per example: the textbook's loss, of which ∂/∂ŷ is the residual ŷ − y itself.
    HalfSquaredError,
    /// (y − ŷ)² per entry; ∂/∂ŷ = 2(ŷ − y). PyTorch's `MSELoss`. Against the half squared error of one
    /// number it is twice as steep: the same learning rate steps twice as far.
    MeanSquaredError,
    /// |y − ŷ| per entry; ∂/∂ŷ = sign(ŷ − y). PyTorch's `L1Loss`.
    MeanAbsoluteError,
    /// ½r² where |r| ≤ δ, else δ·(|r| − ½δ), per entry, with r = ŷ − y; ∂/∂ŷ = r clipped to ±δ (Huber 1964).
    /// PyTorch's `HuberLoss`.
    Huber {
        /// δ > 0, where the square ends and the line begins.
        delta: f64,
    },
    /// −ln softmax(ŷ)\[label\] per example, in nats, of logits and class labels; see
    /// [`Tape::softmax_cross_entropy`]. PyTorch's `CrossEntropyLoss`.
    CrossEntropy {
        /// One weight a class, or none. The mean then divides by the sum of the rows' weights.
        class_weights: Vec<f64>,
        /// Label smoothing ε, from 0 to 1.
        smoothing: f64,
    },
    /// −y·ln σ(ŷ) − (1 − y)·ln(1 − σ(ŷ)) per entry, in nats, of logits and targets from 0 to 1.
    /// PyTorch's `BCEWithLogitsLoss`.
    BinaryCrossEntropy,
}

/// What becomes of the terms of a loss.
///
/// "The loss is the sum (or average) of per-example losses, and by linearity of differentiation the
/// gradient is the sum (or average) of per-example gradients", a textbook says. The two are not the same
/// step: the sum over a batch of B is B times the mean, so with it the learning rate means B times as much.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reduction {
    /// The average of the terms, so that a step does not depend on the size of the batch.
    #[default]
    Mean,
    /// The sum of the terms.
    Sum,
}

impl Loss {
    /// Softmax cross-entropy without weights or smoothing.
    pub const CROSS_ENTROPY: Self = Self::CrossEntropy { class_weights: Vec::new(), smoothing: 0.0 };

    /// Whether targets are class labels `[batch, 1]` rather than values `[batch, n]`.
    pub const fn wants_labels(&self) -> bool {
        matches!(self, Self::CrossEntropy { .. })
    }

    /// Records the input `name` that the targets of this loss are loaded into.
    pub fn target(&self, tape: &mut Tape, name: &str, prediction: Var) -> Var {
        let columns = tape.shape(prediction).columns;
        if self.wants_labels() { tape.labels(name, columns) } else { tape.input(name, columns) }
    }

    /// Records the loss of a prediction as one number, named `loss`; its parts are `loss.residual` and so on.
    pub fn forward(&self, tape: &mut Tape, prediction: Var, target: Var, reduction: Reduction) -> Var {
        let loss = tape.scope("loss", |tape| self.record(tape, prediction, target, reduction));
        tape.name(loss, "loss")
    }

    fn record(&self, tape: &mut Tape, prediction: Var, target: Var, reduction: Reduction) -> Var {
        let mut terms = |f| {
            let residual = tape.sub(prediction, target);
            tape.name(residual, "residual");
            tape.map(f, residual)
        };
        let terms = match *self {
            Self::HalfSquaredError => {
                let squares = terms(Activation::HalfSquare);
                let wide = tape.shape(squares).columns > 1;
                if wide { tape.sum(squares, Axis::Columns) } else { squares }
            }
            Self::MeanSquaredError => terms(Activation::Square),
            Self::MeanAbsoluteError => terms(Activation::Abs),
            Self::Huber { delta } => terms(Activation::Huber(delta)),
            Self::BinaryCrossEntropy => tape.sigmoid_cross_entropy(prediction, target),
            Self::CrossEntropy { ref class_weights, smoothing } => {
                let losses = tape.softmax_cross_entropy(prediction, target, class_weights, smoothing);
                if reduction == Reduction::Mean && !class_weights.is_empty() {
                    return weighted_mean(tape, losses, target, class_weights);
                }
                losses
            }
        };
        match reduction {
            Reduction::Mean => tape.mean(terms, Axis::All),
            Reduction::Sum => tape.sum(terms, Axis::All),
        }
    }
}

/// Σ ℓ/Σ w, where w are the weights of the rows' labels.
fn weighted_mean(tape: &mut Tape, losses: Var, labels: Var, class_weights: &[f64]) -> Var {
    let total = tape.sum(losses, Axis::All);
    let weights = tape.class_weight(labels, class_weights);
    let weight = tape.sum(weights, Axis::All);
    tape.div(total, weight)
}
