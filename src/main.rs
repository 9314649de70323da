//! The `ecsim` program: hands its arguments to the command line and returns the exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(ecsim::cli::main(std::env::args_os()))
}
