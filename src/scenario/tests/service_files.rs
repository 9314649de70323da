//! Services in files: descriptions of AWS, with their ARNs and their keys without effect.

use super::{check_in, folder, load_in};
use crate::plan::{Plan, Scheduling, Target};

const SHOP: &str = "\
ecsim: 1
name: shop
until: 7d
cluster:
  capacityProviders:
    - name: m6i
      fleet: [{ instanceType: m6i.large, count: 4 }]
    - name: FARGATE
    - name: FARGATE_SPOT
taskDefinitions:
  - { file: web.json }
services:
  - { file: services.json }
delays: none
";
const WEB: &[u8] = br#"{"taskDefinition": {
  "taskDefinitionArn": "arn:aws:ecs:us-east-1:123456789012:task-definition/web:7", "family": "web", "revision": 7,
  "cpu": "256", "memory": "512", "status": "ACTIVE", "networkMode": "awsvpc", "pidMode": null, "volumes": [],
  "containerDefinitions": [{"name": "web", "image": "x", "cpu": 0, "essential": true}]
}, "tags": []}"#;
/// What `describe-services` returns of three services.
const SERVICES: &[u8] = br#"{"services": [
  {
    "serviceArn": "arn:aws:ecs:us-east-1:123456789012:service/shop/front", "serviceName": "front",
    "clusterArn": "arn:aws:ecs:us-east-1:123456789012:cluster/shop", "status": "ACTIVE",
    "desiredCount": 3, "runningCount": 3, "pendingCount": 0, "loadBalancers": [], "serviceRegistries": [],
    "launchType": "FARGATE", "capacityProviderStrategy": [], "platformVersion": "LATEST", "platformFamily": "Linux",
    "taskDefinition": "arn:aws:ecs:us-east-1:123456789012:task-definition/web:7",
    "deploymentConfiguration": {"deploymentCircuitBreaker": {"enable": false, "rollback": false},
      "maximumPercent": 200, "minimumHealthyPercent": 100, "strategy": "ROLLING", "bakeTimeInMinutes": 0},
    "deployments": [{"id": "ecs-svc/1", "status": "PRIMARY", "createdAt": 1700000000.25}],
    "roleArn": null, "events": [{"id": "1", "createdAt": "2026-11-02T08:30:00Z", "message": "steady"}],
    "createdAt": "2026-11-02T08:30:00.123000+01:00", "createdBy": "arn:aws:iam::1:role/admin",
    "placementConstraints": [], "placementStrategy": [], "healthCheckGracePeriodSeconds": 0,
    "networkConfiguration": null, "schedulingStrategy": "REPLICA", "deploymentController": {"type": "ECS"},
    "enableECSManagedTags": true, "propagateTags": "NONE", "enableExecuteCommand": false,
    "availabilityZoneRebalancing": "DISABLED", "resourceManagementType": "CUSTOMER"
  },
  {
    "serviceName": "spot", "desiredCount": 2, "launchType": "", "taskDefinition": "web:7",
    "capacityProviderStrategy": [{"capacityProvider": "arn:aws:ecs:us-east-1:123456789012:capacity-provider/FARGATE_SPOT", "weight": 1, "base": 0}]
  },
  {
    "serviceArn": "arn:aws:ecs:us-east-1:123456789012:service/shop/agent", "serviceName": "agent",
    "desiredCount": 4, "schedulingStrategy": "DAEMON", "taskDefinition": "web"
  }
], "failures": []}"#;

#[track_caller]
fn plans(shop: &str, services: &[u8]) -> (Vec<Plan>, Vec<String>) {
    let files = folder(&[
        ("shop.yaml", shop.as_bytes()),
        ("web.json", WEB),
        ("services.json", services),
    ]);
    match load_in(&files, &[]) {
        Ok(loaded) => {
            let warnings = loaded.study.warnings.clone();
            assert_eq!(loaded.study.ignored, IGNORED, "{:?}", loaded.study.ignored);
            (loaded.study.variants, warnings)
        }
        Err(problems) => panic!("{problems}"),
    }
}

/// The keys without effect: no key that is empty, and none of a description alone.
const IGNORED: &[&str] = &[
    "services.front.enableECSManagedTags",
    "services.front.enableExecuteCommand",
    "services.front.platformVersion",
    "services.front.propagateTags",
];

#[test]
fn the_output_of_describe_services_is_read_as_it_is() {
    let (plans, warnings) = plans(SHOP, SERVICES);
    assert!(warnings.is_empty(), "{warnings:?}");
    let [front, spot, agent] = &plans[0].services[..] else {
        panic!("three services")
    };
    let provider = |target: &Target| match target {
        Target::Provider(index) => plans[0].cluster.providers[*index].name.clone(),
        _ => "any".into(),
    };
    assert_eq!((front.name.as_str(), front.desired_count), ("front", 3));
    assert_eq!(front.definition, "web:7");
    assert_eq!(provider(&front.target), "FARGATE");
    assert_eq!((spot.name.as_str(), spot.desired_count), ("spot", 2));
    assert_eq!(provider(&spot.target), "FARGATE_SPOT");
    assert_eq!(agent.scheduling, Scheduling::Daemon);
    assert_eq!(provider(&agent.target), "any");
}

#[test]
fn keys_beside_the_file_and_variants_lie_over_its_services() {
    let beside = SHOP.replace(
        "{ file: services.json }",
        "{ file: services.json, deploymentConfiguration: { minimumHealthyPercent: 50 } }",
    );
    let text = format!(
        "{beside}variants:\n  - name: now\n  - name: more\n    services: [{{ serviceName: front, desiredCount: 9 }}]\n"
    );
    let (plans, _) = plans(&text, SERVICES);
    let front = |plan: &Plan| {
        let front = &plan.services[0];
        (
            front.desired_count,
            front.deployment.percentages.minimum_healthy_percent,
        )
    };
    assert_eq!(
        plans.iter().map(front).collect::<Vec<_>>(),
        [(3, 50), (9, 50)]
    );
}

#[test]
fn one_service_and_a_list_of_services_are_read_too() {
    let text = std::str::from_utf8(SERVICES).unwrap();
    let list = text.trim_start_matches("{\"services\": ");
    let list = list.trim_end_matches(", \"failures\": []}");
    assert_eq!(plans(SHOP, list.as_bytes()).0[0].services.len(), 3);
    let end = list.find("\n  },").unwrap();
    let one = &list[1..end + 4];
    for one in [one.to_string(), format!("{{\"service\": {one}}}")] {
        let (plans, _) = plans(SHOP, one.as_bytes());
        assert_eq!(plans[0].services.len(), 1);
    }
}

#[test]
fn services_that_are_not_there_give_warnings() {
    let text = std::str::from_utf8(SERVICES).unwrap();
    let text = text
        .replace(
            "\"failures\": []",
            "\"failures\": [{\"arn\": \"arn:aws:ecs:us-east-1:1:service/shop/old\", \"reason\": \"MISSING\"}]",
        )
        .replace(
            "\"serviceName\": \"spot\",",
            "\"serviceName\": \"spot\", \"status\": \"INACTIVE\",",
        );
    let (plans, warnings) = plans(SHOP, text.as_bytes());
    assert_eq!(plans[0].services.len(), 2);
    assert_eq!(
        warnings,
        [
            "services.file: the service `spot` is INACTIVE and is left out",
            "services.file: `describe-services` has not found `arn:aws:ecs:us-east-1:1:service/shop/old`: MISSING",
        ]
    );
}

#[test]
fn a_revision_that_is_not_here_names_the_key_to_set() {
    let text = std::str::from_utf8(SERVICES).unwrap();
    let text = text.replace("task-definition/web:7", "task-definition/web:8");
    check_in(
        &folder(&[
            ("shop.yaml", SHOP.as_bytes()),
            ("web.json", WEB),
            ("services.json", text.as_bytes()),
        ]),
        r#"
error: there is no task definition `web:8`
  DIR/services.json:7:23  services.front.taskDefinition
  7 |     "taskDefinition": "arn:aws:ecs:us-east-1:123456789012:task-definition/web:8",
    |                       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
hint: did you mean `web:7`? the definition of `web` has the revision 7; to use it here, set its `revision: 8`"#,
    );
    check_in(
        &folder(&[("shop.yaml", SHOP.as_bytes()), ("web.json", WEB)]),
        r#"
error: cannot read `DIR/services.json`: there is no such file
  DIR/shop.yaml:13:13  services.file
  13 |   - { file: services.json }
     |             ^^^^^^^^^^^^^"#,
    );
}
