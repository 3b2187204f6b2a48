//! The ops of a tape, as methods that record them and check shapes.

use crate::Error;
use crate::op::Op;
use crate::op::binary::Binary;
use crate::op::product::Transposed;
use crate::op::reduce::Axis;
use crate::op::softmax::CrossEntropy;
use crate::op::unary::Unary;
use crate::shape::{Rows, Shape};
use crate::tape::{Tape, Var};
use std::ops::Range;

impl Tape {
    /// y = x·Wᵀ + b, a dense layer before its activation.
    ///
    /// Shapes: `x: [rows, in]`, `w: [out, in]`, `b: [1, out]`, `y: [rows, out]`.
    /// Derivatives: x̄ = ȳ·W, W̄ = ȳᵀ·x, b̄ = Σ rows of ȳ.
    pub fn affine(&mut self, x: Var, w: Var, b: Option<Var>) -> Var {
        let (Some(xs), Some(ws)) = (self.check("affine", x), self.check("affine", w)) else {
            return Var::INVALID;
        };
        let Rows::Fixed(out) = ws.rows else {
            return self.misfit("affine", "a weight [out, in] of fixed size", xs, ws);
        };
        if xs.columns != ws.columns {
            return self.misfit("affine", "an input [rows, in] and a weight [out, in]", xs, ws);
        }
        let shape = Shape { rows: xs.rows, columns: out };
        if let Some(b) = b {
            let Some(bs) = self.check("affine", b) else { return Var::INVALID };
            if bs != Shape::fixed(1, out) {
                return self.misfit("affine", "a weight [out, in] and a bias [1, out]", ws, bs);
            }
        }
        self.push(Op::Affine { x, w, b }, shape)
    }

    /// y = a·b. Shapes: `a: [m, k]`, `b: [k, n]`, `y: [m, n]`.
    /// Derivatives: ā = ȳ·bᵀ, b̄ = aᵀ·ȳ.
    pub fn matmul(&mut self, a: Var, b: Var) -> Var {
        self.matmul_transposed(a, false, b, false)
    }

    /// y = op(a)·op(b), where op transposes if so said. Shapes: `op(a): [m, k]`, `op(b): [k, n]`, `y: [m, n]`.
    ///
    /// The batch can be rows of the result, or k: then y is a sum over the batch. It cannot be columns.
    pub fn matmul_transposed(&mut self, a: Var, a_transposed: bool, b: Var, b_transposed: bool) -> Var {
        let (Some(left), Some(right)) = (self.check("matmul", a), self.check("matmul", b)) else {
            return Var::INVALID;
        };
        let sides = |s: Shape, transposed| {
            let (rows, columns) = (s.rows, Rows::Fixed(s.columns));
            if transposed { (columns, rows) } else { (rows, columns) }
        };
        let ((m, k), (k2, n)) = (sides(left, a_transposed), sides(right, b_transposed));
        match n {
            Rows::Fixed(columns) if k == k2 => {
                let transposed = Transposed { a: a_transposed, b: b_transposed };
                self.push(Op::MatMul { a, b, transposed }, Shape { rows: m, columns })
            }
            _ => self.misfit("matmul", "[m, k] and [k, n] after transposing, n not the batch", left, right),
        }
    }

    /// y = f(x), element by element.
    pub fn map(&mut self, f: Unary, x: Var) -> Var {
        let Some(shape) = self.check(f.name(), x) else { return Var::INVALID };
        match f.setting() {
            Some(found) if !found.is_finite() => self.setting(f.name(), "c", found, "a finite number"),
            Some(found) if found <= 0.0 && matches!(f, Unary::Huber(_)) => {
                self.setting(f.name(), "c", found, "a number above 0")
            }
            _ => self.push(Op::Map(f, x), shape),
        }
    }

    /// y = f(a, b), element by element. An operand of one row is repeated down the rows, one of one
    /// column along the columns; its adjoint is the sum over the repeats.
    pub fn zip(&mut self, f: Binary, a: Var, b: Var) -> Var {
        let (Some(left), Some(right)) = (self.check(f.name(), a), self.check(f.name(), b)) else {
            return Var::INVALID;
        };
        match left.broadcast(right) {
            Some(shape) => self.push(Op::Zip(f, a, b), shape),
            None => self.misfit(f.name(), "equal rows and equal columns, or 1 on one side", left, right),
        }
    }

    /// a + b, with broadcasting as in [`zip`](Self::zip).
    pub fn add(&mut self, a: Var, b: Var) -> Var {
        self.zip(Binary::Add, a, b)
    }

    /// a − b, with broadcasting as in [`zip`](Self::zip).
    pub fn sub(&mut self, a: Var, b: Var) -> Var {
        self.zip(Binary::Sub, a, b)
    }

    /// a·b element by element, with broadcasting as in [`zip`](Self::zip). Derivatives: ā = ȳ·b, b̄ = ȳ·a.
    pub fn mul(&mut self, a: Var, b: Var) -> Var {
        self.zip(Binary::Mul, a, b)
    }

    /// a/b element by element, with broadcasting as in [`zip`](Self::zip). Derivatives: ā = ȳ/b, b̄ = −ȳ·y/b.
    pub fn div(&mut self, a: Var, b: Var) -> Var {
        self.zip(Binary::Div, a, b)
    }

    /// The sum over all numbers, the rows or the columns; see [`Axis`]. Derivative: x̄ = ȳ, repeated.
    pub fn sum(&mut self, x: Var, axis: Axis) -> Var {
        self.reduce(x, axis, false)
    }

    /// The mean over all numbers, the rows or the columns; see [`Axis`]. Derivative: x̄ = ȳ/count, repeated.
    pub fn mean(&mut self, x: Var, axis: Axis) -> Var {
        self.reduce(x, axis, true)
    }

    fn reduce(&mut self, x: Var, axis: Axis, mean: bool) -> Var {
        let op = Op::Reduce { axis, mean, x };
        let Some(shape) = self.check(op.name(), x) else { return Var::INVALID };
        let shape = match axis {
            Axis::All => Shape::SCALAR,
            Axis::Rows => Shape::fixed(1, shape.columns),
            Axis::Columns => Shape { columns: 1, ..shape },
        };
        self.push(op, shape)
    }

    /// Columns of several values side by side: `[rows, c₁]`, `[rows, c₂]`, … become `[rows, c₁ + c₂ + …]`.
    pub fn concat(&mut self, parts: &[Var]) -> Var {
        let Some(&first) = parts.first() else {
            let at = self.path("concat");
            return self.fail(Error::ZeroWidth { at });
        };
        let Some(left) = self.check("concat", first) else { return Var::INVALID };
        let mut columns = 0;
        for &part in parts {
            let Some(right) = self.check("concat", part) else { return Var::INVALID };
            if right.rows != left.rows {
                return self.misfit("concat", "equal rows", left, right);
            }
            columns = right.columns.saturating_add(columns); // what is too large is refused at the end
        }
        self.push(Op::Concat(parts.to_vec()), Shape { columns, ..left })
    }

    /// Some columns of x: `[rows, c]` becomes `[rows, columns.len()]`.
    pub fn slice(&mut self, x: Var, columns: Range<usize>) -> Var {
        let Some(shape) = self.check("slice", x) else { return Var::INVALID };
        if columns.is_empty() {
            let at = self.path("slice");
            return self.fail(Error::ZeroWidth { at });
        }
        if columns.end > shape.columns {
            let wanted = Shape { columns: columns.end, ..shape };
            return self.misfit("slice", "columns that the operand has", shape, wanted);
        }
        self.push(Op::Slice { x, start: columns.start }, Shape { columns: columns.len(), ..shape })
    }

    /// x itself, through which no derivative passes: to [`backward`](Tape::backward), to
    /// [`jvp`](Tape::jvp) and to [`hvp`](Tape::hvp) alike it is a constant.
    pub fn stop_gradient(&mut self, x: Var) -> Var {
        let Some(shape) = self.check("stop_gradient", x) else { return Var::INVALID };
        self.push(Op::StopGradient(x), shape)
    }

    /// yⱼ = e^xⱼ/Σ e^x along each row. Derivative: x̄ = y·(ȳ − Σ ȳ·y).
    pub fn softmax(&mut self, x: Var) -> Var {
        let Some(shape) = self.check("softmax", x) else { return Var::INVALID };
        self.push(Op::Softmax(x), shape)
    }

    /// yⱼ = xⱼ − ln Σ e^x along each row. Derivative: x̄ = ȳ − e^y·Σ ȳ.
    pub fn log_softmax(&mut self, x: Var) -> Var {
        let Some(shape) = self.check("log_softmax", x) else { return Var::INVALID };
        self.push(Op::LogSoftmax(x), shape)
    }

    /// Cross-entropy of each row's label with the softmax of its logits, in nats.
    ///
    /// ℓ = (1 − ε)·w_t·(lse z − z_t) + (ε/C)·Σ_c w_c·(lse z − z_c), with t the label, C classes,
    /// `weights` w (none: all 1) and `smoothing` ε (Szegedy et al. 2016, section 7).
    ///
    /// Shapes: `logits: [rows, C]`, `labels: [rows, 1]`, result `[rows, 1]`.
    /// Derivative for w = 1, ε = 0: z̄ = ȳ·(softmax z − onehot t).
    pub fn softmax_cross_entropy(
        &mut self,
        logits: Var,
        labels: Var,
        weights: &[f64],
        smoothing: f64,
    ) -> Var {
        let at = "softmax_cross_entropy";
        let (Some(z), Some(t)) = (self.check(at, logits), self.check(at, labels)) else {
            return Var::INVALID;
        };
        if t != (Shape { columns: 1, ..z })
            || self.classes(labels).is_some_and(|classes| classes != z.columns)
        {
            return self.misfit(at, "logits [rows, classes] and labels [rows, 1] of as many classes", z, t);
        }
        if !(0.0..=1.0).contains(&smoothing) {
            return self.setting(at, "smoothing", smoothing, "a number from 0 to 1");
        }
        if let Err(error) = self.check_weights(at, weights, z.columns) {
            return self.fail(error);
        }
        let settings = CrossEntropy { weights: weights.to_vec(), smoothing };
        self.push(Op::SoftmaxCrossEntropy { logits, labels, settings }, t)
    }

    /// The weight of each row's label: `labels: [rows, 1]` of classes with these `weights`, result
    /// `[rows, 1]`. No derivative.
    pub fn class_weight(&mut self, labels: Var, weights: &[f64]) -> Var {
        let at = "class_weight";
        let Some(shape) = self.check(at, labels) else { return Var::INVALID };
        let classes = self.classes(labels).unwrap_or(weights.len());
        if weights.is_empty() {
            let at = self.path(at);
            return self.fail(Error::ZeroWidth { at });
        }
        if let Err(error) = self.check_weights(at, weights, classes) {
            return self.fail(error);
        }
        let settings = CrossEntropy { weights: weights.to_vec(), smoothing: 0.0 };
        self.push(Op::ClassWeight { labels, classes, settings }, shape)
    }

    /// −t·ln σ(z) − (1 − t)·ln(1 − σ(z)) element by element, in nats, for targets t from 0 to 1.
    ///
    /// Shapes: `logits`, `targets` and result `[rows, columns]`. Derivatives: z̄ = ȳ·(σ(z) − t), t̄ = −ȳ·z.
    pub fn sigmoid_cross_entropy(&mut self, logits: Var, targets: Var) -> Var {
        let at = "sigmoid_cross_entropy";
        let (Some(z), Some(t)) = (self.check(at, logits), self.check(at, targets)) else {
            return Var::INVALID;
        };
        if z != t {
            return self.misfit(at, "logits and targets of equal shape", z, t);
        }
        self.push(Op::SigmoidCrossEntropy { logits, targets }, z)
    }

    /// Dropout (Srivastava et al. 2014) in its inverted form: while training, each number becomes 0
    /// with probability `rate` and else is multiplied by 1/(1 − rate); when evaluating, x itself.
    ///
    /// The mask is a value of its own, readable by name.
    pub fn dropout(&mut self, x: Var, rate: f64) -> Var {
        let Some(shape) = self.check("dropout", x) else { return Var::INVALID };
        if !(0.0..1.0).contains(&rate) {
            return self.setting("dropout", "rate", rate, "a number from 0 to below 1");
        }
        let mask = self.push(Op::Mask { rate }, shape);
        self.mul(x, mask)
    }

    fn check_weights(&self, at: &str, weights: &[f64], classes: usize) -> Result<(), Error> {
        let at = self.path(at);
        if !weights.is_empty() && weights.len() != classes {
            return Err(Error::Count { at, what: "class weights", expected: classes, found: weights.len() });
        }
        match weights.iter().find(|w| !w.is_finite() || **w < 0.0) {
            Some(&found) => Err(Error::Setting {
                at,
                name: "class weight",
                found,
                allowed: "a finite number of at least 0",
            }),
            None => Ok(()),
        }
    }

    /// How many classes a label input has.
    fn classes(&self, labels: Var) -> Option<usize> {
        match self.nodes()[labels.0].op {
            Op::Input { classes } => classes,
            _ => None,
        }
    }

    fn setting(&mut self, op: &str, name: &'static str, found: f64, allowed: &'static str) -> Var {
        let at = self.path(op);
        self.fail(Error::Setting { at, name, found, allowed })
    }

    fn misfit(&mut self, op: &str, need: &'static str, left: Shape, right: Shape) -> Var {
        let at = self.path(op);
        self.fail(Error::Shapes { at, need, left, right })
    }
}
