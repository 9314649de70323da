//! Reading how many tasks an arrival brings: a whole number, a list of them, or a law of counts.

use crate::engine::random::CountLaw;
use crate::plan::check::rules::{self, MOST_PER_ARRIVAL};
use crate::scenario::keys::counts::{BINOMIAL, COUNT, GEOMETRIC};
use crate::scenario::reading::reader::{Cursor, Record};
use crate::scenario::reading::tree::Value;
use crate::units::Ratio;

/// Reads `count` of an entry of `tasks`; 1 where it is not given.
pub fn read(record: &Record<'_>) -> Option<CountLaw> {
    let Some(at) = record.get("count") else {
        return Some(CountLaw::Fixed(1));
    };
    if matches!(at.node.value, Value::List(_)) {
        let counts = at.list();
        let counts: Vec<Option<u64>> = counts
            .iter()
            .map(|item| item.integer(1, MOST_PER_ARRIVAL.into()))
            .collect();
        let counts: Option<Vec<u64>> = counts.into_iter().collect();
        let counts = counts?.into_iter().map(|count| count as u32).collect();
        return checked(CountLaw::Sequence(counts), &at);
    }
    if !matches!(at.node.value, Value::Map(_)) {
        let count = at.integer(1, MOST_PER_ARRIVAL.into())?;
        return Some(CountLaw::Fixed(count as u32));
    }
    let (key, inner) = at.one_key(&COUNT)?;
    match key {
        "poisson" => {
            let mean = inner.number()?;
            checked(CountLaw::Poisson { mean }, &inner)
        }
        "geometric" => {
            let at = inner.record(&GEOMETRIC)?.get("mean")?;
            let mean = at.number()?;
            checked(CountLaw::Geometric { mean }, &at)
        }
        _ => {
            let record = inner.record(&BINOMIAL)?;
            let n = record.get("n");
            let n = n.and_then(|at| at.integer(1, MOST_PER_ARRIVAL.into()));
            let at = record.get("p")?;
            let p = at.parse::<Ratio>()?.as_f64();
            checked(CountLaw::binomial(n? as u32, p), &at)
        }
    }
}

/// A law that can be drawn; what is wrong with one is reported.
fn checked(law: CountLaw, at: &Cursor<'_>) -> Option<CountLaw> {
    let Some(flaw) = rules::count(&law) else {
        return Some(law);
    };
    at.flaw(flaw);
    None
}
