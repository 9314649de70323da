//! Every rule of a task's containers; names begin with the number of the fact.

use super::*;
use crate::plan::{Behavior, HealthCheck, RestartPolicy};
use proptest::prelude::*;

const CHECK: HealthCheck = HealthCheck {
    interval: Span::seconds(30),
    timeout: Span::seconds(5),
    retries: 3,
    start_period: Span::ZERO,
};

fn second(second: u64) -> SimTime {
    SimTime::ZERO + Span::seconds(second)
}

fn container(essential: bool, depends_on: &[(usize, Condition)]) -> Container {
    Container {
        name: String::new(),
        image: 0,
        essential,
        depends_on: depends_on.to_vec(),
        start_timeout: None,
        stop_timeout: Span::seconds(30),
        health_check: None,
        restart: None,
        memory_limit: None,
        behavior: Behavior::default(),
    }
}

fn checked(essential: bool) -> Container {
    Container {
        health_check: Some(CHECK),
        ..container(essential, &[])
    }
}

/// Restarted after at least 60 s, but not after code 3.
fn restarted(essential: bool) -> Container {
    let policy = RestartPolicy {
        ignored_exit_codes: vec![3],
        attempt_period: Span::seconds(60),
    };
    Container {
        restart: Some(policy),
        ..container(essential, &[])
    }
}

fn task<const N: usize>(containers: [Container; N]) -> ContainersState<'static> {
    ContainersState::new(Box::leak(Box::new(containers)))
}

/// The containers of a set.
fn list(set: ContainerSet) -> Vec<usize> {
    set.iter().collect()
}

/// The waves in which the containers are stopped.
fn waves(task: &ContainersState<'_>) -> Vec<Vec<usize>> {
    let waves = (0..).map(|number| task.stop_wave(number));
    waves
        .take_while(|wave| !wave.is_empty())
        .map(list)
        .collect()
}

/// Pulls and starts all containers that may start, until none may; returns them in order.
fn start_all(task: &mut ContainersState<'_>, now: u64) -> Vec<usize> {
    let mut started = Vec::new();
    loop {
        let ready = task.ready();
        if ready.is_empty() {
            return started;
        }
        for container in ready.iter() {
            task.pulled(container);
            task.started(container, second(now));
            started.push(container);
        }
    }
}

/// A helper 0 that an essential 1 depends on, the helper running since second 10.
fn pair(condition: Condition) -> ContainersState<'static> {
    let mut helper = checked(false);
    helper.start_timeout = Some(Span::seconds(50));
    let mut task = task([helper, container(true, &[(0, condition)])]);
    assert_eq!(list(task.ready()), [0]);
    task.pulled(0);
    assert!(task.ready().is_empty());
    task.started(0, second(10));
    task
}

#[test]
fn a_container_goes_through_its_states() {
    let mut task = task([container(true, &[])]);
    assert_eq!(task.state(0), ContainerState::Waiting);
    assert_eq!(list(task.ready()), [0]);
    assert_eq!(task.state(0), ContainerState::Pulling);
    assert!(task.ready().is_empty(), "each is returned once");
    task.pulled(0);
    assert_eq!(task.state(0), ContainerState::Starting);
    task.started(0, second(5));
    let health = Health::Unknown;
    let since = second(5);
    assert_eq!(task.state(0), ContainerState::Running { since, health });
    task.exited(0, 4, second(9));
    let at = second(9);
    assert_eq!(task.state(0), ContainerState::Exited { code: 4, at });
}

#[test]
fn ecs_19_start_waits_for_the_start() {
    assert_eq!(list(pair(Condition::Start).ready()), [1]);
}

#[test]
fn ecs_19_start_is_met_by_a_container_that_has_exited() {
    let mut task = pair(Condition::Start);
    assert_eq!(task.exited(0, 1, second(11)), AfterExit::Nothing);
    assert_eq!(list(task.ready()), [1]);
}

#[test]
fn ecs_19_complete_waits_for_any_exit() {
    let mut task = pair(Condition::Complete);
    assert!(task.ready().is_empty());
    assert_eq!(task.exited(0, 1, second(11)), AfterExit::Nothing);
    assert_eq!(list(task.ready()), [1]);
}

#[test]
fn ecs_19_success_waits_for_code_zero() {
    let mut task = pair(Condition::Success);
    assert!(task.ready().is_empty());
    assert_eq!(task.exited(0, 0, second(11)), AfterExit::Nothing);
    assert_eq!(list(task.ready()), [1]);
}

#[test]
fn ecs_19_healthy_waits_for_the_check_and_only_at_start_up() {
    let mut task = pair(Condition::Healthy);
    task.health(0, Health::Unhealthy);
    assert!(task.ready().is_empty());
    task.health(0, Health::Healthy);
    assert_eq!(start_all(&mut task, 40), [1]);
    task.health(0, Health::Unhealthy);
    assert_eq!(task.exited(0, 1, second(50)), AfterExit::Nothing);
    assert!(task.is_running());
}

#[test]
fn ecs_19_all_conditions_must_hold() {
    let both = [(0, Condition::Start), (1, Condition::Complete)];
    let mut task = task([
        container(false, &[]),
        container(false, &[]),
        container(true, &both),
    ]);
    assert_eq!(start_all(&mut task, 0), [0, 1]);
    task.exited(1, 0, second(5));
    assert_eq!(list(task.ready()), [2]);
}

#[test]
fn ecs_20_a_dependent_is_not_pulled_before_its_dependency_is_met() {
    let mut task = task([
        container(false, &[]),
        container(true, &[(0, Condition::Start)]),
        container(true, &[]),
    ]);
    assert_eq!(list(task.ready()), [0, 2], "in order");
    task.pulled(0);
    assert!(task.ready().is_empty());
    assert_eq!(task.state(1), ContainerState::Waiting);
}

#[test]
fn ecs_21_the_deadline_counts_from_the_dependencys_start_until_it_is_met() {
    let deadline = Some(second(60));
    for condition in [Condition::Complete, Condition::Success, Condition::Healthy] {
        let mut task = pair(condition);
        assert_eq!(task.start_deadline(0), deadline, "{condition:?}");
        assert_eq!(task.start_deadline(1), None, "it has no startTimeout");
        match condition {
            Condition::Healthy => task.health(0, Health::Healthy),
            _ => assert_eq!(task.exited(0, 0, second(20)), AfterExit::Nothing),
        }
        assert_eq!(task.start_deadline(0), None, "{condition:?}");
    }
}

#[test]
fn ecs_21_the_deadline_does_not_apply_to_start() {
    let mut task = pair(Condition::Start);
    assert_eq!(task.start_deadline(0), None);
    start_all(&mut task, 10);
    assert_eq!(task.start_deadline(0), None);
}

#[test]
fn ecs_21_without_a_start_timeout_there_is_no_deadline() {
    let mut task = task([checked(false), container(true, &[(0, Condition::Healthy)])]);
    assert_eq!(start_all(&mut task, 0), [0]);
    assert_eq!(task.start_deadline(0), None);
}

#[test]
fn ecs_22_a_success_dependency_that_fails_stops_the_task() {
    let mut task = pair(Condition::Success);
    assert_eq!(task.exited(0, 1, second(11)), AfterExit::TaskStops);
    assert!(task.stopping && task.ready().is_empty());
    assert!(waves(&task).is_empty() && !task.is_running());
}

#[test]
fn a_healthy_dependency_that_ends_before_it_was_healthy_stops_the_task() {
    let mut task = pair(Condition::Healthy);
    assert_eq!(task.exited(0, 0, second(11)), AfterExit::TaskStops);
}

#[test]
fn ecs_24_a_container_is_restarted_in_place_if_it_ran_long_enough() {
    let mut task = task([restarted(true)]);
    start_all(&mut task, 0);
    assert_eq!(task.exited(0, 1, second(60)), AfterExit::Restart);
    assert_eq!(task.state(0), ContainerState::Starting);
    assert!(task.is_running(), "the task stays RUNNING");
    task.started(0, second(61));
    // From its latest start, not its first.
    assert_eq!(task.exited(0, 1, second(120)), AfterExit::TaskStops);
}

#[test]
fn ecs_24_ignored_exit_codes_are_not_restarted() {
    let mut essential = task([restarted(true)]);
    start_all(&mut essential, 0);
    assert_eq!(essential.exited(0, 3, second(600)), AfterExit::TaskStops);
    let mut other = task([restarted(false), container(true, &[])]);
    start_all(&mut other, 0);
    assert_eq!(other.exited(0, 3, second(600)), AfterExit::Nothing);
}

#[test]
fn ecs_24_an_exit_as_it_starts_is_not_restarted() {
    let mut task = task([restarted(true)]);
    task.ready();
    task.pulled(0);
    assert_eq!(task.exited(0, 1, second(600)), AfterExit::TaskStops);
}

#[test]
fn ecs_24_a_restarted_dependency_has_not_completed_and_is_not_healthy() {
    let waits = |condition| container(true, &[(0, condition)]);
    for condition in [Condition::Success, Condition::Healthy] {
        let mut task = task([restarted(false), waits(condition)]);
        start_all(&mut task, 0);
        assert_eq!(task.exited(0, 1, second(60)), AfterExit::Restart);
        assert!(task.ready().is_empty(), "{condition:?}");
    }
}

#[test]
fn ecs_62_an_essential_exit_stops_the_task_whatever_the_code() {
    for code in [0, 1, 137] {
        let mut task = task([container(true, &[]), container(false, &[])]);
        start_all(&mut task, 0);
        assert_eq!(task.exited(0, code, second(5)), AfterExit::TaskStops);
        assert!(task.stopping && !waves(&task).is_empty());
        assert_eq!(waves(&task), [[1]]);
        assert_eq!(task.exited(1, 143, second(6)), AfterExit::Nothing);
        assert!(waves(&task).is_empty());
    }
}

#[test]
fn ecs_62_a_stopping_task_restarts_and_starts_nothing() {
    let mut task = task([
        restarted(true),
        container(false, &[]),
        container(true, &[(1, Condition::Complete)]),
    ]);
    start_all(&mut task, 0);
    task.stop();
    assert_eq!(task.exited(1, 0, second(100)), AfterExit::Nothing);
    assert!(task.ready().is_empty());
    assert_eq!(task.exited(0, 1, second(100)), AfterExit::Nothing);
    assert!(waves(&task).is_empty());
}

#[test]
fn ecs_62_pulls_of_a_stopping_task_are_abandoned() {
    let mut task = task([container(true, &[])]);
    assert_eq!(list(task.ready()), [0]);
    task.stop();
    assert!(waves(&task).is_empty(), "there is nothing to stop");
}

#[test]
fn ecs_63_a_task_is_running_when_every_container_has_started() {
    let mut task = pair(Condition::Success);
    assert!(!task.is_running());
    task.exited(0, 0, second(20));
    assert!(!task.is_running());
    start_all(&mut task, 21);
    assert!(task.is_running(), "a finished dependency counts");
}

#[test]
fn ecs_63_an_exit_that_is_not_essential_never_stops_the_task() {
    let mut task = task([container(true, &[]), container(false, &[])]);
    assert_eq!(list(task.ready()), [0, 1]);
    task.pulled(0);
    task.started(0, second(1));
    task.pulled(1);
    // As it starts, with a failure.
    assert_eq!(task.exited(1, 1, second(2)), AfterExit::Nothing);
    assert!(task.is_running());
}

#[test]
fn ecs_18_a_task_without_checks_is_unknown() {
    let mut task = task([container(true, &[]), checked(false)]);
    start_all(&mut task, 0);
    task.health(1, Health::Healthy);
    assert_eq!(task.task_health(), Health::Unknown, "1 is not essential");
    task.health(1, Health::Unhealthy);
    assert_eq!(task.task_health(), Health::Unknown);
}

#[test]
fn ecs_18_the_health_of_a_task_is_that_of_its_essential_containers_with_checks() {
    let mut task = task([checked(true), checked(true), container(true, &[])]);
    assert_eq!(task.task_health(), Health::Unknown);
    start_all(&mut task, 0);
    task.health(0, Health::Healthy);
    assert_eq!(task.task_health(), Health::Unknown);
    task.health(1, Health::Healthy);
    assert_eq!(task.task_health(), Health::Healthy);
    task.health(0, Health::Unhealthy);
    assert_eq!(task.task_health(), Health::Unhealthy);
    task.health(0, Health::Healthy);
    assert_eq!(task.task_health(), Health::Healthy);
}

#[test]
fn ecs_18_one_unhealthy_container_outweighs_an_unknown_one() {
    let mut task = task([checked(true), checked(true)]);
    start_all(&mut task, 0);
    task.health(1, Health::Unhealthy);
    assert_eq!(task.task_health(), Health::Unhealthy);
}

#[test]
fn ecs_16_health_is_unknown_again_after_a_restart() {
    let mut container = restarted(true);
    container.health_check = Some(CHECK);
    let mut task = task([container]);
    start_all(&mut task, 0);
    task.health(0, Health::Healthy);
    task.exited(0, 1, second(600));
    assert_eq!(task.task_health(), Health::Unknown);
    task.health(0, Health::Healthy);
    task.started(0, second(601));
    assert_eq!(task.task_health(), Health::Unknown);
}

#[test]
fn ecs_62_containers_stop_in_reverse_order_of_dependency() {
    let start = |on: usize| (on, Condition::Start);
    let mut task = task([
        container(true, &[]),
        container(true, &[start(0)]),
        container(true, &[start(0)]),
        container(true, &[start(0), start(1)]),
    ]);
    start_all(&mut task, 0);
    assert_eq!(waves(&task), [vec![2, 3], vec![1], vec![0]]);
    task.exited(1, 0, second(5));
    assert_eq!(waves(&task), [vec![2, 3], vec![0]]);
}

proptest! {
    #[test]
    fn ecs_62_every_live_container_stops_once_and_after_those_that_depend_on_it(
        edges in prop::collection::vec(prop::collection::vec(any::<prop::sample::Index>(), 0..3), 1..10),
        exits in prop::collection::vec(any::<bool>(), 10),
    ) {
        let depends_on = |(own, on): (usize, &Vec<prop::sample::Index>)| -> Vec<usize> {
            on.iter().filter(|_| own > 0).map(|index| index.index(own)).collect()
        };
        let graph: Vec<Vec<usize>> = edges.iter().enumerate().map(depends_on).collect();
        let definitions = graph.iter().map(|on| {
            let on: Vec<_> = on.iter().map(|on| (*on, Condition::Start)).collect();
            container(false, &on)
        });
        let definitions: Vec<Container> = definitions.collect();
        let mut task = ContainersState::new(&definitions);
        prop_assert_eq!(start_all(&mut task, 0).len(), graph.len());
        let gone = |container: &usize| exits[*container];
        for container in (0..graph.len()).filter(gone) {
            task.exited(container, 0, second(1));
        }
        let mut wave_of = vec![None; graph.len()];
        for (wave, containers) in waves(&task).iter().enumerate() {
            prop_assert!(!containers.is_empty() && containers.is_sorted());
            for container in containers {
                prop_assert!(wave_of[*container].replace(wave).is_none());
            }
        }
        for (container, on) in graph.iter().enumerate() {
            prop_assert_eq!(wave_of[container].is_none(), gone(&container));
            for dependency in on.iter().filter(|on| !gone(on) && !gone(&container)) {
                prop_assert!(wave_of[*dependency] > wave_of[container]);
            }
        }
    }
}
