//! The memory of a study with many variants.
#![cfg(target_os = "linux")]

use ecsim::runner::{self, Options, built_in_scheduler};
use ecsim::scenario::{Embedded, load_text};
use std::fmt::Write as _;
use std::num::NonZeroUsize;

/// The most memory that a variant with eight seeds may take, in KiB.
const MOST: usize = 40;

/// The quickstart for two hours, with this number of variants.
fn scenario(variants: usize) -> String {
    let text = include_str!("../scenarios/quickstart.yaml");
    let (base, _) = text.split_once("\nvariants:\n").expect("it has variants");
    let mut text = base.replace("until: 7d", "until: 2h");
    text.push_str("\nvariants:\n");
    for number in 0..variants {
        let (name, count, size) = (number, 4 + number % 13, 30 + number % 50);
        let _ = writeln!(
            text,
            "  - name: v{name}\n    \
                 services: [{{ serviceName: web, desiredCount: {count} }}]\n    \
                 cluster: {{ capacityProviders: [{{ name: on-demand, autoScalingGroup: {{ maxSize: {size} }} }}] }}"
        );
    }
    text
}

/// The most memory that this process has had, in KiB.
fn peak() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux has it");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let words = line.expect("it has the peak").split_whitespace().next();
    words.expect("it has a number").parse().expect("it is one")
}

/// Plays the scenario with this number of variants; the peak of the memory until then.
fn peak_with(variants: usize) -> usize {
    let loaded = load_text("many.yaml", &scenario(variants), &[], &Embedded);
    let study = loaded.expect("it is valid").study;
    let options = Options {
        seeds: (1..=8).collect(),
        threads: NonZeroUsize::new(1),
        ..Options::default()
    };
    let (scheduler, stop) = (&built_in_scheduler, false.into());
    let played = runner::run(&study, &options, scheduler, &mut (), &(), &stop);
    let (results, _) = played.expect("it plays");
    assert_eq!(results.variants.len(), variants);
    peak()
}

#[test]
fn a_variant_takes_little_memory() {
    let (few, many) = (30, 180);
    let before = peak_with(few);
    let per_variant = (peak_with(many) - before) / (many - few);
    assert!(per_variant <= MOST, "{per_variant} KiB per variant");
}
