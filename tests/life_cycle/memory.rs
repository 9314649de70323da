//! Memory limits of containers and of tasks (facts/ecs.md 12, 64), and the facts about containers.

use crate::world::*;
use ecsim::simulation::ContainerExit;

/// A container that uses so many MiB after so many seconds.
fn uses(name: &str, mib: u64, after: f64) -> Container {
    let mut made = container(name);
    made.behavior.memory_use = Some(Distribution::Constant((mib << 20) as f64));
    made.behavior.memory_growth = Distribution::Constant(after);
    made
}

/// Where a service runs, with so much memory per task.
fn on(place: &str, containers: Vec<Container>) -> Plan {
    let (provider, mut service) = match place {
        "fargate" => (on_fargate(), fargate_service(1, 512, 1_024)),
        _ => (fleet(1), service(1)),
    };
    service.demand.memory = MemoryDemand::Absolute(Drawn::Fixed(Memory::mib(1_024)));
    service.demand.memory_is_limit = place == "limited";
    service.containers = containers.into();
    let mut plan = plan(vec![provider], 1, Span::seconds(7_000));
    plan.services = vec![service];
    plan
}

/// The exits of containers: seconds, the container, its exit code, and whether memory was the cause.
fn exits_of(plan: &Plan) -> Vec<(f64, (u8, ContainerExit))> {
    diary(plan, 1).times(|fact| match fact {
        Fact::ContainerExited(_, container, exit) => Some((*container, *exit)),
        _ => None,
    })
}

const KILLED: ContainerExit = ContainerExit {
    code: 137,
    out_of_memory: true,
};

#[test]
fn ecs_64_the_memory_of_a_task_limits_a_container_without_its_own() {
    for place in ["fargate", "limited"] {
        let plan = on(place, vec![uses("web", 1_200, 1_800.0)]);
        let exits = exits_of(&plan);
        let times: Vec<f64> = exits.iter().map(|(at, _)| at.round()).collect();
        assert_eq!(times, [1_800.0, 3_600.0, 5_400.0], "{place}");
        assert!(
            exits.iter().all(|(_, exit)| *exit == (0, KILLED)),
            "{place}"
        );
        let why = StopReason::EssentialContainerExited {
            code: 137,
            out_of_memory: true,
        };
        let stopped = diary(&plan, 1).stopped(0);
        assert!(stopped.iter().all(|(_, (_, reason))| *reason == why));
        let fits = on(place, vec![uses("web", 1_024, 1_800.0)]);
        assert_eq!(exits_of(&fits), []);
    }
    // Without a size of its own a task on EC2 limits nothing.
    assert_eq!(
        exits_of(&on("unlimited", vec![uses("web", 1_200, 1_800.0)])),
        []
    );
}

/// Together two containers use too much as soon as the second one has grown; the one that uses the
/// most is killed. It is not essential, so that the task goes on.
#[test]
fn ecs_64_the_containers_of_a_task_share_its_memory() {
    let mut cache = uses("cache", 700, 100.0);
    cache.essential = false;
    let plan = on("limited", vec![cache.clone(), uses("web", 400, 600.0)]);
    assert_eq!(exits_of(&plan), [(600.0, (0, KILLED))]);
    let own = Container {
        memory_limit: Some(Memory::mib(650)),
        ..cache
    };
    let plan = on("limited", vec![own, uses("web", 400, 600.0)]);
    assert_eq!(exits_of(&plan), [(100.0, (0, KILLED))]);
}

/// What readers are told of a container: its pull, its start, its health, its exit.
#[test]
fn containers_and_their_health_are_reported() {
    let mut main = probed(container("main"));
    main.behavior.run_time = Some(Distribution::Constant(500.0));
    let mut plan = on("fleet", vec![main]);
    plan.delays = Delays::Realistic;
    plan.assumptions = sure().into();
    plan.images = vec![image(&[50])];
    plan.faults = vec![checks_fail(None, 200)];
    let told = diary(&plan, 1).times(|fact| match fact {
        Fact::ContainerPulling(..) => Some("pulling"),
        Fact::ContainerStarted(..) => Some("started"),
        Fact::ContainerHealth(_, _, true) => Some("healthy"),
        Fact::ContainerHealth(_, _, false) => Some("unhealthy"),
        Fact::ContainerExited(..) => Some("exited"),
        _ => None,
    });
    let words: Vec<&str> = told.iter().map(|(_, word)| *word).collect();
    assert_eq!(words[..4], ["pulling", "started", "healthy", "unhealthy"]);
    // The only instance has no room for a replacement before that.
    assert_eq!(words[4..7], ["exited", "pulling", "started"], "{told:?}");
}

/// Services without hard limits on one host whose system reports 4 GiB, of which it uses 256 MiB. Each
/// has one container that uses so many MiB after so many seconds.
fn on_one_host(uses_of: &[(u64, f64)]) -> Plan {
    let mut plan = on("unlimited", Vec::new());
    plan.cluster.instance_types[0].os_memory = Memory::gib(4);
    plan.cluster.instance_types[0].cpu = ecsim::units::Cpu::vcpus(8);
    let service = |(number, (mib, after)): (usize, &(u64, f64))| {
        let mut service = plan.services[0].clone();
        service.name = format!("service-{number}");
        service.containers = [uses("main", *mib, *after)].into();
        service
    };
    plan.services = uses_of.iter().enumerate().map(service).collect();
    plan.until = Until::Elapsed(Span::seconds(1_400));
    plan
}

/// Which service lost a container for want of memory, and when.
fn killed(plan: &Plan) -> Vec<(f64, usize)> {
    diary(plan, 1).times(|fact| match fact {
        Fact::ContainerExited(of, 0, exit) => {
            assert_eq!(*exit, KILLED);
            Some(of.task.revision.index())
        }
        _ => None,
    })
}

/// 2,500 + 1,000 MiB are within the 3,840 MiB that the system leaves; with 400 more, the one that uses
/// the most is killed, which is not the one that has just grown.
#[test]
fn ecs_64_a_host_without_memory_loses_the_container_that_uses_the_most() {
    let mut plan = on_one_host(&[(2_500, 600.0), (1_000, 100.0), (400, 900.0)]);
    assert_eq!(killed(&plan), [(900.0, 0)]);
    // The system leaves 60 MiB more, which is enough.
    let assumed = Assumptions {
        system_memory: Memory::mib(196),
        ..Assumptions::clone(&plan.assumptions)
    };
    plan.assumptions = assumed.into();
    assert_eq!(killed(&plan), []);
}

/// Of several that use the most, the one that has started last; and one above its own limit is killed
/// for that, and the host is not short.
#[test]
fn ecs_64_ties_on_a_host_go_to_the_youngest_and_own_limits_come_first() {
    let plan = on_one_host(&[(1_900, 100.0), (1_900, 50.0), (200, 300.0)]);
    let killed_first = killed(&plan);
    assert_eq!(killed_first[0], (300.0, 1));
    // Its replacement is the youngest again.
    assert!(killed_first.iter().all(|(_, service)| *service == 1));
    let mut plan = on_one_host(&[(1_900, 100.0), (3_000, 500.0)]);
    let mut limited = uses("main", 3_000, 500.0);
    limited.memory_limit = Some(Memory::mib(2_048));
    plan.services[1].containers = [limited].into();
    assert_eq!(killed(&plan), [(500.0, 1), (1_000.0, 1)]);
}
