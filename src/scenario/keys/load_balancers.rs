//! Field tables of load balancers and of their target groups.

use super::listener_rules::LISTENER_RULE;
use super::table::{Field, Table, Type};
use Type::{Choice, Duration, Entities, Integer, Map, Name};

/// An item of `loadBalancers`.
pub static LOAD_BALANCER: Table = Table {
    name: "loadBalancer",
    doc: "A load balancer of Elastic Load Balancing. It is billed for every hour and for its capacity units (facts/platform.md 4.3).",
    fields: &[
        Field::new("name", Name, "name of the load balancer").required(),
        Field::new(
            "type",
            Choice(&["application", "network"]),
            "`application`: an Application Load Balancer; `network`: a Network Load Balancer",
        )
        .preset("application"),
        Field::new(
            "rules",
            Integer(0, 100),
            "rules of its listeners that are compared with a request; of an Application Load Balancer the first ten are free (facts/platform.md 4.3.1)",
        )
        .rule("the number of its `listenerRules`"),
        Field::new(
            "listenerRules",
            Entities(&LISTENER_RULE, &["name"]),
            "rules whose requests are divided among the target groups of several services, of an Application Load Balancer",
        ),
        Field::new(
            "crossZone",
            Type::Bool,
            "the attribute `load_balancing.cross_zone.enabled` of a Network Load Balancer: `true`: its nodes send requests to the targets of all zones; `false`: each zone with a healthy target gets an equal part of the requests, which its targets share (facts/platform.md 4.2.2). That of an Application Load Balancer is always on; its target groups may switch it off",
        )
        .rule("`false` for a Network Load Balancer, `true` for an Application Load Balancer"),
        Field::new(
            "targetGroups",
            Entities(&TARGET_GROUP, &["name"]),
            "its target groups; services name them under `loadBalancers`",
        )
        .required(),
        Field::ignored("scheme"),
        Field::ignored("subnets"),
        Field::ignored("securityGroups"),
        Field::ignored("ipAddressType"),
        Field::ignored("tags"),
    ],
};

/// An item of `targetGroups`.
pub static TARGET_GROUP: Table = Table {
    name: "targetGroup",
    doc: "A target group: the tasks of one service that get requests from a load balancer. Keys and defaults are those of `CreateTargetGroup` (facts/platform.md 4.1, 4.2).",
    fields: &[
        Field::new("name", Name, "name of the target group").required(),
        Field::new(
            "healthCheckIntervalSeconds",
            Integer(5, 300),
            "seconds between two health checks of a target",
        )
        .preset("30"),
        Field::new(
            "healthCheckTimeoutSeconds",
            Integer(2, 120),
            "seconds after which a check without an answer fails",
        )
        .rule("5; 10 for a Network Load Balancer"),
        Field::new(
            "healthyThresholdCount",
            Integer(2, 10),
            "checks in a row that an unhealthy target must pass to be healthy again",
        )
        .preset("5"),
        Field::new(
            "unhealthyThresholdCount",
            Integer(2, 10),
            "checks in a row that a target must fail to be unhealthy",
        )
        .preset("2"),
        Field::new(
            "initialThresholdCount",
            Integer(1, 10),
            "not of AWS: checks in a row that a target must pass after its registration. AWS's guide says 1; its best practices for ECS count with the healthy threshold (facts/platform.md 4.1.4)",
        )
        .preset("1"),
        Field::new(
            "deregistrationDelay",
            Duration,
            "the attribute `deregistration_delay.timeout_seconds`: a target that is deregistered gets no new requests, and its containers run on for this time, up to 1 h (facts/platform.md 4.1.7, 4.4.2)",
        )
        .preset("300s"),
        Field::new(
            "deregistrationEnds",
            Choice(&["afterDelay", "whenIdle"]),
            "not of AWS: when ECS stops the containers of a deregistered target. `afterDelay`: after the whole delay; `whenIdle`: at once, as its requests end within seconds. AWS's pages leave it open (facts/platform.md 4.4.2)",
        )
        .preset("afterDelay"),
        Field::new(
            "loadBalancingAlgorithm",
            Choice(&["round_robin", "least_outstanding_requests", "weighted_random"]),
            "the attribute `load_balancing.algorithm.type` of an Application Load Balancer (facts/platform.md 4.1.1). With `mode: exact` of the load each request goes to a task by it; the fluid model takes the task as random. All weights are equal: anomaly mitigation is not modelled",
        )
        .rule("`round_robin`; a Network Load Balancer chooses by a hash of the flow, which is random"),
        Field::new(
            "slowStart",
            Duration,
            "the attribute `slow_start.duration_seconds` of an Application Load Balancer, 30 s to 15 min: the share of a target that has become healthy grows linearly to that of the others in this time. A target that was registered before any other was healthy has no slow start. Excludes `least_outstanding_requests` (facts/platform.md 4.1.2)",
        )
        .rule("no slow start"),
        Field::new(
            "crossZone",
            Type::Bool,
            "the attribute `load_balancing.cross_zone.enabled`: `false`: each zone with a healthy target gets an equal part of the requests, which its targets share (facts/platform.md 4.1.9)",
        )
        .rule("that of the load balancer"),
        Field::not_yet("stickiness"),
        Field::not_yet("attributes"),
        Field::ignored("protocol"),
        Field::ignored("protocolVersion"),
        Field::ignored("port"),
        Field::ignored("vpcId"),
        Field::ignored("targetType"),
        Field::ignored("matcher"),
        Field::ignored("healthCheckEnabled"),
        Field::ignored("healthCheckPath"),
        Field::ignored("healthCheckPort"),
        Field::ignored("healthCheckProtocol"),
        Field::ignored("tags"),
    ],
};

/// An item of the `loadBalancers` of a service.
pub static SERVICE_LOAD_BALANCER: Table = Table {
    name: "serviceLoadBalancer",
    doc: "A target group that the tasks of a service are registered with, as in `CreateService`. A task counts as healthy for its service when its target is healthy as well (facts/ecs.md 196).",
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
            "containerName",
            Name,
            "the container that gets the requests and is checked",
        )
        .required(),
        Field::ignored("containerPort"),
        Field::ignored("loadBalancerName"),
        Field::new(
            "advancedConfiguration",
            Map(&ADVANCED_CONFIGURATION),
            "the second target group, which deployments with a strategy other than `ROLLING` need; only of a service with one item",
        ),
    ],
};

/// `advancedConfiguration` of a load balancer of a service.
pub static ADVANCED_CONFIGURATION: Table = Table {
    name: "advancedConfiguration",
    doc: "What deployments that shift traffic need (facts/ecs.md 216, 217). One of the two revisions is registered with each target group, and the production listener rule divides the requests by the weights of the groups. Test traffic has no requests in the model.",
    fields: &[
        Field::new(
            "alternateTargetGroupArn",
            Type::Text,
            "ARN of the second target group, which the scenario describes under the name that the ARN has; excludes `alternateTargetGroupName`",
        ),
        Field::new(
            "alternateTargetGroupName",
            Name,
            "not of AWS: name of the second target group; excludes `alternateTargetGroupArn`",
        ),
        Field::ignored("productionListenerRule"),
        Field::ignored("testListenerRule"),
        Field::ignored("roleArn"),
    ],
};
