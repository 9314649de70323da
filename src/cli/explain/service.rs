//! Why a service has as many tasks as it has.

use super::super::message;
use super::super::names::Plain;
use super::outcome::outcome;
use super::refusals::all_of;
use super::wording::plain;
use super::words::{self, About, command, count, paragraph, time, timed};
use super::{facts, rounds};
use crate::explain::{DeploymentEnd, ServiceStory};
use crate::simulation::{DeploymentEvent, Fact, ServiceEvent};
use crate::units::SimTime;

/// At most this number of instances without room for a daemon is listed.
const MOST_HOSTS: usize = 8;
/// At most this number of events is listed.
const MOST_EVENTS: usize = 20;

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
    page.push('\n');
    limits(&mut page, about, story);
    rounds::table(&mut page, about, story);
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
    let wanted = match story.is_daemon {
        true => format!("{} to serve", count(desired.into(), "instance")),
        false => format!("{} desired", count(desired.into(), "task")),
    };
    let mut text = format!(
        "At the end of the run, {end}: {wanted}, {} healthy, {missing} missing",
        story.healthy_at_end
    );
    if with != story.healthy_at_end {
        text += &format!("; {with} with capacity");
    }
    if without > 0 {
        text += &format!("; {without} without capacity");
    }
    if let Some(share) = story.availability {
        let percent = format!("{:.2}", share * 100.0);
        let percent = percent.trim_end_matches('0').trim_end_matches('.');
        text += match story.is_complete_once {
            true => ". It",
            false => ". It never had all its tasks: it",
        };
        text += &format!(
            " was available {percent} % of the time (service.{}.available.share)",
            story.service
        );
    }
    text + "."
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
            "The control plane is out since {}, fault `{fault}`: nothing is started, placed or stopped.",
            time(*at)
        ));
    }
    found.extend(without_room(story));
    if let (Some(lacks), Some(at)) = (&story.lacks, story.lacks_at)
        && (story.at_end[1] > 0
            || round.retry_at.is_some()
            || story.healthy_at_end < round.desired.into())
    {
        found.push(format!(
            "The latest task without room, at {}; {}.",
            time(at),
            plain(lacks)
        ));
    }
    let starts = round.start > 0 || round.start_kept > 0;
    if let Some(at) = round.retry_at.filter(|_| starts || story.is_daemon) {
        found.push(format!("After placements that found no room, it tries again at {}, and sooner when one of its tasks stops.", time(at)));
    }
    let is_missing = story.healthy_at_end < round.desired.into();
    if let Some(at) = round.throttled_until.filter(|_| is_missing) {
        found.push(format!(
            "Its tasks fail before they are RUNNING: starts are throttled until {}.",
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
        found.push(format!(
            "A health check has found {} unhealthy.",
            count(round.unhealthy.into(), "task")
        ));
    }
    if round.pending > 0 && found.is_empty() {
        found.push(format!(
            "{} start or wait for capacity.",
            count(round.pending.into(), "task")
        ));
    }
    found
}

/// The instances on which a daemon has no room.
fn without_room(story: &ServiceStory) -> Vec<String> {
    let mut lines = story.without_room.iter().map(|refusal| {
        format!(
            "It has no room on {}: {}.",
            facts::host(&refusal.host),
            all_of(refusal)
        )
    });
    let mut found: Vec<String> = lines.by_ref().take(MOST_HOSTS).collect();
    let more = lines.count();
    if more > 0 {
        let more = count(more as u64, "more instance");
        found.push(format!(
            "It has no room on {more}; `--format json` has all."
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
        let [least, most] = story.capacity;
        let bounds = format!("MinCapacity {least}, MaxCapacity {most}");
        let first = story.rounds.first().map_or(0, |row| row.round.desired);
        let text = format!(
            "desired count: {first} at the start, {} at the end ({bounds})",
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

/// An event of a service or of a deployment of it, in ECS's words where it has some.
fn event(about: &About<'_>, fact: &Fact) -> String {
    let message = message::describe(about.plan, fact).message;
    match fact {
        Fact::Service(_, ServiceEvent::PlacementFailed(lacks)) => {
            format!("{} [{}]", message.unwrap_or_default(), plain(lacks))
        }
        Fact::Deployment(of, deployment) => message.unwrap_or_else(|| {
            let service = &about.plan.services[of.index()];
            let name = service.revision(deployment.revision as usize).name;
            let text = match deployment.event {
                DeploymentEvent::FailedTasks(0) => {
                    "a task is healthy: failed tasks are counted from 0 again.".into()
                }
                DeploymentEvent::FailedTasks(failed) => {
                    format!("{} so far.", count(failed.into(), "failed task"))
                }
                DeploymentEvent::Replaced => {
                    "all tasks are replaced and healthy; its bake time begins.".into()
                }
                DeploymentEvent::Superseded => "a newer deployment replaces it.".into(),
                DeploymentEvent::TurnedBad => "its release is bad from now on.".into(),
                event => event.kind().name().into(),
            };
            format!("(deployment {name}) {text}")
        }),
        _ => message.unwrap_or_default(),
    }
}

/// Its events in ECS's words.
fn events(page: &mut String, about: &About<'_>, story: &ServiceStory) {
    if story.events.is_empty() {
        return;
    }
    page.push_str("\nIts events\n");
    // Equal messages in a row are told once, with their number.
    let mut lines: Vec<(SimTime, SimTime, u64, String)> = Vec::new();
    for told in &story.events {
        let text = event(about, &told.fact);
        match lines.last_mut().filter(|line| line.3 == text) {
            Some((_, until, count, _)) => (*until, *count) = (told.at, *count + 1),
            None => lines.push((told.at, told.at, 1, text)),
        }
    }
    let (half, all) = (MOST_EVENTS / 2, lines.len());
    for (number, (at, until, count, text)) in lines.iter().enumerate() {
        if all > MOST_EVENTS && (half..all - half).contains(&number) {
            if number == half {
                let more = words::count((all - MOST_EVENTS) as u64, "line");
                page.push_str(&format!("  …              {more} left out\n"));
            }
            continue;
        }
        let text = match count {
            1 => text.clone(),
            count => format!("{text} ({count} times, until {})", time(*until)),
        };
        timed(page, *at, &text, about);
    }
    if story.left_out > 0 {
        let more = words::count(story.left_out, "more event");
        page.push_str(&format!("  {more} left out\n"));
    }
}
