//! The commands that show, check and explain: on the textbook's page, a run of classes and a model.

mod program;

use program::{file, fresh, objects, refusal, run, stdout};
use serde_json::Value;
use std::collections::HashMap;
use std::fs;

const IRIS: &str = "[data]\ntrain = \"$DATA/iris.csv\"\ntarget = \"target\"\n[model]\nhidden = [5]\n";

/// A RUN.toml on iris, with more lines.
fn iris(name: &str, more: &str) -> String {
    let data = concat!(env!("CARGO_MANIFEST_DIR"), "/../../data");
    file(name, IRIS.replace("$DATA", data) + more)
}

/// The page's network with other numbers: [w1, b1, w2, b2], [x, y], and η.
fn page(name: &str, [w1, b1, w2, b2]: [f64; 4], [x, y]: [f64; 2], lr: f64) -> String {
    let text = include_str!("../src/chapter.toml");
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    for line in &mut lines {
        let key = line.split(['=', ' ']).next().unwrap_or_default().to_owned();
        let value = match key.as_str() {
            "rows" => format!("[[{x:?}, {y:?}]]"),
            "\"0.weight\"" => format!("[[{w1:?}]]"),
            "\"0.bias\"" => format!("[{b1:?}]"),
            "\"2.weight\"" => format!("[[{w2:?}]]"),
            "\"2.bias\"" => format!("[{b2:?}]"),
            "lr" => format!("{lr:?}"),
            _ => continue,
        };
        *line = format!("{key} = {value}");
    }
    file(name, lines.join("\n"))
}

/// The numbers of a trace by symbol.
fn numbers(arguments: &str) -> HashMap<String, f64> {
    let rows = objects(arguments).into_iter().filter_map(|row| {
        Some((row["symbol"].as_str().expect("a symbol").to_owned(), row["value"].as_f64()?))
    });
    rows.collect()
}

#[test]
fn the_page_in_the_program_is_the_example() {
    assert_eq!(include_str!("../src/chapter.toml"), include_str!("../../../examples/one_hidden_unit.toml"));
}

#[test]
fn a_trace_has_the_numbers_of_the_page() {
    let golden: Vec<Value> = serde_json::from_str(include_str!("../../../tests/golden/chapter.json"))
        .expect("the page in 25 digits");
    let found = numbers("trace");
    let mut checked = 0;
    for (key, expected) in golden[0].as_object().expect("a step") {
        let Some(expected) = expected.as_str() else { continue };
        let expected: f64 = expected.parse().expect("a number");
        let found = found.get(key).unwrap_or_else(|| panic!("no row {key}"));
        assert!((found - expected).abs() <= 1e-14 * expected.abs(), "{key}: {found:e}, {expected:e}");
        checked += 1;
    }
    assert!(checked >= 16, "{checked}");
}

/// The chain rule again, written out for this network.
#[test]
fn a_trace_is_right_for_any_numbers() {
    for (w, [x, y], lr) in [
        ([30.0, 0.0, 1.0, 0.0], [1.0, 0.5], 1.0),
        ([-0.7, 0.3, -1.9, 0.11], [2.5, -4.0], 0.05),
        ([1e-3, -8.0, 12.0, 5.0], [-3.0, 0.0], 3.0),
    ] {
        let [w1, b1, w2, b2] = w;
        let found = numbers(&format!("trace {}", page("any.toml", w, [x, y], lr)));
        let z1 = w1 * x + b1;
        let h = 1.0 / (1.0 + (-z1).exp());
        let y_hat = w2 * h + b2;
        let d_y_hat = y_hat - y;
        let slope = (-z1).exp() / (1.0 + (-z1).exp()).powi(2);
        let d_z1 = d_y_hat * w2 * slope;
        for (key, expected) in [
            ("z1", z1),
            ("h", h),
            ("y_hat", y_hat),
            ("loss", 0.5 * d_y_hat * d_y_hat),
            ("d_y_hat", d_y_hat),
            ("d_w2", d_y_hat * h),
            ("d_b2", d_y_hat),
            ("d_h", d_y_hat * w2),
            ("d_z1", d_z1),
            ("d_w1", d_z1 * x),
            ("d_b1", d_z1),
            ("new_w1", w1 - lr * d_z1 * x),
            ("new_w2", w2 - lr * d_y_hat * h),
        ] {
            let (found, slack) = (found[key], if key == "z1" { 4.0 * f64::EPSILON * b1.abs() } else { 0.0 });
            // h·(1 − h) loses the digits of 1 − h that h near 1 has not.
            let slack =
                slack + if key.contains('1') { 2.0 * f64::EPSILON * (d_y_hat * w2 * x).abs() } else { 0.0 };
            assert!(
                (found - expected).abs() <= 1e-14 * expected.abs() + slack,
                "{key}: {found:e}, {expected:e}"
            );
        }
    }
}

#[test]
fn a_trace_in_every_format_and_of_chosen_rows() {
    for (format, mark) in [
        ("text", "Step 0, forward"),
        ("markdown", "|---|"),
        ("latex", "\\begin{align*}"),
        ("csv", "step,stage"),
    ] {
        let text = stdout(&format!("trace --format {format}"));
        assert!(text.contains(mark), "{text}");
    }
    let given = numbers("trace --input 2 --target 0.25");
    assert_eq!((given["x"], given["y"], given["z1"]), (2.0, 0.25, 1.0));
    assert!(stdout("trace --steps 3 --decimals 7").contains("\nStep 2, verify\n"));

    let run = iris("trace.toml", "");
    let shape = |rows: &str| {
        let rows = objects(&format!("trace {run}{rows}"));
        let x = rows.into_iter().find(|row| row["symbol"] == "X" || row["symbol"] == "x").expect("x");
        x["value"].as_array().expect("rows").len()
    };
    assert_eq!((shape(""), shape(" --row 3")), (32, 1));
    // The batch is that of the run's next step: of shuffled rows, unless rows are not to be shuffled.
    let labels = |run: &str| {
        let rows = objects(&format!("trace {run}"));
        let y = rows.into_iter().find(|row| row["symbol"] == "y").expect("y");
        let labels = y["value"].as_array().expect("rows").iter().map(|row| row[0].to_string());
        labels.collect::<std::collections::HashSet<_>>().len()
    };
    assert_eq!((labels(&run), labels(&iris("in-order.toml", "[train]\nshuffle = false\n"))), (3, 1));
    let entry = stdout(&format!("trace {run} --entry 0.weight[1,2]"));
    assert!(entry.contains("[1,2]"), "{entry}");
    let model = fresh("trace.ckpt");
    stdout(&format!("train {run} --epochs 2 -o {model}"));
    assert!(stdout(&format!("trace {model} --row 0")).contains("Step 0, update"));
    // Numbers that are given need no data.
    assert!(stdout(&format!("trace {model} --input 0.1,-1,2,0.5 --target 2")).contains("Step 0, verify"));
}

#[test]
fn what_cannot_be_traced() {
    for (arguments, code, message) in [
        ("trace nope.toml", 66, "nope.toml: no such file; check the path and the working directory"),
        ("trace --row 3", 2, "--row 3: the training part has 1 row; expected 0"),
        ("audit nope.csv --row 0", 66, "nope.csv: no such file; check the path and the working directory"),
        (
            "trace --input 1,2 --target 1",
            2,
            "--input and --target: input \"x\": found shape [1, 2], expected [1, 1]",
        ),
        ("audit nope.toml", 66, "nope.toml: no such file; check the path and the working directory"),
    ] {
        assert_eq!(refusal(arguments), (code, message.to_owned()));
    }
    for (arguments, part) in [
        ("trace --row -1", "invalid value '-1' for '--row <ROW>'"),
        ("trace --decimals 101", "101 is not in 0..=100"),
        ("graph --decimals 18", "18 is not in 0..=17"),
        ("trace --steps 0", "0 is not in 1..=10000"),
    ] {
        let (code, _, errors) = run(arguments);
        assert!(code == 2 && errors.contains(part), "{arguments}: {code} {errors}");
    }
    let (code, message) = refusal("trace --entry q[0,0]");
    assert_eq!(code, 2);
    assert!(message.starts_with("--entry: found no value \"q\", expected one of: x, w1"), "{message}");
}

#[test]
fn an_audit_tells_right_from_wrong() {
    let (code, text, _) = run("audit examples/one_hidden_unit.claims.toml");
    assert_eq!(code, 1);
    assert!(
        text.ends_with("30 right, 2 right though the printed operands give another number, 1 wrong\n"),
        "{text}"
    );
    let right = file("right.csv", "symbol,step,printed,operands\nd_w2,0,0.0762,\nloss,1,0.0018,\n");
    assert_eq!(run(&format!("audit {right}")).0, 0);
    let object = &objects(&format!("audit {right}"))[0];
    assert_eq!(object["all_right"], true);
    assert_eq!(object["claims"].as_array().expect("claims").len(), 2);
    let typo = file("typo.csv", "symbol,step,printed,operands\nd_w9,0,0.0762,\n");
    let (code, message) = refusal(&format!("audit {typo}"));
    assert_eq!(code, 65);
    assert!(
        message.starts_with(&format!("{typo}:2:1: symbol: found no value \"d_w9\" in step 0")),
        "{message}"
    );
}

#[test]
fn a_graph_is_drawn_and_never_over_another() {
    let picture = fresh("graph.svg");
    assert_eq!(stdout(&format!("graph -o {picture}")), format!("{picture}: 10 values\n"));
    assert_eq!(fs::read_to_string(&picture).expect("a picture"), stdout("graph"));
    assert!(
        stdout("graph --format dot").starts_with("digraph")
            && stdout("graph --format mermaid").starts_with("flowchart")
    );
    let (code, message) = refusal(&format!("graph -o {picture}"));
    assert_eq!(code, 73);
    assert!(message.contains("add --force"), "{message}");
    stdout(&format!("graph -o {picture} --force"));
}

#[test]
fn derivatives_are_checked() {
    let report = &objects("gradcheck")[0];
    assert_eq!(report["tensors"].as_array().expect("tensors").len(), 4);
    assert!(
        stdout(&format!("gradcheck {} --row 0", iris("gradcheck.toml", "activation = \"tanh\"\n")))
            .ends_with("right\n")
    );
    // At a kink there is no derivative, and central differences say so: z = 0 under a ReLU.
    let kink = page("kink.toml", [0.0, 0.0, 1.0, 0.0], [1.0, 0.5], 1.0);
    let text = fs::read_to_string(&kink).expect("the page").replace("\"sigmoid\"", "\"relu\"");
    let (code, text, _) = run(&format!("gradcheck {}", file("kink.toml", text)));
    assert_eq!(code, 1, "{text}");
    assert!(text.ends_with("WRONG\n"), "{text}");
}

#[test]
fn learning_rates_are_mapped() {
    let picture = fresh("lr-map.svg");
    let map = &objects(&format!("lr-map -o {picture}"))[0];
    let limit = map["curvature"].as_array().expect("points").last().expect("a point").clone();
    for (key, expected) in
        [("largest", 1.477_082_684_459_44), ("best_lr", 0.677_010_170_467), ("critical_lr", 1.354_020_340_93)]
    {
        let found = limit[key].as_f64().expect("a number");
        assert!((found - expected).abs() < 1e-11, "{key}: {found}");
    }
    assert!(fs::read_to_string(picture).expect("a picture").ends_with("</svg>\n"));
    let map = &objects("lr-map --rates 2.5,0.677")[0];
    let outcomes: Vec<_> = map["trials"].as_array().expect("trials").iter().map(|t| &t["outcome"]).collect();
    assert_eq!(outcomes, ["converges", "diverges"]);
}

#[test]
fn a_step_is_audited_and_rows_are_ranked() {
    let step = &objects("step-audit")[0]["step"];
    for (key, expected) in
        [("first_order", -0.022_463_076_1), ("second_order", -0.005_524_667_7), ("actual", -0.005_696_476_9)]
    {
        assert!((step[key].as_f64().expect("a number") - expected).abs() < 1e-10, "{key}: {step}");
    }
    // One row of iris gets another class.
    let iris = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../data/iris.csv")).expect("iris");
    let mut lines: Vec<&str> = iris.lines().collect();
    let flipped = lines[10].strip_suffix(",0").expect("the first class").to_owned() + ",2";
    lines[10] = &flipped;
    let data = file("flipped.csv", lines.join("\n") + "\n");
    let model = fresh("flipped.ckpt");
    stdout(&format!("train {data} --target target --validation 0 --epochs 60 --lr 0.01 -o {model}"));
    let rows = &objects(&format!("step-audit {model} --top 3"))[0]["rows"];
    assert_eq!(rows[0]["row"], 9, "line 11 of the file: {rows}");
    assert_eq!(rows.as_array().expect("rows").len(), 3);
}

#[test]
fn a_diagnosis_has_numbers_and_an_exit_code() {
    let stuck = page("stuck.toml", [20.0, 0.0, 1.0, 0.0], [1.0, 0.5], 0.5);
    let (code, text, _) = run(&format!("diagnose {stuck}"));
    assert_eq!(code, 1);
    assert!(text.contains("\nvanishing-gradient (0 to 2): ") && text.contains("\n  do:  "), "{text}");

    let healthy = iris("healthy.toml", "[train]\nepochs = 30\n");
    let (code, text, _) = run(&format!("diagnose {healthy}"));
    assert_eq!((code, text.as_str()), (0, "0 findings in 120 steps\n"));

    // A run that diverges is the reason to ask, no error; and NaN are found where they came from.
    let far = iris("far.toml", "[optimizer]\nname = \"sgd\"\nlr = 1e30\n");
    let (code, text, _) = run(&format!("diagnose {far} --json"));
    let diagnosis: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(code, 1, "{text}");
    let ids: Vec<_> =
        diagnosis["findings"].as_array().expect("findings").iter().map(|f| &f["rule"]["id"]).collect();
    assert!(
        ids.iter().any(|id| *id == "non-finite" || *id == "loss-grew" || *id == "lr-above-critical"),
        "{ids:?}"
    );
    let model = fresh("diagnose.ckpt");
    stdout(&format!("train {healthy} -o {model}"));
    assert_eq!(run(&format!("diagnose {model}")).0, 0);
}
