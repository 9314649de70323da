//! Assumptions: every field has a key, and every key changes its field.

use super::{check, valid, with};
use crate::plan::Assumptions;
use crate::scenario::keys::assumptions::ASSUMPTIONS;
use crate::scenario::reading::tree::Origin;
use crate::scenario::showing::assumptions::nodes;
use crate::scenario::showing::yaml::flow;

const NOWHERE: Origin = Origin {
    source: 0,
    start: 0,
    end: 0,
};

fn assumed(keys: &str) -> String {
    with(
        "delays: none",
        &format!("delays: none\nassumptions: {{ {keys} }}"),
    )
}

#[track_caller]
fn read(keys: &str) -> Assumptions {
    let loaded = valid(&assumed(keys), &[]);
    (*loaded.study.variants[0].assumptions).clone()
}

/// The assumptions of a plan, one line per field.
fn fields(assumptions: &Assumptions) -> Vec<String> {
    nodes(assumptions, NOWHERE)
        .iter()
        .map(|entry| format!("{}: {}", entry.key, flow(&entry.node)))
        .collect()
}

#[test]
fn assumptions_that_are_shown_are_read_back_unchanged() {
    let written = fields(&Assumptions::default()).join(", ");
    let again = read(&written);
    assert_eq!(
        format!("{again:?}"),
        format!("{:?}", Assumptions::default())
    );
}

#[test]
fn every_key_changes_its_own_field_alone() {
    let others = [
        ("a duration", "{ uniform: { low: 1s, high: 2s } }"),
        ("duration", "11m"),
        ("integer", "7"),
        ("size", "7 MiB"),
        ("rate", "7 MiB/s"),
        ("share", "7%"),
        ("switch", "true"),
    ];
    let other = |name: &str| others.iter().find(|(kind, _)| *kind == name).unwrap().1;
    let usual = fields(&Assumptions::default());
    for (index, field) in ASSUMPTIONS.fields.iter().enumerate() {
        use crate::scenario::table::Type;
        let value = match field.kind {
            // The scenario's task needs its memory.
            _ if field.key == "registeredMemoryShare" => "77%".into(),
            Type::Law("a duration") => other("a duration").to_string(),
            Type::Law(_) => "{ uniform: { low: 1%, high: 2% } }".into(),
            Type::Duration => other("duration").to_string(),
            Type::Bool => other("switch").to_string(),
            Type::Integer(..) | Type::Number => other("integer").to_string(),
            Type::Size => other("size").to_string(),
            Type::Any(words) if words.contains("per second") => other("rate").to_string(),
            Type::Any(_) => other("share").to_string(),
            Type::List(Type::Any(words)) if words.contains("share") => {
                "[1%, 2%, 3%, 4%, 5%]".into()
            }
            Type::List(_) => "[7 MiB/s, 8 MiB/s, 9 MiB/s]".into(),
            Type::Map(table) => {
                let value = |key: &str| match key {
                    "first" | "longest" | "lasts" => "11m",
                    "lookInterval" | "scaleInAfter" | "maximumAge" | "drainFor" => "11m",
                    "burst" | "perSecond" | "failures" | "attempts" | "tasksPerInstance" => "7",
                    "delays" => "[7m, 8m]",
                    _ => "7%",
                };
                let keys = table.fields.iter();
                let pairs: Vec<String> = keys
                    .map(|f| format!("{}: {}", f.key, value(f.key)))
                    .collect();
                format!("{{ {} }}", pairs.join(", "))
            }
            other => panic!("{other:?}"),
        };
        let found = fields(&read(&format!("{}: {value}", field.key)));
        let changed: Vec<usize> = (0..usual.len())
            .filter(|at| usual[*at] != found[*at])
            .collect();
        assert_eq!(changed, [index], "{}", field.key);
        assert_eq!(found[index], format!("{}: {value}", field.key));
    }
}

#[test]
fn parts_of_a_map_leave_the_others() {
    let found = read(
        "launchFailures: { spot: 20% }, launchRetry: { longest: 1h }, siblingLaunchErrors: { share: 1% }",
    );
    let (share, lasts) = found.sibling_launch_errors;
    assert_eq!(
        (share, lasts),
        (0.01, Assumptions::default().sibling_launch_errors.1)
    );
    assert_eq!(found.launch_failures.spot, 0.2);
    assert_eq!(found.launch_failures.spot_scarce, 0.15);
    assert_eq!(found.launch_retry.0, Assumptions::default().launch_retry.0);
}

#[test]
fn invalid_assumptions_are_refused() {
    check(
        &assumed("agentPickups: 2s"),
        r#"
error: `agentPickups` is not a key of `assumptions`
  shop.yaml:19:16  assumptions.agentPickups
  19 | assumptions: { agentPickups: 2s }
     |                ^^^^^^^^^^^^
hint: did you mean `agentPickup`?"#,
    );
    check(
        &assumed("agentPickup: 2"),
        r#"
error: `2` has no unit of time
  shop.yaml:19:29  assumptions.agentPickup
  19 | assumptions: { agentPickup: 2 }
     |                             ^
hint: expected a duration such as `90s`, `1500ms`, `1h30m` or `7d`"#,
    );
    check(
        &assumed("streamBandwidth: 25 MB"),
        r#"
error: `25 MB` is not a rate of bytes above 0
  shop.yaml:19:33  assumptions.streamBandwidth
  19 | assumptions: { streamBandwidth: 25 MB }
     |                                 ^^^^^
hint: expected a size per second such as `25 MB/s`"#,
    );
    check(
        &assumed("streamBandwidth: 0 MB/s"),
        r#"
error: `0 MB/s` is not a rate of bytes above 0
  shop.yaml:19:33  assumptions.streamBandwidth
  19 | assumptions: { streamBandwidth: 0 MB/s }
     |                                 ^^^^^^
hint: expected a size per second such as `25 MB/s`"#,
    );
    check(
        &assumed("unpackRate: 25 potatoes/s"),
        r#"
error: `potatoes` is not a unit of memory
  shop.yaml:19:28  assumptions.unpackRate
  19 | assumptions: { unpackRate: 25 potatoes/s }
     |                            ^^^^^^^^^^^^^
hint: expected a size per second such as `25 MB/s`"#,
    );
    check(
        &assumed("fargatePullRates: [1 MB/s]"),
        r#"
error: this should be three rates, not 1
  shop.yaml:19:34  assumptions.fargatePullRates
  19 | assumptions: { fargatePullRates: [1 MB/s] }
     |                                  ^
hint: expected those up to 1 vCPU, up to 2, and above"#,
    );
    check(
        &assumed("pullStreams: 0"),
        r#"
error: `0` is not valid here
  shop.yaml:19:29  assumptions.pullStreams
  19 | assumptions: { pullStreams: 0 }
     |                             ^
hint: expected a whole number from 1 to 1000"#,
    );
    check(
        &assumed("gpuBootFactor: 0"),
        r#"
error: `0` must be above 0
  shop.yaml:19:31  assumptions.gpuBootFactor
  19 | assumptions: { gpuBootFactor: 0 }
     |                               ^"#,
    );
    check(
        &assumed("serviceSchedulerPeriod: 0s"),
        r#"
error: this must be above 0
  shop.yaml:19:40  assumptions.serviceSchedulerPeriod
  19 | assumptions: { serviceSchedulerPeriod: 0s }
     |                                        ^^"#,
    );
    check(
        &assumed("launchRetry: { first: 1h }"),
        r#"
error: `first` (1h) is above `longest` (15m)
  shop.yaml:19:29  assumptions.launchRetry
  19 | assumptions: { launchRetry: { first: 1h } }
     |                             ^"#,
    );
    check(
        &assumed("startThrottle: { longest: 1s }"),
        r#"
error: `first` (15s) is above `longest` (1s)
  shop.yaml:19:31  assumptions.startThrottle
  19 | assumptions: { startThrottle: { longest: 1s } }
     |                               ^"#,
    );
    check(
        &assumed("startThrottle: { failures: 0 }"),
        r#"
error: `0` is not valid here
  shop.yaml:19:43  assumptions.startThrottle.failures
  19 | assumptions: { startThrottle: { failures: 0 } }
     |                                           ^
hint: expected a whole number from 1 to 1000000"#,
    );
    check(
        &assumed("placementRetry: { delays: [] }"),
        r#"
error: this list is empty
  shop.yaml:19:42  assumptions.placementRetry.delays
  19 | assumptions: { placementRetry: { delays: [] } }
     |                                          ^
hint: give at least one delay"#,
    );
    check(
        &assumed("placementRetry: { delays: [5m, 0s] }"),
        r#"
error: this must be above 0
  shop.yaml:19:47  assumptions.placementRetry.delays.1
  19 | assumptions: { placementRetry: { delays: [5m, 0s] } }
     |                                               ^^"#,
    );
    check(
        &assumed("fargateRetry: 0s"),
        r#"
error: this must be above 0
  shop.yaml:19:30  assumptions.fargateRetry
  19 | assumptions: { fargateRetry: 0s }
     |                              ^^"#,
    );
    check(
        &assumed("scaleInStep: 0%"),
        r#"
error: this must be above 0
  shop.yaml:19:29  assumptions.scaleInStep
  19 | assumptions: { scaleInStep: 0% }
     |                             ^^"#,
    );
    check(
        &assumed("serviceLaunchBurst: 2d"),
        r#"
error: `2d` is too long
  shop.yaml:19:36  assumptions.serviceLaunchBurst
  19 | assumptions: { serviceLaunchBurst: 2d }
     |                                    ^^
hint: expected at most 1d"#,
    );
    check(
        &assumed("fargateLaunchBucket: { perSecond: 0.0 }"),
        r#"
error: `0` is not valid here
  shop.yaml:19:50  assumptions.fargateLaunchBucket.perSecond
  19 | assumptions: { fargateLaunchBucket: { perSecond: 0.0 } }
     |                                                  ^^^
hint: expected a number above 0, up to 1000000"#,
    );
    check(
        &assumed("imageSize: 0 MiB"),
        r#"
error: `0 MiB` cannot be the size of an image or a layer
  shop.yaml:19:27  assumptions.imageSize
  19 | assumptions: { imageSize: 0 MiB }
     |                           ^^^^^
hint: expected above 0, and at most 1 TiB compressed"#,
    );
    check(
        &assumed("imageLayers: 200"),
        r#"
error: `200` is not valid here
  shop.yaml:19:29  assumptions.imageLayers
  19 | assumptions: { imageLayers: 200 }
     |                             ^^^
hint: expected a whole number from 1 to 127"#,
    );
    check(
        &assumed("compressionRatio: 0.5"),
        r#"
error: `0.5` is not valid here
  shop.yaml:19:34  assumptions.compressionRatio
  19 | assumptions: { compressionRatio: 0.5 }
     |                                  ^^^
hint: expected a number from 1 to 100"#,
    );
    check(
        &assumed("registeredMemoryShare: 101%"),
        r#"
error: `101%` is above 1
  shop.yaml:19:39  assumptions.registeredMemoryShare
  19 | assumptions: { registeredMemoryShare: 101% }
     |                                       ^^^^
hint: expected a ratio between 0 and 1 such as `5%` or `0.05`"#,
    );
    check(
        &assumed("spotBandChances: [5%, 10%]"),
        r#"
error: this should be five shares, not 2
  shop.yaml:19:33  assumptions.spotBandChances
  19 | assumptions: { spotBandChances: [5%, 10%] }
     |                                 ^
hint: expected those of the bands <5%, 5-10%, 10-15%, 15-20% and >20%"#,
    );
    check(
        &assumed("spotEventShare: { exponential: { mean: 50% } }"),
        r#"
error: this law can give a share above 100%
  shop.yaml:19:32  assumptions.spotEventShare
  19 | assumptions: { spotEventShare: { exponential: { mean: 50% } } }
     |                                ^
hint: expected a law with an upper bound of at most 100%, such as `{ uniform: { low: 10%, high: 100% } }`"#,
    );
    check(
        &assumed("spotEventShare: 0%"),
        r#"
error: the share must be above 0
  shop.yaml:19:32  assumptions.spotEventShare
  19 | assumptions: { spotEventShare: 0% }
     |                                ^^"#,
    );
    check(
        &assumed("provisioningTimeout: 0s"),
        r#"
error: this must be above 0
  shop.yaml:19:37  assumptions.provisioningTimeout
  19 | assumptions: { provisioningTimeout: 0s }
     |                                     ^^"#,
    );
    check(
        &assumed("systemDisk: much"),
        r#"
error: `much` is not a unit of memory
  shop.yaml:19:28  assumptions.systemDisk
  19 | assumptions: { systemDisk: much }
     |                            ^^^^
hint: expected a size such as `512 MiB`, `2 GB` or `1.5 GiB`"#,
    );
    check(
        &assumed("launchFailures: { onDemand: 100% }"),
        r#"
error: this share must be below 100%
  shop.yaml:19:44  assumptions.launchFailures.onDemand
  19 | assumptions: { launchFailures: { onDemand: 100% } }
     |                                            ^^^^
hint: expected a share below 1, such as `5%`"#,
    );
    check(
        &assumed("launchFailures: { ondemand: 1% }"),
        r#"
error: `ondemand` is not a key of `launchFailures`
  shop.yaml:19:34  assumptions.launchFailures.ondemand
  19 | assumptions: { launchFailures: { ondemand: 1% } }
     |                                  ^^^^^^^^
hint: did you mean `onDemand`?"#,
    );
    check(
        &assumed("siblingLaunchErrors: { share: 100% }"),
        r#"
error: this share must be below 100%
  shop.yaml:19:46  assumptions.siblingLaunchErrors.share
  19 | assumptions: { siblingLaunchErrors: { share: 100% } }
     |                                              ^^^^
hint: expected a share below 1, such as `5%`"#,
    );
    check(
        &assumed("siblingLaunchErrors: { last: 1h }"),
        r#"
error: `last` is not a key of `siblingLaunchErrors`
  shop.yaml:19:39  assumptions.siblingLaunchErrors.last
  19 | assumptions: { siblingLaunchErrors: { last: 1h } }
     |                                       ^^^^
hint: did you mean `lasts`?"#,
    );
    check(
        &assumed("fargateSpotInterruption: 120%"),
        r#"
error: `120%` is above 1
  shop.yaml:19:41  assumptions.fargateSpotInterruption
  19 | assumptions: { fargateSpotInterruption: 120% }
     |                                         ^^^^
hint: expected a ratio between 0 and 1 such as `5%` or `0.05`"#,
    );
    check(
        &assumed("instanceBoot: { shifted: { by: 25s } }"),
        r#"
error: `law` is missing
  shop.yaml:19:41  assumptions.instanceBoot.shifted
  19 | assumptions: { instanceBoot: { shifted: { by: 25s } } }
     |                                         ^
hint: add `law:`, the law"#,
    );
}

/// Assumptions that readers use while the plan is made.
#[test]
fn memory_and_images_follow_their_assumptions() {
    let own =
        "delays: none\ninstanceTypes: [{ name: own.1, vcpu: 2, memory: 5001 MiB, price: $1 }]";
    let memory = |keys: &str| {
        let ours = assumed(keys).replace("m6i.large", "own.1");
        [assumed(keys), ours.replace("delays: none", own)].map(|text| {
            let types = &valid(&text, &[]).study.variants[0].cluster.instance_types;
            types[0].memory.ceil_mib()
        })
    };
    // Two vCPUs with 8 GiB, and 5,001 MiB.
    assert_eq!(memory(""), [7_782, 4_750]);
    assert_eq!(memory("registeredMemoryShare: 90%"), [7_372, 4_500]);
    // The hint uses the changed share too.
    check(
        &assumed("registeredMemoryShare: 10%"),
        r#"
error: a task may need 1 vCPU, 2 GiB, more than any instance here has; `m6i.large` has 2 vCPU, 819 MiB
  shop.yaml:14:5  tasks.reports
  14 |   - name: reports
     |     ^
hint: `m6i.4xlarge` is large enough"#,
    );
    check(
        &assumed("registeredMemoryShare: 1%"),
        r#"
error: a task may need 1 vCPU, 2 GiB, more than any instance here has; `m6i.large` has 2 vCPU, 81 MiB
  shop.yaml:14:5  tasks.reports
  14 |   - name: reports
     |     ^
hint: choose larger instances, or request less"#,
    );
    let image = |keys: &str| {
        let loaded = valid(&assumed(keys), &[]);
        let image = loaded.study.variants[0].images[0].clone();
        let unpacked: u64 = image.layers.iter().map(|l| l.unpacked.as_bytes()).sum();
        (image.compressed(), image.layers.len(), unpacked)
    };
    assert_eq!(image(""), (180_000_000, 9, 468_000_000));
    assert_eq!(
        image("imageSize: 1000000 B, imageLayers: 2, compressionRatio: 3.5"),
        (1_000_000, 2, 3_500_000)
    );
    let told =
        assumed("imageSize: 7 MiB, imageLayers: 2").replace("delays: none", "delays: realistic");
    assert_eq!(
        valid(&told, &[]).notes[0].headline(),
        "delays: the size of image `shop/report:1` is not given: assuming 7 MiB in 2 layers"
    );
}

#[test]
fn replacement_of_a_fleet_is_switched_off_by_a_long_duration() {
    check(
        &with(
            "delays: none",
            "delays: none\nfaults: realistic\nassumptions: { fixedFleetReplacement: never }",
        ),
        r#"
error: `never` is not a duration
  shop.yaml:20:39  assumptions.fixedFleetReplacement
  20 | assumptions: { fixedFleetReplacement: never }
     |                                       ^^^^^
hint: to switch it off, give a duration longer than the run, such as `36500d`"#,
    );
}
