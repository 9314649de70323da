//! ecsim: a deterministic discrete-event simulator of container clusters on AWS.
//!
//! It simulates services and jobs on ECS, with managed or fixed EC2 capacity, with Spot and with
//! Fargate. For each choice of capacity it reports the cost, the utilization and the waits, each
//! with a confidence interval. The same plan and seed give the same bytes on any machine.
//!
//! A simulation needs three things: a *scenario* (cluster, work, prices, and *variants* of them to
//! compare), *seeds* for the random draws, and *policies*, built in or your own. A *run* is one
//! variant with one seed. Every run yields *figures*, such as `cost.total.perMonth`; the results
//! are their means over the seeds, and differences between variants, seed by seed.
//!
//! # A first run
//!
//! ```
//! use ecsim::Scenario;
//!
//! let results = Scenario::load("scenarios/quickstart.yaml")?
//!     .set("until=12h")?                    // Like `--set`; checked here.
//!     .variants(["ec2", "fargate"])?
//!     .experiment()
//!     .seeds(3)
//!     .run()?;
//! let cost = results.variant("ec2")?.figure("cost.total.perMonth")?;
//! println!("{cost}");                       // Mean ± half of the 95 % interval.
//! for (seed, value) in cost.values() {
//!     println!("seed {seed}: {value:?} {}", cost.unit().symbol());
//! }
//! let saved = results.difference("fargate", "ec2", "cost.total.perMonth")?;
//! println!("{saved}");                      // The change, and whether it is significant.
//! assert!(saved.is_real() && saved.mean() < Some(0.0));
//! # Ok::<(), ecsim::Error>(())
//! ```
//!
//! A [`Scenario`] comes from a file, from a text or from [`plan::Plan`]s built by hand, and is
//! always checked. An [`Experiment`] plays each of its variants with the same seeds.
//! [`Results`] are read by the name of a variant and the path of a figure. An [`Error`] prints
//! like the messages of the program, with the place of a problem and the nearest right name.
//!
//! # Your own policies and observers
//!
//! A plug-in is a policy of yours with a name. Each adds a column `variant/plug-in` to the results,
//! played with the same seeds as the built-in policies, so that differences are paired:
//!
//! ```
//! use ecsim::Scenario;
//! use ecsim::cluster::{Cluster, InstanceId};
//! use ecsim::policy::placement::{Placement, Work};
//!
//! /// The instance with the most free memory.
//! struct MostFree;
//!
//! impl Placement for MostFree {
//!     fn place(&mut self, work: &Work<'_>, cluster: &Cluster) -> Option<InstanceId> {
//!         let used = |_, at: &ecsim::cluster::Instance| std::cmp::Reverse(at.free_memory());
//!         cluster.scan(&work.request(), used).map(|(_, instance)| instance)
//!     }
//! }
//!
//! let results = Scenario::load("scenarios/quickstart.yaml")?
//!     .set("until=12h")?
//!     .variants(["ec2"])?
//!     .experiment()
//!     .seeds(2)
//!     .placement("most-free", || MostFree)
//!     .run()?;
//! let by = results.difference("ec2/most-free", "ec2", "capacity.all.memory.reserved")?;
//! assert!(by.mean().is_some());
//! # Ok::<(), ecsim::Error>(())
//! ```
//!
//! | to add | implement | register with | example |
//! |---|---|---|---|
//! | a placement policy | [`policy::placement::Placement`] | [`Experiment::placement`] | `own_policy` |
//! | a whole scheduler | [`policy::placement::Scheduler`] | [`Experiment::scheduler`] | `own_scheduler` |
//! | an autoscaler | [`policy::provisioning::Autoscaler`] | [`Experiment::autoscaler`] | `own_autoscaler` |
//! | an observer | [`engine::Reader`] of [`simulation::Fact`] | [`Experiment::observe`] | `own_observer` |
//! | the end of a run | a function of a fact | [`Experiment::stop_at`] | `own_observer` |
//! | work | an iterator of [`plan::TraceRow`] | [`plan::Arrivals::rows`] | `own_workload` |
//!
//! The folder `examples/` has these, a first run (`first_run`) and a sweep that prints a table
//! (`sweep`). [`plan`] shows how a plan is built by hand.
//!
//! # Features
//!
//! `cli`, on by default, contains the program: the module `cli`, the tables for the terminal
//! (`report::terminal`, `Display` of [`Results`]) and the crates that only they need (`clap`,
//! `clap_complete`, `clap_mangen`, `comfy-table`, `ctrlc`, `indicatif`). With
//! `default-features = false` the library is built without them, also for WebAssembly, where an
//! experiment plays on one thread.
//!
//! # The map
//!
//! A top-level module is called a *room*. The façade is the room [`experiment`]; its types are
//! re-exported at the root of the crate. The rooms of the main line each import only rooms that
//! stand before them in this table:
//!
//! | room | what is there |
//! |---|---|
//! | [`units`] | types with parsers and printers: time, CPU, memory, money, rates, ratios |
//! | [`engine`] | event queue, event loop, streams of random numbers; nothing about clusters |
//! | [`catalog`] | instance types, Fargate sizes and prices, each with its source |
//! | [`cluster`] | state of instances and tasks, promised and held capacity, indexes for placement |
//! | [`policy`] | decisions without side effects: placement, provisioning, the service scheduler |
//! | [`plan`] | the resolved, immutable scenario of one variant; constructors and checks |
//! | [`monitoring`] | CloudWatch as control loops read it: metrics with delay, alarms over datapoints |
//! | [`simulation`] | what happens: events, facts, the state of a run, a handler per event |
//! | [`metrics`] | readers of facts that compute counts, waits and levels over time |
//! | [`runner`] | variants × seeds in parallel, folded in order; `count: fit`; verdicts |
//! | `cli` | the commands; the only room that prints |
//!
//! Beside the main line: [`usage`] (meters by the hour), [`pricing`] (usage to bill), [`stats`]
//! (intervals, paired comparison), [`figures`] (the registry of figures), [`scenario`] (files to
//! plans), [`report`] (results to text, CSV, JSON, SVG), [`explain`] (why a task waits or is where it is).
//!
//! # Invariants
//!
//! - A run is a function of plan and seed. Threads, build profile and platform do not change it;
//!   no wall clock, host name or path enters a result.
//! - The size and the run time of a task are drawn when it is created, with a key of names and
//!   ordinals. A policy cannot change these draws, so that all variants have the same work.
//! - At one instant tasks end before tasks arrive, and one placement pass follows.
//! - Only `simulation` schedules events; only `cluster` changes capacity; policies only read.
//! - Decisions and bills use integers; floats are for samples, means and reports.
//! - The promised capacity of an instance never exceeds its registered capacity, and every promise
//!   belongs to a task that has not ended.
//! - Memory grows with the tasks and instances that exist and with the size of the report, not with
//!   the number of past events.
//! - An error in a scenario or a plan is a [`scenario::Problem`] with its place; a violated
//!   invariant of the model is a panic.
//!
//! # Words
//!
//! - **Instance**: an EC2 instance, or one of a user-defined type, of a cluster.
//! - **Task**: an ECS task: the unit of work that is placed, runs and ends.
//! - **Service**: an ECS service, which keeps a number of tasks running (replicas), or one per
//!   instance (daemon).
//! - **Standalone work**: tasks that no service manages, from the entries of `tasks`.
//! - **Entry**: an entry of a plan's `tasks`. **Lane**: an entry or a service, together with one of
//!   the capacity providers that its tasks may use.
//! - **Pool**: the instances of one provider, type and zone; they differ only in their tasks.
//! - **Placement**: a policy that chooses an instance for one task.
//! - **Promised** capacity: reserved by the placement of tasks; placement uses it. **Held**
//!   capacity: occupied by containers; the agent uses it.
//! - **Pass**: one call of the scheduler, which decides about all waiting tasks.
//! - **Agenda**: the event queue, ordered by time, phase and order of insertion.
//! - **Event**: a scheduled change of the state of a run. **Fact**: a record of a change that has
//!   happened.
//! - **Reader**, **observer**: code that receives the facts of a run in order.
//! - **Run**: one plan (variant) played with one seed. **Seed**: the number from which all random
//!   draws of a run follow.
//! - **Stream**: the random numbers of one key (seed, purpose, name, ordinal).
//! - **Plan**: one variant in full, ready to be played. **Study**: the plans of all variants.
//! - **Column**: a variant with the built-in policies, or with a plug-in, in the results.
//! - **Figure**: a reported number with a path, such as `tasks.jobs.wait.p95`.
//!
//! `docs/model.md` describes what is modelled and what is not, `docs/architecture.md` the structure
//! of the code. Comments cite facts about AWS by number: `facts/ecs.md 57` is fact 57 of
//! `docs/facts/ecs.md`.

pub mod catalog;
#[cfg(feature = "cli")]
pub mod cli;
pub mod cluster;
pub mod engine;
pub mod experiment;
pub mod explain;
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

pub use experiment::{Error, Experiment, Results, Scenario};

/// The Rust examples of README.md, compiled and run as documentation tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
