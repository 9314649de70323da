//! Reads `customizedMetricSpecification` of a target tracking policy: metric math over metrics of a service
//! and of its queue.

use super::queues::Queues;
use super::statistic;
use crate::plan::{MathMetric, MathOperator, MathStep, MetricMath, ServiceMetric};
use crate::scenario::keys::queues::{
    CUSTOMIZED_METRIC, DIMENSION, METRIC, METRIC_DATA_QUERY, METRIC_NAMES, METRIC_STAT,
};
use crate::scenario::reading::reader::{Cursor, Record};

/// An item that expressions may name: its id, and the steps of its value.
struct Named {
    id: String,
    text: String,
    steps: Vec<MathStep>,
}

/// The queue of a service, by its index, among those of the scenario.
#[derive(Clone, Copy)]
pub struct OwnQueue<'q> {
    /// All queues.
    pub queues: &'q Queues,
    /// That of the service; `None`: it works on none.
    pub own: Option<usize>,
    /// The name of the service; `None` where it has problems.
    pub service: Option<&'q str>,
}

/// Reads the specification.
pub fn read(at: &Cursor<'_>, queue: OwnQueue<'_>) -> Option<MetricMath> {
    let record = at.record(&CUSTOMIZED_METRIC)?;
    match (record.get("metricName"), record.get("metrics")) {
        (Some(at), None) => {
            let metric = metric_name(&at)?;
            let metric = with_statistic(&record, "statistic", metric)?;
            Some(MetricMath {
                text: at.text()?.to_string(),
                steps: vec![MathStep::Metric(metric)],
            })
        }
        (None, Some(at)) => metrics(&at, queue),
        (Some(_), Some(at)) => {
            at.problem("give either `metricName` or `metrics`").report();
            None
        }
        (None, None) => {
            if !record.has_mistyped() {
                at.problem("this metric has no name")
                    .hint("give `metricName`, or `metrics` with an expression")
                    .report();
            }
            None
        }
    }
}

/// Reads `metrics`: the one that returns data may name those before it.
pub fn metrics(at: &Cursor<'_>, queue: OwnQueue<'_>) -> Option<MetricMath> {
    let mut known: Vec<Named> = Vec::new();
    let mut returned = Vec::new();
    for item in at.list() {
        let record = item.record(&METRIC_DATA_QUERY)?;
        let named = named(&record, &known, queue)?;
        let returns = match record.get("returnData") {
            Some(at) => at.boolean()?,
            None => true,
        };
        if returns {
            returned.push(known.len());
        }
        known.push(named);
    }
    let [only] = returned.as_slice() else {
        at.problem(format!("{} items return data", returned.len()))
            .expected("exactly one item without `returnData: false`")
            .report();
        return None;
    };
    let found = known.swap_remove(*only);
    Some(MetricMath {
        text: found.text,
        steps: found.steps,
    })
}

fn named(record: &Record<'_>, known: &[Named], queue: OwnQueue<'_>) -> Option<Named> {
    let at = record.get("id")?;
    let id = at.text()?.to_string();
    let is_id = id.starts_with(|c: char| c.is_ascii_lowercase())
        && id.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if !is_id || known.iter().any(|of| of.id == id) {
        at.problem(format!("`{id}` cannot be an id here"))
            .expected("letters, digits and `_`, the first a lower-case letter; each id once")
            .report();
        return None;
    }
    let (text, steps) = match (record.get("metricStat"), record.get("expression")) {
        (Some(at), None) => {
            let metric = metric_stat(&at, queue)?;
            (id.clone(), vec![MathStep::Metric(metric)])
        }
        (None, Some(at)) => (at.text()?.to_string(), expression(&at, known)?),
        _ => {
            record
                .at
                .problem("an item has either `metricStat` or `expression`")
                .report();
            return None;
        }
    };
    Some(Named { id, text, steps })
}

fn metric_stat(at: &Cursor<'_>, queue: OwnQueue<'_>) -> Option<MathMetric> {
    let record = at.record(&METRIC_STAT)?;
    let stat = &record;
    let record = stat.get("metric")?.record(&METRIC)?;
    let metric = record.get("metricName").and_then(|at| metric_name(&at))?;
    let metric = with_statistic(stat, "stat", metric)?;
    let namespace = match metric {
        MathMetric::Of(metric) => metric.namespace(),
        MathMetric::RunningTaskCount | MathMetric::DesiredTaskCount => "ECS/ContainerInsights",
    };
    if let Some(at) = record.get("namespace")
        && at.text()? != namespace
    {
        at.problem(format!(
            "`{}` is not in this namespace",
            record.text("metricName")?
        ))
        .expected(format!("`{namespace}`"))
        .report();
        return None;
    }
    let items = record.get("dimensions").map(|at| at.list());
    for item in items.unwrap_or_default() {
        let dimension = item.record(&DIMENSION)?;
        match dimension.text("name")? {
            "QueueName" => check_queue(&dimension.get("value")?, queue)?,
            "ServiceName" => check_service(&dimension.get("value")?, queue)?,
            _ => {}
        }
    }
    Some(metric)
}

/// The metric with the statistic that this key names.
fn with_statistic(
    record: &Record<'_>,
    key: &'static str,
    metric: MathMetric,
) -> Option<MathMetric> {
    match metric {
        MathMetric::Of(metric) => statistic::of(record, &[key], metric).map(MathMetric::Of),
        MathMetric::RunningTaskCount | MathMetric::DesiredTaskCount => {
            if let Some(at) = record.get(key) {
                at.choice(&["Average", "Sum", "Minimum", "Maximum"].map(|name| (name, ())))?;
            }
            Some(metric)
        }
    }
}

/// Checks that a dimension names the queue of the service.
fn check_queue(at: &Cursor<'_>, queue: OwnQueue<'_>) -> Option<()> {
    let named = queue.queues.named(at)?;
    // A service without a queue is reported elsewhere.
    if let Some(own) = queue.own
        && own != named
    {
        at.problem("the service works on another queue")
            .expected(format!("`{}`", queue.queues.name(own)))
            .report();
        return None;
    }
    Some(())
}

/// Checks that a dimension names the service itself: policies read metrics of their own service.
fn check_service(at: &Cursor<'_>, queue: OwnQueue<'_>) -> Option<()> {
    let typed = at.text()?;
    if let Some(own) = queue.service
        && own != typed
    {
        at.problem(format!(
            "a policy reads metrics of its own service, not of `{typed}`"
        ))
        .expected(format!("`{own}`"))
        .report();
        return None;
    }
    Some(())
}

fn metric_name(at: &Cursor<'_>) -> Option<MathMetric> {
    let of = |name: &'static str| {
        let metric = match name {
            "RunningTaskCount" => MathMetric::RunningTaskCount,
            "DesiredTaskCount" => MathMetric::DesiredTaskCount,
            _ => {
                let mut all = ServiceMetric::ALL.into_iter();
                let found = all.find(|metric| metric.name() == name);
                MathMetric::Of(found.expect("the list has metrics of services"))
            }
        };
        (name, metric)
    };
    at.choice(&METRIC_NAMES.map(of))
}

/// Reads an expression into steps, operands before their operator.
fn expression(at: &Cursor<'_>, known: &[Named]) -> Option<Vec<MathStep>> {
    let text = at.text()?;
    let mut parser = Parser {
        tokens: tokens(text),
        next: 0,
        known,
        steps: Vec::new(),
    };
    let read = parser.operands(0, 0).and_then(|()| parser.end());
    let Err(problem) = read else {
        return Some(parser.steps);
    };
    at.problem(problem)
        .expected("metric math with `+`, `-`, `*`, `/`, comparisons, `IF(condition, value, value)`, parentheses, numbers and ids of items before it, such as `m1 / m2`")
        .report();
    None
}

/// The words and the signs of an expression.
fn tokens(text: &str) -> Vec<String> {
    let mut tokens: Vec<String> = Vec::new();
    let mut before = ' ';
    for c in text.chars() {
        let is_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.');
        let goes_on =
            is_word(c) && is_word(before) || c == '=' && matches!(before, '<' | '>' | '=' | '!');
        match tokens.last_mut().filter(|_| goes_on) {
            Some(last) => last.push(c),
            None if !c.is_whitespace() => tokens.push(c.to_string()),
            None => {}
        }
        before = c;
    }
    tokens
}

struct Parser<'k> {
    tokens: Vec<String>,
    next: usize,
    known: &'k [Named],
    steps: Vec<MathStep>,
}

/// Operators by how tightly they bind, the loosest first.
const OPERATORS: [&[(&str, MathOperator)]; 3] = [
    &[
        ("<", MathOperator::Less),
        (">", MathOperator::Greater),
        ("<=", MathOperator::AtMost),
        (">=", MathOperator::AtLeast),
        ("==", MathOperator::Equal),
        ("!=", MathOperator::NotEqual),
    ],
    &[("+", MathOperator::Add), ("-", MathOperator::Subtract)],
    &[("*", MathOperator::Multiply), ("/", MathOperator::Divide)],
];

impl Parser<'_> {
    /// The deepest parentheses.
    const DEEPEST: u32 = 20;

    /// The most steps.
    const LONGEST: usize = 1_000;

    fn peek(&self) -> &str {
        self.tokens.get(self.next).map_or("", String::as_str)
    }

    fn take(&mut self) -> String {
        let token = self.peek().to_string();
        self.next += 1;
        token
    }

    fn end(&mut self) -> Result<(), String> {
        match self.peek() {
            "" => Ok(()),
            rest => Err(format!("`{rest}` is not expected here")),
        }
    }

    /// Reads operands with the operators of a level between them.
    fn operands(&mut self, level: usize, depth: u32) -> Result<(), String> {
        let Some(operators) = OPERATORS.get(level) else {
            return self.value(depth);
        };
        self.operands(level + 1, depth)?;
        while let Some((_, operator)) = operators.iter().find(|(sign, _)| *sign == self.peek()) {
            self.next += 1;
            self.operands(level + 1, depth)?;
            self.steps.push(MathStep::Operator(*operator));
        }
        Ok(())
    }

    /// Reads a sign that must stand here.
    fn sign(&mut self, sign: &str) -> Result<(), String> {
        match self.take() {
            token if token == sign => Ok(()),
            token if token.is_empty() => Err(format!("`{sign}` is missing at the end")),
            token => Err(format!("`{token}` stands where `{sign}` is expected")),
        }
    }

    fn value(&mut self, depth: u32) -> Result<(), String> {
        let token = self.take();
        if depth >= Self::DEEPEST || self.steps.len() > Self::LONGEST {
            return Err("this expression is too long".into());
        }
        if token == "(" {
            self.operands(0, depth + 1)?;
            return self.sign(")");
        }
        if token == "IF" {
            self.sign("(")?;
            self.operands(0, depth + 1)?;
            for _ in 0..2 {
                self.sign(",")?;
                self.operands(0, depth + 1)?;
            }
            self.steps.push(MathStep::If);
            return self.sign(")");
        }
        if let Some(named) = self.known.iter().find(|of| of.id == token) {
            self.steps.extend(&named.steps);
            return Ok(());
        }
        match token.parse::<f64>() {
            Ok(number) if (0.0..=1e12).contains(&number) => {
                let millionths = (number * 1e6 + 0.5) as u64;
                self.steps.push(MathStep::Number(millionths));
                Ok(())
            }
            _ if token.is_empty() => Err("the expression ends too early".into()),
            _ => Err(format!(
                "`{token}` is no number and no id of an item before it"
            )),
        }
    }
}
