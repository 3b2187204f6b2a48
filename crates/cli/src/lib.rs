//! The program `glassgrad`: a network from a table of data, on the command line.
//!
//! [`main()`] is the program; [`SharedTrain`] is its `train` for programs that share a run among several workers.
//! Results go to stdout; remarks and the progress bar go to stderr, the bar only to a terminal.

mod audit;
mod completions;
mod diagnose;
mod evaluate;
mod export;
mod failure;
mod gradcheck;
mod graph;
mod import;
mod init;
mod inspect;
mod lr_map;
mod measure;
mod model;
mod output;
mod place;
mod predict;
mod reading;
mod run;
mod signals;
mod source;
mod step_audit;
mod subject;
mod trace;
mod train;
mod workers;

pub use failure::Failure;
pub use workers::{SharedTrain, Workers};

use clap::{Args, CommandFactory, Parser, Subcommand};
use output::{Output, Reader};
use std::io::{self, Write};
use std::process::ExitCode;

/// Train neural networks that show their work
#[derive(Debug, Parser)]
#[command(
    name = "glassgrad",
    version,
    after_help = "Example:
  glassgrad train data/iris.csv --target target

All flags, more examples and the exit codes: glassgrad train --help"
)]
struct Arguments {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

/// Flags of every command.
#[derive(Args, Debug)]
struct Global {
    /// One JSON object a line on stdout, in place of text
    #[arg(long, global = true, help_heading = "Global")]
    json: bool,
    /// Results only: no plan, no remarks, no progress
    #[arg(long, short, global = true, help_heading = "Global")]
    quiet: bool,
    /// Seed of the split, the initial weights, the shuffles and dropout [default: 0]
    #[arg(long, global = true, value_parser = run::flags::seed, allow_hyphen_values = true, help_heading = "Global")]
    seed: Option<u64>,
    /// Threads to compute on; the results are the same bits for any number [default: as the machine has]
    #[arg(long, value_name = "COUNT", global = true, value_parser = run::flags::count, allow_hyphen_values = true, help_heading = "Global")]
    threads: Option<usize>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Train a network on a file of data, and report how well it does on rows held out
    Train(Box<train::Train>),
    /// Predict the target for rows of data
    Predict(predict::Predict),
    /// Tell how well a model does on data with targets
    Evaluate(evaluate::Evaluate),
    /// Tell what a model is: layers, parameters, columns, classes, history
    Inspect(inspect::Inspect),
    /// Write a model's network for other programs
    Export(export::Export),
    /// Make a model from weights of other programs
    Import(Box<import::Import>),
    /// Write a commented RUN.toml for a file of data
    Init(init::Init),
    /// Write down training steps: every value, derivative, gradient and update, with its formula and numbers
    Trace(trace::Trace),
    /// Hold the numbers that a page prints against the true ones
    Audit(audit::Audit),
    /// Draw the computation with its values and derivatives
    Graph(graph::Graph),
    /// Check every derivative by how its differences converge
    Gradcheck(gradcheck::Gradcheck),
    /// Map the learning rates: curvature, best and critical rate, and what each does
    LrMap(lr_map::LrMap),
    /// Compare a step with what calculus promised, and rank the rows by their gradients
    StepAudit(step_audit::StepAudit),
    /// Train, watch, and tell what is wrong, with numbers
    Diagnose(diagnose::Diagnose),
    /// Write what makes a shell complete commands and flags
    Completions(completions::Completions),
}

/// Does what the command line says, and gives the exit code.
pub fn main() -> ExitCode {
    let Arguments { global, command } = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(told) => return tell(&told),
    };
    let out = Output { json: global.json, quiet: global.quiet, reader: Reader::Needed };
    if let Some(threads) = global.threads {
        set_threads(threads);
    }
    let result: Result<(), Failure> = match command {
        Command::Train(train) => train.run(out, global.seed, None),
        Command::Predict(predict) => predict.run(out),
        Command::Evaluate(evaluate) => evaluate.run(out),
        Command::Inspect(inspect) => inspect.run(out),
        Command::Export(export) => export.run(out),
        Command::Import(import) => import.run(out, global.seed),
        Command::Init(init) => init.run(out, global.seed),
        Command::Trace(trace) => trace.run(out, global.seed),
        Command::Audit(audit) => audit.run(out, global.seed),
        Command::Graph(graph) => graph.run(out, global.seed),
        Command::Gradcheck(gradcheck) => gradcheck.run(out, global.seed),
        Command::LrMap(lr_map) => lr_map.run(out, global.seed),
        Command::StepAudit(step_audit) => step_audit.run(out, global.seed),
        Command::Diagnose(diagnose) => diagnose.run(out, global.seed),
        Command::Completions(completions) => completions.run(out, Arguments::command()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => ExitCode::from(failure.report()),
    }
}

/// Tells what clap has to say: help, the version, or what is wrong with the command line.
fn tell(told: &clap::Error) -> ExitCode {
    match told.print().and_then(|()| io::stdout().flush()) {
        Err(error) if !told.use_stderr() => ExitCode::from(Failure::stdout(&error).report()),
        _ => ExitCode::from(told.exit_code() as u8),
    }
}

fn set_threads(count: usize) {
    glassgrad_tensor::pool::set_threads(count);
}
