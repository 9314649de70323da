//! Services that CodeDeploy deploys: what is read, and what is refused (facts/ecs.md 222, 224).

use super::{problems, valid, with};
use crate::plan::{DeploymentRules, Plan, ShiftController, ShiftSteps};
use crate::units::Span;

/// The valid scenario with a service behind a load balancer with two target groups. `keys` are more keys of the
/// service, `more` follows it.
fn scenario(keys: &str, more: &str) -> String {
    let text = format!(
        "\
loadBalancers: [{{ name: shop, targetGroups: [{{ name: blue }}, {{ name: green }}] }}, {{ name: other, targetGroups: [{{ name: red }}] }}]
services:
  - serviceName: web
    taskDefinition: report
    desiredCount: 2
    loadBalancers: [{{ targetGroupName: blue, containerName: report }}]
    load: {{ requestsPerSecond: 1/s, cpuPerRequest: 15ms }}
    {keys}
alarms: [{{ alarmName: errors, metricName: HTTPCode_Target_5XX_Count, service: web, comparisonOperator: GreaterThanThreshold, threshold: 10 }}]
{more}
tasks:
"
    );
    with("tasks:\n", &text)
}

const PAIR: &str = "loadBalancerInfo: { targetGroupPairInfoList: [{ targetGroups: [{ name: blue }, { name: green }], prodTrafficRoute: { listenerArns: [arn] } }] }";

/// A service with the controller and a deployment group of the pair and these keys.
fn deployed(group: &str) -> String {
    format!(
        "deploymentController: {{ type: CODE_DEPLOY }}\n    deploymentGroup: {{ {PAIR}, {group} }}"
    )
}

fn plan(keys: &str, more: &str) -> Plan {
    valid(&scenario(keys, more), &[]).study.variants[0].clone()
}

fn rules(plan: &Plan) -> &DeploymentRules {
    &plan.services[0].deployment
}

fn minutes(minutes: u64) -> Span {
    Span::seconds(60 * minutes)
}

/// CodeDeploy has only the configuration of all at once behind a Network Load Balancer.
#[test]
fn steps_behind_a_network_load_balancer_are_refused() {
    let of = |configuration: &str| {
        let keys = deployed(&format!("deploymentConfigName: {configuration}"));
        let text = scenario(&keys, "").replace("name: shop,", "name: shop, type: network,");
        let text = text.replace("HTTPCode_Target_5XX_Count", "UnHealthyHostCount");
        problems(&text, &[])
    };
    let told = of("CodeDeployDefault.ECSCanary10Percent5Minutes");
    assert!(
        told.contains("behind an Application Load Balancer only"),
        "{told}"
    );
    assert!(
        told.contains("services.web.deploymentGroup.deploymentConfigName"),
        "{told}"
    );
}

#[test]
fn fact_222_a_deployment_group_has_the_keys_and_defaults_of_the_api() {
    let preset = plan(
        &deployed("deploymentStyle: { deploymentType: BLUE_GREEN }"),
        "",
    );
    let shift = rules(&preset).shift.expect("it shifts traffic");
    assert_eq!(shift.steps, ShiftSteps::AllAtOnce);
    assert_eq!(shift.controller, ShiftController::CodeDeploy);
    assert_eq!(shift.bake_time, Span::ZERO);
    assert_eq!(rules(&preset).alarms, None);
    let targets = preset.services[0].targets.as_ref();
    let targets = targets.expect("two target groups");
    assert_eq!((targets.group, targets.alternate), (0, Some(1)));

    let keys = "deploymentConfigName: CodeDeployDefault.ECSCanary10Percent5Minutes, \
        blueGreenDeploymentConfiguration: { terminateBlueInstancesOnDeploymentSuccess: { action: TERMINATE, terminationWaitTimeInMinutes: 2880 }, deploymentReadyOption: { actionOnTimeout: CONTINUE_DEPLOYMENT, waitTimeInMinutes: 0 } }, \
        alarmConfiguration: { enabled: true, alarms: [{ name: errors }] }, \
        autoRollbackConfiguration: { enabled: true, events: [DEPLOYMENT_FAILURE, DEPLOYMENT_STOP_ON_ALARM] }";
    let full = plan(&deployed(keys), "");
    let shift = rules(&full).shift.expect("it shifts traffic");
    assert_eq!(shift.strategy(), "ECSCanary10Percent5Minutes");
    assert_eq!(shift.step(0).lasts, minutes(5));
    assert_eq!(shift.bake_time, minutes(2_880));
    let alarms = rules(&full).alarms.as_ref().expect("one alarm");
    assert_eq!(
        (alarms.alarms.as_slice(), alarms.rollback),
        (&[0][..], true)
    );

    // Without the prefix; no rollback without its event; alarms that are off.
    let keys = "deploymentConfigName: ECSLinear10PercentEvery1Minutes, alarmConfiguration: { enabled: true, alarms: [{ name: errors }] }, autoRollbackConfiguration: { enabled: true, events: [DEPLOYMENT_FAILURE] }";
    let linear = plan(&deployed(keys), "");
    let shift = rules(&linear).shift.expect("it shifts traffic");
    assert_eq!(shift.all_steps().len(), 10);
    assert!(!rules(&linear).alarms.as_ref().expect("one alarm").rollback);
    let off = plan(
        &deployed("alarmConfiguration: { enabled: false, alarms: [{ name: errors }] }"),
        "",
    );
    assert_eq!(rules(&off).alarms, None);
}

#[test]
fn the_second_target_group_may_stand_in_advanced_configuration() {
    let text = scenario("deploymentController: { type: CODE_DEPLOY }", "").replace(
        "containerName: report }",
        "containerName: report, advancedConfiguration: { alternateTargetGroupName: green } }",
    );
    let plan = valid(&text, &[]).study.variants[0].clone();
    assert!(rules(&plan).shift.is_some());
}

/// What deployments change of the percentages stays beside what CodeDeploy does.
#[test]
fn a_deployment_keeps_the_deployment_group() {
    let more = "deployments: [{ name: v2, service: web, at: 1h, forceNewDeployment: true, deploymentConfiguration: { minimumHealthyPercent: 50 } }]";
    let made = plan(&deployed("deploymentConfigName: ECSAllAtOnce"), more);
    let later = made.deployments[0].rules.as_ref().expect("new rules");
    assert_eq!(later.shift, rules(&made).shift);
    assert_eq!(later.percentages.minimum_healthy_percent, 50);
}

#[test]
fn fact_106_222_224_what_cannot_be_is_refused_at_its_key() {
    let release = |rules: &str| {
        format!(
            "deployments: [{{ name: v2, service: web, at: 1h, forceNewDeployment: true, deploymentConfiguration: {{ {rules} }} }}]"
        )
    };
    let own = |rules: &str| {
        format!(
            "{}\n    deploymentConfiguration: {{ {rules} }}",
            deployed("")
        )
    };
    let pair = |groups: &str| {
        format!(
            "deploymentController: {{ type: CODE_DEPLOY }}\n    deploymentGroup: {{ loadBalancerInfo: {{ targetGroupPairInfoList: [{groups}] }} }}"
        )
    };
    let external = "deploymentController: { type: EXTERNAL }";
    let service = "services.web";
    for (text, path, said) in [
        (
            scenario(external, ""),
            format!("{service}.deploymentController.type"),
            "`EXTERNAL` is not modelled",
        ),
        (
            scenario("deploymentController: { type: CODE_DEPLOY }", ""),
            format!("{service}.deploymentController.type"),
            "the deployment controller `CODE_DEPLOY` needs a second target group",
        ),
        (
            scenario("deploymentGroup: {}", ""),
            format!("{service}.deploymentGroup"),
            "is of the deployment controller `CODE_DEPLOY` only",
        ),
        (
            scenario(
                &deployed("deploymentConfigName: ECSCanary10Percent5Minute"),
                "",
            ),
            format!("{service}.deploymentGroup.deploymentConfigName"),
            "ECSCanary10Percent5Minutes",
        ),
        (
            scenario(
                &deployed(
                    "blueGreenDeploymentConfiguration: { deploymentReadyOption: { actionOnTimeout: STOP_DEPLOYMENT } }",
                ),
                "",
            ),
            format!(
                "{service}.deploymentGroup.blueGreenDeploymentConfiguration.deploymentReadyOption.actionOnTimeout"
            ),
            "waits for a person",
        ),
        (
            scenario(
                &deployed(
                    "blueGreenDeploymentConfiguration: { terminateBlueInstancesOnDeploymentSuccess: { terminationWaitTimeInMinutes: 2881 } }",
                ),
                "",
            ),
            format!(
                "{service}.deploymentGroup.blueGreenDeploymentConfiguration.terminateBlueInstancesOnDeploymentSuccess.terminationWaitTimeInMinutes"
            ),
            "expected a whole number from 0 to 2880",
        ),
        (
            scenario(&deployed("alarmConfiguration: { enabled: true }"), ""),
            format!("{service}.deploymentGroup.alarmConfiguration"),
            "names no alarm",
        ),
        (
            scenario(&own("strategy: LINEAR"), ""),
            format!("{service}.deploymentConfiguration.strategy"),
            "`strategy` is of the deployment controller `ECS`",
        ),
        (
            scenario(&own("deploymentCircuitBreaker: { enable: true }"), ""),
            format!("{service}.deploymentConfiguration.deploymentCircuitBreaker"),
            "is of the deployment controller `ECS`",
        ),
        (
            scenario(&own("bakeTimeInMinutes: 5"), ""),
            format!("{service}.deploymentConfiguration.bakeTimeInMinutes"),
            "terminationWaitTimeInMinutes",
        ),
        (
            scenario(
                &deployed(""),
                &release("alarms: { enable: true, alarmNames: [errors] }"),
            ),
            "deployments.v2.deploymentConfiguration.alarms".into(),
            "is of the deployment controller `ECS`",
        ),
        (
            scenario(
                &pair("{ targetGroups: [{ name: blue }, { name: gren }] }"),
                "",
            ),
            format!(
                "{service}.deploymentGroup.loadBalancerInfo.targetGroupPairInfoList.0.targetGroups.1.name"
            ),
            "describes no target group `gren`",
        ),
        (
            scenario(
                &pair("{ targetGroups: [{ name: blue }, { name: red }] }"),
                "",
            ),
            format!(
                "{service}.deploymentGroup.loadBalancerInfo.targetGroupPairInfoList.0.targetGroups.1.name"
            ),
            "another load balancer",
        ),
        (
            scenario(
                &pair("{ targetGroups: [{ name: green }, { name: red }] }"),
                "",
            ),
            format!(
                "{service}.deploymentGroup.loadBalancerInfo.targetGroupPairInfoList.0.targetGroups"
            ),
            "does not have two target groups, one of which is that of the service",
        ),
        (
            scenario(
                &format!(
                    "{}\n    monitoring: {{ metricConfigurations: [{{ metricNames: [CPUUtilization], resolutionSeconds: 20 }}] }}",
                    deployed("")
                ),
                "",
            ),
            format!("{service}.monitoring"),
            "has no metrics of 20 seconds",
        ),
        (
            scenario(&pair(""), ""),
            format!("{service}.deploymentGroup.loadBalancerInfo.targetGroupPairInfoList"),
            "there are 0 pairs",
        ),
    ] {
        let told = problems(&text, &[]);
        assert!(told.contains(said), "{said}:\n{told}");
        assert!(told.contains(&path), "{path}:\n{told}");
    }
    let daemon = "services:\n  - { serviceName: web, taskDefinition: report, schedulingStrategy: DAEMON, deploymentController: { type: CODE_DEPLOY } }\ntasks:\n";
    let told = problems(&with("tasks:\n", daemon), &[]);
    assert!(told.contains("CodeDeploy deploys no daemon"), "{told}");
}
