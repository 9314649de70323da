//! What the rounds of the service scheduler saw and decided.

use super::wording;
use super::words::{About, count, paragraph, time};
use crate::explain::{RefusedLater, RoundRow, ServiceStory};
use crate::simulation::Round;
use crate::units::SimTime;

/// At most this number of rows of rounds is listed: the first and the last.
const MOST_ROUNDS: usize = 30;
/// A decision that has fewer columns than this is put on a line of its own.
const LEAST: usize = 24;
/// The columns before the decision.
const INDENT: usize = 74;

/// The rounds in a table.
pub(super) fn table(page: &mut String, about: &About<'_>, story: &ServiceStory) {
    let listed = story.rounds.len();
    let text = format!(
        "What the scheduler saw: {}; rounds in a row that saw and decided the same are one line",
        count(story.round_count, "round")
    );
    page.push('\n');
    paragraph(page, "", &text, 2, about.width);
    let text = format!(
        "healthy, pending and unhealthy count tasks of the newest revision{}; old counts tasks that are to be replaced, \
         healthy or not: tasks of other revisions, and tasks on DRAINING instances",
        story
            .newest()
            .map(|name| format!(", `{name}`"))
            .unwrap_or_default()
    );
    paragraph(page, "  ", &text, 2, about.width);
    for text in kept_back(&story.rounds) {
        paragraph(page, "  ", text, 2, about.width);
    }
    page.push_str("  time             rounds desired healthy pending unhealthy old stopping");
    page.push_str(if is_wide(about) { "  decision\n" } else { "\n" });
    for (number, row) in story.rounds.iter().enumerate() {
        let half = MOST_ROUNDS / 2;
        if listed > MOST_ROUNDS && (half..listed - half).contains(&number) {
            if number == half {
                let more = count((listed - MOST_ROUNDS) as u64, "line");
                page.push_str(&format!("  …  {more} left out; `--format json` has all\n"));
            }
            continue;
        }
        let Round {
            desired,
            healthy,
            pending,
            unhealthy,
            old,
            stopping,
            ..
        } = row.round;
        let first = format!(
            "  {:<16} {:>6} {desired:>7} {healthy:>7} {pending:>7} {unhealthy:>9} {old:>3} {stopping:>8}  ",
            time(row.at),
            row.rounds
        );
        line(page, about, &first, &decision(row, story.is_daemon));
        for refused in &row.refused_later {
            let first = format!("  {:<INDENT$}", time(refused.at), INDENT = INDENT - 2);
            line(page, about, &first, &refused_later(about, refused));
        }
    }
}

/// The words for what keeps starts back, where a row has them (facts/ecs.md 70, 117).
fn kept_back(rows: &[RoundRow]) -> Vec<&'static str> {
    let any = |is: fn(&Round) -> bool| rows.iter().any(|row| is(&row.round));
    let mut found = Vec::new();
    if any(|of| of.throttled_until.or(of.kept_throttled_until).is_some()) {
        found.push(
            "throttled: tasks failed before they were RUNNING, or were refused; after each of these failures ECS waits \
             longer before it starts tasks again",
        );
    }
    if any(|of| of.retry_at.is_some()) {
        found.push("no capacity: tasks found no room; ECS tries again at that time, or when a task of the service stops");
    }
    found
}

/// A line of the table, with the decision beside it where the page is wide enough, and else below it.
fn line(page: &mut String, about: &About<'_>, first: &str, decision: &str) {
    if is_wide(about) {
        return paragraph(page, first, decision, INDENT, about.width);
    }
    page.push_str(first.trim_end());
    page.push('\n');
    paragraph(page, &" ".repeat(19), decision, 19, about.width);
}

/// True where decisions stand in a column of their own.
fn is_wide(about: &About<'_>) -> bool {
    about.width >= INDENT + LEAST
}

/// `4 refused: the longest time allowed in PROVISIONING, 30m, was over`.
fn refused_later(about: &About<'_>, of: &RefusedLater) -> String {
    let until = match of.at == of.until {
        true => String::new(),
        false => format!(" until {}", time(of.until)),
    };
    format!(
        "{} refused{until}: {}",
        of.tasks,
        wording::refused(about.plan, of.why)
    )
}

/// What the scheduler decided, what kept it, and what came of it.
fn decision(row: &RoundRow, is_daemon: bool) -> String {
    let round = &row.round;
    let mut parts = vec![decided(round, "", "of the old revision")];
    if row.rounds > 1 && (round.start > 0 || round.start_kept > 0 || round.stop > 0) {
        parts[0] += " in each round";
    }
    if row.rounds > 1 {
        parts[0] += &format!(", until {}", time(row.until));
    }
    // A daemon is missing on each instance without one; those that have room get one now.
    let there = round.healthy + round.pending + round.unhealthy + round.old + round.start;
    let without_room = round.desired.saturating_sub(there);
    if is_daemon && without_room > 0 && round.throttled_until.is_none() {
        parts.push(format!(
            "no room on {}",
            count(without_room.into(), "instance")
        ));
    }
    if row.refused > 0 {
        let together = if row.rounds > 1 {
            " in all these rounds"
        } else {
            ""
        };
        parts.push(format!("{} refused{together}", row.refused));
    }
    parts.join(", ")
}

/// What a round decided: the stops and the starts, and what kept it. `new` and `old` name the tasks of the
/// revision that is deployed and of the one before it.
pub(super) fn decided(round: &Round, new: &str, old: &str) -> String {
    let named = |count: u32, name: &str| match name.is_empty() {
        true => count.to_string(),
        false => format!("{count} {name}"),
    };
    let mut parts = Vec::new();
    if round.stop > 0 {
        parts.push(format!("stop {}", round.stop));
    }
    if round.start_kept > 0 {
        let not_before = not_before(round.retry_at, round.kept_throttled_until);
        parts.push(format!(
            "start {}{not_before}",
            named(round.start_kept, old)
        ));
    }
    if round.start > 0 {
        let not_before = not_before(round.retry_at, round.throttled_until);
        parts.push(format!("start {}{not_before}", named(round.start, new)));
    }
    if round.protected > 0 {
        parts.push(format!("{} protected", round.protected));
    }
    if round.is_blocked {
        parts.push("blocked by minimumHealthyPercent and maximumPercent".into());
    }
    match parts.is_empty() {
        true => "nothing".into(),
        false => parts.join(", "),
    }
}

/// The time before which nothing is started, and why.
fn not_before(retry_at: Option<SimTime>, throttled_until: Option<SimTime>) -> String {
    match (retry_at, throttled_until) {
        (None, None) => String::new(),
        (Some(at), None) => format!(", not before {} (no capacity)", time(at)),
        (None, Some(at)) => format!(", not before {} (throttled)", time(at)),
        (Some(room), Some(throttled)) => format!(
            ", not before {} (no capacity, throttled)",
            time(room.max(throttled))
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_start_has_the_time_before_which_it_waits() {
        let at = |seconds: u64| Some(SimTime::micros(seconds * 1_000_000));
        let round = Round {
            desired: 4,
            healthy: 0,
            pending: 0,
            unhealthy: 0,
            old: 2,
            stopping: 0,
            protected: 0,
            minimum_healthy: 4,
            maximum_total: 6,
            stop: 0,
            start: 1,
            start_kept: 2,
            side_by_side: false,
            is_blocked: false,
            throttled_until: at(90),
            kept_throttled_until: None,
            retry_at: at(60),
        };
        assert_eq!(
            decided(&round, "", "of the old revision"),
            "start 2 of the old revision, not before 1m (no capacity), start 1, not before 1m30s (no capacity, throttled)"
        );
        let round = Round {
            start: 0,
            kept_throttled_until: at(120),
            retry_at: None,
            ..round
        };
        assert_eq!(
            decided(&round, "new", "old"),
            "start 2 old, not before 2m (throttled)"
        );
    }
}
