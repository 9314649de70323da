//! Rounds of the service scheduler in rows, with the tasks that were created and refused after them.

use crate::simulation::{Rejection, Round};
use crate::units::SimTime;
use serde::Serialize;

/// Rounds of the scheduler in a row that saw and decided the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RoundRow {
    /// The time of the first.
    #[serde(rename = "timeMicros")]
    pub at: SimTime,
    /// The time of the last.
    #[serde(rename = "untilMicros")]
    pub until: SimTime,
    /// Their number.
    pub rounds: u64,
    /// What the last of them saw and decided.
    #[serde(flatten)]
    pub round: Round,
    /// Tasks that were created after them and before the next row.
    pub created: u64,
    /// Tasks that were refused at the times of these rounds.
    pub refused: u64,
    /// Tasks that were refused after them and before the next row.
    pub refused_later: Vec<RefusedLater>,
}

/// Tasks in a row that were refused between two rounds, for one reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RefusedLater {
    /// The time of the first.
    #[serde(rename = "timeMicros")]
    pub at: SimTime,
    /// The time of the last.
    #[serde(rename = "untilMicros")]
    pub until: SimTime,
    /// Their number.
    pub tasks: u64,
    /// Why.
    pub why: Rejection,
}

impl RoundRow {
    /// A row of one round.
    pub(super) fn new(now: SimTime, round: Round) -> Self {
        Self {
            at: now,
            until: now,
            rounds: 1,
            round,
            created: 0,
            refused: 0,
            refused_later: Vec::new(),
        }
    }

    /// One more round saw and decided the same.
    pub(super) fn again(&mut self, now: SimTime, round: Round) {
        self.until = now;
        self.rounds += 1;
        self.round = round;
    }

    /// A task was refused after the last round.
    pub(super) fn refuse(&mut self, now: SimTime, why: Rejection) {
        if now == self.until {
            self.refused += 1;
            return;
        }
        match self.refused_later.last_mut() {
            Some(last) if last.why == why && last.at >= self.until => {
                (last.until, last.tasks) = (now, last.tasks + 1);
            }
            _ => self.refused_later.push(RefusedLater {
                at: now,
                until: now,
                tasks: 1,
                why,
            }),
        }
    }
}
