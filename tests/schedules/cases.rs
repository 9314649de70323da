//! The known schedules: what each plays, and what is known about it.

use ecsim::plan::{Field, PlacementRule, QueueOrder};

/// CPU units and MiB.
pub type Size = (u64, u64);

pub const SHAPES_A: &[Size] = &[(256, 512), (512, 1024), (1024, 2048), (2048, 4096)];
pub const SHAPES_B: &[Size] = &[
    (256, 512),
    (256, 2048),
    (512, 4096),
    (1024, 2048),
    (1024, 8192),
    (2048, 4096),
    (4096, 8192),
    (4096, 30720),
];

/// One of the known schedules. Times in milliseconds.
pub struct Case {
    pub name: &'static str,
    pub seed: u64,
    pub jobs: usize,
    pub longest_gap: u64,
    pub durations: (u64, u64),
    pub shapes: &'static [Size],
    /// Instances in the order of their indices.
    pub fleet: &'static [(u32, Size)],
    pub placement: PlacementRule,
    pub order: QueueOrder,
    /// A job without room is refused instead of queued.
    pub loss: bool,
    pub start: u64,
    pub failures: &'static [Failures],
    pub known: Known,
}

/// Times at which an instance fails, to be back 45 s later.
pub struct Failures {
    pub instance: u32,
    pub at: &'static [u64],
}

/// The k-th of forty failures is instance 5k mod 16's, 60.777 k seconds from the start.
pub const FAILURES: &[Failures] = &[
    Failures {
        instance: 0,
        at: &[972432, 1944864],
    },
    Failures {
        instance: 1,
        at: &[790101, 1762533],
    },
    Failures {
        instance: 2,
        at: &[607770, 1580202],
    },
    Failures {
        instance: 3,
        at: &[425439, 1397871, 2370303],
    },
    Failures {
        instance: 4,
        at: &[243108, 1215540, 2187972],
    },
    Failures {
        instance: 5,
        at: &[60777, 1033209, 2005641],
    },
    Failures {
        instance: 6,
        at: &[850878, 1823310],
    },
    Failures {
        instance: 7,
        at: &[668547, 1640979],
    },
    Failures {
        instance: 8,
        at: &[486216, 1458648, 2431080],
    },
    Failures {
        instance: 9,
        at: &[303885, 1276317, 2248749],
    },
    Failures {
        instance: 10,
        at: &[121554, 1093986, 2066418],
    },
    Failures {
        instance: 11,
        at: &[911655, 1884087],
    },
    Failures {
        instance: 12,
        at: &[729324, 1701756],
    },
    Failures {
        instance: 13,
        at: &[546993, 1519425],
    },
    Failures {
        instance: 14,
        at: &[364662, 1337094, 2309526],
    },
    Failures {
        instance: 15,
        at: &[182331, 1154763, 2127195],
    },
];

/// What is known about a schedule.
#[derive(Debug, PartialEq, Eq)]
pub struct Known {
    pub input_sha256: &'static str,
    pub schedule_sha256: &'static str,
    pub placed: usize,
    pub rejected: usize,
    pub attempts: u32,
    pub makespan: u64,
    pub wait_sum: u64,
    pub wait_max: u64,
    pub waited: usize,
    pub wait_p95: u64,
    pub wait_p99: u64,
    pub peak_running: usize,
    pub peak_pending: usize,
    pub cpu_ms: u128,
    pub instances_used: usize,
}

pub fn d1() -> Case {
    Case {
        name: "D1",
        seed: 1,
        jobs: 50,
        longest_gap: 4000,
        durations: (10_000, 60_000),
        shapes: SHAPES_A,
        fleet: &[(4, (4096, 8192))],
        placement: PlacementRule::BestFit(Field::Cpu),
        order: QueueOrder::HeadOfLine,
        loss: false,
        start: 0,
        failures: &[],
        known: Known {
            input_sha256: "25bda9718f463c9f91393de96b263563ec02c8ff0a8fc45af097304db685503a",
            schedule_sha256: "b76a7e2b98009ff90209406d86a91af2cdb0386217dfe884ac3d445763270873",
            placed: 50,
            rejected: 0,
            attempts: 50,
            makespan: 166_224,
            wait_sum: 80_499,
            wait_max: 13_122,
            waited: 9,
            wait_p95: 10_903,
            wait_p99: 13_122,
            peak_running: 18,
            peak_pending: 6,
            cpu_ms: 1_535_570_688,
            instances_used: 4,
        },
    }
}

pub fn d2() -> Case {
    Case {
        name: "D2",
        seed: 2,
        jobs: 5000,
        longest_gap: 1200,
        durations: (5000, 55_000),
        shapes: SHAPES_B,
        fleet: &[(26, (4096, 30720))],
        placement: PlacementRule::FirstFit,
        order: QueueOrder::HeadOfLine,
        loss: false,
        start: 1500,
        failures: &[],
        known: Known {
            input_sha256: "82735fa46f9197691749e8bedd0ac7bfee229501418ff7e4002920286c72d9ce",
            schedule_sha256: "22bc3f87b7b2c209b55074ff7b90920ba0a6814c155f0f2b4b2052c881a50dcf",
            placed: 5000,
            rejected: 0,
            attempts: 5000,
            makespan: 3_063_567,
            wait_sum: 2_970_237,
            wait_max: 11_178,
            waited: 904,
            wait_p95: 4566,
            wait_p99: 7492,
            peak_running: 69,
            peak_pending: 21,
            cpu_ms: 259_443_289_088,
            instances_used: 26,
        },
    }
}

pub fn d3() -> Case {
    Case {
        name: "D3",
        seed: 3,
        jobs: 100_000,
        longest_gap: 120,
        durations: (1000, 179_000),
        shapes: SHAPES_B,
        fleet: &[
            (200, (8192, 15360)),
            (150, (8192, 31744)),
            (100, (16384, 31744)),
            (50, (4096, 31744)),
        ],
        placement: PlacementRule::BestFit(Field::Memory),
        order: QueueOrder::SkipAhead,
        loss: false,
        start: 0,
        failures: &[],
        known: Known {
            input_sha256: "50acce82d26f0e77599f1c5e88b27e30d349f738e2d6cae323effd6a8379c8cc",
            schedule_sha256: "60c5eb67ff146cc22a6fe1cea8a074bfad672f05a582d51da9a66207af3e8d43",
            placed: 100_000,
            rejected: 0,
            attempts: 100_000,
            makespan: 6_147_823,
            wait_sum: 4_119_230,
            wait_max: 10_788,
            waited: 2030,
            wait_p95: 0,
            wait_p99: 1450,
            peak_running: 1605,
            peak_pending: 28,
            cpu_ms: 14_942_201_522_944,
            instances_used: 500,
        },
    }
}

pub fn d5() -> Case {
    Case {
        name: "D5",
        seed: 5,
        jobs: 5000,
        longest_gap: 1200,
        durations: (5000, 65_000),
        shapes: SHAPES_A,
        fleet: &[(16, (4096, 8192))],
        placement: PlacementRule::FewestTasks,
        order: QueueOrder::SkipAhead,
        loss: false,
        start: 0,
        failures: FAILURES,
        known: Known {
            input_sha256: "0a61dfa57cadd829f7b6978a1550a5c6492e4c1378474995e5b531c4d513c503",
            schedule_sha256: "713d4bc5b5a09e5a94ca3b22086421132799aa90d97e5cab59b844dbf75f7e3e",
            placed: 5000,
            rejected: 0,
            attempts: 5153,
            makespan: 3_087_161,
            wait_sum: 16_984_306,
            wait_max: 122_963,
            waited: 1763,
            wait_p95: 18_335,
            wait_p99: 32_849,
            peak_running: 72,
            peak_pending: 21,
            cpu_ms: 169_615_715_072,
            instances_used: 16,
        },
    }
}

pub fn d6() -> Case {
    Case {
        name: "D6",
        seed: 6,
        jobs: 20_000,
        longest_gap: 220,
        durations: (2000, 20_000),
        shapes: SHAPES_B,
        fleet: &[(20, (2048, 7680)), (12, (4096, 15360)), (8, (8192, 31744))],
        placement: PlacementRule::DotProduct,
        order: QueueOrder::HeadOfLine,
        loss: true,
        start: 0,
        failures: &[],
        known: Known {
            input_sha256: "96c57aa95ad9493067d64ee3133f0bce03779cb3f937c70ec481b8230c054089",
            schedule_sha256: "f5109008a64392e6dc5e5042162aa9ba29268f45c0637d2c2e1a549cbd56c387",
            placed: 15_503,
            rejected: 4497,
            attempts: 15_503,
            makespan: 2_216_811,
            wait_sum: 0,
            wait_max: 0,
            waited: 0,
            wait_p95: 0,
            wait_p99: 0,
            peak_running: 102,
            peak_pending: 0,
            cpu_ms: 166_389_725_440,
            instances_used: 31,
        },
    }
}
