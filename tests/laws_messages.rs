//! Queues against queueing theory and against the arithmetic of scaling: waits of M/M/c and M/D/c, books of
//! messages, the way from zero tasks and back.

mod common;

use common::{instance_type, member, plan_on};
use ecsim::engine::Reader;
use ecsim::engine::random::Distribution;
use ecsim::plan::{
    Adjustment, AdjustmentType, ComparisonOperator, Demand, LoadShape, MathMetric, MathOperator,
    MathStep, MetricMath, MetricPeriod, Plan, PolicyAlarm, Queue, RateShape, Redrive,
    ScalingMetric, Service, ServiceMetric, StepAdjustment, StepScaling, TargetTracking,
    TreatMissingData, Until, Worker,
};
use ecsim::runner::{built_in_scheduler, play};
use ecsim::simulation::{self, Fact, Limits, Messages, ServiceEvent};
use ecsim::units::{Cpu, Memory, Rate, SimTime, Span, Usd};

fn constant(per_second: f64) -> Vec<LoadShape> {
    let rate = Rate::per_second(per_second).expect("it is a rate");
    vec![LoadShape::Rate(RateShape::Constant(rate))]
}

/// A service with tasks of 1 vCPU, each on an instance of its own, that works on a queue.
fn plan(tasks: u32, rate: f64, worker: Worker, seconds: u64) -> Plan {
    let mut plan = plan_on(vec![instance_type(16)], vec![member(0, 50)], Vec::new());
    plan.queues.push(Queue {
        rates: constant(rate),
        ..Queue::new("jobs")
    });
    plan.services.push(Service {
        worker: Some(worker),
        demand: Demand::new(Cpu::vcpus(1), Memory::mib(64)),
        ..Service::new("workers", tasks)
    });
    plan.prices.services.sqs_million_requests = Some(Usd::nanos(400_000_000));
    plan.until = Until::Elapsed(Span::seconds(seconds));
    plan
}

/// The mean wait of a plan's queue in its second hour, in seconds.
fn mean_wait(mut plan: Plan) -> f64 {
    plan.warm_up = Span::seconds(3_600);
    plan.until = Until::Elapsed(Span::seconds(2 * 3_600));
    let played = play(&plan, 1, &built_in_scheduler, &false.into()).expect("the plan is valid");
    played.message_waits[0].mean().expect("some were received")
}

/// The mean wait of M/M/c in units of the mean service time (Erlang C).
fn erlang(servers: u32, rho: f64) -> f64 {
    let offered = rho * f64::from(servers);
    let mut lost = 1.0;
    for number in 1..=servers {
        lost = offered * lost / (f64::from(number) + offered * lost);
    }
    let waits = lost / (1.0 - rho * (1.0 - lost));
    waits / (f64::from(servers) * (1.0 - rho))
}

#[test]
fn messages_wait_as_in_a_queue_before_several_servers() {
    for (servers, rho) in [
        (1, 0.5),
        (1, 0.9),
        (2, 0.8),
        (10, 0.8),
        (10, 0.95),
        (40, 0.9),
    ] {
        let drawn = Worker {
            cpu_law: Some(Distribution::Exponential { mean: 1.0 }),
            ..Worker::new(0)
        };
        let wanted = erlang(servers, rho);
        let got = mean_wait(plan(servers, rho * f64::from(servers), drawn, 0));
        let error = got / wanted - 1.0;
        assert!(
            error.abs() < 0.02,
            "M/M/{servers} {rho}: {got}, not {wanted}"
        );
        // With equal messages half of that, in heavy traffic.
        let got = mean_wait(plan(servers, rho * f64::from(servers), Worker::new(0), 0));
        assert!(
            (got / wanted / 0.5 - 1.0).abs() < 0.02,
            "M/D/{servers} {rho}"
        );
    }
}

/// The books of a queue, and when the desired count changed.
#[derive(Default)]
struct Seen {
    all: Vec<Messages>,
    desired: Vec<(u64, u32)>,
}

impl Reader<Fact> for Seen {
    fn read(&mut self, now: SimTime, fact: &Fact) {
        match fact {
            Fact::Messages(queue, passed) => {
                if self.all.len() <= *queue {
                    self.all.resize(*queue + 1, Messages::default());
                }
                let books = &mut self.all[*queue];
                assert!(
                    passed.adds_up((books.visible, books.in_flight)),
                    "{passed:?}"
                );
                assert!(passed.cpu_used <= passed.cpu_reserved, "{passed:?}");
                books.add(passed);
            }
            Fact::Service(_, ServiceEvent::DesiredCountUpdated { to, .. }) => {
                self.desired.push((now.as_micros() / 1_000_000, *to));
            }
            _ => {}
        }
    }
}

fn seen(plan: &Plan) -> Seen {
    let mut seen = Seen::default();
    let policies = simulation::Policies::from(built_in_scheduler(plan));
    simulation::run(plan, 1, policies, Limits::default(), &mut seen).expect("the run ends");
    seen
}

#[test]
fn cost_does_not_depend_on_the_number_of_messages() {
    let events = |factor: f64| {
        let worker = Worker {
            cpu_per_message: Span::from_seconds_f64(0.01 / factor),
            ..Worker::new(0)
        };
        let plan = plan(10, 500.0 * factor, worker, 86_400);
        let mut facts = 0_u64;
        let mut reader = Count(&mut facts);
        let policies = simulation::Policies::from(built_in_scheduler(&plan));
        simulation::run(&plan, 1, policies, Limits::default(), &mut reader).expect("the run ends");
        facts
    };
    assert_eq!(events(1.0), events(1_000.0));
}

struct Count<'a>(&'a mut u64);

impl Reader<Fact> for Count<'_> {
    fn read(&mut self, _: SimTime, _: &Fact) {
        *self.0 += 1;
    }
}

fn metric(metric: ServiceMetric) -> MathStep {
    MathStep::Metric(MathMetric::Of(metric))
}

/// `IF(tasks == 0, visible, 0)` of at least one adds a task.
fn from_zero() -> StepScaling {
    let tasks = MathStep::Metric(MathMetric::RunningTaskCount);
    StepScaling {
        name: "from-zero".into(),
        alarm: PolicyAlarm {
            metric: ServiceMetric::Customized,
            math: Some(MetricMath {
                text: "IF(tasks == 0, visible, 0)".into(),
                steps: vec![
                    tasks,
                    MathStep::Number(0),
                    MathStep::Operator(MathOperator::Equal),
                    metric(ServiceMetric::MessagesVisible),
                    MathStep::Number(0),
                    MathStep::If,
                ],
            }),
            period: MetricPeriod::Minute,
            comparison: ComparisonOperator::GreaterThanOrEqualTo,
            threshold: 1_000_000,
            evaluation_periods: 1,
            datapoints_to_alarm: 1,
            missing: TreatMissingData::Missing,
        },
        adjustment: Adjustment {
            kind: AdjustmentType::ChangeInCapacity,
            least: 0,
        },
        steps: vec![StepAdjustment {
            lower: Some(0),
            upper: None,
            adjustment: 1,
        }],
        cooldown: Span::seconds(300),
    }
}

/// (visible + in flight) ÷ tasks, with the default cooldowns.
fn backlog(target: u64) -> TargetTracking {
    TargetTracking {
        name: "backlog".into(),
        metric: ScalingMetric::Customized,
        math: Some(MetricMath {
            text: "(visible + inFlight) / tasks".into(),
            steps: vec![
                metric(ServiceMetric::MessagesVisible),
                metric(ServiceMetric::MessagesNotVisible),
                MathStep::Operator(MathOperator::Add),
                MathStep::Metric(MathMetric::RunningTaskCount),
                MathStep::Operator(MathOperator::Divide),
            ],
        }),
        target: target * 1_000_000,
        scale_out_cooldown: Span::seconds(300),
        scale_in_cooldown: Span::seconds(300),
        scales_in: true,
    }
}

/// One message a second for ten minutes from the first hour on; each takes 5 s.
#[test]
fn a_service_goes_from_zero_to_its_backlog_and_back() {
    let worker = Worker {
        cpu_per_message: Span::seconds(5),
        ..Worker::new(0)
    };
    let mut plan = plan(0, 0.0, worker, 4 * 3_600);
    let rate = |per_second: f64| Rate::per_second(per_second).expect("it is a rate");
    let steps = [(0, 0.0), (3_600, 1.0), (4_200, 0.0)];
    let steps = steps.map(|(at, per_second)| (Span::seconds(at), rate(per_second)));
    plan.queues[0].rates = vec![LoadShape::Rate(RateShape::Piecewise {
        steps: steps.to_vec(),
        every: None,
    })];
    let service = &mut plan.services[0];
    service.step_scaling = vec![from_zero()];
    service.target_tracking = vec![backlog(20)];
    service.max_capacity = 50;
    let seen = seen(&plan);
    // The minute from 3,600 to 3,660 s has messages at its end; the alarm sees it two minutes later.
    assert_eq!(seen.desired[0], (3_780, 1));
    let most = seen.desired.iter().map(|(_, to)| *to).max();
    assert!(most.is_some_and(|most| most >= 3), "{:?}", seen.desired);
    let (end, to) = *seen.desired.last().expect("it scaled");
    // Fifteen minutes below nine tenths of the target, and two of lag.
    assert_eq!(to, 0);
    assert!((4_800..6_900).contains(&end), "{end}");
    let books = &seen.all[0];
    let unit = u128::from(Messages::PER_MESSAGE);
    assert_eq!(books.sent, 600 * unit);
    assert!(books.processed > 599 * unit, "{books:?}");
}

#[test]
fn dead_letters_are_in_the_books_of_both_queues() {
    let worker = Worker {
        failure_probability: 0.5,
        ..Worker::new(0)
    };
    let mut plan = plan(20, 5.0, worker, 7_200);
    plan.queues[0].redrive = Some(Redrive {
        max_receive_count: 2,
        target: 1,
    });
    plan.queues.push(Queue::new("dead"));
    let seen = seen(&plan);
    let (jobs, dead) = (&seen.all[0], &seen.all[1]);
    assert_eq!(jobs.dead_lettered, dead.moved_in);
    assert_eq!(dead.visible, dead.moved_in);
    let share = jobs.dead_lettered as f64 / jobs.sent as f64;
    assert!((share - 0.25).abs() < 0.01, "{share}");
}

/// Calls of SQS at their price: sending, receiving and deleting a message is three of them.
#[test]
fn calls_are_in_the_bill() {
    let plan = plan(10, 5.0, Worker::new(0), 86_400);
    let played = play(&plan, 1, &built_in_scheduler, &false.into()).expect("the plan is valid");
    let line = played
        .bill
        .lines
        .iter()
        .find(|line| line.usage_type.contains("Requests-Tier1"));
    let cost = line.expect("it has a line").cost.as_dollars_f64();
    let three = 3.0 * 5.0 * 86_400.0 * 0.4e-6;
    // Half of ten tasks poll; a call that waits 20 s finds none once in e²⁰ times.
    assert!((cost / three - 1.0).abs() < 0.002, "{cost} {three}");
}

/// Messages and CPU in a day, as numbers.
fn day(tasks: u32, rate: f64, (timeout, worker): (u64, Worker)) -> (Messages, f64) {
    let mut plan = plan(tasks, rate, worker, 86_400);
    plan.queues[0].visibility_timeout = Span::seconds(timeout);
    let books = seen(&plan).all[0];
    let cpu = books.cpu_used as f64 / books.cpu_reserved as f64;
    (books, cpu)
}

/// A message that is worked on beside many others takes the longer for it: no CPU comes from nowhere, and none
/// is left. Each report of messages is checked by the reader.
#[test]
fn tasks_that_share_their_cpu_use_no_more_than_they_have() {
    let failing = |concurrency: u32, share: f64| Worker {
        concurrency,
        failure_probability: share,
        ..Worker::new(0)
    };
    // 7 messages a second need 11.67 deliveries, of which ten tasks complete ten: 6 are processed.
    let (books, cpu) = day(10, 7.0, (60, failing(20, 0.4)));
    assert!((0.99..=1.0).contains(&cpu), "{cpu}");
    let processed = books.processed as f64 / Messages::PER_MESSAGE as f64;
    assert!((processed / 516_700.0 - 1.0).abs() < 0.01, "{processed}");
    assert!(books.visible > 0);
    // With second deliveries, and with a load above the CPU that varies.
    for extends_visibility in [false, true] {
        let worker = Worker {
            extends_visibility,
            ..failing(100, 0.6)
        };
        day(1, 0.5, (30, worker));
    }
    let worker = Worker {
        cpu_per_message: Span::seconds(90),
        extends_visibility: true,
        ..failing(100, 0.0)
    };
    let mut noisy = plan(7, 0.1, worker, 6 * 3_600);
    noisy.queues[0].noise = 0.3;
    let books = seen(&noisy).all[0];
    let cpu = books.cpu_used as f64 / books.cpu_reserved as f64;
    assert!((0.9..=1.0).contains(&cpu), "{cpu}");
}

/// Messages that come back, and dead letters that move in, are received as they come.
#[test]
fn what_comes_back_does_not_wait_where_tasks_are_free() {
    let failing = Worker {
        failure_probability: 0.5,
        ..Worker::new(0)
    };
    let mut returns = plan(100, 10.0, failing.clone(), 86_400);
    returns.queues[0].visibility_timeout = Span::seconds(60);
    let mut letters = plan(20, 1.0, failing, 86_400);
    letters.queues[0].redrive = Some(Redrive {
        max_receive_count: 2,
        target: 1,
    });
    letters.queues.push(Queue::new("dead"));
    let mut worker = letters.services[0].clone();
    worker.name = "letters".into();
    worker.worker = Some(Worker::new(1));
    letters.services.push(worker);
    for (plan, queue) in [(returns, 0), (letters, 1)] {
        let played = play(&plan, 1, &built_in_scheduler, &false.into()).expect("the plan is valid");
        let waits = &played.message_waits[queue];
        assert!(waits.quantile(0.99).expect("some were received") < 0.01);
        let visible = seen(&plan).all[queue].visible_time;
        // Visible messages × µs of a day: less than a hundredth of a message.
        assert!(visible < u128::from(Messages::PER_MESSAGE) * 864_000_000);
    }
}

/// The calls of a day with few messages are nearly all empty receives: one in 20 s for each task.
#[test]
fn few_failures_leave_the_empty_receives_in_the_bill() {
    let calls = |failure_probability: f64, concurrency: u32| {
        let worker = Worker {
            failure_probability,
            concurrency,
            ..Worker::new(0)
        };
        let (books, _) = day(10, 0.001, (30, worker));
        books.calls as f64 / Messages::PER_MESSAGE as f64
    };
    for (failures, concurrency) in [(0.0, 1), (0.001, 1), (0.001, 10)] {
        let calls = calls(failures, concurrency);
        assert!((calls / 43_200.0 - 1.0).abs() < 0.02, "{failures}: {calls}");
    }
}

/// Half of the messages fail and are received first when they come back: with two priorities the others wait
/// for 0.9 ÷ (0.55 × 0.1) s.
#[test]
fn messages_that_come_back_are_part_of_the_load() {
    let worker = Worker {
        cpu_law: Some(Distribution::Exponential { mean: 1.0 }),
        failure_probability: 0.5,
        ..Worker::new(0)
    };
    let got = mean_wait(plan(1, 0.45, worker, 0));
    assert!((got / 16.36 - 1.0).abs() < 0.05, "{got}");
}

/// M/M/1: the share of those that wait for longer than t is utilization × e^(−(1 − utilization) t).
#[test]
fn the_tail_of_waits_is_that_of_an_exponential_law() {
    for rho in [0.5, 0.9] {
        let drawn = Worker {
            cpu_law: Some(Distribution::Exponential { mean: 1.0 }),
            ..Worker::new(0)
        };
        let mut plan = plan(1, rho, drawn, 2 * 3_600);
        plan.warm_up = Span::seconds(3_600);
        let played = play(&plan, 1, &built_in_scheduler, &false.into()).expect("the plan is valid");
        for q in [0.95, 0.99] {
            let got = played.message_waits[0].quantile(q).expect("some waited");
            let wanted = libm::log(rho / (1.0 - q)) / (1.0 - rho);
            assert!((got / wanted - 1.0).abs() < 0.03, "{rho} {q}: {got}");
        }
    }
}

/// One message in ten hours, each of which starts a task that stops again when nothing comes.
#[test]
fn a_service_goes_from_zero_for_each_of_few_messages() {
    let worker = Worker {
        cpu_per_message: Span::seconds(20),
        ..Worker::new(0)
    };
    let mut plan = plan(0, 0.1 / 3_600.0, worker, 40 * 86_400);
    let service = &mut plan.services[0];
    service.step_scaling = vec![from_zero()];
    service.target_tracking = vec![backlog(15)];
    service.max_capacity = 10;
    assert!(!plan.is_without_chance());
    let seen = seen(&plan);
    let starts = seen.desired.iter().filter(|(_, to)| *to == 1).count();
    // 96 are sent on average.
    assert!((70..125).contains(&starts), "{starts}");
    let played = play(&plan, 1, &built_in_scheduler, &false.into()).expect("the plan is valid");
    let waits = &played.message_waits[0];
    // The rest of a minute, the delay of the metric of two, and none for what comes while the task runs.
    let mean = waits.mean().expect("some were received");
    assert!((110.0..180.0).contains(&mean), "{mean}");
    let sent = seen.all[0].sent / u128::from(Messages::PER_MESSAGE);
    assert!((70..125).contains(&sent), "{sent}");
    plan.services[0].min_capacity = 1;
    plan.services[0].desired_count = 1;
    assert!(plan.is_without_chance());
}
