//! Field tables of the calls of services to each other.

use super::table::{Field, Table, Type};
use Type::{Bool, Name, Number};

/// An item of `serviceCalls`.
pub static SERVICE_CALL: Table = Table {
    name: "serviceCalls",
    doc: "A service sends requests to another one while it works on its own, one after the other, and waits for the answers. The callee gets them besides the requests of its own `load`, with its `timeout` and its `clientRetries`.",
    fields: &[
        Field::new("caller", Name, "the service that calls; it has a `load`").required(),
        Field::new(
            "callee",
            Name,
            "the service that is called; it has a `load`, which may be `requestsPerSecond: 0/s`",
        )
        .required(),
        Field::new(
            "callsPerRequest",
            Number,
            "calls for each request of the caller in the mean; from 0.000001 to 1,000; of 0.3 three requests in ten make one call",
        )
        .preset("1"),
        Field::new(
            "required",
            Bool,
            "`true`: a request fails with a call that fails, and is answered with an error; `false`: the caller does without that answer",
        )
        .preset("true"),
    ],
};
