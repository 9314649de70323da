//! The metrics of CloudWatch: each minute they are measured, those of high resolution each 20 seconds, and
//! after a delay the alarms of the plan and the scaling policies see the values (facts/ecs.md 191, 192, 214,
//! 248 to 252, 255, 258).

use super::desired::desired_count;
use super::scaling_policies::Counts;
use super::state::Ecs;
use super::{deployments, predictive, service_scaling};
use crate::cluster::{ProviderId, ServiceId};
use crate::engine::{Agenda, Reader};
use crate::plan::{AlarmMetric, MetricPeriod, Plan};
use crate::simulation::event::{Ctx, Event};
use crate::simulation::fact::Fact;
use crate::simulation::life::{Lives, TaskHealth};
use crate::simulation::platform::State;
use crate::simulation::traffic::{Traffic, queues, requests};
use crate::units::SimTime;

/// Millionths in one.
const MILLION: u64 = 1_000_000;

/// Schedules the first measurements, where the plan has alarms or scaling policies, and the first forecasts.
pub(in crate::simulation) fn begin(plan: &Plan, agenda: &mut Agenda<Event>) {
    for number in 0..plan.services.len() {
        predictive::begin(plan, ServiceId::new(number), agenda);
    }
    for period in [MetricPeriod::TwentySeconds, MetricPeriod::Minute] {
        let mut services = plan.services.iter();
        let has_alarms = period == MetricPeriod::Minute && !plan.alarms.is_empty();
        if has_alarms || services.any(|service| service.watches(period)) {
            let end = SimTime::ZERO + period.span();
            agenda.push(end, Event::AlarmsMeasured { period });
        }
    }
}

/// Measures all metrics with a period. Alarms and policies see the values after the delay of metrics.
pub(in crate::simulation) fn measure<R: Reader<Fact>>(
    ecs: &mut Ecs<'_>,
    traffic: &mut Traffic<'_>,
    lives: &Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    period: MetricPeriod,
) {
    let (plan, now) = (lives.platform.plan(), ctx.now());
    for (number, state) in ecs.services.iter_mut().enumerate() {
        let service = ServiceId::new(number);
        let mut metrics = requests::measure(traffic, ctx, service, period);
        if period == MetricPeriod::Minute && metrics.is_none() {
            metrics = queues::measure(traffic, ctx, service);
        }
        let is_counted = state.scaling.count_tasks() || !state.predictions.is_empty();
        let running = match is_counted {
            true => lives.count_running(&state.tasks),
            false => 0,
        };
        let desired = state.desired;
        let counts = Counts { running, desired };
        state.scaling.add(now, period, metrics, counts);
        if period == MetricPeriod::Minute {
            state.metrics = metrics;
            for prediction in &mut state.predictions {
                prediction.add(plan, now, metrics, counts.running);
            }
        }
    }
    if period == MetricPeriod::Minute {
        for (number, alarm) in plan.alarms.iter().enumerate() {
            let value = value(ecs, lives, alarm.metric);
            ecs.alarms[number].add(value);
        }
    }
    let delay = match period {
        MetricPeriod::Minute => plan.assumptions.metric_delay,
        MetricPeriod::TwentySeconds => plan.assumptions.high_resolution_metric_delay,
    };
    ctx.after(delay, Event::AlarmsEvaluated { period });
    ctx.after(period.span(), Event::AlarmsMeasured { period });
}

/// Alarms and policies on metrics with a period see the oldest values that they have not seen.
pub(in crate::simulation) fn evaluate<R: Reader<Fact>>(
    ecs: &mut Ecs<'_>,
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    period: MetricPeriod,
) {
    for number in 0..ecs.services.len() {
        service_scaling::evaluate(ecs, lives, ctx, ServiceId::new(number), period);
    }
    if period != MetricPeriod::Minute {
        return;
    }
    for number in 0..ecs.alarms.len() {
        let watched = &mut ecs.alarms[number];
        if watched.see_oldest() {
            deployments::alarm_raised(ecs, lives, ctx, number);
        }
    }
}

/// The present value of a metric in millionths of its unit; `None` when it has none.
fn value(ecs: &Ecs<'_>, lives: &Lives<'_>, metric: AlarmMetric) -> Option<u64> {
    let tasks = |service: usize, running: bool| {
        let tasks = ecs.services[service].tasks.iter();
        let tasks = tasks.filter_map(|id| lives.tasks().get(*id));
        let those = tasks.filter(|task| task.running == running && !task.stopping);
        those.count() as u64 * MILLION
    };
    match metric {
        AlarmMetric::RunningTaskCount(service) => Some(tasks(service, true)),
        AlarmMetric::PendingTaskCount(service) => Some(tasks(service, false)),
        AlarmMetric::DesiredTaskCount(service) => {
            let desired = desired_count(ecs, lives, ServiceId::new(service));
            Some(u64::from(desired) * MILLION)
        }
        AlarmMetric::Service(service, metric) => ecs.services[service].metrics?.value(metric),
        AlarmMetric::HealthyHostCount(service) => Some(hosts(ecs, lives, service, |health| {
            health.target_is_healthy
        })),
        AlarmMetric::UnhealthyHostCount(service) => Some(hosts(ecs, lives, service, |health| {
            health.target_is_unhealthy
        })),
        AlarmMetric::CpuReservation => reservation(lives).map(|(cpu, _)| cpu),
        AlarmMetric::MemoryReservation => reservation(lives).map(|(_, memory)| memory),
        AlarmMetric::CapacityProviderReservation(provider) => {
            let managed = ecs.managed[ProviderId::new(provider).index()].as_ref()?;
            let (needed, running) = managed.last?.1.numbers();
            Some(match (needed, running) {
                (0, 0) => 100 * MILLION,
                (_, 0) => 200 * MILLION,
                _ => u64::from(needed) * 100 * MILLION / u64::from(running),
            })
        }
    }
}

/// The number of targets of a service with this health, in millionths.
fn hosts(
    ecs: &Ecs<'_>,
    lives: &Lives<'_>,
    service: usize,
    is_one: impl Fn(TaskHealth) -> bool,
) -> u64 {
    let tasks = ecs.services[service].tasks.iter();
    let health = tasks.filter_map(|id| lives.health(*id));
    health.filter(|health| is_one(*health)).count() as u64 * MILLION
}

/// `CPUReservation` and `MemoryReservation` of all instances that are ACTIVE or DRAINING, in
/// millionths of a per cent; `None` without instances (facts/ecs.md 249).
fn reservation(lives: &Lives<'_>) -> Option<(u64, u64)> {
    let cluster = lives.platform.cluster();
    let (mut used, mut registered) = ([0_u128; 2], [0_u128; 2]);
    for (id, machine) in lives.platform.instances() {
        if !matches!(machine.state, State::Active | State::Draining) {
            continue;
        }
        let instance = cluster.instance(id);
        let spec = &cluster.pool(instance.pool()).spec;
        let all = [spec.cpu.as_base(), spec.memory.as_bytes()];
        let free = [
            instance.free_cpu().as_base(),
            instance.free_memory().as_bytes(),
        ];
        for resource in 0..2 {
            registered[resource] += u128::from(all[resource]);
            used[resource] += u128::from(all[resource] - free[resource]);
        }
    }
    let percent = |resource: usize| {
        let part = used[resource] * u128::from(100 * MILLION);
        let percent = part.checked_div(registered[resource])?;
        u64::try_from(percent).ok()
    };
    Some((percent(0)?, percent(1)?))
}
