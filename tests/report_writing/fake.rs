//! Results made up by a formula: as many variants, seeds, providers and cells as a test
//! wants, the same every time.

use ecsim::figures::{self, Figure, Measure, Names, Unit};
use ecsim::plan::{Month, Unbilled};
use ecsim::runner::{
    Band, BillLineSummary, Confidence, Estimate, Figures, FitFound, OneLess, Ran, Results, RunRow,
    Story, StoryLevel, StoryMetric, StoryScaling, Timeline, TimelineColumn, VariantResults,
    Verdict, WaitDistribution,
};
use ecsim::units::{SimTime, Span, Usd};
use ecsim::usage::{PricingUnit, Service};

/// What to make up.
#[derive(Clone, Debug)]
pub struct Wanted {
    pub variants: Vec<String>,
    pub seeds: u64,
    pub entries: usize,
    pub services: usize,
    pub faults: bool,
    pub cells: usize,
    pub cell: Span,
    /// Every cost is multiplied by this.
    pub cost: f64,
    /// Half widths relative to means.
    pub spread: f64,
    pub without_chance: bool,
    /// Every wait is multiplied by this.
    pub wait: f64,
}

impl Default for Wanted {
    fn default() -> Self {
        Self {
            variants: ["x86", "graviton", "fargate"].map(String::from).into(),
            seeds: 32,
            entries: 1,
            services: 0,
            faults: false,
            cells: 168,
            cell: Span::hours(1),
            cost: 1.0,
            spread: 0.02,
            without_chance: false,
            wait: 1.0,
        }
    }
}

impl Wanted {
    pub fn variants(count: usize) -> Self {
        let names = (0..count).map(|index| match index % 3 {
            0 => format!("m6i-{index}"),
            1 => format!("graviton-{index}"),
            _ => format!("fargate-{index}"),
        });
        Self {
            variants: names.collect(),
            ..Self::default()
        }
    }
}

pub fn results(wanted: &Wanted) -> Results {
    let variants: Vec<VariantResults> = (0..wanted.variants.len())
        .map(|index| variant(wanted, index))
        .collect();
    Results {
        scenario: "web-jobs".into(),
        description: "Bursty jobs on an x86 fleet, on a Graviton fleet, each of the fitting size, and on Fargate.".into(),
        file: "web-jobs.yaml".into(),
        seeds: (1..=wanted.seeds).collect(),
        confidence: Confidence::default(),
        verdicts: vec![
            Verdict {
                text: "cost.total.perMonth of x86 below $450".into(),
                passed: true,
                found: "$412.3012".into(),
                variant: "x86".into(),
                value: Some(412.301_2),
                unit: Some(Unit::Usd),
                bounds: vec![450.0],
                n: wanted.seeds as usize,
                runs: wanted.seeds as usize,
                held: None,
                seed: None,
                sentence: None,
            },
            Verdict {
                text: "tasks.all.wait.p95 of x86 below 3s".into(),
                passed: false,
                found: "12s412ms".into(),
                variant: "x86".into(),
                value: Some(12.412),
                unit: Some(Unit::Seconds),
                bounds: vec![3.0],
                n: wanted.seeds as usize,
                runs: wanted.seeds as usize,
                held: None,
                seed: None,
                sentence: None,
            },
        ],
        warnings: vec![
            "`taskDefinitions.web.placementConstraints` would change the result and is not modelled yet".into(),
        ],
        left_out: Vec::new(),
        variants,
    }
}

fn variant(wanted: &Wanted, index: usize) -> VariantResults {
    let is_fargate = wanted.variants[index].contains("fargate");
    let provider = if is_fargate { "FARGATE" } else { "fleet" };
    let names = Names {
        providers: vec![provider.into()],
        tasks: (0..wanted.entries).map(|e| format!("jobs-{e}")).collect(),
        services: (0..wanted.services).map(|s| format!("web-{s}")).collect(),
        loads: Vec::new(),
        queues: Vec::new(),
        starts: wanted.services > 0,
        throttles: false,
        overlaps: false,
        faults: wanted.faults,
        managed: false,
        load_balancers: false,
        deployments: Vec::new(),
        credits: false,
        alarms: false,
        extra: false,
    };
    let factor = 1.0 - 0.13 * index as f64 / (1.0 + index as f64 * 0.3);
    let all = figures::all(&names);
    let figures = Figures::new(all.into(), |_, figure| {
        let mean = mean(&figure.path, is_fargate, factor, wanted);
        let spread = if wanted.without_chance {
            0.0
        } else {
            wanted.spread
        };
        let has_interval = wanted.seeds > 1 && !figure.definition().pooled;
        let spread = match figure.measure {
            // Every run is a week.
            Measure::Run(_) => 0.0,
            _ => spread,
        };
        let half_width = has_interval.then_some(mean * spread);
        Estimate {
            n: wanted.seeds as usize,
            mean: Some(mean),
            half_width,
        }
    });
    let runs = (1..=wanted.seeds)
        .map(|seed| RunRow {
            seed,
            values: figures
                .iter()
                .map(|f| {
                    let shift = (seed as f64 - (wanted.seeds + 1) as f64 / 2.0) * wanted.spread;
                    (!f.figure.definition().pooled)
                        .then(|| f.estimate.mean.unwrap_or(0.0) * (1.0 + shift / 10.0))
                })
                .collect(),
        })
        .collect();
    VariantResults {
        name: wanted.variants[index].clone(),
        without_chance: wanted.without_chance,
        figures,
        runs,
        month: Month::default(),
        unbilled: [&[Unbilled::Logs][..], &Unbilled::ALWAYS].concat(),
        bill: bill(provider, is_fargate, factor, wanted),
        start_unix_seconds: 1_772_431_200,
        time_zone: None,
        client_timeouts: Vec::new(),
        timeline: timeline(provider, is_fargate, factor, wanted),
        lacking: Vec::new(),
        traced: Ran::default(),
        serving: Vec::new(),
        waits: waits(factor, wanted),
        fit: (!is_fargate).then(|| FitFound {
            count: 7 + index as u32,
            longest_wait: Span::ZERO,
            one_less: Some(OneLess::Waited {
                seed: 3,
                longest_wait: Span::seconds(12),
            }),
            members: vec!["m6i.large".into()],
        }),
        median_seed: wanted.seeds.div_ceil(2),
        story: (wanted.services > 0).then(|| story(factor, wanted)),
    }
}

/// Costs of a week: EC2 and EBS, or Fargate.
fn weekly(is_fargate: bool, factor: f64, wanted: &Wanted) -> Vec<(&'static str, f64)> {
    let scale = factor * wanted.cost;
    if is_fargate {
        vec![("Fargate", 301.25 * scale)]
    } else {
        vec![("EC2", 84.5 * scale), ("EBS", 3.75 * scale)]
    }
}

fn mean(path: &str, is_fargate: bool, factor: f64, wanted: &Wanted) -> f64 {
    let parts: Vec<&str> = path.split('.').collect();
    let kind = parts[0];
    let name = parts.get(1).copied().unwrap_or_default();
    let suffix = parts[2.min(parts.len())..].join(".");
    if kind == "cost" {
        let weekly = weekly(is_fargate, factor, wanted);
        let total: f64 = weekly.iter().map(|(_, cost)| cost).sum();
        let cost = match name {
            "idle" => total * 0.3,
            "EC2" | "EBS" | "Fargate" => weekly
                .iter()
                .filter(|(service, _)| *service == name)
                .map(|(_, cost)| cost)
                .sum(),
            _ => total,
        };
        return match suffix.as_str() {
            "perHour" => cost / 168.0,
            "perMonth" => cost / 168.0 * 730.0,
            _ => cost,
        };
    }
    match (kind, suffix.as_str()) {
        ("run", _) => 168.0,
        (_, "instances") if is_fargate => 0.0,
        (_, "instances") => 7.0,
        (_, "cpu.total") => 14.0 * factor,
        (_, "cpu.reservedHours") if is_fargate => 5_200.0,
        (_, "memory.total") => 56.0 * factor,
        (_, "cpu.reserved" | "cpu.used") => 0.64 * factor,
        (_, "memory.reserved" | "memory.used") => 0.713 * factor,
        (_, "arrived.count") => 12_345.0,
        (_, "finished.count") => 12_340.0,
        (_, "finished.share") => 12_340.0 / 12_345.0,
        (_, "rejected.count" | "unplaceable.count" | "rejected.share") => 0.0,
        (_, "unfinished.count") => 5.0,
        ("tasks", "placed.count") => 12_343.0,
        ("tasks", "failed.count") => 0.0,
        ("service", "shortfall.mean") => 0.3,
        ("service", "neverComplete.count") => 0.0,
        (_, s) if s.starts_with("waiting.") => 0.0,
        (_, "unfinished.share") => 5.0 / 12_345.0,
        (_, "arrived.share") => 1.0,
        (_, "waited.share") => 0.08,
        ("tasks", s) if s.starts_with("wait.p50") => 0.0,
        ("tasks", s) if s.starts_with("wait.p95") => 12.3 * factor * wanted.wait,
        ("tasks", s) if s.starts_with("wait.p99") => 72.0 * factor * wanted.wait,
        ("tasks", "wait.mean") => 3.21 * factor * wanted.wait,
        ("capacity", s) if s.starts_with("gpu") => 0.0,
        ("service", "desired.mean") => 12.0,
        ("service", "running.mean") => 11.9,
        ("service", "healthy.mean") => 11.7,
        (_, "available.share") => 0.9987,
        ("faults", _) if name == "cost" => 0.72 * factor,
        ("faults", _) => 3.13 * factor,
        ("service", s) if s.contains("tart.") => s.len() as f64 * 4.2 * factor,
        ("start", "count") if is_fargate != (name == "fargate") => 0.0,
        ("start", "provisioning.mean") if !is_fargate => 0.0,
        ("start", "pull.mean") if name == "ec2Cached" => 0.0,
        ("start", "pull.mean") => 21.0 * factor * wanted.wait,
        (_, s) => s.len() as f64 * factor,
    }
}

fn bill(provider: &str, is_fargate: bool, factor: f64, wanted: &Wanted) -> Vec<BillLineSummary> {
    let estimate = |mean: f64| Estimate {
        n: wanted.seeds as usize,
        mean: Some(mean),
        half_width: (wanted.seeds > 1).then_some(if wanted.without_chance {
            0.0
        } else {
            mean * wanted.spread
        }),
    };
    let weekly = weekly(is_fargate, factor, wanted);
    let line = |service, usage_type: &str, label: &str, unit, price: &str, quantity, cost| {
        BillLineSummary {
            provider: Some(provider.into()),
            service,
            usage_type: usage_type.into(),
            label: label.into(),
            unit,
            price: price.parse::<Usd>().expect("the price is well written"),
            quantity: estimate(quantity),
            quantity_per_month: estimate(quantity / 168.0 * 730.0),
            cost: estimate(cost),
            cost_per_hour: estimate(cost / 168.0),
            cost_per_month: estimate(cost / 168.0 * 730.0),
            topped_up: estimate(0.0),
        }
    };
    if is_fargate {
        let cost = weekly[0].1;
        return vec![
            line(
                Service::Fargate,
                "Fargate-vCPU-Hours:perCPU",
                "Fargate vCPU, x86",
                PricingUnit::VcpuHours,
                "$0.04048",
                5_200.0,
                cost * 0.7,
            ),
            line(
                Service::Fargate,
                "Fargate-GB-Hours",
                "Fargate memory, x86",
                PricingUnit::GbHours,
                "$0.004445",
                20_000.0,
                cost * 0.3,
            ),
        ];
    }
    vec![
        line(
            Service::Ec2,
            "BoxUsage:m6i.large",
            "m6i.large, on demand",
            PricingUnit::InstanceHours,
            "$0.096",
            1_176.0,
            weekly[0].1,
        ),
        line(
            Service::Ebs,
            "EBS:VolumeUsage.gp3",
            "gp3 root volumes",
            PricingUnit::GbMonths,
            "$0.08",
            48.3,
            weekly[1].1,
        ),
    ]
}

fn timeline(provider: &str, is_fargate: bool, factor: f64, wanted: &Wanted) -> Timeline {
    use ecsim::figures::Unit::{Count, Gib, Vcpu};
    let mut columns = Vec::new();
    for owner in ["all", provider] {
        for (level, unit, size) in [
            ("cpu.total", Vcpu, 14.0),
            ("cpu.reserved", Vcpu, 9.0),
            ("cpu.used", Vcpu, 7.0),
            ("memory.total", Gib, 56.0),
            ("memory.reserved", Gib, 40.0),
            ("memory.used", Gib, 36.0),
            ("instances", Count, 7.0),
            ("tasks.running", Count, 18.0),
            ("tasks.waiting", Count, 2.0),
        ] {
            if level == "tasks.waiting" && owner != "all" {
                continue;
            }
            let is_flat =
                !is_fargate && matches!(level, "cpu.total" | "memory.total" | "instances");
            let points = (0..wanted.cells)
                .map(|cell| {
                    let day = (cell as u64 * wanted.cell.as_micros()) as f64 / 86_400e6;
                    let wave = if is_flat { 1.0 } else { wave(day) };
                    let mean = size * factor * wave;
                    let wiggle = if is_flat || wanted.without_chance {
                        0.0
                    } else {
                        0.15
                    };
                    Band {
                        mean,
                        min: mean * (1.0 - wiggle),
                        max: mean * (1.0 + wiggle),
                    }
                })
                .collect();
            columns.push(TimelineColumn {
                provider: owner.into(),
                level,
                unit,
                points,
            });
        }
    }
    Timeline {
        origin: SimTime::ZERO,
        width: wanted.cell,
        columns,
    }
}

/// A daily wave between 0.2 and 1 made of parabolas, with a little noise.
fn wave(day: f64) -> f64 {
    let phase = (day - day.floor()) * 2.0 - 1.0;
    let noise = ((day * 977.0).fract() * 7919.0).fract();
    0.2 + 0.7 * (1.0 - phase * phase) + 0.1 * noise
}

fn waits(factor: f64, wanted: &Wanted) -> WaitDistribution {
    let placed = 100_000;
    let at_once = 92_000;
    let steps = 200;
    let mut points = vec![(0.0, 0.92)];
    for step in 1..=steps {
        let share = f64::from(step) / f64::from(steps);
        let seconds = 300.0 * factor * share * share * share * wanted.wait;
        if seconds > 0.0 {
            points.push((seconds, 0.92 + 0.08 * share));
        }
    }
    WaitDistribution {
        placed,
        at_once,
        points,
    }
}

/// A day's wave, followed by a group.
fn story(factor: f64, wanted: &Wanted) -> Story {
    let width = wanted.cell;
    let at = |cell: usize| SimTime::ZERO + Span::micros(width.as_micros() * cell as u64);
    let day = |cell: usize| at(cell).as_micros() as f64 / 86_400e6;
    let level = |level| {
        let size = match level {
            StoryLevel::InstancesLaunching | StoryLevel::InstancesDraining => 0.6,
            StoryLevel::InstancesOnDemand => 7.0,
            StoryLevel::InstancesSpot => 2.0,
            StoryLevel::InstancesFailed | StoryLevel::TasksDown => 0.0,
            StoryLevel::TasksHealthy => 38.0,
            StoryLevel::TasksWaiting => 1.5,
            StoryLevel::TasksStarting => 0.8,
            StoryLevel::TasksRunning => 40.0,
            StoryLevel::TasksDesired => 42.0,
            _ => 0.0,
        };
        let cells = 0..wanted.cells;
        let points = cells.map(|cell| size * factor * wave(day(cell)));
        (level, points.collect())
    };
    let percent = |cell: usize| (at(cell), 60.0 + 70.0 * wave(day(cell) * 3.0));
    let scaling = |cell: usize| StoryScaling {
        at: at(cell),
        provider: "fleet".into(),
        from: 4,
        to: if cell.is_multiple_of(2) { 6 } else { 3 },
        reason: if cell.is_multiple_of(2) {
            "above"
        } else {
            "below"
        },
        measured: Some((5, 4)),
        hundredths: Some(12_500),
    };
    Story {
        faults: Vec::new(),
        interruptions: Vec::new(),
        rollout: None,
        seed: 1,
        origin: SimTime::ZERO,
        length: Span::micros(width.as_micros() * wanted.cells as u64),
        width,
        levels: StoryLevel::ALL
            .into_iter()
            .filter(|level| !level.is_of_requests())
            .map(level)
            .collect(),
        metrics: vec![StoryMetric {
            provider: "fleet".into(),
            target: 90.0,
            points: (0..wanted.cells).map(percent).collect(),
        }],
        policies: Vec::new(),
        cpu_targets: Vec::new(),
        scalings: (0..wanted.cells)
            .filter(|c| c % 7 < 2)
            .map(scaling)
            .collect(),
    }
}

/// The same with a few figures only, so that a new figure changes no expected file.
pub fn few_figures(mut results: Results) -> Results {
    let wanted = |path: &str| {
        path.starts_with("cost.total") || path.contains("wait.p95") || path == "run.reportedHours"
    };
    for variant in &mut results.variants {
        let figures = variant.figures.iter();
        let keep: Vec<bool> = figures.map(|f| wanted(&f.figure.path)).collect();
        let kept = |index: &mut usize| {
            *index += 1;
            keep[*index - 1]
        };
        let few = variant.figures.iter().filter(|f| wanted(&f.figure.path));
        let (few, estimates): (Vec<Figure>, Vec<Estimate>) =
            few.map(|f| (f.figure.clone(), *f.estimate)).unzip();
        variant.figures = Figures::new(few.into(), |index, _| estimates[index]);
        let rows = variant.runs.rows().map(|mut run| {
            let mut index = 0;
            run.values.retain(|_| kept(&mut index));
            run
        });
        variant.runs = rows.collect();
    }
    results
}

/// Changes the summary of a figure of a variant.
pub fn change(variant: &mut VariantResults, path: &str, change: impl Fn(&mut Estimate)) {
    let is_known = variant.figures.iter().any(|f| f.figure.path == path);
    assert!(is_known, "there is no figure {path}");
    variant.figures = variant.figures.map(|of| {
        let mut estimate = *of.estimate;
        if of.figure.path == path {
            change(&mut estimate);
        }
        estimate
    });
}

/// Something with nothing in it.
pub fn empty() -> Results {
    let mut results = results(&Wanted {
        cells: 0,
        seeds: 2,
        ..Wanted::default()
    });
    for variant in &mut results.variants {
        variant.figures = variant.figures.map(|of| match of.figure.measure {
            Measure::Run(_) => *of.estimate,
            _ => Estimate::default(),
        });
        let rows = variant.runs.rows().map(|mut run| {
            run.values.fill(None);
            run
        });
        variant.runs = rows.collect();
        variant.bill.clear();
        variant.timeline = Timeline::default();
        variant.waits = WaitDistribution::default();
        variant.fit = None;
        variant.story = variant.story.take().map(|_| Story::default());
    }
    results
}
