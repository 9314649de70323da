//! What AWS does not say, as named parameters with our defaults: `assumptions:` in a
//! scenario. Laws are in seconds, rates in bytes per second.

use crate::catalog::{InterruptionBand, REGISTERED_SHARE};
use crate::engine::random::Distribution;
use crate::policy::services::{PlacementDelays, StartDelays};
use crate::units::{Memory, Ratio, Span};

/// Times and rates of the platform. With `delays: none` all times of start-up and stop are
/// zero, whatever stands here.
#[derive(Clone, Debug)]
pub struct Assumptions {
    /// EC2: from placement until the agent begins with the task (facts/ecs.md 73).
    pub agent_pickup: Distribution,
    /// EC2 in `awsvpc` mode: attaching the interface (facts/platform.md 2.5.5 and 10).
    pub interface_attach: Distribution,
    /// `awsvpc`: detaching and deleting the interface (facts/ecs.md 73).
    pub interface_detach: Distribution,
    /// Fargate: PROVISIONING, the microVM and its interface (facts/platform.md 2.5.6).
    pub fargate_provisioning: Distribution,
    /// Fargate: PENDING (facts/platform.md 2.5.6).
    pub fargate_pending: Distribution,
    /// Fargate: from the start of the containers until the control plane shows RUNNING. It
    /// is what reconciles the parts with the published start of a 413 MB image in 57 s
    /// (facts/platform.md 2.5.2, 2.5.6).
    pub status_polling: Distribution,
    /// Starting a container whose image is there (facts/platform.md 1.1.9).
    pub container_start: Distribution,
    /// Asking the registry for the manifest (facts/platform.md 3.2.7).
    pub manifest_time: Span,
    /// Compressed size of an image that nobody describes: the median (facts/platform.md
    /// 3.3.4).
    pub image_size: Memory,
    /// Its layers: one and the mean of the others, at least 1 (facts/platform.md 3.3.4).
    pub image_layers: u32,
    /// Unpacked bytes per compressed byte, to a millionth, where an image or a layer does not
    /// say them; 1 to 100 (facts/platform.md 3.3.1).
    pub compression_ratio: f64,
    /// Layers of an image that are downloaded at once (facts/platform.md 3.2.1).
    pub pull_streams: u32,
    /// Bytes per second of one layer's download (facts/platform.md 3.2.2).
    pub stream_bandwidth: u64,
    /// Unpacked bytes per second that are unpacked, one layer after the other
    /// (facts/platform.md 3.2.7).
    pub unpack_rate: u64,
    /// Bytes per second that the root volume takes (facts/platform.md 3.2.7).
    pub disk_bandwidth: u64,
    /// Fargate: compressed bytes per second pulled and unpacked, up to 1 vCPU, up to 2, above
    /// (facts/platform.md 2.5.6).
    pub fargate_pull_rates: [u64; 3],
    /// From the launch of an instance until its agent has registered
    /// (facts/platform.md 1.3.11).
    pub instance_boot: Distribution,
    /// The factor of [`instance_boot`](Self::instance_boot) for types with GPUs
    /// (facts/platform.md 1.3.11).
    pub gpu_boot_factor: f64,
    /// From the launch of an instance until it is `running` and billed
    /// (facts/platform.md 1.3.1).
    pub launch_to_running: Span,
    /// Between two looks of the service scheduler (facts/ecs.md 119).
    pub service_scheduler_period: Span,
    /// Delays of a service whose tasks fail before they are RUNNING (facts/ecs.md 71).
    pub start_throttle: StartDelays,
    /// Delays of a service that finds no room (facts/ecs.md 117). What comes before them is
    /// [`service_scheduler_period`](Self::service_scheduler_period).
    pub placement_retry: PlacementDelays,
    /// Without a health check a task counts as healthy so long after RUNNING
    /// (facts/ecs.md 196; documented).
    pub healthy_without_check: Span,
    /// A task waits for capacity in PROVISIONING at most so long (facts/ecs.md 55).
    pub provisioning_timeout: Span,
    /// Tasks in PROVISIONING per cluster (facts/ecs.md 43; documented).
    pub provisioning_limit: u32,
    /// From a minute's end until managed scaling sees its metric. Chosen so that the first
    /// new instance of the published scale-out runs tasks after about 2.4 minutes
    /// (facts/platform.md 2.4.5).
    pub capacity_metric_delay: Span,
    /// The share of a group that managed scaling takes away in a minute, at least one
    /// instance; above zero (facts/ecs.md 153).
    pub scale_in_step: Ratio,
    /// Until ECS notices that EC2 has terminated an instance (facts/ecs.md 237).
    pub termination_notice: Span,
    /// Until ECS notices that a host has died (facts/ecs.md 237).
    pub host_loss_notice: Span,
    /// Until ECS notices that an agent has lost its connection (facts/ecs.md 236).
    pub disconnect_notice: Span,
    /// Until an Auto Scaling group replaces an instance that failed (facts/ecs.md 165,
    /// facts/platform.md 8.2.3).
    pub health_replacement: Span,
    /// With realistic faults, until an operator has noticed that an instance of a fixed fleet
    /// is lost and has launched another; whatever the delays (our assumption).
    pub fixed_fleet_replacement: Span,
    /// After insufficient capacity the group tries again, doubling up to the second value;
    /// both above zero (facts/ecs.md 241).
    pub launch_retry: (Span, Span),
    /// Spot: from notice to the end (facts/ecs.md 228; documented).
    pub spot_notice: Span,
    /// Spot: the chance of an interruption per instance and month, by the band that the Spot
    /// Advisor shows, the safest first; below one (facts/platform.md 8.4.4).
    pub spot_band_chances: [f64; 5],
    /// Spot: the share of a pool that an event takes, never above one. Events are the rarer
    /// the larger it is, so that the chance of each stays (facts/platform.md 8.4.9).
    pub spot_event_share: Distribution,
    /// Spot: a pool's event reaches its victims within so long (facts/platform.md 8.4.6).
    pub spot_event_spread: Span,
    /// A pool that refused a launch by chance, a type in a zone on demand or on Spot, stays dry
    /// so long (facts/platform.md 8.4.8).
    pub pool_dry: Distribution,
    /// The chance that a launch finds no capacity, as the scenario's faults say;
    /// (facts/platform.md 8.4.8).
    pub launch_failures: LaunchFailures,
    /// While a zone outage is young, the share of launches in other zones that the API fails,
    /// and for how long (facts/platform.md 8.3.3, 8.3.4).
    pub sibling_launch_errors: (f64, Span),
    /// Fargate Spot: the chance of an interruption per task and month
    /// (facts/platform.md 2.3.4).
    pub fargate_spot_interruption: f64,
    /// Fargate Spot: the chance that a launch finds no capacity (facts/platform.md 2.3.4).
    pub fargate_spot_unavailable: f64,
    /// A client whom Fargate has refused tries again after so long; above zero (our choice,
    /// as facts/ecs.md 241 has it for instances).
    pub fargate_retry: Span,
    /// Fargate launches: burst and refill per second (facts/ecs.md 45; documented).
    pub fargate_launch_bucket: (u32, u32),
    /// vCPUs that may run on Fargate at once, on demand and Spot each
    /// (facts/platform.md 2.4.3).
    pub fargate_vcpu_quota: u32,
    /// Tasks per minute that a service launches on EC2 and on Fargate (facts/ecs.md 44;
    /// documented).
    pub service_launch_rate: u32,
    /// How much time's worth of those launches a service has in hand when it has launched
    /// nothing for long; above zero, at most a day (facts/ecs.md 44).
    pub service_launch_burst: Span,
    /// The share of its memory that an instance registers where nobody measured it
    /// (facts/ecs.md 39). It is in the plan's instance types already.
    pub registered_memory_share: Ratio,
    /// What the system itself takes of an instance's root volume: an ECS-optimized image and
    /// its logs (our choice).
    pub system_disk: Memory,
}

impl Assumptions {
    /// Tasks that a service launches at once, at least one: the launches of
    /// [`service_launch_burst`](Self::service_launch_burst).
    pub fn service_launch_burst(&self) -> u32 {
        let minute = u128::from(Span::seconds(60).as_micros());
        let burst = u128::from(self.service_launch_burst.as_micros());
        let tasks = u128::from(self.service_launch_rate) * burst / minute;
        u32::try_from(tasks).unwrap_or(u32::MAX).max(1)
    }
}

/// The chance that a launch finds no capacity.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LaunchFailures {
    /// On demand.
    pub on_demand: f64,
    /// On demand with GPUs, and bare metal.
    pub gpu: f64,
    /// Spot, bands below 10 %.
    pub spot: f64,
    /// Spot, bands above 15 %.
    pub spot_scarce: f64,
}

/// A lognormal by its median and the deviation of its logarithm.
fn lognormal(median: f64, sigma: f64) -> Distribution {
    Distribution::LogNormal {
        mu: libm::log(median),
        sigma,
    }
}

impl Default for Assumptions {
    fn default() -> Self {
        const MB: u64 = 1_000_000;
        const MIB: u64 = 1 << 20;
        Self {
            agent_pickup: Distribution::Constant(2.0),
            interface_attach: lognormal(4.0, 0.4),
            interface_detach: Distribution::Constant(10.0),
            fargate_provisioning: lognormal(14.0, 0.25),
            fargate_pending: lognormal(8.0, 0.3),
            status_polling: Distribution::Uniform {
                low: 6.0,
                high: 8.0,
            },
            container_start: lognormal(0.6, 0.35),
            manifest_time: Span::millis(400),
            image_size: Memory::bytes(180 * MB),
            image_layers: 9,
            compression_ratio: 2.6,
            pull_streams: 3,
            stream_bandwidth: 25 * MB,
            unpack_rate: 90 * MB,
            disk_bandwidth: 125 * MIB,
            fargate_pull_rates: [15 * MB, 20 * MB, 30 * MB],
            instance_boot: shifted_boot(),
            gpu_boot_factor: 2.0,
            launch_to_running: Span::millis(7_500),
            service_scheduler_period: Span::seconds(10),
            start_throttle: StartDelays::default(),
            placement_retry: PlacementDelays::default(),
            healthy_without_check: Span::seconds(40),
            provisioning_timeout: Span::seconds(1_800),
            provisioning_limit: 500,
            capacity_metric_delay: Span::seconds(60),
            scale_in_step: Ratio::millionths(500_000).expect("one half"),
            termination_notice: Span::seconds(30),
            host_loss_notice: Span::seconds(180),
            disconnect_notice: Span::seconds(60),
            health_replacement: Span::seconds(120),
            fixed_fleet_replacement: Span::hours(1),
            launch_retry: (Span::seconds(60), Span::seconds(900)),
            spot_notice: Span::seconds(120),
            spot_band_chances: InterruptionBand::ALL
                .map(|band| f64::from(band.monthly_probability()) / 1_000.0),
            // Beta(2, 1).
            spot_event_share: Distribution::Power {
                maximum: 1.0,
                exponent: 2.0,
            },
            spot_event_spread: Span::seconds(180),
            pool_dry: Distribution::Exponential { mean: 1_200.0 },
            launch_failures: LaunchFailures {
                on_demand: 0.0,
                gpu: 0.0,
                spot: 0.03,
                spot_scarce: 0.15,
            },
            sibling_launch_errors: (0.2, Span::hours(1)),
            fargate_spot_interruption: 0.05,
            fargate_spot_unavailable: 0.01,
            fargate_retry: Span::seconds(60),
            fargate_launch_bucket: (100, 20),
            fargate_vcpu_quota: 4_000,
            service_launch_rate: 500,
            service_launch_burst: Span::seconds(60),
            registered_memory_share: REGISTERED_SHARE,
            system_disk: Memory::gib(4),
        }
    }
}

/// At least 25 s, median 45 s, 95 % within 90 s (facts/platform.md 1.3.11): the part above
/// 25 s is lognormal with median 20 s and 95 % within 65 s.
fn shifted_boot() -> Distribution {
    // ln(65 / 20) ÷ 1.6449, the normal 95 % point.
    let sigma = libm::log(65.0 / 20.0) / 1.644_853_626_951_472_7;
    Distribution::Shifted {
        by: 25.0,
        law: std::sync::Arc::new(lognormal(20.0, sigma)),
    }
}
