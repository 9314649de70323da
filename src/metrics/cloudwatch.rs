//! The metrics of one run as CloudWatch would have shown them (facts/ecs.md 248, 251, 252, 255).

use super::cpu_credits;
use super::metric_series::MetricSeries;
use super::queue_minutes::QueueMinutes;
use super::request_periods::{add_part, counts, response_times};
use crate::cluster::{InstanceId, WorkId};
use crate::engine::Reader;
use crate::plan::{LoadBalancerKind, Plan, Service, ServiceMetric, ServiceTargets};
use crate::simulation::{CpuCreditAmounts, Fact, Messages, Requests, TargetChange, TaskFact};
use crate::units::{SECOND, SimTime, Span};
use std::collections::BTreeMap;

/// Microseconds of a minute.
const MINUTE: u64 = 60 * SECOND;

/// Lengths of metric periods.
const PERIODS: [Span; 2] = [Span::seconds(60), Span::seconds(20)];

/// Reads the facts of one run.
#[derive(Clone, Debug)]
pub struct CloudWatchReader<'p> {
    plan: &'p Plan,
    /// By service: what passed of its requests in each period of 20 seconds; empty without a load.
    requests: Vec<Vec<Requests>>,
    /// By service and place of a target group, by the ordinal of a task: whether its target is healthy; `None`:
    /// not known yet.
    targets: BTreeMap<(usize, u8), BTreeMap<u64, Option<bool>>>,
    /// The same: the number of healthy and of unhealthy targets at the end of each minute.
    hosts: BTreeMap<(usize, u8), Vec<[u32; 2]>>,
    /// By queue: its messages.
    queues: Vec<QueueMinutes>,
    /// The minutes whose ends have passed.
    minutes: u64,
    /// By capacity provider: the reservation in per cent, by minute.
    reservations: Vec<BTreeMap<u64, f64>>,
    /// By instance: its CPU credits, with the times at which they were measured.
    credits: BTreeMap<InstanceId, Vec<(SimTime, CpuCreditAmounts)>>,
}

impl<'p> CloudWatchReader<'p> {
    /// A reader for a run of a plan.
    pub fn new(plan: &'p Plan) -> Self {
        let services = plan.services.len();
        let groups = || {
            let numbered = plan.services.iter().enumerate();
            numbered.flat_map(|(number, service)| {
                let places = 0..service.all_targets().count() as u8;
                places.map(move |place| (number, place))
            })
        };
        Self {
            plan,
            requests: vec![Vec::new(); services],
            targets: groups().map(|key| (key, BTreeMap::new())).collect(),
            hosts: groups().map(|key| (key, Vec::new())).collect(),
            queues: vec![QueueMinutes::default(); plan.queues.len()],
            minutes: 0,
            reservations: vec![BTreeMap::new(); plan.cluster.providers.len()],
            credits: BTreeMap::new(),
        }
    }

    /// Keeps the number of targets at the ends of minutes before `now`.
    fn advance(&mut self, now: SimTime) {
        while (self.minutes + 1) * MINUTE < now.as_micros() {
            self.minutes += 1;
            for (hosts, targets) in self.hosts.values_mut().zip(self.targets.values()) {
                let count = |wanted: bool| {
                    let those = targets.values().filter(|health| **health == Some(wanted));
                    u32::try_from(those.count()).expect("few targets")
                };
                hosts.push([count(true), count(false)]);
            }
        }
    }

    /// Spreads what passed evenly over the time that ends now.
    fn spread(&mut self, now: SimTime, service: usize, passed: &Requests) {
        let period = PERIODS[1].as_micros();
        let to = now.as_micros();
        let span = passed.span.as_micros();
        let mut from = to - span.min(to);
        let cells = &mut self.requests[service];
        while from < to {
            let cell = (from / period) as usize;
            let end = ((from / period + 1) * period).min(to);
            if cells.len() <= cell {
                cells.resize(cell + 1, Requests::default());
            }
            add_part(&mut cells[cell], passed, (end - from, span));
            from = end;
        }
    }

    /// What passed of the messages of a queue, and the CPU of the service that works on it.
    fn messages(&mut self, now: SimTime, queue: usize, passed: &Messages) {
        self.queues[queue].add(now, passed);
        let works = |service: &Service| service.worker.as_ref().is_some_and(|of| of.queue == queue);
        let service = self.plan.services.iter().position(works);
        if let Some(service) = service.filter(|_| passed.cpu_reserved > 0) {
            let cpu = Requests {
                span: passed.span,
                cpu_used: passed.cpu_used,
                cpu_reserved: passed.cpu_reserved,
                ..Requests::default()
            };
            self.spread(now, service, &cpu);
        }
    }

    fn target(&mut self, of: &TaskFact, change: TargetChange, place: u8) {
        let WorkId::Service(service) = of.work else {
            return;
        };
        let targets = self.targets.entry((service.index(), place)).or_default();
        match change {
            TargetChange::Registered => drop(targets.insert(of.task.ordinal, None)),
            TargetChange::Healthy => drop(targets.insert(of.task.ordinal, Some(true))),
            TargetChange::Unhealthy => drop(targets.insert(of.task.ordinal, Some(false))),
            TargetChange::Deregistered => drop(targets.remove(&of.task.ordinal)),
        }
    }

    /// All metrics that have a value, at the end of the run.
    pub fn finish(mut self, end: SimTime) -> Vec<MetricSeries> {
        self.advance(end);
        let mut all = Vec::new();
        for (number, service) in self.plan.services.iter().enumerate() {
            all.extend(self.of_service(number, service));
            for (place, targets) in service.all_targets().enumerate() {
                all.extend(self.of_targets((number, place as u8), targets));
            }
        }
        let queues = self.plan.queues.iter().zip(&self.queues);
        queues.for_each(|(queue, of)| all.extend(of.series(&queue.name)));
        all.extend(self.of_providers());
        all.extend(self.of_instances());
        let assumed = &self.plan.assumptions;
        for series in &mut all {
            let delay = match series.name {
                "CapacityProviderReservation" => assumed.capacity_metric_delay,
                _ if series.period == PERIODS[1] => assumed.high_resolution_metric_delay,
                _ => assumed.metric_delay,
            };
            let late = series.period.saturating_add(delay);
            series.values.retain(|(at, _)| *at + late <= end);
        }
        all.retain(|series| !series.values.is_empty());
        all
    }

    /// The utilizations of a service, each minute and, where that is switched on, each 20 seconds. They exist
    /// only while a task is RUNNING.
    fn of_service(&self, number: usize, service: &Service) -> Vec<MetricSeries> {
        let mut found = Vec::new();
        for metric in [
            ServiceMetric::CpuUtilization,
            ServiceMetric::MemoryUtilization,
        ] {
            for period in PERIODS {
                if period == PERIODS[1] && !service.high_resolution.contains(&metric) {
                    continue;
                }
                let values = self.periods(number, period).filter_map(|(at, passed)| {
                    let millionths = match metric {
                        ServiceMetric::CpuUtilization => passed.utilization()?,
                        _ => passed.memory_utilization()?,
                    };
                    Some((at, millionths as f64 / 1e6))
                });
                found.push(MetricSeries {
                    namespace: "AWS/ECS",
                    name: metric.name(),
                    dimensions: vec![
                        ("ClusterName", self.plan.scenario.clone()),
                        ("ServiceName", service.name.clone()),
                    ],
                    period,
                    statistic: "Average",
                    values: values.collect(),
                });
            }
        }
        found
    }

    /// The CPU credits of burstable instances.
    fn of_instances(&self) -> impl Iterator<Item = MetricSeries> {
        self.credits.iter().flat_map(|(id, measured)| {
            let id = format!("i-{}", id.index());
            cpu_credits::series(measured).map(move |(name, statistic, values)| MetricSeries {
                namespace: "AWS/EC2",
                name,
                dimensions: vec![("InstanceId", id.clone())],
                period: cpu_credits::PERIOD,
                statistic,
                values,
            })
        })
    }

    /// The metrics of a target group of a service. CloudWatch has no counts of zero of it. The requests of a
    /// service come through its first target group.
    fn of_targets(
        &self,
        (number, place): (usize, u8),
        targets: &ServiceTargets,
    ) -> Vec<MetricSeries> {
        let group = &self.plan.target_groups[targets.group];
        let balancer = &self.plan.load_balancers[group.load_balancer];
        let kind = match balancer.kind {
            LoadBalancerKind::Application => "app",
            LoadBalancerKind::Network => return Vec::new(),
        };
        let series = |name, statistic, values| MetricSeries {
            namespace: "AWS/ApplicationELB",
            name,
            dimensions: vec![
                ("LoadBalancer", format!("{kind}/{}", balancer.name)),
                ("TargetGroup", format!("targetgroup/{}", group.name)),
            ],
            period: PERIODS[0],
            statistic,
            values,
        };
        let sums = |of: fn(&Requests) -> u128| counts(self.periods(number, PERIODS[0]), of);
        let requests = sums(|passed| passed.offered);
        let hosts = |which: usize| -> Vec<(SimTime, f64)> {
            let minutes = self.hosts[&(number, place)].iter().enumerate();
            minutes
                .map(|(minute, hosts)| (minute_at(minute as u64), f64::from(hosts[which])))
                .collect()
        };
        let per_target = requests.iter().filter_map(|(at, value)| {
            let minute = (at.as_micros() / MINUTE) as usize;
            let healthy = self.hosts[&(number, place)].get(minute)?[0];
            (healthy > 0).then(|| (*at, value / f64::from(healthy)))
        });
        let per_target = per_target.collect();
        let health = [
            series("HealthyHostCount", "Average", hosts(0)),
            series("UnHealthyHostCount", "Average", hosts(1)),
        ];
        if place > 0 {
            return health.into();
        }
        let [healthy, unhealthy] = health;
        let mut found = vec![
            series("RequestCount", "Sum", requests),
            series("RequestCountPerTarget", "Sum", per_target),
            series(
                "HTTPCode_ELB_5XX_Count",
                "Sum",
                sums(|passed| passed.refused + passed.failed + passed.timed_out),
            ),
            series(
                "HTTPCode_Target_5XX_Count",
                "Sum",
                sums(|passed| passed.errors),
            ),
            healthy,
            unhealthy,
        ];
        let times = response_times(self.periods(number, PERIODS[0]));
        let times = times.map(|(statistic, of)| series("TargetResponseTime", statistic, of));
        found.extend(times);
        found
    }

    fn of_providers(&self) -> Vec<MetricSeries> {
        let providers = self.plan.cluster.providers.iter().zip(&self.reservations);
        let series = providers.map(|(provider, values)| MetricSeries {
            namespace: "AWS/ECS/ManagedScaling",
            name: "CapacityProviderReservation",
            dimensions: vec![
                ("CapacityProviderName", provider.name.clone()),
                ("ClusterName", self.plan.scenario.clone()),
            ],
            period: PERIODS[0],
            statistic: "Average",
            values: values
                .iter()
                .map(|(minute, percent)| (minute_at(*minute), *percent))
                .collect(),
        });
        series.collect()
    }

    /// What passed of the requests of a service in each period of this length.
    fn periods(&self, service: usize, period: Span) -> impl Iterator<Item = (SimTime, Requests)> {
        let length = (period.as_micros() / PERIODS[1].as_micros()) as usize;
        let chunks = self.requests[service].chunks(length).enumerate();
        chunks.map(move |(number, cells)| {
            let mut passed = Requests::default();
            cells.iter().for_each(|cell| passed.add(cell));
            (SimTime::micros(number as u64 * period.as_micros()), passed)
        })
    }
}

impl Reader<Fact> for CloudWatchReader<'_> {
    fn read(&mut self, now: SimTime, fact: &Fact) {
        self.advance(now);
        match fact {
            Fact::Requests(service, passed) => self.spread(now, service.index(), passed),
            Fact::Messages(queue, passed) => self.messages(now, *queue, passed),
            Fact::Target(of, change, place) => self.target(of, *change, *place),
            Fact::CpuCredits(of, amounts) => {
                let of = self.credits.entry(of.instance).or_default();
                of.push((now, *amounts));
            }
            Fact::CapacityMeasured {
                provider,
                needed,
                running,
                ..
            } => {
                let percent = match (*needed, *running) {
                    (0, 0) => 100.0,
                    (_, 0) => 200.0,
                    (needed, running) => 100.0 * f64::from(needed) / f64::from(running),
                };
                // It is of the minute that ends now.
                let minute = (now.as_micros() / MINUTE).saturating_sub(1);
                self.reservations[provider.index()].insert(minute, percent);
            }
            _ => {}
        }
    }

    fn wants_repeats(&self) -> bool {
        true
    }
}

fn minute_at(minute: u64) -> SimTime {
    SimTime::micros(minute * MINUTE)
}
