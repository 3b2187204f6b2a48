//! The program `glassgrad`; all of it is in the library beside it.

use std::process::ExitCode;

fn main() -> ExitCode {
    glassgrad_cli::main()
}
