//! Reads what comes to the tasks of a service: requests (`load`) or the messages of a queue (`worker`).

use super::customized::OwnQueue;
use super::queues::Queues;
use super::scaling::{self, Scaling, Sources};
use super::tasks::Surroundings;
use super::{load, worker};
use crate::plan::{
    Demand, Load, LoadBalancerKind, MetricSources, Scheduling, ServiceMetric, Worker,
};
use crate::scenario::keys::services::MOST_TASKS;
use crate::scenario::reading::reader::Record;
use crate::units::Cpu;

/// What comes to the tasks of a service.
pub struct Traffic {
    /// Requests.
    pub load: Option<Load>,
    /// Messages of a queue.
    pub worker: Option<Worker>,
}

/// The tasks of a service, and how they scale.
pub struct Served<'s> {
    /// What each task requires.
    pub demand: &'s Demand,
    /// The CPU of the largest instance that they may run on.
    pub largest: Option<Cpu>,
    /// How their number changes.
    pub scaling: &'s Scaling,
    /// The kind of the load balancer that the requests come through; `None`: there is no target group.
    pub balancer: Option<LoadBalancerKind>,
    /// The metrics with a value each 20 seconds.
    pub high_resolution: &'s [ServiceMetric],
}

impl Traffic {
    /// Reads `load` and `worker`, of which a daemon has none.
    pub fn read(
        record: &Record<'_>,
        around: &Surroundings<'_, '_>,
        (scheduling, name): (Option<Scheduling>, Option<&str>),
    ) -> Self {
        worker::check_alone(record);
        let is_daemon = scheduling == Some(Scheduling::Daemon);
        for (key, problem) in [
            ("load", "the load of a daemon is not modelled yet"),
            (
                "worker",
                "a daemon that works on a queue is not modelled yet",
            ),
        ] {
            if let Some(at) = record.get(key).filter(|_| is_daemon) {
                at.problem(problem).hint(format!("remove `{key}`")).report();
            }
        }
        let given = |key| record.get(key).filter(|_| !is_daemon);
        let name = name.unwrap_or_default();
        Self {
            load: given("load").and_then(|at| load::read(&at, record.at.node, around)),
            worker: given("worker").and_then(|at| worker::read(&at, around.queues, name)),
        }
    }

    /// The queue that the service works on.
    pub fn own_queue<'q>(&self, queues: &'q Queues, service: Option<&'q str>) -> OwnQueue<'q> {
        let own = self.worker.as_ref().map(|worker| worker.queue);
        OwnQueue {
            queues,
            own,
            service,
        }
    }

    /// Checks that the tasks can do the work, and that the metrics of scaling policies have values.
    pub fn check(&self, record: &Record<'_>, around: &Surroundings<'_, '_>, of: &Served<'_>) {
        let most = (most_tasks(record, of.scaling), around.clock.until);
        if let (Some(load), Some(at)) = (&self.load, record.get("load")) {
            load::check(&at, load, of.demand, most, of.largest);
        }
        if let (Some(worker), Some(at)) = (&self.worker, record.get("worker"))
            && let Some(queue) = around.queues.queues.get(worker.queue)
        {
            worker::check(&at, (worker, queue), of.demand, most);
        }
        // What could not be read has been told.
        let is_told = self.load.is_none() && record.get("load").is_some()
            || self.worker.is_none() && record.get("worker").is_some();
        if let Some(at) = record.get("scaling").filter(|_| !is_told) {
            let sources = Sources {
                metrics: MetricSources {
                    has_load: self.load.is_some(),
                    has_memory: self.load.as_ref().is_some_and(Load::has_memory),
                    has_queue: self.worker.is_some(),
                    balancer: of.balancer,
                },
                high_resolution: of.high_resolution,
            };
            scaling::check_metrics(&at, of.scaling, &sources);
        }
    }
}

/// The largest number of tasks that the service may have by its scaling, or its desired count without.
fn most_tasks(record: &Record<'_>, scaling: &Scaling) -> u32 {
    match record.get("scaling") {
        Some(_) => scaling.max_capacity,
        None => record
            .get("desiredCount")
            .and_then(|at| at.integer(0, MOST_TASKS))
            .map_or(0, |count| count as u32),
    }
}
