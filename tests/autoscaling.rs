//! Autoscalers of one's own, against theory and a known schedule: set-up queues, and the
//! elastic schedule D4 (facts/validation.md 1.6 and 3). Both are policies against the public
//! trait; they cancel boots and stop at once, which ECS managed scaling does not.

mod common;

use common::law::{Figures, exact, sample};
use common::{Servers, UNIT, constant, exponential, instance_type, plan_with, poisson, queue};
use ecsim::cluster::{InstanceId, ProviderId};
use ecsim::engine::Reader;
use ecsim::engine::random::{Distribution, SplitMix64};
use ecsim::plan::{
    Arrivals, AutoScalingGroup, Capacity, InstancesDistribution, PlacementRule, Plan, Provider,
    PullBehavior, TerminationPolicy, Trace, TraceRow, Until,
};
use ecsim::policy::provisioning::{Autoscaler, AutoscalerView, ScalingAction};
use ecsim::runner::built_in_scheduler;
use ecsim::simulation::{self, Fact, Policies};
use ecsim::units::{Cpu, Memory, SimTime, Span};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// A group of up to so many instances that boot for a time with this law.
fn group(most: u32, boot: Distribution) -> Provider {
    Provider {
        name: "group".into(),
        capacity: Capacity::Group(Box::new(AutoScalingGroup {
            types: vec![0],
            zones: vec![0],
            min_size: 0,
            max_size: most,
            desired_capacity: 0,
            registered_at_start: true,
            mix: InstancesDistribution::default(),
            termination_policy: TerminationPolicy::Default,
            protected_from_scale_in: false,
            attributes: BTreeMap::new(),
            agent_version: None,
            root_volume: None,
            boot: Some(boot),
            managed_scaling: None,
            managed_termination_protection: false,
            managed_draining: false,
            spot_instance_draining: false,
            pull_behavior: PullBehavior::Default,
            cpu_credits: None,
            managed_instances: None,
        })),
    }
}

/// Plays a plan with an autoscaler.
fn play<A: Autoscaler + 'static, R: Reader<Fact>>(
    plan: &Plan,
    seed: u64,
    scaler: A,
    reader: &mut R,
) {
    let policies = Policies {
        scheduler: built_in_scheduler(plan),
        autoscaler: Some(Box::new(scaler)),
    };
    let ended = simulation::run(plan, seed, policies, simulation::Limits::default(), reader);
    ended.expect("built-in policies do not fail");
}

/// As many instances boot as tasks wait; who has nothing to do is switched off at once, and
/// boots that nobody needs any more are cancelled, the youngest first.
struct SetUp {
    most: u32,
}

impl Autoscaler for SetUp {
    fn decide(&mut self, view: &AutoscalerView<'_>) -> Vec<ScalingAction> {
        let mut actions = Vec::new();
        let waiting = view.waiting().count();
        let mut on = 0;
        let mut booting: Vec<InstanceId> = Vec::new();
        for member in view.members() {
            if !member.registered {
                booting.push(member.instance);
            } else if view.cluster().instance(member.instance).tasks() == 0 {
                let instance = member.instance;
                actions.push(ScalingAction::Terminate { instance });
            } else {
                on += 1;
            }
        }
        let wanted = waiting.min(self.most as usize - on);
        for instance in booting.iter().skip(wanted) {
            let instance = *instance;
            actions.push(ScalingAction::Terminate { instance });
        }
        if wanted > booting.len() {
            actions.push(ScalingAction::Launch {
                provider: ProviderId::new(0),
                count: u32::try_from(wanted - booting.len()).expect("a few"),
            });
        }
        actions
    }
}

/// Sojourns, and the time means of instances on and booting, in units of time.
#[derive(Default)]
struct Watch {
    from: SimTime,
    since: SimTime,
    on: i64,
    booting: i64,
    on_time: i128,
    booting_time: i128,
    tasks: u64,
    sojourns: u128,
}

impl Watch {
    fn advance(&mut self, now: SimTime) {
        let length = i128::from((now - self.since).as_micros());
        self.on_time += i128::from(self.on) * length;
        self.booting_time += i128::from(self.booting) * length;
        self.since = now;
        if now <= self.from {
            (self.on_time, self.booting_time) = (0, 0);
        }
    }
}

impl Reader<Fact> for Watch {
    fn read(&mut self, now: SimTime, fact: &Fact) {
        if self.since < self.from && now > self.from {
            self.advance(self.from);
        }
        self.advance(now);
        match fact {
            Fact::InstanceLaunched(_) => self.booting += 1,
            Fact::InstanceRegistered(_) => {
                self.booting -= 1;
                self.on += 1;
            }
            Fact::InstanceGone(of, _) if of.counted => self.on -= 1,
            Fact::InstanceGone(..) => self.booting -= 1,
            Fact::TaskFinished(of) if of.task.arrived >= self.from => {
                self.tasks += 1;
                self.sojourns += u128::from((now - of.task.arrived).as_micros());
            }
            _ => {}
        }
    }
}

/// A queue whose servers have to be set up, reported for so many units of time.
fn set_up_queue(
    rate: f64,
    most: u32,
    service: Distribution,
    boot: Distribution,
    units: f64,
) -> Plan {
    let mut plan = queue(Servers::OneTaskInstances(1), poisson(rate), service);
    plan.cluster.providers = vec![group(most, boot)];
    let warm_up = units / 20.0;
    plan.warm_up = Span::from_seconds_f64(warm_up * UNIT);
    plan.until = Until::Elapsed(Span::from_seconds_f64((warm_up + units) * UNIT));
    plan
}

fn watch(plan: &Plan, most: u32, seed: u64) -> (f64, f64, f64) {
    let mut watch = Watch {
        from: SimTime::ZERO + plan.warm_up,
        ..Watch::default()
    };
    play(plan, seed, SetUp { most }, &mut watch);
    let Until::Elapsed(end) = plan.until else {
        panic!("it has an end");
    };
    watch.advance(SimTime::ZERO + end);
    let reported = (end.as_micros() - plan.warm_up.as_micros()) as f64;
    let sojourn = watch.sojourns as f64 / watch.tasks as f64 / 1e6 / UNIT;
    let share = |time: i128| time as f64 / reported;
    (sojourn, share(watch.on_time), share(watch.booting_time))
}

/// The mean sojourn and, for several servers, the instances on and booting.
fn check(id: &str, rate: f64, most: u32, service: Distribution, boot: Distribution, units: f64) {
    let plan = set_up_queue(rate, most, service, boot, units);
    let sample = sample(40, |seed| {
        let (w, on, booting) = watch(&plan, most, seed);
        let figures: Figures<3> = match most {
            1 => [("W", w), ("P_busy", on), ("P_setup", booting)],
            _ => [("W", w), ("mean_on", on), ("mean_setup", booting)],
        };
        figures
    });
    sample.meets(id, 0.001 / 15.0);
}

#[test]
fn one_server_with_an_exponential_set_up() {
    check(
        "SETX-0.5-10",
        0.5,
        1,
        exponential(1.0),
        exponential(10.0),
        220_000.0,
    );
    assert!(exact("SETX-0.5-10", "extra") > 9.9);
}

#[test]
fn one_server_with_a_fixed_set_up() {
    check(
        "SETD-0.5-10",
        0.5,
        1,
        exponential(1.0),
        constant(10.0),
        60_000.0,
    );
    check(
        "SETDD-0.5-10",
        0.5,
        1,
        constant(1.0),
        constant(10.0),
        60_000.0,
    );
}

#[test]
fn several_servers_with_cancelled_boots() {
    check(
        "MMcS-0.5-2-0.1",
        0.5,
        2,
        exponential(1.0),
        exponential(10.0),
        100_000.0,
    );
}

#[test]
#[ignore = "slow: run by .ci/run"]
fn set_ups_of_busier_servers() {
    check(
        "SETX-0.8-5",
        0.8,
        1,
        exponential(1.0),
        exponential(5.0),
        400_000.0,
    );
    check(
        "SETD-0.8-5",
        0.8,
        1,
        exponential(1.0),
        constant(5.0),
        400_000.0,
    );
    check(
        "SETDD-0.8-5",
        0.8,
        1,
        constant(1.0),
        constant(5.0),
        400_000.0,
    );
    check(
        "MMcS-3-4-0.2",
        3.0,
        4,
        exponential(1.0),
        exponential(5.0),
        150_000.0,
    );
}

/// The autoscaler of D4: after a pass that leaves work, as many instances as the work that
/// waits would fill, less those that boot; an instance that was idle for two minutes stops.
struct Elastic {
    size: (u64, u64),
    most: u32,
    idle: Span,
    idle_since: BTreeMap<InstanceId, SimTime>,
    launched: u32,
    stopped: u32,
}

impl Autoscaler for Elastic {
    fn decide(&mut self, view: &AutoscalerView<'_>) -> Vec<ScalingAction> {
        let now = view.now();
        let mut actions = Vec::new();
        for member in view.members().iter().filter(|member| member.registered) {
            let instance = member.instance;
            if view.cluster().instance(instance).tasks() > 0 {
                self.idle_since.remove(&instance);
                continue;
            }
            let since = *self.idle_since.entry(instance).or_insert_with(|| {
                actions.push(ScalingAction::WakeAt(now + self.idle));
                now
            });
            if !view.is_after_pass() && now - since >= self.idle {
                actions.push(ScalingAction::Terminate { instance });
                self.stopped += 1;
            }
        }
        if view.is_after_pass() {
            let (mut cpu, mut memory) = (0u64, 0u64);
            for pending in view.waiting() {
                cpu += pending.shape.cpu.as_base();
                memory += pending.shape.memory.as_bytes();
            }
            let booting = view
                .members()
                .iter()
                .filter(|member| !member.registered)
                .count();
            let need = cpu.div_ceil(self.size.0).max(memory.div_ceil(self.size.1));
            let need = u32::try_from(need).expect("few");
            let more = need.saturating_sub(u32::try_from(booting).expect("few"));
            let count = more.min(self.most - (self.launched - self.stopped));
            if count > 0 {
                let provider = ProviderId::new(0);
                actions.push(ScalingAction::Launch { provider, count });
                self.launched += count;
            }
        }
        actions
    }
}

/// Who ran where and when, and how long each instance was there, in milliseconds.
#[derive(Default)]
struct Ledger {
    lines: Vec<(usize, u64, u64)>,
    launched: Vec<u64>,
    instance_millis: u64,
    end: u64,
}

impl Reader<Fact> for Ledger {
    fn read(&mut self, now: SimTime, fact: &Fact) {
        let millis = now.as_micros() / 1000;
        match fact {
            Fact::InstanceLaunched(_) => self.launched.push(millis),
            Fact::InstanceGone(of, _) => {
                self.instance_millis += millis - self.launched[of.instance.index()];
                self.end = self.end.max(millis);
            }
            Fact::TaskFinished(of) => {
                let task = &of.task;
                let id = usize::try_from(task.ordinal).expect("a few");
                let line = &mut self.lines[id];
                let node = task.instance.expect("it ran on an instance").index();
                *line = (node, task.placed.as_micros() / 1000, millis);
            }
            _ => {}
        }
    }
}

#[test]
fn d4_an_elastic_fleet_with_an_autoscaler_of_its_own() {
    const SHAPES: [(u64, u64); 4] = [(256, 512), (512, 1024), (1024, 2048), (2048, 4096)];
    let mut dice = SplitMix64(4);
    let mut input = String::new();
    let mut time = 0;
    let rows: Vec<TraceRow> = (0..1000)
        .map(|id| {
            time += dice.next_u64() % 6001;
            let duration = 20_000 + dice.next_u64() % 280_001;
            let (cpu, memory) = SHAPES[(dice.next_u64() % 4) as usize];
            writeln!(input, "{id},{time},{duration},{cpu},{memory}").expect("a string takes all");
            TraceRow {
                arrival: SimTime::ZERO + Span::millis(time),
                duration: Span::millis(duration),
                cpu: Some(Cpu::units(cpu)),
                memory: Some(Memory::mib(memory)),
                gpu_millis: None,
                count: 1,
            }
        })
        .collect();
    assert_eq!(
        sha256(&input),
        "88c473cdbaf63fd4b33351e1a791b81e2095c2864ca1b66a24fdf7bda8106217"
    );
    let trace = Trace {
        rows,
        ..Trace::default()
    };
    let mut kind = instance_type(4);
    kind.memory = Memory::mib(8192);
    let mut entry = common::entry("jobs", Arrivals::Trace(trace.into()), constant(0.0));
    entry.placement = PlacementRule::FirstFit;
    let boot = Distribution::Constant(90.0);
    let mut plan = plan_with(vec![kind], vec![group(60, boot)], vec![entry]);
    // The table's run ends when the last instance has stopped, not with the work.
    plan.until = Until::Elapsed(Span::seconds(4000));
    let scaler = Elastic {
        size: (Cpu::units(4096).as_base(), Memory::mib(8192).as_bytes()),
        most: 60,
        idle: Span::seconds(120),
        idle_since: BTreeMap::new(),
        launched: 0,
        stopped: 0,
    };
    let mut ledger = Ledger {
        lines: vec![(0, 0, 0); 1000],
        ..Ledger::default()
    };
    play(&plan, 1, scaler, &mut ledger);
    let mut text = String::new();
    for (id, (node, start, end)) in ledger.lines.iter().enumerate() {
        writeln!(text, "{id},{node},{start},{end},1").expect("a string takes all");
    }
    let makespan = ledger.lines.iter().map(|(_, _, end)| *end).max();
    assert_eq!(ledger.launched.len(), 38);
    assert_eq!(ledger.instance_millis, 51_546_931);
    assert_eq!(makespan, Some(3_233_722));
    assert_eq!(
        sha256(&text),
        "410a183362db1b94beebe225b376710cff42e03f6504667454a7cbe2636f5445"
    );
}

fn sha256(text: &str) -> String {
    let digest = Sha256::digest(text.as_bytes());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}
