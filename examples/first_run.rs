//! A first run: load a scenario, play two of its variants, read and compare a figure.
//!
//!     cargo run --release --example first_run
#![allow(clippy::print_stdout, reason = "an example prints")]

use ecsim::Scenario;

pub(crate) fn main() -> Result<(), ecsim::Error> {
    let results = Scenario::load("scenarios/quickstart.yaml")?
        .set("until=1d")?
        .variants(["ec2", "fargate"])?
        .experiment()
        .seeds(4)
        .run()?;
    for variant in results.variants() {
        let cost = variant.figure("cost.total.perMonth")?;
        let wait = variant.figure("tasks.all.wait.p95")?;
        println!("{:<8} {cost:<16} p95 of waits {wait}", variant.name());
        if let Some((low, high)) = cost.interval(0.99) {
            println!("         with 99 % confidence from ${low:.2} to ${high:.2}");
        }
    }
    let saved = results.difference("fargate", "ec2", "cost.total.perMonth")?;
    println!("Fargate against EC2: {saved}");
    assert!(saved.is_real() && saved.mean() < Some(0.0));
    Ok(())
}
