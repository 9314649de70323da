//! From what was observed to the values of the registry's figures.

use super::{Played, service_values};
use crate::figures::{self, COST_SERVICES, Figure, Kind, Names};
use crate::metrics::{CapacityLevel, EntryWork, ProviderInstances};
use crate::plan::{Delays, Fault, FaultKind, Occurrence, Plan};
use crate::pricing::{InstancePrice, PriceBook};
use crate::units::{Cpu, GIB, HOUR, Usd};
use crate::usage::Owner;

/// Every figure of a plan, in the order of all reports.
pub fn figures_of(plan: &Plan) -> Vec<Figure> {
    figures::all(&Names {
        providers: plan
            .cluster
            .providers
            .iter()
            .map(|p| p.name.clone())
            .collect(),
        tasks: plan.tasks.iter().map(|entry| entry.name.clone()).collect(),
        services: plan.services.iter().map(|s| s.name.clone()).collect(),
        starts: plan.delays == Delays::Realistic,
        faults: !plan.faults.is_empty(),
    })
}

/// The prices that a plan's usage is billed at.
pub fn price_book(plan: &Plan) -> PriceBook {
    let types = plan.cluster.instance_types.iter();
    PriceBook {
        region: plan.region.clone(),
        start_unix_seconds: plan.start_unix_seconds,
        instances: types
            .map(|kind| InstancePrice {
                name: kind.name.clone(),
                per_hour: kind.price_per_hour,
                spot_per_hour: kind.spot.and_then(|offer| offer.price_per_hour),
            })
            .collect(),
        fargate_x86: plan.prices.fargate_x86,
        fargate_arm: plan.prices.fargate_arm,
        services: plan.prices.services,
        storage_month_hours: plan.prices.storage_month_hours,
    }
}

/// CPU weighs nine times as much as a GiB of memory when an instance's price is split
/// between them: the ratio of Fargate's unit prices, and of AWS's own split cost allocation.
const CPU_WEIGHT: f64 = 9.0;

/// The values of one run, in the order of the figures. `None`: not defined in this run, or
/// pooled over the seeds. Where the plan has faults it is known what the same run costs
/// without them.
pub(super) fn values(
    plan: &Plan,
    figures: &[Figure],
    played: &Played,
    without_faults: Option<Usd>,
) -> Vec<Option<f64>> {
    let hours = played.reported(plan).as_micros() as f64 / HOUR as f64;
    let per_month =
        |cost: f64| (hours > 0.0).then(|| cost * f64::from(plan.prices.month_hours) / hours);
    let all_services = played.observed.services.all();
    figures
        .iter()
        .map(|figure| {
            let definition = figure.definition;
            if definition.pooled {
                return None;
            }
            match figure.kind {
                Kind::Cost => {
                    let cost = cost(plan, &figure.name, played);
                    match definition.suffix {
                        "perHour" => (hours > 0.0).then(|| cost / hours),
                        "perMonth" => per_month(cost),
                        _ => Some(cost),
                    }
                }
                Kind::Capacity => capacity(plan, &figure.name, definition.suffix, played),
                Kind::Tasks => {
                    let all = played.observed.work.all();
                    let entry = plan
                        .tasks
                        .iter()
                        .position(|entry| entry.name == figure.name);
                    let work = entry.map_or(all, |index| &played.observed.work.entries[index]);
                    let micros = played.reported(plan).as_micros();
                    tasks(work, all, definition.suffix, micros)
                }
                Kind::Service => service_values::service(plan, figure, played, &all_services),
                Kind::Start => service_values::start(figure, played),
                Kind::Faults => {
                    let without = without_faults.map(Usd::as_nanos);
                    let more = without.map(|cost| played.bill.total().as_nanos() - cost);
                    let more = more.map(|nanos| Usd::nanos(nanos).as_dollars_f64());
                    match definition.suffix {
                        "struck.count" => faults_struck(plan, played),
                        "costPerMonth" => more.and_then(per_month),
                        _ => more,
                    }
                }
                Kind::Run => Some(hours),
            }
        })
        .collect()
}

/// How often faults struck; `None` where some are drawn for each container or Fargate task by
/// itself, as those are not reported.
fn faults_struck(plan: &Plan, played: &Played) -> Option<f64> {
    let is_uncounted = |fault: &Fault| {
        let every = matches!(fault.occurs, Occurrence::Every(_));
        every
            && matches!(
                fault.kind,
                FaultKind::ContainerCrash { .. }
                    | FaultKind::HealthCheckFailure { .. }
                    | FaultKind::OutOfMemory { .. }
                    | FaultKind::FargateHostLoss
            )
    };
    let is_counted = !plan.faults.iter().any(is_uncounted);
    is_counted.then_some(played.observed.faults_struck as f64)
}

/// Dollars of one run under a name of the registry.
fn cost(plan: &Plan, name: &str, played: &Played) -> f64 {
    let provider = |name: &str| plan.cluster.providers.iter().position(|p| p.name == name);
    let sum = match name {
        "total" => played.bill.total(),
        "idle" => {
            return (0..plan.cluster.providers.len())
                .map(|p| idle_cost(plan, p, played))
                .sum();
        }
        service if COST_SERVICES.contains(&service) && provider(name).is_none() => {
            played.bill.sum(|line| line.service.name() == service)
        }
        other => {
            let owner = provider(other).map(Owner::Provider);
            played.bill.sum(|line| Some(line.meter.owner) == owner)
        }
    };
    sum.as_dollars_f64()
}

/// What a fleet's unreserved capacity costs: its price, split between CPU and memory, times
/// the share of each that no task has reserved. Fargate has none.
fn idle_cost(plan: &Plan, provider: usize, played: &Played) -> f64 {
    if plan.cluster.providers[provider].capacity.is_fargate() {
        return 0.0;
    }
    let level = |level| played.observed.levels.capacity_integral(provider, level) as f64;
    let weigh =
        |cpu: f64, memory: f64| CPU_WEIGHT * cpu / Cpu::BASE_PER_VCPU as f64 + memory / GIB as f64;
    let all = weigh(
        level(CapacityLevel::CpuTotal),
        level(CapacityLevel::MemoryTotal),
    );
    let reserved = weigh(
        level(CapacityLevel::CpuReserved),
        level(CapacityLevel::MemoryReserved),
    );
    let cost = played
        .bill
        .sum(|line| line.meter.owner == Owner::Provider(provider))
        .as_dollars_f64();
    if all > 0.0 {
        cost * (1.0 - reserved / all)
    } else {
        0.0
    }
}

fn capacity(plan: &Plan, name: &str, suffix: &str, played: &Played) -> Option<f64> {
    use CapacityLevel as L;
    let one = plan
        .cluster
        .providers
        .iter()
        .position(|provider| provider.name == name);
    let providers = match one {
        Some(index) => index..index + 1,
        None => 0..plan.cluster.providers.len(),
    };
    let level = |level: L| -> f64 {
        let of = |provider| played.observed.levels.capacity_integral(provider, level);
        providers.clone().map(of).sum::<i128>() as f64
    };
    let micros = played.reported(plan).as_micros() as f64;
    let mean = |l: L, unit: f64| (micros > 0.0).then(|| level(l) / micros / unit);
    let share = |part: f64, whole: f64| (whole > 0.0).then(|| part / whole);
    let hours = |amount: f64, unit: f64| Some(amount / unit / HOUR as f64);
    let (vcpu, gib) = (Cpu::BASE_PER_VCPU as f64, GIB as f64);
    let surplus = |whole: L, asked: L| -> f64 {
        let fargate = |p: &usize| plan.cluster.providers[*p].capacity.is_fargate();
        let of = |p| {
            let levels = &played.observed.levels;
            levels.capacity_integral(p, whole) - levels.capacity_integral(p, asked)
        };
        providers.clone().filter(fargate).map(of).sum::<i128>() as f64
    };
    let instances = |count: fn(&ProviderInstances) -> u64| {
        let all = &played.observed.instances.providers[providers.clone()];
        Some(all.iter().map(count).sum::<u64>() as f64)
    };
    match suffix {
        "instances.launched.count" => instances(|of| of.launched),
        "instances.launchesFailed.count" => instances(|of| of.launches_failed),
        "instances.interrupted.count" => instances(|of| of.interrupted),
        "instances.failed.count" => instances(|of| of.failed),
        "available.share" => {
            let all = &played.observed.instances.providers[providers];
            let sum = |level: fn(&ProviderInstances) -> u128| all.iter().map(level).sum::<u128>();
            let there = sum(|of| of.there.integral);
            share((there - sum(|of| of.down.integral)) as f64, there as f64)
        }
        "idleInstances.mean" => {
            let all = &played.observed.instances.providers[providers];
            let idle = all.iter().filter_map(|of| of.idle.as_ref());
            let whole = played.reported(plan).as_micros();
            idle.map(|level| level.mean(whole))
                .sum::<Option<f64>>()
                .filter(|_| all.iter().any(|of| of.idle.is_some()))
        }
        "instances" => mean(L::Instances, 1.0),
        "cpu.total" => mean(L::CpuTotal, vcpu),
        "cpu.reserved" => share(level(L::CpuReserved), level(L::CpuTotal)),
        "cpu.used" => share(level(L::CpuUsed), level(L::CpuTotal)),
        "cpu.reservedHours" => hours(level(L::CpuReserved), vcpu),
        "memory.total" => mean(L::MemoryTotal, gib),
        "memory.reserved" => share(level(L::MemoryReserved), level(L::MemoryTotal)),
        "memory.used" => share(level(L::MemoryUsed), level(L::MemoryTotal)),
        "memory.reservedHours" => hours(level(L::MemoryReserved), gib),
        "gpu.total" => mean(L::GpuTotal, 1.0),
        "gpu.reserved" => share(level(L::GpuReserved), level(L::GpuTotal)),
        "gpu.stranded" => {
            let reserved = level(L::GpuReserved);
            share(reserved - level(L::GpuUsedMillis) / 1000.0, reserved)
        }
        "gpu.reservedHours" => hours(level(L::GpuReserved), 1.0),
        "surplus.cpu" => hours(surplus(L::CpuReserved, L::CpuAsked), vcpu),
        "surplus.memory" => hours(surplus(L::MemoryReserved, L::MemoryAsked), gib),
        other => unreachable!("`{other}` is in the registry of capacity figures"),
    }
}

fn tasks(work: &EntryWork, all: &EntryWork, suffix: &str, micros: u64) -> Option<f64> {
    let count = |count: u64| Some(count as f64);
    let share = |part: u64, whole: u64| (whole > 0).then(|| part as f64 / whole as f64);
    match suffix {
        "arrived.count" => count(work.arrived),
        "arrived.share" => share(work.arrived, all.arrived),
        "finished.count" => count(work.finished),
        "finished.share" => share(work.finished, work.arrived),
        "rejected.count" => count(work.rejected),
        "rejected.share" => share(work.rejected, work.arrived),
        "failed.count" => count(work.failed),
        "failed.share" => share(work.failed, work.arrived),
        "interrupted.count" => count(work.interrupted),
        "lost.hours" => Some(work.lost as f64 / HOUR as f64),
        "unfinished.count" => count(work.unfinished()),
        "unfinished.share" => share(work.unfinished(), work.arrived),
        "unplaceable.count" => count(work.unplaceable),
        "waited.share" => share(work.waits.count - work.waits.zeros, work.waits.count),
        "wait.mean" => work.waits.mean(),
        "wait.variance" => work.waits.variance(),
        "wait.p50" => work.waits.quantile(0.50),
        "wait.p95" => work.waits.quantile(0.95),
        "wait.p99" => work.waits.quantile(0.99),
        "wait.max" => (work.waits.count > 0).then(|| work.waits.maximum.as_seconds_f64()),
        "sojourn.mean" => work.sojourns.mean(),
        "sojourn.variance" => work.sojourns.variance(),
        "sojourn.p50" => work.sojourns.quantile(0.50),
        "sojourn.p95" => work.sojourns.quantile(0.95),
        "sojourn.p99" => work.sojourns.quantile(0.99),
        "running.mean" => work.running.mean(micros),
        "running.variance" => work.running.variance(micros),
        "running.max" => count(work.running.maximum),
        "waiting.mean" => work.waiting.mean(micros),
        "waiting.max" => count(work.waiting.maximum),
        "inSystem.mean" => work.in_system.mean(micros),
        "inSystem.variance" => work.in_system.variance(micros),
        other => unreachable!("`{other}` is in the registry of task figures"),
    }
}
