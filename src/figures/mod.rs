//! The registry of figures: everything that can be reported. A figure is a value of the enum
//! [`Measure`] and is named by its path. The tables in `table`, `tasks`, `services`, `waits` and
//! `deployments` give the end of the path, the unit, the direction that is better and one line of
//! documentation. `summary.json`, the headers of `runs.csv`, `expect` and the comparison read them. A
//! new figure is one row there; the compiler then requires the arm that computes its value, in
//! `runner/values/`.
//!
//! A path is `kind.name.figure[.statistic]`: `cost.total.perMonth`,
//! `capacity.on-demand.cpu.reserved`, `tasks.nightly-reports.wait.p95`,
//! `service.web.available.share`. `all` stands for every provider, entry or service together.
//! A level (`levels`) has a value at each time of a run: `service.web.running`.
//! Without `.pooled` a figure is the mean over seeds of one value per run; with it a quantile is
//! taken over all seeds' tasks together.

mod definition;
mod deployments;
mod figure;
mod levels;
mod load;
mod measure;
mod names;
mod queues;
mod services;
mod table;
mod tasks;
mod waits;

pub use definition::{Better, Definition, Unit};
pub use deployments::{DeploymentCostFigure, DeploymentFigure};
pub use figure::{Figure, all};
pub use levels::{LevelOf, LevelPath, ProviderLevel, ServiceLevel, TasksLevel, levels};
pub use load::LoadFigure;
pub use measure::{CostOf, Measure, Of, StartKind};
pub use names::Names;
pub use queues::QueueFigure;
pub use services::{ServiceFigure, StartFigure};
pub use table::{CapacityFigure, CostFigure, FaultFigure, RunFigure};
pub use tasks::TaskFigure;
pub use waits::WaitReason;
