//! Instances of a fixed fleet that are lost for good, and the operator who replaces them.

use crate::world::*;
use ecsim::plan::{Fault, FaultKind, Occurrence};

/// Every instance fails 1,000 s after it came.
fn failing(provider: Provider, replaced: bool) -> Plan {
    let mut plan = plan(vec![provider], 1, Span::hours(3));
    plan.cluster.instance_types[0].price_per_hour = Some(Usd::nanos(1_000_000_000));
    plan.faults = vec![Fault {
        name: "loss".into(),
        kind: FaultKind::InstanceFailure {
            provider: None,
            zone: None,
            instances: None,
            repair_crews: None,
            replaced,
        },
        occurs: Occurrence::Every(Distribution::Constant(1_000.0)),
        lasts: None,
    }];
    plan
}

fn lost_and_back(diary: &Diary) -> Vec<(f64, bool)> {
    diary.times(|fact| match fact {
        Fact::InstanceFailed(_) => Some(false),
        Fact::InstanceRecovered(_) => Some(true),
        _ => None,
    })
}

/// An hour later there is another, which fails in its turn; the fleet is paid all the while.
#[test]
fn an_operator_replaces_what_a_fixed_fleet_loses() {
    let mut plan = failing(fleet(1), true);
    plan.tasks = vec![work(&[1_100], vec![container("main")], 10.0)];
    let diary = diary(&plan, 1);
    let fails = |at| (at, false);
    let is_back = |at| (at, true);
    assert_eq!(
        lost_and_back(&diary),
        [
            fails(1_000.0),
            is_back(4_600.0),
            fails(5_600.0),
            is_back(9_200.0),
            fails(10_200.0)
        ]
    );
    assert_eq!(diary.placed(0), [(4_600.0, (0, 0))]);
    assert_eq!(diary.cost, 3.0);
    plan.assumptions = Assumptions {
        fixed_fleet_replacement: Span::seconds(200),
        ..sure()
    }
    .into();
    let soon = crate::world::diary(&plan, 1);
    assert_eq!(lost_and_back(&soon)[1], (1_200.0, true));
}

/// Also what is lost at a given time.
#[test]
fn an_operator_replaces_what_is_lost_at_a_given_time() {
    let mut plan = failing(fleet(1), true);
    plan.faults[0].occurs = Occurrence::At(vec![at(500)]);
    let diary = diary(&plan, 1);
    assert_eq!(lost_and_back(&diary), [(500.0, false), (4_100.0, true)]);
}

#[test]
fn without_an_operator_it_is_lost_for_good() {
    let diary = diary(&failing(fleet(1), false), 1);
    assert_eq!(lost_and_back(&diary), [(1_000.0, false)]);
    assert_eq!(diary.cost, 3.0);
}

/// A group replaces its own, at once where nothing takes time.
#[test]
fn a_group_needs_no_operator() {
    let group = AutoScalingGroup {
        desired_capacity: 1,
        ..group(1)
    };
    let mut plan = failing(provider(group), true);
    plan.until = Until::Elapsed(Span::seconds(1_500));
    let diary = diary(&plan, 1);
    assert_eq!(lost_and_back(&diary), [(1_000.0, false)]);
    let launched = diary.times(|fact| matches!(fact, Fact::InstanceLaunched(_)).then_some(()));
    assert_eq!(launched, [(0.0, ()), (1_000.0, ())]);
}

/// What is repaired has its images still; what is replaced has none.
#[test]
fn another_instance_has_an_empty_disk() {
    for (lasts, cached) in [
        (None, [false, true, false]),
        (Some(3_600.0), [false, true, true]),
    ] {
        let mut plan = failing(fleet(1), true);
        plan.delays = Delays::Realistic;
        plan.images = vec![image(&[30])];
        plan.faults[0].lasts = lasts.map(Distribution::Constant);
        if let FaultKind::InstanceFailure { replaced, .. } = &mut plan.faults[0].kind {
            *replaced = lasts.is_none();
        }
        plan.tasks = vec![work(&[10, 200, 4_700], vec![container("main")], 60.0)];
        let starts = diary(&plan, 1).times(|fact| match fact {
            Fact::StartBrokenDown(_, start) => Some(start.cached),
            _ => None,
        });
        let found: Vec<bool> = starts.into_iter().map(|(_, cached)| cached).collect();
        assert_eq!(found, cached);
    }
}
