//! Reads an expectation on events.

use super::bounds::{self, Bounds, KEYS};
use super::scope::Scope;
use super::times;
use crate::figures::Unit;
use crate::plan::{
    Bound, EventExpected, EventField, EventFilter, EventKind, FilterValue, Plan, Relation,
    STOP_CODES, Service, Subject, Tally, WorkName,
};
use crate::scenario::reading::reader::{Cursor, Record, ticked};
use crate::units::SimTime;
use std::collections::BTreeSet;

/// The keys of bounds on the time of an event.
const TIMES: [(&str, Relation); 5] = [
    ("at", Relation::Equals),
    ("notBefore", Relation::AtLeast),
    ("notAfter", Relation::AtMost),
    ("before", Relation::Below),
    ("after", Relation::Above),
];

/// Reads it; `at` is the kind of event.
pub fn read(
    record: &Record<'_>,
    at: &Cursor<'_>,
    scope: &Scope<'_>,
) -> Option<(Subject, Bounds, f64)> {
    let name = at.text()?;
    let Some(kind) = EventKind::ALL.iter().find(|kind| kind.name() == name) else {
        at.problem(format!("there is no event `{name}`"))
            .among(name, EventKind::ALL.iter().map(|kind| kind.name()))
            .report();
        return None;
    };
    let provider = provider(record, *kind, scope);
    let work = work(record, *kind, scope);
    let filters = filters(record, *kind, scope);
    let interval = times::interval(record, scope);
    let tally = tally(record, scope);
    let in_seeds = bounds::in_seeds(record);
    let (from, to) = interval?;
    let (tally, bounds) = tally?;
    let subject = Subject::Event(EventExpected {
        kind: *kind,
        provider: provider?,
        work: work?,
        filters: filters?,
        from: from.unwrap_or(SimTime::ZERO),
        to,
        tally,
    });
    Some((subject, bounds, in_seeds?))
}

/// What the bounds are about, and the bounds: a time or a number.
fn tally(record: &Record<'_>, scope: &Scope<'_>) -> Option<(Tally, Bounds)> {
    let has = |keys: &[(&'static str, Relation)]| {
        let mut keys = keys.iter().filter_map(|(key, _)| record.get(key));
        keys.next()
    };
    let nth = record.get("nth");
    match (has(&TIMES), has(&KEYS)) {
        (Some(_), Some(second)) => {
            second
                .problem("this is about a number of events, and the rest about the time of one")
                .hint("make it two expectations")
                .report();
            None
        }
        (None, Some(_)) if nth.is_some() => {
            nth?.problem("`nth` is about the time of one event, and this about a number of events")
                .hint("give `at`, `notBefore`, `notAfter`, `before` or `after`, or leave `nth` out")
                .report();
            None
        }
        (None, Some(_)) => Some((Tally::Number, bounds::read(record, "number", Unit::Count)?)),
        (Some(_), None) => {
            let nth = match nth {
                Some(at) => at.integer(1, 1_000_000)? as u32,
                None => 1,
            };
            Some((Tally::TimeOf(nth), time_bounds(record, scope)?))
        }
        (None, None) => {
            record
                .at
                .problem("this expectation has no bound")
                .hint("give a time of the event (`at`, `notBefore`, `notAfter`, `before`, `after`), or a number of events such as `equals: 0` or `atLeast: 1`")
                .report();
            None
        }
    }
}

fn time_bounds(record: &Record<'_>, scope: &Scope<'_>) -> Option<Bounds> {
    let mut bounds = Vec::new();
    for (key, relation) in TIMES {
        let Some(at) = record.get(key) else { continue };
        let time = times::time(&at, scope)?;
        bounds.push(Bound {
            relation,
            value: time.since(SimTime::ZERO).as_seconds_f64(),
            text: at.text()?.to_string(),
        });
    }
    Some(bounds)
}

/// `capacityProvider`; `None` with problems.
fn provider(record: &Record<'_>, kind: EventKind, scope: &Scope<'_>) -> Option<Option<String>> {
    let Some(at) = record.get("capacityProvider") else {
        return Some(None);
    };
    if !kind.subject().has_provider() {
        return not_of(&at, kind, "no capacity provider");
    }
    let names = |plan: &Plan| names(plan.cluster.providers.iter().map(|p| p.name.as_str()));
    known(&at, scope, "capacity provider", names).map(Some)
}

/// `service` or `tasks`; `None` with problems.
fn work(record: &Record<'_>, kind: EventKind, scope: &Scope<'_>) -> Option<Option<WorkName>> {
    match (record.get("service"), record.get("tasks")) {
        (Some(_), Some(second)) => {
            second
                .problem("`service` and `tasks` exclude each other")
                .hint("keep one of them")
                .report();
            None
        }
        (Some(at), None) => {
            if !kind.subject().has_service() {
                return not_of(&at, kind, "no service");
            }
            let names = |plan: &Plan| names(plan.services.iter().map(|s| s.name.as_str()));
            known(&at, scope, "service", names).map(|name| Some(WorkName::Service(name)))
        }
        (None, Some(at)) => {
            if !kind.subject().has_entry() {
                return not_of(&at, kind, "no entry of `tasks`");
            }
            let names = |plan: &Plan| names(plan.tasks.iter().map(|t| t.name.as_str()));
            known(&at, scope, "entry", names).map(|name| Some(WorkName::Entry(name)))
        }
        (None, None) => Some(None),
    }
}

/// Reports that events of this kind have no such thing.
fn not_of<T>(at: &Cursor<'_>, kind: EventKind, what: &str) -> Option<T> {
    at.problem(format!("`{}` has {what}", kind.name()))
        .hint("leave it out")
        .report();
    None
}

fn names<'p>(names: impl Iterator<Item = &'p str>) -> Vec<String> {
    names.map(String::from).collect()
}

/// A name that each variant must have.
fn known(
    at: &Cursor<'_>,
    scope: &Scope<'_>,
    what: &str,
    names: impl Fn(&Plan) -> Vec<String>,
) -> Option<String> {
    let name = at.text()?;
    for (plan, _) in &scope.plans {
        let known = names(plan);
        if !known.iter().any(|known| known == name) {
            let message = format!("there is no {what} `{name}`");
            at.problem(scope.of(plan, message))
                .among(name, known.iter().map(String::as_str))
                .report();
            return None;
        }
    }
    Some(name.to_string())
}

/// `where`; `None` with problems.
fn filters(record: &Record<'_>, kind: EventKind, scope: &Scope<'_>) -> Option<Vec<EventFilter>> {
    use crate::scenario::keys::expect::WHERE;
    let Some(at) = record.get("where") else {
        return Some(Vec::new());
    };
    let record = at.record(&WHERE)?;
    if record.has_mistyped() {
        return None;
    }
    let fields = kind.subject().fields();
    let mut filters = Vec::new();
    for (key, at) in record.present() {
        let field = EventField::ALL
            .into_iter()
            .find(|field| field.name() == key)?;
        if !fields.contains(&field) {
            let draft = at.problem(format!("`{}` has no `{key}`", kind.name()));
            match fields.is_empty() {
                true => draft.hint("leave it out"),
                false => {
                    let fields = fields.iter().map(|field| field.name());
                    draft.hint(format!("it has {}", ticked(fields)))
                }
            }
            .report();
            return None;
        }
        let value = match field.is_number() {
            true => FilterValue::Number(at.integer(0, i64::MAX as u64)? as i64),
            false => FilterValue::Text(word(&at, kind, field, scope)?),
        };
        filters.push(EventFilter { field, value });
    }
    Some(filters)
}

/// A name or a word that events can have.
fn word(at: &Cursor<'_>, kind: EventKind, field: EventField, scope: &Scope<'_>) -> Option<String> {
    let words: &[&str] = match field {
        EventField::Reason => kind.subject().reasons(),
        EventField::StopCode => STOP_CODES,
        EventField::Direction => &["out", "in"],
        EventField::Purchase => &["onDemand", "spot"],
        EventField::InstanceType => {
            let types =
                |plan: &Plan| names(plan.cluster.instance_types.iter().map(|t| t.name.as_str()));
            return known(at, scope, "instance type", types);
        }
        EventField::Zone => return known(at, scope, "zone", |plan| plan.cluster.zones.clone()),
        EventField::Container => return known(at, scope, "container", containers),
        EventField::Revision => return known(at, scope, "revision", revisions),
        _ => {
            let faults = |plan: &Plan| names(plan.faults.iter().map(|f| f.name.as_str()));
            return known(at, scope, "fault", faults);
        }
    };
    let text = at.text()?;
    if !words.contains(&text) {
        at.problem(format!(
            "`{}` has no `{}` `{text}`",
            kind.name(),
            field.name()
        ))
        .among(text, words.iter().copied())
        .report();
        return None;
    }
    Some(text.to_string())
}

/// The names of all containers of a plan.
fn containers(plan: &Plan) -> Vec<String> {
    let of_tasks = plan.tasks.iter().flat_map(|entry| entry.containers.iter());
    let revisions = plan.services.iter().flat_map(Service::all_revisions);
    let of_services = revisions.flat_map(|revision| revision.containers.iter());
    let names: BTreeSet<&String> = of_tasks.chain(of_services).map(|c| &c.name).collect();
    names.into_iter().cloned().collect()
}

/// The names of all revisions of services.
fn revisions(plan: &Plan) -> Vec<String> {
    let revisions = plan.services.iter().flat_map(Service::all_revisions);
    let names: BTreeSet<&str> = revisions.map(|revision| revision.name).collect();
    names.into_iter().map(String::from).collect()
}
