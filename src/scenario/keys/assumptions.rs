//! The field table of `assumptions`: what AWS does not say. The defaults stand here in words
//! as `show` writes them; a test holds that they are those of the plan.

use super::images::MOST_LAYERS;
use super::laws::SHARE;
use super::table::{Field, Table, Type};
use Type::{Any, Duration, Integer, Law, List, Map, Number, Size};

const PER_SECOND: Type = Any("a size per second, such as `25 MB/s` (MB means MiB)");

/// `assumptions`.
pub static ASSUMPTIONS: Table = Table {
    name: "assumptions",
    doc: "What AWS does not say. Times of start-up and stop count with `delays: realistic` only.",
    fields: &[
        Field::new(
            "agentPickup",
            Law("a duration"),
            "EC2: from placement until the agent begins with the task (facts/ecs.md 73)",
        )
        .rule("`2s`"),
        Field::new(
            "interfaceAttach",
            Law("a duration"),
            "EC2, `awsvpc`: attaching the interface (facts/platform.md 2.5.5)",
        )
        .rule("`{ lognormal: { median: 4s, sigma: 0.4 } }`"),
        Field::new(
            "interfaceDetach",
            Law("a duration"),
            "`awsvpc`: detaching the interface (facts/ecs.md 73)",
        )
        .rule("`10s`"),
        Field::new(
            "fargateProvisioning",
            Law("a duration"),
            "Fargate: PROVISIONING (facts/platform.md 2.5.6)",
        )
        .rule("`{ lognormal: { median: 14s, sigma: 0.25 } }`"),
        Field::new(
            "fargatePending",
            Law("a duration"),
            "Fargate: PENDING (facts/platform.md 2.5.6)",
        )
        .rule("`{ lognormal: { median: 8s, sigma: 0.3 } }`"),
        Field::new(
            "statusPolling",
            Law("a duration"),
            "Fargate: until the control plane shows RUNNING (facts/platform.md 2.5.6)",
        )
        .rule("`{ uniform: { low: 6s, high: 8s } }`"),
        Field::new(
            "containerStart",
            Law("a duration"),
            "starting a container whose image is there (facts/platform.md 1.1.9)",
        )
        .rule("`{ lognormal: { median: 600ms, sigma: 0.35 } }`"),
        Field::new(
            "manifestTime",
            Duration,
            "asking the registry for the manifest (facts/platform.md 3.2.7)",
        )
        .rule("`400ms`"),
        Field::new(
            "imageSize",
            Size,
            "compressed size of an image that nobody describes (facts/platform.md 3.3.4)",
        )
        .rule("`180000000 B`"),
        Field::new(
            "imageLayers",
            Integer(1, MOST_LAYERS),
            "layers of an image that does not say them (facts/platform.md 3.3.4)",
        )
        .rule("`9`"),
        Field::new(
            "compressionRatio",
            Number,
            "unpacked bytes per compressed byte, to a millionth, where an image does not say \
             them; 1 to 100 (facts/platform.md 3.3.1)",
        )
        .rule("`2.6`"),
        Field::new(
            "pullStreams",
            Integer(1, 1_000),
            "layers that are downloaded at once (facts/platform.md 3.2.1)",
        )
        .rule("`3`"),
        Field::new(
            "streamBandwidth",
            PER_SECOND,
            "download of one layer (facts/platform.md 3.2.2)",
        )
        .rule("`25000000 B/s`"),
        Field::new(
            "unpackRate",
            PER_SECOND,
            "unpacked bytes that are unpacked (facts/platform.md 3.2.7)",
        )
        .rule("`90000000 B/s`"),
        Field::new(
            "diskBandwidth",
            PER_SECOND,
            "what the root volume takes (facts/platform.md 3.2.7)",
        )
        .rule("`125 MiB/s`"),
        Field::new(
            "fargatePullRates",
            List(&PER_SECOND),
            "Fargate: compressed bytes pulled and unpacked, up to 1 vCPU, up to 2, above \
             (facts/platform.md 2.5.6)",
        )
        .rule("`[15000000 B/s, 20000000 B/s, 30000000 B/s]`"),
        Field::new(
            "instanceBoot",
            Law("a duration"),
            "from launch until the agent has registered: median 45 s, 95 % within 90 s \
             (facts/platform.md 1.3.11)",
        )
        .rule(
            "`{ shifted: { by: 25s, law: { lognormal: { median: 20s, sigma: 0.7165713574928448 } } } }`",
        ),
        Field::new(
            "gpuBootFactor",
            Number,
            "the factor of `instanceBoot` with GPUs (facts/platform.md 1.3.11)",
        )
        .rule("`2`"),
        Field::new(
            "launchToRunning",
            Duration,
            "from launch until an instance is `running` and billed (facts/platform.md 1.3.1)",
        )
        .rule("`7s500ms`"),
        Field::new(
            "serviceSchedulerPeriod",
            Duration,
            "between two looks of the service scheduler (facts/ecs.md 119)",
        )
        .rule("`10s`"),
        Field::new(
            "startThrottle",
            Map(&START_THROTTLE),
            "a service whose tasks fail before they are RUNNING (facts/ecs.md 71)",
        )
        .rule("`{ failures: 3, first: 15s, longest: 27m }`"),
        Field::new(
            "placementRetry",
            Map(&PLACEMENT_RETRY),
            "a service that finds no room (facts/ecs.md 117)",
        )
        .rule("`{ failures: 3, delays: [5m, 10m, 15m] }`"),
        Field::new(
            "healthyWithoutCheck",
            Duration,
            "after RUNNING, until a task without health check counts as healthy (facts/ecs.md 196)",
        )
        .rule("`40s`"),
        Field::new(
            "provisioningTimeout",
            Duration,
            "a task waits in PROVISIONING at most so long (facts/ecs.md 55)",
        )
        .rule("`30m`"),
        Field::new(
            "provisioningLimit",
            Integer(1, 1_000_000),
            "tasks in PROVISIONING per cluster (facts/ecs.md 43)",
        )
        .rule("`500`"),
        Field::new(
            "capacityMetricDelay",
            Duration,
            "from a minute's end until managed scaling sees its metric (facts/platform.md 2.4.5)",
        )
        .rule("`1m`"),
        Field::new(
            "scaleInStep",
            SHARE,
            "the share of a group that managed scaling takes away in a minute, above 0; at least \
             one instance (facts/ecs.md 153)",
        )
        .rule("`50%`"),
        Field::new(
            "terminationNotice",
            Duration,
            "until ECS notices that EC2 has terminated an instance (facts/ecs.md 237)",
        )
        .rule("`30s`"),
        Field::new(
            "hostLossNotice",
            Duration,
            "until ECS notices that a host has died (facts/ecs.md 237)",
        )
        .rule("`3m`"),
        Field::new(
            "disconnectNotice",
            Duration,
            "until ECS notices that an agent has lost its connection (facts/ecs.md 236)",
        )
        .rule("`1m`"),
        Field::new(
            "healthReplacement",
            Duration,
            "until a group replaces an instance that failed (facts/ecs.md 165)",
        )
        .rule("`2m`"),
        Field::new(
            "fixedFleetReplacement",
            Duration,
            "with realistic faults: until an operator has replaced a lost instance of a fixed \
             fleet, whatever the delays",
        )
        .rule("`1h`"),
        Field::new(
            "launchRetry",
            Map(&LAUNCH_RETRY),
            "when a group tries again after insufficient capacity (facts/ecs.md 241)",
        )
        .rule("`{ first: 1m, longest: 15m }`"),
        Field::new(
            "spotNotice",
            Duration,
            "Spot: from notice to the end (facts/ecs.md 228)",
        )
        .rule("`2m`"),
        Field::new(
            "spotBandChances",
            List(&SHARE),
            "Spot: interruptions per instance and month in the bands <5%, 5-10%, 10-15%, 15-20% \
             and >20% (facts/platform.md 8.4.4)",
        )
        .rule("`[2.5%, 7.5%, 12.5%, 17.5%, 25%]`"),
        Field::new(
            "spotEventShare",
            Law("a share, such as `50%`"),
            "Spot: what an event takes of its pool; the larger, the rarer they are, so that the \
             chance of each instance stays (facts/platform.md 8.4.9)",
        )
        .rule("`{ power: { maximum: 100%, exponent: 2 } }`"),
        Field::new(
            "spotEventSpread",
            Duration,
            "Spot: a pool's event reaches its victims within so long (facts/platform.md 8.4.6)",
        )
        .rule("`3m`"),
        Field::new(
            "poolDry",
            Law("a duration"),
            "a pool, on demand or Spot, that refused a launch by chance stays dry so long \
             (facts/platform.md 8.4.8)",
        )
        .rule("`{ exponential: { mean: 20m } }`"),
        Field::new(
            "launchFailures",
            Map(&LAUNCH_FAILURES),
            "the chance that a launch finds no capacity (facts/platform.md 8.4.8)",
        )
        .rule("`{ onDemand: 0%, gpu: 0%, spot: 3%, spotScarce: 15% }`"),
        Field::new(
            "siblingLaunchErrors",
            Map(&SIBLING_LAUNCH_ERRORS),
            "launches in other zones that the API fails while a zone outage is young \
             (facts/platform.md 8.3.3, 8.3.4)",
        )
        .rule("`{ share: 20%, lasts: 1h }`"),
        Field::new(
            "fargateSpotInterruption",
            SHARE,
            "Fargate Spot: interruptions per task and month (facts/platform.md 2.3.4)",
        )
        .rule("`5%`"),
        Field::new(
            "fargateSpotUnavailable",
            SHARE,
            "Fargate Spot: launches that find no capacity (facts/platform.md 2.3.4)",
        )
        .rule("`1%`"),
        Field::new(
            "fargateRetry",
            Duration,
            "a client whom Fargate has refused tries again after so long, above 0 \
             (facts/ecs.md 242)",
        )
        .rule("`1m`"),
        Field::new(
            "fargateLaunchBucket",
            Map(&LAUNCH_BUCKET),
            "Fargate: how many launch at once (facts/ecs.md 45)",
        )
        .rule("`{ burst: 100, perSecond: 20 }`"),
        Field::new(
            "fargateVcpuQuota",
            Integer(1, 100_000_000),
            "vCPUs on Fargate at once, on demand and Spot each (facts/platform.md 2.4.3)",
        )
        .rule("`4000`"),
        Field::new(
            "serviceLaunchRate",
            Integer(1, 1_000_000),
            "tasks per minute that a service launches (facts/ecs.md 44)",
        )
        .rule("`500`"),
        Field::new(
            "serviceLaunchBurst",
            Duration,
            "so much time's worth of those launches goes at once, at least one launch; above 0, \
             at most 1d (facts/ecs.md 44)",
        )
        .rule("`1m`"),
        Field::new(
            "registeredMemoryShare",
            SHARE,
            "how much of its memory an instance registers where nobody measured it, in whole MiB; \
             above 0 (facts/ecs.md 39)",
        )
        .rule("`95%`"),
        Field::new(
            "systemDisk",
            Size,
            "what the system takes of an instance's root volume",
        )
        .rule("`4 GiB`"),
    ],
};

/// `startThrottle`.
pub static START_THROTTLE: Table = Table {
    name: "startThrottle",
    doc: "Doubling waits between starts.",
    fields: &[
        Field::new(
            "failures",
            Integer(1, 1_000_000),
            "the failure in a row that is first followed by a wait",
        )
        .rule("`3`"),
        Field::new("first", Duration, "the first wait").rule("`15s`"),
        Field::new("longest", Duration, "no wait is longer").rule("`27m`"),
    ],
};

/// `placementRetry`.
pub static PLACEMENT_RETRY: Table = Table {
    name: "placementRetry",
    doc: "Waits between passes that find no room.",
    fields: &[
        Field::new(
            "failures",
            Integer(1, 1_000_000),
            "the failed pass in a row that is first followed by such a wait; those before it by \
             `serviceSchedulerPeriod`",
        )
        .rule("`3`"),
        Field::new(
            "delays",
            List(&Duration),
            "the waits in turn, each above 0; the last stands for all that follow",
        )
        .rule("`[5m, 10m, 15m]`"),
    ],
};

/// `launchRetry`.
pub static LAUNCH_RETRY: Table = Table {
    name: "launchRetry",
    doc: "Doubling waits between launches.",
    fields: &[
        Field::new("first", Duration, "the first wait").rule("`1m`"),
        Field::new("longest", Duration, "no wait is longer").rule("`15m`"),
    ],
};

/// `launchFailures`.
pub static LAUNCH_FAILURES: Table = Table {
    name: "launchFailures",
    doc: "The chance that a launch finds no capacity.",
    fields: &[
        Field::new("onDemand", SHARE, "on demand").rule("`0%`; with realistic faults `0.2%`"),
        Field::new("gpu", SHARE, "on demand with GPUs, and bare metal")
            .rule("`0%`; with realistic faults `5%`"),
        Field::new("spot", SHARE, "Spot, bands below 10 %").rule("`3%`"),
        Field::new("spotScarce", SHARE, "Spot, bands above 15 %").rule("`15%`"),
    ],
};

/// `siblingLaunchErrors`.
pub static SIBLING_LAUNCH_ERRORS: Table = Table {
    name: "siblingLaunchErrors",
    doc: "Errors of the launch API beside a zone outage.",
    fields: &[
        Field::new(
            "share",
            SHARE,
            "how many launches fail, each by its own draw",
        )
        .rule("`20%`"),
        Field::new("lasts", Duration, "from the beginning of the outage").rule("`1h`"),
    ],
};

/// `fargateLaunchBucket`.
pub static LAUNCH_BUCKET: Table = Table {
    name: "fargateLaunchBucket",
    doc: "A token bucket.",
    fields: &[
        Field::new("burst", Integer(1, 1_000_000), "its size").rule("`100`"),
        Field::new("perSecond", Integer(1, 1_000_000), "its refill").rule("`20`"),
    ],
};
