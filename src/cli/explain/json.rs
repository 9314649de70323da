//! Explanations as JSON: the data of [`crate::explain`], with facts as in `events.jsonl`.

use super::super::message;
use crate::explain::{DeploymentStory, ServiceStory, TaskStory, Told};
use crate::plan::Plan;
use crate::report::EventRow;
use serde::Serialize;
use serde_json::Value;

/// A task.
pub(super) fn task(plan: &Plan, story: &TaskStory) -> String {
    let mut value = to_value(story);
    if let Value::Object(map) = &mut value {
        map.remove("facts");
        map.insert("events".into(), rows(plan, story.seed, &story.facts));
        let cause = story
            .cause
            .map_or(Value::Null, |told| row(plan, story.seed, &told));
        map.insert("cause".into(), cause);
    }
    pretty(&value)
}

/// A service.
pub(super) fn service(plan: &Plan, story: &ServiceStory) -> String {
    let mut value = to_value(story);
    if let Value::Object(map) = &mut value {
        map.insert("events".into(), rows(plan, story.seed, &story.events));
        let stop = story
            .latest_stop
            .map_or(Value::Null, |told| row(plan, story.seed, &told));
        map.insert("latestStop".into(), stop);
        let refusal = story
            .latest_refusal
            .map_or(Value::Null, |told| row(plan, story.seed, &told));
        map.insert("latestRefusal".into(), refusal);
    }
    pretty(&value)
}

/// A deployment.
pub(super) fn deployment(plan: &Plan, story: &DeploymentStory) -> String {
    let mut value = to_value(story);
    if let Value::Object(map) = &mut value {
        let failure = story
            .latest_failure
            .map_or(Value::Null, |told| row(plan, story.seed, &told));
        map.insert("latestFailure".into(), failure);
    }
    pretty(&value)
}

/// Data as JSON.
pub(super) fn pretty<T: Serialize>(of: &T) -> String {
    let text = serde_json::to_string_pretty(of).expect("the data has names as keys");
    format!("{text}\n")
}

fn to_value<T: Serialize>(of: &T) -> Value {
    serde_json::to_value(of).expect("the data has names as keys")
}

fn rows(plan: &Plan, seed: u64, facts: &[Told]) -> Value {
    Value::Array(facts.iter().map(|told| row(plan, seed, told)).collect())
}

/// A fact as a line of `events.jsonl`.
fn row(plan: &Plan, seed: u64, told: &Told) -> Value {
    let described = message::describe(plan, &told.fact);
    to_value(&EventRow {
        time: told.at,
        fact: described.fact,
        about: described.about,
        message: described.message,
        variant: &plan.variant,
        seed,
    })
}
