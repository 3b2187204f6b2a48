//! `glassgrad inspect`: what a model is.

use crate::failure::Failure;
use crate::output::{Output, figure};
use crate::run::shown;
use crate::train::{best_of, bytes};
use clap::Args;
use glassgrad_data::{Encoding, Kind, Scaling};
use glassgrad_train::{Checkpoint, Record};
use serde_json::{Value, json};
use std::fs;
use std::path::PathBuf;

const EXAMPLES: &str = "Examples:
  glassgrad inspect iris.ckpt
  glassgrad inspect iris.ckpt --json | jq .layers";

/// The flags of `glassgrad inspect`.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Inspect {
    /// The model, as glassgrad train has written it
    model: PathBuf,
}

impl Inspect {
    /// Tells.
    pub(crate) fn run(&self, out: Output) -> Result<(), Failure> {
        let size = fs::metadata(&self.model).map_or(0, |file| file.len());
        let mut checkpoint = Checkpoint::open(&self.model)?;
        let bad: Vec<String> = checkpoint.non_finite()?.iter().map(ToString::to_string).collect();
        if out.json {
            return out.object(&object(&checkpoint, size, &bad));
        }
        text(&checkpoint, &self.model.display().to_string(), size, &bad)
            .iter()
            .try_for_each(|line| out.text(line))
    }
}

fn text(checkpoint: &Checkpoint, file: &str, size: u64, bad: &[String]) -> Vec<String> {
    let (tape, notes, position) = (checkpoint.tape(), checkpoint.notes(), checkpoint.position());
    let within = if position.batch > 0 { format!(" and {} batches", position.batch) } else { String::new() };
    let mut lines = vec![
        format!(
            "{file}: {}, written by glassgrad {} on {}",
            bytes(size as usize),
            checkpoint.written_by(),
            checkpoint.cpu()
        ),
        format!(
            "trained for {} epochs{within}, seed {}, {}, in batches of {}",
            position.epoch,
            checkpoint.seed(),
            checkpoint.precision(),
            notes.batch
        ),
        format!("parameters: {}", tape.layout().len()),
    ];
    for segment in tape.layout().segments() {
        lines.push(format!(
            "  {:<12} [{}, {}] = {}",
            segment.name,
            segment.rows,
            segment.columns,
            segment.len()
        ));
    }
    lines.extend(bad.iter().map(|bad| format!("  {bad}")));
    lines.push("network:".into());
    lines.extend(tape.to_string().lines().map(|line| format!("  {line}")));
    if let Some(encoding) = &notes.encoding {
        lines.push(format!("inputs, {}:", scaled(notes.scaling.as_ref())));
        lines.extend(columns(encoding, notes.scaling.as_ref()));
        let classes = if encoding.classes.is_empty() {
            String::new()
        } else {
            format!(", of classes {}", shown(&encoding.classes))
        };
        lines.push(format!("target: {}{classes}", shown(&encoding.targets)));
    }
    if let Some(scale) = &notes.target_scaling {
        for ((name, mean), std) in
            notes.encoding.iter().flat_map(|encoding| &encoding.targets).zip(&scale.mean).zip(&scale.std)
        {
            let name = shown([name]);
            lines.push(format!("  {name}: trained on as ({name} - {}) / {}", figure(*mean), figure(*std)));
        }
    }
    lines.extend(history(&notes.history));
    lines
}

fn scaled(scaling: Option<&Scaling>) -> &'static str {
    match scaling {
        None | Some(Scaling::None) => "as they are",
        Some(Scaling::Standard(_)) => "standardised",
        Some(Scaling::MinMax(_)) => "scaled to 0…1",
    }
}

/// One line a column, with what its features are made of.
fn columns(encoding: &Encoding, scaling: Option<&Scaling>) -> Vec<String> {
    let mut next = 0;
    let line = |column: &glassgrad_data::Encoded| {
        let name = shown([&column.name]);
        match &column.kind {
            Kind::Categories { names, .. } => {
                next += names.len();
                format!("  {name}: one of {}", shown(names))
            }
            Kind::Number { .. } => {
                next += 1;
                match scaling {
                    Some(Scaling::Standard(s)) => {
                        format!(
                            "  {name}: mean {}, deviation {}",
                            figure(s.mean[next - 1]),
                            figure(s.std[next - 1])
                        )
                    }
                    Some(Scaling::MinMax(s)) => {
                        format!(
                            "  {name}: from {}, range {}",
                            figure(s.min[next - 1]),
                            figure(s.range[next - 1])
                        )
                    }
                    _ => format!("  {name}"),
                }
            }
        }
    };
    encoding.columns.iter().map(line).collect()
}

/// The last epoch and the best.
fn history(history: &[Record]) -> Vec<String> {
    let line = |what: &str, record: &Record| {
        let held_out = record
            .validation
            .map_or(String::new(), |m| format!(", {}", crate::measure::line("held out", &m)));
        format!("{what}: epoch {}, loss {}{held_out}", record.epoch + 1, figure(record.train_loss))
    };
    let last = history.last().map(|record| line("last", record));
    let best = best_of(history).map(|best| line("best, and so what predicts", &history[best]));
    last.into_iter().chain(best).collect()
}

fn object(checkpoint: &Checkpoint, size: u64, bad: &[String]) -> Value {
    let (tape, notes, position) = (checkpoint.tape(), checkpoint.notes(), checkpoint.position());
    let layers: Vec<Value> = tape
        .layout()
        .segments()
        .iter()
        .map(|segment| json!({"name": segment.name, "shape": [segment.rows, segment.columns], "parameters": segment.len()}))
        .collect();
    json!({
        "bytes": size,
        "written_by": checkpoint.written_by(),
        "cpu": checkpoint.cpu(),
        "precision": checkpoint.precision().to_string(),
        "seed": checkpoint.seed(),
        "epochs": position.epoch,
        "batches": position.batch,
        "parameters": tape.layout().len(),
        "layers": layers,
        "non_finite": bad,
        "features": notes.encoding.as_ref().map(Encoding::features),
        "targets": notes.encoding.as_ref().map(|encoding| encoding.targets.clone()),
        "classes": notes.encoding.as_ref().map(|encoding| encoding.classes.clone()),
        "scaling": notes.scaling,
        "target_scaling": notes.target_scaling,
        "history": notes.history,
        "best_epoch": best_of(&notes.history).map(|best| notes.history[best].epoch + 1),
        "run": notes.run,
    })
}
