//! Bills against AWS's own examples, published bills and arithmetic done by hand
//! (facts/pricing.md 6 and 7).

use ecsim::catalog::{self, Architecture, FargatePrices, FargateSpotPrices};
use ecsim::plan::InstanceManagement;
use ecsim::pricing::{Bill, BillLine, InstancePrice, PriceBook, price};
use ecsim::units::{Cpu, GIB, HOUR, Memory, SimTime, Span, Usd};
use ecsim::usage::{HourlyUsage, Item, Ledger, MeterKey, Meters, Owner, PricingUnit, Service};
use proptest::prelude::*;

const X86: Architecture = Architecture::X86;
const MINUTE: Span = Span::seconds(60);
/// 2026-11-01T00:00:00Z, the first hour of a month of 720 hours.
const NOVEMBER: i64 = 1_793_491_200;

fn usd(text: &str) -> Usd {
    text.parse().expect("the tests write dollars")
}

fn of(item: Item) -> MeterKey {
    MeterKey {
        owner: Owner::Provider(0),
        zone: Some(0),
        item,
    }
}

/// The catalog's prices in a region, with these instance types.
fn book(region: &str, types: &[&str]) -> PriceBook {
    PriceBook {
        region: region.into(),
        start_unix_seconds: NOVEMBER,
        instances: types
            .iter()
            .map(|name| InstancePrice {
                name: (*name).into(),
                per_hour: catalog::on_demand_price(region, name),
                spot_per_hour: catalog::spot(region, name).and_then(|offer| offer.price_per_hour),
                managed_per_hour: None,
            })
            .collect(),
        fargate_x86: catalog::fargate_prices(region, X86),
        fargate_arm: catalog::fargate_prices(region, Architecture::Arm),
        services: catalog::service_prices(region).unwrap_or_default(),
        storage_month_hours: None,
    }
}

/// Usage of amounts over one span from the start of the run.
fn used(length: Span, amounts: &[(Item, u64)]) -> Ledger {
    let mut meters = Meters::new(SimTime::ZERO);
    let end = SimTime::ZERO + length;
    for (item, amount) in amounts {
        let meter = meters.register(of(*item));
        meters.start(meter, *amount, SimTime::ZERO);
        meters.stop(meter, *amount, SimTime::ZERO, end, MINUTE);
    }
    meters.finish(end)
}

fn fargate(architecture: Architecture, cpu_units: u64, memory: Memory) -> [(Item, u64); 2] {
    [
        (
            Item::FargateCpu(architecture),
            Cpu::units(cpu_units).as_base(),
        ),
        (Item::FargateMemory(architecture), memory.as_bytes()),
    ]
}

fn priced(ledger: &Ledger, book: &PriceBook) -> Bill {
    price(ledger, book).expect("all is priced")
}

fn cents(bill: &Bill) -> Vec<i128> {
    bill.lines.iter().map(|line| line.cost.as_cents()).collect()
}

#[test]
fn five_fargate_tasks_ten_minutes_a_day_for_a_month() {
    // D1 of facts/pricing.md 7: 5 tasks of 1 vCPU, 2 GB and 30 GB of storage, 600 s a day.
    let mut meters = Meters::new(SimTime::ZERO);
    let [cpu, memory] = fargate(X86, 1_024, Memory::gib(2));
    let amounts = [cpu, memory, (Item::FargateStorage(X86), 10 * GIB)];
    for day in 0..30 {
        let from = SimTime::ZERO + Span::hours(24 * day + 7);
        let to = from + Span::seconds(600);
        for (item, amount) in amounts {
            let meter = meters.register(of(item));
            for _ in 0..5 {
                meters.start(meter, amount, from);
            }
            for _ in 0..5 {
                meters.stop(meter, amount, from, to, MINUTE);
            }
        }
    }
    let mut book = book("us-east-1", &[]);
    // The example's prices per second, times 3,600.
    book.fargate_x86 = Some(FargatePrices {
        vcpu_hour: usd("$0.0404784"),
        gb_hour: usd("$0.004446"),
        storage_gb_hour: Some(usd("$0.00011088")),
        spot: None,
    });
    let end = SimTime::ZERO + Span::hours(720);
    let bill = price(&meters.finish(end), &book).expect("all is priced");
    assert_eq!(cents(&bill), [101, 22, 3]);
    assert_eq!(bill.total().as_cents(), 126);
    assert_eq!(bill.total(), usd("$1.26198"));
}

#[test]
fn a_small_fargate_task_for_730_hours() {
    // D3: 9.01, two tasks 18.02.
    let book = book("us-east-1", &[]);
    let one = fargate(X86, 256, Memory::mib(512));
    let two = one.map(|(item, amount)| (item, 2 * amount));
    let month = Span::hours(730);
    let total = |amounts| {
        price(&used(month, amounts), &book)
            .expect("all is priced")
            .total()
    };
    assert_eq!(total(&one).as_cents(), 901);
    assert_eq!(total(&two).as_cents(), 1_802);
}

#[test]
fn a_gpu_instance_of_a_real_bill() {
    // D17: 30.75528 h of g5.xlarge; the hours are no whole seconds, so straight from µs.
    let ledger = Ledger {
        meters: vec![of(Item::Instance(0))],
        rows: vec![HourlyUsage {
            hour: 0,
            meter: 0,
            quantity: 110_719_008_000,
        }],
        ..Ledger::default()
    };
    let book = book("us-east-1", &["g5.xlarge"]);
    assert_eq!(book.instances[0].per_hour, Some(usd("$1.006")));
    let bill = price(&ledger, &book).expect("all is priced");
    assert_eq!(bill.total(), usd("$30.93981168"));
    assert_eq!(bill.lines[0].usage_type, "BoxUsage:g5.xlarge");
    assert!((bill.lines[0].quantity - 30.75528).abs() < 1e-12);
}

#[test]
fn a_service_of_one_vcpu_on_fargate() {
    // D19: 29.55 + 6.49 = 36.04.
    let ledger = used(Span::hours(730), &fargate(X86, 1_024, Memory::gib(2)));
    let bill = price(&ledger, &book("us-east-1", &[])).expect("all is priced");
    assert_eq!(cents(&bill), [2_955, 649]);
    assert_eq!(bill.total().as_cents(), 3_604);
}

#[test]
fn an_instance_is_cheaper_than_fargate_above_these_shares() {
    // facts/pricing.md 6, families without a burst: an hour of the node over an hour of the
    // same size on Fargate, in thousandths.
    for (name, volume, wanted) in [
        ("m5.large", 0, 824),
        ("m6i.large", 0, 824),
        ("m7i.large", 0, 865),
        ("c6i.large", 0, 861),
        ("r6i.large", 0, 829),
        ("m7g.large", 0, 875),
        ("c7g.large", 0, 918),
        ("m8g.large", 0, 963),
        ("m5.large", 30, 852),
    ] {
        let mut book = book("us-east-1", &[name]);
        book.storage_month_hours = Some(730);
        let facts = catalog::instance_type(name).expect("the catalog has it");
        let node = [(Item::Instance(0), 1), (Item::RootVolume, volume * GIB)];
        let same = fargate(
            facts.architecture,
            u64::from(facts.vcpus) * 1_024,
            facts.memory,
        );
        let cost = |amounts| {
            let ledger = used(Span::hours(1), amounts);
            price(&ledger, &book)
                .expect("all is priced")
                .total()
                .as_nanos()
        };
        let share = (cost(&node) * 1_000 + cost(&same) / 2) / cost(&same);
        assert_eq!(share, wanted, "{name} with {volume} GB");
    }
}

#[test]
fn storage_is_prorated_by_the_calendar_month() {
    // 30 GB over November and December: a whole GB-month each, whatever their length.
    let ledger = used(Span::hours(720 + 744), &[(Item::RootVolume, 30 * GIB)]);
    let mut book = book("us-east-1", &[]);
    let bill = price(&ledger, &book).expect("all is priced");
    assert_eq!(bill.total(), usd("$4.80"));
    assert_eq!(bill.lines[0].quantity, 60.0);
    book.storage_month_hours = Some(732);
    let bill = price(&ledger, &book).expect("all is priced");
    assert_eq!(bill.total(), usd("$4.80"));
    book.storage_month_hours = Some(730);
    let bill = price(&ledger, &book).expect("all is priced");
    assert_eq!(bill.total(), usd("$4.813150685"));
}

#[test]
fn usage_types_are_those_of_aws_bills() {
    let items = [
        Item::Instance(0),
        Item::RootVolume,
        Item::FargateCpu(X86),
        Item::FargateMemory(X86),
        Item::FargateCpu(Architecture::Arm),
        Item::FargateMemory(Architecture::Arm),
        Item::FargateStorage(Architecture::Arm),
    ];
    let amounts = items.map(|item| (item, 1));
    for (region, wanted) in [
        (
            "us-east-1",
            [
                "BoxUsage:m5.large",
                "EBS:VolumeUsage.gp3",
                "USE1-Fargate-vCPU-Hours:perCPU",
                "USE1-Fargate-ARM-vCPU-Hours:perCPU",
                "USE1-Fargate-GB-Hours",
                "USE1-Fargate-ARM-GB-Hours",
                "USE1-Fargate-EphemeralStorage-GB-Hours",
            ],
        ),
        (
            "us-east-2",
            [
                "USE2-BoxUsage:m5.large",
                "USE2-EBS:VolumeUsage.gp3",
                "USE2-Fargate-vCPU-Hours:perCPU",
                "USE2-Fargate-ARM-vCPU-Hours:perCPU",
                "USE2-Fargate-GB-Hours",
                "USE2-Fargate-ARM-GB-Hours",
                "USE2-Fargate-EphemeralStorage-GB-Hours",
            ],
        ),
    ] {
        let ledger = used(Span::hours(1), &amounts);
        let bill = price(&ledger, &book(region, &["m5.large"])).expect("all is priced");
        let types: Vec<&str> = bill
            .lines
            .iter()
            .map(|line| line.usage_type.as_str())
            .collect();
        assert_eq!(types, wanted);
        let services: Vec<Service> = bill.lines.iter().map(|line| line.service).collect();
        assert_eq!(services[..2], [Service::Ec2, Service::Ebs]);
        assert!(
            services[2..]
                .iter()
                .all(|service| *service == Service::Fargate)
        );
    }
}

#[test]
fn spot_is_billed_under_usage_types_of_its_own() {
    // facts/pricing.md 2: EC2's have no prefix in us-east-1, Fargate's have.
    const ARM: Architecture = Architecture::Arm;
    let spot = FargateSpotPrices {
        vcpu_hour: usd("$0.01"),
        gb_hour: usd("$0.001"),
    };
    for (region, wanted) in [
        (
            "us-east-1",
            [
                "SpotUsage:m5.large",
                "USE1-SpotUsage-Fargate-vCPU-Hours:perCPU",
                "USE1-SpotUsage-Fargate-ARM-vCPU-Hours:perCPU",
                "USE1-SpotUsage-Fargate-GB-Hours",
                "USE1-SpotUsage-Fargate-ARM-GB-Hours",
            ],
        ),
        (
            "eu-central-1",
            [
                "EUC1-SpotUsage:m5.large",
                "EUC1-SpotUsage-Fargate-vCPU-Hours:perCPU",
                "EUC1-SpotUsage-Fargate-ARM-vCPU-Hours:perCPU",
                "EUC1-SpotUsage-Fargate-GB-Hours",
                "EUC1-SpotUsage-Fargate-ARM-GB-Hours",
            ],
        ),
    ] {
        let vcpu = Cpu::vcpus(1).as_base();
        let amounts = [
            (Item::SpotInstance(0), 1),
            (Item::FargateSpotCpu(X86), vcpu),
            (Item::FargateSpotMemory(X86), GIB),
            (Item::FargateSpotCpu(ARM), vcpu),
            (Item::FargateSpotMemory(ARM), GIB),
        ];
        let mut book = book(region, &["m5.large"]);
        for prices in [&mut book.fargate_x86, &mut book.fargate_arm] {
            let prices = prices.as_mut().expect("Fargate is priced there");
            prices.spot = Some(spot);
        }
        book.instances[0].spot_per_hour = Some(usd("$0.03"));
        let bill = price(&used(Span::hours(2), &amounts), &book).expect("all is priced");
        let found: Vec<_> = bill.lines.iter().map(|line| &line.usage_type).collect();
        assert_eq!(found, wanted);
        let labels: Vec<_> = bill.lines.iter().map(|line| line.label.as_str()).collect();
        assert_eq!(
            labels,
            [
                "m5.large, Spot",
                "Fargate Spot vCPU, X86_64",
                "Fargate Spot vCPU, ARM64",
                "Fargate Spot memory, X86_64",
                "Fargate Spot memory, ARM64",
            ]
        );
        let costs: Vec<Usd> = bill.lines.iter().map(|line| line.cost).collect();
        let wanted = ["$0.06", "$0.02", "$0.02", "$0.002", "$0.002"].map(usd);
        assert_eq!(costs, wanted);
    }
}

#[test]
fn a_spot_instance_costs_what_its_saving_leaves() {
    let ledger = used(Span::hours(100), &[(Item::SpotInstance(0), 1)]);
    let bill = price(&ledger, &book("us-east-1", &["m5.large"])).expect("all is priced");
    // 66 % off $0.096 an hour.
    assert_eq!(bill.total(), usd("$3.264"));
}

#[test]
fn a_spot_instance_that_aws_interrupts_in_its_first_hour_is_free() {
    // facts/pricing.md 2: two run; AWS takes one back after 50 minutes, the other after 70.
    let mut meters = Meters::new(SimTime::ZERO);
    let meter = meters.register(of(Item::SpotInstance(0)));
    let after = |minutes: u64| SimTime::ZERO + Span::seconds(60 * minutes);
    let started = after(40);
    meters.start(meter, 1, started);
    meters.start(meter, 1, started);
    meters.cancel(meter, 1, started, after(90));
    meters.stop(meter, 1, started, after(110), MINUTE);
    let ledger = meters.finish(after(180));
    let bill = price(&ledger, &book("us-east-1", &["m5.large"])).expect("all is priced");
    assert_eq!(bill.lines[0].usage, u128::from(70 * MINUTE.as_micros()));
    assert_eq!(bill.total(), usd("$0.03808"));
}

#[test]
fn storage_of_a_fargate_spot_task_costs_as_much_as_any() {
    let amounts = [
        (Item::FargateSpotMemory(X86), GIB),
        (Item::FargateStorage(X86), GIB),
    ];
    let bill = price(&used(Span::hours(1), &amounts), &book("us-east-1", &[]));
    let costs: Vec<Usd> = bill
        .expect("all is priced")
        .lines
        .iter()
        .map(|line| line.cost)
        .collect();
    assert_eq!(costs, ["$0.00138835", "$0.000111"].map(usd));
}

#[test]
fn fargate_spot_on_arm_costs_three_tenths() {
    let memory = Item::FargateSpotMemory(Architecture::Arm);
    let used = used(Span::hours(1), &[(memory, GIB)]);
    let bill = price(&used, &book("us-east-1", &[])).expect("all is priced");
    assert_eq!(bill.total(), usd("$0.001068"));
}

#[test]
fn a_missing_price_matters_only_when_something_was_used() {
    let book = book("eu-west-1", &["m5.large"]);
    let storage = Item::FargateStorage(X86);
    let unused = used(Span::hours(1), &[(Item::Instance(0), 1), (storage, 0)]);
    let bill = price(&unused, &book).expect("nothing without a price was used");
    assert_eq!(bill.lines.len(), 1);
    let needed = used(Span::hours(1), &[(storage, GIB)]);
    let missing = price(&needed, &book).expect_err("storage has no price there");
    assert_eq!(
        missing.to_string(),
        "no price for Fargate storage above 20 GiB, X86_64 \
         (`EU-Fargate-EphemeralStorage-GB-Hours`) in `eu-west-1`"
    );
}

#[test]
fn a_region_of_ones_own_stands_in_front_of_its_usage_types() {
    let mut book = book("mars-north-1", &["rack"]);
    book.instances[0].per_hour = Some(usd("$0.50"));
    let bill = price(&used(Span::hours(2), &[(Item::Instance(0), 1)]), &book);
    let bill = bill.expect("all is priced");
    assert_eq!(bill.total(), usd("$1"));
    assert_eq!(bill.lines[0].usage_type, "mars-north-1-BoxUsage:rack");
}

#[test]
fn a_ledger_and_a_bill_have_the_names_of_reports_in_json() {
    let meter = MeterKey {
        owner: Owner::Cluster,
        zone: None,
        item: Item::RootVolume,
    };
    let arm = MeterKey {
        owner: Owner::Provider(1),
        zone: Some(2),
        item: Item::FargateCpu(Architecture::Arm),
    };
    let row = HourlyUsage {
        hour: 3,
        meter: 0,
        quantity: u128::from(GIB) * u128::from(HOUR),
    };
    let ledger = Ledger {
        meters: vec![meter, arm],
        rows: vec![row],
        topped_up: vec![0, 0],
    };
    let json = serde_json::to_string(&ledger).expect("it is plain data");
    assert_eq!(
        json,
        r#"{"meters":[{"owner":"cluster","zone":null,"item":"rootVolume"},"#.to_string()
            + r#"{"owner":{"provider":1},"zone":2,"item":{"fargateCpu":"ARM64"}}],"#
            + r#""rows":[{"hour":3,"meter":0,"quantity":3865470566400000000}],"toppedUp":[0,0]}"#
    );
    let mut book = book("us-east-1", &[]);
    book.storage_month_hours = Some(1);
    let bill = price(&ledger, &book).expect("all is priced");
    let json = serde_json::to_value(&bill.lines[0]).expect("it is plain data");
    assert_eq!(
        json,
        serde_json::json!({
            "meter": {"owner": "cluster", "zone": null, "item": "rootVolume"},
            "service": "EBS",
            "usageType": "EBS:VolumeUsage.gp3",
            "label": "gp3 root volumes",
            "unit": "GB-months",
            "usage": 3_865_470_566_400_000_000_u64,
            "toppedUp": 0,
            "quantity": 1.0,
            "price": 80_000_000,
            "cost": 80_000_000,
        })
    );
    for service in Service::ALL {
        assert_eq!(
            serde_json::to_value(service).expect("a name"),
            service.name()
        );
    }
    for unit in [
        PricingUnit::InstanceHours,
        PricingUnit::VcpuHours,
        PricingUnit::GbHours,
        PricingUnit::GbMonths,
    ] {
        assert_eq!(serde_json::to_value(unit).expect("a name"), unit.name());
    }
    let json = serde_json::to_value(&book).expect("it is plain data");
    assert_eq!(json["services"]["gp3GbMonth"], 80_000_000);
}

/// A ledger of a few meters with any quantities.
fn any_ledger() -> impl Strategy<Value = Ledger> {
    let items = [
        Item::Instance(0),
        Item::RootVolume,
        Item::FargateCpu(X86),
        Item::FargateMemory(X86),
        Item::SpotInstance(0),
        Item::FargateSpotCpu(X86),
        Item::FargateSpotMemory(X86),
    ];
    let row = (0..3_000u32, 0..7u32, 0..1u128 << 60);
    proptest::collection::vec(row, 0..40).prop_map(move |mut rows| {
        rows.sort_unstable();
        rows.dedup_by_key(|row| (row.0, row.1));
        Ledger {
            meters: items.map(of).to_vec(),
            rows: rows
                .into_iter()
                .map(|(hour, meter, quantity)| HourlyUsage {
                    hour,
                    meter,
                    quantity,
                })
                .collect(),
            ..Ledger::default()
        }
    })
}

fn doubled(mut book: PriceBook) -> PriceBook {
    let twice = |price: Usd| price + price;
    for instance in &mut book.instances {
        instance.per_hour = instance.per_hour.map(twice);
        instance.spot_per_hour = instance.spot_per_hour.map(twice);
    }
    book.fargate_x86 = book.fargate_x86.map(|prices| FargatePrices {
        vcpu_hour: twice(prices.vcpu_hour),
        gb_hour: twice(prices.gb_hour),
        storage_gb_hour: prices.storage_gb_hour.map(twice),
        spot: prices.spot.map(|spot| FargateSpotPrices {
            vcpu_hour: twice(spot.vcpu_hour),
            gb_hour: twice(spot.gb_hour),
        }),
    });
    let gp3 = &mut book.services.gp3_gb_month;
    *gp3 = gp3.map(twice);
    book
}

proptest! {
    #[test]
    fn double_the_prices_and_the_bill_doubles(ledger in any_ledger()) {
        let book = book("us-east-1", &["m5.large"]);
        let once = price(&ledger, &book).expect("all is priced");
        let twice = price(&ledger, &doubled(book)).expect("all is priced");
        for (one, two) in once.lines.iter().zip(&twice.lines) {
            // Each part of a line is rounded by at most half a nano-dollar: storage lies in
            // up to six months.
            let off = two.cost.as_nanos() - 2 * one.cost.as_nanos();
            prop_assert!(off.abs() <= 6, "{off} nano-dollars");
        }
    }

    #[test]
    fn a_ledger_and_its_bill_can_be_read_back_from_json(ledger in any_ledger()) {
        let bill = price(&ledger, &book("us-east-1", &["m5.large"])).expect("all is priced");
        let text = serde_json::to_string(&(&ledger, &bill)).expect("they are plain data");
        let (ledger_again, bill_again): (Ledger, Bill) =
            serde_json::from_str(&text).expect("it was just written");
        prop_assert_eq!(ledger_again, ledger);
        prop_assert_eq!(bill_again.lines.len(), bill.lines.len());
        for (again, line) in bill_again.lines.into_iter().zip(bill.lines) {
            // A float may be read as its neighbour.
            prop_assert!((again.quantity - line.quantity).abs() <= line.quantity * 1e-15);
            let quantity = line.quantity;
            prop_assert_eq!(BillLine { quantity, ..again }, line);
        }
    }

    #[test]
    fn the_total_is_the_sum_of_the_lines_and_of_the_services(ledger in any_ledger()) {
        let bill = price(&ledger, &book("us-east-1", &["m5.large"])).expect("all is priced");
        let sum: i128 = bill.lines.iter().map(|line| line.cost.as_nanos()).sum();
        prop_assert_eq!(bill.total().as_nanos(), sum);
        let services: Usd = Service::ALL
            .iter()
            .map(|service| bill.sum(|line| line.service == *service))
            .sum();
        prop_assert_eq!(services, bill.total());
        let used: u128 = ledger.rows.iter().map(|row| row.quantity).sum();
        prop_assert_eq!(bill.lines.iter().map(|line| line.usage).sum::<u128>(), used);
    }
}

/// The fee for Managed Instances is a line of its own: 12 % of the price on demand, on Spot too, by
/// the second with a minimum of one minute (facts/pricing.md 2). AWS's example is a c6a.2xlarge, which
/// costs 0.306 on demand; its fee of 0.03672 is published rounded.
#[test]
fn the_fee_for_managed_instances_is_a_line_of_its_own() {
    let fee = InstanceManagement::default();
    let mut book = book("us-east-1", &["c6a.2xlarge"]);
    let on_demand = book.instances[0].per_hour.expect("a price");
    assert_eq!(on_demand.to_string(), "$0.306");
    book.instances[0].managed_per_hour = Some(fee.fee_per_hour("c6a.2xlarge", on_demand, NOVEMBER));
    let of_a_month = [(Item::Instance(0), 1), (Item::ManagementFee(0), 1)];
    let bill = priced(&used(Span::hours(730), &of_a_month), &book);
    let line = &bill.lines[1];
    assert_eq!(
        (line.service, line.usage_type.as_str(), line.label.as_str()),
        (
            Service::Ecs,
            "USE1-ECSManagedInstancesUsage:c6a.2xlarge",
            "c6a.2xlarge, management fee"
        )
    );
    // 223.38 and 26.8056 dollars a month.
    assert_eq!(cents(&bill), [22_338, 2_681]);
    // Ten seconds are billed as a minute, 90.2 seconds as 91.
    for (used_for, billed) in [(10_000, 60), (90_200, 91)] {
        let bill = priced(&used(Span::millis(used_for), &of_a_month), &book);
        let wanted = Usd::nanos(36_720_000).times(billed, 3_600);
        assert_eq!(bill.lines[1].cost, wanted);
    }
}
