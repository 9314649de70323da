//! Faults at documented rates, and the twin run without faults.

use super::faults::{faults, one, plan};
use super::{check, valid, with};
use crate::engine::random::Distribution;
use crate::plan::{Fault, FaultKind, Occurrence};
use crate::scenario::table::Preset;

#[test]
fn realistic_faults_come_at_the_rates_of_platform_8() {
    let text = with("delays: none", "delays: none\nfaults: realistic");
    let plan = plan(&text);
    let year = 365.0 * 86_400.0;
    let rates: Vec<(&str, f64)> = plan
        .faults
        .iter()
        .map(|fault| match &fault.occurs {
            Occurrence::Every(law) => (fault.name.as_str(), law.mean().unwrap()),
            Occurrence::At(_) => panic!("{fault:?}"),
        })
        .collect();
    assert_eq!(
        rates,
        [
            ("realistic.instanceFailure", year / 0.03),
            ("realistic.fargateHostLoss", year / 0.03),
            ("realistic.containerCrash", 86_400.0 / 0.01),
            ("realistic.outOfMemory", 86_400.0 / 0.003),
            ("realistic.zoneOutage.us-east-1a", year / 0.02),
            ("realistic.zoneOutage.us-east-1b", year / 0.02),
            ("realistic.zoneOutage.us-east-1c", year / 0.02),
            ("realistic.controlPlaneOutage", year / 0.15),
        ]
    );
    assert!(matches!(
        plan.faults[0].kind,
        FaultKind::InstanceFailure { replaced: true, .. }
    ));
    let failures = plan.assumptions.launch_failures;
    assert_eq!((failures.on_demand, failures.gpu), (0.002, 0.05));
    let calm = plan.without_faults().expect("it has faults");
    let failures = calm.assumptions.launch_failures;
    assert_eq!((failures.on_demand, failures.gpu), (0.0, 0.0));
    assert_eq!(failures.spot, plan.assumptions.launch_failures.spot);
    let mild = valid(&text, &["assumptions.launchFailures={ onDemand: 1% }"]);
    let failures = mild.study.variants[0].assumptions.launch_failures;
    assert_eq!((failures.on_demand, failures.gpu), (0.01, 0.05));
    // A probability other than the documented one is no fault and is kept.
    let calm = mild.study.variants[0].without_faults();
    let failures = calm.expect("it has faults").assumptions.launch_failures;
    assert_eq!((failures.on_demand, failures.gpu), (0.01, 0.0));
}

#[test]
fn the_twin_run_has_the_same_faults_which_never_occur() {
    let plan = plan(&one("instanceFailure: {}, meanTimeBetween: 90d"));
    let calm = plan.without_faults().expect("it has faults");
    assert_eq!(calm.faults.len(), plan.faults.len());
    let never = |fault: &Fault| matches!(&fault.occurs, Occurrence::At(at) if at.is_empty());
    assert!(calm.faults.iter().all(never));
    assert!(
        valid(&with("delays: none", "delays: none"), &[])
            .study
            .variants[0]
            .without_faults()
            .is_none()
    );
}

#[test]
fn realistic_rates_can_be_changed_one_by_one() {
    let text = one(
        "realistic: { instanceFailures: 1/365d, containerCrashes: 0/d, zoneOutageShare: 50%, \
         zoneOutageLength: 1h, controlPlaneOutageLength: 2h }",
    );
    let found = plan(&text).faults;
    let names: Vec<&str> = found.iter().map(|fault| fault.name.as_str()).collect();
    assert_eq!(
        names,
        [
            "f.instanceFailure",
            "f.fargateHostLoss",
            "f.outOfMemory",
            "f.zoneOutage.us-east-1a",
            "f.zoneOutage.us-east-1b",
            "f.zoneOutage.us-east-1c",
            "f.controlPlaneOutage"
        ]
    );
    let mean = |fault: &Fault| match &fault.occurs {
        Occurrence::Every(law) => law.mean().unwrap(),
        Occurrence::At(_) => panic!("{fault:?}"),
    };
    let year = 365.0 * 86_400.0;
    assert_eq!(mean(&found[0]), year);
    assert_eq!(mean(&found[1]), year / 0.03);
    assert!(matches!(
        &found[5].kind,
        FaultKind::ZoneOutage { zone: Some(2), share: Distribution::Constant(share) }
            if *share == 0.5
    ));
    assert_eq!(found[5].lasts, Some(Distribution::Constant(3_600.0)));
    assert_eq!(mean(&found[6]), year / 0.15);
    assert_eq!(found[6].lasts, Some(Distribution::Constant(7_200.0)));
    // The rates that the reference lists are those of `realistic: {}`.
    let table = &crate::scenario::keys::faults::REALISTIC;
    let written: Vec<String> = table
        .fields
        .iter()
        .map(|field| match field.default {
            Preset::Value(text) => format!("{}: {text}", field.key),
            Preset::Rule(text) => format!("{}: {}", field.key, text.trim_matches('`')),
            other => panic!("{}: {other:?}", field.key),
        })
        .collect();
    let written = format!("realistic: {{ {} }}", written.join(", "));
    assert_eq!(
        format!("{:?}", plan(&one(&written)).faults),
        format!("{:?}", plan(&one("realistic: {}")).faults)
    );
    check(
        &one("realistic: { zoneOutages: 2/s, zoneOutageLength: 0s, zoneOutage: 1/d }"),
        r#"
error: the duration of a fault must be above 0
  shop.yaml:20:65  faults.f.realistic.zoneOutageLength
  20 |   - { name: f, realistic: { zoneOutages: 2/s, zoneOutageLength: 0s, zoneOutage: 1/d } }
     |                                                                 ^^

error: `zoneOutage` is not a key of `realistic`
  shop.yaml:20:69  faults.f.realistic.zoneOutage
  20 |   - { name: f, realistic: { zoneOutages: 2/s, zoneOutageLength: 0s, zoneOutage: 1/d } }
     |                                                                     ^^^^^^^^^^
hint: did you mean `zoneOutages`?"#,
    );
    check(
        &one("realistic: { instanceFailures: 9999999999/s }"),
        r#"
error: this rate is above one per microsecond
  shop.yaml:20:47  faults.f.realistic.instanceFailures
  20 |   - { name: f, realistic: { instanceFailures: 9999999999/s } }
     |                                               ^^^^^^^^^^^^"#,
    );
}

#[test]
fn an_entry_with_realistic_faults_is_combined_with_others() {
    let text = faults(
        "  - { name: usual, realistic: {} }\n  - { name: f, instanceFailure: {}, at: 1d }\n",
    );
    let found = plan(&text).faults;
    assert_eq!(found.len(), 9);
    assert_eq!(found[0].name, "usual.instanceFailure");
    assert_eq!(found[8].name, "f");
    check(
        &with("delays: none", "delays: none\nfaults: realstic"),
        r#"
error: `realstic` is not one of the allowed values
  shop.yaml:19:9  faults
  19 | faults: realstic
     |         ^^^^^^^^
hint: did you mean `realistic`? expected `realistic`"#,
    );
    check(
        &one("realistic: {}, at: 1d"),
        r#"
error: `realistic` excludes `at`, `every`, `meanTimeBetween` and `lasts`
  shop.yaml:20:35  faults.f.at
  20 |   - { name: f, realistic: {}, at: 1d }
     |                                   ^^
hint: remove `at`"#,
    );
    check(
        &faults("  - { name: a, realistic: {} }\n  - { name: b, realistic: {} }\n"),
        r#"
error: two entries have `realistic`
  shop.yaml:21:5  faults.b
  21 |   - { name: b, realistic: {} }
     |     ^
hint: keep one entry with `realistic`"#,
    );
}
