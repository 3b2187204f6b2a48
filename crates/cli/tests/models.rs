//! What is done with a model: predict, evaluate, inspect, export, import, resume.

mod program;

use program::{TMP, file, fresh, lines, objects, refusal, run, rustc, stdout};
use std::fs;
use std::path::Path;
use std::sync::OnceLock;

/// A model of iris, trained once for all tests.
fn iris() -> &'static str {
    static MODEL: OnceLock<String> = OnceLock::new();
    MODEL.get_or_init(|| {
        let model = fresh("iris.ckpt");
        stdout(&format!("train data/iris.csv --target target --lr 0.01 --epochs 40 -o {model}"));
        model
    })
}

#[test]
fn predictions_are_the_class_and_its_probabilities() {
    let table = stdout(&format!("predict {} data/iris.csv", iris()));
    let mut lines = table.lines();
    assert_eq!(lines.next(), Some("target,p_0,p_1,p_2"));
    let (mut rows, mut right) = (0, 0);
    let truth = fs::read_to_string("../../data/iris.csv").expect("iris");
    for (line, truth) in lines.zip(truth.lines().skip(1)) {
        let cells: Vec<&str> = line.split(',').collect();
        let numbers: Vec<f64> = cells[1..].iter().map(|cell| cell.parse().expect("a number")).collect();
        assert!((numbers.iter().sum::<f64>() - 1.0).abs() < 1e-5, "{line}");
        let class: usize = cells[0].parse().expect("a class");
        assert!(numbers.iter().all(|&p| p <= numbers[class]), "{line}");
        rows += 1;
        right += usize::from(truth.ends_with(&format!(",{class}")));
    }
    assert_eq!(rows, 150);
    // The same share as evaluate counts.
    let figures = &objects(&format!("evaluate {} data/iris.csv", iris()))[0];
    assert_eq!((&figures["rows"], &figures["accuracy"]), (&150.into(), &(right as f64 / 150.0).into()));
    assert!(right > 135, "{right}");

    let objects = objects(&format!("predict {} data/iris.csv", iris()));
    assert_eq!(objects.len(), 150);
    assert!(objects[0]["target"].is_string() && objects[0]["p_2"].is_f64(), "{}", objects[0]);
}

#[test]
fn a_target_named_as_a_probability() {
    for (target, expected) in [
        ("p_yes", "p_yes,probability_no,probability_yes"),
        ("probability_yes", "probability_yes,p_no,p_yes"),
        ("p_maybe", "p_maybe,p_no,p_yes"),
    ] {
        let class = |i: usize| if i < 10 { "no" } else { "yes" };
        let rows = lines(20, |i| format!("{i},{}", class(i)));
        let (train, model) = (file("named-p.csv", format!("x,{target}\n{rows}")), fresh("named-p.ckpt"));
        stdout(&format!("train {train} --target {target} --epochs 60 --lr 0.05 -q -o {model}"));
        assert_eq!(stdout(&format!("predict {model} {train}")).lines().next(), Some(expected));
        let objects = objects(&format!("predict {model} {train}"));
        let names: Vec<&str> = expected.split(',').collect();
        for (row, i) in [(&objects[0], 0), (&objects[19], 19)] {
            assert_eq!(row[names[0]], class(i), "{row}");
            let numbers = [&row[names[1]], &row[names[2]]].map(|p| p.as_f64().expect("a probability"));
            assert_eq!(numbers[1] > numbers[0], i == 19, "{row}");
        }
    }
}

#[test]
fn predictions_go_to_a_file_and_values_have_their_units() {
    let (model, out) = (fresh("petals.ckpt"), fresh("petals.csv"));
    stdout(&format!("train data/iris.csv --target petal_length,petal_width --epochs 40 -o {model}"));
    assert_eq!(stdout(&format!("predict {model} data/iris.csv -o {out}")), format!("{out}: 150 rows\n"));
    let (predicted, truth) =
        (fs::read_to_string(&out).expect("it"), fs::read_to_string("../../data/iris.csv").expect("iris"));
    let mut lines = predicted.lines();
    assert_eq!(lines.next(), Some("petal_length,petal_width"));
    let mut error = 0.0;
    for (line, truth) in lines.zip(truth.lines().skip(1)) {
        let cells =
            |line: &str| line.split(',').map(|cell| cell.parse().expect("a number")).collect::<Vec<f64>>();
        error += cells(line).iter().zip(&cells(truth)[2..4]).map(|(p, y)| (p - y).abs()).sum::<f64>() / 300.0;
    }
    let mae = objects(&format!("evaluate {model} data/iris.csv"))[0]["mae"].as_f64().expect("an error");
    assert!((mae - error).abs() < 1e-5, "evaluate says {mae}, the file {error}");
    assert!(error < 0.5, "{error}");
    let (code, message) = refusal(&format!("predict {model} data/iris.csv -o {out}"));
    assert_eq!(code, 73);
    assert!(message.starts_with(&format!("{out}: there is such a file already; add --force")), "{message}");
}

#[test]
fn rows_that_are_left_out_stay_in_step() {
    let model = fresh("dropping.ckpt");
    let train = file("dropping.csv", "a,y\n1,2\n2,4\n,6\n3,6\n4,8\n5,10\n6,12\n7,14\n8,16\n9,18\n10,20\n");
    stdout(&format!("train {train} --target y --missing drop --epochs 1 -o {model}"));
    let table = stdout(&format!("predict {model} {train}"));
    let lines: Vec<&str> = table.lines().collect();
    assert_eq!((lines.len(), lines[3]), (12, "\"\""), "{table}");
}

#[test]
fn a_model_tells_what_it_is() {
    let text = stdout(&format!("inspect {}", iris()));
    for part in [
        "parameters: 515",
        "0.weight     [64, 4] = 256",
        "target: target, of classes 0, 1, 2",
        "sepal_length: mean 5.8",
        "best, and so what predicts: epoch ",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
    let object = &objects(&format!("inspect {}", iris()))[0];
    assert_eq!(
        object["layers"][2],
        serde_json::json!({"name": "2.weight", "shape": [3, 64], "parameters": 192})
    );
    assert_eq!(object["history"].as_array().map(Vec::len), Some(40));
    assert_eq!(object["bytes"], fs::metadata(iris()).expect("it").len());
    let epochs: Vec<_> =
        object["history"].as_array().expect("a list").iter().map(|e| e["epoch"].as_u64()).collect();
    assert_eq!(epochs, (1..=40).map(Some).collect::<Vec<_>>());
    assert!(epochs.contains(&object["best_epoch"].as_u64()));
    assert_eq!(
        (&object["missing"], &object["columns"][0]),
        (
            &"error".into(),
            &serde_json::json!({"name": "sepal_length", "categories": null, "where_missing": null})
        )
    );
}

/// The means are those of the training rows that have a number; of equally frequent texts, it is the first.
#[test]
fn a_model_tells_what_stands_in_for_missing_values() {
    let train = file("gaps.csv", "width,kind,y\n1,cup,1\n,jug,2\n4,jug,3\n7,,4\n");
    let (model, scaled) = (fresh("gaps.ckpt"), fresh("gaps-scaled.ckpt"));
    let flags = "--target y --task regression --missing mean --validation 0 --epochs 1 -q -o";
    stdout(&format!("train {train} --scale none {flags} {model}"));
    let text = stdout(&format!("inspect {model}"));
    let expected = "
inputs, as they are:
  width; where it is missing 4.0000
  kind: one of cup, jug; where it is missing jug
target: y
";
    assert!(text.contains(expected), "{text}");
    stdout(&format!("train {train} {flags} {scaled}"));
    let text = stdout(&format!("inspect {scaled}"));
    assert!(text.contains("  width: mean 4.0000, deviation 2.1213; where it is missing 4.0000\n"), "{text}");
    let object = &objects(&format!("inspect {model}"))[0];
    assert_eq!(object["missing"], "mean");
    assert_eq!(
        object["columns"],
        serde_json::json!([
            {"name": "width", "categories": null, "where_missing": 4.0},
            {"name": "kind", "categories": ["cup", "jug"], "where_missing": "jug"}
        ])
    );
    // And so predicts the same as the gaps themselves.
    let predict = |name: &str, row: &str| {
        let rows = file(name, format!("width,kind\n{row}\n"));
        stdout(&format!("predict {model} {rows}"))
    };
    assert_eq!(predict("gap.csv", ","), predict("filled.csv", "4,jug"));
}

#[test]
fn every_export_is_written_whole_or_refused() {
    for (format, start) in [("onnx", "\x08\x07"), ("safetensors", ""), ("npz", "PK"), ("rust", "//")] {
        let out = fresh(&format!("iris.{format}"));
        stdout(&format!("export {} --to {format} -o {out}", iris()));
        let bytes = fs::read(&out).expect("it");
        assert!(bytes.starts_with(start.as_bytes()) && bytes.len() > 2000, "{format}: {:?}", &bytes[..8]);
        assert_eq!(refusal(&format!("export {} --to {format} -o {out}", iris())).0, 73);
    }
}

#[test]
fn exported_rust_predicts_what_predict_does() {
    let (source, program) = (fresh("net.rs"), fresh("net"));
    stdout(&format!("export {} --to rust -o {source}", iris()));
    let mut text = fs::read_to_string(&source).expect("it");
    text += "\nfn main() { println!(\"{:?}\", forward(&[5.1, 3.5, 1.4, 0.2])); }\n";
    let main = file("net_main.rs", text);
    let rustc = rustc().args(["--edition=2021", "-o", &program, &main]).output();
    assert!(rustc.as_ref().is_ok_and(|output| output.status.success()), "{rustc:?}");
    let output = std::process::Command::new(&program).output().expect("it starts");
    let printed = String::from_utf8(output.stdout).expect("text");
    let exported: Vec<f64> =
        printed.trim().trim_matches(['[', ']']).split(", ").map(|p| p.parse().expect("a number")).collect();
    let row = file("row.csv", "sepal_length,sepal_width,petal_length,petal_width\n5.1,3.5,1.4,0.2\n");
    let table = stdout(&format!("predict {} {row}", iris()));
    let predicted = table.lines().nth(1).expect("a row").split(',').skip(1);
    for (p, q) in predicted.map(|p| p.parse::<f64>().expect("a number")).zip(exported) {
        assert!((p - q).abs() < 1e-5, "{table} {printed}");
    }
}

#[test]
fn weights_go_out_and_come_in() {
    let (weights, model) = (fresh("out.safetensors"), fresh("in.ckpt"));
    stdout(&format!("export {} --to safetensors -o {weights}", iris()));
    let run_file = file("in.toml", "");
    stdout(&format!("import {weights} {run_file} --data data/iris.csv --target target -o {model}"));
    let predict = |model: &str| stdout(&format!("predict {model} data/iris.csv"));
    assert_eq!(predict(&model), predict(iris()));
    let (code, message) = refusal(&format!(
        "import {weights} {run_file} --data data/iris.csv --target target --hidden 32 -o {TMP}/no.ckpt"
    ));
    assert_eq!(code, 65);
    assert!(message.contains("tensor \"0.weight\": found shape [64, 4], expected [32, 4]"), "{message}");
    // A run that begins at these weights begins where that one ended.
    let begin = file(
        "begin.toml",
        format!(
            "data.train = {:?}\ndata.target = \"target\"\nmodel.parameters.file = \"out.safetensors\"\n",
            fs::canonicalize("../../data/iris.csv").expect("iris")
        ),
    );
    let first = |arguments: &str| objects(arguments)[1]["train_loss"].as_f64().expect("a loss");
    assert!(first(&format!("train {begin} --epochs 1")) < 0.2);
    assert!(first("train data/iris.csv --target target --epochs 1") > 0.5);
}

#[test]
fn to_resume_is_never_to_have_stopped() {
    let flags = "train data/iris.csv --target target --dropout 0.2 --batch 7";
    let (whole, parts) = (fresh("whole.ckpt"), fresh("parts.ckpt"));
    stdout(&format!("{flags} --epochs 6 -o {whole}"));
    stdout(&format!("{flags} --epochs 5 -o {parts}"));
    assert_ne!(fs::read(&whole).expect("it"), fs::read(&parts).expect("it"));
    let events = objects(&format!("train --resume {parts} --epochs 6"));
    assert_eq!((events.len(), &events[1]["epoch"]), (3, &6.into()), "one epoch more");
    assert!(fs::read(&whole).expect("it") == fs::read(&parts).expect("it"), "bit for bit");
}

#[test]
fn what_cannot_be_resumed() {
    let model = fresh("resume.ckpt");
    stdout(&format!("train data/iris.csv --target target --epochs 1 -o {model}"));
    assert_eq!(
        refusal(&format!("train --resume {model} --epochs 2 --lr 0.5")),
        (
            2,
            format!("--lr 0.5 (optimizer.lr): {model} was begun with 0.001; to change it, begin another run")
        )
    );
    assert_eq!(
        refusal(&format!("train --resume {model} --epochs 2 --optimizer sgd")),
        (
            2,
            format!(
                "--optimizer sgd (optimizer.name): {model} was begun with \"adam\"; to change it, begin another run"
            )
        )
    );
    let changed =
        file("changed.toml", "[data]\ntrain = 'changed.csv'\ntarget = 'target'\n[model]\nhidden = [8]");
    assert_eq!(
        refusal(&format!("train --resume {model} {changed}")),
        (
            2,
            format!(
                "{changed}:5:1: model.hidden = [8]: {model} was begun with [64]; to change it, begin another run"
            )
        )
    );
    let other =
        file("other.csv", fs::read_to_string("../../data/iris.csv").expect("iris").replacen("5.1", "5.2", 1));
    let (code, message) = refusal(&format!("train --resume {model} --epochs 2 --data {other}"));
    assert_eq!(code, 65);
    assert!(message.starts_with(&format!("{model}: with {other}, training data: found ")), "{message}");
    assert!(message.ends_with("; see --data (data.train)"), "{message}");
    let gone = file("gone.csv", fs::read("../../data/iris.csv").expect("iris"));
    let of_gone = fresh("gone.ckpt");
    stdout(&format!("train {gone} --target target --epochs 1 -q -o {of_gone}"));
    fs::remove_file(&gone).expect("it was there");
    let expected = format!(
        "{gone}: no such file; {of_gone} was begun with it, perhaps from another folder: say where it is now by --data"
    );
    assert_eq!(refusal(&format!("train --resume {of_gone} --epochs 2")), (66, expected));
    // The same data somewhere else will do, and so will a rate that is said.
    let moved = file("moved.csv", fs::read("../../data/iris.csv").expect("iris"));
    stdout(&format!("train --resume {model} --epochs 2 --data {moved} --lr 0.001"));
}

#[test]
fn models_that_are_none() {
    for command in [
        "inspect {}",
        "predict {} data/iris.csv",
        "evaluate {} data/iris.csv",
        "export {} --to onnx -o $TMP/none.onnx",
        "train --resume {}",
    ] {
        let missing = fresh("missing.ckpt");
        let (code, message) = refusal(&command.replace("{}", &missing));
        assert_eq!(
            (code, message),
            (66, format!("{missing}: no such file; check the path and the working directory"))
        );
        let csv = command.replace("{}", "data/digits.csv");
        let none = "data/digits.csv: not a checkpoint: bytes 0 to 8 are not those that one begins with; expected one that \
                    glassgrad wrote";
        assert_eq!(refusal(&csv), (65, none.into()), "{csv}");
        let mut bytes = fs::read(iris()).expect("it");
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        let damaged = file("damaged.ckpt", bytes);
        let (code, message) = refusal(&command.replace("{}", &damaged));
        assert!(code == 65 && message.starts_with(&format!("{damaged}: ")), "{command}: {code}: {message}");
    }
    assert!(!Path::new(&format!("{TMP}/none.onnx")).exists());
}

#[test]
fn init_writes_a_run_that_trains() {
    let (run_file, model) = (fresh("init.toml"), fresh("init.ckpt"));
    let told = stdout(&format!("init data/iris.csv -o {run_file}"));
    assert_eq!(told, format!("{run_file}: written; next: glassgrad train {run_file} -o model.ckpt\n"));
    assert_eq!(refusal(&format!("init data/iris.csv -o {run_file}")).0, 73);
    let same = |arguments: &str| stdout(arguments);
    // What is written has the defaults, so it is the run without it.
    assert_eq!(
        same(&format!("train {run_file} --epochs 3 -q")),
        same("train data/iris.csv --target target --epochs 3 -q")
    );
    let (code, _, note) = run(&format!("train {run_file} --epochs 1 -o {model}"));
    assert_eq!((code, note.as_str()), (0, ""));
    let text = stdout("init data/iris.csv --target petal_length -o -");
    assert!(text.contains("task = \"regression\"") && text.contains("loss = \"mse\""), "{text}");
}
