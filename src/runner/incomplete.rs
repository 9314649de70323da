//! What a variant left undone, and what its tasks lacked. The cost of a variant that did less than
//! another one cannot be compared with it.

use super::done::{Done, Ran};
use super::results::{Figures, VariantResults};
use super::verdict::Lacking;
use crate::cluster::WorkId;
use crate::metrics::{Observed, Waiting};
use crate::plan::{Arrivals, Plan};

/// A variant that ran less than this share of its tasks is incomplete.
const COMPLETE_FROM: f64 = 0.95;
/// Shares of tasks that ran may differ by this in variants that are compared.
const NEARLY_EQUAL: f64 = 0.01;

/// The tasks of the traces of a plan, and those of them that are played.
pub(super) fn traced(plan: &Plan) -> Ran {
    let mut traced = Ran::default();
    for entry in &plan.tasks {
        if let Arrivals::Trace(trace) = &entry.arrivals {
            let rows = trace.rows.iter().map(|row| u64::from(row.count));
            let played = rows.sum::<u64>() as f64;
            traced.ran += played;
            traced.wanted += played + trace.skipped_tasks as f64;
        }
    }
    traced
}

impl VariantResults {
    /// What the variant did of its work.
    pub fn done(&self) -> Done {
        let mean = |path: &str| mean(&self.figures, path).unwrap_or(0.0);
        let desired = mean("service.all.desired.mean");
        Done {
            services: Ran {
                ran: desired - mean("service.all.shortfall.mean"),
                wanted: desired,
            },
            standalone: Ran {
                ran: mean("tasks.all.placed.count") - mean("tasks.all.failed.count"),
                wanted: mean("tasks.all.arrived.count"),
            },
            traced: self.traced,
            never_complete: mean("service.all.neverComplete.count"),
        }
    }

    /// True when some service never had as many healthy tasks as desired, or less than 95 % of the
    /// tasks ran or are played of a trace: the cost is that of a part of the work.
    pub fn is_incomplete(&self) -> bool {
        let done = self.done();
        done.never_complete > 0.0
            || done.services.share() < COMPLETE_FROM
            || done.standalone.share() < COMPLETE_FROM
            || done.traced.share() < COMPLETE_FROM
    }

    /// True when both variants did their work, or the same part of it, so that their costs can be
    /// compared.
    pub fn is_comparable_with(&self, other: &Self) -> bool {
        if !self.is_incomplete() && !other.is_incomplete() {
            return true;
        }
        let (ours, theirs) = (self.done(), other.done());
        let near = |a: Ran, b: Ran| (a.share() - b.share()).abs() <= NEARLY_EQUAL;
        ours.never_complete == theirs.never_complete
            && near(ours.services, theirs.services)
            && near(ours.standalone, theirs.standalone)
            && near(ours.traced, theirs.traced)
    }
}

fn mean(figures: &Figures, path: &str) -> Option<f64> {
    let summary = figures.iter().find(|f| f.figure.path == path)?;
    summary.estimate.mean.filter(|mean| mean.is_finite())
}

/// What the tasks of a variant lacked, over the runs that were added.
pub(super) struct LackingFold {
    works: Vec<(WorkId, Waiting)>,
}

impl LackingFold {
    pub(super) fn new(plan: &Plan) -> Self {
        let works = plan.works().map(|work| (work, Waiting::default()));
        Self {
            works: works.collect(),
        }
    }

    /// Adds a run.
    pub(super) fn add(&mut self, observed: &Observed) {
        for (work, sum) in &mut self.works {
            sum.add(match work {
                WorkId::Entry(entry) => &observed.work.entries[entry.index()].waiting_for,
                WorkId::Service(id) => &observed.services.service(id.index()).waiting_for,
            });
        }
    }

    /// The entries and services with tasks that lacked capacity, in the order of the plan.
    pub(super) fn finish(self, plan: &Plan) -> Vec<Lacking> {
        let works = self.works.into_iter();
        let lacking = works.filter_map(|(work, waiting)| {
            let reason = waiting.main_reason()?;
            let (instances, by_instance) = waiting.lacks();
            Some(Lacking {
                name: plan.work_name(work).into(),
                reason,
                instances,
                by_instance,
            })
        });
        lacking.collect()
    }
}
