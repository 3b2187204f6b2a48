//! [`Run::check_rounding`]: numbers that are in their range until they are rounded to the precision of the run.

use super::{Precision, Run};
use crate::failure::Failure;

impl Run {
    /// Refuses what is above 0, finite or below 1 as an `f64`, but no longer as an `f32`.
    pub(super) fn check_rounding(&self) -> Result<(), Failure> {
        if self.precision == Precision::F64 {
            return Ok(());
        }
        let (model, optimizer) = (&self.model, &self.optimizer);
        for (key, number, is_share) in [
            ("model.delta", model.delta, false),
            ("model.dropout", model.dropout, true),
            ("optimizer.lr", optimizer.lr(), false),
            ("optimizer.momentum", optimizer.momentum, true),
            ("optimizer.weight_decay", optimizer.weight_decay.unwrap_or(0.0), false),
            ("optimizer.beta1", optimizer.beta1, true),
            ("optimizer.beta2", optimizer.beta2, true),
            ("optimizer.alpha", optimizer.alpha, true),
            ("optimizer.eps", optimizer.eps.unwrap_or(0.0), false),
        ] {
            let rounded = number as f32;
            let (becomes, expected) = if rounded == 0.0 && number > 0.0 {
                ("0", "larger")
            } else if rounded == 1.0 && is_share {
                ("1", "smaller")
            } else if rounded.is_infinite() {
                ("infinity", "smaller")
            } else {
                continue;
            };
            let why = format!(
                "rounds to {becomes} in f32; expected a {expected} number, or precision = \"f64\" (--precision)"
            );
            return Err(self.refusal(key, why));
        }
        Ok(())
    }
}
