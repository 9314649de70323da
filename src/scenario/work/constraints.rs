//! Reads `placementConstraints`.

use crate::scenario::keys::placement::PLACEMENT_CONSTRAINT;
use crate::scenario::reading::reader::Record;

/// The most placement constraints of a task (facts/ecs.md 49).
const MOST_CONSTRAINTS: usize = 10;

/// True when each task of the group must be on another instance (facts/ecs.md 96, 97).
pub fn distinct_instance(record: &Record<'_>) -> Option<bool> {
    let Some(at) = record.get("placementConstraints") else {
        return Some(false);
    };
    let items = at.list();
    if items.len() > MOST_CONSTRAINTS {
        at.problem(format!("{} constraints are too many", items.len()))
            .expected(format!("at most {MOST_CONSTRAINTS}"))
            .report();
    }
    let mut is_distinct = false;
    for item in &items {
        let constraint = item.record(&PLACEMENT_CONSTRAINT)?;
        let kind = constraint.get("type")?;
        match kind.choice(&[("distinctInstance", true), ("memberOf", false)])? {
            false => kind
                .problem("`memberOf` is not modelled yet")
                .expected("`distinctInstance`")
                .report(),
            true => {
                if let Some(expression) = constraint.get("expression") {
                    expression
                        .problem("`distinctInstance` has no expression")
                        .hint("remove it")
                        .report();
                }
                is_distinct = true;
            }
        }
    }
    Some(is_distinct)
}
