//! [`Trainer::fit_shared`]: one run on several workers.
//!
//! A batch of n rows is cut into S shards, S a power of two: shard s has the rows ⌊s·n/S⌋ to ⌊(s+1)·n/S⌋ of
//! it. Each shard's gradient counts as much as its share of the batch's terms, and the S products are added
//! in the binary tree over 0..S that pairs neighbours. A worker has S/W shards that lie together: a subtree.
//! It adds that up alone, and the workers' sums are the upper part of the same tree. So S decides the bits,
//! and the number of workers does not.

use crate::team::{SHARD_BIT, TAIL};
use crate::{Epoch, Error, Observer, Position, Step, Team, Trainer};
use glassgrad_autograd::{Memory, Tape, Var};
use glassgrad_data::{Batches, Dataset};
use glassgrad_layers::Reduction;
use glassgrad_tensor::Scalar;
use ndarray::aview2;
use std::cell::Cell;
use std::ops::ControlFlow::{self, Break, Continue};

/// What a shard is differentiated of: `seed` times the loss of its rows is what it contributes to the batch's.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Part<T> {
    pub(crate) root: Var,
    pub(crate) seed: T,
    pub(crate) loss: T,
}

/// One worker's observer, which stops all of them or none.
struct Together<'a, T> {
    own: &'a mut dyn Observer<T>,
    /// Whether it has wanted to stop, which the others learn by the next sum.
    wish: &'a Cell<bool>,
    agreed: &'a Cell<bool>,
}

impl<T: Scalar> Observer<T> for Together<'_, T> {
    fn step(&mut self, trainer: &Trainer<T>, step: &Step<T>) -> ControlFlow<()> {
        if self.own.step(trainer, step).is_break() {
            self.wish.set(true);
        }
        if self.agreed.get() { Break(()) } else { Continue(()) }
    }

    fn epoch(&mut self, trainer: &mut Trainer<T>, epoch: &Epoch) -> Result<ControlFlow<()>, Error> {
        self.own.epoch(trainer, epoch)
    }
}

impl<T: Scalar> Trainer<T> {
    /// [`fit_batches`](Self::fit_batches), shared by the workers of a team: each calls this with an equal trainer and equal
    /// data, and all end up with the same θ. Only rank 0's θ counts at the start, where it is handed out.
    ///
    /// Loss, clipping and updates are those of the whole batch, its mean being exact however unevenly it is
    /// cut. The bits depend on the number of shards, not on that of workers; with one shard they are those of
    /// [`fit_batches`](Self::fit_batches). Dropout draws the mask of shard s of batch b from the stream (seed, dropout,
    /// epoch, b + s·2⁴⁸).
    ///
    /// Every worker calls its `observer`. After a step there, no batch is loaded, and
    /// [`grad`](Self::grad) is that of the whole batch. A worker that stops after a step is joined by the others after
    /// the next one; whether to stop after an epoch is for all to decide alike.
    ///
    /// ```
    /// # use glassgrad_data::Dataset;
    /// use glassgrad_data::Batches;
    /// # use glassgrad_layers::{Dense, Loss};
    /// # use glassgrad_optim::{Recipe, Sgd};
    /// # use ndarray::array;
    /// # let data = Dataset::with_values(array![[1.0], [2.0], [3.0]], array![[2.0], [4.0], [6.0]])?;
    /// use glassgrad_train::{Alone, Team, Trainer};
    /// # let new = || Trainer::<f64>::new(&Dense::new(1), 1, &Loss::MeanSquaredError, Recipe::new(Sgd::default()), 7);
    /// let mut trainer = new()?;
    /// let (mut batches, mut alone) = (Batches::shuffled(3, 2, 7)?, Alone);
    /// trainer.fit_shared(&data, &mut batches, 5, &mut Team::new(&mut alone, 8)?, &mut ())?;
    /// # let mut plain = new()?;
    /// # plain.fit(&data, 2, 5, &mut ())?;
    /// # assert!((trainer.theta()[0] - plain.theta()[0]).abs() < 1e-12);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As [`fit_batches`](Self::fit_batches). [`Error::Apart`] if after an epoch this worker's θ is not rank 0's: then the
    /// others do not know, and the caller is to end the job.
    pub fn fit_shared(
        &mut self,
        data: &Dataset<T>,
        batches: &mut Batches,
        epochs: u64,
        team: &mut Team<'_, T>,
        observer: &mut dyn Observer<T>,
    ) -> Result<(), Error> {
        team.collective.broadcast(&mut self.theta);
        let (wish, agreed) = (Cell::new(false), Cell::new(false));
        let step = |trainer: &mut Self, rows: &[usize]| {
            let (step, stops) = trainer.step_shared(data, rows, team, wish.get())?;
            agreed.set(stops);
            if trainer.so_far.rows == data.rows() as u64 {
                trainer.check_agreement(team)?;
            }
            Ok(step)
        };
        let mut together = Together { own: observer, wish: &wish, agreed: &agreed };
        self.fit_by(data, batches, epochs, &mut together, step)
    }

    /// A [`step`](Self::step) on these rows of the data, of which each worker computes its shards. Also whether any
    /// worker wishes to stop.
    fn step_shared(
        &mut self,
        data: &Dataset<T>,
        rows: &[usize],
        team: &mut Team<'_, T>,
        wish: bool,
    ) -> Result<(Step<T>, bool), Error> {
        let terms = self.terms_of_rows(data, rows);
        let Position { epoch, batch } = self.position;
        if terms == 0.0 && self.reduction == Reduction::Mean {
            return Err(Error::Weightless { epoch, batch });
        }
        self.loaded = false;
        let own = team.own();
        let (top, parameters) = (own.len().ilog2() as usize, self.theta.len());
        team.waiting.resize_with(top + 1, || vec![T::zero(); parameters + TAIL]);
        let wish = if wish { T::one() } else { T::zero() };
        let in_buckets = team.has_buckets(parameters);
        for (index, number) in own.clone().enumerate() {
            let part = self.forward_of(data, team.rows(rows, number), number, terms)?;
            let tail = [part.map_or(T::zero(), |part| part.loss), wish];
            if in_buckets && index + 1 == own.len() {
                self.sum_in_buckets(part, tail, team);
            } else {
                self.backward_of(part);
                self.grad.extend(tail);
                team.add(index, &mut self.grad);
                self.grad.truncate(parameters);
            }
        }
        self.grad.resize(parameters + TAIL, T::zero());
        std::mem::swap(&mut self.grad, &mut team.waiting[top]);
        if !in_buckets {
            team.collective.sum(&mut self.grad);
        }
        let (loss, stops) = (self.grad[parameters], self.grad[parameters + 1]);
        self.grad.truncate(parameters);
        self.check_loss(loss, terms)?;
        let sum = match self.reduction {
            Reduction::Mean => loss.to_f64() * terms,
            Reduction::Sum => loss.to_f64(),
        };
        Ok((self.advance(loss, (sum, terms), rows.len())?, stops > T::zero()))
    }

    /// Computes what a shard contributes to the loss of a batch of `terms` terms; nothing if it has no rows.
    fn forward_of(
        &mut self,
        data: &Dataset<T>,
        rows: &[usize],
        number: usize,
        terms: f64,
    ) -> Result<Option<Part<T>>, Error> {
        if rows.is_empty() {
            return Ok(None);
        }
        self.gather(data, rows)?;
        let Position { epoch, batch } = self.position;
        self.memory.training(self.seed, epoch, batch | (number as u64) << SHARD_BIT);
        self.tape.forward_to(self.loss, &self.theta, &mut self.memory);
        let own = self.terms_of_rows(data, rows);
        let (root, part) = match self.reduction {
            Reduction::Sum => (self.loss, 1.0),
            // Of classes that weigh nothing there is no mean Σwℓ/Σw, but, with label smoothing, a sum.
            Reduction::Mean if own == 0.0 => {
                (self.tape.operands(self.loss).next().expect("a mean is of something"), 1.0 / terms)
            }
            Reduction::Mean => (self.loss, own / terms),
        };
        let seed = T::from_f64(part);
        Ok(Some(Part { root, seed, loss: seed * self.tape.number(root, &self.theta, &self.memory) }))
    }

    /// The gradient of that, into ∇θ.
    fn backward_of(&mut self, part: Option<Part<T>>) {
        let Self { tape, theta, grad, memory, .. } = self;
        backward(tape, part, theta, grad, memory, |_, _| ());
    }

    /// Whether this worker has come to rank 0's θ.
    fn check_agreement(&self, team: &mut Team<'_, T>) -> Result<(), Error> {
        if team.collective.size() == 1 {
            return Ok(());
        }
        let mut theirs = self.theta.clone();
        team.collective.broadcast(&mut theirs);
        // Which NaN a sum of two is, is for the CPU to say; that it is one, is for others.
        let bits = |number: &T| Some(number.to_f64()).filter(|number| !number.is_nan()).map(f64::to_bits);
        match self.theta.iter().zip(&theirs).position(|(own, theirs)| bits(own) != bits(theirs)) {
            Some(index) => Err(Error::Apart { rank: team.collective.rank(), index }),
            None => Ok(()),
        }
    }
}

/// The gradient of a shard's part, told of as it comes: see [`Tape::vjp_in_parts`].
pub(crate) fn backward<T: Scalar>(
    tape: &Tape,
    part: Option<Part<T>>,
    theta: &[T],
    grad: &mut [T],
    memory: &mut Memory<T>,
    mut done: impl FnMut(usize, &[T]),
) {
    let Some(Part { root, seed, .. }) = part else {
        grad.fill(T::zero());
        return done(0, grad);
    };
    tape.vjp_in_parts(root, aview2(&[[seed]]), theta, grad, memory, done)
        .expect("a loss is a single number, and so is the seed");
}
