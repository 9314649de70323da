//! The words of a change of a desired count by a policy or a scheduled action.

use crate::plan::{Service, ServiceMetric};
use crate::simulation::{Scaled, ScaledBy};

/// The name of a policy or a scheduled action of a service.
pub fn scaler_name(service: &Service, by: ScaledBy) -> &str {
    match by {
        ScaledBy::TargetTracking(number) => &service.target_tracking[number as usize].name,
        ScaledBy::StepScaling(number) => &service.step_scaling[number as usize].name,
        ScaledBy::PredictiveScaling(number) => &service.predictive_scaling[number as usize].name,
        ScaledBy::ScheduledAction(number) => &service.scheduled[number as usize].name,
    }
}

/// The metric of a policy; `None` for a scheduled action, which has none, and for predictive scaling, which
/// forecasts a load.
pub fn scaler_metric(service: &Service, by: ScaledBy) -> Option<ServiceMetric> {
    match by {
        ScaledBy::TargetTracking(number) => {
            Some(service.target_tracking[number as usize].metric.metric())
        }
        ScaledBy::StepScaling(number) => Some(service.step_scaling[number as usize].alarm.metric),
        ScaledBy::PredictiveScaling(_) | ScaledBy::ScheduledAction(_) => None,
    }
}

/// What the metric of a policy is compared with: `target 60 %`; `None` where no metric is compared.
pub fn scaler_limit(service: &Service, by: ScaledBy) -> Option<String> {
    let unit = scaler_metric(service, by)?.unit();
    let (name, limit) = match by {
        ScaledBy::TargetTracking(number) => {
            ("target", service.target_tracking[number as usize].target)
        }
        ScaledBy::StepScaling(number) => {
            let alarm = &service.step_scaling[number as usize].alarm;
            ("threshold", alarm.threshold)
        }
        ScaledBy::PredictiveScaling(_) | ScaledBy::ScheduledAction(_) => return None,
    };
    Some(format!("{name} {}{unit}", limit as f64 / 1e6))
}

/// Why the desired count was set: `its metric was 83.2 %, its target is 60 %, and 8 tasks were running`.
pub fn scaled_why(service: &Service, scaled: &Scaled) -> String {
    let running = match scaled.running {
        1 => "1 task was running".to_string(),
        running => format!("{running} tasks were running"),
    };
    let metric = scaler_metric(service, scaled.by);
    let limit = scaler_limit(service, scaled.by);
    match (metric, limit, scaled.metric) {
        (Some(metric), Some(limit), Some(value)) => {
            let (value, unit) = (value as f64 / 1e6, metric.unit());
            let limit = limit.replacen(' ', " is ", 1);
            format!("its metric was {value:.1}{unit}, its {limit}, and {running}")
        }
        (.., Some(load)) => {
            let tasks = load as f64 / 1e6;
            format!(
                "the load of {tasks:.1} tasks at the target is forecast for the next hour, and {running}"
            )
        }
        _ => format!("it was due, and {running}"),
    }
}
