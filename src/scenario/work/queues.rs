//! Reads `queues`: the queues of SQS of a scenario.

use super::rates::{Ground, rates};
use crate::plan::{Queue, Redrive};
use crate::scenario::keys::queues::{QUEUE, REDRIVE_POLICY};
use crate::scenario::reading::names::name_in_figures;
use crate::scenario::reading::reader::{Cursor, Record};
use crate::scenario::reading::tree::{Node, Value};
use crate::scenario::traces::shared::Shared;
use crate::scenario::traces::trace::Clock;
use crate::units::{Ratio, SECOND, Span};

/// The bounds of `visibilityTimeout` (facts/platform.md 12.3).
const VISIBILITY: (Span, Span) = (Span::seconds(1), Span::hours(12));

/// The bounds of `messageRetentionPeriod` (facts/platform.md 12.2).
const RETENTION: (Span, Span) = (Span::seconds(60), Span::hours(14 * 24));

/// The queues of a scenario.
#[derive(Clone, Debug, Default)]
pub struct Queues {
    /// The queues without problems, in the order of the file.
    pub queues: Vec<Queue>,
    /// The Region of the scenario.
    region: Option<String>,
    /// The names of all queues, also of those with problems.
    names: Vec<String>,
    /// By queue: the service that works on it.
    workers: Vec<Option<String>>,
}

impl Queues {
    /// The index of the queue with the name that stands at `at`; an unknown one is reported.
    pub fn named(&self, at: &Cursor<'_>) -> Option<usize> {
        index(at, &self.names, self.region.as_deref())
    }

    /// The name of a queue.
    pub fn name(&self, queue: usize) -> &str {
        &self.names[queue]
    }

    /// Another service that works on a queue, in the order of the file.
    pub fn other_worker(&self, queue: usize, service: &str) -> Option<&str> {
        let first = self.workers.get(queue)?.as_deref()?;
        (first != service).then_some(first)
    }
}

/// The index of a name or an ARN among `names`; one that is not there is reported.
fn index(at: &Cursor<'_>, names: &[String], region: Option<&str>) -> Option<usize> {
    let text = at.text()?;
    if let (Some(region), Some(other)) = (region, region_in_arn(text))
        && other != region
    {
        at.problem(format!("this queue is in `{other}`, and the scenario in `{region}`"))
            .expected("the name of a queue of the scenario, or an ARN of the same Region (facts/platform.md 12.5)")
            .report();
        return None;
    }
    let name = name_in_arn(text);
    let found = names.iter().position(|known| known == name);
    if found.is_none() {
        let draft = at.problem(format!("there is no queue `{name}`"));
        match names.is_empty() {
            true => draft.hint("describe it under `queues` at the top level"),
            false => draft.among(name, names.iter().map(String::as_str)),
        }
        .report();
    }
    found
}

/// The name in the ARN of a queue, `arn:aws:sqs:REGION:ACCOUNT:NAME`; any other text as it is.
fn name_in_arn(text: &str) -> &str {
    match text.starts_with("arn:") && text.contains(":sqs:") {
        true => text.rsplit(':').next().unwrap_or(text),
        false => text,
    }
}

/// The Region in the ARN of a queue.
fn region_in_arn(text: &str) -> Option<&str> {
    let is_arn = text.starts_with("arn:") && text.contains(":sqs:");
    text.split(':').nth(3).filter(|_| is_arn)
}

/// Reads `queues`.
pub fn read(
    root: &Record<'_>,
    region: Option<&str>,
    (clock, shared): (Clock<'_>, &Shared),
) -> Queues {
    let items = root.get("queues").map(|at| at.entities(&["queueName"]));
    let items = items.unwrap_or_default();
    let text = |item: &Cursor<'_>| {
        item.node
            .get("queueName")
            .and_then(Node::as_text)
            .map(String::from)
    };
    let names: Vec<String> = items.iter().filter_map(text).collect();
    let mut queues = Queues {
        workers: names.iter().map(|name| worker_of(root, name)).collect(),
        names,
        queues: Vec::new(),
        region: region.map(String::from),
    };
    let mark = root.at.context.mark();
    for item in &items {
        check_price(item, region);
        if let Some(queue) = queue(item, (&queues.names, region), (clock, shared)) {
            queues.queues.push(queue);
        }
    }
    if root.at.context.is_clean_since(mark) {
        check_circles(&items, &queues.queues);
        check_consumers(&items, &queues);
    }
    queues
}

/// The first service that works on the queue with this name.
fn worker_of(root: &Record<'_>, queue: &str) -> Option<String> {
    let Some(Value::List(services)) = root.at.node.get("services").map(|node| &node.value) else {
        return None;
    };
    let text = |node: &Node, key| node.get(key).and_then(Node::as_text).map(String::from);
    let works = |service: &&Node| {
        let worker = service.get("worker");
        let named = worker.and_then(|worker| text(worker, "queueName"));
        named.is_some_and(|named| name_in_arn(&named) == queue)
    };
    let first = services.iter().find(works)?;
    Some(text(first, "serviceName").unwrap_or_default())
}

/// Reports a queue in a region without a price of SQS.
fn check_price(at: &Cursor<'_>, region: Option<&str>) {
    let Some(region) = region else { return };
    let prices = at.context.catalog.service_prices(region);
    if prices
        .and_then(|prices| prices.sqs_million_requests)
        .is_none()
    {
        at.problem(format!("no price of SQS is known in `{region}`"))
            .hint("choose another region")
            .report();
    }
}

fn queue(
    at: &Cursor<'_>,
    names: (&[String], Option<&str>),
    (clock, shared): (Clock<'_>, &Shared),
) -> Option<Queue> {
    let record = at.record(&QUEUE)?;
    let name = record.get("queueName").and_then(|at| name(&at));
    let ground = Ground {
        clock,
        shared,
        is_factor: false,
    };
    let rates = match record.get("messagesPerSecond") {
        Some(at) => rates(&at, &ground),
        None => Some(Vec::new()),
    };
    let noise = record.parse_or::<Ratio>("noise").map(Ratio::as_f64);
    let visibility_timeout = match record.get("visibilityTimeout") {
        Some(at) => within(&at, VISIBILITY, "from 1 s to 12 h (facts/platform.md 12.3)"),
        None => Some(Span::seconds(30)),
    };
    let retention = match record.get("messageRetentionPeriod") {
        Some(at) => within(
            &at,
            RETENTION,
            "from 1 min to 14 d (facts/platform.md 12.2)",
        ),
        None => Some(Span::hours(4 * 24)),
    };
    let redrive = match record.get("redrivePolicy") {
        Some(at) => redrive(&at, names).map(Some),
        None => Some(None),
    };
    Some(Queue {
        name: name?,
        rates: rates?,
        noise: noise?,
        visibility_timeout: visibility_timeout?,
        retention: retention?,
        redrive: redrive?,
    })
}

/// Reads the name of a queue: as that of a service, and not that of a FIFO queue.
fn name(at: &Cursor<'_>) -> Option<String> {
    if at
        .node
        .as_text()
        .is_some_and(|text| text.ends_with(".fifo"))
    {
        at.problem("FIFO queues are not modelled yet")
            .expected("the name of a standard queue: up to 80 letters, digits, `-` and `_`")
            .report();
        return None;
    }
    let name = name_in_figures(at)?;
    if name == "all" {
        at.problem("`all` is reserved for figures").report();
        return None;
    }
    if name.len() > 80 {
        at.problem("the name of a queue has at most 80 characters")
            .report();
        return None;
    }
    Some(name)
}

/// Reads whole seconds, as AWS writes them, or a duration, and checks its bounds.
fn within(at: &Cursor<'_>, (least, most): (Span, Span), expected: &str) -> Option<Span> {
    let text = at.text()?;
    let span = match text.trim().parse::<i64>() {
        // Zero is out of each range.
        Ok(seconds) => Span::seconds(seconds.clamp(0, i64::from(u32::MAX)) as u64),
        Err(_) => at.parse::<Span>()?,
    };
    if !span.as_micros().is_multiple_of(SECOND) {
        at.problem(format!("{span} is not a whole number of seconds"))
            .expected(expected)
            .report();
        return None;
    }
    if (least..=most).contains(&span) {
        return Some(span);
    }
    at.problem("this time is out of range")
        .expected(expected)
        .report();
    None
}

fn redrive(at: &Cursor<'_>, (names, region): (&[String], Option<&str>)) -> Option<Redrive> {
    if at
        .node
        .as_text()
        .is_some_and(|text| text.trim_start().starts_with('{'))
    {
        at.problem("`redrivePolicy` is a text here")
            .expected("a map: `redrivePolicy: { maxReceiveCount: 3, deadLetterTargetArn: … }`")
            .report();
        return None;
    }
    let record = at.record(&REDRIVE_POLICY)?;
    let count = record
        .get("maxReceiveCount")
        .and_then(|at| at.integer(1, 1_000));
    let target = record
        .get("deadLetterTargetArn")
        .and_then(|at| index(&at, names, region));
    Some(Redrive {
        max_receive_count: count? as u32,
        target: target?,
    })
}

/// Reports dead-letter queues whose dead letters come back to them.
fn check_circles(items: &[Cursor<'_>], queues: &[Queue]) {
    for (number, item) in items.iter().enumerate() {
        let mut at = number;
        for _ in 0..queues.len() {
            let Some(redrive) = queues[at].redrive else {
                break;
            };
            at = redrive.target;
            if at != number {
                continue;
            }
            let target = item.record(&QUEUE).and_then(|of| {
                of.get("redrivePolicy")?
                    .record(&REDRIVE_POLICY)?
                    .get("deadLetterTargetArn")
            });
            let name = &queues[number].name;
            target
                .unwrap_or_else(|| item.clone())
                .problem(format!("the dead letters of `{name}` come back to it"))
                .hint("let the last dead-letter queue have no `redrivePolicy`")
                .report();
            return;
        }
    }
}

/// Reports queues from which no service takes messages, unless they are dead-letter queues.
fn check_consumers(items: &[Cursor<'_>], queues: &Queues) {
    let is_target = |number: usize| {
        let mut targets = queues.queues.iter().filter_map(|of| of.redrive);
        targets.any(|redrive| redrive.target == number)
    };
    for (number, item) in items.iter().enumerate() {
        let (queue, worker) = (&queues.queues[number], &queues.workers[number]);
        if worker.is_none() && !(is_target(number) && queue.rates.is_empty()) {
            item.problem(format!("no service takes messages from `{}`", queue.name))
                .hint("give a service `worker: { queueName: …, cpuPerMessage: … }`")
                .report();
        } else if queue.rates.is_empty() && !is_target(number) {
            item.problem(format!("no message is sent to `{}`", queue.name))
                .hint("give it `messagesPerSecond`, such as `40/s`")
                .report();
        }
    }
}
