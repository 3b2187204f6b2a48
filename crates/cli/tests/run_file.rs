//! RUN.toml: what is wrong with it is told with its place, and `docs/run.md` lists every key with its default.

mod program;

use program::{file, fresh, refusal, stdout};
use std::collections::BTreeMap;

const DOCS: &str = include_str!("../../../docs/run.md");

#[test]
fn what_is_wrong_is_told_with_its_place() {
    for (text, expected) in [
        ("sed = 1", "1:1: unknown key \"sed\"; did you mean \"seed\"?"),
        ("[model]\nhiden = [3]", "2:1: unknown key \"model.hiden\"; did you mean \"hidden\"?"),
        ("[optimizer]\nepochs = 3", "2:1: unknown key \"optimizer.epochs\"; \"epochs\" is a key of [train]"),
        ("[train]\nseed = 3", "2:1: unknown key \"train.seed\"; \"seed\" stands before the first table"),
        (
            "[train.early_stoping]\npatience = 3",
            "1:8: unknown key \"train.early_stoping\"; did you mean \"early_stopping\"?",
        ),
        ("seed = -1", "1:8: seed: found -1; expected a whole number from 0 to 9223372036854775807"),
        (
            "precision = \"f23\"",
            "1:13: precision: found \"f23\"; did you mean \"f32\"? expected one of \"f32\", \"f64\"",
        ),
        (
            "# é\ndata.validation = 1.5",
            "2:19: data.validation: found 1.5; expected a number from 0 to below 1",
        ),
        ("[optimizer]\nlr = \"fast\"", "2:6: optimizer.lr: found string \"fast\"; expected a number"),
        ("[optimizer]\nlr = nan", "2:6: optimizer.lr: found NaN; expected a finite number above 0"),
        ("[train]\nepochs = 0", "2:10: train.epochs: found 0; expected a whole number of at least 1"),
        ("[train]\nbatch = 1.5", "2:9: train.batch: found floating point `1.5`; expected a whole number"),
        (
            "[train]\nbatch = 99999999999999999999",
            "2:9: train.batch: found 99999999999999999999; expected a whole number of at least 1, and at most 9223372036854775807",
        ),
        (
            "seed = 9223372036854775808",
            "1:8: seed: found 9223372036854775808; expected a whole number from 0 to 9223372036854775807",
        ),
        ("[data]\ntrain = \"\"", "2:9: data.train: found nothing; expected the path of a file"),
        ("[data]\ntest_labels = \"\"", "2:15: data.test_labels: found nothing; expected the path of a file"),
        (
            "[model]\nparameters.file = \"\"",
            "2:19: model.parameters.file: expected the path of a file of weights",
        ),
        (
            "[model]\nhidden = \"64\"",
            "2:10: model.hidden: expected a list of widths, whole numbers such as [64, 64]",
        ),
        (
            "[model]\nhidden = 0",
            "2:10: model.hidden: found a width of 0; expected a whole number of at least 1",
        ),
        (
            "[train]\nshards = 3",
            "2:10: train.shards: found 3; expected a power of two up to 65536, or 0 for whole batches",
        ),
        (
            "[data]\ndelimiter = \"é\"",
            "2:13: data.delimiter: found \"é\"; expected tab, or one ASCII character, such as ';', that is no quote, line break or NUL",
        ),
        (
            "[data]\ndelimiter = \"\\n\"",
            "2:13: data.delimiter: found \"\\n\"; expected tab, or one ASCII character, such as ';', that is no quote, line break or NUL",
        ),
        (
            "[data]\ndelimiter = \"\\u0000\"",
            "2:13: data.delimiter: found \"\\0\"; expected tab, or one ASCII character, such as ';', that is no quote, line break or NUL",
        ),
        (
            "[model]\nhidden = [3, 0]",
            "2:10: model.hidden: found a width of 0; expected a whole number of at least 1",
        ),
        ("[data]\ntarget = 3", "2:10: data.target: expected the name of a column, or a list of names"),
        ("model = 3", "1:9: model: found integer `3`; expected a table"),
        ("seed 1", "1:6: key with no value, expected `=`"),
    ] {
        let path = file("wrong.toml", text);
        assert_eq!(refusal(&format!("train {path}")), (2, format!("{path}:{expected}")), "{text}");
    }
    let path = file("activation.toml", "[model]\nactivation = \"rellu\"");
    let expected = "2:14: model.activation: found \"rellu\"; did you mean \"relu\"? expected one of \"relu\", \"leaky_relu\", \
                    \"elu\", \"gelu\", \"gelu_tanh\", \"silu\", \"softplus\", \"sigmoid\", \"tanh\"";
    assert_eq!(refusal(&format!("train {path}")), (2, format!("{path}:{expected}")));
    let (code, message) = refusal("train runs.toml");
    assert_eq!(
        (code, message.as_str()),
        (66, "runs.toml: no such file; check the path and the working directory")
    );
}

#[cfg(target_os = "linux")]
#[test]
fn a_file_without_end_is_not_read_to_its_end() {
    let path = fresh("zero.toml");
    std::os::unix::fs::symlink("/dev/zero", &path).expect("a link");
    let expected = format!("{path}: more than 16777216 bytes; expected a RUN.toml, which is written by hand");
    assert_eq!(refusal(&format!("train {path}")), (2, expected));
}

#[test]
fn parameters_that_are_no_numbers_are_told_with_their_place() {
    for (text, expected) in [
        (
            "[model.parameters]\n\"0.bias\" = 'x'",
            "2:12: model.parameters.\"0.bias\": expected numbers: a bias is [0.0, 0.5], a weight [[0.0, 0.5], [1.0, 1.5]]",
        ),
        ("[model.parameters]\n\"0.bias\" = [1, 'x']", "2:16: model.parameters.\"0.bias\": expected a number"),
        (
            "[model.parameters]\n\"0.weight\" = [[1, 'x']]",
            "2:19: model.parameters.\"0.weight\": expected a number",
        ),
        (
            "[model.parameters]\n\"0.weight\" = [[1], 2]",
            "2:20: model.parameters.\"0.weight\": expected a row of numbers, as the others are",
        ),
        (
            "[model.parameters]\n\"0.bias\" = [9223372036854775808]",
            "2:13: model.parameters.\"0.bias\": expected a smaller whole number, or one with a point",
        ),
        (
            "[model.parameters]\n0.weight = [[1]]",
            "2:1: model.parameters.0: found a table; a name with dots stands in quotes: \"0.weight\" = [[0.0, 0.5], [1.0, 1.5]]",
        ),
        (
            "[model.parameters]\nfile = 3",
            "2:8: model.parameters.file: expected the path of a file of weights",
        ),
    ] {
        let path = file("no-numbers.toml", text);
        assert_eq!(refusal(&format!("train {path}")), (2, format!("{path}:{expected}")), "{text}");
    }
}

#[test]
fn explicit_parameters_must_fit() {
    let run = |parameters: &str| {
        let path = file(
            "parameters.toml",
            format!(
                "[data]\nrows = [[1, 2], [2, 4]]\nvalidation = 0\n[model]\nhidden = [2]\n[model.parameters]\n{parameters}\n"
            ),
        );
        let (code, message) = refusal(&format!("train {path}"));
        let message = message.strip_prefix(&format!("{path}:7:1: ")).unwrap_or_else(|| panic!("{message}"));
        (code, message.to_owned())
    };
    for (parameters, expected) in [
        (
            "\"0.wieght\" = [[1], [2]]",
            "model.parameters.\"0.wieght\": no such parameter; did you mean \"0.weight\"? the network has 0.weight, 0.bias, 2.weight, 2.bias",
        ),
        (
            "\"0.weight\" = [[1, 2]]",
            "model.parameters.\"0.weight\": found 1 row; expected 2 rows of 1 number",
        ),
        (
            "\"0.bias\" = [1]",
            "model.parameters.\"0.bias\": found 1 number in row 0 (counted from 0); expected 1 row of 2 numbers",
        ),
        (
            "\"0.bias\" = [1, 1e39]",
            "model.parameters.\"0.bias\": found 1e39; expected finite numbers that fit the precision",
        ),
    ] {
        assert_eq!(run(parameters), (2, expected.to_owned()));
    }
}

#[test]
fn what_has_no_effect_is_told_with_its_place_or_its_flag() {
    const DATA: &str = "[data]\nrows = [[1, 2], [2, 4]]\n";
    let told = |text: &str, flags: &str| {
        let path = file("told.toml", format!("{DATA}{text}"));
        let (code, message) = refusal(&format!("train {path} {flags}"));
        (code, message.replace(&path, "told.toml"))
    };
    let because = "expected sgd (--optimizer, optimizer.name) beside it; adam has no momentum";
    let momentum = "[optimizer]\n# of sgd\nmomentum = 0.9";
    for (text, flags, expected) in [
        (momentum, "", format!("told.toml:5:1: optimizer.momentum = 0.9: {because}")),
        ("optimizer.momentum = 0.9", "", "told.toml:3:1: unknown key \"data.optimizer\"; ".into()),
        (momentum, "--momentum 0.8", format!("--momentum 0.8 (optimizer.momentum): {because}")),
        (momentum, "--momentum 0.9", format!("--momentum 0.9 (optimizer.momentum): {because}")),
        ("", "--momentum 0.8", format!("--momentum 0.8 (optimizer.momentum): {because}")),
        (
            "target = [\"y\", \"y\"]",
            "",
            "told.toml:3:1: data.target = [\"y\", \"y\"]: target column \"y\" was named twice".into(),
        ),
        ("", "--target y,y", "--target y,y (data.target): target column \"y\" was named twice".into()),
        (
            "[train]",
            "",
            "--validation 0.2 (data.validation, its default): a fraction of 0.2 holds out 0".into(),
        ),
        (
            "  validation = 0.01",
            "",
            "told.toml:3:3: data.validation = 0.01: a fraction of 0.01 holds out 0".into(),
        ),
        (
            "validation = 0\n[model]\nloss = \"cross_entropy\"",
            "--task regression",
            "told.toml:5:1: model.loss = \"cross_entropy\": ".into(),
        ),
        (
            "validation = 0\n[model]\nhidden = [99999999, 2]",
            "",
            "told.toml:5:1: model.hidden = [99999999, 2]: a network of ".into(),
        ),
        (
            "stream = true",
            "",
            "told.toml:3:1: data.stream = true: found data.rows, which are in memory".into(),
        ),
        ("", "--stream", "--stream (data.stream): found data.rows, which are in memory".into()),
        ("train = \"data/iris.csv\"", "", "told.toml:2:1: data.rows: found beside the file ".into()),
    ] {
        let (code, message) = told(text, flags);
        assert!(code == 2 && message.starts_with(&expected), "{text} {flags}: {code}: {message}");
    }
}

#[test]
fn rows_are_told_with_their_place() {
    for (text, expected) in [
        (
            "data.rows = [\n  [1, 2], [2, 4],\n  [3],\n]",
            ":3:3: data.rows:3: found 1 number; expected 2, as the first row has",
        ),
        ("data.rows = [[1]]", ":1:6: data.rows: no features beside the target; expected at least one"),
        ("data.rows = [[1, 2], [2, 3], [2, nan]]", ": data.rows:3:2 (column \"y\"): a missing value; "),
    ] {
        let path = file("rows.toml", text);
        let (code, message) = refusal(&format!("train {path}"));
        let message = message.strip_prefix(&path).unwrap_or_else(|| panic!("{message}"));
        assert!(code == 65 && message.starts_with(expected), "{text}: {code}: {message}");
    }
}

/// The keys of the documentation, and their defaults where they have one.
fn documented() -> BTreeMap<String, Option<String>> {
    let rows = DOCS.lines().filter_map(|line| line.strip_prefix("| `"));
    let keys = rows.map(|row| {
        let mut cells = row.split(" | ");
        let key = cells.next().expect("a key").trim_end_matches('`').to_owned();
        let default = cells.next().expect("a default").trim_matches('`');
        (key, (default != "–").then(|| default.to_owned()))
    });
    keys.collect()
}

#[test]
fn every_key_is_documented() {
    let keys = documented();
    assert!(keys.len() > 30);
    // What the program says of a table that has a key unlike any other.
    let tables = ["", "data", "model", "optimizer", "train", "train.early_stopping"];
    for table in tables {
        let text =
            if table.is_empty() { "qqqqqqqqqqqq = 1".into() } else { format!("[{table}]\nqqqqqqqqqqqq = 1") };
        let (_, message) = refusal(&format!("train {}", file("unknown.toml", text)));
        let (_, names) = message.split_once("expected one of ").unwrap_or_else(|| panic!("{message}"));
        let known: Vec<String> = names.split(", ").map(|name| name.trim_matches('"').to_owned()).collect();
        let here = |key: &String| {
            let rest = if table.is_empty() {
                Some(key.as_str())
            } else {
                key.strip_prefix(table)?.strip_prefix('.')
            };
            Some(rest?.split('.').next()?.to_owned())
        };
        let mut expected: Vec<String> = keys.keys().filter_map(here).collect();
        expected.dedup();
        let mut sorted = known.clone();
        sorted.sort();
        expected.sort();
        assert_eq!(sorted, expected, "[{table}]");
    }
}

#[test]
fn documented_defaults_are_the_defaults() {
    // A key without a default is given by flag, or left out.
    let defaults: Vec<_> =
        documented().into_iter().filter_map(|(key, default)| Some(format!("{key} = {}", default?))).collect();
    let text = defaults.join("\n");
    let path = file("defaults.toml", text);
    for target in ["target", "petal_length"] {
        let plain = stdout(&format!("train data/iris.csv --target {target} --epochs 2"));
        assert_eq!(stdout(&format!("train {path} --data data/iris.csv --target {target} --epochs 2")), plain);
    }
}

#[test]
fn flags_overrule_the_file() {
    let path = file(
        "overruled.toml",
        "seed = 5\n[model]\nhidden = 8\nactivation = \"tanh\"\n[train]\nepochs = 2\nshuffle = true\n",
    );
    let flags = "--data data/iris.csv --target target --seed 0 --hidden 64 --activation relu --epochs 3";
    let plain = stdout("train data/iris.csv --target target --epochs 3");
    assert_eq!(stdout(&format!("train {path} {flags}")), plain);
    assert_ne!(stdout(&format!("train {path} --data data/iris.csv --target target --epochs 3")), plain);
}

#[test]
fn paths_are_relative_to_the_folder_of_the_file() {
    file("beside.csv", std::fs::read("../../data/iris.csv").expect("iris"));
    let path =
        file("beside.toml", "[data]\ntrain = \"beside.csv\"\ntarget = \"target\"\n[train]\nepochs = 1\n");
    stdout(&format!("train {path}"));
}
