//! `ecsim schema`: the JSON Schema of scenarios.

use super::output::{Exit, Outcome, Output};
use crate::scenario;
use clap::Args;

/// Print the JSON Schema of scenario files, for editors
#[derive(Debug, Args)]
pub(super) struct SchemaArguments {}

/// Prints the schema.
pub(super) fn schema(_arguments: &SchemaArguments, output: &mut Output) -> Outcome {
    let schema = serde_json::to_string_pretty(&scenario::schema()).expect("a schema is JSON");
    output.data(&schema)?;
    output.data("\n")?;
    Ok(Exit::Done)
}
