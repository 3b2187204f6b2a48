//! How long one training step takes, from four parameters to eight million: the workloads of `benches/`,
//! written as a user of the library writes them, one line of JSON each. `benches/peers/` prints the same
//! lines for other frameworks.
//!
//! ```text
//! cargo run --release --example throughput -- 1           all workloads on one thread
//! cargo run --release --example throughput -- 2 W3 W4     these two on two threads
//! cargo run --release --example throughput                QUICK: a look at all, in a few seconds
//! ```
//!
//! W0 to W6 are forward, mean loss, backward and update on a batch in memory, W7a and W7b forward only. A
//! measurement is 9 repeats of a loop of at least 0.25 s, after 0.5 s of warm-up; `us_median` and `us_min`
//! are microseconds a step, the median and the least of the repeats. QUICK makes that 3 loops of at least
//! 0.02 s on one thread. With one thread nothing runs outside the main thread, so the whole process keeps
//! no more than one core busy.

use glassgrad::ndarray::Array2;
use glassgrad::prelude::*;
use glassgrad::tensor::pool::set_threads;
use glassgrad::tensor::random::{Purpose, below, stream, unit};
use std::error::Error;
use std::hint::black_box;
use std::process::ExitCode;
use std::time::{Duration, Instant};

#[derive(Debug)]
pub(crate) struct Workload {
    pub(crate) name: &'static str,
    /// Inputs, hidden widths, outputs.
    pub(crate) widths: &'static [usize],
    pub(crate) hidden: Activation,
    pub(crate) loss: Loss,
    pub(crate) batch: usize,
    pub(crate) work: Work,
}

/// A training step by this rule, or a forward run.
#[derive(Debug)]
pub(crate) enum Work {
    Sgd,
    Momentum,
    Adam,
    Forward,
}

/// 64 inputs, 16 hidden layers of 64, 10 outputs.
const DEEP: [usize; 18] = [64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 10];

#[rustfmt::skip] // a table
pub(crate) static WORKLOADS: [Workload; 9] = {
    use Activation::{Relu, Sigmoid, Tanh};
    const MEAN_SQUARE: Loss = Loss::MeanSquaredError;
    const ENTROPY: Loss = Loss::CROSS_ENTROPY;
    let half_square = Loss::HalfSquaredError;
    [
        Workload { name: "W0", widths: &[1, 1, 1], hidden: Sigmoid, loss: half_square, batch: 1, work: Work::Sgd },
        Workload { name: "W1", widths: &[4, 16, 3], hidden: Relu, loss: ENTROPY, batch: 32, work: Work::Adam },
        Workload { name: "W2", widths: &[64, 64, 10], hidden: Relu, loss: ENTROPY, batch: 32, work: Work::Adam },
        Workload { name: "W3", widths: &[784, 128, 10], hidden: Relu, loss: ENTROPY, batch: 32, work: Work::Adam },
        Workload { name: "W4", widths: &[784, 512, 512, 10], hidden: Relu, loss: ENTROPY, batch: 128, work: Work::Adam },
        Workload { name: "W5", widths: &[1024, 2048, 2048, 1024], hidden: Tanh, loss: MEAN_SQUARE, batch: 256, work: Work::Sgd },
        Workload { name: "W6", widths: &DEEP, hidden: Sigmoid, loss: ENTROPY, batch: 64, work: Work::Momentum },
        Workload { name: "W7a", widths: &[784, 128, 10], hidden: Relu, loss: ENTROPY, batch: 1, work: Work::Forward },
        Workload { name: "W7b", widths: &[784, 128, 10], hidden: Relu, loss: ENTROPY, batch: 1024, work: Work::Forward },
    ]
};

impl Workload {
    /// Microseconds a step or forward run: the median and the least of the repeats.
    fn microseconds<T: Scalar>(&self, protocol: Protocol) -> Result<[f64; 2], Box<dyn Error>> {
        let (&outputs, hidden) = self.widths[1..].split_last().ok_or("a network has an output")?;
        // Weights are Glorot-uniform unless said otherwise.
        let network = hidden
            .iter()
            .fold(Chain::new(), |chain, &width| chain.then(Dense::new(width)).then(self.hidden))
            .then(Dense::new(outputs));
        let recipe = match self.work {
            Work::Sgd => Recipe::new(Sgd { lr: 0.01, ..Sgd::default() }),
            Work::Momentum => Recipe::new(Momentum { lr: 0.01, momentum: 0.9, ..Momentum::default() }),
            Work::Adam | Work::Forward => Recipe::new(Adam::default()),
        };
        let mut trainer = Trainer::<T>::new(&network, self.widths[0], &self.loss, recipe, 0)?;

        let mut rng = stream(0, Purpose::Check, 0, 0);
        let mut uniform =
            |columns| Array2::from_shape_simple_fn((self.batch, columns), || T::from_f64(unit(&mut rng)));
        let x = uniform(self.widths[0]);
        if matches!(self.work, Work::Forward) {
            return protocol.measure(|| {
                black_box(trainer.predict(x.view())?);
                Ok(())
            });
        }
        let y = if self.loss.wants_labels() {
            let mut label = || T::from_f64(below(&mut rng, outputs as u64) as f64);
            Array2::from_shape_simple_fn((self.batch, 1), &mut label)
        } else {
            uniform(outputs)
        };
        trainer.load(x.view(), y.view())?;
        protocol.measure(|| {
            black_box(trainer.step()?);
            Ok(())
        })
    }
}

#[derive(Clone, Copy)]
struct Protocol {
    warm_up: Duration,
    repeat: Duration,
    repeats: usize,
}

const FULL: Protocol =
    Protocol { warm_up: Duration::from_millis(500), repeat: Duration::from_millis(250), repeats: 9 };
const QUICK: Protocol =
    Protocol { warm_up: Duration::from_millis(20), repeat: Duration::from_millis(20), repeats: 3 };

impl Protocol {
    fn measure(self, mut step: impl FnMut() -> Result<(), TrainError>) -> Result<[f64; 2], Box<dyn Error>> {
        // The clock is read about once a millisecond, so that reading it does not count.
        let mut chunk = 1;
        let mut run = |least: Duration| {
            let (start, mut steps) = (Instant::now(), 0_u32);
            loop {
                let chunk_start = Instant::now();
                for _ in 0..chunk {
                    step()?;
                }
                steps += chunk;
                if start.elapsed() >= least {
                    return Ok::<_, TrainError>(start.elapsed().as_secs_f64() * 1e6 / f64::from(steps));
                }
                if chunk_start.elapsed() < Duration::from_millis(1) {
                    chunk *= 2;
                }
            }
        };
        run(self.warm_up)?;
        let mut times = (0..self.repeats).map(|_| run(self.repeat)).collect::<Result<Vec<_>, _>>()?;
        times.sort_by(f64::total_cmp);
        Ok([times[times.len() / 2], times[0]])
    }
}

/// The protocol, the threads and the workloads asked for.
fn parse(arguments: &[String]) -> Result<(Protocol, usize, Vec<&'static Workload>), String> {
    let Some((threads, names)) = arguments.split_first() else {
        return Ok((QUICK, 1, WORKLOADS.iter().collect()));
    };
    let Ok(threads @ 1..=64) = threads.parse() else {
        return Err(format!("THREADS: found \"{threads}\", expected a whole number from 1 to 64"));
    };
    let known = |name: &String| {
        WORKLOADS.iter().find(|workload| workload.name == name).ok_or_else(|| {
            let names = WORKLOADS.each_ref().map(|workload| workload.name).join(", ");
            format!("workload: found \"{name}\", expected one of {names}")
        })
    };
    let chosen = names.iter().map(known).collect::<Result<Vec<_>, _>>()?;
    Ok((FULL, threads, if names.is_empty() { WORKLOADS.iter().collect() } else { chosen }))
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (protocol, threads, workloads) = match parse(&arguments) {
        Ok(parsed) => parsed,
        Err(message) => {
            eprintln!("{message}\nusage: throughput [THREADS [WORKLOAD …]], for example: throughput 1 W0 W3");
            return ExitCode::from(2);
        }
    };
    if arguments.is_empty() {
        eprintln!("a quick look on one thread; give the number of threads to measure properly");
    }
    set_threads(threads);
    for workload in workloads {
        let Workload { name, .. } = workload;
        let times = if *name == "W0" {
            workload.microseconds::<f64>(protocol)
        } else {
            workload.microseconds::<f32>(protocol)
        };
        match times {
            Ok([median, least]) => println!(
                r#"{{"peer":"glassgrad","version":"{}","workload":"{name}","threads":{threads},"us_median":{median:.3},"us_min":{least:.3}}}"#,
                env!("CARGO_PKG_VERSION")
            ),
            Err(error) => {
                eprintln!("{name}: {error}");
                return ExitCode::FAILURE;
            }
        }
    }
    ExitCode::SUCCESS
}
