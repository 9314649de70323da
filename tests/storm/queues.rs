//! Random queues, services that work on them, and policies that scale these.

use crate::common::worlds::Dice;
use ecsim::engine::random::Distribution;
use ecsim::plan::{
    LoadShape, MathMetric, MathOperator, MathStep, MetricMath, Plan, Queue, RateShape, Redrive,
    ScalingMetric, Scheduling, ServiceMetric, TargetTracking, Worker,
};
use ecsim::units::{Rate, Span, Usd};

/// Lets some services without a load work on queues of their own.
pub fn queues(dice: &mut Dice, plan: &mut Plan) {
    for index in 0..plan.services.len() {
        let service = &plan.services[index];
        let is_free = service.load.is_none()
            && service.targets.is_none()
            && service.target_tracking.is_empty()
            && service.scheduling == Scheduling::Replica;
        if !is_free || dice.one_in(2) {
            continue;
        }
        let number = plan.queues.len();
        let queue = queue(dice, number);
        plan.queues.push(queue);
        if dice.one_in(2) {
            plan.queues[number].redrive = Some(Redrive {
                max_receive_count: dice.between(1, 4) as u32,
                target: number + 1,
            });
            plan.queues.push(Queue::new(format!("dead-{number}")));
        }
        let service = &mut plan.services[index];
        service.worker = Some(worker(dice, number));
        if dice.one_in(2) {
            service.target_tracking = vec![policy(dice)];
            service.max_capacity = 15;
        }
    }
    plan.prices.services.sqs_million_requests = Some(Usd::nanos(400_000_001));
}

fn queue(dice: &mut Dice, number: usize) -> Queue {
    let rate = Rate::per_second(dice.of(&[0.01, 1.0, 30.0])).expect("a rate");
    Queue {
        rates: vec![LoadShape::Rate(RateShape::Constant(rate))],
        noise: dice.of(&[0.0, 0.5]),
        visibility_timeout: Span::seconds(dice.of(&[1, 30, 900])),
        retention: Span::seconds(dice.of(&[60, 1_800, 345_600])),
        ..Queue::new(format!("queue-{number}"))
    }
}

fn worker(dice: &mut Dice, queue: usize) -> Worker {
    let seconds = dice.of(&[0.05, 1.0, 20.0]);
    Worker {
        cpu_per_message: Span::from_seconds_f64(seconds),
        cpu_law: dice
            .one_in(2)
            .then_some(Distribution::Exponential { mean: seconds }),
        latency: Span::millis(dice.of(&[0, 500])),
        concurrency: dice.between(1, 5) as u32,
        failure_probability: dice.of(&[0.0, 0.0, 0.1, 1.0]),
        extends_visibility: true,
        ..Worker::new(queue)
    }
}

fn policy(dice: &mut Dice) -> TargetTracking {
    let visible = MathStep::Metric(MathMetric::Of(ServiceMetric::MessagesVisible));
    let tasks = MathStep::Metric(MathMetric::RunningTaskCount);
    let divide = MathStep::Operator(MathOperator::Divide);
    TargetTracking {
        name: "backlog".into(),
        metric: ScalingMetric::Customized,
        math: Some(MetricMath {
            text: "visible / tasks".into(),
            steps: vec![visible, tasks, divide],
        }),
        target: dice.of(&[1_000_000, 50_000_000]),
        scale_out_cooldown: Span::seconds(dice.of(&[0, 300])),
        scale_in_cooldown: Span::seconds(dice.of(&[0, 300])),
        scales_in: !dice.one_in(4),
    }
}
