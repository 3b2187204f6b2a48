//! The program `glassgrad`: a network from a table of data, on the command line.
//!
//! Results go to stdout; the progress bar goes to stderr, and only to a terminal.

mod failure;
mod flags;
mod train;

use clap::{Parser, Subcommand};
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
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Train a network on a CSV file and report how well it does on rows held out
    Train(train::Train),
}

fn main() -> ExitCode {
    let Arguments { command: Command::Train(train) } = Arguments::parse();
    match train.run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}
