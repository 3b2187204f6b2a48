//! What a run leaves to be looked at: losses in a line, a page, a curve, an event file.

mod program;

use program::{TMP, fresh, refusal, stdout};
use std::fs;

#[test]
fn losses_in_one_line_each() {
    let report = stdout("train data/iris.csv --target target --epochs 20 --lr 0.01");
    let line =
        |what: &str| report.lines().find(|line| line.starts_with(what)).unwrap_or_else(|| panic!("{report}"));
    // Each epoch is one block, and a loss that falls ends at the lowest.
    for what in ["loss     █", "held out █"] {
        let blocks = line(what).split_whitespace().find(|word| word.starts_with('█')).expect("blocks");
        assert!(blocks.chars().count() == 20 && blocks.ends_with('▁'), "{}", line(what));
    }
}

#[test]
fn a_page_of_the_run() {
    for (target, expected) in [
        ("target", ["accuracy, held out", "predicted", "Learning target"]),
        ("petal_length", ["R², held out", "petal_length", "mean absolute error"]),
    ] {
        let page = fresh(&format!("{target}.html"));
        let flags = format!("train data/iris.csv --target {target} --epochs 5 --report {page}");
        stdout(&flags);
        let html = fs::read_to_string(&page).expect("it");
        assert!(html.to_lowercase().starts_with("<!doctype html>"), "{}", &html[..100]);
        for part in expected.iter().chain(&["<svg", "[optimizer]"]) {
            assert!(html.contains(part), "{part}");
        }
        assert!(!html.contains("src=\"http") && !html.contains("<link"), "it needs no network");
        assert_eq!(refusal(&flags).0, 73);
    }
    let (code, _, message) = program::run("train data/iris.csv --target target --report curve.gif");
    assert_eq!(
        (code, message.lines().next()),
        (
            2,
            Some(
                "error: invalid value 'curve.gif' for '--report <FILE>': expected a name that ends in .html, for a page, or \
                 in .svg or .png, for the loss curve alone"
            )
        )
    );
    let both = fresh("both.svg");
    let expected = format!("--report {both}: the model is to be written there; expected another place");
    assert_eq!(
        refusal(&format!("train data/iris.csv --target target -o {both} --report {both}")),
        (2, expected)
    );
    let curve = fresh("curve.svg");
    stdout(&format!("train data/iris.csv --target target --epochs 5 --report {curve}"));
    assert!(fs::read_to_string(&curve).expect("it").starts_with("<svg"));
    let curve = fresh("curve.png");
    stdout(&format!("train data/iris.csv --target target --epochs 5 --report {curve}"));
    assert!(fs::read(&curve).expect("it").starts_with(b"\x89PNG\r\n\x1a\n"));
}

#[test]
fn a_page_of_a_run_that_diverged() {
    let rows = program::lines(10, |x| format!("{x},{}", 2 * x));
    let line = program::file("diverged.csv", format!("x,y\n{rows}"));
    let diverged = format!(
        "train {line} --target y --task regression --hidden none --optimizer sgd --lr 3 --batch 10 --validation 0 --epochs 1000"
    );
    let [page, curve] = ["diverged.html", "diverged.png"].map(fresh);
    let (code, _, message) = program::run(&format!("{diverged} --report {page}"));
    assert!(code == 70 && message.starts_with(&format!("note: report: {page}\nerror: epoch ")), "{message}");
    let text = fs::read_to_string(&page).expect("it");
    for expected in
        ["epochs; ended before its time: epoch ", "found a loss of inf", "<h2>Findings", "polyline"]
    {
        assert!(text.contains(expected), "{expected}: {text}");
    }
    assert!(!text.contains("every rule was within its threshold") && !text.contains("Residuals"), "{text}");
    let (code, ..) = program::run(&format!("{diverged} --report {curve}"));
    assert!(code == 70 && fs::read(&curve).expect("it").starts_with(b"\x89PNG"));
}

#[test]
fn an_event_file_a_run() {
    let folder = format!("{TMP}/events/inner");
    let _ = fs::remove_dir_all(&folder);
    stdout(&format!("train data/iris.csv --target target --epochs 3 --tensorboard {folder}"));
    let files: Vec<_> = fs::read_dir(&folder).expect("the folder is made").flatten().collect();
    assert_eq!(files.len(), 1);
    let bytes = fs::read(files[0].path()).expect("it");
    let count = |tag: &str| bytes.windows(tag.len()).filter(|window| window == &tag.as_bytes()).count();
    assert_eq!(
        (count("loss/train"), count("loss/validation"), count("accuracy/validation"), count("r2/")),
        (3, 3, 3, 0)
    );
    let file = fresh("no-folder");
    fs::write(&file, "").expect("a file");
    let (code, message) = run_refused(&format!("train data/iris.csv --target target --tensorboard {file}"));
    assert!(
        code == 73 && message.contains("no-folder") && message.contains("cannot be made"),
        "{code}: {message}"
    );
}

/// As `refusal`, of a run that has told its plan already.
fn run_refused(arguments: &str) -> (i32, String) {
    let (code, _, message) = program::run(arguments);
    (code, message)
}
