//! Numbered files, of which the last and the best are kept.
//!
//! [`Series`] names them: of `runs/model.ckpt`, number 12 is `runs/model-000012.ckpt`. [`Policy`] decides, as a
//! pure function, which of them nobody needs any more. Files are removed after the new one is safe on disk, so a
//! crash in between leaves one too many, which the next removal takes along.

use crate::error::{Error, Step};
use crate::save;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::ErrorKind;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

/// Which scores are good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Goal {
    /// Low ones, as of a loss.
    Lowest,
    /// High ones, as of an accuracy.
    Highest,
}

/// A file of a series.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Saved {
    /// Its number.
    pub number: u64,
    /// How good it is; without a score, or with NaN, it is never among the best.
    pub score: Option<f64>,
}

/// How many files of a series are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Those with the highest numbers.
    pub last: NonZeroUsize,
    /// Those with the best scores, besides.
    pub best: usize,
    /// What the best scores are.
    pub goal: Goal,
}

impl Policy {
    /// The numbers of the files that are neither among the last nor among the best, in ascending order.
    ///
    /// Of equal scores the lower number is the better: it was there first.
    ///
    /// ```
    /// use glassgrad_store::{Goal, Policy, Saved};
    /// let policy = Policy { last: 2.try_into().unwrap(), best: 1, goal: Goal::Lowest };
    /// let saved: Vec<_> = [0.9, 0.3, 0.5, 0.4, 0.6]
    ///     .iter()
    ///     .zip(1..)
    ///     .map(|(loss, number)| Saved { number, score: Some(*loss) })
    ///     .collect();
    /// assert_eq!(policy.expendable(&saved), [1, 3]); // 4 and 5 are the last, 2 is the best
    /// ```
    pub fn expendable(&self, saved: &[Saved]) -> Vec<u64> {
        let mut saved = saved.to_vec();
        saved.sort_by_key(|saved| saved.number);
        let mut scored: Vec<(f64, u64)> = saved
            .iter()
            .filter_map(|saved| Some((saved.score.filter(|score| !score.is_nan())?, saved.number)))
            .collect();
        // A stable sort: equal scores stay in the order of their numbers.
        scored.sort_by(|(a, _), (b, _)| match self.goal {
            Goal::Lowest => a.total_cmp(b),
            Goal::Highest => b.total_cmp(a),
        });
        scored.truncate(self.best);

        let older = saved.len().saturating_sub(self.last.get());
        let best = |number: u64| scored.iter().any(|(_, best)| *best == number);
        saved[..older].iter().map(|saved| saved.number).filter(|number| !best(*number)).collect()
    }
}

/// Files that differ in a number: of `model.ckpt`, `model-000001.ckpt`, `model-000002.ckpt` and so on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Series {
    folder: PathBuf,
    stem: OsString,
    extension: OsString,
}

impl Series {
    /// The series of a path. The path itself is none of its files.
    pub fn of(path: impl AsRef<Path>) -> Self {
        let path = path.as_ref();
        let folder = path.parent().filter(|folder| *folder != Path::new("")).unwrap_or(Path::new("."));
        let part = |part: Option<&OsStr>| part.unwrap_or_default().to_os_string();
        Self { folder: folder.into(), stem: part(path.file_stem()), extension: part(path.extension()) }
    }

    /// The path of a number, which has at least six digits so that names sort as numbers do.
    pub fn path(&self, number: u64) -> PathBuf {
        self.folder.join(self.name(number))
    }

    fn name(&self, number: u64) -> OsString {
        let mut name = self.stem.clone();
        name.push(format!("-{number:06}"));
        if !self.extension.is_empty() {
            name.push(".");
            name.push(&self.extension);
        }
        name
    }

    /// The number in a name that [`Series::path`] gives; `model-12.ckpt` is somebody else's file.
    fn number(&self, name: &[u8]) -> Option<u64> {
        let rest = name.strip_prefix(self.stem.as_encoded_bytes())?.strip_prefix(b"-")?;
        let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let number = std::str::from_utf8(&rest[..digits]).ok()?.parse().ok()?;
        (self.name(number).as_encoded_bytes() == name).then_some(number)
    }

    /// The numbers of the files that there are, in ascending order.
    ///
    /// # Errors
    /// [`Error::Read`] if the folder cannot be listed.
    pub fn numbers(&self) -> Result<Vec<u64>, Error> {
        let failed = |source| Error::Read { path: self.folder.clone(), source };
        let mut numbers = Vec::new();
        for entry in fs::read_dir(&self.folder).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            if entry.file_type().is_ok_and(|kind| kind.is_file()) {
                numbers.extend(self.number(entry.file_name().as_encoded_bytes()));
            }
        }
        numbers.sort_unstable();
        Ok(numbers)
    }

    /// Removes the files that a policy does not keep, oldest first, and returns their numbers.
    ///
    /// # Errors
    /// [`Error::Write`] naming the file that could not be removed.
    pub fn prune(&self, policy: &Policy, saved: &[Saved]) -> Result<Vec<u64>, Error> {
        let mut removed = policy.expendable(saved);
        let mut failure = None;
        removed.retain(|number| {
            let path = self.path(*number);
            match fs::remove_file(&path) {
                Ok(()) => true,
                Err(error) if error.kind() == ErrorKind::NotFound => false,
                Err(source) => {
                    failure.get_or_insert(Error::Write { path, step: Step::Remove, source });
                    false
                }
            }
        });
        failure.map_or(Ok(removed), Err)
    }

    /// Removes what killed writers left behind of any file of the series, as
    /// [`clear_stale`](crate::clear_stale) does of one.
    ///
    /// # Errors
    /// [`Error::Write`] if the folder cannot be listed or a stale file not removed.
    pub fn clear_stale(&self) -> Result<Vec<PathBuf>, Error> {
        save::clear(&self.folder, |name| self.number(name).is_some())
    }
}
