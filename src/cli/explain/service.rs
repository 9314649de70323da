//! Why a service has as many tasks as it has.

use super::super::names::Plain;
use super::events::events;
use super::health::unhealthy;
use super::outcome::outcome;
use super::tries::closed;
use super::without_room::without_room;
use super::wording::{plain, refused};
use super::words::{About, command, count, paragraph, time};
use super::{deployment, rounds, scaling};
use crate::explain::{DeploymentEnd, ServiceStory};
use crate::simulation::Fact;

/// A service in words.
pub(super) fn told(about: &About<'_>, story: &ServiceStory) -> String {
    let mut page = String::new();
    let head = format!(
        "Service `{}`; variant {}, seed {}; from 0s to {}",
        story.service,
        story.variant,
        story.seed,
        time(story.end)
    );
    paragraph(&mut page, "", &head, 0, about.width);
    for line in deployments(about, story) {
        paragraph(&mut page, "", &line, 0, about.width);
    }
    paragraph(&mut page, "", &answer(story), 0, about.width);
    for line in reasons(about, story) {
        paragraph(&mut page, "- ", &line, 2, about.width);
    }
    let is_short = story
        .rounds
        .last()
        .is_some_and(|row| story.healthy_at_end < row.round.desired.into());
    let stalled = story.deployments.last().filter(|of| of.is_stalled());
    if let Some(text) = closed(&story.closed).filter(|_| is_short || stalled.is_some()) {
        paragraph(&mut page, "", &text, 0, about.width);
    }
    if let Some(last) = stalled {
        deployment::changes(&mut page, about, last);
    }
    page.push('\n');
    limits(&mut page, about, story);
    rounds::table(&mut page, about, story);
    scaling::policies(&mut page, about, story);
    events(&mut page, about, story);
    if let Some(task) = &story.lacking {
        let what = "More about a task without capacity:";
        command(&mut page, what, about, &format!("--task {task}"));
    }
    if let Some(last) = story
        .deployments
        .iter()
        .rev()
        .find(|of| of.deployment != "initial")
    {
        let question = format!("--deployment {}/{}", story.service, last.deployment);
        command(&mut page, "The latest deployment:", about, &question);
    }
    if let Some(last) = story.rounds.last() {
        let question = format!("--at {}", time(last.until));
        command(
            &mut page,
            "The cluster at its last round:",
            about,
            &question,
        );
    }
    page
}

/// How many tasks it has at the end of the run, and how often it had all.
fn answer(story: &ServiceStory) -> String {
    let [with, without] = story.at_end;
    let desired = story.rounds.last().map_or(0, |row| row.round.desired);
    let missing = u64::from(desired).saturating_sub(story.healthy_at_end);
    let end = time(story.end);
    if story.is_daemon {
        let without = match missing {
            0 => "all of them have a healthy one".into(),
            missing => format!(
                "{} of them {}, {missing} {}",
                story.healthy_at_end,
                match story.healthy_at_end {
                    1 => "has a healthy one",
                    _ => "have a healthy one",
                },
                if missing == 1 {
                    "has none"
                } else {
                    "have none"
                }
            ),
        };
        let instances = count(desired.into(), "instance");
        return format!(
            "At the end of the run, {end}: {instances} must each have a task of it; {without}."
        );
    }
    let wanted = format!("{} desired", count(desired.into(), "task"));
    let mut text = format!(
        "At the end of the run, {end}: {wanted}, {} healthy{}, {missing} missing",
        story.healthy_at_end,
        of_revisions(story)
    );
    if with != story.healthy_at_end {
        text += &format!("; {with} with capacity");
        if story.stopping_at_end > 0 {
            text += &format!(", {} of which stop", story.stopping_at_end);
        }
    }
    if without > 0 {
        text += &format!("; {without} without capacity");
    }
    if let Some(share) = story.availability {
        let percent = format!("{:.2}", share * 100.0);
        let percent = percent.trim_end_matches('0').trim_end_matches('.');
        let share = format!("service.{}.available.share", story.service);
        text += &match story.is_complete_once {
            true => format!(". It had all its tasks, healthy, {percent} % of the time ({share})"),
            false => format!(". It never had all its tasks ({share} is 0 %)"),
        };
    }
    text + "."
}

/// During a deployment: how many of the healthy tasks have its revision.
fn of_revisions(story: &ServiceStory) -> String {
    let last = story.deployments.last();
    let last = last.filter(|of| of.end == DeploymentEnd::InProgress && of.tasks.old_healthy > 0);
    last.map_or_else(String::new, |of| {
        let (new, old) = (of.tasks.new_healthy, of.tasks.old_healthy);
        format!(
            " ({new} of the revision `{}`, {old} of others)",
            of.revision
        )
    })
}

/// How its deployments went: the latest one, and the one that it rolls back.
fn deployments(about: &About<'_>, story: &ServiceStory) -> Vec<String> {
    let Some((last, before)) = story.deployments.split_last() else {
        return Vec::new();
    };
    let mut found = Vec::new();
    let failed = before.last().filter(|before| before.is_rolled_back);
    if let Some(failed) = failed {
        found.push(outcome(about, failed));
    }
    // Without a release the counts of tasks say how it went.
    if !before.is_empty() || last.end == DeploymentEnd::Failed {
        found.push(outcome(about, last));
    }
    found
}

/// Why tasks are missing: lack of capacity, throttled starts, health, limits.
fn reasons(about: &About<'_>, story: &ServiceStory) -> Vec<String> {
    let mut found = Vec::new();
    let Some(last) = story.rounds.last() else {
        return found;
    };
    let round = &last.round;
    if let Some((at, fault)) = &story.outage {
        found.push(format!(
            "The control plane has been out since the time {} of the run, fault `{fault}`: nothing is started, placed or \
             stopped.",
            time(*at)
        ));
    }
    found.extend(without_room(story));
    if let (Some(lacks), Some(at)) = (&story.lacks, story.lacks_at)
        && story.without_room.is_empty()
        && (story.at_end[1] > 0
            || round.retry_at.is_some()
            || story.healthy_at_end < round.desired.into())
    {
        found.push(format!(
            "The latest task for which no instance met all that it requires, at {}; {}.",
            time(at),
            plain(lacks)
        ));
    }
    // What instances lack is told above.
    let is_missing = story.healthy_at_end < round.desired.into();
    let refusal = story
        .latest_refusal
        .filter(|_| is_missing && story.lacks.is_none());
    if let Some(told) = refusal
        && let Fact::TaskRejected(of, why) = told.fact
    {
        found.push(format!(
            "The latest task that was refused: {}/{}, at {}: {}.",
            story.service,
            of.task.ordinal,
            time(told.at),
            refused(about.plan, why)
        ));
    }
    let starts = round.start > 0 || round.start_kept > 0;
    if let Some(at) = round.retry_at.filter(|_| starts || story.is_daemon) {
        found.push(format!("As tasks found no capacity, it tries again at {}, and sooner when one of its tasks stops.", time(at)));
    }
    if let Some(at) = round.throttled_until.filter(|_| is_missing) {
        found.push(format!(
            "Its tasks are refused or fail before they are RUNNING, which ECS counts as failed starts: the next \
             start is not before {}.",
            time(at)
        ));
    }
    if let Some(stop) = story.latest_stop.filter(|_| is_missing)
        && let Fact::TaskStopped(of, why) = stop.fact
    {
        let reason = super::super::reasons::stopped(&Plain(about.plan), &of, why);
        found.push(format!(
            "The latest task that stopped: {}/{}, at {}. {reason} ({})",
            story.service,
            of.task.ordinal,
            time(stop.at),
            why.code()
        ));
    }
    if round.is_blocked {
        found.push(
            "minimumHealthyPercent and maximumPercent allow neither a stop nor a start.".into(),
        );
    }
    if round.unhealthy > 0 {
        found.push(unhealthy(about.plan, &story.service, round.unhealthy));
    }
    if round.pending > 0 && found.is_empty() {
        found.push(format!(
            "{} start or wait for capacity.",
            count(round.pending.into(), "task")
        ));
    }
    found
}

/// What limits the number of its tasks.
fn limits(page: &mut String, about: &About<'_>, story: &ServiceStory) {
    page.push_str("What sets the number of its tasks\n");
    if story.is_daemon {
        let text = "scheduling strategy DAEMON: one task on every ACTIVE instance that meets its requirements";
        paragraph(page, "  ", text, 4, about.width);
    } else if let Some(last) = story.rounds.last() {
        let bounds = match story.scales {
            true => {
                let [least, most] = story.capacity;
                format!(" (MinCapacity {least}, MaxCapacity {most})")
            }
            false => String::new(),
        };
        let first = story.rounds.first().map_or(0, |row| row.round.desired);
        let text = format!(
            "desired count: {first} at the start, {} at the end{bounds}",
            last.round.desired
        );
        paragraph(page, "  ", &text, 4, about.width);
    }
    let [least, most] = story.percent;
    let round = story.rounds.last().map(|row| row.round);
    if let Some(round) = round {
        let text = format!(
            "minimumHealthyPercent {least}: at least {} healthy while tasks are replaced; maximumPercent {most}: at \
             most {} RUNNING and PENDING",
            round.minimum_healthy, round.maximum_total
        );
        paragraph(page, "  ", &text, 4, about.width);
    }
    let text = format!(
        "it has created {} in this run",
        count(story.created, "task")
    );
    paragraph(page, "  ", &text, 4, about.width);
}
