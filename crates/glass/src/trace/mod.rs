//! [`Trace`]: training steps written down, one row for every number or matrix.

mod backward;
mod csv;
mod entry;
mod json;
mod latex;
mod line;
mod markdown;
mod record;
mod row;
mod table;
mod text;
mod update;

pub use row::{Operand, Row, Stage};
pub(crate) use table::{align, width};

/// How a trace is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Format {
    /// Aligned columns for a terminal; big matrices are elided.
    Text,
    /// A table a stage; big matrices are elided.
    Markdown,
    /// `align*` environments, to be included where `amsmath` is; big matrices are elided.
    Latex,
    /// One line a number, every entry of every matrix.
    Csv,
    /// One JSON object a line with the keys `step`, `stage`, `symbol`, `name`, `notation`, `formula`,
    /// `operands`, `substituted`, `value` and `rounded`; every entry of every matrix in full precision.
    ///
    /// `value` is a number, an array of rows for a matrix, null for a local derivative too large to be
    /// written out. NaN and infinities are the strings `"NaN"`, `"inf"` and `"-inf"`. An operand has
    /// `symbol` and `value`, or of more than 64 entries `shape` instead.
    JsonLines,
}

/// Everything that some training steps computed, in order.
///
/// ```
/// # use glassgrad_glass::{Format, Trace};
/// # use glassgrad_layers::{Activation, Chain, Dense, Init, Loss};
/// # use glassgrad_optim::{Recipe, Sgd};
/// # use glassgrad_train::Trainer;
/// # use ndarray::array;
/// let network = Chain::new()
///     .then(Dense::new(1).weight(Init::rows([[0.5]])))
///     .then(Activation::Sigmoid)
///     .then(Dense::new(1).weight(Init::rows([[1.0]])));
/// let sgd = Recipe::new(Sgd { lr: 1.0, ..Sgd::default() });
/// let mut trainer = Trainer::<f64>::new(&network, 1, &Loss::HalfSquaredError, sgd, 0)?;
/// trainer.load(array![[1.0]].view(), array![[0.5]].view())?;
/// let trace = Trace::record(&mut trainer, 1)?;
/// let row = trace.row(0, "d_w2")?;
/// assert_eq!(row.formula(), "∂L/∂ŷ·∂ŷ/∂w2");
/// assert_eq!(row.substituted(4), "0.1225·0.6225");
/// assert_eq!(row.rounded(4), "0.0762");
/// println!("{}", trace.render(Format::Text, 4));
/// # Ok::<(), glassgrad_glass::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Trace {
    pub(crate) rows: Vec<Row>,
}

impl Trace {
    /// All rows, in the order in which a reader works them out.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// The row of that symbol in a step, counted from the first that was traced.
    ///
    /// # Errors
    /// [`UnknownSymbol`](crate::Error::UnknownSymbol) with the symbols of that step.
    pub fn row(&self, step: u64, symbol: &str) -> Result<&Row, crate::Error> {
        let mut of_step = self.rows.iter().filter(|row| row.step() == step);
        of_step.clone().find(|row| row.symbol() == symbol).ok_or_else(|| crate::Error::UnknownSymbol {
            name: symbol.into(),
            step: Some(step),
            known: of_step.by_ref().map(|row| row.symbol().into()).collect(),
        })
    }

    /// The trace as a document. Operands and rounded values have `decimals` places, at most 100; CSV and
    /// JSON have every value in full besides.
    pub fn render(&self, format: Format, decimals: usize) -> String {
        let decimals = decimals.min(100);
        match format {
            Format::Text => text::render(self, decimals),
            Format::Markdown => markdown::render(self, decimals),
            Format::Latex => latex::render(self, decimals),
            Format::Csv => csv::render(self, decimals),
            Format::JsonLines => json::render(self, decimals),
        }
    }
}
