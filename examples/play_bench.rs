//! Plays a reference workload once, for profilers: `play_bench steady|saturated HOSTS TASKS`.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::disallowed_methods)]

#[path = "../benches/common/mod.rs"]
mod common;
fn main() {
    let mut a = std::env::args().skip(1);
    let kind = a.next().unwrap();
    let hosts: u32 = a.next().unwrap().parse().unwrap();
    let tasks: u64 = a.next().unwrap().parse().unwrap();
    let plan = if kind == "steady" {
        common::steady(hosts, tasks)
    } else {
        common::saturated(hosts, tasks)
    };
    let t = std::time::Instant::now();
    let stop = std::sync::atomic::AtomicBool::new(false);
    let played = ecsim::runner::play(&plan, 1, &ecsim::runner::built_in_scheduler, &stop).unwrap();
    let s = t.elapsed().as_secs_f64();
    let w = played.observed.work.all();
    println!(
        "{kind} {hosts}: {:.3} us/task; waited {:.4} rejected {} mean running {:.1} wait {:?}",
        s * 1e6 / tasks as f64,
        1.0 - w.waits.zeros as f64 / w.waits.count.max(1) as f64,
        w.rejected,
        w.running.integral as f64 / played.end.as_micros() as f64,
        w.waits.mean()
    );
}
