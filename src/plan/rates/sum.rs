//! Rates that are added, with noise: the arrivals of a load or of a queue.

use super::moment::{Moment, next_minute};
use super::shape::LoadShape;
use crate::units::SimTime;

/// The shapes whose values are drawn, in the order in which [`sum_at`] takes their values.
pub fn random_shapes(rates: &[LoadShape]) -> Vec<&LoadShape> {
    rates.iter().flat_map(LoadShape::random).collect()
}

/// The sum of the rates at a time, without noise. `drawn` gives the present values of the random shapes.
pub fn sum_at(rates: &[LoadShape], moment: &Moment, drawn: &mut dyn Iterator<Item = f64>) -> f64 {
    rates.iter().map(|shape| shape.at(moment, drawn)).sum()
}

/// A bound of the sum of the rates until `end`, without noise.
pub fn sum_highest(rates: &[LoadShape], end: SimTime) -> f64 {
    rates.iter().map(|shape| shape.highest(end)).sum()
}

/// The time up to which the sum is taken as constant from `moment` on, but for random shapes; `None`: to
/// the end of the run. `noise` is the standard deviation of the factor of each minute.
pub fn sum_constant_until(rates: &[LoadShape], noise: f64, moment: &Moment) -> Option<SimTime> {
    let ends = rates.iter().filter_map(|shape| shape.next(moment));
    let noise = (noise != 0.0).then(|| next_minute(moment.at));
    ends.chain(noise).min()
}
