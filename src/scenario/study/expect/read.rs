//! Reads the list of expectations, and decides what each is about.

use super::scope::Scope;
use super::{event, figure, level};
use crate::figures::Names;
use crate::plan::{Expectation, Plan};
use crate::scenario::keys::expect::{EXPECTATION, OF_EVENTS};
use crate::scenario::reading::reader::{Cursor, Record};

/// Reads the list. `plans` are those of the variants that were read. Expectations on the variants
/// in `unread` are left out.
pub fn read(root: &Record<'_>, plans: &[Plan], unread: &[&str]) -> Vec<Expectation> {
    let Some(at) = root.get("expect") else {
        return Vec::new();
    };
    let names: Vec<Names> = plans.iter().map(Names::of).collect();
    at.list()
        .iter()
        .filter_map(|item| expectation(item, plans, &names, unread))
        .collect()
}

fn expectation(
    at: &Cursor<'_>,
    plans: &[Plan],
    names: &[Names],
    unread: &[&str],
) -> Option<Expectation> {
    let record = at.record(&EXPECTATION)?;
    let variant = match record.get("variant") {
        Some(at) => {
            let name = at.text()?;
            if unread.contains(&name) {
                return None;
            }
            if !plans.iter().any(|plan| plan.variant == name) {
                at.problem(format!("there is no variant `{name}`"))
                    .among(name, plans.iter().map(|plan| plan.variant.as_str()))
                    .report();
                return None;
            }
            Some(name.to_string())
        }
        None => None,
    };
    // Every variant that the expectation applies to must have what it is about.
    let is_about = |plan: &Plan| variant.as_ref().is_none_or(|only| *only == plan.variant);
    let about = plans.iter().zip(names);
    let scope = Scope {
        plans: about.filter(|(plan, _)| is_about(plan)).collect(),
        names_variants: plans.len() > 1,
    };
    let (subject, bounds, in_seeds) = match (record.get("figure"), record.get("event")) {
        (Some(_), Some(second)) => {
            second
                .problem("`figure` and `event` exclude each other")
                .hint("make it two expectations")
                .report();
            return None;
        }
        (None, None) => {
            if !record.has_mistyped() {
                at.problem("this expectation is about nothing")
                    .hint("give `figure`, such as `cost.total.perMonth`, or `event`, such as `TaskStopped`")
                    .report();
            }
            return None;
        }
        (Some(path), None) => {
            if is_of_events(&record) {
                return None;
            }
            let is_level = ["at", "from", "to"].map(|key| record.get(key).is_some());
            match is_level.contains(&true) {
                true => level::read(&record, &path, &scope)?,
                false => figure::read(&record, &path, &scope)?,
            }
        }
        (None, Some(kind)) => event::read(&record, &kind, &scope)?,
    };
    Some(Expectation {
        subject,
        variant,
        bounds,
        in_seeds,
    })
}

/// True, and reported, for a key that only events have.
fn is_of_events(record: &Record<'_>) -> bool {
    let mut keys = OF_EVENTS.into_iter();
    let found = keys.find_map(|key| Some((key, record.get(key)?)));
    if let Some((key, at)) = &found {
        at.problem(format!("`{key}` is for events, and this is about a figure"))
            .hint("leave it out, or give `event` instead of `figure`")
            .report();
    }
    found.is_some()
}
