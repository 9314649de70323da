//! The command line: one file per command, with its options and its output.
//!
//! Results go to stdout, everything else to stderr. This is the only room that prints, always
//! through [`Output`], so that a closed pipe or a full disk is an error and not a panic. Contract:
//! the names of commands and options, and the exit codes ([`Exit`]).

mod bridge;
mod catalog;
mod check;
mod completions;
mod deployment_message;
mod described;
mod explain;
mod init;
pub mod instance_message;
mod interrupt;
mod journal;
mod lacks;
mod listing;
mod man;
mod memory;
mod message;
mod metric_file;
mod names;
mod output;
pub mod progress;
mod reasons;
mod replaced;
mod run;
mod scenarios;
mod schema;
mod service_events;
mod service_message;
mod show;
mod test;
mod told;
mod usage_sink;
mod values;

pub use output::{Exit, Failure, Outcome, Output};
pub use scenarios::{Found, find};

use clap::{Parser, Subcommand};
use std::ffi::OsString;

/// The arguments of the program.
#[derive(Debug, Parser)]
#[command(
    name = "ecsim",
    version,
    about = "Simulates container clusters on AWS: what they cost and how they are used",
    after_help = EXIT_CODES,
    arg_required_else_help = true,
    disable_help_subcommand = true,
    max_term_width = 100
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

/// The last lines of `--help`.
const EXIT_CODES: &str = "\
Exit codes: 0 done; 1 an expectation failed (only `test`); 2 bad input or environment, nothing \
written; 3 stdout could not be written, a report was; 130 interrupted.
Data goes to stdout, everything else to stderr.";

/// The commands of the program.
#[derive(Debug, Subcommand)]
enum Command {
    Init(init::InitArguments),
    Run(run::RunArguments),
    Check(check::CheckArguments),
    Show(show::ShowArguments),
    Explain(explain::ExplainArguments),
    Schema(schema::SchemaArguments),
    Catalog(catalog::CatalogArguments),
    Test(test::TestArguments),
    Completions(completions::CompletionsArguments),
    Man(man::ManArguments),
}

/// Runs the program with these arguments, the first of which is the program's name, and returns
/// its exit code.
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> u8 {
    let command = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments.command,
        Err(answer) => {
            // Help and version arrive here too: clap prints them to stdout, errors to stderr. When
            // this write fails there is no other place for a message.
            let _ = answer.print();
            return u8::try_from(answer.exit_code()).unwrap_or(Exit::BadInput.code());
        }
    };
    let mut output = Output::standard();
    let outcome = perform(command, &mut output);
    output.conclude(outcome).code()
}

/// Runs one command.
fn perform(command: Command, output: &mut Output) -> Outcome {
    match command {
        Command::Init(arguments) => init::init(&arguments, output),
        Command::Run(arguments) => run::run(&arguments, output),
        Command::Check(arguments) => check::check(&arguments, output),
        Command::Show(arguments) => show::show(&arguments, output),
        Command::Explain(arguments) => explain::explain(&arguments, output),
        Command::Schema(arguments) => schema::schema(&arguments, output),
        Command::Catalog(arguments) => catalog::catalog(&arguments, output),
        Command::Test(arguments) => test::test(&arguments, output),
        Command::Completions(arguments) => {
            completions::completions(&arguments, description(), output)
        }
        Command::Man(arguments) => man::man(&arguments, description(), output),
    }
}

/// The description of the command line, for help, completions and the manual.
fn description() -> clap::Command {
    <Arguments as clap::CommandFactory>::command()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clap_accepts_the_description_of_the_command_line() {
        description().debug_assert();
    }
}
