//! `metrics.jsonl`: the metrics of a run in the shape of `get-metric-data`.

use serde_json::Value;
use std::process::Command;

/// Half an hour behind a load balancer: nothing at first, then 120/s of 10 ms on two tasks of one vCPU.
const SCENARIO: &str = "\
ecsim: 1
name: shown
start: 2026-11-02T00:00:00Z
until: 30m
cluster: { availabilityZones: [us-east-1a], capacityProviders: [{ name: FARGATE }] }
loadBalancers: [{ name: front, type: application, targetGroups: [{ name: web }] }]
taskDefinitions:
  - family: web
    cpu: 1 vCPU
    memory: 2 GB
    containerDefinitions: [{ name: web, image: w, portMappings: [{ containerPort: 80 }] }]
services:
  - serviceName: web
    taskDefinition: web
    desiredCount: 2
    launchType: FARGATE
    monitoring: { metricConfigurations: [{ metricNames: [CPUUtilization], resolutionSeconds: 20 }] }
    loadBalancers: [{ targetGroupArn: web, containerName: web, containerPort: 80 }]
    load:
      requestsPerSecond: { piecewise: { steps: [{ at: 0s, rate: 0/s }, { at: 10m, rate: 120/s }] } }
      cpuPerRequest: 10ms
delays: none
";

fn metrics() -> Value {
    let folder = tempfile::tempdir().expect("there is room for a folder");
    let scenario = folder.path().join("shown.yaml");
    std::fs::write(&scenario, SCENARIO).expect("it can be written");
    let output = Command::new(env!("CARGO_BIN_EXE_ecsim"))
        .arg("run")
        .arg(&scenario)
        .args([
            "--metrics",
            "--seed",
            "1",
            "--reports",
            "files",
            "--quiet",
            "--out",
        ])
        .arg(folder.path().join("out"))
        .output()
        .expect("the program starts");
    let talk = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{talk}");
    let file = folder.path().join("out/shown/metrics.jsonl");
    let text = std::fs::read_to_string(file).expect("it is written");
    assert_eq!(text.lines().count(), 1, "one variant");
    serde_json::from_str(&text).expect("it is JSON")
}

/// Time stamps and values of a metric with a period.
fn of(line: &Value, name: &str, period: u64) -> Vec<(String, f64)> {
    let queries = line["MetricDataQueries"].as_array().expect("a list");
    let of = |query: &&Value| {
        let stat = &query["MetricStat"];
        stat["Metric"]["MetricName"] == name && stat["Period"] == period
    };
    let query = queries.iter().find(of).expect("the metric is there");
    let results = line["MetricDataResults"].as_array().expect("a list");
    let result = results.iter().find(|result| result["Id"] == query["Id"]);
    let result = result.expect("each query has a result");
    assert_eq!(result["StatusCode"], "Complete");
    let times = result["Timestamps"].as_array().expect("a list").iter();
    let values = result["Values"].as_array().expect("a list").iter();
    times
        .zip(values)
        .map(|(at, value)| {
            let at = at.as_str().expect("a text").to_string();
            (at, value.as_f64().expect("a number"))
        })
        .collect()
}

#[test]
fn metrics_are_as_cloudwatch_would_have_shown_them() {
    let line = metrics();
    assert_eq!(
        (&line["variant"], &line["seed"]),
        (&"base".into(), &1.into())
    );
    let first = &line["MetricDataQueries"][0]["MetricStat"];
    assert_eq!(first["Metric"]["Namespace"], "AWS/ECS");
    assert_eq!(first["Metric"]["Dimensions"][1]["Value"], "web");
    assert_eq!(first["Stat"], "Average");
    // Those of the last two minutes were published after the end of the run.
    let cpu = of(&line, "CPUUtilization", 60);
    assert_eq!(cpu.len(), 28);
    assert_eq!(cpu[0], ("2026-11-02T00:00:00Z".into(), 0.0));
    assert_eq!(cpu[27], ("2026-11-02T00:27:00Z".into(), 60.0));
    // Those of 20 seconds are seen 15 seconds later.
    let fast = of(&line, "CPUUtilization", 20);
    assert_eq!(fast.len(), 89);
    assert_eq!(fast[30], ("2026-11-02T00:10:00Z".into(), 60.0));
    // A target group has no counts of zero.
    let requests = of(&line, "RequestCount", 60);
    assert_eq!(requests.len(), 18);
    assert_eq!(requests[0], ("2026-11-02T00:10:00Z".into(), 7_200.0));
    assert_eq!(of(&line, "RequestCountPerTarget", 60)[0].1, 3_600.0);
    assert_eq!(of(&line, "HealthyHostCount", 60)[20].1, 2.0);
    let names = line["MetricDataQueries"].to_string();
    assert!(!names.contains("HTTPCode_ELB_5XX_Count"), "none was lost");
}
