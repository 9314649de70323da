//! A plan built by hand: a cluster, and tasks from an iterator, each with its arrival, run time
//! and size.
//!
//!     cargo run --release --example own_workload
#![allow(clippy::print_stdout, reason = "an example prints")]

use ecsim::Scenario;
use ecsim::plan::{
    Arrivals, FleetMember, InstanceType, PlacementRule, Plan, Provider, TaskEntry, TraceRow,
};
use ecsim::units::{Cpu, Memory, SimTime, Span};

pub(crate) fn main() -> Result<(), ecsim::Error> {
    // A task every 40 s; every tenth needs 2 vCPUs instead of 1.
    let tasks = (0..500).map(|number| TraceRow {
        cpu: Some(Cpu::vcpus(if number % 10 == 0 { 2 } else { 1 })),
        memory: Some(Memory::gib(2)),
        ..TraceRow::new(SimTime::micros(number * 40_000_000), Span::seconds(300))
    });
    let mut plan = Plan::new("batch", "eu-central-1");
    let large = InstanceType::of_catalog("m6i.large", "eu-central-1");
    plan.cluster.instance_types.extend(large);
    let members = vec![FleetMember::new(0, 5)];
    plan.cluster
        .providers
        .push(Provider::fleet("fleet", members));
    plan.tasks.push(TaskEntry {
        arrivals: Arrivals::rows(tasks),
        placement: PlacementRule::FirstFit,
        ..TaskEntry::new("reports")
    });
    let results = Scenario::from_plan(plan)?.experiment().run()?;
    let base = results.variant("base")?;
    for path in [
        "tasks.reports.wait.mean",
        "cost.total",
        "capacity.fleet.cpu.reserved",
    ] {
        println!("{path}: {}", base.figure(path)?);
    }
    assert_eq!(
        base.figure("tasks.reports.finished.count")?.mean(),
        Some(500.0)
    );
    Ok(())
}
