//! [`Descent`]: a recipe on its way, with all that it remembers.

use crate::plateau::Watch;
use crate::{At, Clip, Error, Optimizer, Recipe, State, clip};
use glassgrad_tensor::{Scalar, pool};
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// An optimiser at work on one θ: see [`Recipe`] for how one is made.
///
/// Everything that it remembers is in [`progress`](Descent::progress) and [`state`](Descent::state);
/// with θ, that is what a checkpoint has to hold for a run to go on with the same bits.
#[derive(Debug)]
pub struct Descent<T> {
    pub(crate) recipe: Recipe<T>,
    pub(crate) runs: Vec<Run>,
    pub(crate) len: usize,
    pub(crate) state: Vec<T>,
    pub(crate) progress: Progress,
}

/// Neighbouring parameters that are treated alike: one loop.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Run {
    pub(crate) range: Range<usize>,
    pub(crate) lr_factor: f64,
    pub(crate) weight_decay: f64,
}

impl Run {
    /// Whether `next` lies right after and is treated alike.
    pub(crate) fn continues_as(&self, next: &Run) -> bool {
        self.range.end == next.range.start
            && self.lr_factor == next.lr_factor
            && self.weight_decay == next.weight_decay
    }
}

/// How far a [`Descent`] has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Progress {
    /// Updates made so far.
    pub t: u64,
    /// What the [`Plateau`](crate::Plateau) remembers.
    pub watch: Watch,
}

impl Progress {
    /// Checks what was read back.
    ///
    /// # Errors
    /// [`Error::Hyper`] for what no [`Descent`] can have come to.
    pub fn validate(&self) -> Result<(), Error> {
        // Beyond 2⁵³ a count is no longer exact in the f64 that schedules compute with.
        let t = self.t as f64;
        Error::unless(t < 2f64.powi(53), ("Progress", "t", t), "below 2^53")?;
        self.watch.validate()
    }
}

/// What one update was made with.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    /// Which update it was, counted from 1.
    pub t: u64,
    /// The learning rate, before any group's factor.
    pub lr: f64,
    /// The gradient's norm before clipping, if it is clipped by norm.
    pub norm: Option<f64>,
}

impl<T: Scalar> Descent<T> {
    /// A fresh start on `len` parameters.
    pub(crate) fn new(recipe: Recipe<T>, runs: Vec<Run>, len: usize) -> Self {
        let state = vec![T::zero(); recipe.rule.slots().len() * len];
        Descent { recipe, runs, len, state, progress: Progress::default() }
    }

    /// A start from what another has come to.
    pub(crate) fn from_saved(
        recipe: Recipe<T>,
        runs: Vec<Run>,
        len: usize,
        progress: Progress,
        state: Vec<T>,
    ) -> Result<Self, Error> {
        progress.validate()?;
        check_state(&*recipe.rule, len, &state)?;
        Ok(Descent { recipe, runs, len, state, progress })
    }

    /// One update of `theta` along `grad`, both in the layout that the recipe was bound to.
    ///
    /// Allocates nothing. `grad` is written to only by [`Clip::Value`]. On an error nothing has changed.
    ///
    /// # Errors
    /// [`Error::Length`] for a vector of the wrong length; [`Error::Norm`] if the gradient is clipped by
    /// a norm that is infinite or NaN.
    pub fn step(&mut self, theta: &mut [T], grad: &mut [T]) -> Result<Step, Error> {
        check_length("theta", theta.len(), self.len)?;
        check_length("the gradient", grad.len(), self.len)?;
        let (t, lr) = (self.progress.t + 1, self.lr());
        let mut norm = None;
        let mut scale = 1.0;
        match self.recipe.clip {
            Some(clip @ Clip::Norm(_)) => {
                let n = self.norm(grad);
                if !n.is_finite() {
                    return Err(Error::Norm { norm: n, t });
                }
                scale = clip.coefficient(n);
                norm = Some(n);
            }
            Some(Clip::Value(c)) => {
                for run in &self.runs {
                    clip::by_value(&mut grad[run.range.clone()], c);
                }
            }
            None => {}
        }
        for run in &self.runs {
            let at = At { t, lr: lr * run.lr_factor, weight_decay: run.weight_decay, scale };
            let range = run.range.clone();
            let (theta, grad) = (&mut theta[range.clone()], &grad[range.clone()]);
            let mut vectors = self.state.chunks_exact_mut(self.len.max(1)).map(|v| &mut v[range.clone()]);
            let mut next = || vectors.next().unwrap_or_default();
            let rule = &*self.recipe.rule;
            match rule.slots().len() {
                0 => share(rule, &at, grad, [theta]),
                1 => share(rule, &at, grad, [theta, next()]),
                2 => share(rule, &at, grad, [theta, next(), next()]),
                _ => share(rule, &at, grad, [theta, next(), next(), next()]),
            }
        }
        self.progress.t = t;
        Ok(Step { t, lr, norm })
    }

    /// ‖g‖ over all that is not frozen, in f64.
    ///
    /// Neighbours treated alike are summed in eight lanes, element i of a stretch in lane i mod 8, and
    /// the stretches' sums added in the order of θ.
    pub fn norm(&self, grad: &[T]) -> f64 {
        self.runs.iter().map(|run| clip::squares(&grad[run.range.clone()])).sum::<f64>().sqrt()
    }

    /// The learning rate of the next update, before any group's factor.
    pub fn lr(&self) -> f64 {
        let lr = self.recipe.schedule.lr(self.recipe.rule.lr(), self.progress.t);
        self.recipe.plateau.as_ref().map_or(lr, |plateau| plateau.lr(&self.progress.watch, lr))
    }

    /// Shows a validation loss (or what else is watched) to the [`Plateau`](crate::Plateau), if the recipe
    /// has one; whether it reduced the rate.
    pub fn observe(&mut self, value: f64) -> bool {
        let Some(plateau) = &self.recipe.plateau else {
            return false;
        };
        plateau.observe(&mut self.progress.watch, value)
    }

    /// Goes on from what [`progress`](Descent::progress) and [`state`](Descent::state) gave in an equal
    /// recipe: every later bit is as if it had never stopped.
    ///
    /// # Errors
    /// [`Error::Length`], [`Error::State`] or [`Error::Hyper`] for what no such recipe can have given;
    /// then nothing has changed.
    pub fn restore(&mut self, progress: Progress, state: &[T]) -> Result<(), Error> {
        progress.validate()?;
        check_state(&*self.recipe.rule, self.len, state)?;
        self.state.copy_from_slice(state);
        self.progress = progress;
        Ok(())
    }
}

/// Whether the rule can have come to these state vectors.
fn check_state<T: Scalar>(rule: &dyn Optimizer<T>, len: usize, state: &[T]) -> Result<(), Error> {
    check_length("the saved state", state.len(), rule.slots().len() * len)?;
    for (slot, vector) in rule.slots().iter().zip(state.chunks_exact(len.max(1))) {
        for (index, &x) in vector.iter().enumerate() {
            if !x.is_finite() || (slot.squares && x < T::zero()) {
                return Err(Error::State { slot: slot.name, index, value: x.to_f64() });
            }
        }
    }
    Ok(())
}

/// Numbers a thread takes at a time.
const CHUNK: usize = 1 << 14;

/// Applies a rule to `[θ, state vectors …]`, on several threads if there is much of it. Elements are
/// treated alone, so the bits are the same.
fn share<T: Scalar, const S: usize>(rule: &dyn Optimizer<T>, at: &At, grad: &[T], numbers: [&mut [T]; S]) {
    // About half a nanosecond a number.
    if !pool::pays(grad.len() / 2) {
        return apply(rule, at, grad, numbers);
    }
    pool::for_each_chunk(numbers, CHUNK, |start, chunk| {
        let grad = &grad[start..start + chunk[0].len()];
        apply(rule, at, grad, chunk);
    });
}

fn apply<T: Scalar, const S: usize>(rule: &dyn Optimizer<T>, at: &At, grad: &[T], numbers: [&mut [T]; S]) {
    let mut numbers = numbers.into_iter();
    let theta = numbers.next().unwrap_or_default();
    rule.update(at, theta, grad, State::new(numbers));
}

/// Checks the length of a vector that a caller passed.
fn check_length(vector: &'static str, found: usize, expected: usize) -> Result<(), Error> {
    if found == expected { Ok(()) } else { Err(Error::Length { vector, found, expected }) }
}
