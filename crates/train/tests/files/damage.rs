//! Every truncation and every flipped bit of a checkpoint is refused, and the file and the place are named.

use crate::everything::midway;
use crate::folder::Folder;
use glassgrad_train::{Checkpoint, Error, Notes};
use std::fs::{self, OpenOptions};
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;

/// A small checkpoint's bytes, and a path to try others at.
fn small(folder: &Folder) -> Vec<u8> {
    let path = folder.path("whole.ckpt");
    let trainer = midway();
    trainer.save(&path, &Notes::default(), Some(trainer.theta())).unwrap();
    fs::read(path).unwrap()
}

fn refused(path: &Path, what: &str) {
    let error = Checkpoint::open(path).map(drop).expect_err(what);
    assert!(matches!(error, Error::Store(glassgrad_store::Error::Refused { .. })), "{what}: {error:?}");
    let message = error.to_string();
    assert!(message.starts_with(&path.display().to_string()), "{what}: {message}");
    assert!(message.contains("byte"), "{what}: {message}");
}

#[test]
fn every_truncation() {
    let folder = Folder::new("truncation");
    let (bytes, path) = (small(&folder), folder.path("cut.ckpt"));
    fs::write(&path, &bytes).unwrap();
    let file = OpenOptions::new().write(true).open(&path).unwrap();
    for length in (0..bytes.len()).rev() {
        file.set_len(length as u64).unwrap();
        refused(&path, &format!("cut to {length} bytes"));
    }
}

#[test]
fn every_flipped_bit() {
    let folder = Folder::new("flips");
    let (bytes, path) = (small(&folder), folder.path("flipped.ckpt"));
    fs::write(&path, &bytes).unwrap();
    let mut file = OpenOptions::new().write(true).open(&path).unwrap();
    let mut put = |at: usize, byte: u8| {
        file.seek(SeekFrom::Start(at as u64)).unwrap();
        file.write_all(&[byte]).unwrap();
    };
    for (at, byte) in bytes.iter().enumerate() {
        for bit in 0..8 {
            put(at, byte ^ (1 << bit));
            refused(&path, &format!("bit {bit} of byte {at}"));
        }
        put(at, *byte);
    }
    Checkpoint::open(&path).unwrap();
}
