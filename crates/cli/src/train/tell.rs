//! [`tell()`]: what has become of a run that came to its end.

use super::page;
use super::watch::Ended;
use crate::failure::Failure;
use crate::measure;
use crate::model::Real;
use crate::output::Output;
use crate::place::Place;
use crate::run::{Run, Sets};
use glassgrad_train::Trainer;
use serde_json::json;

/// How well the best network does, and what was written.
pub(super) fn tell<T: Real>(
    run: &Run,
    sets: &Sets<T>,
    ended: &Ended,
    trainer: &mut Trainer<T>,
    report: Option<Place>,
    out: Output,
) -> Result<(), Failure> {
    let mut done = json!({"event": "done", "checkpoint": null, "stopped_early": ended.early});
    if let Some(best) = ended.best_epoch {
        let epoch = ended.history[best].epoch + 1;
        out.text(format!("kept: epoch {epoch}, which has the least held-out loss"))?;
        done["best_epoch"] = epoch.into();
    }
    let parts = [
        ("training", "training", Some(sets.training_rows())),
        ("held out", "validation", sets.held_out_rows()),
        ("test", "test", sets.test_rows()),
    ];
    let (mut results, mut failed) = (Vec::new(), None);
    for (text, key, rows) in parts {
        let Some(rows) = rows else { continue };
        let mut remarks = Vec::new();
        let metrics = match rows.measure(trainer, &sets.learnt, &mut remarks) {
            Ok(metrics) => metrics,
            // What was learnt is not lost for a test file that is read only now.
            Err(failure) if key == "test" => {
                failed = Some(failure);
                continue;
            }
            Err(failure) => return Err(failure),
        };
        out.remarks(&remarks);
        out.text(measure::line(text, &metrics))?;
        done[key] = measure::object(&metrics).into();
        results.push((text, metrics));
    }
    if let Some(saver) = &ended.saver {
        done["checkpoint"] = saver.path().display().to_string().into();
        out.text(format!("model: {}", saver.path().display()))?;
    }
    if let Some(place) = report {
        let path = place.path();
        place.write_all(page::bytes(path, run, sets, ended, &results, trainer)?)?;
        done["report"] = path.display().to_string().into();
        out.text(format!("report: {}", path.display()))?;
    }
    out.object(&done)?;
    failed.map_or(Ok(()), |failure| {
        if let (Some(saver), Some(test)) = (&ended.saver, &run.data.test) {
            let labels = run.data.test_labels.as_ref();
            out.remark(format!(
                "the run is over, and only its test is left: glassgrad evaluate {} {}{}",
                saver.path().display(),
                test.display(),
                labels.map_or(String::new(), |labels| format!(" --labels {}", labels.display()))
            ));
        }
        Err(failure)
    })
}

/// What is left of a run that ended before its time.
pub(super) fn tell_failed<T: Real>(
    run: &Run,
    sets: &Sets<T>,
    ended: &Ended,
    failure: Failure,
    trainer: &Trainer<T>,
    report: Option<Place>,
    out: Output,
) -> Failure {
    let saved = ended.saver.as_ref().filter(|saver| saver.saved().is_some());
    let mut object = json!({
        "event": "stopped",
        "epochs": trainer.position().epoch,
        "checkpoint": saved.map(|saver| saver.path().display().to_string()),
        "reason": failure.message(),
    });
    if let Failure::Diverged(_) = failure {
        object["event"] = "diverged".into();
    }
    if let Some(place) = report {
        let page = page::of_failed(place.path(), run, sets, ended, &failure, trainer);
        let written = page.and_then(|page| place.write_all(page));
        let path = place.path().display().to_string();
        out.remark(match &written {
            Ok(()) => format!("report: {path}"),
            Err(error) => format!("no report: {}", error.message()),
        });
        object["report"] = written.ok().map(|()| path).into();
    }
    // That it cannot be told is not what ended the run.
    let _ = out.object(&object);
    failure
}
