//! What each op does, as text: the formula of a value and of its local derivatives.

use crate::op::Op;
use crate::op::reduce::Axis;
use crate::shape::Shape;
use crate::tape::{Tape, Var};

impl Tape {
    /// The formula that computes a value, with each operand written by `show`: names give the textbook's
    /// formula, numbers the substituted one. An input or parameter has none and gives an empty string.
    ///
    /// ```
    /// use glassgrad_autograd::{Tape, Unary};
    /// let (tape, h) = Tape::record(|tape| {
    ///     let z = tape.input("z1", 1);
    ///     tape.map(Unary::Sigmoid, z)
    /// })?;
    /// assert_eq!(tape.formula(h, |v| tape.name_of(v).to_string()), "1/(1 + e^-z1)");
    /// assert_eq!(tape.formula(h, |_| "0.5".to_string()), "1/(1 + e^-0.5)");
    /// # Ok::<(), glassgrad_autograd::Error>(())
    /// ```
    pub fn formula(&self, var: Var, show: impl Fn(Var) -> String) -> String {
        let list = |parts: &[Var]| parts.iter().map(|&v| show(v)).collect::<Vec<_>>().join(", ");
        let Some(node) = self.nodes().get(var.0) else { return String::new() };
        match &node.op {
            Op::Input { .. } | Op::Param { .. } => String::new(),
            Op::Mask { rate } => format!("0 or 1/(1 - {rate})"),
            Op::Affine { x, w, b } => {
                let product = if self.shape(*w) == Shape::SCALAR {
                    format!("{}·{}", show(*w), show(*x))
                } else {
                    format!("{}·{}ᵀ", show(*x), show(*w))
                };
                b.map_or(product.clone(), |b| format!("{product} + {}", show(b)))
            }
            Op::MatMul { a, b, transposed } => {
                let mark = |t| if t { "ᵀ" } else { "" };
                format!("{}{}·{}{}", show(*a), mark(transposed.a), show(*b), mark(transposed.b))
            }
            Op::Map(f, x) => substitute(f.formula(), &show(*x), "", f.setting()),
            Op::Zip(f, a, b) => format!("{}{}{}", show(*a), f.sign(), show(*b)),
            Op::Reduce { axis, mean, x } => {
                let over = match axis {
                    Axis::All => "",
                    Axis::Rows => " over rows",
                    Axis::Columns => " over columns",
                };
                format!("{} {}{over}", if *mean { "mean" } else { "Σ" }, show(*x))
            }
            Op::Concat(parts) => format!("[{}]", list(parts)),
            Op::Slice { x, start } => {
                format!("{}[:, {start}..{}]", show(*x), start + node.shape.columns)
            }
            Op::SoftmaxCrossEntropy { logits, labels, .. } => {
                format!("-ln softmax({})[{}]", show(*logits), show(*labels))
            }
            Op::SigmoidCrossEntropy { logits: z, targets: t } => {
                let (z, t) = (show(*z), show(*t));
                format!("-{t}·ln σ({z}) - (1 - {t})·ln(1 - σ({z}))")
            }
            Op::StopGradient(x) | Op::Softmax(x) | Op::LogSoftmax(x) | Op::ClassWeight { labels: x, .. } => {
                format!("{}({})", node.op.name(), show(*x))
            }
        }
    }

    /// The formula of the local derivative of a value with respect to its operand number `which`, with
    /// the values it uses written by `show`. For a matrix operand it is the Jacobian's pattern.
    pub fn slope_formula(&self, var: Var, which: usize, show: impl Fn(Var) -> String) -> String {
        let Some(node) = self.nodes().get(var.0) else { return String::new() };
        if !node.op.passes(which) {
            return "0".into();
        }
        match &node.op {
            Op::Affine { x, w, .. } => match which {
                0 => show(*w),
                1 => show(*x),
                _ => "1".into(),
            },
            Op::MatMul { a, b, .. } => show(if which == 0 { *b } else { *a }),
            Op::Map(f, x) => substitute(f.slope_formula(), &show(*x), &show(var), f.setting()),
            Op::Zip(f, a, b) => match f.slope_formula(which) {
                "b" => show(*b),
                "a" => show(*a),
                "1/b" => format!("1/{}", show(*b)),
                "-y/b" => format!("-{}/{}", show(var), show(*b)),
                constant => constant.into(),
            },
            Op::Reduce { mean: true, axis, .. } => match axis {
                Axis::All => "1/count",
                Axis::Rows => "1/rows",
                Axis::Columns => "1/columns",
            }
            .into(),
            Op::Reduce { .. } | Op::Concat(_) | Op::Slice { .. } => "1".into(),
            Op::Softmax(_) => "diag(y) - yᵀ·y".replace('y', &show(var)),
            Op::LogSoftmax(x) => format!("1 - softmax({})", show(*x)),
            Op::SoftmaxCrossEntropy { logits, labels, .. } => {
                format!("softmax({}) - onehot({})", show(*logits), show(*labels))
            }
            Op::SigmoidCrossEntropy { logits, targets } => match which {
                0 => format!("σ({}) - {}", show(*logits), show(*targets)),
                _ => format!("-{}", show(*logits)),
            },
            Op::Input { .. }
            | Op::Param { .. }
            | Op::Mask { .. }
            | Op::StopGradient(_)
            | Op::ClassWeight { .. } => String::new(),
        }
    }
}

/// Fills a formula's `{x}`, `{y}` and `{c}`. A negative operand gets parentheses where it would touch a
/// sign or a power.
fn substitute(formula: &str, x: &str, y: &str, c: Option<f64>) -> String {
    let bare = |text: &str| text.starts_with('-');
    let x = if bare(x) { format!("({x})") } else { x.into() };
    let c = c.map_or(String::new(), |c| if c < 0.0 { format!("({c})") } else { c.to_string() });
    formula.replace("{x}", &x).replace("{y}", y).replace("{c}", &c)
}
