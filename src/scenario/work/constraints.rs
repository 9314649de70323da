//! Reads `placementConstraints` of task definitions, entries of `tasks` and services.

use crate::plan::Query;
use crate::scenario::keys::placement::PLACEMENT_CONSTRAINT;
use crate::scenario::reading::reader::{Cursor, Record};

/// The most placement constraints of a task: those of its definition and of its entry or service
/// together (facts/ecs.md 49).
const MOST_CONSTRAINTS: usize = 10;

/// Placement constraints without problems.
#[derive(Clone, Default)]
pub struct Constraints<'a> {
    /// True when each task of the group must be on another instance (facts/ecs.md 96, 97).
    pub distinct_instance: bool,
    /// The expressions of `memberOf`, each with its place.
    pub member_of: Vec<(Cursor<'a>, Query)>,
    /// The number of constraints.
    count: usize,
}

impl<'a> Constraints<'a> {
    /// Reads the constraints of a task definition, which are all `memberOf` (facts/ecs.md 5).
    pub fn of_definition(record: &Record<'a>) -> Option<Self> {
        read(record, true)
    }

    /// Reads the constraints of an entry or a service, and adds those of its definition.
    pub fn of_work(record: &Record<'a>, definition: Option<&Constraints<'a>>) -> Option<Self> {
        let mut own = read(record, false)?;
        let Some(definition) = definition else {
            return Some(own);
        };
        let all = own.count + definition.count;
        if all > MOST_CONSTRAINTS
            && own.count <= MOST_CONSTRAINTS
            && let Some(at) = record.get("placementConstraints")
        {
            let message = format!("{all} constraints with those of the task definition");
            at.problem(format!("{message} are too many"))
                .expected(format!("at most {MOST_CONSTRAINTS}"))
                .report();
        }
        let theirs = definition.member_of.iter().cloned();
        own.member_of.splice(0..0, theirs);
        Some(own)
    }

    /// The constraints of a new revision of a service: those of its definition, and the service's
    /// own, which stay. `at` is the place of the deployment.
    pub fn of_revision(definition: &Self, own: &[Query], at: &Cursor<'a>) -> Self {
        let mut all = definition.clone();
        let own = own.iter().map(|query| (at.clone(), query.clone()));
        all.member_of.extend(own);
        all
    }

    /// True when a constraint is about the zone of the instance.
    pub fn names_zones(&self) -> bool {
        let mut queries = self.member_of.iter();
        queries.any(|(_, of)| of.attributes().contains(&"ecs.availability-zone"))
    }

    /// The expressions without their places.
    pub fn queries(&self) -> Vec<Query> {
        self.member_of.iter().map(|(_, of)| of.clone()).collect()
    }
}

fn read<'a>(record: &Record<'a>, is_definition: bool) -> Option<Constraints<'a>> {
    let mut found = Constraints::default();
    let Some(at) = record.get("placementConstraints") else {
        return Some(found);
    };
    let mark = at.context.mark();
    let items = at.list();
    found.count = items.len();
    if items.len() > MOST_CONSTRAINTS {
        at.problem(format!("{} constraints are too many", items.len()))
            .expected(format!("at most {MOST_CONSTRAINTS}"))
            .report();
    }
    for item in &items {
        constraint(item, is_definition, &mut found);
    }
    at.context.is_clean_since(mark).then_some(found)
}

/// Reads one constraint.
fn constraint<'a>(item: &Cursor<'a>, is_definition: bool, found: &mut Constraints<'a>) {
    let Some(record) = item.record(&PLACEMENT_CONSTRAINT) else {
        return;
    };
    let Some(kind) = record.get("type") else {
        return;
    };
    let choices = [("distinctInstance", true), ("memberOf", false)];
    let Some(is_distinct) = kind.choice(&choices) else {
        return;
    };
    let expression = record.get("expression");
    match (is_distinct, expression) {
        (true, _) if is_definition => kind
            .problem("a task definition cannot have `distinctInstance`")
            .hint("give it to the service, or to the entry of `tasks`")
            .report(),
        (true, Some(expression)) => expression
            .problem("`distinctInstance` has no expression")
            .hint("remove it")
            .report(),
        (true, None) => found.distinct_instance = true,
        (false, None) if record.is_mistyped("expression") => {}
        (false, None) => item
            .problem("`memberOf` needs an `expression`")
            .hint("such as `expression: attribute:ecs.instance-type =~ t3.*`")
            .report(),
        (false, Some(expression)) => {
            let query = query(&expression);
            found
                .member_of
                .extend(query.map(|query| (expression, query)));
        }
    }
}

/// Reads an expression of the cluster query language. A problem is placed on the part of the
/// expression that is meant.
fn query(at: &Cursor<'_>) -> Option<Query> {
    let text = at.text()?;
    match Query::parse(text) {
        Ok(query) => Some(query),
        Err(error) => {
            let place = format!(", at character {} of the expression", error.position(text));
            let draft = at.problem_within((error.start, error.end), error.message + &place);
            match error.expected.as_str() {
                "" => draft,
                expected => draft.expected(expected),
            }
            .report();
            None
        }
    }
}
