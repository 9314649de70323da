//! `ecsim explain`: why a task waits, was refused or is where it is, why a service has as many tasks as it
//! has, how a deployment went, and the cluster at an instant. The answers are those of [`crate::explain`]; here they are put
//! into words, or written as JSON.

mod bars;
mod causes;
mod changes;
mod choice;
mod deployment;
mod events;
mod facts;
mod health;
mod instance;
mod json;
mod outcome;
mod picture;
mod refusals;
mod rounds;
mod scaling;
mod service;
mod task;
mod traffic;
mod tries;
mod waits;
mod without_room;
mod wording;
mod words;

use super::interrupt;
use super::memory::memory_limit;
use super::output::{Exit, Failure, Outcome, Output};
use super::values::{instance as number_of_instance, setting};
use crate::explain::{ExplainError, Replay};
use crate::plan::{Plan, Study};
use crate::runner::RunError;
use crate::scenario::{self, table::nearest};
use crate::units::{SimTime, Span};
use clap::{ArgGroup, Args, ValueEnum};
use std::path::PathBuf;

/// Explain one run: why a task waits, was refused or was placed there; what the scheduler saw of a
/// service; how a deployment went; the cluster at an instant
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("question").required(true).args(["task", "service", "deployment", "at"]))]
pub(super) struct ExplainArguments {
    /// The scenario file, YAML or JSON; `-` reads stdin
    scenario: PathBuf,
    /// The task, by its entry or service and its number in it, as in tasks.csv: `web/3`
    #[arg(long, value_name = "NAME/N")]
    task: Option<String>,
    /// The service
    #[arg(long, value_name = "NAME")]
    service: Option<String>,
    /// The deployment, by its service and its revision: `web/v2`; a second one of that revision is `web/v2#2`
    #[arg(long, value_name = "SERVICE/ID")]
    deployment: Option<String>,
    /// The time since the start of the run, such as `3d2h`: the cluster as a picture
    #[arg(long, value_name = "TIME")]
    at: Option<Span>,
    /// With --at: only this instance, in detail, by its number in the order of launches: `i-3`
    #[arg(long, value_name = "INSTANCE", requires = "at", conflicts_with_all = ["task", "service", "deployment"], value_parser = number_of_instance)]
    instance: Option<u64>,
    /// The variant; the first of the scenario unless set
    #[arg(long, value_name = "NAME")]
    variant: Option<String>,
    /// The seed of the run
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    /// Change a value of the scenario; may be given more than once
    #[arg(long, value_name = "PATH=VALUE", value_parser = setting)]
    set: Vec<String>,
    /// What to print: text for people, or JSON with ECS's codes for programs
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// What to print.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Text for people
    #[default]
    Text,
    /// JSON for programs
    Json,
}

/// The width of text where stdout is not a terminal.
const PIPED_WIDTH: usize = 100;

/// Answers the question.
pub(super) fn explain(arguments: &ExplainArguments, output: &mut Output) -> Outcome {
    let request = scenario::Request {
        path: &arguments.scenario,
        set: &arguments.set,
        variants: &[],
        seeds: None,
    };
    let loaded = scenario::load(&request, &scenario::Embedded)
        .map_err(|problems| Failure::Report(problems.render(output.colors_talk())))?;
    let study = &loaded.study;
    let plan = variant(study, arguments.variant.as_deref())?;
    let stop = interrupt::listen()?;
    match answer(arguments, study, plan, output.width(), stop) {
        Ok(text) => output.data(&text).map(|()| Exit::Done),
        Err(ExplainError::Run(RunError::Interrupted)) => Ok(Exit::Interrupted),
        Err(error) => Err(Failure::message(error.to_string())),
    }
}

/// The plan of the variant that was asked for.
fn variant<'a>(study: &'a Study, name: Option<&str>) -> Result<&'a Plan, Failure> {
    let mut plans = study.variants.iter();
    let names = || study.variants.iter().map(|plan| plan.variant.as_str());
    let found = match name {
        None => plans.next(),
        Some(name) => plans.find(|plan| plan.variant == name),
    };
    found.ok_or_else(|| {
        let name = name.unwrap_or_default();
        let hint = match nearest(name, names()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("known: {}", scenario::ticked(names().collect::<Vec<_>>())),
        };
        Failure::message(format!("there is no variant `{name}`; {hint}"))
    })
}

/// The text to print.
fn answer(
    arguments: &ExplainArguments,
    study: &Study,
    plan: &Plan,
    width: Option<u16>,
    stop: &std::sync::atomic::AtomicBool,
) -> Result<String, ExplainError> {
    let replay = Replay::new(plan, study.seeds, arguments.seed, stop)?.within(memory_limit(None));
    let about = words::About {
        plan: replay.plan(),
        command: command(arguments, study, plan),
        width: width.map_or(PIPED_WIDTH, usize::from).clamp(60, 160),
    };
    let is_json = arguments.format == Format::Json;
    if let Some(name) = &arguments.task {
        let story = replay.task(name)?;
        return Ok(match is_json {
            true => json::task(replay.plan(), &story),
            false => task::told(&about, &story),
        });
    }
    if let Some(name) = &arguments.service {
        let story = replay.service(name)?;
        return Ok(match is_json {
            true => json::service(replay.plan(), &story),
            false => service::told(&about, &story),
        });
    }
    if let Some(name) = &arguments.deployment {
        let story = replay.deployment(name)?;
        return Ok(match is_json {
            true => json::deployment(replay.plan(), &story),
            false => deployment::told(&about, &story),
        });
    }
    let at = SimTime::ZERO + arguments.at.unwrap_or(Span::ZERO);
    let scene = match arguments.instance {
        Some(instance) => replay.instance_at(at, instance)?,
        None => replay.at(at)?,
    };
    Ok(match (is_json, arguments.instance) {
        (true, _) => json::pretty(&scene),
        (false, None) => picture::drawn(&about, &scene),
        (false, Some(_)) => picture::instance(&about, &scene),
    })
}

/// The command without its question, for hints.
fn command(arguments: &ExplainArguments, study: &Study, plan: &Plan) -> String {
    let mut command = format!("ecsim explain {}", arguments.scenario.display());
    if study.variants.len() > 1 {
        command += &format!(" --variant {}", plan.variant);
    }
    command += &format!(" --seed {}", arguments.seed);
    for setting in &arguments.set {
        command += &format!(" --set '{setting}'");
    }
    command
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::AtomicBool;

    /// What is told of a question at a width: the task, service, deployment or time.
    fn told(file: &str, kind: &str, of: &str, width: usize) -> String {
        let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(file);
        let request = scenario::Request {
            path: &path,
            set: &[],
            variants: &[],
            seeds: None,
        };
        let loaded = scenario::load(&request, &scenario::Embedded).expect("it is valid");
        let plan = &loaded.study.variants[0];
        let stop = AtomicBool::new(false);
        let replay = Replay::new(plan, 1, 1, &stop).expect("it can be played");
        let about = words::About {
            plan: replay.plan(),
            command: "ecsim explain".into(),
            width,
        };
        let at = |text: &str| SimTime::ZERO + text.parse::<Span>().expect("a time");
        let known = "there is such a thing";
        match kind {
            "task" => task::told(&about, &replay.task(of).expect(known)),
            "service" => service::told(&about, &replay.service(of).expect(known)),
            "deployment" => deployment::told(&about, &replay.deployment(of).expect(known)),
            "at" => picture::drawn(&about, &replay.at(at(of)).expect(known)),
            _ => {
                let scene = replay.instance_at(at(of), 0).expect(known);
                picture::instance(&about, &scene)
            }
        }
    }

    #[test]
    fn no_line_is_longer_than_the_terminal() {
        for (name, kind, of) in [
            ("cpu", "task", "web/0"),
            ("constraints", "task", "jobs/0"),
            ("closest", "task", "train/2"),
            ("starting", "task", "web/11"),
            ("starting", "at", "95.750347s"),
            ("starting", "instance", "95.750347s"),
            ("interfaces", "service", "web"),
            ("daemon", "service", "logs"),
            ("stuck", "service", "web"),
            ("stuck", "deployment", "web/v2"),
            ("forced", "deployment", "web/again"),
            ("quota", "service", "late"),
            ("excluding", "task", "jobs/0"),
            ("starting", "task", "web/8"),
            ("agent", "instance", "20m"),
        ] {
            for width in [80, 100, 120] {
                let file = format!("tests/explain/{name}.yaml");
                let text = told(&file, kind, of, width);
                let long = text.lines().find(|line| line.chars().count() > width);
                assert_eq!(long, None, "{name} {kind} at {width}");
            }
        }
    }
}
