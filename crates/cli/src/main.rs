//! The program `glassgrad`: a network from a table of data, on the command line.
//!
//! Results go to stdout; remarks and the progress bar go to stderr, the bar only to a terminal.

mod failure;
mod measure;
mod output;
mod run;
mod signals;
mod train;

use clap::{Args, Parser, Subcommand};
use failure::Failure;
use output::Output;
use std::num::NonZeroUsize;
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
    #[arg(long, value_name = "COUNT", global = true, help_heading = "Global")]
    threads: Option<NonZeroUsize>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Train a network on a file of data, and report how well it does on rows held out
    Train(Box<train::Train>),
}

fn main() -> ExitCode {
    let Arguments { global, command } = Arguments::parse();
    let out = Output { json: global.json, quiet: global.quiet };
    if let Some(threads) = global.threads {
        glassgrad_tensor::pool::set_threads(threads.get());
    }
    let result: Result<(), Failure> = match command {
        Command::Train(train) => train.run(out, global.seed),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}
