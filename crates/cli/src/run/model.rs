//! `[model]`: the network, its loss, and where its parameters begin.

use super::{names, range};
use clap::ValueEnum;
use glassgrad_data::Targets;
use glassgrad_layers::{Activation, Chain, Dense, Dropout, Init, Loss};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// A chain of dense layers, an activation after each but the last.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct ModelSettings {
    /// Widths of the hidden layers.
    #[serde(deserialize_with = "range::widths")]
    pub(crate) hidden: Vec<usize>,
    #[serde(with = "names")]
    pub(crate) activation: ActivationName,
    #[serde(with = "names")]
    pub(crate) loss: LossName,
    /// δ of the Huber loss.
    #[serde(deserialize_with = "range::positive")]
    pub(crate) delta: f64,
    #[serde(with = "names")]
    pub(crate) init: InitName,
    /// The share of hidden units that each step leaves out.
    #[serde(deserialize_with = "range::share")]
    pub(crate) dropout: f64,
    /// Where parameters begin that do not begin at random.
    #[serde(skip_serializing_if = "Parameters::is_empty")]
    pub(crate) parameters: Parameters,
}

impl Default for ModelSettings {
    fn default() -> Self {
        ModelSettings {
            hidden: vec![64],
            activation: ActivationName::Relu,
            loss: LossName::Auto,
            delta: 1.0,
            init: InitName::Auto,
            dropout: 0.0,
            parameters: Parameters::default(),
        }
    }
}

/// Parameters from a file, by name, or both; what is named here overrules the file.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Parameters {
    /// A file with all of them: NPZ by its name, else safetensors.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) file: Option<PathBuf>,
    /// By name, such as `0.weight`.
    #[serde(flatten)]
    pub(crate) named: BTreeMap<String, Tensor>,
}

impl Parameters {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Numbers of a parameter, row after row; a bias is one row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged, expecting = "expected numbers: a bias is [0.0, 0.5], a weight [[0.0, 0.5], [1.0, 1.5]]")]
pub(crate) enum Tensor {
    /// `[n]`
    Row(Vec<f64>),
    /// `[rows, columns]`
    Rows(Vec<Vec<f64>>),
}

/// The function between dense layers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub(crate) enum ActivationName {
    Relu,
    LeakyRelu,
    Elu,
    Gelu,
    GeluTanh,
    Silu,
    Softplus,
    Sigmoid,
    Tanh,
}

/// What training makes small.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub(crate) enum LossName {
    /// Cross-entropy for classes, mean squared error for values.
    Auto,
    CrossEntropy,
    BinaryCrossEntropy,
    Mse,
    HalfSquaredError,
    Mae,
    Huber,
}

/// How weights begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub(crate) enum InitName {
    /// He's before ReLU and its like, else Glorot's; small in the last layer.
    Auto,
    HeUniform,
    HeNormal,
    GlorotUniform,
    GlorotNormal,
    LecunUniform,
    LecunNormal,
    Orthogonal,
    Zeros,
}

impl ModelSettings {
    /// The loss for these targets.
    pub(crate) fn loss<T>(&self, targets: &Targets<T>) -> Loss {
        match (self.loss, targets) {
            (LossName::Auto, Targets::Labels { .. }) | (LossName::CrossEntropy, _) => Loss::CROSS_ENTROPY,
            (LossName::Auto, Targets::Values(_)) | (LossName::Mse, _) => Loss::MeanSquaredError,
            (LossName::BinaryCrossEntropy, _) => Loss::BinaryCrossEntropy,
            (LossName::HalfSquaredError, _) => Loss::HalfSquaredError,
            (LossName::Mae, _) => Loss::MeanAbsoluteError,
            (LossName::Huber, _) => Loss::Huber { delta: self.delta },
        }
    }

    /// Dense layers of the hidden widths and of `outputs`, named as PyTorch's `Sequential` names them.
    pub(crate) fn network(&self, outputs: usize) -> Chain {
        let (activation, suits) = self.activation.layer();
        let init = self.init.rule();
        let hidden = self.hidden.iter().fold(Chain::new(), |chain, &width| {
            let weight = init.clone().unwrap_or_else(|| suits.clone());
            let chain = chain.then(Dense::new(width).weight(weight)).then(activation);
            if self.dropout > 0.0 { chain.then(Dropout::new(self.dropout)) } else { chain }
        });
        // Small, so that before the first step every class is about as likely as another, and every value its mean.
        let last = Init::Normal { mean: 0.0, std: 0.01 };
        hidden.then(Dense::new(outputs).weight(init.unwrap_or(last)))
    }

    /// How many parameters that network has on `inputs` features.
    pub(crate) fn count_parameters(&self, inputs: usize, outputs: usize) -> u128 {
        let mut parameters = 0_u128;
        let mut width = inputs as u128;
        for next in self.hidden.iter().chain([&outputs]).map(|&next| next as u128) {
            parameters = parameters.saturating_add((width + 1).saturating_mul(next));
            width = next;
        }
        parameters
    }
}

impl ActivationName {
    /// The activation, and the initial weights that suit it.
    const fn layer(self) -> (Activation, Init) {
        match self {
            Self::Relu => (Activation::Relu, Init::HeUniform),
            Self::LeakyRelu => (Activation::LeakyRelu(0.01), Init::HeUniform),
            Self::Elu => (Activation::Elu(1.0), Init::HeUniform),
            Self::Gelu => (Activation::Gelu, Init::HeUniform),
            Self::GeluTanh => (Activation::GeluTanh, Init::HeUniform),
            Self::Silu => (Activation::Silu, Init::HeUniform),
            Self::Softplus => (Activation::Softplus, Init::HeUniform),
            Self::Sigmoid => (Activation::Sigmoid, Init::GlorotUniform),
            Self::Tanh => (Activation::Tanh, Init::GlorotUniform),
        }
    }
}

impl InitName {
    /// None if it is the activation that chooses.
    fn rule(self) -> Option<Init> {
        Some(match self {
            Self::Auto => return None,
            Self::HeUniform => Init::HeUniform,
            Self::HeNormal => Init::HeNormal,
            Self::GlorotUniform => Init::GlorotUniform,
            Self::GlorotNormal => Init::GlorotNormal,
            Self::LecunUniform => Init::LecunUniform,
            Self::LecunNormal => Init::LecunNormal,
            Self::Orthogonal => Init::Orthogonal { gain: 1.0 },
            Self::Zeros => Init::ZEROS,
        })
    }
}
