//! The runs that a report tells one by one: one per variant, over time (its story), and on request
//! task by task and event by event. A run of which it is known beforehand that it is the one is read
//! while it is played; any other is played again.

use super::bridge::Bridge;
use super::journal::Journal;
use super::output::Failure;
use crate::explain::{Reasons, explaining_scheduler};
use crate::metrics::StoryReader;
use crate::plan::{Capacity, Plan, Study};
use crate::report::{EventWriter, Folder, ReportError, TaskWriter};
use crate::runner::{
    self, MOST_DETAILED, Options, PlayedPlan, Results, RunError, built_in_scheduler,
};
use std::collections::BTreeSet;
use std::sync::atomic::AtomicBool;

/// What the user wants to be told.
pub(super) struct Wanted {
    /// The seed; without one the run with the median cost is told.
    pub(super) seed: Option<u64>,
    /// `--tasks`: every task.
    pub(super) tasks: bool,
    /// `--events`: every event.
    pub(super) events: bool,
    /// `--eventbridge`: the events that ECS sends to EventBridge.
    pub(super) eventbridge: bool,
    /// `--metrics`: the metrics as CloudWatch would have shown them.
    pub(super) metrics: bool,
}

impl Wanted {
    /// True when a file of single runs is wanted.
    pub(super) const fn any(&self) -> bool {
        self.are_facts() || self.metrics
    }

    /// True when a file is wanted that is written fact by fact.
    const fn are_facts(&self) -> bool {
        self.tasks || self.events || self.eventbridge
    }
}

/// Which runs are read while they are played.
pub(super) struct ToldAtOnce<'a> {
    seeds: &'a [u64],
    /// The variants that have a story.
    variants: BTreeSet<&'a str>,
}

impl<'a> ToldAtOnce<'a> {
    /// None without a report.
    pub(super) fn new(study: &'a Study, options: &'a Options, has_report: bool) -> Self {
        let most = if has_report { MOST_DETAILED } else { 0 };
        let variants = study.variants.iter().take(most);
        let variants = variants.filter(|plan| has_story(plan));
        Self {
            seeds: &options.seeds,
            variants: variants.map(|plan| &*plan.variant).collect(),
        }
    }

    /// The reader of a run's story, if it is told at once: the only run of its variant, or the first
    /// of equal ones.
    pub(super) fn reader(&self, plan: &Plan, seed: u64) -> Option<StoryReader> {
        let is_known = self.seeds.len() == 1 || plan.is_without_chance();
        let is_first = self.seeds.first() == Some(&seed);
        let is_told = is_known && is_first && self.variants.contains(&*plan.variant);
        is_told.then(|| StoryReader::new(plan))
    }
}

/// True for a plan with an Auto Scaling group.
pub(super) fn has_group(plan: &Plan) -> bool {
    let mut providers = plan.cluster.providers.iter();
    providers.any(|provider| matches!(provider.capacity, Capacity::Group(_)))
}

/// True for a plan with services or Auto Scaling groups: the report tells one of its runs.
fn has_story(plan: &Plan) -> bool {
    has_group(plan) || !plan.services.is_empty()
}

/// Plays one run of each variant again for `--tasks`, `--events`, `--eventbridge` and stories that are not told
/// yet: that of `--seed`, or else the run with the median cost. Returns false when interrupted.
pub(super) fn replay(
    wanted: &Wanted,
    folder: &Folder,
    results: &mut Results,
    plans: &[PlayedPlan<'_>],
    stop: &AtomicBool,
) -> Result<bool, Failure> {
    let disk = |name: &'static str| move |error| failure(folder.error(name, error));
    let mut tasks = None;
    if wanted.tasks {
        let file = folder.create("tasks.csv").map_err(failure)?;
        tasks = Some(TaskWriter::begin(file).map_err(disk("tasks.csv"))?);
    }
    let mut events = None;
    if wanted.events {
        events = Some(EventWriter::begin(
            folder.create("events.jsonl").map_err(failure)?,
        ));
    }
    let mut bridge = None;
    if wanted.eventbridge {
        bridge = Some(EventWriter::begin(
            folder.create("eventbridge.jsonl").map_err(failure)?,
        ));
    }
    for (index, (plan, variant)) in plans.iter().zip(&mut results.variants).enumerate() {
        let needs_story = index < MOST_DETAILED && has_story(plan) && variant.story.is_none();
        if !wanted.are_facts() && !needs_story {
            continue;
        }
        let seed = wanted.seed.unwrap_or(variant.median_seed);
        let reasons = Reasons::default();
        let explains = events.is_some();
        let journal = Journal::new(plan, seed, tasks.as_mut(), events.as_mut(), reasons.clone());
        let sent = bridge.as_mut().map(|file| Bridge::new(plan, seed, file));
        let story = needs_story.then(|| StoryReader::new(plan));
        let readers = ((journal, sent), story);
        let scheduler = |plan: &Plan| match explains {
            true => explaining_scheduler(plan, &reasons),
            false => built_in_scheduler(plan),
        };
        match runner::play_with(plan, seed, &scheduler, stop, readers) {
            Ok((played, ((journal, sent), story))) => {
                journal.finish(played.end).map_err(disk("tasks.csv"))?;
                if let Some(sent) = sent {
                    sent.finish(played.end).map_err(disk("eventbridge.jsonl"))?;
                }
                if let Some(story) = story {
                    variant.story = Some(runner::story_of(plan, seed, story, played.end));
                }
            }
            Err(RunError::Interrupted) => return Ok(false),
            Err(error) => return Err(Failure::message(error.to_string())),
        }
    }
    if let Some(tasks) = tasks {
        tasks
            .finish()
            .map_err(disk("tasks.csv"))?
            .finish()
            .map_err(failure)?;
    }
    for (events, name) in [(events, "events.jsonl"), (bridge, "eventbridge.jsonl")] {
        if let Some(events) = events {
            let file = events.finish().map_err(disk(name))?;
            file.finish().map_err(failure)?;
        }
    }
    Ok(true)
}

/// A report that could not be written, as a failure of the command.
pub(super) fn failure(error: ReportError) -> Failure {
    Failure::message(error.to_string())
}
