//! The figures of queues: one row per figure.

use super::definition::figures;
use serde::{Deserialize, Serialize};

figures! {
    /// Figures of queues of SQS: `queue.<name>…`; `all` is all of them together.
    QueueFigure {
        SentCount: "messages.sent.count", Count, Neither, "messages that producers sent";
        MovedInCount: "messages.movedIn.count", Count, Neither,
            "dead letters that came from other queues";
        ProcessedCount: "messages.processed.count", Count, Neither,
            "messages that tasks processed and deleted";
        ProcessedShare: "messages.processed.share", Share, Higher,
            "messages processed ÷ messages sent, moved in, or in the queue when the reported time begins; without a value where no service takes messages";
        ReceivedCount: "messages.received.count", Count, Neither,
            "deliveries of messages to tasks";
        RedeliveredCount: "messages.redelivered.count", Count, Lower,
            "of the deliveries, those of messages that had been received before: their processing failed, their task stopped, or it works for longer than the visibility timeout";
        FailedCount: "messages.failed.count", Count, Lower,
            "deliveries whose processing failed (`failureProbability`)";
        InterruptedCount: "messages.interrupted.count", Count, Lower,
            "deliveries whose task stopped while it worked on the message";
        ExpiredCount: "messages.expired.count", Count, Lower,
            "messages that were deleted because they were older than `messageRetentionPeriod`";
        DeadLetteredCount: "messages.deadLettered.count", Count, Lower,
            "messages that moved to the dead-letter queue";
        VisibleMean: "messages.visible.mean", Count, Lower,
            "messages that are visible, the mean over time";
        VisibleMax: "messages.visible.max", Count, Lower, "the most messages visible at a whole minute or a change";
        InFlightMean: "messages.inFlight.mean", Count, Neither,
            "messages in flight, the mean over time";
        WaitMean: "wait.mean", Seconds, Lower,
            "time from the sending of a message to its first receipt";
        WaitP50: "wait.p50", Seconds, Lower, "median of this time";
        WaitP95: "wait.p95", Seconds, Lower, "95th percentile of this time";
        WaitP99: "wait.p99", Seconds, Lower, "99th percentile of this time";
        OldestMax: "oldest.max", Seconds, Lower,
            "the largest age of the oldest message that is not deleted, at a whole minute or a change; of all together without queues from which no service takes messages";
        CpuUtilizationMean: "cpu.utilization.mean", Share, Neither,
            "CPU that the RUNNING tasks which work on the queue used ÷ what they reserved; without a value where no task ran";
        CostPerMillionMessages: "costPerMillionMessages", Usd, Lower,
            "cost of the reported time of the whole run ÷ million messages processed; of a queue only where no service works on another one";
        ScaledOutCount: "scaledOut.count", Count, Neither,
            "times at which a scaling policy raised the desired count of the service that works on the queue";
        ScaledInCount: "scaledIn.count", Count, Neither,
            "times at which a scaling policy lowered this count";
    }
}
