//! [`audit_step`]: what calculus promised of a step, and what happened. [`rank_examples`]: which rows pull hardest.

use crate::Error;
use glassgrad_autograd::Memory;
use glassgrad_data::Dataset;
use glassgrad_tensor::Scalar;
use glassgrad_train::Trainer;
use serde::Serialize;
use std::fmt;

/// The change of the loss by one step Δθ: predicted and actual. Prints itself.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct StepAudit {
    /// L(θ).
    pub loss: f64,
    /// L(θ + Δθ).
    pub loss_after: f64,
    /// The learning rate.
    pub lr: f64,
    /// ‖∇L(θ)‖.
    pub gradient: f64,
    /// ‖Δθ‖.
    pub step: f64,
    /// ∇L·Δθ; for plain gradient descent it is −η·‖∇L‖².
    pub first_order: f64,
    /// ∇L·Δθ + ½·Δθᵀ·H·Δθ.
    pub second_order: f64,
    /// L(θ + Δθ) − L(θ).
    pub actual: f64,
    /// Δθᵀ·H·Δθ/‖Δθ‖²: the curvature along the step; 0 for a step of length 0.
    pub curvature: f64,
}

/// Makes one step on the loaded batch, and compares the change of the loss with its Taylor polynomial.
///
/// In the trainer's own numbers and, if there is dropout, under the masks of the step. Cost, besides the step: a
/// forward run and a Hessian–vector product on dual numbers, which is some 15 steps.
///
/// # Errors
/// As of [`Trainer::step`]; θ has not been touched then.
pub fn audit_step<T: Scalar>(trainer: &mut Trainer<T>) -> Result<StepAudit, Error> {
    let before = trainer.theta().to_vec();
    let step = trainer.step()?;
    let delta: Vec<T> = trainer.theta().iter().zip(&before).map(|(&after, &before)| after - before).collect();
    let (loss_var, memory) = (trainer.loss(), trainer.memory());
    let bent = trainer.tape().hvp(loss_var, &before, &delta, memory)?;
    let dot = |a: &[T], b: &[T]| a.iter().zip(b).map(|(a, b)| a.to_f64() * b.to_f64()).sum::<f64>();
    let (along, square) = (dot(&delta, &bent), dot(&delta, &delta));
    let gradient = trainer.grad();
    let (first_order, gradient) = (dot(gradient, &delta), dot(gradient, gradient).sqrt());
    let (loss, loss_after) = (step.loss.to_f64(), trainer.verify().to_f64());
    Ok(StepAudit {
        loss,
        loss_after,
        lr: step.lr,
        gradient,
        step: square.sqrt(),
        first_order,
        second_order: first_order + 0.5 * along,
        actual: loss_after - loss,
        curvature: if square > 0.0 { along / square } else { 0.0 },
    })
}

impl fmt::Display for StepAudit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "loss before      {:>16.10}", self.loss)?;
        writeln!(f, "loss after       {:>16.10}", self.loss_after)?;
        writeln!(f, "change           {:>16.10}", self.actual)?;
        writeln!(f, "  1st order says {:>16.10}   ∇L·Δθ", self.first_order)?;
        writeln!(f, "  2nd order says {:>16.10}   ∇L·Δθ + ½·Δθᵀ·H·Δθ", self.second_order)?;
        writeln!(
            f,
            "‖∇L‖ {:.6e}, ‖Δθ‖ {:.6e}, curvature along Δθ {:.6}",
            self.gradient, self.step, self.curvature
        )
    }
}

/// One row by itself.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Example {
    /// Row of the data set, from 0.
    pub row: usize,
    /// Its loss.
    pub loss: f64,
    /// The norm of its gradient.
    pub norm: f64,
}

/// The norm of each row's own gradient in evaluation mode, the largest first; of equal ones the lower row first.
///
/// In a network that has learnt the others, a row with a wrong label or a slipped decimal point pulls hardest. A
/// norm that is not finite comes before all; so does a row whose class has weight 0, which has no loss of its own. Cost: a
/// forward and a backward run a row.
///
/// # Errors
/// Data that does not fit the network.
pub fn rank_examples<T: Scalar>(trainer: &mut Trainer<T>, data: &Dataset<T>) -> Result<Vec<Example>, Error> {
    trainer.evaluate(data)?; // says what does not fit
    let (tape, theta, loss) = (trainer.tape(), trainer.theta(), trainer.loss());
    let (x, y) = (tape.var("x")?, tape.var("y")?);
    let mut memory = Memory::new();
    memory.input_adjoints(false);
    memory.resize(tape, 1)?;
    let mut grad = vec![T::zero(); theta.len()];
    let mut examples = Vec::with_capacity(data.rows());
    for row in 0..data.rows() {
        data.gather_features(&[row], memory.input(x))?;
        data.gather_targets(&[row], memory.input(y))?;
        tape.forward_to(loss, theta, &mut memory);
        tape.backward(loss, theta, &mut grad, &mut memory);
        let norm = grad.iter().map(|g| g.to_f64().powi(2)).sum::<f64>().sqrt();
        examples.push(Example { row, loss: tape.number(loss, theta, &memory).to_f64(), norm });
    }
    let rank = |example: &Example| if example.norm.is_finite() { example.norm } else { f64::INFINITY };
    examples.sort_by(|a, b| rank(b).total_cmp(&rank(a)));
    Ok(examples)
}
