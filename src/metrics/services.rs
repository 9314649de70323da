//! Services: desired, RUNNING and healthy tasks over time, start-up times, stops by reason, and the
//! times in which healthy tasks were missing. Standalone tasks are in `work.rs`; the parts of a
//! start-up time are in `starts.rs`.

use super::observed_service::Observation;
use super::service_work::ServiceWork;
use super::{Level, Present};
use crate::cluster::WorkId;
use crate::plan::Plan;
use crate::policy::services::DeploymentConfiguration;
use crate::simulation::{Fact, Rejection};
use crate::units::SimTime;

/// The measurements of all services of a plan.
#[derive(Clone, Debug)]
pub struct Services {
    origin: SimTime,
    services: Vec<Observation>,
    /// RUNNING tasks of all services other than daemons. Its least value is that since the latest
    /// service reached its desired count for the first time.
    pub running: Level,
    present: Present,
}

impl Services {
    /// Observers for the services of a plan; `origin` is the beginning of the reported time.
    pub fn new(plan: &Plan, origin: SimTime) -> Self {
        let services = plan.services.iter();
        let services: Vec<_> = services.map(|s| Observation::new(s, origin)).collect();
        let mut present = Present::default();
        for service in &services {
            present.replace(Present::default(), service.present());
        }
        Self {
            origin,
            services,
            running: Level::new(origin),
            present,
        }
    }

    /// The tasks of all services other than daemons now.
    pub(super) fn present(&self) -> Present {
        self.present
    }

    /// The measurements of one service, by its index in the plan.
    pub fn service(&self, index: usize) -> &ServiceWork {
        &self.services[index].work
    }

    /// True for a service without a desired count.
    pub fn is_daemon(&self, index: usize) -> bool {
        self.services[index].is_daemon
    }

    /// The tasks of a service that have capacity and whose desired status is RUNNING.
    pub(super) fn placed(&self, index: usize) -> u64 {
        self.services[index].placed
    }

    /// True while a service has fewer healthy tasks than its `minimumHealthyPercent` asks for.
    pub(super) fn is_below_minimum(&self, index: usize) -> bool {
        let service = &self.services[index];
        let desired = u32::try_from(service.work.desired.level()).unwrap_or(u32::MAX);
        let least = service.percentages.bounds(desired).minimum_healthy;
        service.work.healthy.level() < u64::from(least)
    }

    /// A deployment gives a service other percentages.
    pub(super) fn set_percentages(&mut self, index: usize, to: DeploymentConfiguration) {
        self.services[index].percentages = to;
    }

    /// The services that have a desired count.
    pub fn replicas(&self) -> impl Iterator<Item = &ServiceWork> {
        let services = self.services.iter();
        services.filter(|s| !s.is_daemon).map(|s| &s.work)
    }

    /// All services together: their levels without daemons, integrals only.
    pub fn all(&self) -> ServiceWork {
        let mut all = ServiceWork::default();
        for service in &self.services {
            all.add(&service.work, service.is_daemon);
        }
        all
    }

    /// True in a plan with services.
    #[inline(always)]
    pub(super) fn any(&self) -> bool {
        !self.services.is_empty()
    }

    pub(super) fn read(&mut self, now: SimTime, fact: &Fact) {
        if !self.any() {
            return;
        }
        let origin = self.origin;
        let of = match fact {
            Fact::Service(service, event) => {
                let service = &mut self.services[service.index()];
                let was_reached = service.work.shortfall.is_reached();
                let before = service.present();
                service.event(now, origin, *event);
                // A lower desired count may be reached at once.
                if service.work.shortfall.is_reached() != was_reached {
                    self.running.restart_minimum(now);
                }
                return self.present.replace(before, service.present());
            }
            Fact::WorkWaits(WorkId::Service(service), why) => {
                return self.services[service.index()].lacks(now, *why);
            }
            Fact::TaskArrived(of)
            | Fact::TaskPlaced(of)
            | Fact::TaskStarted(of)
            | Fact::TaskHealth(of, _)
            | Fact::LossNoticed(of, _)
            | Fact::ContainerRestarted(of, _)
            | Fact::TaskStopping(of, _)
            | Fact::TaskStopped(of, _)
            | Fact::TaskRejected(of, _) => of,
            _ => return,
        };
        let WorkId::Service(id) = of.work else {
            return;
        };
        let (service, of) = (&mut self.services[id.index()], &of.task);
        let was_reached = service.work.shortfall.is_reached();
        let running = service.work.running.level();
        let before = service.present();
        match fact {
            Fact::TaskArrived(_) => service.work.pending.change(now, 1, 0),
            Fact::TaskPlaced(_) => service.place(now, 1, 0),
            Fact::TaskStarted(_) => service.started(now, origin, of),
            Fact::TaskHealth(_, healthy) => service.health(now, origin, of, *healthy),
            Fact::LossNoticed(_, after) => service.loss_noticed(now, origin, of, *after),
            Fact::ContainerRestarted(..) => service.work.restarts += u64::from(now >= origin),
            Fact::TaskStopping(_, why) => service.leave(now, origin, of, Some(*why)),
            Fact::TaskStopped(_, why) => service.stopped(now, origin, of, *why),
            Fact::TaskRejected(_, why) => {
                service.leave(now, origin, of, None);
                let timed_out = *why == Rejection::ProvisioningTimedOut;
                service.work.failed_starts += u64::from(timed_out && now >= origin);
            }
            _ => {}
        }
        if service.work.running.level() != running && !service.is_daemon {
            self.running
                .change(now, service.work.running.level(), running);
        }
        if service.work.shortfall.is_reached() != was_reached {
            self.running.restart_minimum(now);
        }
        self.present.replace(before, service.present());
    }

    pub(super) fn finish(&mut self, end: SimTime) {
        for service in &mut self.services {
            service.advance(end);
            let work = &mut service.work;
            if !service.is_daemon {
                work.shortfall.finish(end, self.origin);
            }
            work.losses.finish(end);
            work.waiting_for.advance(end, &mut work.waiting);
        }
        self.running.advance(end);
        for level in self.levels() {
            level.advance(end);
        }
    }

    /// The levels of each service.
    pub(super) fn levels(&mut self) -> impl Iterator<Item = &mut Level> {
        let works = self.services.iter_mut().map(|service| &mut service.work);
        works.flat_map(|work| {
            [
                &mut work.desired,
                &mut work.running,
                &mut work.healthy,
                &mut work.pending,
                &mut work.waiting,
            ]
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::{Asked, LaneId, RevisionId, ServiceId, Shape, Task, ZoneId};
    use crate::plan::{
        Demand, DeploymentRules, Drawn, MemoryDemand, NetworkMode, PlacementRule, Scheduling,
        Service, Target,
    };
    use crate::simulation::{ServiceEvent, StopReason, TaskFact};
    use crate::units::{Cpu, Memory, Span};

    fn demand() -> Demand {
        Demand {
            cpu: Drawn::Fixed(Cpu::units(256)),
            memory: MemoryDemand::Absolute(Drawn::Fixed(Memory::ZERO)),
            gpus: 0,
            host_ports: Vec::new(),
            network_mode: NetworkMode::Bridge,
            architecture: None,
            operating_system: None,
            member_of: Vec::new(),
            ephemeral_storage: Memory::ZERO,
            on_fargate: false,
            cpu_is_limit: true,
            memory_is_limit: false,
        }
    }

    fn service(desired: u32, percent: u32) -> Service {
        Service {
            name: "web".into(),
            definition: "web:1".into(),
            target: Target::AnyInstance,
            placement: PlacementRule::Ecs(Vec::new()),
            distinct_instance: false,
            scheduling: Scheduling::Replica,
            desired_count: desired,
            min_capacity: 0,
            max_capacity: 100,
            deployment: DeploymentRules {
                percentages: DeploymentConfiguration {
                    minimum_healthy_percent: percent,
                    maximum_percent: 200,
                },
                ..DeploymentRules::default()
            },
            zone_rebalancing: false,
            health_check_grace_period: Span::ZERO,
            demand: demand(),
            containers: Vec::new().into(),
            scheduled: Vec::new(),
            target_tracking: Vec::new(),
            step_scaling: Vec::new(),
            predictive_scaling: Vec::new(),
            high_resolution: Vec::new(),
            load: None,
            worker: None,
            targets: None,
            other_targets: Vec::new(),
            revisions: Vec::new(),
        }
    }

    fn task(ordinal: u64, arrived: u64) -> Task {
        Task {
            revision: RevisionId::new(0),
            lane: LaneId::new(0),
            ordinal,
            arrived: SimTime::micros(arrived),
            duration: Span::ZERO,
            shape: Shape::default(),
            asked: Asked::default(),
            instance: None,
            zone: ZoneId::new(0),
            placed: SimTime::micros(arrived),
            started: SimTime::micros(arrived),
            attempts: 1,
            refusals: 0,
            promised: false,
            held: false,
            running: false,
            stopping: false,
        }
    }

    fn fact(service: usize, task: Task) -> TaskFact {
        TaskFact {
            task,
            work: WorkId::Service(ServiceId::new(service)),
            provider: None,
        }
    }

    /// The services of a plan, to which a test reports facts.
    struct Reported(Services);

    impl Reported {
        fn new(service: Service, warm_up: u64) -> Self {
            let plan = Plan {
                services: vec![service],
                ..Plan::default()
            };
            Self(Services::new(&plan, SimTime::micros(warm_up)))
        }

        fn report(&mut self, at: u64, fact: &Fact) -> &mut Self {
            self.0.read(SimTime::micros(at), fact);
            self
        }

        /// Submitted, RUNNING two microseconds later, healthy after one more.
        fn healthy(&mut self, ordinal: u64, at: u64) -> Task {
            let mut task = task(ordinal, at);
            let of = |task| fact(0, task);
            self.report(at, &Fact::TaskArrived(of(task)));
            self.report(at, &Fact::TaskPlaced(of(task)));
            task.running = true;
            self.report(at + 2, &Fact::TaskStarted(of(task)));
            self.report(at + 3, &Fact::TaskHealth(of(task), true));
            task
        }

        fn stop(&mut self, mut task: Task, at: u64, why: StopReason) {
            task.stopping = true;
            let of = fact(0, task);
            self.report(at, &Fact::TaskStopping(of, why));
            self.report(at + 1, &Fact::TaskStopped(of, why));
        }

        fn end(&mut self, at: u64) -> &ServiceWork {
            self.0.finish(SimTime::micros(at));
            self.0.service(0)
        }
    }

    /// Healthy after a second, in a run of `length` seconds.
    fn started_after(seconds: u64, length: u64) -> (u128, u128, u128, u64) {
        let mut reported = Reported::new(service(2, 50), 0);
        let micros = 1_000_000;
        reported.healthy(0, 0);
        reported.healthy(1, seconds * micros - 3);
        let of = &reported.end(length * micros).shortfall;
        let in_seconds = |sum: u128| sum / u128::from(micros);
        let sums = [of.counted, of.missing, of.available].map(in_seconds);
        (sums[0], sums[1], sums[2], of.intervals.count)
    }

    #[test]
    fn a_short_start_is_no_shortfall_and_a_long_one_is() {
        // A quarter of an hour of a month, then one second more.
        assert_eq!(started_after(900, 100_000), (99_100, 0, 99_100, 0));
        assert_eq!(started_after(901, 100_000), (100_000, 901, 99_999, 1));
        // A hundredth of an hour, then one second more.
        assert_eq!(started_after(36, 3_600), (3_564, 0, 3_564, 0));
        assert_eq!(started_after(37, 3_600), (3_600, 37, 3_599, 1));
    }

    #[test]
    fn a_shortfall_counts_once_the_desired_count_was_reached() {
        let mut reported = Reported::new(service(2, 50), 0);
        let first = reported.healthy(0, 0);
        reported.healthy(1, 7);
        // Both are healthy at 10; one is lost at 20 and replaced at 33.
        reported.stop(first, 20, StopReason::FailedHealthChecks);
        reported.healthy(2, 30);
        let work = reported.end(40);
        // The start of ten is long in a time of 40: it counts.
        assert_eq!(work.shortfall.counted, 40);
        assert_eq!(work.shortfall.missing, 13 + 3 * 2 + 7);
        // Half of two is one, which is there from 3 on.
        assert_eq!(work.shortfall.available, 37);
        assert_eq!(work.shortfall.intervals.count, 2);
        assert_eq!(work.shortfall.intervals.maximum, Span::micros(13));
        assert_eq!((work.started, work.stopped.unhealthy), (3, 1));
        assert_eq!(work.starts.sum, 6);
        assert_eq!(work.healthy_starts.sum, 9);
        // Of 40: 18 + 31 + 8.
        assert_eq!(work.running.integral, 18 + 31 + 8);
        assert_eq!(work.pending.integral, 6);
        assert_eq!(work.desired.integral, 80);
    }

    #[test]
    fn a_service_that_is_never_complete_misses_tasks_all_the_time() {
        let mut reported = Reported::new(service(3, 50), 10);
        reported.healthy(0, 0);
        reported.healthy(1, 27);
        // Two of three are more than half, but the service was never complete.
        let work = reported.end(40);
        assert_eq!((work.shortfall.counted, work.shortfall.available), (30, 0));
        assert_eq!(work.shortfall.missing, 20 * 2 + 10);
        assert_eq!(work.shortfall.intervals.sum, 30);
        assert_eq!(work.running.least(), Some(1));
        // Of 30: one has capacity all the time, another one from 27 on.
        assert_eq!(work.waiting.integral, 17 * 2 + 13);
        assert_eq!(work.shortfall.first_wait, 30);
    }

    #[test]
    fn below_the_minimum_healthy_percent_rounded_up_a_service_is_unavailable() {
        for (percent, available) in [(100, 10), (51, 10), (50, 30), (0, 30)] {
            let mut reported = Reported::new(service(2, percent), 0);
            let first = reported.healthy(0, 0);
            reported.healthy(1, 0);
            reported.stop(first, 13, StopReason::HostGone);
            let work = reported.end(33);
            assert_eq!(work.shortfall.available, available, "{percent} %");
            assert_eq!(work.stopped.interrupted, 1);
        }
        // At least one, whatever the percentage.
        let mut reported = Reported::new(service(1, 0), 0);
        let only = reported.healthy(0, 0);
        reported.stop(only, 13, StopReason::HostGone);
        assert_eq!(reported.end(33).shortfall.available, 10);
    }

    #[test]
    fn a_shortfall_that_is_open_at_the_end_counts_up_to_there() {
        let mut reported = Reported::new(service(1, 100), 10);
        let only = reported.healthy(0, 0);
        reported.stop(only, 5, StopReason::ScaledIn);
        let work = reported.end(50);
        assert_eq!(work.shortfall.intervals.maximum, Span::micros(40));
        assert_eq!(work.shortfall.counted, 40);
        assert_eq!(work.shortfall.available, 0);
        // All of it was before the reported time.
        assert_eq!(
            (work.started, work.stopped.total(), work.starts.count),
            (0, 0, 0)
        );
    }

    #[test]
    fn a_higher_desired_count_is_a_shortfall_too() {
        let mut reported = Reported::new(service(0, 100), 0);
        let to = ServiceEvent::DesiredCountUpdated { from: 0, to: 1 };
        reported.report(10, &Fact::Service(ServiceId::new(0), to));
        reported.healthy(0, 10);
        let back = ServiceEvent::DesiredCountUpdated { from: 1, to: 0 };
        reported.report(20, &Fact::Service(ServiceId::new(0), back));
        let work = reported.end(30);
        assert_eq!(work.desired.integral, 10);
        assert_eq!(work.shortfall.intervals.sum, 3);
        assert_eq!((work.shortfall.counted, work.shortfall.available), (30, 27));
    }

    #[test]
    fn a_task_that_is_unhealthy_for_a_while_starts_healthy_once() {
        let mut reported = Reported::new(service(1, 100), 0);
        let task = reported.healthy(0, 0);
        let of = fact(0, task);
        for (at, healthy) in [(5, false), (6, false), (9, true), (9, true)] {
            reported.report(at, &Fact::TaskHealth(of, healthy));
        }
        let work = reported.end(20);
        assert_eq!(work.healthy_starts.count, 1);
        assert_eq!(work.healthy.integral, 2 + 11);
    }

    #[test]
    fn a_task_that_never_ran_was_pending_and_may_have_failed() {
        let mut reported = Reported::new(service(1, 100), 0);
        let mut lost = task(0, 0);
        let of = fact(0, lost);
        reported.report(0, &Fact::TaskArrived(of));
        reported.report(0, &Fact::TaskPlaced(of));
        reported.stop(lost, 4, StopReason::CannotPullContainer);
        (lost.ordinal, lost.attempts) = (1, 0);
        let of = fact(0, lost);
        reported.report(6, &Fact::TaskArrived(of));
        reported.report(8, &Fact::TaskRejected(of, Rejection::ProvisioningTimedOut));
        let work = reported.end(10);
        assert_eq!((work.failed_starts, work.stopped.cannot_start), (2, 1));
        assert_eq!(work.pending.integral, 4 + 2);
        // It was never complete: its task is missing all the time.
        assert_eq!(work.shortfall.availability(), Some(0.0));
        assert_eq!(work.shortfall.mean(), Some(1.0));
        assert_eq!(work.shortfall.intervals.count, 1);
        assert_eq!(work.shortfall.never_complete, 1);
    }

    #[test]
    fn the_least_running_of_all_counts_from_a_desired_count_that_is_lowered_until_it_is_reached() {
        let mut reported = Reported::new(service(3, 100), 0);
        reported.healthy(0, 0);
        reported.healthy(1, 10);
        let lower = ServiceEvent::DesiredCountUpdated { from: 3, to: 2 };
        reported.report(20, &Fact::Service(ServiceId::new(0), lower));
        let own = reported.end(30).running.least();
        assert_eq!((own, reported.0.running.least()), (Some(2), Some(2)));
    }

    #[test]
    fn together_daemons_count_for_starts_but_not_for_levels() {
        let plan = Plan {
            services: vec![
                service(1, 100),
                Service {
                    scheduling: Scheduling::Daemon,
                    ..service(0, 0)
                },
            ],
            ..Plan::default()
        };
        let mut reported = Reported(Services::new(&plan, SimTime::ZERO));
        reported.healthy(0, 0);
        let of = fact(1, task(0, 0));
        reported.report(0, &Fact::TaskArrived(of));
        reported.report(1, &Fact::TaskStarted(of));
        reported.end(10);
        let all = reported.0.all();
        assert_eq!((all.started, all.starts.count), (2, 2));
        assert_eq!((all.running.integral, all.desired.integral), (8, 10));
        assert_eq!(all.shortfall.counted, 10);
        assert!(reported.0.is_daemon(1) && !reported.0.is_daemon(0));
    }
}
