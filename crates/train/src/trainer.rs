use crate::Error;
use glassgrad_autograd::{Memory, Tape, Var};
use glassgrad_layers::{Layer, Loss, Reduction};
use glassgrad_optim::{Descent, Recipe};
use glassgrad_tensor::Scalar;
use ndarray::{ArrayView2, Axis};

/// A network in training: its tape, θ, ∇θ, one recycled memory and its optimiser.
///
/// One step is four stages, each a method: [`forward`](Self::forward), [`backward`](Self::backward),
/// [`update`](Self::update), [`verify`](Self::verify). After each, everything can be read by name.
/// A steady-state step allocates nothing.
#[derive(Debug)]
pub struct Trainer<T> {
    pub(crate) tape: Tape,
    pub(crate) x: Var,
    pub(crate) y: Var,
    pub(crate) prediction: Var,
    pub(crate) loss: Var,
    pub(crate) kind: Loss,
    pub(crate) theta: Vec<T>,
    pub(crate) grad: Vec<T>,
    pub(crate) memory: Memory<T>,
    pub(crate) descent: Descent<T>,
    pub(crate) seed: u64,
    pub(crate) position: Position,
}

/// How far training has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Position {
    /// Whole epochs done.
    pub epoch: u64,
    /// Batches done of the epoch at hand.
    pub batch: u64,
}

/// What one step was.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step<T> {
    /// Where the step was made: both counted from 0.
    pub position: Position,
    /// The loss before the update.
    pub loss: T,
    /// The learning rate used, before any group's factor.
    pub lr: f64,
    /// The gradient's norm before clipping, if it is clipped by norm.
    pub norm: Option<f64>,
}

impl<T: Scalar> Trainer<T> {
    /// Records `network` on inputs `x: [batch, inputs]` with the mean of `loss` over the batch, and draws
    /// the initial parameters from `seed`.
    ///
    /// # Errors
    /// What is wrong with the network (shapes, widths, settings) or with the optimiser's settings.
    pub fn new(
        network: &dyn Layer,
        inputs: usize,
        loss: &Loss,
        recipe: Recipe<T>,
        seed: u64,
    ) -> Result<Self, Error> {
        Self::with_reduction(network, inputs, loss, Reduction::Mean, recipe, seed)
    }

    /// As [`new`](Self::new), with the sum over the batch if so chosen; see [`Reduction`].
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn with_reduction(
        network: &dyn Layer,
        inputs: usize,
        loss: &Loss,
        reduction: Reduction,
        recipe: Recipe<T>,
        seed: u64,
    ) -> Result<Self, Error> {
        let (tape, [x, y, prediction, value]) = Tape::record(|tape| {
            let x = tape.input("x", inputs);
            let prediction = network.forward(tape, x);
            let y = loss.target(tape, "y", prediction);
            [x, y, prediction, loss.forward(tape, prediction, y, reduction)]
        })?;
        let theta = tape.layout().initial(seed);
        let segments: Vec<_> = tape.layout().segments().iter().map(|s| (&s.name, s.range())).collect();
        let descent = recipe.bind(&segments)?;
        let mut memory = Memory::new();
        memory.input_adjoints(false);
        let grad = vec![T::zero(); theta.len()];
        let (kind, position) = (loss.clone(), Position::default());
        Ok(Self { tape, x, y, prediction, loss: value, kind, theta, grad, memory, descent, seed, position })
    }

    /// Copies a batch into the network: `x: [batch, inputs]`, and `y: [batch, outputs]` or, for labels,
    /// `[batch, 1]` of class indices.
    ///
    /// # Errors
    /// A shape that does not fit, a label that is no class, or an empty batch.
    pub fn load(&mut self, x: ArrayView2<'_, T>, y: ArrayView2<'_, T>) -> Result<(), Error> {
        self.memory.resize(&self.tape, x.nrows())?;
        self.memory.set(&self.tape, self.x, x)?;
        self.memory.set(&self.tape, self.y, y)?;
        Ok(())
    }

    /// Stage 1: computes every value from the loaded batch, and returns the loss.
    ///
    /// # Panics
    /// If no batch was ever loaded.
    pub fn forward(&mut self) -> T {
        self.memory.training(self.seed, self.position.epoch, self.position.batch);
        self.evaluate_loss()
    }

    /// Stage 2: computes every adjoint and the gradient of the loss, from the values of stage 1.
    ///
    /// # Panics
    /// If no batch was ever loaded.
    pub fn backward(&mut self) {
        self.tape.backward(self.loss, &self.theta, &mut self.grad, &mut self.memory);
    }

    /// Stage 3: moves θ by the optimiser's rule, and goes on to the next position.
    ///
    /// # Errors
    /// If the gradient is clipped by its norm and that is not finite. Nothing has changed then.
    pub fn update(&mut self) -> Result<Step<T>, Error> {
        let step = self.descent.step(&mut self.theta, &mut self.grad)?;
        let position = self.position;
        self.position.batch += 1;
        Ok(Step { position, loss: self.loss_value(), lr: step.lr, norm: step.norm })
    }

    /// Stage 4: the loss of the same batch with the new θ, under the same dropout masks. Did it fall?
    ///
    /// # Panics
    /// If no batch was ever loaded.
    pub fn verify(&mut self) -> T {
        self.evaluate_loss()
    }

    /// Stages 1 to 3 on the loaded batch.
    ///
    /// # Errors
    /// [`Error::Diverged`] if the loss is not finite; θ has not been touched then.
    ///
    /// # Panics
    /// If no batch was ever loaded.
    pub fn step(&mut self) -> Result<Step<T>, Error> {
        let loss = self.forward();
        if !loss.is_finite() {
            let Position { epoch, batch } = self.position;
            let (loss, lr) = (loss.to_f64(), self.descent.lr());
            return Err(Error::Diverged { epoch, batch, loss, lr });
        }
        self.backward();
        self.update()
    }

    fn evaluate_loss(&mut self) -> T {
        self.tape.forward_to(self.loss, &self.theta, &mut self.memory);
        self.loss_value()
    }

    pub(crate) fn loss_value(&self) -> T {
        self.tape.value(self.loss, &self.theta, &self.memory)[[0, 0]]
    }

    /// The network's output `[batch, outputs]` for `x: [batch, inputs]`, in evaluation mode.
    ///
    /// # Errors
    /// A shape that does not fit, or an empty batch.
    pub fn predict(&mut self, x: ArrayView2<'_, T>) -> Result<ArrayView2<'_, T>, Error> {
        self.memory.resize(&self.tape, x.nrows())?;
        self.memory.set(&self.tape, self.x, x)?;
        self.memory.evaluating();
        self.tape.forward_to(self.prediction, &self.theta, &mut self.memory);
        Ok(self.tape.value(self.prediction, &self.theta, &self.memory))
    }

    /// The class with the largest output for each row of `x: [batch, inputs]`; the first of equals.
    ///
    /// # Errors
    /// A shape that does not fit, or an empty batch.
    pub fn classify(&mut self, x: ArrayView2<'_, T>) -> Result<Vec<usize>, Error> {
        Ok(self.predict(x)?.axis_iter(Axis(0)).map(crate::metrics::largest).collect())
    }

    /// A value of the last run by its name: an input, a parameter, or anything between and after.
    ///
    /// # Errors
    /// An unknown name; the error lists the names there are.
    pub fn value(&self, name: &str) -> Result<ArrayView2<'_, T>, Error> {
        Ok(self.tape.value(self.tape.var(name)?, &self.theta, &self.memory))
    }

    /// The adjoint ∂loss/∂value after a backward stage; `None` where there is none, as for the inputs
    /// unless [`input_adjoints`](Self::input_adjoints) are wanted.
    ///
    /// # Errors
    /// An unknown name; the error lists the names there are.
    pub fn adjoint(&self, name: &str) -> Result<Option<ArrayView2<'_, T>>, Error> {
        Ok(self.tape.adjoint(self.tape.var(name)?, &self.grad, &self.memory))
    }

    /// The gradient of a parameter after a backward stage.
    ///
    /// # Errors
    /// An unknown name; the error lists the parameters.
    pub fn gradient(&self, name: &str) -> Result<ArrayView2<'_, T>, Error> {
        Ok(self.tape.layout().view(&self.grad, name)?)
    }

    /// A parameter.
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

    /// The program.
    pub fn tape(&self) -> &Tape {
        &self.tape
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

    /// ∇θ of the last backward stage.
    pub fn grad(&self) -> &[T] {
        &self.grad
    }

    /// The values and adjoints of the last run.
    pub fn memory(&self) -> &Memory<T> {
        &self.memory
    }

    /// The optimiser at work.
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
