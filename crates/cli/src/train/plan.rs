//! [`Plan`]: what a run is about to do, told before it does it.

use crate::failure::Failure;
use crate::output::Output;
use crate::run::{Named, Run, Sets, Test, counted, shortened, shown, units};
use glassgrad_data::input::WHITE;
use glassgrad_data::{Features, Stream, Targets};
use glassgrad_tensor::Scalar;
use glassgrad_train::Trainer;
use serde_json::{Value, json};
use std::path::Path;

/// What a run is about to do.
#[derive(Debug)]
pub(super) struct Plan {
    text: Vec<String>,
    object: Value,
}

impl Plan {
    /// Of this run on these data.
    pub(super) fn of<T: Scalar>(
        run: &Run,
        trainer: &Trainer<T>,
        sets: &Sets<T>,
        model: Option<&Path>,
    ) -> Self {
        let (rows, held_out) = (sets.rows(), sets.held_out());
        // None as long as nobody knows.
        let test = match &sets.test {
            None => Some(0),
            Some(Test::Held(data)) => Some(data.rows()),
            Some(Test::Unread(_)) => None,
        };
        let encoding = &sets.learnt.encoding;
        let (columns, features) = (encoding.columns.len(), sets.training.columns().len());
        let parameters = trainer.theta().len();
        let tape = trainer.tape();
        let outputs = tape.shape(trainer.prediction()).columns;
        let steps = rows.div_ceil(run.train.batch) as u64;
        let epochs = run.train.epochs(steps as usize);
        let size = size_of::<T>();
        // θ, ∇θ and the optimiser's state; the values and adjoints of a batch; the data.
        let state = parameters * 2 + trainer.descent().state().len();
        let batch: usize =
            tape.vars().map(|var| tape.shape(var).columns).sum::<usize>() * run.train.batch.min(rows) * 2;
        let of_data = match sets.training.stored() {
            Features::Bytes { .. } => features + size,
            Features::Numbers { .. } => (features + 1) * size,
        };
        let window = sets.stream.as_ref().map(Stream::window);
        let in_memory = window.map_or(rows + held_out + test.unwrap_or(0), |window| window.min(rows));
        let memory = (state + batch) * size + in_memory * of_data;

        let mut text = vec![format!(
            "rows: {rows} to train on, {held_out} held out{}; columns: {columns}{}; outputs: {outputs}; parameters: \
             {parameters}",
            match test {
                Some(0) => String::new(),
                Some(test) => format!(", {test} to test on"),
                None => ", those of a file to test on".into(),
            },
            if features == columns { String::new() } else { format!(", as {features} features") },
        )];
        let target = shown(&encoding.targets);
        text.push(match sets.training.targets() {
            Targets::Labels { classes, .. } => {
                format!("target: {target}, {} classes ({})", classes.len(), shortened(classes))
            }
            Targets::Values(_) if sets.learnt.targets.is_some() => format!(
                "target: {target}, as {}, trained on scaled to mean 0 and deviation 1 (so is the loss), reported in its own units",
                counted(outputs, "value")
            ),
            Targets::Values(_) => format!("target: {target}, as {}", counted(outputs, "value")),
        });
        text.push(format!(
            "network: {}; {} at {:?}, {}, inputs {}",
            layers(run, features, outputs),
            run.optimizer.name.name(),
            run.optimizer.lr(),
            run.precision.name(),
            units::scaled(&sets.learnt.scaling, sets.learnt.pixels)
        ));
        let shards = run.train.shards;
        text.push(format!(
            "{} of {} in batches of {}{}; about {} of memory, more while the file is read",
            counted(epochs as usize, "epoch"),
            counted(steps as usize, "step"),
            run.train.batch.min(rows),
            if shards > 0 {
                format!(", cut into {}", counted(shards as usize, "shard"))
            } else {
                String::new()
            },
            bytes(memory)
        ));
        if let Some(window) = window {
            text.push(format!(
                "streamed: {} at a time in memory, and mixed",
                counted(window.min(rows), "row")
            ));
        }
        text.push(match model {
            Some(path) => format!("model: {}", path.display()),
            None => "model: kept nowhere; add -o MODEL to keep it".into(),
        });
        let object = json!({
            "event": "plan",
            "rows": {"train": rows, "validation": held_out, "test": test},
            "columns": columns,
            "features": features,
            "target": encoding.targets,
            "classes": encoding.classes,
            "outputs": outputs,
            "parameters": parameters,
            "epochs": epochs,
            "steps_per_epoch": steps,
            "steps": steps.saturating_mul(epochs),
            "shards": shards,
            "window": window,
            "memory_bytes": memory,
            "precision": run.precision.name(),
            "pixels_divided_by": sets.learnt.pixels.then_some(WHITE),
            "scaled_target": sets.learnt.targets.is_some(),
            "seed": run.seed,
            "checkpoint": model.map(|path| path.display().to_string()),
        });
        Self { text, object }
    }

    /// Tells it.
    pub(super) fn show(&self, out: Output) -> Result<(), Failure> {
        if !out.quiet {
            self.text.iter().try_for_each(|line| out.text(line))?;
        }
        out.object(&self.object)
    }
}

/// "64-32-10 relu"
fn layers(run: &Run, features: usize, outputs: usize) -> String {
    let widths = [features].into_iter().chain(run.model.hidden.iter().copied()).chain([outputs]);
    let widths: Vec<_> = widths.map(|width| width.to_string()).collect();
    let activation =
        if run.model.hidden.is_empty() { String::new() } else { format!(" {}", run.model.activation.name()) };
    format!("{}{activation}", widths.join("-"))
}

/// "3.1 MiB"
pub(crate) fn bytes(bytes: usize) -> String {
    const UNITS: [&str; 4] = ["KiB", "MiB", "GiB", "TiB"];
    let (mut size, mut unit) = (bytes as f64 / 1024.0, 0);
    while size >= 1024.0 && unit + 1 < UNITS.len() {
        size /= 1024.0;
        unit += 1;
    }
    format!("{size:.1} {}", UNITS[unit])
}
