//! `[data]`: what is learnt from, and what becomes of it before it is.

use super::{names, range};
use crate::failure::Failure;
use clap::ValueEnum;
use glassgrad_data::input::heeds_delimiter;
use glassgrad_data::{
    EncodingOptions, Error as DataError, Input, Inputs, Missing, ReadOptions, ScalingKind, StreamOptions,
    Task, Unseen,
};
use glassgrad_tensor::Scalar;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use std::{fs, io};

/// The most rows of a block that is read at once.
const BLOCK: usize = 4096;

/// Where the data are, and how they are read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct DataSettings {
    /// The file to train on.
    #[serde(deserialize_with = "path", skip_serializing_if = "Option::is_none")]
    pub(crate) train: Option<PathBuf>,
    /// Its labels, if it is an array of features.
    #[serde(deserialize_with = "path", skip_serializing_if = "Option::is_none")]
    pub(crate) labels: Option<PathBuf>,
    /// The data themselves, in place of a file; the last column is the target.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) rows: Vec<Vec<f64>>,
    /// The columns to predict.
    #[serde(deserialize_with = "one_or_more", skip_serializing_if = "Vec::is_empty")]
    pub(crate) target: Vec<String>,
    #[serde(with = "names")]
    pub(crate) task: TaskName,
    /// A file that is looked at once, when training is over.
    #[serde(deserialize_with = "path", skip_serializing_if = "Option::is_none")]
    pub(crate) test: Option<PathBuf>,
    #[serde(deserialize_with = "path", skip_serializing_if = "Option::is_none")]
    pub(crate) test_labels: Option<PathBuf>,
    /// The share of the rows that is held out; 0 for none.
    #[serde(deserialize_with = "range::share")]
    pub(crate) validation: f64,
    #[serde(with = "names")]
    pub(crate) scale: Scale,
    #[serde(with = "names")]
    pub(crate) missing: MissingName,
    #[serde(with = "names")]
    pub(crate) unseen: UnseenName,
    /// The most categories of a column of text.
    #[serde(deserialize_with = "range::count")]
    pub(crate) categories: usize,
    /// What stands between two fields of a CSV file.
    #[serde(deserialize_with = "range::delimiter")]
    pub(crate) delimiter: char,
    /// Columns that are not learnt from, nor looked at.
    #[serde(deserialize_with = "one_or_more", skip_serializing_if = "Vec::is_empty")]
    pub(crate) ignore: Vec<String>,
    /// Whether the data stay in their file.
    pub(crate) stream: bool,
    /// The most rows of it that are in memory, and mixed.
    #[serde(deserialize_with = "range::count")]
    pub(crate) window: usize,
}

impl Default for DataSettings {
    fn default() -> Self {
        DataSettings {
            train: None,
            labels: None,
            rows: Vec::new(),
            target: Vec::new(),
            task: TaskName::Auto,
            test: None,
            test_labels: None,
            validation: 0.2,
            scale: Scale::Auto,
            missing: MissingName::Error,
            unseen: UnseenName::Zeros,
            categories: EncodingOptions::default().categories,
            delimiter: ',',
            ignore: Vec::new(),
            stream: false,
            window: StreamOptions::default().window,
        }
    }
}

/// [`Task`], by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum TaskName {
    /// Told apart by the target.
    Auto,
    /// A class, by number or name.
    Classification,
    /// A number, or several.
    Regression,
}

/// [`ScalingKind`], by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Scale {
    /// As standard, but pixels as they are, from 0 to 1: standardising makes much of those that are rarely lit.
    Auto,
    /// Everything as it is, the values of a regression too.
    None,
    /// Mean 0, standard deviation 1.
    Standard,
    /// From 0 to 1.
    Minmax,
}

/// [`Missing`], by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum MissingName {
    /// Refused.
    Error,
    /// The mean of the column, or its most frequent text.
    Mean,
    /// The row is left out.
    Drop,
}

/// [`Unseen`], by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum UnseenName {
    /// Of no category.
    Zeros,
    /// Refused.
    Error,
}

impl DataSettings {
    /// Reads a file.
    pub(crate) fn open<T: Scalar>(&self, path: &Path, labels: Option<&Path>) -> Result<Input<T>, Failure> {
        check_file(path)?;
        self.check_pixels(path)?;
        Input::read(path, labels, &self.reading()).map_err(|error| of_files(error, path, labels))
    }

    /// The same, a block of rows at a time.
    pub(crate) fn blocks<T: Scalar>(
        &self,
        path: &Path,
        labels: Option<&Path>,
    ) -> Result<impl Iterator<Item = Result<Input<T>, Failure>> + use<T>, Failure> {
        check_file(path)?;
        self.check_pixels(path)?;
        let blocks = Inputs::<T>::open(path, labels, &self.reading(), BLOCK);
        let blocks = blocks.map_err(|error| of_files(error, path, labels))?;
        Ok(blocks.map(|block| Ok(block?)))
    }

    /// What the name of a file does not say of it.
    pub(crate) fn reading(&self) -> ReadOptions {
        // That the delimiter is one byte was checked when it came in.
        ReadOptions { delimiter: self.delimiter as u8, ignore: self.ignore.clone(), pixels: self.pixels() }
    }

    /// The columns to predict: those that are named, and of rows the last.
    pub(crate) fn targets<T: Scalar>(&self, input: &Input<T>) -> Result<Vec<String>, Failure> {
        match input {
            Input::Table(frame) if self.target.is_empty() => {
                let names = frame.names();
                if self.rows.is_empty() {
                    return Err(Failure::Usage(format!(
                        "--target (data.target): no column is named; expected the one to predict: the columns are {}",
                        names::listed(&names)
                    )));
                }
                Ok(names.into_iter().next_back().into_iter().collect())
            }
            _ => Ok(self.target.clone()),
        }
    }

    /// The file to train on, as a message begins with it; nothing if the data are rows.
    pub(crate) fn before_message(&self, place: &str) -> String {
        self.train.as_ref().map_or(String::new(), |file| format!("{}{place}: ", file.display()))
    }

    /// What the target is.
    pub(crate) fn task(&self) -> Task {
        match self.task {
            TaskName::Auto => Task::Auto,
            TaskName::Classification => Task::Classification,
            TaskName::Regression => Task::Regression,
        }
    }

    /// How the columns become numbers.
    pub(crate) fn encoding(&self) -> EncodingOptions {
        let missing = match self.missing {
            MissingName::Error => Missing::Error,
            MissingName::Mean => Missing::Mean,
            MissingName::Drop => Missing::Drop,
        };
        let unseen = match self.unseen {
            UnseenName::Zeros => Unseen::Zeros,
            UnseenName::Error => Unseen::Error,
        };
        EncodingOptions { missing, unseen, categories: self.categories }
    }

    /// How the numbers are scaled.
    pub(crate) fn scaling(&self) -> ScalingKind {
        match self.scale {
            Scale::Auto if self.pixels() => ScalingKind::None,
            Scale::None => ScalingKind::None,
            Scale::Auto | Scale::Standard => ScalingKind::Standard,
            Scale::Minmax => ScalingKind::MinMax,
        }
    }
}

/// Whether there is a file, before its name is asked for a format.
pub(crate) fn check_file(path: &Path) -> Result<(), DataError> {
    let file = path.display().to_string();
    match fs::metadata(path) {
        Ok(found) if found.is_dir() => Err(DataError::Folder { file }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(DataError::NotFound { file }),
        _ => Ok(()),
    }
}

/// What is wrong with a file and its labels; if they do not fit each other, both are named.
pub(super) fn of_files(error: DataError, path: &Path, labels: Option<&Path>) -> Failure {
    match (error, labels) {
        (error @ DataError::RowCounts { .. }, Some(labels)) => {
            Failure::Data(format!("{}, {}: {error}", path.display(), labels.display()))
        }
        (error, _) => error.into(),
    }
}

/// Whether a delimiter that is given by flag is one for this file.
pub(crate) fn check_delimiter(given: Option<char>, path: &Path) -> Result<(), Failure> {
    match given {
        Some(delimiter) if !heeds_delimiter(path, delimiter) => Err(Failure::Usage(format!(
            "--delimiter {}: expected a CSV file beside it, but found {}; leave it out",
            delimiter.escape_debug(),
            path.display()
        ))),
        _ => Ok(()),
    }
}

/// A path, which is not empty.
fn path<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<PathBuf>, D::Error> {
    let path = PathBuf::deserialize(deserializer)?;
    if path.as_os_str().is_empty() {
        return Err(serde::de::Error::custom("found nothing; expected the path of a file"));
    }
    Ok(Some(path))
}

/// A name, or a list of them.
fn one_or_more<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged, expecting = "expected the name of a column, or a list of names")]
    enum OneOrMore {
        One(String),
        More(Vec<String>),
    }
    Ok(match OneOrMore::deserialize(deserializer)? {
        OneOrMore::One(name) => vec![name],
        OneOrMore::More(names) => names,
    })
}
