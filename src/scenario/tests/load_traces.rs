//! Recorded requests: what is read of files in every form, and what is refused.

use super::{folder, load_in, with};
use crate::plan::{Load, Moment};
use crate::units::{SimTime, Span};
use std::io::Write;
use tempfile::TempDir;

/// The scenario with a service whose load is this trace; the run starts on 2 November 2026, a Monday.
fn scenario(trace: &str) -> String {
    let service = format!(
        "services:\n  - serviceName: web\n    taskDefinition: report\n    desiredCount: 2\n    load:\n      requestsPerSecond: {{ trace: {{ {trace} }} }}\n      cpuPerRequest: 1ms\ntasks:\n"
    );
    with("tasks:\n", &service).replace("until: 7d", "start: 2026-11-02T00:00:00Z\nuntil: 7d")
}

fn in_folder(trace: &str, name: &str, content: &[u8]) -> TempDir {
    folder(&[("shop.yaml", scenario(trace).as_bytes()), (name, content)])
}

/// The load, and what the report says about it.
#[track_caller]
fn read(folder: &TempDir) -> (Load, Vec<String>, Vec<String>) {
    let study = match load_in(folder, &[]) {
        Ok(loaded) => loaded.study,
        Err(problems) => panic!("{problems}"),
    };
    let load = study.variants[0].services[0].load.clone().unwrap();
    (load, study.warnings, study.left_out)
}

/// Checks the rates from the start of the run on, each for a minute.
#[track_caller]
fn check(trace: &str, (name, content): (&str, &[u8]), wanted: &[f64]) {
    let (load, ..) = read(&in_folder(trace, name, content));
    let rates: Vec<f64> = (0..wanted.len() as u64)
        .map(|minute| at(&load, minute * 60))
        .collect();
    for (rate, wanted) in rates.iter().zip(wanted) {
        assert!((rate - wanted).abs() < 1e-9, "{trace}: {rates:?}");
    }
}

fn at(load: &Load, seconds: u64) -> f64 {
    let at = SimTime::ZERO + Span::seconds(seconds);
    load.at(&Moment::new(1_793_577_600, at), &mut std::iter::empty())
}

#[track_caller]
fn refused(trace: &str, content: &str, wanted: &[&str]) {
    let folder = in_folder(trace, "load.csv", content.as_bytes());
    let told = load_in(&folder, &[])
        .err()
        .unwrap_or_else(|| "accepted".into());
    for wanted in wanted {
        assert!(told.contains(wanted), "{trace}\nwanted: {wanted}\n{told}");
    }
}

/// Columns of calendar times and counts per minute.
const SERIES: &str =
    "files: [load.csv], columns: { time: { column: t }, count: { column: n } }, interval: 60s";
const MINUTES: &str =
    "t,n\n2026-11-02 00:00,60\n2026-11-02 00:01,120\n2026-11-02 00:02,0\n2026-11-02 00:03,30\n";

#[test]
fn a_series_of_counts_is_a_rate() {
    check(
        SERIES,
        ("load.csv", MINUTES.as_bytes()),
        &[1.0, 2.0, 0.0, 0.5, 0.0],
    );
    let scaled = format!("{SERIES}, scale: 250%, at: 2m, repeat: true");
    check(
        &scaled,
        ("load.csv", MINUTES.as_bytes()),
        &[0.0, 0.0, 2.5, 5.0, 0.0, 1.25, 2.5, 5.0],
    );
    // A trace that has begun before the run goes on.
    let earlier = MINUTES
        .replace("2026-11-02 00:0", "2026-11-01 23:5")
        .replace(":5", ":58:0");
    let earlier = earlier.replace(":58:00", ":58").replace(":58:01", ":59");
    let rows: Vec<&str> = earlier.lines().take(3).collect();
    let more = format!("{}\n2026-11-02T00:00:00Z,6\n", rows.join("\n"));
    check(SERIES, ("load.csv", more.as_bytes()), &[0.1, 0.0]);
}

#[test]
fn time_may_pass_faster_in_the_trace() {
    let trace = "files: [load.csv], header: false, columns: { rate: { column: 1 } }, interval: 30m, speed: 30";
    check(trace, ("load.csv", b"4\n8\n5\n"), &[4.0, 8.0, 5.0, 0.0]);
    // Of four intervals of 15 s each in the run one rate is made.
    let fast = trace.replace("speed: 30", "speed: 120");
    check(&fast, ("load.csv", b"4\n8\n5\n3\n1\n"), &[5.0, 1.0]);
    let (load, ..) = read(&in_folder(&fast, "load.csv", b"4\n8\n5\n3\n1\n"));
    assert_eq!([74, 75].map(|second| at(&load, second)), [1.0, 0.0]);
}

#[test]
fn requests_at_single_times_are_counted_per_minute() {
    let trace = "files: [load.csv], columns: { time: { column: t, unit: s } }";
    check(
        trace,
        ("load.csv", b"t\n70.5\n3\n59.9\n61\n62\n"),
        &[2.0 / 60.0, 3.0 / 60.0, 0.0],
    );
    let counts = "files: [load.csv], columns: { time: { column: t }, count: { column: n, factor: 6 } }, where: { s: [200, 304] }, origin: first";
    let rows = "t,n,s\n2014-04-10T00:00:10Z,10,200\n2014-04-10T00:00:20Z,20,304\n2014-04-10T00:00:30Z,99,500\n";
    check(counts, ("load.csv", rows.as_bytes()), &[3.0, 0.0]);
}

#[test]
fn access_logs_are_read_in_common_and_in_combined_format() {
    let log = "h - - [01/Jul/1995:00:00:01 -0400] \"GET /a HTTP/1.0\" 200 6245\n\
               h\u{fffd} - - [01/Jul/1995:00:00:59 -0400] \"GET /b HTTP/1.0\" 404 -\n\
               h - - [01/Jul/1995:00:02:00 -0400] \"GET /c \\\" HTTP/1.0\" 200 1 \"-\" \"curl\"\n";
    let trace = "files: [access_log], layout: commonLog, origin: first";
    check(
        trace,
        ("access_log", log.as_bytes()),
        &[2.0 / 60.0, 0.0, 1.0 / 60.0, 0.0],
    );
    let found = format!("{trace}, where: {{ status: {{ below: 400 }} }}");
    check(
        &found,
        ("access_log", log.as_bytes()),
        &[1.0 / 60.0, 0.0, 1.0 / 60.0],
    );
}

#[test]
fn a_line_of_numbers_is_a_series_of_cells() {
    let trace =
        "files: [load.txt], layout: cells, columns: { count: { column: 1 } }, interval: 20s";
    check(
        trace,
        ("load.txt", b"20 0 40 10 10 10 60"),
        &[1.0, 0.5, 3.0],
    );
}

/// An archive of these files.
fn archive(files: &[(&str, &str)]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (name, content) in files {
        let mut header = [0; 512];
        header[..name.len()].copy_from_slice(name.as_bytes());
        header[124..135].copy_from_slice(format!("{:011o}", content.len()).as_bytes());
        header[156] = b'0';
        header[148..156].fill(b' ');
        let sum: u64 = header.iter().map(|byte| u64::from(*byte)).sum();
        header[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
        bytes.extend(header);
        bytes.extend(content.as_bytes());
        bytes.resize(bytes.len().next_multiple_of(512), 0);
    }
    bytes.resize(bytes.len() + 1024, 0);
    bytes
}

#[test]
fn packed_files_and_archives_are_read() {
    let wanted = [1.0, 2.0, 0.0, 0.5];
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gz.write_all(MINUTES.as_bytes()).unwrap();
    let named = |name: &str| SERIES.replace("load.csv", name);
    check(
        &named("a.csv.gz"),
        ("a.csv.gz", &gz.finish().unwrap()),
        &wanted,
    );
    let bz2 = |bytes: &[u8]| {
        let mut packed = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
        packed.write_all(bytes).unwrap();
        packed.finish().unwrap()
    };
    check(
        &named("a.bz2"),
        ("a.bz2", &bz2(MINUTES.as_bytes())),
        &wanted,
    );
    let two = archive(&[
        (
            "one.csv",
            "t,n\n2026-11-02 00:00,60\n2026-11-02 00:01,120\n",
        ),
        ("two.csv", "n,t\n0,2026-11-02 00:02\n30,2026-11-02 00:03\n"),
    ]);
    check(&named("a.tar"), ("a.tar", &two), &wanted);
    check(&named("a.tbz2"), ("a.tbz2", &bz2(&two)), &wanted);
    let bad = archive(&[("one.csv", "t,n\n2026-11-02 00:00,x\n")]);
    let told = load_in(&in_folder(&named("a.tar"), "a.tar", &bad), &[]).unwrap_err();
    assert!(told.contains("DIR/a.tar/one.csv:2"), "{told}");
    let cut = load_in(&in_folder(&named("a.tar"), "a.tar", &two[..600]), &[]).unwrap_err();
    assert!(cut.contains("the archive ends within a file"), "{cut}");
}

#[test]
fn rows_out_of_line_are_errors_or_repaired() {
    let gap = MINUTES.replace("2026-11-02 00:01,120\n", "");
    refused(
        SERIES,
        &gap,
        &[
            "load.csv:3",
            "1 interval of 1m has no row; the gap ends here",
            "`repair: { gaps: zero }`",
        ],
    );
    let zero = format!("{SERIES}, repair: {{ gaps: zero }}");
    check(&zero, ("load.csv", gap.as_bytes()), &[1.0, 0.0, 0.0, 0.5]);
    let hold = format!("{SERIES}, repair: {{ gaps: hold }}");
    check(&hold, ("load.csv", gap.as_bytes()), &[1.0, 1.0, 0.0, 0.5]);
    let (_, _, notes) = read(&in_folder(&hold, "load.csv", gap.as_bytes()));
    assert!(
        notes[0].contains("1 interval without a row is taken as the one before (`repair: { gaps: hold }`), first before: line 3 of `load.csv`"),
        "{notes:?}"
    );

    let gaps = "t,n\n2026-11-02 00:00,6\n2026-11-02 00:03,6\n2026-11-02 00:05,6\n";
    refused(
        SERIES,
        gaps,
        &[
            "load.csv:3",
            "3 intervals of 1m have no row, in 2 gaps; the first gap ends here",
        ],
    );

    let double = format!("{MINUTES}2026-11-02 00:03,60\n");
    refused(
        SERIES,
        &double,
        &["load.csv:6", "in the same interval of 1m as the one before"],
    );
    for (rule, last) in [("sum", 1.5), ("first", 0.5), ("last", 1.0)] {
        let trace = format!("{SERIES}, repair: {{ duplicates: {rule} }}");
        check(
            &trace,
            ("load.csv", double.as_bytes()),
            &[1.0, 2.0, 0.0, last],
        );
    }
    let early = format!("{MINUTES}2026-11-02 00:05,6\n2026-11-02 00:04,60\n");
    refused(
        SERIES,
        &early,
        &[
            "load.csv:7",
            "this row is earlier than the one before",
            "`repair: { unsorted: sort }`",
        ],
    );
    let sort = format!("{SERIES}, repair: {{ unsorted: sort }}");
    check(
        &sort,
        ("load.csv", early.as_bytes()),
        &[1.0, 2.0, 0.0, 0.5, 1.0, 0.1],
    );

    let negative = MINUTES.replace(",120", ",-1");
    refused(
        SERIES,
        &negative,
        &["load.csv:3", "column `n`: `-1` is negative"],
    );
    let zero = format!("{SERIES}, repair: {{ negative: zero }}");
    check(&zero, ("load.csv", negative.as_bytes()), &[1.0, 0.0, 0.0]);
    let empty = MINUTES.replace(",120", ",");
    refused(
        SERIES,
        &empty,
        &["load.csv:3", "column `n`: the cell is empty"],
    );
    let skip = format!("{SERIES}, repair: {{ empty: skip, gaps: zero }}");
    check(&skip, ("load.csv", empty.as_bytes()), &[1.0, 0.0, 0.0]);
}

#[test]
fn a_trace_beside_the_run_is_refused_and_one_that_is_short_is_told() {
    let old = MINUTES.replace("2026-11-02 00:0", "1998-11-02 00:3");
    refused(
        SERIES,
        &old,
        &[
            "the trace ends",
            "before the start of the run",
            "set `start: 1998-11-02T00:00:00Z`",
        ],
    );
    let late = MINUTES.replace("2026", "2098");
    refused(
        SERIES,
        &late,
        &[
            "after the start of the run, when it is over",
            "`origin: first`",
        ],
    );
    let (_, warnings, _) = read(&in_folder(SERIES, "load.csv", MINUTES.as_bytes()));
    assert!(
        warnings[0].contains("the trace ends at 4m, before the end of the run"),
        "{warnings:?}"
    );
    let five =
        "files: [load.csv], columns: { time: { column: t }, count: { column: n } }, repeat: true";
    let rows = "t,n\n2026-11-02 00:00,60\n2026-11-02 00:05,120\n";
    let (_, warnings, _) = read(&in_folder(five, "load.csv", rows.as_bytes()));
    assert!(
        warnings[0].contains("the rows are at least 5m apart"),
        "{warnings:?}"
    );
}

#[test]
fn what_does_not_fit_together_is_refused() {
    let none = "files: [load.csv]";
    for (trace, wanted) in [
        (none.to_string(), "`columns` is missing"),
        (
            format!("{none}, columns: {{ count: {{ column: n }} }}"),
            "rows without a time need an `interval`",
        ),
        (
            format!("{none}, columns: {{ time: {{ column: t }}, rate: {{ column: n }} }}"),
            "a rate holds for an `interval`",
        ),
        (
            format!("{none}, columns: {{ time: {{ column: t }} }}, interval: 60s"),
            "with `interval` each row has a `count` or a `rate`",
        ),
        (
            format!(
                "{none}, columns: {{ rate: {{ column: n }}, count: {{ column: n }} }}, interval: 60s"
            ),
            "`count` and `rate` exclude each other",
        ),
        (
            format!("{none}, columns: {{ time: {{ column: t }} }}, repair: {{ gaps: zero }}"),
            "`gaps` is about series",
        ),
        (format!("{SERIES}, speed: 0"), "a speed of 0 cannot be"),
        (format!("{SERIES}, resolution: 1ms"), "at least `1s`"),
        (format!("{SERIES}, scale: 2/s"), "is not a factor"),
        (SERIES.replace("60s", "0s"), "this time must be above 0"),
        (
            SERIES.replace("column: n", "column: m"),
            "there is no column `m`",
        ),
        (
            SERIES.replace("column: n", "column: n, unit: s"),
            "a count or a rate has no unit",
        ),
        (SERIES.replace("[load.csv]", "[nothing.csv]"), "cannot read"),
        (SERIES.replace("[load.csv]", "[]"), "this list is empty"),
        (
            format!("{none}, layout: commonLog, separator: tab"),
            "separated by blanks",
        ),
        (
            format!("{none}, layout: comonLog"),
            "did you mean `commonLog`",
        ),
        (
            format!("{SERIES}, repair: {{ gaps: fill }}"),
            "is not one of the allowed values",
        ),
        (
            format!("{SERIES}, where: {{ n: {{ above: 999 }} }}"),
            "the trace has no rows",
        ),
    ] {
        refused(&trace, MINUTES, &[wanted]);
    }
    let mixed = format!("{MINUTES}240s,5\n");
    refused(
        SERIES,
        &mixed,
        &[
            "load.csv:6",
            "`240s` is no calendar time, unlike that of the rows before",
        ],
    );
    let far = "t\n0s\n36500d\n";
    let wide = "files: [load.csv], columns: { time: { column: t } }, resolution: 1s";
    refused(
        wide,
        far,
        &["times at which its rate may change, more than 10000000"],
    );
}

#[test]
fn a_trace_as_a_factor_is_one_outside_of_its_time() {
    let text = scenario(
        "files: [load.csv], header: false, columns: { rate: { column: 1 } }, interval: 60s, at: 1m",
    );
    let text = text
        .replace("{ trace: {", "{ product: [10/s, { trace: {")
        .replace("at: 1m } }", "at: 1m } }] }");
    let folder = folder(&[("shop.yaml", text.as_bytes()), ("load.csv", b"0.5\n0.25\n")]);
    let (load, ..) = read(&folder);
    let rates = [0, 60, 120, 180].map(|second| at(&load, second));
    assert_eq!(rates, [10.0, 5.0, 2.5, 10.0]);
}
