//! [`Rule`]: what is measured, when that is a finding, who says so, and what to do. All of them are in this table.

pub(crate) mod activation;
pub(crate) mod data;
pub(crate) mod gradient;
pub(crate) mod graph;
pub(crate) mod loss;
pub(crate) mod rate;

use glassgrad_report::short;
use serde::Serialize;
use std::fmt;

/// On which side of its threshold a number is a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// Above.
    Above,
    /// Below.
    Below,
}

/// One rule.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Rule {
    /// Its name, for scripts.
    pub id: &'static str,
    /// The number that it looks at.
    pub measures: &'static str,
    /// Which side of the threshold is bad.
    pub bad: Side,
    /// The threshold.
    pub threshold: f64,
    /// Where the threshold comes from.
    pub source: &'static str,
    /// What to do.
    pub remedy: &'static str,
}

/// A rule that fired.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Finding {
    /// The rule, with its threshold, source and remedy.
    pub rule: &'static Rule,
    /// The number that fired.
    pub number: f64,
    /// Where: a layer, a parameter, a column, or the loss.
    pub place: String,
}

impl Rule {
    /// A finding if the number is on the bad side of the threshold. NaN is on neither.
    pub(crate) fn judge(&'static self, number: f64, place: impl Into<String>) -> Option<Finding> {
        let bad = match self.bad {
            Side::Above => number > self.threshold,
            Side::Below => number < self.threshold,
        };
        bad.then(|| Finding { rule: self, number, place: place.into() })
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Rule { id, measures, bad, threshold, source, remedy } = self.rule;
        let side = if *bad == Side::Above { "at most" } else { "at least" };
        let (place, number) = (&self.place, short(self.number));
        writeln!(f, "{id} ({place}): {measures} is {number}, expected {side} {}", short(*threshold))?;
        writeln!(f, "  do:  {remedy}")?;
        writeln!(f, "  why: {source}")
    }
}

macro_rules! rules {
    ($($name:ident: $id:literal, $measures:literal, $bad:ident $threshold:literal, $source:literal, $remedy:literal;)*) => {
        $(pub(crate) static $name: Rule = Rule {
            id: $id, measures: $measures, bad: Side::$bad, threshold: $threshold, source: $source, remedy: $remedy,
        };)*
        /// Every rule.
        pub static RULES: &[&Rule] = &[$(&$name),*];
    };
}

rules! {
    LR_ABOVE_CRITICAL: "lr-above-critical",
        "η·λ, with λ the curvature at the start, where the loss rose to 1.5 times its start or more,",
        Above 2.0,
        "a step multiplies the error along an eigenvector of the Hessian by 1 − η·λ, which grows from η·λ = 2 on (LeCun, Bottou, Orr and Müller 1998, Efficient BackProp, section 5.1)",
        "lower the learning rate below 2/λ, best to 1/λ";
    LR_FAR_BELOW: "lr-far-below-best",
        "η·λ, where more than a twentieth of the loss at the start is left,",
        Below 0.05,
        "even along the steepest direction a step removes only η·λ of the error: at 0.05, a tenth is left after 45 steps (LeCun et al. 1998, section 5.1)",
        "raise the learning rate towards 1/λ";
    SUM_FOR_MEAN: "sum-for-mean",
        "η·λ of the sum over the batch, where the mean's is below 2,",
        Above 2.0,
        "the sum over B rows is B times the mean, and so are its gradient and its λ",
        "take the mean over the batch, or divide the learning rate by the batch size";
    MISSING_HALF: "missing-half",
        "η·λ of the squared error, where that of half the squared error is below 2,",
        Above 2.0,
        "∂/∂ŷ (ŷ − y)² = 2·(ŷ − y): without the ½ the same learning rate steps twice as far",
        "use half the squared error, or half the learning rate";
    RESIDUAL_FLIPS: "residual-sign-flips",
        "the share of steps on the same rows after which the mean of ŷ − y has the other sign",
        Above 0.8,
        "for 1 < η·λ < 2 the error changes its sign in every step (LeCun et al. 1998, section 5.1); chance would be a half",
        "lower the learning rate; at 1/λ the error is gone in one step along the steepest direction";
    OVERSHOOT: "overshoot",
        "the share of steps on the same rows after which the gradient points back along the step",
        Above 0.8,
        "such a step went past the lowest point on its line: the slope along it has changed its sign (Nocedal and Wright 2006, Numerical Optimization, chapter 3); noise would do so in half of the steps",
        "lower the learning rate";
    UPHILL: "uphill-steps",
        "the share of steps that lead up along the gradient, ∇L·Δθ > 0,",
        Above 0.9,
        "a descent direction has ∇L·Δθ < 0 (Nocedal and Wright 2006, Numerical Optimization, chapter 2)",
        "subtract the gradient from the parameters, do not add it; check its sign";
    ACCUMULATED: "gradient-accumulated",
        "‖Δθₜ − Δθₜ₋₁ + η·∇L‖/‖η·∇L‖, median over steps that are not −η·∇L,",
        Below 0.001,
        "when gradients add up, Δθₜ = −η·Σ∇L, so that each step is the one before less η·∇L (momentum with μ = 1)",
        "set the gradient to 0 before each backward run";
    LOSS_GREW: "loss-grew",
        "the mean loss of the last tenth of the steps over the median of the first five",
        Above 2.0,
        "training that works makes the loss smaller; noise of batches stays below a factor of 2 over a tenth of a run",
        "lower the learning rate; check the sign of the update and check_gradients";
    NO_PROGRESS: "no-progress",
        "the mean loss of the last tenth of the steps, over that of the first step (regression) or ln C (classes),",
        Above 0.9,
        "ln C is the loss of a guess among C classes, and the first loss that of untrained weights",
        "see the other findings; if there are none, look whether the labels belong to their rows";
    WORSE_THAN_CHANCE: "worse-than-chance",
        "the mean loss of the last tenth of the steps over ln C",
        Above 2.0,
        "ln C is the loss of a guess among C classes: to do worse takes large logits for wrong classes, from steps that are too long",
        "lower the learning rate";
    START_ABOVE_CHANCE: "start-above-chance",
        "the first loss less ln C, in nats,",
        Above 2.0,
        "logits of standard deviation s add about s²/2 to ln C, the loss of a guess: 2 means s = 2, so weights or inputs are too large (Gaussian logits: E ln Σeᶻ ≤ ln C + s²/2)",
        "scale the inputs, and begin with smaller weights in the last layer";
    START_BELOW_CHANCE: "start-below-chance",
        "the first loss over ln C, in a batch of 8 rows or more,",
        Below 0.3,
        "ln C is the loss of a guess among C classes, and before training there is nothing better (CS231n notes, Neural Networks Part 3, sanity checks)",
        "look whether the target is among the features, and whether the weights are really untrained";
    SATURATED: "saturated",
        "the share of outputs whose slope is below a hundredth of the greatest (|z| > 6 for σ, 3 for tanh), median over steps,",
        Above 0.5,
        "a slope multiplies every gradient that passes: σ' is 0.0025 at 6 and 2e-9 at 20 (Glorot and Bengio 2010, Understanding the difficulty of training deep feedforward neural networks, section 3)",
        "scale the inputs, and begin with smaller weights (Glorot's)";
    DEAD_RELU: "dead-relu",
        "the share of units that were 0 in every row looked at",
        Above 0.5,
        "such a unit's weights have gradient 0, and it stays dead (Maas, Hannun and Ng 2013, Rectifier nonlinearities improve neural network acoustic models)",
        "begin with biases of 0 and He's weights, lower the learning rate, or use a leaky ReLU";
    VANISHING: "vanishing-gradient",
        "the root mean square of the adjoint ∂L/∂z of the first layer over that of the last, median over steps,",
        Below 0.0001,
        "every σ passes on at most ¼ of a gradient: six in a row leave 2e-4 (Bengio, Simard and Frasconi 1994, Learning long-term dependencies with gradient descent is difficult)",
        "use ReLU or tanh, Glorot's or He's weights, normalisation or residual layers";
    EXPLODING: "exploding-gradient",
        "the root mean square of the adjoint ∂L/∂z of the first layer over that of the last, median over steps,",
        Above 10000.0,
        "the same product over the layers, with factors above 1 (Pascanu, Mikolov and Bengio 2013, On the difficulty of training recurrent neural networks, section 2)",
        "begin with smaller weights (Glorot's or He's), scale the inputs, lower the learning rate, or clip the gradient's norm";
    UPDATE_LARGE: "update-to-weight-large",
        "‖Δw‖/‖w‖ of one weight, median over steps,",
        Above 0.1,
        "about 0.001 is usual (CS231n notes, Neural Networks Part 3, ratio of weights to updates); at 0.1 ten steps replace the weights",
        "lower the learning rate";
    UPDATE_SMALL: "update-to-weight-small",
        "the largest ‖Δw‖/‖w‖ of all weights that move, in the first ten steps,",
        Below 1e-6,
        "about 0.001 is usual (as above); at 1e-6 it takes a million steps to replace the weights",
        "raise the learning rate; look whether the gradient vanishes";
    NO_GRADIENT: "no-gradient",
        "the largest norm of the parameter's gradient in all steps looked at",
        Below 1e-300,
        "the loss does not depend on it at these inputs: a stop-gradient, a dead unit, a value that is used nowhere",
        "look how the parameter reaches the loss; tape() prints the program";
    BROADCAST: "broadcast",
        "the columns onto which a single column is repeated when two computed values are added or subtracted",
        Above 1.0,
        "[batch, 1] and [batch, n] broadcast without an error, and n outputs then get the same number",
        "give both values the same width; Residual needs a layer that keeps it";
    UNSCALED: "unscaled-inputs",
        "the root mean square of a feature, median over columns that vary,",
        Above 4.0,
        "λ of the first layer grows with the mean square of its inputs, which should be about 1 (LeCun et al. 1998, section 4.3)",
        "standardise the features: Standardize::fit on the training part";
    UNSCALED_SMALL: "unscaled-inputs-small",
        "the root mean square of a feature, median over columns that vary,",
        Below 0.01,
        "the gradient of the first layer is proportional to its inputs, which should be about 1 (LeCun et al. 1998, section 4.3)",
        "standardise the features: Standardize::fit on the training part";
    UNSCALED_COLUMN: "unscaled-column",
        "the largest root mean square of a feature over the median of those that vary",
        Above 100.0,
        "the curvatures along two inputs differ as the squares of their sizes, and one learning rate must serve both (LeCun et al. 1998, section 4.3)",
        "standardise the features: Standardize::fit on the training part";
    IMBALANCE: "class-imbalance",
        "rows of the most frequent class over rows of the rarest",
        Above 10.0,
        "a network that never names the rare class is then right in 10 of 11 cases (He and Garcia 2009, Learning from imbalanced data)",
        "give the loss class weights, or judge by more than accuracy";
    LEAKAGE: "target-in-feature",
        "the share of the target's variance that one feature alone explains (R², for classes the correlation ratio), beside other features,",
        Above 0.999,
        "a column that determines the target is usually made from it (Kaufman, Rosset, Perlich and Stitelman 2012, Leakage in data mining: formulation, detection, and avoidance)",
        "look where the column comes from; leave it out if it is not known when predicting";
    NON_FINITE: "non-finite",
        "NaN or infinite numbers in the first value that has any",
        Above 0.0,
        "nothing can be learnt from NaN: every sum with it is NaN",
        "see where it came from; lower the learning rate, scale the inputs, or keep ln, √ and 1/x away from 0";
}

/// The middle of some numbers, NaN if there are none.
pub(crate) fn median(numbers: impl Iterator<Item = f64>) -> f64 {
    let mut sorted: Vec<f64> = numbers.filter(|x| !x.is_nan()).collect();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
}

/// The share of cases that are so, NaN if there are fewer than `least` cases.
pub(crate) fn share(cases: impl Iterator<Item = bool>, least: usize) -> f64 {
    let (mut yes, mut all) = (0_usize, 0_usize);
    for case in cases {
        yes += usize::from(case);
        all += 1;
    }
    if all < least.max(1) { f64::NAN } else { yes as f64 / all as f64 }
}
