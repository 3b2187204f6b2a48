//! `[optimizer]`: how θ is moved.

use super::{names, range};
use clap::ValueEnum;
use glassgrad_optim::{AdaGrad, Adam, AdamW, Clip, Momentum, Nesterov, Recipe, RmsProp, Sgd};
use glassgrad_tensor::Scalar;
use serde::{Deserialize, Serialize};

/// A rule and its numbers; what is left out has the rule's own default.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct OptimizerSettings {
    #[serde(with = "names")]
    pub(crate) name: RuleName,
    /// Learning rate η.
    #[serde(deserialize_with = "range::positive_or_none", skip_serializing_if = "Option::is_none")]
    pub(crate) lr: Option<f64>,
    /// Of SGD; 0 for none.
    #[serde(deserialize_with = "range::share")]
    pub(crate) momentum: f64,
    /// Whether that momentum looks ahead.
    pub(crate) nesterov: bool,
    /// λ.
    #[serde(deserialize_with = "range::nonnegative_or_none", skip_serializing_if = "Option::is_none")]
    pub(crate) weight_decay: Option<f64>,
    #[serde(deserialize_with = "range::share")]
    pub(crate) beta1: f64,
    #[serde(deserialize_with = "range::share")]
    pub(crate) beta2: f64,
    /// α of RMSProp.
    #[serde(deserialize_with = "range::share")]
    pub(crate) alpha: f64,
    #[serde(deserialize_with = "range::positive_or_none", skip_serializing_if = "Option::is_none")]
    pub(crate) eps: Option<f64>,
    /// The greatest norm of a gradient; 0 for any.
    #[serde(deserialize_with = "range::nonnegative")]
    pub(crate) clip_norm: f64,
}

impl Default for OptimizerSettings {
    fn default() -> Self {
        OptimizerSettings {
            name: RuleName::Adam,
            lr: None,
            momentum: 0.0,
            nesterov: false,
            weight_decay: None,
            beta1: 0.9,
            beta2: 0.999,
            alpha: 0.99,
            eps: None,
            clip_norm: 0.0,
        }
    }
}

/// The rules there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum RuleName {
    Sgd,
    Rmsprop,
    Adagrad,
    Adam,
    Adamw,
}

impl OptimizerSettings {
    /// η: as set, or the rule's own.
    pub(crate) fn lr(&self) -> f64 {
        self.lr.unwrap_or(match self.name {
            RuleName::Sgd | RuleName::Rmsprop | RuleName::Adagrad => 0.01,
            RuleName::Adam | RuleName::Adamw => 0.001,
        })
    }

    /// The rule with its numbers.
    pub(crate) fn recipe<T: Scalar>(&self) -> Recipe<T> {
        let (lr, momentum) = (self.lr(), self.momentum);
        let decay = |default| self.weight_decay.unwrap_or(default);
        let eps = |default| self.eps.unwrap_or(default);
        let (beta1, beta2) = (self.beta1, self.beta2);
        let recipe = match self.name {
            RuleName::Sgd if self.nesterov => {
                Recipe::new(Nesterov { lr, momentum, weight_decay: decay(0.0) })
            }
            RuleName::Sgd if momentum > 0.0 => {
                let weight_decay = decay(0.0);
                Recipe::new(Momentum { lr, momentum, weight_decay, ..Momentum::default() })
            }
            RuleName::Sgd => Recipe::new(Sgd { lr, weight_decay: decay(0.0) }),
            RuleName::Rmsprop => {
                let rule = RmsProp::default();
                let (alpha, eps) = (self.alpha, eps(rule.eps));
                Recipe::new(RmsProp { lr, alpha, eps, weight_decay: decay(0.0), ..rule })
            }
            RuleName::Adagrad => {
                let rule = AdaGrad::default();
                Recipe::new(AdaGrad { lr, eps: eps(rule.eps), weight_decay: decay(0.0), ..rule })
            }
            RuleName::Adam => {
                let eps = eps(Adam::default().eps);
                Recipe::new(Adam { lr, beta1, beta2, eps, weight_decay: decay(0.0) })
            }
            RuleName::Adamw => {
                let rule = AdamW::default();
                let (eps, weight_decay) = (eps(rule.eps), decay(rule.weight_decay));
                Recipe::new(AdamW { lr, beta1, beta2, eps, weight_decay })
            }
        };
        if self.clip_norm > 0.0 { recipe.clip(Clip::Norm(self.clip_norm)) } else { recipe }
    }
}
