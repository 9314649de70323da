//! A placement policy of one's own, and a whole scheduler of one's own, against ECS's
//! `binpack` on the same work.
//!
//!     cargo run --release --example own_policy
//!
//! The fleet and the jobs are those of `scenarios/placement.yaml`. Every policy meets the
//! same arrivals, sizes and durations, seed by seed, so the differences are paired.

use ecsim::cluster::{Cluster, InstanceId, Request};
use ecsim::engine::random::Stream;
use ecsim::plan::{Plan, QueueOrder};
use ecsim::policy::placement::{OneByOne, Pass, Placement, PolicyFailed, Scheduler};
use ecsim::runner::{self, Options, Results, SchedulerFactory, built_in_scheduler};
use ecsim::scenario::{self, Embedded};
use ecsim::stats::paired;
use ecsim::units::{Cpu, Memory};
use std::path::Path;
use std::sync::atomic::AtomicBool;

/// Prefers the instance whose free memory per free vCPU is nearest to what the task asks
/// for, to the GiB; of those the fullest. Jobs that want memory then leave room on
/// instances that have more CPU to give.
struct LikeToLike;

/// MiB per vCPU, in integers: no float decides where a task goes.
fn mib_per_vcpu(cpu: Cpu, memory: Memory) -> u64 {
    memory.ceil_mib() * 1_024 / cpu.ceil_units().max(1)
}

impl Placement for LikeToLike {
    fn place(
        &mut self,
        request: &Request<'_>,
        cluster: &Cluster,
        _stream: &mut dyn FnMut() -> Stream, // For policies that toss a coin.
    ) -> Option<InstanceId> {
        let wanted = mib_per_vcpu(request.shape.cpu, request.shape.memory);
        // `scan` looks at every instance with room and takes the least key, then the
        // instance that registered first.
        let least = cluster.scan(request, |_, instance| {
            let free = mib_per_vcpu(instance.free_cpu(), instance.free_memory());
            (free.abs_diff(wanted) / 1_024, instance.free_memory())
        });
        least.map(|(_, instance)| instance)
    }

    /// It places whenever something fits, so nobody who waits need be asked again until
    /// capacity is freed.
    fn is_greedy(&self) -> bool {
        true
    }
}

/// Answers a whole pass instead of one task: who asks for the least memory goes first,
/// wherever the least memory is left. Large jobs may wait for a long time.
struct SmallestFirst;

impl Scheduler for SmallestFirst {
    fn pass(&mut self, pass: &mut Pass<'_>) -> Result<(), PolicyFailed> {
        let waiting = pass.waiting();
        let mut order: Vec<_> = waiting.map(|w| (w.shape.memory, w.arrived, w.task)).collect();
        order.sort_unstable();
        for (_, _, task) in order {
            let work = pass.waiting().find(|work| work.task == task);
            let room = work.and_then(|work| {
                let by_memory = |_, instance: &ecsim::cluster::Instance| instance.free_memory();
                pass.cluster().scan(&work.request(), by_memory)
            });
            if let Some((_, instance)) = room {
                pass.place(task, instance)?; // Checked: a wrong decision ends the run.
            }
        }
        Ok(())
    }
}

/// Plays the variant with a scheduler; every run gets a fresh one from the factory.
fn play(study: &ecsim::plan::Study, schedulers: SchedulerFactory<'_>) -> Results {
    let options = Options {
        seeds: (1..=u64::from(study.seeds)).collect(),
        threads: None, // All cores; the results do not depend on it.
    };
    let stop = AtomicBool::new(false);
    let (results, _) = runner::run(study, &options, schedulers, &mut (), &(), &stop)
        .expect("nobody interrupts, every price is known and the policies do not fail");
    results
}

/// One value per seed.
fn column(results: &Results, path: &str) -> Vec<Option<f64>> {
    let variant = &results.variants[0];
    let known = variant.figures.iter().position(|f| f.figure.path == path);
    let index = known.expect("the path is in the registry of figures");
    variant.runs.iter().map(|run| run.values[index]).collect()
}

fn main() {
    let request = scenario::Request {
        path: Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios/placement.yaml")),
        set: &["tasks.jobs.arrivals.poisson=130/h".to_string()],
        variants: &["binpack-memory".to_string()],
        seeds: None,
    };
    let study = match scenario::load(&request, &Embedded) {
        Ok(loaded) => loaded.study,
        Err(problems) => panic!("{problems}"),
    };
    let like_to_like = |plan: &Plan| -> Box<dyn Scheduler> {
        let one_per_entry = plan.tasks.iter().map(|_| Box::new(LikeToLike) as Box<dyn Placement>);
        Box::new(OneByOne::new(QueueOrder::SkipAhead, one_per_entry.collect()))
    };
    let smallest_first = |_: &Plan| -> Box<dyn Scheduler> { Box::new(SmallestFirst) };

    let binpack = play(&study, &built_in_scheduler);
    let others = [
        ("like to like", play(&study, &like_to_like)),
        ("smallest first", play(&study, &smallest_first)),
    ];
    println!("against binpack(memory), {} seeds, 95 % intervals", study.seeds);
    for path in [
        "cost.total.perMonth",
        "tasks.jobs.wait.mean",
        "tasks.jobs.wait.p99",
        "capacity.mixed.memory.reserved",
    ] {
        let baseline = column(&binpack, path);
        let mean = ecsim::stats::estimate(&baseline).mean.unwrap_or(f64::NAN);
        println!("{path}: {mean:.4}");
        for (name, results) in &others {
            let found = paired(&column(results, path), &baseline).difference;
            let (mean, half) = (found.mean.unwrap_or(f64::NAN), found.half_width.unwrap_or(0.0));
            println!("    {name:<15} {mean:+.4} ± {half:.4}");
        }
    }
}
