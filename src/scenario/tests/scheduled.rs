//! `onStillRunning` and `flexibleTimeWindow` of entries with a schedule.

use super::{check, valid, with};
use crate::plan::OnStillRunning;
use crate::units::Span;

/// The valid scenario with an hourly schedule and these keys.
fn hourly(keys: &str) -> String {
    let text = with(
        "    arrivals: { poisson: 5/h }",
        "    schedule: rate(1 hour)",
    );
    text.replace("    duration: 90s", &format!("    duration: 90s\n{keys}"))
}

#[track_caller]
fn read(keys: &str) -> (OnStillRunning, Span) {
    let loaded = valid(&hourly(keys), &[]);
    let entry = &loaded.study.variants[0].tasks[0];
    (entry.on_still_running, entry.flexible_window)
}

#[test]
fn arrivals_start_beside_earlier_ones_at_their_times_unless_the_entry_says_otherwise() {
    assert_eq!(read(""), (OnStillRunning::Start, Span::ZERO));
    for (word, policy) in [
        ("start", OnStillRunning::Start),
        ("skip", OnStillRunning::Skip),
        ("queue", OnStillRunning::Queue),
        ("replace", OnStillRunning::Replace),
    ] {
        assert_eq!(read(&format!("    onStillRunning: {word}")).0, policy);
    }
    let window = |keys: &str| read(&format!("    flexibleTimeWindow: {{ {keys} }}")).1;
    assert_eq!(
        window("mode: FLEXIBLE, maximumWindowInMinutes: 15"),
        Span::seconds(900)
    );
    assert_eq!(window("mode: OFF"), Span::ZERO);
    // A variant switches it off without removing the length.
    assert_eq!(window("mode: OFF, maximumWindowInMinutes: 15"), Span::ZERO);
}

#[test]
fn both_need_a_schedule() {
    let text = with(
        "    duration: 90s",
        "    duration: 90s\n    onStillRunning: skip\n    flexibleTimeWindow: { mode: OFF }",
    );
    check(
        &text,
        r#"
error: `onStillRunning` needs a `schedule`
  shop.yaml:18:21  tasks.reports.onStillRunning
  18 |     onStillRunning: skip
     |                     ^^^^
hint: give the entry a `schedule` instead of `arrivals` or `trace`, or remove the key

error: `flexibleTimeWindow` needs a `schedule`
  shop.yaml:19:25  tasks.reports.flexibleTimeWindow
  19 |     flexibleTimeWindow: { mode: OFF }
     |                         ^
hint: give the entry a `schedule` instead of `arrivals` or `trace`, or remove the key"#,
    );
}

#[test]
fn values_that_aws_refuses_are_refused() {
    check(
        &hourly("    onStillRunning: forbid\n    flexibleTimeWindow: { mode: FLEXIBLE }"),
        r#"
error: `forbid` is not one of the allowed values
  shop.yaml:18:21  tasks.reports.onStillRunning
  18 |     onStillRunning: forbid
     |                     ^^^^^^
hint: expected `start`, `skip`, `queue`, `replace`

error: `mode: FLEXIBLE` needs `maximumWindowInMinutes`
  shop.yaml:19:25  tasks.reports.flexibleTimeWindow
  19 |     flexibleTimeWindow: { mode: FLEXIBLE }
     |                         ^
hint: expected 1 to 1440 minutes, such as `maximumWindowInMinutes: 15`"#,
    );
    check(
        &hourly("    flexibleTimeWindow: { mode: FLEXIBLE, maximumWindowInMinutes: 1441 }"),
        r#"
error: `1441` is not valid here
  shop.yaml:18:67  tasks.reports.flexibleTimeWindow.maximumWindowInMinutes
  18 |     flexibleTimeWindow: { mode: FLEXIBLE, maximumWindowInMinutes: 1441 }
     |                                                                   ^^^^
hint: expected a whole number from 1 to 1440"#,
    );
    check(
        &hourly("    flexibleTimeWindow: { maximumWindowInMinutes: 5 }"),
        r#"
error: `mode` is missing
  shop.yaml:18:25  tasks.reports.flexibleTimeWindow
  18 |     flexibleTimeWindow: { maximumWindowInMinutes: 5 }
     |                         ^
hint: add `mode:`, whether there is a window"#,
    );
}
