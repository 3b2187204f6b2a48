//! Every message about a CSV file, in full.

use glassgrad_data::{Classes, CsvOptions, Frame, read_csv, read_csv_from};
use std::io::{self, Read};

fn refused<R: Read>(reader: R, options: &CsvOptions) -> String {
    read_csv_from::<f64, _>(reader, "t.csv", options).unwrap_err().to_string()
}

fn regression(text: &str) -> String {
    refused(text.as_bytes(), &CsvOptions::regression(["y"]))
}

fn classification(text: &str, classes: Classes) -> String {
    refused(text.as_bytes(), &CsvOptions::classification("y").classes(classes))
}

/// Fails to be read.
struct Broken;

impl Read for Broken {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Err(io::Error::other("the disk is gone"))
    }
}

#[test]
fn files() {
    let read = |path: &str| read_csv::<f64>(path, &CsvOptions::regression(["y"])).unwrap_err().to_string();
    assert_eq!(read("no/such.csv"), "no/such.csv: no such file; check the path and the working directory");
    let folder = env!("CARGO_MANIFEST_DIR");
    assert_eq!(read(folder), format!("{folder}: a folder; expected a CSV file: name a file inside it"));

    let options = CsvOptions::regression(["y"]);
    assert_eq!(refused(Broken, &options), "t.csv: cannot be read: the disk is gone");
    assert_eq!(
        refused("x,y\n1,".as_bytes().chain(Broken), &options),
        "t.csv: cannot be read: the disk is gone"
    );
    let error = read_csv_from::<f64, _>(Broken, "t.csv", &options).unwrap_err();
    assert_eq!(std::error::Error::source(&error).unwrap().to_string(), "the disk is gone");
}

#[test]
fn nothing_to_read() {
    for text in ["", "\n\r\n\n"] {
        assert_eq!(
            regression(text),
            "t.csv: empty; expected a header line of column names, then one row a line"
        );
    }
    for text in ["x,y", "x,y\r\n\r\n"] {
        assert_eq!(regression(text), "t.csv: no data rows after the header; expected at least one");
    }
}

#[test]
fn headers() {
    assert_eq!(
        regression("\nx,y,,z\n"),
        "t.csv:2:3: a column without a name; name it in the header, or leave it out if it is only a row number"
    );
    assert_eq!(regression("a,x,b, x\n"), r#"t.csv:1: columns 2 and 4 are both named "x"; rename one"#);
    assert_eq!(
        refused("price,area\n1,2\n".as_bytes(), &CsvOptions::regression(["Prise"])),
        r#"t.csv:1: no column named "Prise"; did you mean "price"? the columns are "price", "area""#
    );
    let many = (0..15).map(|i| format!("c{i}")).collect::<Vec<_>>().join(",");
    assert_eq!(
        regression(&many),
        r#"t.csv:1: no column named "y"; the columns are "c0", "c1", "c2", "c3", "c4", "c5", "c6", "c7", "c8", "c9", "c10", "c11" and 3 more"#
    );
    assert_eq!(
        regression("y\n1\n"),
        "t.csv:1: no column is left for the features: the columns are \"y\"; \
         add a feature, ask for fewer targets, or check the delimiter"
    );
}

#[test]
fn rows() {
    assert_eq!(
        regression("x,y\n1,2\n\n3\n"),
        "t.csv:4: 1 field, but the header has 2; \
         expected one field a column: is a delimiter missing, or one too many?"
    );
    assert_eq!(
        regression("x,y\r\n1,2\r\n\r\n3,4,5\r\n"),
        "t.csv:4: 3 fields, but the header has 2; \
         expected one field a column: is a delimiter missing, or one too many?"
    );
    let open = "a quotation mark without its partner; \
                close it, or put the cell into quotation marks and write those inside it twice";
    assert_eq!(regression("x,y\n1,2\n\"3,4\n5,6\n"), format!("t.csv:3: {open}"));
    assert_eq!(regression("x,\"y\n1,2\n"), format!("t.csv:1: {open}"));
}

#[test]
fn a_line_of_blanks_is_an_empty_line() {
    let read = |text: &str| Frame::read_csv(text.as_bytes(), "t.csv", b',').map(|frame| frame.rows());
    assert_eq!(read("x,y\n1,2\n  \n3,4\n \t\r\n").unwrap(), 2);
    assert_eq!(read("x\n1\n  \n3\n").unwrap(), 3, "of a single column, it is a missing value");
    assert!(read("x,y\n1,2\n , \n3\n").is_err());
}

/// The line is that on which the row begins, also after CRLF, blank lines and quoted line breaks.
#[test]
fn cells() {
    assert_eq!(
        regression("x,y\n1,2\n, 3\n"),
        "t.csv:3:1 (column \"x\"): an empty cell; expected a value: fill it in, or leave the row out"
    );
    let not_a_number = "expected a number: write text as numbers, or leave the column out";
    for (text, place, found) in [
        ("x,y\n1,two\n", r#"2:2 (column "y")"#, r#""two""#),
        ("x,y\r\n1,2\r\n1,a 000\r\n", r#"3:2 (column "y")"#, r#""a 000""#),
        ("x,y\n\n\n1,2\n\nNA,2", r#"6:1 (column "x")"#, r#""NA""#),
        ("\"a\nx\",y\n1,2\n3,0x10\n", r#"4:2 (column "y")"#, r#""0x10""#),
        ("x,y\n1,\"a\nb\"\n", r#"2:2 (column "y")"#, r#""a\nb""#),
        ("x,y\n1,2\n1;2,5\n", r#"3:1 (column "x")"#, r#""1;2""#),
        (
            "x,y\n1,aaaaaaaaaabbbbbbbbbbccccccccccddddddddddd\n",
            r#"2:2 (column "y")"#,
            r#""aaaaaaaaaabbbbbbbbbbccccccccccdddddddddd"…"#,
        ),
    ] {
        assert_eq!(regression(text), format!("t.csv:{place}: found {found}, {not_a_number}"));
    }
    for found in ["NaN", "inf", "-Infinity", "1e999"] {
        assert_eq!(
            regression(&format!("x,y\n1,{found}\n")),
            format!(
                "t.csv:2:2 (column \"y\"): found {found:?}, expected a finite number that fits the number type: \
                 correct it, or leave the row out"
            )
        );
    }
    let large = "x,y\n1e39,2\n";
    let options = CsvOptions::regression(["y"]);
    assert!(read_csv_from::<f64, _>(large.as_bytes(), "t.csv", &options).is_ok());
    assert_eq!(
        read_csv_from::<f32, _>(large.as_bytes(), "t.csv", &options).unwrap_err().to_string(),
        "t.csv:2:1 (column \"x\"): found \"1e39\", expected a number that an f32 holds, which ends at 3.4e38, also when it is scaled: use \
         a larger unit, or f64"
    );
}

#[test]
fn bytes_that_are_not_utf8() {
    let options = CsvOptions::regression(["y"]);
    assert_eq!(
        refused(&b"x,y\n\n1,2\n\"3\",4\xe9\n"[..], &options),
        "t.csv:4:2 (column \"y\"): byte 14 of the file is not UTF-8 text; save the file as plain UTF-8"
    );
    assert_eq!(
        refused(&b"\xff\xfex\0,\0y\0\n\0"[..], &options),
        "t.csv:1:1: byte 0 of the file is not UTF-8 text; save the file as plain UTF-8"
    );
}

#[test]
fn labels() {
    assert_eq!(
        classification("x,y\n1,a\n2,a\n", Classes::Distinct),
        "t.csv: every row is of class \"a\"; expected at least 2 classes to tell apart"
    );
    assert_eq!(
        classification("x,y\n1,0\n", Classes::Integers),
        "t.csv: every row is of class \"0\"; expected at least 2 classes to tell apart"
    );
    for found in ["1.0", "-1", "one", "4294967296"] {
        assert_eq!(
            classification(&format!("x,y\n1,0\n2,{found}\n"), Classes::Integers),
            format!(
                "t.csv:3:2 (column \"y\"): found label {found:?}, expected a whole number 0, 1, 2, …: \
                 number the classes from 0, or read the labels as text"
            )
        );
    }
    assert_eq!(
        classification("x,y\n1,0\n2,4294967295\n3,1\n", Classes::Integers),
        "t.csv: labels go up to 4294967295, but no row has label 2; \
         expected every class from 0 on: number them without gaps, or read the labels as text"
    );
    let known = |names: &[&str]| Classes::Known(names.iter().map(ToString::to_string).collect());
    assert_eq!(
        classification("x,y\n1,cat\n2,cow\n", known(&["cat", "dog"])),
        r#"t.csv:3:2 (column "y"): found label "cow", expected one of "cat", "dog""#
    );
    assert_eq!(classification("x,y\n1,a\n", known(&["a"])), "1 class; expected 2 to 16777216");
    assert_eq!(
        classification("x,y\n1,a\n", known(&["a", "a"])),
        r#"two of the names are "a"; expected another for each class"#
    );
    assert_eq!(
        classification("x,y\n1,\n", Classes::Distinct),
        "t.csv:2:2 (column \"y\"): an empty cell; expected a value: fill it in, or leave the row out"
    );
}

#[test]
fn options() {
    let comma = CsvOptions::regression(["y"]);
    for (delimiter, shown) in [(b'\n', r#""\n""#), (b'"', r#""\"""#), (0xe9, r#""é""#)] {
        assert_eq!(
            refused("x,y\n1,2\n".as_bytes(), &CsvOptions { delimiter, ..comma.clone() }),
            format!(
                "delimiter {shown}: expected one ASCII character that is no quotation mark, line break or NUL"
            )
        );
    }
    assert_eq!(
        refused("x,y\n1,2\n".as_bytes(), &CsvOptions::regression::<String>([])),
        "no target column was named; expected at least one"
    );
    assert_eq!(
        refused("x,y\n1,2\n".as_bytes(), &CsvOptions::regression(["y", "y"])),
        r#"target column "y" was named twice; name each once"#
    );
}

/// Endless files: each would fill the memory if a row might be of any length.
#[test]
fn rows_without_an_end() {
    let options = CsvOptions::regression(["y"]);
    let too_long = "a row of more than 4194304 bytes; is a line break or a closing quotation mark missing?";
    for byte in [b'1', b',', 0] {
        assert_eq!(refused(io::repeat(byte), &options), format!("t.csv:1: {too_long}"));
        assert_eq!(
            refused("x,y\n1,2\n".as_bytes().chain(io::repeat(byte)), &options),
            format!("t.csv:3: {too_long}")
        );
    }
    assert_eq!(
        refused("x,y\n1,2\n3,\"".as_bytes().chain(io::repeat(b'\n')), &options),
        format!("t.csv:3: {too_long}")
    );
    // Long, but not too long; and blank lines belong to no row.
    let zeros = "0".repeat((4 << 20) - 3);
    let text = format!("x,y\n{}1,{zeros}\n", "\n".repeat(5 << 20));
    assert_eq!(text.lines().last().unwrap().len() + 1, 4 << 20);
    assert!(read_csv_from::<f64, _>(text.as_bytes(), "t.csv", &options).is_ok());
    assert_eq!(
        refused(text.replace(",0", ",00").as_bytes(), &options),
        format!("t.csv:{}: {too_long}", (5 << 20) + 2)
    );
}

/// No prefix of a good file, and no good file with one byte changed, makes the reader panic.
#[test]
fn damaged_files() {
    let good = b"x,\"y\"\r\n1,a\r\n\r\n2,\"b\n\"\"c\"\n";
    let options = CsvOptions::classification("y");
    let read = |bytes: &[u8]| drop(read_csv_from::<f32, _>(bytes, "t.csv", &options));
    assert!(read_csv_from::<f32, _>(&good[..], "t.csv", &options).is_ok());
    for at in 0..good.len() {
        read(&good[..at]);
        for byte in 0..=255 {
            let mut changed = *good;
            changed[at] = byte;
            read(&changed);
        }
    }
}
