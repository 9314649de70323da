//! Recorded work of real clusters, played whole: every task is accounted for, fitting fleets
//! are found, and costs and use are figures. The data is not part of this repository: the
//! environment variable `ECSIM_DATA` names its folder.

use ecsim::runner::{FitFound, OneLess, Options, VariantResults, built_in_scheduler, run};
use ecsim::scenario::{Embedded, Request, load};
use std::path::Path;
use std::sync::atomic::AtomicBool;

const PODS: &str = "alibaba-openb-2023/openb_pod_list_default.csv";
const BATCH: &str = "alibaba-2017-jobs/jobs.csv.gz";

/// Plays a scenario of `tests/real/` with the trace of one of its entries.
fn play(scenario: &str, entry: &str, trace: &str) -> Vec<VariantResults> {
    let data = std::env::var_os("ECSIM_DATA").expect("ECSIM_DATA must name the folder of traces");
    let trace = Path::new(&data).join(trace);
    assert!(trace.is_file(), "{} is there", trace.display());
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/real");
    let set = [format!("tasks.{entry}.trace.files=['{}']", trace.display())];
    let request = Request {
        path: &folder.join(scenario),
        set: &set,
        variants: &[],
        seeds: None,
    };
    let study = match load(&request, &Embedded) {
        Ok(loaded) => loaded.study,
        Err(problems) => panic!("{problems}"),
    };
    assert_eq!((study.seeds, &study.warnings), (1, &Vec::new()));
    let options = Options {
        seeds: vec![1],
        threads: None,
        ..Options::default()
    };
    let stop = AtomicBool::new(false);
    let played = run(&study, &options, &built_in_scheduler, &mut (), &(), &stop);
    let variants = played.expect("it plays").0.variants;
    for variant in &variants {
        assert!(variant.without_chance, "{}", variant.name);
        report(variant);
    }
    variants
}

/// The value of a figure; a trace has one run.
fn figure(variant: &VariantResults, path: &str) -> f64 {
    let found = variant.figures.iter().find(|f| f.figure.path == path);
    let found = found.unwrap_or_else(|| panic!("there is no figure {path}"));
    let mean = found.estimate.mean;
    mean.unwrap_or_else(|| panic!("{}: {path} has no value", variant.name))
}

fn fit(variant: &VariantResults) -> &FitFound {
    let fit = variant.fit.as_ref().expect("the fleet is to fit");
    let waited = matches!(fit.one_less, Some(OneLess::Waited { seed: 1, .. }));
    assert!(waited, "{fit:?}: with one less somebody waits");
    fit
}

/// All tasks came, or were left out and counted; all that came have finished.
#[track_caller]
fn accounts_for(variant: &VariantResults, tasks: f64) {
    let count = |figure_name: &str| figure(variant, &format!("tasks.all.{figure_name}.count"));
    assert_eq!(count("arrived") + count("unplaceable"), tasks);
    assert_eq!(count("finished"), count("arrived"));
    assert_eq!((count("rejected"), count("unfinished")), (0.0, 0.0));
    assert!(figure(variant, "cost.total.perMonth") > 0.0);
    assert!(figure(variant, "cost.total") >= figure(variant, "cost.idle"));
}

#[allow(clippy::print_stdout, reason = "shown by `cargo test -- --nocapture`")]
fn report(variant: &VariantResults) {
    let fit = variant.fit.as_ref().map(|fit| fit.count);
    println!("{}: fits with {fit:?}", variant.name);
    for path in [
        "tasks.all.arrived.count",
        "tasks.all.unplaceable.count",
        "tasks.all.wait.mean",
        "tasks.all.wait.max",
        "cost.total",
        "cost.total.perMonth",
        "cost.idle",
        "capacity.all.cpu.reserved",
        "capacity.all.memory.reserved",
        "capacity.all.gpu.reserved",
        "capacity.all.gpu.stranded",
        "capacity.all.surplus.cpu",
        "capacity.all.surplus.memory",
        "run.reportedHours",
    ] {
        let found = variant.figures.iter().find(|f| f.figure.path == path);
        let value = found.and_then(|f| f.estimate.mean);
        println!("  {path} {value:?}");
    }
}

#[test]
#[ignore = "slow, needs ECSIM_DATA: run by .ci/run"]
fn openb_pods_without_gpus_run_on_ec2_and_on_fargate() {
    let [ec2, fargate] = &play("openb.yaml", "cpu", PODS)[..] else {
        panic!("there are two variants");
    };
    for variant in [ec2, fargate] {
        accounts_for(variant, 1_088.0);
        assert_eq!(figure(variant, "tasks.all.wait.max"), 0.0);
    }
    let found = fit(ec2);
    assert_eq!(
        (found.count, &found.members[..]),
        (9, &["m6i.8xlarge".to_string()][..])
    );
    let reserved = figure(ec2, "capacity.all.cpu.reserved");
    assert!(0.05 < reserved && reserved < 0.2, "{reserved}");
    // Whatever Fargate bills beyond what was asked for is its rounding up.
    for resource in ["cpu", "memory"] {
        let hours =
            |variant, name: &str| figure(variant, &format!("capacity.all.{resource}.{name}"));
        let surplus = figure(fargate, &format!("capacity.all.surplus.{resource}"));
        let asked = hours(ec2, "reservedHours");
        let billed = hours(fargate, "reservedHours");
        assert!(surplus > 0.0, "{resource}");
        assert!(
            (asked + surplus - billed).abs() < 1e-6 * billed,
            "{asked} + {surplus} = {billed}"
        );
        assert_eq!(
            figure(ec2, &format!("capacity.all.surplus.{resource}")),
            0.0
        );
    }
}

#[test]
#[ignore = "slow, needs ECSIM_DATA: run by .ci/run"]
fn openb_pods_with_gpus_fit_on_gpu_fleets_and_strand_part_of_them() {
    let variants = play("openb-gpu.yaml", "gpu", PODS);
    let [large, mixed] = &variants[..] else {
        panic!("there are two variants");
    };
    for variant in [large, mixed] {
        accounts_for(variant, 7_064.0);
        assert_eq!(figure(variant, "tasks.all.wait.max"), 0.0);
        assert_eq!(
            fit(variant).members.last().map(String::as_str),
            Some("g5.48xlarge")
        );
    }
    // What fractions leave of their devices does not depend on where these are.
    let stranded = |variant| figure(variant, "capacity.all.gpu.stranded");
    assert!(
        (stranded(large) - 0.136_845_325).abs() < 1e-9,
        "{}",
        stranded(large)
    );
    assert_eq!(stranded(large), stranded(mixed));
    assert!(figure(large, "capacity.all.gpu.reserved") > 0.2);
}

#[test]
#[ignore = "slow, needs ECSIM_DATA: run by .ci/run"]
fn all_pods_of_openb_are_in_one_scenario_or_the_other() {
    let pods = |scenario, entry| {
        let variant = &play(scenario, entry, PODS)[0];
        let count = |name: &str| figure(variant, &format!("tasks.all.{name}.count"));
        count("arrived") + count("unplaceable")
    };
    assert_eq!(
        pods("openb.yaml", "cpu") + pods("openb-gpu.yaml", "gpu"),
        8_152.0
    );
}

#[test]
#[ignore = "slow, needs ECSIM_DATA: run by .ci/run"]
fn two_and_a_half_million_batch_tasks_of_2017_finish() {
    let variants = play("alibaba-2017.yaml", "batch", BATCH);
    assert_eq!(variants.len(), 2);
    for variant in &variants {
        accounts_for(variant, 2_551_075.0);
        assert_eq!(figure(variant, "tasks.all.unplaceable.count"), 0.0);
        // 1,300 machines at $3.072 an hour, however they are used.
        let hours = figure(variant, "run.reportedHours");
        let cost = figure(variant, "cost.total");
        assert!((cost - 1_300.0 * 3.072 * hours).abs() < 1.0, "{cost}");
    }
    // The same work, wherever it is placed.
    let reserved = |at: usize| figure(&variants[at], "capacity.all.cpu.reservedHours");
    assert!((reserved(0) - reserved(1)).abs() < 1e-6 * reserved(0));
}
