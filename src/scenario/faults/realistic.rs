//! Faults at documented rates: the kind `realistic` of `faults`. Errors of single pulls, failures
//! of whole batch tasks and false negatives of health checks (facts/platform.md 8.5.3) are left
//! out, as no kind of fault models them.

use super::timing::lasting;
use crate::engine::random::Distribution;
use crate::plan::{Assumptions, Fault, FaultKind, LaunchFailures, Occurrence};
use crate::scenario::laws::law;
use crate::scenario::reading::reader::{Cursor, Record};
use crate::units::{Rate, Span};

const DAY: f64 = 86_400.0;
const YEAR: f64 = 365.0 * DAY;

/// The rates: mean seconds between two faults of a kind, for each instance, Fargate task,
/// container and zone, and for the control planes of the region; `None`: never.
pub struct Rates {
    instance_failures: Option<f64>,
    fargate_host_losses: Option<f64>,
    container_crashes: Option<f64>,
    out_of_memory_kills: Option<f64>,
    zone_outages: Option<f64>,
    zone_outage_share: Distribution,
    zone_outage_length: Distribution,
    control_plane_outages: Option<f64>,
    control_plane_outage_length: Distribution,
}

impl Default for Rates {
    fn default() -> Self {
        Self {
            // facts/platform.md 8.2.3, 8.2.5.
            instance_failures: Some(YEAR / 0.03),
            fargate_host_losses: Some(YEAR / 0.03),
            // facts/platform.md 8.5.3.
            container_crashes: Some(DAY / 0.01),
            out_of_memory_kills: Some(DAY / 0.003),
            // facts/platform.md 8.3.4.
            zone_outages: Some(YEAR / 0.02),
            zone_outage_share: Distribution::Uniform {
                low: 0.1,
                high: 1.0,
            },
            zone_outage_length: lognormal(2.5, 1.1),
            control_plane_outages: Some(YEAR / 0.15),
            control_plane_outage_length: lognormal(3.0, 0.9),
        }
    }
}

/// Reads the map under `realistic`; keys that are absent keep their documented rates.
pub fn rates(record: &Record<'_>) -> Rates {
    let mut found = Rates::default();
    let places = [
        ("instanceFailures", &mut found.instance_failures),
        ("fargateHostLosses", &mut found.fargate_host_losses),
        ("containerCrashes", &mut found.container_crashes),
        ("outOfMemoryKills", &mut found.out_of_memory_kills),
        ("zoneOutages", &mut found.zone_outages),
        ("controlPlaneOutages", &mut found.control_plane_outages),
    ];
    for (key, place) in places {
        if let Some(mean) = record.get(key).and_then(|at| mean_time(&at)) {
            *place = mean;
        }
    }
    if let Some(share) = record.get("zoneOutageShare").and_then(|at| law::share(&at)) {
        found.zone_outage_share = share;
    }
    let lengths = [
        ("zoneOutageLength", &mut found.zone_outage_length),
        (
            "controlPlaneOutageLength",
            &mut found.control_plane_outage_length,
        ),
    ];
    for (key, place) in lengths {
        if let Some(length) = record.get(key).and_then(|at| lasting(&at)) {
            *place = length;
        }
    }
    found
}

/// Reads a rate and returns its inverse, the mean seconds between two events, rounded to a
/// microsecond; `Some(None)` for a rate of 0.
fn mean_time(at: &Cursor<'_>) -> Option<Option<f64>> {
    let rate = at.parse::<Rate>()?.as_per_second();
    if rate == 0.0 {
        return Some(None);
    }
    let mean = Span::from_seconds_f64(1.0 / rate);
    if mean == Span::ZERO {
        at.problem("this rate is above one per microsecond")
            .report();
        return None;
    }
    Some(Some(mean.as_seconds_f64()))
}

/// The probabilities that launches fail with realistic faults (facts/platform.md 8.4.8); those on
/// Spot are `otherwise`.
pub fn launch_failures(otherwise: LaunchFailures) -> LaunchFailures {
    LaunchFailures {
        on_demand: 0.002,
        gpu: 0.05,
        ..otherwise
    }
}

/// The probabilities that launches fail in the twin run, which plays the plan without faults. A
/// probability that equals the documented one counts as a fault and is replaced by the default
/// without faults, also where the scenario writes it. Any other probability is kept.
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

/// The faults of an entry with `realistic`. Each zone has its own fault with its
/// own random numbers, so that adding a zone does not change the outages of the others.
pub fn of(name: &str, zones: &[String], rates: &Rates) -> Vec<Fault> {
    let fault = |part: &str, kind: FaultKind, mean: Option<f64>| {
        Some(Fault {
            name: format!("{name}.{}{part}", kind.name().key()),
            kind,
            occurs: Occurrence::Every(Distribution::Exponential { mean: mean? }),
            lasts: None,
        })
    };
    let everywhere = [
        fault(
            "",
            FaultKind::InstanceFailure {
                provider: None,
                zone: None,
                instances: None,
                repair_crews: None,
                replaced: true,
            },
            rates.instance_failures,
        ),
        fault("", FaultKind::FargateHostLoss, rates.fargate_host_losses),
        fault(
            "",
            FaultKind::ContainerCrash {
                work: None,
                container: None,
            },
            rates.container_crashes,
        ),
        fault(
            "",
            FaultKind::OutOfMemory {
                work: None,
                container: None,
            },
            rates.out_of_memory_kills,
        ),
    ];
    let outages = zones.iter().enumerate().filter_map(|(index, zone)| {
        let kind = FaultKind::ZoneOutage {
            zone: Some(index),
            share: rates.zone_outage_share.clone(),
        };
        let outage = fault(&format!(".{zone}"), kind, rates.zone_outages)?;
        Some(Fault {
            lasts: Some(rates.zone_outage_length.clone()),
            ..outage
        })
    });
    let control_plane = fault(
        "",
        FaultKind::ControlPlaneOutage,
        rates.control_plane_outages,
    )
    .map(|outage| Fault {
        lasts: Some(rates.control_plane_outage_length.clone()),
        ..outage
    });
    let everywhere = everywhere.into_iter().flatten();
    everywhere.chain(outages).chain(control_plane).collect()
}

/// A lognormal law of seconds, by its median in hours and the standard deviation of the natural
/// logarithm.
fn lognormal(hours: f64, sigma: f64) -> Distribution {
    let mu = libm::log(hours * 3_600.0);
    Distribution::LogNormal { mu, sigma }
}
