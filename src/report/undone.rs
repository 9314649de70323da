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
        let services = works.filter(|(_, is_service)| *is_service).count();
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
    let (is_bad, what) = if is_service {
        let available = mean("available.share").unwrap_or(1.0);
        let missing = mean("shortfall.mean").unwrap_or(0.0);
        let never = mean("neverComplete.count").unwrap_or(0.0);
        let desired = mean("desired.mean").unwrap_or(0.0);
        let what = if never > 0.0 {
            format!(
                "never complete, {} available, {} missing",
                percent(available),
                counted(missing, "task")
            )
        } else if available < GOOD_FROM {
            format!("{} available", percent(available))
        } else {
            // As few as `minimumHealthyPercent` allows are enough to be available.
            let all = counted(desired, "task");
            format!("{} of {all} missing, time mean", number(missing))
        };
        let is_short = desired - missing < desired * GOOD_FROM;
        (never > 0.0 || available < GOOD_FROM || is_short, what)
    } else {
        let arrived = mean("arrived.count").unwrap_or(0.0);
        let ran = mean("placed.count").unwrap_or(0.0) - mean("failed.count").unwrap_or(0.0);
        let what = format!("{} of {} ran", number(ran), counted(arrived, "task"));
        (ran < arrived * GOOD_FROM, what)
    };
    if !is_bad {
        return None;
    }
    let lacking = variant.lacking.iter().find(|lacking| lacking.name == name);
    let count = |suffix: &str| mean(suffix).filter(|count| *count > 0.0);
    let because = if let Some(lacking) = lacking {
        lacks(lacking)
    } else {
        Because::Else(if let Some(failed) = count("failedStarts.count") {
            format!("{} failed", counted(failed, "start"))
        } else if let Some(replaced) = count("replaced.count") {
            format!("{} replaced by a later arrival", number(replaced))
        } else if let Some(failed) = count("failed.count") {
            format!("{} failed", number(failed))
        } else if let Some(stopped) = count("stopped.count") {
            format!("{} stopped", number(stopped))
        } else if let Some(refused) = count("rejected.count") {
            format!("{} refused", number(refused))
        } else if let Some(after) = count("firstComplete.after") {
            format!("complete for the first time after {}", seconds(after))
        } else {
            "they had not started before the end".into()
        })
    };
    Some(Undone { what, because })
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
