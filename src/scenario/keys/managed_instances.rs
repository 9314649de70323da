//! Field tables of ECS Managed Instances, in the shape of AWS's API (facts/ecs.md 42a).

use super::table::{Field, Table, Type};
use Type::{Any, Choice, Integer, List, Map, Name, Number, Text};

/// `managedInstancesProvider`.
pub static MANAGED_INSTANCES_PROVIDER: Table = Table {
    name: "managedInstancesProvider",
    doc: "ECS Managed Instances, in the shape of AWS's API: ECS itself launches EC2 instances for tasks that wait, chooses their types, puts several tasks on each, and removes, moves and replaces instances (facts/ecs.md 42a to 42m). `{}` takes all of AWS's defaults.",
    fields: &[
        Field::new(
            "instanceLaunchTemplate",
            Map(&INSTANCE_LAUNCH_TEMPLATE),
            "what ECS may launch",
        )
        .rule("AWS's defaults"),
        Field::new(
            "infrastructureOptimization",
            Map(&INFRASTRUCTURE_OPTIMIZATION),
            "when ECS removes idle and underused instances",
        )
        .rule("AWS's default, an assumption"),
        Field::warned("autoRepairConfiguration"),
        Field::ignored("infrastructureRoleArn"),
        Field::ignored("propagateTags"),
    ],
};

/// `infrastructureOptimization`.
pub static INFRASTRUCTURE_OPTIMIZATION: Table = Table {
    name: "infrastructureOptimization",
    doc: "When ECS removes idle and underused instances (facts/ecs.md 42j).",
    fields: &[Field::new(
        "scaleInAfter",
        Any("seconds from 0 to 3600, a duration up to `1h`, or `-1`"),
        "how long an instance is idle or underused before ECS removes it; `-1`: never",
    )
    .rule("the assumption `managedInstances.scaleInAfter`")],
};

/// `instanceLaunchTemplate`.
pub static INSTANCE_LAUNCH_TEMPLATE: Table = Table {
    name: "instanceLaunchTemplate",
    doc: "What ECS may launch for a Managed Instances provider.",
    fields: &[
        Field::new(
            "instanceRequirements",
            Map(&INSTANCE_REQUIREMENTS),
            "the instance types that ECS may choose",
        )
        .rule("all supported types that are neither burstable, bare metal nor accelerated"),
        Field::new(
            "capacityOptionType",
            Choice(&["ON_DEMAND", "SPOT"]),
            "the purchase option of all instances; `RESERVED` is not modelled yet",
        )
        .preset("ON_DEMAND"),
        Field::new(
            "networkConfiguration",
            Map(&NETWORK_CONFIGURATION),
            "the zones that ECS launches in",
        )
        .rule("all zones of the cluster"),
        Field::new(
            "storageConfiguration",
            Map(&STORAGE_CONFIGURATION),
            "the data volume of each instance",
        )
        .rule("80 GiB of gp3"),
        Field::warned("capacityReservations"),
        Field::warned("localStorageConfiguration"),
        Field::ignored("ec2InstanceProfileArn"),
        Field::ignored("monitoring"),
        Field::ignored("fipsEnabled"),
        Field::ignored("instanceMetadataTagsPropagation"),
    ],
};

/// `networkConfiguration` of a launch template.
pub static NETWORK_CONFIGURATION: Table = Table {
    name: "managedInstancesNetworkConfiguration",
    doc: "Where ECS launches Managed Instances. A scenario has no subnets: it names their zones.",
    fields: &[
        Field::new(
            "availabilityZones",
            List(&Text),
            "zones of the cluster that the subnets are in; not a key of AWS",
        )
        .rule("all zones of the cluster"),
        Field::ignored("subnets"),
        Field::ignored("securityGroups"),
    ],
};

/// `storageConfiguration`.
pub static STORAGE_CONFIGURATION: Table = Table {
    name: "storageConfiguration",
    doc: "The data volume of each Managed Instance, which its tasks share (facts/ecs.md 42h).",
    fields: &[Field::new(
        "storageSizeGiB",
        Integer(30, 16_384),
        "size of the gp3 volume in GiB",
    )
    .preset("80")],
};

const INCLUSION: Type = Choice(&["included", "required", "excluded"]);

/// `instanceRequirements`.
pub static INSTANCE_REQUIREMENTS: Table = Table {
    name: "instanceRequirements",
    doc: "Conditions that an instance type must meet, all of them (facts/ecs.md 42b, 42c). Of the types that are left, those count that at most two others beat in price, CPU, memory, interfaces and GPUs at once: the others would never be chosen.",
    fields: &[
        Field::new("vCpuCount", Map(&RANGE_WITH_MIN), "number of vCPUs").required(),
        Field::new(
            "memoryMiB",
            Map(&RANGE_WITH_MIN),
            "memory in MiB, as AWS advertises it",
        )
        .required(),
        Field::new(
            "allowedInstanceTypes",
            List(&Name),
            "only these types; `*` stands for any text: `m6i.*`, `m6*.*`; at most 30; types of `instanceTypes` count only if they are named here",
        ),
        Field::new(
            "excludedInstanceTypes",
            List(&Name),
            "none of these types; `*` stands for any text; at most 30",
        ),
        Field::new(
            "cpuManufacturers",
            List(&Choice(&["intel", "amd", "amazon-web-services"])),
            "makers of the processor",
        )
        .rule("all"),
        Field::new("memoryGiBPerVCpu", Map(&RANGE), "memory per vCPU in GiB"),
        Field::new(
            "instanceGenerations",
            List(&Choice(&["current", "previous"])),
            "generations, as AWS lists them",
        )
        .rule("both"),
        Field::new("bareMetal", INCLUSION, "bare metal types")
            .rule("`excluded`; `included` with `allowedInstanceTypes`"),
        Field::new(
            "burstablePerformance",
            INCLUSION,
            "T types, in unlimited mode",
        )
        .rule("`excluded`; `included` with `allowedInstanceTypes`"),
        Field::new("localStorage", INCLUSION, "types with an instance store").preset("included"),
        Field::new(
            "totalLocalStorageGB",
            Map(&RANGE),
            "size of the instance store in GB",
        ),
        Field::new(
            "networkInterfaceCount",
            Map(&RANGE),
            "most network interfaces",
        ),
        Field::new(
            "networkBandwidthGbps",
            Map(&RANGE),
            "baseline network bandwidth in Gbit/s",
        ),
        Field::new(
            "baselineEbsBandwidthMbps",
            Map(&RANGE),
            "baseline EBS bandwidth in Mbit/s",
        ),
        Field::new(
            "acceleratorTypes",
            List(&Choice(&["gpu", "fpga", "inference"])),
            "kinds of accelerators; without any key of accelerators or `allowedInstanceTypes` ECS chooses no accelerated type",
        ),
        Field::new("acceleratorCount", Map(&RANGE), "number of accelerators"),
        Field::new(
            "acceleratorManufacturers",
            List(&Choice(&[
                "amazon-web-services",
                "amd",
                "habana",
                "nvidia",
                "xilinx",
            ])),
            "makers of the accelerators",
        ),
        Field::new(
            "acceleratorNames",
            List(&Name),
            "models, such as `t4`, `a10g`, `l4`, `inferentia2`",
        ),
        Field::new(
            "acceleratorTotalMemoryMiB",
            Map(&RANGE),
            "memory of all GPUs together in MiB",
        ),
        Field::warned("localStorageTypes"),
        Field::warned("requireHibernateSupport"),
        Field::warned("onDemandMaxPricePercentageOverLowestPrice"),
        Field::warned("spotMaxPricePercentageOverLowestPrice"),
        Field::warned("maxSpotPriceAsPercentageOfOptimalOnDemandPrice"),
    ],
};

/// A range whose minimum must be given.
pub static RANGE_WITH_MIN: Table = Table {
    name: "rangeWithMin",
    doc: "A range of numbers; both ends belong to it.",
    fields: &[
        Field::new("min", Number, "the least value").required(),
        Field::new("max", Number, "the largest value").rule("no limit"),
    ],
};

/// A range.
pub static RANGE: Table = Table {
    name: "range",
    doc: "A range of numbers; both ends belong to it.",
    fields: &[
        Field::new(
            "min",
            Number,
            "the least value; without it there is no limit",
        ),
        Field::new(
            "max",
            Number,
            "the largest value; without it there is no limit",
        ),
    ],
};
