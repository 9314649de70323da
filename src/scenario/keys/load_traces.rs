//! Field tables of recorded requests.

use super::laws::SEPARATOR;
use super::table::{Field, Table, Type};
use super::traces::{CONDITION, TRACE_COLUMN};
use Type::{Bool, Choice, Duration, Either, Factor, File, List, Map, Name, Names, Number, Text};

/// `trace` of a load.
pub static LOAD_TRACE: Table = Table {
    name: "loadTrace",
    doc: "Recorded requests as a rate over time. With `interval` each row is the load of one interval: a series of counts or of rates. Without, each row is requests at one time, such as a line of an access log; they are counted per minute, and the rows may have any order. The files are folded while they are read, so that their size does not matter. Before and after the trace no requests come; in a factor of a product the factor is 1 there.",
    fields: &[
        Field::new("files", List(&File), "paths of the files, which are read in this order: plain, `.gz`, `.bz2`, or all files of a `.tar`, `.tar.gz` or `.tar.bz2`").required(),
        Field::new("layout", Choice(&["table", "cells", "commonLog"]), "`table`: rows of columns; `cells`: each cell is a row, from left to right and line by line, as in a file of one long line of numbers; `commonLog`: lines of a web server in Common or Combined Log Format, with the columns `host`, `identity`, `user`, `time`, `request`, `status`, `bytes`, `referer` and `userAgent`").preset("table"),
        Field::new("header", Bool, "whether the first line of each file holds the names of the columns; only in a `table`").rule("`true` in a `table`"),
        SEPARATOR,
        Field::new("comment", Text, "a character; lines that begin with it are skipped"),
        Field::new("columns", Map(&LOAD_TRACE_COLUMNS), "which columns are read").rule("`{ time: { column: time } }` with `layout: commonLog`, else required"),
        Field::new("where", Names(&Either(&[Text, List(&Text), Map(&CONDITION)])), "conditions by column: only rows are read whose cell equals this text, one of these texts, or lies within these bounds"),
        Field::new("interval", Duration, "each row is the load from its time on for this long; without a column `time` the rows follow one another").rule("each row is requests at one time"),
        Field::new("origin", Choice(&["asWritten", "first"]), "`asWritten`: calendar times are kept, so that a trace may have begun before the run, and other times count from the start of the run; `first`: the first row is moved to the start of the run").preset("asWritten"),
        Field::new("timeZone", Name, "time zone of calendar times without an offset; a time that a change of clocks repeats is the earlier one").rule("`timeZone` of the scenario"),
        Field::new("repair", Map(&LOAD_REPAIR), "how rows that are wrong or out of line are treated"),
        Field::new("at", Duration, "time by which the trace begins later").preset("0s"),
        Field::new("scale", Factor, "factor that the rate is multiplied by, such as `10` or `50%`").preset("1"),
        Field::new("speed", Number, "how much faster time passes in the trace: with `24` a day takes an hour. The rates stay").preset("1"),
        Field::new("repeat", Bool, "`true`: the trace starts again at its end").preset("false"),
        Field::new("resolution", Duration, "the shortest time for which the rate is constant; shorter intervals are taken together, as many as reach it. At least `1s`").preset("60s"),
    ],
};

/// `columns` of the trace of a load.
pub static LOAD_TRACE_COLUMNS: Table = Table {
    name: "loadTraceColumns",
    doc: "Columns of recorded requests. At most one of `count` and `rate`; with `interval` one of them is required, without it each row is one request if there is no `count`.",
    fields: &[
        Field::new(
            "time",
            Map(&TRACE_COLUMN),
            "time of the requests, or at which the interval begins; units us, ms, s, min, h, d, or without a unit calendar times such as `2026-11-02T08:30:00Z`, `2026-11-02 08:30:00` or `[02/Nov/2026:08:30:00 +0100]`",
        ),
        Field::new(
            "count",
            Map(&TRACE_COLUMN),
            "number of requests of the row; no unit",
        ),
        Field::new(
            "rate",
            Map(&TRACE_COLUMN),
            "requests per second, or plain numbers in a factor of a product; no unit; needs `interval`",
        ),
    ],
};

/// `repair` of the trace of a load.
pub static LOAD_REPAIR: Table = Table {
    name: "loadRepair",
    doc: "How rows are treated that are wrong or out of line. `error` refuses the scenario; what else is done is told on the page. The last three are about series with `interval`.",
    fields: &[
        Field::new(
            "empty",
            Choice(&["error", "skip"]),
            "an empty cell in a column that is read; `skip`: the row is left out",
        )
        .preset("error"),
        Field::new(
            "negative",
            Choice(&["error", "skip", "zero"]),
            "a negative number; `skip`: the row is left out; `zero`: it is taken as 0",
        )
        .preset("error"),
        Field::new(
            "gaps",
            Choice(&["error", "zero", "hold"]),
            "an interval without a row; `zero`: no requests; `hold`: as in the interval before",
        )
        .preset("error"),
        Field::new(
            "duplicates",
            Choice(&["error", "sum", "first", "last"]),
            "a row in the interval of the one before; `sum`: they are added, as for files with a row for each server; `first`, `last`: this one is kept",
        )
        .preset("error"),
        Field::new(
            "unsorted",
            Choice(&["error", "sort"]),
            "a row that is earlier than the one before; `sort`: the rows are sorted",
        )
        .preset("error"),
    ],
};
