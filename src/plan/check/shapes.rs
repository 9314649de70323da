//! Rules for the shapes of a rate of requests.

use super::super::{
    DailyShape, FlashCrowd, Growth, LoadShape, LoadTrace, MarkovModulated, Occurring, OnHoliday,
    RandomWalk, RateShape, WeeklyShape,
};
use super::at::At;
use super::rules::{self, Flaw};
use crate::units::Span;

/// The most flash crowds of one shape that may go on at once.
const MOST_AT_ONCE: u64 = 100;

/// The shortest mean stay in a state: each change is an event.
const SHORTEST_STAY: Span = Span::seconds(1);

/// Checks a shape and those within it.
pub(super) fn check(shape: &LoadShape, at: &At<'_>) {
    let report = |flaws: Vec<Flaw>, key: &str| {
        let at = at.key(key);
        flaws.into_iter().for_each(|flaw| at.flaw(flaw));
    };
    match shape {
        LoadShape::Rate(RateShape::Constant(_)) | LoadShape::Ramp(_) => {}
        LoadShape::Rate(shape) => rules::rate(shape)
            .into_iter()
            .for_each(|flaw| at.flaw(flaw)),
        LoadShape::Daily(shape) => report(daily(shape), "daily"),
        LoadShape::Weekly(shape) => report(weekly(shape), "weekly"),
        LoadShape::Growth(shape) => report(growth(shape), "growth"),
        LoadShape::FlashCrowd(shape) => report(crowd(shape), "flashCrowd"),
        LoadShape::RandomWalk(shape) => report(walk(shape), "randomWalk"),
        LoadShape::MarkovModulated(shape) => report(mmpp(shape), "mmpp"),
        LoadShape::Trace(trace) => report(self::trace(trace), "trace"),
        LoadShape::Sum(shapes) | LoadShape::Product(shapes) => {
            if shapes.is_empty() {
                at.problem("this list is empty");
            }
            let items = shapes.iter().enumerate();
            items.for_each(|(index, shape)| check(shape, &at.item(index)));
        }
        LoadShape::OfRule { rates, share, .. } => {
            if rates.is_empty() {
                at.problem("the listener rule has no rates");
            }
            let items = rates.iter().enumerate();
            items.for_each(|(index, shape)| check(shape, &at.item(index)));
            check(share, &at.key("weight"));
        }
        LoadShape::Holidays { calendar, of, on } => {
            let at = at.key("holidays");
            if calendar.dates.is_empty() {
                at.key("dates").problem("this list is empty");
            }
            check(of, &at.key("of"));
            match on {
                OnHoliday::Factor(factor) if !(factor.is_finite() && *factor >= 0.0) => {
                    at.key("factor").problem("a factor is not negative");
                }
                OnHoliday::Factor(_) | OnHoliday::As(_) => {}
                OnHoliday::Instead(shape) => check(shape, &at.key("instead")),
            }
        }
    }
}

/// The lowest rate is not above the highest one.
pub fn daily(shape: &DailyShape) -> Vec<Flaw> {
    let (low, high) = (shape.low, shape.high);
    let flaw = || Flaw::new("low", format!("`low` ({low}) is above `high` ({high})"));
    (low > high).then(flaw).into_iter().collect()
}

/// Some hour has requests.
pub fn weekly(shape: &WeeklyShape) -> Vec<Flaw> {
    let mut rates = shape.hours.iter().flatten();
    let is_empty = rates.all(|rate| rate.as_per_second() == 0.0);
    let flaw = || Flaw::new("weekly", "no hour has a rate above 0");
    is_empty.then(flaw).into_iter().collect()
}

/// A rate does not lose all or more in a month.
pub fn growth(shape: &Growth) -> Vec<Flaw> {
    let is_right = shape.per_month.is_finite() && shape.per_month > -1.0;
    let flaw = || {
        let flaw = Flaw::new("perMonth", "a rate cannot lose 100 % or more in a month");
        flaw.expected("more than `-100%`, such as `5%` or `-2%`")
    };
    (!is_right).then(flaw).into_iter().collect()
}

/// A walk has a time to return, and bounds around its mean.
pub fn walk(shape: &RandomWalk) -> Vec<Flaw> {
    let mut flaws = Vec::new();
    if shape.relaxation_time == Span::ZERO {
        flaws.push(Flaw::new("relaxationTime", "this time must be above 0"));
    }
    if !(shape.deviation.is_finite() && shape.deviation >= 0.0) {
        flaws.push(Flaw::new(
            "deviation",
            "a standard deviation is not negative",
        ));
    }
    if shape.low > shape.mean {
        flaws.push(Flaw::new("low", "`low` is above `mean`"));
    }
    if shape.high.is_some_and(|high| high < shape.mean) {
        flaws.push(Flaw::new("high", "`high` is below `mean`"));
    }
    flaws
}

/// There are at least two states, from each of which another one follows after some time.
pub fn mmpp(shape: &MarkovModulated) -> Vec<Flaw> {
    let count = shape.states.len();
    if count < 2 {
        let flaw = Flaw::new("states", "there must be at least two states");
        return vec![flaw.hint("for one rate use `constant`")];
    }
    let of_state = |index, message: String| Flaw {
        item: Some(index),
        ..Flaw::new("states", message)
    };
    let mut flaws = Vec::new();
    for (index, state) in shape.states.iter().enumerate() {
        if state.mean_stay < SHORTEST_STAY {
            let message = format!("`meanStay` must be at least {SHORTEST_STAY}");
            flaws.push(of_state(index, message));
        }
        let next = &state.next;
        let is_weight = |weight: &f64| weight.is_finite() && *weight >= 0.0;
        let message = match () {
            () if next.is_empty() => continue,
            () if next.len() != count => {
                format!("`next` has {} weights for {count} states", next.len())
            }
            () if !next.iter().all(is_weight) => "a weight in `next` is negative".into(),
            () if next[index] != 0.0 => {
                "the weight of a state itself in `next` is not 0: `meanStay` says how long it lasts"
                    .into()
            }
            () if next.iter().sum::<f64>() <= 0.0 => "no weight in `next` is above 0".into(),
            () => continue,
        };
        flaws.push(of_state(index, message));
    }
    flaws
}

/// A trace has buckets, which fill its length, and rates.
pub fn trace(trace: &LoadTrace) -> Vec<Flaw> {
    let (bucket, length) = (trace.bucket.as_micros(), trace.length.as_micros());
    let is_filled = bucket > 0 && length.div_ceil(bucket) == trace.rates.len() as u64;
    let is_rate = |rate: &f64| rate.is_finite() && *rate >= 0.0;
    let message = match () {
        () if trace.rates.is_empty() => "the trace has no rows",
        () if !is_filled => "the buckets do not fill the length of the trace",
        () if !trace.rates.iter().all(is_rate) => "a rate is negative, infinite or no number",
        () => return Vec::new(),
    };
    vec![Flaw::new("rates", message)]
}

/// Crowds end, and not too many go on at once.
pub fn crowd(shape: &FlashCrowd) -> Vec<Flaw> {
    if shape.half_life == Span::ZERO {
        return vec![Flaw::new("halfLife", "this time must be above 0")];
    }
    let (key, between) = match &shape.occurring {
        Occurring::At(times) if times.is_empty() => {
            return vec![Flaw::new("at", "this list is empty")];
        }
        Occurring::At(times) if !times.is_sorted() => {
            return vec![Flaw::new("at", "the times must be in ascending order")];
        }
        Occurring::At(_) => return Vec::new(),
        Occurring::Every { period, .. } => ("every", *period),
        Occurring::Random { mean_time_between } => ("meanTimeBetween", *mean_time_between),
    };
    if between == Span::ZERO {
        return vec![Flaw::new(key, "this time must be above 0")];
    }
    let least = Span::micros(shape.length().as_micros().div_ceil(MOST_AT_ONCE));
    if between >= least {
        return Vec::new();
    }
    let message = format!(
        "a crowd takes {} until it is over, so that more than {MOST_AT_ONCE} would go on at once",
        shape.length()
    );
    vec![Flaw::new(key, message).expected(format!("at least {least}"))]
}
