//! Why a task had no capacity: how many instances lacked what over time, and at one time each instance
//! with the rule that refused it and by how much.

use super::changes;
use super::words::{About, count, cpu, lacking, memory, paragraph, state, time, timed};
use crate::cluster::{Lack, Lacks};
use crate::explain::{Detail, Look, Needs, Refusal, Shortfall, Taken, TaskStory};
use crate::simulation::Obstacle;
use std::collections::BTreeMap;

/// At most this number of instances is named in a group.
const MOST_NAMED: usize = 8;
/// At most this number of changes of the reason is listed.
const MOST_LOOKS: usize = 12;

/// `lacking: CPU on 4 of 5 instances, memory on 1`, in the words of `events.jsonl`.
pub(super) fn plain(lacks: &Lacks) -> String {
    let counts = super::super::lacks::lacks(Obstacle::NoRoom(*lacks)).unwrap_or_default();
    match lacks.instances {
        0 => "there was no instance that could be given tasks".into(),
        _ => format!("lacking: {counts}"),
    }
}

/// Adds all about the waits of a task.
pub(super) fn told(page: &mut String, about: &About<'_>, story: &TaskStory) {
    let Some(first) = story.waits.first() else {
        return;
    };
    if story.waits.len() > 1 {
        over_time(page, about, &story.waits);
    }
    detailed(page, about, story, first);
    let last = story.waits.iter().rev().find(|look| look.detail.is_some());
    if let Some(last) = last.filter(|last| last.at != first.at) {
        detailed(page, about, story, last);
    }
}

/// The reasons in order of time.
fn over_time(page: &mut String, about: &About<'_>, looks: &[Look]) {
    page.push_str("\nWhy it had no capacity, over time\n");
    let shown = |number: usize| {
        looks.len() <= MOST_LOOKS
            || number < MOST_LOOKS / 2
            || number >= looks.len() - MOST_LOOKS / 2
    };
    for (number, look) in looks.iter().enumerate() {
        if !shown(number) {
            if number == MOST_LOOKS / 2 {
                let more = looks.len() - MOST_LOOKS;
                page.push_str(&format!(
                    "  …              {} left out\n",
                    count(more as u64, "change")
                ));
            }
            continue;
        }
        timed(page, look.at, &reason(look), about);
    }
}

/// The reason of a look in one line.
pub(super) fn reason(look: &Look) -> String {
    match &look.behind {
        Some(behind) => format!(
            "it stands behind the head of the job queue, task {}; {}",
            behind.head,
            plain(&behind.lacks)
        ),
        None => match look.closed {
            0 => plain(&look.lacks),
            1 => format!("{}; 1 more instance is given no tasks", plain(&look.lacks)),
            more => format!(
                "{}; {more} more instances are given no tasks",
                plain(&look.lacks)
            ),
        },
    }
}

/// Every instance at one time, grouped by the rule that refused the task, and the changes that were tried.
fn detailed(page: &mut String, about: &About<'_>, story: &TaskStory, look: &Look) {
    let Some(detail) = &look.detail else {
        return;
    };
    page.push_str(&format!("\nAt {}: why it was not placed\n", time(look.at)));
    if let Some(behind) = &look.behind {
        let text = format!(
            "The job queue has the order headOfLine: a task that is not placed blocks all tasks behind it. {} {} \
             before this one. The first is {}, which was not placed; {}. Ask about that task to see what would \
             have placed it. For this task itself:",
            count(behind.before as u64, "task"),
            if behind.before == 1 { "is" } else { "are" },
            behind.head,
            plain(&behind.lacks)
        );
        paragraph(page, "  ", &text, 2, about.width);
    }
    if detail.refusals.is_empty() && look.behind.is_none() {
        page.push_str("  there is no instance of its capacity providers\n");
    }
    groups(page, about, story, detail);
    if let Some(closest) = detail.closest
        && let Some(refusal) = detail
            .refusals
            .iter()
            .find(|of| of.host.instance == closest)
        && detail.refusals.len() > 1
    {
        let text = format!(
            "The closest match is {} ({}, {}): {}.",
            refusal.host,
            refusal.host.instance_type,
            refusal.host.zone,
            there(refusal)
        );
        paragraph(page, "  ", &text, 2, about.width);
    }
    for other in &detail.elsewhere {
        let instances = count(other.instances as u64, "instance");
        let verb = if other.instances == 1 {
            "belongs"
        } else {
            "belong"
        };
        let text = format!(
            "{instances} {verb} to the capacity provider `{}`, which the task may not use.",
            other.provider
        );
        paragraph(page, "  ", &text, 2, about.width);
    }
    changes::told(page, about, &story.needs, &detail.changes);
}

/// The instances by what they lack, the largest group first.
fn groups(page: &mut String, about: &About<'_>, story: &TaskStory, detail: &Detail) {
    let mut groups: BTreeMap<Lack, Vec<&Refusal>> = BTreeMap::new();
    for refusal in &detail.refusals {
        groups.entry(refusal.lack).or_default().push(refusal);
    }
    let mut groups: Vec<(Lack, Vec<&Refusal>)> = groups.into_iter().collect();
    groups.sort_by_key(|(_, group)| std::cmp::Reverse(group.len()));
    let all = detail.refusals.len();
    for (lack, group) in groups {
        let of = format!("{} of {}", group.len(), count(all as u64, "instance"));
        let text = match lack {
            Lack::Agent => format!("no tasks are given to {of}"),
            lack => format!("{} on {of}", lacking(lack)),
        };
        let extent = extent(&group, &story.needs);
        let code = match lack {
            Lack::Constraint | Lack::MemberOf => String::new(),
            lack => format!(" [{}]", lack.code()),
        };
        paragraph(page, "  ", &format!("{text}{extent}{code}"), 4, about.width);
        named(page, about, &group);
    }
}

/// The instances of a group, each with its amount or what is there.
fn named(page: &mut String, about: &About<'_>, group: &[&Refusal]) {
    let one = |refusal: &Refusal| {
        let host = &refusal.host;
        match &refusal.by {
            Shortfall::Amount { free, unit, .. } => format!("{host} ({})", amount(*free, unit)),
            Shortfall::MemberOf => format!("{host} ({} in {})", host.instance_type, host.zone),
            _ => format!("{host} ({})", there(refusal)),
        }
    };
    let mut names: Vec<String> = group.iter().take(MOST_NAMED).map(|of| one(of)).collect();
    if group.len() > MOST_NAMED {
        names.push(format!("and {} more", group.len() - MOST_NAMED));
    }
    let is_amount = group
        .iter()
        .any(|of| matches!(of.by, Shortfall::Amount { .. }));
    let first = if is_amount { "      free: " } else { "      " };
    paragraph(page, first, &names.join(", "), 6, about.width);
}

/// What the instances of a group fail: `: needs 1 vCPU, 0.25 vCPU to 0.5 vCPU free`.
fn extent(group: &[&Refusal], needs: &Needs) -> String {
    let Some(first) = group.first() else {
        return String::new();
    };
    match &first.by {
        Shortfall::Amount { needed, unit, .. } => {
            let free = group.iter().filter_map(|of| match of.by {
                Shortfall::Amount { free, .. } => Some(free),
                _ => None,
            });
            let least = free.clone().fold(f64::INFINITY, f64::min);
            let most = free.fold(0.0, f64::max);
            let free = match least == most {
                true => format!("{} free", amount(least, unit)),
                false => format!("{} free", range(&amount(least, unit), &amount(most, unit))),
            };
            format!(": needs {}, {free}", amount(*needed, unit))
        }
        Shortfall::Ports(_) | Shortfall::PortQuota { .. } => {
            format!(": needs {}", needs.ports.join(", "))
        }
        Shortfall::MemberOf => match needs.member_of.as_slice() {
            [one] => format!(": needs `{one}`"),
            all => format!(": needs `{}`", all.join("` and `")),
        },
        Shortfall::SameGroup(_) => ": a task of its group is there".into(),
        Shortfall::Platform { .. } => {
            let platform: Vec<&str> = [needs.architecture, needs.operating_system]
                .into_iter()
                .flatten()
                .collect();
            match platform.is_empty() {
                true => String::new(),
                false => format!(": needs {}", platform.join(", ")),
            }
        }
        Shortfall::State(_) => String::new(),
    }
}

/// What one instance has that refuses the task.
fn there(of: &Refusal) -> String {
    match &of.by {
        Shortfall::Amount { needed, free, unit } => {
            let missing = needed - free;
            match of.lack {
                Lack::Memory => format!("{} of memory missing", amount(missing, unit)),
                Lack::Gpu => format!("{} missing", count(missing as u64, "GPU")),
                Lack::Interface => {
                    format!("{} missing", count(missing as u64, "network interface"))
                }
                _ => format!("{} missing", amount(missing, unit)),
            }
        }
        Shortfall::Ports(taken) => {
            let one = |taken: &Taken| match &taken.by {
                Some(task) => format!("{task} has port {}", taken.port),
                None => format!("port {} is taken", taken.port),
            };
            taken.iter().map(one).collect::<Vec<_>>().join(", ")
        }
        Shortfall::PortQuota { reserved } => {
            format!("{reserved} host ports are reserved, as many as ECS allows")
        }
        Shortfall::SameGroup(tasks) => {
            let names: Vec<String> = tasks.iter().map(ToString::to_string).collect();
            let (is, have) = ("is there", "are there");
            format!(
                "{} {}",
                names.join(", "),
                if names.len() == 1 { is } else { have }
            )
        }
        Shortfall::MemberOf => "it does not meet memberOf".into(),
        Shortfall::State(of) => state(*of).into(),
        Shortfall::Platform { has } => has.clone(),
    }
}

/// `0.25 to 0.5 vCPU`; each with its unit where they differ.
fn range(least: &str, most: &str) -> String {
    match (least.rsplit_once(' '), most.rsplit_once(' ')) {
        (Some((number, unit)), Some((_, other))) if unit == other => format!("{number} to {most}"),
        _ => format!("{least} to {most}"),
    }
}

/// An amount with its unit.
fn amount(of: f64, unit: &str) -> String {
    match unit {
        "cpuUnits" => cpu(of),
        "MiB" => memory(of),
        _ => format!("{of:.0}"),
    }
}
