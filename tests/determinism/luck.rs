//! One part's luck is its own: no policy and no other entry moves what an entry draws.

use crate::files::*;
use crate::worlds::*;
use ecsim::cluster::Asked;
use ecsim::engine::Reader;
use ecsim::engine::random::Distribution;
use ecsim::plan::{Delays, Plan, QueueOrder, TaskEntry};
use ecsim::runner::built_in_scheduler;
use ecsim::simulation::{self, Fact, TaskFact};
use ecsim::units::{SimTime, Span};
use std::collections::BTreeMap;

/// What a client submits: nothing that a policy or the capacity could change.
#[derive(Default, PartialEq, Eq)]
struct Workload(Vec<(SimTime, usize, u64, Span, Asked)>);

impl Reader<Fact> for Workload {
    fn read(&mut self, now: SimTime, fact: &Fact) {
        if let Fact::TaskArrived(TaskFact { task, .. }) = fact {
            let entry = task.revision.index();
            self.0
                .push((now, entry, task.ordinal, task.duration, task.asked));
        }
    }
}

fn workload(plan: &Plan, seed: u64) -> Workload {
    let mut workload = Workload::default();
    simulation::run(
        plan,
        seed,
        built_in_scheduler(plan),
        simulation::Limits::default(),
        &mut workload,
    )
    .expect("built-in policies do not fail");
    workload
}

#[test]
fn no_policy_moves_an_arrival_or_a_duration() {
    let study = placements();
    let known = workload(&study.variants[0], 7);
    assert!(known.0.len() > 3000);
    for plan in &study.variants {
        assert!(workload(plan, 7) == known, "{}", plan.variant);
        let mut other = plan.clone();
        other.job_queue.order = QueueOrder::HeadOfLine;
        other.job_queue.limit = None;
        other.cluster.providers = vec![fleet([2, 9])];
        other.delays = Delays::Start(Span::seconds(30));
        assert!(workload(&other, 7) == known, "{} elsewhere", plan.variant);
    }
    assert!(workload(&study.variants[0], 8) != known);
}

#[test]
fn fargate_and_a_fleet_face_the_same_work() {
    let study = laws();
    for plan in &study.variants[1..] {
        assert!(workload(plan, 3) == workload(&study.variants[0], 3));
    }
}

#[test]
fn an_entry_more_moves_nobody_elses_luck() {
    // Plenty of room: entries share the fleet, and no task waits.
    let lasts = Distribution::LogNormal {
        mu: 5.0,
        sigma: 1.5,
    };
    let a = entry("a", poisson(0.02), lasts.clone());
    let z = entry("z", renewal(lasts.clone()), lasts.clone());
    let other = entry("other", poisson(0.05), lasts);
    let figures = |tasks: Vec<TaskEntry>| {
        let results = play(
            &study(vec![plan(vec![fleet([300, 0])], tasks)]),
            &[1, 2],
            2,
            &mut (),
        );
        let variant = &results.variants[0];
        let mut of_entry: BTreeMap<String, Vec<Option<f64>>> = BTreeMap::new();
        for (index, summary) in variant.figures.iter().enumerate() {
            let values = variant.runs.values(index);
            of_entry.insert(summary.figure.path.clone(), values.collect());
        }
        of_entry.retain(|path, _| path.starts_with("tasks.a.") || path.starts_with("tasks.z."));
        // The share of all arrivals is about the others as well.
        of_entry.retain(|path, _| !path.ends_with(".arrived.share"));
        of_entry
    };
    let known = figures(vec![a.clone(), z.clone()]);
    assert!(known.len() > 20, "{:?}", known.keys());
    assert!(
        known["tasks.a.arrived.count"]
            .iter()
            .all(|v| v > &Some(300.0))
    );
    for tasks in [
        vec![other.clone(), a.clone(), z.clone()],
        vec![a.clone(), other.clone(), z.clone()],
        vec![z.clone(), a.clone(), other],
        vec![z, a],
    ] {
        assert_eq!(figures(tasks), known);
    }
}
