//! `ecsim check`: reads scenarios and prints all their problems.

use super::output::{Exit, Outcome, Output};
use super::scenarios::find;
use super::values::setting;
use crate::scenario::{self, problem::visible};
use clap::Args;
use std::path::PathBuf;

/// Read scenarios and print their problems, without playing them
#[derive(Debug, Args)]
pub(super) struct CheckArguments {
    /// Scenario files, `-` for stdin, or folders that are searched for scenarios
    #[arg(required = true, value_name = "SCENARIO")]
    pub(super) scenarios: Vec<PathBuf>,
    /// Change a value of each scenario; may be given more than once
    #[arg(long, value_name = "PATH=VALUE", value_parser = setting)]
    pub(super) set: Vec<String>,
}

/// Checks every scenario, also after one with problems. Exit code 2 when any has one.
pub(super) fn check(arguments: &CheckArguments, output: &mut Output) -> Outcome {
    let mut bad = 0;
    for found in find(&arguments.scenarios)? {
        let request = scenario::Request {
            path: &found.path,
            set: &arguments.set,
            variants: &[],
            seeds: None,
        };
        let name = visible(&found.path.display().to_string());
        match scenario::load(&request, &scenario::Embedded) {
            Ok(loaded) => {
                for problem in loaded.warnings.iter().chain(&loaded.notes) {
                    output.talk_painted(&problem.render(output.colors_talk()));
                }
                let variants = loaded.study.variants.len();
                let plural = if variants == 1 { "" } else { "s" };
                output.data(&format!(
                    "{name}: no problems, {variants} variant{plural}\n"
                ))?;
                for sentence in &loaded.study.left_out {
                    output.data(&format!("  {}\n", visible(sentence)))?;
                }
                if !loaded.study.ignored.is_empty() {
                    let keys = loaded.study.ignored.join(", ");
                    let keys = visible(&keys);
                    output.data(&format!("  without effect here: {keys}\n"))?;
                }
            }
            Err(problems) => {
                bad += 1;
                output.talk_painted(&problems.render(output.colors_talk()));
            }
        }
    }
    Ok(if bad == 0 { Exit::Done } else { Exit::BadInput })
}
