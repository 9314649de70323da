//! The ordinary case, and single wrong keys.

use super::{SOUND, check, sound, with};
use crate::plan::{Count, Delays, Until};
use crate::units::{Cpu, Memory, Span};

#[test]
fn a_sound_scenario_becomes_a_plan() {
    let loaded = sound(SOUND, &[]);
    let study = loaded.study;
    assert_eq!((study.name.as_str(), study.seeds), ("shop", 8));
    let plan = &study.variants[0];
    assert_eq!(plan.variant, "base");
    assert_eq!(plan.region, "us-east-1");
    assert_eq!(plan.start_unix_seconds, 1_767_225_600);
    assert_eq!(plan.until, Until::Elapsed(Span::hours(7 * 24)));
    assert_eq!(plan.delays, Delays::None);
    assert_eq!(
        plan.cluster.zones,
        ["us-east-1a", "us-east-1b", "us-east-1c"]
    );
    let kind = &plan.cluster.instance_types[0];
    assert_eq!((kind.cpu, kind.memory), (Cpu::vcpus(2), Memory::mib(7782)));
    let crate::plan::Capacity::Fleet(members) = &plan.cluster.providers[0].capacity else {
        panic!("not a fleet");
    };
    assert_eq!(members[0].count, Count::Fixed(2));
    assert_eq!(members[0].root_volume, Some(Memory::gib(30)));
    assert_eq!(plan.tasks[0].group, "family:report");
    assert!(loaded.warnings.is_empty());
    assert_eq!(
        study.ignored,
        ["taskDefinitions.report.containerDefinitions.report.image"]
    );
}

#[test]
fn a_mistyped_key_names_the_nearest() {
    check(
        &with("    duration: 90s", "    duraton: 90s"),
        "\
error: `duraton` is not a key of `taskEntry`
  shop.yaml:17:5  tasks.reports.duraton
  17 |     duraton: 90s
     |     ^^^^^^^
hint: did you mean `duration`?",
    );
}

#[test]
fn every_scenario_that_ships_is_sound() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let mut count = 0;
    for folder in [folder.clone(), folder.join("bench")] {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_none_or(|end| end != "yaml") {
                continue;
            }
            let request = crate::scenario::Request {
                path: &path,
                set: &[],
                variants: &[],
                seeds: None,
            };
            match crate::scenario::load(&request, &super::Small) {
                Ok(loaded) => assert_eq!(loaded.warnings, [], "{}", path.display()),
                Err(problems) => panic!("{problems}"),
            }
            let text = std::fs::read_to_string(&path).unwrap();
            assert!(
                text.starts_with("# "),
                "{} says what it shows",
                path.display()
            );
            count += 1;
        }
    }
    assert!(count >= 6);
}
