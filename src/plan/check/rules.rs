//! Rules for plans built by hand and for scenario files. Each returns what is wrong and at which
//! key; the caller adds the path or the line.

use super::super::{
    AutoScalingGroup, LONGEST, ManagedScaling, RateShape, ServiceCall, Until, call_order,
};
use crate::engine::random::CountLaw;
use crate::units::Span;

/// A violation of a rule at a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flaw {
    /// The key, as a scenario file has it.
    pub key: &'static str,
    /// The item of the list at this key, if it is about one.
    pub item: Option<usize>,
    /// What is wrong: lower case, no final period.
    pub message: String,
    /// What is expected instead.
    pub expected: Option<String>,
    /// Other advice.
    pub hint: Option<&'static str>,
}

impl Flaw {
    pub(super) fn new(key: &'static str, message: impl Into<String>) -> Self {
        Self {
            key,
            item: None,
            message: message.into(),
            expected: None,
            hint: None,
        }
    }

    pub(super) fn expected(self, expected: impl Into<String>) -> Self {
        let expected = Some(expected.into());
        Self { expected, ..self }
    }

    pub(super) fn hint(self, hint: &'static str) -> Self {
        let hint = Some(hint);
        Self { hint, ..self }
    }
}

/// The largest number of placement strategies of a request (facts/ecs.md 49).
pub const MOST_STRATEGIES: usize = 5;

/// A run has a length of at most a hundred years, and is longer than its warm-up.
pub fn length(until: Until, warm_up: Span) -> Option<Flaw> {
    let Until::Elapsed(end) = until else {
        return None;
    };
    if end == Span::ZERO {
        let flaw = Flaw::new("until", "a run must have a length");
        return Some(flaw.expected("a duration such as `7d`, or `drained`"));
    }
    if end > LONGEST {
        let flaw = Flaw::new("until", format!("`{end}` is too long"));
        return Some(flaw.expected("at most 100 years (36500d)"));
    }
    (warm_up >= end).then(|| {
        let message = "the warm-up is as long as the run, so that nothing is reported";
        Flaw::new("warmUp", message).expected(format!("less than {end}"))
    })
}

/// The most tasks of an arrival, or their mean where the number is drawn.
pub const MOST_PER_ARRIVAL: u32 = 1_000_000;

/// The law of the tasks per arrival gives some, and on average not more than
/// [`MOST_PER_ARRIVAL`].
pub fn count(law: &CountLaw) -> Option<Flaw> {
    let most = f64::from(MOST_PER_ARRIVAL);
    let flaw = |key, value: String, expected: &str| {
        Some(Flaw::new(key, format!("{value} is not valid here")).expected(expected))
    };
    let whole = "a whole number from 1 to 1000000";
    match law {
        CountLaw::Fixed(0) => Some(Flaw::new("count", "0 cannot stand here").expected(whole)),
        CountLaw::Poisson { mean } if !(*mean > 0.0 && *mean <= most) => flaw(
            "count.poisson",
            format!("a mean of {mean}"),
            "a number above 0 and up to 1000000, the mean of the tasks per arrival",
        ),
        CountLaw::Geometric { mean } if !(1.0..=most).contains(mean) => flaw(
            "count.geometric.mean",
            format!("a mean of {mean}"),
            "a number from 1 to 1000000: a geometric count is 1, 2, 3 …",
        ),
        CountLaw::Binomial(law) if !(1..=MOST_PER_ARRIVAL).contains(&law.n()) => {
            flaw("count.binomial.n", law.n().to_string(), whole)
        }
        CountLaw::Sequence(counts) if counts.is_empty() => {
            Some(Flaw::new("count", "this list is empty").expected(whole))
        }
        CountLaw::Sequence(counts) if counts.contains(&0) => {
            Some(Flaw::new("count", "0 cannot stand here").expected(whole))
        }
        CountLaw::Binomial(law) if law.p() == 0.0 => flaw(
            "count.binomial.p",
            "a chance of 0".into(),
            "a share above 0, such as `10%`",
        ),
        _ => None,
    }
}

/// `minSize` ≤ `desiredCapacity` ≤ `maxSize`.
pub fn group_sizes(min: u32, max: u32, desired: u32) -> Option<Flaw> {
    if min > max {
        let message = format!("`minSize` ({min}) is above `maxSize` ({max})");
        return Some(Flaw::new("minSize", message));
    }
    (!(min..=max).contains(&desired)).then(|| {
        let message =
            format!("`desiredCapacity` ({desired}) is not between `minSize` and `maxSize`");
        Flaw::new("desiredCapacity", message)
            .expected(format!("a whole number from {min} to {max}"))
    })
}

/// The smallest step of managed scaling is not above the largest.
pub fn scaling_steps(scaling: &ManagedScaling) -> Option<Flaw> {
    let (minimum, maximum) = (scaling.minimum_step, scaling.maximum_step);
    (minimum > maximum).then(|| {
        Flaw::new(
            "minimumScalingStepSize",
            format!(
                "`minimumScalingStepSize` ({minimum}) is above `maximumScalingStepSize` ({maximum})"
            ),
        )
    })
}

/// Protection needs managed scaling and protected instances (facts/ecs.md 158).
pub fn protection(group: &AutoScalingGroup) -> Vec<Flaw> {
    let (is_managed, is_protected) = (
        group.managed_scaling.is_some(),
        group.protected_from_scale_in,
    );
    protection_of(
        group.managed_termination_protection,
        is_managed,
        is_protected,
    )
}

/// The rule of [`protection`] for three values: whether termination protection is on, whether
/// managed scaling is on, and whether new instances are protected from scale-in.
pub fn protection_of(is_on: bool, is_managed: bool, is_protected: bool) -> Vec<Flaw> {
    const KEY: &str = "managedTerminationProtection";
    let mut flaws = Vec::new();
    if is_on && !is_managed {
        flaws.push(
            Flaw::new(KEY, "`managedTerminationProtection` needs managed scaling")
                .hint("add `managedScaling: { status: ENABLED }`, or set it to `DISABLED`"),
        );
    }
    if is_on && !is_protected {
        flaws.push(
            Flaw::new(
                KEY,
                "`managedTerminationProtection` needs instances that are protected",
            )
            .hint(
                "set `newInstancesProtectedFromScaleIn: true` in `autoScalingGroup`, or set \
                 this to `DISABLED`",
            ),
        );
    }
    flaws
}

/// A rate is never negative and is above zero at some time; steps ascend from offset zero.
pub fn rate(shape: &RateShape) -> Vec<Flaw> {
    match shape {
        RateShape::Constant(rate) if rate.as_per_second() <= 0.0 => {
            vec![Flaw::new("poisson", "a rate of 0 brings nothing")]
        }
        RateShape::Constant(_) => Vec::new(),
        RateShape::Sinusoidal {
            mean,
            amplitude,
            period,
            ..
        } => {
            let mut flaws = Vec::new();
            if mean.as_per_second() <= 0.0 {
                flaws.push(Flaw::new("mean", "a rate of 0 brings nothing"));
            }
            if amplitude > mean {
                let message = "`amplitude` is above `mean`, so that the rate would be negative";
                flaws.push(Flaw::new("amplitude", message));
            } else if *period == Span::ZERO {
                flaws.push(Flaw::new("period", "`period` must be above 0"));
            }
            flaws
        }
        RateShape::Piecewise { steps, every } => piecewise(steps, *every),
    }
}

fn piecewise(steps: &[(Span, crate::units::Rate)], every: Option<Span>) -> Vec<Flaw> {
    let Some((last, _)) = steps.last() else {
        return vec![Flaw::new("steps", "this list is empty")];
    };
    let of_step = |index, message| Flaw {
        item: Some(index),
        ..Flaw::new("steps", message)
    };
    let mut flaws = Vec::new();
    if steps[0].0 != Span::ZERO {
        flaws.push(of_step(0, "the first step must be at `0s`"));
    }
    for (index, pair) in steps.windows(2).enumerate() {
        if pair[1].0 <= pair[0].0 {
            let message = "steps must be in ascending order of `at`";
            flaws.push(of_step(index + 1, message));
        }
    }
    if !flaws.is_empty() {
        return flaws;
    }
    if let Some(every) = every
        && every <= *last
    {
        let flaw = Flaw::new("every", "the pattern is longer than `every`");
        flaws.push(flaw.expected(format!("more than {last}")));
    } else if steps.iter().all(|(_, rate)| rate.as_per_second() == 0.0) {
        flaws.push(Flaw::new("steps", "no step has a rate above 0"));
    }
    flaws
}

/// A desired count is set of a daemon service, which has none (facts/ecs.md 106).
pub const DAEMON_HAS_NO_COUNT: &str = "a daemon has no desired count";

/// Tasks of a daemon service are to be protected, which is not modelled.
pub const DAEMON_HAS_NO_PROTECTION: &str = "the tasks of a daemon cannot be protected";

/// `minCapacity` is not above `maxCapacity`.
pub fn capacity_bounds(min: u32, max: u32) -> Option<Flaw> {
    (min > max).then(|| {
        let message = format!("`minCapacity` {min} is above `maxCapacity` {max}");
        Flaw::new("minCapacity", message)
    })
}

/// The percentages of a service's deployments (facts/ecs.md 108, 193).
pub fn percentages(is_daemon: bool, low: u32, high: u32) -> Option<Flaw> {
    if is_daemon && high != 100 {
        let flaw = Flaw::new("maximumPercent", "the `maximumPercent` of a daemon is 100");
        return Some(flaw.hint("set 100, or leave it out"));
    }
    (!is_daemon && low == 100 && high == 100).then(|| {
        Flaw::new(
            "maximumPercent",
            "with both percentages at 100 no task could ever be replaced",
        )
        .hint("lower `minimumHealthyPercent` or raise `maximumPercent`")
    })
}

/// The most deployments of a plan: one a day for 27 years.
pub const MOST_DEPLOYMENTS: usize = 10_000;

/// How long a task can be protected from scale-in, in minutes (facts/ecs.md 227).
pub const PROTECTION_MINUTES: std::ops::RangeInclusive<u64> = 1..=2_880;

/// The most instances of a call of `StartTask` (facts/ecs.md 43).
pub const MOST_STARTED: usize = 10;

/// Reports a call of `StartTask` for no instance or for too many.
pub fn start_task(instances: usize) -> Option<Flaw> {
    (instances == 0 || instances > MOST_STARTED).then(|| {
        let message = format!("`StartTask` cannot start tasks on {instances} instances");
        Flaw::new("instances", message).expected(format!("1 to {MOST_STARTED} instances"))
    })
}

/// What a service with single requests cannot do.
pub const EXACT_HAS_NO_CALLS: &str = "calls of a service with `mode: exact` are not modelled yet";

/// What is wrong with the last one of some calls between services, of which `name` gives the names.
pub fn last_call(calls: &[ServiceCall], name: impl Fn(usize) -> String) -> Option<String> {
    let (last, before) = calls.split_last()?;
    let is_same = |of: &ServiceCall| (of.caller, of.callee) == (last.caller, last.callee);
    if before.iter().any(is_same) {
        return Some("these two services are in this list already".into());
    }
    let circle = call_order(calls).err()?;
    let names = circle.iter().chain(circle.first());
    let names: Vec<String> = names.map(|of| name(*of)).collect();
    let names = names.join(" → ");
    Some(format!(
        "with this call services call each other in a circle without an end: {names}"
    ))
}
