//! A sweep that prints a table: cost per month and mean wait by the number of instances.
//!
//!     cargo run --release --example sweep
#![allow(clippy::print_stdout, reason = "an example prints")]

use ecsim::Scenario;

/// The path of the swept value, as in `--set`.
const COUNT: &str = "cluster.capacityProviders.fleet.fleet.0.count";

const SCENARIO: &str = "
ecsim: 1
name: sweep
until: 2d
cluster:
  capacityProviders:
    - { name: fleet, fleet: [{ instanceType: m6i.large, count: 2 }] }
taskDefinitions:
  - { family: report, cpu: 1 vCPU, memory: 2 GB, containerDefinitions: [{ name: report, image: shop/report }] }
tasks:
  - { name: reports, taskDefinition: report, arrivals: { poisson: 20/h }, duration: { exponential: { mean: 8m } } }
delays: none
";

pub(crate) fn main() -> Result<(), ecsim::Error> {
    let base = Scenario::from_yaml("sweep.yaml", SCENARIO)?;
    println!("instances  {:>16}  {:>20}", "a month", "mean wait");
    let mut waits = Vec::new();
    for count in 2..=5 {
        let scenario = base.clone().set(format!("{COUNT}={count}"))?;
        let results = scenario.experiment().seeds(8).run()?;
        let variant = results.variant("base")?;
        let cost = variant.figure("cost.total.perMonth")?;
        let wait = variant.figure("tasks.reports.wait.mean")?;
        println!("{count:>9}  {cost:>16}  {wait:>20}");
        waits.push(wait.mean());
    }
    // More instances, shorter waits.
    assert!(waits.is_sorted_by(|fewer, more| fewer > more));
    Ok(())
}
