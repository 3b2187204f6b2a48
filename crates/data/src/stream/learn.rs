//! [`Stream::open`]: everything that has to be known of a file before the first batch.

use super::learning::Learning;
use super::source::{Source, Span};
use super::summary::{Summary, Word};
use super::{BLOCKS, HeldOut, Part, Stream};
use crate::encoding::target_names;
use crate::holes::Means;
use crate::task::decide;
use crate::{
    Encoded, Encoding, EncodingOptions, Error, Frame, Input, Missing, Mixed, ReadOptions, Scaling,
    ScalingKind, Standardize, Task,
};
use glassgrad_tensor::Scalar;
use std::marker::PhantomData;
use std::path::Path;

/// The most classes of a streamed set, whose names are kept while they are looked for.
const CLASSES: usize = 1 << 16;

/// How a file is streamed, and what is learnt from it.
#[derive(Clone, Debug, PartialEq)]
pub struct StreamOptions {
    /// The columns to predict; all labels if the labels have a file of their own and none is named.
    pub target: Vec<String>,
    /// What they are.
    pub task: Task,
    /// The share of the rows that is held out, from 0 to below 1.
    pub held_out: f64,
    /// By which rows are held out.
    pub seed: u64,
    /// The most rows in memory at once, which are mixed.
    pub window: usize,
    /// How the file is read.
    pub reading: ReadOptions,
    /// How columns become numbers.
    pub encoding: EncodingOptions,
    /// How features are scaled.
    pub scaling: ScalingKind,
    /// Whether values are brought to mean 0 and deviation 1.
    pub scale_values: bool,
    /// Whether values are to be probabilities, and refused if they are not from 0 to 1.
    pub probabilities: bool,
}

impl Default for StreamOptions {
    fn default() -> Self {
        StreamOptions {
            target: Vec::new(),
            task: Task::Auto,
            held_out: 0.0,
            seed: 0,
            window: 16384,
            reading: ReadOptions::default(),
            encoding: EncodingOptions::default(),
            scaling: ScalingKind::Standard,
            scale_values: false,
            probabilities: false,
        }
    }
}

/// What was learnt from the rows to train on, and what was found on the way.
#[derive(Clone, Debug, PartialEq)]
pub struct Learnt {
    /// How columns become numbers.
    pub encoding: Encoding,
    /// How features are scaled.
    pub scaling: Scaling,
    /// How values are scaled, if they are.
    pub values: Option<Standardize>,
    /// How many rows were dropped for want of a value.
    pub dropped: usize,
    /// How many missing values were filled in.
    pub filled: usize,
    /// The columns in which rows held out had texts of no known category, and how many cells.
    pub unseen: Vec<(String, usize)>,
    /// The columns that are taken for categories though most of their different cells are numbers.
    pub mixed: Vec<Mixed>,
}

/// What the first reading finds.
struct Survey {
    spans: Vec<Span>,
    encoding: Encoding,
    mixed: Vec<Mixed>,
}

impl<T: Scalar> Stream<T> {
    /// Reads the file twice, or three times where text turns up late in a column: checks every row, and learns.
    ///
    /// # Errors
    /// Whatever is wrong with a row, with its place; a compressed file; a share that leaves no row to train on, or none
    /// held out where some should be.
    pub fn open(path: &Path, labels: Option<&Path>, options: &StreamOptions) -> Result<Self, Error> {
        let source = Source::open(path, labels, options.reading.clone())?;
        let size = source.size()?;
        let held_out = HeldOut { share: options.held_out, seed: options.seed };
        let Survey { spans, encoding, mixed } = survey::<T>(&source, held_out, options)?;
        let mut learning = Learning::new(&source, held_out, &encoding, options.probabilities);
        let mut blocks = Vec::with_capacity(spans.len());
        for (number, span) in spans.into_iter().enumerate() {
            blocks.push(match source {
                Source::Table { .. } => learning.block::<f64, T>(number, span)?,
                // Its numbers are rounded when they are read: what is learnt is to be learnt from these.
                Source::Arrays(_) => learning.block::<T, T>(number, span)?,
            });
        }
        let Learning { features, values, dropped, filled, unseen, .. } = learning;
        let [training, kept] = [0, 1].map(|part| blocks.iter().map(|block| block.rows[part]).sum::<usize>());
        if training + kept == 0 {
            return Err(Error::NothingLeft { file: source.file().to_owned() });
        }
        if training == 0 || (options.held_out > 0.0 && kept == 0) {
            let (fraction, rows) = (options.held_out, training + kept);
            return Err(Error::EmptySide { fraction, rows, held_out: kept });
        }
        let scaling = features.scaling(options.scaling, &encoding.categories())?;
        let scales = options.scale_values && encoding.classes.is_empty();
        let values = if scales { Some(values.standardize()?) } else { None };
        let learnt = Learnt {
            encoding,
            scaling,
            values,
            dropped,
            filled,
            unseen: unseen.into_iter().collect(),
            mixed,
        };
        let window = options.window.max(1);
        Ok(Stream { source, size, blocks, learnt, window, held_out, number: PhantomData })
    }
}

/// Finds the blocks, and how their rows become numbers.
fn survey<T: Scalar>(source: &Source, held_out: HeldOut, options: &StreamOptions) -> Result<Survey, Error> {
    let mut words: Vec<Option<Word>> = Vec::new();
    loop {
        let (mut spans, mut trained) = (Vec::new(), 0);
        let mut shape = None;
        let mut columns: Vec<Summary> = Vec::new();
        let mut means = Means::default();
        source.each::<T>(options.window.div_ceil(BLOCKS), |span, input| {
            let (frame, width) = match &input {
                Input::Table(frame) => (frame, None),
                Input::Array { features, labels, file } => {
                    let labels = labels.as_ref().ok_or_else(|| Error::NoLabels { file: file.clone() })?;
                    (labels, Some(features.dim().1))
                }
            };
            let Shape { targets, .. } = match &mut shape {
                Some(shape) => shape,
                None => shape.insert(Shape::of(frame, width, options)?),
            };
            if columns.is_empty() {
                words.resize(frame.columns().len(), None);
                let new = |column| {
                    if targets.contains(&column) {
                        Summary::new(words[column].clone(), Some(options.task), CLASSES)
                    } else {
                        Summary::new(words[column].clone(), None, options.encoding.categories)
                    }
                };
                columns = (0..words.len()).map(new).collect();
            }
            let all: Vec<usize> = (0..span.rows).collect();
            let training = held_out.rows(Part::Training, spans.len(), span.rows);
            for (column, summary) in columns.iter_mut().enumerate() {
                summary.add(frame, column, if targets.contains(&column) { &all } else { &training })?;
            }
            if let (Input::Array { features, .. }, Missing::Mean) = (&input, options.encoding.missing) {
                means.add(features, &training);
            }
            trained += training.len();
            spans.push(span);
            Ok(())
        })?;
        let Some(shape) = shape else { return Err(Error::NoRows { file: source.file().to_owned() }) };
        let (again, found): (Vec<bool>, Vec<Option<Word>>) = columns.iter().map(Summary::turned).unzip();
        if trained == 0 {
            let rows = spans.iter().map(|span: &Span| span.rows).sum();
            return Err(Error::EmptySide { fraction: options.held_out, rows, held_out: rows });
        }
        if !again.contains(&true) {
            let encoding = shape.encoding(source.file(), &columns, means, options)?;
            let features = (0..columns.len()).filter(|column| !shape.targets.contains(column));
            let learnt = features.zip(&encoding.columns);
            let mixed = learnt.filter_map(|(column, learnt)| columns[column].mixed(&learnt.kind)).collect();
            return Ok(Survey { spans, encoding, mixed });
        }
        words = found;
    }
}

/// What the first block says of all.
struct Shape {
    names: Vec<String>,
    targets: Vec<usize>,
    /// The number of features, if they are no columns of the frame.
    width: Option<usize>,
    header: u64,
}

impl Shape {
    fn of(frame: &Frame, width: Option<usize>, options: &StreamOptions) -> Result<Self, Error> {
        if width.is_none() {
            frame.check_ignored(&options.reading.ignore)?;
        }
        let names = frame.names();
        let all = || if width.is_some() && options.target.is_empty() { &names } else { &options.target };
        let targets = frame.targets(all())?;
        Ok(Shape { targets, width, header: frame.header, names })
    }

    fn encoding(
        &self,
        file: &str,
        columns: &[Summary],
        means: Means,
        options: &StreamOptions,
    ) -> Result<Encoding, Error> {
        let names = self.targets.iter().map(|&column| self.names[column].clone()).collect();
        let target = &columns[self.targets[0]];
        let target = decide(file, names, options.task, || target.looks_like_classes(), || target.texts())?;
        if let Some(width) = self.width {
            return Encoding::of_numbers(means.finish(file, width)?, &target, options.encoding.clone());
        }
        let (targets, classes) = target_names(&target)?;
        let features: Vec<usize> =
            (0..columns.len()).filter(|column| !self.targets.contains(column)).collect();
        if features.is_empty() {
            let (file, line) = (file.to_owned(), self.header);
            return Err(Error::NoFeatures { file, line, columns: self.names.clone() });
        }
        let encoded = |column: usize| {
            let name = self.names[column].clone();
            Ok(Encoded { kind: columns[column].kind(file, &name)?, name })
        };
        let columns = features.into_iter().map(encoded).collect::<Result<_, Error>>()?;
        Ok(Encoding { columns, targets, classes, options: options.encoding.clone() })
    }
}
