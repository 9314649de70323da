//! Faults of the connection between ECS and its agents, and of the control planes.

use super::{check, valid, with};
use crate::engine::random::Distribution;
use crate::plan::{Fault, FaultKind, Occurrence};
use crate::units::{SimTime, Span};

/// The valid scenario with one entry of `faults` with these keys besides its name.
fn one(keys: &str) -> String {
    let entry = format!("delays: none\nfaults:\n  - {{ name: f, {keys} }}\n");
    with("delays: none", &entry)
}

#[track_caller]
fn fault(keys: &str) -> Fault {
    valid(&one(keys), &[]).study.variants[0].faults[0].clone()
}

#[test]
fn agents_disconnect_as_the_entry_selects() {
    let found = fault(
        "agentDisconnect: { capacityProvider: ec2, availabilityZone: us-east-1b, instances: [3, 0] }, \
         every: 5d, lasts: { uniform: { low: 1m, high: 1h } }",
    );
    let FaultKind::AgentDisconnect {
        provider,
        zone,
        instances,
    } = found.kind
    else {
        panic!("{found:?}")
    };
    assert_eq!((provider, zone), (Some(0), Some(1)));
    assert_eq!(instances, Some(vec![0, 3]));
    assert!(found.lasts.is_some());
    let all = fault("agentDisconnect: {}, at: 1d, lasts: 5m");
    assert!(matches!(
        all.kind,
        FaultKind::AgentDisconnect {
            provider: None,
            zone: None,
            instances: None
        }
    ));
    check(
        &one("agentDisconnect: {}, at: 1d"),
        r#"
error: `lasts` is missing: `agentDisconnect` needs an end
  shop.yaml:20:5  faults.f
  20 |   - { name: f, agentDisconnect: {}, at: 1d }
     |     ^
hint: give `lasts`, such as `2h`"#,
    );
    check(
        &one("agentDisconnect: { repairCrews: 1 }, at: 1d, lasts: 1h"),
        r#"
error: `repairCrews` is not a key of `agentDisconnect`
  shop.yaml:20:35  faults.f.agentDisconnect.repairCrews
  20 |   - { name: f, agentDisconnect: { repairCrews: 1 }, at: 1d, lasts: 1h }
     |                                   ^^^^^^^^^^^
hint: keys: `capacityProvider`, `availabilityZone`, `instances`"#,
    );
    check(
        &one("agentDisconnect: { availabilityZone: us-east-1x }, at: 1d, lasts: 1h"),
        r#"
error: `us-east-1x` is not a zone of this cluster
  shop.yaml:20:53  faults.f.agentDisconnect.availabilityZone
  20 |   - { name: f, agentDisconnect: { availabilityZone: us-east-1x }, at: 1d, lasts: 1h }
     |                                                     ^^^^^^^^^^
hint: did you mean `us-east-1a`?"#,
    );
    check(
        &one("agentDisconnect: { instances: [] }, at: 1d, lasts: 1h"),
        r#"
error: this list is empty
  shop.yaml:20:46  faults.f.agentDisconnect.instances
  20 |   - { name: f, agentDisconnect: { instances: [] }, at: 1d, lasts: 1h }
     |                                              ^
hint: leave it out for all instances"#,
    );
    check(
        &one("agentDisconect: {}, at: 1d, lasts: 1h"),
        r#"
error: `agentDisconect` is not a key of `fault`
  shop.yaml:20:16  faults.f.agentDisconect
  20 |   - { name: f, agentDisconect: {}, at: 1d, lasts: 1h }
     |                ^^^^^^^^^^^^^^
hint: did you mean `agentDisconnect`?"#,
    );
    let on_fargate = one("agentDisconnect: { capacityProvider: FARGATE }, at: 1d, lasts: 1h")
        .replace("    - name: ec2", "    - name: FARGATE\n    - name: ec2");
    check(
        &on_fargate,
        r#"
error: `FARGATE` has no instances
  shop.yaml:21:53  faults.f.agentDisconnect.capacityProvider
  21 |   - { name: f, agentDisconnect: { capacityProvider: FARGATE }, at: 1d, lasts: 1h }
     |                                                     ^^^^^^^
hint: only instances have agents that can lose their connection"#,
    );
}

#[test]
fn an_outage_of_the_control_planes_is_read() {
    let found = fault("controlPlaneOutage: {}, at: [4d, 2d], lasts: 3h");
    assert!(matches!(found.kind, FaultKind::ControlPlaneOutage));
    assert_eq!(found.lasts, Some(Distribution::Constant(10_800.0)));
    let day = |days: u64| SimTime::ZERO + Span::hours(24 * days);
    assert!(matches!(found.occurs, Occurrence::At(times) if times == [day(2), day(4)]));
    check(
        &one("controlPlaneOutage: {}, meanTimeBetween: 1d"),
        r#"
error: `lasts` is missing: `controlPlaneOutage` needs an end
  shop.yaml:20:5  faults.f
  20 |   - { name: f, controlPlaneOutage: {}, meanTimeBetween: 1d }
     |     ^
hint: give `lasts`, such as `2h`"#,
    );
    check(
        &one("controlPlaneOutage: { availabilityZone: us-east-1a }, at: 1d, lasts: 1h"),
        r#"
error: `availabilityZone` is not a key of `controlPlaneOutage`
  shop.yaml:20:38  faults.f.controlPlaneOutage.availabilityZone
  20 |   - { name: f, controlPlaneOutage: { availabilityZone: us-east-1a }, at: 1d, lasts: 1h }
     |                                      ^^^^^^^^^^^^^^^^
hint: it has no keys: write `{}`"#,
    );
    check(
        &one("controlPlaneOutage: , at: 1d, lasts: 1h"),
        r#"
error: `controlPlaneOutage` is empty
  shop.yaml:20:5  faults.f
  20 |   - { name: f, controlPlaneOutage: , at: 1d, lasts: 1h }
     |     ^
hint: write `controlPlaneOutage: {}`"#,
    );
    check(
        &one("badImage: null, at: 1d, lasts: 1h"),
        r#"
error: `badImage` is empty
  shop.yaml:20:5  faults.f
  20 |   - { name: f, badImage: null, at: 1d, lasts: 1h }
     |     ^
hint: give `image`"#,
    );
    check(
        &one("controlPlaneOutages: {}, at: 1d, lasts: 1h"),
        r#"
error: `controlPlaneOutages` is not a key of `fault`
  shop.yaml:20:16  faults.f.controlPlaneOutages
  20 |   - { name: f, controlPlaneOutages: {}, at: 1d, lasts: 1h }
     |                ^^^^^^^^^^^^^^^^^^^
hint: did you mean `controlPlaneOutage`?"#,
    );
}

#[test]
fn platform_8_3_4_realistic_outages_of_the_control_plane_last_three_hours_by_the_median() {
    let text = with("delays: none", "delays: none\nfaults: realistic");
    let found = valid(&text, &[]).study.variants[0].faults.clone();
    let outage = found.last().unwrap();
    assert!(matches!(outage.kind, FaultKind::ControlPlaneOutage));
    let Some(Distribution::LogNormal { mu, sigma }) = outage.lasts else {
        panic!("{outage:?}")
    };
    assert!((libm::exp(mu) - 3.0 * 3_600.0).abs() < 1e-6 && sigma == 0.9);
}
