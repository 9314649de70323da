//! Field tables of recorded tasks.

use super::table::{Field, Table, Type};
use Type::{Bool, Choice, Either, File, List, Map, Names, Number, Text};

/// `trace`.
pub static TRACE: Table = Table {
    name: "trace",
    doc: "Recorded work. Rows may come in any order; equal times keep the order of the file.",
    fields: &[
        Field::new("files", List(&File), "CSV or separated by blanks, plain or .gz").required(),
        Field::new("header", Bool, "whether the first line names the columns").preset("true"),
        Field::new("separator", Choice(&["comma", "semicolon", "tab", "blanks"]), "what stands between cells").preset("comma"),
        Field::new("comment", Text, "lines that begin with this character are skipped"),
        Field::new("columns", Map(&TRACE_COLUMNS), "what is read from where").required(),
        Field::new("where", Names(&Either(&[Text, List(&Text), Map(&CONDITION)])), "only rows whose column has this value, one of these, or a number within bounds"),
        Field::new("origin", Choice(&["asWritten", "first"]), "`first`: the earliest arrival becomes time zero").preset("asWritten"),
        Field::new("repair", Map(&REPAIR), "what to do with rows that are broken"),
        Field::new("unplaceable", Choice(&["error", "skip"]), "a row that no instance can ever hold: refuse the scenario, or leave it out and count it").preset("error"),
    ],
};

/// `columns`.
pub static TRACE_COLUMNS: Table = Table {
    name: "traceColumns",
    doc: "Columns of a trace. `duration` or `end` is needed.",
    fields: &[
        Field::new(
            "arrival",
            Map(&TRACE_COLUMN),
            "when the tasks arrive; units us, ms, s, min, h, d",
        )
        .required(),
        Field::new("duration", Map(&TRACE_COLUMN), "how long each runs"),
        Field::new(
            "end",
            Map(&TRACE_COLUMN),
            "when they end; the duration is this minus the arrival",
        ),
        Field::new(
            "cpu",
            Map(&TRACE_COLUMN),
            "CPU of each; units vcpu, millis, units",
        ),
        Field::new(
            "memory",
            Map(&TRACE_COLUMN),
            "memory of each; units B, KiB, MiB, GiB, TiB",
        ),
        Field::new(
            "gpus",
            Map(&TRACE_COLUMN),
            "GPUs of each; units devices, millis; a fraction takes a whole device",
        ),
        Field::new("count", Map(&TRACE_COLUMN), "how many tasks; no unit"),
    ],
};

/// A column of a trace.
pub static TRACE_COLUMN: Table = Table {
    name: "traceColumn",
    doc: "A column with its unit.",
    fields: &[
        Field::new(
            "column",
            Text,
            "name, or number from 1 when there is no header",
        )
        .required(),
        Field::new("unit", Text, "unit of its numbers")
            .rule("each cell carries its own, such as `90s`"),
        Field::new("factor", Number, "multiplies each number").preset("1"),
        Field::new(
            "times",
            Text,
            "another column that multiplies it, row by row",
        ),
    ],
};

/// A condition of `where`.
pub static CONDITION: Table = Table {
    name: "condition",
    doc: "Bounds on a number; all must hold.",
    fields: &[
        Field::new("above", Number, "strictly more"),
        Field::new("below", Number, "strictly less"),
        Field::new("atLeast", Number, "more or the same"),
        Field::new("atMost", Number, "less or the same"),
        Field::new("not", Text, "another text than this"),
    ],
};

/// `repair`.
pub static REPAIR: Table = Table {
    name: "repair",
    doc: "What to do with broken rows.",
    fields: &[
        Field::new(
            "empty",
            Choice(&["error", "skip"]),
            "a cell that is needed is empty",
        )
        .preset("error"),
        Field::new(
            "negative",
            Choice(&["error", "skip", "zero"]),
            "a negative number, or an end before the arrival",
        )
        .preset("error"),
    ],
};
