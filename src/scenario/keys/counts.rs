//! Field tables of counts that are drawn.

use super::laws::SHARE;
use super::table::{Field, Table, Type};
use crate::plan::check::rules::MOST_PER_ARRIVAL;
use Type::{Integer, Map, Number};

/// `count` of an entry of `tasks`, where each arrival draws it.
pub static COUNT: Table = Table {
    name: "count",
    doc: "A number of tasks that each arrival draws: a map with one of these keys.",
    fields: &[
        Field::new(
            "poisson",
            Number,
            "a Poisson number with this mean, above 0 and up to 1000000: 0, 1, 2 …",
        ),
        Field::new(
            "geometric",
            Map(&GEOMETRIC),
            "a geometric number: 1, 2, 3 …",
        ),
        Field::new("binomial", Map(&BINOMIAL), "a binomial number: 0 to `n`"),
    ],
};

/// `geometric`.
pub static GEOMETRIC: Table = Table {
    name: "geometric",
    doc: "The geometric law of the number of trials up to the first success, which is 1 or more.",
    fields: &[Field::new("mean", Number, "mean, 1 to 1000000").required()],
};

/// `binomial`.
pub static BINOMIAL: Table = Table {
    name: "binomial",
    doc: "The binomial law of the number of successes of `n` trials; its mean is `n` × `p`.",
    fields: &[
        Field::new("n", Integer(1, MOST_PER_ARRIVAL as u64), "number of trials").required(),
        Field::new("p", SHARE, "probability of success of each trial, above 0").required(),
    ],
};
