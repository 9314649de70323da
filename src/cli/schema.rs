//! `ecsim schema`: the JSON Schema of scenarios.

use super::output::{Failure, Outcome, Output};
use clap::Args;

/// Print the JSON Schema of scenario files, for editors
#[derive(Debug, Args)]
pub(super) struct SchemaArguments {}

/// Prints the schema.
pub(super) fn schema(_arguments: &SchemaArguments, _output: &mut Output) -> Outcome {
    Err(Failure::message("this build has no schema yet"))
}
