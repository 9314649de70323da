//! A placement policy of one's own, and a whole scheduler of one's own, against ECS's
//! `binpack`, on the fleet and the jobs of `scenarios/placement.yaml`.
//!
//!     cargo run --release --example own_policy
//!
//! All meet the same jobs, seed by seed, so that the differences can be taken in pairs.
#![allow(clippy::print_stdout, reason = "an example talks")]

use ecsim::cluster::{Cluster, Instance, InstanceId, Request};
use ecsim::engine::random::Stream;
use ecsim::plan::{Plan, Study};
use ecsim::policy::placement::{OneByOne, Pass, Placement, PolicyFailed, Scheduler};
use ecsim::runner::{self, Options, Results, SchedulerFactory, built_in_scheduler};
use ecsim::scenario::{self, Embedded};
use ecsim::stats::{estimate, paired};
use ecsim::units::{Cpu, Memory};

/// Prefers the instance whose free memory per free vCPU is nearest to what the task asks
/// for, to the GiB, and of those the fullest: like goes to like.
struct LikeToLike;

impl Placement for LikeToLike {
    fn place(
        &mut self,
        request: &Request<'_>,
        cluster: &Cluster,
        _stream: &mut dyn FnMut() -> Stream, // For policies that leave something to chance.
    ) -> Option<InstanceId> {
        let wanted = mib_per_vcpu(request.shape.cpu, request.shape.memory);
        // `scan` looks at every instance with room; the least key wins, then the instance
        // that registered first.
        let least = cluster.scan(request, |_, instance| {
            let free = mib_per_vcpu(instance.free_cpu(), instance.free_memory());
            (free.abs_diff(wanted) / 1_024, instance.free_memory())
        });
        least.map(|(_, instance)| instance)
    }

    /// It places whenever something fits, so that who has found no room need not be tried
    /// again before some is freed.
    fn is_greedy(&self) -> bool {
        true
    }
}

/// In whole numbers: no float decides where a task goes.
fn mib_per_vcpu(cpu: Cpu, memory: Memory) -> u64 {
    memory.ceil_mib() * 1_024 / cpu.ceil_units().max(1)
}

/// Answers a whole pass: who asks for the least memory goes first, to where least is left.
struct SmallestFirst;

impl Scheduler for SmallestFirst {
    fn pass(&mut self, pass: &mut Pass<'_>) -> Result<(), PolicyFailed> {
        let waiting = pass.waiting();
        let mut order: Vec<_> = waiting.map(|w| (w.shape.memory, w.task)).collect();
        order.sort_by_key(|(memory, _)| *memory); // Stable: oldest first among equals.
        for (_, task) in order {
            let work = pass.waiting().find(|work| work.task == task);
            let fullest = |_, instance: &Instance| instance.free_memory();
            let room = work.and_then(|work| pass.cluster().scan(&work.request(), fullest));
            if let Some((_, instance)) = room {
                pass.place(task, instance)?; // Checked; a wrong decision ends the run.
            }
        }
        Ok(())
    }
}

/// Plays the study; the factory gives every run a scheduler of its own.
fn play(study: &Study, schedulers: SchedulerFactory<'_>) -> Results {
    let options = Options {
        seeds: (1..=u64::from(study.seeds)).collect(),
        threads: None, // All cores. It changes no result.
    };
    let played = runner::run(study, &options, schedulers, &mut (), &(), &false.into());
    played.unwrap_or_else(|error| panic!("{error}")).0
}

/// One value per seed.
fn column(results: &Results, path: &str) -> Vec<Option<f64>> {
    let variant = &results.variants[0];
    let known = variant.figures.iter().position(|f| f.figure.path == path);
    let place = known.expect("the path is in the registry of figures");
    variant.runs.iter().map(|run| run.values[place]).collect()
}

fn main() {
    let request = scenario::Request {
        path: "scenarios/placement.yaml".as_ref(),
        set: &["tasks.jobs.arrivals.poisson=130/h".to_string()],
        variants: &["binpack-memory".to_string()],
        seeds: None,
    };
    let loaded = scenario::load(&request, &Embedded);
    let study = loaded.unwrap_or_else(|problems| panic!("{problems}")).study;
    let like_to_like = |plan: &Plan| -> Box<dyn Scheduler> {
        let one = |_| Box::new(LikeToLike) as Box<dyn Placement>;
        // One per entry of `tasks`, then one per service.
        let needed = plan.tasks.len() + plan.services.len();
        let policies = (0..needed).map(one).collect();
        Box::new(OneByOne::new(plan.job_queue.order, policies))
    };
    let binpack = play(&study, &built_in_scheduler);
    let like = play(&study, &like_to_like);
    let smallest = play(&study, &|_| Box::new(SmallestFirst));
    for path in [
        "cost.total.perMonth", // The same: a fixed fleet costs what it costs.
        "tasks.jobs.wait.mean",
        "capacity.all.memory.reserved",
    ] {
        let base = column(&binpack, path);
        let mean = estimate(&base).mean.unwrap_or(f64::NAN);
        println!("{path}: binpack {mean:.3}, {} seeds", base.len());
        for (name, results) in [("like to like", &like), ("smallest first", &smallest)] {
            let by = paired(&column(results, path), &base).estimate;
            let (mean, half) = (by.mean.unwrap_or(f64::NAN), by.half_width);
            println!("  {name:<14} {mean:+.3} ± {:.3}", half.unwrap_or(0.0));
        }
    }
}
