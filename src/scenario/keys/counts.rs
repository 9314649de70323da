//! Field tables of counts that are drawn.

use super::laws::SHARE;
use super::table::{Field, Table, Type};
use crate::plan::check::rules::MOST_PER_ARRIVAL;
use Type::{Integer, Map, Number};

/// `count` of an entry of `tasks`, where each arrival draws it.
pub static COUNT: Table = Table {
    name: "count",
    doc: "A number of tasks that each arrival draws: one of these keys.",
    fields: &[
        Field::new(
            "poisson",
            Number,
            "Poisson with this mean, above 0 and up to 1000000: 0, 1, 2 … tasks",
        ),
        Field::new("geometric", Map(&GEOMETRIC), "geometric: 1, 2, 3 … tasks"),
        Field::new("binomial", Map(&BINOMIAL), "binomial: 0 to `n` tasks"),
    ],
};

/// `geometric`.
pub static GEOMETRIC: Table = Table {
    name: "geometric",
    doc: "Geometric law of counts from 1: trials until the first success.",
    fields: &[Field::new("mean", Number, "mean, 1 to 1000000").required()],
};

/// `binomial`.
pub static BINOMIAL: Table = Table {
    name: "binomial",
    doc: "Binomial law of counts: successes of `n` trials; its mean is `n` × `p`.",
    fields: &[
        Field::new("n", Integer(1, MOST_PER_ARRIVAL as u64), "number of trials").required(),
        Field::new("p", SHARE, "chance of each trial, above 0").required(),
    ],
};
