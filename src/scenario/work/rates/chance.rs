//! Reads rates that change at random: `randomWalk` and `mmpp`.

use super::level::{Ground, length};
use super::trends::passed;
use crate::plan::check::shapes;
use crate::plan::{MarkovModulated, MarkovState, RandomWalk};
use crate::scenario::keys::rates::{MMPP, MMPP_STATE, RANDOM_WALK};
use crate::scenario::laws::numbers::factor;
use crate::scenario::reading::reader::Cursor;
use crate::units::Rate;

/// Reads `randomWalk`.
pub fn random_walk(at: &Cursor<'_>, ground: &Ground<'_>) -> Option<RandomWalk> {
    let record = at.record(&RANDOM_WALK)?;
    let mean = ground.level_or_one(&record, "mean", "100/s");
    let deviation = record.get("deviation").and_then(|at| at.parse_with(factor));
    let relaxation_time = record.get("relaxationTime").and_then(|at| length(&at));
    let low = match record.get("low") {
        Some(at) => ground.level(&at),
        None => Some(Rate::default()),
    };
    let high = match record.get("high") {
        Some(at) => ground.level(&at).map(Some),
        None => Some(None),
    };
    let shape = RandomWalk {
        mean: mean?,
        deviation: deviation?,
        relaxation_time: relaxation_time?,
        low: low?,
        high: high?,
    };
    passed(&record, shapes::walk(&shape)).map(|()| shape)
}

/// Reads `mmpp`.
pub fn mmpp(at: &Cursor<'_>, ground: &Ground<'_>) -> Option<MarkovModulated> {
    let record = at.record(&MMPP)?;
    let list = record.get("states")?;
    let states: Vec<_> = list.list().iter().map(|item| state(item, ground)).collect();
    let states: Option<Vec<MarkovState>> = states.into_iter().collect();
    let shape = MarkovModulated { states: states? };
    passed(&record, shapes::mmpp(&shape)).map(|()| shape)
}

fn state(at: &Cursor<'_>, ground: &Ground<'_>) -> Option<MarkovState> {
    let record = at.record(&MMPP_STATE)?;
    let rate = ground.level_of(&record, "rate");
    let mean_stay = record.get("meanStay").and_then(|at| length(&at));
    let next = match record.get("next") {
        Some(at) => at.list().iter().map(Cursor::number).collect(),
        None => Some(Vec::new()),
    };
    Some(MarkovState {
        rate: rate?,
        mean_stay: mean_stay?,
        next: next?,
    })
}
