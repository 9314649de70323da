//! `ecsim init`: writes a new scenario, out of answers or out of a folder of AWS's descriptions.

use super::output::{Exit, Failure, Outcome, Output};
use crate::scenario::{self, AnsweredPlace, AnsweredWork, Answers};
use clap::Args;
use std::fs::OpenOptions;
use std::io::{BufRead as _, Write as _};
use std::path::{Path, PathBuf};

/// Write a new scenario with comments, out of answers or out of a folder of task definitions and
/// service descriptions
#[derive(Debug, Args)]
pub(super) struct InitArguments {
    /// Folder with the JSON of `aws ecs describe-task-definition` and `describe-services`, or of
    /// task definitions and services in the form that AWS takes; without it questions are asked,
    /// and an empty answer takes the value in brackets
    pub(super) folder: Option<PathBuf>,
    /// Name of the scenario
    #[arg(long, value_name = "NAME")]
    pub(super) name: Option<String>,
    /// Region; that of the first ARN in the folder unless set
    #[arg(long, value_name = "REGION")]
    pub(super) region: Option<String>,
    /// The file to write; `-` writes to stdout
    #[arg(long, short, value_name = "FILE", default_value = "scenario.yaml")]
    pub(super) out: PathBuf,
    /// Replace the file if it exists
    #[arg(long)]
    pub(super) force: bool,
}

/// Writes the scenario, and says what it still needs.
pub(super) fn init(arguments: &InitArguments, output: &mut Output) -> Outcome {
    let is_stdout = arguments.out.as_os_str() == "-";
    let target = arguments.out.display();
    if !is_stdout && !arguments.force && arguments.out.exists() {
        return Err(Failure::message(format!(
            "`{target}` exists; name another file with `--out`, or replace it with `--force`"
        )));
    }
    let (text, notes) = match &arguments.folder {
        Some(folder) => {
            let name = arguments.name.clone().unwrap_or_else(|| name_of(folder));
            let region = arguments.region.as_deref();
            let path_of = |path: &Path| written(path, &arguments.out);
            let draft =
                scenario::draft(folder, &name, region, &path_of).map_err(Failure::message)?;
            (draft.text, draft.notes)
        }
        None => (ask(arguments, output)?.scenario(), Vec::new()),
    };
    if is_stdout {
        output.data(&text)?;
    } else {
        let mut options = OpenOptions::new();
        options.write(true);
        match arguments.force {
            true => options.create(true).truncate(true),
            false => options.create_new(true),
        };
        options
            .open(&arguments.out)
            .and_then(|mut file| file.write_all(text.as_bytes()))
            .map_err(|error| Failure::message(format!("cannot write `{target}`: {error}")))?;
    }
    for note in notes {
        output.talk(&format!("note: {note}"));
    }
    if let Err(problems) = scenario::load_text(&target.to_string(), &text, &[], &scenario::Embedded)
    {
        output.talk_painted(&problems.render(output.colors_talk()));
        output.talk("note: the scenario is written, but these problems must be mended first");
    }
    if !is_stdout {
        output.talk(&format!(
            "wrote {target}; next: `ecsim check {target}`, `ecsim run {target}`"
        ));
    }
    Ok(Exit::Done)
}

/// A name for a scenario out of a folder's name.
fn name_of(folder: &Path) -> String {
    let full = folder.canonicalize().unwrap_or_else(|_| folder.into());
    let name = full.file_stem().unwrap_or_default().to_string_lossy();
    let valid = |c: char| {
        if c.is_ascii_alphanumeric() || c == '_' {
            c
        } else {
            '-'
        }
    };
    let name: String = name.chars().map(valid).take(100).collect();
    match name.trim_matches('-') {
        "" => "my-cluster".into(),
        name => name.into(),
    }
}

/// The path of a file as the scenario writes it: as it was given where the scenario stands in the
/// working directory, else from the root.
fn written(path: &Path, scenario: &Path) -> String {
    let is_here = scenario
        .parent()
        .is_none_or(|folder| folder.as_os_str().is_empty());
    let path = match is_here {
        true => path.to_path_buf(),
        false => path.canonicalize().unwrap_or_else(|_| path.into()),
    };
    path.display().to_string()
}

/// Asks for what the scenario needs. Every question has an answer that an empty line takes.
fn ask(arguments: &InitArguments, output: &mut Output) -> Result<Answers, Failure> {
    let mut ask = |question: &str, usual: &str| -> Result<String, Failure> {
        output.talk(&format!("{question} [{usual}]"));
        let mut line = String::new();
        std::io::stdin()
            .lock()
            .read_line(&mut line)
            .map_err(|error| Failure::message(format!("cannot read the answer: {error}")))?;
        match line.trim() {
            "" => Ok(usual.into()),
            answer
                if answer
                    .chars()
                    .any(|c| c.is_control() || ":#{}[]\"'".contains(c)) =>
            {
                Err(Failure::message(format!(
                    "`{}` is no answer to: {question}",
                    answer.escape_debug()
                )))
            }
            answer => Ok(answer.into()),
        }
    };
    let name = match &arguments.name {
        Some(name) => name.clone(),
        None => ask("name of the scenario?", "my-cluster")?,
    };
    let region = match &arguments.region {
        Some(region) => region.clone(),
        None => ask("Region?", "us-east-1")?,
    };
    let work = ask("what runs: a `service`, or `jobs` that end?", "service")?;
    let work = match work.as_str() {
        "service" => AnsweredWork::Service {
            tasks: ask("how many tasks has the service?", "4")?,
        },
        "jobs" => AnsweredWork::Jobs {
            rate: ask("how many jobs arrive, on average?", "50/h")?,
            duration: ask("how long does a job run, on average?", "10m")?,
        },
        other => {
            return Err(Failure::message(format!(
                "`{other}` is neither `service` nor `jobs`"
            )));
        }
    };
    let cpu = ask("CPU of a task?", "0.5 vCPU")?;
    let memory = ask("memory of a task?", "1 GB")?;
    let place = ask(
        "where: `FARGATE`, `FARGATE_SPOT`, or an instance type such as `m7g.large`?",
        "FARGATE",
    )?;
    let place = match place.as_str() {
        "FARGATE" => AnsweredPlace::Fargate,
        "FARGATE_SPOT" => AnsweredPlace::FargateSpot,
        _ => AnsweredPlace::Ec2(place),
    };
    Ok(Answers {
        name,
        region,
        cpu,
        memory,
        work,
        place,
    })
}
