//! Whether a header agrees with itself and with the sections of its file.

mod notes;

use super::header::Header;
use super::{BEST, Notes, THETA, state};
use crate::trainer::{End, segments};
use glassgrad_autograd::{Op, Tape};
use glassgrad_store::SectionInfo;

/// More numbers a row than any network has that is trained here; with them one row takes 1 GiB in `f32`.
const MOST_NUMBERS: usize = 1 << 28;

/// What contradicts what.
#[derive(Debug)]
pub(super) struct Wrong {
    pub(super) item: &'static str,
    pub(super) problem: String,
}

/// The network that a header is of.
#[derive(Debug)]
pub(super) struct Network {
    pub(super) tape: Tape,
    pub(super) end: End,
}

type Outcome<R = ()> = Result<R, Wrong>;

fn wrong<R>(item: &'static str, problem: impl ToString) -> Outcome<R> {
    Err(Wrong { item, problem: problem.to_string() })
}

fn unless(holds: bool, item: &'static str, problem: &str) -> Outcome {
    if holds { Ok(()) } else { wrong(item, problem) }
}

/// Checks everything, and records the network.
pub(super) fn header(header: &Header<Notes>, sections: &[SectionInfo]) -> Outcome<Network> {
    let network = network(header)?;
    vectors(header, &network.tape, sections)?;
    position(header)?;
    let [inputs, outputs] = [header.x, header.prediction].map(|var| network.tape.shape(var).columns);
    notes::check(&header.notes, inputs, outputs, &header.loss)?;
    Ok(network)
}

fn network(header: &Header<Notes>) -> Outcome<Network> {
    let recorded = header.program.record(|tape| {
        let first_free = tape.vars().count();
        (first_free, End::record(tape, header.prediction, &header.loss, header.reduction))
    });
    let (tape, (length, end)) = recorded.or_else(|error| wrong("the network", error))?;
    let is_input = |var| matches!(tape.op(var), Op::Input { classes: None });
    unless(header.x.index() < length && is_input(header.x), "the input", "found no input of the program")?;
    unless(header.prediction.index() < length, "the prediction", "found no value of the network")?;
    if tape.numbers(1).is_none_or(|numbers| numbers > MOST_NUMBERS) {
        return wrong("the network", format!("more than {MOST_NUMBERS} numbers a row"));
    }
    Ok(Network { tape, end })
}

/// The optimiser, and whether there is a section for θ and for each vector of its state.
fn vectors(header: &Header<Notes>, tape: &Tape, sections: &[SectionInfo]) -> Outcome {
    let item = "the optimiser";
    let recipe = header.plan.recipe::<f64>().or_else(|error| wrong(item, error))?;
    recipe.check(&segments(tape)).or_else(|error| wrong(item, error))?;
    header.progress.validate().or_else(|error| wrong(item, error))?;

    let length = tape.layout().len() as u64;
    let mut expected = vec![THETA.to_string()];
    expected.extend(recipe.rule().slots().iter().map(|slot| state(slot.name)));
    if sections.len() > expected.len() {
        expected.push(BEST.into());
    }
    if length == 0 {
        expected.clear();
    }
    let found: Vec<_> = sections.iter().map(SectionInfo::name).collect();
    if found != expected {
        return wrong("the sections", format!("found {found:?}, expected {expected:?}"));
    }
    for section in sections {
        let (found, expected) = ([section.rows(), section.columns()], [1, length]);
        if found != expected || section.dtype() != header.precision {
            let (name, dtype, precision) = (section.name(), section.dtype(), header.precision);
            return wrong(
                "the sections",
                format!("{name}: found {dtype} {found:?}, expected {precision} {expected:?}"),
            );
        }
    }
    Ok(())
}

fn position(header: &Header<Notes>) -> Outcome {
    let (position, so_far) = (header.position, &header.so_far);
    // As of the optimiser's count: the next numbers can still be counted.
    let counts = [position.epoch, position.batch, so_far.rows];
    unless(counts.iter().all(|count| *count < 1 << 53), "the position", "found a count of 2^53 or more")?;
    let (batches, rows) = (position.batch, so_far.rows);
    if (batches == 0) != (rows == 0) || rows < batches || header.progress.t < batches {
        let updates = header.progress.t;
        return wrong(
            "the position",
            format!(
                "found {rows} rows and {updates} updates, expected at least one for each of {batches} batches"
            ),
        );
    }
    let sane = so_far.terms.is_finite() && so_far.terms >= 0.0;
    unless(sane, "the loss of the epoch", "found a count of terms that is none")
}
