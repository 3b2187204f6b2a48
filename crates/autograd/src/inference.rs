//! [`Inference`]: running a tape forward only, for its result alone.
//!
//! Nothing has to be kept for a way back: inputs are read where the caller has them, and a value's place is
//! given to another once its last reader is done. A chain of dense layers takes the two largest
//! neighbouring values, whatever its depth.

use crate::Error;
use crate::memory::Slot;
use crate::op::{Draw, Op, Read};
use crate::shape::Shape;
use crate::tape::{Tape, Var};
use glassgrad_tensor::Scalar;
use ndarray::ArrayView2;

/// The recycled memory of forward runs of which only one value is wanted.
///
/// It has the bits of [`Tape::forward_to`] in evaluation mode. Running batches of one size again
/// allocates nothing.
///
/// ```
/// use glassgrad_autograd::{Inference, Init, Tape, Unary};
/// use ndarray::array;
/// let (tape, [x, y]) = Tape::record(|tape| {
///     let x = tape.input("x", 1);
///     let w = tape.param("w", [1, 1], Init::Constant(3.0));
///     let wx = tape.affine(x, w, None);
///     [x, tape.map(Unary::Square, wx)]
/// })?;
/// let theta = tape.layout().initial::<f64>(0);
/// let mut inference = Inference::new();
/// assert_eq!(inference.run(&tape, y, &theta, x, array![[1.0], [2.0]].view())?, array![[9.0], [36.0]]);
/// # Ok::<(), glassgrad_autograd::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Inference<T> {
    /// What the places are for: the tape's fingerprint, the value wanted, the input, the rows.
    sized_for: Option<(u64, Var, Var, usize)>,
    slots: Vec<Slot>,
    /// Which values are computed at all, in order.
    steps: Vec<usize>,
    values: Vec<T>,
}

impl<T: Scalar> Inference<T> {
    /// Without any memory yet.
    pub const fn new() -> Self {
        Self { sized_for: None, slots: Vec::new(), steps: Vec::new(), values: Vec::new() }
    }

    /// The value `of`, `[rows, columns]`, for `x: [batch, columns]` as the input `input`; dropout is off.
    ///
    /// # Errors
    /// [`Error::Input`] for a shape that does not fit; [`Error::EmptyBatch`]; [`Error::Length`] if θ is not
    /// as long as the layout; [`Error::UnknownName`] if `of` depends on another input, too.
    pub fn run<'a>(
        &'a mut self,
        tape: &Tape,
        of: Var,
        theta: &'a [T],
        input: Var,
        x: ArrayView2<'a, T>,
    ) -> Result<ArrayView2<'a, T>, Error> {
        tape.layout().check_length("θ", theta.len())?;
        let (expected, found) =
            ([x.nrows(), tape.node(input, "input")?.shape.columns], [x.nrows(), x.ncols()]);
        if found != expected {
            return Err(Error::Input { name: tape.name_of(input).into(), expected, found });
        }
        self.size(tape, of, input, x.nrows())?;
        if of == input {
            return Ok(x);
        }
        let x = x.as_standard_layout();
        let given = Some((input, x.as_slice().expect("it is in standard layout")));
        let slots = &self.slots;
        for &at in &self.steps {
            let slot = slots[at];
            let (left, rest) = self.values.split_at_mut(slot.start);
            let (y, right) = rest.split_at_mut(slot.len() + slot.saved);
            let read = Read { slots, theta, left, right, right_start: slot.whole().end, given };
            tape.nodes()[at].op.forward(&read, slot.columns, y, Draw::default(), at);
        }
        let slot = slots[of.0];
        let from = if slot.in_theta { theta } else { &self.values };
        Ok(ArrayView2::from_shape((slot.rows, slot.columns), &from[slot.range()])
            .expect("a slot's range is as long as its shape"))
    }

    /// Gives every value that `of` needs its place.
    fn size(&mut self, tape: &Tape, of: Var, input: Var, rows: usize) -> Result<(), Error> {
        let wanted = Some((tape.fingerprint(), of, input, rows));
        if self.sized_for == wanted {
            return Ok(());
        }
        self.sized_for = None;
        if rows == 0 {
            return Err(Error::EmptyBatch);
        }
        tape.node(of, "value")?;
        // Who reads each value last; a value that nobody reads is not computed.
        let mut last_reader = vec![None; of.0 + 1];
        last_reader[of.0] = Some(usize::MAX);
        for at in (0..=of.0).rev().filter(|&at| at != input.0) {
            if last_reader[at].is_some() {
                for operand in tape.nodes()[at].op.operands() {
                    last_reader[operand.0].get_or_insert(at);
                }
            }
        }
        self.slots.clear();
        self.steps.clear();
        // Places in use, from left to right: start, end, last reader.
        let mut used: Vec<(usize, usize, usize)> = Vec::new();
        let mut most = 0;
        for (at, (node, reader)) in tape.nodes().iter().zip(last_reader).enumerate() {
            let saved = node.op.saves_for().map_or(0, |operand| self.slots[operand.0].len());
            let Shape { rows: node_rows, columns } = node.shape;
            let mut slot = Slot { start: 0, rows: node_rows.of(rows), columns, saved, in_theta: false };
            match (&node.op, reader) {
                (Op::Param { segment }, _) => {
                    slot.start = tape.layout().segments()[*segment].start;
                    slot.in_theta = true;
                }
                (Op::Input { .. }, Some(_)) if at != input.0 => {
                    let known = vec![tape.name_of(input).into()];
                    return Err(Error::UnknownName { name: node.name.clone(), known });
                }
                (Op::Input { .. }, _) | (_, None) => {}
                (_, Some(reader)) => {
                    used.retain(|&(_, _, reader)| reader >= at);
                    let length = slot.whole().len();
                    let gap = (0..=used.len()).find(|&i| {
                        let start = if i == 0 { 0 } else { used[i - 1].1 };
                        used.get(i).is_none_or(|&(end, ..)| start + length <= end)
                    });
                    let i = gap.expect("there is always room at the end");
                    slot.start = if i == 0 { 0 } else { used[i - 1].1 };
                    used.insert(i, (slot.start, slot.start + length, reader));
                    most = most.max(slot.start + length);
                    self.steps.push(at);
                }
            }
            self.slots.push(slot);
        }
        self.values.resize(most, T::zero());
        self.sized_for = wanted;
        Ok(())
    }
}

impl<T: Scalar> Default for Inference<T> {
    fn default() -> Self {
        Self::new()
    }
}
