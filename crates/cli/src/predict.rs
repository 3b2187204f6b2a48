//! `glassgrad predict`: a column named as the target, and for classes their probabilities.

use crate::failure::Failure;
use crate::measure::ROWS;
use crate::model::{self, Model, Outcome, Real};
use crate::output::Output;
use crate::place;
use crate::run::prepare::remark_on;
use clap::Args;
use glassgrad_store::Dtype;
use glassgrad_train::Checkpoint;
use serde_json::{Map, Value, json};
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

const EXAMPLES: &str = "Examples:
  glassgrad predict iris.ckpt data/iris.csv
  glassgrad predict house.ckpt new.csv -o prices.csv

One row of results for each row of the data, in order; where the model leaves out rows with missing values, an empty one.";

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
    /// What stands between two fields of the data [default: as in training]
    #[arg(long, value_name = "CHARACTER")]
    delimiter: Option<char>,
}

impl Predict {
    /// Predicts and writes.
    pub(crate) fn run(self, out: Output) -> Result<(), Failure> {
        if let Some(path) = &self.output {
            place::free(path, self.force)?;
        }
        let checkpoint = Checkpoint::open(&self.model)?;
        match checkpoint.precision() {
            Dtype::F32 => self.predict::<f32>(checkpoint, out),
            Dtype::F64 => self.predict::<f64>(checkpoint, out),
        }
    }

    fn predict<T: Real>(&self, checkpoint: Checkpoint, out: Output) -> Result<(), Failure> {
        let mut model = Model::<T>::load(&self.model, checkpoint)?;
        let input = model::read::<T>(&model.notes, &self.data, None, self.delimiter)?;
        let outcome = input.encode_features(&model.learnt.encoding)?;
        let mut remarks = Vec::new();
        remark_on(&outcome, "the rows", input.rows(), &mut remarks);
        out.remarks(&remarks);

        let mut x = outcome.data.to_numbers().into_owned();
        model.learnt.scaling.transform(x.view_mut())?;
        let mut table = Table::of(&model);
        let mut predicted = Vec::with_capacity(outcome.rows.len());
        for part in x.axis_chunks_iter(ndarray::Axis(0), ROWS) {
            predicted.append(&mut model.predict(part)?);
        }
        let mut rows: Vec<Option<Vec<T>>> = vec![None; input.rows()];
        for (row, prediction) in outcome.rows.iter().zip(predicted) {
            rows[*row] = Some(prediction);
        }
        match &self.output {
            None => {
                let mut stdout = BufWriter::new(io::stdout().lock());
                let written = table.write(&rows, out.json, &mut stdout).and_then(|()| stdout.flush());
                written.map_err(|error| Failure::stdout(&error))
            }
            Some(path) => {
                glassgrad_store::replace(path, |file| table.write(&rows, out.json, file))?;
                let file = path.display();
                out.text(format!("{file}: {} rows", rows.len()))?;
                out.object(&json!({"event": "done", "output": file.to_string(), "rows": rows.len()}))
            }
        }
    }
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
        let probabilities = classes.iter().map(|class| format!("p_{class}"));
        let names = encoding.targets.iter().cloned().chain(probabilities).collect();
        Self { names, classes }
    }

    fn write<T: Real>(&mut self, rows: &[Option<Vec<T>>], json: bool, to: &mut dyn Write) -> io::Result<()> {
        if json {
            return rows.iter().try_for_each(|row| writeln!(to, "{}", self.object(row.as_deref())));
        }
        let mut csv = csv::Writer::from_writer(to);
        csv.write_record(&self.names).map_err(cause)?;
        for row in rows {
            match row {
                None => csv.write_record(self.names.iter().map(|_| "")),
                Some(numbers) => {
                    let class = self.class(numbers).map(str::to_owned);
                    csv.write_record(class.into_iter().chain(numbers.iter().map(|&number| shortest(number))))
                }
            }
            .map_err(cause)?;
        }
        csv.flush()
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
