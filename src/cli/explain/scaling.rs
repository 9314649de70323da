//! What the scaling policies of a service saw and decided.

use super::words::{About, count, paragraph, time, timed};
use crate::explain::{PolicyRow, ServiceStory};
use crate::plan::{Service, ServiceMetric};
use crate::policy::services::HeldBy;
use crate::runner::{scaler_limit, scaler_metric, scaler_name};
use crate::simulation::{PolicyOutcome, PolicyState, ScaledBy};

/// At most this number of lines is listed: the first and the last.
const MOST_LINES: usize = 40;

/// The evaluations of the policies, a line for those in a row that found the same.
pub(super) fn policies(page: &mut String, about: &About<'_>, story: &ServiceStory) {
    let mut services = about.plan.services.iter();
    let Some(service) = services.find(|of| of.name == story.service) else {
        return;
    };
    if story.policies.is_empty() {
        return;
    }
    let looks: u64 = story.policies.iter().map(|row| row.looks).sum();
    let text = format!(
        "What its scaling policies saw: {}; those of a policy in a row that found the same are one line, with \
         the lowest and the highest value of its metric",
        count(looks, "evaluation")
    );
    page.push('\n');
    paragraph(page, "", &text, 2, about.width);
    let (all, half) = (story.policies.len(), MOST_LINES / 2);
    for (number, row) in story.policies.iter().enumerate() {
        if all > MOST_LINES && (half..all - half).contains(&number) {
            if number == half {
                let more = count((all - MOST_LINES) as u64, "line");
                page.push_str(&format!("  …  {more} left out; `--format json` has all\n"));
            }
            continue;
        }
        timed(page, row.at, &line(service, row), about);
    }
}

/// `cpu: CPUUtilization 72.1 to 88 %, target 60 %, alarm high in ALARM; 8 running, 8 desired: set to 12`.
fn line(service: &Service, row: &PolicyRow) -> String {
    let look = &row.look;
    if let ScaledBy::PredictiveScaling(_) = look.by {
        return predicted(service, row);
    }
    let name = scaler_name(service, look.by);
    let limit = scaler_limit(service, look.by).unwrap_or_default();
    let mut text = format!(
        "{name}: {}, {limit}, {}",
        metric(service, row),
        state(look.state)
    );
    text += &format!("; {} running, {} desired: ", look.running, look.desired);
    text += &decision(look.outcome, look.wanted);
    if row.looks > 1 {
        text += &format!(" ({} times, until {})", row.looks, time(row.until));
    }
    text
}

/// `weekly: the load of 12.3 tasks at the target is forecast for the next hour; 8 running, 8 desired: set to 13`.
fn predicted(service: &Service, row: &PolicyRow) -> String {
    let look = &row.look;
    let name = scaler_name(service, look.by);
    let tasks = |millionths: u64| format!("{:.1}", millionths as f64 / 1e6);
    let mut text = match row.metric {
        None => format!("{name}: nothing is forecast, as a forecast needs 24 hours of data"),
        Some([least, most]) => {
            let load = match tasks(least) == tasks(most) {
                true => tasks(least),
                false => format!("{} to {}", tasks(least), tasks(most)),
            };
            let (running, desired) = (look.running, look.desired);
            let decision = decision(look.outcome, look.wanted);
            format!(
                "{name}: the load of {load} tasks at the target is forecast for the next hour; {running} running, \
                 {desired} desired: {decision}"
            )
        }
    };
    if row.looks > 1 {
        text += &format!(" ({} times, until {})", row.looks, time(row.until));
    }
    text
}

/// The metric with its lowest and highest value, and the end of the period of the newest.
fn metric(service: &Service, row: &PolicyRow) -> String {
    let metric = scaler_metric(service, row.look.by);
    let unit = metric.map_or("", ServiceMetric::unit);
    let name = metric.map_or_else(String::new, named);
    let value = |millionths: u64| format!("{:.1}", millionths as f64 / 1e6);
    let until = time(row.look.measured);
    match row.metric {
        None => format!("{name} has no value, measured until {until}"),
        Some([least, most]) if value(least) == value(most) => {
            format!("{name} {}{unit}, measured until {until}", value(least))
        }
        Some([least, most]) => format!(
            "{name} {} to {}{unit}, measured until {until}",
            value(least),
            value(most)
        ),
    }
}

/// The name of a metric, with its statistic where that is not the usual one: `CPUUtilization (Maximum)`.
fn named(metric: ServiceMetric) -> String {
    match metric == metric.usual() {
        true => metric.name().to_string(),
        false => format!("{} ({})", metric.name(), metric.statistic()),
    }
}

const fn state(of: PolicyState) -> &'static str {
    match of {
        PolicyState::Ok => "alarms OK",
        PolicyState::AlarmHigh => "high alarm in ALARM",
        PolicyState::AlarmLow => "low alarm in ALARM",
        PolicyState::InsufficientData => "INSUFFICIENT_DATA",
    }
}

fn decision(outcome: PolicyOutcome, wanted: Option<u32>) -> String {
    let asks = wanted.map_or_else(String::new, |wanted| format!("it asks for {wanted}; "));
    match outcome {
        PolicyOutcome::Nothing => "no change".into(),
        PolicyOutcome::Scaled(to) => format!("set to {to}"),
        PolicyOutcome::Held(why) => format!("{asks}no change, {}", held(why)),
    }
}

/// Why a policy changes nothing.
fn held(why: HeldBy) -> String {
    match why {
        HeldBy::DesiredCount => "the desired count has that already".into(),
        HeldBy::ScaleOutCooldown(until) => format!(
            "in the cooldown of a scale-out until {}, counted from the tasks before it",
            time(until)
        ),
        HeldBy::ScaleInCooldown(until) => {
            format!("in the cooldown of a scale-in until {}", time(until))
        }
        HeldBy::Maximum => "at `maxCapacity`".into(),
        HeldBy::Minimum => "at `minCapacity` or at what is forecast".into(),
        HeldBy::ForecastOnly => "`ForecastOnly`".into(),
        HeldBy::OtherPolicy => "another policy asks for more tasks".into(),
        HeldBy::Deployment => "no scale-in during a deployment".into(),
        HeldBy::ScaleInDisabled => "`disableScaleIn`".into(),
        HeldBy::ControlPlane => "the control plane is out".into(),
    }
}
