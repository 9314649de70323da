//! What holds exactly in every run, whatever the seed and the policy: conservation, Little's
//! law, capacity, busy time, the bill, and what shifting, scaling, renaming and doubling
//! must not change. Random small worlds look for what nobody thought of; a failure names the
//! world's seed.

mod common;

use common::audit::{Audit, End, Life, Name};
use common::constraints::constrain;
use common::law::{Sample, sample};
use common::observers::Occupancy;
use common::oracle::{Books, checked};
use common::worlds::{Kind, sites, world};
use common::*;
use ecsim::catalog::Architecture;
use ecsim::engine::Reader;
use ecsim::plan::{
    Arrivals, Capacity, Delays, OnNoCapacity, PlacementRule, Plan, Strategy, Study, Target, Trace,
};
use ecsim::runner::{Options, Played, built_in_scheduler, in_order, play_with, run};
use ecsim::simulation::{self, Fact};
use ecsim::units::{Cpu, GIB, HOUR, SimTime, Span, Usd};
use ecsim::usage::{Item, MeterKey, Owner};
use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// How many random worlds each check looks at: the environment variable `ECSIM_WORLDS`, which
/// `.ci/run` sets to more, or 100.
fn worlds() -> u64 {
    let count = match std::env::var("ECSIM_WORLDS") {
        Ok(count) => count.parse().expect("ECSIM_WORLDS is a number"),
        Err(_) => 100,
    };
    assert!(count > 0, "without worlds nothing is checked");
    count
}

/// Runs a check on worlds of seeds 1 to [`worlds`]; who fails is told the seed.
fn in_worlds(kind: Kind, check: impl Fn(&Plan, u64)) {
    struct Named(u64, Kind);
    impl Drop for Named {
        #[allow(clippy::print_stderr, reason = "the seed of a failure")]
        fn drop(&mut self) {
            if std::thread::panicking() {
                eprintln!("in `world({}, Kind::{:?})`", self.0, self.1);
            }
        }
    }
    for seed in 1..=worlds() {
        let named = Named(seed, kind);
        check(&world(seed, kind), seed);
        drop(named);
    }
}

fn audited<'p>(plan: &'p Plan, seed: u64) -> (Played, Audit<'p>) {
    let never = AtomicBool::new(false);
    play_with(plan, seed, &built_in_scheduler, &never, Audit::new(plan)).expect("a valid plan runs")
}

/// What became of every task, by its entry's name.
fn lives(plan: &Plan, seed: u64) -> BTreeMap<(String, u64), Life> {
    let (_, audit) = audited(plan, seed);
    let named = |(entry, ordinal): Name| (plan.tasks[entry].name.clone(), ordinal);
    let lives = audit.lives.iter();
    lives.map(|(name, life)| (named(*name), *life)).collect()
}

/// Identities 1, 2, 3 and 4: the first and third are checked at every fact.
#[test]
fn nothing_is_lost_and_all_integrals_are_sums_over_tasks() {
    in_worlds(Kind::Drawn, |plan, seed| {
        let (played, audit) = audited(plan, seed);
        assert_eq!((audit.running, audit.queued), (0, 0), "drained");
        assert_eq!(audit.arrived, audit.finished + audit.rejected);
        assert_eq!(audit.in_system.integral, audit.sojourns);
        assert_eq!(audit.waiting.integral, audit.waits);
        assert_eq!(audit.on_capacity.integral, audit.lengths);
        assert_eq!(audit.busy.integral, audit.cpu_times_length);
        // The program's own figures say the same.
        let work = &played.observed.work;
        let all = work.all();
        assert_eq!(
            (all.arrived, all.finished, all.rejected),
            (audit.arrived, audit.finished, audit.rejected)
        );
        assert_eq!(all.in_system.integral, all.sojourns.sum);
        assert_eq!(all.waiting.integral, all.waits.sum);
        assert_eq!(all.in_system.integral, audit.in_system.integral);
        assert_eq!(all.waiting.integral, audit.waiting.integral);
        assert_eq!(all.running.integral, audit.on_capacity.integral);
        for entry in &work.entries {
            assert_eq!(entry.in_system.integral, entry.sojourns.sum);
            assert_eq!(entry.waiting.integral, entry.waits.sum);
        }
        let reserved: i128 = (0..plan.cluster.providers.len())
            .map(|provider| {
                let level = ecsim::metrics::CapacityLevel::CpuReserved;
                played.observed.levels.capacity_integral(provider, level)
            })
            .sum();
        assert_eq!(reserved, audit.busy.integral as i128);
    });
}

/// Identity 1 where a run is cut off: what has arrived is somewhere.
#[test]
fn nothing_is_lost_when_the_time_is_up() {
    in_worlds(Kind::Drawn, |plan, seed| {
        let mut plan = plan.clone();
        plan.until = ecsim::plan::Until::Elapsed(Span::seconds(61));
        let (played, audit) = audited(&plan, seed);
        let all = played.observed.work.all();
        assert_eq!(all.unfinished(), audit.running + audit.queued);
        assert_eq!(all.never_placed(), audit.queued);
        assert_eq!(played.end, SimTime::ZERO + Span::seconds(61));
    });
}

/// Identity 5: the bill again, from the plan and the facts.
#[test]
fn the_bill_is_the_sum_over_instances_and_tasks() {
    in_worlds(Kind::Drawn, |plan, seed| {
        let (played, audit) = audited(plan, seed);
        let wanted = bill_again(plan, &audit, played.end);
        let mut total = 0;
        let mut found = BTreeMap::new();
        for line in &played.bill.lines {
            total += line.cost.as_nanos();
            if line.usage > 0 {
                found.insert(line.meter, (line.usage, line.cost.as_nanos()));
            }
        }
        assert_eq!(found, wanted);
        assert_eq!(played.bill.total().as_nanos(), total);
    });
}

/// Base units × µs and nano-dollars by meter.
fn bill_again(plan: &Plan, audit: &Audit<'_>, end: SimTime) -> BTreeMap<MeterKey, (u128, i128)> {
    let mut usage: BTreeMap<MeterKey, u128> = BTreeMap::new();
    let mut add = |provider, zone, item, amount: u64, seconds: u64| {
        let micros = u128::from(seconds) * 1_000_000;
        if amount > 0 {
            let key = MeterKey {
                owner: Owner::Provider(provider),
                zone: Some(zone),
                item,
            };
            *usage.entry(key).or_default() += u128::from(amount) * micros;
        }
    };
    let billed = |micros: u64| micros.div_ceil(1_000_000).max(60);
    let whole_run = billed(end.as_micros());
    for (provider, planned) in plan.cluster.providers.iter().enumerate() {
        let Capacity::Fleet(members) = &planned.capacity else {
            continue;
        };
        let mut fleet = sites(plan).into_iter().filter(|s| s.provider == provider);
        for member in members {
            let ecsim::plan::Count::Fixed(count) = member.count else {
                panic!("the worlds have fixed counts");
            };
            for site in fleet.by_ref().take(count as usize) {
                let item = Item::Instance(site.instance_type);
                add(provider, site.zone, item, 1, whole_run);
                let volume = member.root_volume.map_or(0, |size| size.as_bytes());
                add(provider, site.zone, Item::RootVolume, volume, whole_run);
            }
        }
    }
    for (task, ended) in &audit.on_fargate {
        let planned = &plan.tasks[task.revision.index()];
        let Target::Provider(provider) = planned.target else {
            panic!("Fargate is a provider");
        };
        let demand = &planned.demand;
        let architecture = demand.architecture.unwrap_or(Architecture::X86);
        let placed = audit.lives[&(task.revision.index(), task.ordinal)].placed;
        let placed = placed.expect("a task that ends was placed");
        let seconds = billed(ended.as_micros() - placed);
        let zone = task.zone.index();
        let (cpu, memory) = (task.shape.cpu.as_base(), task.shape.memory.as_bytes());
        let storage = demand.ephemeral_storage.as_bytes() - 20 * GIB;
        add(provider, zone, Item::FargateCpu(architecture), cpu, seconds);
        add(
            provider,
            zone,
            Item::FargateMemory(architecture),
            memory,
            seconds,
        );
        add(
            provider,
            zone,
            Item::FargateStorage(architecture),
            storage,
            seconds,
        );
    }
    usage
        .into_iter()
        .map(|(key, usage)| {
            let (price, per) = price_of(plan, key.item);
            // Rounded half up, once.
            let (usage, per) = (usage as i128, per as i128);
            let cost = (2 * price.as_nanos() * usage + per) / (2 * per);
            (key, (usage as u128, cost))
        })
        .collect()
}

/// The price and how much of the base unit × µs it is for.
fn price_of(plan: &Plan, item: Item) -> (Usd, u128) {
    let hour = u128::from(HOUR);
    let fargate = |architecture| match architecture {
        Architecture::X86 => plan.prices.fargate_x86.expect("the worlds have prices"),
        Architecture::Arm => plan.prices.fargate_arm.expect("the worlds have prices"),
    };
    match item {
        Item::SurplusCpuCredits(_) => unreachable!("these worlds have no burstable instances"),
        Item::Alarms => {
            let month = u128::from(plan.prices.storage_month_hours.unwrap_or(31 * 24));
            let price = plan.prices.services.alarm_month;
            (
                price.expect("alarms are billed where they have a price"),
                hour * month,
            )
        }
        Item::LoadBalancer(_) | Item::CapacityUnits(_) | Item::QueueRequests => {
            unreachable!("these worlds have no load balancers and no queues")
        }
        Item::Instance(kind) => {
            let price = plan.cluster.instance_types[kind].price_per_hour;
            (price.expect("the worlds have prices"), hour)
        }
        Item::RootVolume => {
            // Time zero of the worlds is January 1970: 31 days.
            let month = u128::from(plan.prices.storage_month_hours.unwrap_or(31 * 24));
            let price = plan.prices.services.gp3_gb_month;
            (
                price.expect("the worlds have prices"),
                u128::from(GIB) * hour * month,
            )
        }
        Item::FargateCpu(on) => (fargate(on).vcpu_hour, u128::from(Cpu::BASE_PER_VCPU) * hour),
        Item::FargateMemory(on) => (fargate(on).gb_hour, u128::from(GIB) * hour),
        Item::SpotInstance(_) | Item::FargateSpotCpu(_) | Item::FargateSpotMemory(_) => {
            panic!("nothing in the worlds runs on Spot")
        }
        Item::ManagementFee(_) => panic!("the worlds have no Managed Instances"),
        Item::Extra(_) => panic!("the worlds have no lines of their own"),
        Item::FargateStorage(on) => {
            let price = fargate(on).storage_gb_hour;
            (
                price.expect("the worlds have prices"),
                u128::from(GIB) * hour,
            )
        }
    }
}

/// The plan with every trace row changed.
fn with_rows(plan: &Plan, change: impl Fn(&mut ecsim::plan::TraceRow)) -> Plan {
    let mut plan = plan.clone();
    for entry in &mut plan.tasks {
        let Arrivals::Trace(trace) = &entry.arrivals else {
            panic!("listed worlds have traces");
        };
        let mut rows = trace.rows.clone();
        rows.iter_mut().for_each(&change);
        entry.arrivals = Arrivals::Trace(Arc::new(Trace {
            rows,
            ..Trace::default()
        }));
    }
    plan
}

fn with_times(life: Life, change: impl Fn(u64) -> u64) -> Life {
    Life {
        arrived: change(life.arrived),
        placed: life.placed.map(&change),
        started: life.started.map(&change),
        ended: life.ended.map(|(at, end)| (change(at), end)),
        instance: life.instance,
    }
}

/// Identity 6.
#[test]
fn shifting_all_arrivals_shifts_everything() {
    let shift = Span::micros(123_456_789);
    in_worlds(Kind::Listed, |plan, seed| {
        let shifted = with_rows(plan, |row| row.arrival += shift);
        let before = lives(plan, seed).into_iter();
        let wanted: BTreeMap<_, _> = before
            .map(|(name, life)| (name, with_times(life, |at| at + shift.as_micros())))
            .collect();
        assert_eq!(lives(&shifted, seed), wanted);
    });
}

/// Identity 6.
#[test]
fn scaling_all_times_scales_everything() {
    in_worlds(Kind::Listed, |plan, seed| {
        let factor = 2 + seed % 9;
        let mut scaled = with_rows(plan, |row| {
            row.arrival = SimTime::micros(row.arrival.as_micros() * factor);
            row.duration = Span::micros(row.duration.as_micros() * factor);
        });
        if let Delays::Start(delay) = &mut scaled.delays {
            *delay = Span::micros(delay.as_micros() * factor);
        }
        let before = lives(plan, seed).into_iter();
        let wanted: BTreeMap<_, _> = before
            .map(|(name, life)| (name, with_times(life, |at| at * factor)))
            .collect();
        assert_eq!(lives(&scaled, seed), wanted);
    });
}

/// Identity 6: no two tasks arrive at one time, so the order of the file means nothing.
#[test]
fn the_order_of_the_entries_changes_nothing() {
    in_worlds(Kind::Listed, |plan, seed| {
        let mut reversed = plan.clone();
        reversed.tasks.reverse();
        assert_eq!(lives(&reversed, seed), lives(plan, seed));
    });
}

/// Identity 6: a name is only a name where nothing is drawn.
#[test]
fn other_names_change_nothing() {
    in_worlds(Kind::Listed, |plan, seed| {
        let mut certain = plan.clone();
        for entry in &mut certain.tasks {
            if entry.placement.is_random() {
                entry.placement = PlacementRule::FewestTasks;
            }
        }
        let mut renamed = certain.clone();
        for entry in &mut renamed.tasks {
            entry.name = format!("another-{}", entry.name);
            entry.group = format!("another-{}", entry.group);
            entry.definition = "another:7".into();
        }
        let all = |plan: &Plan| lives(plan, seed).into_values().collect::<Vec<_>>();
        assert_eq!(all(&renamed), all(&certain));
    });
}

/// Identity 6. Fargate's sizes are what they are, so only fleets are doubled.
#[test]
fn twice_the_cpu_of_everything_changes_nothing() {
    in_worlds(Kind::ListedOnFleets, |plan, seed| {
        let twice = |cpu: Cpu| Cpu::base(2 * cpu.as_base());
        let mut doubled = with_rows(plan, |row| row.cpu = row.cpu.map(twice));
        for kind in &mut doubled.cluster.instance_types {
            kind.cpu = twice(kind.cpu);
        }
        assert_eq!(lives(&doubled, seed), lives(plan, seed));
    });
}

/// Every policy's choice, found by its index, is what a plain list of instances says.
#[test]
fn every_placement_is_what_a_plain_reading_of_the_rule_says() {
    for kind in [Kind::Drawn, Kind::Listed] {
        in_worlds(kind, |plan, seed| {
            let mut books = Books::new(plan);
            let scheduler = checked(plan, &books, true);
            simulation::run(
                plan,
                seed,
                scheduler,
                simulation::Limits::default(),
                &mut books,
            )
            .expect("built-in policies do not fail");
        });
    }
}

/// The same with constraints, through the indexes of small and of large pools; and a task that no
/// instance allows is placed as soon as one does.
#[test]
fn every_placement_obeys_the_constraints_and_none_is_missed() {
    in_worlds(Kind::Drawn, |plan, seed| {
        let mut plan = plan.clone();
        constrain(&mut plan, seed);
        let played = |greedy| {
            let mut readers = (Audit::new(&plan), Books::new(&plan));
            let scheduler = checked(&plan, &readers.1, greedy);
            simulation::run(
                &plan,
                seed,
                scheduler,
                simulation::Limits::default(),
                &mut readers,
            )
            .expect("built-in policies do not fail");
            readers.0.lives
        };
        assert_eq!(played(true), played(false));
    });
}

/// Skipping those for whom nothing has been freed is only quicker.
#[test]
fn asking_everybody_at_every_pass_changes_nothing() {
    in_worlds(Kind::Drawn, |plan, seed| {
        let patient = |plan: &Plan| {
            let mut readers = (Audit::new(plan), Books::new(plan));
            let scheduler = checked(plan, &readers.1, false);
            simulation::run(
                plan,
                seed,
                scheduler,
                simulation::Limits::default(),
                &mut readers,
            )
            .expect("built-in policies do not fail");
            readers.0.lives
        };
        let (_, audit) = audited(plan, seed);
        assert_eq!(patient(plan), audit.lives);
    });
}

/// Who waits in a queue whose head blocks is placed in the order of arrival.
#[test]
fn nobody_overtakes_where_the_head_blocks() {
    in_worlds(Kind::Drawn, |plan, seed| {
        let mut plan = plan.clone();
        plan.job_queue.order = ecsim::plan::QueueOrder::HeadOfLine;
        for entry in &mut plan.tasks {
            entry.on_no_capacity = OnNoCapacity::Queue;
        }
        let (_, audit) = audited(&plan, seed);
        let on_fleet = |(entry, _): &Name| !plan.tasks[*entry].demand.on_fargate;
        let mut waited: Vec<(u64, u64)> = audit
            .lives
            .iter()
            .filter(|(name, life)| on_fleet(name) && life.placed.is_some())
            .map(|(_, life)| (life.arrived, life.placed.unwrap_or(0)))
            .collect();
        waited.sort_unstable();
        assert!(waited.is_sorted_by_key(|(_, placed)| placed));
    });
}

/// A hash of everything that happened, FNV-1a over its text.
#[derive(Default)]
struct Log {
    hash: u64,
    facts: u64,
}

impl Reader<Fact> for Log {
    fn read(&mut self, now: SimTime, fact: &Fact) {
        self.facts += 1;
        for byte in format!("{} {fact:?}", now.as_micros()).bytes() {
            self.hash = (self.hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3);
        }
    }
}

/// Identity 7.
#[test]
fn the_same_seed_gives_the_same_events_whatever_runs_beside_it() {
    for number in 1..=20 {
        let plan = world(number, Kind::Drawn);
        let log = |seed| {
            let mut log = Log::default();
            simulation::run(
                &plan,
                seed,
                built_in_scheduler(&plan),
                simulation::Limits::default(),
                &mut log,
            )
            .expect("built-in policies do not fail");
            (log.hash, log.facts)
        };
        let alone: Vec<_> = (1..=8).map(log).collect();
        for threads in [1, 2, 5] {
            let mut beside = Vec::new();
            in_order(
                8,
                threads,
                |job| log(job as u64 + 1),
                |_, one| {
                    beside.push(one);
                    true
                },
            );
            assert_eq!(beside, alone, "world {number}, {threads} threads");
        }
    }
}

fn study(variants: Vec<Plan>) -> Study {
    Study {
        name: "truths".into(),
        seeds: 8,
        ..Study::of_plans(variants)
    }
}

fn results(study: &Study, seeds: Vec<u64>, threads: usize) -> ecsim::runner::Results {
    let options = Options {
        seeds,
        threads: NonZeroUsize::new(threads),
        ..Options::default()
    };
    let never = AtomicBool::new(false);
    run(study, &options, &built_in_scheduler, &mut (), &(), &never)
        .expect("a valid study runs")
        .0
}

/// Identity 7.
#[test]
fn a_study_gives_the_same_results_on_any_number_of_threads() {
    for number in 1..=10 {
        let mut other = world(number, Kind::Drawn);
        other.variant = "other".into();
        other.delays = Delays::Start(Span::millis(700));
        let study = study(vec![world(number, Kind::Drawn), other]);
        let on = |threads| format!("{:?}", results(&study, (1..=8).collect(), threads));
        let one = on(1);
        for threads in [2, 3, 8] {
            assert_eq!(on(threads), one, "world {number}, {threads} threads");
        }
        let all = results(&study, (1..=8).collect(), 2);
        let alone = results(&study, vec![5], 2);
        for (variant, by_itself) in all.variants.iter().zip(&alone.variants) {
            let beside = variant.runs.rows().find(|row| row.seed == 5);
            let beside = beside.expect("seed 5 was played");
            assert_eq!(Some(beside), by_itself.runs.rows().next());
        }
    }
}

/// Identity 7: with common random numbers a variant does not differ from itself.
#[test]
fn a_variant_does_not_differ_from_its_copy() {
    for number in 1..=10 {
        let mut copy = world(number, Kind::Drawn);
        copy.variant = "copy".into();
        let study = study(vec![world(number, Kind::Drawn), copy]);
        let found = results(&study, (1..=8).collect(), 2);
        let copy = &found.variants[1];
        let figures = 0..copy.figures.len();
        let differences = figures.filter_map(|index| found.difference(copy, index));
        let mut compared = 0;
        for difference in differences {
            assert!(difference.estimate.mean.is_none_or(|mean| mean == 0.0));
            assert!(
                difference
                    .estimate
                    .half_width
                    .is_none_or(|half| half == 0.0)
            );
            compared += u32::from(difference.estimate.mean.is_some());
        }
        assert!(compared > 0);
    }
}

/// Another policy meets the same arrivals, sizes and run times.
#[test]
fn another_policy_meets_the_same_work() {
    in_worlds(Kind::Drawn, |plan, seed| {
        let mut other = plan.clone();
        for entry in &mut other.tasks {
            entry.placement = PlacementRule::Ecs(vec![Strategy::Random]);
        }
        let work = |plan: &Plan| {
            let (_, audit) = audited(plan, seed);
            let arrived = audit.lives.iter().map(|(name, life)| (*name, life.arrived));
            let arrived: Vec<_> = arrived.collect();
            let length = |life: &Life| match life.ended {
                Some((at, End::Finished)) => Some(at - life.started.unwrap_or(0)),
                _ => None,
            };
            let lengths: BTreeMap<_, _> = audit
                .lives
                .iter()
                .filter_map(|(name, life)| Some((*name, length(life)?)))
                .collect();
            (arrived, lengths)
        };
        let ((arrived, lengths), (others_arrived, others_lengths)) = (work(plan), work(&other));
        assert_eq!(arrived, others_arrived);
        for (name, length) in &lengths {
            assert!(others_lengths.get(name).is_none_or(|other| other == length));
        }
    });
}

/// Identity 8: Poisson arrivals see what time sees. What they see, less what time sees, and
/// what time sees.
fn found_full(seeds: u64, reported: f64) -> Sample<2> {
    let plan = queue(Servers::OneInstance(5), poisson(4.0), exponential(1.0));
    let plan = steady(without_waiting(plan), 20.0, reported);
    let never = AtomicBool::new(false);
    sample(seeds, |seed| {
        let reader = Occupancy::new(plan.warm_up);
        let (played, mut occupancy) =
            play_with(&plan, seed, &built_in_scheduler, &never, reader).expect("a valid plan");
        occupancy.finish(played.end);
        let work = &played.observed.work.entries[0];
        let refused = work.rejected as f64 / work.arrived as f64;
        let micros = played.reported(&plan).as_micros() as f64;
        let full = occupancy.micros.get(5).map_or(0.0, |m| *m as f64 / micros);
        [("difference", refused - full), ("full", full)]
    })
}

#[test]
fn a_quick_look_at_how_often_arrivals_find_the_system_full() {
    let found = found_full(30, 2_000.0);
    let (difference, full) = (found.of("difference").mean(), found.of("full").mean());
    assert!(difference.abs() <= 0.03 * full, "{difference} of {full}");
}

#[test]
#[ignore = "slow: run by .ci/run"]
fn arrivals_find_the_system_full_as_often_as_it_is_full() {
    let found = found_full(100, 40_000.0);
    let (difference, full) = (found.of("difference"), found.of("full"));
    let half = difference.half_width(0.001);
    assert!(difference.mean().abs() <= half, "{}", difference.mean());
    assert!(half <= 0.01 * full.mean(), "{half} is too wide");
}
