//! Field tables of laws: how a random number is said to be spread.

use super::table::{Field, Table, Type};
use Type::{Any, Bool, File, Integer, Law, List, Map, Number, Quantity, Text};

/// How shares are described where they are no law.
pub const SHARE: Type = Any("a share, such as `5%`");

/// A law with one key.
pub static LAW: Table = Table {
    name: "law",
    doc: "A random law: one of these keys. Quantities are written as their context wants them.",
    fields: &[
        Field::new("exponential", Map(&EXPONENTIAL), "exponential"),
        Field::new("erlang", Map(&ERLANG), "sum of `shape` exponentials"),
        Field::new("gamma", Map(&GAMMA), "gamma, by `scale` or by `mean`"),
        Field::new("weibull", Map(&WEIBULL), "Weibull"),
        Field::new(
            "lognormal",
            Map(&LOGNORMAL),
            "lognormal by `median` and `p99`, `mean` and `sigma`, or `median` and `sigma`",
        ),
        Field::new("pareto", Map(&PARETO), "Pareto (type I)"),
        Field::new(
            "power",
            Map(&POWER),
            "power function: `maximum` × U^(1 ÷ `exponent`); of shares it is Beta(`exponent`, 1)",
        ),
        Field::new("beta", Map(&BETA), "beta, between `low` and `high`"),
        Field::new(
            "triangular",
            Map(&TRIANGULAR),
            "triangular, by its least, most likely and largest value",
        ),
        Field::new("uniform", Map(&UNIFORM), "uniform"),
        Field::new("shifted", Map(&SHIFTED), "another law, moved up"),
        Field::new(
            "oneOf",
            List(&Quantity),
            "one of these values, with equal chance",
        ),
        Field::new(
            "hyperexponential",
            List(&Map(&BRANCH)),
            "one of several exponentials, by weight",
        ),
        Field::new(
            "mixture",
            List(&Map(&MIXED)),
            "one of several laws, by weight",
        ),
        Field::new(
            "empirical",
            Map(&EMPIRICAL),
            "the values of a file, with equal chance",
        ),
    ],
};

/// `exponential`.
pub static EXPONENTIAL: Table = Table {
    name: "exponential",
    doc: "Exponential law.",
    fields: &[Field::new("mean", Quantity, "mean").required()],
};

/// `erlang`.
pub static ERLANG: Table = Table {
    name: "erlang",
    doc: "Erlang law.",
    fields: &[
        Field::new("shape", Integer(1, 1_000), "number of phases").required(),
        Field::new("mean", Quantity, "mean of the sum").required(),
    ],
};

/// `gamma`.
pub static GAMMA: Table = Table {
    name: "gamma",
    doc: "Gamma law; the mean is `shape` × `scale`.",
    fields: &[
        Field::new("shape", Number, "shape, above 0").required(),
        Field::new("scale", Quantity, "scale; this or `mean`"),
        Field::new("mean", Quantity, "mean; this or `scale`"),
    ],
};

/// `weibull`.
pub static WEIBULL: Table = Table {
    name: "weibull",
    doc: "Weibull law.",
    fields: &[
        Field::new("shape", Number, "shape, above 0").required(),
        Field::new("scale", Quantity, "scale").required(),
    ],
};

/// `lognormal`.
pub static LOGNORMAL: Table = Table {
    name: "lognormal",
    doc: "Lognormal law, by two of its parameters.",
    fields: &[
        Field::new("median", Quantity, "median"),
        Field::new("mean", Quantity, "arithmetic mean"),
        Field::new("p99", Quantity, "99th percentile; with `median`"),
        Field::new("sigma", Number, "standard deviation of the logarithm"),
    ],
};

/// `pareto`.
pub static PARETO: Table = Table {
    name: "pareto",
    doc: "Pareto law.",
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
    doc: "Power function law: from 0 to `maximum`, mean `maximum` × `exponent` ÷ (`exponent` + 1).",
    fields: &[
        Field::new("maximum", Quantity, "largest value").required(),
        Field::new(
            "exponent",
            Number,
            "above 0; 1 is uniform, more lies nearer to the maximum",
        )
        .required(),
    ],
};

/// `beta`.
pub static BETA: Table = Table {
    name: "beta",
    doc: "Beta law, stretched from `low` to `high`; its mean lies at `alpha` ÷ (`alpha` + `beta`) of the way.",
    fields: &[
        Field::new("alpha", Number, "exponent at the low end, 0.001 to 1000000").required(),
        Field::new("beta", Number, "exponent at the high end, 0.001 to 1000000").required(),
        Field::new("low", Quantity, "least value").preset("0"),
        Field::new("high", Quantity, "largest value").required(),
    ],
};

/// `triangular`.
pub static TRIANGULAR: Table = Table {
    name: "triangular",
    doc: "Triangular law; its mean is the mean of the three values.",
    fields: &[
        Field::new("low", Quantity, "least value").required(),
        Field::new("mode", Quantity, "most likely value").required(),
        Field::new("high", Quantity, "largest value").required(),
    ],
};

/// `uniform`.
pub static UNIFORM: Table = Table {
    name: "uniform",
    doc: "Uniform law.",
    fields: &[
        Field::new("low", Quantity, "least value").required(),
        Field::new("high", Quantity, "largest value").required(),
    ],
};

/// `shifted`.
pub static SHIFTED: Table = Table {
    name: "shifted",
    doc: "Another law, moved up.",
    fields: &[
        Field::new("by", Quantity, "by so much").required(),
        Field::new("law", Law("the same quantity"), "the law").required(),
    ],
};

/// An item of `hyperexponential`.
pub static BRANCH: Table = Table {
    name: "branch",
    doc: "One exponential of several.",
    fields: &[
        Field::new("weight", Number, "weight; weights need not sum to 1").required(),
        Field::new("mean", Quantity, "mean").required(),
    ],
};

/// An item of `mixture`.
pub static MIXED: Table = Table {
    name: "mixed",
    doc: "One law of several.",
    fields: &[
        Field::new("weight", Number, "weight; weights need not sum to 1").required(),
        Field::new("law", Law("the same quantity"), "the law").required(),
    ],
};

/// `empirical`.
pub static EMPIRICAL: Table = Table {
    name: "empirical",
    doc: "Values of a column of a file (CSV or separated by blanks, plain or .gz).",
    fields: &[
        Field::new("file", File, "the file").required(),
        Field::new(
            "column",
            Text,
            "name of the column, or its number from 1 when there is no header",
        )
        .required(),
        Field::new("unit", Text, "unit of its numbers").rule("each cell carries its own"),
        Field::new("factor", Number, "multiplies each number").preset("1"),
        Field::new("header", Bool, "whether the first line names the columns").preset("true"),
    ],
};
