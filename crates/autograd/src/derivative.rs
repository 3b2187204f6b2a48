//! Derivatives beyond the gradient: directional derivatives, Hessians, per-example gradients; Jacobians are
//! in a file of their own.
//!
//! Reverse mode is the backward sweep. Forward mode is the same program run on [`Dual`] numbers, so the
//! two are independent of each other and agree to rounding: ⟨u, J·v⟩ = ⟨Jᵀ·u, v⟩. These are for looking
//! into a network: each call makes its own memory, and the caller's is left as it was.

use crate::Error;
use crate::memory::Memory;
use crate::op::Op;
use crate::shape::{Rows, Shape};
use crate::tape::{Tape, Var};
use glassgrad_tensor::{Dual, Scalar};
use ndarray::{Array2, ArrayView1, ArrayView2};

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
    pub(crate) fn lifted(&self) -> Memory<Dual<T>> {
        Memory {
            batch: self.batch,
            tape: self.tape,
            slots: self.slots.clone(),
            values: self.values.iter().map(|&x| Dual::constant(x)).collect(),
            cotangents: vec![Dual::default(); self.cotangents.len()],
            touched: self.touched.clone(),
            single: self.single.clone(),
            draw: self.draw,
            input_adjoints: self.input_adjoints,
        }
    }
}

fn lift<T: Scalar>(values: &[T], slopes: &[T]) -> Vec<Dual<T>> {
    values.iter().zip(slopes).map(|(&value, &slope)| Dual::new(value, slope)).collect()
}
