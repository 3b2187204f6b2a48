//! Data that are not as they must be: the file, the line and the column are named.

mod program;

use program::{TMP, run};

#[test]
fn a_target_that_is_not_there() {
    let (code, _, message) = run("train data/iris.csv --target targt");
    assert_eq!(code, 65);
    assert_eq!(
        message,
        "error: data/iris.csv:1: no column named \"targt\"; did you mean \"target\"? the columns are \
         \"sepal_length\", \"sepal_width\", \"petal_length\", \"petal_width\", \"target\"\n"
    );
}

#[test]
fn files_that_cannot_be_read() {
    for (path, expected) in [
        ("data/irises.csv", "no such file; check the path and the working directory"),
        ("data", "a folder; expected a CSV file: name a file inside it"),
    ] {
        let (code, _, message) = run(&format!("train {path} --target target"));
        assert_eq!((code, message), (66, format!("error: {path}: {expected}\n")));
    }
}

#[test]
fn files_with_something_wrong_in_them() {
    for (name, text, expected) in [
        (
            "nan.csv",
            "width,height,y\n1,2,0\n3,NaN,1\n",
            ":3:2 (column \"height\"): found \"NaN\", expected a finite number that fits the number type: correct \
             it, or leave the row out",
        ),
        (
            "word.csv",
            "width,y\nwide,0\n2,1\n",
            ":2:1 (column \"width\"): found \"wide\", expected a number: write text as numbers, or leave the column \
             out",
        ),
        (
            "class.csv",
            "width,y\n1,0\n2,0\n",
            ": every row is of class \"0\"; expected at least 2 classes to tell apart",
        ),
        ("empty.csv", "", ": empty; expected a header line of column names, then one row a line"),
    ] {
        std::fs::write(format!("{TMP}/{name}"), text).expect("a file");
        let (code, _, message) = run(&format!("train $TMP/{name} --target y"));
        assert_eq!((code, message), (65, format!("error: {TMP}/{name}{expected}\n")));
    }
}
