//! `glassgrad train` as a person and as a script meet it.

use std::process::{Command, Output, Stdio};

const IRIS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../data/iris.csv");
const DIGITS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../data/digits.csv");

fn glassgrad(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_glassgrad")).args(arguments).output().expect("the program runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

/// The exit code and the first line on stderr.
fn refused(arguments: &[&str]) -> (i32, String) {
    let output = glassgrad(arguments);
    let first = text(&output.stderr).lines().next().unwrap_or_default().replace(IRIS, "iris.csv");
    (output.status.code().expect("an exit code"), first)
}

#[test]
fn iris_and_digits() {
    for (file, least) in [(IRIS, 90.0), (DIGITS, 95.0)] {
        let output = glassgrad(&["train", file, "--target", "target", "--lr", "0.005"]);
        assert!(output.status.success());
        assert_eq!(text(&output.stderr), "", "no progress bar unless stderr is a terminal");
        let out = text(&output.stdout);
        assert_eq!(out.lines().count(), 3, "{out}");
        let last = out.lines().last().expect("three lines");
        let accuracy =
            last.split("accuracy ").nth(1).and_then(|s| s.strip_suffix(" %")).expect("an accuracy");
        assert!(accuracy.parse::<f64>().expect("a number") >= least, "{out}");
    }
}

#[test]
fn a_regression_is_in_units_of_its_target() {
    let output = glassgrad(&["train", IRIS, "--target", "petal_width", "--task", "regression"]);
    let out = text(&output.stdout);
    assert!(output.status.success() && out.contains("R² 0.9"), "{out}");
}

#[test]
fn the_same_seed_says_the_same() {
    let run = |seed| text(&glassgrad(&["train", IRIS, "--target", "target", "--seed", seed]).stdout);
    assert_eq!(run("3"), run("3"));
    assert_ne!(run("3"), run("4"));
}

#[test]
fn bad_input_is_named() {
    let columns = "\"sepal_length\", \"sepal_width\", \"petal_length\", \"petal_width\", \"target\"";
    let cases: [(&[&str], i32, String); 3] = [
        (
            &["train", "no.csv", "--target", "x"],
            66,
            "error: no.csv: no such file; check the path and the working directory".into(),
        ),
        (
            &["train", "src", "--target", "x"],
            66,
            "error: src: a folder; expected a CSV file: name a file inside it".into(),
        ),
        (
            &["train", IRIS, "--target", "tarjet"],
            65,
            format!(
                "error: iris.csv:1: no column named \"tarjet\"; did you mean \"target\"? the columns are {columns}"
            ),
        ),
    ];
    for (arguments, code, message) in cases {
        assert_eq!(refused(arguments), (code, message));
    }
}

#[test]
fn bad_flags_are_named() {
    let cases = [
        ("--lr", "nan", "'--lr <RATE>': expected a finite number above 0"),
        ("--lr", "-1", "'--lr <RATE>': expected a finite number above 0"),
        ("--batch", "0", "'--batch <ROWS>': expected a whole number of at least 1"),
        ("--hidden", "8,0", "'--hidden <WIDTHS>': expected a whole number of at least 1"),
        ("--validation", "1.5", "'--validation <SHARE>': expected a number between 0 and 1, both excluded"),
        ("--activation", "rely", "'--activation <ACTIVATION>'"),
    ];
    for (flag, value, message) in cases {
        let (code, line) = refused(&["train", IRIS, "--target", "target", flag, value]);
        assert_eq!(code, 2);
        let value = if flag == "--hidden" { "0" } else { value };
        assert_eq!(line, format!("error: invalid value '{value}' for {message}"));
    }
    assert_eq!(refused(&["train", IRIS]).0, 2, "the target is missing");
}

#[test]
fn divergence_ends_with_70() {
    let (code, line) = refused(&["train", IRIS, "--target", "target", "--lr", "1e30"]);
    assert_eq!(code, 70);
    assert!(line.contains("found a loss of") && line.contains("the learning rate is 1e30"), "{line}");
}

#[test]
fn a_reader_who_leaves_is_no_failure() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_glassgrad"))
        .args(["train", IRIS, "--target", "target"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program runs");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("it ends");
    assert_eq!((output.status.code(), text(&output.stderr)), (Some(0), String::new()));
}

#[test]
fn help_has_examples() {
    let output = glassgrad(&["train", "--help"]);
    assert!(output.status.success() && text(&output.stdout).contains("Examples:"));
}
