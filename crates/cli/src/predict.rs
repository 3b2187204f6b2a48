//! `glassgrad predict`: a column named as the target, and for classes their probabilities.

use crate::failure::Failure;
use crate::measure::ROWS;
use crate::model::{Model, Outcome, Real};
use crate::output::Output;
use crate::place::Place;
use crate::reading::ReadFlags;
use crate::run::Tally;
use crate::signals::Signals;
use clap::Args;
use glassgrad_data::Input;
use glassgrad_store::Dtype;
use glassgrad_train::Checkpoint;
use serde_json::{Map, Value, json};
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

const EXAMPLES: &str = "Examples:
  glassgrad predict iris.ckpt data/iris.csv
  glassgrad predict house.ckpt new.csv -o prices.csv

One row of results for each row of the data, in order; where the model leaves out rows with missing values, an empty one.
Of classes, that is the most likely one, under the target's name, and the probability of each, p_CLASS (probability_CLASS if
the target has such a name). A table is read and predicted a block at a time, and may be larger than memory.";

/// The flags of `glassgrad predict`.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Predict {
    /// The model, as glassgrad train has written it
    model: PathBuf,
    /// The data, with or without the column of the target
    data: PathBuf,
    /// File for the results [default: stdout]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Replace the file if it is there already
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    reading: ReadFlags,
}

impl Predict {
    /// Predicts and writes.
    pub(crate) fn run(self, out: Output) -> Result<(), Failure> {
        let inputs = [self.model.as_path(), &self.data];
        let place = self.output.as_ref().map(|path| Place::take(path, self.force, inputs)).transpose()?;
        let checkpoint = Checkpoint::open(&self.model)?;
        match checkpoint.precision() {
            Dtype::F32 => self.predict::<f32>(checkpoint, place, out),
            Dtype::F64 => self.predict::<f64>(checkpoint, place, out),
        }
    }

    fn predict<T: Real>(
        &self,
        checkpoint: Checkpoint,
        place: Option<Place>,
        out: Output,
    ) -> Result<(), Failure> {
        // With a file, so that none is left half-written; on stdout, a signal ends it at once.
        let signals = place.as_ref().map(|_| Signals::catch()).transpose()?;
        let stop = |place: &Place| match signals.as_ref().and_then(Signals::caught) {
            Some(signal) => {
                Err(Failure::Signal(signal, format!("nothing written to {}", place.path().display())))
            }
            None => Ok(()),
        };
        let mut model = Model::<T>::load(&self.model, checkpoint)?;
        let settings = self.reading.settings(&self.data, &self.model, &model.notes)?;
        let mut blocks = settings.blocks::<T>(&self.data, None)?.peekable();
        // What is wrong with the first block, or with the header, is told before anything is written.
        if let Some(Err(failure)) = blocks.next_if(Result::is_err) {
            return Err(failure);
        }
        let mut table = Table::of(&model);
        let mut tally = Tally::default();
        let mut predicted = blocks.map(|block| {
            place.as_ref().map_or(Ok(()), stop)?;
            predict_block(&mut model, block?, &mut tally)
        });
        let mut failure = None;
        let mut write = |to: &mut dyn Write| table.write(&mut predicted, out.json, to, &mut failure);
        let written = match &place {
            None => {
                let mut stdout = BufWriter::new(io::stdout().lock());
                write(&mut stdout).and_then(|()| stdout.flush()).map_err(|error| Failure::stdout(&error))
            }
            Some(place) => place.write(write),
        };
        if let Some(failure) = failure {
            return Err(failure);
        }
        written?;
        out.remarks(&tally.remarks("the rows"));
        if let Some(place) = &place {
            let file = place.path().display();
            out.text(format!("{file}: {} rows", tally.rows))?;
            out.object(&json!({"event": "done", "output": file.to_string(), "rows": tally.rows}))?;
        }
        Ok(())
    }
}

/// What is predicted for each row of a block; none where values are missing.
type Predicted<T> = Vec<Option<Vec<T>>>;

fn predict_block<T: Real>(
    model: &mut Model<T>,
    block: Input<T>,
    tally: &mut Tally,
) -> Result<Predicted<T>, Failure> {
    let mut rows: Predicted<T> = vec![None; block.rows()];
    model.learnt.check_units(&block)?;
    let outcome = block.encode_features_scaled(&model.learnt.encoding, &model.learnt.scaling);
    if let Some(outcome) = tally.take(outcome, block.rows(), &model.learnt.encoding.options)? {
        let x = outcome.data.to_numbers();
        let mut at = outcome.rows.iter();
        for part in x.axis_chunks_iter(ndarray::Axis(0), ROWS) {
            for (prediction, &row) in model.predict(part)?.into_iter().zip(at.by_ref()) {
                rows[row] = Some(prediction);
            }
        }
    }
    Ok(rows)
}

/// The results as columns.
struct Table {
    /// Of the target, and the probabilities of classes.
    names: Vec<String>,
    /// Empty for values.
    classes: Vec<String>,
}

impl Table {
    fn of<T: Real>(model: &Model<T>) -> Self {
        let encoding = &model.learnt.encoding;
        let classes = if model.outcome() == Outcome::Values { Vec::new() } else { encoding.classes.clone() };
        let named = |prefix| classes.iter().map(move |class| format!("{prefix}{class}"));
        // No target has both.
        let taken = named("p_").any(|name| encoding.targets.contains(&name));
        let probabilities = named(if taken { "probability_" } else { "p_" });
        let names = encoding.targets.iter().cloned().chain(probabilities).collect();
        Self { names, classes }
    }

    /// Writes all rows. What goes wrong with the data ends it, and is left in `failure`.
    fn write<T: Real>(
        &mut self,
        blocks: &mut dyn Iterator<Item = Result<Predicted<T>, Failure>>,
        json: bool,
        to: &mut dyn Write,
        failure: &mut Option<Failure>,
    ) -> io::Result<()> {
        let mut header = !json;
        for block in blocks {
            let block = match block {
                Ok(block) => block,
                Err(cause) => {
                    *failure = Some(cause);
                    return Err(io::Error::other("the data"));
                }
            };
            if json {
                block.iter().try_for_each(|row| writeln!(to, "{}", self.object(row.as_deref())))?;
                continue;
            }
            let mut csv = csv::Writer::from_writer(&mut *to);
            if std::mem::take(&mut header) {
                csv.write_record(&self.names).map_err(cause)?;
            }
            for row in block {
                match row {
                    None => csv.write_record(self.names.iter().map(|_| "")),
                    Some(numbers) => {
                        let class = self.class(&numbers).map(str::to_owned);
                        let numbers = numbers.iter().map(|&number| shortest(number));
                        csv.write_record(class.into_iter().chain(numbers))
                    }
                }
                .map_err(cause)?;
            }
            csv.flush()?;
        }
        Ok(())
    }

    /// The most likely class, the first of equals; none of values.
    fn class<T: Real>(&self, numbers: &[T]) -> Option<&str> {
        let best =
            numbers.iter().enumerate().fold(0, |best, (i, &p)| if p > numbers[best] { i } else { best });
        self.classes.get(best).map(String::as_str)
    }

    fn object<T: Real>(&self, row: Option<&[T]>) -> Value {
        let cells: Vec<Value> = match row {
            None => vec![Value::Null; self.names.len()],
            Some(numbers) => {
                let class = self.class(numbers).map(Value::from);
                class.into_iter().chain(numbers.iter().map(|number| number.to_f64().into())).collect()
            }
        };
        Value::Object(self.names.iter().cloned().zip(cells).collect::<Map<_, _>>())
    }
}

/// The fewest digits that are read back as the same number.
fn shortest<T: Real>(number: T) -> String {
    let size = number.to_f64().abs();
    if size != 0.0 && !(1e-4..1e16).contains(&size) { format!("{number:e}") } else { number.to_string() }
}

/// Why CSV could not be written: only the place that it goes to can fail.
fn cause(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    }
}
