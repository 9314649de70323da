//! Field tables of placement: strategies, constraints and the classic policies.

use super::table::{Field, Table, Type};
use crate::plan::{POLICIES, PolicyForm};
use Type::{Choice, Either, Map, Text};

/// The type of `placementPolicy`: a policy by its name, or a map with the resource of a policy
/// that needs one.
pub const POLICY: Type = Either(&[Choice(&ALONE), Map(&PLACEMENT_POLICY)]);

/// The map form of `placementPolicy`.
pub static PLACEMENT_POLICY: Table = Table {
    name: "placementPolicy",
    doc: "A bin-packing rule of the literature that looks at one resource; ECS does not have it.",
    fields: &fields_of_resource(),
};

/// Names of the policies that have no parameter.
const ALONE: [&str; POLICIES.len() - OF_RESOURCE.len()] = names(false);

/// Names of the policies that have one parameter, the resource.
pub const OF_RESOURCE: [&str; count_of_resource()] = names(true);

const fn count_of_resource() -> usize {
    let (mut at, mut count) = (0, 0);
    while at < POLICIES.len() {
        count += is_of_resource(at) as usize;
        at += 1;
    }
    count
}

const fn is_of_resource(policy: usize) -> bool {
    matches!(POLICIES[policy].form, PolicyForm::OfResource(..))
}

const fn names<const N: usize>(of_resource: bool) -> [&'static str; N] {
    let mut names = [""; N];
    let (mut at, mut count) = (0, 0);
    while at < POLICIES.len() {
        if is_of_resource(at) == of_resource {
            names[count] = POLICIES[at].key;
            count += 1;
        }
        at += 1;
    }
    names
}

const fn fields_of_resource() -> [Field; OF_RESOURCE.len()] {
    let mut fields = [Field::new("", Text, ""); OF_RESOURCE.len()];
    let (mut at, mut count) = (0, 0);
    while at < POLICIES.len() {
        if let PolicyForm::OfResource(_, doc) = POLICIES[at].form {
            fields[count] = Field::new(POLICIES[at].key, Choice(&["cpu", "memory"]), doc);
            count += 1;
        }
        at += 1;
    }
    fields
}

/// An item of `placementStrategy`.
pub static PLACEMENT_STRATEGY: Table = Table {
    name: "placementStrategy",
    doc: "How ECS chooses one of the instances that have enough free capacity (facts/ecs.md 79 to 89).",
    fields: &[
        Field::new(
            "type",
            Choice(&["binpack", "spread", "random"]),
            "`binpack`: the instance with the least of `field` left; `spread`: the value of `field` with the fewest tasks of the same group or service; `random`: any instance",
        )
        .required(),
        Field::new(
            "field",
            Text,
            "for `binpack`: `cpu` or `memory`; for `spread`: `instanceId` or `attribute:<name>`; none for `random`",
        ),
    ],
};

/// An item of `placementConstraints`.
pub static PLACEMENT_CONSTRAINT: Table = Table {
    name: "placementConstraint",
    doc: "A rule that excludes instances (facts/ecs.md 96, 97). A task has at most 10 of them: those of its task definition, and those of its service or entry of `tasks`. AWS refuses them on Fargate.",
    fields: &[
        Field::new(
            "type",
            Choice(&["distinctInstance", "memberOf"]),
            "`distinctInstance`: each task of the group is on another instance, not in task definitions; `memberOf`: the `expression` holds for the instance",
        )
        .required(),
        Field::new(
            "expression",
            Text,
            "for `memberOf`: up to 2,000 characters of the cluster query language, such as `attribute:ecs.instance-type =~ m5.* and not(task:group == service:web)` (facts/ecs.md 100 to 105)",
        ),
    ],
};
