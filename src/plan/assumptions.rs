//! Parameters that AWS does not document: `assumptions:` in a scenario. A row of the table below has
//! the field, its default, key, form, meaning and source. Laws are in seconds, rates in bytes/s.

pub use super::assumed::{LaunchFailures, ThrottledRetry};

use super::assumed::{beta_2_1, lognormal, shifted_boot, uniform};
use super::image::MOST_LAYERS;
use super::managed_instances::InstanceManagement;
use crate::catalog::{InterruptionBand, REGISTERED_SHARE};
use crate::engine::random::Distribution;
use crate::policy::services::{PlacementDelays, StartDelays};
use crate::units::{Decimal, Memory, Ratio, Span};
use std::sync::Arc;

/// An assumption, or a part of one that is a map, as a scenario writes it.
#[derive(Clone, Copy, Debug)]
pub struct Assumption {
    /// Its key.
    pub key: &'static str,
    /// What it holds, and where the plan keeps it.
    pub kind: Kind,
    /// What it means and, in parentheses, its source; one line.
    pub doc: &'static str,
}

/// What an assumption holds.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// A law of a duration, in seconds.
    TimeLaw(Lens<Distribution>),
    /// A law of a share of the whole; it ends at the whole and is not always zero.
    ShareLaw(Lens<Distribution>),
    /// A duration.
    Duration(Lens<Span>),
    /// A duration above zero, up to the second value.
    DurationAboveZero(Lens<Span>, Option<Span>),
    /// A duration before something is done; one that is longer than the run means never.
    Delay(Lens<Span>),
    /// Durations above zero, at least one.
    Durations(Lens<Arc<[Span]>>),
    /// A size.
    Size(Lens<Memory>),
    /// The compressed size of an image.
    ImageSize(Lens<Memory>),
    /// A whole number from 1 to the second value.
    Count(Lens<u32>, u32),
    /// A number above zero, up to the second value, in millionths.
    Decimal(Lens<Decimal>, u32),
    /// A number between the second and the third value.
    Factor(Lens<f64>, u32, u32),
    /// A number above zero.
    PositiveFactor(Lens<f64>),
    /// Bytes per second, above zero.
    Rate(Lens<u64>),
    /// The rates of Fargate's three classes of CPU, bytes per second.
    Rates(Lens<[u64; 3]>),
    /// A share below the whole.
    Share(Lens<f64>),
    /// The shares of the five interruption bands, each below the whole.
    Shares(Lens<[f64; 5]>),
    /// A share up to the whole.
    Ratio(Lens<Ratio>),
    /// A share above zero.
    RatioAboveZero(Lens<Ratio>),
    /// `true` or `false`.
    Bool(Lens<bool>),
    /// A map of several values.
    Group(&'static Group),
}

/// An assumption that is a map of several values.
#[derive(Debug)]
pub struct Group {
    /// The key of the map.
    pub name: &'static str,
    /// What the map is.
    pub doc: &'static str,
    /// Its parts.
    pub rows: &'static [Assumption],
    /// The two parts, if any, of which the first must not be above the second.
    pub ordered: Option<(Lens<Span>, Lens<Span>)>,
}

/// A place in the assumptions: how a value is read there, and how it is changed.
#[derive(Debug)]
pub struct Lens<T: 'static> {
    /// The value.
    pub get: fn(&Assumptions) -> &T,
    /// The place of the value.
    pub get_mut: fn(&mut Assumptions) -> &mut T,
}

impl<T> Clone for Lens<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Lens<T> {}

const MB: u64 = 1_000_000;
const MIB: u64 = 1 << 20;

/// With a burst of at most a day the number of launches stays far below the largest count.
const LONGEST_BURST: Span = Span::hours(24);

#[rustfmt::skip]
assumptions! {
    agent_pickup: Distribution = Distribution::Constant(2.0);
        "agentPickup", TimeLaw,
        "EC2: from placement until the agent begins with the task",
        "facts/ecs.md 73";
    interface_attach: Distribution = lognormal(4.0, 0.4);
        "interfaceAttach", TimeLaw,
        "EC2, `awsvpc`: attaching the interface",
        "facts/platform.md 2.5.5 and 10";
    interface_detach: Distribution = Distribution::Constant(10.0);
        "interfaceDetach", TimeLaw,
        "`awsvpc`: detaching and deleting the interface",
        "facts/ecs.md 73";
    fargate_provisioning: Distribution = lognormal(14.0, 0.25);
        "fargateProvisioning", TimeLaw,
        "Fargate: PROVISIONING, the microVM and its interface",
        "facts/platform.md 2.5.6";
    fargate_pending: Distribution = lognormal(8.0, 0.3);
        "fargatePending", TimeLaw,
        "Fargate: PENDING",
        "facts/platform.md 2.5.6";
    /// The value makes the sum of the parts equal to the published start of a 413 MB image in 57 s.
    status_polling: Distribution = uniform(6.0, 8.0);
        "statusPolling", TimeLaw,
        "Fargate: from the start of the containers until the control plane shows RUNNING",
        "facts/platform.md 2.5.2, 2.5.6";
    container_start: Distribution = lognormal(0.6, 0.35);
        "containerStart", TimeLaw,
        "starting a container whose image is there",
        "facts/platform.md 1.1.9";
    manifest_time: Span = Span::millis(400);
        "manifestTime", Duration,
        "asking the registry for the manifest",
        "facts/platform.md 3.2.7";
    image_size: Memory = Memory::bytes(180 * MB);
        "imageSize", ImageSize,
        "compressed size of an image that is not described: the median",
        "facts/platform.md 3.3.4";
    image_layers: u32 = 9;
        "imageLayers", Count(MOST_LAYERS),
        "layers of an image that is not described: one and the mean of the others",
        "facts/platform.md 3.3.4";
    compression_ratio: f64 = 2.6;
        "compressionRatio", Factor(1, 100),
        "unpacked bytes per compressed byte, to a millionth, of an image or a layer without unpacked size; 1 to 100",
        "facts/platform.md 3.3.1";
    pull_streams: u32 = 3;
        "pullStreams", Count(1_000),
        "layers of an image that are downloaded at once",
        "facts/platform.md 3.2.1";
    stream_bandwidth: u64 = 25 * MB;
        "streamBandwidth", Rate,
        "download of one layer",
        "facts/platform.md 3.2.2";
    unpack_rate: u64 = 90 * MB;
        "unpackRate", Rate,
        "unpacked bytes that are unpacked, one layer after the other",
        "facts/platform.md 3.2.7";
    disk_bandwidth: u64 = 125 * MIB;
        "diskBandwidth", Rate,
        "throughput of the root volume",
        "facts/platform.md 3.2.7";
    fargate_pull_rates: [u64; 3] = [15 * MB, 20 * MB, 30 * MB];
        "fargatePullRates", Rates,
        "Fargate: compressed bytes pulled and unpacked, up to 1 vCPU, up to 2, above",
        "facts/platform.md 2.5.6";
    instance_boot: Distribution = shifted_boot();
        "instanceBoot", TimeLaw,
        "from launch until the agent has registered: median 45 s, 95 % within 90 s",
        "facts/platform.md 1.3.11";
    gpu_boot_factor: f64 = 2.0;
        "gpuBootFactor", PositiveFactor,
        "the factor of `instanceBoot` for instance types with GPUs",
        "facts/platform.md 1.3.11";
    trunk_attach: Span = Span::seconds(10);
        "trunkAttach", Duration,
        "EC2 with `awsvpcTrunking`: from the registration of the agent until the trunk interface is attached; the instance takes no tasks before",
        "facts/ecs.md 123";
    launch_to_running: Span = Span::millis(7_500);
        "launchToRunning", Duration,
        "from launch until an instance is `running` and billed",
        "facts/platform.md 1.3.1";
    service_scheduler_period: Span = Span::seconds(10);
        "serviceSchedulerPeriod", DurationAboveZero(None),
        "between two rounds of the service scheduler",
        "facts/ecs.md 119";
    start_throttle: StartDelays = StartDelays::default();
        "startThrottle", Group(START_THROTTLE),
        "delays of a service whose tasks fail before they are RUNNING",
        "facts/ecs.md 71";
    placement_retry: PlacementDelays = PlacementDelays::default();
        "placementRetry", Group(PLACEMENT_RETRY),
        "delays of a service that finds no room",
        "facts/ecs.md 117";
    healthy_without_check: Span = Span::seconds(40);
        "healthyWithoutCheck", Duration,
        "after RUNNING, until a task without health check counts as healthy",
        "facts/ecs.md 196; documented";
    bake_time: Span = Span::seconds(300);
        "bakeTime", Duration,
        "for how long a deployment with alarms watches them after all tasks are replaced",
        "facts/ecs.md 215";
    alarm_poll_period: Span = Span::seconds(60);
        "alarmPollPeriod", DurationAboveZero(None),
        "period at which a deployment looks at its alarms",
        "facts/ecs.md 214";
    metric_delay: Span = Span::seconds(120);
        "metricDelay", Delay,
        "from the end of a metric's minute until its alarms see it; the metric of managed scaling has `capacityMetricDelay`",
        "facts/ecs.md 191";
    high_resolution_metric_delay: Span = Span::seconds(15);
        "highResolutionMetricDelay", Delay,
        "the same for metrics with a value each 20 seconds",
        "facts/ecs.md 191";
    zone_rebalancing_delay: Span = Span::seconds(300);
        "zoneRebalancingDelay", Delay,
        "from the steady state of a service until it is compared with an even spread over its zones",
        "facts/ecs.md 128";
    provisioning_timeout: Span = Span::seconds(1_800);
        "provisioningTimeout", DurationAboveZero(None),
        "the longest time that a task waits for capacity in PROVISIONING",
        "facts/ecs.md 55";
    provisioning_limit: u32 = 500;
        "provisioningLimit", Count(1_000_000),
        "tasks in PROVISIONING per cluster",
        "facts/ecs.md 43; documented";
    /// By default the first new instance of the published scale-out runs tasks after 2.4 minutes.
    capacity_metric_delay: Span = Span::seconds(60);
        "capacityMetricDelay", Duration,
        "from a minute's end until managed scaling sees its metric",
        "facts/platform.md 2.4.5";
    capacity_metric_launched: bool = false;
        "capacityMetricLaunched", Bool,
        "whether instances that were launched and have not registered yet count as running in `CapacityProviderReservation`; `false`: only ACTIVE container instances do",
        "facts/ecs.md 138";
    scale_in_step: Ratio = Ratio::millionths(500_000).expect("one half");
        "scaleInStep", RatioAboveZero,
        "the share of a group that one step of managed scaling takes away, above 0, rounded to the nearest number; at least one instance",
        "facts/ecs.md 153";
    scale_in_interval: Span = Span::seconds(120);
        "scaleInInterval", Duration,
        "the shortest time between two steps of scale-in; a step also waits for a metric that was measured after the step before",
        "facts/ecs.md 153";
    scale_out_in_warm_up: bool = false;
        "scaleOutInWarmUp", Bool,
        "`false`: a further scale-out waits until the instances launched last are warm; `true`: it does not, if more are needed than there are with them",
        "facts/ecs.md 150";
    termination_notice: Span = Span::seconds(30);
        "terminationNotice", Duration,
        "until ECS notices that EC2 has terminated an instance",
        "facts/ecs.md 237";
    host_loss_notice: Span = Span::seconds(180);
        "hostLossNotice", Duration,
        "until ECS notices that a host has died",
        "facts/ecs.md 237";
    disconnect_notice: Span = Span::seconds(60);
        "disconnectNotice", Duration,
        "until ECS notices that an agent has lost its connection",
        "facts/ecs.md 236";
    health_replacement: Span = Span::seconds(120);
        "healthReplacement", Duration,
        "until an Auto Scaling group replaces an instance that failed",
        "facts/ecs.md 165, facts/platform.md 8.2.3";
    fixed_fleet_replacement: Span = Span::hours(1);
        "fixedFleetReplacement", Delay,
        "with realistic faults: until an operator has replaced a lost instance of a fixed fleet, whatever the delays",
        "our choice";
    launch_retry: (Span, Span) = (Span::seconds(60), Span::seconds(900));
        "launchRetry", Group(LAUNCH_RETRY),
        "when a group tries again after insufficient capacity",
        "facts/ecs.md 241";
    spot_notice: Span = Span::seconds(120);
        "spotNotice", Duration,
        "Spot: from notice to the end",
        "facts/ecs.md 228; documented";
    spot_band_chances: [f64; 5] = InterruptionBand::ALL
            .map(|band| f64::from(band.monthly_probability()) / 1_000.0);
        "spotBandChances", Shares,
        "Spot: the chance of an interruption per instance and month in the bands <5%, 5-10%, 10-15%, 15-20% and >20%",
        "facts/platform.md 8.4.4";
    spot_event_share: Distribution = beta_2_1();
        "spotEventShare", ShareLaw,
        "Spot: the share of its pool that an event takes; the larger, the rarer events are, so that the chance of each instance stays",
        "facts/platform.md 8.4.9";
    spot_event_spread: Span = Span::seconds(180);
        "spotEventSpread", Duration,
        "Spot: the longest time until a pool's event interrupts the last of its instances",
        "facts/platform.md 8.4.6";
    pool_dry: Distribution = Distribution::Exponential { mean: 1_200.0 };
        "poolDry", TimeLaw,
        "the time that a pool, on demand or Spot, has no capacity after it refused a launch by chance",
        "facts/platform.md 8.4.8";
    launch_failures: LaunchFailures = LaunchFailures::default();
        "launchFailures", Group(LAUNCH_FAILURES),
        "the chance that a launch finds no capacity",
        "facts/platform.md 8.4.8";
    sibling_launch_errors: (f64, Span) = (0.2, Span::hours(1));
        "siblingLaunchErrors", Group(SIBLING_LAUNCH_ERRORS),
        "launches in other zones that the API fails while a zone outage is young",
        "facts/platform.md 8.3.3, 8.3.4";
    fargate_spot_interruption: f64 = 0.05;
        "fargateSpotInterruption", Share,
        "Fargate Spot: the chance of an interruption per task and month",
        "facts/platform.md 2.3.4";
    fargate_spot_unavailable: f64 = 0.01;
        "fargateSpotUnavailable", Share,
        "Fargate Spot: the chance that a launch finds no capacity",
        "facts/platform.md 2.3.4";
    fargate_retry: Span = Span::seconds(60);
        "fargateRetry", DurationAboveZero(None),
        "the delay before a client tries again after Fargate refused a launch, above 0",
        "facts/ecs.md 242";
    fargate_launch_bucket: (u32, Decimal) = (100, Decimal::whole(20));
        "fargateLaunchBucket", Group(FARGATE_LAUNCH_BUCKET),
        "Fargate: how many tasks launch at once",
        "facts/ecs.md 45; documented";
    run_task_bucket: (u32, Decimal) = (100, Decimal::whole(40));
        "runTaskBucket", Group(RUN_TASK_BUCKET),
        "calls of `RunTask` per account, of up to 10 tasks each",
        "facts/ecs.md 48; documented";
    run_task_fargate_bucket: (u32, Decimal) = (20, Decimal::whole(20));
        "runTaskFargateBucket", Group(RUN_TASK_FARGATE_BUCKET),
        "those of these calls that are for Fargate",
        "facts/ecs.md 47; documented";
    throttled_retry: ThrottledRetry = ThrottledRetry::default();
        "throttledRetry", Group(THROTTLED_RETRY),
        "how the AWS SDK of a client without a job queue repeats a call of `RunTask` that was throttled; after the last attempt the entry's `retry` follows",
        "our choice: the SDK's standard mode";
    flexible_window: Distribution = uniform(0.0, 1.0);
        "flexibleWindow", ShareLaw,
        "the part of a `flexibleTimeWindow` that has passed when EventBridge Scheduler calls",
        "our choice";
    fargate_vcpu_quota: u32 = 4_000;
        "fargateVcpuQuota", Count(100_000_000),
        "vCPUs on Fargate at once, on demand and Spot each",
        "facts/platform.md 2.4.3";
    service_launch_rate: u32 = 500;
        "serviceLaunchRate", Count(1_000_000),
        "tasks per minute that a service launches",
        "facts/ecs.md 44; documented";
    /// No minute launches more than a minute's tasks if this is at most a scheduler's round.
    service_launch_burst: Span = Span::seconds(10);
        "serviceLaunchBurst", DurationAboveZero(Some(LONGEST_BURST)),
        "a service that has launched nothing may launch the tasks of this time at once, at least those of one `serviceSchedulerPeriod`; above 0, at most 1d",
        "facts/ecs.md 44";
    managed_instances: InstanceManagement = InstanceManagement::default();
        "managedInstances", Group(MANAGED_INSTANCES),
        "ECS Managed Instances: when ECS launches, moves and replaces instances, and its fee",
        "facts/ecs.md 42a to 42m, facts/pricing.md 2";
    /// The plan's instance types include it already.
    credits_at_start: Ratio = Ratio::millionths(0).expect("nothing");
        "creditsAtStart", Ratio,
        "CPU credits of burstable instances that are there at the start of the run, as a share of the most that they keep; new instances have none",
        "facts/platform.md 1.4.3";
    registered_memory_share: Ratio = REGISTERED_SHARE;
        "registeredMemoryShare", RatioAboveZero,
        "the share of its memory that an instance type without a measured value registers, in whole MiB; above 0",
        "facts/ecs.md 39";
    system_memory: Memory = Memory::mib(256);
        "systemMemory", Size,
        "what the operating system, Docker and the container agent use of an instance's memory; containers can use the rest",
        "our choice";
    system_disk: Memory = Memory::gib(4);
        "systemDisk", Size,
        "what the system takes of an instance's root volume: an ECS-optimized image and its logs",
        "our choice";
}

#[rustfmt::skip]
static START_THROTTLE: Group = Group {
    name: "startThrottle",
    doc: "Doubling waits between starts.",
    rows: &[
        part!("failures", start_throttle.failures, Count(1_000_000), "the failure in a row that is first followed by a wait"),
        part!("first", start_throttle.first, DurationAboveZero(None), "the first wait"),
        part!("longest", start_throttle.longest, DurationAboveZero(None), "no wait is longer"),
    ],
    ordered: Some((lens!(start_throttle.first), lens!(start_throttle.longest))),
};

#[rustfmt::skip]
static PLACEMENT_RETRY: Group = Group {
    name: "placementRetry",
    doc: "Waits between passes that find no room.",
    rows: &[
        part!("failures", placement_retry.failures, Count(1_000_000), "the failed pass in a row that is first followed by such a wait; those before it by `serviceSchedulerPeriod`"),
        part!("delays", placement_retry.delays, Durations, "the waits in turn, each above 0; the last stands for all that follow"),
    ],
    ordered: None,
};

#[rustfmt::skip]
static LAUNCH_RETRY: Group = Group {
    name: "launchRetry",
    doc: "Doubling waits between launches.",
    rows: &[
        part!("first", launch_retry.0, DurationAboveZero(None), "the first wait"),
        part!("longest", launch_retry.1, DurationAboveZero(None), "no wait is longer"),
    ],
    ordered: Some((lens!(launch_retry.0), lens!(launch_retry.1))),
};

#[rustfmt::skip]
static LAUNCH_FAILURES: Group = Group {
    name: "launchFailures",
    doc: "The chance that a launch finds no capacity.",
    rows: &[
        part!("onDemand", launch_failures.on_demand, Share, "on demand; `0.2%` with realistic faults"),
        part!("gpu", launch_failures.gpu, Share, "on demand with GPUs, and bare metal; `5%` with realistic faults"),
        part!("spot", launch_failures.spot, Share, "Spot, bands below 10 %"),
        part!("spotScarce", launch_failures.spot_scarce, Share, "Spot, bands above 15 %"),
    ],
    ordered: None,
};

#[rustfmt::skip]
static SIBLING_LAUNCH_ERRORS: Group = Group {
    name: "siblingLaunchErrors",
    doc: "Errors of the launch API beside a zone outage.",
    rows: &[
        part!("share", sibling_launch_errors.0, Share, "how many launches fail, each by its own draw"),
        part!("lasts", sibling_launch_errors.1, Duration, "from the beginning of the outage"),
    ],
    ordered: None,
};

#[rustfmt::skip]
static FARGATE_LAUNCH_BUCKET: Group = Group {
    name: "fargateLaunchBucket",
    doc: "A token bucket.",
    rows: &[
        part!("burst", fargate_launch_bucket.0, Count(1_000_000), "its size"),
        part!("perSecond", fargate_launch_bucket.1, Decimal(1_000_000), "its refill, above 0, to a millionth"),
    ],
    ordered: None,
};

#[rustfmt::skip]
static RUN_TASK_BUCKET: Group = Group {
    name: "runTaskBucket",
    doc: "A token bucket.",
    rows: &[
        part!("burst", run_task_bucket.0, Count(1_000_000), "its size"),
        part!("perSecond", run_task_bucket.1, Decimal(1_000_000), "its refill, above 0, to a millionth"),
    ],
    ordered: None,
};

#[rustfmt::skip]
static RUN_TASK_FARGATE_BUCKET: Group = Group {
    name: "runTaskFargateBucket",
    doc: "A token bucket.",
    rows: &[
        part!("burst", run_task_fargate_bucket.0, Count(1_000_000), "its size"),
        part!("perSecond", run_task_fargate_bucket.1, Decimal(1_000_000), "its refill, above 0, to a millionth"),
    ],
    ordered: None,
};

#[rustfmt::skip]
static THROTTLED_RETRY: Group = Group {
    name: "throttledRetry",
    doc: "Doubling waits between the attempts of one call, each times a uniform number between 0 and 1.",
    rows: &[
        part!("attempts", throttled_retry.attempts, Count(1_000_000), "the most attempts of a call, the first included"),
        part!("first", throttled_retry.first, DurationAboveZero(None), "the longest wait before the second attempt"),
        part!("longest", throttled_retry.longest, DurationAboveZero(None), "no wait is longer"),
    ],
    ordered: Some((lens!(throttled_retry.first), lens!(throttled_retry.longest))),
};

#[rustfmt::skip]
static MANAGED_INSTANCES: Group = Group {
    name: "managedInstances",
    doc: "What AWS does not publish of ECS Managed Instances, and three documented values.",
    rows: &[
        part!("lookInterval", managed_instances.look_interval, Duration, "from the first task that needs an instance until ECS launches instances for all tasks that wait then; also the shortest time between two looks for idle and underused instances (our choice)"),
        part!("tasksPerInstance", managed_instances.tasks_per_instance, Count(1_000_000), "the most waiting tasks that one new instance is chosen for; 1: an instance for each task (our choice)"),
        part!("scaleInAfter", managed_instances.scale_in_after, Duration, "where a provider sets none: how long an instance is idle or underused before ECS removes it (facts/ecs.md 42j)"),
        part!("leastSaving", managed_instances.least_saving, RatioAboveZero, "an underused instance is replaced by a cheaper type if that saves more than this share of its price (our choice)"),
        part!("maximumAge", managed_instances.maximum_age, DurationAboveZero(None), "the age at which ECS sets an instance to DRAINING (facts/ecs.md 42l; documented)"),
        part!("drainFor", managed_instances.drain_for, DurationAboveZero(None), "after that age: how long an instance may drain until ECS terminates it with its tasks (facts/ecs.md 42l; documented)"),
        part!("fee", managed_instances.fee, RatioAboveZero, "the management fee of general types as a share of their price on demand (facts/pricing.md 2)"),
    ],
    ordered: None,
};
