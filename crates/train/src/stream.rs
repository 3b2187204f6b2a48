use crate::check::check_probabilities;
use crate::{Error, Observer, Trainer};
use glassgrad_data::{Dataset, Stream};
use glassgrad_tensor::Scalar;
use ndarray::{Axis, Slice};

impl<T: Scalar> Trainer<T> {
    /// As [`fit`](Self::fit), on data of which only a window is in memory: see [`Stream`]. Without `shuffled` the rows
    /// come in the order of the file. Memory is allocated when a window is read, and not between.
    ///
    /// # Errors
    /// As [`fit`](Self::fit); or if the file cannot be read or has changed: the steps before stay done.
    pub fn fit_stream(
        &mut self,
        data: &Stream<T>,
        batch: usize,
        shuffled: bool,
        epochs: u64,
        observer: &mut dyn Observer<T>,
    ) -> Result<(), Error> {
        if batch == 0 {
            return Err(glassgrad_data::Error::BatchSize.into());
        }
        let size = batch.min(data.rows());
        self.check_done(data.rows() as u64, size as u64)?;
        while self.position.epoch < epochs {
            let done = (self.position.batch as usize * size).min(data.rows());
            let mut pass = data.pass(shuffled.then_some(self.seed), self.position.epoch, done)?;
            while pass.left() > 0 {
                self.memory.resize(&self.tape, size.min(pass.left()))?;
                pass.batch(size, |window, rows, at| self.gather_part(window, rows, at))?;
                self.loaded = true;
                let step = self.step()?;
                if observer.step(self, &step).is_break() {
                    return Ok(());
                }
            }
            if self.tell_epoch(observer)?.is_break() {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Rows of a window become those of the batch from row `at` on.
    fn gather_part(&mut self, window: &Dataset<T>, rows: &[usize], at: usize) -> Result<(), Error> {
        self.loaded = false;
        self.check_kind(window)?;
        let place = Slice::from(at..at + rows.len());
        window.gather_features(rows, self.memory.input(self.x).slice_axis_mut(Axis(0), place))?;
        let mut y = self.memory.input(self.y);
        let mut y = y.slice_axis_mut(Axis(0), place);
        window.gather_targets(rows, y.view_mut())?;
        check_probabilities(&self.kind, y.view())
    }
}
