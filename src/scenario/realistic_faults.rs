//! The documented rates of what goes wrong, where they are known: what `realistic` stands
//! for in `faults`. Pull errors, failures of whole batch tasks and false negatives of health
//! checks (facts/platform.md 8.5.3) are left out: the model has no place for them.

use crate::engine::random::Distribution;
use crate::plan::{Assumptions, Fault, FaultKind, LaunchFailures, Occurrence};

const DAY: f64 = 86_400.0;
const YEAR: f64 = 365.0 * DAY;

/// Losses of an instance per year; the host of a Fargate task fails as often
/// (facts/platform.md 8.2.3, 8.2.5).
const INSTANCE_LOSSES: f64 = 0.03;

/// Outages of a zone per year (facts/platform.md 8.3.4).
const ZONE_OUTAGES: f64 = 0.02;

/// Outages of a region's control plane per year (facts/platform.md 8.3.4).
const CONTROL_PLANE_OUTAGES: f64 = 0.15;

/// Crashes of a container per day (facts/platform.md 8.5.3).
const CRASHES: f64 = 0.01;

/// How often a container runs out of memory per day (facts/platform.md 8.5.3).
const OUT_OF_MEMORY: f64 = 0.003;

/// Launches on demand that find no capacity (facts/platform.md 8.4.8).
pub fn launch_failures(otherwise: LaunchFailures) -> LaunchFailures {
    LaunchFailures {
        on_demand: 0.002,
        gpu: 0.05,
        ..otherwise
    }
}

/// Of launches that fail with realistic faults, those that fail without: what is at the
/// documented rate is a fault, also where the scenario repeats that rate; any other is not.
pub fn launch_failures_without(with: LaunchFailures) -> LaunchFailures {
    let calm = Assumptions::default().launch_failures;
    let documented = launch_failures(calm);
    let without = |with: f64, documented: f64, calm: f64| match with == documented {
        true => calm,
        false => with,
    };
    LaunchFailures {
        on_demand: without(with.on_demand, documented.on_demand, calm.on_demand),
        gpu: without(with.gpu, documented.gpu, calm.gpu),
        ..with
    }
}

/// The faults of an entry of this name. Each zone has one of its own, so that another zone
/// changes nothing for the first.
pub fn of(name: &str, zones: &[String]) -> Vec<Fault> {
    let fault = |part: &str, kind, mean| Fault {
        name: format!("{name}.{part}"),
        kind,
        occurs: Occurrence::Every(Distribution::Exponential { mean }),
        lasts: None,
    };
    let mut faults = vec![
        fault(
            "instanceFailure",
            FaultKind::InstanceFailure {
                provider: None,
                zone: None,
                instances: None,
                repair_crews: None,
                replaced: true,
            },
            YEAR / INSTANCE_LOSSES,
        ),
        fault(
            "fargateHostLoss",
            FaultKind::FargateHostLoss,
            YEAR / INSTANCE_LOSSES,
        ),
        fault(
            "containerCrash",
            FaultKind::ContainerCrash {
                work: None,
                container: None,
            },
            DAY / CRASHES,
        ),
        fault(
            "outOfMemory",
            FaultKind::OutOfMemory {
                work: None,
                container: None,
            },
            DAY / OUT_OF_MEMORY,
        ),
    ];
    faults.extend(zones.iter().enumerate().map(|(index, zone)| Fault {
        lasts: lognormal(2.5, 1.1),
        ..fault(
            &format!("zoneOutage.{zone}"),
            FaultKind::ZoneOutage {
                zone: Some(index),
                share: Distribution::Uniform {
                    low: 0.1,
                    high: 1.0,
                },
            },
            YEAR / ZONE_OUTAGES,
        )
    }));
    faults.push(Fault {
        lasts: lognormal(3.0, 0.9),
        ..fault(
            "controlPlaneOutage",
            FaultKind::ControlPlaneOutage,
            YEAR / CONTROL_PLANE_OUTAGES,
        )
    });
    faults
}

/// By the median in hours and the deviation of the logarithm.
fn lognormal(hours: f64, sigma: f64) -> Option<Distribution> {
    let mu = libm::log(hours * 3_600.0);
    Some(Distribution::LogNormal { mu, sigma })
}
