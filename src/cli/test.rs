//! `ecsim test`: plays scenarios and checks their expectations.

use super::interrupt;
use super::memory::memory_limit;
use super::output::{Exit, Outcome, Output};
use super::progress::Bar;
use super::scenarios::find;
use super::values::memory;
use crate::report;
use crate::runner::{self, RunError, built_in_scheduler};
use crate::scenario::{self, problem::visible};
use crate::units::Memory;
use clap::Args;
use std::num::NonZeroUsize;
use std::path::PathBuf;

/// Play scenarios and check what they expect; exit code 1 when an expectation fails
#[derive(Debug, Args)]
pub(super) struct TestArguments {
    /// Scenario files, `-` for stdin, or folders that are searched for scenarios (those under `bench`
    /// are only checked, not played)
    #[arg(required = true, value_name = "PATH")]
    pub(super) paths: Vec<PathBuf>,
    /// Number of threads; one per core unless set
    #[arg(long, value_name = "N")]
    pub(super) threads: Option<NonZeroUsize>,
    /// The most memory for tasks, such as `4 GiB`; half of the machine's memory unless set. A queue
    /// that grows without end is an error then
    #[arg(long, value_name = "SIZE", value_parser = memory)]
    pub(super) memory_limit: Option<Memory>,
    /// Print only what failed
    #[arg(long)]
    pub(super) quiet: bool,
}

/// Plays every scenario that is found and prints the verdicts on its expectations.
pub(super) fn test(arguments: &TestArguments, output: &mut Output) -> Outcome {
    let stop = interrupt::listen()?;
    // Scenarios with errors; expectations that failed; expectations that passed.
    let (mut bad, mut failed, mut held) = (0, 0, 0);
    for found in find(&arguments.paths)? {
        let name = visible(&found.path.display().to_string());
        let request = scenario::Request {
            path: &found.path,
            set: &[],
            variants: &[],
            seeds: None,
        };
        let study = match scenario::load(&request, &scenario::Embedded) {
            Ok(loaded) => {
                for warning in &loaded.warnings {
                    output.talk_painted(&warning.render(output.colors_talk()));
                }
                loaded.study
            }
            Err(problems) => {
                bad += 1;
                output.talk_painted(&problems.render(output.colors_talk()));
                continue;
            }
        };
        if found.only_check {
            if !arguments.quiet {
                output.data(&format!("{name}: checked, not played\n"))?;
            }
            continue;
        }
        let options = runner::Options {
            seeds: (1..=u64::from(study.seeds)).collect(),
            threads: arguments.threads,
            memory_limit: memory_limit(arguments.memory_limit),
        };
        let bar = Bar::new(output.talks_to_terminal() && !arguments.quiet);
        let played = runner::run(&study, &options, &built_in_scheduler, &mut (), &bar, stop);
        bar.finish();
        match played {
            Ok((results, _)) => {
                let failures = results
                    .verdicts
                    .iter()
                    .filter(|verdict| !verdict.passed)
                    .count();
                failed += failures;
                held += results.verdicts.len() - failures;
                output.data(&report::verdicts(&results, !arguments.quiet))?;
            }
            Err(RunError::Interrupted) => return Ok(Exit::Interrupted),
            Err(error) => {
                bad += 1;
                output.talk(&format!("error: {name}: {error}"));
            }
        }
    }
    if held + failed > 0 {
        output.data(&format!("{held} expectations held, {failed} failed\n"))?;
    }
    Ok(match (bad, failed) {
        (0, 0) => Exit::Done,
        (0, _) => Exit::ExpectationFailed,
        _ => Exit::BadInput,
    })
}
