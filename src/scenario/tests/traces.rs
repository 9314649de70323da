//! Traces.

use super::{check_in, folder, load_in, with};
use crate::plan::{Arrivals, Trace, TraceRow};
use crate::units::{Cpu, Memory, SimTime, Span};
use std::sync::Arc;

const COLUMNS: &str = "arrival: { column: t, unit: s }, end: { column: e, unit: s }, cpu: { column: c, unit: millis }, memory: { column: m, unit: MiB }";

pub(super) fn scenario(columns: &str, more: &str) -> String {
    with(
        "arrivals: { poisson: 5/h }\n    duration: 90s",
        &format!("trace: {{ files: [t.csv], columns: {{ {columns} }}{more} }}"),
    )
}

pub(super) fn files(columns: &str, more: &str, data: &[u8]) -> tempfile::TempDir {
    folder(&[
        ("shop.yaml", scenario(columns, more).as_bytes()),
        ("t.csv", data),
    ])
}

#[track_caller]
pub(super) fn trace(columns: &str, more: &str, data: &[u8]) -> Arc<Trace> {
    let study = match load_in(&files(columns, more, data), &[]) {
        Ok(loaded) => loaded.study,
        Err(problems) => panic!("{problems}"),
    };
    match &study.variants[0].tasks[0].arrivals {
        Arrivals::Trace(trace) => trace.clone(),
        _ => panic!("no trace"),
    }
}

fn row(arrival: u64, duration: u64) -> TraceRow {
    TraceRow {
        arrival: SimTime::micros(arrival),
        duration: Span::micros(duration),
        cpu: None,
        memory: None,
        gpu_millis: None,
        count: 1,
    }
}

#[test]
fn rows_are_sorted_by_arrival_and_equal_times_keep_their_order() {
    let data = b"t,e,c,m\n20,30,500,512\n10,15,250,1024\n20,21,1000,100\n";
    let trace = trace(COLUMNS, "", data);
    let sized = |row: TraceRow, millis, mib| TraceRow {
        cpu: Some(Cpu::millis(millis)),
        memory: Some(Memory::mib(mib)),
        ..row
    };
    assert_eq!(
        trace.rows,
        [
            sized(row(10_000_000, 5_000_000), 250, 1024),
            sized(row(20_000_000, 10_000_000), 500, 512),
            sized(row(20_000_000, 1_000_000), 1000, 100),
        ]
    );
}

#[test]
fn units_factors_and_products_are_applied() {
    let columns = "arrival: { column: t, unit: ms }, duration: { column: d }, memory: { column: share, unit: GiB, factor: 64 }, count: { column: n }, cpu: { column: cores, unit: vcpu }";
    let data = b"t,d,share,n,cores\n1500,90s,0.005404705821447985,3,1.0\n0.5,1m30s,0,1,5e-1\n";
    let trace = trace(columns, "", data);
    assert_eq!(trace.rows[0].arrival, SimTime::micros(500));
    assert_eq!(trace.rows[0].duration, Span::seconds(90));
    assert_eq!(trace.rows[0].cpu, Some(Cpu::millis(500)));
    assert_eq!(trace.rows[1].count, 3);
    // 0.0054047 x 64 GiB = 354.2 MiB, to the nearest MiB.
    assert_eq!(trace.rows[1].memory, Some(Memory::mib(354)));
    // More digits than microseconds are rounded half up.
    let columns = "arrival: { column: t, unit: s }, duration: { column: d, unit: s }";
    let trace = self::trace(
        columns,
        "",
        b"t,d\n0,116.38162544169612\n0,0.0000005\n0,1e1\n",
    );
    let lengths: Vec<u64> = trace.rows.iter().map(|r| r.duration.as_micros()).collect();
    assert_eq!(lengths, [116_381_625, 1, 10_000_000]);
}

#[test]
fn gpus_multiply_by_another_column() {
    let columns = "arrival: { column: t, unit: s }, duration: { column: d, unit: s }, gpus: { column: milli, unit: millis, times: num }";
    let files = folder(&[
        (
            "shop.yaml",
            format!(
                "{}instanceTypes: [{{ name: gpu, vcpu: 8, memory: 8 GiB, gpus: 2, price: $1 }}]\n",
                scenario(columns, ", where: { num: { above: 0 } }").replace("m6i.large", "gpu")
            )
            .as_bytes(),
        ),
        ("t.csv", b"t,d,milli,num\n0,1,460,1\n0,1,0,0\n0,1,1000,2\n"),
    ]);
    let study = load_in(&files, &[]).unwrap().study;
    let Arrivals::Trace(trace) = &study.variants[0].tasks[0].arrivals else {
        panic!("no trace")
    };
    let gpus: Vec<_> = trace.rows.iter().map(|row| row.gpu_millis).collect();
    assert_eq!(gpus, [Some(460), Some(2000)]);
}

#[test]
fn rows_can_be_chosen() {
    let columns = "arrival: { column: t, unit: s }, duration: { column: d, unit: s }";
    let data = b"t,d,kind,n\n0,1,a,0\n1,1,b,1\n2,1,c,2.0\n3,1,,3\n";
    let arrivals = |more: &str| {
        let trace = trace(columns, more, data);
        trace
            .rows
            .iter()
            .map(|row| row.arrival.as_micros() / 1_000_000)
            .collect::<Vec<_>>()
    };
    assert_eq!(arrivals(", where: { kind: b }"), [1]);
    assert_eq!(arrivals(", where: { kind: [a, c] }"), [0, 2]);
    assert_eq!(arrivals(", where: { n: 2 }"), [2]);
    assert_eq!(arrivals(", where: { n: { atLeast: 1, below: 3 } }"), [1, 2]);
    assert_eq!(
        arrivals(", where: { kind: { not: a }, n: { atMost: 1 } }"),
        [1]
    );
    assert_eq!(arrivals(", where: { kind: \"\" }"), [3]);
    assert_eq!(
        arrivals(", origin: first, where: { n: { above: 1 } }"),
        [0, 1]
    );
}

#[test]
fn other_formats_are_read() {
    let numbered = "arrival: { column: 2, unit: s }, duration: { column: 3, unit: s }";
    let data = b"; a comment\n  1   10 20\n\n 2 11   21\n";
    let rows = trace(
        numbered,
        ", header: false, separator: blanks, comment: ;",
        data,
    )
    .rows
    .clone();
    assert_eq!(
        rows,
        [row(10_000_000, 20_000_000), row(11_000_000, 21_000_000)]
    );
    let named = "arrival: { column: \"a b\", unit: s }, duration: { column: c, unit: s }";
    let rows = trace(named, ", separator: semicolon", b"\"a b\";c\r\n1;2\r\n")
        .rows
        .clone();
    assert_eq!(rows, [row(1_000_000, 2_000_000)]);
}

#[test]
fn packed_files_and_several_files_are_read() {
    use std::io::Write as _;
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(b"t,d\n5,1\n1,1\n").unwrap();
    let packed = packed.finish().unwrap();
    let columns = "arrival: { column: t, unit: s }, duration: { column: d, unit: s }";
    let text = scenario(columns, "").replace("[t.csv]", "[a.csv, b.csv.gz]");
    let files = folder(&[
        ("shop.yaml", text.as_bytes()),
        ("a.csv", b"d,t\n2,3\n"),
        ("b.csv.gz", &packed),
    ]);
    let study = load_in(&files, &[]).unwrap().study;
    let Arrivals::Trace(trace) = &study.variants[0].tasks[0].arrivals else {
        panic!("no trace")
    };
    assert_eq!(
        trace.rows,
        [
            row(1_000_000, 1_000_000),
            row(3_000_000, 2_000_000),
            row(5_000_000, 1_000_000)
        ]
    );
    let broken = folder(&[
        ("shop.yaml", text.as_bytes()),
        ("a.csv", b"d,t\n2,3\n"),
        ("b.csv.gz", &packed[..20]),
    ]);
    assert!(load_in(&broken, &[]).unwrap_err().contains("b.csv.gz"));
}

#[test]
fn bad_rows_are_located() {
    check_in(&files(COLUMNS, "", b"t,e,c,m\n0,1,100,100\nx,1,100,100\n1,,100,100\n1,2,-5,100\n1,2,NaN,9\n5,4,1,1\n1,2,1,1e99\n"), r#"
error: column `t`: `x` is not a number
  DIR/t.csv:3:1  tasks.reports.trace.files.0
  3 | x,1,100,100
    | ^
hint: `where: { t: { not: "x" } }` leaves such rows out

error: column `e`: the cell is empty
  DIR/t.csv:4:3  tasks.reports.trace.files.0
  4 | 1,,100,100
    |   ^
hint: `repair: { empty: skip }` leaves such rows out

error: column `c`: `-5` is negative
  DIR/t.csv:5:5  tasks.reports.trace.files.0
  5 | 1,2,-5,100
    |     ^^
hint: `repair: { negative: skip }` leaves such rows out, `zero` takes 0 instead

error: column `c`: `NaN` is not a number
  DIR/t.csv:6:5  tasks.reports.trace.files.0
  6 | 1,2,NaN,9
    |     ^^^
hint: `where: { c: { not: "NaN" } }` leaves such rows out

error: column `e`: the end lies before the arrival
  DIR/t.csv:7:3  tasks.reports.trace.files.0
  7 | 5,4,1,1
    |   ^
hint: `repair: { negative: skip }` leaves such rows out, `zero` takes 0 instead

error: column `m`: `1e99` is too large
  DIR/t.csv:8:7  tasks.reports.trace.files.0
  8 | 1,2,1,1e99
    |       ^^^^
hint: conditions of `where` can leave such rows out"#);
    let many = format!("t,e,c,m\n{}", "a,b,c,d\n".repeat(50));
    let found = load_in(&files(COLUMNS, "", many.as_bytes()), &[]).unwrap_err();
    assert_eq!(found.matches("error:").count(), 1);
    let others = "(the first of 50 such rows; next: lines 3 and 4 of `t.csv`)";
    assert!(found.contains(others), "{found}");
}

#[test]
fn broken_rows_can_be_repaired() {
    let data = b"t,e,c,m\n0,1,100,100\n1,,100,100\n5,4,1,1\n6,7,-5,100\n";
    let count = |repair: &str| {
        trace(COLUMNS, &format!(", repair: {{ {repair} }}"), data)
            .rows
            .len()
    };
    assert_eq!(count("empty: skip, negative: skip"), 1);
    assert_eq!(count("empty: skip, negative: zero"), 3);
}

#[test]
fn rows_that_fit_no_instance_are_refused_or_skipped() {
    let data = b"t,e,c,m\n0,1,100,100\n1,2,3000,100\n1,2,100,9000\n";
    check_in(
        &files(COLUMNS, "", data),
        r#"
error: a task may need 3 vCPU, 100 MiB, more than any instance here has; `m6i.large` has 2 vCPU, 7782 MiB (the first of 2 such rows; next: line 4 of `t.csv`)
  DIR/t.csv:3  tasks.reports.trace
hint: choose larger instances, or leave such rows out and count them with `unplaceable: skip`"#,
    );
    let trace = trace(COLUMNS, ", unplaceable: skip", data);
    assert_eq!(
        (trace.rows.len(), trace.skipped_rows, trace.skipped_tasks),
        (1, 2, 2)
    );
    check_in(
        &files(COLUMNS, ", unplaceable: skip", b"t,e,c,m\n1,2,3000,100\n"),
        r#"
error: no row of the trace fits any instance
  DIR/shop.yaml:16:12  tasks.reports.trace
  16 |     trace: { files: [t.csv], columns: { arrival: { column: t, unit: s }, end: { column: e, unit:
     |            ^"#,
    );
}

#[test]
fn on_fargate_only_the_largest_size_counts() {
    let text = scenario(COLUMNS, "").replace("    trace:", "    launchType: FARGATE\n    trace:");
    let with = |data: &[u8]| folder(&[("shop.yaml", text.as_bytes()), ("t.csv", data)]);
    assert!(load_in(&with(b"t,e,c,m\n0,1,100,0\n1,2,16000,1000\n"), &[]).is_ok());
    check_in(
        &with(b"t,e,c,m\n0,1,100,122881\n1,2,16001,1000\n"),
        r#"
error: a task may need 0.1 vCPU, 122881 MiB, more than Fargate's largest size (the first of 2 such rows; next: line 3 of `t.csv`)
  DIR/t.csv:2  tasks.reports.trace
hint: choose larger instances, or leave such rows out and count them with `unplaceable: skip`"#,
    );
}

#[test]
fn wrong_traces_are_refused() {
    check_in(
        &files("arrival: { column: t, unit: s }", "", b"t\n0\n"),
        r#"
error: a trace has exactly one of `duration` and `end`
  DIR/shop.yaml:16:39  tasks.reports.trace.columns
  16 |     trace: { files: [t.csv], columns: { arrival: { column: t, unit: s } } }
     |                                       ^
hint: give one of `duration` and `end`"#,
    );
    check_in(
        &files(
            "arrival: { column: tt, unit: s }, duration: { column: t, unit: fortnights }",
            "",
            b"t\n0\n",
        ),
        r#"
error: `fortnights` is not a unit of this column
  DIR/shop.yaml:16:104  tasks.reports.trace.columns.duration.unit
  16 | }, duration: { column: t, unit: fortnights } } }
     |                                 ^^^^^^^^^^
hint: expected `us`, `ms`, `s`, `min`, `h`, `d`"#,
    );
    check_in(
        &files(
            "arrival: { column: tt, unit: s }, duration: { column: t, unit: s }",
            ", where: { kind: x }",
            b"t\n0\n",
        ),
        r#"
error: there is no column `tt` in `DIR/t.csv`
  DIR/shop.yaml:16:50  tasks.reports.trace.columns.arrival
  16 | s: [t.csv], columns: { arrival: { column: tt, unit: s }, duration: { column: t, unit: s } }, whe
     |                                 ^
hint: did you mean `t`?

error: there is no column `kind` in `DIR/t.csv`
  DIR/shop.yaml:16:126  tasks.reports.trace.where.kind
  16 |  t, unit: s } }, where: { kind: x } }
     |                                 ^
hint: known: `t`"#,
    );
    check_in(
        &files(
            "arrival: { column: t, unit: s }, duration: { column: t, unit: s }",
            ", header: false",
            b"0\n",
        ),
        r#"
error: without a header, `t` must be a column's number, from 1 in `DIR/t.csv`
  DIR/shop.yaml:16:50  tasks.reports.trace.columns.arrival
  16 | s: [t.csv], columns: { arrival: { column: t, unit: s }, duration: { column: t, unit: s } }, head
     |                                 ^

error: without a header, `t` must be a column's number, from 1 in `DIR/t.csv`
  DIR/shop.yaml:16:84  tasks.reports.trace.columns.duration
  16 | column: t, unit: s }, duration: { column: t, unit: s } }, header: false }
     |                                 ^"#,
    );
    check_in(
        &files(COLUMNS, ", where: { t: 77 }", b"t,e,c,m\n0,1,2,3\n"),
        r#"
error: the trace has no rows
  DIR/shop.yaml:16:12  tasks.reports.trace
  16 |     trace: { files: [t.csv], columns: { arrival: { column: t, unit: s }, end: { column: e, unit:
     |            ^
hint: check `where`, and that the files are not empty"#,
    );
    check_in(
        &files(COLUMNS, "", b""),
        r#"
error: `DIR/t.csv` is empty
  DIR/shop.yaml:16:22  tasks.reports.trace.files.0
  16 |     trace: { files: [t.csv], columns: { arrival: { column: t, unit: s }, end: { column: e, unit:
     |                      ^^^^^"#,
    );
    check_in(
        &folder(&[("shop.yaml", scenario(COLUMNS, "").as_bytes())]),
        r#"
error: cannot read `DIR/t.csv`: there is no such file
  DIR/shop.yaml:16:22  tasks.reports.trace.files.0
  16 |     trace: { files: [t.csv], columns: { arrival: { column: t, unit: s }, end: { column: e, unit:
     |                      ^^^^^"#,
    );
    check_in(
        &files(COLUMNS, "", b"t,e,c,m\n0,1,\xff\xfe,3\n"),
        r#"
error: column `c`: the cell is not UTF-8 text
  DIR/t.csv:2:5  tasks.reports.trace.files.0
  2 | 0,1,��,3
    |     ^^
hint: save the file as UTF-8"#,
    );
    let both =
        scenario(COLUMNS, "").replace("    trace:", "    arrivals: { poisson: 1/s }\n    trace:");
    check_in(
        &folder(&[
            ("shop.yaml", both.as_bytes()),
            ("t.csv", b"t,e,c,m\n0,1,2,3\n"),
        ]),
        r#"
error: an entry has either `arrivals` or a `trace`
  DIR/shop.yaml:17:12  tasks.reports.trace
  17 |     trace: { files: [t.csv], columns: { arrival: { column: t, unit: s }, end: { column: e, unit:
     |            ^
hint: keep one of them"#,
    );
}

#[test]
fn a_trace_ends_so_it_can_be_drained() {
    let text = scenario(COLUMNS, "").replace("until: 7d", "until: drained");
    assert!(
        load_in(
            &folder(&[
                ("shop.yaml", text.as_bytes()),
                ("t.csv", b"t,e,c,m\n0,1,2,3\n")
            ]),
            &[]
        )
        .is_ok()
    );
}

/// Two public traces, read whole.
#[test]
#[ignore = "needs ECSIM_DATA: run by .ci/run"]
fn real_traces_are_read() {
    let data =
        std::env::var_os("ECSIM_DATA").expect("ECSIM_DATA must name the folder of real inputs");
    let data = std::path::Path::new(&data);
    let read = |file: &str, columns: &str, more: &str| {
        let path = data.join(file).display().to_string();
        let text = scenario(columns, more)
            .replace("t.csv", &path)
            .replace("m6i.large", "huge");
        let own = "instanceTypes: [{ name: huge, vcpu: 128, memory: 1024 GiB, registeredMemory: 1024 GiB, gpus: 8, price: $9 }]\n";
        let folder = folder(&[("shop.yaml", format!("{text}{own}").as_bytes())]);
        let study = match load_in(&folder, &[]) {
            Ok(loaded) => loaded.study,
            Err(problems) => panic!("{problems}"),
        };
        match &study.variants[0].tasks[0].arrivals {
            Arrivals::Trace(trace) => trace.clone(),
            _ => panic!("no trace"),
        }
    };
    let pods = "arrival: { column: creation_time, unit: s }, end: { column: deletion_time, unit: s }, cpu: { column: cpu_milli, unit: millis }, memory: { column: memory_mib, unit: MiB }, gpus: { column: gpu_milli, unit: millis, times: num_gpu }";
    let file = "alibaba-openb-2023/openb_pod_list_default.csv";
    let with_gpus = read(file, pods, ", where: { num_gpu: { above: 0 } }");
    let without = read(file, pods, ", where: { num_gpu: 0 }");
    assert_eq!(with_gpus.rows.len() + without.rows.len(), 8152);
    assert!(with_gpus.rows.iter().all(|row| row.gpu_millis > Some(0)));
    assert!(without.rows.iter().all(|row| row.gpu_millis == Some(0)));

    let jobs = "arrival: { column: submit_time, unit: s }, duration: { column: duration, unit: s }, cpu: { column: cpu, unit: vcpu }, memory: { column: memory, unit: GiB, factor: 64 }, count: { column: instances_num }";
    let jobs = read("alibaba-2017-jobs/jobs.csv.gz", jobs, "");
    assert_eq!(jobs.rows.len(), 31_756);
    let tasks: u64 = jobs.rows.iter().map(|row| u64::from(row.count)).sum();
    assert_eq!(tasks, 2_551_075);
    assert!(jobs.rows.is_sorted_by_key(|row| row.arrival));
}

#[test]
fn rows_without_tasks_are_counted_in_a_warning() {
    let columns =
        "arrival: { column: t, unit: s }, duration: { column: d, unit: s }, count: { column: n }";
    let data = b"t,d,n\n0,1,2\n1,1,0\n2,1,1\n3,1,0\n";
    let loaded = load_in(&files(columns, "", data), &[]).unwrap();
    let Arrivals::Trace(trace) = &loaded.study.variants[0].tasks[0].arrivals else {
        panic!("no trace")
    };
    assert_eq!(trace.rows.len(), 2);
    // The warning in the report does not depend on the folder of the scenario.
    assert_eq!(
        loaded.study.warnings,
        [
            "tasks.reports.trace: 2 rows of the trace have the count 0 and are left out, first line 3 of `t.csv`"
        ]
    );
    let [warning] = &loaded.warnings[..] else {
        panic!("one warning")
    };
    let place = warning.place.as_ref().unwrap();
    assert_eq!((place.line, place.column), (3, 5));
    assert!(
        warning.to_string().contains("where: { n: { above: 0 } }"),
        "{warning}"
    );
    // No warning where `where` excludes these rows, or where there are none.
    let chosen = files(columns, ", where: { n: { above: 0 } }", data);
    assert!(load_in(&chosen, &[]).unwrap().warnings.is_empty());
    let none = files(columns, "", b"t,d,n\n0,1,2\n");
    assert!(load_in(&none, &[]).unwrap().warnings.is_empty());
}

#[test]
fn a_count_that_a_repair_sets_to_zero_is_a_warning_for_one_row() {
    let columns =
        "arrival: { column: 1, unit: s }, duration: { column: 2, unit: s }, count: { column: 3 }";
    let more = ", header: false, repair: { negative: zero }";
    let loaded = load_in(&files(columns, more, b"0,1,2\n1,1,-4\n"), &[]).unwrap();
    assert_eq!(
        loaded.study.warnings,
        [
            "tasks.reports.trace: 1 row of the trace has the count 0 and is left out, first line 2 of `t.csv`"
        ]
    );
}

#[test]
fn a_trace_of_rows_without_tasks_has_no_rows() {
    let columns =
        "arrival: { column: t, unit: s }, duration: { column: d, unit: s }, count: { column: n }";
    let found = load_in(&files(columns, "", b"t,d,n\n0,1,0\n"), &[]).unwrap_err();
    assert!(found.contains("error: the trace has no rows"), "{found}");
    assert!(
        found.contains("1 row of the trace has the count 0"),
        "{found}"
    );
}
