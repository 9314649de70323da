//! Arrivals and laws.

use super::{VALID, check, problems, valid, with};
use crate::engine::random::Distribution;
use crate::plan::{Arrivals, RateShape};
use crate::units::{SimTime, Span};

fn arrivals(text: &str) -> Arrivals {
    let text = with("arrivals: { poisson: 5/h }", &format!("arrivals: {text}"));
    valid(&text, &[]).study.variants[0].tasks[0]
        .arrivals
        .clone()
}

fn law(text: &str) -> Distribution {
    let text = with("duration: 90s", &format!("duration: {text}"));
    valid(&text, &[]).study.variants[0].tasks[0]
        .duration
        .clone()
}

#[test]
fn every_kind_of_arrivals_is_read() {
    assert!(matches!(
        arrivals("{ poisson: 22/s, limit: 1000000 }"),
        Arrivals::Poisson { rate: RateShape::Constant(rate), limit: Some(1_000_000) } if rate.as_per_second() == 22.0
    ));
    assert!(matches!(
        arrivals("{ every: 30s }"),
        Arrivals::Renewal { gap: Distribution::Constant(gap), limit: None } if gap == 30.0
    ));
    assert!(matches!(
        arrivals("{ every: { gamma: { shape: 2, mean: 30s } } }"),
        Arrivals::Renewal { gap: Distribution::Gamma { shape, scale }, .. } if shape == 2.0 && scale == 15.0
    ));
    assert!(matches!(
        arrivals("{ sinusoidal: { mean: 60/h, amplitude: 30/h, period: 1d, shift: 6h } }"),
        Arrivals::Poisson { rate: RateShape::Sinusoidal { period, shift, .. }, .. }
            if period == Span::hours(24) && shift == Span::hours(6)
    ));
    let steps = arrivals(
        "{ piecewise: { steps: [{ at: 0s, rate: 1/s }, { at: 8h, rate: 9/s }], every: 1d } }",
    );
    let Arrivals::Poisson {
        rate: RateShape::Piecewise { steps, every },
        ..
    } = steps
    else {
        panic!("not piecewise");
    };
    assert_eq!(
        (steps.len(), steps[1].0, every),
        (2, Span::hours(8), Some(Span::hours(24)))
    );
    let Arrivals::At(times) = arrivals("{ at: [1m, 0s, 10s] }") else {
        panic!("not a list");
    };
    let seconds = |s: u64| SimTime::micros(s * 1_000_000);
    assert_eq!(times[..], [seconds(0), seconds(10), seconds(60)]);
}

#[test]
fn wrong_arrivals_are_refused() {
    arrivals_refused(
        "{}",
        r#"
error: `arrivals` has exactly one arrival process
  shop.yaml:16:15  tasks.reports.arrivals
  16 |     arrivals: {}
     |               ^
hint: give one of `poisson`, `every`, `sinusoidal`, `piecewise` and `at`"#,
    );
    arrivals_refused(
        "{ poisson: 5 }",
        r#"
error: `5` is not a rate
  shop.yaml:16:26  tasks.reports.arrivals.poisson
  16 |     arrivals: { poisson: 5 }
     |                          ^
hint: expected a rate such as `22/s`, `90/min`, `5/h` or `3/d`"#,
    );
    arrivals_refused(
        "{ poisson: 0/s }",
        r#"
error: the rate must be above 0
  shop.yaml:16:26  tasks.reports.arrivals.poisson
  16 |     arrivals: { poisson: 0/s }
     |                          ^^^"#,
    );
    arrivals_refused(
        "{ poisson: -1/s }",
        r#"
error: `-1` is negative
  shop.yaml:16:26  tasks.reports.arrivals.poisson
  16 |     arrivals: { poisson: -1/s }
     |                          ^^^^
hint: expected a rate such as `22/s`, `90/min`, `5/h` or `3/d`"#,
    );
    arrivals_refused(
        "{ poisson: NaN/s }",
        r#"
error: `NaN` is not a number
  shop.yaml:16:26  tasks.reports.arrivals.poisson
  16 |     arrivals: { poisson: NaN/s }
     |                          ^^^^^
hint: expected a rate such as `22/s`, `90/min`, `5/h` or `3/d`"#,
    );
    arrivals_refused(
        "{ poisson: 5/h, every: 3s }",
        r#"
error: `arrivals` has exactly one arrival process
  shop.yaml:16:15  tasks.reports.arrivals
  16 |     arrivals: { poisson: 5/h, every: 3s }
     |               ^
hint: give one of `poisson`, `every`, `sinusoidal`, `piecewise` and `at`"#,
    );
    arrivals_refused(
        "{ poisson: 5/h, limit: 0 }",
        r#"
error: `0` is not valid here
  shop.yaml:16:38  tasks.reports.arrivals.limit
  16 |     arrivals: { poisson: 5/h, limit: 0 }
     |                                      ^
hint: expected a whole number of at least 1"#,
    );
    arrivals_refused(
        "{ every: 0s }",
        r#"
error: the time between arrivals must be above 0
  shop.yaml:16:24  tasks.reports.arrivals.every
  16 |     arrivals: { every: 0s }
     |                        ^^"#,
    );
    arrivals_refused(
        "{ sinusoidal: { mean: 1/h, amplitude: 2/h, period: 1d } }",
        r#"
error: `amplitude` is above `mean`, so that the rate would be negative
  shop.yaml:16:53  tasks.reports.arrivals.sinusoidal.amplitude
  16 |     arrivals: { sinusoidal: { mean: 1/h, amplitude: 2/h, period: 1d } }
     |                                                     ^^^"#,
    );
    arrivals_refused(
        "{ sinusoidal: { mean: 1/h, amplitude: 1/h, period: 0s } }",
        r#"
error: `period` must be above 0
  shop.yaml:16:66  tasks.reports.arrivals.sinusoidal.period
  16 |     arrivals: { sinusoidal: { mean: 1/h, amplitude: 1/h, period: 0s } }
     |                                                                  ^^"#,
    );
    arrivals_refused(
        "{ piecewise: { steps: [{ at: 1h, rate: 1/s }] } }",
        r#"
error: the first step must be at `0s`
  shop.yaml:16:38  tasks.reports.arrivals.piecewise.steps.0
  16 |     arrivals: { piecewise: { steps: [{ at: 1h, rate: 1/s }] } }
     |                                      ^"#,
    );
    arrivals_refused(
        "{ piecewise: { steps: [{ at: 0s, rate: 1/s }, { at: 0s, rate: 2/s }] } }",
        r#"
error: steps must be in ascending order of `at`
  shop.yaml:16:61  tasks.reports.arrivals.piecewise.steps.1
  16 |     arrivals: { piecewise: { steps: [{ at: 0s, rate: 1/s }, { at: 0s, rate: 2/s }] } }
     |                                                             ^"#,
    );
    arrivals_refused(
        "{ piecewise: { steps: [{ at: 0s, rate: 1/s }, { at: 2h, rate: 2/s }], every: 1h } }",
        r#"
error: the pattern is longer than `every`
  shop.yaml:16:92  tasks.reports.arrivals.piecewise.every
  16 |  { at: 2h, rate: 2/s }], every: 1h } }
     |                                 ^^
hint: expected more than 2h"#,
    );
    arrivals_refused(
        "{ piecewise: { steps: [] } }",
        r#"
error: this list is empty
  shop.yaml:16:37  tasks.reports.arrivals.piecewise.steps
  16 |     arrivals: { piecewise: { steps: [] } }
     |                                     ^"#,
    );
    arrivals_refused(
        "{ at: [] }",
        r#"
error: this list is empty
  shop.yaml:16:21  tasks.reports.arrivals.at
  16 |     arrivals: { at: [] }
     |                     ^
hint: give at least one time"#,
    );
    arrivals_refused(
        "{ at: [1s], limit: 5 }",
        r#"
error: `limit` has no effect with `at`, which lists every arrival
  shop.yaml:16:34  tasks.reports.arrivals.limit
  16 |     arrivals: { at: [1s], limit: 5 }
     |                                  ^
hint: remove `limit`"#,
    );
}

#[track_caller]
fn arrivals_refused(text: &str, expected: &str) {
    check(
        &with("arrivals: { poisson: 5/h }", &format!("arrivals: {text}")),
        expected,
    );
}

#[track_caller]
fn law_refused(text: &str, expected: &str) {
    check(
        &with("duration: 90s", &format!("duration: {text}")),
        expected,
    );
}

#[test]
fn an_entry_without_arrivals_or_duration_is_refused() {
    check(
        &with("    arrivals: { poisson: 5/h }\n", ""),
        r#"
error: one of `arrivals`, `schedule` and `trace` is missing
  shop.yaml:14:5  tasks.reports
  14 |   - name: reports
     |     ^
hint: give `arrivals`, such as `{ poisson: 22/s, limit: 1000 }`, a `schedule`, or a `trace`"#,
    );
    check(
        &with("    duration: 90s\n", ""),
        r#"
error: `duration` is missing
  shop.yaml:14:5  tasks.reports
  14 |   - name: reports
     |     ^
hint: expected a duration such as `90s`, or a law such as `{ exponential: { mean: 90s } }`"#,
    );
}

#[test]
fn every_law_is_read() {
    assert_eq!(law("90s"), Distribution::Constant(90.0));
    assert_eq!(
        law("{ exponential: { mean: 10s } }"),
        Distribution::Exponential { mean: 10.0 }
    );
    assert_eq!(
        law("{ erlang: { shape: 3, mean: 10s } }"),
        Distribution::Erlang {
            shape: 3,
            mean: 10.0
        }
    );
    assert_eq!(
        law("{ gamma: { shape: 0.5, scale: 4s } }"),
        Distribution::Gamma {
            shape: 0.5,
            scale: 4.0
        }
    );
    assert_eq!(
        law("{ weibull: { shape: 1.5, scale: 4s } }"),
        Distribution::Weibull {
            shape: 1.5,
            scale: 4.0
        }
    );
    assert_eq!(
        law("{ pareto: { minimum: 2s, shape: 2.5 } }"),
        Distribution::Pareto {
            minimum: 2.0,
            shape: 2.5
        }
    );
    assert_eq!(
        law("{ beta: { alpha: 2, beta: 3.5, high: 1m } }"),
        Distribution::Beta {
            alpha: 2.0,
            beta: 3.5,
            low: 0.0,
            high: 60.0
        }
    );
    assert_eq!(
        law("{ triangular: { low: 1s, mode: 5s, high: 1m } }"),
        Distribution::Triangular {
            low: 1.0,
            mode: 5.0,
            high: 60.0
        }
    );
    assert_eq!(
        law("{ uniform: { low: 1s, high: 1m } }"),
        Distribution::Uniform {
            low: 1.0,
            high: 60.0
        }
    );
    assert_eq!(
        law("{ oneOf: [1s, 2s] }"),
        Distribution::OneOf([1.0, 2.0].into())
    );
    let exponential = |mean| Distribution::Exponential { mean };
    assert_eq!(
        law("{ hyperexponential: [{ weight: 9, mean: 1s }, { weight: 1, mean: 60s }] }"),
        Distribution::mixture([(9.0, exponential(1.0)), (1.0, exponential(60.0))])
    );
    assert_eq!(
        law(
            "{ mixture: [{ weight: 0.5, law: 10s }, { weight: 0.5, law: { exponential: { mean: 5m } } }] }"
        ),
        Distribution::mixture([
            (0.5, Distribution::Constant(10.0)),
            (0.5, exponential(300.0))
        ])
    );
}

#[test]
fn a_lognormal_law_has_three_forms() {
    let near = |law: Distribution, wanted_mu: f64, wanted_sigma: f64| {
        let Distribution::LogNormal { mu, sigma } = law else {
            panic!("not lognormal");
        };
        assert!((mu - wanted_mu).abs() < 1e-12, "{mu}");
        assert!((sigma - wanted_sigma).abs() < 1e-12, "{sigma}");
    };
    near(law("{ lognormal: { median: 1s, sigma: 2 } }"), 0.0, 2.0);
    near(law("{ lognormal: { mean: 1s, sigma: 2 } }"), -2.0, 2.0);
    near(law("{ lognormal: { median: 1s, p99: 1s } }"), 0.0, 0.0);
    // sigma = ln(7.5) / z(0.99).
    near(
        law("{ lognormal: { median: 1s, p99: 7500ms } }"),
        0.0,
        libm::log(7.5) / 2.326_347_874_040_841,
    );
}

#[test]
fn wrong_laws_are_refused() {
    law_refused(
        "90",
        r#"
error: `90` has no unit of time
  shop.yaml:17:15  tasks.reports.duration
  17 |     duration: 90
     |               ^^
hint: expected a duration such as `90s`, `1500ms`, `1h30m` or `7d`"#,
    );
    law_refused(
        "{ exponental: { mean: 10s } }",
        r#"
error: `exponental` is not a key of `law`
  shop.yaml:17:17  tasks.reports.duration.exponental
  17 |     duration: { exponental: { mean: 10s } }
     |                 ^^^^^^^^^^
hint: did you mean `exponential`?"#,
    );
    law_refused(
        "{ exponential: { mean: 0s } }",
        r#"
error: `0s` must be above 0
  shop.yaml:17:38  tasks.reports.duration.exponential.mean
  17 |     duration: { exponential: { mean: 0s } }
     |                                      ^^"#,
    );
    law_refused(
        "{ exponential: 10s }",
        r#"
error: this should be a map with the keys of `exponential`, not a single value
  shop.yaml:17:30  tasks.reports.duration.exponential
  17 |     duration: { exponential: 10s }
     |                              ^^^
hint: keys: `mean`"#,
    );
    law_refused(
        "{ exponential: { mean: 10s }, erlang: { shape: 1, mean: 10s } }",
        r#"
error: only one of these keys can be given
  shop.yaml:17:15  tasks.reports.duration
  17 |     duration: { exponential: { mean: 10s }, erlang: { shape: 1, mean: 10s } }
     |               ^
hint: keep one of `exponential`, `erlang`, `gamma`, `weibull`, `lognormal`, `pareto`, `power`, `beta`, `triangular`, `uniform`, `shifted`, `oneOf`, `hyperexponential`, `mixture`, `empirical`"#,
    );
    law_refused(
        "{}",
        r#"
error: this map is empty
  shop.yaml:17:15  tasks.reports.duration
  17 |     duration: {}
     |               ^
hint: give one of `exponential`, `erlang`, `gamma`, `weibull`, `lognormal`, `pareto`, `power`, `beta`, `triangular`, `uniform`, `shifted`, `oneOf`, `hyperexponential`, `mixture`, `empirical`"#,
    );
    law_refused(
        "{ gamma: { shape: -1, scale: 4s } }",
        r#"
error: `-1` is negative
  shop.yaml:17:33  tasks.reports.duration.gamma.shape
  17 |     duration: { gamma: { shape: -1, scale: 4s } }
     |                                 ^^
hint: expected a number of at least 0"#,
    );
    law_refused(
        "{ gamma: { shape: NaN, scale: 4s } }",
        r#"
error: `NaN` is not a number
  shop.yaml:17:33  tasks.reports.duration.gamma.shape
  17 |     duration: { gamma: { shape: NaN, scale: 4s } }
     |                                 ^^^
hint: expected a number of at least 0"#,
    );
    law_refused(
        "{ beta: { alpha: 2, beta: 1e7, high: 1m } }",
        r#"
error: `beta` must lie between 0.001 and 1000000
  shop.yaml:17:41  tasks.reports.duration.beta.beta
  17 |     duration: { beta: { alpha: 2, beta: 1e7, high: 1m } }
     |                                         ^^^"#,
    );
    law_refused(
        "{ triangular: { low: 1s, mode: 2m, high: 1m } }",
        r#"
error: `mode` is above `high`
  shop.yaml:17:29  tasks.reports.duration.triangular
  17 |     duration: { triangular: { low: 1s, mode: 2m, high: 1m } }
     |                             ^"#,
    );
    law_refused(
        "{ gamma: { shape: 1, scale: 4s, mean: 4s } }",
        r#"
error: a gamma law has either `scale` or `mean`
  shop.yaml:17:24  tasks.reports.duration.gamma
  17 |     duration: { gamma: { shape: 1, scale: 4s, mean: 4s } }
     |                        ^"#,
    );
    law_refused(
        "{ erlang: { shape: 1.5, mean: 4s } }",
        r#"
error: `1.5` is not valid here
  shop.yaml:17:34  tasks.reports.duration.erlang.shape
  17 |     duration: { erlang: { shape: 1.5, mean: 4s } }
     |                                  ^^^
hint: expected a whole number from 1 to 1000"#,
    );
    law_refused(
        "{ lognormal: { median: 4s } }",
        r#"
error: a lognormal law has two parameters
  shop.yaml:17:28  tasks.reports.duration.lognormal
  17 |     duration: { lognormal: { median: 4s } }
     |                            ^
hint: give `median` and `p99`, `mean` and `sigma`, or `median` and `sigma`"#,
    );
    law_refused(
        "{ lognormal: { median: 4s, p99: 3s } }",
        r#"
error: `p99` is below `median`
  shop.yaml:17:47  tasks.reports.duration.lognormal.p99
  17 |     duration: { lognormal: { median: 4s, p99: 3s } }
     |                                               ^^"#,
    );
    law_refused(
        "{ lognormal: { median: 4s, sigma: 300 } }",
        r#"
error: a `sigma` of 300 is too large
  shop.yaml:17:28  tasks.reports.duration.lognormal
  17 |     duration: { lognormal: { median: 4s, sigma: 300 } }
     |                            ^
hint: `sigma` is the standard deviation of the natural logarithm, such as `1`; at most 50"#,
    );
    law_refused(
        "{ uniform: { low: 4s, high: 3s } }",
        r#"
error: `low` is above `high`
  shop.yaml:17:26  tasks.reports.duration.uniform
  17 |     duration: { uniform: { low: 4s, high: 3s } }
     |                          ^"#,
    );
    law_refused(
        "{ oneOf: [] }",
        r#"
error: this list is empty
  shop.yaml:17:24  tasks.reports.duration.oneOf
  17 |     duration: { oneOf: [] }
     |                        ^
hint: give at least one value"#,
    );
    law_refused(
        "{ oneOf: [1s, x] }",
        r#"
error: `x` is not a unit of time
  shop.yaml:17:29  tasks.reports.duration.oneOf.1
  17 |     duration: { oneOf: [1s, x] }
     |                             ^
hint: expected a duration such as `90s`, `1500ms`, `1h30m` or `7d`"#,
    );
    law_refused(
        "{ mixture: [{ weight: 0, law: 1s }] }",
        r#"
error: the weights must sum to more than 0
  shop.yaml:17:26  tasks.reports.duration.mixture
  17 |     duration: { mixture: [{ weight: 0, law: 1s }] }
     |                          ^
hint: give one of them `weight: 1`"#,
    );
    law_refused(
        "{ hyperexponential: [{ weight: 1 }] }",
        r#"
error: `mean` is missing
  shop.yaml:17:36  tasks.reports.duration.hyperexponential.0
  17 |     duration: { hyperexponential: [{ weight: 1 }] }
     |                                    ^
hint: add `mean:`, mean"#,
    );
    law_refused(
        "{ empirical: { file: nowhere.csv, column: x } }",
        r#"
error: cannot read `nowhere.csv`: there is no such file
  shop.yaml:17:36  tasks.reports.duration.empirical.file
  17 |     duration: { empirical: { file: nowhere.csv, column: x } }
     |                                    ^^^^^^^^^^^"#,
    );
}

#[test]
fn sizes_can_be_drawn() {
    let text = format!(
        "{}\n",
        VALID.replace(
            "    duration: 90s",
            "    duration: 90s\n    overrides: { cpu: { oneOf: [0.25 vCPU, 512, 1500m] }, memoryPerVcpu: { uniform: { low: 1 GiB, high: 2 GiB } } }"
        )
    );
    let plan = &valid(&text, &[]).study.variants[0];
    let demand = &plan.tasks[0].demand;
    let crate::plan::Drawn::From(cpu) = &demand.cpu else {
        panic!("not drawn")
    };
    assert_eq!(*cpu, Distribution::OneOf([256.0, 512.0, 1536.0].into()));
    let crate::plan::MemoryDemand::PerVcpu(memory) = &demand.memory else {
        panic!("not per vCPU")
    };
    let gib = (1u64 << 30) as f64;
    assert_eq!(
        *memory,
        Distribution::Uniform {
            low: gib,
            high: 2.0 * gib
        }
    );
}

#[test]
fn a_list_is_a_sequence() {
    let loaded = valid(&with("duration: 90s", "duration: [400s, 100s]"), &[]);
    assert_eq!(
        loaded.study.variants[0].tasks[0].duration,
        Distribution::Sequence([400.0, 100.0].into())
    );
    let set = valid(
        &with("duration: 90s", "duration: [400s, 100s]"),
        &["tasks.reports.duration.1=5s"],
    );
    assert_eq!(
        set.study.variants[0].tasks[0].duration,
        Distribution::Sequence([400.0, 5.0].into())
    );
    for (written, wanted) in [
        ("[]", "this list is empty"),
        ("[5s, x]", "`x` is not a unit of time"),
        (
            "{ shifted: { by: 5s, law: [1s] } }",
            "a sequence cannot be part of another law",
        ),
        (
            "{ mixture: [{ weight: 1, law: [1s, 2s] }] }",
            "a sequence cannot be part of another law",
        ),
    ] {
        let found = problems(&with("duration: 90s", &format!("duration: {written}")), &[]);
        assert!(found.contains(wanted), "{written}: {found}");
    }
    let always = problems(&with("{ poisson: 5/h }", "{ every: [5s, 0s] }"), &[]);
    let wanted = "the time between arrivals must be above 0";
    assert!(always.contains(wanted), "{always}");
}
