//! Faults: kinds, times, durations and names.

use super::{check, check_set, valid, with};
use crate::cluster::{EntryId, WorkId};
use crate::engine::random::Distribution;
use crate::plan::{Fault, FaultKind, Occurrence, Plan};
use crate::units::{SimTime, Span};

/// The valid scenario with these entries of `faults`.
pub(super) fn faults(entries: &str) -> String {
    with("delays: none", &format!("delays: none\nfaults:\n{entries}"))
}

/// One entry with these keys besides its name.
pub(super) fn one(keys: &str) -> String {
    faults(&format!("  - {{ name: f, {keys} }}\n"))
}

#[track_caller]
pub(super) fn plan(text: &str) -> Plan {
    valid(text, &[]).study.variants[0].clone()
}

#[track_caller]
fn fault(keys: &str) -> Fault {
    plan(&one(keys)).faults[0].clone()
}

fn days(days: u64) -> SimTime {
    SimTime::ZERO + Span::hours(24 * days)
}

#[test]
fn instances_fail_where_and_when_the_entry_says() {
    let found = fault(
        "instanceFailure: { capacityProvider: ec2, availabilityZone: us-east-1b, instances: [3, 0, 3], \
         repairCrews: 2 }, at: [5d, 3d], lasts: 2h",
    );
    let FaultKind::InstanceFailure {
        provider,
        zone,
        instances,
        repair_crews,
        replaced: false,
    } = found.kind
    else {
        panic!("{found:?}")
    };
    assert_eq!((provider, zone, repair_crews), (Some(0), Some(1), Some(2)));
    assert_eq!(instances, Some(vec![0, 3]));
    assert!(matches!(found.occurs, Occurrence::At(times) if times == [days(3), days(5)]));
    assert_eq!(found.lasts, Some(Distribution::Constant(7_200.0)));
    let lost = fault("instanceFailure: {}, meanTimeBetween: 90d");
    assert!(lost.lasts.is_none());
    let mean = 90.0 * 86_400.0;
    assert!(matches!(
        lost.occurs,
        Occurrence::Every(Distribution::Exponential { mean: found }) if found == mean
    ));
}

#[test]
fn containers_fail_by_what_runs_them() {
    let found = fault(
        "containerCrash: { tasks: reports, container: report }, every: { uniform: { low: 1h, high: 2h } }",
    );
    let FaultKind::ContainerCrash { work, container } = found.kind else {
        panic!("{found:?}")
    };
    assert_eq!(
        (work, container.as_deref()),
        (Some(WorkId::Entry(EntryId::new(0))), Some("report"))
    );
    assert!(matches!(
        found.occurs,
        Occurrence::Every(Distribution::Uniform { .. })
    ));
    assert!(matches!(
        fault("healthCheckFailure: {}, at: 1d").kind,
        FaultKind::HealthCheckFailure {
            work: None,
            container: None
        }
    ));
    assert!(matches!(
        fault("outOfMemory: { container: report }, at: 1d").kind,
        FaultKind::OutOfMemory {
            work: None,
            container: Some(_)
        }
    ));
    check(
        &one("containerCrash: { tasks: report }, at: 1d"),
        r#"
error: there is no entry `report`
  shop.yaml:20:41  faults.f.containerCrash.tasks
  20 |   - { name: f, containerCrash: { tasks: report }, at: 1d }
     |                                         ^^^^^^
hint: did you mean `reports`?"#,
    );
    check(
        &one("containerCrash: { service: web }, at: 1d"),
        r#"
error: there is no service `web`
  shop.yaml:20:43  faults.f.containerCrash.service
  20 |   - { name: f, containerCrash: { service: web }, at: 1d }
     |                                           ^^^
hint: none is defined"#,
    );
    check(
        &one("containerCrash: { service: web, tasks: reports }, at: 1d"),
        r#"
error: `service` and `tasks` exclude each other
  shop.yaml:20:55  faults.f.containerCrash.tasks
  20 |   - { name: f, containerCrash: { service: web, tasks: reports }, at: 1d }
     |                                                       ^^^^^^^
hint: keep one of them"#,
    );
    check(
        &one("outOfMemory: { tasks: reports, container: repotr }, at: 1d"),
        r#"
error: there is no container `repotr` there
  shop.yaml:20:58  faults.f.outOfMemory.container
  20 |   - { name: f, outOfMemory: { tasks: reports, container: repotr }, at: 1d }
     |                                                          ^^^^^^
hint: did you mean `report`?"#,
    );
    check(
        &one("containerCrash: { task: reports }, at: 1d"),
        r#"
error: `task` is not a key of `containerFault`
  shop.yaml:20:34  faults.f.containerCrash.task
  20 |   - { name: f, containerCrash: { task: reports }, at: 1d }
     |                                  ^^^^
hint: did you mean `tasks`?"#,
    );
    check(
        &one("containerCrash: {}, at: 1d, lasts: 1h"),
        r#"
error: `containerCrash` has no duration
  shop.yaml:20:51  faults.f.lasts
  20 |   - { name: f, containerCrash: {}, at: 1d, lasts: 1h }
     |                                                   ^^
hint: remove `lasts`"#,
    );
    check(
        &one("healthCheckFailure: {}, at: 1d, lasts: 1h"),
        r#"
error: `healthCheckFailure` has no duration
  shop.yaml:20:55  faults.f.lasts
  20 |   - { name: f, healthCheckFailure: {}, at: 1d, lasts: 1h }
     |                                                       ^^
hint: remove `lasts`"#,
    );
}

#[test]
fn registries_and_images_fail_for_a_time() {
    let found = fault(
        "registryOutage: { registry: docker.io }, at: 1d, lasts: { exponential: { mean: 1h } }",
    );
    assert!(matches!(
        found.kind,
        FaultKind::RegistryOutage { registry: Some(0) }
    ));
    assert!(matches!(
        fault("registryOutage: {}, at: 1d, lasts: 1h").kind,
        FaultKind::RegistryOutage { registry: None }
    ));
    assert!(matches!(
        fault("badImage: { image: shop/report:1 }, at: 1d, lasts: 1h").kind,
        FaultKind::BadImage { image: 0 }
    ));
    check(
        &one("registryOutage: { registry: docker.com }, at: 1d, lasts: 1h"),
        r#"
error: no image comes from a registry `docker.com`
  shop.yaml:20:44  faults.f.registryOutage.registry
  20 |   - { name: f, registryOutage: { registry: docker.com }, at: 1d, lasts: 1h }
     |                                            ^^^^^^^^^^
hint: did you mean `docker.io`?"#,
    );
    check(
        &one("badImage: { image: shop/report }, at: 1d, lasts: 1h"),
        r#"
error: there is no image `shop/report`
  shop.yaml:20:35  faults.f.badImage.image
  20 |   - { name: f, badImage: { image: shop/report }, at: 1d, lasts: 1h }
     |                                   ^^^^^^^^^^^
hint: did you mean `shop/report:1`?"#,
    );
    check(
        &one("badImage: {}, at: 1d, lasts: 1h"),
        r#"
error: `image` is missing
  shop.yaml:20:26  faults.f.badImage
  20 |   - { name: f, badImage: {}, at: 1d, lasts: 1h }
     |                          ^
hint: add `image:`, name of the image"#,
    );
    check(
        &one("registryOutage: {}, at: 1d"),
        r#"
error: `lasts` is missing: `registryOutage` needs an end
  shop.yaml:20:5  faults.f
  20 |   - { name: f, registryOutage: {}, at: 1d }
     |     ^
hint: give `lasts`, such as `2h`"#,
    );
    check(
        &one("badImage: { image: shop/report:1 }, at: 1d"),
        r#"
error: `lasts` is missing: `badImage` needs an end
  shop.yaml:20:5  faults.f
  20 |   - { name: f, badImage: { image: shop/report:1 }, at: 1d }
     |     ^
hint: give `lasts`, such as `2h`"#,
    );
}

#[test]
fn zones_lose_a_share() {
    let found =
        fault("zoneOutage: { availabilityZone: us-east-1c, share: 50% }, at: 1d, lasts: 1h");
    assert!(matches!(
        found.kind,
        FaultKind::ZoneOutage { zone: Some(2), share: Distribution::Constant(share) } if share == 0.5
    ));
    let all = fault("zoneOutage: {}, at: 1d, lasts: 1h");
    assert!(matches!(
        all.kind,
        FaultKind::ZoneOutage { zone: None, share: Distribution::Constant(share) } if share == 1.0
    ));
    fault("zoneOutage: { share: { uniform: { low: 0.1, high: 1 } } }, at: 1d, lasts: 1h");
    check(
        &one("zoneOutage: { availabilityZone: us-east-1x }, at: 1d, lasts: 1h"),
        r#"
error: `us-east-1x` is not a zone of this cluster
  shop.yaml:20:48  faults.f.zoneOutage.availabilityZone
  20 |   - { name: f, zoneOutage: { availabilityZone: us-east-1x }, at: 1d, lasts: 1h }
     |                                                ^^^^^^^^^^
hint: did you mean `us-east-1a`?"#,
    );
    check(
        &one("zoneOutage: { zone: us-east-1a }, at: 1d, lasts: 1h"),
        r#"
error: `zone` is not a key of `zoneOutage`
  shop.yaml:20:30  faults.f.zoneOutage.zone
  20 |   - { name: f, zoneOutage: { zone: us-east-1a }, at: 1d, lasts: 1h }
     |                              ^^^^
hint: keys: `availabilityZone`, `share`"#,
    );
    check(
        &one("zoneOutage: { share: 120% }, at: 1d, lasts: 1h"),
        r#"
error: `120%` is above 1
  shop.yaml:20:37  faults.f.zoneOutage.share
  20 |   - { name: f, zoneOutage: { share: 120% }, at: 1d, lasts: 1h }
     |                                     ^^^^
hint: expected a ratio between 0 and 1 such as `5%` or `0.05`"#,
    );
    check(
        &one("zoneOutage: { share: 0 }, at: 1d, lasts: 1h"),
        r#"
error: the share must be above 0
  shop.yaml:20:37  faults.f.zoneOutage.share
  20 |   - { name: f, zoneOutage: { share: 0 }, at: 1d, lasts: 1h }
     |                                     ^"#,
    );
    check(
        &one("zoneOutage: { share: { exponential: { mean: 10% } } }, at: 1d, lasts: 1h"),
        r#"
error: this law can give a share above 100%
  shop.yaml:20:37  faults.f.zoneOutage.share
  20 |   - { name: f, zoneOutage: { share: { exponential: { mean: 10% } } }, at: 1d, lasts: 1h }
     |                                     ^
hint: expected a law with an upper bound of at most 100%, such as `{ uniform: { low: 10%, high: 100% } }`"#,
    );
    check(
        &one("zoneOutage: {}, at: 1d"),
        r#"
error: `lasts` is missing: `zoneOutage` needs an end
  shop.yaml:20:5  faults.f
  20 |   - { name: f, zoneOutage: {}, at: 1d }
     |     ^
hint: give `lasts`, such as `2h`"#,
    );
}

#[test]
fn capacity_may_be_insufficient() {
    let found = fault(
        "insufficientCapacity: { instanceType: m6i.large, spotOnly: true }, at: 1d, lasts: 1h",
    );
    assert!(matches!(
        found.kind,
        FaultKind::InsufficientCapacity {
            instance_type: Some(0),
            zone: None,
            spot_only: true
        }
    ));
    check(
        &one("insufficientCapacity: {}, every: 1d"),
        r#"
error: `lasts` is missing: `insufficientCapacity` needs an end
  shop.yaml:20:5  faults.f
  20 |   - { name: f, insufficientCapacity: {}, every: 1d }
     |     ^
hint: give `lasts`, such as `2h`"#,
    );
    check(
        &one("insufficientCapacity: { instanceType: m6i.lage }, at: 1d, lasts: 1h"),
        r#"
error: there is no instance type `m6i.lage`
  shop.yaml:20:54  faults.f.insufficientCapacity.instanceType
  20 |   - { name: f, insufficientCapacity: { instanceType: m6i.lage }, at: 1d, lasts: 1h }
     |                                                      ^^^^^^^^
hint: did you mean `m6i.large`?"#,
    );
    let loaded = valid(
        &one("insufficientCapacity: { instanceType: c6i.large }, at: 1d, lasts: 1h"),
        &[],
    );
    assert!(loaded.study.variants[0].faults.is_empty());
    assert_eq!(
        loaded.study.warnings,
        [
            "faults.f.insufficientCapacity.instanceType: no capacity provider has the instance type `c6i.large`: this has no effect"
        ]
    );
}

#[test]
fn hosts_of_fargate_tasks_are_lost() {
    let found = fault("fargateHostLoss: {}, meanTimeBetween: 30d");
    assert!(matches!(found.kind, FaultKind::FargateHostLoss));
    check(
        &one("fargateHostLoss: { service: web }, at: 1d"),
        r#"
error: `service` is not a key of `fargateHostLoss`
  shop.yaml:20:35  faults.f.fargateHostLoss.service
  20 |   - { name: f, fargateHostLoss: { service: web }, at: 1d }
     |                                   ^^^^^^^
hint: it has no keys: write `{}`"#,
    );
    check(
        &one("fargateHostLoss: {}, at: 1d, lasts: 1h"),
        r#"
error: `fargateHostLoss` has no duration
  shop.yaml:20:52  faults.f.lasts
  20 |   - { name: f, fargateHostLoss: {}, at: 1d, lasts: 1h }
     |                                                    ^^
hint: remove `lasts`"#,
    );
    let on_fargate = one("instanceFailure: { capacityProvider: FARGATE }, at: 1d")
        .replace("    - name: ec2", "    - name: FARGATE\n    - name: ec2");
    check(
        &on_fargate,
        r#"
error: `FARGATE` has no instances
  shop.yaml:21:53  faults.f.instanceFailure.capacityProvider
  21 |   - { name: f, instanceFailure: { capacityProvider: FARGATE }, at: 1d }
     |                                                     ^^^^^^^
hint: the hosts of Fargate tasks fail with `fargateHostLoss: {}`"#,
    );
}

#[test]
fn an_entry_has_one_kind_and_one_rule() {
    check(
        &one("at: 1d"),
        r#"
error: this entry has no kind of fault
  shop.yaml:20:5  faults.f
  20 |   - { name: f, at: 1d }
     |     ^
hint: give one of `instanceFailure`, `agentDisconnect`, `containerCrash`, `healthCheckFailure`, `outOfMemory`, `registryOutage`, `badImage`, `zoneOutage`, `controlPlaneOutage`, `insufficientCapacity`, `fargateHostLoss`, `realistic`"#,
    );
    check(
        &one("zoneOutage: {}, fargateHostLoss: {}, at: 1d, lasts: 1h"),
        r#"
error: an entry has exactly one kind of fault
  shop.yaml:20:49  faults.f.fargateHostLoss
  20 |   - { name: f, zoneOutage: {}, fargateHostLoss: {}, at: 1d, lasts: 1h }
     |                                                 ^
hint: make it two entries"#,
    );
    check(
        &one("instanceFailure: {}"),
        r#"
error: one of `at`, `every` and `meanTimeBetween` is missing
  shop.yaml:20:5  faults.f
  20 |   - { name: f, instanceFailure: {} }
     |     ^
hint: give `at: 3d`, `every: 7d` or `meanTimeBetween: 90d`"#,
    );
    check(
        &one("instanceFailure: {}, at: 1d, every: 2d"),
        r#"
error: `at`, `every` and `meanTimeBetween` exclude each other
  shop.yaml:20:52  faults.f.every
  20 |   - { name: f, instanceFailure: {}, at: 1d, every: 2d }
     |                                                    ^^
hint: keep one of them"#,
    );
    check(
        &one("instanceFailure: {}, every: 0s"),
        r#"
error: the time between faults must be above 0
  shop.yaml:20:44  faults.f.every
  20 |   - { name: f, instanceFailure: {}, every: 0s }
     |                                            ^^"#,
    );
    check(
        &one("instanceFailure: {}, meanTimeBetween: 0s"),
        r#"
error: the time between faults must be above 0
  shop.yaml:20:54  faults.f.meanTimeBetween
  20 |   - { name: f, instanceFailure: {}, meanTimeBetween: 0s }
     |                                                      ^^"#,
    );
    check(
        &one("instanceFailure: {}, at: []"),
        r#"
error: this list is empty
  shop.yaml:20:41  faults.f.at
  20 |   - { name: f, instanceFailure: {}, at: [] }
     |                                         ^
hint: give at least one time"#,
    );
    check(
        &one("instanceFailure: {}, at: 101w, lasts: 0s"),
        r#"
error: the duration of a fault must be above 0
  shop.yaml:20:54  faults.f.lasts
  20 |   - { name: f, instanceFailure: {}, at: 101w, lasts: 0s }
     |                                                      ^^

warning: the run ends at 7d, before this fault occurs
  shop.yaml:20:41  faults.f.at
  20 |   - { name: f, instanceFailure: {}, at: 101w, lasts: 0s }
     |                                         ^^^^"#,
    );
    check(
        &one("instanceFailure: {}, at: 200000w"),
        r#"
error: `1400000d` is too late
  shop.yaml:20:41  faults.f.at
  20 |   - { name: f, instanceFailure: {}, at: 200000w }
     |                                         ^^^^^^^
hint: expected at most 100 years (36500d)"#,
    );
    check(
        &one("instancefailure: {}, at: 1d"),
        r#"
error: `instancefailure` is not a key of `fault`
  shop.yaml:20:16  faults.f.instancefailure
  20 |   - { name: f, instancefailure: {}, at: 1d }
     |                ^^^^^^^^^^^^^^^
hint: did you mean `instanceFailure`?"#,
    );
    check(
        &one("instanceFailure: { instances: [-1] }, at: 1d"),
        r#"
error: `-1` is not valid here
  shop.yaml:20:47  faults.f.instanceFailure.instances.0
  20 |   - { name: f, instanceFailure: { instances: [-1] }, at: 1d }
     |                                               ^^
hint: expected a whole number from 0 to 10000000"#,
    );
    check(
        &one("instanceFailure: { instances: [] }, at: 1d"),
        r#"
error: this list is empty
  shop.yaml:20:46  faults.f.instanceFailure.instances
  20 |   - { name: f, instanceFailure: { instances: [] }, at: 1d }
     |                                              ^
hint: leave it out for all instances"#,
    );
    check(
        &one("instanceFailure: { capacityProvider: ec3 }, at: 1d"),
        r#"
error: there is no capacity provider `ec3` in this cluster
  shop.yaml:20:53  faults.f.instanceFailure.capacityProvider
  20 |   - { name: f, instanceFailure: { capacityProvider: ec3 }, at: 1d }
     |                                                     ^^^
hint: did you mean `ec2`?"#,
    );
    check(
        &one("instanceFailure: { repairCrews: 1 }, at: 1d"),
        r#"
error: `repairCrews` needs `lasts`, the time that a repair takes
  shop.yaml:20:5  faults.f
  20 |   - { name: f, instanceFailure: { repairCrews: 1 }, at: 1d }
     |     ^
hint: give `lasts`, such as `2h`, or remove `repairCrews`"#,
    );
    check(
        &faults("  - { instanceFailure: {}, at: 1d }\n"),
        r#"
error: `name` is missing
  shop.yaml:20:5  faults.0
  20 |   - { instanceFailure: {}, at: 1d }
     |     ^
hint: add `name:`, name of the fault; its random numbers depend on it"#,
    );
    check(
        &faults("  - { name: a.b, instanceFailure: {}, at: 1d }\n"),
        r#"
error: `a.b` cannot be a name here
  shop.yaml:20:13  faults."a.b".name
  20 |   - { name: a.b, instanceFailure: {}, at: 1d }
     |             ^^^
hint: expected up to 128 letters, digits, `-` and `_`"#,
    );
}

#[test]
fn a_fault_after_the_end_of_the_run_is_a_warning() {
    let loaded = valid(&one("instanceFailure: {}, at: [1d, 8d]"), &[]);
    assert_eq!(
        loaded.study.warnings,
        ["faults.f.at.1: the run ends at 7d, before this fault occurs"]
    );
}

#[test]
fn variants_and_set_change_faults_by_name() {
    let text = format!(
        "{}variants:\n  - name: outage\n    faults: [{{ name: f, zoneOutage: {{}}, lasts: 1h, meanTimeBetween: 5d }}]\n  - name: calm\n    faults: null\n",
        one("instanceFailure: {}, at: 1d")
    );
    let study = valid(&text, &[]).study;
    assert!(matches!(
        study.variants[0].faults[0].kind,
        FaultKind::ZoneOutage { .. }
    ));
    assert!(matches!(
        study.variants[0].faults[0].occurs,
        Occurrence::Every(_)
    ));
    assert!(study.variants[1].faults.is_empty());
    let moved = valid(&one("instanceFailure: {}, at: 1d"), &["faults.f.at=2d"]);
    let occurs = &moved.study.variants[0].faults[0].occurs;
    assert!(matches!(occurs, Occurrence::At(times) if *times == [days(2)]));
    check_set(
        &one("instanceFailure: {}, at: 1d"),
        &["faults.f.lats=2d"],
        r#"
error: there is no `lats` in `faults.f`
  --set
   | faults.f.lats=2d
   |          ^^^^
hint: did you mean `faults.f.lasts`?"#,
    );
}
