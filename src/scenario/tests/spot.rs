//! The Spot market: interruptions and recorded pools.

use super::{check, check_in, folder, load_in, valid, with};
use crate::plan::{Interruptions, SpotMarket};
use crate::units::Span;
use std::io::Write as _;

fn market(keys: &str) -> String {
    with("delays: none", &format!("delays: none\nspot: {{ {keys} }}"))
}

#[test]
fn interruptions_come_by_band_or_at_one_rate() {
    let found = |text: &str| valid(text, &[]).study.variants[0].spot.interruptions;
    assert_eq!(found(super::VALID), Interruptions::Bands);
    assert_eq!(found(&market("interruptions: bands")), Interruptions::Bands);
    assert_eq!(
        found(&market("interruptions: { perMonth: 10% }")),
        Interruptions::PerMonth(0.1)
    );
    check(
        &market("interruptions: band"),
        r#"
error: `band` is not one of the allowed values
  shop.yaml:19:24  spot.interruptions
  19 | spot: { interruptions: band }
     |                        ^^^^
hint: expected `bands`, or `{ perMonth: 10% }`"#,
    );
    check(
        &market("interruptions: { perMonth: 100% }"),
        r#"
error: `perMonth` must be below 100%
  shop.yaml:19:36  spot.interruptions.perMonth
  19 | spot: { interruptions: { perMonth: 100% } }
     |                                    ^^^^
hint: expected a share below 1, such as `10%`"#,
    );
    check(
        &market("interruptions: { perMonth: often }"),
        r#"
error: `often` is not a number
  shop.yaml:19:36  spot.interruptions.perMonth
  19 | spot: { interruptions: { perMonth: often } }
     |                                    ^^^^^
hint: expected a ratio between 0 and 1 such as `5%` or `0.05`"#,
    );
    check(
        &market("interruptions: { perWeek: 1% }"),
        r#"
error: `perMonth` is missing
  shop.yaml:19:24  spot.interruptions
  19 | spot: { interruptions: { perWeek: 1% } }
     |                        ^
hint: add `perMonth:`, probability that an instance is interrupted within 730 hours

error: `perWeek` is not a key of `interruptions`
  shop.yaml:19:26  spot.interruptions.perWeek
  19 | spot: { interruptions: { perWeek: 1% } }
     |                          ^^^^^^^
hint: keys: `perMonth`"#,
    );
    check(
        &market("interruption: bands"),
        r#"
error: `interruption` is not a key of `spot`
  shop.yaml:19:9  spot.interruption
  19 | spot: { interruption: bands }
     |         ^^^^^^^^^^^^
hint: did you mean `interruptions`?"#,
    );
    check(
        &market("series: [{ file: x.json }]"),
        r#"
error: `availabilityZone` is missing
  shop.yaml:19:18  spot.series.0
  19 | spot: { series: [{ file: x.json }] }
     |                  ^
hint: add `availabilityZone:`, zone of the pool

error: cannot read `x.json`: there is no such file
  shop.yaml:19:26  spot.series.0.file
  19 | spot: { series: [{ file: x.json }] }
     |                          ^^^^^^"#,
    );
}

/// A scenario of an hour with this record of us-east-1b.
fn recorded(keys: &str) -> String {
    market(&format!(
        "series: [{{ file: pool.json, availabilityZone: us-east-1b{keys} }}]"
    ))
    .replace("until: 7d", "until: 1h")
    .replace(
        "fleet: [{ instanceType: m6i.large, count: 2 }]",
        "autoScalingGroup: { instanceTypes: [m6i.large], minSize: 1, maxSize: 2, spot: true }",
    )
}

fn with_record(text: &str, record: &[u8]) -> tempfile::TempDir {
    folder(&[("shop.yaml", text.as_bytes()), ("pool.json", record)])
}

fn read(text: &str, record: &[u8]) -> SpotMarket {
    let loaded = load_in(&with_record(text, record), &[]).unwrap();
    loaded.study.variants[0].spot.clone()
}

#[test]
fn a_recorded_pool_is_read() {
    let record = br#"{"metadata": {"gap_seconds": 900}, "data": [0, 1, 1, 0], "prices": [1.5]}"#;
    let market = read(&recorded(""), record);
    let [series] = market.series.as_slice() else {
        panic!("{market:?}")
    };
    assert_eq!((series.zone, series.instance_type), (1, None));
    assert_eq!(series.gap, Span::seconds(900));
    assert_eq!(*series.levels, [0, 1, 1, 0]);
    assert!(series.is_binary);
    let record = br#"{"metadata": {"gap_seconds": 1800.5}, "data": [4, 1]}"#;
    let market = read(&recorded(", instanceType: m6i.large"), record);
    assert_eq!(market.series[0].instance_type, Some(0));
    assert_eq!(market.series[0].gap, Span::millis(1_800_500));
    assert!(!market.series[0].is_binary);
}

#[test]
fn a_packed_record_is_read() {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packer
        .write_all(br#"{"metadata": {"gap_seconds": 3600}, "data": [7]}"#)
        .unwrap();
    let text = recorded("").replace("pool.json", "pool.json.gz");
    let folder = folder(&[
        ("shop.yaml", text.as_bytes()),
        ("pool.json.gz", &packer.finish().unwrap()),
    ]);
    let study = load_in(&folder, &[]).unwrap().study;
    assert_eq!(*study.variants[0].spot.series[0].levels, [7]);
}

#[test]
fn broken_records_are_refused_with_their_place() {
    let broken = |record: &[u8]| with_record(&recorded(""), record);
    check_in(
        &broken(b"{\"metadata\": {\"gap_seconds\": 60},\n \"data\": [0, 1"),
        r#"
error: this is not valid JSON: EOF while parsing a list
  DIR/pool.json:2:14  spot.series.0.file
  2 |  "data": [0, 1
    |              ^
hint: expected JSON such as `{"metadata": {"gap_seconds": 600}, "data": [0, 1, 1]}`"#,
    );
    check_in(
        &broken(br#"{"data": [0, 1]}"#),
        r#"
error: `metadata.gap_seconds` is missing
  DIR/pool.json  spot.series.0.file
hint: expected JSON such as `{"metadata": {"gap_seconds": 600}, "data": [0, 1, 1]}`"#,
    );
    check_in(
        &broken(br#"{"metadata": {"gap_seconds": 0}, "data": [0, 1]}"#),
        r#"
error: `0` is not a number of seconds between two records
  DIR/pool.json:1:30  spot.series.0.file
  1 | {"metadata": {"gap_seconds": 0}, "data": [0, 1]}
    |                              ^
hint: expected JSON such as `{"metadata": {"gap_seconds": 600}, "data": [0, 1, 1]}`"#,
    );
    check_in(
        &broken(br#"{"metadata": {"gap_seconds": 60}}"#),
        r#"
error: `data` is missing
  DIR/pool.json  spot.series.0.file
hint: expected JSON such as `{"metadata": {"gap_seconds": 600}, "data": [0, 1, 1]}`"#,
    );
    check_in(
        &broken(br#"{"metadata": {"gap_seconds": 60}, "data": 3}"#),
        r#"
error: invalid type: integer `3`, expected a sequence
  DIR/pool.json:1:43  spot.series.0.file
  1 | {"metadata": {"gap_seconds": 60}, "data": 3}
    |                                           ^
hint: expected JSON such as `{"metadata": {"gap_seconds": 600}, "data": [0, 1, 1]}`"#,
    );
    check_in(
        &broken(br#"{"metadata": {"gap_seconds": 60}, "data": [0, 1, -1]}"#),
        r#"
error: `-1` is not a count of instances
  DIR/pool.json:1:51  spot.series.0.file
  1 | {"metadata": {"gap_seconds": 60}, "data": [0, 1, -1]}
    |                                                   ^
hint: expected JSON such as `{"metadata": {"gap_seconds": 600}, "data": [0, 1, 1]}`"#,
    );
    check_in(
        &broken(br#"{"metadata": {"gap_seconds": 60}, "data": [0, 1.5]}"#),
        r#"
error: `1.5` is not a count of instances
  DIR/pool.json:1:49  spot.series.0.file
  1 | {"metadata": {"gap_seconds": 60}, "data": [0, 1.5]}
    |                                                 ^
hint: expected JSON such as `{"metadata": {"gap_seconds": 600}, "data": [0, 1, 1]}`"#,
    );
    check_in(
        &broken(b"{\"metadata\":\n {\"gap_seconds\": \xff 60}}"),
        "
error: `DIR/pool.json` is not UTF-8 text
  DIR/pool.json:2:18  spot.series.0.file
  2 |  {\"gap_seconds\": \u{fffd} 60}}
    |                  ^
hint: save the file as UTF-8",
    );
    let text = recorded("").replace("pool.json", "pools.json");
    check_in(
        &with_record(&text, b"{}"),
        r#"
error: cannot read `DIR/pools.json`: there is no such file
  DIR/shop.yaml:19:26  spot.series.0.file
  19 | spot: { series: [{ file: pools.json, availabilityZone: us-east-1b }] }
     |                          ^^^^^^^^^^"#,
    );
}

const LONG: &[u8] = br#"{"metadata": {"gap_seconds": 1800}, "data": [1, 1]}"#;

#[test]
fn a_record_must_cover_the_run() {
    let text = recorded("").replace("until: 1h", "until: 90m");
    check_in(
        &with_record(&text, LONG),
        r#"
error: `DIR/pool.json` ends after 1h, before the end of the run at 1h30m
  DIR/shop.yaml:19:26  spot.series.0.file
  19 | spot: { series: [{ file: pool.json, availabilityZone: us-east-1b }] }
     |                          ^^^^^^^^^
hint: shorten `until`, or take a longer record"#,
    );
    let drained = recorded("")
        .replace("until: 1h", "until: drained")
        .replace("5/h }", "5/h, limit: 3 }");
    check_in(
        &with_record(&drained, LONG),
        r#"
error: with `until: drained` the run can be longer than the record of a pool
  DIR/shop.yaml:19:17  spot.series
  19 | spot: { series: [{ file: pool.json, availabilityZone: us-east-1b }] }
     |                 ^
hint: give `until` a duration that the records cover"#,
    );
}

#[test]
fn pools_are_of_this_cluster_and_recorded_once() {
    check_in(
        &with_record(&recorded("").replace("us-east-1b", "us-east-1x"), LONG),
        r#"
error: `us-east-1x` is not a zone of this cluster
  DIR/shop.yaml:19:55  spot.series.0.availabilityZone
  19 | spot: { series: [{ file: pool.json, availabilityZone: us-east-1x }] }
     |                                                       ^^^^^^^^^^
hint: did you mean `us-east-1a`?"#,
    );
    check_in(
        &with_record(&recorded(", instanceType: m6i.lage"), LONG),
        r#"
error: there is no instance type `m6i.lage`
  DIR/shop.yaml:19:81  spot.series.0.instanceType
  19 | spot: { series: [{ file: pool.json, availabilityZone: us-east-1b, instanceType: m6i.lage }] }
     |                                                                                 ^^^^^^^^
hint: did you mean `m6i.large`?"#,
    );
    let twice = "}, { file: pool.json, availabilityZone: us-east-1b";
    check_in(
        &with_record(&recorded(twice), LONG),
        r#"
error: this pool is recorded twice
  DIR/shop.yaml:19:68  spot.series.1
  19 |  availabilityZone: us-east-1b}, { file: pool.json, availabilityZone: us-east-1b }] }
     |                                 ^
hint: keep one series for each zone and type"#,
    );
}

#[test]
fn a_record_of_a_pool_without_spot_has_no_effect() {
    let text = recorded("").replace(", spot: true", "");
    let study = load_in(&with_record(&text, LONG), &[]).unwrap().study;
    assert_eq!(
        study.warnings,
        [
            "spot.series.0: no capacity provider launches Spot instances in this pool: the record has no effect"
        ]
    );
    let study = load_in(&with_record(&recorded(""), LONG), &[])
        .unwrap()
        .study;
    assert_eq!(study.warnings, Vec::<String>::new());
    // A series of all types and one of a single type are allowed together.
    let twice = "}, { file: pool.json, availabilityZone: us-east-1b, instanceType: m6i.large";
    let study = load_in(&with_record(&recorded(twice), LONG), &[])
        .unwrap()
        .study;
    assert_eq!(
        (study.warnings.len(), study.variants[0].spot.series.len()),
        (0, 2)
    );
}

#[test]
fn a_record_of_a_type_that_is_not_here_has_no_effect() {
    let folder = with_record(&recorded(", instanceType: c6i.large"), LONG);
    let study = load_in(&folder, &[]).unwrap().study;
    assert!(study.variants[0].spot.series.is_empty());
    assert_eq!(
        study.warnings,
        [
            "spot.series.0.instanceType: no capacity provider has the instance type `c6i.large`: this has no effect"
        ]
    );
}
