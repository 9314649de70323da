//! `ecsim run`: plays a scenario and writes its report.

use super::interrupt;
use super::memory::memory_limit;
use super::metric_file::write_metrics;
use super::output::{Exit, Failure, Outcome, Output};
use super::progress::Bar;
use super::replaced;
use super::told::{ToldAtOnce, Wanted, failure, has_group, replay};
use super::usage_sink::UsageSink;
use super::values::{confidence, memory, setting};
use crate::report::{self, Folder, TerminalStyle};
use crate::runner::{
    self, Confidence, MOST_DETAILED, Options, Results, RunError, Watch, built_in_scheduler,
};
use crate::scenario;
use crate::units::Memory;
use clap::{Args, ValueEnum};
use std::collections::BTreeMap;
use std::num::{NonZeroU32, NonZeroUsize};
use std::path::PathBuf;
use std::sync::atomic::Ordering;

/// Play a scenario: every variant with every seed; print the comparison and write the report
#[derive(Debug, Args)]
pub(super) struct RunArguments {
    /// The scenario file, YAML or JSON; `-` reads stdin
    pub(super) scenario: PathBuf,
    /// Play seeds 1 to N instead of the scenario's own number
    #[arg(long, value_name = "N")]
    pub(super) seeds: Option<NonZeroU32>,
    /// Play exactly this seed (`count: fit` still looks at seeds 1 to N)
    #[arg(long, value_name = "S")]
    pub(super) seed: Option<u64>,
    /// Play only this variant; may be given more than once
    #[arg(long, value_name = "NAME")]
    pub(super) variant: Vec<String>,
    /// Change a value of the scenario; may be given more than once
    #[arg(long, value_name = "PATH=VALUE", value_parser = setting)]
    pub(super) set: Vec<String>,
    /// Number of threads; one per core unless set. The results do not depend on it
    #[arg(long, value_name = "N")]
    pub(super) threads: Option<NonZeroUsize>,
    /// The most memory for tasks, such as `4 GiB`; half of the machine's memory unless set. A queue
    /// that grows without end is an error then
    #[arg(long, value_name = "SIZE", value_parser = memory)]
    pub(super) memory_limit: Option<Memory>,
    /// The level of all intervals, in percent, from 50 to 99.99
    #[arg(long, value_name = "PERCENT", default_value = "95", value_parser = confidence)]
    pub(super) confidence: Confidence,
    /// Where reports go: the folder DIR/<scenario> is replaced
    #[arg(long, value_name = "DIR", default_value = "output")]
    pub(super) out: PathBuf,
    /// Which reports to write
    #[arg(long, value_enum, default_value_t)]
    pub(super) reports: Reports,
    /// Also write every task of one seed to tasks.csv
    #[arg(long)]
    pub(super) tasks: bool,
    /// Also write every event of one seed to events.jsonl
    #[arg(long)]
    pub(super) events: bool,
    /// Also write the events of one seed to eventbridge.jsonl, as EventBridge delivers those of ECS
    #[arg(long)]
    pub(super) eventbridge: bool,
    /// Also write the metrics of one seed to metrics.jsonl, as CloudWatch would have shown them
    #[arg(long)]
    pub(super) metrics: bool,
    /// What to print: tables for people, or summary.json
    #[arg(long, value_enum, default_value_t)]
    pub(super) format: Format,
    /// Print nothing but errors
    #[arg(long)]
    pub(super) quiet: bool,
}

/// Which reports to write.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Reports {
    /// No folder at all
    None,
    /// Data files: JSON and CSV
    Files,
    /// Data files and plots
    #[default]
    All,
}

/// What to print.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// Tables for people
    #[default]
    Table,
    /// The same as summary.json
    Json,
}

impl RunArguments {
    /// The seeds to play, given the scenario's own number.
    pub(super) fn seeds_to_play(&self, of_scenario: u32) -> Vec<u64> {
        match self.seed {
            Some(seed) => vec![seed],
            None => (1..=u64::from(self.seeds.map_or(of_scenario, NonZeroU32::get))).collect(),
        }
    }

    /// What is told of single runs.
    fn wanted(&self) -> Wanted {
        Wanted {
            seed: self.seed,
            tasks: self.tasks,
            events: self.events,
            eventbridge: self.eventbridge,
            metrics: self.metrics,
        }
    }
}

/// Plays the scenario.
pub(super) fn run(arguments: &RunArguments, output: &mut Output) -> Outcome {
    if arguments.reports == Reports::None && arguments.wanted().any() {
        return Err(Failure::message(
            "`--tasks`, `--events`, `--eventbridge` and `--metrics` write files, which `--reports none` excludes",
        ));
    }
    let request = scenario::Request {
        path: &arguments.scenario,
        set: &arguments.set,
        variants: &arguments.variant,
        seeds: arguments.seeds.map(NonZeroU32::get),
    };
    let loaded = scenario::load(&request, &scenario::Embedded)
        .map_err(|problems| Failure::Report(problems.render(output.colors_talk())))?;
    if !arguments.quiet {
        for warning in &loaded.warnings {
            output.talk_painted(&warning.render(output.colors_talk()));
        }
    }
    let study = &loaded.study;
    let options = Options {
        seeds: arguments.seeds_to_play(study.seeds),
        threads: arguments.threads,
        memory_limit: memory_limit(arguments.memory_limit),
    };
    let stop = interrupt::listen()?;
    let folder = match arguments.reports {
        Reports::None => None,
        Reports::Files | Reports::All => {
            if !arguments.quiet {
                replaced::tell(&arguments.out, study, output);
            }
            Some(Folder::begin(&arguments.out, &study.name).map_err(failure)?)
        }
    };
    let mut usage = UsageSink::begin(folder.as_ref())?;
    let bar = Bar::new(output.talks_to_terminal() && !arguments.quiet);
    let mut stories = BTreeMap::new();
    let told = ToldAtOnce::new(study, &options, folder.is_some());
    let watch = Watch {
        begin: &|plan, seed| told.reader(plan, seed),
        end: &mut |run, reader| {
            let story = reader.map(|reader| runner::story_of(run.plan, run.seed, reader, run.end));
            stories.extend(story.map(|story| (run.plan.variant.clone(), story)));
        },
    };
    let scheduler = &built_in_scheduler;
    let played = runner::run_read(study, &options, scheduler, watch, &mut usage, &bar, stop);
    bar.finish();
    let (mut results, plans) = match played {
        Ok((results, plans)) => (results.at_confidence(arguments.confidence), plans),
        Err(RunError::Interrupted) => return Ok(interrupted(output)),
        Err(RunError::Sink(error)) => {
            let folder = folder
                .as_ref()
                .expect("only a report is written while runs go on");
            return Err(failure(folder.error("usage.csv", error)));
        }
        Err(error) => return Err(Failure::message(error.to_string())),
    };
    // A signal after the last run: the report is not written either.
    if stop.load(Ordering::Relaxed) {
        return Ok(interrupted(output));
    }
    usage.finish(folder.as_ref())?;
    let mut place = None;
    if let Some(folder) = folder {
        report::write_files(&folder, &results).map_err(failure)?;
        for variant in &mut results.variants {
            variant.story = stories.remove(&variant.name);
        }
        let wanted = arguments.wanted();
        let replayed = replay(&wanted, &folder, &mut results, &plans, stop)?
            && write_metrics(&wanted, &folder, &results, &plans, stop)?;
        if !replayed || stop.load(Ordering::Relaxed) {
            return Ok(interrupted(output));
        }
        if plans.iter().any(|plan| has_group(plan)) {
            report::write_stories(&folder, &results).map_err(failure)?;
        }
        if arguments.reports == Reports::All {
            report::write_plots(&folder, &results).map_err(failure)?;
        }
        place = Some(folder.commit().map_err(failure)?);
    }
    if arguments.quiet {
        return Ok(Exit::Done);
    }
    let text = page(arguments.format, &results, output)?;
    let printed = output.data(&text);
    if let Some(place) = place {
        output.talk(&format!("report written to {}", place.display()));
        tell_of_details(output, &results);
    }
    printed.map(|()| Exit::Done)
}

/// Says of how many variants the details are, where they are not of all.
fn tell_of_details(output: &mut Output, results: &Results) {
    if results.variants.len() > MOST_DETAILED {
        output.talk(&format!(
            "its plots, usage.csv, utilization.csv and scaling.csv are of the first {MOST_DETAILED} \
             variants; `--variant NAME` writes those of another"
        ));
    }
}

/// What is printed to stdout.
fn page(format: Format, results: &Results, output: &Output) -> Result<String, Failure> {
    Ok(match format {
        Format::Table => {
            let width = output.width().map_or(PIPED_WIDTH, usize::from);
            let style = TerminalStyle {
                width,
                color: output.colors_data(),
            };
            report::terminal(results, &style)
        }
        Format::Json => {
            let mut json = Vec::new();
            report::summary(results, &mut json).map_err(Failure::Stdout)?;
            String::from_utf8(json).expect("JSON is UTF-8")
        }
    })
}

/// Width of the comparison in columns where stdout is not a terminal.
const PIPED_WIDTH: usize = 100;

/// Prints that nothing was written, and returns the exit code of an interrupt.
fn interrupted(output: &mut Output) -> Exit {
    output.talk("interrupted; nothing was written");
    Exit::Interrupted
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Only {
        #[command(flatten)]
        run: RunArguments,
    }

    fn read(line: &str) -> Result<RunArguments, clap::Error> {
        let words = ["run"].into_iter().chain(line.split(' '));
        Only::try_parse_from(words).map(|only| only.run)
    }

    #[test]
    fn seed_plays_one_and_seeds_plays_from_1() {
        let seeds = |line| read(line).expect("the line is right").seeds_to_play(3);
        assert_eq!(seeds("a.yaml"), [1, 2, 3]);
        assert_eq!(seeds("a.yaml --seeds 2"), [1, 2]);
        assert_eq!(seeds("a.yaml --seed 7"), [7]);
        assert_eq!(seeds("a.yaml --seed 7 --seeds 2"), [7]);
    }

    #[test]
    fn options_are_read_as_the_contract_says() {
        let line = "a.yaml --variant x --variant y --set a.b=1 --set c== --threads 2 \
                    --out reports --reports none --tasks --events --quiet";
        let read_line = read(line).expect("the line is right");
        assert_eq!(read_line.variant, ["x", "y"]);
        assert_eq!(read_line.set, ["a.b=1", "c=="]);
        assert_eq!(read_line.threads.map(NonZeroUsize::get), Some(2));
        assert_eq!(read_line.out, PathBuf::from("reports"));
        assert_eq!(read_line.reports, Reports::None);
        assert!(read_line.tasks && read_line.events && read_line.quiet);
        assert_eq!(read_line.scenario, PathBuf::from("a.yaml"));
        let plain = read("a.yaml").expect("the line is right");
        assert_eq!(
            (plain.out, plain.reports),
            (PathBuf::from("output"), Reports::All)
        );
        for wrong in [
            "a.yaml --seeds 0",
            "a.yaml --threads 0",
            "a.yaml --seed -1",
            "a.yaml --set a",
            "a.yaml --set =1",
            "a.yaml --reports some",
            "a.yaml b.yaml",
        ] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
