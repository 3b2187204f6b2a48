//! Data that are not as they must be: the file, the line and the column are named, and nothing is written.

mod program;

use flate2::Compression;
use flate2::write::GzEncoder;
use program::{TMP, file, fresh, lines, refusal, run, stdout};
use std::io::Write;
use std::path::Path;

#[test]
fn a_target_that_is_not_there() {
    assert_eq!(
        refusal("train data/iris.csv --target targt"),
        (
            65,
            "data/iris.csv:1: no column named \"targt\"; did you mean \"target\"? the columns are \
             \"sepal_length\", \"sepal_width\", \"petal_length\", \"petal_width\", \"target\""
                .into()
        )
    );
}

#[test]
fn files_that_cannot_be_read() {
    for (path, expected) in [
        ("data/irises.csv", "no such file; check the path and the working directory"),
        ("irises", "no such file; check the path and the working directory"),
        ("data", "a folder; expected a CSV file: name a file inside it"),
    ] {
        for command in
            ["train {} --target target", "train {} --target target -o $TMP/never.ckpt", "init {} -o -"]
        {
            let found = refusal(&command.replace("{}", path));
            assert_eq!(found, (66, format!("{path}: {expected}")), "{command}");
        }
    }
    assert!(!Path::new(&format!("{TMP}/never.ckpt")).exists());
    let (code, message) = refusal("train Cargo.lock --target target");
    assert_eq!(code, 65);
    assert!(message.starts_with("Cargo.lock: its name does not tell what it is; expected"), "{message}");
}

#[test]
fn files_with_something_wrong_in_them() {
    let model = fresh("wrong.ckpt");
    for (name, text, expected) in [
        (
            "nan.csv",
            "width,height,y\n1,2,0\n3,NaN,1\n3,3,1\n3,3,1\n",
            ":3:2 (column \"height\"): a missing value; expected one: fill it in, leave the row out, or let missing \
             values be means, or their rows dropped (a target can only be dropped)",
        ),
        (
            "inf.csv",
            "width,y\n1,0\ninf,1\n3,1\n",
            ":3:1 (column \"width\"): found \"inf\", expected a finite number that fits the number type: correct it, or \
             leave the row out",
        ),
        (
            "class.csv",
            "width,y\n1,0\n2,0\n",
            ": every row is of class \"0\"; expected at least 2 classes to tell apart",
        ),
        (
            "ragged.csv",
            "a,y\n1,0\n2\n",
            ":3: 1 field, but the header has 2; expected one field a column: is a delimiter missing, or one too many?",
        ),
        ("twice.csv", "a,a,y\n1,1,0\n", ":1: columns 1 and 2 are both named \"a\"; rename one"),
        ("header.csv", "a,y\n", ": no data rows after the header; expected at least one"),
        ("empty.csv", "", ": empty; expected a header line of column names, then one row a line"),
        (
            "alone.csv",
            "y\n0\n1\n0\n1\n0\n",
            ":1: no column is left for the features: the columns are \"y\"; add a feature, ask for fewer targets, or \
             check the delimiter",
        ),
        ("model.npy", "no numbers", ": damaged, or not what its name says: "),
    ] {
        let path = file(name, text);
        let (code, message) = refusal(&format!("train {path} --target y --task classification -o {model}"));
        assert_eq!(code, 65, "{name}");
        let whole = format!("{path}{expected}");
        assert!(
            message == whole || (name.ends_with("npy") && message.starts_with(&whole)),
            "{message}\n{whole}"
        );
        assert!(!Path::new(&model).exists(), "{name}");
    }
    let latin = file("latin.csv", b"a,y\n1,caf\xe9\n2,t\n");
    assert_eq!(
        refusal(&format!("train {latin} --target y")),
        (
            65,
            format!(
                "{latin}:2:2 (column \"y\"): byte 9 of the file is not UTF-8 text; save the file as plain UTF-8"
            )
        )
    );
}

#[test]
fn a_word_among_numbers() {
    let rows = lines(30, |x| format!("{x},{x}"));
    let path = file("word.csv", format!("width,y\n{rows}wide,0\n"));
    assert_eq!(
        refusal(&format!("train {path} --target y --task regression --validation 0")),
        (
            65,
            format!(
                "{path}:32:1 (column \"width\"): found \"wide\", expected a number: write text as numbers, or leave the \
                 column out"
            )
        )
    );
}

#[test]
fn a_line_without_an_end() {
    let mut gz = GzEncoder::new(Vec::new(), Compression::fast());
    gz.write_all(b"a,y\n").expect("memory");
    for _ in 0..64 {
        gz.write_all(&vec![b'1'; 1 << 20]).expect("memory");
    }
    let path = file("long.csv.gz", gz.finish().expect("memory"));
    let (code, message) = refusal(&format!("train {path} --target y"));
    assert_eq!(code, 65);
    assert!(message.starts_with(&format!("{path}:2: a row of more than 4194304 bytes;")), "{message}");
}

#[test]
fn data_that_do_not_fit_the_model() {
    let model = fresh("fit.ckpt");
    let train =
        file("fit.csv", "a,b,kind\n1,5,x\n2,6,y\n1,5,x\n2,6,y\n1,5,x\n2,6,y\n1,5,x\n2,6,y\n1,7,x\n2,8,y\n");
    stdout(&format!("train {train} --target kind --epochs 1 -o {model}"));
    for (name, text, expected) in [
        ("narrow.csv", "a\n1\n", ":1: no column named \"b\", which the network was trained on; "),
        ("wide.csv", "a,b,c\n1,2,3\n", ":1: column \"c\" is none that the network was trained on; "),
        ("text.csv", "a,b\n1,two\n", ":2:2 (column \"b\"): found \"two\", expected a number"),
    ] {
        let path = file(name, text);
        let (code, message) = refusal(&format!("predict {model} {path}"));
        assert!(code == 65 && message.starts_with(&format!("{path}{expected}")), "{code}: {message}");
    }
    let unseen = file("unseen.csv", "a,b,kind\n1,5,z\n");
    let expected = format!("{unseen}:2:3 (column \"kind\"): found label \"z\", expected one of \"x\", \"y\"");
    assert_eq!(refusal(&format!("evaluate {model} {unseen}")), (65, expected));

    // Columns are found by their names.
    let turned = file("turned.csv", "b,kind,a\n5,x,1\n6,y,2\n");
    let straight = file("straight.csv", "a,b,kind\n1,5,x\n2,6,y\n");
    assert_eq!(stdout(&format!("predict {model} {turned}")), stdout(&format!("predict {model} {straight}")));
}

#[test]
fn text_that_training_did_not_see_is_of_no_category() {
    let model = fresh("unseen.ckpt");
    let rows = lines(20, |x| format!("{},{x}", ["red", "blue"][x % 2]));
    let train = file("seen.csv", format!("colour,y\n{rows}"));
    stdout(&format!("train {train} --target y --epochs 1 -o {model}"));
    let new = file("new.csv", "colour\ngreen\nred\n");
    let (code, results, note) = run(&format!("predict {model} {new}"));
    assert_eq!((code, results.lines().count()), (0, 3), "{note}");
    assert_eq!(
        note,
        "note: column \"colour\": 1 of the rows have a text that training did not see, and count as none of its \
         categories\n"
    );
}
