//! `docs/by-hand.md`: every command in it is run, and prints what the page shows.
#![cfg(unix)] // the page's commands are for a shell

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

/// Commands, and the lines that the page shows of each.
fn commands(page: &str) -> Vec<(String, Vec<String>)> {
    let mut commands: Vec<(String, Vec<String>)> = Vec::new();
    let mut inside = false;
    for line in page.lines() {
        match line.strip_prefix("$ ") {
            _ if line.starts_with("```") => inside = line == "```console",
            Some(command) if inside => commands.push((command.into(), Vec::new())),
            _ if inside => commands.last_mut().expect("a block begins with a command").1.push(line.into()),
            _ => {}
        }
    }
    commands
}

/// A folder with the examples that the page names.
fn folder() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("by-hand");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(folder.join("examples")).expect("a folder");
    for name in ["one_hidden_unit.toml", "one_hidden_unit.claims.toml"] {
        let name = format!("examples/{name}");
        fs::copy(format!("{ROOT}/{name}"), folder.join(&name)).expect("an example");
    }
    folder
}

fn run(command: &str, folder: &Path) -> Vec<String> {
    let program = Path::new(env!("CARGO_BIN_EXE_glassgrad")).parent().expect("a folder");
    let path = format!("{}:{}", program.display(), env::var("PATH").unwrap_or_default());
    let shell = Command::new("sh").args(["-c", command]).current_dir(folder).env("PATH", path).output();
    let output = shell.expect("a shell");
    assert!(output.status.success(), "{command}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8").lines().map(str::to_owned).collect()
}

/// Whether the lines shown are those printed; `…` stands for any number of lines.
fn fits(shown: &[String], printed: &[String]) -> bool {
    let parts: Vec<&[String]> = shown.split(|line| line == "…").collect();
    let [first, middle @ .., last] = &parts[..] else { return shown == printed };
    let Some(mut rest) = printed.strip_prefix(*first) else { return false };
    for part in middle {
        let Some(at) = (0..=rest.len()).find(|&at| rest[at..].starts_with(part)) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}

#[test]
fn the_page_shows_what_the_program_prints() {
    let page = fs::read_to_string(format!("{ROOT}/docs/by-hand.md")).expect("the page");
    let (commands, folder) = (commands(&page), folder());
    assert!(commands.len() > 10, "{commands:?}");
    for (command, shown) in commands {
        let printed = run(&command, &folder);
        assert!(fits(&shown, &printed), "$ {command}\n{}", printed.join("\n"));
    }
    let picture = |path: PathBuf| fs::read_to_string(path).expect("a picture");
    let [drawn, shown] =
        [folder.join("graph.svg"), Path::new(ROOT).join("docs/by-hand/graph.svg")].map(picture);
    assert_eq!(drawn, shown);
}

#[test]
fn a_line_that_differs_does_not_fit() {
    let lines = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
    let printed = lines("a b c d");
    for shown in ["a b c d", "a … d", "… b … d", "a …", "… c d", "…"] {
        assert!(fits(&lines(shown), &printed), "{shown}");
    }
    for shown in ["a b c", "b …", "a … c", "… c b …", "a b x d", "a … e …"] {
        assert!(!fits(&lines(shown), &printed), "{shown}");
    }
}
