//! [`Run::check_together`]: settings that say nothing, or the contrary of what they seem to, beside others.

use super::model::LossName;
use super::optimizer::RuleName;
use super::{DataSettings, ModelSettings, OptimizerSettings, Run};
use crate::failure::Failure;

impl Run {
    /// Refuses what is set, other than by default, but would have no effect.
    pub(super) fn check_together(&self) -> Result<(), Failure> {
        self.data.check_together()?;
        self.model.check_together()?;
        self.optimizer.check_together()
    }
}

impl DataSettings {
    fn check_together(&self) -> Result<(), Failure> {
        let label = |flag: &str, data: &str| {
            Err(Failure::Usage(format!("{flag}: labels of no data; expected {data} beside it")))
        };
        if self.labels.is_some() && self.train.is_none() {
            return label("--labels (data.labels)", "--data (data.train)");
        }
        if self.test_labels.is_some() && self.test.is_none() {
            return label("--test-labels (data.test_labels)", "--test (data.test)");
        }
        if let Some(both) = self.ignore.iter().find(|column| self.target.contains(column)) {
            return Err(Failure::Usage(format!(
                "--ignore {both} (data.ignore): it is the target (--target, data.target); expected another column"
            )));
        }
        if !self.ignore.is_empty() && (self.train.is_none() || self.labels.is_some()) {
            return Err(Failure::Usage(format!(
                "--ignore {} (data.ignore): expected a table (--data, data.train), whose columns have names",
                self.ignore.join(",")
            )));
        }
        if self.window != Self::default().window && !self.stream {
            return Err(Failure::Usage(format!(
                "--window {} (data.window): expected --stream (data.stream) beside it; all rows are in memory",
                self.window
            )));
        }
        Ok(())
    }
}

impl ModelSettings {
    fn check_together(&self) -> Result<(), Failure> {
        if self.delta != Self::default().delta && self.loss != LossName::Huber {
            return Err(Failure::Usage(format!(
                "model.delta = {:?}: expected --loss huber (model.loss) beside it; no other has a delta",
                self.delta
            )));
        }
        Ok(())
    }
}

impl OptimizerSettings {
    fn check_together(&self) -> Result<(), Failure> {
        let default = Self::default();
        let adam = matches!(self.name, RuleName::Adam | RuleName::Adamw);
        if self.momentum > 0.0 && self.name != RuleName::Sgd {
            return Err(Failure::Usage(format!(
                "--momentum {} (optimizer.momentum): expected --optimizer sgd beside it; the others have moments of \
                 their own",
                self.momentum
            )));
        }
        if self.nesterov && self.momentum == 0.0 {
            return Err(Failure::Usage(
                "--nesterov (optimizer.nesterov): expected a momentum above 0 beside it, such as --momentum 0.9".into(),
            ));
        }
        let eps = self.eps.filter(|_| self.name == RuleName::Sgd);
        for (key, found, of) in [
            ("beta1", (!adam && self.beta1 != default.beta1).then_some(self.beta1), "adam or adamw"),
            ("beta2", (!adam && self.beta2 != default.beta2).then_some(self.beta2), "adam or adamw"),
            (
                "alpha",
                (self.name != RuleName::Rmsprop && self.alpha != default.alpha).then_some(self.alpha),
                "rmsprop",
            ),
            ("eps", eps, "another rule than sgd"),
        ] {
            if let Some(found) = found {
                return Err(Failure::Usage(format!(
                    "optimizer.{key} = {found:?}: expected {of} (--optimizer, optimizer.name) beside it; this one has \
                     no {key}"
                )));
            }
        }
        Ok(())
    }
}
