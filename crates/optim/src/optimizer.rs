//! [`Optimizer`]: one update rule, applied to a range of θ.

use crate::{Error, Rule};
use glassgrad_tensor::Scalar;
use std::array;
use std::fmt::Debug;

/// An update rule: θ ← θ − Δ(∇L(θ), state).
///
/// A rule holds hyper-parameters only and is plain data; what it remembers from step to step is kept
/// for it, in [`slots`](Optimizer::slots) vectors as long as θ. It treats each element of θ alone, so
/// that it may be given θ in pieces.
///
/// A rule of your own is one such implementation:
///
/// ```
/// use glassgrad_optim::{At, Error, Optimizer, Recipe, Slot, State};
/// use glassgrad_tensor::Scalar;
///
/// /// θ ← θ − η·sign(g).
/// #[derive(Debug)]
/// struct Sign;
///
/// impl<T: Scalar> Optimizer<T> for Sign {
///     fn lr(&self) -> f64 {
///         0.5
///     }
///     fn weight_decay(&self) -> f64 {
///         0.0
///     }
///     fn validate(&self) -> Result<(), Error> {
///         Ok(())
///     }
///     fn slots(&self) -> &'static [Slot] {
///         &[]
///     }
///     fn update(&self, at: &At, theta: &mut [T], grad: &[T], _: State<'_, T>) {
///         let lr = T::from_f64(at.lr);
///         for (x, &g) in theta.iter_mut().zip(grad) {
///             *x -= if g > T::zero() { lr } else { -lr };
///         }
///     }
/// }
///
/// let mut descent = Recipe::new(Sign).bind(&[("w", 0..2)])?;
/// let mut theta = [1.0, 1.0];
/// descent.step(&mut theta, &mut [3.0, -4.0])?;
/// assert_eq!(theta, [0.5, 1.5]);
/// # Ok::<(), Error>(())
/// ```
pub trait Optimizer<T: Scalar>: Debug + Send + Sync {
    /// The learning rate η, before any schedule.
    fn lr(&self) -> f64;

    /// The weight decay λ of whatever no [`Group`](crate::Group) says otherwise of.
    fn weight_decay(&self) -> f64;

    /// Checks every hyper-parameter.
    ///
    /// # Errors
    /// [`Error::Hyper`] for the first that is NaN or out of its range.
    fn validate(&self) -> Result<(), Error>;

    /// The rule as data, if it is one of this crate's: a run with another cannot be saved.
    fn rule(&self) -> Option<Rule> {
        None
    }

    /// The vectors that the rule keeps, in order; each as long as θ.
    fn slots(&self) -> &'static [Slot];

    /// One update of a stretch of θ: threads may share θ, cut anywhere.
    ///
    /// `theta`, `grad` and each vector of `state` have one length. The state is all 0 before the first
    /// update. The gradient counts `at.scale` times.
    fn update(&self, at: &At, theta: &mut [T], grad: &[T], state: State<'_, T>);
}

/// What an update depends on besides θ, the gradient and the state.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct At {
    /// Which update this is, counted from 1.
    pub t: u64,
    /// The learning rate: scheduled, and multiplied by the group's factor.
    pub lr: f64,
    /// The weight decay of the group.
    pub weight_decay: f64,
    /// What the gradient is to be multiplied by: below 1 where [`Clip::Norm`](crate::Clip) shortens it,
    /// else 1.
    pub scale: f64,
}

/// The name of a state vector, and what it can hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slot {
    /// Its name, such as "second moment".
    pub name: &'static str,
    /// Whether it adds up squares, so that no element can be below 0.
    pub squares: bool,
}

/// A rule can have at most so many slots.
pub const MOST_SLOTS: usize = 3;

/// The state vectors of a stretch of θ.
#[derive(Debug)]
pub struct State<'a, T> {
    vectors: [&'a mut [T]; MOST_SLOTS],
    count: usize,
}

impl<'a, T> State<'a, T> {
    /// One vector a slot, each as long as the stretch; what goes beyond [`MOST_SLOTS`] is left out.
    pub fn new(vectors: impl IntoIterator<Item = &'a mut [T]>) -> Self {
        let (mut given, mut count) = (vectors.into_iter(), 0);
        let vectors = array::from_fn(|_| {
            let vector = given.next();
            count += usize::from(vector.is_some());
            vector.unwrap_or_default()
        });
        State { vectors, count }
    }

    /// One slice for each of the rule's N slots, in their order.
    ///
    /// # Panics
    /// If the rule did not declare N slots.
    pub fn split<const N: usize>(self) -> [&'a mut [T]; N] {
        assert_eq!(self.count, N, "a rule that splits its state into {N} must declare {N} slots");
        let mut vectors = self.vectors.into_iter();
        array::from_fn(|_| vectors.next().unwrap_or_default())
    }
}
