//! A line of a bill multiplies: price × quantity per month is the cost per month, for a run of any
//! length, and for a calendar month with its own hours.

use crate::terminal::played;
use ecsim::report::{TerminalStyle, terminal};

const MIX: &str = "\
ecsim: 1
name: bills
start: 2026-12-01T00:00:00Z
until: 744h
delays: none
cluster:
  capacityProviders: [{ name: fleet, fleet: [{ instanceType: m6i.large, count: 2 }] }]
taskDefinitions:
  - { family: job, cpu: 1 vCPU, memory: 2 GB, containerDefinitions: [{ name: job, image: job:1, essential: true }] }
tasks:
  - { name: here, taskDefinition: job, duration: 1h, arrivals: { poisson: 2/h }, launchType: EC2 }
  - { name: there, taskDefinition: job, duration: 1h, arrivals: { poisson: 2/h }, launchType: FARGATE }
";

#[test]
fn price_times_quantity_per_month_is_the_cost_per_month() {
    // The whole of December has 744 hours; a week is scaled to a month of 730.
    for (until, hours, said) in [
        ("744h", 744.0, "December 2026, 744 h"),
        ("168h", 730.0, "730 h"),
    ] {
        let results = played(&MIX.replace("744h", until), 3);
        let bill = &results.variants[0].bill;
        assert_eq!(bill.len(), 4, "{bill:?}");
        for line in bill {
            let price = line.price.as_dollars_f64();
            let ends = |of: &ecsim::stats::Estimate| {
                let (mean, half_width) = of.mean.zip(of.half_width).expect("three runs");
                [mean, mean - half_width, mean + half_width]
            };
            let quantities = ends(&line.quantity_per_month);
            for (quantity, cost) in quantities.into_iter().zip(ends(&line.cost_per_month)) {
                let relative = (price * quantity - cost).abs() / cost;
                assert!(
                    relative < 1e-4,
                    "{until}, {}: {price} × {quantity}, {cost}",
                    line.label
                );
            }
        }
        let instances = bill
            .iter()
            .find(|line| line.usage_type.starts_with("BoxUsage"));
        let quantity = instances.and_then(|line| line.quantity_per_month.mean);
        assert_eq!(quantity, Some(2.0 * hours), "{until}");
        let page = terminal(&results, &TerminalStyle::default());
        assert!(page.contains(said), "{said}\n{page}");
    }
}
