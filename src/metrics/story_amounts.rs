//! The amounts of requests, messages and CPU credits that the timeline of one run shows.

use super::story_levels::StoryLevel;
use crate::simulation::{CpuCreditAmounts, Messages, Requests};

/// What passed of the requests of a service.
pub(super) fn of_requests(passed: &Requests) -> [(StoryLevel, u128); 7] {
    [
        (StoryLevel::RequestsOffered, passed.offered),
        (StoryLevel::RequestsServed, passed.served),
        (StoryLevel::RequestsLost, passed.lost() + passed.errors),
        (StoryLevel::CpuUsed, passed.cpu_used),
        (StoryLevel::CpuReserved, passed.cpu_reserved),
        (StoryLevel::ServedP50, passed.served_p50),
        (StoryLevel::ServedP99, passed.served_p99),
    ]
}

/// What passed of the messages of a queue.
pub(super) fn of_messages(passed: &Messages) -> [(StoryLevel, u128); 7] {
    let lost = passed.expired + passed.dead_lettered;
    [
        (StoryLevel::MessagesSent, passed.sent),
        (StoryLevel::MessagesProcessed, passed.processed),
        (StoryLevel::MessagesLost, lost),
        (StoryLevel::MessagesVisible, passed.visible_time),
        (StoryLevel::MessagesInFlight, passed.in_flight_time),
        (StoryLevel::CpuUsed, passed.cpu_used),
        (StoryLevel::CpuReserved, passed.cpu_reserved),
    ]
}

/// What passed of the CPU credits of an instance.
pub(super) fn of_credits(passed: &CpuCreditAmounts) -> [(StoryLevel, u128); 3] {
    let micros = u128::from(passed.span.as_micros());
    let throttled = passed.throttled.as_micros();
    [
        (StoryLevel::CpuCredits, u128::from(passed.balance) * micros),
        (
            StoryLevel::CpuSurplusCredits,
            u128::from(passed.surplus) * micros,
        ),
        (StoryLevel::InstancesThrottled, throttled.into()),
    ]
}
