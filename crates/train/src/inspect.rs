use crate::{Error, Position, Trainer};
use glassgrad_autograd::{Memory, Tape, Var};
use glassgrad_layers::Loss;
use glassgrad_optim::Descent;
use glassgrad_tensor::Scalar;
use ndarray::ArrayView2;

/// Looking inside. Names are paths such as `0.weight`; those of values are listed by [`Tape`]'s `Display`.
impl<T: Scalar> Trainer<T> {
    /// A value of the last forward or verify stage by its name: an input, a parameter, or anything between
    /// and after. `[batch, columns]`, or a parameter's own shape.
    ///
    /// # Errors
    /// An unknown name; the error lists the names there are. [`Error::NoBatch`].
    pub fn value(&self, name: &str) -> Result<ArrayView2<'_, T>, Error> {
        self.check_batch("value")?;
        Ok(self.tape.value(self.tape.var(name)?, &self.theta, &self.memory))
    }

    /// The adjoint ∂loss/∂value after a backward stage, in the shape of the value; `None` where there is
    /// none, as for the inputs unless [`input_adjoints`](Self::input_adjoints) are wanted.
    ///
    /// # Errors
    /// An unknown name; the error lists the names there are. [`Error::NoBatch`].
    pub fn adjoint(&self, name: &str) -> Result<Option<ArrayView2<'_, T>>, Error> {
        self.check_batch("adjoint")?;
        Ok(self.tape.adjoint(self.tape.var(name)?, &self.grad, &self.memory))
    }

    /// The gradient of a parameter after a backward stage, in the parameter's shape; 0 before the first.
    ///
    /// # Errors
    /// An unknown name; the error lists the parameters.
    pub fn gradient(&self, name: &str) -> Result<ArrayView2<'_, T>, Error> {
        Ok(self.tape.layout().view(&self.grad, name)?)
    }

    /// A parameter: a weight is `[out, in]`, a bias `[1, out]`.
    ///
    /// # Errors
    /// An unknown name; the error lists the parameters.
    pub fn parameter(&self, name: &str) -> Result<ArrayView2<'_, T>, Error> {
        Ok(self.tape.layout().view(&self.theta, name)?)
    }

    /// Whether backward stages also compute the adjoints of the inputs; at first not.
    pub fn input_adjoints(&mut self, wanted: bool) {
        self.memory.input_adjoints(wanted);
    }

    /// The program; its layout says where each parameter lies in θ.
    pub fn tape(&self) -> &Tape {
        &self.tape
    }

    /// The input on the tape.
    pub fn input(&self) -> Var {
        self.x
    }

    /// Which loss is made small.
    pub fn kind(&self) -> &Loss {
        &self.kind
    }

    /// The prediction on the tape.
    pub fn prediction(&self) -> Var {
        self.prediction
    }

    /// The loss on the tape.
    pub fn loss(&self) -> Var {
        self.loss
    }

    /// θ, all parameters in the order of the tape's layout.
    pub fn theta(&self) -> &[T] {
        &self.theta
    }

    /// θ, to be changed by hand.
    pub fn theta_mut(&mut self) -> &mut [T] {
        &mut self.theta
    }

    /// ∇θ of the last backward stage, in the layout of θ.
    pub fn grad(&self) -> &[T] {
        &self.grad
    }

    /// The values and adjoints of the loaded batch.
    pub fn memory(&self) -> &Memory<T> {
        &self.memory
    }

    /// The optimiser at work: its learning rate, its state.
    pub fn descent(&self) -> &Descent<T> {
        &self.descent
    }

    /// The optimiser at work, to be shown a validation loss, say.
    pub fn descent_mut(&mut self) -> &mut Descent<T> {
        &mut self.descent
    }

    /// How far training has come.
    pub fn position(&self) -> Position {
        self.position
    }
}
