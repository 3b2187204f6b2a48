//! Where a model is to be written: looked at before anything else is done, held while it is written, and whole whenever
//! the program ends, by signals too.
#![cfg(unix)]

mod program;

use program::{TMP, command, fresh, objects, refusal, run, stdout};
use std::fs;
use std::io::{BufRead, BufReader};
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
    assert!(message.starts_with(&format!("{model}: process {} on ", child.id())), "{message}");
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
