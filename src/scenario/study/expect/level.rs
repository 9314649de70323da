//! Reads an expectation on a level at a time or within an interval.

use super::bounds::{self, Bounds};
use super::scope::Scope;
use super::times;
use crate::figures::{self, LevelPath};
use crate::plan::{LevelExpected, Statistic, Subject, When};
use crate::scenario::keys::table::nearest;
use crate::scenario::reading::reader::{Cursor, Record};
use crate::units::SimTime;

/// What may follow the path of a level, for the values of an interval.
const STATISTICS: [(&str, Statistic); 3] = [
    (".mean", Statistic::Mean),
    (".min", Statistic::Min),
    (".max", Statistic::Max),
];

/// Reads it; `at` is the path.
pub fn read(
    record: &Record<'_>,
    at: &Cursor<'_>,
    scope: &Scope<'_>,
) -> Option<(Subject, Bounds, f64)> {
    let written = at.text()?;
    let when = when(record, scope);
    let statistic = STATISTICS
        .into_iter()
        .find(|(end, _)| written.ends_with(end));
    let path = statistic.map_or(written, |(end, _)| &written[..written.len() - end.len()]);
    let mut unit = None;
    for (plan, names) in &scope.plans {
        let levels = figures::levels(names);
        if let Some(level) = levels.iter().find(|level| level.path == path) {
            unit = Some(level.measure.definition().unit);
            continue;
        }
        let draft = at.problem(scope.of(plan, format!("there is no level `{written}`")));
        match near(path, &levels) {
            None => draft.hint("a path such as `service.web.running` or `capacity.all.instances`"),
            near => draft.nearest(near),
        }
        .report();
        return None;
    }
    let mut when = when?;
    match (&mut when, statistic) {
        (When::Within { of, .. }, Some((_, statistic))) => *of = statistic,
        (When::At(_), Some((end, _))) => {
            at.problem(format!("at a time a level has one value, and no `{end}`"))
                .nearest(Some(path.to_string()))
                .report();
            return None;
        }
        (_, None) => {}
    }
    let bounds = bounds::read(record, written, unit?);
    let in_seeds = bounds::in_seeds(record);
    let subject = Subject::Level(LevelExpected {
        path: path.to_string(),
        when,
    });
    Some((subject, bounds?, in_seeds?))
}

/// The valid path that is most similar.
fn near(path: &str, levels: &[LevelPath]) -> Option<String> {
    nearest(path, levels.iter().map(|level| level.path.as_str()))
}

/// `at`, or `from` and `to`.
fn when(record: &Record<'_>, scope: &Scope<'_>) -> Option<When> {
    let Some(at) = record.get("at") else {
        let (from, to) = times::interval(record, scope)?;
        return Some(When::Within {
            from: from.unwrap_or(SimTime::ZERO),
            to,
            of: Statistic::Every,
        });
    };
    if let Some(second) = record.get("from").or_else(|| record.get("to")) {
        second
            .problem("`at` excludes `from` and `to`")
            .hint("give one time, or an interval")
            .report();
        return None;
    }
    times::time(&at, scope).map(When::At)
}
