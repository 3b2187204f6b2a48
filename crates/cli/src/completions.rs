//! `glassgrad completions`: what makes a shell complete commands and flags.

use crate::failure::Failure;
use crate::output::Output;
use clap::{Args, Command};
use clap_complete::Shell;
use std::io::{self, Write};

const EXAMPLES: &str = "Examples:
  glassgrad completions bash > ~/.local/share/bash-completion/completions/glassgrad
  glassgrad completions zsh > ~/.zfunc/_glassgrad
  glassgrad completions fish > ~/.config/fish/completions/glassgrad.fish";

/// The flags of `glassgrad completions`.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Completions {
    /// The shell that is to complete
    #[arg(value_enum)]
    shell: Shell,
}

impl Completions {
    /// Writes the script to stdout.
    pub(crate) fn run(&self, out: Output, mut program: Command) -> Result<(), Failure> {
        if out.json {
            return Err(Failure::Usage("--json: a script for a shell is no JSON; leave it out".into()));
        }
        // Into memory first: the generator panics where a write fails, as on a closed pipe.
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut program, "glassgrad", &mut script);
        io::stdout().write_all(&script).map_err(|error| Failure::stdout(&error))
    }
}
