//! What a cluster's network and processors give: the figures that the model in docs/mpi.md is made of.
//!
//!     mpirun -n 2 target/release/examples/measure sum 670000 8400000
//!     mpirun -n 2 target/release/examples/measure step 1024 784,512,512,10 8 0
//!
//! `sum` times the reduction of so many f32 in both orders; `step` whole training steps on batches of so many
//! rows of made-up data, cut into so many shards, and their reduction in buckets of so many numbers, on one thread a
//! rank. Rank 0 prints medians in milliseconds.

use glassgrad_data::{Batches, Dataset};
use glassgrad_layers::{Activation, Chain, Dense, Loss};
use glassgrad_mpi::{Order, Patience, Ranks};
use glassgrad_optim::{Recipe, Sgd};
use glassgrad_train::{Collective, Epoch, Observer, Step, Team, Trainer};
use mpi::topology::SimpleCommunicator;
use mpi::traits::{Communicator, CommunicatorCollectives};
use ndarray::Array2;
use std::cell::Cell;
use std::error::Error;
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

type Outcome = Result<(), Box<dyn Error>>;

fn main() -> Outcome {
    let (universe, _) =
        mpi::initialize_with_threading(mpi::Threading::Funneled).ok_or("MPI is already running")?;
    let world = universe.world();
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    match arguments.split_first() {
        Some((what, lengths)) if what == "sum" && !lengths.is_empty() => sums(&world, lengths),
        Some((what, [batch, widths, shards, bucket])) if what == "step" => {
            steps(&world, batch.parse()?, widths, shards.parse()?, bucket.parse()?)
        }
        _ => Err("expected: sum PARAMETERS… or step BATCH WIDTHS SHARDS BUCKET".into()),
    }
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    1e3 * times[times.len() / 2]
}

fn ranks(world: &SimpleCommunicator, order: Order) -> Ranks<f32> {
    let patience = Patience { timeout: Duration::from_secs(60) };
    Ranks::new(world.duplicate(), patience, order)
}

fn sums(world: &SimpleCommunicator, lengths: &[String]) -> Outcome {
    for length in lengths {
        let mut vector = vec![0.0_f32; length.parse()?];
        for order in [Order::Tree, Order::Library] {
            let mut ranks = ranks(world, order);
            let mut times = Vec::new();
            for _ in 0..30 {
                world.barrier();
                let begun = Instant::now();
                ranks.sum(&mut vector);
                times.push(begun.elapsed().as_secs_f64());
            }
            if world.rank() == 0 {
                println!("{length} numbers, {} ranks, {order:?}: {:.3} ms", world.size(), median(times));
            }
        }
    }
    Ok(())
}

/// Counts the time that the sums of a step take.
#[derive(Debug)]
struct Timed<'a>(Ranks<f32>, &'a Cell<f64>);

impl Collective<f32> for Timed<'_> {
    fn rank(&self) -> usize {
        self.0.rank()
    }

    fn size(&self) -> usize {
        self.0.size()
    }

    fn broadcast(&mut self, vector: &mut [f32]) {
        self.0.broadcast(vector);
    }

    fn sum(&mut self, vector: &mut [f32]) {
        let begun = Instant::now();
        self.0.sum(vector);
        self.1.set(self.1.get() + begun.elapsed().as_secs_f64());
    }
}

/// The times of whole steps and of their sums.
struct Times<'a> {
    last: Instant,
    sum: &'a Cell<f64>,
    steps: Vec<f64>,
    sums: Vec<f64>,
}

impl Observer<f32> for Times<'_> {
    fn step(&mut self, _: &Trainer<f32>, _: &Step<f32>) -> ControlFlow<()> {
        self.steps.push(self.last.elapsed().as_secs_f64());
        self.sums.push(self.sum.take());
        self.last = Instant::now();
        ControlFlow::Continue(())
    }

    fn epoch(&mut self, _: &mut Trainer<f32>, _: &Epoch) -> Result<ControlFlow<()>, glassgrad_train::Error> {
        self.last = Instant::now();
        Ok(ControlFlow::Continue(()))
    }
}

fn steps(world: &SimpleCommunicator, batch: usize, widths: &str, shards: usize, bucket: usize) -> Outcome {
    const STEPS: usize = 10;
    glassgrad_tensor::pool::set_threads(1);
    let widths = widths.split(',').map(str::parse).collect::<Result<Vec<usize>, _>>()?;
    let [inputs, hidden @ .., outputs] = &widths[..] else {
        return Err("expected at least two widths".into());
    };
    let network = hidden
        .iter()
        .fold(Chain::new(), |chain, &width| chain.then(Dense::new(width)).then(Activation::Relu))
        .then(Dense::new(*outputs));
    let mut trainer =
        Trainer::<f32>::new(&network, *inputs, &Loss::CROSS_ENTROPY, Recipe::new(Sgd::default()), 0)?;
    let rows = STEPS * batch;
    let x = Array2::from_shape_fn((rows, *inputs), |(row, column)| ((7 * row + column) % 13) as f32 / 13.0);
    let labels = (0..rows).map(|row| (row % outputs) as u32).collect();
    let data = Dataset::with_labels(x, labels, *outputs)?;
    let mut batches = Batches::shuffled(rows, batch, 0)?;
    let sum = Cell::new(0.0);
    let mut collective = Timed(ranks(world, Order::Tree), &sum);
    let mut times = Times { last: Instant::now(), sum: &sum, steps: Vec::new(), sums: Vec::new() };
    let mut team = Team::new(&mut collective, shards)?;
    team.bucket = bucket;
    trainer.fit_shared(&data, &mut batches, 2, &mut team, &mut times)?;
    if world.rank() == 0 {
        let parameters = trainer.theta().len();
        let (step, sum) = (median(times.steps), median(times.sums));
        println!(
            "{parameters} parameters, batch {batch} in {shards} shards, {} ranks, buckets of {bucket}: step {step:.2} ms, \
             sum {sum:.2} ms",
            world.size()
        );
    }
    Ok(())
}
