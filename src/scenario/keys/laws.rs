//! Field tables of laws: probability distributions of quantities.

use super::table::{Field, Table, Type};
use Type::{Any, Bool, Choice, Either, File, Integer, Law, List, Map, Number, Quantity, Text};

/// The type of a share that is a plain value and not a law.
pub const SHARE: Type = Any("a share, such as `5%`");

/// A law: a map with one key, which names the distribution.
pub static LAW: Table = Table {
    name: "law",
    doc: "A probability distribution: a map with exactly one of these keys. Its quantities are written as at the key that the law is for: durations as `90s`, sizes as `512 MiB`.",
    fields: &[
        Field::new("exponential", Map(&EXPONENTIAL), "exponential distribution"),
        Field::new(
            "erlang",
            Map(&ERLANG),
            "Erlang distribution: the sum of `shape` independent exponential phases",
        ),
        Field::new(
            "gamma",
            Map(&GAMMA),
            "gamma distribution, by `shape` and `scale` or by `shape` and `mean`",
        ),
        Field::new("weibull", Map(&WEIBULL), "Weibull distribution"),
        Field::new(
            "lognormal",
            Map(&LOGNORMAL),
            "lognormal distribution, by `median` and `p99`, `mean` and `sigma`, or `median` and `sigma`",
        ),
        Field::new("pareto", Map(&PARETO), "Pareto distribution (type I)"),
        Field::new(
            "power",
            Map(&POWER),
            "power-function distribution: `maximum` × U^(1 ÷ `exponent`), U uniform from 0 to 1; with `maximum` 1 it is Beta(`exponent`, 1)",
        ),
        Field::new(
            "beta",
            Map(&BETA),
            "beta distribution, scaled from `low` to `high`",
        ),
        Field::new(
            "triangular",
            Map(&TRIANGULAR),
            "triangular distribution, by its least, most likely and largest value",
        ),
        Field::new(
            "uniform",
            Map(&UNIFORM),
            "uniform distribution from `low` to `high`",
        ),
        Field::new("shifted", Map(&SHIFTED), "another law plus a constant"),
        Field::new(
            "oneOf",
            List(&Quantity),
            "one of these values, each with the same probability",
        ),
        Field::new(
            "hyperexponential",
            List(&Map(&BRANCH)),
            "hyperexponential distribution: one of several exponential distributions, chosen by weight",
        ),
        Field::new(
            "mixture",
            List(&Map(&MIXED)),
            "mixture: one of several laws, chosen by weight",
        ),
        Field::new(
            "empirical",
            Map(&EMPIRICAL),
            "the values of a column of a file, each with the same probability",
        ),
    ],
};

/// `exponential`.
pub static EXPONENTIAL: Table = Table {
    name: "exponential",
    doc: "Exponential distribution.",
    fields: &[Field::new("mean", Quantity, "mean").required()],
};

/// `erlang`.
pub static ERLANG: Table = Table {
    name: "erlang",
    doc: "Erlang distribution.",
    fields: &[
        Field::new("shape", Integer(1, 1_000), "number of exponential phases").required(),
        Field::new("mean", Quantity, "mean of the whole distribution").required(),
    ],
};

/// `gamma`.
pub static GAMMA: Table = Table {
    name: "gamma",
    doc: "Gamma distribution. Its mean is `shape` × `scale`.",
    fields: &[
        Field::new("shape", Number, "shape, above 0").required(),
        Field::new("scale", Quantity, "scale; excludes `mean`"),
        Field::new("mean", Quantity, "mean; excludes `scale`"),
    ],
};

/// `weibull`.
pub static WEIBULL: Table = Table {
    name: "weibull",
    doc: "Weibull distribution.",
    fields: &[
        Field::new("shape", Number, "shape, above 0").required(),
        Field::new("scale", Quantity, "scale").required(),
    ],
};

/// `lognormal`.
pub static LOGNORMAL: Table = Table {
    name: "lognormal",
    doc: "Lognormal distribution, by `median` and `p99`, `mean` and `sigma`, or `median` and `sigma`.",
    fields: &[
        Field::new("median", Quantity, "median"),
        Field::new("mean", Quantity, "arithmetic mean"),
        Field::new("p99", Quantity, "99th percentile; with `median`"),
        Field::new(
            "sigma",
            Number,
            "standard deviation of the natural logarithm; at most 50",
        ),
    ],
};

/// `pareto`.
pub static PARETO: Table = Table {
    name: "pareto",
    doc: "Pareto distribution (type I).",
    fields: &[
        Field::new("minimum", Quantity, "least value").required(),
        Field::new(
            "shape",
            Number,
            "shape, above 0; the mean is infinite at 1 and below",
        )
        .required(),
    ],
};

/// `power`.
pub static POWER: Table = Table {
    name: "power",
    doc: "Power-function distribution from 0 to `maximum`. Its mean is `maximum` × `exponent` ÷ (`exponent` + 1).",
    fields: &[
        Field::new("maximum", Quantity, "largest value").required(),
        Field::new(
            "exponent",
            Number,
            "exponent, above 0; 1 gives the uniform distribution, larger values give draws nearer to the maximum",
        )
        .required(),
    ],
};

/// `beta`.
pub static BETA: Table = Table {
    name: "beta",
    doc: "Beta distribution, scaled from `low` to `high`. Its mean is `low` + (`high` − `low`) × `alpha` ÷ (`alpha` + `beta`).",
    fields: &[
        Field::new("alpha", Number, "first shape parameter, 0.001 to 1000000").required(),
        Field::new("beta", Number, "second shape parameter, 0.001 to 1000000").required(),
        Field::new("low", Quantity, "least value").preset("0"),
        Field::new("high", Quantity, "largest value").required(),
    ],
};

/// `triangular`.
pub static TRIANGULAR: Table = Table {
    name: "triangular",
    doc: "Triangular distribution. Its mean is the mean of the three values.",
    fields: &[
        Field::new("low", Quantity, "least value").required(),
        Field::new("mode", Quantity, "most likely value").required(),
        Field::new("high", Quantity, "largest value").required(),
    ],
};

/// `uniform`.
pub static UNIFORM: Table = Table {
    name: "uniform",
    doc: "Uniform distribution.",
    fields: &[
        Field::new("low", Quantity, "least value").required(),
        Field::new("high", Quantity, "largest value").required(),
    ],
};

/// `shifted`.
pub static SHIFTED: Table = Table {
    name: "shifted",
    doc: "Another law plus a constant.",
    fields: &[
        Field::new("by", Quantity, "constant that is added to each draw").required(),
        Field::new("law", Law("the same quantity"), "the law").required(),
    ],
};

/// An item of `hyperexponential`.
pub static BRANCH: Table = Table {
    name: "branch",
    doc: "One of several exponential distributions.",
    fields: &[
        Field::new(
            "weight",
            Number,
            "relative weight; the weights need not sum to 1",
        )
        .required(),
        Field::new("mean", Quantity, "mean").required(),
    ],
};

/// An item of `mixture`.
pub static MIXED: Table = Table {
    name: "mixed",
    doc: "One of several laws.",
    fields: &[
        Field::new(
            "weight",
            Number,
            "relative weight; the weights need not sum to 1",
        )
        .required(),
        Field::new("law", Law("the same quantity"), "the law").required(),
    ],
};

/// `separator` of a data file.
pub const SEPARATOR: Field = Field::new(
    "separator",
    Either(&[
        Choice(&["comma", "semicolon", "tab", "pipe", "blanks"]),
        Text,
    ]),
    "separator of the cells: one of these words, or the character itself, such as `\"|\"`; `blanks`: one or more spaces or tabs",
)
.preset("comma");

/// `empirical`.
pub static EMPIRICAL: Table = Table {
    name: "empirical",
    doc: "The values of one column of a CSV file, plain or .gz; each has the same probability.",
    fields: &[
        Field::new("file", File, "path of the file").required(),
        Field::new(
            "column",
            Text,
            "name of the column; without a header its number, from 1",
        )
        .required(),
        Field::new("unit", Text, "unit of the numbers in the column")
            .rule("each cell has its own unit"),
        Field::new("factor", Number, "factor that each number is multiplied by").preset("1"),
        Field::new(
            "header",
            Bool,
            "whether the first line holds the names of the columns",
        )
        .preset("true"),
        SEPARATOR,
    ],
};
