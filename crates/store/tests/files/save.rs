//! Saving in one process: what is kept, what is followed, what is refused, and that nothing is left behind.

use crate::fixture::Folder;
use glassgrad_store::{Error, Problem, Step, check_writable, clear_stale, replace};
use std::fs::{self, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

fn save(path: impl AsRef<Path>, content: &str) -> Result<(), Error> {
    replace(path, |sink| sink.write_all(content.as_bytes()))
}

fn problem(result: Result<(), Error>) -> Problem {
    match result {
        Err(Error::Place { problem, .. }) => problem,
        other => panic!("expected a problem with the place, found {other:?}"),
    }
}

#[test]
fn new_and_replaced() {
    let folder = Folder::new("new");
    let path = folder.path("model.ckpt");
    save(&path, "first").unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), "first");
    fs::write(folder.path("plain"), "").unwrap();
    let mode = |path: PathBuf| fs::metadata(path).unwrap().mode();
    assert_eq!(mode(path.clone()), mode(folder.path("plain")), "a new file has the mode of a new file");

    for bits in [0o600, 0o640, 0o444, 0o777, 0o604] {
        fs::set_permissions(&path, Permissions::from_mode(bits)).unwrap();
        save(&path, &format!("{bits:o}")).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), format!("{bits:o}"));
        assert_eq!(mode(path.clone()) & 0o7777, bits);
    }
    assert_eq!(folder.names(), ["model.ckpt", "plain"]);
}

#[test]
fn a_secret_stays_one_while_it_is_replaced() {
    let folder = Folder::new("secret");
    let path = folder.path("model.ckpt");
    save(&path, "secret").unwrap();
    fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
    replace(&path, |sink| {
        let temporary = folder.names().into_iter().find(|name| name.contains(".tmp")).unwrap();
        assert_eq!(fs::metadata(folder.path(&temporary))?.mode() & 0o777, 0o600);
        sink.write_all(b"new")
    })
    .unwrap();
}

#[test]
fn the_owner_is_kept() {
    let folder = Folder::new("owner");
    let path = folder.path("model.ckpt");
    save(&path, "").unwrap();
    if chown(&path, Some(1234), Some(4321)).is_err() {
        return println!("skipped: only root may give files away");
    }
    fs::set_permissions(&path, Permissions::from_mode(0o640)).unwrap();
    save(&path, "new").unwrap();
    let new = fs::metadata(&path).unwrap();
    assert_eq!((new.uid(), new.gid(), new.mode() & 0o777), (1234, 4321, 0o640));
}

#[test]
fn links() {
    let folder = Folder::new("links");
    fs::create_dir(folder.path("elsewhere")).unwrap();
    let (link, file) = (folder.path("link.ckpt"), folder.path("elsewhere/file.ckpt"));
    symlink("elsewhere/file.ckpt", &link).unwrap();

    for result in [save(&link, "new"), check_writable(&link)] {
        let Problem::Dangling { to } = problem(result) else { panic!("the link leads nowhere") };
        assert_eq!(to, Path::new("elsewhere/file.ckpt"));
    }
    fs::write(&file, "old").unwrap();
    save(&link, "new").unwrap();
    assert_eq!(fs::read_to_string(&file).unwrap(), "new");
    assert_eq!(fs::read_link(&link).unwrap(), Path::new("elsewhere/file.ckpt"));
    assert_eq!(folder.names(), ["elsewhere", "link.ckpt"]);
}

#[test]
fn places_where_no_file_can_be() {
    let folder = Folder::new("places");
    let file = folder.path("file");
    fs::write(&file, "").unwrap();
    let fifo = folder.path("fifo");
    let made = std::process::Command::new("mkfifo").arg(&fifo).status().unwrap();
    assert!(made.success());
    let before = folder.names();

    for ask in [check_writable as fn(PathBuf) -> Result<(), Error>, |path| save(path, "new")] {
        assert!(matches!(problem(ask(folder.path(""))), Problem::Folder));
        assert!(matches!(problem(ask(folder.path("file/"))), Problem::NoName));
        assert!(matches!(problem(ask(folder.path("new/"))), Problem::NoName));
        assert!(matches!(problem(ask(PathBuf::new())), Problem::NoName));
        assert!(matches!(problem(ask(fifo.clone())), Problem::Special));
        assert!(matches!(problem(ask("/dev/null".into())), Problem::Special));
        let Problem::MissingFolder { folder: missing } = problem(ask(folder.path("no/model.ckpt"))) else {
            panic!("there is no such folder")
        };
        assert_eq!(missing, folder.path("no"));
        let Problem::NotAFolder { folder: file } = problem(ask(folder.path("file/model.ckpt"))) else {
            panic!("the folder is a file")
        };
        assert_eq!(file, folder.path("file"));
    }
    let long = "x".repeat(250); // a name that has no room for a temporary one
    assert!(matches!(problem(check_writable(folder.path(&long))), Problem::Denied { .. }));
    assert!(matches!(save(folder.path(&long), ""), Err(Error::Write { step: Step::Create, .. })));
    check_writable(folder.path("model.ckpt")).unwrap();
    check_writable(&file).unwrap();
    assert_eq!(folder.names(), before, "asking leaves nothing behind");
    assert_eq!(
        check_writable(folder.path("no/model.ckpt")).unwrap_err().to_string(),
        format!(
            "{}: cannot be written: there is no folder {}; make it first",
            folder.path("no/model.ckpt").display(),
            folder.path("no").display()
        )
    );
}

#[test]
fn a_writer_that_fails_leaves_everything_as_it_was() {
    let folder = Folder::new("fails");
    let path = folder.path("model.ckpt");
    save(&path, "old").unwrap();
    let failing = |sink: &mut dyn Write| {
        sink.write_all(&vec![0; 100_000])?;
        Err(io::Error::other("no more numbers"))
    };
    assert_eq!(
        replace(&path, failing).unwrap_err().to_string(),
        format!(
            "{}: failed while writing: no more numbers; what was there before is untouched",
            path.display()
        )
    );
    let panicking = catch_unwind(AssertUnwindSafe(|| replace(&path, |_| panic!("a bug in the writer"))));
    assert!(panicking.is_err());
    assert_eq!(fs::read_to_string(&path).unwrap(), "old");
    assert_eq!(folder.names(), ["model.ckpt"]);
}

#[test]
fn only_stale_files_of_this_path_are_cleared() {
    let folder = Folder::new("stale");
    let path = folder.path("model.ckpt");
    let kept = [
        ".model.ckpt.1.tmp",
        ".model.ckpt.1.x.tmp",
        ".model.ckpt.1.0.tmp2",
        ".other.ckpt.1.0.tmp",
        "model.ckpt.1.0.tmp",
        ".model.ckpt.lock",
    ];
    for name in kept {
        fs::write(folder.path(name), "").unwrap();
    }
    fs::create_dir(folder.path(".model.ckpt.2.0.tmp")).unwrap();
    symlink("model.ckpt.1.0.tmp", folder.path(".model.ckpt.3.0.tmp")).unwrap();
    let before = folder.names();
    // This process's own number too: its own old file may have been left by another of the same number.
    let stale = [".model.ckpt.1.0.tmp".into(), format!(".model.ckpt.{}.99999.tmp", std::process::id())];
    for name in &stale {
        fs::write(folder.path(name), "half a file").unwrap();
    }
    replace(&path, |sink| {
        let mut cleared = clear_stale(&path).expect("the folder can be listed");
        cleared.sort();
        let mut expected = stale.clone().map(|name| folder.path(&name));
        expected.sort();
        assert_eq!(cleared, expected, "not the one that is being written");
        sink.write_all(b"new")
    })
    .unwrap();
    fs::remove_file(&path).unwrap();
    assert_eq!(folder.names(), before);
}

/// Names that a process of the same number left are passed over.
#[test]
fn a_name_that_is_taken() {
    let folder = Folder::new("taken");
    for n in 0..50 {
        fs::write(folder.path(&format!(".model.ckpt.{}.{n}.tmp", std::process::id())), "").unwrap();
    }
    save(folder.path("model.ckpt"), "new").unwrap();
    assert_eq!(folder.names().len(), 51);
}

#[test]
fn writers_at_the_same_time_do_not_mix() {
    let folder = Folder::new("threads");
    let path = folder.path("model.ckpt");
    std::thread::scope(|scope| {
        for letter in ["a", "b", "c"] {
            let (path, content) = (&path, letter.repeat(200_000));
            scope.spawn(move || {
                for _ in 0..10 {
                    save(path, &content).unwrap();
                    // May take a file whose writer has yet to lock it; that writer then makes another.
                    clear_stale(path).unwrap();
                    let read = fs::read(path).unwrap();
                    assert!(read.len() == 200_000 && read.iter().all(|byte| *byte == read[0]));
                }
            });
        }
    });
    assert_eq!(folder.names(), ["model.ckpt"]);
}
