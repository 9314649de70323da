//! `count: fit` where no count can fit: it says so, and soon.

use ecsim::runner::{self, Options, RunError, built_in_scheduler};
use ecsim::scenario::{self, Embedded};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// A fleet of the fitting size for ten small jobs and these.
fn scenario(tasks: &str) -> String {
    format!(
        "\
ecsim: 1
name: fitting
until: drained
seeds: 4
cluster:
  capacityProviders:
    - name: fleet
      fleet: [{{ instanceType: m6i.large, count: fit }}]
taskDefinitions:
  - family: job
    cpu: 1024
    memory: 2048
    containerDefinitions: [{{ name: job, image: job }}]
tasks:
  - {{ name: small, taskDefinition: job, arrivals: {{ every: 1m, limit: 10 }}, duration: 5m }}
{tasks}
delays: none
"
    )
}

/// How the fit ends, and how many runs it took.
fn fit(tasks: &str, threads: usize) -> (String, usize) {
    let loaded = scenario::load_text("fitting.yaml", &scenario(tasks), &[], &Embedded)
        .expect("the scenario is sound");
    let options = Options {
        seeds: vec![1],
        threads: threads.try_into().ok(),
        ..Options::default()
    };
    let runs = AtomicUsize::new(0);
    let schedulers = |plan: &_| {
        runs.fetch_add(1, Ordering::Relaxed);
        built_in_scheduler(plan)
    };
    let stop = AtomicBool::new(false);
    let ended = runner::run(&loaded.study, &options, &schedulers, &mut (), &(), &stop);
    let words = match ended {
        Ok((results, _)) => {
            let fit = results.variants[0].fit.as_ref();
            format!("fits with {}", fit.expect("a count was wanted").count)
        }
        Err(error @ RunError::NoFit { .. }) => error.to_string(),
        Err(error) => panic!("{error}"),
    };
    (words, runs.into_inner())
}

#[test]
fn a_task_that_fits_no_instance_ends_the_search_at_once() {
    // Half of the draws are above the 8 GiB of an m6i.large.
    let tasks = "  - { name: big, taskDefinition: job, arrivals: { every: 1m, limit: 20 }, duration: 1m, \
                 overrides: { memory: { lognormal: { median: 8 GiB, p99: 64 GiB } } } }";
    let (words, runs) = fit(tasks, 1);
    assert_eq!(
        words,
        "variant `base`: `count: fit` found no count that fits, up to 1: \
         a task of `big` fits on no instance of any type (seed 1)"
    );
    assert!(runs <= 4, "{runs} runs");
    assert_eq!(fit(tasks, 2).0, words);
}

#[test]
fn a_task_that_fits_no_instance_is_found_behind_those_that_wait() {
    // A hundred tasks wait at time zero for every count below 50; the large one comes later.
    let tasks =
        "  - { name: many, taskDefinition: job, arrivals: { at: [0s] }, count: 100, duration: 9m }
  - { name: big, taskDefinition: job, arrivals: { at: [1m] }, duration: 1m, \
      overrides: { memory: { lognormal: { median: 800 GiB, p99: 801 GiB } } } }";
    let (words, runs) = fit(tasks, 1);
    assert!(
        words.contains("a task of `big` fits on no instance"),
        "{words}"
    );
    assert!(runs <= 10, "{runs} runs");
}

#[test]
fn what_only_waits_still_finds_its_count() {
    let tasks = "  - { name: many, taskDefinition: job, arrivals: { at: [0s] }, count: 100, duration: 10s }";
    assert_eq!(fit(tasks, 2).0, "fits with 50");
}
