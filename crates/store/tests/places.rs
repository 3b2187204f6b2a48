//! Full disks, folders that are read-only, files of other people: what root has to arrange, skipped otherwise.
#![cfg(target_os = "linux")]

mod fixture;
#[path = "fixture/writer.rs"]
mod writer;

use fixture::Folder;
use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use writer::{count_in, program, saving};

/// Somebody who is neither root nor us.
const NOBODY: u32 = 65_534;

/// A file system of 1 MiB, unmounted when dropped.
struct SmallDisk(PathBuf);

impl SmallDisk {
    fn mount(at: PathBuf) -> Option<Self> {
        fs::create_dir(&at).unwrap();
        let mount = Command::new("mount").args(["-t", "tmpfs", "-o", "size=1m", "tmpfs"]).arg(&at).output();
        mount.is_ok_and(|output| output.status.success()).then_some(Self(at))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(&self.0).status();
    }
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn a_full_disk() {
    let folder = Folder::new("full");
    let Some(disk) = SmallDisk::mount(folder.path("disk")) else {
        return println!("skipped: a small file system cannot be mounted here");
    };
    let path = disk.0.join("model.ckpt");
    assert!(saving(&[], &path, 3, 50_000).output().unwrap().status.success()); // 400 KB, twice at a time
    let output = saving(&[], &path, 1, 100_000).output().unwrap();
    assert_eq!(output.status.code(), Some(74));
    let start = format!("{}: failed while writing: No space left on device", path.display());
    assert!(said(&output).starts_with(&start), "{output:?}");
    assert_eq!(count_in(&path), 3);
    assert_eq!(fs::read_dir(&disk.0).unwrap().count(), 1, "the temporary file is gone");
    assert!(saving(&[], &path, 1, 50_000).output().unwrap().status.success());
}

/// The program, run by nobody; `None` where that cannot be.
fn by_nobody(folder: &Folder) -> Option<impl Fn(&[&str], &Path) -> Output + use<>> {
    // Beside the files, where nobody may reach it.
    let copy = folder.path("writer");
    fs::copy(program(), &copy).unwrap();
    fs::set_permissions(folder.path("."), Permissions::from_mode(0o755)).unwrap();
    let id = NOBODY.to_string();
    let run = move |words: &[&str], path: &Path| {
        let mut command = Command::new("setpriv");
        command.args(["--reuid", &id, "--regid", &id, "--clear-groups"]).arg(&copy);
        command.arg(words[0]).arg(path).args(&words[1..]).output()
    };
    if run(&["check"], Path::new("/dev/null")).is_ok_and(|output| output.status.code() == Some(73)) {
        return Some(move |words: &[&str], path: &Path| run(words, path).unwrap());
    }
    println!("skipped: programs cannot be run as another user here");
    None
}

#[test]
fn a_folder_that_may_not_be_written_to() {
    let folder = Folder::new("read-only");
    let Some(run) = by_nobody(&folder) else { return };
    fs::create_dir(folder.path("there")).unwrap();
    let path = folder.path("there/model.ckpt");
    for words in [&["check"][..], &["save", "1", "10"]] {
        let output = run(words, &path);
        assert_eq!(output.status.code(), Some(73), "{output:?}");
        let (at, folder) = (path.display(), folder.path("there"));
        let expected = format!(
            "{at}: cannot be written: no file can be made in the folder {}: Permission denied (os error 13); \
             choose a folder that you may write to\n",
            folder.display()
        );
        assert_eq!(said(&output), expected);
    }
    fs::set_permissions(folder.path("there"), Permissions::from_mode(0o700)).unwrap();
    assert_eq!(run(&["check"], &path).status.code(), Some(73), "a folder that may not even be looked into");
    assert!(folder.path("there").read_dir().unwrap().next().is_none());
}

#[test]
fn another_persons_file_in_a_shared_folder() {
    let folder = Folder::new("shared");
    let Some(run) = by_nobody(&folder) else { return };
    let shared = folder.path("shared");
    fs::create_dir(&shared).unwrap();
    fs::set_permissions(&shared, Permissions::from_mode(0o777)).unwrap();
    let path = shared.join("model.ckpt");
    assert!(saving(&[], &path, 1, 10).output().unwrap().status.success());
    fs::set_permissions(&path, Permissions::from_mode(0o640)).unwrap();
    chown(&path, Some(1234), Some(NOBODY)).unwrap();

    // The owner cannot be given back, the group and the mode can.
    let output = run(&["save", "1", "10"], &path);
    assert!(output.status.success(), "{output:?}");
    let new = fs::metadata(&path).unwrap();
    assert_eq!((new.uid(), new.gid(), new.mode() & 0o777), (NOBODY, NOBODY, 0o640));
    assert_eq!(count_in(&path), 2);

    // Of a group that nobody is in, not even that: then no other group inherits its rights.
    chown(&path, Some(NOBODY), Some(4321)).unwrap();
    fs::set_permissions(&path, Permissions::from_mode(0o664)).unwrap();
    assert!(run(&["save", "1", "10"], &path).status.success());
    let new = fs::metadata(&path).unwrap();
    assert_eq!((new.uid(), new.gid(), new.mode() & 0o777), (NOBODY, NOBODY, 0o604));
}

#[test]
fn a_new_file_has_the_mode_that_the_umask_leaves() {
    let folder = Folder::new("umask");
    for (umask, mode) in [("077", 0o600), ("022", 0o644), ("002", 0o664)] {
        let path = folder.path(umask);
        let script = "umask $0 && exec \"$@\"";
        let output = saving(&["sh", "-c", script, umask], &path, 1, 10).output().unwrap();
        assert!(output.status.success(), "{output:?}");
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, mode);
    }
}
