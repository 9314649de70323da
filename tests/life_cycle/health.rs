//! Health checks whose probes are refused or hang (facts/ecs.md 16, 17).

use crate::world::*;
use ecsim::plan::{Fault, FaultKind, Occurrence, ProbeFailure};

/// A service of one task that is asked every 10 s, with a timeout of 5 s, unhealthy at the
/// third failure, ready after so long; its check fails from these seconds on.
fn checked(failure: ProbeFailure, ready: f64, sick: &[u64]) -> Diary {
    let mut main = probed(container("main"));
    main.behavior.time_to_healthy = Distribution::Constant(ready);
    main.behavior.probe_failure = failure;
    let mut service = service(1);
    service.containers = [main].into();
    let mut plan = plan(vec![fleet(1)], 2, Span::seconds(400));
    plan.services = vec![service];
    plan.faults = vec![Fault {
        name: "sick".into(),
        kind: FaultKind::HealthCheckFailure {
            work: None,
            container: None,
        },
        occurs: Occurrence::At(sick.iter().map(|second| at(*second)).collect()),
        lasts: None,
    }];
    diary(&plan, 1)
}

/// When the first task is stopped for its health.
fn given_up(diary: &Diary) -> Vec<f64> {
    let stopping = diary.stopping(0).into_iter();
    let first = stopping.filter(|(_, (ordinal, _))| *ordinal == 0);
    first
        .map(|(at, (_, why))| {
            assert_eq!(why, StopReason::FailedHealthChecks);
            at
        })
        .collect()
}

fn replaced(diary: &Diary) -> f64 {
    diary.placed(0)[1].0
}

/// Asked at 110, 120 and 130 s when each is refused; with 5 s each at 110, 125 and 140 s,
/// and the last is over at 145 s.
#[test]
fn ecs_17_a_probe_that_hangs_is_found_failed_at_its_timeout() {
    use ProbeFailure::{Hangs, Refused};
    assert_eq!(replaced(&checked(Refused, 0.0, &[105])), 130.0);
    assert_eq!(replaced(&checked(Hangs, 0.0, &[105])), 145.0);
}

/// Asked at 10 and 25 s in vain, at 40 s with success, then every 10 s: at 110 s it fails.
#[test]
fn ecs_17_probes_that_hung_move_those_behind_them() {
    let hung = checked(ProbeFailure::Hangs, 26.0, &[105]);
    assert_eq!(hung.healthy(0)[0], (40.0, 0));
    assert_eq!(replaced(&hung), 145.0);
    let refused = checked(ProbeFailure::Refused, 26.0, &[105]);
    assert_eq!(refused.healthy(0)[0], (30.0, 0));
}

/// Struck before it was ever ready, it never passes: failures at 10, 25 and 40 s. A second
/// stroke changes nothing, be it before or after.
#[test]
fn who_is_struck_before_he_is_ready_never_passes() {
    for sick in [&[5][..], &[5, 35], &[12, 47]] {
        let diary = checked(ProbeFailure::Hangs, 20.0, sick);
        assert_eq!(replaced(&diary), 45.0, "{sick:?}");
        let first = diary.healthy(0).into_iter().find(|(_, task)| *task == 0);
        assert_eq!(first, None);
        let given_up = given_up(&diary);
        assert_eq!(given_up.len(), 1);
    }
}
