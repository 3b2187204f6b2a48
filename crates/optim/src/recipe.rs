//! [`Recipe`]: how to descend, before it is known where.

use crate::descent::{Descent, Run};
use crate::{Clip, Error, Group, MOST_SLOTS, Optimizer, Plateau, Progress, Schedule, group};
use glassgrad_tensor::Scalar;
use std::ops::Range;

/// A rule, with a schedule, clipping and groups of parameters. [`bind`](Recipe::bind) fits it to a θ.
///
/// ```
/// use glassgrad_optim::{AdamW, Clip, Group, Recipe, Schedule};
///
/// let mut descent = Recipe::<f32>::new(AdamW { lr: 0.01, ..AdamW::default() })
///     .schedule(Schedule::Cosine { steps: 1000, min_lr: 1e-5 })
///     .clip(Clip::Norm(1.0))
///     .group("*.bias", Group { weight_decay: Some(0.0), ..Group::default() })
///     .bind(&[("0.weight", 0..6), ("0.bias", 6..8)])?;
/// assert_eq!(descent.len(), 8);
/// # Ok::<(), glassgrad_optim::Error>(())
/// ```
#[derive(Debug)]
pub struct Recipe<T> {
    pub(crate) rule: Box<dyn Optimizer<T>>,
    pub(crate) schedule: Schedule,
    pub(crate) plateau: Option<Plateau>,
    pub(crate) clip: Option<Clip>,
    pub(crate) groups: Vec<(String, Group)>,
}

impl<T: Scalar> Recipe<T> {
    /// `rule` at a constant rate, nothing clipped, all parameters alike.
    pub fn new(rule: impl Optimizer<T> + 'static) -> Self {
        Recipe::from_box(Box::new(rule))
    }

    /// The same for a rule chosen at run time.
    pub fn from_box(rule: Box<dyn Optimizer<T>>) -> Self {
        Recipe { rule, schedule: Schedule::Constant, plateau: None, clip: None, groups: Vec::new() }
    }

    /// Sets how the learning rate goes.
    #[must_use]
    pub fn schedule(mut self, schedule: Schedule) -> Self {
        self.schedule = schedule;
        self
    }

    /// Lowers the learning rate when what is [observed](Descent::observe) stops getting better.
    #[must_use]
    pub fn plateau(mut self, plateau: Plateau) -> Self {
        self.plateau = Some(plateau);
        self
    }

    /// Sets how gradients are clipped.
    #[must_use]
    pub fn clip(mut self, clip: Clip) -> Self {
        self.clip = Some(clip);
        self
    }

    /// Treats the parameters that `pattern` fits, and no earlier pattern did, as `group` says.
    #[must_use]
    pub fn group(mut self, pattern: impl Into<String>, group: Group) -> Self {
        self.groups.push((pattern.into(), group));
        self
    }

    /// Fits the recipe to a θ that is laid out as `segments`: names and ranges, end to end from 0.
    ///
    /// # Errors
    /// [`Error::Hyper`] for a number out of its range, [`Error::Segment`] for a gap or an overlap,
    /// [`Error::Pattern`] for a pattern that fits no name, [`Error::Slots`] for a rule with too many.
    pub fn bind<S: AsRef<str>>(self, segments: &[(S, Range<usize>)]) -> Result<Descent<T>, Error> {
        let (runs, len) = self.runs(segments)?;
        Ok(Descent::new(self, runs, len))
    }

    /// As [`bind`](Self::bind), going on from what [`Descent::progress`] and [`Descent::state`] gave in an
    /// equal recipe: every later bit is as if it had never stopped.
    ///
    /// # Errors
    /// As [`bind`](Self::bind) and [`Descent::restore`].
    pub fn resume<S: AsRef<str>>(
        self,
        segments: &[(S, Range<usize>)],
        progress: Progress,
        state: Vec<T>,
    ) -> Result<Descent<T>, Error> {
        let (runs, len) = self.runs(segments)?;
        Descent::from_saved(self, runs, len, progress, state)
    }

    /// The rule with its hyper-parameters.
    pub fn rule(&self) -> &dyn Optimizer<T> {
        &*self.rule
    }

    /// Whether [`bind`](Self::bind) would succeed, found out without memory for a state.
    ///
    /// # Errors
    /// As [`bind`](Self::bind).
    pub fn check<S: AsRef<str>>(&self, segments: &[(S, Range<usize>)]) -> Result<(), Error> {
        self.runs(segments).map(drop)
    }

    /// Neighbours that are treated alike, and the length of θ.
    fn runs<S: AsRef<str>>(&self, segments: &[(S, Range<usize>)]) -> Result<(Vec<Run>, usize), Error> {
        self.validate()?;
        for (pattern, _) in &self.groups {
            if !segments.iter().any(|(name, _)| group::fits(pattern, name.as_ref())) {
                let known = segments.iter().map(|(name, _)| name.as_ref().to_owned()).collect();
                return Err(Error::Pattern { pattern: pattern.clone(), known });
            }
        }
        let mut runs: Vec<Run> = Vec::new();
        let mut len = 0;
        for (name, range) in segments {
            let name = name.as_ref();
            if range.start != len || range.end < len {
                let (start, end) = (range.start, range.end);
                return Err(Error::Segment { name: name.to_owned(), start, end, expected: len });
            }
            len = range.end;
            let group = self.groups.iter().find(|(pattern, _)| group::fits(pattern, name)).map(|(_, g)| g);
            if range.is_empty() || group.is_some_and(|g| g.frozen) {
                continue;
            }
            let lr_factor = group.map_or(1.0, |g| g.lr_factor);
            let weight_decay = group.and_then(|g| g.weight_decay).unwrap_or(self.rule.weight_decay());
            let run = Run { range: range.clone(), lr_factor, weight_decay };
            match runs.last_mut() {
                Some(last) if last.continues_as(&run) => last.range.end = run.range.end,
                _ => runs.push(run),
            }
        }
        Ok((runs, len))
    }

    /// Checks every number.
    fn validate(&self) -> Result<(), Error> {
        self.rule.validate()?;
        let found = self.rule.slots().len();
        if found > MOST_SLOTS {
            return Err(Error::Slots { found });
        }
        self.schedule.validate()?;
        self.plateau.as_ref().map_or(Ok(()), Plateau::validate)?;
        self.clip.as_ref().map_or(Ok(()), Clip::validate)?;
        for (_, group) in &self.groups {
            Error::unless_nonnegative("Group", "lr_factor", group.lr_factor)?;
            Error::unless_nonnegative("Group", "weight_decay", group.weight_decay.unwrap_or(0.0))?;
        }
        Ok(())
    }
}
