//! Field tables of `faults`: what goes wrong, when, and for how long.

use super::table::{Field, Table, Type};
use crate::plan::FaultName;
use Type::{Bool, Choice, Duration, Either, Entities, Integer, Law, List, Map, Name, Rate, Text};

/// What `faults` holds.
pub const FAULTS: Type = Either(&[Choice(&["realistic"]), Entities(&FAULT, &["name"])]);

/// What can go wrong; an entry has exactly one of these: the kinds of the plan, and the
/// documented rates.
pub const KINDS: [&str; FaultName::ALL.len() + 1] = {
    let mut keys = [REALISTIC_KEY; FaultName::ALL.len() + 1];
    let mut at = 0;
    while at < FaultName::ALL.len() {
        keys[at] = FaultName::ALL[at].key();
        at += 1;
    }
    keys
};

/// The key of the documented rates, last of [`KINDS`].
const REALISTIC_KEY: &str = "realistic";

/// An item of `faults`.
pub static FAULT: Table = Table {
    name: "fault",
    doc: "Something that goes wrong: exactly one kind, and one of `at`, `every` and \
          `meanTimeBetween`. Failures of instances, containers and Fargate tasks come to each by \
          itself, the others to the whole.",
    fields: &fields_of_fault(),
};

const fn fields_of_fault() -> [Field; 1 + FaultName::ALL.len() + OTHERS.len()] {
    let name = Field::new("name", Name, "the key of its randomness").required();
    let mut fields = [name; 1 + FaultName::ALL.len() + OTHERS.len()];
    let mut at = 0;
    while at < FaultName::ALL.len() {
        fields[1 + at] = field_of_kind(FaultName::ALL[at]);
        at += 1;
    }
    let mut at = 0;
    while at < OTHERS.len() {
        fields[1 + FaultName::ALL.len() + at] = OTHERS[at];
        at += 1;
    }
    fields
}

const fn field_of_kind(name: FaultName) -> Field {
    let (table, doc): (&Table, _) = match name {
        FaultName::InstanceFailure => (
            &INSTANCE_FAILURE,
            "an instance dies with all that runs on it; with `lasts` it comes back, empty",
        ),
        FaultName::AgentDisconnect => (
            &AGENT_DISCONNECT,
            "the agent of an instance loses its connection to ECS while it `lasts` (facts/ecs.md \
             75, 236)",
        ),
        FaultName::ContainerCrash => (
            &CONTAINER_FAULT,
            "a container exits with code 1; never `lasts`",
        ),
        FaultName::HealthCheckFailure => (
            &CONTAINER_FAULT,
            "a container's health check fails from then on; never `lasts`",
        ),
        FaultName::OutOfMemory => (
            &CONTAINER_FAULT,
            "a container is killed with code 137; never `lasts`",
        ),
        FaultName::RegistryOutage => (&REGISTRY_OUTAGE, "pulls fail while it `lasts`"),
        FaultName::BadImage => (&BAD_IMAGE, "an image cannot be pulled while it `lasts`"),
        FaultName::ZoneOutage => (
            &ZONE_OUTAGE,
            "a zone loses a share of its instances and Fargate tasks, and takes no launches while \
             it `lasts` (facts/ecs.md 240)",
        ),
        FaultName::ControlPlaneOutage => (
            &CONTROL_PLANE_OUTAGE,
            "nothing is placed, launched or replaced while it `lasts`; what runs goes on \
             (facts/platform.md 8.3.2, 8.3.3)",
        ),
        FaultName::InsufficientCapacity => (
            &INSUFFICIENT_CAPACITY,
            "EC2 has no capacity for launches while it `lasts` (facts/ecs.md 241)",
        ),
        FaultName::FargateHostLoss => (
            &FARGATE_HOST_LOSS,
            "the host of a Fargate task dies (facts/platform.md 8.2.5); never `lasts`",
        ),
    };
    Field::new(name.key(), Map(table), doc)
}

/// What an entry holds beside its name and the kinds of the plan.
const OTHERS: &[Field] = &[
    Field::new(
        REALISTIC_KEY,
        Map(&REALISTIC),
        "the documented default rates; without `at`, `every`, `meanTimeBetween` and `lasts`",
    ),
    Field::new(
        "at",
        Either(&[Duration, List(&Duration)]),
        "at this time after the start, or at these",
    ),
    Field::new("every", Law("a duration"), "after gaps with this law"),
    Field::new(
        "meanTimeBetween",
        Duration,
        "after exponential gaps with this mean",
    ),
    Field::new("lasts", Law("a duration"), "until it is over"),
];

// Which instances.
const OF_PROVIDER: Field = Field::new(
    "capacityProvider",
    Name,
    "only those of this capacity provider",
)
.rule("all");

const IN_ZONE: Field = Field::new("availabilityZone", Text, "only those in this zone").rule("all");

const OF_THESE: Field = Field::new(
    "instances",
    List(&Integer(0, 10_000_000)),
    "only these, by order of registration from 0",
)
.rule("all");

/// `instanceFailure`.
pub static INSTANCE_FAILURE: Table = Table {
    name: "instanceFailure",
    doc: "Which instances fail.",
    fields: &[
        OF_PROVIDER,
        IN_ZONE,
        OF_THESE,
        Field::new(
            "repairCrews",
            Integer(1, 1_000_000),
            "so many repairs go on at once; with `lasts`",
        )
        .rule("no limit"),
    ],
};

/// `agentDisconnect`.
pub static AGENT_DISCONNECT: Table = Table {
    name: "agentDisconnect",
    doc: "Whose agent. It takes no tasks and starts and stops none; what runs goes on, and what \
          happens to it is heard of when the agent is back.",
    fields: &[OF_PROVIDER, IN_ZONE, OF_THESE],
};

/// `containerCrash`, `healthCheckFailure` and `outOfMemory`.
pub static CONTAINER_FAULT: Table = Table {
    name: "containerFault",
    doc: "Which containers fail.",
    fields: &[
        Field::new("service", Name, "only those of this service; or `tasks`").rule("all"),
        Field::new(
            "tasks",
            Name,
            "only those of this entry of `tasks`; or `service`",
        )
        .rule("all"),
        Field::new("container", Name, "only containers of this name").rule("all"),
    ],
};

/// `registryOutage`.
pub static REGISTRY_OUTAGE: Table = Table {
    name: "registryOutage",
    doc: "Which registry is out.",
    fields: &[Field::new("registry", Name, "only this one").rule("all")],
};

/// `badImage`.
pub static BAD_IMAGE: Table = Table {
    name: "badImage",
    doc: "Which image cannot be pulled.",
    fields: &[Field::new("image", Name, "the image").required()],
};

/// `zoneOutage`.
pub static ZONE_OUTAGE: Table = Table {
    name: "zoneOutage",
    doc: "Which zone is out.",
    fields: &[
        Field::new("availabilityZone", Text, "the zone").rule("a random one each time"),
        Field::new(
            "share",
            Law("a share, such as `50%`"),
            "how much of it is lost",
        )
        .preset("100%"),
    ],
};

/// `controlPlaneOutage`.
pub static CONTROL_PLANE_OUTAGE: Table = Table {
    name: "controlPlaneOutage",
    doc: "`{}`: of the whole region, ECS, Fargate and EC2.",
    fields: &[],
};

/// `insufficientCapacity`.
pub static INSUFFICIENT_CAPACITY: Table = Table {
    name: "insufficientCapacity",
    doc: "Which launches fail.",
    fields: &[
        Field::new("instanceType", Name, "only of this type").rule("all"),
        Field::new("availabilityZone", Text, "only in this zone").rule("all"),
        Field::new("spotOnly", Bool, "only of Spot").preset("false"),
    ],
};

/// `fargateHostLoss`.
pub static FARGATE_HOST_LOSS: Table = Table {
    name: "fargateHostLoss",
    doc: "`{}`: every Fargate task may lose its host.",
    fields: &[],
};

/// `realistic`.
pub static REALISTIC: Table = Table {
    name: "realistic",
    doc: "The documented rates; `0/s` is never. An instance of a fixed fleet that is lost is \
          replaced after `assumptions.fixedFleetReplacement`. Besides, launches on demand find no capacity at \
          0.2 %, with GPUs at 5 % (facts/platform.md 8.4.8), unless `assumptions` say otherwise. \
          `faults: realistic` is short for one entry with `realistic: {}`.",
    fields: &[
        Field::new(
            "instanceFailures",
            Rate,
            "how often an instance is lost for good (facts/platform.md 8.2.3)",
        )
        .preset("0.03/365d"),
        Field::new(
            "fargateHostLosses",
            Rate,
            "how often a Fargate task loses its host (facts/platform.md 8.2.5)",
        )
        .preset("0.03/365d"),
        Field::new(
            "containerCrashes",
            Rate,
            "how often a container crashes (facts/platform.md 8.5.3)",
        )
        .preset("0.01/d"),
        Field::new(
            "outOfMemoryKills",
            Rate,
            "how often a container runs out of memory (facts/platform.md 8.5.3)",
        )
        .preset("0.003/d"),
        Field::new(
            "zoneOutages",
            Rate,
            "how often a zone is out (facts/platform.md 8.3.4)",
        )
        .preset("0.02/365d"),
        Field::new(
            "zoneOutageShare",
            Law("a share, such as `50%`"),
            "how much of it is lost (facts/platform.md 8.3.4)",
        )
        .rule("`{ uniform: { low: 10%, high: 100% } }`"),
        Field::new(
            "zoneOutageLength",
            Law("a duration"),
            "until it is over (facts/platform.md 8.3.4)",
        )
        .rule("`{ lognormal: { median: 2h30m, sigma: 1.1 } }`"),
        Field::new(
            "controlPlaneOutages",
            Rate,
            "how often the region's control plane is out (facts/platform.md 8.3.4)",
        )
        .preset("0.15/365d"),
        Field::new(
            "controlPlaneOutageLength",
            Law("a duration"),
            "until it is back (facts/platform.md 8.3.4)",
        )
        .rule("`{ lognormal: { median: 3h, sigma: 0.9 } }`"),
    ],
};
