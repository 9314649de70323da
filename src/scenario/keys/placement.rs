//! Field tables of placement: strategies, constraints and the classic policies.

use super::table::{Field, Table, Type};
use Type::{Choice, Text};

/// The map form of `placementPolicy`.
pub static PLACEMENT_POLICY: Table = Table {
    name: "placementPolicy",
    doc: "A classic placement rule by one resource; not ECS.",
    fields: &[
        Field::new(
            "bestFit",
            Choice(&["cpu", "memory"]),
            "the instance with the least left",
        ),
        Field::new(
            "worstFit",
            Choice(&["cpu", "memory"]),
            "the instance with the most left",
        ),
    ],
};

/// An item of `placementStrategy`.
pub static PLACEMENT_STRATEGY: Table = Table {
    name: "placementStrategy",
    doc: "How ECS chooses among the instances that fit (facts/ecs.md 79 to 89).",
    fields: &[
        Field::new(
            "type",
            Choice(&["binpack", "spread", "random"]),
            "least left, fewest tasks of the group, or any",
        )
        .required(),
        Field::new(
            "field",
            Text,
            "binpack: `cpu` or `memory`; spread: `instanceId` or `attribute:<name>`",
        ),
    ],
};

/// An item of `placementConstraints`.
pub static PLACEMENT_CONSTRAINT: Table = Table {
    name: "placementConstraint",
    doc: "Where tasks may not go (facts/ecs.md 96, 97).",
    fields: &[
        Field::new(
            "type",
            Choice(&["distinctInstance", "memberOf"]),
            "every task of the group on another instance; `memberOf` is not modelled yet",
        )
        .required(),
        Field::new("expression", Text, "of `memberOf`"),
    ],
};
