//! Where things are written: results to stdout, a progress bar only to a terminal, colours only if wanted.

mod program;

use program::{command, refusal, run, unread};
use std::io::{BufRead, BufReader, Read};
use std::process::Stdio;

const IRIS: &str = "train data/iris.csv --target target --epochs 2";

#[test]
fn no_progress_bar_without_a_terminal() {
    let (code, results, progress) = run(IRIS);
    assert_eq!((code, progress.as_str()), (0, ""));
    assert!(!results.contains(['\x1b', '\r']), "{results}");
}

#[test]
fn a_reader_that_has_had_enough_is_no_failure() {
    // As `glassgrad … | head -1`, and as a reader that is gone before the first line.
    for lines in [1, 0] {
        let mut child =
            command(IRIS).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts");
        let mut reader = BufReader::new(child.stdout.take().expect("piped"));
        let mut line = String::new();
        for _ in 0..lines {
            reader.read_line(&mut line).expect("a line");
            assert!(line.starts_with("rows: 120"), "{line}");
        }
        drop(reader);
        let mut complaint = String::new();
        child.stderr.take().expect("piped").read_to_string(&mut complaint).expect("UTF-8");
        assert!(child.wait().expect("it ends").success(), "{complaint}");
        assert_eq!(complaint, "", "after {lines} lines");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_a_failure() {
    let full = || std::fs::OpenOptions::new().write(true).open("/dev/full").expect("Linux has one");
    let output = command(IRIS).stdout(full()).output().expect("the program starts");
    assert_eq!(output.status.code(), Some(74));
    assert_eq!(
        String::from_utf8_lossy(&output.stderr),
        "error: stdout: No space left on device (os error 28)\n"
    );
    for arguments in ["--help", "train --help", "--version"] {
        let status = command(arguments).stdout(full()).status().expect("the program starts");
        assert_eq!(status.code(), Some(74), "{arguments}");
    }
    // Where the message cannot be written either, the code still can be told.
    let status = command("train data --target y").stderr(full()).status().expect("the program starts");
    assert_eq!(status.code(), Some(66));
}

#[test]
fn a_script_for_a_shell_is_no_json() {
    let expected = "--json: a script for a shell is no JSON; leave it out";
    assert_eq!(refusal("completions bash --json"), (2, expected.to_owned()));
}

#[test]
fn no_color_is_heeded() {
    let escapes = |set: &[(&str, &str)]| {
        let mut command = command("train --bogus");
        command.env_remove("NO_COLOR").env_remove("CLICOLOR_FORCE").envs(set.iter().copied());
        command.output().expect("the program starts").stderr.contains(&0x1b)
    };
    assert!(!escapes(&[]), "no terminal, no colours");
    assert!(escapes(&[("CLICOLOR_FORCE", "1")]), "unless they are forced");
    assert!(!escapes(&[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]), "NO_COLOR comes first");
}

#[test]
fn help_has_examples_that_work() {
    let stdout = |arguments: &str| {
        let (code, stdout, complaint) = run(arguments);
        assert_eq!((code, complaint.as_str()), (0, ""), "{arguments}");
        stdout
    };
    let help = stdout("train --help");
    for flag in ["--target", "--task", "--hidden", "--lr", "--epochs", "--batch", "--validation", "--seed"] {
        assert!(help.contains(flag), "{flag} in {help}");
    }
    assert!(help.contains("Exit codes:") && help.contains("  70  training diverged"), "{help}");
    let examples: Vec<_> = help.lines().filter_map(|line| line.strip_prefix("  glassgrad ")).collect();
    assert!(examples.len() >= 2, "{help}");
    for example in examples.iter().filter(|example| example.contains("data/") && !example.contains("-o")) {
        // A flag given twice is an error.
        let short = if example.contains("--epochs") { " -q" } else { " --epochs 1 -q" };
        stdout(&format!("{example}{short}"));
    }
    assert!(stdout("train -h").contains("Examples:"));
    assert!(stdout("--help").contains("glassgrad train data/iris.csv --target target"));
    assert_eq!(stdout("--version"), concat!("glassgrad ", env!("CARGO_PKG_VERSION"), "\n"));
}

#[test]
fn every_command_bears_a_closed_pipe() {
    let model = program::fresh("piped.ckpt");
    run(&format!("{IRIS} -q -o {model}"));
    for arguments in [
        format!("predict {model} data/iris.csv"),
        format!("predict {model} data/iris.csv --json"),
        format!("inspect {model}"),
        "init data/iris.csv -o -".into(),
        "completions bash".into(),
        "train --help".into(),
        format!("{IRIS} --json"),
    ] {
        let output = unread(&arguments);
        assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(0), &b""[..]), "{arguments}");
    }
}
