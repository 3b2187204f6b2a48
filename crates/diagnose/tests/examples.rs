//! Rows with a wrong label pull hardest, once the network knows the others.

mod fixture;

use fixture::{scaled, trainer, two_layers};
use glassgrad_data::{Dataset, Targets};
use glassgrad_diagnose::{audit_step, rank_examples};
use glassgrad_layers::{Activation, Loss};
use glassgrad_optim::{Adam, Sgd};
use glassgrad_tensor::random::{Purpose, shuffle, stream};
use glassgrad_train::Trainer;

/// The data with `count` labels moved to the next class, and the rows of those.
fn with_wrong_labels(data: &Dataset<f64>, count: usize, seed: u64) -> (Dataset<f64>, Vec<usize>) {
    let Targets::Labels { labels, classes } = data.targets() else { unreachable!("both have labels") };
    let mut rows: Vec<usize> = (0..data.rows()).collect();
    shuffle(&mut stream(seed, Purpose::Check, 3, 0), &mut rows);
    rows.truncate(count);
    let mut labels = labels.clone();
    for &row in &rows {
        labels[row] = (labels[row] + 1) % classes.len() as u32;
    }
    (Dataset::with_labels(data.features(), labels, classes.len()).unwrap(), rows)
}

/// How many of the wrong rows are among the first `first` of the ranking.
fn found(
    mut trainer: Trainer<f64>,
    data: &Dataset<f64>,
    wrong: &[usize],
    epochs: u64,
    first: usize,
) -> usize {
    trainer.fit(data, 32, epochs, &mut ()).unwrap();
    let ranked = rank_examples(&mut trainer, data).unwrap();
    assert_eq!(ranked.len(), data.rows());
    assert!(ranked.windows(2).all(|pair| pair[0].norm >= pair[1].norm));
    ranked[..first].iter().filter(|example| wrong.contains(&example.row)).count()
}

#[test]
fn wrong_digits() {
    for seed in 0..3 {
        let (data, wrong) = with_wrong_labels(&scaled("digits"), 18, seed);
        let network = two_layers(32, Activation::Relu, 10);
        let trainer = trainer(network, 64, &Loss::CROSS_ENTROPY, Adam::default(), seed);
        // 1 % of the rows are wrong, and nearly all of them among the first 2 % of the ranking.
        let found = found(trainer, &data, &wrong, 12, 36);
        assert!(found >= 16, "seed {seed}: {found} of 18");
    }
}

#[test]
fn wrong_irises() {
    for seed in 0..3 {
        let (data, wrong) = with_wrong_labels(&scaled("iris"), 5, seed);
        let adam = Adam { lr: 0.01, ..Adam::default() };
        let trainer = trainer(two_layers(8, Activation::Tanh, 3), 4, &Loss::CROSS_ENTROPY, adam, seed);
        let found = found(trainer, &data, &wrong, 30, 10);
        assert!(found >= 4, "seed {seed}: {found} of 5");
    }
}

#[test]
fn the_mean_of_the_rows_is_the_batch() {
    let data = scaled("iris");
    let mut trainer = trainer(two_layers(8, Activation::Tanh, 3), 4, &Loss::CROSS_ENTROPY, Sgd::default(), 0);
    let ranked = rank_examples(&mut trainer, &data).unwrap();
    let mean = ranked.iter().map(|example| example.loss).sum::<f64>() / 150.0;
    assert!((mean - trainer.evaluate(&data).unwrap().loss).abs() < 1e-14);
    // And by the tape's own per-example gradients.
    let labels = ndarray::Array2::from_shape_fn((150, 1), |(row, _)| (row / 50) as f64);
    trainer.load(data.features().view(), labels.view()).unwrap();
    trainer.forward();
    let gradients = trainer.tape().per_example_gradients(trainer.loss(), trainer.theta(), trainer.memory());
    for (row, gradient) in gradients.unwrap().rows().into_iter().enumerate() {
        let norm = gradient.dot(&gradient).sqrt();
        let ranked = ranked.iter().find(|example| example.row == row).unwrap();
        assert!((norm - ranked.norm).abs() < 1e-13 * norm, "row {row}");
    }
}

#[test]
fn data_of_another_width_is_refused() {
    let mut trainer = trainer(two_layers(8, Activation::Tanh, 3), 4, &Loss::CROSS_ENTROPY, Sgd::default(), 0);
    let error = rank_examples(&mut trainer, &scaled("digits")).unwrap_err();
    assert_eq!(error.to_string(), "feature columns: found 64, expected 4 as the network has");
}

/// A quadratic loss is its own second-order Taylor polynomial, whatever moved θ.
#[test]
fn the_second_order_is_exact_on_a_parabola() {
    let data = fixture::example(1);
    for momentum in [false, true] {
        let network = glassgrad_layers::Dense::new(1);
        let mut trainer = if momentum {
            let rule = glassgrad_optim::Momentum { lr: 0.1, ..glassgrad_optim::Momentum::default() };
            trainer(network, 1, &Loss::MeanSquaredError, rule, 2)
        } else {
            trainer(network, 1, &Loss::MeanSquaredError, Adam { lr: 0.1, ..Adam::default() }, 2)
        };
        trainer.fit(&data, 1, 3, &mut ()).unwrap();
        let audit = audit_step(&mut trainer).unwrap();
        assert!((audit.second_order - audit.actual).abs() < 1e-15, "{audit}");
        assert!((audit.first_order - audit.actual).abs() > 1e-4, "{audit}");
        // x = 1: H = 2·(1, 1)ᵀ(1, 1), of curvature 4 along (1, 1), along which both parameters move alike.
        assert!((audit.curvature - 4.0).abs() < 1e-9, "{audit}");
    }
}
