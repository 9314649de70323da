//! Calls of AWS's APIs at given times (`actions`), as scenarios of a few lines.

use crate::world::*;
use ecsim::cluster::Lack;
use ecsim::plan::{Action, ApiCall};
use ecsim::scenario::{Embedded, Request, load};
use ecsim::simulation::Obstacle;

/// Three instances of two vCPUs in one zone and a service of three tasks of one vCPU, for an hour
/// without delays, with these actions.
fn play_with(actions: &str) -> Diary {
    let text = format!(
        "\
ecsim: 1
name: actions
region: us-east-1
until: 1h
delays: none
cluster:
  availabilityZones: [us-east-1a]
  capacityProviders: [{{ name: three, fleet: [{{ instanceType: m5.large, count: 3 }}] }}]
taskDefinitions:
  - {{ family: a, cpu: 1024, memory: 512, networkMode: host, containerDefinitions: [{{ name: a, image: a }}] }}
services:
  - serviceName: web
    taskDefinition: a
    desiredCount: 3
    launchType: EC2
    placementStrategy: [{{ type: binpack, field: cpu }}]
actions:
{actions}"
    );
    let path = std::env::temp_dir().join(format!("ecsim-actions-{}.yaml", hash(&text)));
    std::fs::write(&path, text).expect("it can be written");
    let request = Request {
        path: &path,
        set: &[],
        variants: &[],
        seeds: None,
    };
    let loaded = load(&request, &Embedded);
    std::fs::remove_file(&path).expect("it was written");
    let study = loaded.expect("the scenario is right").study;
    diary(&study.variants[0], 1)
}

/// A name of its own for each scenario and process.
fn hash(text: &str) -> String {
    let sum = text.bytes().fold(7u64, |sum, byte| {
        sum.wrapping_mul(31).wrapping_add(byte.into())
    });
    format!("{}-{sum:x}", std::process::id())
}

/// Seconds and instances of a kind of fact.
fn instances(diary: &Diary, of: impl Fn(&Fact) -> Option<usize>) -> Vec<(f64, usize)> {
    diary.times(of)
}

#[test]
fn update_service_sets_the_desired_count() {
    let diary = play_with("  - { at: 6m, updateService: { service: web, desiredCount: 5 } }\n");
    let placed: Vec<f64> = diary.placed(0).into_iter().map(|(at, _)| at).collect();
    assert_eq!(placed, [0.0, 0.0, 0.0, 360.0, 360.0]);
}

#[test]
fn stop_task_stops_the_oldest_and_the_service_replaces_it() {
    let diary = play_with("  - { at: 10m, stopTask: { service: web, count: 2 } }\n");
    let user = StopReason::UserInitiated;
    assert_eq!(user.code(), "UserInitiated");
    assert_eq!(diary.stopped(0), [(600.0, (0, user)), (600.0, (1, user))]);
    assert_eq!(diary.placed(0).len(), 5);
}

#[test]
fn a_drained_instance_stays_and_is_active_again() {
    let diary = play_with(
        "  - { at: 10m, updateContainerInstancesState: { status: DRAINING, instances: [0] } }
  - { at: 20m, updateContainerInstancesState: { status: ACTIVE, capacityProvider: three } }
  - { at: 30m, updateService: { service: web, desiredCount: 4 } }\n",
    );
    let drained = instances(&diary, |fact| match fact {
        Fact::InstanceDraining(of) => Some(of.instance.index()),
        _ => None,
    });
    assert_eq!(drained, [(600.0, 0)]);
    let activated = instances(&diary, |fact| match fact {
        Fact::InstanceActivated(of) => Some(of.instance.index()),
        _ => None,
    });
    assert_eq!(activated, [(1200.0, 0)]);
    let gone = instances(&diary, |fact| match fact {
        Fact::InstanceGone(of, _) => Some(of.instance.index()),
        _ => None,
    });
    assert_eq!(gone, [], "it is not terminated");
    // Two tasks were on instance 0; they are replaced on the others.
    let later = diary.placed(0).into_iter().filter(|(at, _)| *at >= 600.0);
    let on: Vec<(f64, usize)> = later.map(|(at, (_, on))| (at, on)).collect();
    assert_eq!(on, [(600.0, 1), (600.0, 2), (1800.0, 2)]);
}

#[test]
fn terminated_instances_of_a_fleet_are_gone() {
    let diary = play_with("  - { at: 5m, terminateInstances: { count: 1 } }\n");
    let gone = instances(&diary, |fact| match fact {
        Fact::InstanceGone(of, simulation::InstanceEnd::Terminated) => Some(of.instance.index()),
        _ => None,
    });
    assert_eq!(gone, [(300.0, 0)]);
    assert_eq!(diary.placed(0).len(), 5);
}

/// facts/ecs.md 114: `StartTask` needs no strategy, but room and the constraints of the task.
#[test]
fn tasks_are_started_on_named_instances() {
    let mut plan = plan(vec![fleet(4)], 1, Span::hours(1));
    let mut named = work(&[], Vec::new(), 600.0);
    named.demand.member_of =
        vec![ecsim::plan::Query::parse("ec2InstanceId != i-1").expect("an expression")];
    named.placement = PlacementRule::FirstFit;
    plan.tasks = vec![named];
    let start = |second, instances: &[u32]| Action {
        at: at(second),
        call: ApiCall::StartTask {
            entry: 0,
            instances: instances.to_vec(),
        },
    };
    plan.actions = vec![start(60, &[3, 1, 3, 9]), start(700, &[3])];
    let diary = diary(&plan, 1);
    assert_eq!(diary.placed(0), [(60.0, (0, 3)), (700.0, (4, 3))]);
    let refused = diary.times(|fact| match fact {
        Fact::WorkWaits(_, Obstacle::NoRoom(lacks)) => Some((lacks.instances, lacks.closest())),
        _ => None,
    });
    let refused: Vec<_> = refused.into_iter().map(|(_, why)| why).collect();
    assert_eq!(
        refused,
        [(1, Lack::MemberOf), (1, Lack::Cpu), (0, Lack::Agent)]
    );
}
