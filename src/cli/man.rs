//! `ecsim man`: the manual page.

use super::output::{Exit, Failure, Outcome, Output};
use clap::{Args, Command};

/// Print the manual page, in roff: `ecsim man | man -l -`
#[derive(Debug, Args)]
pub(super) struct ManArguments {
    /// The page of a command, such as `run` or `catalog instances`
    command: Vec<String>,
}

/// Prints the page of the requested command; `whole` is the description of the command line.
pub(super) fn man(arguments: &ManArguments, mut whole: Command, output: &mut Output) -> Outcome {
    // `build` gives every subcommand its full name and its inherited options.
    whole.build();
    let mut command = &whole;
    for name in &arguments.command {
        command = command
            .find_subcommand(name)
            .ok_or_else(|| Failure::message(format!("there is no command `{name}`")))?;
    }
    let mut page = Vec::new();
    clap_mangen::Man::new(command.clone())
        .render(&mut page)
        .map_err(Failure::Stdout)?;
    output.data(&String::from_utf8_lossy(&page))?;
    Ok(Exit::Done)
}
