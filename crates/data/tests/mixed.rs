//! Text among numbers, and numbers that are no labels: what is refused, and what is told, in memory and streamed.

use glassgrad_data::{
    Classes, Encoding, EncodingOptions, Error, Frame, Input, Kind, Learnt, Mixed, ReadOptions, Stream,
    StreamOptions, Target, Task,
};
use std::fmt::Debug;
use std::fs;

fn message<X: Debug>(result: Result<X, Error>) -> String {
    result.unwrap_err().to_string()
}

/// The target of a file, and what is told of its features, if it is read at once.
fn read(path: &str, task: Task) -> Result<(Target, Vec<Mixed>), Error> {
    let input = Input::<f64>::read(path, None, &ReadOptions::default())?;
    let target = input.target(&["y".to_owned()], task)?;
    let encoding = input.fit(&target, EncodingOptions::default())?;
    input.encode(&encoding)?;
    Ok((target, input.mixed(&encoding)))
}

/// The same if it is streamed in blocks of one row.
fn streamed(path: &str, task: Task) -> Result<(Target, Vec<Mixed>), Error> {
    let options = StreamOptions { target: vec!["y".into()], task, window: 16, ..StreamOptions::default() };
    let stream = Stream::<f64>::open(path.as_ref(), None, &options)?;
    let Learnt { encoding, mixed, .. } = stream.learnt().clone();
    let target = match encoding.targets.as_slice() {
        [column] if !encoding.classes.is_empty() => {
            Target::Label { column: column.clone(), classes: Classes::Known(encoding.classes) }
        }
        _ => Target::Values { columns: encoding.targets },
    };
    Ok((target, mixed))
}

/// Writes a file for the time of a check.
fn with_file(name: &str, text: &str, check: impl Fn(&str)) {
    let path = std::env::temp_dir().join(format!("glassgrad-mixed-{}-{name}.csv", std::process::id()));
    fs::write(&path, text).unwrap();
    check(path.to_str().unwrap());
    fs::remove_file(path).unwrap();
}

fn table(rows: usize, row: impl Fn(usize) -> String) -> String {
    (0..rows).map(row).fold("x,y\n".into(), |table, row| table + &row + "\n")
}

fn classes(target: &Target) -> usize {
    match target {
        Target::Label { classes: Classes::Known(classes), .. } => classes.len(),
        _ => panic!("{target:?}"),
    }
}

#[test]
fn zero_has_no_sign() {
    let written = |i: usize| ["0", "-0", "1", "-0.0"][i % 4];
    with_file("zero", &table(40, |i| format!("{i},{}", written(i))), |path| {
        for read in [read, streamed] {
            assert_eq!(classes(&read(path, Task::Auto).unwrap().0), 2);
            assert_eq!(classes(&read(path, Task::Classification).unwrap().0), 2);
        }
    });
    let word = table(40, |i| format!("{i},{}", if i == 20 { "none" } else { written(i) }));
    with_file("zero-text", &word, |path| {
        for read in [read, streamed] {
            assert_eq!(classes(&read(path, Task::Classification).unwrap().0), 3);
        }
    });
}

#[test]
fn a_word_in_a_target_of_numbers_is_refused_unless_classes_are_asked_for() {
    let price = table(100, |i| if i == 58 { "1,15l".into() } else { format!("{i},{}.5", 3 * i) });
    with_file("price", &price, |path| {
        let place = format!("{path}:60:2 (column \"y\"): found \"15l\", expected a number");
        for read in [read, streamed] {
            let expected = format!("{place}, as most of the column is; if these are classes, say so");
            assert_eq!(message(read(path, Task::Auto)), expected);
            let expected = format!("{place}: write text as numbers, or leave the column out");
            assert_eq!(message(read(path, Task::Regression)), expected);
            assert_eq!(classes(&read(path, Task::Classification).unwrap().0), 100);
        }
    });
    // A letter O in place of a 0, where there are few classes.
    let few = table(60, |i| format!("{i},{}", if i == 30 { "O".into() } else { (i % 3).to_string() }));
    with_file("few", &few, |path| {
        for read in [read, streamed] {
            let expected = format!(
                "{path}:32:2 (column \"y\"): found \"O\", expected a number, as most of the column is; if these are \
                 classes, say so"
            );
            assert_eq!(message(read(path, Task::Auto)), expected);
            assert_eq!(classes(&read(path, Task::Classification).unwrap().0), 4);
        }
    });
    // Half of the different cells are numbers.
    let half = table(60, |i| format!("{i},{}", ["1", "2", "a", "b", ""][i % 4]));
    with_file("half", &half, |path| {
        for read in [read, streamed] {
            assert_eq!(classes(&read(path, Task::Auto).unwrap().0), 4);
        }
    });
}

/// A streamed run keeps no more than 65536 different texts of a target; the slip is what is wrong with it.
#[test]
fn a_word_among_more_numbers_than_there_may_be_classes() {
    let many = table(66_000, |i| if i == 5 { "1,5O".into() } else { format!("1,{i}") });
    with_file("many", &many, |path| {
        let expected = format!(
            "{path}:7:2 (column \"y\"): found \"5O\", expected a number, as most of the column is; if these are classes, \
             say so"
        );
        let options = StreamOptions { target: vec!["y".into()], ..StreamOptions::default() };
        assert_eq!(message(Stream::<f64>::open(path.as_ref(), None, &options)), expected);
        assert_eq!(message(read(path, Task::Auto)), expected);
        // If they are all said to be classes, there is nothing to wait for.
        let options = StreamOptions { task: Task::Classification, ..options };
        let refusal = message(Stream::<f64>::open(path.as_ref(), None, &options));
        assert!(refusal.ends_with(" classes; expected 2 to 65536"), "{refusal}");
    });
}

/// Wherever it stands: after all numbers, so that it is only known when they are gone, or in a row held out.
#[test]
fn a_word_among_more_numbers_than_there_may_be_categories() {
    for place in [0, 1500, 2999] {
        let word = table(3000, |i| if i == place { "4O,1".into() } else { format!("{i}.5,{}", i % 2) });
        with_file(&format!("word{place}"), &word, |path| {
            let expected = format!(
                "{path}:{}:1 (column \"x\"): found \"4O\", expected a number: write text as numbers, or leave the column out",
                place + 2
            );
            assert_eq!(message(read(path, Task::Auto)), expected);
            assert_eq!(message(streamed(path, Task::Auto)), expected);
            for seed in 0..4 {
                let options = StreamOptions {
                    target: vec!["y".into()],
                    held_out: 0.5,
                    seed,
                    window: 160,
                    ..StreamOptions::default()
                };
                assert_eq!(message(Stream::<f64>::open(path.as_ref(), None, &options)), expected);
            }
        });
    }
}

#[test]
fn a_feature_of_few_numbers_with_a_word_is_one_of_categories_and_told() {
    let text =
        table(40, |i| format!("{},{}.5", if i % 20 == 7 { "7l".into() } else { (i % 10).to_string() }, i));
    with_file("feature", &text, |path| {
        for read in [read, streamed] {
            let told: Vec<_> = read(path, Task::Auto).unwrap().1.iter().map(ToString::to_string).collect();
            let expected = format!(
                "{path}:9:1 (column \"x\"): found \"7l\" among numbers; 2 cells are no numbers, and so the 11 different \
                 values of the column are taken for categories"
            );
            assert_eq!(told, [expected]);
        }
    });
    let text = table(40, |i| format!("{},{i}.5", ["cup", "jug", "3"][i % 3]));
    with_file("words", &text, |path| {
        for read in [read, streamed] {
            assert_eq!(read(path, Task::Auto).unwrap().1, []);
        }
    });
}

/// The training part does not see the slip, and learns that it is a column of numbers.
#[test]
fn a_word_that_stands_in_the_part_held_out() {
    let text = table(41, |i| if i == 40 { "4O,1.5".into() } else { format!("{i},{i}.5") });
    let frame = Frame::read_csv(text.as_bytes(), "t.csv", b',').unwrap();
    let target = frame.target(&["y".to_owned()], Task::Auto).unwrap();
    let rows: Vec<usize> = (0..40).collect();
    let encoding = Encoding::fit(&frame.select(&rows).unwrap(), &target, EncodingOptions::default()).unwrap();
    let Kind::Number { mean } = encoding.columns[0].kind else { panic!("{encoding:?}") };
    assert!((mean - 19.5).abs() < 1e-12, "{mean}");
    assert_eq!(
        message(encoding.encode::<f64>(&frame)),
        "t.csv:42:1 (column \"x\"): found \"4O\", expected a number: write text as numbers, or leave the column out"
    );
}

#[test]
fn labels_that_are_too_large_to_be_told_apart() {
    for (word, row) in [("9007199254740993", 3), ("-9007199254740992", 3), ("a", 4)] {
        let text = format!("x,y\n1,{word}\n2,{word}\n3,9007199254740992\n4,9007199254740992\n5,7\n");
        let text = if row == 4 { text } else { text.replace("x,y\n", "x,y\n0,5\n") };
        with_file(&format!("large{row}{}", word.len()), &text, |path| {
            for read in [read, streamed] {
                let found = if word.starts_with('-') { word } else { "9007199254740992" };
                let expected = format!(
                    "{path}:{row}:2 (column \"y\"): found a label near {found}, expected whole numbers below 2^53: labels \
                     that large are not told apart as numbers; make them text, as id9007199254740993"
                );
                assert_eq!(message(read(path, Task::Classification)), expected);
                assert_eq!(read(path, Task::Regression).is_ok(), word != "a");
            }
        });
    }
    let below = "x,y\n1,9007199254740991\n2,9007199254740990\n";
    with_file("below", below, |path| {
        for read in [read, streamed] {
            assert_eq!(classes(&read(path, Task::Classification).unwrap().0), 2);
        }
    });
}

#[test]
fn numbers_that_are_written_in_another_manner() {
    let plain = "expected a number with a point before its decimals and no other marks, such as 1234.5";
    for (manner, write) in [
        ("comma", (|i| format!("\"{},{i}\"", i % 7)) as fn(usize) -> String),
        ("thousands", |i| format!("1'{i:03}")),
        ("both", |i| format!("\"1.{i:03},5\"")),
        ("money", |i| format!("${i}.50")),
        ("share", |i| format!("{i} %")),
        ("minus", |i| format!("−{i}")),
        ("millions", |i| format!("1.234.{i:03}")),
    ] {
        let found = write(0).trim_matches('"').to_owned();
        let target = table(300, |i| format!("{i},{}", write(i)));
        with_file(manner, &target, |path| {
            for read in [read, streamed] {
                let place = format!("{path}:2:2 (column \"y\"): found {found:?}, {plain}");
                assert_eq!(
                    message(read(path, Task::Auto)),
                    format!("{place}; or if these are classes, say so"),
                    "{manner}"
                );
                assert_eq!(message(read(path, Task::Regression)), place);
                assert!(read(path, Task::Classification).is_ok());
            }
        });
        let feature = table(300, |i| format!("{},{i}.5", write(i)));
        with_file(&format!("{manner}-feature"), &feature, |path| {
            for read in [read, streamed] {
                let place = format!("{path}:2:1 (column \"x\"): found {found:?}, {plain}");
                assert_eq!(message(read(path, Task::Auto)), place);
            }
        });
    }
    // No numbers, whatever they are made of.
    for pair in [
        ["2024-01-05", "2024-01-06"],
        ["12:30", "12:45"],
        ["A1", "A2"],
        ["%", "$"],
        ["1-2", "3-4"],
        ["e5", "e6"],
        ["19.05.1996", "20.05.1996"],
        ["10.0.150.8", "10.0.150.9"],
        ["6,0,0", "7,0,0"],
        ["983 07", "984 07"],
        ["06 09 21", "06 09 22"],
        ["-62.57, 160.94", "-62.58, 160.94"],
        ["986.206.7506", "986.206.7507"],
        ["1,0000,000", "2,0000,000"],
    ] {
        with_file("none", &table(60, |i| format!("{i},\"{}\"", pair[i % 2])), |path| {
            for read in [read, streamed] {
                assert_eq!(classes(&read(path, Task::Auto).unwrap().0), 2, "{pair:?}");
            }
        });
    }
}

#[test]
fn text_that_names_the_rows_is_no_target() {
    let names = table(60, |i| format!("{i},{}", if i < 31 { format!("n{i}") } else { "n0".into() }));
    with_file("rare", &names, |path| {
        for read in [read, streamed] {
            let expected = format!(
                "{path}: target \"y\" has 31 different texts in 60 rows; expected numbers, or classes that most rows share; \
                 if these are classes, say so"
            );
            assert_eq!(message(read(path, Task::Auto)), expected);
            assert_eq!(classes(&read(path, Task::Classification).unwrap().0), 31);
        }
    });
    for (name, different, rows) in [("few", 20, 21), ("half", 30, 60)] {
        with_file(name, &table(rows, |i| format!("{i},n{}", i % different)), |path| {
            for read in [read, streamed] {
                assert_eq!(classes(&read(path, Task::Auto).unwrap().0), different);
            }
        });
    }
}
