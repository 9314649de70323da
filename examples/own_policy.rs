//! A user's placement policy, compared with ECS's `binpack`. Both place the same jobs with each
//! seed, so that the differences are paired.
//!
//!     cargo run --release --example own_policy
#![allow(clippy::print_stdout, reason = "an example prints")]

use ecsim::Scenario;
use ecsim::cluster::{Cluster, Instance, InstanceId};
use ecsim::policy::placement::{Placement, Work};

/// Prefers the instance whose free memory per free vCPU is nearest to that of the task.
struct LikeToLike;

impl Placement for LikeToLike {
    fn place(&mut self, work: &Work<'_>, cluster: &Cluster) -> Option<InstanceId> {
        let ratio = |cpu: u64, mib: u64| mib * 1_024 / cpu.max(1); // No float decides.
        let wanted = ratio(work.shape.cpu.ceil_units(), work.shape.memory.ceil_mib());
        let distance = |_, at: &Instance| {
            let free = ratio(at.free_cpu().ceil_units(), at.free_memory().ceil_mib());
            (free.abs_diff(wanted) / 1_024, at.free_memory())
        };
        // Every instance with room is looked at; the least key wins, then the oldest.
        let least = cluster.scan(&work.request(), distance);
        least.map(|(_, instance)| instance)
    }
}

pub(crate) fn main() -> Result<(), ecsim::Error> {
    let results = Scenario::load("scenarios/placement.yaml")?
        .set_all(["tasks.jobs.arrivals.poisson=130/h", "until=2d"])?
        .variants(["binpack-memory"])?
        .experiment()
        .seeds(4)
        .placement("like-to-like", || LikeToLike)
        .run()?;
    let own = "binpack-memory/like-to-like";
    for path in ["tasks.jobs.wait.mean", "capacity.all.memory.reserved"] {
        let change = results.difference(own, "binpack-memory", path)?;
        println!("{path}: {}  {change}", results.variant(own)?.figure(path)?);
        assert!(change.mean().is_some());
    }
    Ok(())
}
