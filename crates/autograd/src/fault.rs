//! Wrong derivative rules, made on purpose to see that the checks find them.
//!
//! Only tests have this module: [`with`] alters what the backward rule of one op hands to one operand, on
//! this thread, while it runs a closure.

use crate::op::{Op, Read};
use crate::shape::Matrix;
use glassgrad_tensor::Scalar;
use std::cell::Cell;

/// What is wrong with a rule.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Fault {
    /// Every number is off by this factor.
    Factor(f64),
    /// One number is off by this factor.
    Entry(usize, f64),
    /// A square cotangent comes transposed, as when the factors of a product are swapped.
    Transposed,
    /// Only the first row of the result's cotangent is used, where rows should be summed.
    FirstRow,
}

thread_local! {
    static FAULT: Cell<Option<(&'static str, usize, Fault)>> = const { Cell::new(None) };
}

/// Runs `inner` while operand number `which` of every op of that name gets a wrong cotangent.
pub(crate) fn with<R>(op: &'static str, which: usize, fault: Fault, inner: impl FnOnce() -> R) -> R {
    FAULT.set(Some((op, which, fault)));
    let result = inner();
    FAULT.set(None);
    result
}

/// The fault of that rule, if it has one.
pub(crate) fn of(op: &str, which: usize) -> Option<Fault> {
    FAULT.get().filter(|&(name, operand, _)| (name, operand) == (op, which)).map(|(.., fault)| fault)
}

impl Fault {
    /// [`Op::backward`], but wrong.
    pub(crate) fn backward<T: Scalar>(
        self,
        op: &Op,
        which: usize,
        read: &Read<'_, T>,
        [y, g]: [Matrix<'_, T>; 2],
        into: &mut [T],
        accumulate: bool,
    ) {
        let mut cotangent = g.data.to_vec();
        if matches!(self, Self::FirstRow) {
            cotangent[g.columns..].fill(T::zero());
        }
        let g = Matrix { data: &cotangent, ..g };
        let mut part = vec![T::zero(); into.len()];
        let fault = FAULT.take();
        op.backward(which, read, y, g, &mut part, false);
        FAULT.set(fault);
        match self {
            Self::Factor(factor) => part.iter_mut().for_each(|x| *x *= T::from_f64(factor)),
            Self::Entry(i, factor) => part[i] *= T::from_f64(factor),
            Self::Transposed => transpose(&mut part),
            Self::FirstRow => {}
        }
        for (into, part) in into.iter_mut().zip(part) {
            *into = if accumulate { *into + part } else { part };
        }
    }
}

/// Transposes a square matrix in place.
fn transpose<T>(x: &mut [T]) {
    let n = x.len().isqrt();
    assert_eq!(n * n, x.len(), "only a square matrix has the shape of its transpose");
    for i in 0..n {
        for j in 0..i {
            x.swap(i * n + j, j * n + i);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Fault, with};
    use crate::{Axis, GradCheck, Init, Memory, Tape, Unary, Var};
    use ndarray::Array2;

    /// A network that uses each faulty rule: two square layers, a broadcast sum, and a cross-entropy.
    fn network() -> (Tape, Var, Vec<f64>, Memory<f64>) {
        let normal = || Init::Normal { mean: 0.0, std: 0.7 };
        let (tape, loss) = Tape::record(|tape| {
            let (x, label) = (tape.input("x", 3), tape.labels("label", 3));
            let [w, v] = ["w", "v"].map(|name| tape.param(name, [3, 3], normal()));
            let [b, c] = ["b", "c"].map(|name| tape.param(name, [1, 3], normal()));
            let z = tape.affine(x, w, Some(b));
            let h = tape.map(Unary::Sigmoid, z);
            let product = tape.matmul(h, v);
            let moved = tape.add(product, c);
            let losses = tape.softmax_cross_entropy(moved, label, &[], 0.1);
            tape.mean(losses, Axis::All)
        })
        .unwrap();
        let (theta, mut memory) = (tape.layout().initial(2), Memory::new());
        let x = Array2::from_shape_fn((5, 3), |(i, j)| ((3 * i + j) as f64).sin());
        let labels = Array2::from_shape_fn((5, 1), |(i, _)| (i % 3) as f64);
        memory.load(&tape, &[("x", x.view()), ("label", labels.view())]).unwrap();
        (tape, loss, theta, memory)
    }

    fn gradcheck() -> GradCheck {
        let (tape, loss, theta, memory) = network();
        tape.gradcheck(loss, &theta, &memory, 0).unwrap()
    }

    /// |⟨u, J·v⟩ − ⟨Jᵀ·u, v⟩|/|⟨u, J·v⟩| for the loss, u = 1 and a v that no transposing leaves as it is.
    fn mismatch() -> f64 {
        let (tape, loss, theta, mut memory) = network();
        let v: Vec<f64> = (0..theta.len()).map(|i| 1.0 + (i % 4) as f64).collect();
        let forward = tape.jvp(loss, &theta, &v, &[], &memory).unwrap()[[0, 0]];
        let mut grad = vec![0.0; theta.len()];
        tape.forward(&theta, &mut memory);
        tape.backward(loss, &theta, &mut grad, &mut memory);
        let backward: f64 = grad.iter().zip(&v).map(|(g, v)| g * v).sum();
        ((forward - backward) / forward).abs()
    }

    /// What the report says of an op by an operand: the entry of the check that failed last.
    fn blamed(report: &GradCheck, op: &str, name: &str) -> Option<[usize; 2]> {
        let wrong: Vec<_> = report.failures().filter(|check| check.op != "tape").collect();
        assert!(wrong.iter().all(|check| (check.op, check.name.as_str()) == (op, name)), "{report}");
        assert!(report.to_string().contains("WRONG"));
        wrong.last().and_then(|check| check.entry)
    }

    #[test]
    fn without_a_fault_both_checks_pass() {
        let report = gradcheck();
        assert!(report.passed(), "{report}");
        assert!(mismatch() < 1e-12);
    }

    #[test]
    fn a_wrong_factor_is_caught() {
        for (op, which, name) in [
            ("affine", 1, "affine by w"),
            ("affine", 2, "affine by b"),
            ("sigmoid", 0, "sigmoid by affine"),
            ("matmul", 0, "matmul by sigmoid"),
            ("matmul", 1, "matmul by v"),
            ("add", 1, "add by c"),
            ("softmax_cross_entropy", 0, "softmax_cross_entropy by add"),
            ("mean", 0, "mean by softmax_cross_entropy"),
        ] {
            for factor in [-1.0, 0.0, 0.5, 1.0 + 1e-6] {
                with(op, which, Fault::Factor(factor), || {
                    assert_eq!(blamed(&gradcheck(), op, name), Some([0, 0]), "{op} times {factor}");
                    assert!(mismatch() > 1e-9, "{op} times {factor}");
                });
            }
        }
    }

    #[test]
    fn the_whole_gradient_is_wrong_where_a_rule_is() {
        let report = with("affine", 2, Fault::Factor(1.0 + 1e-6), gradcheck);
        let wrong = report.failures().filter(|check| check.op == "tape");
        let entries: Vec<_> = wrong.map(|check| (check.name.as_str(), check.entry)).collect();
        let by_b = |column| ("mean by b", Some([0, column]));
        assert_eq!(entries, [("mean by θ", None), by_b(0), by_b(1), by_b(2)]);
    }

    #[test]
    fn one_wrong_entry_is_found() {
        with("affine", 1, Fault::Entry(5, 1.01), || {
            assert_eq!(blamed(&gradcheck(), "affine", "affine by w"), Some([1, 2]));
            assert!(mismatch() > 1e-9);
        });
    }

    #[test]
    fn a_missing_transpose_is_caught() {
        for (op, which, name) in [("affine", 1, "affine by w"), ("matmul", 1, "matmul by v")] {
            with(op, which, Fault::Transposed, || {
                assert_eq!(blamed(&gradcheck(), op, name), Some([0, 1]), "the diagonal is right");
                assert!(mismatch() > 1e-9);
            });
        }
    }

    #[test]
    fn a_missing_sum_over_rows_is_caught() {
        for (op, which, name) in [("affine", 2, "affine by b"), ("add", 1, "add by c")] {
            with(op, which, Fault::FirstRow, || {
                assert_eq!(blamed(&gradcheck(), op, name), Some([0, 0]));
                assert!(mismatch() > 1e-9);
            });
        }
    }
}
