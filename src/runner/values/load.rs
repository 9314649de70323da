//! The values of the figures of services with a load.

use super::Run;
use super::responses::{of_service, response};
use crate::figures::{LoadFigure, Of};
use crate::metrics::ServiceRequests;
use crate::simulation::Requests;

impl Run<'_> {
    /// The value of a figure of a service with a load, or of all together.
    pub(super) fn load(&self, of: Of, figure: LoadFigure) -> Option<f64> {
        use LoadFigure as F;
        let requests = &self.played.observed.requests;
        let work: ServiceRequests = match of {
            Of::All => requests.all()?,
            Of::One(service) => *requests.service(service)?,
        };
        let count = |amount: u128| amount as f64 / Requests::PER_REQUEST as f64;
        let share = |part: u128, of: u128| (of > 0).then(|| part as f64 / of as f64);
        let passed = &work.passed;
        match figure {
            F::OfferedCount => Some(count(passed.offered)),
            F::ServedCount => Some(count(passed.served)),
            F::ServedShare => share(passed.served, passed.offered),
            F::ErrorCount => Some(count(passed.errors)),
            F::RefusedCount => Some(count(passed.refused)),
            F::FailedCount => Some(count(passed.failed)),
            F::TimedOutCount => Some(count(passed.timed_out)),
            F::RetriedCount => Some(count(passed.retried)),
            F::GivenUpCount => Some(count(passed.given_up)),
            F::ResponseMean
            | F::ResponseP50
            | F::ResponseP95
            | F::ResponseP99
            | F::ResponseP50Pooled
            | F::ResponseP95Pooled
            | F::ResponseP99Pooled => {
                let times = of_service(&self.played.responses, of)?;
                response(figure, &times)
            }
            F::CpuUtilizationMean => share(passed.cpu_used, passed.cpu_reserved),
            F::MemoryUtilizationMean => share(passed.memory_used, passed.memory_reserved),
            F::CostPerMillionRequests => self.cost_per_million(of, count(passed.served)),
            F::ScaledOutCount => Some(work.decisions.scale_outs as f64),
            F::ScaledInCount => Some(work.decisions.scale_ins as f64),
        }
    }

    /// The cost of the run for a million served requests; `None` for one of several services, as the
    /// bill is of all of them.
    fn cost_per_million(&self, of: Of, served: f64) -> Option<f64> {
        let loaded = self.plan.services.iter().filter(|s| s.load.is_some());
        let is_whole = of == Of::All || loaded.count() == 1;
        let cost = self.played.bill.total().as_dollars_f64();
        (is_whole && served > 0.0).then(|| cost * 1e6 / served)
    }
}
