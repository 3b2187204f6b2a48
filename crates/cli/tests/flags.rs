//! A wrong flag is named, and so is what it may be; the exit code is 2 and nothing is trained.

mod program;

use program::run;

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
    const SHARE: &str = "for '--validation <SHARE>': expected a number between 0 and 1, both excluded";
    const WIDTHS: &str = "for '--hidden <WIDTHS>': expected a whole number of at least 1";
    const SEED: &str = "for '--seed <SEED>': expected a whole number from 0 to 18446744073709551615";
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
        ("--validation", "0", SHARE),
        ("--validation", "1", SHARE),
        ("--validation", "nan", SHARE),
        ("--hidden", "0", WIDTHS),
        ("--hidden", "-8", WIDTHS),
        ("--epochs", "0", "for '--epochs <COUNT>': expected a whole number of at least 1"),
        ("--seed", "-1", SEED),
        ("--seed", "x", SEED),
    ] {
        let message = misuse(&format!("{flag} {value}"));
        assert!(message.starts_with(&format!("invalid value '{value}' {expected}\n")), "{message}");
    }
    assert!(misuse("--hidden 64,0").starts_with(&format!("invalid value '0' {WIDTHS}\n")));
    assert!(misuse("--hidden 64,,8").starts_with(&format!("invalid value '' {WIDTHS}\n")));
}

#[test]
fn numbers_beyond_all_use() {
    let message = misuse("--batch 99999999999999999999999");
    assert!(message.contains("for '--batch <ROWS>': more than a computer can count"), "{message}");
    assert_eq!(
        misuse("--hidden 65536,65536"),
        "--hidden 65536,65536: a network of 4295557123 parameters; expected at most 67108864, for which training \
         takes 1 GiB; choose smaller widths\n"
    );
    let widest = misuse(&format!("--hidden {0},{0},{0}", u64::MAX));
    assert!(widest.contains("expected at most 67108864"), "{widest}");
}

#[test]
fn a_share_that_leaves_a_side_without_rows() {
    assert_eq!(
        misuse("--validation 0.001"),
        "--validation 0.001: a fraction of 0.001 holds out 0 of 150 rows; expected at least one row on each side\n"
    );
}

#[test]
fn unknown_flags_and_choices() {
    assert!(misuse("--rate 0.1").starts_with("unexpected argument '--rate' found\n"));
    let typo = misuse("--epoch 3");
    assert!(typo.contains("a similar argument exists: '--epochs'"), "{typo}");
    let typo = misuse("--activation rellu");
    assert!(typo.contains("[possible values: relu, tanh, sigmoid, gelu, silu]"), "{typo}");
    assert!(typo.contains("a similar value exists: 'relu'"), "{typo}");
}

#[test]
fn what_is_missing() {
    for (arguments, expected) in [
        ("", "Usage: glassgrad <COMMAND>"),
        ("train", "<DATA>"),
        ("train data/iris.csv", "--target <COLUMN>"),
        ("test", "unrecognized subcommand 'test'"),
    ] {
        let (code, _, message) = run(arguments);
        assert_eq!(code, 2, "{arguments}: {message}");
        assert!(message.contains(expected), "{arguments}: {message}");
    }
}
