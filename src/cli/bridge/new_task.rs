//! A task as it is at its creation, in PROVISIONING.

use super::super::names::{Names, revision_number};
use super::out::Out;
use crate::cluster::WorkId;
use crate::plan::Target;
use crate::report::{
    BridgeAttachment, BridgeContainer, BridgeContainerOverride, BridgeNameValue,
    BridgeNetworkInterface, BridgeOverrides, BridgeTask,
};
use crate::simulation::TaskFact;
use crate::units::SimTime;

/// A task that is created now; it was lost so often before, each time as another task.
pub(super) fn create(out: &Out<'_>, now: SimTime, of: &TaskFact, lost: u32) -> BridgeTask {
    let attempt = out.ids.attempt(of.work, of.task.ordinal, lost);
    let task_arn = out.ids.task_arn(&attempt);
    let (plan, shape) = (out.plan, of.task.shape);
    let on_fargate = plan.is_on_fargate(target(out, of));
    let attachment = (on_fargate || shape.interfaces > 0).then(|| BridgeAttachment {
        id: out.ids.uuid("attachment", &attempt),
        kind: "eni",
        status: "PRECREATED",
        details: vec![BridgeNameValue {
            name: "networkInterfaceId".into(),
            value: Some(out.ids.network_interface(&attempt)),
        }],
    });
    let containers = plan.containers_of_task(of.work, of.task.revision).iter();
    let containers = containers.map(|container| BridgeContainer {
        container_arn: out.ids.container_arn(&attempt, &container.name),
        image: plan.images[container.image].name.clone(),
        last_status: "PENDING",
        name: container.name.clone(),
        network_interfaces: attachment
            .iter()
            .map(|attachment| BridgeNetworkInterface {
                attachment_id: attachment.id.clone(),
            })
            .collect(),
        task_arn: task_arn.clone(),
        ..BridgeContainer::default()
    });
    let containers: Vec<BridgeContainer> = containers.collect();
    let definition = match of.work {
        WorkId::Entry(entry) => &plan.tasks[entry.index()].definition,
        WorkId::Service(service) => {
            let service = &plan.services[service.index()];
            service.revision(revision_number(plan, of)).definition
        }
    };
    let names = containers.iter().map(|container| BridgeContainerOverride {
        name: container.name.clone(),
    });
    BridgeTask {
        overrides: BridgeOverrides {
            container_overrides: names.collect(),
        },
        attachments: attachment.into_iter().collect(),
        cluster_arn: out.ids.cluster_arn(),
        containers,
        cpu: shape.cpu.ceil_units().to_string(),
        created_at: out.time(now),
        desired_status: "RUNNING",
        group: plan.task_group(of.work),
        last_status: "PROVISIONING",
        launch_type: if on_fargate { "FARGATE" } else { "EC2" },
        memory: shape.memory.ceil_mib().to_string(),
        platform_version: on_fargate.then_some("1.4.0"),
        started_by: out.ids.deployment_of(of),
        task_arn,
        task_definition_arn: out.ids.definition_arn(definition),
        ..BridgeTask::default()
    }
}

/// Where a task may run.
pub(super) fn target<'a>(out: &Out<'a>, of: &TaskFact) -> &'a Target {
    match of.work {
        WorkId::Entry(entry) => &out.plan.tasks[entry.index()].target,
        WorkId::Service(service) => {
            let service = &out.plan.services[service.index()];
            service.revision(revision_number(out.plan, of)).target
        }
    }
}
