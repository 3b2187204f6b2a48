//! From a checkpoint to a trainer.

use super::check::Network;
use super::{BEST, Checkpoint, NonFinite, Notes, THETA, state};
use crate::trainer::segments;
use crate::{Error, Trainer};
use glassgrad_data::Dataset;
use glassgrad_store::Element;
use glassgrad_tensor::Scalar;

impl Checkpoint {
    /// The trainer as it was saved, with the notes and, if there is one, the best θ beside.
    ///
    /// # Errors
    /// [`Error::Precision`] if the numbers are no `T`; [`Error::NonFinite`] if some of θ, or of the best θ, are
    /// NaN or infinite, and [`Error::Checkpoint`] for such a state of the optimiser; [`Error::Store`] if the file
    /// has changed since it was opened.
    #[allow(clippy::type_complexity, reason = "three things, each with a name in the sentence above")]
    pub fn into_trainer<T: Scalar + Element>(mut self) -> Result<(Trainer<T>, Notes, Option<Vec<T>>), Error> {
        let theta = self.finite(THETA)?;
        let best = if self.has_best() { Some(self.finite(BEST)?) } else { None };
        let recipe = self.header.plan.recipe()?;
        let slots = recipe.rule().slots();
        let mut vectors = Vec::with_capacity(slots.len() * theta.len());
        for slot in slots {
            vectors.append(&mut self.numbers(&state(slot.name))?);
        }
        let Self { path, header, network: Network { tape, end }, .. } = self;
        let descent = recipe.resume(&segments(&tape), header.progress, vectors).map_err(|error| {
            Error::Checkpoint { path, item: "the optimiser".into(), problem: error.to_string() }
        })?;
        let vars = [header.x, header.prediction];
        let mut trainer = Trainer::assemble(tape, vars, end, theta, descent, header.seed);
        (trainer.position, trainer.so_far) = (header.position, header.so_far);
        Ok((trainer, header.notes, best))
    }

    /// θ with whatever numbers it has, to look at.
    ///
    /// # Errors
    /// [`Error::Precision`] if the numbers are no `T`; [`Error::Store`] if the file has changed since it was
    /// opened.
    pub fn theta<T: Scalar + Element>(&mut self) -> Result<Vec<T>, Error> {
        self.numbers(THETA)
    }

    /// Which parameters have numbers that are NaN or infinite, and how many: of θ, then of the best θ.
    ///
    /// # Errors
    /// [`Error::Store`] if the file has changed since it was opened.
    pub fn non_finite(&mut self) -> Result<Vec<NonFinite>, Error> {
        let mut found = Vec::new();
        for section in if self.has_best() { &[THETA, BEST][..] } else { &[THETA] } {
            let layout = self.network.tape.layout().clone();
            found.extend(match self.precision() {
                crate::Precision::F32 => NonFinite::of::<f32>(section, &layout, &self.numbers(section)?),
                crate::Precision::F64 => NonFinite::of::<f64>(section, &layout, &self.numbers(section)?),
            });
        }
        Ok(found)
    }

    fn has_best(&self) -> bool {
        self.reader.sections().iter().any(|section| section.name() == BEST)
    }

    /// A section; nothing where the network has no parameters.
    fn numbers<T: Scalar + Element>(&mut self, section: &str) -> Result<Vec<T>, Error> {
        let (found, expected) = (self.precision(), T::DTYPE);
        if found != expected {
            return Err(Error::Precision { path: self.path.clone(), found, expected });
        }
        if self.network.tape.layout().is_empty() {
            return Ok(Vec::new());
        }
        Ok(self.reader.read_section(section)?)
    }

    fn finite<T: Scalar + Element>(&mut self, section: &'static str) -> Result<Vec<T>, Error> {
        let numbers = self.numbers(section)?;
        match NonFinite::of(section, self.network.tape.layout(), &numbers).into_iter().next() {
            Some(first) => Err(Error::NonFinite { path: self.path.clone(), first }),
            None => Ok(numbers),
        }
    }
}

impl<T: Scalar> Trainer<T> {
    /// Whether the run that `notes` are of goes on with the same data in batches of the same size: only then
    /// does it come to the same bits. What the notes do not say is not checked.
    ///
    /// # Errors
    /// [`Error::Changed`].
    pub fn check_resumable(&self, notes: &Notes, data: &Dataset<T>, batch: usize) -> Result<(), Error> {
        self.check_same(notes, data.fingerprint(), batch)?;
        self.check_data(data)
    }

    /// As [`check_resumable`](Self::check_resumable), of data that are streamed: whether they are the same, by their
    /// [fingerprint](glassgrad_data::Stream::fingerprint).
    ///
    /// # Errors
    /// [`Error::Changed`].
    pub fn check_same(&self, notes: &Notes, fingerprint: u64, batch: usize) -> Result<(), Error> {
        let changed = |what, expected, found| Err(Error::Changed { what, expected, found });
        if notes.batch != 0 && notes.batch != batch as u64 {
            return changed("batch size", notes.batch.to_string(), batch.to_string());
        }
        match notes.fingerprint {
            Some(expected) if expected != fingerprint => {
                let found = format!("the fingerprint {fingerprint:016x}");
                changed("training data", format!("{expected:016x}"), found)
            }
            _ => Ok(()),
        }
    }
}
