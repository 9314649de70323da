//! The values of the figures of queues.

use super::Run;
use crate::figures::{Of, QueueFigure};
use crate::metrics::QueueWork;
use crate::simulation::{Messages, ResponseTimes};
use std::borrow::Cow;

impl Run<'_> {
    /// The value of a figure of a queue, or of all together.
    pub(super) fn queue(&self, of: Of, figure: QueueFigure) -> Option<f64> {
        use QueueFigure as F;
        let queues = &self.played.observed.queues;
        let work: QueueWork = match of {
            Of::All => queues.all(),
            Of::One(queue) => queues.queues[queue],
        };
        let passed = &work.passed;
        let count = |amount: u128| {
            // In thousandths of a message: less is rounding of the fluid.
            let thousandth = u128::from(Messages::PER_MESSAGE / 1_000);
            ((amount + thousandth / 2) / thousandth) as f64 / 1e3
        };
        let share = |part: u128, of: u128| (of > 0).then(|| part as f64 / of as f64);
        let over_time = |amount: u128| {
            (self.micros > 0)
                .then(|| amount as f64 / Messages::PER_MESSAGE as f64 / self.micros as f64)
        };
        match figure {
            F::SentCount => Some(count(passed.sent)),
            F::MovedInCount => Some(count(passed.moved_in)),
            F::ProcessedCount => Some(count(passed.processed)),
            F::ProcessedShare if !self.is_worked_on(of) => None,
            // Of all together a dead letter counts where it was sent.
            F::ProcessedShare if of == Of::All => {
                share(passed.processed, passed.sent + work.at_origin)
            }
            F::ProcessedShare => {
                let all = passed.sent + passed.moved_in + work.at_origin;
                share(passed.processed, all)
            }
            F::ReceivedCount => Some(count(passed.received)),
            F::RedeliveredCount => Some(count(passed.redelivered)),
            F::FailedCount => Some(count(passed.failed)),
            F::InterruptedCount => Some(count(passed.interrupted)),
            F::ExpiredCount => Some(count(passed.expired)),
            F::DeadLetteredCount => Some(count(passed.dead_lettered)),
            F::VisibleMean => over_time(passed.visible_time),
            F::VisibleMax => Some(count(work.most_visible)),
            F::InFlightMean => over_time(passed.in_flight_time),
            F::WaitMean => self.waits(of).mean(),
            F::WaitP50 => self.waits(of).quantile(0.50),
            F::WaitP95 => self.waits(of).quantile(0.95),
            F::WaitP99 => self.waits(of).quantile(0.99),
            F::OldestMax => Some(work.oldest as f64 / 1e6),
            F::CpuUtilizationMean => share(passed.cpu_used, passed.cpu_reserved),
            F::CostPerMillionMessages => {
                self.cost_per_million_messages(of, count(passed.processed))
            }
            F::ScaledOutCount => Some(work.decisions.scale_outs as f64),
            F::ScaledInCount => Some(work.decisions.scale_ins as f64),
        }
    }

    /// True for a queue that a service works on, and for all together.
    fn is_worked_on(&self, of: Of) -> bool {
        let mut workers = self
            .plan
            .services
            .iter()
            .filter_map(|of| of.worker.as_ref());
        workers.any(|worker| of == Of::All || of == Of::One(worker.queue))
    }

    /// The waits of the messages of a queue, or of all together.
    fn waits(&self, of: Of) -> Cow<'_, ResponseTimes> {
        let waits = &self.played.message_waits;
        match of {
            Of::One(queue) => Cow::Borrowed(&waits[queue]),
            Of::All => {
                let mut all = ResponseTimes::default();
                waits.iter().for_each(|of| all.merge(of));
                Cow::Owned(all)
            }
        }
    }

    /// The cost of the run for a million processed messages; `None` for one of several queues, as the bill is
    /// of all of them.
    fn cost_per_million_messages(&self, of: Of, processed: f64) -> Option<f64> {
        let workers = self.plan.services.iter().filter(|of| of.worker.is_some());
        let is_whole = of == Of::All || workers.count() == 1;
        let cost = self.played.bill.total().as_dollars_f64();
        (is_whole && processed > 0.0).then(|| cost * 1e6 / processed)
    }
}
