//! `plots/cost.svg`: the cost per month of every variant, divided by service and purchase option,
//! with the interval of the total, and below each bar the part of it that pays for idle capacity.

use super::super::figure::{estimate, is_same_in_every_run, mean};
use super::super::text::{money, money_within, seeds};
use super::axis;
use super::chart::{Axis, Bar, Bars, Chart, Drawing, Key, Sign};
use super::ink::{Ink, solid};
use crate::pricing::Service;
use crate::runner::{BillLineSummary, Estimate, Results, VariantResults};

/// What a bar is divided into, from the left.
const PARTS: [(&str, Ink); 11] = [
    ("EC2 on demand", Ink::Blue),
    ("EC2 Spot", Ink::Sky),
    ("EBS", Ink::Pink),
    ("Fargate", Ink::Amber),
    ("Fargate Spot", Ink::Green),
    ("ECS management fee", Ink::LightBlue),
    ("load balancers", Ink::Violet),
    ("SQS", Ink::Dead),
    ("CloudWatch", Ink::Soft),
    ("extra", Ink::Vermilion),
    ("other", Ink::Pale),
];

/// The plot.
pub(super) fn cost(results: &Results) -> Chart {
    let variants = &results.variants;
    let rows: Vec<Bar> = variants.iter().map(|v| bar(v, &variants[0])).collect();
    let is_used = |ink: Ink| {
        rows.iter()
            .any(|row| row.parts.iter().any(|part| part.0 == ink))
    };
    let used = PARTS.into_iter().filter(|(_, ink)| is_used(*ink));
    let mut legend: Vec<Key> = used
        .map(|(name, ink)| Key::new(name, Sign::Area(ink)))
        .collect();
    if rows.iter().any(|row| row.below.is_some()) {
        let label = "of which idle: capacity that no task has reserved";
        legend.push(Key::new(label, Sign::Area(Ink::Grey)));
    }
    if rows.iter().any(|row| row.interval.is_some()) {
        let label = format!("{} interval of the total", results.confidence);
        legend.push(Key::new(label, Sign::Line(solid(Ink::Text, 1.5))));
    }
    if rows.iter().any(|row| row.hatched) {
        let label = "not comparable with the first: the variant did another part of the work";
        legend.push(Key::new(label, Sign::Hatch(Ink::Grey)));
    }
    let most = variants.iter().map(reach).fold(0.0, f64::max);
    Chart {
        name: "cost".into(),
        variant: None,
        subject: "Cost per month".into(),
        of: results.scenario.clone(),
        caption: caption(results),
        legend,
        drawing: Drawing::Bars(Bars {
            axis: Axis {
                name: "US dollars per month".into(),
                ..axis::ending_at(axis::dollars(most), most)
            },
            rows,
            nothing: "no variants".into(),
        }),
    }
}

/// The bar of a variant; it is hatched where its cost cannot be compared with that of the first.
fn bar(variant: &VariantResults, first: &VariantResults) -> Bar {
    let idle = mean(variant, "cost.idle.perMonth").filter(|idle| *idle > 0.0);
    let interval = total(variant).filter(|_| !variant.without_chance);
    let interval = interval.filter(|total| !is_same_in_every_run(total));
    Bar {
        name: variant.name.clone(),
        parts: parts(variant),
        below: idle,
        interval: interval.and_then(|total| Some((total.low()?, total.high()?))),
        hatched: !variant.is_comparable_with(first),
        value: value(variant),
    }
}

/// The cost per month in its parts; parts of zero are left out.
fn parts(variant: &VariantResults) -> Vec<(Ink, f64)> {
    let Some(total) = total(variant).and_then(|total| total.mean) else {
        return Vec::new();
    };
    let mut sums = [0.0; PARTS.len()];
    for line in &variant.bill {
        sums[part_of(line)] += line.cost_per_month.mean.unwrap_or(0.0).max(0.0);
    }
    // Lines add up to the total up to the rounding of floats; what no line explains is `other`.
    let rest = total - sums.iter().sum::<f64>();
    if rest > total * 1e-9 {
        sums[PARTS.len() - 1] += rest;
    }
    let parts = PARTS.into_iter().zip(sums);
    let parts = parts.map(|((_, ink), sum)| (ink, sum));
    parts.filter(|(_, sum)| *sum > 0.0).collect()
}

/// The index in [`PARTS`] of a line of the bill.
fn part_of(line: &BillLineSummary) -> usize {
    let spot = line.usage_type.contains("SpotUsage");
    match line.service {
        Service::Ec2 => usize::from(spot),
        Service::Ebs => 2,
        Service::Fargate => 3 + usize::from(spot),
        Service::Ecs => 5,
        Service::Elb => 6,
        Service::Sqs => 7,
        Service::CloudWatch => 8,
        Service::Extra => 9,
    }
}

/// The cost per month of a variant, if it is finite.
fn total(variant: &VariantResults) -> Option<Estimate> {
    estimate(variant, "cost.total.perMonth").filter(|total| total.mean.is_some_and(f64::is_finite))
}

/// How far to the right a variant's bar or interval goes.
fn reach(variant: &VariantResults) -> f64 {
    let Some(total) = total(variant) else {
        return 0.0;
    };
    let mean = total.mean.unwrap_or(0.0);
    total.high().unwrap_or(mean).max(mean).max(0.0)
}

/// The cost per month as text, with half of its interval.
fn value(variant: &VariantResults) -> String {
    let Some(total) = total(variant) else {
        return "no cost".into();
    };
    let mean = total.mean.unwrap_or(0.0);
    match total.half_width.filter(|_| !is_same_in_every_run(&total)) {
        _ if variant.without_chance => format!("{} (not random)", money(mean)),
        None => money(mean),
        Some(half_width) => money_within(mean, half_width),
    }
}

/// The caption, which names the meaning of the thin line or why there is none.
fn caption(results: &Results) -> String {
    let bill = "The bill of each variant by service and purchase option";
    if results.variants.iter().all(|v| v.without_chance) {
        return format!("{bill}. Nothing here is random: there are no intervals.");
    }
    let has_interval = |variant: &VariantResults| {
        !variant.without_chance && !total(variant).is_none_or(|t| is_same_in_every_run(&t))
    };
    let count = results.seeds.len();
    match count {
        2.. if !results.variants.iter().any(has_interval) => format!(
            "{bill}, the same with each of {}: there are no intervals.",
            seeds(count)
        ),
        0 | 1 => format!("{bill}, of one seed: there are no intervals."),
        _ => format!(
            "{bill}; the thin line is the {} interval of the total over {}.",
            results.confidence,
            seeds(count)
        ),
    }
}
