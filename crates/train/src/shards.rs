//! [`Trainer::fit_shared`]: one run on several workers.
//!
//! A batch of n rows is cut into S shards, S a power of two: shard s has the rows ⌊s·n/S⌋ to ⌊(s+1)·n/S⌋ of
//! it. Each shard's gradient counts as much as its share of the batch's terms, and the S products are added
//! in the binary tree over 0..S that pairs neighbours. A worker has S/W shards that lie together: a subtree.
//! It adds that up alone, and the workers' sums are the upper part of the same tree. So S decides the bits,
//! and the number of workers does not.

use crate::{Collective, Error, Observer, Position, Step, Trainer};
use glassgrad_data::{Batches, Dataset};
use glassgrad_layers::Reduction;
use glassgrad_tensor::{Scalar, pool};
use ndarray::aview2;
use std::ops::Range;

/// Dropout's step number has the batch below this bit, and the shard above.
const SHARD_BIT: u32 = 48;
/// As many as the bits above leave room for.
const MOST_SHARDS: usize = 1 << (64 - SHARD_BIT);

/// Workers that train one network together, and into how many shards each batch is cut for them.
#[derive(Debug)]
pub struct Team<'a, T> {
    collective: &'a mut dyn Collective<T>,
    shards: usize,
    /// Sums of 1, 2, 4 … shards that wait for their neighbour. Each has room for ∇θ and the loss.
    waiting: Vec<Vec<T>>,
}

impl<'a, T: Scalar> Team<'a, T> {
    /// The number of shards unless there is a reason for another: enough for eight workers.
    pub const SHARDS: usize = 8;

    /// Cuts batches into `shards` shards, of which each worker gets the same number.
    ///
    /// # Errors
    /// [`Error::Shards`] unless `shards` is a power of two up to 65,536; [`Error::Workers`] unless the
    /// number of workers is one, up to `shards`.
    pub fn new(collective: &'a mut dyn Collective<T>, shards: usize) -> Result<Self, Error> {
        if !shards.is_power_of_two() || shards > MOST_SHARDS {
            return Err(Error::Shards { found: shards, most: MOST_SHARDS });
        }
        let workers = collective.size();
        if !workers.is_power_of_two() || workers > shards {
            return Err(Error::Workers { found: workers, shards });
        }
        Ok(Self { collective, shards, waiting: Vec::new() })
    }

    /// The shards of this worker.
    fn own(&self) -> Range<usize> {
        let each = self.shards / self.collective.size();
        let first = self.collective.rank() * each;
        first..first + each
    }

    /// Takes in the sum over shard `index` of this worker, counted from 0: as far as neighbours are waiting,
    /// it is added to them. `sum` is another vector then.
    fn add(&mut self, index: usize, sum: &mut Vec<T>) {
        let height = index.trailing_ones() as usize;
        for left in &self.waiting[..height] {
            add(left, sum);
        }
        std::mem::swap(&mut self.waiting[height], sum);
    }
}

/// The shard `shard` of `shards` of a batch.
fn shard(rows: &[usize], shard: usize, shards: usize) -> &[usize] {
    let end = |shard| shard * rows.len() / shards;
    &rows[end(shard)..end(shard + 1)]
}

/// sum ← left + sum
fn add<T: Scalar>(left: &[T], sum: &mut [T]) {
    const CHUNK: usize = 1 << 14;
    let run =
        |left: &[T], sum: &mut [T]| sum.iter_mut().zip(left).for_each(|(sum, &left)| *sum = left + *sum);
    if pool::pays(sum.len() / 2) {
        pool::for_each_chunk([sum], CHUNK, |start, [sum]| run(&left[start..start + sum.len()], sum));
    } else {
        run(left, sum);
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
    /// [`grad`](Self::grad) is that of the whole batch.
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
        let step = |trainer: &mut Self, rows: &[usize]| {
            let step = trainer.step_shared(data, rows, team)?;
            if trainer.so_far.rows == data.rows() as u64 {
                trainer.check_agreement(team)?;
            }
            Ok(step)
        };
        self.fit_by(data, batches, epochs, observer, step)
    }

    /// A [`step`](Self::step) on these rows of the data, of which each worker computes its shards.
    fn step_shared(
        &mut self,
        data: &Dataset<T>,
        rows: &[usize],
        team: &mut Team<'_, T>,
    ) -> Result<Step<T>, Error> {
        let terms = self.terms_of_rows(data, rows);
        let Position { epoch, batch } = self.position;
        if terms == 0.0 && self.reduction == Reduction::Mean {
            return Err(Error::Weightless { epoch, batch });
        }
        self.loaded = false;
        let own = team.own();
        let levels = own.len().ilog2() as usize + 1;
        let parameters = self.theta.len();
        team.waiting.resize_with(levels, || vec![T::zero(); parameters + 1]);
        for (index, number) in own.enumerate() {
            let loss = self.gradient_of(data, shard(rows, number, team.shards), number, terms)?;
            self.grad.push(loss);
            team.add(index, &mut self.grad);
            self.grad.resize(parameters, T::zero());
        }
        std::mem::swap(&mut self.grad, &mut team.waiting[levels - 1]);
        team.collective.sum(&mut self.grad);
        let loss = self.grad.pop().expect("the loss is behind the gradient");
        self.check_loss(loss, terms)?;
        let sum = match self.reduction {
            Reduction::Mean => loss.to_f64() * terms,
            Reduction::Sum => loss.to_f64(),
        };
        self.advance(loss, (sum, terms), rows.len())
    }

    /// What a shard contributes to the gradient of a batch of `terms` terms, into ∇θ, and to its loss.
    fn gradient_of(
        &mut self,
        data: &Dataset<T>,
        rows: &[usize],
        number: usize,
        terms: f64,
    ) -> Result<T, Error> {
        if rows.is_empty() {
            self.grad.fill(T::zero());
            return Ok(T::zero());
        }
        self.memory.resize(&self.tape, rows.len())?;
        data.gather_features(rows, self.memory.input(self.x))?;
        data.gather_targets(rows, self.memory.input(self.y))?;
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
        let seed = [[T::from_f64(part)]];
        self.tape.vjp(root, aview2(&seed), &self.theta, &mut self.grad, &mut self.memory)?;
        Ok(seed[0][0] * self.tape.number(root, &self.theta, &self.memory))
    }

    /// Whether this worker has come to rank 0's θ.
    fn check_agreement(&self, team: &mut Team<'_, T>) -> Result<(), Error> {
        if team.collective.size() == 1 {
            return Ok(());
        }
        let mut theirs = self.theta.clone();
        team.collective.broadcast(&mut theirs);
        let bits = |number: &T| number.to_f64().to_bits();
        match self.theta.iter().zip(&theirs).position(|(own, theirs)| bits(own) != bits(theirs)) {
            Some(index) => Err(Error::Apart { rank: team.collective.rank(), index }),
            None => Ok(()),
        }
    }
}
