//! The field tables of `costs`.

use super::table::{Field, Table, Type};
use Type::{Choice, Either, Entities, Integer, Money, Text};

/// `costs`.
pub static COSTS: Table = Table {
    name: "costs",
    doc: "How many hours a month has in costs, and lines of your own on the bill.",
    fields: &[
        Field::new(
            "month",
            Either(&[Choice(&["calendar"]), Integer(1, 10_000)]),
            "hours in the month by which storage is priced; `calendar`: those of each calendar month",
        )
        .preset("calendar"),
        Field::new(
            "perMonthHours",
            Integer(1, 10_000),
            "hours in the month of the bill and of figures that end in `perMonth`",
        )
        .rule("730; where the reported time is exactly one calendar month in UTC, the hours of that month"),
        Field::new(
            "extra",
            Entities(&EXTRA_LINE, &["name"]),
            "lines of your own on the bill: what the scenario does not model, such as a load balancer",
        )
        .rule("no lines of your own"),
    ],
};

/// An item of `costs.extra`.
pub static EXTRA_LINE: Table = Table {
    name: "extraLine",
    doc: "A line of your own on the bill: a fixed amount per month. It counts for the reported time \
          of a run, is part of the total cost, and is billed by the service `extra`. Variants can \
          change it by its name.",
    fields: &[
        Field::new(
            "name",
            Text,
            "name of the line, such as `load balancer`: 1 to 100 characters",
        )
        .required(),
        Field::new(
            "perMonth",
            Money,
            "amount per month, such as `$22.50`; the month is that of `perMonthHours`",
        )
        .required(),
    ],
};
