//! [`Run::check_together`]: settings that say nothing, or the contrary of what they seem to, beside others.
//!
//! What is as its default is never refused: nobody may have said it.

use super::model::LossName;
use super::optimizer::RuleName;
use super::training::EarlyStopping;
use super::{DataSettings, ModelSettings, Named, OptimizerSettings, Run};
use crate::failure::Failure;
use glassgrad_data::input::heeds_delimiter;

impl Run {
    /// Refuses what is set, other than by default, but would have no effect.
    pub(super) fn check_together(&self) -> Result<(), Failure> {
        self.check_data()?;
        self.check_model()?;
        self.check_optimizer()?;
        self.check_rounding()
    }

    fn check_data(&self) -> Result<(), Failure> {
        let data = &self.data;
        if data.labels.is_some() && data.train.is_none() {
            let why = "labels of no data; expected --data (data.train) beside it";
            return Err(self.refusal("data.labels", why));
        }
        if data.test_labels.is_some() && data.test.is_none() {
            let why = "labels of no data; expected --test (data.test) beside it";
            return Err(self.refusal("data.test_labels", why));
        }
        if let Some(both) = data.ignore.iter().find(|column| data.target.contains(column)) {
            let why = format!("{both:?} is the target (--target, data.target); expected another column");
            return Err(self.refusal("data.ignore", why));
        }
        if !data.ignore.is_empty() && (data.train.is_none() || data.labels.is_some()) {
            let why = "expected a table (--data, data.train), whose columns have names";
            return Err(self.refusal("data.ignore", why));
        }
        let files: Vec<_> = data.train.iter().chain(&data.test).collect();
        if data.delimiter != DataSettings::default().delimiter
            && !(files.is_empty() && data.rows.is_empty())
            && !files.iter().any(|file| heeds_delimiter(file, data.delimiter))
        {
            return Err(
                self.refusal("data.delimiter", "expected a CSV file beside it; others have no choice of one")
            );
        }
        let patience = self.train.early_stopping.patience;
        if data.validation == 0.0 && patience > 0 && patience != EarlyStopping::default().patience {
            let why = "expected rows held out (--validation, data.validation) beside it; by them training ends early";
            return Err(self.refusal("train.early_stopping.patience", why));
        }
        if data.window != DataSettings::default().window && !data.stream {
            let why = "expected --stream (data.stream) beside it; all rows are in memory";
            return Err(self.refusal("data.window", why));
        }
        Ok(())
    }

    fn check_model(&self) -> Result<(), Failure> {
        let (model, default) = (&self.model, ModelSettings::default());
        if model.hidden.is_empty() {
            let why = "expected a hidden layer (--hidden, model.hidden) beside it; this network has none";
            if model.dropout > 0.0 {
                return Err(self.refusal("model.dropout", why));
            }
            if model.activation != default.activation {
                return Err(self.refusal("model.activation", why));
            }
        }
        if model.parameters.file.is_some() && model.init != default.init {
            let why = "found beside a file of all parameters (model.parameters.file); expected one of them";
            return Err(self.refusal("model.init", why));
        }
        if model.delta != default.delta && model.loss != LossName::Huber {
            let why = "expected --loss huber (model.loss) beside it; no other has a delta";
            return Err(self.refusal("model.delta", why));
        }
        Ok(())
    }

    fn check_optimizer(&self) -> Result<(), Failure> {
        let (optimizer, default) = (&self.optimizer, OptimizerSettings::default());
        let rule = optimizer.name;
        let adam = matches!(rule, RuleName::Adam | RuleName::Adamw);
        for (has_no_effect, key, of) in [
            (optimizer.momentum > 0.0 && rule != RuleName::Sgd, "momentum", "sgd"),
            (optimizer.nesterov && rule != RuleName::Sgd, "nesterov", "sgd"),
            (optimizer.beta1 != default.beta1 && !adam, "beta1", "adam or adamw"),
            (optimizer.beta2 != default.beta2 && !adam, "beta2", "adam or adamw"),
            (optimizer.alpha != default.alpha && rule != RuleName::Rmsprop, "alpha", "rmsprop"),
            (optimizer.eps.is_some() && rule == RuleName::Sgd, "eps", "another rule than sgd"),
        ] {
            if has_no_effect {
                let why = format!(
                    "expected {of} (--optimizer, optimizer.name) beside it; {} has no {key}",
                    rule.name()
                );
                return Err(self.refusal(&format!("optimizer.{key}"), why));
            }
        }
        if optimizer.nesterov && optimizer.momentum == 0.0 {
            let why = "expected a momentum above 0 beside it, such as --momentum 0.9 (optimizer.momentum)";
            return Err(self.refusal("optimizer.nesterov", why));
        }
        Ok(())
    }
}
