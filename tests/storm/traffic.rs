//! Random requests of services, load balancers before them, and policies that scale them.

use crate::common::worlds::Dice;
use ecsim::engine::random::Distribution;
use ecsim::plan::{
    ClientRetries, DeregistrationEnd, Load, LoadBalancer, LoadBalancerKind, LoadMode, LoadShape,
    MarkovModulated, MarkovState, Plan, RandomWalk, RateShape, ReleaseFailure, Routing,
    ScalingMetric, Scheduling, ServiceTargets, ShiftController, ShiftSteps, TargetGroup,
    TargetTracking, TrafficShift,
};
use ecsim::units::{Rate, Ratio, Span};

/// Gives some services a load, a target group, and policies.
pub fn loads(dice: &mut Dice, plan: &mut Plan) {
    for index in 0..plan.services.len() {
        if plan.services[index].scheduling == Scheduling::Daemon || dice.one_in(2) {
            continue;
        }
        let load = load(dice);
        if dice.one_in(2) {
            balance(dice, plan, index);
        }
        let service = &mut plan.services[index];
        if dice.one_in(2) {
            let has_targets = service.targets.is_some();
            service.target_tracking = vec![policy(dice, has_targets)];
            service.max_capacity = 15;
        }
        service.load = Some(load);
    }
}

fn load(dice: &mut Dice) -> Load {
    let rate = |per_second: f64| Rate::per_second(per_second).expect("a rate");
    let shape = match dice.below(4) {
        0 => LoadShape::RandomWalk(RandomWalk {
            mean: rate(20.0),
            deviation: 0.5,
            relaxation_time: Span::seconds(600),
            low: rate(0.0),
            high: None,
        }),
        1 => LoadShape::MarkovModulated(MarkovModulated {
            states: vec![
                MarkovState {
                    rate: rate(2.0),
                    mean_stay: Span::seconds(300),
                    next: Vec::new(),
                },
                MarkovState {
                    rate: rate(80.0),
                    mean_stay: Span::seconds(60),
                    next: Vec::new(),
                },
            ],
        }),
        _ => LoadShape::Rate(RateShape::Constant(rate(dice.of(&[0.5, 10.0, 100.0])))),
    };
    let mut made = Load::new(shape);
    made.noise = dice.of(&[0.0, 0.3]);
    made.timeout = Span::seconds(dice.of(&[1, 60]));
    made.latency = Span::millis(dice.of(&[0, 50]));
    made.max_concurrency = dice.of(&[None, Some(1), Some(20)]);
    if dice.one_in(3) {
        made.cpu_law = Some(Distribution::Exponential { mean: 0.01 });
    }
    if dice.one_in(3) {
        made.client_retries = Some(ClientRetries {
            attempts: dice.between(1, 4) as u32,
            delay: Span::millis(dice.of(&[100, 1_000, 5_000])),
            backoff_rate: dice.of(&[1.0, 2.0]),
        });
    }
    if dice.one_in(6) {
        made.mode = LoadMode::Exact;
        made.routing = dice.of(&[
            Routing::Random,
            Routing::RoundRobin,
            Routing::LeastOutstanding,
        ]);
    }
    made
}

/// Puts load balancers before a service.
fn balance(dice: &mut Dice, plan: &mut Plan, index: usize) {
    let first = targets(dice, plan);
    plan.services[index].targets = Some(first);
    if dice.one_in(3) {
        let second = targets(dice, plan);
        plan.services[index].other_targets = vec![second];
    }
}

/// A new load balancer with a target group. All revisions of services have a first container of one name.
fn targets(dice: &mut Dice, plan: &mut Plan) -> ServiceTargets {
    let kind = dice.of(&[LoadBalancerKind::Application, LoadBalancerKind::Network]);
    let number = plan.load_balancers.len();
    plan.load_balancers.push(LoadBalancer {
        name: format!("balancer-{number}"),
        kind,
        rules: 1,
    });
    let mut group = TargetGroup::new(format!("group-{number}"), number, kind);
    group.health_check.unhealthy_threshold = dice.between(1, 5) as u32;
    group.health_check.initial_threshold = dice.of(&[1, 5]);
    group.deregistration_delay = Span::seconds(dice.of(&[0, 30, 300]));
    group.deregistration_ends =
        dice.of(&[DeregistrationEnd::AfterDelay, DeregistrationEnd::WhenIdle]);
    group.cross_zone = dice.of(&[true, false]);
    if kind == LoadBalancerKind::Application {
        group.slow_start = Span::seconds(dice.of(&[0, 30, 300]));
    }
    plan.target_groups.push(group);
    ServiceTargets {
        group: plan.target_groups.len() - 1,
        alternate: None,
        container: "container-0".into(),
    }
}

/// Lets deployments of some services that have a load and a target group shift traffic.
pub fn shifts(dice: &mut Dice, plan: &mut Plan) {
    for index in 0..plan.services.len() {
        let service = &plan.services[index];
        let has_one = service.targets.is_some() && service.other_targets.is_empty();
        if has_one && dice.one_in(2) {
            shift_traffic(dice, plan, index);
        }
    }
}

/// Gives a service a second target group, and its deployments strategies that shift traffic. Some of its bad
/// releases answer with errors.
fn shift_traffic(dice: &mut Dice, plan: &mut Plan, index: usize) {
    let targets = plan.services[index].targets.as_mut();
    let targets = targets.expect("it has a target group");
    let mut second = plan.target_groups[targets.group].clone();
    second.name = format!("{}-second", second.name);
    second.deregistration_delay = Span::seconds(dice.of(&[0, 60]));
    targets.alternate = Some(plan.target_groups.len());
    plan.target_groups.push(second);
    let mut shift = || {
        let share = Ratio::millionths(dice.of(&[50_000, 300_000, 1_000_000])).expect("a share");
        let bake = Span::seconds(dice.of(&[0, 60, 300]));
        let steps = match dice.below(3) {
            0 => ShiftSteps::AllAtOnce,
            1 => ShiftSteps::Linear { step: share, bake },
            _ => ShiftSteps::Canary { share, bake },
        };
        let bake_time = Span::seconds(dice.of(&[0, 120, 900]));
        (!dice.one_in(4)).then_some(TrafficShift {
            steps,
            bake_time,
            controller: ShiftController::Ecs,
            rolls_back: true,
        })
    };
    plan.services[index].deployment.shift = shift();
    let deployments = plan.deployments.iter_mut();
    for deployment in deployments.filter(|of| of.service == index) {
        if let Some(rules) = &mut deployment.rules {
            rules.shift = shift();
        }
    }
    for revision in &mut plan.services[index].revisions {
        if let Some(bad) = revision.bad.as_mut().filter(|_| dice.one_in(3)) {
            let share = Ratio::millionths(dice.of(&[20_000, 1_000_000]));
            bad.failure = ReleaseFailure::Errors(share.expect("a share"));
            bad.containers = revision.containers.clone();
        }
    }
}

fn policy(dice: &mut Dice, has_targets: bool) -> TargetTracking {
    let (metric, target) = match has_targets && dice.one_in(2) {
        true => (ScalingMetric::AlbRequestCountPerTarget, 300_000_000),
        false => (ScalingMetric::ServiceAverageCpuUtilization, 50_000_000),
    };
    TargetTracking {
        name: "policy".into(),
        metric,
        math: None,
        target,
        scale_out_cooldown: Span::seconds(dice.of(&[0, 300])),
        scale_in_cooldown: Span::seconds(dice.of(&[0, 300])),
        scales_in: !dice.one_in(4),
    }
}
