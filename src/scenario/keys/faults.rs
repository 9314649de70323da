//! Field tables of `faults`: the kinds of faults, when they occur, and how long they last.

use super::table::{Field, Table, Type};
use crate::plan::FaultName;
use Type::{Bool, Choice, Duration, Either, Entities, Integer, Law, List, Map, Name, Rate, Text};

/// The type of `faults`: the word `realistic`, or a list of faults.
pub const FAULTS: Type = Either(&[Choice(&["realistic"]), Entities(&FAULT, &["name"])]);

/// The keys of the kinds of faults, in the order of the reference: those of the plan, then
/// `realistic`. An entry has exactly one of them.
pub const KINDS: [&str; FaultName::ALL.len() + 1] = {
    let mut keys = [REALISTIC_KEY; FaultName::ALL.len() + 1];
    let mut at = 0;
    while at < FaultName::ALL.len() {
        keys[at] = FaultName::ALL[at].key();
        at += 1;
    }
    keys
};

/// The key of the faults at documented rates, the last of [`KINDS`].
const REALISTIC_KEY: &str = "realistic";

/// An item of `faults`.
pub static FAULT: Table = Table {
    name: "fault",
    doc: "A fault: exactly one kind, and exactly one of `at`, `every` and `meanTimeBetween`. With \
          `every` and `meanTimeBetween` each instance, container or Fargate task has times of \
          its own for faults of its kind; of the other kinds one fault occurs for the cluster.",
    fields: &fields_of_fault(),
};

const fn fields_of_fault() -> [Field; 1 + FaultName::ALL.len() + OTHERS.len()] {
    let name = Field::new(
        "name",
        Name,
        "name of the fault; its random numbers depend on it",
    )
    .required();
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
            "an instance fails with all its tasks; after `lasts` it registers again, without tasks; without `lasts` it stays down",
        ),
        FaultName::AgentDisconnect => (
            &AGENT_DISCONNECT,
            "the ECS agent of an instance has no connection to ECS for `lasts` (facts/ecs.md 75, 236)",
        ),
        FaultName::ContainerCrash => (
            &CONTAINER_FAULT,
            "a container exits with code 1; excludes `lasts`",
        ),
        FaultName::HealthCheckFailure => (
            &CONTAINER_FAULT,
            "the health check of a container fails from then on; excludes `lasts`",
        ),
        FaultName::OutOfMemory => (
            &CONTAINER_FAULT,
            "a container runs out of memory and is killed with exit code 137; excludes `lasts`",
        ),
        FaultName::RegistryOutage => (
            &REGISTRY_OUTAGE,
            "all pulls of images from a registry fail for `lasts`",
        ),
        FaultName::BadImage => (&BAD_IMAGE, "all pulls of one image fail for `lasts`"),
        FaultName::ZoneOutage => (
            &ZONE_OUTAGE,
            "a zone loses a share of its instances and Fargate tasks, and launches there fail for \
             `lasts` (facts/ecs.md 240)",
        ),
        FaultName::ControlPlaneOutage => (
            &CONTROL_PLANE_OUTAGE,
            "no task is placed or replaced and no instance is launched for `lasts`; running tasks \
             continue (facts/platform.md 8.3.2, 8.3.3)",
        ),
        FaultName::InsufficientCapacity => (
            &INSUFFICIENT_CAPACITY,
            "EC2 launches fail for want of capacity for `lasts` (facts/ecs.md 241)",
        ),
        FaultName::FargateHostLoss => (
            &FARGATE_HOST_LOSS,
            "the host of a Fargate task fails, and the task is lost (facts/platform.md 8.2.5); excludes `lasts`",
        ),
    };
    Field::new(name.key(), Map(table), doc)
}

/// The keys of an entry other than its name and the kinds of the plan.
const OTHERS: &[Field] = &[
    Field::new(
        REALISTIC_KEY,
        Map(&REALISTIC),
        "faults of several kinds at documented rates; excludes `at`, `every`, `meanTimeBetween` and `lasts`",
    ),
    Field::new(
        "at",
        Either(&[Duration, List(&Duration)]),
        "the fault occurs at this time, or at these times, after the start of the run",
    ),
    Field::new(
        "every",
        Law("a duration"),
        "law of the time between two faults",
    ),
    Field::new(
        "meanTimeBetween",
        Duration,
        "mean of the time between two faults, which is exponential",
    ),
    Field::new("lasts", Law("a duration"), "how long the fault lasts"),
];

// The keys that select instances.
pub(super) const OF_PROVIDER: Field = Field::new(
    "capacityProvider",
    Name,
    "only instances of this capacity provider",
)
.rule("all");

pub(super) const IN_ZONE: Field =
    Field::new("availabilityZone", Text, "only instances in this zone").rule("all");

pub(super) const OF_THESE: Field = Field::new(
    "instances",
    List(&Integer(0, 10_000_000)),
    "only these instances, by number: 0 is the first that registered",
)
.rule("all");

/// `instanceFailure`.
pub static INSTANCE_FAILURE: Table = Table {
    name: "instanceFailure",
    doc: "Selects the instances that fail.",
    fields: &[
        OF_PROVIDER,
        IN_ZONE,
        OF_THESE,
        Field::new(
            "repairCrews",
            Integer(1, 1_000_000),
            "the most instances that are repaired at the same time; the others wait for repair; needs `lasts`",
        )
        .rule("no limit"),
    ],
};

/// `agentDisconnect`.
pub static AGENT_DISCONNECT: Table = Table {
    name: "agentDisconnect",
    doc: "Selects the instances whose agent loses its connection. No task is placed on such an \
          instance, and none is started or stopped there. Running tasks continue. ECS learns of \
          changes of their states when the connection is back.",
    fields: &[OF_PROVIDER, IN_ZONE, OF_THESE],
};

/// `containerCrash`, `healthCheckFailure` and `outOfMemory`.
pub static CONTAINER_FAULT: Table = Table {
    name: "containerFault",
    doc: "Selects the containers that fail.",
    fields: &[
        Field::new(
            "service",
            Name,
            "only containers of this service; excludes `tasks`",
        )
        .rule("all"),
        Field::new(
            "tasks",
            Name,
            "only containers of this entry of `tasks`; excludes `service`",
        )
        .rule("all"),
        Field::new("container", Name, "only containers with this name").rule("all"),
    ],
};

/// `registryOutage`.
pub static REGISTRY_OUTAGE: Table = Table {
    name: "registryOutage",
    doc: "Selects the registries whose pulls fail.",
    fields: &[Field::new("registry", Name, "only this registry").rule("all")],
};

/// `badImage`.
pub static BAD_IMAGE: Table = Table {
    name: "badImage",
    doc: "Selects the image whose pulls fail.",
    fields: &[Field::new("image", Name, "name of the image").required()],
};

/// `zoneOutage`.
pub static ZONE_OUTAGE: Table = Table {
    name: "zoneOutage",
    doc: "Selects the zone, and how much of it is lost.",
    fields: &[
        Field::new("availabilityZone", Text, "the Availability Zone")
            .rule("a random zone at each fault"),
        Field::new(
            "share",
            Law("a share, such as `50%`"),
            "share of the zone's instances and Fargate tasks that is lost",
        )
        .preset("100%"),
    ],
};

/// `controlPlaneOutage`.
pub static CONTROL_PLANE_OUTAGE: Table = Table {
    name: "controlPlaneOutage",
    doc: "An outage of the control planes of ECS, Fargate and EC2 in the whole region. It has no keys: write `{}`.",
    fields: &[],
};

/// `insufficientCapacity`.
pub static INSUFFICIENT_CAPACITY: Table = Table {
    name: "insufficientCapacity",
    doc: "Selects the launches that fail.",
    fields: &[
        Field::new("instanceType", Name, "only launches of this instance type").rule("all"),
        Field::new("availabilityZone", Text, "only launches in this zone").rule("all"),
        Field::new("spotOnly", Bool, "whether only Spot launches fail").preset("false"),
    ],
};

/// `fargateHostLoss`.
pub static FARGATE_HOST_LOSS: Table = Table {
    name: "fargateHostLoss",
    doc: "The loss of the hosts of Fargate tasks. It has no keys: write `{}`.",
    fields: &[],
};

/// `realistic`.
pub static REALISTIC: Table = Table {
    name: "realistic",
    doc: "Faults at documented rates; a rate of `0/s` means never. A lost instance of a fixed fleet \
          is replaced after `assumptions.fixedFleetReplacement`. In addition 0.2 % of the \
          on-demand launches find no capacity, 5 % with GPUs (facts/platform.md 8.4.8), unless \
          `assumptions.launchFailures` is given. `faults: realistic` is short for one entry with \
          `realistic: {}`.",
    fields: &[
        Field::new(
            "instanceFailures",
            Rate,
            "rate per instance at which it fails and does not come back (facts/platform.md 8.2.3)",
        )
        .preset("0.03/365d"),
        Field::new(
            "fargateHostLosses",
            Rate,
            "rate per Fargate task at which its host fails (facts/platform.md 8.2.5)",
        )
        .preset("0.03/365d"),
        Field::new(
            "containerCrashes",
            Rate,
            "rate per container at which it exits with code 1 (facts/platform.md 8.5.3)",
        )
        .preset("0.01/d"),
        Field::new(
            "outOfMemoryKills",
            Rate,
            "rate per container at which it runs out of memory (facts/platform.md 8.5.3)",
        )
        .preset("0.003/d"),
        Field::new(
            "zoneOutages",
            Rate,
            "rate per zone of outages (facts/platform.md 8.3.4)",
        )
        .preset("0.02/365d"),
        Field::new(
            "zoneOutageShare",
            Law("a share, such as `50%`"),
            "share of the zone's instances and Fargate tasks that is lost (facts/platform.md 8.3.4)",
        )
        .rule("`{ uniform: { low: 10%, high: 100% } }`"),
        Field::new(
            "zoneOutageLength",
            Law("a duration"),
            "how long a zone outage lasts (facts/platform.md 8.3.4)",
        )
        .rule("`{ lognormal: { median: 2h30m, sigma: 1.1 } }`"),
        Field::new(
            "controlPlaneOutages",
            Rate,
            "rate of outages of the region's control planes (facts/platform.md 8.3.4)",
        )
        .preset("0.15/365d"),
        Field::new(
            "controlPlaneOutageLength",
            Law("a duration"),
            "how long an outage of the control planes lasts (facts/platform.md 8.3.4)",
        )
        .rule("`{ lognormal: { median: 3h, sigma: 0.9 } }`"),
    ],
};
