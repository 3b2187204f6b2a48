//! It trains: the data sets that come with the project, and tables of one's own.

mod program;

use program::{command, file, fresh, lines, objects, refusal, run, stdout};
use serde_json::Value;
use std::fs;
use std::ops::Range;
use std::process::Command;

/// The last object of a run with --json, and the first.
fn done(arguments: &str) -> (Value, Value) {
    let objects = objects(arguments);
    (objects[objects.len() - 1].clone(), objects[0].clone())
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("a number: {value}"))
}

#[test]
fn digits_without_any_flag() {
    let (done, plan) = done("train data/digits.csv --target target");
    assert_eq!(plan["rows"]["train"], 1438);
    assert_eq!(plan["columns"], 64);
    assert_eq!(plan["classes"].as_array().map(Vec::len), Some(10));
    assert!(number(&done["validation"]["accuracy"]) >= 0.97, "{done}");
    assert_eq!(done["checkpoint"], Value::Null);
}

#[test]
fn iris_as_text_for_people() {
    let report = stdout("train data/iris.csv --target target --hidden 16 --epochs 100 --lr 0.01");
    let first = "rows: 120 to train on, 30 held out; columns: 4; outputs: 3; parameters: 131\n\
                 target: target, 3 classes (0, 1, 2)\n\
                 network: 4-16-3 relu; adam at 0.01, f32, inputs standardised\n\
                 100 epochs of 4 steps in batches of 32; about ";
    assert!(report.starts_with(first), "{report}");
    assert!(report.contains("\nepoch   1: loss "), "{report}");
    let (_, held_out) = report.split_once("\nheld out: ").expect("figures of the rows held out");
    let (_, accuracy) = held_out.split_once("accuracy ").expect("an accuracy");
    let accuracy: f64 = accuracy.split(' ').next().expect("a word").parse().expect("a number");
    // At most 3 of 30 flowers wrong.
    assert!(accuracy >= 90.0, "{report}");
    let quiet = stdout("train data/iris.csv --target target --hidden 16 --epochs 100 --lr 0.01 --quiet");
    assert!(report.ends_with(&quiet) && quiet.starts_with("kept: epoch "), "{quiet}");
}

#[test]
fn regression_in_the_units_of_the_target() {
    let (done, plan) = done("train data/iris.csv --target petal_length --hidden 32,32 --epochs 100");
    assert_eq!((&plan["classes"], &plan["scaled_target"]), (&Value::Array(vec![]), &Value::Bool(true)));
    let figures = &done["validation"];
    assert!(number(&figures["r2"]) > 0.9, "{done}");
    // Petals are 1 to 7 cm long, and deviate by 1.8 from their mean.
    assert!((0.05..0.5).contains(&number(&figures["mae"])), "{done}");
    assert_eq!(figures["accuracy"], Value::Null);
}

#[test]
fn several_outputs_and_a_test_set() {
    let (done, plan) =
        done("train data/iris.csv --target petal_length,petal_width --epochs 60 --test data/iris.csv");
    assert_eq!((&plan["outputs"], &plan["rows"]["test"]), (&2.into(), &150.into()));
    assert!(number(&done["test"]["r2"]) > 0.7, "{done}");
    assert_eq!(done["test"]["rows"], 150);
    // A width deviates by 0.8, a length by 1.8: their errors are added in their own units.
    assert!((0.03..0.6).contains(&number(&done["test"]["mae"])), "{done}");
}

#[test]
fn classes_and_columns_of_text_and_missing_values() {
    let rows = |kind, widths: Range<i32>| {
        widths
            .map(|w| format!("{w},{},{kind}", ["red", "?", "blue"][w as usize % 3]))
            .collect::<Vec<_>>()
            .join("\n")
    };
    let text = format!("width,colour,kind\n{}\n{}\n", rows("\"cup, small\"", 0..20), rows("dish", 20..40));
    let shop = file("shop.csv", text);
    let (code, message) = refusal(&format!("train {shop} --target kind"));
    assert_eq!(code, 65);
    assert!(message.starts_with(&format!("{shop}:3:2 (column \"colour\"): a missing value;")), "{message}");
    let (done, plan) =
        done(&format!("train {shop} --target kind --missing mean --lr 0.01 --activation tanh"));
    assert_eq!(plan["classes"], serde_json::json!(["cup, small", "dish"]));
    assert_eq!((&plan["columns"], &plan["features"]), (&2.into(), &3.into()));
    assert!(number(&done["validation"]["accuracy"]) >= 0.75, "{done}");
    let (_, plan) = self::done(&format!("train {shop} --target kind --missing drop --epochs 1"));
    assert!(number(&plan["rows"]["train"]) < 32.0, "{plan}");
}

#[test]
fn the_seed_and_nothing_else_decides() {
    let run = |flags| stdout(&format!("train data/iris.csv --target target --epochs 3 {flags}"));
    assert_eq!(run("--seed 1"), run("--seed 1 --threads 3"));
    assert_ne!(run("--seed 1"), run("--seed 2"));
}

#[test]
fn events_are_named_as_promised() {
    let events = objects("train data/iris.csv --target target --epochs 3");
    let names: Vec<_> = events.iter().map(|event| event["event"].as_str().expect("a name")).collect();
    assert_eq!(names, ["plan", "epoch", "epoch", "epoch", "done"]);
    for (epoch, event) in (1..).zip(&events[1..4]) {
        assert_eq!(event["epoch"], epoch);
        assert!(
            ["train_loss", "validation_loss", "accuracy"].iter().all(|key| event[*key].is_f64()),
            "{event}"
        );
    }
    let events = objects("train data/iris.csv --target petal_length --epochs 1");
    assert!(events[1]["r2"].is_f64() && events[1]["accuracy"].is_null(), "{}", events[1]);
}

#[test]
fn early_stopping_keeps_the_best_epoch() {
    let model = fresh("early.ckpt");
    let flags = "train data/iris.csv --target target --lr 0.05 --patience 5";
    let (code, _, note) = run(&format!("{flags} -o {model}"));
    assert_eq!(code, 0);
    assert!(note.contains("stopped early: no lower held-out loss in 5 epochs"), "{note}");
    let inspected = &objects(&format!("inspect {model}"))[0];
    let (epochs, best) = (number(&inspected["epochs"]), number(&inspected["best_epoch"]));
    assert_eq!(epochs, best + 5.0);
    let losses: Vec<f64> = inspected["history"]
        .as_array()
        .expect("a history")
        .iter()
        .map(|epoch| number(&epoch["validation"]["loss"]))
        .collect();
    assert!(losses.iter().all(|&loss| loss >= losses[best as usize - 1]));
    let (done, _) = done(&format!("{flags} --test data/iris.csv"));
    let kept = number(&done["validation"]["loss"]);
    assert_eq!(kept, losses[best as usize - 1], "the best epoch's, not the last's");
    // It is the best epoch that is evaluated later, too.
    assert_eq!(objects(&format!("evaluate {model} data/iris.csv"))[0], done["test"]);
    // And a run that goes on keeps it, if nothing better comes.
    let whole = fresh("patient.ckpt");
    stdout(&format!("train --resume {model} --patience 6"));
    stdout(&format!("train data/iris.csv --target target --lr 0.05 --patience 6 -o {whole}"));
    assert!(fs::read(&model).expect("it") == fs::read(&whole).expect("it"), "bit for bit");
    assert_eq!(number(&objects(&format!("inspect {model}"))[0]["best_epoch"]), best);
}

#[test]
fn divergence_names_the_step_the_rate_and_the_first_bad_value() {
    let (code, _, message) = run("train data/iris.csv --target target --lr 1e30");
    assert_eq!(code, 70, "{message}");
    assert!(message.starts_with("error: epoch 1, batch 2: found a loss of "), "{message}");
    assert!(message.contains("the learning rate is 1e30, try a smaller one"), "{message}");
    assert!(
        message.contains("by affine going forward; bad entries: ") && message.contains(", in rows "),
        "{message}"
    );
    // One row is too large for the sums that it goes into.
    let rows = lines(90, |x| if x == 70 { "3e38,1".into() } else { format!("{},{}", x % 7, x % 2) });
    let huge = file("huge.csv", format!("x,y\n{rows}"));
    let (code, _, message) = run(&format!("train {huge} --target y --scale none"));
    assert_eq!(code, 70, "{message}");
    assert!(message.contains(&format!("\n  {huge} has these rows of the batch on line 72\n")), "{message}");
}

#[test]
fn divergence_leaves_the_last_good_model() {
    let model = fresh("diverging.ckpt");
    // Squared errors of a line at five times the greatest stable rate grow each step, and overflow after many.
    let rows = lines(10, |x| format!("{x},{}", 2 * x));
    let line = file("line.csv", format!("x,y\n{rows}"));
    let flags = format!(
        "train {line} --target y --task regression --hidden none --optimizer sgd --lr 3 --batch 10 --validation 0 --epochs 1000"
    );
    let report = fresh("diverging.html");
    let (code, told, message) = run(&format!("{flags} -o {model} --json --report {report}"));
    assert_eq!(code, 70, "{message}");
    assert!(fs::read_to_string(&report).expect("a report").contains("Loss"), "{message}");
    let told: Vec<serde_json::Value> =
        told.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let epochs = told.iter().filter(|object| object["event"] == "epoch").count();
    assert!(epochs > 20, "{message}");
    assert!(
        message.contains(&format!("the last good model is kept: {model}, of epoch {epochs}\n")),
        "{message}"
    );
    let last = told.last().expect("an object");
    assert_eq!((&last["event"], &last["epochs"]), (&"diverged".into(), &epochs.into()));
    assert_eq!((&last["checkpoint"], &last["report"]), (&model.clone().into(), &report.into()));
    let inspected = &objects(&format!("inspect {model}"))[0];
    assert_eq!(inspected["non_finite"], serde_json::json!([]));
    assert_eq!(inspected["epochs"], epochs);
    // It is the model that as many epochs make.
    let whole = fresh("as-many.ckpt");
    stdout(&format!("{flags} -o {whole} --epochs {epochs}").replace("--epochs 1000 ", ""));
    assert_eq!(stdout(&format!("predict {whole} {line}")), stdout(&format!("predict {model} {line}")));
}

/// An event file that cannot be begun is none.
#[cfg(unix)]
#[test]
fn a_full_disk_for_tensorboard_leaves_nothing() {
    let folder = fresh("tensorboard-full");
    let train = command(&format!("train data/iris.csv --target target --epochs 1 --tensorboard {folder}"));
    let script = "trap '' XFSZ; ulimit -f 0; exec \"$0\" \"$@\"";
    let mut shell = Command::new("sh");
    shell.args(["-c", script]).arg(train.get_program()).args(train.get_args());
    shell.current_dir(train.get_current_dir().expect("the project's"));
    let output = shell.output().expect("a shell");
    let said = String::from_utf8(output.stderr).expect("text");
    assert_eq!(output.status.code(), Some(73), "{said}");
    assert_eq!(fs::read_dir(&folder).expect("a folder").count(), 0);
    fs::remove_dir(folder).expect("an empty folder");
}

/// What has been learnt is not lost because nobody can be told.
#[cfg(unix)]
#[test]
fn a_full_disk_for_the_output_leaves_the_last_epoch() {
    let (model, text) = (fresh("untold.ckpt"), fresh("untold.jsonl"));
    let train = command(&format!(
        "train data/iris.csv --target target --hidden 2 --epochs 2000 --patience 0 --json -o {model}"
    ));
    let script = format!("trap '' XFSZ; ulimit -f 48; exec \"$0\" \"$@\" > {text}");
    let mut shell = Command::new("sh");
    shell.args(["-c", &script]).arg(train.get_program()).args(train.get_args());
    shell.current_dir(train.get_current_dir().expect("the project's"));
    let output = shell.output().expect("a shell");
    let said = String::from_utf8(output.stderr).expect("text");
    assert_eq!(output.status.code(), Some(74), "{said}");
    let epochs = number(&objects(&format!("inspect {model}"))[0]["epochs"]);
    assert!(said.starts_with("error: stdout: "), "{said}");
    assert!(said.ends_with(&format!("the last good model is kept: {model}, of epoch {epochs}\n")), "{said}");
    let told =
        fs::read_to_string(text).expect("it").lines().filter(|line| line.contains("\"epoch\"")).count();
    assert!(epochs > 50.0 && (told as f64 - epochs).abs() <= 1.0, "{told} and {epochs}");
}

#[test]
fn what_is_odd_is_remarked_on() {
    let constant = file("constant.csv", "a,b,kind\n1,5,x\n2,5,y\n3,5,x\n4,5,y\n5,5,x\n6,5,y\n7,5,x\n8,5,y\n");
    let (code, _, note) = run(&format!("train {constant} --target kind --epochs 2 --batch 100"));
    let expected = format!(
        "note: {constant}: column b: the same in every training row, and so of no use\n\
         note: --batch 100 (train.batch): the training part has 6 rows; each step takes them all\n"
    );
    assert_eq!((code, note), (0, expected));
    let rows = lines(20, |x| format!("{},{}", x + 3, x % 2));
    let headless = file("headless.csv", rows);
    let (code, _, note) = run(&format!("train {headless} --target 0 --epochs 1"));
    let expected = format!(
        "note: {headless}:1: the first line is all numbers, and was taken for the names of the columns; is the header \
         missing?\n"
    );
    assert_eq!((code, note), (0, expected));
}

#[test]
fn shards_are_part_of_a_run() {
    let model = fresh("shards.ckpt");
    let train = "train data/iris.csv --target target --epochs 2 --force --quiet -o $TMP/shards.ckpt";
    let bytes = |flags: &str| {
        stdout(&format!("{train} {flags}"));
        fs::read(&model).expect("a model")
    };
    let (whole, eight) = (bytes(""), bytes("--shards 8"));
    assert_eq!(eight, bytes("--shards 8 --threads 1"));
    assert_ne!(whole, eight);
    let run = file(
        "shards.toml",
        "[data]\ntrain = \"iris.csv\"\ntarget = \"target\"\n[train]\nepochs = 2\nshards = 8\n",
    );
    fs::copy(
        concat!(env!("CARGO_MANIFEST_DIR"), "/../../data/iris.csv"),
        format!("{}/iris.csv", program::TMP),
    )
    .expect("a copy");
    let plan = &objects(&format!("train {run}"))[0];
    assert_eq!(plan["shards"], 8);

    let (code, message) = refusal("train --resume $TMP/shards.ckpt --shards 4 --epochs 3");
    assert_eq!(code, 2);
    assert!(message.starts_with("--shards 4 (train.shards): "), "{message}");
    for shards in [6, 131_072] {
        let (code, message) = refusal(&format!("train data/iris.csv --target target --shards {shards}"));
        let expected = format!(
            "invalid value '{shards}' for '--shards <COUNT>': expected a power of two up to 65536, or 0 for whole batches"
        );
        assert!(code == 2 && message.starts_with(&expected), "{message}");
    }
    let (code, message) = refusal("train data/iris.csv --target target --shards 8 --report $TMP/shards.html");
    assert_eq!(code, 2);
    assert!(message.starts_with("--report: its diagnosis looks at whole batches"), "{message}");

    bytes("");
    let (code, _, stderr) = self::run("train --resume $TMP/shards.ckpt --shards 4 --epochs 3");
    assert_eq!(code, 0, "{stderr}");
    assert!(stderr.contains("begun with whole batches; from here they are cut into 4 shards"), "{stderr}");
}
