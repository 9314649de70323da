//! Field tables of a deployment group of CodeDeploy, as `create-deployment-group` takes them.

use super::table::{Field, Table, Type};
use Type::{Bool, Choice, Integer, List, Map, Name, Text};

/// `deploymentGroup` of a service.
pub static DEPLOYMENT_GROUP: Table = Table {
    name: "deploymentGroup",
    doc: "How CodeDeploy deploys a service (facts/ecs.md 222), with the keys of its `CreateDeploymentGroup`. All tasks of the new revision start beside the earlier ones, and requests are shifted to them in the steps of `deploymentConfigName`. Then both task sets run for the time of `terminationWaitTimeInMinutes`.",
    fields: &[
        Field::new(
            "deploymentConfigName",
            Text,
            "the predefined deployment configuration, with the prefix `CodeDeployDefault.` or without: `ECSAllAtOnce`, `ECSCanary10Percent5Minutes`, `ECSCanary10Percent15Minutes`, `ECSLinear10PercentEvery1Minutes`, `ECSLinear10PercentEvery3Minutes`",
        )
        .preset("CodeDeployDefault.ECSAllAtOnce"),
        Field::new(
            "blueGreenDeploymentConfiguration",
            Map(&BLUE_GREEN_DEPLOYMENT),
            "for how long the earlier task set runs after the shift",
        ),
        Field::new(
            "loadBalancerInfo",
            Map(&LOAD_BALANCER_INFO),
            "the two target groups; without it `advancedConfiguration` of the service's `loadBalancers` names the second",
        ),
        Field::new(
            "alarmConfiguration",
            Map(&ALARM_CONFIGURATION),
            "the alarms that stop a deployment, from the first shift to the end of the wait",
        ),
        Field::new(
            "autoRollbackConfiguration",
            Map(&AUTO_ROLLBACK),
            "whether a stopped deployment is rolled back",
        ),
        Field::ignored("applicationName"),
        Field::ignored("deploymentGroupName"),
        Field::ignored("deploymentStyle"),
        Field::ignored("ecsServices"),
        Field::ignored("outdatedInstancesStrategy"),
        Field::ignored("serviceRoleArn"),
        Field::ignored("tags"),
        Field::ignored("triggerConfigurations"),
    ],
};

/// `blueGreenDeploymentConfiguration`.
pub static BLUE_GREEN_DEPLOYMENT: Table = Table {
    name: "blueGreenDeploymentConfiguration",
    doc: "What CodeDeploy does when the new task set is ready, and with the earlier one after the shift.",
    fields: &[
        Field::new(
            "terminateBlueInstancesOnDeploymentSuccess",
            Map(&BLUE_TERMINATION),
            "when the earlier task set stops",
        ),
        Field::new(
            "deploymentReadyOption",
            Map(&DEPLOYMENT_READY),
            "when requests are shifted",
        ),
        Field::ignored("greenFleetProvisioningOption"),
    ],
};

/// `terminateBlueInstancesOnDeploymentSuccess`.
pub static BLUE_TERMINATION: Table = Table {
    name: "terminateBlueInstancesOnDeploymentSuccess",
    doc: "When the earlier task set stops.",
    fields: &[
        Field::new(
            "action",
            Choice(&["TERMINATE"]),
            "the earlier task set of a service is always terminated",
        )
        .preset("TERMINATE"),
        Field::new(
            "terminationWaitTimeInMinutes",
            Integer(0, 2_880),
            "minutes from the last shift until the tasks of the earlier task set stop; so long the deployment can be rolled back at once",
        )
        .preset("0"),
    ],
};

/// `deploymentReadyOption`.
pub static DEPLOYMENT_READY: Table = Table {
    name: "deploymentReadyOption",
    doc: "When requests are shifted to the new task set.",
    fields: &[
        Field::new(
            "actionOnTimeout",
            Choice(&["CONTINUE_DEPLOYMENT", "STOP_DEPLOYMENT"]),
            "`CONTINUE_DEPLOYMENT`: as soon as its tasks are healthy; `STOP_DEPLOYMENT`, which waits for a person, is not modelled",
        )
        .preset("CONTINUE_DEPLOYMENT"),
        Field::ignored("waitTimeInMinutes"),
    ],
};

/// `loadBalancerInfo`.
pub static LOAD_BALANCER_INFO: Table = Table {
    name: "loadBalancerInfo",
    doc: "The target groups of both task sets.",
    fields: &[Field::new(
        "targetGroupPairInfoList",
        List(&Map(&TARGET_GROUP_PAIR)),
        "one pair of target groups",
    )
    .required()],
};

/// An item of `targetGroupPairInfoList`.
pub static TARGET_GROUP_PAIR: Table = Table {
    name: "targetGroupPairInfo",
    doc: "A pair of target groups of one load balancer: one for each task set.",
    fields: &[
        Field::new(
            "targetGroups",
            List(&Map(&TARGET_GROUP_INFO)),
            "two target groups, one of which is that of `loadBalancers` of the service",
        )
        .required(),
        Field::ignored("prodTrafficRoute"),
        Field::ignored("testTrafficRoute"),
    ],
};

/// An item of `targetGroups` of a pair.
pub static TARGET_GROUP_INFO: Table = Table {
    name: "targetGroupInfo",
    doc: "A target group of a pair.",
    fields: &[Field::new("name", Name, "name of the target group").required()],
};

/// `alarmConfiguration`.
pub static ALARM_CONFIGURATION: Table = Table {
    name: "alarmConfiguration",
    doc: "The alarms that stop a deployment. One that is in ALARM when the deployment begins is ignored for the whole deployment, an assumption.",
    fields: &[
        Field::new("enabled", Bool, "whether the alarms are on").preset("false"),
        Field::new("alarms", List(&Map(&DEPLOYMENT_ALARM)), "the alarms"),
        Field::ignored("ignorePollAlarmFailure"),
    ],
};

/// An item of `alarms` of a deployment group.
pub static DEPLOYMENT_ALARM: Table = Table {
    name: "deploymentGroupAlarm",
    doc: "An alarm of a deployment group.",
    fields: &[Field::new("name", Name, "name of an alarm in `alarms` of the scenario").required()],
};

/// `autoRollbackConfiguration`.
pub static AUTO_ROLLBACK: Table = Table {
    name: "autoRollbackConfiguration",
    doc: "Whether a deployment that an alarm stops is rolled back: all requests go back to the earlier task set at once.",
    fields: &[
        Field::new("enabled", Bool, "whether deployments are rolled back").preset("false"),
        Field::new(
            "events",
            List(&Choice(&[
                "DEPLOYMENT_FAILURE",
                "DEPLOYMENT_STOP_ON_ALARM",
                "DEPLOYMENT_STOP_ON_REQUEST",
            ])),
            "what is followed by a rollback; `DEPLOYMENT_STOP_ON_ALARM` is needed for alarms",
        ),
    ],
};
