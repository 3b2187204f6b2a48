//! `glassgrad init`: a commented RUN.toml for data that have been looked at.

use crate::failure::Failure;
use crate::output::Output;
use crate::place::Place;
use crate::run::flags::delimiter;
use crate::run::{DataSettings, TaskName, names_listed};
use clap::Args;
use glassgrad_data::{Cells, Classes, Features, Frame, Frames, Input, Target, Task};
use serde_json::json;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

const EXAMPLES: &str = "Examples:
  glassgrad init data/iris.csv
  glassgrad init house.csv --target price -o house.toml
  glassgrad train run.toml";

/// The flags of `glassgrad init`.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Init {
    /// The data: .csv, .tsv, .npy, .idx, each also .gz
    data: PathBuf,
    /// Column to predict [default: one named target, label or class; else the last]
    #[arg(long, value_name = "COLUMN")]
    target: Option<String>,
    /// File of the labels, if the data are an array (.npy, .idx)
    #[arg(long, value_name = "FILE")]
    labels: Option<PathBuf>,
    /// What stands between two fields [default: the one of , ; tab | that cuts the first lines alike]
    #[arg(long, value_name = "CHARACTER", value_parser = delimiter)]
    delimiter: Option<char>,
    /// What is to be learnt
    #[arg(long, value_name = "TASK", default_value = "auto")]
    task: TaskName,
    /// Where to write; "-" for stdout
    #[arg(short, long, value_name = "FILE", default_value = "run.toml")]
    output: PathBuf,
    /// Replace the file if it is there already
    #[arg(long)]
    force: bool,
}

impl Init {
    /// Looks and writes.
    pub(crate) fn run(self, out: Output, seed: Option<u64>) -> Result<(), Failure> {
        let inputs = [&self.data].into_iter().chain(&self.labels).map(PathBuf::as_path);
        let file = Some(&self.output).filter(|path| *path != Path::new("-"));
        let place = file.map(|path| Place::take(path, self.force, inputs)).transpose()?;
        let delimiter = self.delimiter.unwrap_or_else(|| likely_delimiter(&self.data));
        let settings = DataSettings { delimiter, task: self.task, ..DataSettings::default() };
        let input: Input<f32> = settings.open(&self.data, self.labels.as_deref())?;
        let look = Look::at(&input, self.target.as_deref(), settings.task())?;
        let text = self.text(&look, delimiter, seed.unwrap_or(0));
        let Some(place) = place else {
            return out.document(
                || text.clone(),
                || json!({"event": "done", "run": "-", "text": text}).to_string(),
            );
        };
        place.write_all(text)?;
        let file = self.output.display().to_string();
        out.text(format!("{file}: written; next: glassgrad train {file} -o model.ckpt"))?;
        out.object(&json!({"event": "done", "run": file}))
    }

    fn text(&self, look: &Look, delimiter: char, seed: u64) -> String {
        let folder = self.output.parent().filter(|folder| !folder.as_os_str().is_empty());
        // A path in a RUN.toml is relative to its folder.
        let relative = |path: &Path| match folder {
            Some(_) if path.is_relative() => fs::canonicalize(path).unwrap_or_else(|_| path.into()),
            _ => path.to_path_buf(),
        };
        let quoted = |path: &Path| toml::Value::from(relative(path).display().to_string()).to_string();
        let mut lines = vec![
            format!("# {}", look.found),
            "# Every key and its default: docs/run.md. What is commented out has its default.".into(),
            String::new(),
        ];
        let mut add = |setting: &str, comment: &str| {
            lines.push(format!("{setting:<34} # {comment}").trim_end_matches([' ', '#']).to_owned());
        };
        add(&format!("seed = {seed}"), "of the split, the initial weights, the shuffles and dropout");
        add("# precision = \"f32\"", "or \"f64\"");
        add("\n[data]", "");
        add(&format!("train = {}", quoted(&self.data)), "relative to this file's folder");
        match &self.labels {
            Some(labels) => add(&format!("labels = {}", quoted(labels)), "the file of its labels"),
            None => add(&format!("target = {}", look.target), "the column to predict; a list for several"),
        }
        if delimiter != ',' {
            let delimiter = toml::Value::from(delimiter.to_string());
            add(&format!("delimiter = {delimiter}"), "between two fields");
        }
        add(&format!("task = {}", look.task), "or \"auto\": told apart by the target");
        add("# test = \"test.csv\"", "looked at once, when training is over");
        add("validation = 0.2", "share of the rows that is held out, the same of every class");
        add("scale = \"standard\"", "none | standard | minmax; learnt on the training part");
        add(&format!("missing = {}", look.missing), "error | mean | drop");
        add("\n[model]", "");
        add("hidden = [64]", "widths of the hidden layers");
        add("activation = \"relu\"", "after each of them");
        add(&format!("loss = {}", look.loss), "what training makes small");
        add("# dropout = 0.0", "share of hidden units that each step leaves out");
        add("\n[optimizer]", "");
        add("name = \"adam\"", "sgd | rmsprop | adagrad | adam | adamw");
        add("lr = 0.001", "learning rate");
        add("\n[train]", "");
        add("# epochs = 50", "left out: 50, or as many as make 2000 steps");
        add("batch = 32", "rows a step");
        add("\n[train.early_stopping]", "");
        add("patience = 10", "epochs without a lower held-out loss; 0 for any");
        lines.join("\n") + "\n"
    }
}

/// What was found in the data, in the words of a RUN.toml.
struct Look {
    found: String,
    target: String,
    task: &'static str,
    missing: &'static str,
    loss: &'static str,
}

impl Look {
    fn at(input: &Input<f32>, named: Option<&str>, task: Task) -> Result<Self, Failure> {
        let target = match (named, input) {
            (Some(name), _) => vec![name.to_owned()],
            (None, Input::Table(frame)) => vec![likely_target(frame)],
            (None, Input::Array { .. }) => Vec::new(),
        };
        let mut found = format!("{} rows", input.rows());
        let mut holes = 0;
        if let Input::Array { features, .. } = input {
            if !matches!(features, Features::Bytes { .. }) {
                holes = features.to_numbers().iter().filter(|number| number.is_nan()).count();
            }
            let _ = write!(found, ", {} columns", features.dim().1);
        }
        if let Input::Table(frame) = input {
            let text =
                frame.columns().iter().filter(|column| matches!(column.cells, Cells::Text { .. })).count();
            holes = frame.columns().iter().map(|column| missing(&column.cells)).sum();
            let _ = write!(
                found,
                ", {} columns, {text} of them text, {holes} missing values",
                frame.columns().len()
            );
        }
        let what = input.target(&target, task)?;
        let (task, loss, kind) = match &what {
            Target::Label { column, classes: Classes::Known(classes) } => (
                "\"classification\"",
                "\"cross_entropy\"",
                format!("{column:?} holds {} classes ({})", classes.len(), shown(classes)),
            ),
            Target::Label { column, .. } => {
                ("\"classification\"", "\"cross_entropy\"", format!("{column:?} holds classes"))
            }
            Target::Values { columns } => {
                ("\"regression\"", "\"mse\"", format!("{} holds values", names_listed(columns)))
            }
        };
        let _ = write!(found, "; {kind}");
        Ok(Look {
            found,
            target: toml::Value::from(target.first().cloned().unwrap_or_default()).to_string(),
            task,
            missing: match holes {
                _ if has_holes(input, &what) => "\"drop\"", // a target cannot be made up
                0 => "\"error\"",
                _ => "\"mean\"",
            },
            loss,
        })
    }
}

/// The column that is most likely meant, by its name; else the last. A y may as well be a length.
fn likely_target(frame: &Frame) -> String {
    let names = frame.names();
    let usual = |name: &&String| ["target", "label", "class"].contains(&name.to_lowercase().as_str());
    names.iter().find(usual).or(names.last()).cloned().unwrap_or_default()
}

/// Whether a value of the target is missing.
fn has_holes(input: &Input<f32>, target: &Target) -> bool {
    let columns = match target {
        Target::Label { column, .. } => std::slice::from_ref(column),
        Target::Values { columns } => columns,
    };
    let frame = match input {
        Input::Table(frame) => Some(frame),
        Input::Array { labels, .. } => labels.as_ref(),
    };
    let of_target =
        frame.into_iter().flat_map(Frame::columns).filter(|column| columns.contains(&column.name));
    of_target.map(|column| missing(&column.cells)).sum::<usize>() > 0
}

/// What cuts the header and the first lines of a CSV file into the same number of fields, at least 2; else the comma.
fn likely_delimiter(path: &Path) -> char {
    const LINES: usize = 10;
    let cuts = |&delimiter: &char| {
        let Ok(Some(mut frames)) = Frames::open(path, delimiter as u8, LINES) else { return false };
        matches!(frames.next(), Some(Ok(frame)) if frame.columns().len() > 1)
    };
    [',', ';', '\t', '|'].into_iter().find(cuts).unwrap_or(',')
}

fn missing(cells: &Cells) -> usize {
    match cells {
        Cells::Numbers(numbers) => numbers.iter().filter(|number| number.is_nan()).count(),
        Cells::Text { rows, .. } => rows.iter().filter(|&&text| text == u32::MAX).count(),
    }
}

/// The first names, on one line.
fn shown(names: &[String]) -> String {
    let first: Vec<_> = names.iter().take(5).map(|name| name.escape_debug().to_string()).collect();
    if names.len() > 5 { format!("{}, …", first.join(", ")) } else { first.join(", ") }
}
