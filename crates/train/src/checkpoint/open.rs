//! [`Checkpoint`]: a file that has been checked.

use super::check::{self, Network};
use super::header::Header;
use super::{FORMAT, Notes};
use crate::{Error, Position, Precision};
use glassgrad_autograd::Tape;
use glassgrad_optim::Plan;
use glassgrad_store::Reader;
use std::fs::File;
use std::path::{Path, PathBuf};

/// A checkpoint whose every byte has been checked, before its θ is read.
#[derive(Debug)]
pub struct Checkpoint {
    pub(super) path: PathBuf,
    pub(super) reader: Reader<File>,
    pub(super) header: Header<Notes>,
    pub(super) network: Network,
}

impl Checkpoint {
    /// Opens a file and checks all of it.
    ///
    /// Nothing is allocated beyond what the file's own size warrants, whatever the file says.
    ///
    /// # Errors
    /// [`Error::Store`] for what cannot be read or is not as it was written, [`Error::Checkpoint`] for what
    /// contradicts itself.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path.as_ref().to_path_buf();
        let reader = Reader::open(&path, &FORMAT)?;
        let header: Header<Notes> = reader.header()?;
        match check::header(&header, reader.sections()) {
            Ok(network) => Ok(Self { path, reader, header, network }),
            Err(check::Wrong { item, problem }) => {
                Err(Error::Checkpoint { path, item: item.into(), problem })
            }
        }
    }

    /// The version of this crate that wrote it.
    pub fn written_by(&self) -> &str {
        &self.header.origin.version
    }

    /// The CPU that it was written on; where it is not that of [`Origin::here`](super::Origin::here), the run may
    /// go on with other bits.
    pub fn cpu(&self) -> &str {
        &self.header.origin.cpu
    }

    /// The type of its numbers.
    pub fn precision(&self) -> Precision {
        self.header.precision
    }

    /// The network and its loss as a program, whose layout says where each parameter lies in θ.
    pub fn tape(&self) -> &Tape {
        &self.network.tape
    }

    /// How θ is improved.
    pub fn plan(&self) -> &Plan {
        &self.header.plan
    }

    /// The seed of the run.
    pub fn seed(&self) -> u64 {
        self.header.seed
    }

    /// How far training had come.
    pub fn position(&self) -> Position {
        self.header.position
    }

    /// What was noted beside.
    pub fn notes(&self) -> &Notes {
        &self.header.notes
    }
}
