//! Tables with text and missing values: what is learnt, what becomes of later tables, and every refusal.

use glassgrad_data::{
    Cells, Classes, Encoding, EncodingOptions, Error, Frame, Kind, Missing, Target, Targets, Task, Unseen,
};
use ndarray::array;

fn read(text: &str) -> Result<Frame, Error> {
    Frame::read_csv(text.as_bytes(), "t.csv", b',')
}

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(ToString::to_string).collect()
}

fn message<X: std::fmt::Debug>(result: Result<X, Error>) -> String {
    result.unwrap_err().to_string()
}

fn fit(text: &str, missing: Missing) -> (Frame, Result<Encoding, Error>) {
    let frame = read(text).unwrap();
    let target = frame.target(&names(&["y"]), Task::Auto).unwrap();
    let encoding = Encoding::fit(&frame, &target, EncodingOptions { missing, ..EncodingOptions::default() });
    (frame, encoding)
}

const SHOP: &str = "kind,width,y\ncup,1,a\njug,4,b\ncup,?,a\n,2,a\njug,5,b\npot,NA,b\n";

#[test]
fn text_becomes_one_hot_and_missing_values_what_the_training_part_says() {
    let (frame, encoding) = fit(SHOP, Missing::Mean);
    let encoding = encoding.unwrap();
    assert_eq!(
        encoding.columns[0].kind,
        Kind::Categories { names: names(&["cup", "jug", "pot"]), most_frequent: 0 }
    );
    assert_eq!(encoding.columns[1].kind, Kind::Number { mean: 3.0 });
    assert_eq!(encoding.features(), ["kind=cup", "kind=jug", "kind=pot", "width"]);
    assert_eq!(encoding.categories(), [0, 1, 2]);
    let outcome = encoding.encode::<f32>(&frame).unwrap();
    assert_eq!((outcome.filled, outcome.rows.len(), outcome.unseen.len()), (3, 6, 0));
    assert_eq!(
        outcome.data.features(),
        array![
            [1.0, 0.0, 0.0, 1.0],
            [0.0, 1.0, 0.0, 4.0],
            [1.0, 0.0, 0.0, 3.0],
            [1.0, 0.0, 0.0, 2.0],
            [0.0, 1.0, 0.0, 5.0],
            [0.0, 0.0, 1.0, 3.0]
        ]
    );
    let expected = Targets::Labels { labels: vec![0, 1, 0, 0, 1, 1], classes: names(&["a", "b"]) };
    assert_eq!((outcome.data.targets(), outcome.data.target_columns()), (&expected, &names(&["y"])[..]));

    let saved = serde_json::to_string(&encoding).unwrap();
    assert_eq!(serde_json::from_str::<Encoding>(&saved).unwrap(), encoding);
}

#[test]
fn missing_values_are_refused_or_their_rows_dropped() {
    let (frame, encoding) = fit(SHOP, Missing::Error);
    let refused = "a missing value; expected one: fill it in, leave the row out, \
                   or let missing values be means, or their rows dropped (a target can only be dropped)";
    assert_eq!(
        message(encoding.unwrap().encode::<f64>(&frame)),
        format!("t.csv:5:1 (column \"kind\"): {refused}")
    );
    let (frame, encoding) = fit(SHOP, Missing::Drop);
    let outcome = encoding.unwrap().encode::<f64>(&frame).unwrap();
    assert_eq!(outcome.rows, [0, 1, 4]);
    assert_eq!(outcome.data.features().column(3), array![1.0, 4.0, 5.0]);
    assert!(matches!(outcome.data.targets(), Targets::Labels { labels, .. } if labels[..] == [0, 1, 1]));

    let targets = "x,y\n1,a\n2,\n3,b\n4,null\n";
    let (frame, encoding) = fit(targets, Missing::Mean);
    assert_eq!(
        message(encoding.unwrap().encode::<f64>(&frame)),
        format!("t.csv:3:2 (column \"y\"): {refused}")
    );
    let (frame, encoding) = fit(targets, Missing::Drop);
    assert_eq!(encoding.unwrap().encode::<f64>(&frame).unwrap().rows, [0, 2]);

    let (_, encoding) = fit("x,w,y\n,1,a\n,2,b\n", Missing::Mean);
    assert_eq!(message(encoding), "t.csv: column \"x\" has no value in any row; leave it out");
    let (_, encoding) = fit("x,y\n1,a\n2,b\n", Missing::Drop);
    assert_eq!(
        message(encoding.unwrap().encode::<f64>(&read("x,y\n,a\n?,b\n").unwrap())),
        "t.csv: every row has a missing value, and none is left; fill some in, or leave out a column"
    );
}

#[test]
fn every_spelling_of_a_missing_value() {
    let frame = read("x,y\n,1\n?,1\nna,1\nN/A,1\n#N/A,1\n<NA>,1\nnan,1\nNULL,1\n-nan,1\n7,1\n").unwrap();
    let Cells::Numbers(x) = &frame.columns()[0].cells else { panic!("a column of numbers") };
    assert_eq!(x.iter().filter(|x| x.is_nan()).count(), 9);
    let frame = read("x,y\nNaN,1\nnone,1\n?,1\n").unwrap();
    let Cells::Text { rows, .. } = &frame.columns()[0].cells else { panic!("a column of text") };
    assert_eq!(rows[..], [u32::MAX, 0, u32::MAX]);
}

/// Wherever the first text stands, a number among texts is known by its value.
#[test]
fn numbers_among_text_are_their_values() {
    let expected = Cells::Text { texts: names(&["1", "0.5", "3+"]), rows: vec![0, 1, 2, 0] };
    assert_eq!(read("x,y\n1.0,1\n.5,1\n3+,1\n1,1\n").unwrap().columns()[0].cells, expected);
    let (training, encoding) = fit("x,y\n3+,1.5\n1,1.5\n2,2.5\n", Missing::Error);
    let (_, later) = (training, read("x,y\n1.0,0\n2,0\n").unwrap());
    let outcome = encoding.unwrap().encode_features::<f64>(&later).unwrap();
    assert_eq!(outcome.data.to_numbers(), array![[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]], "1, 2, 3+");
}

#[test]
fn later_tables_are_matched_by_name() {
    let (_, encoding) = fit(SHOP, Missing::Mean);
    let encoding = encoding.unwrap();
    let features = |text: &str| encoding.encode_features::<f64>(&read(text).unwrap());
    let outcome = features("width,kind\n7,pot\n8,vase\n,\n").unwrap();
    assert_eq!(
        outcome.data.to_numbers(),
        array![[0.0, 0.0, 1.0, 7.0], [0.0, 0.0, 0.0, 8.0], [1.0, 0.0, 0.0, 3.0]]
    );
    assert_eq!((outcome.unseen, outcome.filled), (vec![("kind".to_owned(), 1)], 2));
    assert!(features("width,y,kind\n7,a,pot\n").is_ok(), "the target may be there");
    assert_eq!(
        message(features("Widht,kind\n7,pot\n")),
        "t.csv:1: no column named \"width\", which the network was trained on; did you mean \"Widht\"? \
         the columns are \"Widht\", \"kind\""
    );
    assert_eq!(
        message(features("\nwidth,kind,wide\n7,pot,1\n")),
        "t.csv:2: column \"wide\" is none that the network was trained on; did you mean \"width\"? \
         leave it out, or have it ignored: it was trained on \"kind\", \"width\""
    );
    assert_eq!(
        message(features("width,kind\n7,pot\n7;5,pot\n")),
        "t.csv:3:1 (column \"width\"): found \"7;5\", expected a number: \
         write text as numbers, or leave the column out"
    );
    assert_eq!(
        message(encoding.encode::<f64>(&read("width,kind\n7,pot\n").unwrap())),
        "t.csv:1: no column named \"y\", which the network was trained on; the columns are \"width\", \"kind\""
    );
    assert_eq!(
        message(encoding.encode::<f64>(&read("width,kind,y\n7,pot,a\n7,pot,c\n").unwrap())),
        "t.csv:3:3 (column \"y\"): found label \"c\", expected one of \"a\", \"b\""
    );

    let options = EncodingOptions { unseen: Unseen::Error, ..EncodingOptions::default() };
    let strict = Encoding { options, ..encoding };
    assert_eq!(
        message(strict.encode_features::<f64>(&read("width,kind\n7,pot\n8,vase\n").unwrap())),
        "t.csv:3:2 (column \"kind\"): found \"vase\", which the training part did not have; \
         expected one of \"cup\", \"jug\", \"pot\": correct it, or let unseen texts be zeros"
    );
}

#[test]
fn numbers_that_are_none() {
    for found in ["inf", "-Infinity", "1e999"] {
        assert_eq!(
            message(read(&format!("x,y\n1,2\n\n{found},3\n"))),
            format!(
                "t.csv:4:1 (column \"x\"): found {found:?}, expected a finite number that fits the number type: \
                 correct it, or leave the row out"
            )
        );
    }
    let (frame, encoding) = fit("x,y\n1,2.5\n1e39,3\n", Missing::Error);
    let encoding = encoding.unwrap();
    assert!(encoding.encode::<f64>(&frame).is_ok());
    assert!(
        message(encoding.encode::<f32>(&frame)).starts_with("t.csv:3:1 (column \"x\"): found \"1e39\", ")
    );

    // One slip in a column of numbers is no category.
    let rows = (0..30).map(|i| format!("{i},{i}.5\n")).collect::<Vec<_>>().concat();
    assert_eq!(
        message(fit(&format!("x,y\n{rows}3O,1\n"), Missing::Error).1),
        "t.csv:32:1 (column \"x\"): found \"3O\", expected a number: \
         write text as numbers, or leave the column out"
    );
    let texts = (0..1001).map(|i| format!("n{i},{i}.5\n")).collect::<Vec<_>>().concat();
    assert_eq!(
        message(fit(&format!("x,y\n{texts}"), Missing::Error).1),
        "t.csv: column \"x\" has 1001 different texts; expected at most 1000, each being a feature: \
         leave the column out if it only names the rows, or allow more categories"
    );
}

#[test]
fn the_task_is_told_by_the_target() {
    let task = |cells: &[&str], task| {
        let text = format!("x,y\n{}", cells.iter().map(|y| format!("1,{y}\n")).collect::<Vec<_>>().concat());
        read(&text).unwrap().target(&names(&["y"]), task)
    };
    let label =
        |classes: &[&str]| Target::Label { column: "y".into(), classes: Classes::Known(names(classes)) };
    let values = Target::Values { columns: names(&["y"]) };
    let auto = |cells: &[&str]| task(cells, Task::Auto).unwrap();
    assert_eq!(auto(&["true", "false", "true"]), label(&["false", "true"]));
    assert_eq!(auto(&["b", "", "a"]), label(&["a", "b"]));
    assert_eq!(auto(&["10", "2.0", "2", "10"]), label(&["2", "10"]));
    assert_eq!(auto(&["0", "1", "2"]), values, "each is there but once");
    assert_eq!(auto(&["0", "1", "0.5", "0", "1", "0.5"]), values);
    let many: Vec<String> = (0..42).map(|i| (i % 21).to_string()).collect();
    assert_eq!(auto(&many.iter().map(String::as_str).collect::<Vec<_>>()), values, "21 are not few");
    let few: Vec<String> = (0..40).map(|i| (i % 20).to_string()).collect();
    assert!(matches!(auto(&few.iter().map(String::as_str).collect::<Vec<_>>()), Target::Label { .. }));
    assert_eq!(task(&["0", "1", "0", "1"], Task::Regression).unwrap(), values);
    assert_eq!(task(&["0.5", "1", "-2"], Task::Classification).unwrap(), label(&["-2", "0.5", "1"]));

    assert_eq!(
        message(task(&["a", "a"], Task::Auto)),
        "t.csv: every row is of class \"a\"; expected at least 2 classes to tell apart"
    );
    assert_eq!(
        message(task(&["", "?"], Task::Classification)),
        "t.csv: column \"y\" has no value in any row; leave it out"
    );
    let frame = read("a,b,c\n1,0,1\n2,1,0\n3,0,0\n4,1,1\n").unwrap();
    let target = |columns: &[&str], task| frame.target(&names(columns), task);
    assert_eq!(target(&["c", "b"], Task::Auto).unwrap(), Target::Values { columns: names(&["c", "b"]) });
    assert_eq!(
        message(target(&["c", "b"], Task::Classification)),
        "2 columns of classes were named: \"c\", \"b\"; expected one, or a regression"
    );
    assert_eq!(
        message(target(&["B "], Task::Auto)),
        "t.csv:1: no column named \"B \"; the columns are \"a\", \"b\", \"c\""
    );
    assert_eq!(message(target(&[], Task::Auto)), "no target column was named; expected at least one");
    assert_eq!(
        message(target(&["a", "a"], Task::Auto)),
        "target column \"a\" was named twice; name each once"
    );
    let all = target(&["a", "b", "c"], Task::Auto).unwrap();
    assert_eq!(
        message(Encoding::fit(&frame, &all, EncodingOptions::default())),
        "t.csv:1: no column is left for the features: the columns are \"a\", \"b\", \"c\"; \
         add a feature, ask for fewer targets, or check the delimiter"
    );
    let open = Target::Label { column: "b".into(), classes: Classes::Distinct };
    assert_eq!(
        message(Encoding::fit(&frame, &open, EncodingOptions::default())),
        "the classes of column \"b\" are not known; look for them with Frame::target, or name them"
    );
}

#[test]
fn several_outputs_and_a_target_in_text() {
    let frame = read("y0,x,y1\n1,5,-1\n2,6,-2\n").unwrap();
    let target = frame.target(&names(&["y1", "y0"]), Task::Auto).unwrap();
    let encoding = Encoding::fit(&frame, &target, EncodingOptions::default()).unwrap();
    let data = encoding.encode::<f64>(&frame).unwrap().data;
    assert_eq!(data.targets(), &Targets::Values(array![[-1.0, 1.0], [-2.0, 2.0]]));
    assert_eq!((data.target_columns(), data.columns()), (&names(&["y1", "y0"])[..], &names(&["x"])[..]));
    assert_eq!(
        message(encoding.encode::<f64>(&read("y0,x,y1\n1,5,-1\n2,6,low\n").unwrap())),
        "t.csv:3:3 (column \"y1\"): found \"low\", expected a number: \
         write text as numbers, or leave the column out"
    );
}

#[test]
fn inline_rows() {
    let frame = Frame::from_rows("rows", &[vec![1.0, 0.5], vec![2.0, 0.75]]).unwrap();
    assert_eq!(frame.names(), ["x0", "y"]);
    let target = frame.target(&names(&["y"]), Task::Auto).unwrap();
    let encoding = Encoding::fit(&frame, &target, EncodingOptions::default()).unwrap();
    assert_eq!(encoding.encode::<f64>(&frame).unwrap().data.features(), array![[1.0], [2.0]]);
    let refused = |rows: &[Vec<f64>]| message(Frame::from_rows("rows", rows));
    assert_eq!(refused(&[]), "no rows; expected at least one");
    assert_eq!(refused(&[vec![1.0]]), "no features beside the target; expected at least one");
    assert_eq!(
        refused(&[vec![1.0, 2.0], vec![1.0]]),
        "row 1 (counted from 0) has 1 number, but row 0 has 2; expected equally many"
    );
    assert_eq!(
        refused(&[vec![1.0, 2.0], vec![1.0, f64::INFINITY]]),
        "rows:2:2 (column \"y\"): found \"inf\", expected a finite number that fits the number type: \
         correct it, or leave the row out"
    );
}

/// What is wrong with the file itself is said as by `read_csv`.
#[test]
fn broken_files() {
    let utf8 = Frame::read_csv(&b"x,y\n1,\xff\n"[..], "t.csv", b',');
    for (result, expected) in [
        (
            utf8,
            "t.csv:2:2 (column \"y\"): byte 6 of the file is not UTF-8 text; save the file as plain UTF-8",
        ),
        (read(""), "t.csv: empty; expected a header line of column names, then one row a line"),
        (read("x,y\n"), "t.csv: no data rows after the header; expected at least one"),
        (read("x,x\n1,2\n"), "t.csv:1: columns 1 and 2 are both named \"x\"; rename one"),
        (
            read("x,y\n1,2\n3\n"),
            "t.csv:3: 1 field, but the header has 2; expected one field a column: \
             is a delimiter missing, or one too many?",
        ),
    ] {
        assert_eq!(message(result), expected);
    }
    let endless = std::io::Read::chain("x,y\n1,2\n".as_bytes(), std::io::repeat(b'a'));
    assert_eq!(
        message(Frame::read_csv(endless, "t.csv", b',')),
        "t.csv:3: a row of more than 4194304 bytes; is a line break or a closing quotation mark missing?"
    );
}
