//! How large a run of a program is, found out before there is one.

use crate::op::Op;
use crate::tape::{Node, Tape};
use crate::{Error, Shape};

/// More numbers than this nobody can address: of the largest kind, dual numbers of `f64`, each takes 16 bytes.
pub(crate) const MOST_NUMBERS: usize = isize::MAX as usize / 16;

impl Tape {
    /// How many numbers all values of a run take that are not in θ, for a batch of `rows` rows; none if they
    /// are more than can be counted.
    pub fn numbers(&self, rows: usize) -> Option<usize> {
        let computed = self.nodes().iter().filter(|node| !matches!(node.op, Op::Param { .. }));
        computed.map(|node| self.numbers_of(node, rows)).try_fold(0_usize, |sum, n| sum.checked_add(n?))
    }

    /// A value, and what its op saves beside it.
    fn numbers_of(&self, node: &Node, rows: usize) -> Option<usize> {
        let of = |shape: Shape| shape.rows.of(rows).checked_mul(shape.columns);
        let saved = node.op.saves_for().map_or(Some(0), |operand| of(self.nodes()[operand.0].shape));
        of(node.shape)?.checked_add(saved?)
    }

    /// Refuses a program of which no machine could hold one run.
    pub(crate) fn check_size(&mut self) {
        if self.numbers(1).is_some_and(|n| n <= MOST_NUMBERS) {
            return;
        }
        let size = |node: &&Node| self.numbers_of(node, 1).unwrap_or(usize::MAX);
        let at = self.nodes().iter().max_by_key(size).map_or_else(String::new, |node| node.name.clone());
        self.fail(Error::TooLarge { at });
    }
}
