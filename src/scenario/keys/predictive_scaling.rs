//! Field table of predictive scaling policies.

use super::table::{Field, Table, Type};
use Type::{Choice, Integer, Name, Number};

/// An item of `predictiveScaling`.
pub static PREDICTIVE_SCALING: Table = Table {
    name: "predictiveScaling",
    doc: "A predictive scaling policy of Application Auto Scaling, with the keys of `PredictiveScalingPolicyConfiguration` (facts/ecs.md 190). From 24 hours of data on it makes each 6 hours a forecast of the load of the next 48 hours, from at most 14 days of this run: the mean of the same hour of earlier weeks, or of earlier days as long as no week is known. Before each hour it raises the desired count to what is forecast; it never lowers it, and other policies do not go below it. Only what the run has simulated is known: give it a `warmUp` of one or two weeks.",
    fields: &[
        Field::new("policyName", Name, "name of the policy").rule("that of the metric"),
        Field::new(
            "metric",
            Choice(&[
                "ECSServiceCPUUtilization",
                "ECSServiceMemoryUtilization",
                "ALBRequestCount",
            ]),
            "`predefinedMetricPairSpecification`: the load that is forecast (all CPU, all memory or all requests of the service) and the metric that `targetValue` is of (`CPUUtilization`, `MemoryUtilization` or `RequestCountPerTarget`)",
        )
        .required(),
        Field::new(
            "targetValue",
            Number,
            "the value of the metric that the forecast tasks have",
        )
        .required(),
        Field::new(
            "mode",
            Choice(&["ForecastOnly", "ForecastAndScale"]),
            "`ForecastOnly`: nothing is changed; `ecsim explain --service` tells the forecasts",
        )
        .preset("ForecastOnly"),
        Field::new(
            "schedulingBufferTime",
            Integer(0, 3_600),
            "seconds by which tasks are started before the hour that they are for",
        )
        .preset("300"),
        Field::new(
            "maxCapacityBreachBehavior",
            Choice(&["HonorMaxCapacity", "IncreaseMaxCapacity"]),
            "whether a forecast of `maxCapacity` or more raises it for its hour",
        )
        .preset("HonorMaxCapacity"),
        Field::new(
            "maxCapacityBuffer",
            Integer(0, 100),
            "with `IncreaseMaxCapacity`: per cent by which the raised maximum is above the forecast",
        )
        .preset("0"),
    ],
};
