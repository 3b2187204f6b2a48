use crate::metrics::largest;
use crate::{Error, Trainer};
use glassgrad_layers::Loss;
use glassgrad_tensor::Scalar;
use ndarray::{ArrayView2, Axis};

/// Using the network. All of this runs in evaluation mode and in a memory of its own: the batch that is
/// loaded for training, its values and its adjoints stay as they are.
impl<T: Scalar> Trainer<T> {
    /// The network's output `[batch, outputs]` for `x: [batch, inputs]`, in evaluation mode: dropout is off.
    ///
    /// It is what the loss takes: logits for a cross-entropy, unless the network ends in a softmax.
    /// The inputs are not copied if they are in standard layout, and of the values between only those are
    /// kept that are still to be read.
    ///
    /// # Errors
    /// A shape that does not fit, or an empty batch.
    pub fn predict<'a>(&'a mut self, x: ArrayView2<'a, T>) -> Result<ArrayView2<'a, T>, Error> {
        Ok(self.inference.run(&self.tape, self.prediction, &self.theta, self.x, x)?)
    }

    /// The class of each row of `x: [batch, inputs]`: that of the largest output, the first of equals. For
    /// binary cross-entropy on one output, class 1 where σ(output) > ½, else class 0.
    ///
    /// # Errors
    /// A shape that does not fit, or an empty batch.
    pub fn classify(&mut self, x: ArrayView2<'_, T>) -> Result<Vec<usize>, Error> {
        let binary = self.kind == Loss::BinaryCrossEntropy;
        let outputs = self.predict(x)?;
        if binary && outputs.ncols() == 1 {
            return Ok(outputs.iter().map(|&logit| usize::from(logit > T::zero())).collect());
        }
        Ok(outputs.axis_iter(Axis(0)).map(largest).collect())
    }
}
