//! What kept a task from capacity, in order of time: looks of placement passes at the instances, and
//! what no placement pass sees.

use super::refusals::unmet;
use super::wording::{self, reason};
use super::words::{About, count, span, time};
use crate::explain::{Change, Look, Obstructed, Supply, TaskStory};
use crate::plan::FaultKind;
use crate::simulation::{Fact, Obstacle, Rejection};
use crate::units::SimTime;

/// At most this number of causes is told in a sentence.
const MOST: usize = 3;

/// At most this number of changes of the reason is listed in a life: the first and the last.
const MOST_CHANGES: usize = 12;

/// A cause of waiting, from a time on.
pub(super) struct Cause {
    pub(super) at: SimTime,
    pub(super) text: String,
    /// Causes of the same kind in a row are told as one in a sentence.
    kind: String,
    /// What the instances lack, at a look at them.
    is_look: bool,
    /// A refusal after which its client submits it again.
    is_refusal: bool,
}

/// The causes of all waits of a task in order of time.
pub(super) fn all(about: &About<'_>, story: &TaskStory) -> Vec<Cause> {
    let is_obstructed = |at: SimTime| {
        let mut obstacles = story.obstacles.iter();
        obstacles.any(|of| of.at <= at && of.until.is_none_or(|until| at < until))
    };
    let look = |look: &Look| Cause {
        at: look.at,
        text: reason(look),
        kind: match &look.behind {
            Some(_) => "behind".into(),
            None => look.lacks.closest().code().into(),
        },
        is_look: true,
        is_refusal: false,
    };
    let looks = story.waits.iter().filter(|look| !is_obstructed(look.at));
    let obstacle = |of: &Obstructed| {
        let text = obstacle(about, story, of.why);
        let kind = text.clone();
        Cause {
            at: of.at,
            text,
            kind,
            is_look: false,
            is_refusal: false,
        }
    };
    let refused = story.facts.iter().filter_map(|told| match told.fact {
        Fact::SubmissionRefused(_, why) => Some(Cause {
            at: told.at,
            text: format!(
                "refused: {}; its client submits it again",
                wording::refused(about.plan, why)
            ),
            kind: why.name().into(),
            is_look: false,
            is_refusal: true,
        }),
        _ => None,
    });
    let mut all: Vec<Cause> = looks.map(look).collect();
    all.extend(story.obstacles.iter().map(obstacle));
    all.extend(refused);
    all.sort_by_key(|cause| cause.at);
    all.dedup_by(|next, before| next.text == before.text);
    all
}

/// The lines that the life of a task has about its waits: each change of the reason; of many the first and
/// the last.
pub(super) fn begun(about: &About<'_>, story: &TaskStory) -> Vec<(SimTime, String)> {
    let mut found: Vec<(SimTime, String)> = all(about, story)
        .into_iter()
        .filter(|cause| !cause.is_refusal)
        .map(|cause| {
            let text = match cause.is_look {
                true => format!("not placed; {}", cause.text),
                false => format!("waits: {}", cause.text),
            };
            (cause.at, text)
        })
        .collect();
    if found.len() > MOST_CHANGES {
        let half = MOST_CHANGES / 2;
        let more = count((found.len() - MOST_CHANGES) as u64, "more change");
        let at = found[half].0;
        let text = format!("{more} of what it lacks left out");
        found.splice(half..found.len() - half, [(at, text)]);
    }
    found
}

/// An obstacle in words. An outage is named.
fn obstacle(about: &About<'_>, story: &TaskStory, why: Obstacle) -> String {
    match why {
        Obstacle::ControlPlane => control_plane(about, story),
        why => wording::obstacle(why).into(),
    }
}

/// An outage of the control plane, with the name of its fault.
fn control_plane(about: &About<'_>, story: &TaskStory) -> String {
    let faults = &about.plan.faults;
    let name = story.facts.iter().rev().find_map(|told| match told.fact {
        Fact::FaultBegan(of, _) if matches!(faults[of].kind, FaultKind::ControlPlaneOutage) => {
            Some(faults[of].name.as_str())
        }
        _ => None,
    });
    match name {
        Some(name) => format!("the control plane is out, fault `{name}`: nothing is placed"),
        None => wording::obstacle(Obstacle::ControlPlane).into(),
    }
}

/// The causes of the wait up to a time in a sentence: `5m: CPU …; then 7m: …`.
pub(super) fn of_wait(about: &About<'_>, story: &TaskStory, end: SimTime) -> String {
    let mut causes: Vec<Cause> = all(about, story);
    causes.retain(|cause| cause.at < end);
    causes.dedup_by(|next, before| next.kind == before.kind);
    match causes.as_slice() {
        [] => String::new(),
        [only] => format!(" ({})", only.text),
        several => {
            let ends = several.iter().skip(1).map(|cause| cause.at);
            let ends = ends.chain(std::iter::once(end));
            let parts = several.iter().zip(ends).take(MOST).map(|(cause, until)| {
                let length = span(until.since(cause.at));
                format!("{length} from {} on: {}", time(cause.at), cause.text)
            });
            let mut text = parts.collect::<Vec<_>>().join("; ");
            if several.len() > MOST {
                let more = count((several.len() - MOST) as u64, "further cause");
                text += &format!("; {more} below");
            }
            format!(" ({text})")
        }
    }
}

/// The cause at the end of a wait that has not ended with capacity.
pub(super) fn last(about: &About<'_>, story: &TaskStory) -> Option<String> {
    all(about, story).pop().map(|cause| cause.text)
}

/// Why a task was refused, with the cause that is behind it.
pub(super) fn refusal(about: &About<'_>, story: &TaskStory, why: Rejection) -> String {
    let is_out = |of: &Obstructed| of.why == Obstacle::ControlPlane && of.until.is_none();
    if story.obstacles.last().is_some_and(is_out) {
        return control_plane(about, story);
    }
    let never = || {
        let detail = story.waits.last()?.detail.as_ref()?;
        let of_all = detail.member_of.iter().filter(|unmet| unmet.never);
        let of_all: Vec<_> = of_all.cloned().collect();
        match of_all.is_empty() {
            false => Some(format!(
                "no instance can ever meet its constraints: memberOf {}",
                unmet(&of_all)
            )),
            true if detail.excluding => Some(format!(
                "its constraints memberOf exclude each other, as no instance meets all of them: {}",
                unmet(&detail.member_of)
            )),
            true if !detail.member_of.is_empty() => Some(format!(
                "no instance can ever meet all of its constraints: memberOf {}",
                unmet(&detail.member_of)
            )),
            true => None,
        }
    };
    match why {
        Rejection::Unplaceable => never().unwrap_or_else(|| wording::refused(about.plan, why)),
        why => wording::refused(about.plan, why),
    }
}

/// The capacity that is on its way, and what limits it.
pub(super) fn supply(story: &TaskStory) -> Vec<String> {
    let detail = story
        .waits
        .iter()
        .rev()
        .find_map(|look| look.detail.as_ref());
    let changes = detail.map_or(&[][..], |detail| &detail.changes);
    let served = changes.iter().find_map(|tried| match tried.change {
        Change::Starting { instance, .. } => Some(instance),
        _ => None,
    });
    let before = detail.map_or(0, |detail| detail.before);
    let of_provider = |supply| of_provider(supply, served, before);
    story.supply.iter().flat_map(of_provider).collect()
}

/// `served` is the instance that is starting and will take the task; `before` is the number of tasks
/// before it.
fn of_provider(supply: &Supply, served: Option<u64>, before: usize) -> Vec<String> {
    let mut found = Vec::new();
    let provider = &supply.provider;
    let (first, last) = (supply.starting.first(), supply.starting.last());
    if let (Some(first), Some(last)) = (first, last) {
        let own = supply
            .starting
            .iter()
            .find(|of| Some(of.instance) == served);
        let serves = match own {
            Some(own) => format!("i-{} takes it at {}", own.instance, time(own.expected)),
            None => match before {
                0 => "it does not fit there".into(),
                1 => "the task before it takes the room there".into(),
                before => format!("the {before} tasks before it take the room there"),
            },
        };
        found.push(match supply.starting.len() {
            1 => format!(
                "1 instance of `{provider}` is starting and registers at {}: {serves}.",
                time(first.expected)
            ),
            more => format!(
                "{more} instances of `{provider}` are starting and register from {} to {}: {serves}.",
                time(first.expected),
                time(last.expected)
            ),
        });
    }
    let Some(group) = &supply.group else {
        return found;
    };
    if let Some(at) = group.launch_retry_at {
        let at = time(at);
        found.push(format!(
            "A launch for `{provider}` has failed; the next one is at {at}."
        ));
    }
    if group.desired >= group.max_size {
        found.push(format!(
            "The group `{provider}` is at its maxSize of {}.",
            group.max_size
        ));
    } else if let Some(measured) = supply.measured.filter(|_| supply.starting.is_empty()) {
        found.push(format!(
            "Managed scaling of `{provider}` measures once a minute: at {} it needed {} with {} running; the desired \
             capacity is {}.",
            time(measured.at),
            count(measured.needed.into(), "instance"),
            measured.running,
            group.desired
        ));
    }
    found
}
