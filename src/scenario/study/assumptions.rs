//! Reading `assumptions`, and writing them again: every field of the plan's assumptions has
//! a key of the same name.

use crate::engine::random::Distribution;
use crate::plan::{Assumptions, LaunchFailures};
use crate::policy::services::{PlacementDelays, StartDelays};
use crate::scenario::capacity::images;
use crate::scenario::faults::realistic;
use crate::scenario::keys::assumptions::{
    ASSUMPTIONS, LAUNCH_BUCKET, LAUNCH_FAILURES, LAUNCH_RETRY, PLACEMENT_RETRY,
    SIBLING_LAUNCH_ERRORS, START_THROTTLE,
};
use crate::scenario::keys::images::MOST_LAYERS;
use crate::scenario::laws::law;
use crate::scenario::laws::quantity::Quantity;
use crate::scenario::reading::reader::{Cursor, Record};
use crate::scenario::reading::tree::{Entry, Node, Origin, Value};
use crate::units::{MIB, Memory, Ratio, Span};
use std::sync::Arc;

/// Reads `assumptions`; with realistic faults, launches fail at the documented rates unless
/// they are written here.
pub fn read(root: &Record<'_>, has_realistic_faults: bool) -> Option<Assumptions> {
    let mut found = Assumptions::default();
    if has_realistic_faults {
        found.launch_failures = realistic::launch_failures(found.launch_failures);
    }
    let Some(at) = root.get("assumptions") else {
        return Some(found);
    };
    let mark = at.context.mark();
    let record = at.record(&ASSUMPTIONS)?;
    laws(&record, &mut found);
    spans(&record, &mut found);
    retries(&record, &mut found);
    pulls(&record, &mut found);
    spot(&record, &mut found);
    capacity(&record, &mut found);
    at.context.is_clean_since(mark).then_some(found)
}

/// Puts what a key holds into its place, when it is there and sound.
fn put<'a, T>(
    record: &Record<'a>,
    key: &'static str,
    place: &mut T,
    read: impl FnOnce(&Cursor<'a>) -> Option<T>,
) {
    if let Some(value) = record.get(key).and_then(|at| read(&at)) {
        *place = value;
    }
}

fn laws(record: &Record<'_>, found: &mut Assumptions) {
    let places = [
        ("agentPickup", &mut found.agent_pickup),
        ("interfaceAttach", &mut found.interface_attach),
        ("interfaceDetach", &mut found.interface_detach),
        ("fargateProvisioning", &mut found.fargate_provisioning),
        ("fargatePending", &mut found.fargate_pending),
        ("statusPolling", &mut found.status_polling),
        ("containerStart", &mut found.container_start),
        ("instanceBoot", &mut found.instance_boot),
        ("poolDry", &mut found.pool_dry),
    ];
    for (key, place) in places {
        put(record, key, place, |at| law::read(at, Quantity::Seconds));
    }
}

fn spans(record: &Record<'_>, found: &mut Assumptions) {
    let places = [
        ("manifestTime", &mut found.manifest_time),
        ("launchToRunning", &mut found.launch_to_running),
        ("healthyWithoutCheck", &mut found.healthy_without_check),
        ("capacityMetricDelay", &mut found.capacity_metric_delay),
        ("terminationNotice", &mut found.termination_notice),
        ("hostLossNotice", &mut found.host_loss_notice),
        ("disconnectNotice", &mut found.disconnect_notice),
        ("healthReplacement", &mut found.health_replacement),
        ("spotNotice", &mut found.spot_notice),
        ("spotEventSpread", &mut found.spot_event_spread),
    ];
    for (key, place) in places {
        put(record, key, place, Cursor::parse);
    }
    let replacement = &mut found.fixed_fleet_replacement;
    put(record, "fixedFleetReplacement", replacement, |at| {
        if at.node.as_text() != Some("never") {
            return at.parse();
        }
        at.problem("`never` is not a duration")
            .hint("to be without it give more than the run lasts, such as `36500d`")
            .report();
        None
    });
    let places = [
        (
            "serviceSchedulerPeriod",
            &mut found.service_scheduler_period,
        ),
        ("fargateRetry", &mut found.fargate_retry),
        ("provisioningTimeout", &mut found.provisioning_timeout),
    ];
    for (key, place) in places {
        put(record, key, place, positive_span);
    }
    let burst = &mut found.service_launch_burst;
    put(record, "serviceLaunchBurst", burst, |at| {
        let span = positive_span(at)?;
        if span > LONGEST_BURST {
            at.problem(format!("`{span}` is too long"))
                .expected(format!("at most {LONGEST_BURST}"))
                .report();
        }
        Some(span)
    });
}

/// How a rate of launches never comes near the largest count.
const LONGEST_BURST: Span = Span::hours(24);

/// Waits between tries.
fn retries(record: &Record<'_>, found: &mut Assumptions) {
    put(record, "startThrottle", &mut found.start_throttle, |at| {
        let record = at.record(&START_THROTTLE)?;
        let mut delays = StartDelays::default();
        put(&record, "failures", &mut delays.failures, failures);
        doubling(at, &record, &mut delays.first, &mut delays.longest);
        Some(delays)
    });
    put(record, "placementRetry", &mut found.placement_retry, |at| {
        let record = at.record(&PLACEMENT_RETRY)?;
        let mut delays = PlacementDelays::default();
        put(&record, "failures", &mut delays.failures, failures);
        put(&record, "delays", &mut delays.delays, spans_above_zero);
        Some(delays)
    });
    put(record, "launchRetry", &mut found.launch_retry, |at| {
        let record = at.record(&LAUNCH_RETRY)?;
        let (mut first, mut longest) = Assumptions::default().launch_retry;
        doubling(at, &record, &mut first, &mut longest);
        Some((first, longest))
    });
}

fn failures(at: &Cursor<'_>) -> Option<u32> {
    count(at, 1_000_000)
}

/// Waits that double.
fn doubling(at: &Cursor<'_>, record: &Record<'_>, first: &mut Span, longest: &mut Span) {
    put(record, "first", first, positive_span);
    put(record, "longest", longest, positive_span);
    if first > longest {
        at.problem(format!("`first` ({first}) is above `longest` ({longest})"))
            .report();
    }
}

fn spans_above_zero(at: &Cursor<'_>) -> Option<Arc<[Span]>> {
    let mark = at.context.mark();
    let items = at.list();
    if items.is_empty() && at.context.is_clean_since(mark) {
        at.problem("this list is empty")
            .hint("give at least one delay")
            .report();
    }
    let spans: Vec<_> = items.iter().map(positive_span).collect();
    spans.into_iter().collect()
}

fn pulls(record: &Record<'_>, found: &mut Assumptions) {
    put(record, "imageSize", &mut found.image_size, images::size);
    let ratio = &mut found.compression_ratio;
    put(record, "compressionRatio", ratio, |at| {
        let ratio = at.number()?;
        if !(1.0..=100.0).contains(&ratio) {
            at.problem(format!("`{ratio}` cannot stand here"))
                .expected("a number from 1 to 100")
                .report();
        }
        Some(ratio)
    });
    let places = [
        ("streamBandwidth", &mut found.stream_bandwidth),
        ("unpackRate", &mut found.unpack_rate),
        ("diskBandwidth", &mut found.disk_bandwidth),
    ];
    for (key, place) in places {
        put(record, key, place, per_second);
    }
    put(
        record,
        "fargatePullRates",
        &mut found.fargate_pull_rates,
        |at| {
            let expected = "those up to 1 vCPU, up to 2, and above";
            exactly(at, "three rates", expected, per_second)
        },
    );
}

/// A list of so many items.
fn exactly<const N: usize, T>(
    at: &Cursor<'_>,
    wanted: &str,
    expected: &str,
    read: impl Fn(&Cursor<'_>) -> Option<T>,
) -> Option<[T; N]> {
    let mark = at.context.mark();
    let items = at.list();
    let read: Vec<_> = items.iter().map(read).collect();
    let read: Option<Vec<T>> = read.into_iter().collect();
    let read: Result<[T; N], _> = read?.try_into();
    if read.is_err() && at.context.is_clean_since(mark) {
        at.problem(format!("this should be {wanted}, not {}", items.len()))
            .expected(expected)
            .report();
    }
    read.ok()
}

fn spot(record: &Record<'_>, found: &mut Assumptions) {
    let chances = &mut found.spot_band_chances;
    put(record, "spotBandChances", chances, |at| {
        let expected = "those of the bands <5%, 5-10%, 10-15%, 15-20% and >20%";
        exactly(at, "five shares", expected, share)
    });
    put(
        record,
        "spotEventShare",
        &mut found.spot_event_share,
        |at| law::share(at, "an event that takes nothing is none"),
    );
}

fn capacity(record: &Record<'_>, found: &mut Assumptions) {
    let ratios = [
        ("scaleInStep", &mut found.scale_in_step),
        ("registeredMemoryShare", &mut found.registered_memory_share),
    ];
    for (key, place) in ratios {
        put(record, key, place, positive_ratio);
    }
    put(record, "systemDisk", &mut found.system_disk, Cursor::parse);
    put(
        record,
        "gpuBootFactor",
        &mut found.gpu_boot_factor,
        Cursor::positive,
    );
    let counts = [
        ("imageLayers", &mut found.image_layers, MOST_LAYERS),
        ("pullStreams", &mut found.pull_streams, 1_000),
        (
            "provisioningLimit",
            &mut found.provisioning_limit,
            1_000_000,
        ),
        (
            "fargateVcpuQuota",
            &mut found.fargate_vcpu_quota,
            100_000_000,
        ),
        (
            "serviceLaunchRate",
            &mut found.service_launch_rate,
            1_000_000,
        ),
    ];
    for (key, place, most) in counts {
        put(record, key, place, |at| count(at, most));
    }
    let shares = [
        (
            "fargateSpotInterruption",
            &mut found.fargate_spot_interruption,
        ),
        (
            "fargateSpotUnavailable",
            &mut found.fargate_spot_unavailable,
        ),
    ];
    for (key, place) in shares {
        put(record, key, place, share);
    }
    let failures = found.launch_failures;
    put(record, "launchFailures", &mut found.launch_failures, |at| {
        let record = at.record(&LAUNCH_FAILURES)?;
        let mut found = failures;
        put(&record, "onDemand", &mut found.on_demand, share);
        put(&record, "gpu", &mut found.gpu, share);
        put(&record, "spot", &mut found.spot, share);
        put(&record, "spotScarce", &mut found.spot_scarce, share);
        Some(found)
    });
    put(
        record,
        "siblingLaunchErrors",
        &mut found.sibling_launch_errors,
        |at| {
            let record = at.record(&SIBLING_LAUNCH_ERRORS)?;
            let (mut of_all, mut lasts) = Assumptions::default().sibling_launch_errors;
            put(&record, "share", &mut of_all, share);
            put(&record, "lasts", &mut lasts, Cursor::parse);
            Some((of_all, lasts))
        },
    );
    put(
        record,
        "fargateLaunchBucket",
        &mut found.fargate_launch_bucket,
        |at| {
            let record = at.record(&LAUNCH_BUCKET)?;
            let (mut burst, mut refill) = Assumptions::default().fargate_launch_bucket;
            put(&record, "burst", &mut burst, |at| count(at, 1_000_000));
            put(&record, "perSecond", &mut refill, |at| count(at, 1_000_000));
            Some((burst, refill))
        },
    );
}

fn count(at: &Cursor<'_>, most: u64) -> Option<u32> {
    at.integer(1, most).map(|number| number as u32)
}

/// A share below the whole: nothing could ever be launched, or live, at 100 %.
fn share(at: &Cursor<'_>) -> Option<f64> {
    let share = at.parse::<Ratio>()?;
    if share.as_millionths() == Ratio::MILLIONTHS {
        at.problem("at 100% nothing would ever run")
            .expected("a share below 1, such as `5%`")
            .report();
        return None;
    }
    Some(share.as_f64())
}

/// A share of which there is something.
fn positive_ratio(at: &Cursor<'_>) -> Option<Ratio> {
    let ratio = at.parse::<Ratio>()?;
    if ratio.as_millionths() == 0 {
        at.problem("this must be above 0").report();
        return None;
    }
    Some(ratio)
}

fn positive_span(at: &Cursor<'_>) -> Option<Span> {
    let span = at.parse::<Span>()?;
    if span == Span::ZERO {
        at.problem("this must be above 0").report();
        return None;
    }
    Some(span)
}

/// Bytes per second, written as a size per second.
fn per_second(at: &Cursor<'_>) -> Option<u64> {
    const EXPECTED: &str = "a size per second such as `25 MB/s`";
    let text = at.text()?;
    let size = text.trim().strip_suffix("/s").map(str::parse::<Memory>);
    match size {
        Some(Ok(size)) if size > Memory::ZERO => Some(size.as_bytes()),
        Some(Err(error)) => {
            at.bad_value(text, &error.problem, EXPECTED);
            None
        }
        _ => {
            let message = format!("`{text}` is not a rate of bytes above 0");
            at.bad_value(text, &message, EXPECTED);
            None
        }
    }
}

/// All assumptions as they are written in a scenario, in the order of their table. Laws that
/// only a scenario can have brought, and that stand in it, are left out.
pub fn nodes(assumptions: &Assumptions, origin: Origin) -> Vec<Entry> {
    // Every field is named, so that a new one does not compile until it has a key.
    let Assumptions {
        agent_pickup,
        interface_attach,
        interface_detach,
        fargate_provisioning,
        fargate_pending,
        status_polling,
        container_start,
        manifest_time,
        image_size,
        image_layers,
        compression_ratio,
        pull_streams,
        stream_bandwidth,
        unpack_rate,
        disk_bandwidth,
        fargate_pull_rates,
        instance_boot,
        gpu_boot_factor,
        launch_to_running,
        service_scheduler_period,
        start_throttle,
        placement_retry,
        healthy_without_check,
        provisioning_timeout,
        provisioning_limit,
        capacity_metric_delay,
        scale_in_step,
        termination_notice,
        host_loss_notice,
        disconnect_notice,
        health_replacement,
        fixed_fleet_replacement,
        launch_retry: (first, longest),
        spot_notice,
        spot_band_chances,
        spot_event_share,
        spot_event_spread,
        pool_dry,
        launch_failures,
        sibling_launch_errors: (errors, young),
        fargate_spot_interruption,
        fargate_spot_unavailable,
        fargate_retry,
        fargate_launch_bucket: (burst, refill),
        fargate_vcpu_quota,
        service_launch_rate,
        service_launch_burst,
        registered_memory_share,
        system_disk,
    } = assumptions;
    let write = Writer { origin };
    let entries = [
        ("agentPickup", write.law(agent_pickup, Writer::seconds)),
        (
            "interfaceAttach",
            write.law(interface_attach, Writer::seconds),
        ),
        (
            "interfaceDetach",
            write.law(interface_detach, Writer::seconds),
        ),
        (
            "fargateProvisioning",
            write.law(fargate_provisioning, Writer::seconds),
        ),
        (
            "fargatePending",
            write.law(fargate_pending, Writer::seconds),
        ),
        ("statusPolling", write.law(status_polling, Writer::seconds)),
        (
            "containerStart",
            write.law(container_start, Writer::seconds),
        ),
        ("manifestTime", write.text(manifest_time)),
        ("imageSize", write.size(*image_size)),
        ("imageLayers", write.text(image_layers)),
        ("compressionRatio", write.text(compression_ratio)),
        ("pullStreams", write.text(pull_streams)),
        ("streamBandwidth", write.per_second(*stream_bandwidth)),
        ("unpackRate", write.per_second(*unpack_rate)),
        ("diskBandwidth", write.per_second(*disk_bandwidth)),
        (
            "fargatePullRates",
            write.list(fargate_pull_rates, |rate| write.per_second(*rate)),
        ),
        ("instanceBoot", write.law(instance_boot, Writer::seconds)),
        ("gpuBootFactor", write.text(gpu_boot_factor)),
        ("launchToRunning", write.text(launch_to_running)),
        (
            "serviceSchedulerPeriod",
            write.text(service_scheduler_period),
        ),
        (
            "startThrottle",
            write.map([
                ("failures", write.text(start_throttle.failures)),
                ("first", write.text(start_throttle.first)),
                ("longest", write.text(start_throttle.longest)),
            ]),
        ),
        (
            "placementRetry",
            write.map([
                ("failures", write.text(placement_retry.failures)),
                (
                    "delays",
                    write.list(&placement_retry.delays, |span| write.text(span)),
                ),
            ]),
        ),
        ("healthyWithoutCheck", write.text(healthy_without_check)),
        ("provisioningTimeout", write.text(provisioning_timeout)),
        ("provisioningLimit", write.text(provisioning_limit)),
        ("capacityMetricDelay", write.text(capacity_metric_delay)),
        ("scaleInStep", write.text(scale_in_step)),
        ("terminationNotice", write.text(termination_notice)),
        ("hostLossNotice", write.text(host_loss_notice)),
        ("disconnectNotice", write.text(disconnect_notice)),
        ("healthReplacement", write.text(health_replacement)),
        ("fixedFleetReplacement", write.text(fixed_fleet_replacement)),
        (
            "launchRetry",
            write.map([
                ("first", write.text(first)),
                ("longest", write.text(longest)),
            ]),
        ),
        ("spotNotice", write.text(spot_notice)),
        (
            "spotBandChances",
            write.list(spot_band_chances, |chance| write.share(*chance)),
        ),
        ("spotEventShare", write.law(spot_event_share, Writer::share)),
        ("spotEventSpread", write.text(spot_event_spread)),
        ("poolDry", write.law(pool_dry, Writer::seconds)),
        ("launchFailures", write.failures(*launch_failures)),
        (
            "siblingLaunchErrors",
            write.map([
                ("share", write.share(*errors)),
                ("lasts", write.text(young)),
            ]),
        ),
        (
            "fargateSpotInterruption",
            write.share(*fargate_spot_interruption),
        ),
        (
            "fargateSpotUnavailable",
            write.share(*fargate_spot_unavailable),
        ),
        ("fargateRetry", write.text(fargate_retry)),
        (
            "fargateLaunchBucket",
            write.map([
                ("burst", write.text(burst)),
                ("perSecond", write.text(refill)),
            ]),
        ),
        ("fargateVcpuQuota", write.text(fargate_vcpu_quota)),
        ("serviceLaunchRate", write.text(service_launch_rate)),
        ("serviceLaunchBurst", write.text(service_launch_burst)),
        ("registeredMemoryShare", write.text(registered_memory_share)),
        ("systemDisk", write.text(system_disk)),
    ];
    let entries = entries.into_iter();
    entries
        .filter_map(|(key, node)| Some(write.entry(key, node?)))
        .collect()
}

/// A size that reads well: in bytes where it is not whole MiB.
fn size(size: Memory) -> String {
    match size.as_bytes() % MIB {
        0 => size.to_string(),
        _ => format!("{} B", size.as_bytes()),
    }
}

/// Makes nodes at one place.
struct Writer {
    origin: Origin,
}

impl Writer {
    fn entry(&self, key: &str, node: Node) -> Entry {
        Entry {
            key: key.into(),
            origin: self.origin,
            node,
        }
    }

    fn text(&self, value: impl ToString) -> Option<Node> {
        Some(Node::text(value.to_string(), self.origin))
    }

    fn per_second(&self, bytes: u64) -> Option<Node> {
        self.text(format!("{}/s", size(Memory::bytes(bytes))))
    }

    fn size(&self, bytes: Memory) -> Option<Node> {
        self.text(size(bytes))
    }

    fn list<T>(&self, items: &[T], write: impl Fn(&T) -> Option<Node>) -> Option<Node> {
        let items: Option<Vec<Node>> = items.iter().map(write).collect();
        Some(Node {
            origin: self.origin,
            value: Value::List(items?),
        })
    }

    /// A share, in millionths as it was read.
    fn share(&self, share: f64) -> Option<Node> {
        let millionths = (share * f64::from(Ratio::MILLIONTHS) + 0.5) as u32;
        self.text(Ratio::millionths(millionths)?)
    }

    /// Seconds, in microseconds as they were read.
    fn seconds(&self, seconds: f64) -> Option<Node> {
        self.text(Span::micros((seconds * 1e6 + 0.5) as u64))
    }

    fn map<const N: usize>(&self, entries: [(&str, Option<Node>); N]) -> Option<Node> {
        let entries: Option<Vec<Entry>> = entries
            .into_iter()
            .map(|(key, node)| Some(self.entry(key, node?)))
            .collect();
        Some(Node {
            origin: self.origin,
            value: Value::Map(entries?),
        })
    }

    fn failures(&self, failures: LaunchFailures) -> Option<Node> {
        self.map([
            ("onDemand", self.share(failures.on_demand)),
            ("gpu", self.share(failures.gpu)),
            ("spot", self.share(failures.spot)),
            ("spotScarce", self.share(failures.spot_scarce)),
        ])
    }

    /// A law of a quantity that is written so, of the kinds that the defaults have.
    fn law(&self, law: &Distribution, of: fn(&Self, f64) -> Option<Node>) -> Option<Node> {
        match law {
            Distribution::Constant(value) => of(self, *value),
            Distribution::Exponential { mean } => {
                self.map([("exponential", self.map([("mean", of(self, *mean))]))])
            }
            Distribution::Uniform { low, high } => self.map([(
                "uniform",
                self.map([("low", of(self, *low)), ("high", of(self, *high))]),
            )]),
            Distribution::Power { maximum, exponent } => self.map([(
                "power",
                self.map([
                    ("maximum", of(self, *maximum)),
                    ("exponent", self.text(exponent)),
                ]),
            )]),
            Distribution::LogNormal { mu, sigma } => self.map([(
                "lognormal",
                self.map([
                    ("median", of(self, libm::exp(*mu))),
                    ("sigma", self.text(sigma)),
                ]),
            )]),
            Distribution::Shifted { by, law } => self.map([(
                "shifted",
                self.map([("by", of(self, *by)), ("law", self.law(law, of))]),
            )]),
            _ => None,
        }
    }
}
