//! One writer a path: the second is told who the first is.

use crate::fixture::Folder;
use glassgrad_store::{Error, Lock, Problem};
use std::fs;
use std::os::unix::fs::symlink;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{scope, sleep};
use std::time::{Duration, UNIX_EPOCH};

#[test]
fn the_second_is_told_who_holds_it() {
    let folder = Folder::new("lock");
    let path = folder.path("model.ckpt");
    let lock = Lock::take(&path).unwrap();
    let error = Lock::take(&path).unwrap_err();
    let Error::Locked { holder: Some(holder), .. } = &error else { panic!("found {error:?}") };
    assert_eq!(holder.pid, std::process::id());
    let host = fs::read_to_string("/proc/sys/kernel/hostname");
    assert!(host.map_or(true, |host| host.trim_end() == holder.host));
    assert!(holder.since > UNIX_EPOCH + Duration::from_secs(1_700_000_000));
    let text = error.to_string();
    let start = format!("{}: process {} on ", path.display(), std::process::id());
    assert!(
        text.starts_with(&start)
            && text.ends_with(" UTC, is writing it; wait for it to end, or choose another path"),
        "{text}"
    );

    let _other = Lock::take(folder.path("other.ckpt")).unwrap();
    symlink("model.ckpt", folder.path("link.ckpt")).unwrap();
    fs::write(&path, "").unwrap();
    assert!(
        matches!(Lock::take(folder.path("link.ckpt")), Err(Error::Locked { .. })),
        "the same file by a link"
    );
    drop(lock);
    assert_eq!(folder.names(), [".other.ckpt.lock", "link.ckpt", "model.ckpt"]);
    drop(Lock::take(&path).unwrap());
}

#[test]
fn dates() {
    let shown = |seconds| {
        let since = UNIX_EPOCH + Duration::from_secs(seconds);
        glassgrad_store::Holder { pid: 7, host: "a\x1b[1m".into(), since }.to_string()
    };
    // As `date -u -d @…` has them.
    for (seconds, date) in [
        (0, "1970-01-01 00:00:00"),
        (68_169_599, "1972-02-28 23:59:59"),
        (951_782_400, "2000-02-29 00:00:00"),
        (1_709_251_199, "2024-02-29 23:59:59"),
        (1_772_323_200, "2026-03-01 00:00:00"),
        (4_107_542_400, "2100-03-01 00:00:00"),
        (253_402_300_799, "9999-12-31 23:59:59"),
    ] {
        assert_eq!(shown(seconds), format!("process 7 on a\\u{{1b}}[1m, since {date} UTC,"));
    }
}

/// What a killed holder leaves behind is no lock, whatever is in it.
#[test]
fn left_over_files() {
    let folder = Folder::new("left-over");
    let path = folder.path("model.ckpt");
    let sidecar = folder.path(".model.ckpt.lock");
    for content in ["1 0 nowhere\n", "", "rubbish", &"9".repeat(100_000)] {
        fs::write(&sidecar, content).unwrap();
        let lock = Lock::take(&path).unwrap();
        assert!(fs::read_to_string(&sidecar).unwrap().starts_with(&std::process::id().to_string()));
        fs::write(&sidecar, content).unwrap();
        let Err(Error::Locked { holder, .. }) = Lock::take(&path) else { panic!("it is held") };
        assert_eq!(holder.is_some(), content == "1 0 nowhere\n");
        drop(lock);
        assert!(!sidecar.exists());
    }

    fs::write(folder.path("precious"), "content").unwrap();
    symlink("precious", &sidecar).unwrap();
    let Err(Error::Place { problem: Problem::Denied { .. }, .. }) = Lock::take(&path) else {
        panic!("a link planted in the place of the lock")
    };
    assert_eq!(fs::read_to_string(folder.path("precious")).unwrap(), "content");
    assert!(matches!(
        Lock::take(folder.path("no/model.ckpt")),
        Err(Error::Place { problem: Problem::MissingFolder { .. }, .. })
    ));
}

/// Taking, letting go and removing the file race each other: there is never more than one holder.
#[test]
fn never_two_holders() {
    let folder = Folder::new("race");
    let path = folder.path("model.ckpt");
    let (holders, taken) = (AtomicUsize::new(0), AtomicUsize::new(0));
    scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while taken.load(Ordering::SeqCst) < 500 {
                    match Lock::take(&path) {
                        Ok(_lock) => {
                            assert_eq!(holders.fetch_add(1, Ordering::SeqCst), 0, "two holders");
                            taken.fetch_add(1, Ordering::SeqCst);
                            // Long enough for another to take the lock too, if it could.
                            sleep(Duration::from_micros(200));
                            holders.fetch_sub(1, Ordering::SeqCst);
                        }
                        Err(Error::Locked { .. }) => {}
                        Err(error) => panic!("{error}"),
                    }
                }
            });
        }
    });
    assert!(folder.names().is_empty());
}
