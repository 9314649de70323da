//! Reads `retry`: how a standalone task that was lost, failed or was refused is started again.

use crate::engine::random::Distribution;
use crate::plan::{Checkpoint, Retry, Rework};
use crate::scenario::keys::tasks::RETRY;
use crate::scenario::laws::law;
use crate::scenario::laws::quantity::Quantity;
use crate::scenario::reading::reader::Record;
use crate::units::Span;

/// Reads `retry` of an entry; without the key there is no retry.
pub fn read(entry: &Record<'_>) -> Option<Retry> {
    let Some(at) = entry.get("retry") else {
        return Some(Retry::default());
    };
    let record = at.record(&RETRY)?;
    let attempts = record.get("attempts").and_then(|at| {
        if at.node.as_text() == Some("unlimited") {
            return Some(None);
        }
        at.integer(1, 1_000_000).map(|n| Some(n as u32))
    });
    let work = match record.get("work") {
        Some(at) => at.choice(&[
            ("restart", Rework::Restart),
            ("resume", Rework::Resume),
            ("redraw", Rework::Redraw),
        ]),
        None => Some(Rework::Restart),
    };
    let delay = match record.get("delay") {
        Some(at) => law::read(&at, Quantity::Seconds),
        None => Some(Distribution::Constant(0.0)),
    };
    let checkpoint = checkpoint(&record, work);
    Some(Retry {
        attempts: attempts?,
        work: work?,
        delay: delay?,
        checkpoint: checkpoint?,
    })
}

/// Reads `checkpointEvery` or `checkpoints`, which need `work: restart`.
fn checkpoint(record: &Record<'_>, work: Option<Rework>) -> Option<Checkpoint> {
    let (every, parts) = (record.get("checkpointEvery"), record.get("checkpoints"));
    if let (Some(_), Some(parts)) = (&every, &parts) {
        parts
            .problem("`checkpoints` and `checkpointEvery` exclude each other")
            .hint("keep one of them")
            .report();
        return None;
    }
    let Some(at) = every.as_ref().or(parts.as_ref()) else {
        return Some(Checkpoint::None);
    };
    if work.is_some_and(|work| work != Rework::Restart) {
        at.problem("checkpoints have an effect only with `work: restart`")
            .hint("set `work: restart`, or remove them")
            .report();
        return None;
    }
    if every.is_none() {
        return at
            .integer(1, 1_000_000)
            .map(|parts| Checkpoint::Parts(parts as u32));
    }
    let every = at.parse::<Span>()?;
    if every == Span::ZERO {
        at.problem("time between checkpoints must be above 0")
            .report();
        return None;
    }
    Some(Checkpoint::Every(every))
}
