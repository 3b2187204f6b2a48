//! [`Stream`]: a set of data that stays in its file, of which a window is in memory.
//!
//! The file is cut into blocks of neighbouring rows. It is read twice before the first epoch: the first time every row
//! is checked and the kinds, categories and classes of the columns are found, the second time means, deviations and
//! ranges. What is learnt is what [`Input::fit`](crate::Input::fit) and [`Scaling::fit`](crate::Scaling::fit) learn from the same rows, up to rounding. An epoch
//! then has the blocks in an order of its own, so many at a time as make a window, and mixes the rows of each
//! window: [`Pass`].
//!
//! Which rows are held out is drawn row by row, each with the same probability: unlike [`split`](crate::split()), which
//! has to know all rows first, it gives no exact share of each class. Row r of block b is held out if draw r of
//! [`stream`]`(seed, Purpose::Split, 1, b)` is below the share.

mod arrays;
mod learn;
mod learning;
mod moments;
mod pass;
mod source;
mod summary;

pub use learn::{Learnt, StreamOptions};
pub use pass::Pass;

use crate::open::unreadable;
use crate::{Dataset, Error, Outcome, Sample};
use glassgrad_tensor::Scalar;
use glassgrad_tensor::random::{Purpose, stream, unit};
use source::{Source, Span};
use std::hash::Hasher;
use std::marker::PhantomData;
use twox_hash::XxHash3_64;

/// Windows are made of so many blocks: from so many places of the file come the rows that are mixed.
const BLOCKS: usize = 16;

/// A set of data in a file, after what is to be learnt from it has been learnt.
///
/// ```
/// use glassgrad_data::{Stream, StreamOptions};
///
/// # let path = std::env::temp_dir().join(format!("glassgrad-stream-{}.csv", std::process::id()));
/// # std::fs::write(&path, (0..1000).map(|i| format!("{i},{}\n", 2 * i)).fold("x,y\n".to_owned(), |a, b| a + &b))?;
/// let options = StreamOptions { target: vec!["y".into()], window: 200, ..StreamOptions::default() };
/// let data = Stream::<f32>::open(&path, None, &options)?;
/// let mut rows = 0;
/// let mut pass = data.pass(Some(7), 0, 0)?; // of seed 7: the first epoch, from its beginning
/// while pass.batch(32, |_window, chosen, _at| { rows += chosen.len(); Ok::<_, glassgrad_data::Error>(()) })? > 0 {}
/// assert_eq!(rows, data.rows());
/// # std::fs::remove_file(path)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Stream<T> {
    source: Source,
    /// Bytes of the file.
    size: u64,
    blocks: Vec<Block>,
    learnt: Learnt,
    /// Rows a window.
    window: usize,
    held_out: HeldOut,
    number: PhantomData<T>,
}

/// Neighbouring rows of the file.
#[derive(Clone, Copy, Debug)]
struct Block {
    span: Span,
    /// The XXH3 of its bytes.
    hash: u64,
    /// Rows to train on, and rows held out: those that are not dropped.
    rows: [usize; 2],
}

/// Which rows are held out.
#[derive(Clone, Copy, Debug)]
struct HeldOut {
    share: f64,
    seed: u64,
}

/// The rows to train on, or those held out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// To train on.
    Training,
    /// Held out.
    HeldOut,
}

impl HeldOut {
    /// The rows of a part of a block, in ascending order.
    fn rows(self, part: Part, block: usize, rows: usize) -> Vec<usize> {
        let mut draws = stream(self.seed, Purpose::Split, 1, block as u64);
        (0..rows).filter(|_| (unit(&mut draws) < self.share) == (part == Part::HeldOut)).collect()
    }
}

impl<T: Scalar> Stream<T> {
    /// Rows to train on.
    pub fn rows(&self) -> usize {
        self.blocks.iter().map(|block| block.rows[Part::Training as usize]).sum()
    }

    /// Rows held out.
    pub fn held_out(&self) -> usize {
        self.blocks.iter().map(|block| block.rows[Part::HeldOut as usize]).sum()
    }

    /// What was learnt from the rows to train on.
    pub fn learnt(&self) -> &Learnt {
        &self.learnt
    }

    /// The most rows of a window.
    pub fn window(&self) -> usize {
        self.window
    }

    /// A hash of the file and of which rows of it are trained on, by which a run that is resumed knows its data.
    pub fn fingerprint(&self) -> u64 {
        let mut hash = XxHash3_64::with_seed(0);
        for block in &self.blocks {
            hash.write(&block.hash.to_le_bytes());
            block.rows.iter().for_each(|&rows| hash.write(&(rows as u64).to_le_bytes()));
        }
        hash.finish()
    }

    /// The parts of the blocks one after the other, in the order of the file.
    ///
    /// # Errors
    /// If the file cannot be read, or has changed.
    pub fn blocks(&self, part: Part) -> impl Iterator<Item = Result<Dataset<T>, Error>> + '_ {
        let blocks = (0..self.blocks.len()).filter(move |&block| self.blocks[block].rows[part as usize] > 0);
        blocks.map(move |block| Ok(self.block(block, part)?.0))
    }

    /// At most so many of the rows to train on, evenly spaced: see [`Sample`].
    ///
    /// # Errors
    /// If no row is asked for; if the file cannot be read, or has changed.
    pub fn sample(&self, rows: usize) -> Result<Dataset<T>, Error> {
        let mut choice = Sample::new(self.rows(), rows);
        let mut sample: Option<Dataset<T>> = None;
        for block in self.blocks(Part::Training) {
            let block = block?;
            let chosen = choice.choose(block.rows());
            if !chosen.is_empty() {
                let chosen = block.select(&chosen)?;
                match &mut sample {
                    None => sample = Some(chosen),
                    Some(sample) => sample.extend(&chosen),
                }
            }
        }
        sample.ok_or(Error::Empty { what: "rows" })
    }

    /// A part of a block, which is not empty, encoded and scaled, and where its rows are: see
    /// [`Input::line`](crate::Input::line).
    fn block(&self, block: usize, part: Part) -> Result<(Dataset<T>, Vec<u64>), Error> {
        let Block { span, hash, rows } = self.blocks[block];
        let changed = || Error::FileChanged { file: self.source.file().to_owned() };
        let (input, found) = self.source.read::<T>(&span)?;
        if found != hash {
            return Err(changed());
        }
        let input = input.select(&self.held_out.rows(part, block, span.rows))?;
        let Learnt { encoding, scaling, values, .. } = &self.learnt;
        let Outcome { data, rows: left, .. } = input.encode_scaled(encoding, scaling, values.as_ref())?;
        if data.rows() != rows[part as usize] {
            return Err(changed());
        }
        Ok((data, left.into_iter().map(|row| input.line(row)).collect()))
    }
}

/// The file cannot be read, or has lost its end.
fn cut_off(file: &str, source: std::io::Error) -> Error {
    match source.kind() {
        std::io::ErrorKind::UnexpectedEof => Error::FileChanged { file: file.to_owned() },
        _ => unreadable(file.to_owned(), source),
    }
}
