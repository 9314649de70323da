//! Known dates, changes of clocks, and what is refused.

use super::{Schedule, ScheduleError};
use jiff::Timestamp;
use jiff::civil::{DateTime, Weekday};
use jiff::tz::{TimeZone, TimeZoneDatabase};

fn unix(text: &str) -> i64 {
    text.parse::<Timestamp>().unwrap().as_second()
}

fn zone(name: &str) -> TimeZone {
    TimeZoneDatabase::bundled().get(name).unwrap()
}

/// The next instants in UTC, without their `:00Z`.
fn next(expression: &str, time_zone: &str, from: &str, count: usize) -> Vec<String> {
    let mut now = unix(from);
    let schedule = Schedule::parse(expression, &zone(time_zone))
        .unwrap()
        .starting_at(now);
    let mut instants = Vec::new();
    while let Some(next) = schedule.next_after(now).filter(|_| instants.len() < count) {
        assert!(next > now);
        let text = Timestamp::from_second(next).unwrap().to_string();
        instants.push(text.strip_suffix(":00Z").unwrap().to_string());
        now = next;
    }
    instants
}

fn utc(expression: &str, from: &str, count: usize) -> Vec<String> {
    next(expression, "UTC", from, count)
}

fn problem(expression: &str) -> ScheduleError {
    Schedule::parse(expression, &TimeZone::UTC).unwrap_err()
}

const FROM: &str = "2026-11-24T08:00:00Z"; // A Tuesday.

#[test]
fn the_next_one_is_later_than_now() {
    let daily = utc("cron(0 8 * * ? *)", FROM, 2);
    assert_eq!(daily, ["2026-11-25T08:00", "2026-11-26T08:00"]);
    let just_before = utc("cron(0 8 * * ? *)", "2026-11-24T07:59:59Z", 1);
    assert_eq!(just_before, ["2026-11-24T08:00"]);
    let within_the_minute = utc("cron(* * * * ? *)", "2026-11-24T08:00:30Z", 1);
    assert_eq!(within_the_minute, ["2026-11-24T08:01"]);
}

#[test]
fn lists_ranges_and_steps() {
    assert_eq!(
        utc("cron(1/10 9-10 * * ? *)", "2026-11-24T09:35:00Z", 4),
        [
            "2026-11-24T09:41",
            "2026-11-24T09:51",
            "2026-11-24T10:01",
            "2026-11-24T10:11"
        ]
    );
    assert_eq!(
        utc("cron(5,3 0 1,15 JAN,jul ? 2027)", FROM, 9),
        [
            "2027-01-01T00:03",
            "2027-01-01T00:05",
            "2027-01-15T00:03",
            "2027-01-15T00:05",
            "2027-07-01T00:03",
            "2027-07-01T00:05",
            "2027-07-15T00:03",
            "2027-07-15T00:05"
        ]
    );
    assert_eq!(
        utc("cron(0 10-20/5 ? * * *)", FROM, 4),
        [
            "2026-11-24T10:00",
            "2026-11-24T15:00",
            "2026-11-24T20:00",
            "2026-11-25T10:00"
        ]
    );
}

#[test]
fn days_of_the_week_begin_with_sunday() {
    let weekdays = utc("cron(0 18 ? * MON-FRI *)", "2026-11-26T18:00:00Z", 2);
    assert_eq!(weekdays, ["2026-11-27T18:00", "2026-11-30T18:00"]);
    assert_eq!(utc("cron(0 0 ? * 1 *)", FROM, 1), ["2026-11-29T00:00"]);
    assert_eq!(utc("cron(0 0 ? * SUN *)", FROM, 1), ["2026-11-29T00:00"]);
    assert_eq!(utc("cron(0 0 ? * 7 *)", FROM, 1), ["2026-11-28T00:00"]);
    assert_eq!(utc("cron(0 0 ? * L *)", FROM, 1), ["2026-11-28T00:00"]);
}

#[test]
fn the_last_day_of_a_month() {
    assert_eq!(
        utc("cron(0 0 L 1-3 ? 2027-2028)", FROM, 9),
        [
            "2027-01-31T00:00",
            "2027-02-28T00:00",
            "2027-03-31T00:00",
            "2028-01-31T00:00",
            "2028-02-29T00:00",
            "2028-03-31T00:00"
        ]
    );
}

#[test]
fn the_weekday_nearest_to_a_day_stays_in_its_month() {
    // Saturday 15 August, Sunday 15 November, Tuesday 15 December 2026.
    assert_eq!(
        utc("cron(0 0 15W 8,11,12 ? 2026)", "2026-01-01T00:00:00Z", 9),
        ["2026-08-14T00:00", "2026-11-16T00:00", "2026-12-15T00:00"]
    );
    // The first is a Saturday, the last a Sunday.
    let first = utc("cron(0 0 1W 8 ? 2026)", "2026-01-01T00:00:00Z", 9);
    assert_eq!(first, ["2026-08-03T00:00"]);
    let last = utc("cron(0 0 31W 4-6 ? 2026)", "2026-01-01T00:00:00Z", 9);
    assert_eq!(last, ["2026-05-29T00:00"]);
}

#[test]
fn the_last_weekday_of_a_month_is_from_monday_to_friday() {
    // 28 February is a Saturday, 31 March a Tuesday, 31 May a Sunday.
    assert_eq!(
        utc("cron(0 0 LW 2,3,5 ? 2026)", "2026-01-01T00:00:00Z", 9),
        ["2026-02-27T00:00", "2026-03-31T00:00", "2026-05-29T00:00"]
    );
}

#[test]
fn the_nth_and_the_last_of_a_weekday() {
    let second_tuesday = utc("cron(0 0 ? * 3#2 *)", FROM, 2);
    assert_eq!(second_tuesday, ["2026-12-08T00:00", "2027-01-12T00:00"]);
    let first_sunday = utc("cron(0 0 ? 11 SUN#1 2026)", "2026-01-01T00:00:00Z", 9);
    assert_eq!(first_sunday, ["2026-11-01T00:00"]);
    let third_friday = utc("cron(0 0 ? * 6#3 *)", FROM, 2);
    assert_eq!(third_friday, ["2026-12-18T00:00", "2027-01-15T00:00"]);
    // November 2026 has four Tuesdays, December five.
    let fifth = utc("cron(0 0 ? 11,12 TUE#5 2026)", "2026-01-01T00:00:00Z", 9);
    assert_eq!(fifth, ["2026-12-29T00:00"]);
    let last_friday = utc("cron(15 10 ? * 6L 2026)", FROM, 9);
    assert_eq!(last_friday, ["2026-11-27T10:15", "2026-12-25T10:15"]);
    assert_eq!(utc("cron(15 10 ? * FRIL 2026)", FROM, 9), last_friday);
}

#[test]
fn leap_days_come_in_leap_years() {
    let leap = "cron(0 12 29 2 ? *)";
    assert_eq!(utc(leap, FROM, 2), ["2028-02-29T12:00", "2032-02-29T12:00"]);
    // 2100 is none.
    assert_eq!(utc(leap, "2096-03-01T00:00:00Z", 1), ["2104-02-29T12:00"]);
}

#[test]
fn a_schedule_without_further_instants_has_no_next() {
    assert!(utc("cron(0 0 30 2 ? *)", FROM, 1).is_empty());
    assert!(utc("cron(0 0 1 1 ? 2025)", FROM, 1).is_empty());
    let end = utc("cron(59 23 31 12 ? *)", "2199-01-01T00:00:00Z", 9);
    assert_eq!(end, ["2199-12-31T23:59"]);
    let early = utc("cron(0 0 1 1 ? *)", "1950-01-01T00:00:00Z", 1);
    assert_eq!(early, ["1970-01-01T00:00"]);
}

#[test]
fn local_times_follow_their_zone() {
    let berlin = |from, count| next("cron(0 8 * * ? *)", "Europe/Berlin", from, count);
    assert_eq!(berlin("2026-07-01T00:00:00Z", 1), ["2026-07-01T06:00"]);
    assert_eq!(berlin("2026-12-01T00:00:00Z", 1), ["2026-12-01T07:00"]);
    let midnight = next("cron(0 0 1 * ? *)", "Asia/Tokyo", FROM, 1);
    assert_eq!(midnight, ["2026-11-30T15:00"]);
}

#[test]
fn a_local_time_that_does_not_exist_is_skipped() {
    let from = "2026-03-28T00:00:00Z";
    assert_eq!(
        next("cron(30 2 * * ? *)", "Europe/Berlin", from, 2),
        ["2026-03-28T01:30", "2026-03-30T00:30"]
    );
    assert_eq!(
        next("cron(0 2,3 29 3 ? 2026)", "Europe/Berlin", from, 9),
        ["2026-03-29T01:00"]
    );
    assert_eq!(
        next(
            "cron(0 2 * * ? *)",
            "America/New_York",
            "2026-03-07T06:00:00Z",
            2
        ),
        ["2026-03-07T07:00", "2026-03-09T06:00"]
    );
}

#[test]
fn a_local_time_that_occurs_twice_counts_the_first_time() {
    let berlin = |expression, from, count| next(expression, "Europe/Berlin", from, count);
    assert_eq!(
        berlin("cron(30 2 * * ? *)", "2026-10-24T12:00:00Z", 2),
        ["2026-10-25T00:30", "2026-10-26T01:30"]
    );
    // From within the repeated hour.
    assert_eq!(
        berlin("cron(30 2 * * ? *)", "2026-10-25T01:10:00Z", 1),
        ["2026-10-26T01:30"]
    );
    assert_eq!(
        berlin("cron(0 * * * ? *)", "2026-10-24T22:30:00Z", 4),
        [
            "2026-10-24T23:00",
            "2026-10-25T00:00",
            "2026-10-25T02:00",
            "2026-10-25T03:00"
        ]
    );
    assert_eq!(
        next(
            "cron(30 1 * * ? *)",
            "America/New_York",
            "2026-11-01T00:00:00Z",
            2
        ),
        ["2026-11-01T05:30", "2026-11-02T06:30"]
    );
}

#[test]
fn a_rate_counts_from_the_start_whatever_the_clocks_do() {
    let quarter = next("rate(15 minutes)", "UTC", FROM, 2);
    assert_eq!(quarter, ["2026-11-24T08:15", "2026-11-24T08:30"]);
    let daily = next("rate(1 day)", "Europe/Berlin", "2026-03-28T07:00:00Z", 2);
    assert_eq!(daily, ["2026-03-29T07:00", "2026-03-30T07:00"]);
    let start = unix(FROM);
    let schedule = Schedule::parse("rate(2 hours)", &TimeZone::UTC).unwrap();
    let schedule = schedule.starting_at(start);
    assert_eq!(schedule.next_after(start - 1), Some(start));
    assert_eq!(schedule.next_after(start - 99_999), Some(start));
    assert_eq!(schedule.next_after(start + 1), Some(start + 7_200));
    assert_eq!(schedule.next_after(i64::MAX), None);
}

#[test]
fn at_comes_once() {
    let berlin = |from| {
        let expression = "at(2026-11-24T08:00:00)";
        next(expression, "Europe/Berlin", from, 9)
    };
    assert_eq!(berlin("2026-11-24T06:59:59Z"), ["2026-11-24T07:00"]);
    assert!(berlin("2026-11-24T07:00:00Z").is_empty());
    // It occurs twice.
    let twice = next(
        "at(2026-10-25T02:30:00)",
        "Europe/Berlin",
        "2026-10-01T00:00:00Z",
        9,
    );
    assert_eq!(twice, ["2026-10-25T00:30"]);
    let gap = Schedule::parse("at(2026-03-29T02:30:00)", &zone("Europe/Berlin"));
    assert!(gap.unwrap_err().problem.contains("does not exist"));
}

#[test]
fn an_expression_prints_as_it_was_written() {
    let schedule = Schedule::parse(" cron(0 2 * * ? *) ", &TimeZone::UTC).unwrap();
    assert_eq!(schedule.to_string(), "cron(0 2 * * ? *)");
}

#[test]
fn an_error_has_the_problem_and_what_was_expected() {
    assert_eq!(
        problem("cron(60 2 * * ? *)").to_string(),
        "minute `60` is out of range; expected minutes 0 to 59 with `,` `-` `*` `/`"
    );
    for (expression, problem_says, expected) in [
        ("0 2 * * ? *", "not a schedule", "cron("),
        ("cron(0 2 * * ?)", "has 5 fields", "six fields"),
        ("cron(0 2 * * * *)", "both day fields", "exactly one"),
        ("cron(0 2 ? * ? *)", "both day fields", "exactly one"),
        ("cron(0 24 * * ? *)", "hour `24` is out of range", "0 to 23"),
        ("cron(0 2 0 * ? *)", "`0` is out of range", "1 to 31"),
        ("cron(0 2 32W * ? *)", "`32` is out of range", "15W"),
        ("cron(0 2 WL * ? *)", "`WL` is not a number", "LW"),
        ("cron(0 2 1,L * ? *)", "`L` is not a number", "15W"),
        ("cron(0 2 * FOO ? *)", "month `FOO`", "JAN to DEC"),
        ("cron(0 2 ? * MON/2 *)", "has a step", "1 (SUN)"),
        (
            "cron(0 2 ? * FRI-MON *)",
            "ends before it begins",
            "1 (SUN)",
        ),
        ("cron(0 2 ? * 3#6 *)", "not 1 to 5", "3#2"),
        ("cron(0 2 ? * 3#1,6#3 *)", "not 1 to 5", "3#2"),
        ("cron(0 2 ? * 8#1 *)", "`8` is out of range", "3#2"),
        ("cron(0 2 * * ? 2200)", "out of range", "1970 to 2199"),
        ("cron(0/0 2 * * ? *)", "is no step", "minutes"),
        ("cron(,5 2 * * ? *)", "empty part", "minutes"),
        ("cron(-5 2 * * ? *)", "empty part", "minutes"),
        ("cron(+5 2 * * ? *)", "not a number", "minutes"),
        ("cron(? 2 * * ? *)", "not a number", "minutes"),
        ("rate(0 minutes)", "`0` is not a number", "above zero"),
        ("rate(-5 minutes)", "`-5` is not a number", "above zero"),
        ("rate(1.5 hours)", "`1.5` is not a number", "above zero"),
        ("rate(5 weeks)", "not a unit", "minutes, hours or days"),
        ("rate(minutes)", "not a number and a unit", "rate(15"),
        ("rate(99999999999999999 days)", "not a number", "above zero"),
        ("at(2026-11-24)", "not a date and time", "at(2026"),
        ("at(2026-11-24T08:00:00Z)", "not a date and time", "zone"),
        ("at(2026-02-30T08:00:00)", "not a date and time", "at(2026"),
        ("", "not a schedule", "rate("),
    ] {
        let error = problem(expression);
        assert!(
            error.problem.contains(problem_says),
            "{expression}: {error}"
        );
        assert!(error.expected.contains(expected), "{expression}: {error}");
    }
}

#[test]
fn a_schedule_with_a_last_instant_is_finite() {
    let is_finite = |text: &str| Schedule::parse(text, &TimeZone::UTC).unwrap().is_finite();
    assert!(is_finite("at(2026-11-24T08:00:00)"));
    assert!(is_finite("cron(0 2 * * ? 2026-2028)"));
    assert!(!is_finite("cron(0 2 * * ? *)"));
    assert!(!is_finite("rate(1 day)"));
}

/// A year minute by minute: a schedule comes exactly at the minutes whose local time is one
/// of its own and is seen for the first time.
#[test]
fn a_year_of_minutes_gives_the_same_instants() {
    type Wanted = fn(DateTime) -> bool;
    let cases: [(&str, Wanted); 5] = [
        ("cron(0/15 1-3 * * ? *)", |t| {
            t.minute() % 15 == 0 && (1..=3).contains(&t.hour())
        }),
        ("cron(30 2 ? * SUN *)", |t| {
            (t.hour(), t.minute()) == (2, 30) && t.weekday() == Weekday::Sunday
        }),
        ("cron(0 0 L * ? *)", |t| {
            (t.hour(), t.minute()) == (0, 0) && t.day() == t.days_in_month()
        }),
        ("cron(59 23 ? * FRIL *)", |t| {
            let last_seven = t.day() > t.days_in_month() - 7;
            (t.hour(), t.minute()) == (23, 59) && t.weekday() == Weekday::Friday && last_seven
        }),
        ("cron(5 12 ? * 3#2 *)", |t| {
            let second_seven = (8..=14).contains(&t.day());
            (t.hour(), t.minute()) == (12, 5) && t.weekday() == Weekday::Tuesday && second_seven
        }),
    ];
    let (from, to) = (unix("2026-01-01T00:00:00Z"), unix("2027-01-01T00:00:00Z"));
    // Lord Howe Island changes its clocks by half an hour.
    for name in ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe"] {
        let zone = zone(name);
        let local = |unix| zone.to_datetime(Timestamp::from_second(unix).unwrap());
        for (expression, wanted) in &cases {
            let schedule = Schedule::parse(expression, &zone).unwrap();
            let mut found = schedule.next_after(from - 1);
            let mut latest = local(from - 60);
            for minute in (from..to).step_by(60) {
                let time = local(minute);
                if wanted(time) && time > latest {
                    assert_eq!(found, Some(minute), "{expression} in {name}");
                    found = schedule.next_after(minute);
                }
                latest = latest.max(time);
            }
            assert!(found >= Some(to), "{expression} in {name}");
        }
    }
}
