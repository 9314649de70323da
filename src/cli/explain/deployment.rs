//! The story of a deployment.

use super::outcome::{ended, outcome, waits};
use super::rounds;
use super::traffic;
use super::tries::{closed, tries};
use super::words::{About, command, count, paragraph, time, timed};
use crate::explain::{DeploymentStory, Limits, Stage, TaskCounts};
use crate::simulation::DeploymentCause;

/// At most this number of stages is listed: the first and the last.
const MOST_STAGES: usize = 40;

/// A deployment in words.
pub(super) fn told(about: &About<'_>, story: &DeploymentStory) -> String {
    let mut page = String::new();
    let head = format!(
        "Deployment {} of the service `{}`; variant {}, seed {}",
        story.deployment, story.service, story.variant, story.seed
    );
    paragraph(&mut page, "", &head, 0, about.width);
    paragraph(&mut page, "", &outcome(about, story), 0, about.width);
    traffic::requests(&mut page, about, story);
    changes(&mut page, about, story);
    page.push_str("\nWhat started it\n");
    timed(&mut page, story.began, &cause(about, story), about);
    limits(&mut page, about, story);
    traffic::traffic(&mut page, about, story);
    stages(&mut page, about, story);
    timed(&mut page, story.ended, &ended(story), about);
    let last = story.stages.last().map_or(story.began, |stage| stage.until);
    command(
        &mut page,
        "The cluster at its last stage:",
        about,
        &format!("--at {}", time(last)),
    );
    let service = format!("--service {}", story.service);
    command(&mut page, "All events of the service:", about, &service);
    page
}

/// What helps one that makes no progress, and which instances take no tasks.
pub(super) fn changes(page: &mut String, about: &About<'_>, story: &DeploymentStory) {
    if let Some(text) = closed(&story.closed) {
        paragraph(page, "", &text, 0, about.width);
    }
    if story.tries.is_empty() {
        return;
    }
    let text = "Changes that were tried, each by itself, by playing the run again:";
    paragraph(page, "", text, 0, about.width);
    for line in tries(story) {
        paragraph(page, "- ", &line, 2, about.width);
    }
}

/// What started it.
fn cause(about: &About<'_>, story: &DeploymentStory) -> String {
    let definition = &story.task_definition;
    let change = match &story.before {
        Some([before, old]) if old == definition => {
            let differs = match story.differs.split_last() {
                None => "nothing differs, the deployment is forced (`forceNewDeployment`)".into(),
                Some((only, [])) => format!("{only} differ"),
                Some((last, first)) => format!("{} and {last} differ", first.join(", ")),
            };
            format!(
                "revision `{}` in place of `{before}`, both with the task definition {definition}; {differs}",
                story.revision
            )
        }
        Some([before, old]) => format!(
            "revision `{}` (task definition {definition}) in place of `{before}` ({old})",
            story.revision
        ),
        None => format!(
            "revision `{}`, task definition {definition}",
            story.revision
        ),
    };
    match story.cause {
        DeploymentCause::Created => format!("the service was created: {change}"),
        DeploymentCause::RolledBack => {
            format!("a rollback, as the deployment before has failed: {change}")
        }
        DeploymentCause::Planned(index) => {
            let entry = &about.plan.deployments[index as usize];
            let number = match entry.occurrence {
                0 => String::new(),
                more => format!(", its occurrence {}", more + 1),
            };
            format!(
                "the entry `{}` of deployments{number}: {change}",
                entry.name
            )
        }
    }
}

/// Its limits in tasks.
fn limits(page: &mut String, about: &About<'_>, story: &DeploymentStory) {
    page.push_str("\nIts limits\n");
    let [least, most] = story.percent;
    let text = format!("minimumHealthyPercent {least}, maximumPercent {most}");
    paragraph(page, "  ", &text, 4, about.width);
    let breaker = match &story.circuit_breaker {
        Some(breaker) => {
            let resets = if breaker.reset_on_healthy_task {
                "a healthy task sets its count to 0"
            } else {
                "a healthy task does not change its count"
            };
            let rollback = if breaker.rollback { "with" } else { "without" };
            format!(
                "circuit breaker {}, {resets}, {rollback} rollback",
                breaker.threshold
            )
        }
        None if story.traffic.is_some() => {
            "no circuit breaker, as it is for rolling deployments only".into()
        }
        None => "no circuit breaker".into(),
    };
    paragraph(
        page,
        "  ",
        &format!("{breaker}{}", alarms(story)),
        4,
        about.width,
    );
    for of in &story.limits {
        let Limits {
            desired,
            minimum_healthy,
            maximum_total,
            threshold,
            ..
        } = of;
        let wanted = match story.is_daemon {
            true => count((*desired).into(), "instance"),
            false => format!("{} desired", count((*desired).into(), "task")),
        };
        let failed = match threshold {
            Some(threshold) => format!(
                "; it fails at {}",
                count((*threshold).into(), "failed task")
            ),
            None => String::new(),
        };
        let text = match of.of_each_revision {
            true => format!(
                "{wanted} of each of the two revisions, {} in all while both run: each revision keeps at least \
                 {minimum_healthy} healthy and has at most {maximum_total} RUNNING and PENDING",
                2 * u64::from(*desired)
            ),
            false => format!(
                "{wanted}: at least {minimum_healthy} healthy, at most {maximum_total} RUNNING and PENDING{failed}"
            ),
        };
        timed(page, of.at, &text, about);
    }
}

/// `; it watches the alarms `errors` and `slow`, with rollback`.
fn alarms(story: &DeploymentStory) -> String {
    let names: Vec<String> = story
        .alarms
        .iter()
        .map(|name| format!("`{name}`"))
        .collect();
    let names = match names.as_slice() {
        [] => return String::new(),
        [only] => format!("alarm {only}"),
        [first @ .., last] => format!("alarms {} and {last}", first.join(", ")),
    };
    let rollback = if story.alarms_roll_back {
        "with"
    } else {
        "without"
    };
    let when = match story.traffic {
        Some(_) => " from the first shift to the end of the bake time",
        None => "",
    };
    format!("; it watches the {names}{when}, {rollback} rollback")
}

/// Its stages: what the scheduler decided, what came of it, and why it waited.
fn stages(page: &mut String, about: &About<'_>, story: &DeploymentStory) {
    let title = match story.traffic {
        Some(_) => "Rounds of the scheduler",
        None => "Its stages: rounds of the scheduler",
    };
    let text = format!(
        "{title} with what came of them (new: tasks of `{}`; old: tasks of other revisions)",
        story.revision
    );
    page.push('\n');
    paragraph(page, "", &text, 2, about.width);
    if story.stages.is_empty() {
        page.push_str("  no round of the scheduler\n");
    }
    timed(
        page,
        story.began,
        &format!("before it: {}", counts(&story.tasks_before)),
        about,
    );
    let threshold = story.limits.last().and_then(|limits| limits.threshold);
    let (half, all) = (MOST_STAGES / 2, story.stages.len());
    for (number, stage) in story.stages.iter().enumerate() {
        if all > MOST_STAGES && (half..all - half).contains(&number) {
            if number == half {
                let more = (all - MOST_STAGES) as u64 + story.left_out;
                page.push_str(&format!("  …  {} left out\n", count(more, "stage")));
            }
            continue;
        }
        timed(page, stage.at, &stage_text(stage, threshold), about);
    }
}

fn stage_text(stage: &Stage, threshold: Option<u32>) -> String {
    let mut decision = rounds::decided(&stage.round, "new", "old");
    if stage.round.side_by_side && decision == "nothing" {
        // Requests may be shifted meanwhile.
        decision = "no task to start or stop".into();
    }
    let rounds = match stage.rounds {
        1 => String::new(),
        more => format!(" in each of {more} rounds, until {}", time(stage.until)),
    };
    let mut parts = vec![format!("{decision}{rounds}")];
    let results = results(stage, threshold);
    if !results.is_empty() {
        parts.push(results.join(", "));
    }
    let waits = waits(stage);
    if !waits.is_empty() {
        parts.push(format!("it waits: {}", waits.join(", ")));
    }
    parts.push(format!("then {}", counts(&stage.tasks)));
    parts.join("; ")
}

/// What came of the decisions of a stage.
fn results(stage: &Stage, threshold: Option<u32>) -> Vec<String> {
    let all = [
        (stage.created, "new created"),
        (stage.created_old, "old created"),
        (stage.refused, "new refused"),
        (stage.started, "new RUNNING"),
        (stage.became_healthy, "new healthy"),
        (stage.failed, "new failed"),
        (stage.stopped_old, "old stopped"),
    ];
    let some = all.iter().filter(|(count, _)| *count > 0);
    let mut found: Vec<String> = some
        .map(|(count, what)| format!("{count} {what}"))
        .collect();
    if let Some(failed) = stage.failed_tasks {
        let of = threshold.map(|threshold| format!(" of {threshold}"));
        // Tasks that one round could not place count as one (facts/ecs.md 211).
        let placed = match stage.refused > 1 {
            true => " (those refused in one round count as one)",
            false => "",
        };
        found.push(format!(
            "failed tasks counted: {failed}{}{placed}",
            of.unwrap_or_default()
        ));
    }
    found
}

/// `10 new, 5 healthy; 5 old, all healthy`.
fn counts(of: &TaskCounts) -> String {
    let part = |healthy: u32, other: u32, name: &str| match healthy + other {
        0 => format!("no {name}"),
        _ if other == 0 => format!("{healthy} {name}, all healthy"),
        all => format!("{all} {name}, {healthy} healthy"),
    };
    let new = part(of.new_healthy, of.new_other, "new");
    let old = part(of.old_healthy, of.old_other, "old");
    format!("{new}; {old}")
}
