//! `glassgrad inspect`: what a model is.

mod columns;

use crate::failure::Failure;
use crate::output::{Output, figure};
use crate::run::{shown, units};
use crate::train::{best_of, bytes};
use clap::Args;
use glassgrad_data::input::WHITE;
use glassgrad_data::{Encoding, Scaling};
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
        let pixels = units::of_model(checkpoint.notes());
        let bad: Vec<String> = checkpoint.non_finite()?.iter().map(ToString::to_string).collect();
        if out.json {
            return out.object(&object(&checkpoint, size, &bad, pixels));
        }
        text(&checkpoint, &self.model.display().to_string(), size, &bad, pixels)
            .iter()
            .try_for_each(|line| out.text(line))
    }
}

fn text(checkpoint: &Checkpoint, file: &str, size: u64, bad: &[String], pixels: bool) -> Vec<String> {
    let (tape, notes, position) = (checkpoint.tape(), checkpoint.notes(), checkpoint.position());
    let within = if position.batch > 0 { format!(" and {} batches", position.batch) } else { String::new() };
    let mut lines = vec![
        format!(
            "{file}: {}, written by glassgrad {} on {}",
            bytes(size as usize),
            shown([checkpoint.written_by()]),
            shown([checkpoint.cpu()])
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
            shown([&segment.name]),
            segment.rows,
            segment.columns,
            segment.len()
        ));
    }
    lines.extend(bad.iter().map(|bad| format!("  {bad}")));
    lines.push("network:".into());
    lines.extend(tape.to_string().lines().map(|line| format!("  {line}")));
    if let Some(encoding) = &notes.encoding {
        let scaling = notes.scaling.as_ref();
        lines.push(format!("inputs, {}:", units::scaled(scaling.unwrap_or(&Scaling::None), pixels)));
        lines.extend(columns::lines(encoding, scaling));
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

fn object(checkpoint: &Checkpoint, size: u64, bad: &[String], pixels: bool) -> Value {
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
        "pixels_divided_by": pixels.then_some(WHITE),
        "missing": notes.encoding.as_ref().map(columns::missing),
        "columns": notes.encoding.as_ref().map(columns::objects),
        "features": notes.encoding.as_ref().map(Encoding::features),
        "targets": notes.encoding.as_ref().map(|encoding| encoding.targets.clone()),
        "classes": notes.encoding.as_ref().map(|encoding| encoding.classes.clone()),
        "scaling": notes.scaling,
        "target_scaling": notes.target_scaling,
        "history": notes.history.iter().map(epoch).collect::<Vec<_>>(),
        "best_epoch": best_of(&notes.history).map(|best| notes.history[best].epoch + 1),
        "run": notes.run,
    })
}

/// An epoch, counted from 1 as everywhere else.
fn epoch(record: &Record) -> Value {
    json!({"epoch": record.epoch + 1, "train_loss": record.train_loss, "validation": record.validation})
}
