//! A run whose data are streamed tells what the same run tells of data in memory.

mod program;

use program::{file, fresh, idx, lines, npy, objects, refusal, run};
use serde_json::Value;
use std::fs;

/// Rows of two features and two values that these tell, but for an error.
fn values(rows: usize) -> String {
    let row = |i: usize| {
        let (a, b) = (i * 7919 % 1000, i * 104_729 % 777);
        format!("{a},{b},{},{}", 1000 + 3 * a + i % 5, 40 * b + i % 3)
    };
    format!("a,b,y,z\n{}", lines(rows, row))
}

/// The figures of the test part, without and with --stream.
fn test_figures(arguments: &str) -> [Value; 2] {
    ["", " --stream"].map(|how| objects(&format!("{arguments}{how}")).pop().expect("done")["test"].take())
}

/// Two objects of figures are the same, to rounding.
fn same(memory: &Value, stream: &Value) {
    let figures = |object: &Value| object.as_object().expect("an object").clone();
    assert_eq!(figures(memory).len(), figures(stream).len(), "{memory} {stream}");
    for (name, figure) in figures(memory) {
        let [memory, stream] = [&figure, &stream[&name]].map(|figure| figure.as_f64().expect("a number"));
        assert!((memory - stream).abs() <= 1e-9 * memory.abs(), "{name}: {memory} {stream}");
    }
}

#[test]
fn a_test_file_has_the_figures_of_memory() {
    const FLAGS: &str = "--validation 0 --epochs 2 --hidden 4 --lr 0.01 --precision f64";
    let data = file("test-of-values.csv", values(300));
    // Of two blocks, and a row more that is left out.
    let test = file("test.csv", values(5000) + "1,,2,3\n");
    let train = format!("train {data} --target y,z --missing drop --test {test} {FLAGS}");
    let [memory, stream] = test_figures(&train);
    assert_eq!(memory["rows"], 5000);
    assert!(memory["mae"].as_f64().is_some_and(|mae| mae > 1.0), "in its own units: {memory}");
    same(&memory, &stream);
    let (code, text, notes) = run(&format!("{train} --stream"));
    assert!(
        code == 0 && text.contains("\ntest: loss ") && text.contains(", those of a file to test on;"),
        "{text}"
    );
    assert!(notes.contains("note: 1 of the test rows left out, with missing values\n"), "{notes}");

    let pixel = |i: u32| (i * 7919 % 251) as u8;
    let image = |name: &str, rows: u32| {
        let labels = idx(&format!("{name}-labels.idx"), &[rows], |row| u8::from(pixel(6 * row) > 120));
        (idx(&format!("{name}.idx"), &[rows, 2, 3], pixel), labels)
    };
    let (images, labels) = image("test-images", 200);
    let (others, of_others) = image("test-others", 4500);
    let [memory, stream] = test_figures(&format!(
        "train {images} --labels {labels} --test {others} --test-labels {of_others} {FLAGS}"
    ));
    assert!(memory["rows"] == 4500 && memory["accuracy"].is_number(), "{memory}");
    same(&memory, &stream);
}

#[test]
fn what_is_wrong_with_a_test_file_is_told_before_training_if_it_can_be() {
    let data = file("tested.csv", values(100));
    let model = fresh("tested.ckpt");
    let renamed = values(10).replacen("a,b", "a,c", 1);
    let train =
        |test: &str| format!("train {data} --target y,z --stream --epochs 1 --test {test} -o {model}");
    for (test, code, expected) in [
        ("nowhere.csv".to_owned(), 66, "nowhere.csv: no such file".to_owned()),
        (file("renamed.csv", &renamed), 65, "renamed.csv:1: no column named \"b\"".to_owned()),
        (
            file("gaps.csv", "a,b,y,z\n1,2,3,\n"),
            65,
            "gaps.csv:2:4 (column \"z\"): a missing value".to_owned(),
        ),
        (file("header.csv", "a,b,y,z\n"), 65, "header.csv: no data rows".to_owned()),
    ] {
        let (found, message) = refusal(&train(&test));
        assert!(found == code && message.contains(&expected), "{found}: {message}");
        assert!(!fs::exists(&model).unwrap(), "{test}");
    }
    let gone = file("all-gaps.csv", "a,b,y,z\n1,2,3,\n");
    let (code, message) = refusal(&format!("{} --missing drop", train(&gone)));
    assert!(code == 65 && message.contains("every row has a missing value"), "{code}: {message}");

    // What its first block does not tell comes out at its end, and costs no more than the test.
    let late = file("late.csv", values(5000) + "1,two,3,4\n");
    let (code, text, notes) = run(&format!("{} --json", train(&late)));
    assert_eq!(code, 65, "{notes}");
    let done: Value = serde_json::from_str(text.lines().last().unwrap()).unwrap();
    assert!(
        done["checkpoint"] == model.as_str() && done["training"].is_object() && done["test"].is_null(),
        "{done}"
    );
    let expected =
        format!("note: the run is over, and only its test is left: glassgrad evaluate {model} {late}\n");
    assert!(notes.contains(&expected), "{notes}");
    assert!(notes.contains(&format!("error: {late}:5002:2 (column \"b\"): found \"two\"")), "{notes}");
}

/// The part of a page under this heading.
fn section<'a>(page: &'a str, heading: &str) -> &'a str {
    let (_, after) = page.split_once(&format!("<h2>{heading}</h2>")).unwrap_or_else(|| panic!("{heading}"));
    after.split_once("</section>").expect("its end").0
}

#[test]
fn the_page_is_of_all_rows_held_out() {
    // Sorted, so that the first block has one class alone.
    let class = |i: usize| if i < 1200 { "low" } else { "high" };
    let rows = lines(3000, |i| format!("{},{i},{}", i * 7919 % 1000, class(i)));
    let data = file("page-classes.csv", format!("a,b,y\n{rows}"));
    let page = |data: &str, flags: &str| {
        let page = fresh("page-streamed.html");
        let done = objects(&format!("train {data} --stream --window 320 --epochs 2 --report {page} {flags}"));
        (done.last().unwrap().clone(), fs::read_to_string(page).unwrap())
    };
    let (done, html) = page(&data, "--target y --lr 0.01");
    let held_out = done["validation"]["rows"].as_u64().unwrap();
    let right = (done["validation"]["accuracy"].as_f64().unwrap() * held_out as f64).round() as u64;
    let matrix = section(&html, "Confusion matrix");
    assert!(matrix.contains(&format!("across; the {held_out} rows held out.")), "{matrix}");
    let cells: Vec<u64> = matrix
        .split("<td")
        .filter(|cell| !cell.starts_with(" class=\"rate\""))
        .filter_map(|cell| cell.split_once('>')?.1.split_once('<')?.0.parse().ok())
        .collect();
    assert_eq!(
        (cells.len(), cells.iter().sum::<u64>(), cells[0] + cells[3]),
        (4, held_out, right),
        "{matrix}"
    );
    let findings = section(&html, "Findings");
    let expected = format!("a sample, 320 of {} rows to train on, evenly spaced", 3000 - held_out);
    assert!(findings.contains(&expected) && !findings.contains("imbalance"), "{findings}");

    let data = file("page-values.csv", values(5000));
    for (share, expected) in [(0.1, "rows held out. A good"), (0.6, "rows held out, evenly spaced. A good")] {
        let (done, html) = page(&data, &format!("--target y,z --validation {share}"));
        let held_out = done["validation"]["rows"].as_u64().unwrap();
        let drawn = section(&html, "Residuals");
        assert!(drawn.contains(&format!("the {held_out} {expected}")), "{drawn}");
        assert_eq!(drawn.contains("a sample, 2000 of the"), held_out > 2000);
        assert_eq!(drawn.matches("h0").count() as u64, 2 * held_out.min(2000), "a dot each of two values");
    }
    let (_, html) =
        page(&data, &format!("--target y,z --validation 0 --test {}", file("page.csv", values(4200))));
    assert!(section(&html, "Residuals").contains("a sample, 2000 of the 4200 test rows, evenly spaced"));
}

#[test]
fn divergence_names_the_rows_of_the_file() {
    // One row is too large for the sums that it goes into, wherever it comes in the epoch.
    let row = |x: usize| if x == 70 { "3e38,1".into() } else { format!("{},{}", x % 7, x % 2) };
    let huge = file("huge-streamed.csv", format!("x,y\n{}", lines(90, row)));
    let numbers = |i: usize| (if i == 70 { 3e38_f32 } else { i as f32 % 7.0 }).to_le_bytes();
    let array = npy("huge.npy", "<f4", 90, 1, &(0..90).flat_map(numbers).collect::<Vec<_>>());
    let labels = idx("huge-labels.idx", &[90], |row| (row % 2) as u8);
    for how in ["", "--stream", "--stream --window 40", "--stream --window 40 --batch 7"] {
        for (data, expected) in [
            (format!("{huge} --target y"), format!("\n  {huge} has these rows of the batch on line 72\n")),
            (
                format!("{array} --labels {labels}"),
                format!("\n  {array} has these rows of the batch as row 71, counted from 1\n"),
            ),
        ] {
            let (code, _, message) = run(&format!("train {data} --scale none --validation 0 {how}"));
            assert!(code == 70 && message.contains(&expected), "{how}: {code}: {message}");
        }
    }
}

#[test]
fn values_that_are_no_probabilities_are_named_before_the_first_step() {
    let row = |i: usize| format!("{i},{}", [0.25, 1.0, 0.0, 0.75][i % 4]);
    let good = lines(5000, row);
    let data = file("chances.csv", format!("x,p\n{}", lines(400, row)));
    let late = |name: &str, rows: &str| {
        file(name, format!("x,p\n{}", rows.replacen("\n322,0\n", "\n322,-0.5\n", 1)))
    };
    let wrong = late("no-chances.csv", &lines(400, row));
    let test = late("no-chances-test.csv", &good);
    let model = fresh("chances.ckpt");
    for how in ["", "--stream", "--stream --window 64 --validation 0"] {
        let train = format!("--target p --loss binary_cross_entropy --epochs 1 --force -o {model} {how}");
        let expected = "324:2 (column \"p\"): found \"-0.5\", expected a probability, a number from 0 to 1: correct it, or choose a \
                        loss for values; see --loss (model.loss)";
        for (arguments, file) in
            [(format!("{wrong} {train}"), &wrong), (format!("{data} --test {test} {train}"), &test)]
        {
            assert_eq!(refusal(&format!("train {arguments}")), (65, format!("{file}:{expected}")), "{how}");
            assert!(!fs::exists(&model).unwrap());
        }
        objects(&format!("train {data} {train}"));
        assert_eq!(refusal(&format!("evaluate {model} {test}")), (65, format!("{test}:{expected}")), "{how}");
        fs::remove_file(&model).unwrap();
    }
}
