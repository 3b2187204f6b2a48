//! The program, run as a person in the project's folder would.

use std::process::Command;

/// A folder for tables of one's own.
pub(crate) const TMP: &str = env!("CARGO_TARGET_TMPDIR");

/// `$TMP` in an argument stands for [`TMP`].
pub(crate) fn command(arguments: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_glassgrad"));
    command.current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
    command.args(arguments.split_whitespace().map(|argument| argument.replace("$TMP", TMP)));
    command
}

/// Its exit code, and what it wrote to stdout and to stderr.
pub(crate) fn run(arguments: &str) -> (i32, String, String) {
    let output = command(arguments).output().expect("the program starts");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    let code = output.status.code().expect("an exit code, not a signal");
    (code, text(output.stdout), text(output.stderr))
}
