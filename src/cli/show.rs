//! `ecsim show`: prints the effective scenario, with variants merged and defaults filled in.

use super::output::{Exit, Failure, Outcome, Output};
use super::values::setting;
use crate::scenario;
use clap::Args;
use std::path::PathBuf;

/// Print the effective scenario: files read, variants merged, defaults filled in
#[derive(Debug, Args)]
pub(super) struct ShowArguments {
    /// The scenario file; `-` reads stdin
    pub(super) scenario: PathBuf,
    /// Show only this variant; may be given more than once
    #[arg(long, value_name = "NAME")]
    pub(super) variant: Vec<String>,
    /// Change a value of the scenario; may be given more than once
    #[arg(long, value_name = "PATH=VALUE", value_parser = setting)]
    pub(super) set: Vec<String>,
}

/// Prints the effective scenario.
pub(super) fn show(arguments: &ShowArguments, output: &mut Output) -> Outcome {
    let request = scenario::Request {
        path: &arguments.scenario,
        set: &arguments.set,
        variants: &arguments.variant,
        seeds: None,
    };
    let text = scenario::show(&request, &scenario::Embedded)
        .map_err(|problems| Failure::Report(problems.render(output.colors_talk())))?;
    output.data(&text)?;
    Ok(Exit::Done)
}
