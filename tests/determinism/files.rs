//! What a study gives, as bytes.

use ecsim::engine::Reader;
use ecsim::plan::Study;
use ecsim::report::{UsageNames, UsageWriter, cost, runs, summary, utilization};
use ecsim::runner::{self, Finished, Options, PlayedPlan, Results, Sink, built_in_scheduler};
use ecsim::simulation::{self, Fact, TaskFact};
use ecsim::units::SimTime;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::atomic::AtomicBool;

/// Collects `usage.csv`.
pub struct Usage(pub UsageWriter<Vec<u8>>);

impl Sink for Usage {
    fn finished(&mut self, run: &Finished<'_>) -> std::io::Result<()> {
        let names = UsageNames::of(run.plan);
        self.0.run(&run.plan.variant, run.seed, run.usage, &names)
    }
}

/// The files of a study by their names.
pub type Files = BTreeMap<&'static str, Vec<u8>>;

pub fn play(study: &Study, seeds: &[u64], threads: usize, sink: &mut dyn Sink) -> Results {
    play_plans(study, seeds, threads, sink).0
}

/// The results, and the plans with the counts that were found.
pub fn play_plans<'s>(
    study: &'s Study,
    seeds: &[u64],
    threads: usize,
    sink: &mut dyn Sink,
) -> (Results, Vec<PlayedPlan<'s>>) {
    let options = Options {
        seeds: seeds.to_vec(),
        threads: NonZeroUsize::new(threads),
        ..Options::default()
    };
    let stop = AtomicBool::new(false);
    let played = runner::run(study, &options, &built_in_scheduler, sink, &(), &stop);
    played.expect("it plays")
}

pub fn files(study: &Study, seeds: &[u64], threads: usize) -> Files {
    let mut usage = Usage(UsageWriter::begin(Vec::new()).expect("memory takes all"));
    let results = play(study, seeds, threads, &mut usage);
    let written = |write: &dyn Fn(&mut Vec<u8>) -> std::io::Result<()>| {
        let mut bytes = Vec::new();
        write(&mut bytes).expect("memory takes all");
        bytes
    };
    BTreeMap::from([
        ("summary.json", written(&|out| summary(&results, out))),
        ("runs.csv", written(&|out| runs(&results, out))),
        ("cost.csv", written(&|out| cost(&results, out))),
        (
            "utilization.csv",
            written(&|out| utilization(&results, out)),
        ),
        ("usage.csv", usage.0.finish().expect("memory takes all")),
    ])
}

/// The files of seeds 1 to 5.
pub fn five_seeds(study: &Study, threads: usize) -> Files {
    files(study, &[1, 2, 3, 4, 5], threads)
}

pub fn assert_same(name: &str, one: &Files, other: &Files) {
    for (file, bytes) in one {
        let same = *bytes == other[file];
        assert!(same, "{name}: {file} differs");
    }
}

pub fn sha256(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Hashes every fact of a run, in order.
#[derive(Default)]
pub struct FactHash(pub Sha256);

impl Reader<Fact> for FactHash {
    fn read(&mut self, now: SimTime, fact: &Fact) {
        let (kind, fact): (u64, &TaskFact) = match fact {
            Fact::TaskArrived(fact) => (1, fact),
            Fact::TaskPlaced(fact) => (2, fact),
            Fact::TaskStarted(fact) => (3, fact),
            Fact::TaskFinished(fact) => (4, fact),
            Fact::TaskRejected(fact, _) => (5, fact),
            _ => return,
        };
        let task = &fact.task;
        let numbers = [
            kind,
            now.as_micros(),
            task.revision.index() as u64,
            task.ordinal,
            task.instance.map_or(u64::MAX, |id| id.index() as u64),
            task.zone.index() as u64,
            task.shape.cpu.as_base(),
            task.shape.memory.as_bytes(),
        ];
        for number in numbers {
            self.0.update(number.to_le_bytes());
        }
    }
}

/// The hash of every fact of seed 1, over all variants.
pub fn facts(study: &Study) -> String {
    let (_, plans) = play_plans(study, &[1], 1, &mut ());
    let mut reader = FactHash::default();
    for plan in &plans {
        simulation::run(
            plan,
            1,
            built_in_scheduler(plan),
            simulation::Limits::default(),
            &mut reader,
        )
        .expect("built-in policies do not fail");
    }
    let digest = reader.0.finalize();
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}
