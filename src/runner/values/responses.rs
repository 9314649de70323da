//! The values of the figures of response times, of a run or of all seeds together.

use crate::figures::{LoadFigure, Of};
use crate::simulation::ResponseTimes;
use std::borrow::Cow;

/// The response times of a service, or of all together; `None` without a load.
pub(in crate::runner) fn of_service(
    by_service: &[Option<ResponseTimes>],
    of: Of,
) -> Option<Cow<'_, ResponseTimes>> {
    match of {
        Of::One(service) => by_service[service].as_ref().map(Cow::Borrowed),
        Of::All => {
            let mut times = by_service.iter().flatten();
            let mut all = Cow::Borrowed(times.next()?);
            times.for_each(|other| all.to_mut().merge(other));
            Some(all)
        }
    }
}

/// The value of a figure of response times in seconds; `None` for any other figure, and without requests.
pub(in crate::runner) fn response(figure: LoadFigure, times: &ResponseTimes) -> Option<f64> {
    use LoadFigure as F;
    match figure {
        F::ResponseMean => times.mean(),
        F::ResponseP50 | F::ResponseP50Pooled => times.quantile(0.50),
        F::ResponseP95 | F::ResponseP95Pooled => times.quantile(0.95),
        F::ResponseP99 | F::ResponseP99Pooled => times.quantile(0.99),
        _ => None,
    }
}
