//! The workloads: which network, which batch, which optimiser.

use glassgrad::ndarray::Array2;
use glassgrad::prelude::*;
use glassgrad::tensor::random::{ChaCha8Rng, Purpose, below, stream, unit};

/// How θ moves.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Rule {
    /// Learning rate 0.01.
    Sgd,
    /// Learning rate 0.01, momentum 0.9.
    Momentum,
    /// Learning rate 0.001.
    Adam,
}

impl Rule {
    /// The library's optimiser.
    pub fn recipe<T: Scalar>(self) -> Recipe<T> {
        match self {
            Self::Sgd => Recipe::new(Sgd { lr: 0.01, ..Sgd::default() }),
            Self::Momentum => Recipe::new(Momentum { lr: 0.01, momentum: 0.9, ..Momentum::default() }),
            Self::Adam => Recipe::new(Adam::default()),
        }
    }
}

/// One training step to be timed: a fixed batch in memory, forward, mean loss, backward, update.
#[derive(Clone, Debug)]
pub struct Workload {
    /// Its short name.
    pub name: &'static str,
    /// Inputs, hidden widths, outputs.
    pub widths: Vec<usize>,
    /// Between dense layers.
    pub hidden: Activation,
    /// What is made small.
    pub loss: Loss,
    /// Rows of the batch.
    pub batch: usize,
    /// The optimiser.
    pub rule: Rule,
}

/// All training workloads, from four parameters to eight million.
pub fn workloads() -> Vec<Workload> {
    let relu = |name, widths: &[usize], batch| Workload {
        name,
        widths: widths.to_vec(),
        hidden: Activation::Relu,
        loss: Loss::CROSS_ENTROPY,
        batch,
        rule: Rule::Adam,
    };
    let mut deep = vec![64; 17];
    deep.push(10);
    vec![
        Workload {
            hidden: Activation::Sigmoid,
            loss: Loss::HalfSquaredError,
            rule: Rule::Sgd,
            ..relu("W0", &[1, 1, 1], 1)
        },
        relu("W1", &[4, 16, 3], 32),
        relu("W2", &[64, 64, 10], 32),
        relu("W3", &[784, 128, 10], 32),
        relu("W4", &[784, 512, 512, 10], 128),
        Workload {
            hidden: Activation::Tanh,
            loss: Loss::MeanSquaredError,
            rule: Rule::Sgd,
            ..relu("W5", &[1024, 2048, 2048, 1024], 256)
        },
        Workload { hidden: Activation::Sigmoid, rule: Rule::Momentum, ..relu("W6", &deep, 64) },
    ]
}

/// The forward runs, of one row and of a thousand: the network of W3. Their loss and optimiser stay unused.
pub fn inference() -> Vec<Workload> {
    [("W7a", 1), ("W7b", 1024)].map(|(name, batch)| Workload { name, batch, ..mnist_small() }).to_vec()
}

fn mnist_small() -> Workload {
    let mut workloads = workloads();
    workloads.swap_remove(3)
}

impl Workload {
    /// The network as a user writes it, with Glorot's uniform weights.
    pub fn network(&self) -> Chain {
        let mut layers = self.widths[1..].iter();
        let last = layers.next_back().expect("a network has an output");
        let hidden =
            layers.fold(Chain::new(), |chain, &width| chain.then(Dense::new(width)).then(self.hidden));
        hidden.then(Dense::new(*last))
    }

    /// The trainer, with the batch loaded.
    ///
    /// # Panics
    /// Never: the workloads fit themselves.
    pub fn trainer<T: Scalar>(&self) -> Trainer<T> {
        let mut trainer = Trainer::new(&self.network(), self.widths[0], &self.loss, self.rule.recipe(), 0)
            .expect("the workload is sound");
        let (x, y) = self.data();
        trainer.load(x.view(), y.view()).expect("the batch fits the workload");
        trainer
    }

    /// Inputs uniform on [0, 1); random labels, or targets uniform on [0, 1).
    pub fn data<T: Scalar>(&self) -> (Array2<T>, Array2<T>) {
        let rng = &mut stream(0, Purpose::Check, 0, 0);
        let (inputs, outputs) = (self.widths[0], self.widths[self.widths.len() - 1]);
        let uniform = |rng: &mut ChaCha8Rng, columns| {
            Array2::from_shape_simple_fn((self.batch, columns), || T::from_f64(unit(rng)))
        };
        let x = uniform(rng, inputs);
        let y = if self.loss.wants_labels() {
            Array2::from_shape_simple_fn((self.batch, 1), || T::from_f64(below(rng, outputs as u64) as f64))
        } else {
            uniform(rng, outputs)
        };
        (x, y)
    }

    /// Floating-point operations of the matrix products of one step: 2·rows·in·out forward, as many for
    /// ∂/∂W, and as many again for ∂/∂x in all layers but the first.
    pub fn flops(&self) -> usize {
        let layers = self.widths.windows(2).enumerate();
        layers.map(|(i, w)| 2 * self.batch * w[0] * w[1] * if i == 0 { 2 } else { 3 }).sum()
    }
}
