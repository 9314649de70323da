//! A case as a scenario file with a trace.

use crate::cases::*;
use crate::jobs::*;
use ecsim::plan::{Field, PlacementRule, Plan, QueueOrder};
use ecsim::scenario::{self, Embedded};
use std::path::{Path, PathBuf};

pub const HEADER: &str = "arrived,lasts,cpu_units,memory_mib\n";

pub fn csv_rows(jobs: &[Job]) -> String {
    let row = |job: &Job| {
        let Job {
            arrival,
            duration,
            cpu,
            memory,
        } = job;
        format!("{arrival},{duration},{cpu},{memory}\n")
    };
    jobs.iter().map(row).collect()
}

impl Case {
    /// The scenario's text, with the trace in these files beside it.
    pub fn yaml(&self, zones: &str, trace_files: &str) -> String {
        let number = |size: u64| format!("node-{}", size);
        let types: String = (0..)
            .zip(self.fleet)
            .map(|(index, (_, (cpu, memory)))| {
                format!(
                    "  - {{ name: {}, vcpu: {}, memory: {memory} MiB, \
                     registeredMemory: {memory} MiB, price: $0.10/h }}\n",
                    number(index),
                    cpu / 1024,
                )
            })
            .collect();
        let members: String = (0..)
            .zip(self.fleet)
            .map(|(index, (count, _))| {
                let name = number(index);
                format!("        - {{ instanceType: {name}, count: {count} }}\n")
            })
            .collect();
        let policy = match self.placement {
            PlacementRule::FirstFit => "firstFit",
            PlacementRule::BestFit(Field::Cpu) => "{ bestFit: cpu }",
            PlacementRule::BestFit(Field::Memory) => "{ bestFit: memory }",
            PlacementRule::DotProduct => "dotProduct",
            PlacementRule::FewestTasks => "fewestTasks",
            _ => panic!("no known schedule uses another rule"),
        };
        let order = match self.order {
            QueueOrder::HeadOfLine => "headOfLine",
            QueueOrder::SkipAhead => "skipAhead",
        };
        let delays = match self.start {
            0 => "none".to_string(),
            start => format!("{{ start: {start}ms }}"),
        };
        let (retry, faults) = self.yaml_of_failures();
        let without_room = if self.loss { "fail" } else { "queue" };
        format!(
            "ecsim: 1\n\
             name: {name}\n\
             region: us-east-1\n\
             until: drained\n\
             seeds: 1\n\
             instanceTypes:\n\
             {types}\
             cluster:\n\
             \x20 availabilityZones: [{zones}]\n\
             \x20 capacityProviders:\n\
             \x20   - name: nodes\n\
             \x20     fleet:\n\
             {members}\
             taskDefinitions:\n\
             \x20 - family: job\n\
             \x20   networkMode: host\n\
             \x20   containerDefinitions: [{{ name: job, image: test/job:1, memory: 128 }}]\n\
             tasks:\n\
             \x20 - name: jobs\n\
             \x20   taskDefinition: job\n\
             \x20   placementPolicy: {policy}\n\
             \x20   onNoCapacity: {without_room}\n\
             {retry}\
             \x20   trace:\n\
             \x20     files: [{trace_files}]\n\
             \x20     columns:\n\
             \x20       arrival: {{ column: arrived, unit: ms }}\n\
             \x20       duration: {{ column: lasts, unit: ms }}\n\
             \x20       cpu: {{ column: cpu_units, unit: units }}\n\
             \x20       memory: {{ column: memory_mib, unit: MiB }}\n\
             jobQueue: {{ order: {order} }}\n\
             delays: {delays}\n\
             {faults}",
            name = self.name,
        )
    }

    /// The keys `retry` of the entry and `faults`; nothing without failures.
    pub fn yaml_of_failures(&self) -> (&str, String) {
        if self.failures.is_empty() {
            return ("", String::new());
        }
        let fault = |Failures { instance, at }: &Failures| {
            let at: Vec<String> = at.iter().map(|millis| format!("{millis}ms")).collect();
            let at = at.join(", ");
            format!(
                "  - {{ name: node-{instance}, instanceFailure: {{ instances: [{instance}] }}, \
                 at: [{at}], lasts: 45s }}\n"
            )
        };
        let faults: String = self.failures.iter().map(fault).collect();
        let retry = "    retry: { attempts: unlimited, work: restart }\n";
        (retry, format!("faults:\n{faults}"))
    }

    /// Writes the scenario and its trace into a folder.
    pub fn write(&self, folder: &Path, zones: &str) -> PathBuf {
        let write = |name: &str, text: &str| {
            let path = folder.join(name);
            std::fs::write(&path, text).expect("the folder is ours");
            path
        };
        write("jobs.csv", &(HEADER.to_string() + &csv_rows(&self.jobs())));
        write("scenario.yaml", &self.yaml(zones, "jobs.csv"))
    }
}

/// The plan that a scenario file with one variant means.
pub fn load(path: &Path) -> Plan {
    let request = scenario::Request {
        path,
        set: &[],
        variants: &[],
        seeds: None,
    };
    let loaded = scenario::load(&request, &Embedded)
        .unwrap_or_else(|problems| panic!("{}", problems.render(false)));
    assert_eq!(loaded.warnings.len(), 0);
    let [plan] = loaded.study.variants.try_into().expect("one variant");
    plan
}

pub fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("there is room for a folder")
}
