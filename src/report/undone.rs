//! Work that was not done, in words: how much of it ran, and why the rest did not.

use super::figure::mean;
use super::lack::lack;
use super::text::{clean, counted, number, percent, seconds};
use crate::figures::{Measure, Of, WaitReason};
use crate::runner::{Lacking, Ran, VariantResults};

/// The largest number of names in one line.
const MOST_NAMES: usize = 4;
/// Work of which less than this share was there or ran is explained.
const GOOD_FROM: f64 = 0.95;

/// A service or an entry of `tasks` that did not do its work.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Undone {
    /// How much is lacking: `never complete, 8 tasks missing`.
    pub(super) what: String,
    /// Why.
    pub(super) because: Because,
}

/// Why work was not done.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Because {
    /// What the latest task without room lacked: `CPU on 2 of 3 instances`.
    Lacks(String),
    /// There was no instance.
    NoInstance,
    /// In other words.
    Else(String),
}

impl Because {
    /// The reason in words.
    #[cfg_attr(
        not(feature = "cli"),
        allow(dead_code, reason = "used by the tables of the terminal")
    )]
    pub(super) fn words(&self) -> &str {
        match self {
            Self::Lacks(words) | Self::Else(words) => words,
            Self::NoInstance => "no instance",
        }
    }
}

/// How many tasks of a variant ran, and how many services were never complete.
pub(super) fn what_ran(variant: &VariantResults) -> String {
    let done = variant.done();
    let of = |ran: Ran, what: &str| {
        let counts = format!("{} of {} {what}", number(ran.ran), number(ran.wanted));
        (ran.wanted > 0.0).then(|| format!("{counts} ran"))
    };
    let both = done.services.wanted > 0.0 && done.standalone.wanted > 0.0;
    let names = if both {
        ["tasks of services", "standalone tasks"]
    } else {
        ["tasks"; 2]
    };
    let mut parts: Vec<String> = [(done.services, names[0]), (done.standalone, names[1])]
        .into_iter()
        .filter_map(|(ran, what)| of(ran, what))
        .collect();
    for (of, what) in [
        (done.requests, "requests were served"),
        (done.messages, "messages were processed"),
    ] {
        if of.wanted > 0.0 {
            parts.push(format!(
                "{} of {} {what}",
                number(of.ran),
                number(of.wanted)
            ));
        }
    }
    let left_out = done.traced.wanted - done.traced.ran;
    if left_out > 0.0 {
        parts.push(format!(
            "{} of {} tasks of traces were left out, as no instance can hold them",
            number(left_out),
            number(done.traced.wanted)
        ));
    }
    if done.never_complete > 0.0 {
        let works = works(variant).into_iter();
        let is_serving = |name: &str| variant.serving.iter().any(|one| one.service == name);
        let services = works.filter(|(name, is_service)| *is_service && !is_serving(name));
        let services = services.count();
        let were = if services == 1 { "was" } else { "were" };
        let of = match services {
            1 => "the service".into(),
            _ => format!("{} of {services} services", number(done.never_complete)),
        };
        parts.push(format!("{of} {were} never complete"));
    }
    parts.join(", ")
}

/// Names with commas; of many the first ones and the number of the others.
pub(super) fn listed(names: &[String]) -> String {
    match names.len().checked_sub(MOST_NAMES) {
        None | Some(0 | 1) => names.join(", "),
        Some(more) => format!("{} and {more} more", names[..MOST_NAMES].join(", ")),
    }
}

/// Adds a name to the item that is equal to this one.
pub(super) fn add<T: PartialEq>(items: &mut Vec<(T, Vec<String>)>, item: T, name: &str) {
    let name = clean(name);
    match items.iter_mut().find(|(other, _)| *other == item) {
        Some((_, names)) => names.push(name),
        None => items.push((item, vec![name])),
    }
}

/// The services and entries of a variant, each with whether it is a service.
pub(super) fn works(variant: &VariantResults) -> Vec<(&str, bool)> {
    let mut works: Vec<(&str, bool)> = Vec::new();
    for summary in variant.figures.iter() {
        let is_service = match summary.figure.measure {
            Measure::Tasks(Of::One(_), _) => false,
            Measure::Service(Of::One(_), _) => true,
            _ => continue,
        };
        let work = (summary.figure.name.as_str(), is_service);
        if works.last() != Some(&work) {
            works.push(work);
        }
    }
    works
}

/// Why a service or an entry did not do its work; `None` where it did.
pub(super) fn undone(variant: &VariantResults, name: &str, is_service: bool) -> Option<Undone> {
    let kind = if is_service { "service" } else { "tasks" };
    let mean = |suffix: &str| mean(variant, &format!("{kind}.{name}.{suffix}"));
    let lacking = variant.lacking.iter().find(|lacking| lacking.name == name);
    let what = match is_service {
        true => undone_of_service(variant, name, lacking.is_some())?,
        false => {
            let arrived = mean("arrived.count").unwrap_or(0.0);
            let ran = mean("placed.count").unwrap_or(0.0) - mean("failed.count").unwrap_or(0.0);
            let is_bad = ran < arrived * GOOD_FROM;
            is_bad.then(|| format!("{} of {} ran", number(ran), counted(arrived, "task")))?
        }
    };
    let is_serving = variant.serving.iter().any(|one| one.service == name);
    let count = |suffix: &str| mean(suffix).filter(|count| *count > 0.0);
    let healthy = count("desired.mean").map(|desired| {
        let healthy = desired - mean("shortfall.mean").unwrap_or(0.0);
        (healthy, desired)
    });
    let because = if let Some((healthy, desired)) =
        healthy.filter(|of| is_serving && of.0 >= of.1 * GOOD_FROM)
    {
        // Missing tasks are not why requests or messages were not served.
        let (healthy, desired) = (number(healthy), counted(desired, "task"));
        Because::Else(format!("{healthy} of {desired} were healthy, time mean"))
    } else if let Some(lacking) = lacking {
        lacks(lacking)
    } else {
        Because::Else(if let Some(failed) = count("failedStarts.count") {
            format!("{} failed", counted(failed, "start"))
        } else if let Some(replaced) = count("replaced.count") {
            format!("{} replaced by a later arrival", number(replaced))
        } else if let Some(failed) = count("failed.count") {
            format!("{} failed", number(failed))
        } else if let Some(interrupted) = count("interrupted.count").filter(|_| is_service) {
            format!("{} interrupted", number(interrupted))
        } else if let Some(stopped) = count("stopped.count").filter(|_| !is_service) {
            format!("{} stopped", number(stopped))
        } else if let Some(refused) = count("rejected.count") {
            format!("{} refused", number(refused))
        } else if let Some(after) = count("firstComplete.after").filter(|_| !is_serving) {
            format!("complete for the first time after {}", seconds(after))
        } else if is_service && count("desired.mean").is_some() && !is_never_complete(mean) {
            "no task lacked room".into()
        } else {
            "they had not started before the end".into()
        })
    };
    Some(Undone { what, because })
}

/// The share of the requests of a service that are served. A request counts once, however often its
/// client sends it. `None` where there is none, or the service has no load.
pub(super) fn served_share(variant: &VariantResults, service: &str) -> Option<f64> {
    let count = |figure: &str| {
        let path = format!("service.{service}.requests.{figure}.count");
        mean(variant, &path)
    };
    let requests = count("offered")? - count("retried").unwrap_or(0.0);
    (requests > 0.0).then_some(count("served")? / requests)
}

fn is_never_complete(mean: impl Fn(&str) -> Option<f64>) -> bool {
    mean("neverComplete.count").unwrap_or(0.0) > 0.0
}

/// How much a service lacks; `None` where it did its work. Of a service with a load or a worker the
/// requests or messages count, and its tasks only where some lacked room: scaling starts and stops
/// them.
fn undone_of_service(variant: &VariantResults, name: &str, lacks_room: bool) -> Option<String> {
    let mean_of = |path: &str| mean(variant, path);
    let mean = |suffix: &str| mean_of(&format!("service.{name}.{suffix}"));
    let mut parts = Vec::new();
    let mut counts_tasks = true;
    for of in variant.serving.iter().filter(|one| one.service == name) {
        counts_tasks = false;
        let (share, what) = match &of.queue {
            None => (served_share(variant, name), "requests are served"),
            Some(queue) => (
                mean_of(&format!("queue.{queue}.messages.processed.share")),
                "messages are processed",
            ),
        };
        if let Some(share) = share.filter(|share| *share < GOOD_FROM) {
            parts.push(format!("{} of the {what}", percent(share)));
        }
    }
    let available = mean("available.share").unwrap_or(1.0);
    let missing = mean("shortfall.mean").unwrap_or(0.0);
    let desired = mean("desired.mean").unwrap_or(0.0);
    if counts_tasks || lacks_room {
        if is_never_complete(mean) {
            parts.push(format!(
                "never complete, {} available, {} missing",
                percent(available),
                counted(missing, "task")
            ));
        } else if available < GOOD_FROM {
            parts.push(format!("{} available", percent(available)));
        } else if desired - missing < desired * GOOD_FROM {
            // As few as `minimumHealthyPercent` allows are enough to be available.
            let all = counted(desired, "task");
            parts.push(format!("{} of {all} missing, time mean", number(missing)));
        }
    }
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// What the tasks of an entry or a service lacked.
fn lacks(lacking: &Lacking) -> Because {
    match lacking.reason {
        WaitReason::Fargate | WaitReason::Limit | WaitReason::Queue => {
            Because::Else(format!("they lacked {}", lacking.reason.words()))
        }
        _ if lacking.instances == 0 => Because::NoInstance,
        _ => Because::Lacks(lack(lacking.instances, &lacking.by_instance)),
    }
}
