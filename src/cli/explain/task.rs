//! The life of a task as a story.

use super::super::names::Plain;
use super::choice::chosen;
use super::words::{About, command, count, needs, paragraph, rounded, span, time, timed};
use super::{causes, changes, facts, waits, wording};
use crate::explain::{Change, QuotaUse, TaskOutcome, TaskStory, TrunkedType};
use crate::simulation::{Fact, Rejection, StopReason, TaskFact};
use crate::units::{SimTime, Span};

/// At most this number of events of a life is listed: the first and the last.
const MOST_LINES: usize = 60;

/// The story of a task.
pub(super) fn told(about: &About<'_>, story: &TaskStory) -> String {
    let mut page = String::new();
    let of = match story.is_service {
        true => format!("of the service `{}`", story.task.entry),
        false => format!("standalone, of the entry `{}` of tasks", story.task.entry),
    };
    let head = format!(
        "Task {}, {of}; variant {}, seed {}",
        story.task, story.variant, story.seed
    );
    paragraph(&mut page, "", &head, 0, about.width);
    paragraph(&mut page, "", &answer(about, story), 0, about.width);
    for change in [trunking(story), smallest(story)].into_iter().flatten() {
        paragraph(&mut page, "", &change, 0, about.width);
    }
    if let Some(change) = quota(story) {
        paragraph(&mut page, "", &change, 0, about.width);
    }
    page.push('\n');
    paragraph(&mut page, "It needs ", &needs(&story.needs), 9, about.width);
    life(&mut page, about, story);
    waits::told(&mut page, about, story);
    for choice in &story.choices {
        chosen(&mut page, about, choice);
    }
    hints(&mut page, about, story);
    page
}

/// The answer in a sentence, with what is on its way for a task without capacity.
fn answer(about: &About<'_>, story: &TaskStory) -> String {
    let end = time(story.end);
    let mut text = match story.outcome {
        TaskOutcome::Waiting => {
            let why = causes::last(about, story).map(|why| format!(" ({why})"));
            let why = why.unwrap_or_default();
            let rule = wording::rule_of_waiting(about.plan, story);
            let rule = rule.map(|rule| format!(" {rule}.")).unwrap_or_default();
            format!("It still waits for capacity at the end of the run, {end}{why}.{rule}")
        }
        TaskOutcome::Refused => refused(about, story),
        TaskOutcome::Starting => format!("It is starting at the end of the run, {end}."),
        TaskOutcome::Running => format!("It is RUNNING at the end of the run, {end}."),
        TaskOutcome::Stopping => format!("It is stopping at the end of the run, {end}."),
        TaskOutcome::Finished => format!("It finished at {end}."),
        TaskOutcome::Stopped => {
            let last = story.facts.iter().rev().find_map(|told| match told.fact {
                Fact::TaskStopped(of, why) => Some((of, why)),
                _ => None,
            });
            let reason = |(of, why): (TaskFact, StopReason)| {
                format!(
                    " {} ({})",
                    super::super::reasons::stopped(&Plain(about.plan), &of, why),
                    why.code()
                )
            };
            format!(
                "It stopped at {end}.{}",
                last.map(reason).unwrap_or_default()
            )
        }
    };
    text += &waited(about, story);
    for sentence in causes::supply(story) {
        text += &format!(" {sentence}");
    }
    text
}

/// Why a task was refused.
fn refused(about: &About<'_>, story: &TaskStory) -> String {
    let end = time(story.end);
    let last = story.facts.iter().rev().find_map(|told| match told.fact {
        Fact::TaskRejected(_, why) => Some(causes::refusal(about, story, why)),
        _ => None,
    });
    let last = last.unwrap_or("no capacity".into());
    // What the instances lacked, where the reason does not say it.
    let look = story.waits.last().map(wording::reason);
    let look = look.filter(|_| !last.contains("memberOf") && story.obstacles.is_empty());
    let why = look.map(|why| format!(" ({why})")).unwrap_or_default();
    let again = match story.is_service {
        true => " Its service tries again later, with a new task.",
        false => "",
    };
    let is_no_room = story.facts.iter().any(|told| {
        matches!(
            told.fact,
            Fact::TaskRejected(
                _,
                Rejection::NoRoom | Rejection::NoFargate | Rejection::FargateQuota
            )
        )
    });
    let rule = wording::rule_of_waiting(about.plan, story).filter(|_| is_no_room);
    let rule = rule.map(|rule| format!(" {rule}.")).unwrap_or_default();
    format!("It was refused at {end}: {last}{why}.{rule}{again}")
}

/// How long a task that was placed has waited, and why.
fn waited(about: &About<'_>, story: &TaskStory) -> String {
    let arrived = story.facts.iter().find_map(|told| match told.fact {
        Fact::TaskArrived(_) => Some(told.at),
        _ => None,
    });
    let placed = story.facts.iter().find_map(|told| match told.fact {
        Fact::TaskPlaced(_) => Some(told.at),
        _ => None,
    });
    let Some((arrived, placed)) = arrived.zip(placed).filter(|(from, to)| to > from) else {
        return String::new();
    };
    let why = causes::of_wait(about, story, placed);
    let wait = span(placed.since(arrived));
    format!(" It had waited {wait} for capacity{why}.")
}

/// The use of the quota of Fargate, what freed room in it, and the quota with which it would not have
/// waited.
fn quota(story: &TaskStory) -> Option<String> {
    let of = story.quota_use.as_ref()?;
    let used = users(of);
    let mut text = format!(
        "The quota on Fargate is {} (`assumptions.fargateVcpuQuota`). At {} it was used by {used}; this task needs {}.",
        vcpus(of.quota.into()),
        time(of.at),
        vcpus(story.needs.cpu.as_vcpus_f64())
    );
    if let Some(freed) = story
        .freed
        .as_ref()
        .filter(|_| story.outcome != TaskOutcome::Waiting)
    {
        let (task, at) = (&freed.task, time(freed.at));
        text += &format!(" Room for it became free at {at}, when task {task} ended.");
    }
    if let Some(of) = &story.quota {
        text += &format!(
            " The smallest quota with which it does not wait: {} instead of {}; the run was played again with it",
            vcpus(of.to.into()),
            of.from
        );
        text += &match &of.then {
            Some(then) => format!(", and then {} use it.", users(then)),
            None => ".".into(),
        };
    }
    Some(text)
}

/// `1 vCPU`, `2.5 vCPUs`.
fn vcpus(number: f64) -> String {
    match number == 1.0 {
        true => "1 vCPU".into(),
        false => format!("{number} vCPUs"),
    }
}

/// `1 task of `late` with 2 vCPUs, 2 tasks of `web` with 4 vCPUs`.
fn users(of: &QuotaUse) -> String {
    let used = of.used.iter().map(|(name, (tasks, cpu))| {
        format!("{} of `{name}` with {}", count(*tasks, "task"), vcpus(*cpu))
    });
    let used: Vec<String> = used.collect();
    match used.is_empty() {
        true => "no task".into(),
        false => used.join(", "),
    }
}

/// The account setting with which it would have found a network interface.
fn trunking(story: &TaskStory) -> Option<String> {
    let of = story.trunking.as_ref()?;
    let one = |of: &TrunkedType| {
        format!(
            "one {} holds {} awsvpc tasks instead of {}",
            of.instance_type, of.to, of.from
        )
    };
    let types: Vec<String> = of.types.iter().map(one).collect();
    Some(format!(
        "With the account setting awsvpcTrunking (`cluster.awsvpcTrunking: enabled`) {}: the run was played again \
         with it, and this task was placed at {}.",
        types.join(", "),
        rounded(of.placed.since(SimTime::ZERO))
    ))
}

/// The smallest change that would have placed a task that has no capacity.
fn smallest(story: &TaskStory) -> Option<String> {
    let is_without = matches!(story.outcome, TaskOutcome::Waiting | TaskOutcome::Refused);
    let detail = story
        .waits
        .iter()
        .rev()
        .find_map(|look| look.detail.as_ref());
    let first = detail.filter(|_| is_without)?.changes.first()?;
    let change = changes::sentence(&story.needs, first);
    if let (
        Change::MoreInstances {
            instance_type,
            usd_per_hour,
            max_size: Some(_),
            ..
        },
        Some(of),
    ) = (&first.change, &story.max_size)
    {
        let price = usd_per_hour.map(|price| format!(", ${price:.4} per hour each"));
        return Some(format!(
            "The smallest change with which it gets capacity: maxSize {} instead of {} of the group `{}` \
             ({instance_type}{}); the run was played again with it, and this task was placed at {}.",
            of.to,
            of.from,
            of.provider,
            price.unwrap_or_default(),
            rounded(of.placed.since(SimTime::ZERO))
        ));
    }
    // That it needs none is told with the instances that are starting.
    let is_wait = matches!(first.change, Change::Starting { .. });
    let others = match story.trunking.is_some() {
        true => "Without that setting, the",
        false => "The",
    };
    (!is_wait).then(|| format!("{others} smallest change that would have placed it: {change}."))
}

/// What happened, with times.
fn life(page: &mut String, about: &About<'_>, story: &TaskStory) {
    page.push_str("\nIts life (times since the start of the run)\n");
    if let Some(cause) = story.cause {
        let text = format!(
            "before it was created: {}",
            facts::cause(about.plan, &cause.fact)
        );
        timed(page, cause.at, &text, about);
    }
    let mut waits = causes::begun(about, story).into_iter().peekable();
    let mut no_room = |page: &mut String, until: SimTime| {
        while let Some((at, text)) = waits.next_if(|(at, _)| *at < until) {
            timed(page, at, &text, about);
        }
    };
    let all = story.facts.len();
    for (number, told) in story.facts.iter().enumerate() {
        // A refusal follows the look of the same pass.
        let is_end = matches!(
            told.fact,
            Fact::TaskRejected(..) | Fact::SubmissionRefused(..)
        );
        let until = match is_end {
            true => told.at + Span::micros(1),
            false => told.at,
        };
        let half = MOST_LINES / 2;
        if all > MOST_LINES && (half..all - half).contains(&number) {
            if number == half {
                let more = (all - MOST_LINES) as u64 + story.left_out;
                page.push_str(&format!("  …              {}\n", facts::left_out(more)));
            }
            continue;
        }
        no_room(page, until);
        let text = facts::told(about, story, &told.fact);
        if !text.is_empty() {
            timed(page, told.at, &text, about);
        }
    }
    no_room(page, SimTime::MAX);
    let is_alive = matches!(
        story.outcome,
        TaskOutcome::Waiting | TaskOutcome::Starting | TaskOutcome::Running | TaskOutcome::Stopping
    );
    if is_alive {
        timed(page, story.end, "the run ends", about);
    }
}

/// What tells more.
fn hints(page: &mut String, about: &About<'_>, story: &TaskStory) {
    let last = story.waits.iter().rev().find(|look| look.detail.is_some());
    let at = match (story.choices.last(), last) {
        (Some(choice), _) => choice.at,
        (None, Some(look)) => look.at,
        (None, None) => return,
    };
    let question = format!("--at {}", time(at));
    command(page, "The cluster at that time:", about, &question);
    let text =
        "Instances and tasks are numbered from 0: i-0 is the instance that was launched first.";
    paragraph(page, "", text, 0, about.width);
}
