//! All shapes of a rate, and their sums and products.

use super::super::RateShape;
use super::calendar::{DailyShape, WeeklyShape};
use super::chance::{MarkovModulated, RandomWalk};
use super::crowd::{FlashCrowd, Occurring};
use super::growth::Growth;
use super::holidays::Holidays;
use super::moment::{Moment, next_minute};
use super::ramp::Ramp;
use super::trace::LoadTrace;
use crate::units::{SimTime, Span};
use jiff::civil::Weekday;
use std::sync::Arc;

/// A rate of requests over time.
///
/// The factors of a product are shapes as well: their rates per second are plain numbers.
#[derive(Clone, Debug)]
pub enum LoadShape {
    /// A rate that counts from the start of the run.
    Rate(RateShape),
    /// A daily cycle by the clock of a time zone.
    Daily(DailyShape),
    /// A weekly cycle by the calendar of a time zone.
    Weekly(WeeklyShape),
    /// A rate that grows by a share per month.
    Growth(Growth),
    /// A rate that changes in a straight line.
    Ramp(Ramp),
    /// Crowds that come suddenly and go slowly.
    FlashCrowd(FlashCrowd),
    /// A shape, and what applies instead on holidays.
    Holidays {
        /// The dates.
        calendar: Holidays,
        /// The shape on all other days.
        of: Box<LoadShape>,
        /// What applies on these dates.
        on: OnHoliday,
    },
    /// A random walk.
    RandomWalk(RandomWalk),
    /// Bursts: a random process goes from state to state, and each has a rate.
    MarkovModulated(MarkovModulated),
    /// Recorded requests.
    Trace(Arc<LoadTrace>),
    /// The sum of shapes.
    Sum(Vec<LoadShape>),
    /// The product of a shape and factors.
    Product(Vec<LoadShape>),
    /// The part of the requests of a listener rule that a service gets. What is random in the rates is drawn
    /// by the name of the rule, where it is not within another shape: it is the same for all services of the rule.
    OfRule {
        /// The name of the rule.
        rule: String,
        /// The rates of all requests of the rule, which are added.
        rates: Vec<LoadShape>,
        /// The share of the service: a plain number.
        share: Box<LoadShape>,
    },
}

/// What applies on a holiday.
#[derive(Clone, Debug)]
pub enum OnHoliday {
    /// The shape of the other days with this factor.
    Factor(f64),
    /// The shape of the other days as on this weekday.
    As(Weekday),
    /// Another shape.
    Instead(Box<LoadShape>),
}

impl LoadShape {
    /// The rate at a time. `drawn` gives the present values of the random shapes in the order of
    /// [`random`](Self::random).
    pub fn at(&self, moment: &Moment, drawn: &mut dyn Iterator<Item = f64>) -> f64 {
        match self {
            _ if self.is_random_itself() => drawn.next().unwrap_or(0.0),
            Self::Rate(shape) => shape.at(moment.at),
            Self::Daily(shape) => shape.at(moment),
            Self::Weekly(shape) => shape.at(moment),
            Self::Growth(shape) => shape.at(moment),
            Self::Ramp(shape) => shape.at(moment),
            Self::FlashCrowd(shape) => shape.at(moment),
            Self::Trace(trace) => trace.at(moment),
            // Their values are drawn.
            Self::RandomWalk(_) | Self::MarkovModulated(_) => 0.0,
            Self::Sum(shapes) => shapes.iter().map(|shape| shape.at(moment, drawn)).sum(),
            Self::Product(shapes) => shapes.iter().map(|shape| shape.at(moment, drawn)).product(),
            Self::OfRule { rates, share, .. } => {
                let all: f64 = rates.iter().map(|shape| shape.at(moment, drawn)).sum();
                all * share.at(moment, drawn)
            }
            Self::Holidays { calendar, of, on } => {
                let is_holiday = calendar.include(moment);
                let inner = match (is_holiday, on) {
                    (true, OnHoliday::As(weekday)) => Moment {
                        weekday: Some(*weekday),
                        ..*moment
                    },
                    _ => *moment,
                };
                let usual = of.at(&inner, drawn);
                match on {
                    OnHoliday::Factor(factor) if is_holiday => usual * factor,
                    // Its values are taken on every day, so that those that follow are the right ones.
                    OnHoliday::Instead(shape) => {
                        let instead = shape.at(moment, drawn);
                        if is_holiday { instead } else { usual }
                    }
                    _ => usual,
                }
            }
        }
    }

    /// The next time at which the rate changes, but for random shapes; `None`: never.
    pub fn next(&self, moment: &Moment) -> Option<SimTime> {
        let first = |shapes: &[Self]| shapes.iter().filter_map(|shape| shape.next(moment)).min();
        match self {
            Self::Rate(RateShape::Constant(_)) | Self::RandomWalk(_) | Self::MarkovModulated(_) => {
                None
            }
            Self::Rate(RateShape::Piecewise { steps, every }) => {
                next_step(steps, *every, moment.at)
            }
            Self::Rate(RateShape::Sinusoidal { .. }) => Some(next_minute(moment.at)),
            Self::Daily(_) => Some(DailyShape::next(moment)),
            Self::Weekly(shape) => shape.next(moment),
            Self::Growth(shape) => shape.next(moment),
            Self::Ramp(shape) => shape.next(moment),
            Self::FlashCrowd(shape) => shape.next(moment),
            Self::Trace(trace) => trace.next(moment),
            Self::Sum(shapes) | Self::Product(shapes) => first(shapes),
            Self::OfRule { rates, share, .. } => {
                let changes = [first(rates), share.next(moment)];
                changes.into_iter().flatten().min()
            }
            Self::Holidays { calendar, of, on } => {
                let instead = match on {
                    OnHoliday::Instead(shape) => shape.next(moment),
                    OnHoliday::Factor(_) | OnHoliday::As(_) => None,
                };
                let changes = [of.next(moment), instead, calendar.next(moment)];
                changes.into_iter().flatten().min()
            }
        }
    }

    /// A bound of the rate until `end`; see [`RandomWalk`] for one without a bound.
    pub fn highest(&self, end: SimTime) -> f64 {
        match self {
            Self::Rate(shape) => shape.highest(),
            Self::Daily(shape) => shape.highest(),
            Self::Weekly(shape) => shape.highest(),
            Self::Growth(shape) => shape.highest(end),
            Self::Ramp(shape) => shape.highest(),
            Self::FlashCrowd(shape) => shape.highest(),
            Self::RandomWalk(shape) => shape.highest(),
            Self::MarkovModulated(shape) => shape.highest(),
            Self::Trace(trace) => trace.highest(),
            Self::Sum(shapes) => shapes.iter().map(|shape| shape.highest(end)).sum(),
            Self::Product(shapes) => shapes.iter().map(|shape| shape.highest(end)).product(),
            Self::OfRule { rates, share, .. } => {
                let all: f64 = rates.iter().map(|shape| shape.highest(end)).sum();
                all * share.highest(end)
            }
            Self::Holidays { of, on, .. } => {
                let usual = of.highest(end);
                match on {
                    OnHoliday::Factor(factor) => usual * factor.max(1.0),
                    OnHoliday::As(_) => usual,
                    OnHoliday::Instead(shape) => usual.max(shape.highest(end)),
                }
            }
        }
    }

    /// The random shapes, this one or those within it.
    pub fn random(&self) -> Vec<&Self> {
        match self {
            _ if self.is_random_itself() => vec![self],
            Self::Sum(shapes) | Self::Product(shapes) => {
                shapes.iter().flat_map(Self::random).collect()
            }
            Self::OfRule { rates, share, .. } => {
                let of_rates = rates.iter().flat_map(Self::random);
                of_rates.chain(share.random()).collect()
            }
            Self::Holidays { of, on, .. } => {
                let mut found = of.random();
                if let OnHoliday::Instead(shape) = on {
                    found.extend(shape.random());
                }
                found
            }
            _ => Vec::new(),
        }
    }

    /// True for a shape whose values are drawn.
    fn is_random_itself(&self) -> bool {
        match self {
            Self::FlashCrowd(shape) => matches!(shape.occurring, Occurring::Random { .. }),
            Self::RandomWalk(_) | Self::MarkovModulated(_) => true,
            _ => false,
        }
    }
}

/// The next time after `now` at which the rate of a piecewise shape changes.
fn next_step(
    steps: &[(Span, crate::units::Rate)],
    every: Option<Span>,
    now: SimTime,
) -> Option<SimTime> {
    let (base, offset) = match every.map(Span::as_micros) {
        Some(cycle) => (now.as_micros() / cycle * cycle, now.as_micros() % cycle),
        None => (0, now.as_micros()),
    };
    let later = steps.iter().map(|(from, _)| from.as_micros());
    let later = later.chain(every.map(Span::as_micros));
    let next = later.filter(|from| *from > offset).min()?;
    Some(SimTime::micros(base + next))
}

#[cfg(test)]
mod tests {
    use super::super::Dates;
    use super::*;
    use crate::units::Rate;
    use jiff::civil::date;
    use jiff::tz::TimeZone;

    /// 21 December 2026, 0:00 UTC, a Monday.
    const START: i64 = 1_797_811_200;

    fn rate(per_second: f64) -> Rate {
        Rate::per_second(per_second).unwrap()
    }

    fn constant(per_second: f64) -> LoadShape {
        LoadShape::Rate(RateShape::Constant(rate(per_second)))
    }

    fn at(hours: u64) -> Moment {
        Moment::new(START, SimTime::ZERO + Span::seconds(hours * 3_600))
    }

    fn value(shape: &LoadShape, moment: Moment) -> f64 {
        shape.at(&moment, &mut std::iter::empty())
    }

    fn christmas(of: LoadShape, on: OnHoliday) -> LoadShape {
        let dates = vec![
            Dates::Yearly(12, 25),
            Dates::Between(date(2026, 12, 31), date(2027, 1, 1)),
        ];
        let zone = TimeZone::get("America/New_York").unwrap();
        LoadShape::Holidays {
            calendar: Holidays { dates, zone },
            of: Box::new(of),
            on,
        }
    }

    #[test]
    fn a_piecewise_rate_is_constant_between_its_steps() {
        let steps = vec![
            (Span::ZERO, rate(5.0)),
            (Span::seconds(3_600), rate(20.0)),
            (Span::seconds(7_200), rate(5.0)),
        ];
        let of = |every| {
            LoadShape::Rate(RateShape::Piecewise {
                steps: steps.clone(),
                every,
            })
        };
        let once = of(None);
        let rates = [0, 1, 2, 900].map(|h| value(&once, at(h)));
        assert_eq!(rates, [5.0, 20.0, 5.0, 5.0]);
        let next = [0, 1, 2].map(|h| once.next(&at(h)));
        assert_eq!(next, [Some(at(1).at), Some(at(2).at), None]);
        let again = of(Some(Span::seconds(4 * 3_600)));
        assert_eq!(value(&again, at(5)), 20.0);
        let next = [2, 4].map(|h| again.next(&at(h)));
        assert_eq!(next, [Some(at(4).at), Some(at(5).at)]);
        assert_eq!(again.highest(SimTime::ZERO), 20.0);
    }

    #[test]
    fn sums_and_products_nest() {
        let ramp = |from, to| {
            LoadShape::Ramp(Ramp {
                from: rate(from),
                to: rate(to),
                at: Span::seconds(3_600),
                lasts: Span::ZERO,
            })
        };
        let sum = LoadShape::Sum(vec![constant(10.0), ramp(0.0, 30.0)]);
        let product = LoadShape::Product(vec![sum, constant(2.0), ramp(1.0, 0.5)]);
        assert_eq!([0, 1].map(|h| value(&product, at(h))), [20.0, 40.0]);
        assert_eq!(product.next(&at(0)), Some(at(1).at));
        assert_eq!(product.next(&at(1)), None);
        assert_eq!(product.highest(SimTime::ZERO), 80.0);
        assert!(product.random().is_empty());
    }

    #[test]
    fn a_holiday_has_a_factor_another_weekday_or_another_shape() {
        // 25 December is the fourth day after the start, a Friday; New York is five hours behind.
        let hours = [4 * 24 + 4, 4 * 24 + 5, 5 * 24 + 4, 5 * 24 + 5];
        let factor = christmas(constant(100.0), OnHoliday::Factor(0.3));
        assert_eq!(
            hours.map(|h| value(&factor, at(h))),
            [100.0, 30.0, 30.0, 100.0]
        );
        let instead = OnHoliday::Instead(Box::new(constant(7.0)));
        let instead = christmas(constant(100.0), instead);
        assert_eq!(
            hours.map(|h| value(&instead, at(h))),
            [100.0, 7.0, 7.0, 100.0]
        );
        let mut hours_of_week = Box::new([[rate(100.0); 24]; 7]);
        hours_of_week[6] = [rate(40.0); 24];
        let weekly = LoadShape::Weekly(WeeklyShape {
            hours: hours_of_week,
            zone: TimeZone::get("America/New_York").unwrap(),
        });
        let sunday = christmas(weekly, OnHoliday::As(Weekday::Sunday));
        assert_eq!(
            hours.map(|h| value(&sunday, at(h))),
            [100.0, 40.0, 40.0, 100.0]
        );
        // New Year's Eve and New Year, both days included.
        let new_year = [10 * 24 + 5, 12 * 24 + 4, 12 * 24 + 5].map(|h| value(&factor, at(h)));
        assert_eq!(new_year, [30.0, 30.0, 100.0]);
        assert_eq!(factor.next(&at(0)), Some(at(5).at));
    }
}
