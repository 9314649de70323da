//! The load of services and target tracking policies: what is read, and what is refused.

use super::{problems, valid, with};
use crate::plan::{LoadShape, Moment, RateShape, Service};
use crate::units::{Cpu, SimTime, Span};

/// The valid scenario with a service that has these keys.
fn scenario(keys: &str) -> String {
    let service = format!(
        "services:\n  - {{ serviceName: web, taskDefinition: report, desiredCount: 2, {keys} }}\ntasks:\n"
    );
    with("tasks:\n", &service)
}

fn only(keys: &str) -> Service {
    let study = valid(&scenario(keys), &[]).study;
    assert!(study.warnings.is_empty(), "{:?}", study.warnings);
    study.variants[0].services[0].clone()
}

const LOAD: &str = "load: { requestsPerSecond: 10/s, cpuPerRequest: 15ms }";

#[test]
fn rates_are_read_in_every_form() {
    let load = only(LOAD).load.unwrap();
    assert!(matches!(
        load.rates[..],
        [LoadShape::Rate(RateShape::Constant(rate))] if rate.as_per_second() == 10.0
    ));
    assert_eq!((load.noise, load.idle_cpu), (0.0, Cpu::ZERO));
    assert_eq!(load.cpu_per_request, Span::micros(15_000));
    assert_eq!(load.timeout, Span::seconds(60));
    assert!(load.cpu_law.is_none() && load.latency == Span::ZERO);
    assert_eq!(load.max_concurrency, None);
    let drawn = only(
        "load: { requestsPerSecond: 10/s, cpuPerRequest: { exponential: { mean: 12ms } }, latency: 30ms, maxConcurrency: 8 }",
    );
    let drawn = drawn.load.unwrap();
    assert!(drawn.cpu_law.is_some());
    assert_eq!(drawn.cpu_per_request, Span::millis(12));
    assert_eq!(drawn.latency, Span::millis(30));
    assert_eq!(drawn.max_concurrency, Some(8));
    let many = only(
        "load: { requestsPerSecond: [{ constant: 1/s }, { daily: { low: 1/s, high: 3/s, peakAt: '0:00', weekend: 50% } }, \
         { sinusoidal: { mean: 2/s, amplitude: 1/s, period: 1h } }, { piecewise: { steps: [{ at: 0s, rate: 4/s }] } }], \
         noise: 10%, cpuPerRequest: 1ms, idleCpu: 0.1 vCPU, cpuLimit: 1 vCPU, timeout: 5s }",
    );
    let load = many.load.unwrap();
    assert_eq!(load.rates.len(), 4);
    assert_eq!(load.noise, 0.1);
    assert_eq!(load.highest(SimTime::ZERO), 1.0 + 3.0 + 3.0 + 4.0);
    // Midnight of a Monday in UTC.
    let monday = 1_793_577_600;
    let at_start = load.at(&Moment::new(monday, SimTime::ZERO), &mut std::iter::empty());
    assert!((at_start - (1.0 + 3.0 + 2.0 + 4.0)).abs() < 1e-9);
    let policies = "scaling: { minCapacity: 1, maxCapacity: 9, targetTracking: [{ metric: ECSServiceAverageCPUUtilization, targetValue: 62.5 }] }";
    let web = only(&format!("{LOAD}, {policies}"));
    let [policy] = &web.target_tracking[..] else {
        panic!("one policy")
    };
    assert_eq!(policy.target, 62_500_000);
    assert_eq!(policy.scale_out_cooldown, Span::seconds(300));
    assert_eq!(policy.scale_in_cooldown, Span::seconds(300));
    assert!(policy.scales_in);
}

#[test]
fn a_load_that_no_number_of_tasks_can_serve_is_told_with_the_arithmetic() {
    let heavy = scenario("load: { requestsPerSecond: 900/s, cpuPerRequest: 15ms }");
    let warnings = valid(&heavy, &[]).study.warnings;
    let [warning] = &warnings[..] else {
        panic!("{warnings:?}")
    };
    assert!(
        warning.contains("up to 900.0 requests arrive per second, and 2 tasks serve"),
        "{warning}"
    );
}

#[test]
fn clients_may_send_requests_again() {
    let retries = |keys: &str| {
        let load = "load: { requestsPerSecond: 10/s, cpuPerRequest: 15ms, clientRetries: ";
        only(&format!("{load}{{ {keys} }} }}"))
            .load
            .unwrap()
            .client_retries
            .unwrap()
    };
    let preset = retries("");
    assert_eq!(
        (preset.attempts, preset.delay, preset.backoff_rate),
        (3, Span::seconds(1), 2.0)
    );
    let own = retries("attempts: 5, delay: 300ms, backoffRate: 1.5");
    assert_eq!((own.attempts, own.backoff_rate), (5, 1.5));
    let delays = [1, 2, 3].map(|attempt| own.delay_after(attempt).as_micros());
    assert_eq!(delays, [300_000, 450_000, 675_000]);
}

#[test]
fn what_cannot_be_is_refused() {
    for (keys, wanted) in [
        (
            "load: { requestsPerSecond: 1/s, cpuPerRequest: { pareto: { minimum: 1ms, shape: 1 } } }",
            "this law has no mean, so that no number of tasks can serve the requests",
        ),
        (
            "load: { requestsPerSecond: 1/s, cpuPerRequest: [1ms, 2ms] }",
            "the CPU time of requests cannot be a sequence",
        ),
        (
            "load: { requestsPerSecond: 1/s, cpuPerRequest: 1ms, maxConcurrency: 0 }",
            "maxConcurrency",
        ),
        (
            "load: { requestsPerSecond: 1/s, cpuPerRequest: 1ms, latency: fast }",
            "latency",
        ),
        (
            "load: { requestsPerSecond: 10/s, cpuPerRequest: 0s }",
            "this time must be above 0",
        ),
        (
            "load: { requestsPerSecond: 1/s, cpuPerRequest: 1ms, clientRetries: { attempts: 21 } }",
            "attempts",
        ),
        (
            "load: { requestsPerSecond: 1/s, cpuPerRequest: 1ms, clientRetries: { backoffRate: 0.5 } }",
            "the delay shrinks, or grows too fast",
        ),
        (
            "load: { requestsPerSecond: 1/s, cpuPerRequest: 1ms, clientRetries: { delay: 0s } }",
            "this time must be above 0",
        ),
        (
            "load: { requestsPerSecond: { daily: { low: 5/s, high: 3/s, peakAt: '9:00' } }, cpuPerRequest: 1ms }",
            "`low` (5/s) is above `high` (3/s)",
        ),
        (
            "load: { requestsPerSecond: { daily: { low: 1/s, high: 3/s, peakAt: '24:00' } }, cpuPerRequest: 1ms }",
            "is not a time of day",
        ),
        (
            "load: { requestsPerSecond: { constant: 1/s, daily: { low: 1/s, high: 3/s, peakAt: '9:00' } }, cpuPerRequest: 1ms }",
            "only one of these keys can be given",
        ),
        (
            "load: { requestsPerSecond: [], cpuPerRequest: 1ms }",
            "this list is empty",
        ),
        (
            "load: { requestsPerSecond: 1/s, cpuPerRequest: 1ms, idleCpu: 64 vCPU }",
            "leaves nothing of the",
        ),
        (
            "load: { requestsPerSecond: 1/s }",
            "`cpuPerRequest` is missing",
        ),
        (
            "scaling: { minCapacity: 1, maxCapacity: 9, targetTracking: [{ metric: ECSServiceAverageCPUUtilization, targetValue: 60 }] }",
            "`ECSServiceAverageCPUUtilization` has no value without the requests of the service",
        ),
        (
            "load: { requestsPerSecond: 1/s, cpuPerRequest: 1ms }, scaling: { minCapacity: 1, maxCapacity: 9, targetTracking: [{ metric: ECSServiceAverageCPUUtilization, targetValue: 0 }] }",
            "this target cannot be kept",
        ),
        (
            "load: { requestsPerSecond: 1/s, cpuPerRequest: 1ms }, scaling: { minCapacity: 1, maxCapacity: 9, targetTracking: [{ metric: ECSServiceAverageCPUUtilisation, targetValue: 60 }] }",
            "ECSServiceAverageCPUUtilization",
        ),
        (
            "schedulingStrategy: DAEMON, load: { requestsPerSecond: 1/s, cpuPerRequest: 1ms }",
            "the load of a daemon is not modelled yet",
        ),
    ] {
        let told = problems(&scenario(keys), &[]);
        assert!(told.contains(wanted), "{keys}\n{told}");
        assert!(told.contains("shop.yaml:"), "{told}");
    }
}

#[test]
fn an_alarm_on_cpu_needs_a_load() {
    let alarm = "alarms:\n  - { alarmName: busy, metricName: CPUUtilization, service: web, comparisonOperator: GreaterThanThreshold, threshold: 80 }\ntasks:\n";
    let of = |keys: &str| scenario(keys).replace("tasks:\n", alarm);
    valid(&of(LOAD), &[]);
    let told = problems(&of("healthCheckGracePeriodSeconds: 0"), &[]);
    let wanted = "`CPUUtilization` has no value without the requests of the service";
    assert!(told.contains(wanted), "{told}");
}
