//! A user's scheduler, which decides about all waiting tasks at once, against ECS's
//! `binpack`.
//!
//!     cargo run --release --example own_scheduler
#![allow(clippy::print_stdout, reason = "an example prints")]

use ecsim::Scenario;
use ecsim::cluster::Instance;
use ecsim::policy::placement::{Pass, PolicyFailed, Scheduler};

/// Places the task with the smallest memory first, on the instance where the least memory is left.
struct SmallestFirst;

impl Scheduler for SmallestFirst {
    fn pass(&mut self, pass: &mut Pass<'_>) -> Result<(), PolicyFailed> {
        let waiting = pass.waiting();
        let mut tasks: Vec<_> = waiting.map(|work| (work.shape.memory, work.task)).collect();
        tasks.sort_by_key(|(memory, _)| *memory); // Stable: oldest first among equals.
        for (_, task) in tasks {
            let work = pass.waiting().find(|work| work.task == task);
            let fullest = |_, at: &Instance| at.free_memory();
            let room = work.and_then(|work| pass.cluster().scan(&work.request(), fullest));
            if let Some((_, instance)) = room {
                pass.place(task, instance)?; // Checked; a wrong decision ends the run.
            }
        }
        Ok(())
    }
}

pub(crate) fn main() -> Result<(), ecsim::Error> {
    let results = Scenario::load("scenarios/placement.yaml")?
        .set_all(["tasks.jobs.arrivals.poisson=150/h", "until=2d"])?
        .variants(["binpack-memory"])?
        .experiment()
        .seeds(4)
        .scheduler("smallest-first", |_| SmallestFirst)
        .run()?;
    let own = "binpack-memory/smallest-first";
    let change = results.difference(own, "binpack-memory", "tasks.jobs.wait.mean")?;
    println!("mean wait: {change}");
    assert!(change.mean().is_some());
    Ok(())
}
