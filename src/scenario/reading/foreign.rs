//! Recognises files that are not what was asked for, such as a CloudFormation template instead of
//! a scenario. One message says what the file is and what to do, instead of one for each key.

use super::tree::{Node, Value};

/// The kind of a file, by its keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A task definition of ECS, as it is registered or described.
    TaskDefinition,
    /// Services of ECS, as they are created or described.
    Service,
    /// A CloudFormation template.
    CloudFormation,
    /// A Compose file of Docker.
    Compose,
    /// A manifest of Kubernetes.
    Kubernetes,
}

impl Kind {
    /// The kind of this file; `None` for a scenario, and for a file that is not recognised.
    pub fn of(root: &Node) -> Option<Self> {
        let has = |key: &str| root.get(key).is_some();
        let is_map = |key: &str| {
            root.get(key)
                .is_some_and(|n| matches!(n.value, Value::Map(_)))
        };
        if has("ecsim") {
            return None;
        }
        if has("AWSTemplateFormatVersion") || is_map("Resources") {
            return Some(Self::CloudFormation);
        }
        if has("apiVersion") && has("kind") {
            return Some(Self::Kubernetes);
        }
        if has("containerDefinitions") || is_map("taskDefinition") {
            return Some(Self::TaskDefinition);
        }
        let is_described = match root.get("services").map(|node| &node.value) {
            Some(Value::List(items)) => items.iter().any(|item| item.get("serviceArn").is_some()),
            _ => false,
        };
        if is_described || is_map("service") || (has("serviceName") && !has("tasks")) {
            return Some(Self::Service);
        }
        is_map("services").then_some(Self::Compose)
    }

    /// True for what a scenario can name as a file.
    pub const fn is_of_ecs(self) -> bool {
        matches!(self, Self::TaskDefinition | Self::Service)
    }

    /// What the file is: "an ECS task definition".
    pub const fn name(self) -> &'static str {
        match self {
            Self::TaskDefinition => "an ECS task definition",
            Self::Service => "a description of ECS services",
            Self::CloudFormation => "a CloudFormation template",
            Self::Compose => "a Compose file",
            Self::Kubernetes => "a Kubernetes manifest",
        }
    }

    /// What to do with the file `name`, out of which there is to be a scenario.
    pub fn advice(self, name: &str) -> String {
        let file = if name == "stdin" { "FILE" } else { name };
        match self {
            Self::TaskDefinition => format!(
                "name it in a scenario, `taskDefinitions: [{{ file: {file} }}]`; `ecsim init` writes \
                 a scenario out of a folder of task definitions and services"
            ),
            Self::Service => format!(
                "name it in a scenario, `services: [{{ file: {file} }}]`; `ecsim init` writes a \
                 scenario out of a folder of task definitions and services"
            ),
            Self::CloudFormation => "a scenario takes the JSON of ECS itself: save what the \
                template has made with `aws ecs describe-task-definition` and `aws ecs \
                describe-services`; `ecsim init` writes a scenario out of the folder"
                .into(),
            Self::Compose | Self::Kubernetes => "a scenario takes task definitions of ECS: write \
                one for each service; `ecsim init` writes a scenario out of their folder"
                .into(),
        }
    }
}
