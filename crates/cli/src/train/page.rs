//! The page of a run: curves, what was taken for what, what was missed, and the diagnosis, in one HTML file.

use super::compare::{Comparison, compare};
use super::watch::Ended;
use crate::failure::Failure;
use crate::measure::four_places;
use crate::model::Real;
use crate::output::figure;
use crate::place::ends_in;
use crate::run::{Named, Run, Sets};
use glassgrad_diagnose::{Finding, Side, diagnose};
use glassgrad_report::{Epoch, History, POINTS, Remark, Report, Table};
use glassgrad_train::{Metrics, Trainer};
use std::path::{Path, PathBuf};

/// A path that says by its ending what is to be written there.
pub(super) fn place(path: &str) -> Result<PathBuf, String> {
    let path = PathBuf::from(path);
    if ["html", "htm", "svg", "png"].iter().any(|ending| ends_in(&path, ending)) {
        return Ok(path);
    }
    Err("expected a name that ends in .html, for a page, or in .svg or .png, for the loss curve alone".into())
}

/// The file: a page, or the loss curve alone if its name ends in .svg or .png.
pub(super) fn bytes<T: Real>(
    path: &Path,
    run: &Run,
    sets: &Sets<T>,
    ended: &Ended,
    results: &[(&'static str, Metrics)],
    trainer: &mut Trainer<T>,
) -> Result<Vec<u8>, Failure> {
    let about = about(run, sets, ended, trainer)?;
    if let Some(curve) = curve(path, &about.history) {
        return Ok(curve);
    }
    let parts = [
        ("held out", "rows held out", sets.held_out_rows()),
        ("test", "test rows", sets.test_rows()),
        ("training", "training rows", Some(sets.training_rows())),
    ];
    let mut page = Report {
        figures: results.iter().filter_map(|(part, metrics)| figures(part, metrics)).collect(),
        results: table(results),
        ..about
    };
    for (key, name, rows) in parts {
        let measured = results.iter().find(|(part, _)| *part == key);
        let (Some(rows), Some((_, Metrics { rows: count, .. }))) = (rows, measured) else { continue };
        let of = format!("the {count} {name}");
        match compare(trainer, rows, *count, sets)? {
            Comparison::Classes(confusion) => page.confusion = Some((of, confusion)),
            Comparison::Values(residuals) if *count > POINTS => {
                page.residuals = Some((format!("a sample, {POINTS} of {of}, evenly spaced"), residuals));
            }
            Comparison::Values(residuals) => page.residuals = Some((of, residuals)),
        }
        break;
    }
    Ok(page.html().into())
}

/// The same of a run that `failure` has ended: its curves and its diagnosis.
pub(super) fn of_failed<T: Real>(
    path: &Path,
    run: &Run,
    sets: &Sets<T>,
    ended: &Ended,
    failure: &Failure,
    trainer: &Trainer<T>,
) -> Result<Vec<u8>, Failure> {
    let mut page = about(run, sets, ended, trainer)?;
    page.summary = format!("{}; ended before its time: {}", page.summary, failure.message());
    Ok(curve(path, &page.history).unwrap_or_else(|| page.html().into()))
}

/// The loss curve, if the name of the file asks for it alone.
fn curve(path: &Path, history: &History) -> Option<Vec<u8>> {
    if ends_in(path, "svg") {
        Some(history.loss_chart().svg().into())
    } else if ends_in(path, "png") {
        Some(history.loss_chart().png())
    } else {
        None
    }
}

/// What a page says of every run.
fn about<T: Real>(run: &Run, sets: &Sets<T>, ended: &Ended, trainer: &Trainer<T>) -> Result<Report, Failure> {
    Ok(Report {
        title: format!("Learning {}", sets.learnt.encoding.targets.join(", ")),
        summary: format!(
            "{} rows to train on, {} parameters, {} epochs",
            sets.rows(),
            trainer.theta().len(),
            ended.history.len()
        ),
        history: history(run, sets, ended),
        remarks: remarks(sets, ended, trainer)?,
        looked_at: looked_at(sets),
        facts: facts(run, sets, trainer),
        configuration: run.to_text(),
        made_by: concat!("glassgrad ", env!("CARGO_PKG_VERSION")).into(),
        ..Report::default()
    })
}

fn history<T: Real>(run: &Run, sets: &Sets<T>, ended: &Ended) -> History {
    let epochs = ended.history.iter().map(|record| Epoch {
        epoch: record.epoch as usize + 1,
        train_loss: record.train_loss,
        validation_loss: record.validation.map(|metrics| metrics.loss),
        score: record.validation.and_then(|metrics| metrics.accuracy.or(metrics.r2)),
        lr: run.optimizer.lr(),
    });
    let score = if sets.training.targets().classes().is_some() { "accuracy" } else { "R²" };
    let kept = ended.best_epoch.map(|best| ended.history[best].epoch as usize + 1);
    History { score, epochs: epochs.collect(), kept }
}

/// The first figure of a part: accuracy, or R².
fn figures(part: &str, metrics: &Metrics) -> Option<(String, String)> {
    let accuracy = metrics.accuracy.map(|a| (format!("accuracy, {part}"), format!("{:.2} %", 100.0 * a)));
    accuracy.or_else(|| Some((format!("R², {part}"), four_places(metrics.r2?))))
}

fn table(results: &[(&'static str, Metrics)]) -> Table {
    let classes = results.iter().any(|(_, metrics)| metrics.accuracy.is_some());
    let head: &[&str] = if classes {
        &["part", "rows", "loss", "accuracy"]
    } else {
        &["part", "rows", "loss", "R²", "mean absolute error"]
    };
    let row = |(part, metrics): &(&'static str, Metrics)| {
        let mut row = vec![(*part).to_owned(), metrics.rows.to_string(), figure(metrics.loss)];
        row.extend(metrics.accuracy.map(|accuracy| format!("{:.2} %", 100.0 * accuracy)));
        if !classes {
            row.push(metrics.r2.map_or("–".into(), four_places));
        }
        row.extend(metrics.mae.map(figure));
        row
    };
    Table { head: head.iter().map(ToString::to_string).collect(), rows: results.iter().map(row).collect() }
}

/// What the rules of the diagnosis say; nothing if there was no step.
fn remarks<T: Real>(
    sets: &Sets<T>,
    ended: &Ended,
    trainer: &Trainer<T>,
) -> Result<Option<Vec<Remark>>, Failure> {
    let Some(record) = ended.record.as_ref().filter(|record| !record.losses.is_empty()) else {
        return Ok(None);
    };
    let sample = sets.stream.as_ref().map(|stream| stream.sample(stream.window())).transpose()?;
    let diagnosis = diagnose(trainer, record, sample.as_ref().or(Some(&sets.training)))?;
    Ok(Some(diagnosis.findings.iter().map(remark).collect()))
}

/// What the rules did not see; nothing if they saw all.
fn looked_at<T: Real>(sets: &Sets<T>) -> String {
    match &sets.stream {
        Some(stream) if stream.window() < stream.rows() => format!(
            "Rules about the data looked at a sample, {} of {} rows to train on, evenly spaced; all others at the whole run.",
            stream.window(),
            stream.rows()
        ),
        _ => String::new(),
    }
}

fn remark(finding: &Finding) -> Remark {
    let rule = finding.rule;
    let side = if rule.bad == Side::Above { "at most" } else { "at least" };
    let [number, threshold] = [finding.number, rule.threshold].map(figure);
    Remark {
        rule: rule.id.into(),
        place: finding.place.clone(),
        what: format!("{} is {number}, expected {side} {threshold}", rule.measures),
        remedy: rule.remedy.into(),
        source: rule.source.into(),
    }
}

fn facts<T: Real>(run: &Run, sets: &Sets<T>, trainer: &Trainer<T>) -> Vec<(String, String)> {
    let encoding = &sets.learnt.encoding;
    let tape = trainer.tape();
    let layers: Vec<_> = tape
        .layout()
        .segments()
        .iter()
        .map(|s| format!("{}\u{a0}{}\u{a0}×\u{a0}{}", s.name, s.rows, s.columns))
        .collect();
    [
        ("columns", encoding.columns.len().to_string()),
        ("features", sets.training.columns().len().to_string()),
        ("classes", encoding.classes.join(", ")),
        ("parameters", layers.join(", ")),
        ("optimizer", format!("{} at {:?}", run.optimizer.name.name(), run.optimizer.lr())),
        ("precision", run.precision.name()),
        ("seed", run.seed.to_string()),
    ]
    .into_iter()
    .filter(|(_, fact)| !fact.is_empty())
    .map(|(name, fact)| (name.to_owned(), fact))
    .collect()
}
