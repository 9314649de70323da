//! Expectations on levels and events: what the runs have shown, and the verdict.

use super::expect_told::Told;
use super::results::VariantResults;
use super::verdict::Verdict;
use crate::figures::{self, LevelPath, Names, Unit};
use crate::metrics::Found;
use crate::plan::{Expectation, Plan, Subject, Tally};

/// What the runs of a variant have shown of one expectation.
#[derive(Clone, Debug, Default)]
pub(super) struct Shown {
    /// The unit of the values; `None` for an expectation that is not checked in runs.
    unit: Option<Unit>,
    runs: usize,
    held: usize,
    /// Number of runs with a value, their sum, and the least and the largest.
    n: usize,
    sum: f64,
    range: Option<(f64, f64)>,
    /// The first run in which a bound did not hold: its seed, and what it has shown.
    broken: Option<(u64, Found)>,
}

impl Shown {
    /// Nothing yet, of each expectation on a plan.
    pub(super) fn new(plan: &Plan, expectations: &[Expectation]) -> Vec<Self> {
        let mut levels: Option<Vec<LevelPath>> = None;
        let mut unit = |expectation: &Expectation| match &expectation.subject {
            Subject::Figure(_) => None,
            Subject::Level(of) => {
                let levels = levels.get_or_insert_with(|| figures::levels(&Names::of(plan)));
                let known = levels.iter().find(|level| level.path == of.path);
                known.map(|level| level.measure.definition().unit)
            }
            Subject::Event(of) => Some(match of.tally {
                Tally::TimeOf(_) => Unit::Seconds,
                Tally::Number => Unit::Count,
            }),
        };
        let shown = |expectation| Self {
            unit: unit(expectation),
            ..Self::default()
        };
        expectations.iter().map(shown).collect()
    }

    /// Adds a run.
    pub(super) fn add(&mut self, seed: u64, found: &Found) {
        self.runs += 1;
        self.held += usize::from(found.holds);
        if let Some(value) = found.value {
            self.n += 1;
            self.sum += value;
        }
        if let Some((low, high)) = found.range {
            let (least, most) = self.range.unwrap_or((low, high));
            self.range = Some((least.min(low), most.max(high)));
        }
        if !found.holds && self.broken.is_none() {
            self.broken = Some((seed, *found));
        }
    }

    /// True where a run was checked for it.
    pub(super) const fn is_checked(&self) -> bool {
        self.runs > 0
    }
}

/// Adds what a run has shown of each expectation; `found` is empty where none asks for it.
pub(super) fn add(shown: &mut [Shown], seed: u64, found: &[Option<Found>]) {
    for (shown, found) in shown.iter_mut().zip(found) {
        if let Some(found) = found {
            shown.add(seed, found);
        }
    }
}

/// The verdict on an expectation of a variant. With several variants the sentence names it.
pub(super) fn verdict(
    expectation: &Expectation,
    variant: &VariantResults,
    is_only: bool,
    shown: &Shown,
) -> Verdict {
    let unit = shown.unit.unwrap_or(Unit::Count);
    let share = shown.held as f64 / shown.runs as f64;
    let passed = share >= expectation.in_seeds;
    let told = Told {
        expectation,
        unit,
        place: match is_only {
            true => String::new(),
            false => format!(" of variant {}", variant.name),
        },
    };
    let instead = shown.broken.as_ref().filter(|_| !passed);
    let asked = match expectation.in_seeds < 1.0 {
        true => format!(" in {}% of the runs", expectation.in_seeds * 100.0),
        false => String::new(),
    };
    Verdict {
        text: format!("{}{asked}", told.expected(&variant.name)),
        variant: variant.name.clone(),
        passed,
        found: match instead {
            Some((seed, found)) => told.instead(*seed, found),
            None => told.range(shown.range, (shown.n, shown.runs)),
        },
        value: (shown.n > 0).then(|| shown.sum / shown.n as f64),
        unit: shown.unit,
        bounds: expectation.bounds.iter().map(|bound| bound.value).collect(),
        n: shown.n,
        runs: shown.runs,
        held: Some(shown.held),
        seed: shown.broken.map(|(seed, _)| seed),
        sentence: instead.map(|(seed, found)| {
            let held = match expectation.in_seeds < 1.0 {
                true => format!("; it held in {} of {} runs", shown.held, shown.runs),
                false => String::new(),
            };
            format!("{}{asked}{held}", told.sentence(*seed, found))
        }),
    }
}
