//! Launches that the API fails beside a zone that has gone out (facts/platform.md 8.3.3 c,
//! 8.3.4).

use crate::world::*;
use ecsim::plan::{Fault, FaultKind, Occurrence};
use ecsim::simulation::LaunchFailure;

/// Three zones, the first of which goes out after ten minutes, for a day.
fn beside_an_outage(provider: Provider, share: f64, lasts: Span) -> Plan {
    let mut plan = plan(vec![provider], 1, Span::hours(6));
    plan.cluster.zones = ["a", "b", "c"].map(String::from).into();
    plan.delays = Delays::Realistic;
    plan.assumptions = Assumptions {
        sibling_launch_errors: (share, lasts),
        ..sure()
    }
    .into();
    plan.faults = vec![Fault {
        name: "zone".into(),
        kind: FaultKind::ZoneOutage {
            zone: Some(0),
            share: Distribution::Constant(1.0),
        },
        occurs: Occurrence::At(vec![at(600)]),
        lasts: Some(Distribution::Constant(86_400.0)),
    }];
    plan
}

fn instances(count: u32) -> Provider {
    provider(AutoScalingGroup {
        desired_capacity: count,
        zones: vec![0, 1, 2],
        ..group(count)
    })
}

/// Launches that the API failed, with their zone; never in the zone that is out.
fn errors(diary: &Diary) -> Vec<f64> {
    let errors = diary.times(|fact| match fact {
        Fact::LaunchFailed {
            zone,
            why: LaunchFailure::ApiError,
            ..
        } => {
            assert_ne!(zone.index(), 0);
            Some(())
        }
        _ => None,
    });
    errors.into_iter().map(|(at, ())| at).collect()
}

fn launched_later(diary: &Diary) -> Vec<f64> {
    let launches = diary.times(|fact| matches!(fact, Fact::InstanceLaunched(_)).then_some(()));
    let later = launches.into_iter().filter(|(at, ())| *at > 0.0);
    later.map(|(at, ())| at).collect()
}

#[test]
fn platform_8_3_4_a_fifth_of_the_launches_in_other_zones_fails() {
    let diary = diary(&beside_an_outage(instances(900), 0.2, Span::hours(1)), 1);
    let (failed, launched) = (errors(&diary).len(), launched_later(&diary).len());
    assert_eq!(launched, 300, "all are replaced");
    let share = failed as f64 / (failed + launched) as f64;
    // Some 375 draws: a deviation of 2 %.
    assert!((share - 0.2).abs() < 0.08, "{failed} of {launched}");
}

/// A group replaces after two minutes, then tries again after 1, 2, 4, 8 and 15 minutes
/// (facts/ecs.md 165, 241), until the outage is an hour old.
#[test]
fn a_failed_launch_is_tried_again_by_the_rule_of_the_group() {
    let diary = diary(&beside_an_outage(instances(3), 1.0, Span::hours(1)), 1);
    assert_eq!(launched_later(&diary), [4_320.0]);
    let tried = [720.0, 780.0, 900.0, 1_140.0, 1_620.0, 2_520.0, 3_420.0];
    let in_both_zones: Vec<f64> = tried.iter().flat_map(|at| [*at, *at]).collect();
    assert_eq!(errors(&diary), in_both_zones);
}

#[test]
fn nothing_fails_when_the_outage_is_old_or_nothing_takes_time() {
    let mut plan = beside_an_outage(instances(3), 1.0, Span::seconds(60));
    let old = diary(&plan, 1);
    assert_eq!((errors(&old), launched_later(&old)), (vec![], vec![720.0]));
    plan.delays = Delays::None;
    let plain = diary(&plan, 1);
    assert_eq!(
        (errors(&plain), launched_later(&plain)),
        (vec![], vec![600.0])
    );
}

/// Work on Fargate tries again every minute; a service when its delay after a failed
/// placement is over (facts/ecs.md 117).
#[test]
fn fargate_tasks_fail_to_launch_too() {
    let mut plan = beside_an_outage(on_fargate(), 1.0, Span::hours(1));
    let mut jobs = work(&[1_000], vec![container("main")], 10.0);
    jobs.demand = fargate_service(0, 256, 512).demand;
    plan.tasks = vec![jobs.clone()];
    let work = diary(&plan, 1);
    // 1,000 s + 54 × 60 s is the first try after 4,200 s.
    assert_eq!(work.placed(0), [(4_240.0, (0, usize::MAX))]);
    assert_eq!(errors(&work).len(), 54);
    plan.tasks = Vec::new();
    plan.services = vec![fargate_service(3, 256, 512)];
    let replaced = diary(&plan, 1);
    let placed: Vec<f64> = replaced.placed(0).iter().map(|(at, _)| *at).collect();
    let [_, _, _, again] = placed[..] else {
        panic!("one is replaced: {placed:?}")
    };
    assert!(
        (4_200.0..4_200.0 + 900.0 + 10.0).contains(&again),
        "{again}"
    );
    assert!(
        errors(&replaced)
            .iter()
            .all(|at| (600.0..4_200.0).contains(at))
    );
    assert!(errors(&replaced).len() >= 5);
}
