//! The program `glassgrad-mpi`: `glassgrad train`, shared by the processes that `mpirun` has started.

#![forbid(unsafe_code)]

use clap::{Args, Parser, Subcommand};
use glassgrad_cli::{Failure, SharedTrain, Workers};
use glassgrad_mpi::{Order, Patience, Ranks};
use mpi::Threading;
use mpi::environment::Universe;
use mpi::traits::Communicator;
use std::process::ExitCode;
use std::time::Duration;

/// Train a network on several processes or machines, with the same bits for any number of them
#[derive(Debug, Parser)]
#[command(
    name = "glassgrad-mpi",
    version,
    after_help = "Examples:
  mpirun -n 4 glassgrad-mpi train RUN.toml -o MODEL.ckpt
  mpirun -n 8 --hostfile HOSTS glassgrad-mpi train --resume MODEL.ckpt"
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Train, as `glassgrad train` does; rank 0 speaks and keeps the model
    Train(Job),
}

#[derive(Args, Debug)]
struct Job {
    #[command(flatten)]
    run: SharedTrain,
    /// Add gradients up by MPI_Allreduce: whether another number of ranks, another network or another MPI gives the
    /// same bits is then up to that library, and mostly they do not
    #[arg(long, help_heading = "Ranks")]
    allreduce: bool,
    /// Numbers of a gradient that are added up at a time while those before them are still computed, in a network of
    /// at least twice as many; 0 adds them up all at once when they are there. The bits are the same. It takes a
    /// second CPU a rank
    #[arg(long, value_name = "NUMBERS", default_value_t = 0, help_heading = "Ranks")]
    bucket: usize,
    /// Seconds to wait for another rank before the job is ended; longer than reading the data, a step, an evaluation
    /// or a save may take
    #[arg(long, value_name = "SECONDS", default_value_t = 120, help_heading = "Ranks",
        value_parser = clap::value_parser!(u64).range(1..=31_536_000))]
    timeout: u64,
}

fn main() -> ExitCode {
    // Only this thread calls MPI; others compute.
    let Some((universe, _)) = mpi::initialize_with_threading(Threading::Funneled) else {
        eprintln!("error: MPI could not be started; start this program by mpirun, or alone");
        return ExitCode::FAILURE;
    };
    let lead = universe.world().rank() == 0;
    // Every rank has the same command line: one complaint will do.
    match Arguments::try_parse() {
        Ok(Arguments { command: Command::Train(job) }) => end(&universe, run(&universe, job)),
        Err(error) => {
            if lead {
                let _ = error.print();
            }
            ExitCode::from(error.exit_code() as u8)
        }
    }
}

fn run(universe: &Universe, job: Job) -> Result<(), Failure> {
    let patience = Patience { timeout: Duration::from_secs(job.timeout) };
    let order = if job.allreduce { Order::Library } else { Order::Tree };
    let mut f32 = Ranks::new(universe.world(), patience, order);
    let mut f64 = Ranks::new(universe.world(), patience, order);
    job.run.run(Workers { f32: &mut f32, f64: &mut f64, bucket: job.bucket })
}

/// Who knows of a failure says so, and ends the job for the others, which may be waiting for this rank. Those of
/// the others that have it too are silent, and wait for that at the end of `main`, where MPI is left.
fn end(universe: &Universe, result: Result<(), Failure>) -> ExitCode {
    let Err(failure) = result else { return ExitCode::SUCCESS };
    let world = universe.world();
    if world.rank() > 0 && !failure.is_alone() {
        return ExitCode::SUCCESS;
    }
    let all_stop = matches!(failure, Failure::Signal(..));
    match failure.report() {
        0 => ExitCode::SUCCESS,
        code if all_stop || world.size() == 1 => ExitCode::from(code),
        code => world.abort(i32::from(code)),
    }
}
