//! Field tables of the listener rules of load balancers.

use super::rates::RATE_FORMS;
use super::table::{Field, Table, Type};
use Type::{Duration, Either, Integer, List, Map, Name};

/// An item of `listenerRules`.
pub static LISTENER_RULE: Table = Table {
    name: "listenerRule",
    doc: "A rule of a listener of an Application Load Balancer: the requests of a host or a path, and the target groups that they are forwarded to. They are the requests of the services whose first target group is named; such a service has no `requestsPerSecond` of its own.",
    fields: &[
        Field::new("name", Name, "name of the rule, which is not of AWS").required(),
        Field::new(
            "requestsPerSecond",
            Either(&RATE_FORMS),
            "not of AWS: the rate of the requests that match the rule, in the forms of `requestsPerSecond` of a `load`, such as `40/s`. What is random in it is the same for all services of the rule",
        )
        .required(),
        Field::new(
            "forward",
            Map(&FORWARD),
            "the target groups that the requests are divided among: `ForwardConfig` of its action",
        )
        .required(),
        Field::new(
            "changes",
            List(&Map(&RULE_CHANGE)),
            "not of AWS: changes of the weights at times of the run, as by calls of `ModifyRule`, in order of time",
        ),
        Field::ignored("conditions"),
        Field::ignored("priority"),
    ],
};

/// `forward` of a listener rule.
pub static FORWARD: Table = Table {
    name: "forward",
    doc: "The target groups that the requests of a listener rule are divided among by their weights, as in `ForwardConfig`; at most five (facts/platform.md 4.1.10).",
    fields: &[Field::new(
        "targetGroups",
        List(&Map(&WEIGHTED_GROUP)),
        "target groups of this load balancer",
    )
    .required()],
};

/// An item of `targetGroups` of a rule.
pub static WEIGHTED_GROUP: Table = Table {
    name: "weightedGroup",
    doc: "A target group with its weight, as in `TargetGroupTuple`.",
    fields: &[
        Field::new(
            "targetGroupArn",
            Type::Text,
            "ARN of the target group: the scenario describes the target group under the name that the ARN has; excludes `targetGroupName`",
        ),
        Field::new(
            "targetGroupName",
            Name,
            "not of AWS: name of the target group; excludes `targetGroupArn`",
        ),
        Field::new(
            "weight",
            Integer(0, 999),
            "its part of the requests, beside the weights of the others",
        )
        .preset("1"),
    ],
};

/// An item of `changes` of a rule.
pub static RULE_CHANGE: Table = Table {
    name: "ruleChange",
    doc: "New weights of a listener rule from a time on. A target group that is not named gets no requests then.",
    fields: &[
        Field::new("at", Duration, "time after the start of the run").required(),
        Field::new("forward", Map(&FORWARD), "the new weights").required(),
    ],
};
