//! Reads `deploymentController` and `deploymentGroup`: services that CodeDeploy deploys (facts/ecs.md 222,
//! 224).

use super::alarms::AlarmNames;
use super::targets::{self, LoadBalancers};
use crate::plan::{
    DeploymentAlarms, DeploymentRules, LoadBalancerKind, Scheduling, ServiceTargets,
    ShiftController, ShiftSteps, TrafficShift,
};
use crate::scenario::keys::code_deploy::{
    ALARM_CONFIGURATION, AUTO_ROLLBACK, BLUE_GREEN_DEPLOYMENT, BLUE_TERMINATION, DEPLOYMENT_ALARM,
    DEPLOYMENT_GROUP, DEPLOYMENT_READY, LOAD_BALANCER_INFO, TARGET_GROUP_INFO, TARGET_GROUP_PAIR,
};
use crate::scenario::keys::services::DEPLOYMENT_CONTROLLER;
use crate::scenario::keys::table::Table;
use crate::scenario::reading::reader::{Cursor, Record};
use crate::scenario::reading::tree::{Node, Value};
use crate::units::Span;

/// What the predefined deployment configurations may have before their names.
const PREFIX: &str = "CodeDeployDefault.";

/// `type` of a deployment controller.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Controller {
    Ecs,
    CodeDeploy,
    External,
}

/// The rules of a service: with the controller `ECS` those that its `deploymentConfiguration` has, with
/// `CODE_DEPLOY` the percentages of these and what `deploymentGroup` says.
pub fn rules(
    record: &Record<'_>,
    scheduling: Option<Scheduling>,
    own: Option<DeploymentRules>,
    alarms: &AlarmNames,
) -> Option<DeploymentRules> {
    let group = record.get("deploymentGroup");
    match controller(record)? {
        Controller::Ecs => {
            if let Some(at) = group {
                at.problem("`deploymentGroup` is of the deployment controller `CODE_DEPLOY` only")
                    .hint("remove it, or set `deploymentController: { type: CODE_DEPLOY }`")
                    .report();
            }
            own
        }
        Controller::External => None,
        Controller::CodeDeploy => {
            check_daemon(record, scheduling);
            check_monitoring(record);
            let own = own?;
            if let Some(at) = record.get("deploymentConfiguration") {
                check_own(&at, &own);
            }
            let group = match group {
                Some(at) => Some(at.record(&DEPLOYMENT_GROUP)?),
                None => None,
            };
            let shift = shift(group.as_ref());
            let watched = match &group {
                Some(group) => watched(group, alarms)?,
                None => None,
            };
            let shift = shift?;
            Some(DeploymentRules {
                percentages: own.percentages,
                circuit_breaker: None,
                alarms: watched.map(|(alarms, rollback)| DeploymentAlarms {
                    alarms,
                    rollback,
                    bake_time: shift.bake_time,
                }),
                shift: Some(shift),
            })
        }
    }
}

/// The rules of a service after a deployment with a `deploymentConfiguration`, which stands here: those of
/// CodeDeploy stay.
pub fn keep(
    at: &Cursor<'_>,
    rules: DeploymentRules,
    before: &DeploymentRules,
) -> Option<DeploymentRules> {
    let controller = before.shift.map(|shift| shift.controller);
    if controller != Some(ShiftController::CodeDeploy) {
        return Some(rules);
    }
    check_own(at, &rules);
    Some(DeploymentRules {
        percentages: rules.percentages,
        ..before.clone()
    })
}

/// Reads `deploymentController`.
fn controller(record: &Record<'_>) -> Option<Controller> {
    let Some(at) = record.get("deploymentController") else {
        return Some(Controller::Ecs);
    };
    let Some(at) = at.record(&DEPLOYMENT_CONTROLLER)?.get("type") else {
        return Some(Controller::Ecs);
    };
    let controller = at.choice(&[
        ("ECS", Controller::Ecs),
        ("CODE_DEPLOY", Controller::CodeDeploy),
        ("EXTERNAL", Controller::External),
    ])?;
    if controller == Controller::External {
        at.problem("the deployment controller `EXTERNAL` is not modelled: a program of yours decides when its task sets change")
            .expected("`ECS` or `CODE_DEPLOY`")
            .hint("`ECS` with `deploymentConfiguration: { strategy: BLUE_GREEN }`, `LINEAR` or `CANARY` also runs two revisions side by side and shifts requests")
            .report();
    }
    Some(controller)
}

/// Reports a daemon (facts/ecs.md 106).
fn check_daemon(record: &Record<'_>, scheduling: Option<Scheduling>) {
    if scheduling == Some(Scheduling::Daemon)
        && let Some(at) = record.get("deploymentController")
    {
        at.problem("CodeDeploy deploys no daemon (facts/ecs.md 106)")
            .hint("remove the controller, or set `schedulingStrategy: REPLICA`")
            .report();
    }
}

/// Reports metrics of 20 seconds, which only services of the controller `ECS` have (facts/ecs.md 252).
fn check_monitoring(record: &Record<'_>) {
    let Some(at) = record.get("monitoring") else {
        return;
    };
    let Some(Value::List(items)) = at.node.get("metricConfigurations").map(|of| &of.value) else {
        return;
    };
    let is_fast = |item: &Node| {
        let period = item.get("resolutionSeconds");
        period.and_then(Node::as_text) == Some("20")
    };
    if items.iter().any(is_fast) {
        at.problem(
            "a service that CodeDeploy deploys has no metrics of 20 seconds (facts/ecs.md 252)",
        )
        .hint("set `resolutionSeconds: 60`, or remove `monitoring`")
        .report();
    }
}

/// Reports what a `deploymentConfiguration` has beside the percentages (facts/ecs.md 222, 224).
fn check_own(at: &Cursor<'_>, rules: &DeploymentRules) {
    let has = |key: &str| at.node.get(key).is_some();
    for (key, is_given, hint) in [
        (
            "strategy",
            rules.shift.is_some(),
            "`deploymentGroup` has `deploymentConfigName`",
        ),
        (
            "deploymentCircuitBreaker",
            rules.circuit_breaker.is_some(),
            "`deploymentGroup` has `alarmConfiguration`",
        ),
        (
            "alarms",
            rules.alarms.is_some(),
            "`deploymentGroup` has `alarmConfiguration`",
        ),
        (
            "bakeTimeInMinutes",
            has("bakeTimeInMinutes"),
            "`deploymentGroup` has `terminationWaitTimeInMinutes`",
        ),
    ] {
        let Some(node) = at.node.get(key).filter(|_| is_given) else {
            continue;
        };
        let at = Cursor {
            context: at.context,
            node,
            path: at.path_of(key),
        };
        at.problem(format!(
            "`{key}` is of the deployment controller `ECS`: with `CODE_DEPLOY` only the two percentages count (facts/ecs.md 222, 224)"
        ))
        .hint(hint)
        .report();
    }
}

/// Reads in which steps requests are shifted, and how long the earlier task set waits for its end.
fn shift(group: Option<&Record<'_>>) -> Option<TrafficShift> {
    let steps = match group.and_then(|group| group.get("deploymentConfigName")) {
        Some(at) => steps(&at),
        None => Some(ShiftSteps::AllAtOnce),
    };
    let wait = match group.and_then(|group| group.get("blueGreenDeploymentConfiguration")) {
        Some(at) => wait(&at),
        None => Some(0),
    };
    let rolls_back = match group.and_then(|group| group.get("autoRollbackConfiguration")) {
        Some(at) => self::rolls_back(&at, "DEPLOYMENT_FAILURE"),
        None => Some(false),
    };
    Some(TrafficShift {
        steps: steps?,
        bake_time: Span::seconds(60 * wait?),
        controller: ShiftController::CodeDeploy,
        rolls_back: rolls_back?,
    })
}

fn steps(at: &Cursor<'_>) -> Option<ShiftSteps> {
    let typed = at.text()?;
    let name = typed.strip_prefix(PREFIX).unwrap_or(typed);
    let all = ShiftSteps::PREDEFINED;
    let found = all.iter().find(|(known, _)| *known == name);
    if found.is_none() {
        at.problem(format!(
            "`{typed}` is no predefined deployment configuration for ECS"
        ))
        .among(name, all.iter().map(|(known, _)| *known))
        .report();
    }
    found.map(|(_, steps)| *steps)
}

/// The minutes for which the earlier task set runs after the last shift.
fn wait(at: &Cursor<'_>) -> Option<u64> {
    let record = at.record(&BLUE_GREEN_DEPLOYMENT)?;
    if let Some(at) = record.get("deploymentReadyOption")
        && let Some(at) = at.record(&DEPLOYMENT_READY)?.get("actionOnTimeout")
        && !at.choice(&[("CONTINUE_DEPLOYMENT", true), ("STOP_DEPLOYMENT", false)])?
    {
        at.problem("`STOP_DEPLOYMENT` waits for a person, which is not modelled")
            .expected("`CONTINUE_DEPLOYMENT`")
            .report();
    }
    let Some(at) = record.get("terminateBlueInstancesOnDeploymentSuccess") else {
        return Some(0);
    };
    let record = at.record(&BLUE_TERMINATION)?;
    if let Some(at) = record.get("action") {
        at.choice(&[("TERMINATE", ())])?;
    }
    match record.get("terminationWaitTimeInMinutes") {
        Some(at) => at.integer(0, 2_880),
        None => Some(0),
    }
}

/// A value of `true` or `false` of a map; `false` without the key.
fn is_on(record: &Record<'_>, key: &'static str) -> Option<bool> {
    match record.get(key) {
        Some(at) => at.boolean(),
        None => Some(false),
    }
}

/// Reads the alarms, and whether they roll a deployment back; `Some(None)`: there are none.
fn watched(group: &Record<'_>, known: &AlarmNames) -> Option<Option<(Vec<usize>, bool)>> {
    let rolls_back = match group.get("autoRollbackConfiguration") {
        Some(at) => rolls_back(&at, "DEPLOYMENT_STOP_ON_ALARM")?,
        None => false,
    };
    let Some(at) = group.get("alarmConfiguration") else {
        return Some(None);
    };
    let record = at.record(&ALARM_CONFIGURATION)?;
    if !is_on(&record, "enabled")? {
        return Some(None);
    }
    let items = record.get("alarms").map(|at| at.list()).unwrap_or_default();
    if items.is_empty() {
        at.problem("`alarmConfiguration` names no alarm")
            .hint("give `alarms: [{ name: … }]`, the names of `alarms` of the scenario")
            .report();
        return None;
    }
    let index = |item: &Cursor<'_>| known.index(&item.record(&DEPLOYMENT_ALARM)?.get("name")?);
    let alarms: Vec<usize> = items.iter().filter_map(index).collect();
    Some((!alarms.is_empty()).then_some((alarms, rolls_back)))
}

/// Reads `autoRollbackConfiguration`: whether this event is followed by a rollback.
fn rolls_back(at: &Cursor<'_>, event: &str) -> Option<bool> {
    let record = at.record(&AUTO_ROLLBACK)?;
    let mut is_named = false;
    for at in record.get("events").map(|at| at.list()).unwrap_or_default() {
        let events = [
            "DEPLOYMENT_FAILURE",
            "DEPLOYMENT_STOP_ON_ALARM",
            "DEPLOYMENT_STOP_ON_REQUEST",
        ];
        is_named |= at.choice(&events.map(|name| (name, name == event)))?;
    }
    Some(is_on(&record, "enabled")? && is_named)
}

/// Reports a deployment configuration that shifts requests in steps behind a Network Load Balancer: CodeDeploy
/// has only that of all at once there.
pub fn check_balancer(record: &Record<'_>, rules: &DeploymentRules, kind: LoadBalancerKind) {
    let steps = rules.shift.filter(TrafficShift::needs_weights);
    if kind == LoadBalancerKind::Application || steps.is_none() {
        return;
    }
    let group = map(record, "deploymentGroup", &DEPLOYMENT_GROUP);
    if let Some(at) = group.and_then(|group| group.get("deploymentConfigName")) {
        at.problem("CodeDeploy shifts requests in steps behind an Application Load Balancer only")
            .expected(format!("`{PREFIX}ECSAllAtOnce`"))
            .hint("a Network Load Balancer has no weights in its listeners for CodeDeploy; or set `type: application`")
            .report();
    }
}

/// The target groups of a service with the second one that its deployment group names.
pub fn pair(record: &Record<'_>, targets: ServiceTargets, all: &LoadBalancers) -> ServiceTargets {
    let second = second(record, targets.group, all);
    ServiceTargets {
        alternate: second.or(targets.alternate),
        ..targets
    }
}

/// Reads a map of a record.
fn map<'a>(record: &Record<'a>, key: &'static str, table: &'static Table) -> Option<Record<'a>> {
    record.get(key)?.record(table)
}

fn second(record: &Record<'_>, first: usize, all: &LoadBalancers) -> Option<usize> {
    let group = map(record, "deploymentGroup", &DEPLOYMENT_GROUP)?;
    let info = map(&group, "loadBalancerInfo", &LOAD_BALANCER_INFO)?;
    let list_at = info.get("targetGroupPairInfoList")?;
    let pairs = list_at.list();
    let [only] = pairs.as_slice() else {
        list_at
            .problem(format!("there are {} pairs of target groups", pairs.len()))
            .expected("one pair")
            .report();
        return None;
    };
    let groups_at = only.record(&TARGET_GROUP_PAIR)?.get("targetGroups")?;
    let mut names = Vec::new();
    for item in groups_at.list() {
        let at = item.record(&TARGET_GROUP_INFO)?.get("name")?;
        names.push((at.text()?, at));
    }
    let own = all.name(first);
    let others: Vec<_> = names.iter().filter(|(name, _)| *name != own).collect();
    match (names.len(), others.as_slice()) {
        (2, [(name, at)]) => targets::second(at, name, all, first),
        _ => {
            groups_at
                .problem(
                    "the pair does not have two target groups, one of which is that of the service",
                )
                .expected(format!(
                    "`{own}` and another target group of its load balancer"
                ))
                .report();
            None
        }
    }
}
