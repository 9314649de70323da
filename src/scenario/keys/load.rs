//! Field tables of the load of a service, and of the policies that scale with it.

use super::table::{Field, Table, Type};
use super::tasks::{PIECEWISE, SINUSOIDAL};
use Type::{Bool, Choice, Cpu, Duration, Either, List, Map, Name, Number, Rate, Text};

/// One rate of requests.
const REQUEST_RATE: Type = Either(&[Rate, Map(&RATE_SHAPE)]);

/// `load`.
pub static LOAD: Table = Table {
    name: "load",
    doc: "The requests that arrive at a service, and the CPU that they use. Requests are shared evenly among its healthy tasks and are not simulated one by one: rates are constant between two changes.",
    fields: &[
        Field::new(
            "requestsPerSecond",
            Either(&[Rate, Map(&RATE_SHAPE), List(&REQUEST_RATE)]),
            "the rate of requests over time; the rates of a list are added",
        )
        .required(),
        Field::new(
            "noise",
            Text,
            "the rate of each minute is multiplied by a random factor with mean 1 and this standard deviation, such as `10%`; the factor has a lognormal distribution",
        )
        .preset("0%"),
        Field::new(
            "cpuPerRequest",
            Duration,
            "time of one vCPU that a request needs, such as `15ms`",
        )
        .required(),
        Field::new(
            "idleCpu",
            Cpu,
            "CPU that a RUNNING task uses without requests",
        )
        .preset("0"),
        Field::new(
            "cpuLimit",
            Cpu,
            "the most CPU that a task can use. A task with `cpu` at task level cannot use more than that (facts/ecs.md 251)",
        )
        .rule("the CPU that the task reserves"),
        Field::new(
            "timeout",
            Duration,
            "a request that has waited for this long is given up. 60 s is the idle timeout of an Application Load Balancer (facts/platform.md 4.1.9)",
        )
        .preset("60s"),
    ],
};

/// A rate of requests.
pub static RATE_SHAPE: Table = Table {
    name: "requestRate",
    doc: "A rate of requests over time: exactly one of these keys.",
    fields: &[
        Field::new("constant", Rate, "a constant rate"),
        Field::new(
            "sinusoidal",
            Map(&SINUSOIDAL),
            "a sine wave that counts from the start of the run",
        ),
        Field::new(
            "piecewise",
            Map(&PIECEWISE),
            "a rate that is constant in steps, which count from the start of the run",
        ),
        Field::new("daily", Map(&DAILY), "a daily cycle by the clock"),
    ],
};

/// `daily`.
pub static DAILY: Table = Table {
    name: "daily",
    doc: "A rate with a daily cycle by the clock of a time zone: a cosine with its highest value at one time of day and its lowest one twelve hours later.",
    fields: &[
        Field::new("low", Rate, "the lowest rate").required(),
        Field::new("high", Rate, "the highest rate").required(),
        Field::new(
            "peakAt",
            Text,
            "time of day of the highest rate, such as `20:00`",
        )
        .required(),
        Field::new(
            "weekend",
            Text,
            "share of the rate on Saturdays and Sundays, such as `70%`",
        )
        .preset("100%"),
        Field::new("timeZone", Name, "time zone of the clock").rule("`timeZone` of the scenario"),
    ],
};

/// An item of `targetTracking`.
pub static TARGET_TRACKING: Table = Table {
    name: "targetTracking",
    doc: "A target tracking policy of Application Auto Scaling (facts/ecs.md 174 to 184). Its alarms see one value a minute, two minutes late: three above `targetValue` scale out, fifteen below nine tenths of it scale in. The desired count becomes running tasks × metric ÷ target, rounded up.",
    fields: &[
        Field::new("policyName", Name, "name of the policy").rule("that of the metric"),
        Field::new(
            "metric",
            Choice(&["ECSServiceAverageCPUUtilization"]),
            "`PredefinedMetricType`: average CPU utilization of the service in per cent of what its tasks reserve; the service needs `load`",
        )
        .required(),
        Field::new("targetValue", Number, "the value of the metric that the policy keeps").required(),
        Field::new(
            "scaleOutCooldown",
            Type::Integer(0, super::containers::MOST_SECONDS),
            "seconds after a scale-out in which the need is counted from the tasks that ran before it, so that only a larger need scales out again (facts/ecs.md 178, 179)",
        )
        .preset("300"),
        Field::new(
            "scaleInCooldown",
            Type::Integer(0, super::containers::MOST_SECONDS),
            "seconds after a scale-in in which none follows (facts/ecs.md 178, 179)",
        )
        .preset("300"),
        Field::new("disableScaleIn", Bool, "`true`: the policy only scales out").preset("false"),
    ],
};
