use crate::check::check_probabilities;
use crate::mean::LossMean;
use crate::{Epoch, Error};
use glassgrad_autograd::{Inference, Memory, Tape, Var};
use glassgrad_layers::{Layer, Loss, Reduction};
use glassgrad_optim::{Descent, Recipe};
use glassgrad_tensor::Scalar;
use ndarray::ArrayView2;
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// A network in training: its tape, θ, ∇θ, recycled memory and its optimiser.
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
    pub(crate) reduction: Reduction,
    pub(crate) theta: Vec<T>,
    pub(crate) grad: Vec<T>,
    /// Of the batch that is trained on.
    pub(crate) memory: Memory<T>,
    /// Of what is compared with its targets.
    pub(crate) evaluation: Memory<T>,
    /// Of what is only predicted.
    pub(crate) inference: Inference<T>,
    pub(crate) descent: Descent<T>,
    pub(crate) seed: u64,
    pub(crate) position: Position,
    /// The loss of the epoch at hand, so far.
    pub(crate) so_far: LossMean,
    /// Whether the memory holds a whole batch.
    pub(crate) loaded: bool,
}

/// What follows the prediction on a tape.
#[derive(Debug)]
pub(crate) struct End {
    y: Var,
    loss: Var,
    kind: Loss,
    reduction: Reduction,
}

impl End {
    /// Records the targets and the loss of them.
    pub(crate) fn record(tape: &mut Tape, prediction: Var, kind: &Loss, reduction: Reduction) -> Self {
        let y = kind.target(tape, "y", prediction);
        let loss = kind.forward(tape, prediction, y, reduction);
        Self { y, loss, kind: kind.clone(), reduction }
    }
}

/// Names of the parameters, and where they lie in θ.
pub(crate) fn segments(tape: &Tape) -> Vec<(&str, Range<usize>)> {
    tape.layout().segments().iter().map(|s| (s.name.as_str(), s.range())).collect()
}

/// How far training has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
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
        let (tape, (x, prediction, end)) = Tape::record(|tape| {
            let x = tape.input("x", inputs);
            let prediction = network.forward(tape, x);
            (x, prediction, End::record(tape, prediction, loss, reduction))
        })?;
        let theta = tape.layout().initial(seed);
        let descent = recipe.bind(&segments(&tape))?;
        Ok(Self::assemble(tape, [x, prediction], end, theta, descent, seed))
    }

    /// A trainer at the start of epoch 0.
    pub(crate) fn assemble(
        tape: Tape,
        [x, prediction]: [Var; 2],
        end: End,
        theta: Vec<T>,
        descent: Descent<T>,
        seed: u64,
    ) -> Self {
        let mut memory = Memory::new();
        memory.input_adjoints(false);
        Self {
            tape,
            x,
            y: end.y,
            prediction,
            loss: end.loss,
            kind: end.kind,
            reduction: end.reduction,
            grad: vec![T::zero(); theta.len()],
            theta,
            memory,
            evaluation: Memory::new(),
            inference: Inference::new(),
            descent,
            seed,
            position: Position::default(),
            so_far: LossMean::default(),
            loaded: false,
        }
    }

    /// Copies a batch into the network: `x: [batch, inputs]`, and `y: [batch, outputs]` or, for labels,
    /// `[batch, 1]` of class indices.
    ///
    /// # Errors
    /// A shape that does not fit, a label that is no class, a target that is no probability where the loss
    /// wants one, or an empty batch. No batch is loaded then, not even the one before.
    pub fn load(&mut self, x: ArrayView2<'_, T>, y: ArrayView2<'_, T>) -> Result<(), Error> {
        self.loaded = false;
        self.memory.resize(&self.tape, x.nrows())?;
        self.memory.set(&self.tape, self.x, x)?;
        self.memory.set(&self.tape, self.y, y)?;
        check_probabilities(&self.kind, y)?;
        self.loaded = true;
        Ok(())
    }

    /// Stage 1: computes every value from the loaded batch, and returns the loss.
    ///
    /// # Panics
    /// If no batch is loaded.
    pub fn forward(&mut self) -> T {
        self.memory.training(self.seed, self.position.epoch, self.position.batch);
        self.run()
    }

    /// Stage 2: computes every adjoint and the gradient of the loss, from the values of stage 1.
    ///
    /// # Panics
    /// If no batch is loaded.
    pub fn backward(&mut self) {
        self.assert_batch();
        self.tape.backward(self.loss, &self.theta, &mut self.grad, &mut self.memory);
    }

    /// Stage 3: moves θ by the optimiser's rule along the gradient of stage 2, and goes on to the next
    /// position.
    ///
    /// # Errors
    /// [`Error::NoBatch`]; or if the gradient is clipped by its norm and that is not finite. Nothing has
    /// changed then.
    pub fn update(&mut self) -> Result<Step<T>, Error> {
        self.check_batch("update")?;
        let loss = self.loss_in(&self.memory);
        self.advance(loss, self.terms(&self.memory), self.memory.batch())
    }

    /// Moves θ along ∇θ of a batch of `rows` rows with this loss, the sum and number of its terms.
    pub(crate) fn advance(&mut self, loss: T, terms: (f64, f64), rows: usize) -> Result<Step<T>, Error> {
        let step = self.descent.step(&mut self.theta, &mut self.grad)?;
        let position = self.position;
        self.position.batch += 1;
        self.so_far.add(terms.0, terms.1, rows);
        Ok(Step { position, loss, lr: step.lr, norm: step.norm })
    }

    /// Stage 4: the loss of the same batch with the new θ, under the same dropout masks. Did it fall?
    ///
    /// # Panics
    /// If no batch is loaded.
    pub fn verify(&mut self) -> T {
        self.run()
    }

    /// Stages 1 to 3 on the loaded batch.
    ///
    /// # Errors
    /// [`Error::NoBatch`]; [`Error::Diverged`] if the loss is not finite, [`Error::Weightless`] if that is
    /// because no row weighs anything; a gradient of which the norm is
    /// not, where that is clipped. θ has not been touched then.
    ///
    /// Without clipping, the gradient is not looked at: where it is NaN under a finite loss, the next step's loss is, and
    /// [`fit`](Self::fit) tells at the end of the epoch at the latest.
    pub fn step(&mut self) -> Result<Step<T>, Error> {
        self.check_batch("step")?;
        let loss = self.forward();
        if !loss.is_finite() {
            self.check_loss(loss, self.terms(&self.memory).1)?;
        }
        self.backward();
        self.update()
    }

    /// Ends the epoch at hand, for those who make their own steps: goes on to batch 0 of the next, and tells
    /// the mean loss of the one that ended, NaN if it had no step. Dropout draws other masks each epoch.
    ///
    /// With the batches in the same order, this loop is [`fit`](Self::fit), bit for bit:
    ///
    /// ```
    /// # use glassgrad_data::{Batches, Dataset};
    /// # use glassgrad_layers::{Dense, Loss};
    /// # use glassgrad_optim::{Recipe, Sgd};
    /// # use glassgrad_train::Trainer;
    /// # use ndarray::array;
    /// # let (x, y) = (array![[1.0], [2.0], [3.0]], array![[2.0], [4.0], [6.0]]);
    /// # let data = Dataset::with_values(x.view(), y.view())?;
    /// # let sgd = || Recipe::new(Sgd::default());
    /// # let new = || Trainer::<f64>::new(&Dense::new(1), 1, &Loss::MeanSquaredError, sgd(), 7);
    /// # let mut trainer = new()?;
    /// use ndarray::Axis;
    /// let mut batches = Batches::shuffled(3, 2, 7)?; // the trainer's seed
    /// for epoch in 0..5 {
    ///     batches.start(epoch);
    ///     for rows in &batches {
    ///         trainer.load(x.select(Axis(0), rows).view(), y.select(Axis(0), rows).view())?;
    ///         trainer.step()?;
    ///     }
    ///     println!("epoch {epoch}: loss {}", trainer.end_epoch().loss);
    /// }
    /// # let mut other = new()?;
    /// # other.fit(&data, 2, 5, &mut ())?;
    /// # assert_eq!(trainer.theta(), other.theta());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn end_epoch(&mut self) -> Epoch {
        let ended = Epoch { epoch: self.position.epoch, loss: self.so_far.mean() };
        self.position = Position { epoch: ended.epoch + 1, batch: 0 };
        self.so_far = LossMean::default();
        ended
    }

    fn run(&mut self) -> T {
        self.assert_batch();
        self.tape.forward_to(self.loss, &self.theta, &mut self.memory);
        self.loss_in(&self.memory)
    }

    /// Whether the loss of a batch with so many terms can be learnt from.
    pub(crate) fn check_loss(&self, loss: T, terms: f64) -> Result<(), Error> {
        if loss.is_finite() {
            return Ok(());
        }
        let Position { epoch, batch } = self.position;
        if terms == 0.0 {
            return Err(Error::Weightless { epoch, batch });
        }
        Err(Error::Diverged { epoch, batch, loss: loss.to_f64(), lr: self.descent.lr() })
    }

    pub(crate) fn loss_in(&self, memory: &Memory<T>) -> T {
        self.tape.number(self.loss, &self.theta, memory)
    }

    pub(crate) fn check_batch(&self, before: &'static str) -> Result<(), Error> {
        if self.loaded { Ok(()) } else { Err(Error::NoBatch { before }) }
    }

    fn assert_batch(&self) {
        assert!(self.loaded, "load a batch before running a stage on it");
    }
}
