//! Reads `strategy` of a `deploymentConfiguration`, and the keys of those that shift traffic
//! (facts/ecs.md 216 to 220, 224).

use crate::plan::{
    DeploymentRules, Scheduling, ServiceTargets, ShiftController, ShiftSteps, TrafficShift,
};
use crate::scenario::keys::deployments::{CANARY_CONFIGURATION, LINEAR_CONFIGURATION};
use crate::scenario::reading::reader::{Cursor, Record};
use crate::units::{Ratio, Span};

/// `strategy`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Strategy {
    Rolling,
    BlueGreen,
    Linear,
    Canary,
}

/// Reads how a deployment shifts requests; `Some(None)` for `ROLLING`. `bake_time` is
/// `assumptions.bakeTime`.
pub fn read(
    record: &Record<'_>,
    scheduling: Option<Scheduling>,
    bake_time: Span,
) -> Option<Option<TrafficShift>> {
    let strategy = match record.get("strategy") {
        Some(at) => at.choice(&[
            ("ROLLING", Strategy::Rolling),
            ("BLUE_GREEN", Strategy::BlueGreen),
            ("LINEAR", Strategy::Linear),
            ("CANARY", Strategy::Canary),
        ])?,
        None => Strategy::Rolling,
    };
    check_others(record, strategy);
    if strategy == Strategy::Rolling {
        return Some(None);
    }
    check_daemon(record, scheduling);
    if let Some(at) = record.get("deploymentCircuitBreaker") {
        at.problem("the circuit breaker is for the strategy `ROLLING`: it has no effect here (facts/ecs.md 224)")
            .hint("`alarms` guard a deployment that shifts traffic")
            .warning()
            .report();
    }
    let steps = match strategy {
        Strategy::Linear => linear(record),
        Strategy::Canary => canary(record),
        Strategy::Rolling | Strategy::BlueGreen => Some(ShiftSteps::AllAtOnce),
    };
    let bake_time = match record.get("bakeTimeInMinutes") {
        Some(at) => Span::seconds(60 * at.integer(0, 1_440)?),
        None if strategy == Strategy::BlueGreen => {
            if !record.is_mistyped("bakeTimeInMinutes") {
                let at = record.get("strategy")?;
                at.problem(
                    "the strategy `BLUE_GREEN` needs `bakeTimeInMinutes` (facts/ecs.md 218)",
                )
                .hint("add `bakeTimeInMinutes: 5`")
                .report();
            }
            return None;
        }
        None => bake_time,
    };
    Some(Some(TrafficShift {
        steps: steps?,
        bake_time,
        controller: ShiftController::Ecs,
        rolls_back: true,
    }))
}

/// Reports the configuration of another strategy.
fn check_others(record: &Record<'_>, strategy: Strategy) {
    for (key, of, name) in [
        ("linearConfiguration", Strategy::Linear, "LINEAR"),
        ("canaryConfiguration", Strategy::Canary, "CANARY"),
    ] {
        if let Some(at) = record.get(key).filter(|_| of != strategy) {
            at.problem(format!("`{key}` is of the strategy `{name}` only"))
                .hint("remove it, or set that strategy")
                .report();
        }
    }
}

/// Reports a daemon, whose tasks cannot run side by side.
fn check_daemon(record: &Record<'_>, scheduling: Option<Scheduling>) {
    if scheduling == Some(Scheduling::Daemon)
        && let Some(at) = record.get("strategy")
    {
        at.problem("a daemon has one task on each instance: its deployments cannot shift traffic")
            .expected("`ROLLING`")
            .report();
    }
}

fn linear(record: &Record<'_>) -> Option<ShiftSteps> {
    let of = record.get("linearConfiguration");
    let of = match &of {
        Some(at) => Some(at.record(&LINEAR_CONFIGURATION)?),
        None => None,
    };
    let step = percent(of.as_ref(), "stepPercent", (3.0, 10.0));
    let bake = minutes(of.as_ref(), "stepBakeTimeInMinutes", 6);
    Some(ShiftSteps::Linear {
        step: step?,
        bake: bake?,
    })
}

fn canary(record: &Record<'_>) -> Option<ShiftSteps> {
    let of = record.get("canaryConfiguration");
    let of = match &of {
        Some(at) => Some(at.record(&CANARY_CONFIGURATION)?),
        None => None,
    };
    let share = percent(of.as_ref(), "canaryPercent", (0.1, 5.0));
    let bake = minutes(of.as_ref(), "canaryBakeTimeInMinutes", 10);
    Some(ShiftSteps::Canary {
        share: share?,
        bake: bake?,
    })
}

/// A part of the requests in per cent, in whole tenths.
fn percent(
    record: Option<&Record<'_>>,
    key: &'static str,
    (least, preset): (f64, f64),
) -> Option<Ratio> {
    let given = record.and_then(|record| record.get(key));
    let value = match &given {
        Some(at) => at.number()?,
        None => preset,
    };
    let tenths = libm::round(value * 10.0);
    let is_whole = (value * 10.0 - tenths).abs() < 1e-6;
    if let Some(at) = given
        && !(value >= least && value <= 100.0 && is_whole)
    {
        at.problem(format!("{value} is not valid here"))
            .expected(format!("{least} to 100, in steps of 0.1"))
            .report();
        return None;
    }
    Ratio::millionths(tenths as u32 * 1_000)
}

fn minutes(record: Option<&Record<'_>>, key: &'static str, preset: u64) -> Option<Span> {
    let minutes = match record.and_then(|record| record.get(key)) {
        Some(at) => at.integer(0, 1_440)?,
        None => preset,
    };
    Some(Span::seconds(60 * minutes))
}

/// Reports a traffic shift of a service that has no second target group (facts/ecs.md 216, 222). `record` is
/// the service or the deployment that has the rules.
pub fn check_targets(
    record: &Record<'_>,
    rules: &DeploymentRules,
    targets: Option<&ServiceTargets>,
) {
    let Some(shift) = &rules.shift else { return };
    if targets.is_some_and(|targets| targets.alternate.is_some()) {
        return;
    }
    let (map, key) = match shift.controller {
        ShiftController::Ecs => ("deploymentConfiguration", "strategy"),
        ShiftController::CodeDeploy => ("deploymentController", "type"),
    };
    // A pair of target groups with a problem is reported there.
    let group = record.at.node.get("deploymentGroup");
    let has_pair = group.is_some_and(|group| group.get("loadBalancerInfo").is_some());
    let Some(at) = record.get(map).filter(|_| targets.is_none() || !has_pair) else {
        return;
    };
    let node = at.node.get(key).unwrap_or(at.node);
    let at = Cursor {
        context: at.context,
        node,
        path: at.path_of(key),
    };
    let missing = match targets {
        Some(_) => "a second target group",
        None => "a load balancer (facts/ecs.md 216)",
    };
    let (what, hint) = match shift.controller {
        ShiftController::Ecs => (
            format!("the strategy `{}`", shift.strategy()),
            "give the service `loadBalancers: [{ targetGroupName: …, containerName: …, advancedConfiguration: { alternateTargetGroupName: … } }]`; Service Connect is not modelled",
        ),
        ShiftController::CodeDeploy => (
            "the deployment controller `CODE_DEPLOY`".into(),
            "give the service `loadBalancers: [{ targetGroupName: blue, containerName: … }]` and `deploymentGroup: { loadBalancerInfo: { targetGroupPairInfoList: [{ targetGroups: [{ name: blue }, { name: green }] }] } }`",
        ),
    };
    at.problem(format!("{what} needs {missing}"))
        .hint(hint)
        .report();
}
