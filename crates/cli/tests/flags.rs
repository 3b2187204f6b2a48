//! A wrong flag is named, and so is what it may be; the exit code is 2 and nothing is trained.

mod program;

use program::{file, refusal, run};

/// What is said of iris with one more flag, after "error: ".
fn misuse(flag: &str) -> String {
    let (code, results, message) = run(&format!("train data/iris.csv --target target {flag}"));
    assert_eq!((code, results.as_str()), (2, ""), "{flag}: {message}");
    message.strip_prefix("error: ").unwrap_or_else(|| panic!("{flag}: {message}")).to_owned()
}

#[test]
fn values_out_of_range() {
    const RATE: &str = "for '--lr <RATE>': expected a finite number above 0";
    const ROWS: &str = "for '--batch <ROWS>': expected a whole number of at least 1";
    const SHARE: &str = "for '--validation <SHARE>': expected a number from 0 to below 1";
    const WIDTHS: &str = "for '--hidden <WIDTHS>': expected a whole number of at least 1, but found ";
    const SEED: &str = "for '--seed <SEED>': expected a whole number from 0 to 9223372036854775807";
    for (flag, value, expected) in [
        ("--lr", "nan", RATE),
        ("--lr", "-1", RATE),
        ("--lr", "-1e-3", RATE),
        ("--lr", "-nan", RATE),
        ("--lr", "--batch", RATE),
        ("--lr", "0", RATE),
        ("--lr", "inf", RATE),
        ("--lr", "fast", RATE),
        ("--batch", "0", ROWS),
        ("--batch", "-32", ROWS),
        ("--batch", "1.5", ROWS),
        ("--validation", "1.5", SHARE),
        ("--validation", "-0.2", SHARE),
        ("--dropout", "1", "for '--dropout <SHARE>': expected a number from 0 to below 1"),
        ("--momentum", "1.1", "for '--momentum <SHARE>': expected a number from 0 to below 1"),
        ("--weight-decay", "-1", "for '--weight-decay <NUMBER>': expected a finite number of at least 0"),
        ("--patience", "-1", "for '--patience <COUNT>': expected a whole number of at least 0"),
        ("--validation", "1", SHARE),
        ("--validation", "nan", SHARE),
        ("--epochs", "0", "for '--epochs <COUNT>': expected a whole number of at least 1"),
        ("--threads", "0", "for '--threads <COUNT>': expected a whole number of at least 1"),
        ("--seed", "-1", SEED),
        ("--seed", "x", SEED),
    ] {
        let message = misuse(&format!("{flag} {value}"));
        let whole = format!("invalid value '{value}' {expected}\n\nFor more information, try '--help'.\n");
        assert_eq!(message, whole);
    }
    for (value, width) in [("0", "0"), ("-8", "-8"), ("64,0", "0"), ("64,,8", "")] {
        let message = misuse(&format!("--hidden {value}"));
        assert!(message.starts_with(&format!("invalid value '{value}' {WIDTHS}\"{width}\"\n")), "{message}");
    }
}

#[test]
fn numbers_beyond_all_use() {
    let message = misuse("--batch 99999999999999999999999");
    assert!(message.contains("for '--batch <ROWS>': more than a computer can count"), "{message}");
    assert_eq!(
        misuse("--hidden 65536,65536"),
        "--hidden 65536,65536 (model.hidden): a network of 4295557123 parameters; expected at most 67108864, for which training \
         takes 1 GiB; choose smaller widths\n"
    );
    let widest = misuse(&format!("--hidden {0},{0},{0}", i64::MAX));
    assert!(widest.contains("expected at most 67108864"), "{widest}");
}

#[test]
fn a_share_that_leaves_a_side_without_rows() {
    assert_eq!(
        misuse("--validation 0.001"),
        "--validation 0.001 (data.validation): a fraction of 0.001 holds out 0 of 150 rows; expected at least one row on \
         each side; 0 holds nothing out\n"
    );
}

#[test]
fn unknown_flags_and_choices() {
    assert!(misuse("--rate 0.1").starts_with("unexpected argument '--rate' found\n"));
    let typo = misuse("--epoch 3");
    assert!(typo.contains("a similar argument exists: '--epochs'"), "{typo}");
    assert_eq!(
        misuse("--activation rellu"),
        "invalid value 'rellu' for '--activation <ACTIVATION>'\n  \
         [possible values: relu, leaky_relu, elu, gelu, gelu_tanh, silu, softplus, sigmoid, tanh]\n\n  \
         tip: a similar value exists: 'relu'\n\nFor more information, try '--help'.\n"
    );
}

#[test]
fn what_is_missing() {
    for (arguments, expected) in [
        ("", "Usage: glassgrad [OPTIONS] <COMMAND>"),
        ("train", "no data: expected a file to train on, as in `glassgrad train house.csv --target price`"),
        (
            "train data/iris.csv",
            "--target (data.target): no column is named; expected the one to predict: the columns are",
        ),
        ("predict", "<MODEL>"),
        ("export model.ckpt -o net.onnx", "--to <FORMAT>"),
        ("test", "unrecognized subcommand 'test'"),
    ] {
        let (code, _, message) = run(arguments);
        assert_eq!(code, 2, "{arguments}: {message}");
        assert!(message.contains(expected), "{arguments}: {message}");
    }
}

#[test]
fn a_delimiter_that_nothing_is_cut_at() {
    let tsv = file("cut.tsv", "x\ty\n1\t2\n2\t4\n3\t6\n");
    for (arguments, expected) in [
        (
            format!("train {tsv} --target y"),
            "--delimiter ; (data.delimiter): expected a CSV file beside it; ",
        ),
        (format!("init {tsv} -o -"), "--delimiter ;: expected a CSV file beside it, but found "),
    ] {
        let (code, message) = refusal(&format!("{arguments} --delimiter ;"));
        assert!(code == 2 && message.starts_with(expected), "{arguments}: {code}: {message}");
    }
    let model = format!("{}/cut.ckpt", program::TMP);
    let train = format!("train {tsv} --target y --validation 0 --epochs 1 -q -o {model} --force");
    program::stdout(&train);
    let (code, message) = refusal(&format!("predict {model} {tsv} --delimiter ;"));
    assert!(
        code == 2 && message.starts_with("--delimiter ;: expected a CSV file beside it"),
        "{code}: {message}"
    );
}

#[test]
fn a_tab_has_names() {
    let csv = file("tab.csv", "x\ty\n1\t2\n2\t4\n3\t6\n");
    let run = file("tab.toml", "data.delimiter = \"\\t\"");
    let rest = "--target y --validation 0 --epochs 1";
    let by_file = program::stdout(&format!("train {run} --data {csv} {rest}"));
    for name in ["tab", "\\t"] {
        assert_eq!(program::stdout(&format!("train {csv} {rest} --delimiter {name}")), by_file, "{name}");
    }
    assert!(misuse("--delimiter tabs").contains("expected tab, or one ASCII character"));
}

#[test]
fn a_name_with_a_comma_is_for_the_file() {
    let csv = file("comma.csv", "\"a,b\",c\n1,2\n2,4\n3,6\n");
    for (flag, key) in [("--target a,b", "target"), ("--target c --ignore a,b", "ignore")] {
        let (code, message) = refusal(&format!("train {csv} {flag}"));
        let hint = format!(
            "; the flag is cut at its commas, but a RUN.toml takes names that have some: data.{key} = [\"a,b\"]"
        );
        assert!(code == 65 && message.ends_with(&hint), "{code}: {message}");
    }
    let cut = file("cut.toml", "[data]\ntrain = \"comma.csv\"\ntarget = [\"a\", \"b\"]");
    for no_comma in [format!("{csv} --target a"), cut] {
        let (_, message) = refusal(&format!("train {no_comma}"));
        assert!(message.contains("no column named") && !message.contains("RUN.toml"), "{message}");
    }
    let run = file(
        "comma.toml",
        "[data]\ntrain = \"comma.csv\"\ntarget = \"a,b\"\nvalidation = 0\n[train]\nepochs = 1",
    );
    program::stdout(&format!("train {run}"));
}

#[test]
fn numbers_that_round_out_of_their_range() {
    let told = |key: &str, becomes: &str| format!("{key}: rounds to {becomes} in f32; expected a ");
    assert!(misuse("--lr 1e-46").starts_with(&told("--lr 1e-46 (optimizer.lr)", "0")));
    assert!(misuse("--lr 1e39").starts_with(&told("--lr 1e39 (optimizer.lr)", "infinity")));
    assert!(
        misuse("--optimizer sgd --momentum 0.999999999")
            .starts_with(&told("--momentum 0.999999999 (optimizer.momentum)", "1"))
    );
    for (text, key, becomes) in [
        ("[optimizer]\neps = 1e-46", "optimizer.eps = 1e-46", "0"),
        ("[optimizer]\nweight_decay = 1e40", "optimizer.weight_decay = 1e40", "infinity"),
        ("[model]\ndelta = 1e-46\nloss = 'huber'", "model.delta = 1e-46", "0"),
        ("[model]\ndropout = 0.999999999", "model.dropout = 0.999999999", "1"),
        ("[optimizer]\nbeta2 = 1e-50", "optimizer.beta2 = 1e-50", "0"),
    ] {
        let path = file("rounding.toml", text);
        let (code, message) = refusal(&format!("train {path} --data data/iris.csv"));
        assert!(code == 2 && message.starts_with(&told(&format!("{path}:2:1: {key}"), becomes)), "{message}");
    }
    // All of them are numbers in f64, and f32 has smaller ones than those it writes in full.
    for flags in ["--lr 1e-46 --precision f64", "--lr 1e-45"] {
        program::stdout(&format!("train data/iris.csv --target target --epochs 1 {flags}"));
    }
}

#[test]
fn settings_that_do_not_go_together() {
    for (flags, expected) in [
        (
            "--optimizer adam --momentum 0.9",
            "--momentum 0.9 (optimizer.momentum): expected sgd (--optimizer, optimizer.name) beside it;",
        ),
        (
            "--optimizer sgd --nesterov",
            "--nesterov (optimizer.nesterov): expected a momentum above 0 beside it",
        ),
        (
            "--nesterov",
            "--nesterov (optimizer.nesterov): expected sgd (--optimizer, optimizer.name) beside it; adam",
        ),
        ("--hidden none --dropout 0.2", "--dropout 0.2 (model.dropout): expected a hidden layer "),
        ("--hidden none --activation tanh", "--activation tanh (model.activation): expected a hidden layer "),
        (
            "--validation 0 --patience 3",
            "--patience 3 (train.early_stopping.patience): expected rows held out (--validation, data.validation) ",
        ),
        (
            "--loss mse --task classification",
            "--loss mse (model.loss): found classes; expected cross_entropy, or --task regression",
        ),
        (
            "--loss cross_entropy --task regression",
            "--loss cross_entropy (model.loss): found values; expected a loss for them",
        ),
        (
            "--loss binary_cross_entropy",
            "--loss binary_cross_entropy (model.loss): found 3 classes; expected 2, or cross_entropy",
        ),
    ] {
        let message = misuse(flags);
        assert!(message.starts_with(expected), "{flags}: {message}");
    }
    for (flags, expected) in [
        ("--window 100", "--window 100 (data.window): expected --stream (data.stream) beside it"),
        (
            "--test-labels none",
            "--test-labels none (data.test_labels): labels of no data; expected --test (data.test) beside it",
        ),
    ] {
        let message = misuse(flags);
        assert!(message.starts_with(expected), "{flags}: {message}");
    }
    for (text, expected) in [
        ("[data]\nlabels = \"l.idx\"\nrows = [[1.0, 2.0]]", ":2:1: data.labels = "),
        ("[model]\ndelta = 2.0", ":2:1: model.delta = 2.0: expected --loss huber (model.loss) beside it;"),
        (
            "[optimizer]\nname = \"sgd\"\nbeta1 = 0.8",
            ":3:1: optimizer.beta1 = 0.8: expected adam or adamw (--optimizer, optimizer.name) beside it;",
        ),
        (
            "[optimizer]\nname = \"rmsprop\"\nbeta2 = 0.8",
            ":3:1: optimizer.beta2 = 0.8: expected adam or adamw ",
        ),
        (
            "[model]\ninit = \"zeros\"\nparameters.file = \"w.safetensors\"",
            ":2:1: model.init = \"zeros\": found beside a file of all parameters (model.parameters.file); ",
        ),
        (
            "[data]\nrows = [[1, 2]]\ndelimiter = \";\"",
            ":3:1: data.delimiter = \";\": expected a CSV file beside it; ",
        ),
        ("[optimizer]\nalpha = 0.8", ":2:1: optimizer.alpha = 0.8: expected rmsprop "),
        (
            "[optimizer]\nname = \"sgd\"\neps = 1e-8",
            ":3:1: optimizer.eps = 1e-8: expected another rule than sgd ",
        ),
    ] {
        let path = file("together.toml", text);
        let (code, message) = refusal(&format!("train {path}"));
        let message = message.strip_prefix(&path).unwrap_or(&message);
        assert!(code == 2 && message.starts_with(expected), "{text}: {code}: {message}");
    }
}
