//! Running a script of `tests/python`.

use std::path::Path;
use std::process::Command;

/// Runs `script` on a folder, with the interpreter that `PYTHON` names, else `python3`. Returns false, with a
/// message, where a module is missing; with `GLASSGRAD_REQUIRE_PYTHON=1` that fails the test.
pub(crate) fn run(script: &str, modules: &[&str], folder: &Path) -> bool {
    let python = std::env::var("PYTHON").unwrap_or_else(|_| "python3".into());
    let import = format!("import {}", modules.join(", "));
    let found = Command::new(&python).args(["-c", &import]).output().is_ok_and(|run| run.status.success());
    if !found {
        let message = format!("{python} with the modules {} is not there", modules.join(", "));
        assert!(!std::env::var("GLASSGRAD_REQUIRE_PYTHON").is_ok_and(|v| v == "1"), "{message}");
        eprintln!("skipped: {message}");
        return false;
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/python").join(script);
    let run = Command::new(&python).arg(path).arg(folder).output().expect("it ran a moment ago");
    print!("{}", String::from_utf8_lossy(&run.stdout));
    assert!(run.status.success(), "{script}:\n{}", String::from_utf8_lossy(&run.stderr));
    true
}
