//! Data that stay in their file: what it costs in memory, that a run goes on as if it had never stopped, and what is
//! refused.

#![cfg(unix)]

mod program;

use program::{TMP, command, file, fresh, lines, objects, refusal, run, stdout};
use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

/// A header, and rows of `columns` features and a target that they tell.
fn table(name: &str, rows: usize, columns: usize) -> String {
    let header: Vec<_> = (0..columns).map(|column| format!("x{column}")).collect();
    let row = |i: usize| {
        let x: Vec<_> = (0..columns).map(|c| ((i * (c + 7) * 7919) % 1000).to_string()).collect();
        let class = if i * 7 * 7919 % 1000 < 500 { "low" } else { "high" };
        format!("{},{class}", x.join(","))
    };
    file(name, format!("{},y\n{}", header.join(","), lines(rows, row)))
}

/// The program, allowed so many KiB of memory that it may write to.
fn limited(kib: usize, arguments: &str) -> (bool, String) {
    let program = command(arguments);
    let output = Command::new("sh")
        .args(["-c", &format!("ulimit -d {kib} && exec \"$0\" \"$@\"")])
        .arg(program.get_program())
        .args(program.get_args())
        .current_dir(program.get_current_dir().expect("the project's"))
        .output()
        .expect("a shell");
    (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn memory_is_bounded_by_the_window() {
    const KIB: usize = 16 << 10; // the table is a file of 10 MiB, and as numbers 21 MiB
    let data = table("large.csv", 120_000, 23);
    let model = fresh("large.ckpt");
    let train = format!(
        "train {data} --target y --epochs 1 --batch 1024 --hidden 4 --window 2048 --threads 1 --force -o {model}"
    );
    let page = fresh("large.html");
    let (well, message) = limited(KIB, &format!("{train} --stream --test {data} --report {page}"));
    assert!(well, "{message}");
    assert!(!limited(KIB, &train).0, "in memory it needs more");
    let predictions = fresh("large-predicted.csv");
    let (well, message) = limited(KIB, &format!("predict {model} {data} -o {predictions}"));
    assert!(well, "{message}");
    assert_eq!(fs::read_to_string(&predictions).unwrap().lines().count(), 120_001);
    for path in [data, predictions] {
        fs::remove_file(path).unwrap();
    }
}

#[test]
fn it_learns_and_tells_what_it_does() {
    let data = table("learns.csv", 3000, 3);
    let objects = objects(&format!(
        "train {data} --target y --stream --window 800 --epochs 12 --hidden 16 --lr 0.01 --report {}",
        fresh("learns.html")
    ));
    let plan = &objects[0];
    let [training, held_out] = ["train", "validation"].map(|part| plan["rows"][part].as_u64().unwrap());
    assert_eq!((plan["window"].as_u64(), training + held_out), (Some(800), 3000));
    assert_eq!(plan["steps_per_epoch"], training.div_ceil(32));
    let done = objects.last().unwrap();
    assert_eq!(
        (done["training"]["rows"].as_u64(), done["validation"]["rows"].as_u64()),
        (Some(training), Some(held_out))
    );
    assert!(done["validation"]["accuracy"].as_f64().unwrap() > 0.97, "{done}");
    let text = stdout(&format!("train {data} --target y --stream --window 800 --epochs 1"));
    assert!(text.contains("\nstreamed: 800 rows at a time in memory, and mixed\n"), "{text}");
    let page = fs::read_to_string(format!("{TMP}/learns.html")).unwrap();
    assert!(page.contains(&format!("the {held_out} rows held out")), "all of them");
}

#[test]
fn a_run_that_was_stopped_ends_in_the_same_bytes() {
    let data = table("stopped.csv", 4000, 4);
    let [straight, stopped] = ["straight.ckpt", "stopped.ckpt"].map(fresh);
    let train = |epochs: u64, model: &str| {
        format!(
            "train {data} --target y --stream --window 500 --batch 8 --epochs {epochs} --patience 0 --dropout 0.2 \
             --json -o {model}"
        )
    };
    let mut child = command(&train(1_000_000_000, &stopped))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut told = BufReader::new(child.stdout.take().unwrap()).lines();
    while !told.next().unwrap().unwrap().contains("\"event\":\"epoch\"") {}
    let kill = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(kill.success());
    told.for_each(drop); // or it would wait for a reader
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130), "{}", String::from_utf8_lossy(&output.stderr));
    let epochs = objects(&format!("inspect {stopped}"))[0]["epochs"].as_u64().unwrap() + 2;
    stdout(&format!("train --resume {stopped} --epochs {epochs} --json"));
    stdout(&train(epochs, &straight));
    assert!(fs::read(&straight).unwrap() == fs::read(&stopped).unwrap(), "the same bytes");

    let text = fs::read_to_string(&data).unwrap();
    fs::write(&data, text.replacen("\n0,", "\n1,", 1)).unwrap();
    let (code, message) = refusal(&format!("train --resume {stopped} --epochs 1000"));
    assert!(code == 65 && message.contains("training data"), "{code}: {message}");
    fs::write(&data, text).unwrap();
    let (code, message) = refusal(&format!("train --resume {stopped} --epochs 1000 --window 501"));
    assert!(code == 2 && message.starts_with("--window 501 (data.window): "), "{code}: {message}");
}

#[test]
fn blocks_do_not_show() {
    let data = table("blocks.csv", 9000, 2);
    let model = fresh("blocks.ckpt");
    stdout(&format!("train {data} --target y --stream --window 1000 --epochs 1 --batch 256 -o {model}"));
    let text = fs::read_to_string(&data).unwrap();
    let (header, rows) = text.split_once('\n').unwrap();
    let whole = stdout(&format!("predict {model} {data}"));
    // Cut where no block ends.
    let (first, last): (Vec<_>, Vec<_>) = rows.lines().enumerate().partition(|(row, _)| *row < 3001);
    let part = |name: &str, rows: Vec<(usize, &str)>| {
        let rows: Vec<_> = rows.into_iter().map(|(_, row)| row).collect();
        stdout(&format!("predict {model} {}", file(name, format!("{header}\n{}\n", rows.join("\n")))))
    };
    let parts = part("first.csv", first) + part("last.csv", last).split_once('\n').unwrap().1;
    assert_eq!(whole, parts);
    assert_eq!(objects(&format!("evaluate {model} {data}"))[0]["rows"], 9000);
}

#[test]
fn what_is_wrong_far_down_is_told_before_anything_is_written() {
    let data = table("wrong.csv", 3000, 2);
    let text = fs::read_to_string(&data).unwrap();
    let at = text.match_indices('\n').nth(2499).unwrap().0 + 1;
    let end = at + text[at..].find('\n').unwrap();
    let model = fresh("wrong.ckpt");
    let train = format!("train {data} --target y --stream --window 160 -o {model}");
    for (row, expected) in [
        ("1,,low", format!("{data}:2501:2 (column \"x1\"): a missing value")),
        ("1,two,low", format!("{data}:2501:2 (column \"x1\"): found \"two\", expected a number")),
        ("1,2", format!("{data}:2501: 2 fields, but the header has 3")),
        ("1,1e39,low", format!("{data}:2501:2 (column \"x1\"): found \"1")),
    ] {
        fs::write(&data, format!("{}{row}{}", &text[..at], &text[end..])).unwrap();
        let (code, message) = refusal(&train);
        assert!(code == 65 && message.starts_with(&expected), "{code}: {message}");
        assert!(!fs::exists(&model).unwrap());
    }
    fs::write(&data, &text).unwrap();
    stdout(&format!("{train} --epochs 1"));
    let predictions = fresh("wrong-predicted.csv");
    let long = table("long.csv", 6000, 2);
    fs::write(&long, fs::read_to_string(&long).unwrap() + "1,two,low\n").unwrap();
    let (code, message) = refusal(&format!("predict {model} {long} -o {predictions}"));
    assert!(code == 65 && message.starts_with(&format!("{long}:6002:2 ")), "{code}: {message}");
    assert!(!fs::exists(&predictions).unwrap());
}

#[test]
fn what_cannot_be_streamed_is_refused() {
    let data = table("refused.csv", 100, 2);
    let packed = file("refused.csv.gz", "");
    let rows = file("refused_rows.toml", "[data]\nrows = [[1.0, 2.0], [2.0, 3.0]]\nstream = true\n");
    let streamed = file("refused.toml", format!("[data]\ntrain = {data:?}\ntarget = \"y\"\nstream = true\n"));
    let both = fs::read_to_string(&rows).unwrap() + &format!("train = {data:?}\ntarget = \"y\"\n");
    let both = file("refused_both.toml", both);
    for (arguments, code, expected) in [
        (format!("train {packed} --target y --stream"), 65, "unpack it first, as gunzip -k does"),
        (
            format!("train {data} --target y --stream --shards 2"),
            2,
            "or several workers, whose shards are cut from",
        ),
        (
            format!("train {data} --stream"),
            2,
            "--target (data.target): no column is named; expected the one to predict",
        ),
        ("train --stream --target y".into(), 2, "no data: expected a file to train on"),
        (format!("train {both}"), 2, "data.rows: found beside the file"),
        (format!("train {data} --target y --stream --window 0"), 2, "expected a whole number of at least 1"),
        (format!("train {rows}"), 2, "found data.rows, which are in memory as it is; expected a file"),
        (format!("trace {streamed}"), 2, "this command looks into data in memory"),
        (format!("diagnose {streamed}"), 2, "this command looks into data in memory"),
    ] {
        let (found, _, message) = run(&arguments);
        assert!(found == code && message.contains(expected), "{arguments}: {found}: {message}");
    }
    let headless = file("headless-streamed.csv", lines(20, |x| format!("{},{}", x + 3, x % 2)));
    let (code, _, notes) = run(&format!("train {headless} --target 0 --stream --epochs 1"));
    assert!(
        code == 0 && notes.starts_with(&format!("note: {headless}:1: the first line is all numbers")),
        "{notes}"
    );
}
