//! Jacobians: of any value with respect to θ or any value before it, and of one op alone.

use crate::Error;
use crate::memory::Memory;
use crate::op::{Op, Read};
use crate::shape::Matrix;
use crate::tape::{Tape, Var};
use glassgrad_tensor::{Dual, Scalar};
use ndarray::{Array2, ArrayView2};

/// What a Jacobian is taken with respect to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrt {
    /// All of θ: one column a parameter.
    Theta,
    /// One value: an input, one parameter, or anything computed on the way (so that the Jacobian of one
    /// layer is that of its output with respect to its input).
    Var(Var),
}

impl Tape {
    /// The Jacobian ∂of/∂wrt: one row for each entry of `of`, one column for each of `wrt`, both in
    /// row-major order.
    ///
    /// By as many backward sweeps as there are rows, or, with respect to θ, a parameter or an input, as
    /// many runs on dual numbers as there are columns, whichever are fewer. Where the value at `wrt`
    /// separates the tape in two, J(of, wrt)·J(wrt, x) = J(of, x).
    ///
    /// # Errors
    /// [`Error::Length`]; [`Error::UnknownVariable`].
    ///
    /// # Panics
    /// If the memory was never sized for this tape.
    pub fn jacobian<T: Scalar>(
        &self,
        of: Var,
        wrt: Wrt,
        theta: &[T],
        memory: &Memory<T>,
    ) -> Result<Array2<T>, Error> {
        self.check_run(theta, memory)?;
        self.node(of, "jacobian")?;
        let outputs = memory.slots[of.0].len();
        let (inputs, leaf) = match wrt {
            Wrt::Theta => (theta.len(), true),
            Wrt::Var(var) => {
                let node = self.node(var, "jacobian")?;
                (memory.slots[var.0].len(), matches!(node.op, Op::Param { .. } | Op::Input { .. }))
            }
        };
        if leaf && inputs < outputs {
            Ok(self.jacobian_forward(of, wrt, inputs, theta, memory))
        } else {
            Ok(self.jacobian_backward(of, wrt, inputs, theta, memory))
        }
    }

    fn jacobian_forward<T: Scalar>(
        &self,
        of: Var,
        wrt: Wrt,
        inputs: usize,
        theta: &[T],
        memory: &Memory<T>,
    ) -> Array2<T> {
        let mut dual = memory.lifted();
        let mut theta: Vec<_> = theta.iter().map(|&x| Dual::constant(x)).collect();
        let mut jacobian = Array2::zeros((memory.slots[of.0].len(), inputs));
        let (start, in_theta) = match wrt {
            Wrt::Theta => (0, true),
            Wrt::Var(var) => (memory.slots[var.0].start, memory.slots[var.0].in_theta),
        };
        for (j, mut column) in jacobian.columns_mut().into_iter().enumerate() {
            (if in_theta { &mut theta } else { &mut dual.values })[start + j].slope = T::one();
            self.forward_to(of, &theta, &mut dual);
            for (out, y) in column.iter_mut().zip(self.value(of, &theta, &dual)) {
                *out = y.slope;
            }
            (if in_theta { &mut theta } else { &mut dual.values })[start + j].slope = T::zero();
        }
        jacobian
    }

    fn jacobian_backward<T: Scalar>(
        &self,
        of: Var,
        wrt: Wrt,
        inputs: usize,
        theta: &[T],
        memory: &Memory<T>,
    ) -> Array2<T> {
        let mut memory = memory.clone();
        memory.input_adjoints(true);
        self.forward_to(of, theta, &mut memory);
        let slot = memory.slots[of.0];
        let mut grad = vec![T::zero(); theta.len()];
        let mut seed = Array2::zeros((slot.rows, slot.columns));
        let mut jacobian = Array2::zeros((slot.len(), inputs));
        for (i, mut row) in jacobian.rows_mut().into_iter().enumerate() {
            let entry = [i / slot.columns, i % slot.columns];
            seed[entry] = T::one();
            self.vjp(of, seed.view(), theta, &mut grad, &mut memory).expect("the seed has the shape of `of`");
            seed[entry] = T::zero();
            match wrt {
                Wrt::Theta => row.iter_mut().zip(&grad).for_each(|(out, &g)| *out = g),
                Wrt::Var(var) => {
                    if let Some(adjoint) = self.adjoint(var, &grad, &memory) {
                        row.iter_mut().zip(adjoint).for_each(|(out, &g)| *out = g);
                    }
                }
            }
        }
        jacobian
    }

    /// The local Jacobian of one op: its result with respect to operand number `which` alone, at the
    /// values that `memory` holds after a forward run. Rows and columns as in [`jacobian`](Self::jacobian).
    ///
    /// # Errors
    /// [`Error::Length`]; [`Error::UnknownVariable`] if there is no such value or operand.
    ///
    /// # Panics
    /// If the memory was never sized for this tape.
    pub fn local_jacobian<T: Scalar>(
        &self,
        var: Var,
        which: usize,
        theta: &[T],
        memory: &Memory<T>,
    ) -> Result<Array2<T>, Error> {
        self.check_run(theta, memory)?;
        let operand = self
            .node(var, "local_jacobian")?
            .op
            .operand(which)
            .ok_or(Error::UnknownVariable { at: self.name_of(var).into() })?;
        let (slot, to) = (memory.slots[var.0], memory.slots[operand.0]);
        let mut seed = vec![T::zero(); slot.len()];
        let mut jacobian = Array2::zeros((slot.len(), to.len()));
        for (i, mut row) in jacobian.rows_mut().into_iter().enumerate() {
            seed[i] = T::one();
            let into = row.as_slice_mut().expect("a row of a fresh matrix is contiguous");
            self.pull_one(var, which, &seed, theta, memory, into);
            seed[i] = T::zero();
        }
        Ok(jacobian)
    }

    /// What one op hands on to its operand number `which`, in the operand's shape, when the cotangent of its
    /// result is `seed`: [`local_jacobian`](Self::local_jacobian)ᵀ·seed, without that Jacobian being made.
    ///
    /// # Errors
    /// [`Error::Length`]; [`Error::UnknownVariable`] if there is no such value or operand; [`Error::Input`] if
    /// the seed has another shape than the result.
    ///
    /// # Panics
    /// If the memory was never sized for this tape.
    pub fn local_vjp<T: Scalar>(
        &self,
        var: Var,
        which: usize,
        seed: ArrayView2<'_, T>,
        theta: &[T],
        memory: &Memory<T>,
    ) -> Result<Array2<T>, Error> {
        self.check_run(theta, memory)?;
        let operand = self
            .node(var, "local_vjp")?
            .op
            .operand(which)
            .ok_or(Error::UnknownVariable { at: self.name_of(var).into() })?;
        let (slot, to) = (memory.slots[var.0], memory.slots[operand.0]);
        let (expected, found) = ([slot.rows, slot.columns], [seed.nrows(), seed.ncols()]);
        if found != expected {
            return Err(Error::Input { name: format!("seed of {}", self.name_of(var)), expected, found });
        }
        let seed: Vec<T> = seed.iter().copied().collect();
        let mut cotangent = Array2::zeros((to.rows, to.columns));
        let into = cotangent.as_slice_mut().expect("a fresh matrix is contiguous");
        self.pull_one(var, which, &seed, theta, memory, into);
        Ok(cotangent)
    }

    /// The cotangent of operand number `which` of one op, for the cotangent `seed` of its result.
    pub(crate) fn pull_one<T: Scalar>(
        &self,
        var: Var,
        which: usize,
        seed: &[T],
        theta: &[T],
        memory: &Memory<T>,
        into: &mut [T],
    ) {
        let Memory { slots, values, .. } = memory;
        let slot = slots[var.0];
        let g = Matrix { data: seed, rows: slot.rows, columns: slot.columns };
        let y = Matrix { data: &values[slot.whole()], ..g };
        self.nodes()[var.0].op.backward(which, &Read::left(slots, theta, values), y, g, into, false);
    }
}
