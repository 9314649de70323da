//! Traces as job logs write them: calendar times, durations of clocks, other separators.

use super::traces::{files, scenario, trace};
use super::{check_in, folder, load_in};
use crate::plan::Arrivals;
use crate::units::SimTime;

/// Arrivals in seconds and run times in seconds.
#[track_caller]
fn times(columns: &str, more: &str, data: &str) -> Vec<(u64, u64)> {
    let trace = trace(columns, more, data.as_bytes());
    let seconds = |micros: u64| micros / 1_000_000;
    let rows = trace.rows.iter();
    rows.map(|row| {
        (
            seconds(row.arrival.as_micros()),
            seconds(row.duration.as_micros()),
        )
    })
    .collect()
}

#[test]
fn calendar_times_count_from_the_start_of_the_scenario() {
    // The scenario starts on 2026-01-01 at midnight UTC.
    let columns = "arrival: { column: t }, end: { column: e }";
    let data = "t,e\n2026-01-01T01:00:00Z,2026-01-01T01:00:30Z\n2026-01-01 02:00:00,2026-01-01 02:10\n2026-01-01T04:00:00+01:00,2026-01-01 03:01:00 UTC\n";
    assert_eq!(
        times(columns, "", data),
        [(3600, 30), (7200, 600), (10800, 60)]
    );
    assert_eq!(
        times(columns, ", origin: first", data),
        [(0, 30), (3600, 600), (7200, 60)]
    );
    // Without an offset a time is in the zone of the trace, else of the scenario.
    let data = "t,e\n2026-01-02 00:00:00,2026-01-02 00:01:00\n";
    assert_eq!(
        times(columns, ", timeZone: America/New_York", data),
        [(29 * 3600, 60)]
    );
    let text = scenario(columns, "").replace("until: 7d", "until: 7d\ntimeZone: Asia/Tokyo");
    let files = folder(&[("shop.yaml", text.as_bytes()), ("t.csv", data.as_bytes())]);
    let study = load_in(&files, &[]).unwrap().study;
    let Arrivals::Trace(trace) = &study.variants[0].tasks[0].arrivals else {
        panic!("no trace")
    };
    assert_eq!(trace.rows[0].arrival, SimTime::micros(15 * 3_600_000_000));
}

#[test]
fn variants_with_other_starts_read_a_calendar_trace_each_for_itself() {
    let columns = "arrival: { column: t }, duration: { column: d }";
    let text = format!(
        "{}variants: [{{ name: a }}, {{ name: b, start: 2026-01-01T12:00:00Z }}]\n",
        scenario(columns, "")
    );
    let data = b"t,d\n2026-01-01T13:00:00Z,00:00:05\n";
    let files = folder(&[("shop.yaml", text.as_bytes()), ("t.csv", data)]);
    let study = load_in(&files, &[]).unwrap().study;
    let hours = study
        .variants
        .iter()
        .map(|plan| match &plan.tasks[0].arrivals {
            Arrivals::Trace(trace) => trace.rows[0].arrival.as_micros() / 3_600_000_000,
            _ => panic!("no trace"),
        });
    assert_eq!(hours.collect::<Vec<_>>(), [13, 1]);
}

#[test]
fn durations_may_be_written_as_clocks_and_cells_separated_by_any_character() {
    let columns = "arrival: { column: Submit }, duration: { column: Elapsed }";
    let of = |separator: &str| {
        format!(
            "Submit{separator}Elapsed\n2026-01-01T00:00:10{separator}00:01:30\n2026-01-01T00:00:20{separator}1-02:03:04\n"
        )
    };
    for (written, separator) in [
        ("pipe", "|"),
        ("\"|\"", "|"),
        ("'^'", "^"),
        ("\"\\t\"", "\t"),
        ("' '", " "),
        ("~", "~"),
        ("semicolon", ";"),
    ] {
        let more = format!(", separator: {}", written.replace("~", "'~'"));
        assert_eq!(
            times(columns, &more, &of(separator)),
            [(10, 90), (20, 93_784)],
            "{written}"
        );
    }
    check_in(
        &files(columns, ", separator: pip", of("|").as_bytes()),
        r#"
error: `pip` cannot be a separator
  DIR/shop.yaml:16:114  tasks.reports.trace.separator
  16 | column: Elapsed } }, separator: pip }
     |                                 ^^^
hint: did you mean `pipe`? expected `comma`, `semicolon`, `tab`, `pipe`, `blanks`, or one ASCII character that is no letter, no digit and no quote, such as `"|"`"#,
    );
}

#[test]
fn hints_say_what_to_do_about_calendar_times_and_durations() {
    let columns = "arrival: { column: t, unit: s }, duration: { column: d, unit: s }";
    check_in(
        &files(
            columns,
            "",
            b"t,d\n2026-01-01T01:00:00Z,00:00:05\n0,1-02:03:04\n",
        ),
        r#"
error: column `t`: `2026-01-01T01:00:00Z` is not a number
  DIR/t.csv:2:1  tasks.reports.trace.files.0
  2 | 2026-01-01T01:00:00Z,00:00:05
    | ^^^^^^^^^^^^^^^^^^^^
hint: leave out `unit` of `arrival`: then each cell has its own unit

error: column `d`: `1-02:03:04` is not a number
  DIR/t.csv:3:3  tasks.reports.trace.files.0
  3 | 0,1-02:03:04
    |   ^^^^^^^^^^
hint: leave out `unit` of `duration`: then each cell has its own unit"#,
    );
    let columns = "arrival: { column: t }, end: { column: e }";
    check_in(
        &files(
            columns,
            "",
            b"t,e\n2026-01-01T01:00:00,Unknown\n2026-01-01T01:00:00,17\n2026-01-01T01:00:00,17s\n05/01/2026 08:00,1s\n2026-01-01T01:00:00,2026-01-01T00:00:00\n",
        ),
        r#"
error: column `e`: `Unknown` is not a time
  DIR/t.csv:2:21  tasks.reports.trace.files.0
  2 | 2026-01-01T01:00:00,Unknown
    |                     ^^^^^^^
hint: expected a calendar time such as `2026-11-02T08:30:00Z` or `2026-11-02 08:30:00`, or a time since the start such as `90s`; `where: { e: { not: "Unknown" } }` leaves such rows out

error: column `e`: `17` is not a time
  DIR/t.csv:3:21  tasks.reports.trace.files.0
  3 | 2026-01-01T01:00:00,17
    |                     ^^
hint: give `unit` of `end`: one of `us`, `ms`, `s`, `min`, `h`, `d`

error: column `e`: the end is no calendar time, unlike that of the arrival
  DIR/t.csv:4:21  tasks.reports.trace.files.0
  4 | 2026-01-01T01:00:00,17s
    |                     ^^^
hint: give both as calendar times, or both as times since the start

error: column `t`: `05/01/2026 08:00` is not a time
  DIR/t.csv:5:1  tasks.reports.trace.files.0
  5 | 05/01/2026 08:00,1s
    | ^^^^^^^^^^^^^^^^
hint: expected a calendar time such as `2026-11-02T08:30:00Z` or `2026-11-02 08:30:00`, or a time since the start such as `90s`; conditions of `where` can leave such rows out

error: column `e`: the end lies before the arrival
  DIR/t.csv:6:21  tasks.reports.trace.files.0
  6 | 2026-01-01T01:00:00,2026-01-01T00:00:00
    |                     ^^^^^^^^^^^^^^^^^^^
hint: `repair: { negative: skip }` leaves such rows out, `zero` takes 0 instead"#,
    );
}

#[test]
fn a_calendar_time_before_the_start_names_the_start_to_set() {
    let columns = "arrival: { column: t }, duration: { column: d }";
    let data = b"t,d\n2026-01-01T00:00:00Z,5s\n2025-11-03 08:20:00,5s\n2025-12-03,5s\n";
    check_in(
        &files(columns, "", data),
        r#"
error: 2 rows arrive before the start of the run, 2026-01-01T00:00:00Z; the first arrives at 2025-11-03T08:20:00Z
  DIR/t.csv:3  tasks.reports.trace
hint: set `start: 2025-11-03T08:00:00Z` in the scenario, or `origin: first` in the trace"#,
    );
    // Of two kinds of time no order can be made.
    check_in(
        &files(columns, "", b"t,d\n2026-01-01T00:00:00Z,5s\n90s,5s\n"),
        r#"
error: column `t`: `90s` is no calendar time, unlike that of the rows before
  DIR/t.csv:3:1  tasks.reports.trace.files.0
  3 | 90s,5s
    | ^^^
hint: expected a calendar time such as `2026-11-02T08:30:00Z` or `2026-11-02 08:30:00`, or a time since the start such as `90s`; conditions of `where` can leave such rows out"#,
    );
}

#[test]
fn a_trace_after_the_end_of_the_run_is_a_warning() {
    let columns = "arrival: { column: t, unit: s }, duration: { column: d, unit: s }";
    let loaded = load_in(&files(columns, "", b"t,d\n1793608200,5\n"), &[]).unwrap();
    assert_eq!(
        loaded.study.warnings,
        [
            "tasks.reports: no row of the trace arrives before the end of the run; the first arrives at 20759d8h30m"
        ]
    );
}

/// A row, a header or a cell without end is refused after 1 MiB, and no message holds it whole.
#[test]
fn rows_without_end_are_refused_in_bounded_memory() {
    use std::io::Write as _;
    let columns = "arrival: { column: t, unit: s }, duration: { column: d, unit: s }";
    let long = "7".repeat(3 << 20);
    let pack = |text: &str| {
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(text.as_bytes()).unwrap();
        packed.finish().unwrap()
    };
    let (header, cell) = (format!("t,{long}\n0,1\n"), format!("t,d\n0,1\n0,{long}\n"));
    let quote = format!("t,d\n0,\"1\n{}", "0,1\n".repeat(400_000));
    for (name, data, place) in [
        ("t.csv", header.clone().into_bytes(), "the header of"),
        ("t.csv.gz", pack(&header), "the header of"),
        ("t.csv", cell.clone().into_bytes(), "after line 2:"),
        ("t.csv.gz", pack(&cell), "after line 2:"),
        ("t.csv", quote.into_bytes(), "after line 1:"),
    ] {
        let text = scenario(columns, "").replace("t.csv", name);
        let files = folder(&[("shop.yaml", text.as_bytes()), (name, &data)]);
        let found = load_in(&files, &[]).unwrap_err();
        assert!(found.contains("a row has more than 1 MiB"), "{found}");
        assert!(found.contains(place) && found.len() < 1_000, "{found}");
    }
    let blanks = scenario(columns, ", separator: blanks");
    let files = folder(&[("shop.yaml", blanks.as_bytes()), ("t.csv", long.as_bytes())]);
    let found = load_in(&files, &[]).unwrap_err();
    assert!(found.contains("a row has more than 1 MiB"), "{found}");
    // A long cell within the bound is not printed whole.
    let cell = format!("t,d\n0,{}x\n", "7".repeat(100_000));
    let found = load_in(&self::files(columns, "", cell.as_bytes()), &[]).unwrap_err();
    assert!(
        found.contains("777…` is not a number") && found.len() < 1_000,
        "{found}"
    );
}

#[cfg(unix)]
#[test]
fn a_device_without_end_is_refused() {
    let columns = "arrival: { column: 1, unit: s }, duration: { column: 2, unit: s }";
    for more in ["", ", separator: blanks"] {
        let text = scenario(columns, &format!(", header: false{more}"));
        let text = text.replace("t.csv", "/dev/zero");
        let found = load_in(&folder(&[("shop.yaml", text.as_bytes())]), &[]).unwrap_err();
        assert!(found.contains("a row has more than 1 MiB"), "{found}");
        assert!(found.contains("shop.yaml:16:22"), "{found}");
    }
}

#[test]
fn a_name_that_does_not_say_how_the_file_is_packed_is_refused() {
    let columns = "arrival: { column: t, unit: s }, duration: { column: d, unit: s }";
    let text = scenario(columns, "").replace("t.csv", "t.csv.gz");
    check_in(
        &folder(&[("shop.yaml", text.as_bytes()), ("t.csv.gz", b"t,d\n0,1\n")]),
        r#"
error: `DIR/t.csv.gz` is not packed with gzip, although its name ends in `.gz`; rename it
  DIR/shop.yaml:16:22  tasks.reports.trace.files.0
  16 |     trace: { files: [t.csv.gz], columns: { arrival: { column: t, unit: s }, duration: { column:
     |                      ^^^^^^^^"#,
    );
    let packed = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3];
    let found = load_in(&files(columns, "", &packed), &[]).unwrap_err();
    assert!(found.contains("`.gz`; rename it"), "{found}");
}
