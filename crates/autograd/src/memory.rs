//! [`Memory`]: the numbers of one run of a tape.

use crate::op::{Draw, Op};
use crate::single::Single;
use crate::tape::{Tape, Var};
use crate::{Error, Shape};
use glassgrad_tensor::Scalar;
use ndarray::{ArrayView2, ArrayViewMut2};
use std::ops::Range;

/// Where one value lies, in the flat memory or in θ.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Slot {
    pub(crate) start: usize,
    pub(crate) rows: usize,
    pub(crate) columns: usize,
    /// Numbers behind the value that its op keeps for the backward sweep.
    pub(crate) saved: usize,
    pub(crate) in_theta: bool,
}

impl Slot {
    #[inline]
    pub(crate) const fn len(&self) -> usize {
        self.rows * self.columns
    }

    #[inline]
    pub(crate) const fn range(&self) -> Range<usize> {
        self.start..self.start + self.len()
    }

    /// The value and what is saved behind it.
    #[inline]
    pub(crate) const fn whole(&self) -> Range<usize> {
        self.start..self.start + self.len() + self.saved
    }
}

/// One flat memory of values and one of cotangents, recycled from run to run.
///
/// It belongs to whoever runs the tape; several memories can run one tape at once. It grows when a
/// batch is larger than any before, and otherwise allocates nothing.
#[derive(Clone, Debug)]
pub struct Memory<T> {
    pub(crate) batch: usize,
    /// Which tapes it is sized for: those with this [`Tape::fingerprint`].
    pub(crate) tape: Option<u64>,
    pub(crate) slots: Vec<Slot>,
    pub(crate) values: Vec<T>,
    pub(crate) cotangents: Vec<T>,
    /// Whether a variable's cotangent has had its first contribution in the last backward sweep.
    pub(crate) touched: Vec<bool>,
    /// The tape once more, if every value is a single number when the batch is one row.
    pub(crate) single: Option<Single>,
    pub(crate) draw: Draw,
    pub(crate) input_adjoints: bool,
}

impl<T: Scalar> Memory<T> {
    /// An empty memory: it takes its size from the first [`load`](Self::load) or [`resize`](Self::resize).
    ///
    /// ∂/∂inputs are computed too; see [`input_adjoints`](Self::input_adjoints).
    pub fn new() -> Self {
        Self {
            batch: 0,
            tape: None,
            slots: Vec::new(),
            values: Vec::new(),
            cotangents: Vec::new(),
            touched: Vec::new(),
            single: None,
            draw: Draw::default(),
            input_adjoints: true,
        }
    }

    /// Whether backward sweeps also compute the adjoints of inputs. A training step does not need
    /// them, and for the first layer they cost as much as its gradient.
    pub fn input_adjoints(&mut self, wanted: bool) {
        self.input_adjoints = wanted;
    }

    /// The number of rows of the batch at hand.
    pub fn batch(&self) -> usize {
        self.batch
    }

    /// Dropout masks are drawn, from the stream (seed, dropout, epoch, step).
    pub fn training(&mut self, seed: u64, epoch: u64, step: u64) {
        self.draw = Draw { key: Some([seed, epoch, step]) };
    }

    /// Dropout masks are all 1, as at the start.
    pub fn evaluating(&mut self) {
        self.draw = Draw { key: None };
    }

    /// Makes room for a batch of `rows` rows. All values are to be loaded and computed again.
    ///
    /// # Errors
    /// [`Error::EmptyBatch`] if `rows` is 0.
    pub fn resize(&mut self, tape: &Tape, rows: usize) -> Result<(), Error> {
        if rows == 0 {
            return Err(Error::EmptyBatch);
        }
        if rows == self.batch && self.tape == Some(tape.fingerprint()) {
            return Ok(());
        }
        if self.tape != Some(tape.fingerprint()) {
            self.single = if tape.is_single() { Single::new(tape) } else { None };
        }
        self.batch = rows;
        self.tape = Some(tape.fingerprint());
        let mut start = 0;
        self.slots.clear();
        for node in tape.nodes() {
            let Shape { rows: node_rows, columns } = node.shape;
            let saved = node.op.saves_for().map_or(0, |operand| self.slots[operand.0].len());
            let mut slot = Slot { start, rows: node_rows.of(rows), columns, saved, in_theta: false };
            if let Op::Param { segment } = node.op {
                slot.start = tape.layout().segments()[segment].start;
                slot.in_theta = true;
                start += usize::from(self.single.is_some()); // there, number i lies at place i
            } else {
                start = slot.whole().end;
            }
            self.slots.push(slot);
        }
        self.values.resize(start, T::zero());
        self.touched.clear();
        self.touched.resize(tape.nodes().len(), false);
        if let Some(single) = &mut self.single {
            single.forget();
        }
        Ok(())
    }

    /// Sets the batch to the rows of the first matrix and copies each into the input of that name.
    /// An input that is not named keeps what it holds if the batch keeps its size; if not, it is to be loaded.
    ///
    /// # Errors
    /// An unknown name, a shape that does not fit, a label that is no class, or an empty batch.
    pub fn load(&mut self, tape: &Tape, inputs: &[(&str, ArrayView2<'_, T>)]) -> Result<(), Error> {
        for (index, (name, matrix)) in inputs.iter().enumerate() {
            let var = tape.input_named(name)?;
            if index == 0 {
                self.resize(tape, matrix.nrows())?;
            }
            self.set(tape, var, matrix.view())?;
        }
        Ok(())
    }

    /// Copies a matrix into an input.
    ///
    /// # Errors
    /// A shape other than `[batch, columns]`, or a label that is no class. [`Error::EmptyBatch`] if the
    /// memory has not been sized.
    ///
    /// # Panics
    /// If the memory has been sized for another tape.
    pub fn set(&mut self, tape: &Tape, input: Var, matrix: ArrayView2<'_, T>) -> Result<(), Error> {
        let node = tape.node(input, "input")?;
        if self.batch == 0 {
            return Err(Error::EmptyBatch);
        }
        self.assert_sized_for(tape);
        let name = || node.name.clone();
        let Op::Input { classes } = node.op else {
            return Err(Error::UnknownName { name: name(), known: tape.input_names() });
        };
        let expected = [self.batch, node.shape.columns];
        let found = [matrix.nrows(), matrix.ncols()];
        if found != expected {
            return Err(Error::Input { name: name(), expected, found });
        }
        if let Some(classes) = classes {
            for (row, &label) in matrix.iter().enumerate() {
                if crate::op::softmax::class(label, classes).is_none() {
                    return Err(Error::Label { name: name(), row, found: label.to_f64(), classes });
                }
            }
        }
        self.input(input).assign(&matrix);
        Ok(())
    }

    /// The place of an input, `[batch, columns]`, to gather a batch straight into it.
    ///
    /// Labels written here are not checked: one that is no class makes the loss NaN.
    ///
    /// # Panics
    /// If `input` is a parameter, or the memory has not been sized for its tape.
    pub fn input(&mut self, input: Var) -> ArrayViewMut2<'_, T> {
        let slot = self.slots[input.0];
        assert!(!slot.in_theta, "a parameter lives in θ, not in the memory");
        ArrayViewMut2::from_shape((slot.rows, slot.columns), &mut self.values[slot.range()])
            .expect("a slot's range is as long as its shape")
    }

    pub(crate) fn assert_sized_for(&self, tape: &Tape) {
        assert_eq!(self.tape, Some(tape.fingerprint()), "the memory must be sized for this tape");
    }

    /// Bytes held: values, cotangents and bookkeeping.
    pub fn bytes(&self) -> usize {
        (self.values.capacity() + self.cotangents.capacity()) * size_of::<T>()
            + self.slots.capacity() * size_of::<Slot>()
            + self.touched.capacity()
    }

    /// The value of a variable after a forward run: `[rows, columns]`.
    pub(crate) fn view<'a>(&self, slot: usize, from: &'a [T]) -> ArrayView2<'a, T> {
        let slot = self.slots[slot];
        ArrayView2::from_shape((slot.rows, slot.columns), &from[slot.range()])
            .expect("a slot's range is as long as its shape")
    }
}

impl<T: Scalar> Default for Memory<T> {
    fn default() -> Self {
        Self::new()
    }
}
