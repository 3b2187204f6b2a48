//! `glassgrad init`: a commented RUN.toml for data that have been looked at.

mod look;

use crate::failure::Failure;
use crate::output::Output;
use crate::place::Place;
use crate::run::flags::delimiter;
use crate::run::{DataSettings, Run, Sets, TaskName, check_delimiter};
use clap::Args;
use glassgrad_data::{Frames, Input, ReadOptions};
use look::Look;
use serde_json::json;
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
    /// What stands between two fields, such as ';', or tab [default: the one of , ; tab | that cuts the first lines alike]
    #[arg(long, value_name = "CHARACTER", value_parser = delimiter)]
    delimiter: Option<char>,
    /// Columns that are not learnt from; several, separated by commas
    #[arg(long, value_name = "COLUMN", value_delimiter = ',')]
    ignore: Vec<String>,
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
        check_delimiter(self.delimiter, &self.data)?;
        let delimiter = self.delimiter.unwrap_or_else(|| likely_delimiter(&self.data));
        let mut settings = DataSettings { delimiter, task: self.task, ..DataSettings::default() };
        // A column without a name can be nothing but an index.
        settings.ignore = self.ignore.iter().cloned().chain([String::new()]).collect();
        let input: Input<f32> = settings.open(&self.data, self.labels.as_deref())?;
        if let Input::Table(frame) = &input {
            frame.check_ignored(&self.ignore)?;
        }
        let look = Look::at(&input, self.target.as_deref(), settings.task())?;
        let text = self.text(&look, delimiter, seed.unwrap_or(0));
        let input = match input {
            Input::Table(frame) => Input::Table(frame.ignoring(&look.ignore)),
            array @ Input::Array { .. } => array,
        };
        Sets::of(&Run::parse(&self.output.display().to_string(), &text)?, input)?;
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
        match look.ignore.as_slice() {
            _ if self.labels.is_some() => {}
            [] => add("# ignore = [\"id\"]", "columns that are not learnt from"),
            columns => {
                let columns = toml::Value::from(columns.to_vec());
                add(
                    &format!("ignore = {columns}"),
                    "not learnt from: empty, or text that seems to name the rows",
                );
            }
        }
        add(&format!("task = {}", look.task), "or \"auto\": told apart by the target");
        add("# test = \"test.csv\"", "looked at once, when training is over");
        add(
            &format!("validation = {}", look.validation),
            "share of the rows that is held out, the same of every class",
        );
        add("# scale = \"auto\"", "standard, but pixels as they are; or none | standard | minmax");
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

/// What cuts the header and the first lines of a CSV file into the same number of fields, at least 2; else the comma.
fn likely_delimiter(path: &Path) -> char {
    const LINES: usize = 10;
    if !path.is_file() {
        return ','; // a pipe can be read but once
    }
    let cuts = |&delimiter: &char| {
        let ignore = vec![String::new()];
        let options = ReadOptions { delimiter: delimiter as u8, ignore, pixels: false };
        let Ok(Some(mut frames)) = Frames::open(path, &options, LINES) else { return false };
        matches!(frames.next(), Some(Ok(frame)) if frame.columns().len() > 1)
    };
    [',', ';', '\t', '|'].into_iter().find(cuts).unwrap_or(',')
}
