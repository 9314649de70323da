//! The calls of SQS: sending, receiving and deleting messages, and empty receives (facts/platform.md 12.7,
//! 12.11).

use super::consumer::Consumer;
use crate::simulation::messages::Messages;

/// The calls for what passed in some seconds, in 10⁻¹² calls, where the tasks worked on `busy` of the
/// messages that they may work on, and had a backlog or not.
///
/// Each message is sent and deleted by a call of its own. A call of ReceiveMessage returns as many messages
/// as it may where there is a backlog, and one where there is none. One call of each task with room waits for
/// messages: it returns none when none comes within the wait time.
pub(super) fn calls(
    consumer: &Consumer<'_>,
    passed: &Messages,
    (busy, has_backlog): (f64, bool),
    seconds: f64,
) -> u128 {
    let worker = consumer.worker;
    let batch = match has_backlog {
        true => u128::from(worker.batch.min(worker.concurrency)),
        false => 1,
    };
    let unit = Messages::PER_MESSAGE as f64;
    let mut calls = passed.received / batch + passed.processed;
    // A task has room unless each of its slots is in use: of any task each one is with the same probability.
    let is_full = libm::pow(busy.clamp(0.0, 1.0), f64::from(worker.concurrency));
    let polling = consumer.tasks() * (1.0 - is_full);
    if polling > 0.0 && !has_backlog {
        let of_each = passed.received as f64 / unit / seconds / polling;
        let wait = worker.wait_time.as_seconds_f64();
        // Of calls that end with a message or after the wait time, those without one.
        let empty = match of_each * wait > 1e-9 {
            true => of_each / (libm::exp((of_each * wait).min(700.0)) - 1.0),
            false => 1.0 / wait,
        };
        calls += (polling * empty * seconds * unit) as u128;
    }
    calls
}
