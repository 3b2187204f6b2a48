//! [`Op`]: the closed set of things that a tape can do. Each arm has its forward beside its backward.

pub(crate) mod binary;
pub(crate) mod columns;
pub(crate) mod product;
pub(crate) mod reduce;
pub(crate) mod softmax;
pub(crate) mod unary;

use crate::memory::Slot;
use crate::shape::Matrix;
use crate::tape::Var;
use binary::Binary;
use glassgrad_tensor::Scalar;
pub(crate) use glassgrad_tensor::elementwise;
use glassgrad_tensor::random::{Purpose, stream, unit};
use product::Transposed;
use reduce::Axis;
use serde::{Deserialize, Serialize};
use softmax::CrossEntropy;
use unary::Unary;

/// One instruction of a tape. Operands are recorded before their result.
///
/// For whoever reads a tape: to draw it, or to write it down for another program.
///
/// In files an op is its place in this list, so a new one goes to the end.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Op {
    /// A matrix from outside.
    Input {
        /// None for numbers, else how many classes its labels have.
        classes: Option<usize>,
    },
    /// A part of θ.
    Param {
        /// Which segment of the [`Layout`](crate::Layout).
        segment: usize,
    },
    /// Dropout mask: 1/(1 − rate) with probability 1 − rate, else 0; all 1 when evaluating.
    Mask {
        /// The probability of 0.
        rate: f64,
    },
    /// x·Wᵀ + b.
    Affine {
        /// `[rows, in]`.
        x: Var,
        /// `[out, in]`.
        w: Var,
        /// `[1, out]`.
        b: Option<Var>,
    },
    /// op(a)·op(b), where op transposes if so said.
    MatMul {
        /// The left operand.
        a: Var,
        /// The right operand.
        b: Var,
        /// Which of them is transposed.
        transposed: Transposed,
    },
    /// f(x).
    Map(Unary, Var),
    /// f(a, b).
    Zip(Binary, Var, Var),
    /// Σ or mean.
    Reduce {
        /// Along what.
        axis: Axis,
        /// Whether the sum is divided by the count.
        mean: bool,
        /// What is reduced.
        x: Var,
    },
    /// Columns of several values side by side.
    Concat(Vec<Var>),
    /// Columns of a value.
    Slice {
        /// The value.
        x: Var,
        /// Its first column that is taken; the result's shape says how many.
        start: usize,
    },
    /// x, through which no derivative passes.
    StopGradient(Var),
    /// e^xⱼ/Σ e^x along each row.
    Softmax(Var),
    /// ln of the softmax.
    LogSoftmax(Var),
    /// −ln softmax(z) at the label, one number a row.
    SoftmaxCrossEntropy {
        /// z: `[rows, classes]`.
        logits: Var,
        /// `[rows, 1]`.
        labels: Var,
        /// Class weights and smoothing.
        settings: CrossEntropy,
    },
    /// The weight of each row's label.
    ClassWeight {
        /// `[rows, 1]`.
        labels: Var,
        /// How many there are.
        classes: usize,
        /// The weights.
        settings: CrossEntropy,
    },
    /// −t·ln σ(z) − (1 − t)·ln(1 − σ(z)), element by element.
    SigmoidCrossEntropy {
        /// z.
        logits: Var,
        /// t.
        targets: Var,
    },
}

/// Which random numbers a mask draws: none when evaluating.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Draw {
    pub(crate) key: Option<[u64; 3]>,
}

/// Where operands are read from: θ, the values to the left of the result and those to its right, or a
/// caller's own matrix.
#[derive(Debug)]
pub(crate) struct Read<'a, T> {
    pub(crate) slots: &'a [Slot],
    pub(crate) theta: &'a [T],
    pub(crate) left: &'a [T],
    pub(crate) right: &'a [T],
    /// Where `right` begins.
    pub(crate) right_start: usize,
    /// An input that is not in the memory.
    pub(crate) given: Option<(Var, &'a [T])>,
}

impl<'a, T> Read<'a, T> {
    /// From a memory that lies in the order of the program, so that all operands are to the left.
    pub(crate) fn left(slots: &'a [Slot], theta: &'a [T], left: &'a [T]) -> Self {
        Self { slots, theta, left, right: &[], right_start: usize::MAX, given: None }
    }

    #[inline]
    pub(crate) fn get(&self, var: Var) -> Matrix<'a, T> {
        let slot = &self.slots[var.0];
        let data = match self.given {
            Some((given, data)) if given == var => data,
            _ if slot.in_theta => &self.theta[slot.range()],
            _ if slot.start >= self.right_start => &self.right[slot.start - self.right_start..][..slot.len()],
            _ => &self.left[slot.range()],
        };
        Matrix { data, rows: slot.rows, columns: slot.columns }
    }
}

impl Op {
    /// The name of the op in lower case.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Input { classes: None } => "input",
            Self::Input { .. } => "labels",
            Self::Param { .. } => "param",
            Self::Mask { .. } => "mask",
            Self::Affine { .. } => "affine",
            Self::MatMul { .. } => "matmul",
            Self::Map(f, _) => f.name(),
            Self::Zip(f, ..) => f.name(),
            Self::Reduce { axis, mean, .. } => match (mean, axis) {
                (false, Axis::All) => "sum",
                (false, Axis::Rows) => "sum_rows",
                (false, Axis::Columns) => "sum_columns",
                (true, Axis::All) => "mean",
                (true, Axis::Rows) => "mean_rows",
                (true, Axis::Columns) => "mean_columns",
            },
            Self::Concat(_) => "concat",
            Self::Slice { .. } => "slice",
            Self::StopGradient(_) => "stop_gradient",
            Self::Softmax(_) => "softmax",
            Self::LogSoftmax(_) => "log_softmax",
            Self::SoftmaxCrossEntropy { .. } => "softmax_cross_entropy",
            Self::ClassWeight { .. } => "class_weight",
            Self::SigmoidCrossEntropy { .. } => "sigmoid_cross_entropy",
        }
    }

    /// Operand number `i`, if there are that many.
    pub(crate) fn operand(&self, i: usize) -> Option<Var> {
        match *self {
            Self::Input { .. } | Self::Param { .. } | Self::Mask { .. } => None,
            Self::Affine { x, w, b } => [Some(x), Some(w), b].get(i).copied().flatten(),
            Self::MatMul { a, b, .. }
            | Self::Zip(_, a, b)
            | Self::SoftmaxCrossEntropy { logits: a, labels: b, .. }
            | Self::SigmoidCrossEntropy { logits: a, targets: b } => [a, b].get(i).copied(),
            Self::Concat(ref parts) => parts.get(i).copied(),
            Self::Map(_, x)
            | Self::Reduce { x, .. }
            | Self::Slice { x, .. }
            | Self::StopGradient(x)
            | Self::Softmax(x)
            | Self::LogSoftmax(x)
            | Self::ClassWeight { labels: x, .. } => (i == 0).then_some(x),
        }
    }

    /// The operand that this op keeps numbers beside its value for, as many as that operand has.
    pub(crate) fn saves_for(&self) -> Option<Var> {
        match *self {
            Self::SoftmaxCrossEntropy { logits, .. } => Some(logits),
            _ => None,
        }
    }

    /// All operands in order.
    pub(crate) fn operands(&self) -> impl Iterator<Item = Var> + '_ {
        (0..).map_while(|i| self.operand(i))
    }

    /// Whether a derivative passes to operand number `which`. None passes a stop-gradient, nor to a class
    /// label, which is looked up and not computed with.
    pub(crate) fn passes(&self, which: usize) -> bool {
        match self {
            Self::StopGradient(_) | Self::ClassWeight { .. } => false,
            Self::SoftmaxCrossEntropy { .. } => which == 0,
            _ => true,
        }
    }

    /// Computes the result into `y`, a matrix of `columns` columns, behind which lies what the op
    /// [saves](Self::saves_for); `at` is the op's place on the tape.
    pub(crate) fn forward<T: Scalar>(
        &self,
        read: &Read<'_, T>,
        columns: usize,
        y: &mut [T],
        draw: Draw,
        at: usize,
    ) {
        match self {
            Self::Input { .. } | Self::Param { .. } => {}
            Self::Mask { rate } => mask(*rate, draw, at, y),
            Self::Affine { x, w, b } => {
                product::affine(read.get(*x), read.get(*w), b.map(|b| read.get(b)), y);
            }
            Self::MatMul { a, b, transposed } => product::matmul(*transposed, read.get(*a), read.get(*b), y),
            Self::Map(f, x) => f.forward(read.get(*x).data, y),
            Self::Zip(f, a, b) => f.forward(read.get(*a), read.get(*b), columns, y),
            Self::Reduce { axis, mean, x } => reduce::forward(*axis, *mean, read.get(*x), y),
            Self::Concat(parts) => {
                let mut start = 0;
                for part in parts {
                    let x = read.get(*part);
                    columns::place(x, start, columns, y);
                    start += x.columns;
                }
            }
            Self::Slice { x, start } => columns::take(read.get(*x), *start, columns, y, false),
            // By way of f64, which holds every f32 and no derivative: a dual number stops here as well.
            Self::StopGradient(x) => {
                y.iter_mut().zip(read.get(*x).data).for_each(|(y, x)| *y = T::from_f64(x.to_f64()));
            }
            Self::Softmax(x) => softmax::softmax(read.get(*x), y),
            Self::LogSoftmax(x) => softmax::log_softmax(read.get(*x), y),
            Self::SoftmaxCrossEntropy { logits, labels, settings } => {
                settings.forward(read.get(*logits), read.get(*labels).data, y);
            }
            Self::ClassWeight { labels, classes, settings } => {
                settings.weights_of(*classes, read.get(*labels).data, y);
            }
            Self::SigmoidCrossEntropy { logits, targets } => {
                softmax::sigmoid_cross_entropy(read.get(*logits).data, read.get(*targets).data, y);
            }
        }
    }

    /// The contribution of the result's cotangent `g` to operand number `which`: written to `into`, or
    /// added to it. Behind the value in `y` lies what the op saved. Every derivative rule is an arm here; softmax
    /// cross-entropy's has its slopes from the forward run.
    pub(crate) fn backward<T: Scalar>(
        &self,
        which: usize,
        read: &Read<'_, T>,
        y: Matrix<'_, T>,
        g: Matrix<'_, T>,
        into: &mut [T],
        accumulate: bool,
    ) {
        #[cfg(test)]
        if let Some(fault) = crate::fault::of(self.name(), which) {
            return fault.backward(self, which, read, [y, g], into, accumulate);
        }
        if !self.passes(which) {
            if !accumulate {
                into.fill(T::zero());
            }
            return;
        }
        match self {
            // No operands, or none that a derivative passes to.
            Self::Input { .. }
            | Self::Param { .. }
            | Self::Mask { .. }
            | Self::StopGradient(_)
            | Self::ClassWeight { .. } => {}
            Self::Affine { x, w, .. } => {
                product::affine_backward(which, read.get(*x), read.get(*w), g, into, accumulate);
            }
            Self::MatMul { a, b, transposed } => {
                let operands = [read.get(*a), read.get(*b), g];
                product::matmul_backward(which, *transposed, operands, into, accumulate);
            }
            Self::Map(f, x) => f.backward(read.get(*x).data, y.data, g.data, into, accumulate),
            Self::Zip(f, a, b) => {
                f.backward(which, [read.get(*a), read.get(*b), y, g], into, accumulate);
            }
            Self::Reduce { axis, mean, x } => {
                let x = read.get(*x);
                reduce::backward(*axis, *mean, [x.rows, x.columns], g.data, into, accumulate);
            }
            Self::Concat(parts) => {
                let start = parts[..which].iter().map(|&p| read.get(p).columns).sum();
                columns::take(g, start, read.get(parts[which]).columns, into, accumulate);
            }
            Self::Slice { x, start } => {
                columns::spread(g, *start, read.get(*x).columns, into, accumulate);
            }
            Self::Softmax(_) => softmax::softmax_backward(y, g, into, accumulate),
            Self::LogSoftmax(_) => softmax::log_softmax_backward(y, g, into, accumulate),
            Self::SoftmaxCrossEntropy { logits, .. } => {
                let slopes = Matrix { data: &y.data[y.rows..], ..read.get(*logits) };
                CrossEntropy::backward(slopes, g.data, into, accumulate);
            }
            Self::SigmoidCrossEntropy { logits, targets } => {
                let operands = [read.get(*logits).data, read.get(*targets).data, g.data];
                softmax::sigmoid_cross_entropy_backward(which, operands, into, accumulate);
            }
        }
    }
}

/// One draw a number, in row order, from the stream (seed, [`Purpose::Dropout`], epoch, step) with the
/// op's place on the tape as ChaCha's stream number: masks of different layers differ.
fn mask<T: Scalar>(rate: f64, draw: Draw, at: usize, y: &mut [T]) {
    let Some([seed, epoch, step]) = draw.key else {
        y.fill(T::one());
        return;
    };
    let mut rng = stream(seed, Purpose::Dropout, epoch, step);
    rng.set_stream(at as u64);
    let kept = T::from_f64(1.0 / (1.0 - rate));
    y.fill_with(|| if unit(&mut rng) < rate { T::zero() } else { kept });
}

/// into ← the numbers, or into ← into + the numbers.
#[inline(always)]
#[allow(clippy::inline_always)]
pub(crate) fn store<T: Scalar>(numbers: impl Iterator<Item = T>, into: &mut [T], accumulate: bool) {
    if accumulate {
        for (into, number) in into.iter_mut().zip(numbers) {
            *into += number;
        }
    } else {
        for (into, number) in into.iter_mut().zip(numbers) {
            *into = number;
        }
    }
}
