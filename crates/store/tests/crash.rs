//! kill -9 at random moments of saving: the file is whole, nothing that was acknowledged is lost, and the next
//! start clears up.
//!
//! `GLASSGRAD_STORE_KILLS` says how often; by hand at least 2,000. That the bytes reach the disk in time cannot
//! be seen so, since the system outlives the process: `faults.rs` asserts the order of the system calls.
#![cfg(unix)]

mod fixture;
#[path = "fixture/writer.rs"]
mod writer;

use fixture::{Folder, Random, count};
use glassgrad_store::{Lock, clear_stale};
use std::io::Read;
use std::process::Stdio;
use std::thread::sleep;
use std::time::Duration;
use writer::{count_in, saving};

#[test]
fn kill_at_random_moments() {
    let folder = Folder::new("kill");
    let path = folder.path("model.ckpt");
    let mut random = Random(9);
    let (mut saved, mut stale, mut in_between) = (0, 0, 0);
    let kills = count("GLASSGRAD_STORE_KILLS", 200);
    for kill in 0..kills {
        let numbers = [100, 20_000, 60_000][kill % 3];
        let mut writer = saving(&[], &path, usize::MAX >> 1, numbers).stdout(Stdio::piped()).spawn().unwrap();
        sleep(Duration::from_micros(random.next() % 24_000));
        writer.kill().unwrap();
        assert!(!writer.wait().unwrap().success());

        let mut said = String::new();
        writer.stdout.take().unwrap().read_to_string(&mut said).unwrap();
        let acknowledged =
            said.lines().last().map(|line| line.strip_prefix("saved ").unwrap().parse().unwrap());
        if path.exists() {
            let found = count_in(&path);
            let expected: u64 = acknowledged.unwrap_or(saved);
            assert!(found >= expected, "save {expected} was acknowledged, {found} was found");
            in_between += usize::from(found > expected);
            saved = found;
        } else {
            assert_eq!((acknowledged, saved), (None, 0), "the file is gone");
        }

        // What the next start does.
        let lock = Lock::take(&path).expect("a killed holder holds nothing");
        stale += clear_stale(&path).unwrap().len();
        drop(lock);
        assert!(folder.names().iter().all(|name| name == "model.ckpt"), "{:?}", folder.names());
    }
    println!(
        "{kills} kills, {saved} saves: 0 unloadable, 0 acknowledged lost, {stale} temporary files cleared, \
         {in_between} killed between the rename and saying so"
    );
    assert!(saved > 0, "no save was ever finished");
}
