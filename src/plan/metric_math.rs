//! Metric math of a customized metric: the metrics that it reads, and an expression over them.

use super::ServiceMetric;

/// Millionths in one.
const MILLION: f64 = 1e6;

/// An expression over metrics, each with one value per minute (facts/platform.md 12.10).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MetricMath {
    /// The expression as it is written.
    pub text: String,
    /// The steps of the expression, each of which takes its operands from a stack.
    pub steps: Vec<MathStep>,
}

/// A step of an expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MathStep {
    /// Puts the value of a metric on the stack.
    Metric(MathMetric),
    /// Puts a number on the stack, in millionths.
    Number(u64),
    /// Replaces the two last values by their sum, difference, product or quotient, or by 1 or 0 where it
    /// compares them.
    Operator(MathOperator),
    /// `IF`: replaces the three last values by the second, or by the third where the first is 0.
    If,
}

/// An operator of an expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MathOperator {
    /// `+`.
    Add,
    /// `-`.
    Subtract,
    /// `*`.
    Multiply,
    /// `/`; without a value where the divisor is 0.
    Divide,
    /// `<`.
    Less,
    /// `>`.
    Greater,
    /// `<=`.
    AtMost,
    /// `>=`.
    AtLeast,
    /// `==`.
    Equal,
    /// `!=`.
    NotEqual,
}

/// A metric that an expression reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MathMetric {
    /// A metric of the service or of its queue.
    Of(ServiceMetric),
    /// `RunningTaskCount` of the service, of Container Insights (facts/ecs.md 255).
    RunningTaskCount,
    /// `DesiredTaskCount` of the service, of Container Insights (facts/ecs.md 255).
    DesiredTaskCount,
}

impl MetricMath {
    /// The metrics that it reads.
    pub fn metrics(&self) -> impl Iterator<Item = MathMetric> {
        self.steps.iter().filter_map(|step| match step {
            MathStep::Metric(metric) => Some(*metric),
            MathStep::Number(_) | MathStep::Operator(_) | MathStep::If => None,
        })
    }

    /// The value in millionths, from the values of the metrics in millionths; `None` where one that it needs
    /// has none, and after a division by zero. A value below zero counts as zero.
    pub fn value(&self, of: impl Fn(MathMetric) -> Option<u64>) -> Option<u64> {
        let mut stack: Vec<Option<f64>> = Vec::with_capacity(self.steps.len());
        for step in &self.steps {
            let value = match step {
                MathStep::Metric(metric) => of(*metric).map(|value| value as f64 / MILLION),
                MathStep::Number(millionths) => Some(*millionths as f64 / MILLION),
                MathStep::Operator(operator) => {
                    let (right, left) = (stack.pop()?, stack.pop()?);
                    left.zip(right)
                        .and_then(|(left, right)| operator.apply(left, right))
                }
                MathStep::If => {
                    let (otherwise, then, condition) = (stack.pop()?, stack.pop()?, stack.pop()?);
                    condition.and_then(|holds| if holds == 0.0 { otherwise } else { then })
                }
            };
            stack.push(value);
        }
        let value = stack.pop()??;
        // `as` truncates toward zero and saturates.
        value.is_finite().then_some((value * MILLION + 0.5) as u64)
    }
}

impl MathMetric {
    /// The metric of the service or its queue; `None` for a number of tasks.
    pub const fn of_service(self) -> Option<ServiceMetric> {
        match self {
            Self::Of(metric) => Some(metric),
            Self::RunningTaskCount | Self::DesiredTaskCount => None,
        }
    }
}

impl MathOperator {
    fn apply(self, left: f64, right: f64) -> Option<f64> {
        match self {
            Self::Add => Some(left + right),
            Self::Subtract => Some(left - right),
            Self::Multiply => Some(left * right),
            Self::Divide => (right != 0.0).then(|| left / right),
            Self::Less => Some(f64::from(u8::from(left < right))),
            Self::Greater => Some(f64::from(u8::from(left > right))),
            Self::AtMost => Some(f64::from(u8::from(left <= right))),
            Self::AtLeast => Some(f64::from(u8::from(left >= right))),
            Self::Equal => Some(f64::from(u8::from(left == right))),
            Self::NotEqual => Some(f64::from(u8::from(left != right))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_expression_has_a_value_unless_it_divides_by_zero() {
        let visible = MathMetric::Of(ServiceMetric::MessagesVisible);
        let per_task = MetricMath {
            text: "visible / tasks".into(),
            steps: vec![
                MathStep::Metric(visible),
                MathStep::Metric(MathMetric::RunningTaskCount),
                MathStep::Operator(MathOperator::Divide),
            ],
        };
        let value = |messages: u64, tasks: u64| {
            per_task.value(|metric| match metric {
                MathMetric::RunningTaskCount => Some(tasks * 1_000_000),
                _ => Some(messages * 1_000_000),
            })
        };
        assert_eq!(value(25, 10), Some(2_500_000));
        assert_eq!(value(25, 0), None);
        assert_eq!(per_task.value(|_| None), None);
        assert_eq!(per_task.metrics().count(), 2);
        // IF(tasks == 0, visible, visible / tasks)
        let tasks = MathStep::Metric(MathMetric::RunningTaskCount);
        let mut steps = vec![
            tasks,
            MathStep::Number(0),
            MathStep::Operator(MathOperator::Equal),
            MathStep::Metric(visible),
        ];
        steps.extend(per_task.steps.clone());
        steps.push(MathStep::If);
        let guarded = MetricMath {
            text: String::new(),
            steps,
        };
        let value = |tasks: u64| {
            guarded.value(|metric| match metric {
                MathMetric::RunningTaskCount => Some(tasks * 1_000_000),
                _ => Some(25_000_000),
            })
        };
        assert_eq!((value(0), value(10)), (Some(25_000_000), Some(2_500_000)));
    }
}
