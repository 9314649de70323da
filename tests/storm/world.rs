//! A random world, whole.

use crate::capacity::*;
use crate::common::worlds::Dice;
use crate::common::*;
use crate::deployments::releases;
use crate::faults::*;
use crate::operators::actions;
use crate::queues::queues;
use crate::traffic::{loads, shifts};
use crate::work::*;
use ecsim::catalog::{
    FargatePrices, FargateSpotPrices, InterruptionBand, LoadBalancerPrices, SpotOffer,
};
use ecsim::engine::random::{Distribution, SplitMix64};
use ecsim::plan::{
    Capacity, Container, Delays, Interruptions, OnNoCapacity, Plan, Provider, QueueOrder,
    REFERENCE_SPEED, Registry, TaskEntry, Until,
};
use ecsim::units::{Cpu, Decimal, Memory, Span, Usd};
use std::sync::Arc;

pub const DIGESTS: u64 = 8;

pub fn law(dice: &mut Dice, most: u64) -> Distribution {
    let mean = dice.between(1, most) as f64;
    match dice.below(3) {
        0 => Distribution::Constant(mean),
        1 => Distribution::Exponential { mean },
        _ => Distribution::Uniform {
            low: 0.0,
            high: mean,
        },
    }
}

/// The world of a seed.
pub fn world(seed: u64) -> Plan {
    let mut dice = Dice(SplitMix64(seed));
    let dice = &mut dice;
    let zones = dice.between(1, 3) as usize;
    let types: Vec<_> = (0..dice.between(1, 3))
        .map(|number| {
            let mut made = instance_type(dice.of(&[1, 2, 4, 8]));
            made.name = format!("type-{number}");
            if number == 0 && dice.one_in(3) {
                // A burstable type.
                (made.name, made.own) = ("t3.large".into(), false);
                made.cpu = Cpu::vcpus(2);
            }
            made.speed = dice.of(&[REFERENCE_SPEED, Decimal::millionths(1_300_000)]);
            made.memory = Memory::mib(1_024 * dice.between(2, 16));
            // So little that the containers of a task or two use more.
            made.os_memory = Memory::gib(1);
            made.task_interfaces = dice.of(&[2, 3, 10]);
            made.price_per_hour = Some(Usd::nanos(100_000_000));
            made.spot = Some(SpotOffer {
                band: dice.of(&InterruptionBand::ALL),
                saving_percent: 70,
                price_per_hour: Some(Usd::nanos(30_000_000)),
            });
            made
        })
        .collect();
    let mut providers: Vec<Provider> = Vec::new();
    for number in 0..dice.between(1, 4) {
        let capacity = match dice.below(6) {
            0 => Capacity::Fargate,
            1 => Capacity::FargateSpot,
            2 => Capacity::Fleet(vec![member(
                dice.below(types.len() as u64) as usize,
                dice.between(1, 5) as u32,
            )]),
            _ => {
                let made = group(dice, types.len(), zones);
                let is_managed = dice.one_in(4);
                let made = if is_managed {
                    managed(dice, made)
                } else {
                    made
                };
                Capacity::Group(Box::new(made))
            }
        };
        providers.push(Provider {
            name: format!("provider-{number}"),
            capacity,
        });
    }
    let mut plan = plan_with(types, providers, Vec::new());
    plan.cluster.zones = (0..zones).map(|zone| format!("zone-{zone}")).collect();
    plan.images = (0..3).map(|number| image(dice, number)).collect();
    plan.registries = vec![Registry {
        name: "ECR".into(),
        limit: dice.of(&[None, None, Some((20, Span::seconds(600)))]),
    }];
    plan.job_queue.order = dice.of(&[QueueOrder::HeadOfLine, QueueOrder::SkipAhead]);
    plan.job_queue.limit = dice.of(&[None, None, Some(3)]);
    plan.tasks = (0..dice.between(0, 3))
        .map(|number| work(dice, &plan, number))
        .collect();
    plan.services = (0..dice.between(0, 3))
        .map(|number| service(dice, &plan, number))
        .collect();
    loads(dice, &mut plan);
    releases(dice, &mut plan);
    shifts(dice, &mut plan);
    actions(dice, &mut plan);
    plan.faults = (0..dice.below(5))
        .map(|number| fault(dice, &plan, number))
        .collect();
    plan.spot.interruptions = dice.of(&[
        Interruptions::Bands,
        Interruptions::PerMonth(0.999_9),
        Interruptions::PerMonth(0.999_999),
        Interruptions::PerHour(6.0),
    ]);
    plan.delays = dice.of(&[
        Delays::None,
        Delays::Start(Span::seconds(7)),
        Delays::Realistic,
        Delays::Realistic,
        Delays::Realistic,
    ]);
    plan.assumptions = Arc::new(assumptions(dice));
    plan.warm_up = Span::seconds(dice.of(&[0, 600]));
    let hours = dice.of(&[1, 3, 12]);
    plan.until = match plan.tasks.is_empty() || dice.one_in(2) {
        true => Until::Elapsed(Span::hours(hours)),
        // Work that waits for what never comes would never leave.
        false if plan.tasks.iter().all(|entry| can_end(&plan, entry)) => Until::Drained,
        false => Until::Elapsed(Span::hours(hours)),
    };
    let prices = FargatePrices {
        vcpu_hour: Usd::nanos(40_480_001),
        gb_hour: Usd::nanos(4_445_003),
        storage_gb_hour: Some(Usd::nanos(111_007)),
        spot: Some(FargateSpotPrices {
            vcpu_hour: Usd::nanos(12_000_001),
            gb_hour: Usd::nanos(1_400_003),
        }),
    };
    plan.prices.fargate_x86 = Some(prices);
    plan.prices.fargate_arm = Some(prices);
    let balancer = LoadBalancerPrices {
        hour: Usd::nanos(22_500_001),
        capacity_unit_hour: Usd::nanos(8_000_003),
    };
    plan.prices.services.application_load_balancer = Some(balancer);
    plan.prices.services.network_load_balancer = Some(balancer);
    queues(dice, &mut plan);
    plan
}

/// Its tasks end for certain: they are not started again and again, wait for no container
/// that may never be ready, and for no room that may never come.
pub fn can_end(plan: &Plan, entry: &TaskEntry) -> bool {
    let is_limited = entry.retry.attempts.is_some();
    let is_plain = |c: &Container| c.depends_on.is_empty() && c.restart.is_none();
    is_limited
        && entry.arrivals.is_finite()
        && entry.containers.iter().all(is_plain)
        && (entry.on_no_capacity == OnNoCapacity::Fail || plan.is_on_fargate(&entry.target))
}
