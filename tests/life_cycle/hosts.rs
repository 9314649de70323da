//! Tasks and containers on instances: interfaces, pulls, the agent's queue, dependencies,
//! restarts and stops (facts/ecs.md 10 to 24, 50 to 66).

use crate::world::*;
use ecsim::plan::{Condition, RestartPolicy};
use ecsim::simulation::StartUp;

fn starts(diary: &Diary) -> Vec<StartUp> {
    let starts = diary.times(|fact| match fact {
        Fact::StartBrokenDown(_, start) => Some(*start),
        _ => None,
    });
    starts.into_iter().map(|(_, start)| start).collect()
}

/// Work on one large instance whose times are sure.
fn on_host(tasks: TaskEntry, delays: Delays) -> Plan {
    let mut plan = plan(vec![fleet(1)], 8, Span::hours(1));
    plan.delays = delays;
    plan.assumptions = sure().into();
    plan.tasks = vec![tasks];
    plan
}

fn exit(code: i32) -> StopReason {
    StopReason::EssentialContainerExited {
        code,
        out_of_memory: false,
    }
}

/// Layers of 30, 40, 1, 1 and 1 MB take 1.6 s over three streams of 25 MB/s (W23), after
/// 0.4 s for the manifest (facts/platform.md 3.2.7). Whoever comes later finds all of them.
#[test]
fn w23_the_second_task_of_an_image_starts_without_a_pull() {
    let mut plan = on_host(
        work(&[0, 60], vec![container("main")], 10.0),
        Delays::Realistic,
    );
    plan.images = vec![image(&[30, 40, 1, 1, 1])];
    let diary = diary(&plan, 1);
    let [first, second] = starts(&diary).try_into().expect("two tasks start");
    let manifest = Span::millis(400);
    assert_eq!(first.pull, manifest + Span::millis(1_600));
    assert!(!first.cached);
    assert_eq!(second.pull, manifest);
    assert!(second.cached);
    assert_eq!(diary.started(0), [(4.6, 0), (63.0, 1)]);
}

/// The agent forgets a stopped container after three hours; the clean-up at three and a half
/// removes its image (facts/ecs.md 246). Who comes before finds it, who comes after does not,
/// though nobody has looked at the disk in between.
#[test]
fn ecs_246_a_start_whose_image_has_just_been_cleaned_up_is_cold() {
    for (again, cached) in [(12_000, true), (13_200, false)] {
        let mut plan = on_host(
            work(&[0, again], vec![container("main")], 10.0),
            Delays::Realistic,
        );
        plan.until = Until::Elapsed(Span::hours(4));
        plan.images = vec![image(&[30])];
        let found = starts(&diary(&plan, 1));
        assert_eq!(found.len(), 2);
        assert_eq!(found[1].cached, cached, "again at {again} s");
        assert_eq!(
            found[1].pull == found[0].pull,
            !cached,
            "again at {again} s"
        );
    }
}

/// A task in awsvpc mode waits for its interface, and leaves it 10 s after its end; others
/// skip both states (facts/ecs.md 51 to 53, 73).
#[test]
fn ecs_51_an_interface_is_attached_before_and_detached_after() {
    for (mode, attach, detach) in [
        (NetworkMode::Awsvpc, 4, 10),
        (NetworkMode::Bridge, 0, 0),
        (NetworkMode::Host, 0, 0),
    ] {
        let mut tasks = work(&[0], vec![container("main")], 10.0);
        tasks.demand.network_mode = mode;
        let diary = diary(&on_host(tasks, Delays::Realistic), 1);
        let start = starts(&diary)[0];
        assert_eq!(start.provisioning, Span::seconds(attach));
        assert_eq!(start.pending, Span::seconds(2));
        assert_eq!(start.start, Span::millis(600));
        let end = attach as f64 + 2.0 + 0.4 + 0.6 + 10.0 + detach as f64;
        assert_eq!(diary.finished(0), [(end, 0)]);
    }
}

/// ECS gives away what a stopping task was promised at once (facts/ecs.md 68); the agent
/// waits until it is really free, and who waits first blocks who waits behind
/// (facts/ecs.md 66).
#[test]
fn ecs_66_a_task_placed_on_the_slot_of_a_stopping_one_waits_for_its_stop() {
    let mut slow = container("sidecar");
    slow.essential = false;
    slow.behavior.stop_time = Distribution::Constant(20.0);
    let mut first = work(&[0], vec![container("main"), slow], 100.0);
    first.demand.cpu = Drawn::Fixed(Cpu::vcpus(8));
    let mut second = work(&[50], vec![container("main")], 10.0);
    second.name = "second".into();
    second.demand.cpu = Drawn::Fixed(Cpu::vcpus(8));
    let mut plan = on_host(first, Delays::None);
    plan.tasks.push(second);
    let diary = diary(&plan, 1);
    assert_eq!(diary.placed(1), [(100.0, (0, 0))]);
    assert_eq!(diary.finished(0), [(120.0, 0)]);
    assert_eq!(diary.started(1), [(120.0, 0)]);
    assert_eq!(diary.finished(1), [(130.0, 0)]);
}

/// The end of an essential container ends the task, that of another does not
/// (facts/ecs.md 62, 63).
#[test]
fn ecs_62_and_63_only_the_end_of_an_essential_container_ends_the_task() {
    let mut helper = exits(container("helper"), 5.0, 7);
    helper.essential = false;
    let diary = diary(
        &on_host(
            work(&[0], vec![helper, container("main")], 50.0),
            Delays::None,
        ),
        1,
    );
    assert_eq!(diary.stopping(0), [(50.0, (0, exit(0)))]);
    assert_eq!(diary.finished(0), [(50.0, 0)]);
    let failing = exits(container("main"), 20.0, 3);
    let diary = crate::world::diary(&on_host(work(&[0], vec![failing], 50.0), Delays::None), 1);
    assert_eq!(diary.stopped(0), [(20.0, (0, exit(3)))]);
}

/// A container that waits for SUCCESS starts when the other has exited with 0; when that
/// exits otherwise the task stops (facts/ecs.md 19, 22).
#[test]
fn ecs_22_a_dependency_that_fails_stops_the_task() {
    let played = |code| {
        let mut init = exits(container("init"), 5.0, code);
        init.essential = false;
        let mut main = container("main");
        main.depends_on = vec![(0, Condition::Success)];
        diary(
            &on_host(work(&[0], vec![init, main], 50.0), Delays::None),
            1,
        )
    };
    let well = played(0);
    assert_eq!(well.started(0), [(5.0, 0)]);
    assert_eq!(well.finished(0), [(55.0, 0)]);
    let badly = played(1);
    assert_eq!(badly.started(0), []);
    assert_eq!(badly.stopped(0), [(5.0, (0, StopReason::DependencyFailed))]);
}

/// The time limit of a start counts from the start of the dependency (facts/ecs.md 21).
#[test]
fn ecs_21_who_waits_too_long_for_a_dependency_gives_up() {
    let mut init = exits(container("init"), 90.0, 0);
    init.essential = false;
    init.start_timeout = Some(Span::seconds(60));
    let mut main = container("main");
    main.depends_on = vec![(0, Condition::Complete)];
    let diary = diary(
        &on_host(work(&[0], vec![init, main], 50.0), Delays::None),
        1,
    );
    // The init container needs no time to stop.
    assert_eq!(
        diary.stopped(0),
        [(60.0, (0, StopReason::DependencyFailed))]
    );
}

/// A container is restarted in place if it ran for long enough and its exit code is not
/// ignored; its task stays RUNNING (facts/ecs.md 24).
#[test]
fn ecs_24_a_container_is_restarted_in_its_task() {
    let played = |period, ignored: Vec<i32>| {
        let mut main = exits(container("main"), 100.0, 1);
        main.restart = Some(RestartPolicy {
            ignored_exit_codes: ignored,
            attempt_period: Span::seconds(period),
        });
        let mut plan = on_host(work(&[0], vec![main], 50.0), Delays::None);
        plan.until = Until::Elapsed(Span::seconds(350));
        diary(&plan, 1)
    };
    let restarts = |diary: &Diary| {
        diary.times(|fact| match fact {
            Fact::ContainerRestarted(_, code) => Some(*code),
            _ => None,
        })
    };
    let often = played(60, vec![]);
    assert_eq!(restarts(&often), [(100.0, 1), (200.0, 1), (300.0, 1)]);
    assert_eq!(often.stopped(0), []);
    for (period, ignored) in [(300, vec![]), (60, vec![1])] {
        let never = played(period, ignored);
        assert_eq!(restarts(&never), []);
        assert_eq!(never.stopped(0), [(100.0, (0, exit(1)))]);
    }
}

/// A container that does not end by itself is killed at its stop timeout (facts/ecs.md 23).
#[test]
fn ecs_23_who_does_not_stop_is_killed() {
    for (takes, stops) in [(10.0, 10.0), (30.0, 30.0), (100.0, 30.0)] {
        let mut slow = container("sidecar");
        slow.essential = false;
        slow.behavior.stop_time = Distribution::Constant(takes);
        let diary = diary(
            &on_host(
                work(&[0], vec![container("main"), slow], 50.0),
                Delays::None,
            ),
            1,
        );
        assert_eq!(diary.finished(0), [(50.0 + stops, 0)]);
    }
}

/// Containers stop in reverse order of dependency, those without one at once
/// (facts/ecs.md 19, 62).
#[test]
fn ecs_62_containers_stop_in_reverse_order_of_dependency() {
    let mut database = container("database");
    database.essential = false;
    database.behavior.stop_time = Distribution::Constant(7.0);
    let mut cache = database.clone();
    cache.name = "cache".into();
    let mut web = container("web");
    web.essential = false;
    web.depends_on = vec![(0, Condition::Start), (1, Condition::Start)];
    web.behavior.stop_time = Distribution::Constant(5.0);
    let main = container("main");
    let containers = vec![database, cache, web, main];
    let diary = diary(&on_host(work(&[0], containers, 50.0), Delays::None), 1);
    assert_eq!(diary.finished(0), [(62.0, 0)]);
}

/// A root volume of 10 GiB holds 7 GB of image beside the system where that takes little.
#[test]
fn an_image_has_the_disk_that_the_system_leaves() {
    let finished = |system| {
        let tasks = work(&[0], vec![exits(container("main"), 5.0, 0)], 60.0);
        let mut plan = on_host(tasks, Delays::None);
        plan.images = vec![image(&[7_000])];
        plan.images[0].layers[0].unpacked = Memory::gib(7);
        if let Capacity::Fleet(members) = &mut plan.cluster.providers[0].capacity {
            members[0].root_volume = Some(Memory::gib(10));
        }
        plan.assumptions = Assumptions {
            system_disk: Memory::gib(system),
            ..sure()
        }
        .into();
        diary(&plan, 1).finished(0).len()
    };
    assert_eq!((finished(4), finished(1)), (0, 1));
}
