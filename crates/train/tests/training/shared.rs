//! One run on several workers: the shards decide the bits, the workers do not, and the mean is the batch's.

use crate::fixture::{BATCH, BATCHES, SEED, assert_same, data, trainer};
use glassgrad_autograd::Memory;
use glassgrad_data::{Batches, Dataset, Targets};
use glassgrad_layers::{Activation, Chain, Dense, Dropout, Loss, Reduction};
use glassgrad_optim::{Recipe, Sgd};
use glassgrad_train::{Alone, Collective, Epoch, Error, Observer, Position, Step, Team, Trainer};
use ndarray::{Array2, Axis, s};
use std::ops::ControlFlow;
use std::sync::{Arc, Barrier, Mutex};
use std::thread;

/// Workers that are threads: each lays its vector down, and adds up what all have laid down.
#[derive(Clone, Debug)]
struct Threads {
    rank: usize,
    table: Arc<Mutex<Vec<Vec<f64>>>>,
    all_here: Arc<Barrier>,
}

impl Threads {
    fn team(size: usize) -> Vec<Self> {
        let table = Arc::new(Mutex::new(vec![Vec::new(); size]));
        let all_here = Arc::new(Barrier::new(size));
        (0..size).map(|rank| Self { rank, table: table.clone(), all_here: all_here.clone() }).collect()
    }

    fn gather(&self, vector: &[f64]) -> Vec<Vec<f64>> {
        self.table.lock().unwrap()[self.rank] = vector.to_vec();
        self.all_here.wait();
        let all = self.table.lock().unwrap().clone();
        self.all_here.wait();
        all
    }
}

/// The sum in the order that is promised, written as it is spoken.
fn tree(vectors: &[Vec<f64>]) -> Vec<f64> {
    if let [one] = vectors {
        return one.clone();
    }
    let (left, right) = vectors.split_at(vectors.len() / 2);
    tree(left).iter().zip(tree(right)).map(|(left, right)| left + right).collect()
}

impl Collective<f64> for Threads {
    fn rank(&self) -> usize {
        self.rank
    }

    fn size(&self) -> usize {
        self.table.lock().unwrap().len()
    }

    fn broadcast(&mut self, vector: &mut [f64]) {
        vector.copy_from_slice(&self.gather(vector)[0]);
    }

    fn sum(&mut self, vector: &mut [f64]) {
        vector.copy_from_slice(&tree(&self.gather(vector)));
    }
}

/// What `fit` would train on.
fn batches(size: usize) -> Batches {
    Batches::shuffled(data().rows(), size, SEED).unwrap()
}

/// Trains with so many workers, and gives all trainers and rank 0's losses.
fn together(workers: usize, shards: usize, batch: usize) -> (Vec<Trainer<f64>>, Vec<u64>) {
    in_buckets(0, workers, shards, batch)
}

fn in_buckets(bucket: usize, workers: usize, shards: usize, batch: usize) -> (Vec<Trainer<f64>>, Vec<u64>) {
    let run = |mut worker: Threads| {
        let (mut trainer, mut losses) = (trainer(), Vec::new());
        if worker.rank > 0 {
            trainer.theta_mut().fill(7.0); // is handed out anew
        }
        let mut team = Team::new(&mut worker, shards).unwrap();
        team.bucket = bucket;
        let mut watch = |_: &mut Trainer<f64>, epoch: &Epoch| {
            losses.push(epoch.loss.to_bits());
            Ok(ControlFlow::Continue(()))
        };
        trainer.fit_shared(&data(), &mut batches(batch), 3, &mut team, &mut watch).unwrap();
        (trainer, losses)
    };
    thread::scope(|scope| {
        let threads: Vec<_> =
            Threads::team(workers).into_iter().map(|w| scope.spawn(move || run(w))).collect();
        let mut done: Vec<_> = threads.into_iter().map(|thread| thread.join().unwrap()).collect();
        let losses = done[0].1.clone();
        (done.drain(..).map(|(trainer, _)| trainer).collect(), losses)
    })
}

#[test]
fn the_number_of_workers_does_not_show() {
    // Batches of 5 have fewer rows than shards, the last one of 20 has 3.
    for batch in [BATCH, 20] {
        let (one, losses) = together(1, 8, batch);
        for workers in [2, 4, 8] {
            let (trainers, same) = together(workers, 8, batch);
            assert_eq!(losses, same, "losses of {workers} workers");
            for (rank, trainer) in trainers.iter().enumerate() {
                assert_same(&one[0], trainer, &format!("rank {rank} of {workers}, batches of {batch}"));
            }
        }
        assert_ne!(one[0].theta(), together(1, 4, batch).0[0].theta(), "the number of shards does show");
    }
}

#[test]
fn buckets_do_not_show() {
    let (one, losses) = together(1, 8, 20);
    let parameters = one[0].theta().len();
    // Of one number, of some that do not come out even, of half of all with and without the tail, too large to be used.
    for bucket in [1, 7, parameters / 2, parameters / 2 + 1, parameters] {
        for workers in [2, 8] {
            let (trainers, same) = in_buckets(bucket, workers, 8, 20);
            assert_eq!(losses, same, "losses of {workers} workers, buckets of {bucket}");
            for (rank, trainer) in trainers.iter().enumerate() {
                assert_same(&one[0], trainer, &format!("rank {rank} of {workers}, buckets of {bucket}"));
            }
        }
    }
}

/// Stops after the second step, or never.
struct Stops(bool);

impl Observer<f64> for Stops {
    fn step(&mut self, _: &Trainer<f64>, step: &Step<f64>) -> ControlFlow<()> {
        let second = step.position == Position { epoch: 0, batch: 1 };
        if self.0 && second { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

#[test]
fn one_worker_that_stops_is_joined_by_all() {
    let run = |mut worker: Threads, stops: usize| {
        let mut trainer = trainer();
        let mut stops = Stops(worker.rank == stops);
        let mut team = Team::new(&mut worker, 4).unwrap();
        trainer.fit_shared(&data(), &mut batches(BATCH), 9, &mut team, &mut stops).unwrap();
        trainer
    };
    let mut alone = Threads::team(1);
    let mut expected = run(alone.remove(0), 0);
    assert_eq!(expected.position(), Position { epoch: 0, batch: 3 }, "after the next step");
    for stops in 0..4 {
        thread::scope(|scope| {
            let all: Vec<_> =
                Threads::team(4).into_iter().map(|w| scope.spawn(move || run(w, stops))).collect();
            for worker in all {
                assert_same(&expected, &worker.join().unwrap(), &format!("rank {stops} stopped"));
            }
        });
    }
    // It can be gone on with, and ends as the run that never stopped.
    let mut alone = Alone;
    let mut team = Team::new(&mut alone, 4).unwrap();
    expected.fit_shared(&data(), &mut batches(BATCH), 3, &mut team, &mut ()).unwrap();
    assert_same(&together(1, 4, BATCH).0[0], &expected, "gone on with");
}

#[test]
fn one_shard_is_the_plain_run() {
    let mut plain = trainer();
    plain.fit(&data(), BATCH, 3, &mut ()).unwrap();
    assert_eq!(plain.descent().progress().t, 3 * BATCHES);
    assert_same(&plain, &together(1, 1, BATCH).0[0], "one shard");
}

fn network() -> Chain {
    Chain::new().then(Dense::new(6)).then(Activation::Tanh).then(Dense::new(3))
}

fn new(loss: &Loss, reduction: Reduction) -> Trainer<f64> {
    let sgd = Recipe::new(Sgd { lr: 0.01, ..Sgd::default() });
    Trainer::with_reduction(&network(), 3, loss, reduction, sgd, SEED).unwrap()
}

fn values() -> Dataset<f64> {
    let data = data();
    let y = Array2::from_shape_fn((data.rows(), 3), |(row, column)| ((row * row + column) as f64).cos());
    Dataset::with_values(data.features(), y).unwrap()
}

#[test]
fn the_mean_is_the_batchs_however_it_is_cut() {
    // In batches of 10, shards have 1 or 2 rows; of these classes one weighs nothing, and so do some
    // shards; label smoothing gives even those a loss.
    let weighted = Loss::CrossEntropy { class_weights: vec![0.0, 2.0, 0.5], smoothing: 0.1 };
    for (loss, data) in
        [(weighted, data()), (Loss::HalfSquaredError, values()), (Loss::MeanSquaredError, values())]
    {
        for reduction in [Reduction::Mean, Reduction::Sum] {
            let (mut plain, mut shared) = (new(&loss, reduction), new(&loss, reduction));
            let mut losses = [Vec::new(), Vec::new()];
            let [of_plain, of_shared] = &mut losses;
            let watch = |losses: &mut Vec<f64>, epoch: &Epoch| {
                losses.push(epoch.loss);
                Ok(ControlFlow::Continue(()))
            };
            plain.fit(&data, 10, 4, &mut |_: &mut _, epoch: &_| watch(of_plain, epoch)).unwrap();
            let mut alone = Alone;
            let mut team = Team::new(&mut alone, 8).unwrap();
            shared
                .fit_shared(&data, &mut batches(10), 4, &mut team, &mut |_: &mut _, epoch: &_| {
                    watch(of_shared, epoch)
                })
                .unwrap();
            let [plain_losses, shared_losses] = losses;
            for (a, b) in
                plain.theta().iter().chain(&plain_losses).zip(shared.theta().iter().chain(&shared_losses))
            {
                assert!((a - b).abs() <= 1e-12 * a.abs().max(1.0), "{loss:?}, {reduction:?}: {a} and {b}");
            }
        }
    }
}

#[test]
fn shards_have_masks_of_their_own_and_are_added_in_the_tree() {
    let data = values();
    let Targets::Values(y) = data.targets() else { unreachable!("they are values") };
    let x = data.features();
    let network = network().then(Dropout::new(0.4)).then(Dense::new(3));
    let (loss, sgd) = (Loss::MeanAbsoluteError, Recipe::new(Sgd::default()));
    let mut shared = Trainer::with_reduction(&network, 3, &loss, Reduction::Sum, sgd, SEED).unwrap();
    let order = batches(23).batch(0, 0).unwrap().to_vec();
    let parts: Vec<_> = (0..8)
        .map(|s| {
            let rows = &order[s * 23 / 8..(s + 1) * 23 / 8];
            let (tape, mut memory) = (shared.tape(), Memory::new());
            let (x, y) = (x.select(Axis(0), rows), y.select(Axis(0), rows));
            memory.load(tape, &[("x", x.view()), ("y", y.view())]).unwrap();
            memory.training(SEED, 0, (s as u64) << 48);
            tape.forward(shared.theta(), &mut memory);
            let mut grad = vec![0.0; shared.theta().len()];
            tape.backward(shared.loss(), shared.theta(), &mut grad, &mut memory);
            grad
        })
        .collect();
    let mut alone = Alone;
    shared.fit_shared(&data, &mut batches(23), 1, &mut Team::new(&mut alone, 8).unwrap(), &mut ()).unwrap();
    assert_eq!(shared.grad(), tree(&parts));
    let left_to_right = parts
        .iter()
        .skip(1)
        .fold(parts[0].clone(), |sum, part| sum.iter().zip(part).map(|(sum, part)| sum + part).collect());
    assert_ne!(shared.grad(), left_to_right, "the order does show");
    assert!(matches!(shared.value("loss"), Err(Error::NoBatch { .. })), "a shard is not the batch");
}

#[test]
fn batches_without_weight_and_divergence_are_refused_as_ever() {
    let weightless = Loss::CrossEntropy { class_weights: vec![0.0; 3], smoothing: 0.0 };
    let (mut alone, before) = (Alone, new(&weightless, Reduction::Mean));
    let mut team = Team::new(&mut alone, 8).unwrap();
    let mut trainer = new(&weightless, Reduction::Mean);
    let error = trainer.fit_shared(&data(), &mut batches(10), 1, &mut team, &mut ()).unwrap_err();
    assert!(matches!(error, Error::Weightless { epoch: 0, batch: 0 }), "{error}");
    assert_eq!(before.theta(), trainer.theta());

    let mut x = data().features().into_owned();
    x.slice_mut(s![.., 0]).fill(1e200);
    let y = values();
    let Targets::Values(y) = y.targets() else { unreachable!("they are values") };
    let huge = Dataset::with_values(x, y * 1e200).unwrap();
    let mut trainer = new(&Loss::HalfSquaredError, Reduction::Mean);
    let theta = trainer.theta().to_vec();
    let error = trainer.fit_shared(&huge, &mut batches(10), 1, &mut team, &mut ()).unwrap_err();
    assert!(matches!(error, Error::Diverged { epoch: 0, batch: 0, .. }), "{error}");
    assert_eq!(theta, trainer.theta());
    assert_eq!(trainer.grad().len(), theta.len());
}

/// So many workers, of which the others are only said to be there.
#[derive(Debug)]
struct Said(usize);

impl Collective<f64> for Said {
    fn rank(&self) -> usize {
        self.0 - 1
    }

    fn size(&self) -> usize {
        self.0
    }

    fn broadcast(&mut self, vector: &mut [f64]) {
        vector[2] += 1.0;
    }

    fn sum(&mut self, _: &mut [f64]) {}
}

#[test]
fn what_cannot_be_shared_is_refused_in_words() {
    let message = |workers, shards| Team::new(&mut Said(workers), shards).unwrap_err().to_string();
    assert_eq!(message(1, 6), "shards: found 6, expected a power of two from 1 to 65536");
    assert_eq!(message(1, 0), "shards: found 0, expected a power of two from 1 to 65536");
    assert_eq!(message(1, 1 << 17), "shards: found 131072, expected a power of two from 1 to 65536");
    assert_eq!(
        message(3, 8),
        "workers: found 3, expected a power of two up to the 8 shards of a batch; start another number, or cut \
         batches into more shards"
    );
    assert!(message(16, 8).starts_with("workers: found 16, expected a power of two up to the 8 shards"));
}

#[test]
fn a_worker_that_has_gone_astray_is_named() {
    let mut said = Said(2);
    let mut team = Team::new(&mut said, 8).unwrap();
    let error = trainer().fit_shared(&data(), &mut batches(23), 1, &mut team, &mut ()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "rank 1: found another θ than rank 0 has, from number 2 on, expected the same bits; use the same program \
         on the same kind of CPU for every rank, and suspect the memory of this one"
    );
}
