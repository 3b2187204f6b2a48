//! Networks of single numbers: where every value is `[1, 1]`, a step takes a tenth of a microsecond, and
//! slices, shapes and loops would cost more than the arithmetic.
//!
//! This is the same arithmetic without them, in the same order, so with the same bits; an op that is not
//! here takes the general path.

use crate::memory::{Memory, Slot};
use crate::op::Op;
use crate::op::binary::Binary;
use crate::tape::{Tape, Var};
use glassgrad_tensor::Scalar;

/// Where single numbers are read from.
#[derive(Clone, Copy)]
struct Numbers<'a, T> {
    slots: &'a [Slot],
    theta: &'a [T],
    values: &'a [T],
}

impl<T: Scalar> Numbers<'_, T> {
    #[inline]
    fn get(&self, var: Var) -> T {
        let slot = &self.slots[var.0];
        if slot.in_theta { self.theta[slot.start] } else { self.values[slot.start] }
    }
}

impl Tape {
    /// Computes the value at place `at`, or says that the general path must.
    #[inline]
    pub(crate) fn compute_single<T: Scalar>(&self, at: usize, theta: &[T], memory: &mut Memory<T>) -> bool {
        let Memory { slots, values, .. } = memory;
        let get = |var| Numbers { slots, theta, values }.get(var);
        let value = match self.nodes()[at].op {
            Op::Input { .. } | Op::Param { .. } => return true,
            Op::Affine { x, w, b: Some(b) } => get(x) * get(w) + get(b),
            Op::Affine { x, w, b: None } => get(x) * get(w),
            Op::Map(f, x) => f.value(get(x)),
            Op::Zip(f, a, b) => match f {
                Binary::Add => get(a) + get(b),
                Binary::Sub => get(a) - get(b),
                Binary::Mul => get(a) * get(b),
                Binary::Div => get(a) / get(b),
            },
            // A sum of one number begins at 0, and so is never −0; its mean divides by 1.
            Op::Reduce { x, .. } => T::zero() + get(x),
            _ => return false,
        };
        values[slots[at].start] = value;
        true
    }

    /// Hands the cotangent at place `at` on to its operands, or says that the general path must.
    #[inline]
    pub(crate) fn pull_single<T: Scalar>(
        &self,
        at: usize,
        theta: &[T],
        grad: &mut [T],
        memory: &mut Memory<T>,
    ) -> bool {
        let Memory { slots, values, cotangents, touched, input_adjoints, .. } = memory;
        if slots[at].in_theta {
            return true;
        }
        if let Op::Affine { x, w, .. } = self.nodes()[at].op {
            // A further contribution to a product is fused into the sum: not here.
            if touched[x.0] || touched[w.0] || x == w {
                return false;
            }
        }
        let get = |var| Numbers { slots, theta, values }.get(var);
        let g = cotangents[slots[at].start];
        let mut hand = |to: Var, cotangent: T| {
            let (needs, slot) = (self.nodes()[to.0].needs, &slots[to.0]);
            if needs.theta || (needs.inputs && *input_adjoints) {
                let into = &mut (if slot.in_theta { &mut *grad } else { &mut *cotangents })[slot.start];
                *into = if touched[to.0] { *into + cotangent } else { cotangent };
                touched[to.0] = true;
            }
        };
        match self.nodes()[at].op {
            Op::Input { .. } | Op::Param { .. } => {}
            Op::Affine { x, w, b } => {
                hand(x, g * get(w));
                hand(w, g * get(x));
                if let Some(b) = b {
                    hand(b, T::zero() + g);
                }
            }
            Op::Map(f, x) => hand(x, g * f.slope(get(x), get(Var(at)))),
            Op::Zip(f, a, b) => {
                let (da, db) = match f {
                    Binary::Add => (g, g),
                    Binary::Sub => (g, -g),
                    Binary::Mul => (g * get(b), g * get(a)),
                    Binary::Div => (g / get(b), -(g * get(Var(at)) / get(b))),
                };
                hand(a, da);
                hand(b, db);
            }
            Op::Reduce { x, .. } => hand(x, g),
            _ => return false,
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use crate::op::binary::Binary;
    use crate::{Axis, Init, Memory, Tape, Unary, Var};
    use ndarray::Array2;

    /// f(w·x + b) ∘ v, where the second use of w, b and the hidden value adds to their cotangents.
    fn record(f: Unary, join: Binary, bias: bool) -> (Tape, Var) {
        Tape::record(|tape| {
            let x = tape.input("x", 1);
            let w = tape.param("w", [1, 1], Init::Constant(0.7));
            let b = tape.param("b", [1, 1], Init::Constant(0.4));
            let z = tape.affine(x, w, bias.then_some(b));
            let h = tape.map(f, z);
            let again = tape.affine(h, w, Some(b));
            let y = tape.zip(join, h, again);
            let y = tape.sum(y, Axis::Columns);
            let y = tape.zip(join, y, y);
            tape.mean(y, Axis::All)
        })
        .expect("all is [1, 1]")
    }

    /// Every value, adjoint and gradient, as bits.
    fn bits(tape: &Tape, loss: Var, single: bool) -> Vec<u64> {
        let theta: Vec<f64> = tape.layout().initial(0);
        let mut grad = vec![f64::NAN; theta.len()];
        let mut memory = Memory::new();
        memory.load(tape, &[("x", Array2::from_elem((1, 1), 0.9).view())]).expect("one number");
        assert!(memory.single);
        memory.single = single;
        tape.forward(&theta, &mut memory);
        tape.backward(loss, &theta, &mut grad, &mut memory);
        let numbers = memory.values.iter().chain(&memory.cotangents).chain(&grad);
        numbers.map(|x| x.to_bits()).collect()
    }

    #[test]
    fn the_short_path_has_the_bits_of_the_general_one() {
        for &f in Unary::ALL {
            for join in Binary::ALL {
                for bias in [true, false] {
                    let (tape, loss) = record(f, join, bias);
                    let (short, general) = (bits(&tape, loss, true), bits(&tape, loss, false));
                    assert_eq!(short, general, "{f:?}, {join:?}, bias: {bias}");
                }
            }
        }
    }
}
