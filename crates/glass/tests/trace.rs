//! A trace says what the network did: the same bits, the same names, formulas that give the values.

mod networks;

use glassgrad_glass::{Audit, Claims, Error, Format, Row, Stage, Trace};
use glassgrad_layers::Loss;
use glassgrad_optim::{AdamW, Clip, Recipe, Sgd};
use glassgrad_tensor::Scalar;
use glassgrad_train::Trainer;
use networks::{chapter, loaded, losses, mixed, one_hidden_unit, wide};
use serde_json::Value;
use std::collections::BTreeSet;

fn sgd<T: Scalar>(lr: f64) -> Recipe<T> {
    Recipe::new(Sgd { lr, ..Sgd::default() })
}

fn number(trace: &Trace, symbol: &str) -> f64 {
    trace.row(0, symbol).unwrap().number().expect("a single number")
}

fn near(found: f64, expected: f64, what: &str) {
    assert!(
        (found - expected).abs() <= 1e-14 * expected.abs(),
        "{what}: found {found:e}, expected {expected:e}"
    );
}

#[test]
fn the_page_has_these_symbols_and_no_others() {
    let trace = Trace::record(&mut chapter(), 1).unwrap();
    let symbols: Vec<&str> = trace.rows().iter().map(Row::symbol).collect();
    let expected = "x w1 b1 z1 h w2 b2 y_hat y loss \
        d_y_hat d_y_hat_d_w2 d_y_hat_d_b2 d_y_hat_d_h d_w2 d_b2 d_h sigmoid_slope d_z1 d_z1_d_w1 d_z1_d_b1 d_w1 d_b1 \
        new_w1 new_b1 new_w2 new_b2 new_z1 new_h new_y_hat new_loss loss_fall_percent";
    assert_eq!(symbols, expected.split_whitespace().collect::<Vec<_>>());
}

/// The chain rule, link by link.
#[test]
fn the_product_of_local_derivatives_is_the_gradient() {
    for numbers in [[0.5, 0.0, 1.0, 0.0], [-1.2, 0.3, 0.8, 0.1], [30.0, 0.0, 1.0, 0.0]] {
        let trace = Trace::record(&mut one_hidden_unit(numbers, [1.3, 0.2], 1.0), 1).unwrap();
        let product = |links: &[&str]| links.iter().map(|symbol| number(&trace, symbol)).product::<f64>();
        near(product(&["d_y_hat", "d_y_hat_d_w2"]), number(&trace, "d_w2"), "w2");
        near(product(&["d_y_hat", "d_y_hat_d_b2"]), number(&trace, "d_b2"), "b2");
        let back = ["d_y_hat", "d_y_hat_d_h", "sigmoid_slope"];
        near(product(&[&back[..], &["d_z1_d_w1"]].concat()), number(&trace, "d_w1"), "w1");
        near(product(&[&back[..], &["d_z1_d_b1"]].concat()), number(&trace, "d_b1"), "b1");
    }
}

/// Whoever works out the right-hand side gets the left-hand side, in exact arithmetic.
#[test]
fn every_line_of_the_page_is_true() {
    for (numbers, [x, y]) in [([0.5, 0.0, 1.0, 0.0], [1.0, 0.5]), ([-0.7, -0.2, -1.5, 0.4], [-2.0, -0.3])] {
        let trace = Trace::record(&mut one_hidden_unit(numbers, [x, y], 0.5), 2).unwrap();
        let line = |row: &Row| {
            let (symbol, step, value) = (row.symbol(), row.step(), row.number().unwrap());
            format!("{symbol},{step},{value},12,{}\n", row.substituted_in_full())
        };
        let lines: String = trace.rows().iter().filter(|row| !row.formula().is_empty()).map(line).collect();
        let file = format!("symbol,step,printed,decimals,operands\n{lines}");
        let audit = Audit::of(&Claims::from_csv(&file, "page").unwrap(), &trace).unwrap();
        assert_eq!(audit.findings().len(), 2 * 26);
        assert!(audit.all_right(), "{audit}");
    }
}

/// What a trace of a batch says of each value, against what the trainer says.
fn same_as_the_trainer<T: Scalar>(new: impl Fn() -> Trainer<T>) {
    let (mut traced, mut plain) = (new(), new());
    let trace = Trace::record(&mut traced, 1).unwrap();
    plain.forward();
    plain.backward();
    let same = |row: &Row, expected: ndarray::ArrayView2<'_, T>| {
        assert_eq!(row.value(), expected.mapv(T::to_f64), "{}", row.symbol());
    };
    let of = |stage| trace.rows().iter().filter(move |row| row.stage() == stage);
    for row in of(Stage::Forward) {
        same(row, plain.value(row.name()).unwrap());
    }
    let mut gradients = BTreeSet::new();
    for row in of(Stage::Backward) {
        same(row, plain.adjoint(row.name()).unwrap().expect("an adjoint"));
        if plain.gradient(row.name()).is_ok() {
            same(row, plain.gradient(row.name()).unwrap());
            gradients.insert(row.name().to_string());
        }
    }
    assert_eq!(gradients.len(), plain.tape().layout().segments().len(), "a gradient for each parameter");
    plain.update().unwrap();
    plain.verify();
    for name in &gradients {
        let of_parameter = |row: &&Row| row.name() == name;
        let symbol = of(Stage::Forward).find(of_parameter).expect("a parameter is a value").symbol();
        same(trace.row(0, &format!("new_{symbol}")).unwrap(), plain.parameter(name).unwrap());
    }
    for row in of(Stage::Verify).filter(|row| row.symbol() != "loss_fall_percent") {
        same(row, plain.value(row.name()).unwrap());
    }
    let symbols: BTreeSet<&str> = trace.rows().iter().map(Row::symbol).collect();
    let local = of(Stage::Local).map(Row::symbol).collect::<Vec<_>>();
    assert!(symbols.len() >= trace.rows().len() - local.len(), "symbols are unique");
}

#[test]
fn a_batch_is_traced_as_the_trainer_has_it() {
    for loss in losses() {
        same_as_the_trainer(|| loaded::<f64>(&wide(), &loss, sgd(0.1)));
        same_as_the_trainer(|| loaded::<f32>(&mixed(), &loss, Recipe::new(AdamW::default())));
    }
}

#[test]
fn tracing_changes_no_bit_of_training() {
    let recipe = || Recipe::new(AdamW::default()).clip(Clip::Norm(0.1));
    let (mut traced, mut plain) = (
        loaded::<f32>(&mixed(), &Loss::CROSS_ENTROPY, recipe()),
        loaded(&mixed(), &Loss::CROSS_ENTROPY, recipe()),
    );
    Trace::record(&mut traced, 7).unwrap();
    for _ in 0..7 {
        plain.step().unwrap();
    }
    let bits = |trainer: &Trainer<f32>| trainer.theta().iter().map(|x| x.to_bits()).collect::<Vec<_>>();
    assert_eq!(bits(&traced), bits(&plain));
    assert_eq!(traced.position(), plain.position());
    assert_eq!(traced.descent().state(), plain.descent().state());
}

/// An entry is written as a sum of products; added up again, it is the entry.
#[test]
fn entries_are_sums_of_products() {
    let trace = Trace::record(&mut loaded::<f64>(&wide(), &Loss::HalfSquaredError, sgd(0.1)), 1).unwrap();
    let pairs = |entry: &str, bias: bool| {
        let row = &trace.entry(entry).unwrap().rows()[0].clone();
        let numbers: Vec<f64> = row.operands().iter().map(|o| o.value()[[0, 0]]).collect();
        let (products, rest) = numbers.split_at(numbers.len() - usize::from(bias));
        let sum = products.chunks(2).map(|p| p[0] * p[1]).sum::<f64>() + rest.iter().sum::<f64>();
        let value = row.number().unwrap();
        assert!((sum - value).abs() <= 1e-14, "{entry}: {sum} {value}");
        (row.formula(), products.len() / 2)
    };
    let (formula, count) = pairs("z1[4,15]", true);
    assert_eq!(formula, "x[4,0]·W1[15,0] + x[4,1]·W1[15,1] + x[4,2]·W1[15,2] + x[4,3]·W1[15,3] + b1[0,15]");
    assert_eq!(count, 4);
    assert_eq!(pairs("d_W1[3,2]", false).1, 5, "one product an example");
    assert_eq!(pairs("d_h[2,7]", false).1, 3, "one product an output");
    let (formula, count) = pairs("y_hat[1,0]", true);
    assert!(formula.contains("h[1,2]·W2[0,2] + … + h[1,15]·W2[0,15] + b2[0,0]"), "{formula}");
    assert_eq!(count, 16);
    assert_eq!(pairs("d_z1[2,7]", false).1, 1, "pointwise");

    let by_name = trace.entry("0.weight[3,2]").unwrap();
    let symbols: Vec<&str> = by_name.rows().iter().map(Row::symbol).collect();
    assert_eq!(symbols, ["W1[3,2]", "d_W1[3,2]", "new_W1[3,2]"]);
    assert!(matches!(trace.entry("W1[16,0]"), Err(Error::NoEntry { shape: [16, 4], .. })));
    assert!(matches!(trace.entry("W9[0,0]"), Err(Error::UnknownSymbol { .. })));
    for broken in ["W1", "W1[3]", "W1[3,x]", "W1[-1,0]", "[", ""] {
        assert!(matches!(trace.entry(broken), Err(Error::EntrySyntax { .. })), "{broken}");
    }
}

#[test]
fn an_adjoint_with_two_sources_is_their_sum() {
    use glassgrad_layers::{Activation, Chain, Dense, Residual};
    let network = Chain::new()
        .then(Dense::new(4))
        .then(Residual::new(Chain::new().then(Dense::new(4)).then(Activation::Tanh)))
        .then(Dense::new(3));
    let trace = Trace::record(&mut loaded::<f64>(&network, &Loss::HalfSquaredError, sgd(0.1)), 1).unwrap();
    let row = trace.row(0, "d_z1").unwrap();
    assert_eq!(row.formula(), "∂L/∂v1 ⊙ ∂v1/∂z1 + ∂L/∂z2·W2");
    let of: Vec<_> = row.operands().iter().map(|o| o.value()).collect();
    let expected = &of[0] * &of[1] + of[2].dot(&of[3]);
    assert!((&expected - &row.value()).iter().all(|d| d.abs() < 1e-15), "{expected} {}", row.value());
}

/// The formula of the loss and its derivative, for each kind of loss on a single number.
#[test]
fn losses_are_one_line() {
    let of = |loss: &Loss, symbol: &str| {
        let network = glassgrad_layers::Dense::new(1);
        let mut trainer = Trainer::<f64>::new(&network, 1, loss, sgd(0.1), 0).unwrap();
        trainer.load(ndarray::array![[1.0]].view(), ndarray::array![[0.5]].view()).unwrap();
        Trace::record(&mut trainer, 1).unwrap().row(0, symbol).unwrap().formula()
    };
    for (loss, value, slope) in [
        (Loss::HalfSquaredError, "½·(y - ŷ)²", "-(y - ŷ)"),
        (Loss::MeanSquaredError, "(y - ŷ)²", "2(ŷ - y)"),
        (Loss::MeanAbsoluteError, "|y - ŷ|", "sign (ŷ - y)"),
        (Loss::BinaryCrossEntropy, "-y·ln σ(ŷ) - (1 - y)·ln(1 - σ(ŷ))", "σ(ŷ) - y"),
    ] {
        assert_eq!(of(&loss, "loss"), value);
        assert_eq!(of(&loss, "d_y_hat"), slope);
    }
    let batch = |loss: &Loss, symbol: &str| {
        let trace = Trace::record(&mut loaded::<f64>(&wide(), loss, sgd(0.1)), 1).unwrap();
        trace.row(0, symbol).unwrap().formula()
    };
    assert_eq!(batch(&Loss::HalfSquaredError, "loss"), "(Σ ½·(y - ŷ)²)/5");
    assert_eq!(batch(&Loss::HalfSquaredError, "d_y_hat"), "(-(y - ŷ))/5");
    assert_eq!(batch(&Loss::MeanSquaredError, "d_y_hat"), "(2(ŷ - y))/15");
    assert_eq!(batch(&Loss::CROSS_ENTROPY, "d_y_hat"), "(softmax(ŷ) - onehot(y))/5");
}

/// Numbers that JSON has no signs for, and a document from each format all the same.
#[test]
fn a_run_that_diverges_is_traced_to_its_end() {
    let mut trainer = one_hidden_unit([0.5, 0.0, 1.0, 0.0], [1.0, 0.5], 1e200);
    let trace = Trace::record(&mut trainer, 4).unwrap();
    let lines = trace.render(Format::JsonLines, 4);
    let rows: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(rows.iter().any(|row| row["value"] == "inf" || row["value"] == "NaN"), "{lines}");
    for format in [Format::Text, Format::Markdown, Format::Latex, Format::Csv] {
        assert!(!trace.render(format, 4).is_empty());
    }
}

/// JSON gives back the bits, of matrices too.
#[test]
fn json_has_every_digit() {
    let trace = Trace::record(&mut loaded::<f64>(&wide(), &Loss::CROSS_ENTROPY, sgd(0.1)), 1).unwrap();
    let lines = trace.render(Format::JsonLines, 2);
    assert_eq!(lines.lines().count(), trace.rows().len());
    for (line, row) in lines.lines().zip(trace.rows()) {
        let json: Value = serde_json::from_str(line).unwrap();
        for ((i, j), &x) in row.value().indexed_iter() {
            let found = if row.value().len() == 1 { &json["value"] } else { &json["value"][i][j] };
            assert_eq!(found.as_f64().unwrap().to_bits(), x.to_bits(), "{}", row.symbol());
        }
    }
    let mut csv = csv::Reader::from_reader(trace.render(Format::Csv, 2).leak().as_bytes());
    let entries: usize = trace.rows().iter().map(|row| row.value().len()).sum();
    assert_eq!(csv.records().flatten().count(), entries);
}

#[test]
fn no_batch_is_an_error() {
    let network = glassgrad_layers::Dense::new(1);
    let mut trainer = Trainer::<f64>::new(&network, 1, &Loss::HalfSquaredError, sgd(0.1), 0).unwrap();
    assert!(matches!(Trace::record(&mut trainer, 1), Err(Error::NoBatch { .. })));
    assert!(matches!(glassgrad_glass::Graph::of(&mut trainer), Err(Error::NoBatch { .. })));
}
