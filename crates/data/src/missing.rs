//! What a missing value looks like, and what becomes of it: [`Missing`].

use serde::{Deserialize, Serialize};

/// Spellings of a missing value, letter case aside, besides the empty cell and whatever else Rust reads as
/// a number that is none, such as `-nan`.
const SPELLINGS: [&str; 7] = ["?", "NA", "N/A", "#N/A", "<NA>", "NaN", "NULL"];

/// What becomes of a row in which a value is missing: an empty cell, or one of `?`, `NA`, `N/A`, `#N/A`,
/// `<NA>`, `NaN` and `NULL` in any letter case.
///
/// A missing target cannot be made up: the row is dropped under [`Drop`](Missing::Drop), else refused.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Missing {
    /// It is refused, with the place of the cell.
    #[default]
    Error,
    /// A number becomes the mean of its column, a text the most frequent text of its column (of equally
    /// frequent ones the first by code point); both are those of the training part.
    Mean,
    /// The row is left out.
    Drop,
}

/// Whether this text, without blanks around it, stands for a missing value.
pub(crate) fn is_missing(text: &str) -> bool {
    match text.as_bytes() {
        [] => true,
        [b'0'..=b'9' | b'.', ..] | [b'-', b'0'..=b'9' | b'.', ..] => false, // nearly all cells are numbers
        _ => SPELLINGS.iter().any(|spelling| text.eq_ignore_ascii_case(spelling)),
    }
}
