//! The timeline of one run, for a plot: instances and tasks by state over time, the reservation of
//! capacity providers, scaling decisions, interruptions and faults. Means over seeds are in
//! `timeline.rs`.

use super::interruptions::{Interruptions, interrupted, joined};
use super::reservations::{MetricPoint, Reservations};
use super::rollout_story::{RolloutStories, RolloutStory};
use super::story_amounts::{of_credits, of_messages, of_requests};
use super::story_levels::{LEVELS, StoryLevel, StoryLevels};
use crate::engine::Reader;
use crate::plan::{Plan, Scheduling};
use crate::policy::services::within_capacity;
use crate::simulation::{Fact, InstanceEnd, Scaled, ScalingReason, ServiceEvent, StopReason};
use crate::units::{SECOND, SimTime, Span};

/// The largest number of cells. Their width doubles until this number covers the run.
const MOST_CELLS: usize = 2_000;

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

/// One change of a service's desired count by a scaling policy or a scheduled action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PolicyDecision {
    /// The time of the change.
    pub at: SimTime,
    /// Index of the service in the plan.
    pub service: usize,
    /// What decided, and why.
    pub scaled: Scaled,
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
    levels: StoryLevels,
    since: SimTime,
    width: u64,
    /// The integrals of each cell: level × µs.
    cells: Vec<[u128; LEVELS]>,
    is_daemon: Vec<bool>,
    reservations: Reservations,
    /// Every scaling decision of the reported time.
    pub decisions: Vec<ScalingDecision>,
    /// Every decision of a target tracking policy in the reported time.
    pub policies: Vec<PolicyDecision>,
    /// Every occurrence of a fault; faults that are drawn for each container or Fargate task by
    /// itself are left out.
    pub faults: Vec<FaultSpan>,
    /// Interruptions in the reported time.
    pub interruptions: Vec<Interruptions>,
    rollouts: RolloutStories,
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
        let mut levels = StoryLevels::default();
        levels.now[StoryLevel::TasksDesired as usize] = desired.sum();
        Self {
            origin,
            levels,
            since: origin,
            width: SECOND,
            cells: Vec::new(),
            is_daemon: plan.services.iter().map(is_daemon).collect(),
            reservations: Reservations::new(plan),
            decisions: Vec::new(),
            policies: Vec::new(),
            faults: Vec::new(),
            interruptions: Vec::new(),
            rollouts: RolloutStories::new(plan),
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
            for (sum, level) in self.cells[cell].iter_mut().zip(self.levels.now) {
                *sum += u128::from(level) * length;
            }
            self.since = until;
        }
    }

    /// The desired count of a service changes, by a policy or otherwise.
    fn service(&mut self, at: SimTime, service: usize, event: ServiceEvent) {
        match event {
            ServiceEvent::DesiredCountUpdated { from, to } if !self.is_daemon[service] => {
                let desired = &mut self.levels.now[StoryLevel::TasksDesired as usize];
                *desired = *desired + u64::from(to) - u64::from(from);
            }
            ServiceEvent::Scaled(scaled) if at >= self.origin => {
                self.policies.push(PolicyDecision {
                    at,
                    service,
                    scaled,
                });
            }
            _ => {}
        }
    }

    /// Adds amounts that passed evenly in the time up to now. Its length is `span`; it lies within the
    /// reported time, or before it.
    fn spread(&mut self, span: Span, amounts: &[(StoryLevel, u128)]) {
        let to = self.since.since(self.origin).as_micros();
        if to < span.as_micros() || span == Span::ZERO {
            return;
        }
        let span_micros = u128::from(span.as_micros());
        let mut from = to - span.as_micros();
        while from < to {
            let cell = from / self.width;
            let end = ((cell + 1) * self.width).min(to);
            let part = u128::from(end - from);
            for (level, amount) in amounts {
                // In two steps, as the product of the whole amount could be too large.
                let (rate, rest) = (amount / span_micros, amount % span_micros);
                let of_cell = rate * part + rest * part / span_micros;
                self.cells[cell as usize][*level as usize] += of_cell;
            }
            from = end;
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

    /// Counts an interruption by AWS in the reported time.
    fn interrupted(&mut self, now: SimTime, instances: u32, fargate_tasks: u32) {
        if now >= self.origin {
            interrupted(&mut self.interruptions, now, instances, fargate_tasks);
        }
    }

    /// Completes the timeline at the end of the run.
    pub fn finish(&mut self, end: SimTime) {
        self.advance(end);
        let length = end.since(self.origin).as_micros();
        self.reservations.finish(self.origin, length);
        self.interruptions = joined(&self.interruptions, self.origin, length);
    }

    /// The deployment that teaches most; `None` for a run without deployments. To be called once, at
    /// the end.
    pub fn rollout(&mut self) -> Option<RolloutStory> {
        self.rollouts.finish()
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
        self.reservations.of(provider)
    }
}

impl StoryReader {
    /// Reads a fact about a task.
    fn read_task(&mut self, now: SimTime, fact: &Fact) {
        use StoryLevel as L;
        match fact {
            Fact::TaskArrived(_) => self.levels.up(L::TasksWaiting),
            Fact::TaskRejected(..) => self.levels.down(L::TasksWaiting),
            Fact::TaskPlaced(_) => {
                self.levels.down(L::TasksWaiting);
                self.levels.up(L::TasksStarting);
            }
            Fact::TaskStarted(of) => self.levels.started(of),
            Fact::TaskHealth(of, healthy) => self.levels.health(of, *healthy),
            Fact::TaskStopping(of, why) => {
                self.levels.leave(of);
                if *why == StopReason::SpotInterruption {
                    self.interrupted(now, 0, 1);
                }
            }
            Fact::TaskFinished(of) if !of.task.stopping => self.levels.leave(of),
            Fact::TaskStopped(of, why) if !of.task.stopping => {
                self.levels.leave(of);
                if *why == StopReason::SpotInterruption {
                    self.interrupted(now, 0, 1);
                }
            }
            Fact::TaskInterrupted(of, why, _) => {
                if !of.task.stopping {
                    self.levels.leave(of);
                    if *why == StopReason::SpotInterruption {
                        self.interrupted(now, 0, 1);
                    }
                }
                self.levels.up(L::TasksWaiting);
            }
            _ => {}
        }
    }
}

impl Reader<Fact> for StoryReader {
    fn wants_steps(&self) -> bool {
        false
    }

    fn read(&mut self, now: SimTime, fact: &Fact) {
        use StoryLevel as L;
        self.advance(now);
        self.rollouts.read(now, fact);
        match fact {
            Fact::InstanceLaunched(of) => {
                self.levels
                    .instance(of.instance, Some(L::InstancesLaunching));
            }
            Fact::InstanceRegistered(of)
            | Fact::InstanceActivated(of)
            | Fact::InstanceRecovered(of) => {
                let level = match of.spot {
                    true => L::InstancesSpot,
                    false => L::InstancesOnDemand,
                };
                self.levels.instance(of.instance, Some(level));
            }
            Fact::InstanceDraining(of) => {
                self.levels
                    .instance(of.instance, Some(L::InstancesDraining));
            }
            Fact::InstanceFailed(of) => {
                self.levels.instance(of.instance, Some(L::InstancesFailed));
                self.levels.lose(now, of.instance);
            }
            Fact::InstanceDeregistered(of) => self.levels.instance(of.instance, None),
            Fact::InstanceGone(of, end) => {
                self.levels.instance(of.instance, None);
                self.levels.lose(now, of.instance);
                if *end == InstanceEnd::Interrupted {
                    self.interrupted(now, 1, 0);
                }
            }
            Fact::Service(service, event) => self.service(now, service.index(), *event),
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
            Fact::CapacityMeasured { .. } => self.reservations.read(now, fact),
            Fact::Requests(_, passed) => self.spread(passed.span, &of_requests(passed)),
            Fact::Messages(_, passed) => self.spread(passed.span, &of_messages(passed)),
            Fact::CpuCredits(_, passed) => self.spread(passed.span, &of_credits(passed)),
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
            _ => self.read_task(now, fact),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulation::Requests;

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
    fn requests_are_spread_over_the_cells_of_their_time() {
        let mut story = reader(Span::seconds(10));
        let at = |seconds| SimTime::ZERO + Span::seconds(seconds);
        let passed = |seconds: u64| {
            let amount = u128::from(seconds) * 5_000_000 * 1_000_000;
            Requests {
                span: Span::seconds(seconds),
                offered: amount,
                served: amount / 2,
                timed_out: amount / 2,
                ..Default::default()
            }
        };
        let service = crate::cluster::ServiceId::new(0);
        // The first is of the warm-up; the others are 5 requests per second.
        for (now, seconds) in [(10, 10), (2_009, 1_999), (2_020, 11), (4_010, 1_990)] {
            story.read(at(now), &Fact::Requests(service, passed(seconds)));
        }
        story.finish(at(4_010));
        assert_eq!(story.width(), Span::seconds(2));
        for (level, wanted) in [
            (StoryLevel::RequestsOffered, 5_000_000.0),
            (StoryLevel::RequestsServed, 2_500_000.0),
            (StoryLevel::RequestsLost, 2_500_000.0),
        ] {
            let means = story.means(level);
            assert_eq!(means.len(), 2_000);
            assert!(means.iter().all(|mean| *mean == wanted), "{level:?}");
        }
    }

    #[test]
    fn cells_double_and_keep_the_time_mean() {
        let mut story = reader(Span::seconds(10));
        story.levels.up(StoryLevel::TasksRunning);
        story.advance(SimTime::ZERO + Span::seconds(10 + 500));
        story.levels.up(StoryLevel::TasksRunning);
        story.finish(SimTime::ZERO + Span::seconds(10 + 4_500));
        assert_eq!(story.width(), Span::seconds(4));
        let means = story.means(StoryLevel::TasksRunning);
        assert_eq!(means.len(), 1_125);
        assert_eq!((means[124], means[125], means[1_124]), (1.0, 2.0, 2.0));
    }
}
