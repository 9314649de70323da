//! Calls of AWS's APIs at given times (`actions`), as scenarios of a few lines.

use crate::world::*;
use ecsim::cluster::Lack;
use ecsim::plan::{Action, ApiCall, EventKind};
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
    play(&text)
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

#[test]
fn stop_task_leaves_tasks_alone_that_have_no_capacity() {
    // The task fails after 10 minutes and is submitted again 10 minutes later. In between it has been
    // on Fargate and is no more.
    let diary = play(
        "\
ecsim: 1
name: between
region: us-east-1
until: 1h
delays: none
cluster:
  capacityProviders: [{ name: FARGATE }]
taskDefinitions:
  - family: a
    cpu: 1024
    memory: 2048
    containerDefinitions: [{ name: a, image: a }]
    behavior: { exitCode: 1 }
tasks:
  - name: a
    taskDefinition: a
    launchType: FARGATE
    arrivals: { at: [0s] }
    duration: 10m
    retry: { attempts: 2, delay: 10m }
actions:
  - { at: 15m, stopTask: { tasks: a } }
",
    );
    let placed: Vec<f64> = diary.placed(0).into_iter().map(|(at, _)| at).collect();
    assert_eq!(placed, [0.0, 1200.0]);
    let exit = StopReason::EssentialContainerExited {
        code: 1,
        out_of_memory: false,
    };
    assert_eq!(diary.stopped(0), [(1800.0, (0, exit))]);
}

/// The instances of a kind of fact, with its seconds.
fn told(diary: &Diary, kind: EventKind) -> Vec<(f64, usize)> {
    let of_kind = diary.facts.iter().filter(|(_, fact)| fact.kind() == kind);
    let told = of_kind.filter_map(|(at, fact)| {
        let (Fact::InstanceRegistered(of)
        | Fact::InstanceDeregistered(of)
        | Fact::InstanceDeregistrationFailed(of)
        | Fact::InstanceGone(of, _)) = fact
        else {
            return None;
        };
        Some((seconds(*at), of.instance.index()))
    });
    told.collect()
}

#[test]
fn a_registered_instance_joins_the_fleet() {
    let diary = play_with(
        "  - { at: 10m, registerContainerInstance: { capacityProvider: three, instanceType: m5.large } }
  - { at: 20m, updateService: { service: web, desiredCount: 8 } }\n",
    );
    let registered = told(&diary, EventKind::InstanceRegistered);
    assert_eq!(registered[3..], [(600.0, 3)]);
    let on: Vec<usize> = diary.placed(0).into_iter().map(|(_, (_, on))| on).collect();
    assert_eq!(on, [0, 0, 1, 1, 2, 2, 3, 3]);
    // Three instances for an hour, one for 50 minutes.
    let without = play_with("  - { at: 20m, updateService: { service: web, desiredCount: 3 } }\n");
    let instances = diary.cost / without.cost * 3.0;
    assert!(
        (instances - (3.0 + 50.0 / 60.0)).abs() < 0.01,
        "{instances}"
    );
}

#[test]
fn fact_238_an_instance_with_tasks_is_deregistered_with_force_only() {
    let diary = play_with(
        "  - { at: 10m, deregisterContainerInstance: { instances: [0] } }
  - { at: 20m, deregisterContainerInstance: { instances: [0], force: true } }
  - { at: 30m, deregisterContainerInstance: { instances: [2] } }
  - { at: 40m, terminateInstances: { instances: [0] } }\n",
    );
    let failed = told(&diary, EventKind::InstanceDeregistrationFailed);
    // At 30 m instance 2 has one of the tasks that were replaced.
    assert_eq!(failed, [(600.0, 0), (1800.0, 2)]);
    let gone = told(&diary, EventKind::InstanceDeregistered);
    assert_eq!(gone, [(1200.0, 0)]);
    let forced = StopReason::DeregistrationForced;
    assert_eq!(forced.code(), "UserInitiated");
    assert_eq!(
        diary.stopped(0),
        [(1200.0, (0, forced)), (1200.0, (1, forced))]
    );
    let later = diary.placed(0).into_iter().filter(|(at, _)| *at > 0.0);
    let on: Vec<(f64, usize)> = later.map(|(at, (_, on))| (at, on)).collect();
    assert_eq!(on, [(1200.0, 1), (1200.0, 2)]);
    // EC2 bills it until it is terminated.
    assert_eq!(told(&diary, EventKind::InstanceGone), [(2400.0, 0)]);
    let whole = play_with("  - { at: 20m, updateService: { service: web, desiredCount: 3 } }\n");
    let instances = diary.cost / whole.cost * 3.0;
    assert!(
        (instances - (2.0 + 40.0 / 60.0)).abs() < 0.01,
        "{instances}"
    );
}

#[test]
fn work_waits_for_an_instance_that_is_registered_later() {
    let verdicts = crate::expectations::verdicts_of(
        "\
ecsim: 1
name: later
region: us-east-1
until: drained
delays: none
cluster:
  availabilityZones: [us-east-1a, us-east-1b]
  capacityProviders:
    - name: later
      fleet:
        - { instanceType: m5.large, count: 1 }
        - { instanceType: m5.xlarge, count: 1, attributes: { stack: blue } }
taskDefinitions:
  - { family: a, cpu: 4096, memory: 512, containerDefinitions: [{ name: a, image: a }] }
tasks:
  - { name: jobs, taskDefinition: a, arrivals: { at: [0s] }, count: 3, duration: 30m }
actions:
  - at: 10m
    registerContainerInstance:
      { capacityProvider: later, instanceType: m5.xlarge, availabilityZone: us-east-1b, count: 2 }
expect:
  - { event: TaskPlaced, tasks: jobs, nth: 3, at: 10m }
  - { event: InstanceRegistered, where: { zone: us-east-1b, instanceType: m5.xlarge }, from: 1s, equals: 2 }
  - { figure: capacity.later.instances, at: 12m, equals: 4 }
  - { figure: capacity.later.cpu.total, to: 10m, equals: 6 }
  - { figure: capacity.later.cpu.total, from: 10m, to: 15m, equals: 14 }
",
    );
    for verdict in verdicts {
        assert!(verdict.passed, "{}: {}", verdict.text, verdict.found);
    }
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
