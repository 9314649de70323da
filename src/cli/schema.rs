//! `ecsim schema`: the JSON Schema of scenarios, or of `eventbridge.jsonl`.

use super::output::{Exit, Outcome, Output};
use crate::report;
use crate::scenario;
use clap::{Args, ValueEnum};

/// Print the JSON Schema of scenario files, for editors, or of eventbridge.jsonl
#[derive(Debug, Args)]
pub(super) struct SchemaArguments {
    /// Of what
    #[arg(value_enum, default_value_t)]
    of: Schema,
}

/// What has a schema.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Schema {
    /// Scenario files
    #[default]
    Scenario,
    /// The lines of eventbridge.jsonl
    Eventbridge,
}

/// Prints the schema.
pub(super) fn schema(arguments: &SchemaArguments, output: &mut Output) -> Outcome {
    let schema = match arguments.of {
        Schema::Scenario => scenario::schema(),
        Schema::Eventbridge => report::eventbridge_schema(),
    };
    let schema = serde_json::to_string_pretty(&schema).expect("a schema is JSON");
    output.data(&schema)?;
    output.data("\n")?;
    Ok(Exit::Done)
}
