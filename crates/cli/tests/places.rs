//! Where a model is to be written: looked at before anything else is done, held while it is written, and whole whenever
//! the program ends, by signals too.
#![cfg(unix)]

mod program;

use program::{TMP, command, file, fresh, objects, refusal, run, stdout, unread};
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

const ENDLESS: &str = "train data/iris.csv --target target --patience 0 --epochs 1000000000 --json";

/// A run that has told its first epoch, and so has saved or is about to.
fn started(model: &str) -> (Child, impl Iterator<Item = String>) {
    let mut child = command(&format!("{ENDLESS} -o {model}"))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut lines =
        BufReader::new(child.stdout.take().expect("piped")).lines().map(|line| line.expect("text"));
    assert!(lines.by_ref().take(3).last().is_some_and(|line| line.contains("\"epoch\"")));
    (child, lines)
}

fn signal(child: &Child, name: &str) {
    let kill = Command::new("kill").args([format!("-{name}"), child.id().to_string()]).status();
    assert!(kill.expect("kill is there").success());
}

#[test]
fn a_signal_lets_the_step_end_and_saves() {
    for (name, code) in [("INT", 130), ("TERM", 143)] {
        let model = fresh(&format!("{name}.ckpt"));
        let (child, lines) = started(&model);
        signal(&child, name);
        lines.for_each(drop); // or it would wait for a reader
        let output = child.wait_with_output().expect("it ends");
        let message = String::from_utf8(output.stderr).expect("text");
        assert_eq!(output.status.code(), Some(code), "{message}");
        assert!(message.contains(&format!("go on with: glassgrad train --resume {model}")), "{message}");
        let epochs = objects(&format!("inspect {model}"))[0]["epochs"].as_u64().expect("a count");
        // What was interrupted, at whichever step, comes to the bits of what never was.
        let whole = fresh(&format!("{name}-whole.ckpt"));
        let more = epochs + 2;
        stdout(&format!("train --resume {model} --epochs {more} -q"));
        stdout(&format!("train data/iris.csv --target target --patience 0 --epochs {more} -q -o {whole}"));
        assert!(
            fs::read(&model).expect("it") == fs::read(&whole).expect("it"),
            "{name} after {epochs} epochs"
        );
    }
}

#[test]
fn a_run_that_was_stopped_has_its_report() {
    let [model, page] = ["reported.ckpt", "reported.html"].map(fresh);
    let outputs = format!("{model} --report {page}");
    let (child, lines) = started(&outputs);
    signal(&child, "INT");
    lines.for_each(drop);
    let output = child.wait_with_output().expect("it ends");
    let message = String::from_utf8(output.stderr).expect("text");
    assert_eq!(output.status.code(), Some(130), "{message}");
    assert!(message.starts_with(&format!("note: report: {page}\nstopped: after ")), "{message}");
    assert!(fs::read_to_string(&page).expect("it").contains("; ended before its time: after "), "{message}");
}

#[test]
fn a_second_signal_ends_it_at_once_and_leaves_the_model_as_it_was() {
    let model = fresh("twice.ckpt");
    stdout(&format!("train data/iris.csv --target target --epochs 1 -o {model} -q"));
    let before = fs::read(&model).expect("it");
    // Nobody writes to the pipe, so that no step ever comes after which a first signal could end it.
    let pipe = fresh("never.csv");
    assert!(Command::new("mkfifo").arg(&pipe).status().expect("mkfifo").success());
    let mut child =
        command(&format!("train {pipe} --target y -o {model} --force")).spawn().expect("it starts");
    let held = || {
        let mut names = fs::read_dir(TMP)
            .expect("it")
            .flatten()
            .map(|file| file.file_name().to_string_lossy().into_owned());
        names.any(|name| name.contains("twice.ckpt."))
    };
    while !held() {
        assert!(child.try_wait().expect("a child").is_none(), "it takes the place, and waits for data");
        thread::sleep(Duration::from_millis(1));
    }
    let mut sent = 0;
    let status = loop {
        match child.try_wait().expect("a child") {
            Some(status) => break status,
            None => signal(&child, "INT"),
        }
        sent += 1;
        thread::sleep(Duration::from_millis(5));
    };
    assert!(sent >= 2 && status.code() == Some(130), "{sent} signals: {status}");
    assert!(fs::read(&model).expect("it") == before, "bit for bit");
    // What it held is free again.
    stdout(&format!("train data/iris.csv --target target --epochs 1 -o {model} --force -q"));
    assert!(!held());
}

#[test]
fn whoever_is_second_is_told_who_is_first() {
    let model = fresh("locked.ckpt");
    let (mut child, lines) = started(&model);
    let (code, message) = refusal(&format!("train data/iris.csv --target target --force -o {model}"));
    assert_eq!(code, 75);
    let first = format!("{model}: process {} on ", child.id());
    assert!(message.starts_with(&first), "{message}");
    let trained = fresh("not-locked.ckpt");
    stdout(&format!("train data/iris.csv --target target --epochs 1 -q -o {trained}"));
    for command in ["predict $M data/iris.csv", "export $M --to npz", "init data/iris.csv", "graph"] {
        let command = command.replace("$M", &trained);
        let (code, message) = refusal(&format!("{command} --force -o {model}"));
        assert!(code == 75 && message.starts_with(&first), "{command}: {code}: {message}");
    }
    signal(&child, "INT");
    lines.for_each(drop);
    assert_eq!(child.wait().expect("it ends").code(), Some(130));
    assert!(!fs::read_dir(TMP).expect("it").flatten().any(|file| {
        let name = file.file_name().to_string_lossy().into_owned();
        name.contains("locked.ckpt.") // neither a lock nor a temporary file is left
    }));
}

#[test]
fn places_where_nothing_can_be_written() {
    for (path, expected) in [
        ("no/such/folder/m.ckpt", "cannot be written: there is no folder no/such/folder; make it first"),
        ("data", "cannot be written: a folder; name a file inside it"),
    ] {
        // Before the data are looked at, which are not there.
        for command in [
            "train none.csv --target y -o",
            "predict none.ckpt none.csv -o",
            "export none.ckpt --to npz -o",
            "init none.csv -o",
        ] {
            let (code, message) = refusal(&format!("{command} {path}"));
            assert_eq!((code, message), (73, format!("{path}: {expected}")), "{command}");
        }
    }
}

#[test]
fn a_folder_that_is_read_only() {
    // The superuser may write everywhere but in places like this.
    if !fs::exists("/proc/self").is_ok_and(|there| there) {
        return;
    }
    let (code, message) = refusal("train data/iris.csv --target target -o /proc/m.ckpt");
    assert_eq!(code, 73);
    assert!(
        message.starts_with("/proc/m.ckpt: cannot be written: no file can be made in the folder /proc"),
        "{message}"
    );
}

#[test]
fn nothing_is_overwritten_without_being_told_to() {
    let model = fresh("there.ckpt");
    let train = format!("train data/iris.csv --target target --epochs 1 -o {model}");
    stdout(&train);
    let before = fs::read(&model).expect("it");
    let expected =
        format!("{model}: there is such a file already; add --force to replace it, or choose another path");
    assert_eq!(refusal(&format!("{train} --seed 1")), (73, expected));
    assert!(fs::read(&model).expect("it") == before);
    let (code, ..) = run(&format!("{train} --seed 1 --force"));
    assert!(code == 0 && fs::read(&model).expect("it") != before);
}

#[test]
fn what_is_read_is_not_written_over() {
    let [data, run, model] =
        [file("read.csv", "a,y\n1,0\n2,1\n3,0\n4,1\n5,0\n"), fresh("read.toml"), fresh("read.ckpt")];
    stdout(&format!("init {data} --target y -o {run}"));
    stdout(&format!("train {data} --target y --validation 0 --epochs 1 -q -o {model}"));
    let link = fresh("read-link.csv");
    std::os::unix::fs::symlink(&data, &link).expect("a link");
    let weights = fresh("read.npz");
    stdout(&format!("export {model} --to npz -o {weights}"));
    for (command, path) in [
        (format!("train {data} --target y"), &data),
        (format!("train {data} --target y"), &link),
        (format!("train {run}"), &run),
        (format!("train {run}"), &data),
        (format!("predict {model} {data}"), &data),
        (format!("predict {model} {data}"), &model),
        (format!("export {model} --to onnx"), &model),
        (format!("init {data} --target y"), &data),
        (format!("import {weights} {run}"), &weights),
        (format!("import {weights} {run}"), &run),
        (format!("graph {run}"), &run),
        (format!("lr-map {run}"), &data),
    ] {
        let before = fs::read(path).expect("it");
        for force in ["", " --force"] {
            let expected = format!(
                "{path}: it is read, and cannot be written too; expected another path for the output"
            );
            assert_eq!(refusal(&format!("{command} -o {path}{force}")), (2, expected), "{command}");
        }
        assert!(fs::read(path).expect("it") == before, "{command}");
    }
}

#[test]
fn what_is_written_has_a_place_each() {
    let [one, folder] = ["one.html", "one-folder"].map(fresh);
    let another = format!("{TMP}/../tmp/./one.html");
    let link = fresh("one-link");
    std::os::unix::fs::symlink(TMP, &link).expect("a link");
    let linked = format!("{link}/one.html");
    for (flags, told) in [
        (format!("-o {one} --report {one}"), format!("--report {one}: the model")),
        (format!("-o {one} --report {another}"), format!("--report {another}: the model")),
        (format!("-o {one} --report {linked}"), format!("--report {linked}: the model")),
        (format!("-o {folder} --tensorboard {folder}"), format!("--tensorboard {folder}: the model")),
        (format!("-o {folder} --tensorboard {folder}/a/b"), format!("--tensorboard {folder}/a/b: the model")),
        (format!("--report {linked} --tensorboard {one}"), format!("--tensorboard {one}: the report")),
    ] {
        let expected = format!("{told} is to be written there; expected another place");
        assert_eq!(refusal(&format!("train data/iris.csv --target target {flags}")), (2, expected));
    }
    assert!(!fs::exists(&one).unwrap() && !fs::exists(&folder).unwrap());
}

#[test]
fn a_run_with_a_model_to_write_needs_no_reader() {
    for json in ["", " --json"] {
        let model = fresh("unread.ckpt");
        let output =
            unread(&format!("train data/iris.csv --target target --patience 0 --epochs 50 -o {model}{json}"));
        let message = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{}: {message}", output.status);
        assert_eq!(objects(&format!("inspect {model}"))[0]["epochs"], 50);
    }
}

#[test]
fn a_signal_while_predicting_leaves_no_half_of_a_file() {
    let [model, pipe, predictions] = ["halfway.ckpt", "halfway.csv", "halfway-predicted.csv"].map(fresh);
    stdout(&format!("train data/iris.csv --target target --epochs 1 -q -o {model}"));
    for (name, code) in [("INT", 130), ("TERM", 143)] {
        let _ = fs::remove_file(&pipe);
        assert!(Command::new("mkfifo").arg(&pipe).status().expect("mkfifo").success());
        let child = command(&format!("predict {model} {pipe} -o {predictions}"))
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut to = fs::OpenOptions::new().write(true).open(&pipe).expect("it is read");
        let rows = "5.1,3.5,1.4,0.2\n".repeat(100_000);
        to.write_all(b"sepal_length,sepal_width,petal_length,petal_width\n").expect("it is read");
        to.write_all(rows.as_bytes()).expect("it is read");
        signal(&child, name);
        while to.write_all(rows.as_bytes()).is_ok() {}
        let output = child.wait_with_output().expect("it ends");
        let message = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{message}");
        assert_eq!(message, format!("stopped: nothing written to {predictions}\n"));
        assert!(!fs::read_dir(TMP).expect("it").flatten().any(|file| {
            let name = file.file_name().to_string_lossy().into_owned();
            name.contains("halfway-predicted.csv") // nor a lock or a temporary file
        }));
    }
}
