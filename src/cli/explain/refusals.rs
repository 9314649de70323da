//! Every instance at one time, grouped by the rules that refused the task, and by how much.

use super::words::{About, count, cpu, lacking, memory, paragraph, state, time};
use crate::cluster::Lack;
use crate::explain::{Detail, Failed, Needs, Refusal, Shortfall, Taken, Unmet};
use std::collections::{BTreeMap, BTreeSet};

/// At most this number of instances is named in a group.
const MOST_NAMED: usize = 8;

/// Adds the instances by what they lack, the largest group first.
///
/// `open` is the number of instances that are given tasks: of them each group is a part. Others are told
/// beside them.
pub(super) fn groups(
    page: &mut String,
    about: &About<'_>,
    needs: &Needs,
    (detail, open): (&Detail, u32),
) {
    let mut groups: BTreeMap<Vec<Lack>, Vec<&Refusal>> = BTreeMap::new();
    for refusal in &detail.refusals {
        let lacks = refusal.all().map(|failed| failed.lack).collect();
        groups.entry(lacks).or_default().push(refusal);
    }
    let mut groups: Vec<(Vec<Lack>, Vec<&Refusal>)> = groups.into_iter().collect();
    groups.sort_by_key(|(_, group)| std::cmp::Reverse(group.len()));
    let types: BTreeSet<&str> = detail
        .refusals
        .iter()
        .map(|of| of.host.instance_type.as_str())
        .collect();
    let with_type = types.len() > 1;
    for (lacks, group) in groups {
        let of = format!("{} of {}", group.len(), count(open.into(), "instance"));
        let closed = count(group.len() as u64, "more instance");
        let (are, lack) = match group.len() {
            1 => ("takes", "lacks"),
            _ => ("take", "lack"),
        };
        let text = match lacks.as_slice() {
            [Lack::Agent] => format!("{closed} {are} no tasks now"),
            [Lack::Agent, others @ ..] => {
                format!(
                    "{closed} {are} no tasks now, and also {lack} {}",
                    listed(others)
                )
            }
            lacks => format!("{} on {of}", listed(lacks)),
        };
        let extents = (0..lacks.len()).map(|number| extent(&group, number, needs));
        let extents: Vec<String> = extents.filter(|text| !text.is_empty()).collect();
        let extents = match extents.is_empty() {
            true => String::new(),
            false => format!(": {}", extents.join("; ")),
        };
        let codes = lacks.iter().filter(|lack| has_code(**lack));
        let codes: Vec<&str> = codes.map(|lack| lack.code()).collect();
        let codes = match codes.is_empty() {
            true => String::new(),
            false => format!(" [{}]", codes.join(", ")),
        };
        paragraph(
            page,
            "  ",
            &format!("{text}{extents}{codes}"),
            4,
            about.width,
        );
        named(page, about, &group, with_type);
    }
    if detail.excluding {
        let all = needs.member_of.join("` and `");
        let text = format!(
            "Its constraints exclude each other: no instance meets all of `{all}`, though some instances meet each of \
             them."
        );
        paragraph(page, "  ", &text, 2, about.width);
    }
    if needs.member_of.len() > 1 && !detail.member_of.is_empty() {
        let text = format!("Each by itself: {}.", unmet(&detail.member_of));
        paragraph(page, "  ", &text, 2, about.width);
    }
}

/// `CPU, memory and a free host port`.
fn listed(lacks: &[Lack]) -> String {
    let names: Vec<&str> = lacks.iter().map(|lack| lacking(*lack)).collect();
    match names.split_last() {
        Some((last, before)) if !before.is_empty() => format!("{} and {last}", before.join(", ")),
        _ => names.concat(),
    }
}

/// True for a lack with a code of ECS's that says more than its name.
const fn has_code(lack: Lack) -> bool {
    !matches!(lack, Lack::Constraint | Lack::MemberOf)
}

/// How many instances do not meet each expression: "`a` is not met by 2 of 3 instances".
pub(super) fn unmet(all: &[Unmet]) -> String {
    let one = |unmet: &Unmet| match unmet.of {
        0 => format!(
            "`{}` can be met by no instance type of its capacity providers",
            unmet.expression
        ),
        of => {
            let instance = if of == 1 { "instance" } else { "instances" };
            let (expression, failing) = (&unmet.expression, unmet.failing);
            format!("`{expression}` is not met by {failing} of {of} {instance}")
        }
    };
    all.iter().map(one).collect::<Vec<_>>().join(", ")
}

/// The instances of a group, each with its amounts or what is there.
fn named(page: &mut String, about: &About<'_>, group: &[&Refusal], with_type: bool) {
    let is_amount = |failed: &Failed| matches!(failed.by, Shortfall::Amount { .. });
    let are_amounts = group.iter().all(|refusal| refusal.all().all(is_amount));
    let one = |refusal: &Refusal| {
        let host = &refusal.host;
        let part = |failed: &Failed| match &failed.by {
            Shortfall::Amount { free, unit, .. } if are_amounts => match refusal.also.is_empty() {
                true => amount(*free, unit),
                false => of_kind(failed.lack, *free, unit),
            },
            Shortfall::Amount { free, unit, .. } => {
                format!("{} free", of_kind(failed.lack, *free, unit))
            }
            Shortfall::MemberOf(_) => format!("{} in {}", host.instance_type, host.zone),
            _ => there(failed),
        };
        let parts: Vec<String> = refusal.all().map(part).collect();
        let has_type = matches!(refusal.first.by, Shortfall::MemberOf(_));
        match with_type && !has_type {
            true => format!("{host} {} ({})", host.instance_type, parts.join(", ")),
            false => format!("{host} ({})", parts.join(", ")),
        }
    };
    let mut names: Vec<String> = group.iter().take(MOST_NAMED).map(|of| one(of)).collect();
    if group.len() > MOST_NAMED {
        names.push(format!("and {} more", group.len() - MOST_NAMED));
    }
    let first = if are_amounts {
        "      free: "
    } else {
        "      "
    };
    paragraph(page, first, &names.join(", "), 6, about.width);
}

/// What the instances of a group fail in one of their checks: `needs 1 vCPU, 0.25 to 0.5 vCPU free`.
fn extent(group: &[&Refusal], number: usize, needs: &Needs) -> String {
    let of_group = group.iter().filter_map(|refusal| refusal.all().nth(number));
    let Some(first) = of_group.clone().next() else {
        return String::new();
    };
    match &first.by {
        Shortfall::Amount { needed, unit, .. } => {
            let free = of_group.filter_map(|of| match of.by {
                Shortfall::Amount { free, .. } => Some(free),
                _ => None,
            });
            let least = free.clone().fold(f64::INFINITY, f64::min);
            let most = free.fold(0.0, f64::max);
            let free = match least == most {
                true => format!("{} free", amount(least, unit)),
                false => format!("{} free", range(&amount(least, unit), &amount(most, unit))),
            };
            let needed = match group[0].also.is_empty() {
                true => amount(*needed, unit),
                false => of_kind(first.lack, *needed, unit),
            };
            format!("needs {needed}, {free}")
        }
        Shortfall::Ports(_) | Shortfall::PortQuota { .. } => {
            format!("needs {}", needs.ports.join(", "))
        }
        Shortfall::MemberOf(unmet) => {
            let is_same =
                |of: &Failed| matches!(&of.by, Shortfall::MemberOf(other) if other == unmet);
            let wanted = match of_group.clone().all(is_same) && !unmet.is_empty() {
                true => unmet.as_slice(),
                false => needs.member_of.as_slice(),
            };
            format!("needs `{}`", wanted.join("` and `"))
        }
        Shortfall::SameGroup(_) => "a task of its group is there".into(),
        Shortfall::Platform { .. } => {
            let platform = [needs.architecture, needs.operating_system];
            let platform: Vec<&str> = platform.into_iter().flatten().collect();
            match platform.is_empty() {
                true => String::new(),
                false => format!("needs {}", platform.join(", ")),
            }
        }
        Shortfall::Interfaces {
            needed,
            free,
            limit,
            ..
        } => {
            let (kind, of) = (&group[0].host.instance_type, count((*limit).into(), "task"));
            format!(
                "needs {needed}, {free} free; one {kind} has interfaces for {of} of the mode awsvpc"
            )
        }
        Shortfall::State(_) | Shortfall::Starting { .. } => String::new(),
    }
}

/// All that an instance fails, in a sentence.
pub(super) fn all_of(refusal: &Refusal) -> String {
    let parts: Vec<String> = refusal.all().map(there).collect();
    parts.join(", ")
}

/// What one instance has that fails a check.
fn there(of: &Failed) -> String {
    match &of.by {
        Shortfall::Amount { needed, free, unit } => {
            format!("{} missing", of_kind(of.lack, needed - free, unit))
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
            let is = if names.len() == 1 { "is" } else { "are" };
            format!("{} {is} there", names.join(", "))
        }
        Shortfall::MemberOf(unmet) => match unmet.as_slice() {
            [] => "it does not meet memberOf".into(),
            unmet => format!("it does not meet memberOf `{}`", unmet.join("` and `")),
        },
        Shortfall::State(of) => state(*of).into(),
        Shortfall::Starting { expected } => {
            format!("is starting, registers at {}", time(*expected))
        }
        Shortfall::Interfaces { held_by, limit, .. } => {
            let names: Vec<String> = held_by.iter().map(ToString::to_string).collect();
            match names.is_empty() {
                true => format!("it has interfaces for {limit}"),
                false => format!("its interfaces are taken by {}", names.join(" and ")),
            }
        }
        Shortfall::Platform { has } => format!("it has {has}"),
    }
}

/// `0.25 to 0.5 vCPU`; each with its unit where they differ.
fn range(least: &str, most: &str) -> String {
    match (least.rsplit_once(' '), most.rsplit_once(' ')) {
        (Some((number, unit)), Some((_, other))) if unit == other => format!("{number} to {most}"),
        _ => format!("{least} to {most}"),
    }
}

/// An amount of what is lacking, with a name where its unit does not tell.
fn of_kind(lack: Lack, of: f64, unit: &str) -> String {
    let plural = if of == 1.0 { "" } else { "s" };
    match lack {
        Lack::Memory => format!("{} of memory", amount(of, unit)),
        Lack::Gpu => format!("{of:.0} GPU{plural}"),
        _ => amount(of, unit),
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
