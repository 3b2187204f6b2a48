//! [`Plan`]: a recipe as plain data, to be written to a file and followed again.

use crate::{
    AdaGrad, Adam, AdamW, Clip, Error, Group, Momentum, Nesterov, Plateau, Recipe, RmsProp, Schedule, Sgd,
};
use glassgrad_tensor::Scalar;
use serde::{Deserialize, Serialize};

/// Schedules nest; so many warm-ups can follow each other in a file, so that none can exhaust the stack.
pub(crate) const MOST_WARM_UPS: usize = 64;

/// A rule of this crate, with its hyper-parameters.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[allow(missing_docs, reason = "each variant is the rule of its name")]
pub enum Rule {
    Sgd(Sgd),
    Momentum(Momentum),
    Nesterov(Nesterov),
    AdaGrad(AdaGrad),
    RmsProp(RmsProp),
    Adam(Adam),
    AdamW(AdamW),
}

/// A [`Recipe`] as data, without a number type.
///
/// ```
/// use glassgrad_optim::{Adam, Recipe, Schedule};
/// let cosine = Schedule::Cosine { steps: 100, min_lr: 0.0 };
/// let recipe = Recipe::<f32>::new(Adam::default())
///     .schedule(Schedule::WarmUp { steps: 10, start: 0.1, then: Box::new(cosine) });
/// let plan = recipe.plan()?;
/// assert_eq!(plan.recipe::<f64>()?.plan()?, plan);
/// # Ok::<(), glassgrad_optim::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// The rule.
    pub rule: Rule,
    /// What comes before `course`, in order.
    pub warm_ups: Vec<WarmUp>,
    /// How the learning rate goes, once warm.
    pub course: Course,
    /// When it is lowered, besides.
    pub plateau: Option<Plateau>,
    /// How gradients are clipped.
    pub clip: Option<Clip>,
    /// Patterns, and how the parameters are treated that they fit.
    pub groups: Vec<(String, Group)>,
}

/// As [`Schedule::WarmUp`], without what follows.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "documented in Schedule")]
pub struct WarmUp {
    pub steps: u64,
    pub start: f64,
}

/// As [`Schedule`], without [`Schedule::WarmUp`].
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "documented in Schedule")]
pub enum Course {
    Constant,
    Step { every: u64, factor: f64 },
    Exponential { factor: f64 },
    Cosine { steps: u64, min_lr: f64 },
    OneCycle { steps: u64, pct_start: f64, div_factor: f64, final_div_factor: f64 },
}

impl<T: Scalar> Recipe<T> {
    /// The recipe as data, which holds everything of it.
    ///
    /// # Errors
    /// [`Error::Foreign`] for a rule of the user's own, [`Error::WarmUps`] for very many of them.
    pub fn plan(&self) -> Result<Plan, Error> {
        let foreign = || Error::Foreign { rule: format!("{:?}", self.rule) };
        let rule = self.rule.rule().ok_or_else(foreign)?;
        let (mut warm_ups, mut schedule) = (Vec::new(), &self.schedule);
        let course = loop {
            break match *schedule {
                Schedule::WarmUp { steps, start, ref then } => {
                    warm_ups.push(WarmUp { steps, start });
                    schedule = then;
                    continue;
                }
                Schedule::Constant => Course::Constant,
                Schedule::Step { every, factor } => Course::Step { every, factor },
                Schedule::Exponential { factor } => Course::Exponential { factor },
                Schedule::Cosine { steps, min_lr } => Course::Cosine { steps, min_lr },
                Schedule::OneCycle { steps, pct_start, div_factor, final_div_factor } => {
                    Course::OneCycle { steps, pct_start, div_factor, final_div_factor }
                }
            };
        };
        check_warm_ups(&warm_ups)?;
        let (plateau, groups) = (self.plateau.clone(), self.groups.clone());
        Ok(Plan { rule, warm_ups, course, plateau, clip: self.clip, groups })
    }
}

impl Plan {
    /// The recipe that this is of: bound to the same θ, it gives the same bits.
    ///
    /// # Errors
    /// [`Error::WarmUps`]. Numbers out of their range are found by [`Recipe::bind`] and [`Recipe::check`].
    pub fn recipe<T: Scalar>(&self) -> Result<Recipe<T>, Error> {
        check_warm_ups(&self.warm_ups)?;
        let recipe = match self.rule.clone() {
            Rule::Sgd(rule) => Recipe::new(rule),
            Rule::Momentum(rule) => Recipe::new(rule),
            Rule::Nesterov(rule) => Recipe::new(rule),
            Rule::AdaGrad(rule) => Recipe::new(rule),
            Rule::RmsProp(rule) => Recipe::new(rule),
            Rule::Adam(rule) => Recipe::new(rule),
            Rule::AdamW(rule) => Recipe::new(rule),
        };
        let schedule = self.warm_ups.iter().rev().fold(self.course.schedule(), |then, warm_up| {
            let WarmUp { steps, start } = *warm_up;
            Schedule::WarmUp { steps, start, then: Box::new(then) }
        });
        let (plateau, clip, groups) = (self.plateau.clone(), self.clip, self.groups.clone());
        Ok(Recipe { schedule, plateau, clip, groups, ..recipe })
    }
}

impl Course {
    fn schedule(self) -> Schedule {
        match self {
            Self::Constant => Schedule::Constant,
            Self::Step { every, factor } => Schedule::Step { every, factor },
            Self::Exponential { factor } => Schedule::Exponential { factor },
            Self::Cosine { steps, min_lr } => Schedule::Cosine { steps, min_lr },
            Self::OneCycle { steps, pct_start, div_factor, final_div_factor } => {
                Schedule::OneCycle { steps, pct_start, div_factor, final_div_factor }
            }
        }
    }
}

fn check_warm_ups(warm_ups: &[WarmUp]) -> Result<(), Error> {
    let found = warm_ups.len();
    if found <= MOST_WARM_UPS { Ok(()) } else { Err(Error::WarmUps { found }) }
}
