//! Networks of single numbers: where every value is `[1, 1]`, a step takes a tenth of a microsecond, and
//! slices, shapes and loops would cost more than the arithmetic.
//!
//! So a memory of one row keeps such a tape as a short list of arithmetic in which every number has its
//! place: number i is that of instruction i, parameters included. It is the same arithmetic in the same
//! order, so with the same bits.

use crate::op::Op;
use crate::op::binary::Binary;
use crate::op::unary::Unary;
use crate::tape::{Tape, Var};
use glassgrad_tensor::Scalar;

/// A tape of single numbers.
#[derive(Clone, Debug)]
pub(crate) struct Single {
    /// Where θ's numbers go, in the order of θ.
    params: Vec<usize>,
    forward: Vec<(usize, Rule)>,
    backward: Vec<Pull>,
    /// Which root and which choice of input adjoints `backward` is for.
    backward_of: Option<(usize, bool)>,
}

/// How a number comes from others.
#[derive(Clone, Copy, Debug)]
enum Rule {
    /// (0 + x·w) + b: a product is a sum that begins at 0, and so is never −0.
    Affine { x: usize, w: usize, b: usize },
    /// 0 + x·w.
    Product { x: usize, w: usize },
    /// f(x).
    Map(Unary, usize),
    /// f(a, b).
    Zip(Binary, usize, usize),
    /// 0 + x, a sum likewise; its mean divides by 1.
    Sum(usize),
}

/// One contribution to a cotangent: of number `from` to its operand `to`.
#[derive(Clone, Copy, Debug)]
struct Pull {
    from: usize,
    to: usize,
    times: Factor,
    /// Whether it is the first, and so assigned.
    first: bool,
}

/// What the cotangent of the result is multiplied by.
#[derive(Clone, Copy, Debug)]
enum Factor {
    One,
    /// 1, the product added to 0.
    Row,
    Minus,
    /// Another number.
    Number(usize),
    /// Another number, the product added to 0.
    Entry(usize),
    /// f'(x).
    Slope(Unary, usize),
    /// 1/b.
    Over(usize),
    /// −y/b.
    MinusOver(usize),
}

impl Single {
    /// The tape as such a list, if its ops are among those here.
    pub(crate) fn new(tape: &Tape) -> Option<Self> {
        let mut forward = Vec::new();
        for (at, node) in tape.nodes().iter().enumerate() {
            let rule = match node.op {
                Op::Input { .. } | Op::Param { .. } => continue,
                Op::Affine { x, w, b: Some(b) } => Rule::Affine { x: x.0, w: w.0, b: b.0 },
                Op::Affine { x, w, b: None } => Rule::Product { x: x.0, w: w.0 },
                Op::Map(f, x) => Rule::Map(f, x.0),
                Op::Zip(f, a, b) => Rule::Zip(f, a.0, b.0),
                Op::Reduce { x, .. } => Rule::Sum(x.0),
                _ => return None,
            };
            forward.push((at, rule));
        }
        let params = tape.params().to_vec();
        Some(Self { params, forward, backward: Vec::new(), backward_of: None })
    }

    /// Forgets what was said of cotangents: they are others' now.
    pub(crate) fn forget(&mut self) {
        self.backward_of = None;
    }

    /// Computes every number up to `last`.
    pub(crate) fn forward<T: Scalar>(&self, last: Var, theta: &[T], v: &mut [T]) {
        for (&at, &x) in self.params.iter().zip(theta) {
            v[at] = x;
        }
        for &(at, rule) in &self.forward {
            if at > last.0 {
                break;
            }
            v[at] = match rule {
                Rule::Affine { x, w, b } => (T::zero() + v[x] * v[w]) + v[b],
                Rule::Product { x, w } => T::zero() + v[x] * v[w],
                Rule::Map(f, x) => f.value(v[x]),
                Rule::Zip(Binary::Add, a, b) => v[a] + v[b],
                Rule::Zip(Binary::Sub, a, b) => v[a] - v[b],
                Rule::Zip(Binary::Mul, a, b) => v[a] * v[b],
                Rule::Zip(Binary::Div, a, b) => v[a] / v[b],
                Rule::Sum(x) => T::zero() + v[x],
            };
        }
    }

    /// Plans the way back from `root`, and says in `touched` what has a cotangent after it; whether it is to
    /// be gone here.
    pub(crate) fn plan(
        &mut self,
        tape: &Tape,
        root: Var,
        input_adjoints: bool,
        touched: &mut [bool],
    ) -> bool {
        if self.backward_of == Some((root.0, input_adjoints)) {
            return true;
        }
        self.backward_of = None;
        if self.params.contains(&root.0) {
            return false;
        }
        self.backward.clear();
        touched.fill(false);
        touched[root.0] = true;
        for &(from, rule) in self.forward.iter().rev() {
            if !touched[from] {
                continue;
            }
            let pulls = match rule {
                // A further contribution to a product is fused into the sum: not here.
                Rule::Affine { x, w, .. } | Rule::Product { x, w } if x == w || touched[x] || touched[w] => {
                    return false;
                }
                Rule::Affine { x, w, b } => {
                    [Some((x, Factor::Entry(w))), Some((w, Factor::Entry(x))), Some((b, Factor::Row))]
                }
                Rule::Product { x, w } => [Some((x, Factor::Entry(w))), Some((w, Factor::Entry(x))), None],
                Rule::Map(f, x) => [Some((x, Factor::Slope(f, x))), None, None],
                Rule::Zip(Binary::Add, a, b) => [Some((a, Factor::One)), Some((b, Factor::One)), None],
                Rule::Zip(Binary::Sub, a, b) => [Some((a, Factor::One)), Some((b, Factor::Minus)), None],
                Rule::Zip(Binary::Mul, a, b) => {
                    [Some((a, Factor::Number(b))), Some((b, Factor::Number(a))), None]
                }
                Rule::Zip(Binary::Div, a, b) => {
                    [Some((a, Factor::Over(b))), Some((b, Factor::MinusOver(b))), None]
                }
                Rule::Sum(x) => [Some((x, Factor::One)), None, None],
            };
            for (to, times) in pulls.into_iter().flatten() {
                let needs = tape.nodes()[to].needs;
                if needs.theta || (needs.inputs && input_adjoints) {
                    self.backward.push(Pull { from, to, times, first: !touched[to] });
                    touched[to] = true;
                }
            }
        }
        self.backward_of = Some((root.0, input_adjoints));
        true
    }

    /// From the seed in the root's cotangent to all others, as planned.
    pub(crate) fn backward<T: Scalar>(&self, v: &[T], c: &mut [T], grad: &mut [T], touched: &[bool]) {
        for &Pull { from, to, times, first } in &self.backward {
            let g = c[from];
            let part = match times {
                Factor::One => g,
                Factor::Row => T::zero() + g,
                Factor::Minus => -g,
                Factor::Number(x) => g * v[x],
                Factor::Entry(x) => T::zero() + g * v[x],
                Factor::Slope(f, x) => g * f.slope(v[x], v[from]),
                Factor::Over(b) => g / v[b],
                Factor::MinusOver(b) => -(g * v[from] / v[b]),
            };
            c[to] = if first { part } else { c[to] + part };
        }
        for (grad, &at) in grad.iter_mut().zip(&self.params) {
            *grad = if touched[at] { c[at] } else { T::zero() };
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::op::binary::Binary;
    use crate::{Axis, Init, Memory, Tape, Unary, Var};
    use ndarray::{Array2, ArrayView2};

    /// f(w·x + b) ∘ (v·f(w·x + b) + b): b and the hidden value have further contributions to their cotangents;
    /// with `again`, v is w, so that a product has one too and the way back is the general one.
    fn record(f: Unary, join: Binary, bias: bool, again: bool) -> (Tape, Var) {
        Tape::record(|tape| {
            let x = tape.input("x", 1);
            let w = tape.param("w", [1, 1], Init::Constant(0.7));
            let b = tape.param("b", [1, 1], Init::Constant(0.4));
            let z = tape.affine(x, w, bias.then_some(b));
            let h = tape.map(f, z);
            let v = if again { w } else { tape.param("v", [1, 1], Init::Constant(-0.6)) };
            let t = tape.affine(h, v, Some(b));
            let y = tape.zip(join, h, t);
            let y = tape.sum(y, Axis::Columns);
            let y = tape.zip(join, y, y);
            tape.mean(y, Axis::All)
        })
        .expect("all is [1, 1]")
    }

    /// Every value and every adjoint, as bits; none for a value without an adjoint.
    fn bits(tape: &Tape, root: Var, single: bool) -> Vec<(u64, Option<u64>)> {
        let theta: Vec<f64> = tape.layout().initial(0);
        let mut grad = vec![f64::NAN; theta.len()];
        let mut memory = Memory::new();
        memory.load(tape, &[("x", Array2::from_elem((1, 1), 0.9).view())]).expect("one number");
        assert!(memory.single.is_some());
        if !single {
            memory.single = None;
        }
        tape.forward(&theta, &mut memory);
        tape.backward(root, &theta, &mut grad, &mut memory);
        let bits = |x: ArrayView2<'_, f64>| x[[0, 0]].to_bits();
        let of = |var| (bits(tape.value(var, &theta, &memory)), tape.adjoint(var, &grad, &memory).map(bits));
        tape.vars().map(of).chain(grad.iter().map(|g| (g.to_bits(), None))).collect()
    }

    #[test]
    fn the_short_path_has_the_bits_of_the_general_one() {
        for &f in Unary::ALL {
            for join in Binary::ALL {
                for (bias, again) in [(true, false), (false, false), (true, true)] {
                    let (tape, loss) = record(f, join, bias, again);
                    // From every value back, a parameter and an input among them.
                    for root in tape.vars().take(loss.index() + 1) {
                        let (short, general) = (bits(&tape, root, true), bits(&tape, root, false));
                        assert_eq!(
                            short,
                            general,
                            "{f:?}, {join:?}, {bias}, {again}, {}",
                            tape.name_of(root)
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn a_batch_of_two_rows_between_two_of_one_leaves_no_trace() {
        let (tape, loss) = record(Unary::Tanh, Binary::Mul, true, false);
        let theta: Vec<f64> = tape.layout().initial(0);
        let (mut grad, mut memory) = (vec![0.0; theta.len()], Memory::new());
        let mut gradient_of = |rows| {
            memory.load(&tape, &[("x", Array2::from_elem((rows, 1), 0.9).view())]).expect("numbers");
            tape.forward(&theta, &mut memory);
            tape.backward(loss, &theta, &mut grad, &mut memory);
            grad.clone()
        };
        let (one, two, again) = (gradient_of(1), gradient_of(2), gradient_of(1));
        assert_eq!([&one, &one], [&two, &again]); // the mean over equal rows
    }

    #[test]
    fn a_memory_of_one_tape_is_sized_anew_for_another_of_other_ops() {
        let tape = |f| record(f, Binary::Add, true, false);
        let ((tanh, _), (square, y)) = (tape(Unary::Tanh), tape(Unary::Square));
        let theta: Vec<f64> = square.layout().initial(0);
        let [mut used, mut fresh] = [Memory::new(), Memory::new()];
        let x = Array2::from_elem((1, 1), 0.9);
        used.load(&tanh, &[("x", x.view())]).expect("one number");
        for memory in [&mut used, &mut fresh] {
            memory.load(&square, &[("x", x.view())]).expect("one number");
            square.forward(&theta, memory);
        }
        assert_eq!(square.number(y, &theta, &used), square.number(y, &theta, &fresh));
    }
}
