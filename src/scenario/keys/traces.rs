//! Field tables of traces: recorded tasks in files.

use super::table::{Field, Table, Type};
use Type::{Bool, Choice, Either, File, List, Map, Name, Names, Number, Text};

/// `trace`.
pub static TRACE: Table = Table {
    name: "trace",
    doc: "Recorded tasks. The rows may have any order; tasks of equal arrival times keep the order of the files.",
    fields: &[
        Field::new("files", List(&File), "paths of the files: CSV or separated by blanks, plain or .gz").required(),
        Field::new("header", Bool, "whether the first line holds the names of the columns").preset("true"),
        Field::new("separator", Either(&[Choice(&["comma", "semicolon", "tab", "pipe", "blanks"]), Text]), "separator of the cells: one of these words, or the character itself, such as `\"|\"`; `blanks`: one or more spaces or tabs").preset("comma"),
        Field::new("comment", Text, "a character; lines that begin with it are skipped"),
        Field::new("columns", Map(&TRACE_COLUMNS), "which columns are read, and their units").required(),
        Field::new("where", Names(&Either(&[Text, List(&Text), Map(&CONDITION)])), "conditions by column: only rows are read whose cell equals this text, one of these texts, or lies within these bounds"),
        Field::new("origin", Choice(&["asWritten", "first"]), "`asWritten`: calendar times are kept, which `start` must not follow, and other arrivals count from the start of the run; `first`: the earliest arrival is moved to the start of the run").preset("asWritten"),
        Field::new("timeZone", Name, "time zone of calendar times without an offset; a time that a change of clocks repeats is the earlier one").rule("`timeZone` of the scenario"),
        Field::new("repair", Map(&REPAIR), "how rows with empty or negative cells are treated"),
        Field::new("unplaceable", Choice(&["error", "skip"]), "a row that fits no instance: `error`: refuse the scenario; `skip`: leave the row out and count it").preset("error"),
    ],
};

/// `columns`.
pub static TRACE_COLUMNS: Table = Table {
    name: "traceColumns",
    doc: "Columns of a trace. Either `duration` or `end` is required.",
    fields: &[
        Field::new(
            "arrival",
            Map(&TRACE_COLUMN),
            "arrival time of the tasks of the row; units us, ms, s, min, h, d, or without a unit calendar times such as `2026-11-02T08:30:00Z` or `2026-11-02 08:30:00`",
        )
        .required(),
        Field::new("duration", Map(&TRACE_COLUMN), "run time of each task; without a unit also `hh:mm:ss` and `d-hh:mm:ss`"),
        Field::new(
            "end",
            Map(&TRACE_COLUMN),
            "end time of the tasks, of the same kind as `arrival`; their run time is `end` minus `arrival`",
        ),
        Field::new(
            "cpu",
            Map(&TRACE_COLUMN),
            "CPU of each task; units vcpu, cores, millis (1/1000 vCPU), units (1/1024 vCPU)",
        ),
        Field::new(
            "memory",
            Map(&TRACE_COLUMN),
            "memory of each task; units B, KiB, MiB, GiB, TiB",
        ),
        Field::new(
            "gpus",
            Map(&TRACE_COLUMN),
            "GPUs of each task; units devices, millis (1/1000 device); a fraction reserves a whole device",
        ),
        Field::new(
            "count",
            Map(&TRACE_COLUMN),
            "number of tasks of the row; no unit",
        ),
    ],
};

/// A column of a trace.
pub static TRACE_COLUMN: Table = Table {
    name: "traceColumn",
    doc: "A column of a trace, with its unit.",
    fields: &[
        Field::new(
            "column",
            Text,
            "name of the column; without a header its number, from 1",
        )
        .required(),
        Field::new("unit", Text, "unit of the numbers in the column")
            .rule("each cell has its own unit, such as `90s`, or is a calendar time"),
        Field::new("factor", Number, "factor that each number is multiplied by").preset("1"),
        Field::new(
            "times",
            Text,
            "name of a second column: the cell is multiplied by its cell in the same row",
        ),
    ],
};

/// A condition of `where`.
pub static CONDITION: Table = Table {
    name: "condition",
    doc: "Bounds on the number in a cell; all must hold.",
    fields: &[
        Field::new("above", Number, "more than this"),
        Field::new("below", Number, "less than this"),
        Field::new("atLeast", Number, "this or more"),
        Field::new("atMost", Number, "this or less"),
        Field::new("not", Text, "not this text"),
    ],
};

/// `repair`.
pub static REPAIR: Table = Table {
    name: "repair",
    doc: "How rows with empty or negative cells are treated: `error` refuses the scenario, `skip` leaves the row out.",
    fields: &[
        Field::new(
            "empty",
            Choice(&["error", "skip"]),
            "an empty cell in a column that is read",
        )
        .preset("error"),
        Field::new(
            "negative",
            Choice(&["error", "skip", "zero"]),
            "a negative number, or an end before the arrival; `zero`: the number, or the run time, becomes 0",
        )
        .preset("error"),
    ],
};
