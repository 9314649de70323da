//! The registry's figures of services and of starts: one line per figure.

use super::table::figure;
use super::{Better, Definition, Unit};
use Better::{Higher, Lower, Neither};
use Unit::{Count, Seconds, Share};

/// Kinds of starts, as names of [`Kind::Start`](super::Kind::Start) figures: on an instance
/// that lacked some image, on one that had all, on Fargate.
pub const START_KINDS: [&str; 3] = ["ec2Cold", "ec2Cached", "fargate"];

/// Figures of services: `service.<name>…`; `all` is every service together.
pub const SERVICE: &[Definition] = &[
    figure(
        "desired.mean",
        Count,
        Neither,
        "desired count, time mean; none for daemons, and `all` is without them in every level",
    ),
    figure(
        "running.mean",
        Count,
        Neither,
        "tasks that are RUNNING and are to be, time mean",
    ),
    figure(
        "healthy.mean",
        Count,
        Neither,
        "tasks that count as healthy, time mean",
    ),
    figure(
        "pending.mean",
        Count,
        Lower,
        "tasks that are wanted and not yet RUNNING, time mean",
    ),
    figure(
        "available.share",
        Share,
        Higher,
        "since the desired count was first reached: share of time with at least desired × `minimumHealthyPercent` healthy tasks, rounded up, and at least one; of `all` the mean, weighted by that time",
    ),
    figure(
        "shortfall.mean",
        Count,
        Lower,
        "since the desired count was first reached: healthy tasks missing from it, time mean",
    ),
    figure(
        "shortfall.count",
        Count,
        Lower,
        "intervals with fewer healthy tasks than desired, once the desired count was reached",
    ),
    figure(
        "recovery.mean",
        Seconds,
        Lower,
        "length of such an interval within the reported time; one open at the end counts up to there",
    ),
    figure("recovery.max", Seconds, Lower, "longest such interval"),
    figure(
        "detect.mean",
        Seconds,
        Lower,
        "from the loss of a healthy task until ECS noticed: its host died, or its health check began to fail; exits and Spot notices are known at once and not counted",
    ),
    figure("detect.max", Seconds, Lower, "longest of the same"),
    figure(
        "replace.mean",
        Seconds,
        Lower,
        "from the loss of a healthy task, for any reason but scale-in and draining, until the next task was healthy in its place, the first lost the first; one open at the end counts up to there",
    ),
    figure("replace.max", Seconds, Lower, "longest of the same"),
    figure(
        "start.mean",
        Seconds,
        Lower,
        "from submission to RUNNING, over the tasks submitted in the reported time",
    ),
    figure("start.p50", Seconds, Lower, "median of the same"),
    figure("start.p95", Seconds, Lower, "95th percentile of the same"),
    figure("start.max", Seconds, Lower, "longest of the same"),
    figure(
        "healthyStart.mean",
        Seconds,
        Lower,
        "from submission to the first time that the task counted as healthy",
    ),
    figure(
        "healthyStart.p95",
        Seconds,
        Lower,
        "95th percentile of the same",
    ),
    figure("started.count", Count, Neither, "tasks that became RUNNING"),
    figure(
        "failedStarts.count",
        Count,
        Lower,
        "tasks that failed before they were RUNNING, or waited too long for capacity",
    ),
    figure(
        "placementFailures.count",
        Count,
        Lower,
        "how often an attempt to place tasks failed",
    ),
    figure(
        "stopped.count",
        Count,
        Neither,
        "tasks that stopped, for any reason",
    ),
    figure(
        "stopped.scaledIn.count",
        Count,
        Neither,
        "of the tasks stopped, those that were too many",
    ),
    figure(
        "stopped.unhealthy.count",
        Count,
        Lower,
        "of the tasks stopped, those that failed their health checks",
    ),
    figure(
        "stopped.exited.count",
        Count,
        Lower,
        "of the tasks stopped, those of which an essential container exited",
    ),
    figure(
        "stopped.draining.count",
        Count,
        Neither,
        "of the tasks stopped, those whose instance drained",
    ),
    figure(
        "stopped.cannotStart.count",
        Count,
        Lower,
        "of the tasks stopped, those that lacked an image or a dependency",
    ),
    figure(
        "interrupted.count",
        Count,
        Lower,
        "of the tasks stopped, those lost with an instance, a Fargate host or Fargate Spot capacity",
    ),
    figure(
        "restarts.count",
        Count,
        Lower,
        "containers restarted within their tasks",
    ),
];

/// Figures of starts: `start.<kind>…`.
pub const START: &[Definition] = &[
    figure(
        "count",
        Count,
        Neither,
        "starts of this kind, of tasks submitted in the reported time",
    ),
    figure(
        "provisioning.mean",
        Seconds,
        Lower,
        "in PROVISIONING: the microVM or the network interface",
    ),
    figure(
        "pending.mean",
        Seconds,
        Lower,
        "in PENDING, until the agent begins",
    ),
    figure("pull.mean", Seconds, Lower, "pulling and unpacking images"),
    figure(
        "containers.mean",
        Seconds,
        Lower,
        "starting containers, and their waiting for one another",
    ),
    figure(
        "polling.mean",
        Seconds,
        Lower,
        "until the control plane shows RUNNING",
    ),
];
