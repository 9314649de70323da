//! `show`, `schema` and the reference.

use super::Small;
use crate::scenario::{Request, load, load_text, reference, schema, show};
use std::path::{Path, PathBuf};

fn scenarios() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let mut found: Vec<PathBuf> = [root.clone(), root.join("bench")]
        .iter()
        .flat_map(|folder| std::fs::read_dir(folder).unwrap())
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "yaml"))
        .collect();
    found.sort();
    found
}

#[test]
fn the_shown_scenario_gives_the_same_plan() {
    for path in scenarios() {
        let request = Request {
            path: &path,
            set: &[],
            variants: &[],
            seeds: Some(3),
        };
        let loaded = load(&request, &Small).unwrap();
        let shown = show(&request, &Small).unwrap();
        let documents: Vec<&str> = shown.split("---\n").collect();
        assert_eq!(documents.len(), loaded.study.variants.len());
        for (plan, document) in loaded.study.variants.iter().zip(documents) {
            let again = match load_text("shown.yaml", document, &[], &Small) {
                Ok(again) => again.study,
                Err(problems) => panic!("{problems}\n{document}"),
            };
            let mut expected = plan.clone();
            expected.variant = "base".into();
            assert_eq!(
                format!("{:#?}", again.variants[0]),
                format!("{expected:#?}"),
                "{document}"
            );
            assert_eq!(again.seeds, 3);
        }
    }
}

/// A short scenario with all kinds of capacity, and with faults.
const ALIVE: &str = "
ecsim: 1
name: alive
until: 7d
cluster:
  capacityProviders:
    - name: ec2
      autoScalingGroup:
        instanceTypes: [m6i.large, m6g.large]
        minSize: 1
        maxSize: 9
        instancesDistribution: { onDemandBaseCapacity: 1 }
        terminationPolicies: [NewestInstance]
      managedScaling: { status: ENABLED, instanceWarmupPeriod: 2m }
      agent: { imagePullBehavior: once }
    - name: aws
      autoScalingGroup:
        mixedInstancesPolicy: { launchTemplate: { overrides: [{ instanceType: c6i.large }] } }
        minSize: 0
        maxSize: 2
      autoScalingGroupProvider: { managedDraining: DISABLED }
    - { name: spot, autoScalingGroup: { instanceTypes: [r6i.large], spot: true, minSize: 0, maxSize: 2, boot: 9s } }
    - name: FARGATE
    - name: FARGATE_SPOT
  defaultCapacityProviderStrategy: [{ capacityProvider: ec2, weight: 1 }, { capacityProvider: spot, weight: 2, base: 1 }]
taskDefinitions:
  - { family: report, cpu: 1024, memory: 2048, containerDefinitions: [{ name: report, image: shop/report:1 }] }
tasks:
  - { name: reports, taskDefinition: report, arrivals: { poisson: 5/h }, duration: 90s }
images:
  - { name: a, size: 9 MiB, layers: 2, registry: ECR }
  - { name: b, layers: [{ digest: x, size: 1 MiB }, { size: 2 MiB }] }
registries: [{ name: docker.io, pullLimit: { pulls: 100, per: 6h } }]
spot: { interruptions: { perMonth: 10% } }
faults:
  - { name: usual, realistic: {} }
  - { name: hosts, fargateHostLoss: {}, every: { erlang: { shape: 2, mean: 1d } } }
  - { name: zone, zoneOutage: {}, at: [1d, 2d], lasts: { shifted: { by: 1h, law: { exponential: { mean: 1h } } } } }
delays: realistic
assumptions: { poolDry: { oneOf: [1m, 2m] }, launchRetry: { first: 30s } }
";

#[test]
fn groups_spot_and_faults_are_shown_with_all_defaults() {
    let folder = super::folder(&[("shop.yaml", ALIVE.as_bytes())]);
    let path = folder.path().join("shop.yaml");
    let request = Request {
        path: &path,
        set: &[],
        variants: &[],
        seeds: None,
    };
    let loaded = load(&request, &Small).unwrap();
    let shown = show(&request, &Small).unwrap();
    let again = match load_text("shown.yaml", &shown, &[], &Small) {
        Ok(again) => again.study,
        Err(problems) => panic!("{problems}\n{shown}"),
    };
    assert_eq!(
        format!("{:#?}", again.variants[0]),
        format!("{:#?}", loaded.study.variants[0]),
        "{shown}"
    );
    for line in [
        "desiredCapacity: 1",
        "managedDraining: ENABLED",
        "managedScaling: { status: DISABLED }",
        "agentPickup: 2s",
        "launchFailures: { onDemand: 0.2%, gpu: 5%, spot: 3%, spotScarce: 15% }",
        "# note: delays: the size of image `shop/report:1` is not given: assuming 171.7 MiB in 9 layers",
    ] {
        assert!(shown.contains(line), "{line}\n{shown}");
    }
}

#[test]
fn the_reference_is_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/scenario.md");
    if std::env::var_os("ECSIM_UPDATE").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, reference()).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == reference(),
        "docs/scenario.md is stale; ECSIM_UPDATE=1 cargo test --lib the_reference_is_up_to_date"
    );
}

#[test]
fn the_schema_is_closed_and_complete() {
    fn walk(value: &serde_json::Value, root: &serde_json::Value) {
        if let Some(reference) = value.get("$ref").and_then(|r| r.as_str()) {
            assert!(
                root.pointer(reference.trim_start_matches('#')).is_some(),
                "{reference}"
            );
        }
        if value.get("properties").is_some() && value.get("type").is_some() {
            assert_eq!(value.get("additionalProperties"), Some(&false.into()));
        }
        match value {
            serde_json::Value::Array(items) => items.iter().for_each(|item| walk(item, root)),
            serde_json::Value::Object(map) => map.values().for_each(|item| walk(item, root)),
            _ => {}
        }
    }
    let schema = schema();
    walk(&schema, &schema);
    assert_eq!(schema["properties"]["seeds"]["default"], 8);
    assert_eq!(schema["properties"]["network"], serde_json::Value::Null);
}
