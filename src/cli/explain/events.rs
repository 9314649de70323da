//! The events of a service, in ECS's words where it has some.

use super::super::message;
use super::wording::plain;
use super::words::{self, About, count, time, timed};
use crate::explain::ServiceStory;
use crate::plan::Scheduling;
use crate::simulation::{DeploymentEvent, Fact, ServiceEvent};
use crate::units::SimTime;

/// At most this number of events is listed.
const MOST_EVENTS: usize = 20;

/// An event of a service or of a deployment of it, in ECS's words where it has some.
fn event(about: &About<'_>, fact: &Fact) -> String {
    let message = message::describe(about.plan, fact).message;
    match fact {
        Fact::Service(service, ServiceEvent::PlacementFailed(lacks)) => {
            let of = match about.plan.services[service.index()].scheduling {
                Scheduling::Daemon => "on instances without a task of it; ",
                Scheduling::Replica => "",
            };
            format!("{} [{of}{}]", message.unwrap_or_default(), plain(lacks))
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

/// Equal events in a row, with the number of failed tasks that the last of them comes to.
struct Line {
    at: SimTime,
    until: SimTime,
    count: u64,
    text: String,
    /// True for a placement that failed.
    is_placement: bool,
    failed: Option<u32>,
}

impl Line {
    fn told(&self) -> String {
        let mut text = self.text.clone();
        if self.count > 1 {
            text += &format!(" ({} times, until {})", self.count, time(self.until));
        }
        match self.failed {
            Some(failed) => {
                let failed = words::count(failed.into(), "failed task");
                format!("{text} [{failed} of its deployment counted so far]")
            }
            None => text,
        }
    }
}

/// Its events, equal ones in a row as one line. A failed task is counted after the event that says why: it
/// is part of the line of that event.
fn folded(about: &About<'_>, story: &ServiceStory) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    for told in &story.events {
        let failed = match told.fact {
            Fact::Deployment(_, of) => match of.event {
                DeploymentEvent::FailedTasks(failed) if failed > 0 => Some(failed),
                _ => None,
            },
            _ => None,
        };
        if let Some(last) = lines
            .last_mut()
            .filter(|last| failed.is_some() && last.is_placement && last.until == told.at)
        {
            last.failed = failed;
            continue;
        }
        let text = event(about, &told.fact);
        match lines.last_mut().filter(|line| line.text == text) {
            Some(line) => (line.until, line.count) = (told.at, line.count + 1),
            None => lines.push(Line {
                at: told.at,
                until: told.at,
                count: 1,
                text,
                is_placement: matches!(
                    told.fact,
                    Fact::Service(_, ServiceEvent::PlacementFailed(_))
                ),
                failed: None,
            }),
        }
    }
    lines
}

/// Its events in ECS's words.
pub(super) fn events(page: &mut String, about: &About<'_>, story: &ServiceStory) {
    if story.events.is_empty() {
        return;
    }
    page.push_str("\nIts events\n");
    let lines = folded(about, story);
    let (half, all) = (MOST_EVENTS / 2, lines.len());
    for (number, line) in lines.iter().enumerate() {
        if all > MOST_EVENTS && (half..all - half).contains(&number) {
            if number == half {
                let more = words::count((all - MOST_EVENTS) as u64, "line");
                page.push_str(&format!("  …              {more} left out\n"));
            }
            continue;
        }
        timed(page, line.at, &line.told(), about);
    }
    if story.left_out > 0 {
        let more = words::count(story.left_out, "more event");
        page.push_str(&format!("  {more} left out\n"));
    }
}
