//! Reads an expectation on a figure over the run.

use super::bounds::{self, Bounds};
use super::scope::Scope;
use crate::figures;
use crate::plan::Subject;
use crate::scenario::keys::table::nearest;
use crate::scenario::reading::reader::{Cursor, Record};

/// Reads it; `at` is the path.
pub fn read(
    record: &Record<'_>,
    at: &Cursor<'_>,
    scope: &Scope<'_>,
) -> Option<(Subject, Bounds, f64)> {
    let path = at.text()?;
    let mut unit = None;
    for (plan, names) in &scope.plans {
        let all = figures::all(names);
        if let Some(figure) = all.iter().find(|figure| figure.path == path) {
            unit = Some(figure.definition().unit);
            continue;
        }
        let levels = figures::levels(names);
        if levels.iter().any(|level| level.path == path) {
            at.problem(format!(
                "`{path}` is a level, which has a value at each time"
            ))
            .hint("give the time: `at`, or `from` and `to`")
            .report();
            return None;
        }
        let near = nearest(path, all.iter().map(|figure| figure.path.as_str()));
        let draft = at.problem(scope.of(plan, format!("there is no figure `{path}`")));
        match near {
            None => draft.hint("a path such as `cost.total.perMonth` or `tasks.all.wait.p95`"),
            near => draft.nearest(near),
        }
        .report();
        return None;
    }
    if let Some(at) = record.get("inSeeds") {
        at.problem("a figure over the run is compared once, by its mean over the seeds")
            .hint("leave `inSeeds` out")
            .report();
        return None;
    }
    let bounds = bounds::read(record, path, unit?)?;
    Some((Subject::Figure(path.to_string()), bounds, 1.0))
}
