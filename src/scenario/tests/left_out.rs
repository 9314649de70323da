//! Rows of traces that are wrong, left out or changed: how they are counted and named.

use super::traces::{files, scenario};
use super::{check_in, folder, load_in};

const COLUMNS: &str = "arrival: { column: t, unit: s }, end: { column: e, unit: s }, cpu: { column: c, unit: millis }";

fn left_out(more: &str, data: &str) -> Vec<String> {
    let files = files(COLUMNS, more, data.as_bytes());
    match load_in(&files, &[]) {
        Ok(loaded) => loaded.study.left_out,
        Err(problems) => panic!("{problems}"),
    }
}

#[test]
fn rows_that_a_repair_leaves_out_or_changes_are_counted() {
    let data = "t,e,c\n0,1,100\n1,,100\n2,,100\n3,,5\n4,,5\n6,5,1\n6,7,-5\n7,8,9\n";
    assert_eq!(
        left_out(", repair: { empty: skip, negative: skip }", data),
        [
            "tasks.reports.trace: 4 of 8 rows are left out because column `e` is empty (`repair: { empty: skip }`), first: lines 3, 4 and 5 of `t.csv`",
            "tasks.reports.trace: 1 of 8 rows is left out because column `c` is negative (`repair: { negative: skip }`), first: line 8 of `t.csv`",
            "tasks.reports.trace: 1 of 8 rows is left out because the end lies before the arrival (`repair: { negative: skip }`), first: line 7 of `t.csv`",
        ]
    );
    let changed = left_out(", repair: { empty: skip, negative: zero }", data);
    assert_eq!(
        changed[1..],
        [
            "tasks.reports.trace: 1 of 8 rows is counted as 0 because column `c` is negative (`repair: { negative: zero }`), first: line 8 of `t.csv`",
            "tasks.reports.trace: 1 of 8 rows is counted as 0 because the end lies before the arrival (`repair: { negative: zero }`), first: line 7 of `t.csv`",
        ]
    );
    assert!(left_out("", "t,e,c\n0,1,100\n").is_empty());
}

#[test]
fn rows_that_fit_no_instance_are_counted_by_variant() {
    let data = "t,e,c\n0,1,100\n1,2,9000\n2,3,100\n3,4,3000\n";
    let text = "tasks.reports.trace: 2 of 4 rows (2 tasks) are left out because no instance can hold such a task (`unplaceable: skip`), first: lines 3 and 5 of `t.csv`; a task may need 9 vCPU, 2 GiB, more than any instance here has; `m6i.large` has 2 vCPU, 7782 MiB";
    assert_eq!(left_out(", unplaceable: skip", data), [text]);
    let larger = "variants: [{ name: small }, { name: large, cluster: { capacityProviders: [{ name: ec2, fleet: [{ instanceType: m6i.4xlarge, count: 2 }] }] } }]\n";
    let scenario = format!("{}{larger}", scenario(COLUMNS, ", unplaceable: skip"));
    let files = folder(&[
        ("shop.yaml", scenario.as_bytes()),
        ("t.csv", data.as_bytes()),
    ]);
    let study = load_in(&files, &[]).unwrap().study;
    assert_eq!(study.left_out, [format!("{text} (in variant `small`)")]);
}

#[test]
fn wrong_rows_are_one_problem_by_column_and_kind() {
    let data = "t,e,c\n0,1,T\n1,2,7\n2,3,U\n3,x,1\n4,5,\n5,6,V\n6,7,W\n";
    check_in(
        &files(COLUMNS, "", data.as_bytes()),
        r#"
error: column `c`: `T` is not a number (the first of 4 such rows; next: lines 4 and 7 of `t.csv`)
  DIR/t.csv:2:5  tasks.reports.trace.files.0
  2 | 0,1,T
    |     ^
hint: `where: { c: { not: "T" } }` leaves such rows out

error: column `e`: `x` is not a number
  DIR/t.csv:5:3  tasks.reports.trace.files.0
  5 | 3,x,1
    |   ^
hint: `where: { e: { not: "x" } }` leaves such rows out

error: column `c`: the cell is empty
  DIR/t.csv:6:5  tasks.reports.trace.files.0
  6 | 4,5,
    |     ^
hint: `repair: { empty: skip }` leaves such rows out"#,
    );
}

/// The line of the only wrong row, as the error says.
#[track_caller]
fn line(more: &str, data: &[u8]) -> String {
    let found = load_in(&files(COLUMNS, more, data), &[]).unwrap_err();
    let place = found.split("t.csv:").nth(1).unwrap_or_default();
    place.split(':').next().unwrap_or_default().to_string()
}

#[test]
fn lines_are_counted_right_whatever_ends_them() {
    for data in [
        &b"t,e,c\n0,1,1\n1,x,1\n"[..],
        b"t,e,c\r\n0,1,1\r\n1,x,1\r\n",
        b"t,e,c\r\n0,1,1\r\n1,x,1",
        b"t,e,c\n\n1,x,1",
        b"t,e,c\r\n\r\n1,x,1\r\n",
        b"t,e,c\n0,1,1\n\"1\",x,\"1\n\n\"\n",
    ] {
        let shown = String::from_utf8_lossy(data).into_owned();
        assert_eq!(line("", data), "3", "{shown:?}");
    }
    let commented = b"# a\r\nt,e,c\r\n# b\r\n\r\n1,x,1\r\n";
    assert_eq!(line(", comment: \"#\"", commented), "5");
    // Old files have carriage returns alone.
    let old = files(COLUMNS, "", b"t,e,c\r0,1,1\r1,2,1\r");
    assert!(load_in(&old, &[]).is_ok());
}

#[test]
fn a_header_with_another_separator_is_recognised() {
    for (separator, word) in [
        (";", "semicolon"),
        ("|", "pipe"),
        ("\t", "tab"),
        (" ", "blanks"),
    ] {
        let data = "t,e,c\n0,1,2\n".replace(',', separator);
        let found = load_in(&files(COLUMNS, "", data.as_bytes()), &[]).unwrap_err();
        let hint = format!("set `separator: {word}`");
        assert!(found.contains(&hint), "{found}");
    }
}
