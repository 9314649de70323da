//! ecsim: a deterministic discrete-event simulator of container clusters on AWS.
//!
//! It plays services and jobs on ECS, on managed or fixed EC2 capacity, on Spot and on Fargate, in
//! virtual time, and says what each choice costs, how well it was used and how long work waited,
//! with error bars. The same plan and seed give the same bytes, on any machine.
//!
//! # A first run
//!
//! ```
//! use ecsim::Scenario;
//!
//! let results = Scenario::load("scenarios/quickstart.yaml")?
//!     .set("until=12h")?                    // Like `--set`; checked at once.
//!     .variants(["ec2", "fargate"])?
//!     .experiment()
//!     .seeds(3)
//!     .run()?;
//! let cost = results.variant("ec2")?.figure("cost.total.perMonth")?;
//! println!("{cost}");                       // Like the program's tables: mean ± half width.
//! for (seed, value) in cost.values() {
//!     println!("seed {seed}: {value:?} {}", cost.unit().symbol());
//! }
//! let saved = results.difference("fargate", "ec2", "cost.total.perMonth")?;
//! println!("{saved}");                      // The change, and whether it is real or luck.
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
//! Plug-ins have names. Each adds a column `variant/plug-in` to the results, played with the
//! same seeds as the built-in policies, so that differences are paired:
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
//! | to bring | implement | register with | example |
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
//! `cli`, on by default, holds the program and its crates. With `default-features = false` the
//! library is built alone, also for WebAssembly, where an experiment plays on one thread.
//!
//! # The map
//!
//! The façade is [`experiment`]; its types stand at the root of the crate. Below it is the main
//! line of rooms, each of which imports those before it, never those after:
//!
//! | room | what is there |
//! |---|---|
//! | [`units`] | newtypes that parse and print themselves: time, CPU, memory, money, rates, ratios |
//! | [`engine`] | agenda, loop, streams of random numbers; knows nothing of clusters |
//! | [`catalog`] | instance types, Fargate sizes, prices, with their sources |
//! | [`cluster`] | nouns: instances, tasks, what is promised and held, indexes that find room |
//! | [`policy`] | decisions: placement, provisioning of capacity, the service scheduler |
//! | [`plan`] | the resolved, immutable scenario of one variant; constructors and checks |
//! | [`monitoring`] | CloudWatch as the loops see it: alarms over datapoints |
//! | [`simulation`] | verbs: events, facts, the world, one handler per life cycle |
//! | [`metrics`] | observers of facts: work, levels over time |
//! | [`runner`] | variants × seeds in parallel, folded in order; `count: fit`; verdicts |
//! | `cli` | the commands; the only room that prints |
//!
//! Side rooms: [`usage`] (hourly meters), [`pricing`] (usage to bill), [`stats`] (intervals,
//! paired comparison), [`figures`] (the registry of everything that is reported),
//! [`scenario`] (files to plans), [`report`] (results to text, CSV, JSON, SVG).
//!
//! # What always holds
//!
//! - A run is a function of plan and seed. Threads, build profile and platform change
//!   nothing; no clock, host name or path gets into a result.
//! - What is random about a task is drawn when it is created, keyed by names and ordinals. A
//!   policy cannot change the workload, so that variants meet the same one.
//! - At one instant work ends before work arrives, and one placement pass closes the round.
//! - Only `simulation` schedules events; only `cluster` changes capacity; policies look.
//! - Integers decide and are billed; floats are for samples, means and reports.
//! - No instance ever promises more than it has; every promise is that of a task that is alive.
//! - Memory follows what is alive and what the report keeps, not what has happened.
//! - A problem in a scenario or a plan is a [`scenario::Problem`] with its place; a broken
//!   invariant of the model is a panic.
//!
//! # Words
//!
//! - **Instance**: an EC2 machine, or one of a type of your own, that has joined a cluster.
//! - **Task**: the unit of work that is placed, runs and ends; on ECS a task.
//! - **Service**: work that ECS keeps running, as a number of tasks or one per instance.
//! - **Entry**: an entry of a plan's `tasks`, or a service. **Lane**: an entry with one of the
//!   capacity providers that its tasks may go to.
//! - **Pool**: instances of one provider, type and zone, alike in all but what they hold.
//! - **Placement**: a policy that picks an instance for one task.
//! - **Pass**: the moment of an instant at which a scheduler decides about all tasks that wait.
//! - **Agenda**: the queue of what comes due, by time, phase and insertion.
//! - **Event**: something that comes due. **Fact**: something that happened.
//! - **Reader**, **observer**: code that is given the facts of a run as they happen.
//! - **Run**: one plan (variant) played with one seed. **Seed**: the user's number for it.
//! - **Stream**: the random numbers of one purpose of one entity at one birth.
//! - **Plan**: a variant, ready to be played. **Study**: a scenario with all its variants.
//! - **Column**: a variant with the built-in policies, or with a plug-in, in the results.
//! - **Figure**: a reported number with a path, such as `tasks.jobs.wait.p95`.
//!
//! What is modelled and what is not stands in `docs/model.md`, how the code hangs together
//! in `docs/architecture.md`.

pub mod catalog;
#[cfg(feature = "cli")]
pub mod cli;
pub mod cluster;
pub mod engine;
pub mod experiment;
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

/// What README.md shows in Rust is compiled and played with the tests of this documentation.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
