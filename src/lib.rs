//! ecsim: a deterministic discrete-event simulator of container clusters on AWS.
//!
//! It plays services and jobs on ECS, on managed or fixed EC2 capacity, on Spot and on Fargate, in
//! virtual time, and says what each choice costs, how well it was used and how long work waited,
//! with error bars. The same plan and seed give the same bytes, on any machine.
//!
//! # A first run
//!
//! ```
//! use ecsim::{runner, scenario, scenario::Embedded};
//! # let stop = std::sync::atomic::AtomicBool::new(false);
//! # let set = ["until=12h".to_string()];
//! # let variants = ["fargate".to_string()];
//! # let path = std::path::Path::new("scenarios/quickstart.yaml");
//! let request = scenario::Request { path, set: &set, variants: &variants, seeds: None };
//! let study = scenario::load(&request, &Embedded).expect("the scenario has no problems").study;
//! let options = runner::Options { seeds: vec![1, 2, 3], threads: None };
//! let schedulers = &runner::built_in_scheduler;
//! let (results, _) = runner::run(&study, &options, schedulers, &mut (), &(), &stop)?;
//! let cost = results.variants[0].figures.iter().find(|f| f.figure.path == "cost.total.perMonth");
//! assert!(cost.is_some_and(|cost| cost.estimate.mean > Some(0.0)));
//! # Ok::<(), runner::RunError>(())
//! ```
//!
//! `examples/own_policy.rs` plugs in a placement policy and a whole scheduler of one's own.
//!
//! # The map
//!
//! The main line; each room imports those before it, never those after:
//!
//! | room | what is there |
//! |---|---|
//! | [`units`] | newtypes that parse and print themselves: time, CPU, memory, money, rates, ratios |
//! | [`engine`] | agenda, loop, streams of random numbers; knows nothing of clusters |
//! | [`catalog`] | instance types, Fargate sizes, prices, with their sources |
//! | [`cluster`] | nouns: instances, tasks, what is promised and held, indexes that find room |
//! | [`policy`] | opinions: placement, provisioning of capacity, the service scheduler |
//! | [`plan`] | the resolved, immutable scenario of one variant |
//! | [`monitoring`] | CloudWatch as the loops see it: alarms over datapoints |
//! | [`simulation`] | verbs: events, facts, the world, one handler per life cycle |
//! | [`metrics`] | observers of facts: work, levels over time |
//! | [`runner`] | variants × seeds in parallel, folded in order; `count: fit`; verdicts |
//! | [`cli`] | the commands; the only room that prints |
//!
//! Side rooms: [`usage`] (hourly meters), [`pricing`] (usage to bill), [`stats`] (intervals,
//! paired comparison), [`figures`] (the registry of everything that is reported),
//! [`scenario`] (files to plans), [`report`] (results to text, CSV, JSON, SVG).
//!
//! # What always holds
//!
//! - A run is a function of plan and seed. Threads, build profile and platform change
//!   nothing; no clock, host name or path gets into a result.
//! - What is random about a task is drawn when it is born, keyed by names and ordinals. A
//!   policy cannot change the workload, so variants meet the same one.
//! - At one instant work ends before work arrives, and one placement pass closes the round.
//! - Only `simulation` schedules events; only `cluster` changes capacity; policies look.
//! - Integers decide and are billed; floats are for samples, means and reports.
//! - No instance ever promises more than it has; every promise is some living task's.
//! - Memory follows what is alive and what the report keeps, not what has happened.
//! - A problem in a scenario is a [`scenario::Problem`] with its place; a broken invariant
//!   of the model is a panic.
//!
//! # Words
//!
//! - **Instance**: an EC2 machine, or one of the user's own types, that has joined a cluster.
//! - **Task**: the unit of work that is placed, runs and ends; on ECS a task.
//! - **Service**: work that ECS keeps running, as so many tasks or one per instance.
//! - **Entry**: an entry of a plan's `tasks`, or a service. **Lane**: an entry with one of the
//!   capacity providers that its tasks may go to.
//! - **Pool**: instances of one provider, type and zone, alike in all but what they hold.
//! - **Placement**: a policy that picks an instance for one task.
//! - **Pass**: the moment of an instant at which a scheduler decides about all who wait.
//! - **Agenda**: the queue of what comes due, by time, phase and insertion.
//! - **Event**: something that comes due. **Fact**: something that happened.
//! - **Reader**: someone who is told facts as they happen.
//! - **Run**: one plan (variant) played with one seed. **Seed**: the user's number for it.
//! - **Stream**: the random numbers of one purpose of one entity at one birth.
//! - **Plan**: a variant, ready to be played. **Study**: a scenario with all its variants.
//! - **Figure**: a reported number with a path, such as `tasks.jobs.wait.p95`.
//!
//! What is modelled and what is not stands in `docs/model.md`, how the code hangs together
//! in `docs/architecture.md`.

pub mod catalog;
#[cfg(feature = "cli")]
pub mod cli;
pub mod cluster;
pub mod engine;
pub mod figures;
pub mod metrics;
pub mod monitoring;
pub mod plan;
pub mod policy;
pub mod pricing;
pub mod report;
pub mod runner;
pub mod scenario;
pub mod simulation;
pub mod stats;
pub mod units;
pub mod usage;

/// What README.md shows in Rust is compiled and played with the tests of this documentation.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
