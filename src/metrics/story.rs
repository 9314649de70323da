//! The timeline of one run, for a plot: instances and tasks by state over time, the reservation of
//! capacity providers, scaling decisions and faults. Means over seeds are in `timeline.rs`.

use crate::cluster::Task;
use crate::engine::Reader;
use crate::plan::{Plan, Provider, Scheduling};
use crate::policy::provisioning::Percent;
use crate::policy::provisioning::reservation::metric;
use crate::policy::services::within_capacity;
use crate::simulation::{Fact, ScalingReason, ServiceEvent};
use crate::units::{SECOND, SimTime, Span};
use serde::Serialize;

/// The largest number of cells. Their width doubles until this number covers the run.
const MOST_CELLS: usize = 2_000;
/// The largest number of points of a metric.
const MOST_POINTS: usize = 2_000;

/// A level that is plotted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[repr(usize)]
pub enum StoryLevel {
    /// Instances from their launch until their agent registers.
    InstancesLaunching,
    /// Instances that take tasks.
    InstancesActive,
    /// Instances that are draining.
    InstancesDraining,
    /// Tasks without capacity: in the job queue or in PROVISIONING.
    TasksWaiting,
    /// Tasks that have capacity and are not yet RUNNING.
    TasksStarting,
    /// Tasks that are RUNNING and whose desired status is RUNNING.
    TasksRunning,
    /// The sum of the desired counts of all services other than daemons.
    TasksDesired,
}

const LEVELS: usize = 7;

impl StoryLevel {
    /// Every level.
    pub const ALL: [Self; LEVELS] = [
        Self::InstancesLaunching,
        Self::InstancesActive,
        Self::InstancesDraining,
        Self::TasksWaiting,
        Self::TasksStarting,
        Self::TasksRunning,
        Self::TasksDesired,
    ];
}

/// The reservation of a provider from a time on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MetricPoint {
    /// Time of the measurement.
    pub at: SimTime,
    /// `CapacityProviderReservation` in hundredths of a percent.
    pub hundredths: u64,
}

/// One change of a group's desired capacity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScalingDecision {
    /// The time at which the desired capacity changed.
    pub at: SimTime,
    /// Index of the provider in the plan.
    pub provider: usize,
    /// Desired capacity before.
    pub from: u32,
    /// Desired capacity after.
    pub to: u32,
    /// The reason.
    pub why: ScalingReason,
}

/// An occurrence of a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FaultSpan {
    /// Index of the fault in the plan.
    pub fault: usize,
    /// Number of the occurrence within the fault.
    pub occurrence: u32,
    /// Beginning.
    pub from: SimTime,
    /// End; `None` when it does not end within the run.
    pub to: Option<SimTime>,
}

/// Records the timeline of one run.
#[derive(Clone, Debug)]
pub struct StoryReader {
    origin: SimTime,
    now: [u64; LEVELS],
    since: SimTime,
    width: u64,
    /// The integrals of each cell: level × µs.
    cells: Vec<[u128; LEVELS]>,
    /// The level that each instance counts for.
    instances: Vec<Option<StoryLevel>>,
    is_daemon: Vec<bool>,
    metrics: Vec<Vec<MetricPoint>>,
    /// By provider: `targetCapacity`; 100 without managed scaling.
    targets: Vec<u32>,
    /// Every scaling decision of the reported time.
    pub decisions: Vec<ScalingDecision>,
    /// Every occurrence of a fault; faults that are drawn for each container or Fargate task by
    /// itself are left out.
    pub faults: Vec<FaultSpan>,
}

impl StoryReader {
    /// An empty timeline for one run of a plan; it begins at the end of the warm-up.
    pub fn new(plan: &Plan) -> Self {
        let origin = SimTime::ZERO + plan.warm_up;
        let is_daemon = |s: &crate::plan::Service| s.scheduling == Scheduling::Daemon;
        let replicas = plan.services.iter().filter(|s| !is_daemon(s));
        let desired = replicas.map(|s| {
            u64::from(within_capacity(
                s.desired_count,
                s.min_capacity,
                s.max_capacity,
            ))
        });
        let mut now = [0; LEVELS];
        now[StoryLevel::TasksDesired as usize] = desired.sum();
        Self {
            origin,
            now,
            since: origin,
            width: SECOND,
            cells: Vec::new(),
            instances: Vec::new(),
            is_daemon: plan.services.iter().map(is_daemon).collect(),
            metrics: vec![Vec::new(); plan.cluster.providers.len()],
            targets: plan
                .cluster
                .providers
                .iter()
                .map(Provider::target_capacity)
                .collect(),
            decisions: Vec::new(),
            faults: Vec::new(),
        }
    }

    /// Integrates the present levels up to `now`, cell by cell.
    fn advance(&mut self, now: SimTime) {
        while self.since < now {
            let passed = self.since.since(self.origin).as_micros();
            let mut cell = (passed / self.width) as usize;
            while cell >= MOST_CELLS {
                self.halve();
                cell = (passed / self.width) as usize;
            }
            if cell >= self.cells.len() {
                self.cells.resize(cell + 1, [0; LEVELS]);
            }
            let end = self.origin + Span::micros((cell as u64 + 1) * self.width);
            let until = end.min(now);
            let length = u128::from((until - self.since).as_micros());
            for (sum, level) in self.cells[cell].iter_mut().zip(self.now) {
                *sum += u128::from(level) * length;
            }
            self.since = until;
        }
    }

    /// Merges pairs of cells and doubles their width.
    fn halve(&mut self) {
        let pairs = self.cells.chunks(2).map(|pair| {
            let mut sums = pair[0];
            for other in &pair[1..] {
                sums.iter_mut()
                    .zip(other)
                    .for_each(|(sum, own)| *sum += own);
            }
            sums
        });
        self.cells = pairs.collect();
        self.width *= 2;
    }

    fn up(&mut self, level: StoryLevel) {
        self.now[level as usize] += 1;
    }

    fn down(&mut self, level: StoryLevel) {
        self.now[level as usize] -= 1;
    }

    /// Moves an instance to another level, or to none.
    fn instance(&mut self, index: usize, to: Option<StoryLevel>) {
        if index >= self.instances.len() {
            self.instances.resize(index + 1, None);
        }
        if let Some(from) = std::mem::replace(&mut self.instances[index], to) {
            self.down(from);
        }
        if let Some(to) = to {
            self.up(to);
        }
    }

    /// Removes a task that is to stop or has left from its level.
    fn leave(&mut self, task: &Task) {
        self.down(match task {
            task if task.running => StoryLevel::TasksRunning,
            task if task.attempts > 0 => StoryLevel::TasksStarting,
            _ => StoryLevel::TasksWaiting,
        });
    }

    /// Completes the timeline at the end of the run.
    pub fn finish(&mut self, end: SimTime) {
        self.advance(end);
        let length = end.since(self.origin).as_micros();
        for points in &mut self.metrics {
            if points.len() > MOST_POINTS {
                *points = thinned(points, self.origin, length);
            }
        }
    }

    /// Width of a cell.
    pub fn width(&self) -> Span {
        Span::micros(self.width)
    }

    /// The time mean of a level in each cell. The last cell ends with the run.
    pub fn means(&self, level: StoryLevel) -> Vec<f64> {
        let end = self.since.since(self.origin).as_micros();
        let mean = |(cell, sums): (usize, &[u128; LEVELS])| {
            let length = (end - cell as u64 * self.width).min(self.width);
            sums[level as usize] as f64 / length as f64
        };
        self.cells.iter().enumerate().map(mean).collect()
    }

    /// The reservation of a provider: a point per change.
    pub fn metric(&self, provider: usize) -> &[MetricPoint] {
        &self.metrics[provider]
    }

    /// Adds a point of a provider's metric; `None` stands for its target.
    fn measure(&mut self, at: SimTime, provider: usize, percent: Option<Percent>) {
        let percent = percent.unwrap_or(Percent::whole(self.targets[provider]));
        let point = MetricPoint {
            at,
            hundredths: percent.hundredths(),
        };
        let points = &mut self.metrics[provider];
        if points
            .last()
            .is_none_or(|last| last.hundredths != point.hundredths)
        {
            points.push(point);
        }
    }
}

/// Keeps the least and the largest point of each of 1,000 parts of the time, in order of time.
fn thinned(points: &[MetricPoint], origin: SimTime, length: u64) -> Vec<MetricPoint> {
    let part = (length / (MOST_POINTS as u64 / 2)).max(1);
    let of = |point: &MetricPoint| point.at.since(origin).as_micros() / part;
    let mut kept = Vec::new();
    for group in points.chunk_by(|a, b| of(a) == of(b)) {
        let least = group.iter().min_by_key(|p| p.hundredths);
        let most = group.iter().max_by_key(|p| p.hundredths);
        let mut two: Vec<MetricPoint> = [least, most].into_iter().flatten().copied().collect();
        two.sort_by_key(|point| point.at);
        two.dedup();
        kept.extend(two);
    }
    kept
}

impl Reader<Fact> for StoryReader {
    fn read(&mut self, now: SimTime, fact: &Fact) {
        use StoryLevel as L;
        self.advance(now);
        match fact {
            Fact::InstanceLaunched(of) => {
                self.instance(of.instance.index(), Some(L::InstancesLaunching));
            }
            Fact::InstanceRegistered(of) | Fact::InstanceRecovered(of) => {
                self.instance(of.instance.index(), Some(L::InstancesActive));
            }
            Fact::InstanceDraining(of) => {
                self.instance(of.instance.index(), Some(L::InstancesDraining));
            }
            Fact::InstanceFailed(of) | Fact::InstanceGone(of, _) => {
                self.instance(of.instance.index(), None);
            }
            Fact::TaskArrived(_) => self.up(L::TasksWaiting),
            Fact::TaskRejected(..) => self.down(L::TasksWaiting),
            Fact::TaskPlaced(_) => {
                self.down(L::TasksWaiting);
                self.up(L::TasksStarting);
            }
            Fact::TaskStarted(_) => {
                self.down(L::TasksStarting);
                self.up(L::TasksRunning);
            }
            Fact::TaskStopping(of, _) => self.leave(&of.task),
            Fact::TaskFinished(of) | Fact::TaskStopped(of, _) if !of.task.stopping => {
                self.leave(&of.task);
            }
            Fact::TaskInterrupted(of, ..) => {
                if !of.task.stopping {
                    self.leave(&of.task);
                }
                self.up(L::TasksWaiting);
            }
            Fact::Service(service, ServiceEvent::DesiredCountUpdated { from, to })
                if !self.is_daemon[service.index()] =>
            {
                let desired = &mut self.now[L::TasksDesired as usize];
                *desired = *desired + u64::from(*to) - u64::from(*from);
            }
            Fact::FaultBegan(fault, occurrence) => self.faults.push(FaultSpan {
                fault: *fault,
                occurrence: *occurrence,
                from: now,
                to: None,
            }),
            Fact::FaultEnded(fault, occurrence) => {
                let ended = (*fault, *occurrence);
                let mut spans = self.faults.iter_mut().rev();
                if let Some(span) = spans.find(|span| (span.fault, span.occurrence) == ended) {
                    span.to = Some(now);
                }
            }
            Fact::CapacityMeasured {
                provider,
                needed,
                running,
                at_target,
            } => {
                let percent = (!at_target).then(|| metric(*needed, *running));
                self.measure(now, provider.index(), percent);
            }
            Fact::GroupScaled {
                provider,
                from,
                to,
                why,
            } if now >= self.origin => self.decisions.push(ScalingDecision {
                at: now,
                provider: provider.index(),
                from: *from,
                to: *to,
                why: *why,
            }),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reader(warm_up: Span) -> StoryReader {
        let mut plan = Plan {
            warm_up,
            ..Plan::default()
        };
        plan.cluster.providers.push(crate::plan::Provider {
            name: "group".into(),
            capacity: crate::plan::Capacity::Fargate,
        });
        StoryReader::new(&plan)
    }

    #[test]
    fn cells_double_and_keep_the_time_mean() {
        let mut story = reader(Span::seconds(10));
        story.up(StoryLevel::TasksRunning);
        story.advance(SimTime::ZERO + Span::seconds(10 + 500));
        story.up(StoryLevel::TasksRunning);
        story.finish(SimTime::ZERO + Span::seconds(10 + 4_500));
        assert_eq!(story.width(), Span::seconds(4));
        let means = story.means(StoryLevel::TasksRunning);
        assert_eq!(means.len(), 1_125);
        assert_eq!((means[124], means[125], means[1_124]), (1.0, 2.0, 2.0));
    }

    #[test]
    fn a_long_metric_keeps_its_peaks() {
        let mut story = reader(Span::ZERO);
        for minute in 0..100_000u32 {
            let needed = if minute == 77_777 { 9 } else { minute % 2 + 1 };
            story.measure(
                SimTime::ZERO + Span::seconds(60 * u64::from(minute)),
                0,
                Some(metric(needed, 1)),
            );
        }
        story.finish(SimTime::ZERO + Span::seconds(6_000_000));
        let points = story.metric(0);
        assert!(points.len() <= MOST_POINTS && points.len() > MOST_POINTS / 2);
        assert!(points.iter().any(|point| point.hundredths == 90_000));
        assert!(points.is_sorted_by_key(|point| point.at));
    }
}
