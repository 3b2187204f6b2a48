//! Every system call of saving, made to fail or to be the last: strace injects the faults.
//!
//! Skipped with a message where there is no strace or it may not trace.
#![cfg(target_os = "linux")]

mod fixture;
#[path = "fixture/writer.rs"]
mod writer;

use fixture::Folder;
use glassgrad_store::clear_stale;
use std::collections::HashMap;
use std::fs;
use std::process::{Command, Output, Stdio};
use std::thread::sleep;
use std::time::Duration;
use writer::{count_in, saving};

/// Three writes of 64 KiB and one of the rest.
const NUMBERS: usize = 25_000;

/// A system call of saving: its name, how many of that name there had been in the process (counting it), its line.
struct Call {
    name: String,
    nth: usize,
    line: String,
}

fn strace_is_there() -> bool {
    let there = Command::new("strace").args(["-qq", "-o", "/dev/null", "true"]).output();
    let there = there.is_ok_and(|output| output.status.success());
    if !there {
        println!("skipped: there is no strace here, or it may not trace");
    }
    there
}

/// A run of one save under strace with more arguments.
fn traced(folder: &Folder, arguments: &[&str]) -> Output {
    let log = folder.path("log");
    let strace = ["strace", "-qq", "-y", "-s", "200", "-o", log.to_str().unwrap()];
    saving(&[&strace[..], arguments].concat(), &folder.path("model.ckpt"), 1, NUMBERS).output().unwrap()
}

/// The system calls between the reading of the old file and the acknowledgement.
fn calls(log: &str) -> Vec<Call> {
    let mut seen: HashMap<&str, usize> = HashMap::new();
    let mut all = Vec::new();
    for line in log.lines() {
        let Some((name, _)) = line.split_once('(') else { continue };
        let nth = seen.entry(name).or_default();
        *nth += 1;
        all.push(Call { name: name.into(), nth: *nth, line: line.into() });
    }
    let acknowledged = all.iter().position(|call| call.line.contains("\"saved ")).expect("it saved");
    all.truncate(acknowledged);
    let old = |call: &Call| call.name == "openat" && call.line.contains("/model.ckpt\"");
    all.drain(..=all.iter().rposition(old).expect("it read the old file"));
    // The old file's descriptor is still to be closed and read from; saving begins by looking at its place.
    let look = |call: &Call| {
        ["statx", "lstat", "newfstatat"].contains(&&*call.name) && call.line.contains("/model.ckpt\"")
    };
    all.drain(..all.iter().position(look).expect("it looked at the place"));
    let not_files = ["mmap", "munmap", "mremap", "brk", "madvise", "mprotect", "getrandom", "futex"];
    all.retain(|call| !not_files.contains(&&*call.name));
    all
}

/// A folder with a file of count 1, as a first save leaves it.
fn started(name: &str) -> Folder {
    let folder = Folder::new(name);
    assert!(saving(&[], &folder.path("model.ckpt"), 1, NUMBERS).output().unwrap().status.success());
    folder
}

/// The calls of a save that succeeds.
fn undisturbed(folder: &Folder) -> Vec<Call> {
    let output = traced(folder, &[]);
    assert!(output.status.success(), "{output:?}");
    assert_eq!(count_in(&folder.path("model.ckpt")), 2);
    calls(&fs::read_to_string(folder.path("log")).unwrap())
}

fn leftovers(folder: &Folder) -> Vec<String> {
    folder.names().into_iter().filter(|name| name.contains(".tmp")).collect()
}

#[test]
fn the_order_of_system_calls() {
    if !strace_is_there() {
        return;
    }
    let folder = started("order");
    let calls = undisturbed(&folder);
    let place = |what: &str, is: &dyn Fn(&Call) -> bool| {
        let all: Vec<_> = (0..calls.len()).filter(|i| is(&calls[*i])).collect();
        assert!(
            !all.is_empty(),
            "no {what} among\n{}",
            calls.iter().map(|c| &*c.line).collect::<Vec<_>>().join("\n")
        );
        (all[0], all[all.len() - 1])
    };
    let temporary = |call: &Call| call.line.contains("/.model.ckpt.") && call.line.contains(".tmp");
    let create =
        place("creation", &|c| c.name == "openat" && temporary(c) && c.line.contains("O_CREAT|O_EXCL"));
    let writes = place("write", &|c| c.name == "write" && temporary(c));
    let sync = place("fsync of the file", &|c| c.name == "fsync" && temporary(c));
    let rename = place("rename", &|c| c.name.starts_with("rename") && temporary(c));
    let folder_at = format!("<{}>", fs::canonicalize(folder.path(".")).unwrap().display());
    let sync_folder = place("fsync of the folder", &|c| c.name == "fsync" && c.line.contains(&folder_at));
    let order = [create.0, writes.0, writes.1, sync.0, rename.0, sync_folder.0];
    assert!(order.is_sorted() && order[2] < order[3], "{order:?}");
    assert!(
        [create, sync, rename, sync_folder].iter().all(|(first, last)| first == last),
        "each of them once"
    );
    assert!(calls.iter().all(|c| !c.name.starts_with("unlink") && !c.name.starts_with("ftruncate")));
}

/// One fault; afterwards the file is whole, and it is the new one exactly if that was said.
fn fault(call: &Call, what: &str) {
    let folder = started("fault");
    let path = folder.path("model.ckpt");
    let output = traced(&folder, &[&format!("--inject={}:{what}:when={}", call.name, call.nth)]);
    let of = format!("{what} at call {} of {}: {output:?}\n{}", call.nth, call.name, call.line);
    let said = String::from_utf8_lossy(&output.stderr);
    let found = count_in(&path);
    if what == "signal=SIGKILL" {
        assert!(!output.status.success() && (1..=2).contains(&found), "{of}");
        clear_stale(&path).unwrap();
    } else if output.status.success() {
        assert_eq!(found, 2, "{of}"); // a call whose failure changes nothing, as that of close
    } else {
        assert_eq!(output.status.code(), Some(74), "{of}");
        assert!(said.starts_with(&path.display().to_string()), "{of}");
        let in_place = said.contains("the new file is in place");
        assert!(in_place || said.contains("what was there before is untouched"), "{of}");
        assert_eq!(found, if in_place { 2 } else { 1 }, "{of}");
    }
    assert_eq!(leftovers(&folder), [""; 0], "{of}");
}

#[test]
fn every_system_call_fails_or_is_the_last() {
    if !strace_is_there() {
        return;
    }
    let calls = undisturbed(&started("baseline"));
    println!("{} system calls to save", calls.len());
    for call in &calls {
        for what in ["error=ENOSPC", "error=EIO", "error=EACCES", "error=EROFS", "signal=SIGKILL"] {
            fault(call, what);
        }
        if call.name == "write" {
            fault(call, "retval=0");
        }
    }
    let vital = |name: &str| calls.iter().filter(|call| call.name.starts_with(name)).count();
    assert!(vital("write") >= 4 && vital("fsync") == 2 && vital("rename") == 1);
}

/// A call that is interrupted is made again.
#[test]
fn interruptions() {
    if !strace_is_there() {
        return;
    }
    for call in undisturbed(&started("interrupted")) {
        if ["write", "fsync", "flock"].contains(&&*call.name) {
            let folder = started("interruption");
            let output = traced(&folder, &[&format!("--inject={}:error=EINTR:when={}", call.name, call.nth)]);
            assert!(output.status.success(), "{output:?} {}", call.line);
            assert_eq!(count_in(&folder.path("model.ckpt")), 2);
        }
    }
}

/// Where a file system has no locks, files are saved without.
#[test]
fn no_locks() {
    if !strace_is_there() {
        return;
    }
    for error in ["ENOSYS", "EOPNOTSUPP", "ENOLCK"] {
        let folder = started("no-locks");
        let output = traced(&folder, &[&format!("--inject=flock:error={error}")]);
        assert!(output.status.success(), "{output:?}");
        assert_eq!(count_in(&folder.path("model.ckpt")), 2);
        assert_eq!(folder.names(), ["log", "model.ckpt"]);
    }
}

/// A file that has been made but not yet locked may be taken for stale: its writer then makes another.
#[test]
fn cleared_before_it_was_locked() {
    if !strace_is_there() {
        return;
    }
    let folder = started("unlocked");
    let path = folder.path("model.ckpt");
    let calls = undisturbed(&folder);
    let create = calls.iter().find(|call| call.name == "openat" && call.line.contains(".tmp"));
    let stop = format!("--inject=openat:signal=SIGSTOP:when={}", create.expect("it makes a file").nth);
    let mut command = saving(&["strace", "-qq", "-o", "/dev/null", &stop], &path, 1, NUMBERS);
    let mut writer = command.stdout(Stdio::null()).spawn().unwrap();

    let name = loop {
        assert!(writer.try_wait().unwrap().is_none(), "it ended without being stopped");
        match leftovers(&folder).pop() {
            Some(name) => break name,
            None => sleep(Duration::from_millis(1)),
        }
    };
    assert_eq!(clear_stale(&path).unwrap(), [folder.path(&name)]);
    let pid = name.split('.').nth(3).expect("the name carries the process number");
    assert!(Command::new("kill").args(["-CONT", pid]).status().unwrap().success());
    assert!(writer.wait().unwrap().success());
    assert_eq!(count_in(&path), 3);
    assert_eq!(leftovers(&folder), [""; 0]);
}
