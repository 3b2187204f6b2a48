//! Running a tape: forward, backward, and reading what came out.
//!
//! Program order is memory order is borrow order. An op's operands were recorded before it, so in the
//! flat memory they lie to its left: `values.split_at_mut(start)` lends all operands shared and the
//! result exclusively. Cotangents go the other way round.

use crate::Error;
use crate::memory::Memory;
use crate::op::Read;
use crate::shape::Matrix;
use crate::tape::{Tape, Var};
use glassgrad_tensor::Scalar;
use ndarray::ArrayView2;

impl Tape {
    /// Computes every value from θ and the inputs that `memory` holds.
    ///
    /// # Panics
    /// If θ is not as long as the layout, or the memory was never sized for this tape.
    pub fn forward<T: Scalar>(&self, theta: &[T], memory: &mut Memory<T>) {
        if let Some(last) = self.nodes().len().checked_sub(1) {
            self.forward_to(Var(last), theta, memory);
        }
    }

    /// Computes values up to and including `last`, and none recorded after it: a prediction needs no
    /// loss.
    ///
    /// # Panics
    /// If θ is not as long as the layout, or the memory was never sized for this tape.
    pub fn forward_to<T: Scalar>(&self, last: Var, theta: &[T], memory: &mut Memory<T>) {
        assert_eq!(theta.len(), self.layout().len(), "θ must be as long as the tape's layout");
        memory.assert_sized_for(self);
        if let (Some(single), 1) = (&memory.single, memory.batch) {
            return single.forward(last, theta, &mut memory.values);
        }
        for at in 0..=last.0 {
            self.compute(at, theta, memory);
        }
    }

    /// Computes the one value at place `at` from those before it.
    #[inline]
    pub(crate) fn compute<T: Scalar>(&self, at: usize, theta: &[T], memory: &mut Memory<T>) {
        let Memory { slots, values, draw, .. } = memory;
        let slot = slots[at];
        if slot.in_theta {
            return;
        }
        let (left, right) = values.split_at_mut(slot.start);
        let read = Read::left(slots, theta, left);
        self.nodes()[at].op.forward(&read, slot.columns, &mut right[..slot.len() + slot.saved], *draw, at);
    }

    /// The gradient of `root` with respect to θ into `grad`, and every adjoint on the way into `memory`.
    ///
    /// `root` is usually the loss. Where it is not a single number, this is the gradient of the sum of
    /// its entries; for other weights see [`vjp`](Self::vjp). `grad` is overwritten, never added to, and
    /// a parameter that `root` does not depend on gets 0.
    ///
    /// # Panics
    /// If `theta` or `grad` is not as long as the layout, or the memory was never sized for this tape.
    pub fn backward<T: Scalar>(&self, root: Var, theta: &[T], grad: &mut [T], memory: &mut Memory<T>) {
        seat(root, grad, memory).fill(T::one());
        self.sweep(root, theta, grad, memory, |_, _| ());
    }

    /// The vector–Jacobian product `seed`ᵀ·∂of/∂θ into `grad`: [`backward`](Self::backward) with a seed of
    /// one's own, `[rows, columns]` of `of`.
    ///
    /// # Errors
    /// [`Error::Input`] if the seed has another shape than `of`.
    ///
    /// # Panics
    /// As [`backward`](Self::backward).
    pub fn vjp<T: Scalar>(
        &self,
        of: Var,
        seed: ArrayView2<'_, T>,
        theta: &[T],
        grad: &mut [T],
        memory: &mut Memory<T>,
    ) -> Result<(), Error> {
        self.vjp_in_parts(of, seed, theta, grad, memory, |_, _| ())
    }

    /// [`vjp`](Self::vjp) that tells how far it has come, for those who can use the end of ∇θ before its start is
    /// there. `done(from, grad)` is called with falling `from`, at last 0 if there are parameters: `grad[from..]` is as it stays.
    ///
    /// # Errors
    /// As [`vjp`](Self::vjp); `done` has not been called then.
    ///
    /// # Panics
    /// As [`backward`](Self::backward).
    pub fn vjp_in_parts<T: Scalar>(
        &self,
        of: Var,
        seed: ArrayView2<'_, T>,
        theta: &[T],
        grad: &mut [T],
        memory: &mut Memory<T>,
        done: impl FnMut(usize, &[T]),
    ) -> Result<(), Error> {
        let slot = memory.slots[of.0];
        let (expected, found) = ([slot.rows, slot.columns], [seed.nrows(), seed.ncols()]);
        if found != expected {
            return Err(Error::Input { name: format!("seed of {}", self.name_of(of)), expected, found });
        }
        for (cotangent, &seed) in seat(of, grad, memory).iter_mut().zip(seed) {
            *cotangent = seed;
        }
        self.sweep(of, theta, grad, memory, done);
        Ok(())
    }

    /// From the seed in `root`'s cotangent to all others, right to left.
    fn sweep<T: Scalar>(
        &self,
        root: Var,
        theta: &[T],
        grad: &mut [T],
        memory: &mut Memory<T>,
        mut done: impl FnMut(usize, &[T]),
    ) {
        assert_eq!(theta.len(), self.layout().len(), "θ must be as long as the tape's layout");
        assert_eq!(grad.len(), self.layout().len(), "∇θ must be as long as the tape's layout");
        memory.assert_sized_for(self);
        if let (Some(single), 1) = (&mut memory.single, memory.batch) {
            if single.plan(self, root, memory.input_adjoints, &mut memory.touched) {
                single.backward(&memory.values, &mut memory.cotangents, grad, &memory.touched);
                return done(0, grad);
            }
        }
        memory.touched.fill(false);
        memory.touched[root.0] = true;
        for at in (0..self.nodes().len()).rev() {
            let slot = memory.slots[at];
            if slot.in_theta {
                // Whatever uses a parameter was recorded after it, and has been.
                if !memory.touched[at] {
                    grad[slot.range()].fill(T::zero());
                }
                done(slot.start, grad);
            } else if memory.touched[at] {
                self.pull(at, theta, grad, memory);
            }
        }
    }

    /// Hands the cotangent at place `at` on to its operands.
    #[inline]
    pub(crate) fn pull<T: Scalar>(&self, at: usize, theta: &[T], grad: &mut [T], memory: &mut Memory<T>) {
        let Memory { slots, values, cotangents, touched, input_adjoints, .. } = memory;
        let slot = slots[at];
        let (left, right) = cotangents.split_at_mut(slot.start);
        let g = Matrix { data: &right[..slot.len()], rows: slot.rows, columns: slot.columns };
        let y = Matrix { data: &values[slot.whole()], ..g };
        let read = Read::left(slots, theta, values);
        let op = &self.nodes()[at].op;
        for (which, operand) in op.operands().enumerate() {
            let needs = self.nodes()[operand.0].needs;
            if !op.passes(which) || !(needs.theta || (needs.inputs && *input_adjoints)) {
                continue;
            }
            let to = slots[operand.0];
            let into = if to.in_theta { &mut grad[to.range()] } else { &mut left[to.range()] };
            op.backward(which, &read, y, g, into, touched[operand.0]);
            touched[operand.0] = true;
        }
    }

    /// The value of a variable after a forward run, `[rows, columns]`; a parameter's is read from θ.
    ///
    /// # Panics
    /// If θ is not as long as the layout, or the memory was never sized for this tape.
    pub fn value<'a, T: Scalar>(&self, var: Var, theta: &'a [T], memory: &'a Memory<T>) -> ArrayView2<'a, T> {
        memory.view(var.0, if memory.slots[var.0].in_theta { theta } else { &memory.values })
    }

    /// The first number of a value after a forward run: all of it, if it is a loss.
    ///
    /// # Panics
    /// As [`value`](Self::value).
    pub fn number<T: Scalar>(&self, var: Var, theta: &[T], memory: &Memory<T>) -> T {
        let slot = &memory.slots[var.0];
        if slot.in_theta { theta[slot.start] } else { memory.values[slot.start] }
    }

    /// The adjoint ∂root/∂var after a backward run, `[rows, columns]`; a parameter's is its gradient.
    ///
    /// `None` where root does not depend on the variable through anything differentiable, or where
    /// adjoints of inputs were not asked for.
    ///
    /// # Panics
    /// If ∇θ is not as long as the layout, or the memory was never sized for this tape.
    pub fn adjoint<'a, T: Scalar>(
        &self,
        var: Var,
        grad: &'a [T],
        memory: &'a Memory<T>,
    ) -> Option<ArrayView2<'a, T>> {
        let from = if memory.slots[var.0].in_theta { grad } else { &memory.cotangents };
        memory.touched[var.0].then(|| memory.view(var.0, from))
    }
}

/// Where a variable's cotangent lies.
fn seat<'a, T: Scalar>(var: Var, grad: &'a mut [T], memory: &'a mut Memory<T>) -> &'a mut [T] {
    let slot = memory.slots[var.0];
    // Only here, so that a memory that never runs backward has none.
    memory.cotangents.resize(memory.values.len(), T::zero());
    let all = if slot.in_theta { grad } else { &mut memory.cotangents[..] };
    &mut all[slot.range()]
}
