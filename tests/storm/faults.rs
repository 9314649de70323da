//! Random faults and assumptions.

use crate::common::worlds::Dice;
use crate::world::*;
use ecsim::engine::random::Distribution;
use ecsim::plan::{
    Assumptions, Fault, FaultKind, InstanceManagement, Occurrence, Plan, ThrottledRetry,
};
use ecsim::units::{Decimal, SimTime, Span};

pub fn fault(dice: &mut Dice, plan: &Plan, number: u64) -> Fault {
    let zones = plan.cluster.zones.len() as u64;
    let zone = dice.one_in(2).then(|| dice.below(zones) as usize);
    let works: Vec<_> = plan.works().collect();
    let has_works = !works.is_empty();
    let work =
        (has_works && dice.one_in(2)).then(|| works[dice.below(works.len() as u64) as usize]);
    let (provider, container) = (None, None);
    let kind = match dice.below(11) {
        0 => FaultKind::InstanceFailure {
            provider,
            zone,
            instances: dice.of(&[None, None, Some(vec![0, 2])]),
            repair_crews: dice.of(&[None, Some(1)]),
            replaced: dice.one_in(2),
        },
        1 => FaultKind::ContainerCrash { work, container },
        2 => FaultKind::HealthCheckFailure { work, container },
        3 => FaultKind::OutOfMemory { work, container },
        4 => FaultKind::RegistryOutage { registry: None },
        5 => FaultKind::BadImage { image: 0 },
        6 => FaultKind::ZoneOutage {
            zone,
            share: Distribution::Uniform {
                low: 0.0,
                high: 1.0,
            },
        },
        7 => FaultKind::InsufficientCapacity {
            instance_type: None,
            zone,
            spot_only: dice.one_in(2),
        },
        8 => FaultKind::AgentDisconnect {
            provider,
            zone,
            instances: dice.of(&[None, Some(vec![0, 1, 3])]),
        },
        9 => FaultKind::ControlPlaneOutage,
        _ => FaultKind::FargateHostLoss,
    };
    let may_end = !matches!(
        kind,
        FaultKind::ContainerCrash { .. }
            | FaultKind::HealthCheckFailure { .. }
            | FaultKind::OutOfMemory { .. }
            | FaultKind::FargateHostLoss
    );
    let must_end = may_end && !matches!(kind, FaultKind::InstanceFailure { .. });
    let lasts = must_end || may_end && dice.one_in(2);
    let occurs = match dice.one_in(2) {
        true => {
            let times = (0..dice.between(1, 4)).map(|turn| 100 + 700 * turn + dice.below(600));
            let times = times.map(|seconds| SimTime::ZERO + Span::seconds(seconds));
            Occurrence::At(times.collect())
        }
        false => Occurrence::Every(Distribution::Exponential {
            mean: dice.of(&[300.0, 3_000.0]),
        }),
    };
    Fault {
        name: format!("fault-{number}"),
        kind,
        occurs,
        lasts: lasts.then(|| law(dice, 900)),
    }
}

pub fn assumptions(dice: &mut Dice) -> Assumptions {
    let plain = Assumptions::default();
    if dice.one_in(2) {
        return plain;
    }
    Assumptions {
        provisioning_timeout: Span::seconds(dice.of(&[300, 1_800])),
        provisioning_limit: dice.of(&[3, 500]),
        service_scheduler_period: Span::seconds(dice.of(&[1, 10, 60])),
        capacity_metric_delay: Span::seconds(dice.of(&[0, 60, 150])),
        fargate_launch_bucket: dice.of(&[(100, Decimal::whole(20)), (1, Decimal::whole(1))]),
        fargate_vcpu_quota: dice.of(&[2, 4_000]),
        run_task_bucket: dice.of(&[(100, Decimal::whole(40)), (1, Decimal::whole(1))]),
        run_task_fargate_bucket: dice.of(&[(20, Decimal::whole(20)), (1, Decimal::whole(1))]),
        throttled_retry: ThrottledRetry {
            attempts: dice.of(&[1, 3, 20]),
            ..ThrottledRetry::default()
        },
        capacity_metric_launched: dice.one_in(2),
        fargate_spot_interruption: dice.of(&[0.05, 0.999_999]),
        service_launch_rate: dice.of(&[10, 500]),
        spot_notice: Span::seconds(dice.of(&[0, 120])),
        sibling_launch_errors: dice.of(&[(0.2, Span::hours(1)), (0.9, Span::hours(3))]),
        fixed_fleet_replacement: Span::seconds(dice.of(&[60, 3_600])),
        disconnect_notice: Span::seconds(dice.of(&[0, 60])),
        managed_instances: InstanceManagement {
            look_interval: Span::seconds(dice.of(&[0, 5, 60])),
            tasks_per_instance: dice.of(&[1, 2, 1_000]),
            maximum_age: Span::seconds(dice.of(&[1_200, 1_209_600])),
            drain_for: Span::seconds(dice.of(&[300, 604_800])),
            ..InstanceManagement::default()
        },
        ..plain
    }
}
