//! The recorder reads and does not touch; results can be printed and serialised; wrong gradients are told.

mod fixture;

use fixture::{chapter, example, scaled, trainer, two_layers};
use glassgrad_autograd::{Tape, Var};
use glassgrad_diagnose::{LrMapSettings, RULES, Recorder, Side, check_gradients, diagnose, examine, lr_map};
use glassgrad_layers::{Activation, Chain, Dense, Dropout, Init, Layer, Loss};
use glassgrad_optim::{Adam, Momentum, Recipe, Sgd};
use glassgrad_train::Trainer;
use std::collections::HashSet;

#[test]
fn recording_keeps_every_bit() {
    let data = scaled("iris");
    let network = || {
        Chain::new().then(Dense::new(8)).then(Activation::Relu).then(Dropout::new(0.2)).then(Dense::new(3))
    };
    let new = |plain: bool| {
        let (loss, net) = (&Loss::CROSS_ENTROPY, network());
        let recipe =
            if plain { Recipe::new(Sgd { lr: 0.1, ..Sgd::default() }) } else { Recipe::new(Adam::default()) };
        Trainer::<f32>::new(&net, 4, loss, recipe, 5).unwrap()
    };
    let rows: Vec<f32> = data.features().iter().map(|&x| x as f32).collect();
    let features = ndarray::Array2::from_shape_vec((150, 4), rows).unwrap();
    let labels = (0..150).map(|row| row / 50).collect();
    let data = glassgrad_data::Dataset::with_labels(features, labels, 3).unwrap();
    for kind in [true, false] {
        let (mut plain, mut watched) = (new(kind), new(kind));
        plain.fit(&data, 16, 10, &mut ()).unwrap();
        let mut recorder = Recorder::new(&watched);
        watched.fit(&data, 16, 10, &mut recorder).unwrap();
        assert_eq!(plain.theta(), watched.theta());
        assert_eq!(plain.descent().state(), watched.descent().state());
        let record = recorder.finish();
        assert_eq!(record.losses.len(), 100);
        // The first 64 and every 16th after.
        let looked: Vec<usize> = record.samples.iter().map(|sample| sample.step).collect();
        assert_eq!(looked, (0..64).chain([64, 80, 96]).collect::<Vec<_>>());
        assert_eq!(
            record.start.unwrap().curvature.is_some(),
            kind,
            "2/λ is the limit of plain descent alone"
        );
    }
}

#[test]
fn what_is_recorded_of_a_step() {
    let mut trainer = chapter(1.0, &Loss::HalfSquaredError);
    let mut recorder = Recorder::new(&trainer);
    for _ in 0..3 {
        let step = trainer.step().unwrap();
        recorder.record(&trainer, &step);
    }
    let record = recorder.finish();
    let near = |found: f64, expected: f64| assert!((found - expected).abs() < 1e-9, "{found} {expected}");
    let curvature = record.start.unwrap().curvature.unwrap();
    assert!((curvature - 1.508_313_680_7).abs() < 1e-8, "{curvature}");
    let first = &record.samples[0];
    near(first.slope.unwrap(), -0.022_463_076_1);
    near(first.norms[2].gradient, 0.076_225_953_399);
    near(first.norms[2].update.unwrap(), 0.076_225_953_399);
    near(first.norms[2].weight, 1.0);
    near(first.indirect.unwrap(), 0.0);
    assert_eq!((first.flipped, first.overshot, first.piled), (None, None, None));
    assert_eq!((record.samples[1].flipped, record.samples[1].overshot), (Some(true), Some(true)));
    // ∂L/∂z1 = 0.02878, ∂L/∂ŷ = 0.12246.
    near(first.adjoints[0], 0.028_778_397_426_160_4);
    near(first.adjoints[1], 0.122_459_331_201_854_6);
    assert_eq!(first.saturated, [0.0]);
}

#[test]
fn momentum_is_not_taken_for_gradients_that_add_up() {
    for momentum in [0.9, 0.99] {
        let rule = Momentum { lr: 0.01, momentum, ..Momentum::default() };
        let mut trainer = trainer(fixture::unit(0.5), 1, &Loss::HalfSquaredError, rule, 0);
        let mut recorder = Recorder::new(&trainer);
        trainer.fit(&example(1), 1, 64, &mut recorder).unwrap();
        let found = diagnose(&trainer, &recorder.finish(), None).unwrap();
        assert!(!found.ids().contains(&"gradient-accumulated"), "{found}");
    }
}

#[test]
fn a_finished_run_that_nobody_recorded() {
    let mut trainer =
        trainer(fixture::unit(20.0), 1, &Loss::HalfSquaredError, Sgd { lr: 0.3, ..Sgd::default() }, 0);
    let data = example(1);
    trainer.fit(&data, 1, 10, &mut ()).unwrap();
    let (theta, position) = (trainer.theta().to_vec(), trainer.position());
    let found = examine(&trainer, Some(&data)).unwrap();
    assert_eq!(found.ids(), ["saturated", "vanishing-gradient"]);
    assert_eq!((trainer.theta(), trainer.position(), found.steps), (&theta[..], position, 0));
    let mut healthy =
        fixture::trainer(two_layers(8, Activation::Tanh, 3), 4, &Loss::CROSS_ENTROPY, Adam::default(), 1);
    healthy.fit(&scaled("iris"), 16, 3, &mut ()).unwrap();
    assert!(examine(&healthy, Some(&scaled("iris"))).unwrap().findings.is_empty());
}

#[test]
fn rules_have_all_that_a_finding_says() {
    let ids: HashSet<&str> = RULES.iter().map(|rule| rule.id).collect();
    assert_eq!(ids.len(), RULES.len());
    for rule in RULES {
        assert!(rule.threshold.is_finite());
        assert!(!rule.measures.is_empty() && !rule.source.is_empty() && !rule.remedy.is_empty());
    }
    assert_eq!(RULES.iter().find(|rule| rule.id == "lr-above-critical").unwrap().bad, Side::Above);
}

#[test]
fn as_text_and_as_json() {
    let mut trainer =
        trainer(fixture::unit(20.0), 1, &Loss::HalfSquaredError, Sgd { lr: 0.3, ..Sgd::default() }, 0);
    trainer.fit(&example(1), 1, 1, &mut ()).unwrap();
    let found = examine(&trainer, None).unwrap();
    let text = found.to_string();
    assert!(text.starts_with("saturated (1): the share of outputs whose slope"), "{text}");
    assert!(text.contains(", is 1, expected at most 0.5\n  do:  scale the inputs"), "{text}");
    assert!(text.ends_with("2 findings in 0 steps\n"), "{text}");
    let json = serde_json::to_value(&found).unwrap();
    assert_eq!(json["findings"][0]["rule"]["id"], "saturated");
    assert_eq!(json["findings"][0]["rule"]["bad"], "above");
    assert_eq!(json["findings"][0]["number"], 1.0);
    assert_eq!(json["findings"][0]["place"], "1");
    let map = lr_map(&trainer, &LrMapSettings { steps: 4, ..LrMapSettings::default() }).unwrap();
    let json = serde_json::to_value(&map).unwrap();
    assert_eq!(json["trials"][0]["losses"].as_array().unwrap().len(), 5);
    assert!(json["trials"][0]["outcome"].is_string());
    let report = serde_json::to_value(check_gradients(&trainer, 0).unwrap()).unwrap();
    assert_eq!(report["tensors"][2]["name"], "2.weight");
}

/// y = x, of which the gradient says 0.
#[derive(Debug)]
struct Detached;

impl Layer for Detached {
    fn forward(&self, tape: &mut Tape, x: Var) -> Var {
        tape.stop_gradient(x)
    }
}

#[test]
fn a_wrong_gradient_is_told_by_parameter() {
    let network = Chain::new()
        .then(Dense::new(3).weight(Init::GlorotUniform))
        .then(Detached)
        .then(Activation::Tanh)
        .then(Dense::new(2));
    let mut trainer = trainer(network, 4, &Loss::CROSS_ENTROPY, Sgd::default(), 1);
    let data = scaled("iris").select(&[0, 20, 40, 60, 80]).unwrap();
    let y = ndarray::Array2::from_shape_vec((5, 1), vec![0.0, 0.0, 0.0, 1.0, 1.0]).unwrap();
    trainer.load(data.features().view(), y.view()).unwrap();
    let report = check_gradients(&trainer, 0).unwrap();
    assert!(!report.passed());
    let wrong: Vec<_> = report.tensors.iter().map(|tensor| (tensor.name.as_str(), tensor.wrong)).collect();
    assert_eq!(wrong, [("0.weight", 12), ("0.bias", 3), ("3.weight", 0), ("3.bias", 0)], "{report}");
    assert_eq!(report.tensors[0].first_wrong, Some([0, 0]));
    assert!(!report.direction && report.wrong_ops.is_empty());
    let text = report.to_string();
    assert!(
        text.contains("WRONG in 12 of 12, first [0, 0]") && text.ends_with("compared: WRONG\n"),
        "{text}"
    );
}

#[test]
fn single_precision_and_relu_are_checked_in_double() {
    let network = two_layers(8, Activation::Relu, 3);
    let recipe = Recipe::new(Adam::default());
    let mut trainer = Trainer::<f32>::new(&network, 4, &Loss::CROSS_ENTROPY, recipe, 2).unwrap();
    let x = scaled("iris").select(&[0, 60, 120, 149]).unwrap().features().mapv(|x| x as f32);
    let y = ndarray::array![[0.0], [1.0], [2.0], [2.0_f32]];
    trainer.load(x.view(), y.view()).unwrap();
    let report = check_gradients(&trainer, 0).unwrap();
    assert!(report.passed(), "{report}");
}

/// A kink of a ReLU that only the widest differences reach spoils the order of an entry that is right.
#[test]
fn an_order_that_a_kink_has_spoiled_is_not_shown() {
    let data = scaled("iris").select(&(0..150).step_by(5).collect::<Vec<_>>()).unwrap();
    let mut spoiled =
        trainer(two_layers(16, Activation::Relu, 3), 4, &Loss::CROSS_ENTROPY, Sgd::default(), 1);
    let y = ndarray::Array2::from_shape_fn((30, 1), |(row, _)| (row / 10) as f64);
    spoiled.load(data.features().view(), y.view()).unwrap();
    let report = check_gradients(&spoiled, 0).unwrap();
    assert!(report.passed(), "{report}");
    assert!(report.tensors.iter().all(|tensor| tensor.order.is_none_or(|order| order >= 1.9)), "{report}");
}

#[test]
fn beyond_a_thousand_parameters_by_products_alone() {
    // 64·14 + 14 + 14·10 + 10 = 1060 parameters.
    let data = scaled("digits").select(&(0..16).collect::<Vec<_>>()).unwrap();
    let mut trainer =
        trainer(two_layers(14, Activation::Tanh, 10), 64, &Loss::CROSS_ENTROPY, Sgd::default(), 1);
    trainer.fit(&data, 16, 1, &mut ()).unwrap();
    let settings = LrMapSettings { steps: 1, points: 2, rates: vec![0.1], lr: Some(0.1) };
    let map = lr_map(&trainer, &settings).unwrap();
    let found = map.curvature[0];
    assert!(found.products < 200, "{found:?}");
    // The whole Hessian, and power iteration on it, shifted so that the largest is also the longest.
    let tape = trainer.tape();
    let hessian = tape.hessian(trainer.loss(), trainer.theta(), trainer.memory()).unwrap();
    let mut v = ndarray::Array1::<f64>::from_shape_fn(hessian.nrows(), |i| 1.0 + (i as f64).sin());
    let mut value = 0.0;
    for _ in 0..500 {
        let next = hessian.dot(&v) + &v * found.largest;
        value = v.dot(&next) / v.dot(&v) - found.largest;
        v = &next / next.dot(&next).sqrt();
    }
    assert!((value - found.largest).abs() < 1e-5 * value, "{value} {}", found.largest);
}

#[test]
fn pictures_are_well_formed() {
    let map = lr_map(&chapter(1.0, &Loss::HalfSquaredError), &LrMapSettings::default()).unwrap();
    let svg = map.chart().svg();
    assert!(svg.starts_with("<svg xmlns") && svg.ends_with("</svg>\n"));
    assert_eq!(svg.matches("<polyline").count(), map.trials.len());
    assert_eq!(svg.matches("<text").count(), svg.matches("</text>").count());
    assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
    // Under each opening tag a closing one, but for those that close themselves.
    let open = svg.matches('<').count() - svg.matches("</").count() - svg.matches("/>").count();
    assert_eq!(open, svg.matches("</").count());
}
