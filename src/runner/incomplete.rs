//! What a variant left undone, and what its tasks lacked. The cost of a variant that did less than
//! another one cannot be compared with it, nor that of a variant that was asked for more.
//!
//! The work of a service with a `load` is its requests and that of a service with a `worker` its
//! messages: how many tasks it has is a means, which scaling may choose. The work of every other
//! service is its tasks.

use super::done::{Done, Ran, Serving};
use super::results::{Figures, VariantResults};
use super::verdict::Lacking;
use crate::cluster::WorkId;
use crate::figures::{Measure, Of, ServiceFigure};
use crate::metrics::{Observed, Waiting};
use crate::plan::{Arrivals, Plan};

/// A variant that did less than this share of its work is incomplete.
const COMPLETE_FROM: f64 = 0.95;
/// Shares of the work that was done, and the amounts of work, may differ by this in variants that
/// are compared.
const NEARLY_EQUAL: f64 = 0.01;

/// The services of a plan with a load or a worker.
pub(super) fn serving(plan: &Plan) -> Vec<Serving> {
    let mut found = Vec::new();
    for service in &plan.services {
        let mut add = |queue: Option<String>| {
            let service = service.name.clone();
            found.push(Serving { service, queue });
        };
        if service.load.is_some() {
            add(None);
        }
        if let Some(worker) = &service.worker {
            add(Some(plan.queues[worker.queue].name.clone()));
        }
    }
    found
}

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
        let (services, never_complete) = self.done_by_tasks();
        let requests = |figure: &str| mean(&format!("service.all.requests.{figure}.count"));
        Done {
            services,
            requests: Ran {
                ran: requests("served"),
                wanted: requests("offered") - requests("retried"),
            },
            messages: self.messages(),
            standalone: Ran {
                ran: mean("tasks.all.placed.count") - mean("tasks.all.failed.count"),
                wanted: mean("tasks.all.arrived.count"),
            },
            traced: self.traced,
            never_complete,
        }
    }

    /// True when a service without load and worker never had as many healthy tasks as desired, or
    /// less than 95 % of the tasks ran, of the rows of a trace are played, of the requests were
    /// served or of the messages were processed: the cost is that of a part of the work.
    pub fn is_incomplete(&self) -> bool {
        let done = self.done();
        let kinds = done.kinds();
        done.never_complete > 0.0 || kinds.iter().any(|kind| kind.share() < COMPLETE_FROM)
    }

    /// True when both variants were asked for the same requests and messages and did their work, or
    /// the same part of it, so that their costs can be compared.
    pub fn is_comparable_with(&self, other: &Self) -> bool {
        if !self.has_the_work_of(other) {
            return false;
        }
        if !self.is_incomplete() && !other.is_incomplete() {
            return true;
        }
        let (ours, theirs) = (self.done(), other.done());
        let near = |(a, b): (&Ran, &Ran)| (a.share() - b.share()).abs() <= NEARLY_EQUAL;
        ours.never_complete == theirs.never_complete
            && ours.kinds().iter().zip(&theirs.kinds()).all(near)
    }

    /// True when both variants were asked for the same requests and messages: as many, or as many
    /// per hour where their reported times differ.
    pub fn has_the_work_of(&self, other: &Self) -> bool {
        let (ours, theirs) = (self.done(), other.done());
        let hours = |of: &Self| mean(&of.figures, "run.reportedHours").unwrap_or(0.0);
        let (our_hours, their_hours) = (hours(self), hours(other));
        let is_near = |a: f64, b: f64| (a - b).abs() <= NEARLY_EQUAL * a.max(b);
        let is_same = |a: Ran, b: Ran| {
            is_near(a.wanted, b.wanted) || is_near(a.wanted * their_hours, b.wanted * our_hours)
        };
        is_same(ours.requests, theirs.requests) && is_same(ours.messages, theirs.messages)
    }

    /// The tasks of the services without a load and a worker, and how many of these services were
    /// never complete.
    fn done_by_tasks(&self) -> (Ran, f64) {
        let mut tasks = Ran::default();
        let mut never_complete = 0.0;
        for summary in self.figures.iter() {
            let value = summary.estimate.mean.filter(|mean| mean.is_finite());
            let (Measure::Service(of, figure), Some(value)) = (summary.figure.measure, value)
            else {
                continue;
            };
            let name = &summary.figure.name;
            // `all` is the sum of every service.
            let counts = match of {
                Of::All => self.serving.is_empty(),
                Of::One(_) => {
                    let mut serving = self.serving.iter();
                    !self.serving.is_empty() && !serving.any(|one| one.service == *name)
                }
            };
            match figure {
                _ if !counts => {}
                ServiceFigure::DesiredMean => tasks.wanted += value,
                ServiceFigure::ShortfallMean => tasks.ran -= value,
                ServiceFigure::NeverCompleteCount => never_complete += value,
                _ => {}
            }
        }
        tasks.ran += tasks.wanted;
        (tasks, never_complete)
    }

    /// The messages of the queues that services work on.
    fn messages(&self) -> Ran {
        let mut all = Ran::default();
        let mut queues: Vec<&String> = self.serving.iter().flat_map(|one| &one.queue).collect();
        queues.sort_unstable();
        queues.dedup();
        for queue in queues {
            let of = |figure: &str| {
                let path = format!("queue.{queue}.messages.{figure}");
                mean(&self.figures, &path).unwrap_or(0.0)
            };
            let (processed, share) = (of("processed.count"), of("processed.share"));
            all.ran += processed;
            // The share is also of the messages that are in the queue when the reported time begins.
            all.wanted += match share > 0.0 {
                true => processed / share,
                false => of("sent.count") + of("movedIn.count"),
            };
        }
        all
    }
}

impl Done {
    /// Each kind of work.
    fn kinds(&self) -> [Ran; 5] {
        [
            self.services,
            self.requests,
            self.messages,
            self.standalone,
            self.traced,
        ]
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
