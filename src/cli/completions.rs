//! `ecsim completions`: a script with which a shell completes the command line.

use super::output::{Exit, Outcome, Output};
use clap::{Args, Command};
use clap_complete::Shell;

/// Print a completion script for a shell
#[derive(Debug, Args)]
pub(super) struct CompletionsArguments {
    /// The shell
    shell: Shell,
}

/// Prints the script for `command`, the description of the whole command line.
pub(super) fn completions(
    arguments: &CompletionsArguments,
    mut command: Command,
    output: &mut Output,
) -> Outcome {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut command, "ecsim", &mut script);
    output.data(&String::from_utf8_lossy(&script))?;
    Ok(Exit::Done)
}
