//! Why a task had no capacity at one time: each instance with the rules that refused it and by how much,
//! and the changes that were tried.

use super::changes;
use super::refusals::{all_of, groups};
use super::wording::plain;
use super::words::{About, count, paragraph, time};
use crate::explain::{Look, TaskStory};

/// Adds all about the waits of a task.
pub(super) fn told(page: &mut String, about: &About<'_>, story: &TaskStory) {
    let Some(first) = story.waits.first() else {
        return;
    };
    detailed(page, about, story, first);
    let last = story.waits.iter().rev().find(|look| look.detail.is_some());
    if let Some(last) = last.filter(|last| last.at != first.at) {
        detailed(page, about, story, last);
    }
}

/// Every instance at one time, grouped by the rules that refused the task, and the changes that were
/// tried.
fn detailed(page: &mut String, about: &About<'_>, story: &TaskStory, look: &Look) {
    let Some(detail) = &look.detail else {
        return;
    };
    let head = format!("At {}: why it was not placed", time(look.at));
    page.push('\n');
    paragraph(page, "", &head, 2, about.width);
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
        page.push_str("  its capacity providers had no registered instance then\n");
    }
    groups(page, about, &story.needs, (detail, look.lacks.instances));
    let is_closest = |number: u64| detail.refusals.iter().find(|of| of.host.instance == number);
    let closest = detail.closest.and_then(is_closest);
    if let Some(refusal) = closest.filter(|_| detail.refusals.len() > 1) {
        let text = format!(
            "The closest match is {} ({}, {}): {}.",
            refusal.host,
            refusal.host.instance_type,
            refusal.host.zone,
            all_of(refusal)
        );
        paragraph(page, "  ", &text, 2, about.width);
    }
    for other in &detail.elsewhere {
        let instances = count(other.instances as u64, "instance");
        let belong = if other.instances == 1 {
            "belongs"
        } else {
            "belong"
        };
        let text = format!(
            "{instances} {belong} to the capacity provider `{}`, which the task may not use.",
            other.provider
        );
        paragraph(page, "  ", &text, 2, about.width);
    }
    changes::told(page, about, &story.needs, &detail.changes);
}
