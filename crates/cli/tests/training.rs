//! It trains: the data sets that come with the project, and tables of one's own.

mod program;

use program::{TMP, run};
use std::ops::Range;

/// What is reported by a run that ends well and has nothing to complain about.
fn report(arguments: &str) -> String {
    let (code, report, complaint) = run(arguments);
    assert_eq!((code, complaint.as_str()), (0, ""), "{arguments}");
    report
}

/// The number after `what` in a report.
fn figure(report: &str, what: &str) -> f64 {
    let after = report.split_once(what).unwrap_or_else(|| panic!("{what} in {report}")).1.trim_start();
    let number = after.split([' ', ',', ';', '\n']).next().expect("a word");
    number.parse().unwrap_or_else(|_| panic!("a number after {what} in {report}"))
}

fn held_out(report: &str) -> &str {
    report.split_once("held out:").expect("figures of the rows held out").1
}

#[test]
fn iris() {
    let report = report("train data/iris.csv --target target --hidden 16 --epochs 100 --lr 0.01");
    let first =
        "rows: 120 to train on, 30 held out; columns: 4; outputs: 3; parameters: 131\ntraining: loss ";
    assert!(report.starts_with(first), "{report}");
    assert_eq!(report.lines().count(), 3, "{report}");
    // At most 3 of 30 flowers wrong.
    assert!(figure(held_out(&report), "accuracy") >= 90.0, "{report}");
}

#[test]
fn digits() {
    let report = report("train data/digits.csv --target target --epochs 10");
    assert!(figure(&report, "rows:") == 1438.0 && figure(&report, "columns:") == 64.0, "{report}");
    assert!(figure(held_out(&report), "accuracy") >= 95.0, "{report}");
}

#[test]
fn regression_in_the_units_of_the_target() {
    let report =
        report("train data/iris.csv --target petal_length --task regression --hidden 32,32 --epochs 100");
    let figures = held_out(&report);
    assert!(figure(figures, "R²") > 0.9, "{report}");
    // Petals are 1 to 7 cm long, and deviate by 1.8 from their mean.
    let error = figure(figures, "mean absolute error");
    assert!(error > 0.05 && error < 0.5, "{report}");
    assert!(!report.contains("accuracy"), "{report}");
}

#[test]
fn classes_by_name() {
    let rows =
        |kind, widths: Range<i32>| widths.map(|w| format!("{w},{kind}")).collect::<Vec<_>>().join("\n");
    let text = format!("width,kind\n{}\n{}\n", rows("tasse à café", 0..20), rows("dish", 20..40));
    std::fs::write(format!("{TMP}/shop.csv"), text).expect("a file");
    let report = report("train $TMP/shop.csv --target kind --lr 0.01 --activation tanh");
    assert!(figure(held_out(&report), "accuracy") >= 75.0, "{report}");
    assert_eq!(figure(&report, "outputs:"), 2.0);
}

#[test]
fn the_seed_says_it_all() {
    let run = |seed| report(&format!("train data/iris.csv --target target --epochs 3 --seed {seed}"));
    assert_eq!(run(1), run(1));
    assert_ne!(run(1), run(2));
}

#[test]
fn divergence() {
    let (code, _, message) = run("train data/iris.csv --target target --lr 1e30");
    assert_eq!(code, 70, "{message}");
    assert!(message.starts_with("error: epoch 0, batch 1 (counted from 0): found a loss of "), "{message}");
    assert!(message.contains("the learning rate is 1e30, try a smaller one"), "{message}");
}

#[test]
fn a_column_of_measurements_is_doubted_but_trained_on() {
    let (code, _, note) = run("train data/iris.csv --target petal_length --epochs 1");
    assert_eq!(code, 0);
    assert_eq!(
        note,
        "note: column \"petal_length\" is taken for 43 classes; if it holds measurements, add --task regression\n"
    );
}
