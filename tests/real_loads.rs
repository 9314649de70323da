//! Recorded requests of real systems, in the shape in which they were published: what is read is what stands
//! in the files, and a day of the World Cup of 1998 is played. The data is not part of this repository: the
//! environment variable `ECSIM_DATA` names its folder.

use ecsim::plan::{LoadShape, LoadTrace, Study};
use ecsim::runner::{Options, built_in_scheduler, run};
use ecsim::scenario::{Embedded, load_text};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

fn data() -> PathBuf {
    let data = std::env::var_os("ECSIM_DATA").expect("ECSIM_DATA must name the folder of traces");
    PathBuf::from(data)
}

/// A day of one service whose load is this trace of these files.
fn study(start: &str, files: &[String], keys: &str) -> Study {
    let paths: Vec<String> = files
        .iter()
        .map(|file| data().join(file).display().to_string())
        .collect();
    let files = format!("{paths:?}");
    let text = format!(
        "
ecsim: 1
name: recorded
start: {start}
until: 1d
region: us-east-1
cluster:
  capacityProviders: [{{ name: FARGATE }}]
taskDefinitions:
  - family: web
    cpu: 1 vCPU
    memory: 2 GB
    containerDefinitions: [{{ name: web, image: web }}]
services:
  - serviceName: web
    taskDefinition: web
    desiredCount: 20
    launchType: FARGATE
    load:
      requestsPerSecond: {{ trace: {{ files: {files}, {keys} }} }}
      cpuPerRequest: 1ms
delays: none
"
    );
    match load_text("recorded.yaml", &text, &[], &Embedded) {
        Ok(loaded) => loaded.study,
        Err(problems) => panic!("{problems}"),
    }
}

fn trace(study: &Study) -> Arc<LoadTrace> {
    let load = study.variants[0].services[0].load.as_ref();
    match &load.expect("a load").rates[..] {
        [LoadShape::Trace(trace)] => Arc::clone(trace),
        other => panic!("{other:?}"),
    }
}

/// All requests of a trace.
fn requests(trace: &LoadTrace) -> f64 {
    let bucket = trace.bucket.as_seconds_f64();
    let whole = trace.rates.len() - 1;
    let last = trace.length.as_seconds_f64() - bucket * whole as f64;
    let sum: f64 = trace.rates[..whole].iter().sum();
    sum * bucket + trace.rates[whole] * last
}

#[track_caller]
fn near(found: f64, wanted: f64) {
    assert!(
        (found / wanted - 1.0).abs() < 1e-9,
        "{found} instead of {wanted}"
    );
}

/// The files of the World Cup in the order of their days and parts; empty ones included.
fn world_cup() -> Vec<String> {
    let mut files = Vec::new();
    for file in std::fs::read_dir(data().join("worldcup98")).expect("the folder is there") {
        let name = file
            .expect("an entry")
            .file_name()
            .to_string_lossy()
            .into_owned();
        let numbers = name
            .split(|c: char| !c.is_ascii_digit())
            .filter(|part| !part.is_empty());
        let numbers: Vec<u32> = numbers
            .map(|part| part.parse().expect("a number"))
            .collect();
        files.push((numbers, format!("worldcup98/{name}")));
    }
    files.sort();
    files.into_iter().map(|(_, file)| file).collect()
}

const WORLD_CUP: &str = "header: false, columns: { time: { column: 1 }, count: { column: 2 } }";

#[test]
#[ignore = "needs ECSIM_DATA: run by .ci/run"]
fn sixty_days_of_the_world_cup_have_all_their_requests() {
    let counted = trace(&study("1998-06-23T00:00:00Z", &world_cup(), WORLD_CUP));
    near(requests(&counted), 724_594_929.0);
    // As a series; the files of a divided day share a minute, and some minutes are not there.
    let series = format!("{WORLD_CUP}, interval: 60s, repair: {{ duplicates: sum, gaps: zero }}");
    let study = study("1998-06-23T00:00:00Z", &world_cup(), &series);
    assert_eq!(study.left_out.len(), 2, "{:?}", study.left_out);
    let series = trace(&study);
    assert_eq!(series.rates, counted.rates);
    assert_eq!(series.begins, counted.begins);
}

#[test]
#[ignore = "needs ECSIM_DATA: run by .ci/run"]
fn the_day_of_the_world_cup_is_served() {
    let files = (1..=7).map(|part| format!("worldcup98/wc_day59_{part}.csv"));
    let files: Vec<String> = files.chain(["worldcup98/wc_day60_1.csv".into()]).collect();
    let study = study("1998-06-23T00:00:00Z", &files, WORLD_CUP);
    let options = Options {
        seeds: vec![1],
        threads: None,
        ..Options::default()
    };
    let stop = AtomicBool::new(false);
    let played = run(&study, &options, &built_in_scheduler, &mut (), &(), &stop);
    let variants = played.expect("it plays").0.variants;
    let figures = &variants[0].figures;
    let found = figures
        .iter()
        .find(|f| f.figure.path == "service.web.requests.offered.count");
    let offered = found.expect("the figure").estimate.mean.expect("a value");
    assert!((offered - 48_989_590.0).abs() < 2.0, "{offered}");
}

#[test]
#[ignore = "needs ECSIM_DATA: run by .ci/run"]
fn an_archive_of_one_line_of_numbers_is_folded_while_it_is_read() {
    let files = ["nasa-http/workload.tbz2".to_string()];
    let keys = "layout: cells, columns: { count: { column: 1 } }, interval: 1s";
    let trace = trace(&study("1995-07-01T04:00:00Z", &files, keys));
    near(requests(&trace), 3_461_610.0);
    assert_eq!(trace.rates.len(), 5_059_950_usize.div_ceil(60));
    let busiest = trace.rates.iter().copied().fold(0.0, f64::max);
    near(busiest * 60.0, 409.0);
}

#[test]
#[ignore = "needs ECSIM_DATA: run by .ci/run"]
fn metrics_of_a_load_balancer_have_a_gap() {
    let files = ["nab/realAWSCloudwatch/elb_request_count_8c0756.csv".to_string()];
    let keys = "columns: { time: { column: timestamp }, count: { column: value } }, interval: 5m";
    let zero = format!("{keys}, repair: {{ gaps: zero }}");
    let study = study("2014-04-11T00:00:00Z", &files, &zero);
    assert!(
        study.left_out[0].contains("8 intervals without a row"),
        "{:?}",
        study.left_out
    );
    let trace = trace(&study);
    near(requests(&trace), 249_327.0);
    assert_eq!(trace.rates.len(), 4_032 + 8);
}

#[test]
#[ignore = "needs ECSIM_DATA: run by .ci/run"]
fn samples_of_many_containers_are_added() {
    let files = ["alibaba-genai-2026/qps.tar.gz".to_string()];
    let keys = "columns: { time: { column: timestamp_anon, unit: s }, rate: { column: value } }, interval: 57s, \
                origin: first, repair: { duplicates: sum, gaps: zero }";
    let trace = trace(&study("2022-09-11T00:00:00Z", &files, keys));
    // The values are rounded to millionths; there are whole intervals of 57 s only, two of them together.
    assert_eq!((trace.begins, trace.bucket.as_seconds_f64()), (0, 114.0));
    let sum = requests(&trace) / 57.0;
    assert!((sum - 3_526.455).abs() < 0.01, "{sum}");
}

#[test]
#[ignore = "needs ECSIM_DATA: run by .ci/run"]
fn utilization_of_clusters_without_times_follows_row_by_row() {
    let google = "datacenter-usage/google2019/week1/instance_usage_grouped_300_seconds_week1.csv";
    let keys = "columns: { rate: { column: avg_cpu, factor: 1000 } }, interval: 300s";
    let google = trace(&study("2019-05-01T00:00:00Z", &[google.to_string()], keys));
    assert_eq!(google.rates.len(), 2_016);
    let mean = requests(&google) / google.length.as_seconds_f64();
    assert!((mean - 457.566_746).abs() < 1e-3, "{mean}");
    let alibaba = "datacenter-usage/alibaba2018/day_1/machine_usage_day_1_grouped_10_seconds.csv";
    let keys = "columns: { rate: { column: cpu_util_percent } }, interval: 10s";
    let alibaba = trace(&study("2018-01-01T00:00:00Z", &[alibaba.to_string()], keys));
    assert_eq!(alibaba.rates.len(), 8_641_usize.div_ceil(6));
    let mean = requests(&alibaba) / alibaba.length.as_seconds_f64();
    assert!((mean - 33.328_950).abs() < 1e-3, "{mean}");
}
