//! The program, run as a person in the project's folder would.
#![allow(dead_code, reason = "each file of tests needs some of these")]

use serde_json::Value;
use std::fs;
use std::process::{Command, Output, Stdio};

/// A folder for files of one's own.
pub(crate) const TMP: &str = env!("CARGO_TARGET_TMPDIR");

/// The compiler that this test was compiled by, if its name was said.
pub(crate) fn rustc() -> Command {
    Command::new(option_env!("RUSTC").unwrap_or("rustc"))
}

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

/// What a run writes to stdout that ends well.
pub(crate) fn stdout(arguments: &str) -> String {
    let (code, stdout, stderr) = run(arguments);
    assert_eq!(code, 0, "{arguments}: {stderr}");
    stdout
}

/// What comes of a program whose stdout nobody reads.
pub(crate) fn unread(arguments: &str) -> Output {
    let mut command = command(arguments);
    let mut child =
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts");
    drop(child.stdout.take());
    child.wait_with_output().expect("it ends")
}

/// Its exit code and the message after "error: ", of a run that ends badly.
pub(crate) fn refusal(arguments: &str) -> (i32, String) {
    let (code, stdout, stderr) = run(arguments);
    assert_eq!(stdout, "", "{arguments}");
    let message = stderr.strip_prefix("error: ").unwrap_or_else(|| panic!("{arguments}: {code}: {stderr}"));
    (code, message.trim_end().to_owned())
}

/// The objects of a run with --json that ends well.
pub(crate) fn objects(arguments: &str) -> Vec<Value> {
    let lines = stdout(&format!("{arguments} --json"));
    lines.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("JSON: {line}"))).collect()
}

/// Writes a file of one's own, and tells its path.
pub(crate) fn file(name: &str, text: impl AsRef<[u8]>) -> String {
    let path = format!("{TMP}/{name}");
    fs::write(&path, text).expect("a file");
    path
}

/// A path of one's own where there is no file.
pub(crate) fn fresh(name: &str) -> String {
    let path = format!("{TMP}/{name}");
    let _ = fs::remove_file(&path);
    path
}

/// One line for each number below `count`.
pub(crate) fn lines(count: usize, line: impl Fn(usize) -> String) -> String {
    (0..count).flat_map(|i| [line(i), "\n".into()]).collect()
}

/// An IDX file of bytes, as MNIST's are: two zeros, the kind, how many sizes, the sizes, the bytes.
pub(crate) fn idx(name: &str, sizes: &[u32], byte: impl Fn(u32) -> u8) -> String {
    let mut bytes = vec![0, 0, 8, sizes.len() as u8];
    bytes.extend(sizes.iter().flat_map(|size| size.to_be_bytes()));
    bytes.extend((0..sizes.iter().product()).map(byte));
    file(name, bytes)
}

/// A matrix as `numpy.save` writes it, of a type that `descr` names.
pub(crate) fn npy(name: &str, descr: &str, rows: usize, columns: usize, numbers: &[u8]) -> String {
    let header = format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': ({rows}, {columns}), }}\n");
    let length = (header.len() as u16).to_le_bytes();
    file(name, [b"\x93NUMPY\x01\x00", &length[..], header.as_bytes(), numbers].concat())
}
