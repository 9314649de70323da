//! Rates of requests over time: what is read in every shape, and what is refused.

use super::{problems, valid, with};
use crate::plan::{Load, Moment};
use crate::units::{SimTime, Span};

/// The valid scenario with a service with this rate.
fn scenario(rate: &str) -> String {
    let service = format!(
        "services:\n  - serviceName: web\n    taskDefinition: report\n    desiredCount: 2\n    load: {{ requestsPerSecond: {rate}, cpuPerRequest: 1ms }}\ntasks:\n"
    );
    with("tasks:\n", &service)
}

fn load(rate: &str) -> Load {
    let study = valid(&scenario(rate), &[]).study;
    assert!(study.warnings.is_empty(), "{:?}", study.warnings);
    study.variants[0].services[0].load.clone().unwrap()
}

/// 2 November 2026, 0:00 UTC, a Monday.
const MONDAY: i64 = 1_793_577_600;

/// Checks the rate at some hours after a Monday's beginning.
#[track_caller]
fn check(rate: &str, wanted: &[(u64, f64)]) {
    let load = load(rate);
    for (hours, wanted) in wanted {
        let at = SimTime::ZERO + Span::seconds(hours * 3_600);
        let moment = Moment::new(MONDAY, at);
        let got = load.at(&moment, &mut std::iter::empty());
        assert!(
            (got - wanted).abs() < 1e-9,
            "{rate} at {hours} h: {got} instead of {wanted}"
        );
    }
}

#[test]
fn a_weekly_rate_has_days_and_hours() {
    let friday: Vec<String> = (0..24).map(|hour| format!("{hour}/s")).collect();
    let friday = friday.join(", ");
    check(
        &format!("{{ weekly: {{ weekdays: 9/s, friday: [{friday}], weekend: 240/min }} }}"),
        &[
            (0, 9.0),
            (96, 0.0),
            (96 + 13, 13.0),
            (120, 4.0),
            (167, 4.0),
            (168, 9.0),
        ],
    );
    check(
        "{ weekly: { weekdays: 9/s, weekend: 4/s, sunday: 1/s, timeZone: Asia/Tokyo } }",
        &[
            (0, 9.0),
            (96 + 14, 9.0),
            (96 + 15, 4.0),
            (120 + 15, 1.0),
            (144 + 15, 9.0),
        ],
    );
}

#[test]
fn a_product_multiplies_a_rate_by_factors() {
    check("{ product: [10/s, 1.5, 50%] }", &[(0, 7.5)]);
    check(
        "{ product: [10/s, { weekly: { saturday: 60%, sunday: 50% } }, { growth: { perMonth: 100% } }] }",
        &[
            (0, 10.0),
            (730, 20.0),
            (120, 6.0 * libm::pow(2.0, 120.0 / 730.0)),
        ],
    );
    check(
        "{ product: [[10/s, { ramp: { from: 0/s, to: 20/s, at: 1h, lasts: 2h } }], { piecewise: { steps: [{ at: 0s, rate: 1 }, { at: 3h, rate: 10% }] } }] }",
        &[(0, 10.0), (2, 20.0), (3, 3.0)],
    );
    check(
        "{ product: [8/s, { daily: { low: 25%, high: 1, peakAt: '12:00' } }, { sinusoidal: { mean: 1, amplitude: 0.5, period: 24h, shift: 6h } }] }",
        &[(0, 8.0 * 0.25 * 1.5), (12, 8.0 * 0.5)],
    );
}

#[test]
fn crowds_add_requests_or_multiply_them() {
    check(
        "[5/s, { flashCrowd: { at: [1h, 9h], peak: 80/s, riseTime: 30m, halfLife: 15m } }]",
        &[
            (1, 5.0),
            (2, 25.0),
            (3, 5.0 + 80.0 / 64.0),
            (4, 5.0),
            (10, 25.0),
        ],
    );
    check(
        "{ product: [5/s, { flashCrowd: { at: 1h, every: 24h, peak: 9, riseTime: 1h, plateau: 1h, halfLife: 1h } }] }",
        &[(1, 5.0), (2, 45.0), (3, 45.0), (4, 25.0), (26, 45.0)],
    );
    let random =
        "{ flashCrowd: { meanTimeBetween: 10h, peak: 80/s, riseTime: 30m, halfLife: 15m } }";
    let random = load(random);
    assert!(!random.is_certain());
    assert_eq!(random.random().len(), 1);
    assert_eq!(random.highest(SimTime::ZERO), 80.0);
}

#[test]
fn walks_and_bursts_are_random() {
    let walk = load(
        "{ product: [50/s, { randomWalk: { deviation: 20%, relaxationTime: 2h, low: 0.5, high: 2 } }] }",
    );
    assert!(!walk.is_certain());
    assert_eq!(walk.highest(SimTime::ZERO), 50.0 * (1.0 + 3.09 * 0.2));
    let bursts = load(
        "[{ mmpp: { states: [{ rate: 5/s, meanStay: 50m }, { rate: 90/s, meanStay: 10m }] } }, { randomWalk: { mean: 10/s, deviation: 0.1, relaxationTime: 10m, high: 12/s } }]",
    );
    assert_eq!(bursts.random().len(), 2);
    assert_eq!(bursts.highest(SimTime::ZERO), 102.0);
    let three = "{ mmpp: { states: [{ rate: 5/s, meanStay: 50m, next: [0, 1, 3] }, { rate: 9/s, meanStay: 10m }, { rate: 0/s, meanStay: 10m }] } }";
    assert_eq!(load(three).random().len(), 1);
}

#[test]
fn holidays_replace_the_rate() {
    // Monday, 2 November, and all Souls' days; the first shape has Sundays of its own.
    let dates = "dates: ['2026-11-03/2026-11-04', 11-06]";
    check(
        &format!(
            "{{ holidays: {{ {dates}, of: {{ weekly: {{ weekdays: 9/s, weekend: 4/s }} }}, as: sunday }} }}"
        ),
        &[
            (0, 9.0),
            (24, 4.0),
            (48, 4.0),
            (72, 9.0),
            (96, 4.0),
            (120, 4.0),
        ],
    );
    check(
        &format!("{{ product: [10/s, {{ holidays: {{ {dates}, factor: 30% }} }}] }}"),
        &[(0, 10.0), (24, 3.0), (72, 10.0), (96, 3.0)],
    );
    check(
        &format!(
            "{{ holidays: {{ {dates}, of: 10/s, instead: [1/s, 2/s], timeZone: America/New_York }} }}"
        ),
        &[(24 + 4, 10.0), (24 + 5, 3.0)],
    );
}

#[test]
fn a_change_after_the_end_of_the_run_is_told() {
    let text = scenario("{ ramp: { from: 1/s, to: 2/s, at: 9000d, lasts: 1h } }");
    let warnings = valid(&text, &[]).study.warnings;
    assert!(
        warnings[0].contains("before this change of the rate"),
        "{warnings:?}"
    );
}

#[test]
fn what_is_no_shape_is_refused_at_its_place() {
    let crowd = "peak: 8/s, riseTime: 1m, halfLife: 10m";
    let cases = [
        (
            "{ randomWalk: { deviation: 20%, relaxationTime: 1h } }",
            "`mean` is missing",
        ),
        (
            "{ randomWalk: { mean: 5/s, deviation: 20%, relaxationTime: 0s } }",
            "this time must be above 0",
        ),
        (
            "{ randomWalk: { mean: 5/s, deviation: 20%, relaxationTime: 1h, low: 6/s } }",
            "`low` is above `mean`",
        ),
        (
            "{ randomWalk: { mean: 5/s, deviation: -1, relaxationTime: 1h } }",
            "`-1` is not a factor",
        ),
        (
            "{ mmpp: { states: [{ rate: 1/s, meanStay: 1h }] } }",
            "there must be at least two states",
        ),
        (
            "{ mmpp: { states: [{ rate: 1/s, meanStay: 1h, next: [1] }, { rate: 2/s, meanStay: 1h }] } }",
            "`next` has 1 weights for 2 states",
        ),
        (
            "{ mmpp: { states: [{ rate: 1/s, meanStay: 1ms }, { rate: 2/s, meanStay: 1h }] } }",
            "`meanStay` must be at least 1s",
        ),
        (
            "{ mmpp: { states: [{ rate: 1/s, meanStay: 1h, next: [1, 1] }, { rate: 2/s, meanStay: 1h }] } }",
            "the weight of a state itself",
        ),
        ("10", "is not a rate"),
        (
            "{ weekly: { weekdays: 9/s, saturday: 4/s } }",
            "there is no rate for `sunday`",
        ),
        (
            "{ weekly: { weekday: 9/s, weekend: 1/s } }",
            "did you mean `weekdays`",
        ),
        (
            "{ weekly: { weekdays: [1/s, 2/s], weekend: 1/s } }",
            "this list has 2 rates",
        ),
        (
            "{ weekly: { weekdays: 0/s, weekend: 0/s } }",
            "no hour has a rate above 0",
        ),
        ("{ product: [] }", "this list is empty"),
        ("{ product: [10/s, 2/s] }", "`2/s` is not a factor"),
        ("{ product: [10/s, -1] }", "`-1` is not a factor"),
        ("{ product: 10/s }", "this should be a list"),
        (
            "{ growth: { from: 1/s, perMonth: -100% } }",
            "a rate cannot lose 100 % or more in a month",
        ),
        ("{ growth: { perMonth: 5% } }", "`from` is missing"),
        (
            "{ growth: { from: 1/s, perMonth: 5/s } }",
            "`5/s` is not a share",
        ),
        ("{ ramp: { from: 1/s, to: 5/s } }", "`lasts` is missing"),
        (
            "{ ramp: { from: 1/s, to: 5/s, lasts: 99999999d } }",
            "is too long",
        ),
        (
            &format!("{{ flashCrowd: {{ {crowd} }} }}"),
            "one of `at`, `every` and `meanTimeBetween` is missing",
        ),
        (
            &format!("{{ flashCrowd: {{ {crowd}, at: 1h, meanTimeBetween: 1d }} }}"),
            "`meanTimeBetween` excludes",
        ),
        (
            &format!("{{ flashCrowd: {{ {crowd}, at: [1h, 2h], every: 1d }} }}"),
            "`every` takes one time in `at`",
        ),
        (
            &format!("{{ flashCrowd: {{ {crowd}, every: 1m }} }}"),
            "more than 100 would go on at once",
        ),
        (
            &format!("{{ flashCrowd: {{ {crowd}, at: [] }} }}"),
            "this list is empty",
        ),
        (
            "{ flashCrowd: { at: 1h, peak: 8/s, riseTime: 1m, halfLife: 0s } }",
            "this time must be above 0",
        ),
        (
            "{ holidays: { dates: [2026-02-30], of: 1/s, factor: 1 } }",
            "`2026-02-30` is not a date",
        ),
        (
            "{ holidays: { dates: ['2026-12-25/2026-12-24'], of: 1/s, factor: 1 } }",
            "`2026-12-24` is before `2026-12-25`",
        ),
        (
            "{ holidays: { dates: [], of: 1/s, factor: 1 } }",
            "this list is empty",
        ),
        (
            "{ holidays: { dates: [12-25], of: 1/s } }",
            "one of `factor`, `as` and `instead` is missing",
        ),
        (
            "{ holidays: { dates: [12-25], of: 1/s, factor: 1, as: sunday } }",
            "exclude each other",
        ),
        (
            "{ holidays: { dates: [12-25], of: 1/s, as: sundy } }",
            "did you mean `sunday`",
        ),
        (
            "{ holidays: { dates: [12-25], factor: 50% } }",
            "`of` is missing",
        ),
        (
            "{ daily: { low: 1/s, high: 3/s, peakAt: '9:00', timeZone: Europe/Berln } }",
            "there is no time zone",
        ),
    ];
    for (rate, wanted) in cases {
        let told = problems(&scenario(rate), &[]);
        assert!(told.contains(wanted), "{rate}\n{told}");
        assert!(told.contains("shop.yaml:"), "{told}");
    }
}
