//! Derivatives beyond the gradient: Jacobians, directional derivatives, Hessians, per-example gradients.
//!
//! Reverse mode is the backward sweep. Forward mode is the same program run on [`Dual`] numbers, so the
//! two are independent of each other and agree to rounding: ⟨u, J·v⟩ = ⟨Jᵀ·u, v⟩. These are for looking
//! into a network: each call makes its own memory, and the caller's is left as it was.

use crate::Error;
use crate::memory::Memory;
use crate::op::{Op, Read};
use crate::shape::{Matrix, Rows, Shape};
use crate::tape::{Tape, Var};
use glassgrad_tensor::{Dual, Scalar};
use ndarray::{Array2, ArrayView1, ArrayView2};

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
    /// The directional derivative J·v of `of`, `[rows, columns]`: how it changes when θ moves along
    /// `theta_dot` and inputs along `inputs_dot`. `memory` holds the inputs.
    ///
    /// # Errors
    /// [`Error::Length`] or [`Error::Input`] if θ or a direction has another shape than it must have;
    /// [`Error::UnknownName`]; [`Error::UnknownVariable`].
    ///
    /// # Panics
    /// If the memory was never sized for this tape.
    pub fn jvp<T: Scalar>(
        &self,
        of: Var,
        theta: &[T],
        theta_dot: &[T],
        inputs_dot: &[(&str, ArrayView2<'_, T>)],
        memory: &Memory<T>,
    ) -> Result<Array2<T>, Error> {
        self.check_run(theta, memory)?;
        self.node(of, "jvp")?;
        self.layout().check_length("direction", theta_dot.len())?;
        let mut dual = memory.lifted();
        for (name, direction) in inputs_dot {
            let var = self.input_named(name)?;
            let expected = [dual.batch, self.shape(var).columns];
            let found = [direction.nrows(), direction.ncols()];
            if expected != found {
                return Err(Error::Input { name: format!("direction of {name}"), expected, found });
            }
            dual.input(var).zip_mut_with(direction, |x, &slope| x.slope = slope);
        }
        let theta = lift(theta, theta_dot);
        self.forward_to(of, &theta, &mut dual);
        Ok(self.value(of, &theta, &dual).mapv(|y| y.slope))
    }

    /// The Hessian–vector product ∂²loss/∂θ²·v, by the backward sweep on dual numbers.
    ///
    /// # Errors
    /// [`Error::Length`] if θ or `v` is not as long as the layout; [`Error::NotScalar`].
    ///
    /// # Panics
    /// If the memory was never sized for this tape.
    pub fn hvp<T: Scalar>(
        &self,
        loss: Var,
        theta: &[T],
        v: &[T],
        memory: &Memory<T>,
    ) -> Result<Vec<T>, Error> {
        self.check_run(theta, memory)?;
        self.check_scalar(loss)?;
        self.layout().check_length("direction", v.len())?;
        let mut dual = memory.lifted();
        let theta = lift(theta, v);
        let mut grad = vec![Dual::default(); theta.len()];
        self.forward_to(loss, &theta, &mut dual);
        self.backward(loss, &theta, &mut grad, &mut dual);
        Ok(grad.iter().map(|g| g.slope).collect())
    }

    /// The Hessian ∂²loss/∂θ², `[parameters, parameters]`, one [`hvp`](Self::hvp) a column.
    ///
    /// # Errors
    /// [`Error::Length`]; [`Error::NotScalar`].
    ///
    /// # Panics
    /// If the memory was never sized for this tape.
    pub fn hessian<T: Scalar>(&self, loss: Var, theta: &[T], memory: &Memory<T>) -> Result<Array2<T>, Error> {
        self.check_run(theta, memory)?;
        self.check_scalar(loss)?;
        let mut hessian = Array2::zeros((theta.len(), theta.len()));
        let mut v = vec![T::zero(); theta.len()];
        for (j, mut column) in hessian.columns_mut().into_iter().enumerate() {
            v[j] = T::one();
            column.assign(&ArrayView1::from(&self.hvp(loss, theta, &v, memory)?));
            v[j] = T::zero();
        }
        Ok(hessian)
    }

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
        self.nodes()[var.0].op.backward(which, &Read { slots, theta, values }, y, g, into, false);
    }

    /// The gradient of the loss of each example by itself, `[batch, parameters]`: each row of the batch is
    /// run as a batch of one, in evaluation mode.
    ///
    /// For a loss that is the mean over the batch, the gradient of the batch is the mean of these.
    ///
    /// # Errors
    /// [`Error::Length`]; [`Error::NotScalar`].
    ///
    /// # Panics
    /// If the memory was never sized for this tape.
    pub fn per_example_gradients<T: Scalar>(
        &self,
        loss: Var,
        theta: &[T],
        memory: &Memory<T>,
    ) -> Result<Array2<T>, Error> {
        self.check_run(theta, memory)?;
        self.check_scalar(loss)?;
        let mut one = Memory::new();
        one.resize(self, 1)?;
        let mut gradients = Array2::zeros((memory.batch, theta.len()));
        for (i, mut row) in gradients.rows_mut().into_iter().enumerate() {
            for input in self.vars().filter(|v| matches!(self.nodes()[v.0].op, Op::Input { .. })) {
                one.input(input).row_mut(0).assign(&self.value(input, theta, memory).row(i));
            }
            self.forward_to(loss, theta, &mut one);
            let grad = row.as_slice_mut().expect("a row of a fresh matrix is contiguous");
            self.backward(loss, theta, grad, &mut one);
        }
        Ok(gradients)
    }

    /// θ is as long as the layout, and the memory is this tape's.
    pub(crate) fn check_run<T: Scalar>(&self, theta: &[T], memory: &Memory<T>) -> Result<(), Error> {
        memory.assert_sized_for(self);
        self.layout().check_length("θ", theta.len())
    }

    pub(crate) fn check_scalar(&self, var: Var) -> Result<(), Error> {
        let Shape { rows, columns } = self.node(var, "loss")?.shape;
        if (rows, columns) == (Rows::Fixed(1), 1) {
            return Ok(());
        }
        Err(Error::NotScalar { name: self.name_of(var).into(), shape: self.shape(var) })
    }
}

impl<T: Scalar> Memory<T> {
    /// The same memory on dual numbers, every slope 0.
    fn lifted(&self) -> Memory<Dual<T>> {
        Memory {
            batch: self.batch,
            tape: self.tape,
            slots: self.slots.clone(),
            values: self.values.iter().map(|&x| Dual::constant(x)).collect(),
            cotangents: vec![Dual::default(); self.cotangents.len()],
            touched: self.touched.clone(),
            draw: self.draw,
            input_adjoints: self.input_adjoints,
        }
    }
}

fn lift<T: Scalar>(values: &[T], slopes: &[T]) -> Vec<Dual<T>> {
    values.iter().zip(slopes).map(|(&value, &slope)| Dual::new(value, slope)).collect()
}
