//! Pictures of real runs tell what happened: what is dead is not shown as running, what lacks room
//! is not shown as nothing.

use ecsim::runner::{
    self, Options, Results, Story, StoryLevel, TimelineColumn, built_in_scheduler, story_of,
};
use ecsim::scenario::{self, Embedded};
use std::io::Write;
use std::path::Path;
use std::sync::atomic::AtomicBool;

/// Takes no usage.
struct Nothing;
impl runner::Sink for Nothing {
    fn finished(&mut self, _: &runner::Finished<'_>) -> std::io::Result<()> {
        Ok(())
    }
}
impl runner::Progress for Nothing {
    fn begin(&self, _: &str, _: u64) {}
    fn advance(&self) {}
    fn end(&self) {}
}

/// The results of a scenario file, with a story of each variant.
pub fn played(path: &Path, variants: &[&str]) -> Results {
    let variants: Vec<String> = variants.iter().map(|name| (*name).into()).collect();
    let request = scenario::Request {
        path,
        set: &[],
        variants: &variants,
        seeds: None,
    };
    let study = scenario::load(&request, &Embedded)
        .expect("it is right")
        .study;
    let stop = AtomicBool::new(false);
    let options = Options {
        seeds: (1..=u64::from(study.seeds)).collect(),
        threads: None,
        ..Options::default()
    };
    let (sink, progress) = (&mut Nothing, &Nothing);
    let played = runner::run(&study, &options, &built_in_scheduler, sink, progress, &stop);
    let (mut results, plans) = played.expect("it plays");
    for (plan, variant) in plans.iter().zip(&mut results.variants) {
        let seed = variant.median_seed;
        let reader = ecsim::metrics::StoryReader::new(plan);
        let again = runner::play_with(plan, seed, &built_in_scheduler, &stop, reader);
        let (run, reader) = again.expect("it plays again");
        variant.story = Some(story_of(plan, seed, reader, run.end));
    }
    results
}

/// The same of a scenario that is written here.
pub fn played_text(text: &str) -> Results {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("scenario.yaml");
    let mut file = std::fs::File::create(&path).expect("a file");
    file.write_all(text.as_bytes()).expect("it is written");
    played(&path, &[])
}

/// A level of a story in tasks or instances × seconds.
fn area(story: &Story, wanted: StoryLevel) -> f64 {
    let (_, means) = story
        .levels
        .iter()
        .find(|(level, _)| *level == wanted)
        .expect("it is there");
    let width = story.width.as_seconds_f64();
    let whole = story.length.as_seconds_f64();
    let length = |cell: usize| (whole - cell as f64 * width).min(width);
    means
        .iter()
        .enumerate()
        .map(|(cell, mean)| mean * length(cell))
        .sum()
}

fn column<'a>(results: &'a Results, level: &str) -> Option<&'a TimelineColumn> {
    let columns = &results.variants[0].timeline.columns;
    columns
        .iter()
        .find(|c| c.provider == "all" && c.level == level)
}

/// The instance that holds all twelve tasks fails. ECS notices after three minutes, until which it
/// shows them as RUNNING.
#[test]
fn tasks_of_a_dead_instance_are_not_shown_as_running() {
    let results = played(Path::new("scenarios/zone-loss.yaml"), &["packed"]);
    let story = results.variants[0].story.as_ref().expect("it has one");
    let down = area(story, StoryLevel::TasksDown);
    assert!((down - 12.0 * 180.0).abs() < 1e-6, "{down}");
    let failed = area(story, StoryLevel::InstancesFailed);
    assert!((failed - 7_200.0).abs() < 1e-6, "{failed}");
    let healthy = area(story, StoryLevel::TasksHealthy);
    let running = area(story, StoryLevel::TasksRunning);
    assert!(healthy <= running, "{healthy} {running}");
    let desired = area(story, StoryLevel::TasksDesired);
    assert!((desired - 12.0 * 12.0 * 3_600.0).abs() < 1e-6);
    // Missing from placement to the health of the new tasks, and at the start.
    let gap = (desired - healthy) / 12.0;
    assert!((220.0..300.0).contains(&gap), "{gap}");
    assert!(story.interruptions.is_empty());
}

pub const DEAD: &str = "
ecsim: 1
name: dead
region: us-east-1
until: 2h
cluster:
  capacityProviders: [{ name: fleet, fleet: [{ instanceType: m5.large, count: 1 }] }]
taskDefinitions:
  - { family: web, cpu: 1 vCPU, memory: 2 GB, containerDefinitions: [{ name: web, image: a }] }
services: [{ serviceName: web, taskDefinition: web, desiredCount: 10, launchType: EC2 }]
delays: none
";

/// Eight of ten tasks lack room. ECS has not made them, so that they do not wait; they are missing.
#[test]
fn tasks_that_lack_room_are_missing_in_the_picture() {
    let results = played_text(DEAD);
    let last = |level| {
        let column = column(&results, level).expect("it is there");
        column.points.last().expect("it has cells").mean
    };
    assert_eq!(last("tasks.waiting"), 0.0);
    assert_eq!(last("services.desired"), 10.0);
    assert_eq!(last("services.missing"), 8.0);
    assert_eq!(last("services.healthy"), 2.0);
}

/// Runs that drain at different times: the fleet is there until the end of each.
#[test]
fn the_capacity_of_a_fleet_does_not_drop_where_a_run_ends() {
    let results = played_text(
        "
ecsim: 1
name: drained
region: us-east-1
until: drained
seeds: 5
cluster:
  capacityProviders: [{ name: fleet, fleet: [{ instanceType: m5.large, count: 3 }] }]
taskDefinitions:
  - { family: job, cpu: 1 vCPU, memory: 2 GB, containerDefinitions: [{ name: job, image: a }] }
tasks:
  - name: jobs
    taskDefinition: job
    duration: { exponential: { mean: 7m } }
    arrivals: { poisson: 30/h, limit: 100 }
delays: none
",
    );
    let capacity = column(&results, "cpu.total").expect("it is there");
    assert!(capacity.points.len() > 3);
    for band in &capacity.points {
        assert_eq!((band.mean, band.min, band.max), (6.0, 6.0, 6.0));
    }
    assert_eq!(column(&results, "services.missing").map(|c| c.level), None);
}
