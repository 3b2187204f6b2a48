//! Looking inside a [`Descent`]: what it goes by, and what it remembers.

use crate::{Clip, Descent, Error, Group, Optimizer, Plan, Plateau, Progress, Schedule};
use glassgrad_tensor::Scalar;

impl<T: Scalar> Descent<T> {
    /// The number of parameters, frozen ones included.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are no parameters.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The rule with its hyper-parameters.
    pub fn rule(&self) -> &dyn Optimizer<T> {
        &*self.recipe.rule
    }

    /// The recipe as data: see [`Recipe::plan`](crate::Recipe::plan).
    ///
    /// # Errors
    /// As [`Recipe::plan`](crate::Recipe::plan).
    pub fn plan(&self) -> Result<Plan, Error> {
        self.recipe.plan()
    }

    /// How far this has come.
    pub fn progress(&self) -> Progress {
        self.progress
    }

    /// The rule's state vectors back to back, each in the layout of θ.
    pub fn state(&self) -> &[T] {
        &self.state
    }

    /// The rule's state vectors by name, each in the layout of θ: "velocity" of
    /// [`Momentum`](crate::Momentum), say.
    pub fn slots(&self) -> impl Iterator<Item = (&'static str, &[T])> {
        let names = self.recipe.rule.slots().iter().map(|slot| slot.name);
        names.zip(self.state.chunks_exact(self.len.max(1)))
    }

    /// How the learning rate goes, before any [`Plateau`].
    pub fn schedule(&self) -> &Schedule {
        &self.recipe.schedule
    }

    /// What lowers the learning rate besides, if anything does.
    pub fn plateau(&self) -> Option<&Plateau> {
        self.recipe.plateau.as_ref()
    }

    /// How gradients are clipped, if they are.
    pub fn clip(&self) -> Option<Clip> {
        self.recipe.clip
    }

    /// How the parameter at this place of θ is treated; its weight decay is always given. Frozen is also what
    /// lies beyond θ.
    pub fn group(&self, index: usize) -> Group {
        let run = self.runs.iter().find(|run| run.range.contains(&index));
        run.map_or(Group { frozen: true, weight_decay: Some(0.0), ..Group::default() }, |run| Group {
            lr_factor: run.lr_factor,
            weight_decay: Some(run.weight_decay),
            frozen: false,
        })
    }
}
