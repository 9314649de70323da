//! Failures with exact solutions: k of n machines with repair crews, work that starts again
//! from scratch or from a checkpoint, the same or a new run time at each attempt, and
//! servers that break down (facts/validation.md 1.5; Mitrany and Avi-Itzhak 1968).
//!
//! Machines of k of n live in hours of a second, so that rare failures of many years fit in
//! a run.

mod common;

use common::law::{Sample, sample, sample_in_batches};
use common::*;
use ecsim::engine::Reader;
use ecsim::engine::random::Distribution;
use ecsim::plan::{
    Arrivals, Behavior, Checkpoint, Container, Fault, FaultKind, Image, Occurrence, Plan, Retry,
    Rework, Until,
};
use ecsim::runner::built_in_scheduler;
use ecsim::simulation::{self, Fact, StopReason};
use ecsim::units::{SimTime, Span};

/// 0.001 for the whole suite, shared by its rows.
const ALPHA: f64 = 0.001 / 12.0;

fn law(mean: f64) -> Distribution {
    Distribution::Exponential { mean }
}

/// Instances that fail each by itself after times in seconds with this mean, and come back.
fn instance_failures(mean: f64, lasts: Option<f64>, repair_crews: Option<u32>) -> Fault {
    Fault {
        name: "failures".into(),
        kind: FaultKind::InstanceFailure {
            provider: None,
            zone: None,
            instances: None,
            repair_crews,
            replaced: false,
        },
        occurs: Occurrence::Every(law(mean)),
        lasts: lasts.map(law),
    }
}

fn play(plan: &Plan, seed: u64, reader: &mut impl Reader<Fact>) -> SimTime {
    let outcome = simulation::run(
        plan,
        seed,
        built_in_scheduler(plan),
        simulation::Limits::default(),
        reader,
    );
    outcome.expect("built-in policies do not fail").end
}

// k of n.

/// So many machines, with mean times to failure and of repair in hours of a second.
fn machines(count: u32, failure: f64, repair: Option<f64>, crews: u32, hours: f64) -> Plan {
    let mut plan = plan_on(vec![instance_type(1)], vec![member(0, count)], Vec::new());
    plan.faults = vec![instance_failures(failure, repair, Some(crews))];
    plan.until = Until::Elapsed(Span::from_seconds_f64(hours));
    plan
}

/// How long how many machines were up, and when fewer than `enough` were.
struct Machines {
    up: usize,
    enough: usize,
    since: SimTime,
    micros: Vec<u64>,
    times_too_few: u64,
    first_too_few: Option<SimTime>,
}

impl Machines {
    fn new(count: usize, enough: usize) -> Self {
        Self {
            up: count,
            enough,
            since: SimTime::ZERO,
            micros: vec![0; count + 1],
            times_too_few: 0,
            first_too_few: None,
        }
    }

    fn advance(&mut self, now: SimTime) {
        self.micros[self.up] += (now - self.since).as_micros();
        self.since = now;
    }

    fn mean_down(&self) -> f64 {
        let most = self.micros.len() - 1;
        let down = self.micros.iter().enumerate();
        let sum: u64 = down.map(|(up, micros)| (most - up) as u64 * micros).sum();
        sum as f64 / self.since.as_micros() as f64
    }
}

impl Reader<Fact> for Machines {
    fn read(&mut self, now: SimTime, fact: &Fact) {
        match fact {
            Fact::InstanceFailed(_) => {
                self.advance(now);
                self.up -= 1;
                if self.up + 1 == self.enough {
                    self.times_too_few += 1;
                    self.first_too_few.get_or_insert(now);
                }
            }
            Fact::InstanceRecovered(_) => {
                self.advance(now);
                self.up += 1;
            }
            _ => {}
        }
    }
}

/// Ends the run when too few machines are up for the first time.
struct UntilTooFew(Machines);

impl Reader<Fact> for UntilTooFew {
    fn read(&mut self, now: SimTime, fact: &Fact) {
        self.0.read(now, fact);
    }

    fn is_done(&self) -> bool {
        self.0.first_too_few.is_some()
    }
}

/// Mean numbers of machines that are up and down, over so many hours per seed.
fn k_of_n(plan: &Plan, (count, enough): (usize, usize), seeds: u64) -> Sample<2> {
    sample(seeds, |seed| {
        let mut machines = Machines::new(count, enough);
        let end = play(plan, seed, &mut machines);
        machines.advance(end);
        let down = machines.mean_down();
        [("mean_up", count as f64 - down), ("mean_down", down)]
    })
}

/// Hours until too few are left of those that nobody repairs.
fn without_repair(count: u32, enough: usize, failure: f64, seeds: u64) -> Sample<1> {
    let plan = machines(count, failure, None, 1, 100.0 * failure);
    sample_in_batches(seeds, 500, |seed| {
        let mut machines = Machines::new(count as usize, enough);
        play(&plan, seed, &mut machines);
        let at = machines.first_too_few.expect("all fail in the end");
        [("MTTF_norepair", at.as_micros() as f64 / 1e6)]
    })
}

const REPAIRED_BY_ONE: (usize, usize) = (5, 3);
const REPAIRED_BY_ALL: (usize, usize) = (3, 2);

fn five_machines(hours: f64) -> Plan {
    machines(5, 1000.0, Some(2.0), 1, hours)
}

fn three_machines(hours: f64) -> Plan {
    machines(3, 720.0, Some(0.5), 3, hours)
}

#[test]
fn a_quick_look_at_k_of_n_with_one_repair_crew() {
    let plan = five_machines(100_000.0);
    k_of_n(&plan, REPAIRED_BY_ONE, 30).is_near("KN-5-3-1", 0.04);
    without_repair(5, 3, 1000.0, 3_000).is_near("KN-5-3-1", 0.04);
}

#[test]
fn a_quick_look_at_k_of_n_with_a_crew_for_each() {
    let plan = three_machines(100_000.0);
    k_of_n(&plan, REPAIRED_BY_ALL, 30).is_near("KN-3-2-3", 0.04);
    without_repair(3, 2, 720.0, 3_000).is_near("KN-3-2-3", 0.04);
}

/// Five machines fail at once and take ten hours each: so many crews, so many at a time.
#[test]
fn one_crew_repairs_one_machine_after_the_other() {
    for (crews, all_back) in [(1, 50.0), (2, 30.0), (5, 10.0)] {
        let mut plan = machines(5, 1.0, None, crews, 60.0);
        plan.faults[0].occurs = Occurrence::Every(Distribution::Constant(1.0));
        plan.faults[0].lasts = Some(Distribution::Constant(10.0));
        plan.until = Until::Elapsed(Span::from_seconds_f64(all_back + 1.0));
        struct Last(SimTime);
        impl Reader<Fact> for Last {
            fn read(&mut self, now: SimTime, fact: &Fact) {
                if let Fact::InstanceRecovered(of) = fact
                    && of.instance.index() == 4
                    && self.0 == SimTime::ZERO
                {
                    self.0 = now;
                }
            }
        }
        let mut last = Last(SimTime::ZERO);
        play(&plan, 1, &mut last);
        let expected = Span::from_seconds_f64(1.0 + all_back);
        assert_eq!(last.0, SimTime::ZERO + expected, "{crews} crews");
    }
}

/// A fault that finds its instance down by another fault strikes it again later.
#[test]
fn two_kinds_of_failures_of_one_machine_both_go_on() {
    let mut plan = machines(1, 10.0, Some(10.0), 1, 100_000.0);
    plan.faults.push(Fault {
        name: "others".into(),
        ..plan.faults[0].clone()
    });
    let mut machines = Machines::new(1, 1);
    let end = play(&plan, 1, &mut machines);
    machines.advance(end);
    // Two hazards of 1/10 each and repairs of 10: up for 5 of every 15.
    assert!((machines.mean_down() - 2.0 / 3.0).abs() < 0.02);
}

#[test]
#[ignore = "slow: run by .ci/run"]
fn kn_5_3_1() {
    let plan = five_machines(760_000.0);
    k_of_n(&plan, REPAIRED_BY_ONE, 100).meets("KN-5-3-1", ALPHA);
    without_repair(5, 3, 1000.0, 80_000).meets("KN-5-3-1", ALPHA);
}

#[test]
#[ignore = "slow: run by .ci/run"]
fn kn_3_2_3() {
    let plan = three_machines(1_050_000.0);
    k_of_n(&plan, REPAIRED_BY_ALL, 100).meets("KN-3-2-3", ALPHA);
    without_repair(3, 2, 720.0, 100_000).meets("KN-3-2-3", ALPHA);
}

mod long {
    use super::*;

    /// How often too few machines are up, and how long it takes from all up to too few.
    #[test]
    #[ignore = "takes many minutes: run by .ci/long"]
    fn kn_3_2_3_too_few() {
        let hours = 3.2e8;
        let plan = three_machines(hours);
        let seen = sample(100, |seed| {
            let mut machines = Machines::new(3, 2);
            let end = play(&plan, seed, &mut machines);
            machines.advance(end);
            let micros: u64 = machines.micros[2..].iter().sum();
            [
                ("A", micros as f64 / end.as_micros() as f64),
                ("fail_freq", machines.times_too_few as f64 / hours),
            ]
        });
        seen.meets("KN-3-2-3", ALPHA);
        let plan = three_machines(5e6);
        let seen = sample_in_batches(180_000, 500, |seed| {
            let mut machines = UntilTooFew(Machines::new(3, 2));
            play(&plan, seed, &mut machines);
            let at = machines
                .0
                .first_too_few
                .expect("29 times the mean is enough");
            [("MTTF", at.as_micros() as f64 / 1e6)]
        });
        seen.meets("KN-3-2-3", ALPHA);
    }
}

// Work that is interrupted.

/// One container, which ends with its task.
fn container() -> Container {
    Container {
        name: "work".into(),
        image: 0,
        essential: true,
        depends_on: Vec::new(),
        start_timeout: None,
        stop_timeout: Span::seconds(30),
        health_check: None,
        restart: None,
        memory_limit: None,
        behavior: Behavior::default(),
    }
}

fn image() -> Image {
    Image {
        name: "work:1".into(),
        layers: Vec::new(),
        registry: 0,
        assumed: false,
        missing: false,
    }
}

/// Who makes containers crash: a fault of the plan, or the containers' own behavior.
#[derive(Clone, Copy)]
enum Crashes {
    ByFault,
    ByBehavior,
}

/// Tasks on Fargate that crash after exponential times of running with this mean.
fn crashing(tasks: u64, duration: Distribution, (crash, by): (f64, Crashes), retry: Retry) -> Plan {
    let arrivals = Arrivals::Renewal {
        gap: Distribution::Constant(UNIT),
        limit: Some(tasks),
    };
    let mut plan = queue(Servers::Fargate, arrivals, duration);
    plan.images = vec![image()];
    plan.tasks[0].retry = retry;
    let mut container = container();
    match by {
        Crashes::ByBehavior => container.behavior.crashes_per_hour = 3600.0 / crash,
        Crashes::ByFault => plan.faults.push(Fault {
            name: "crashes".into(),
            kind: FaultKind::ContainerCrash {
                work: Some(ecsim::cluster::WorkId::Entry(ecsim::cluster::EntryId::new(
                    0,
                ))),
                container: None,
            },
            occurs: Occurrence::Every(law(crash)),
            lasts: None,
        }),
    }
    plan.tasks[0].containers = [container].into();
    plan
}

fn again(work: Rework, delay: f64, checkpoint: Checkpoint) -> Retry {
    Retry {
        attempts: None,
        work,
        delay: law(delay),
        checkpoint,
    }
}

/// Sums over tasks, times in seconds.
#[derive(Default)]
struct Attempts {
    tasks: f64,
    completion: f64,
    attempts: f64,
    busy: f64,
    wasted: f64,
    /// Tasks by their number of attempts.
    by_attempts: Vec<f64>,
}

impl Attempts {
    fn of(&self, sum: f64) -> f64 {
        sum / self.tasks
    }

    fn share_beyond(&self, attempts: usize) -> f64 {
        let beyond = self.by_attempts.iter().skip(attempts + 1);
        self.of(beyond.sum())
    }
}

impl Reader<Fact> for Attempts {
    fn read(&mut self, now: SimTime, fact: &Fact) {
        let (of, is_last) = match fact {
            Fact::TaskFinished(of) => (of, true),
            Fact::TaskStopped(of, why) => {
                let code = 1;
                let out_of_memory = false;
                let crash = StopReason::EssentialContainerExited {
                    code,
                    out_of_memory,
                };
                assert_eq!(*why, crash);
                (of, true)
            }
            Fact::TaskInterrupted(of, _, interruption) => {
                self.wasted += interruption.lost.as_seconds_f64();
                (of, false)
            }
            Fact::TaskRejected(..) => panic!("nothing refuses these tasks"),
            _ => return,
        };
        self.busy += (now - of.task.started).as_seconds_f64();
        if is_last {
            self.tasks += 1.0;
            self.completion += (now - of.task.arrived).as_seconds_f64();
            self.attempts += f64::from(of.task.attempts);
            let attempts = of.task.attempts as usize;
            if self.by_attempts.len() <= attempts {
                self.by_attempts.resize(attempts + 1, 0.0);
            }
            self.by_attempts[attempts] += 1.0;
        }
    }
}

fn attempts(plan: &Plan, seed: u64) -> Attempts {
    let mut attempts = Attempts::default();
    play(plan, seed, &mut attempts);
    attempts
}

/// A run time of so many seconds, crashes once in so many, and starts again after a delay.
type Restarts = (&'static str, f64, f64, f64);

const LONG_RUNS: Restarts = ("1800", 1800.0, 3600.0, 90.0);
const SHORT_RUNS: Restarts = ("600", 600.0, 7200.0, 30.0);

fn restarts((_, duration, crash, delay): Restarts, tasks: u64, seeds: u64) -> Sample<4> {
    let retry = again(Rework::Restart, delay, Checkpoint::None);
    let crashes = (crash, Crashes::ByFault);
    let plan = crashing(tasks, Distribution::Constant(duration), crashes, retry);
    sample(seeds, |seed| {
        let seen = attempts(&plan, seed);
        [
            ("mean_completion", seen.of(seen.completion)),
            ("mean_attempts", seen.of(seen.attempts)),
            ("mean_busy", seen.of(seen.busy)),
            ("wasted", seen.of(seen.wasted)),
        ]
    })
}

fn checkpoints((_, duration, crash, delay): Restarts, tasks: u64, seeds: u64) -> Sample<1> {
    let retry = again(Rework::Restart, delay, Checkpoint::Parts(4));
    let crashes = (crash, Crashes::ByBehavior);
    let plan = crashing(tasks, Distribution::Constant(duration), crashes, retry);
    sample(seeds, |seed| {
        let seen = attempts(&plan, seed);
        [("mean_completion", seen.of(seen.completion))]
    })
}

/// Exponential run times of mean one, crashes at a rate, and the rule for the next attempt.
fn reruns(rate: f64, work: Rework, tasks: u64, seeds: u64) -> Sample<2> {
    let retry = again(work, 0.1 * UNIT, Checkpoint::None);
    let crashes = (UNIT / rate, Crashes::ByFault);
    let plan = crashing(tasks, exponential(1.0), crashes, retry);
    sample(seeds, |seed| {
        let seen = attempts(&plan, seed);
        [
            ("mean_busy", seen.of(seen.busy) / UNIT),
            ("mean_attempts", seen.of(seen.attempts)),
        ]
    })
}

/// The same run time again, where failures are more frequent than ends: neither attempts nor
/// time have a mean, but the chances of more than n attempts are the integrals of
/// exp(-s) (1 - exp(-1.2 s))^n.
fn endless_reruns(tasks: u64, seeds: u64) -> Sample<5> {
    let retry = Retry {
        attempts: Some(21),
        ..again(Rework::Restart, 0.1 * UNIT, Checkpoint::None)
    };
    let crashes = (UNIT / 1.2, Crashes::ByFault);
    let plan = crashing(tasks, exponential(1.0), crashes, retry);
    sample(seeds, |seed| {
        let seen = attempts(&plan, seed);
        [
            ("P_beyond_1", seen.share_beyond(1)),
            ("P_beyond_2", seen.share_beyond(2)),
            ("P_beyond_5", seen.share_beyond(5)),
            ("P_beyond_10", seen.share_beyond(10)),
            ("P_beyond_20", seen.share_beyond(20)),
        ]
    })
}

#[test]
fn a_quick_look_at_work_that_starts_again() {
    for runs in [LONG_RUNS, SHORT_RUNS] {
        restarts(runs, 2_000, 30).is_near(&format!("RS-{}", runs.0), 0.06);
        checkpoints(runs, 500, 30).is_near(&format!("CP-{}", runs.0), 0.03);
    }
}

#[test]
fn a_quick_look_at_the_same_run_time_and_at_new_ones() {
    reruns(0.2, Rework::Restart, 1_000, 30).is_near("RE-0.2", 0.06);
    reruns(0.2, Rework::Redraw, 500, 30).is_near("RD-0.2", 0.04);
    reruns(1.2, Rework::Redraw, 500, 30).is_near("RD-1.2", 0.04);
    endless_reruns(1_000, 30).is_near("RE-1.2", 0.08);
}

#[test]
#[ignore = "slow: run by .ci/run"]
fn rs_and_cp() {
    for runs in [LONG_RUNS, SHORT_RUNS] {
        restarts(runs, 20_000, 200).meets(&format!("RS-{}", runs.0), ALPHA);
        checkpoints(runs, 2_000, 100).meets(&format!("CP-{}", runs.0), ALPHA);
    }
}

#[test]
#[ignore = "slow: run by .ci/run"]
fn re_and_rd() {
    reruns(0.2, Rework::Restart, 10_000, 100).meets("RE-0.2", ALPHA);
    reruns(0.2, Rework::Redraw, 3_000, 100).meets("RD-0.2", ALPHA);
    reruns(1.2, Rework::Redraw, 3_000, 100).meets("RD-1.2", ALPHA);
    endless_reruns(25_000, 100).meets("RE-1.2", ALPHA);
}

// Servers that break down.

/// Time with nobody there and with how many servers up; sojourns of those who have left.
struct Breakdowns {
    origin: SimTime,
    since: SimTime,
    there: u64,
    up: u64,
    area: u128,
    empty: u64,
    area_up: u128,
    left: u64,
    sojourns: u128,
}

impl Breakdowns {
    fn advance(&mut self, now: SimTime) {
        if now > self.origin {
            let span = (now - self.since.max(self.origin)).as_micros();
            self.area += u128::from(self.there * span);
            self.area_up += u128::from(self.up * span);
            self.empty += if self.there == 0 { span } else { 0 };
        }
        self.since = now;
    }
}

impl Reader<Fact> for Breakdowns {
    fn read(&mut self, now: SimTime, fact: &Fact) {
        self.advance(now);
        match fact {
            Fact::TaskArrived(_) => self.there += 1,
            Fact::TaskFinished(of) => {
                self.there -= 1;
                if of.task.arrived >= self.origin {
                    self.left += 1;
                    self.sojourns += u128::from((now - of.task.arrived).as_micros());
                }
            }
            Fact::InstanceRegistered(_) | Fact::InstanceRecovered(_) => self.up += 1,
            Fact::InstanceFailed(_) => self.up -= 1,
            Fact::TaskRejected(..) | Fact::TaskStopped(..) => panic!("nobody gives up"),
            _ => {}
        }
    }
}

/// M/M/n whose servers fail each by itself, also while idle, and are repaired.
fn breakdowns(
    (rate, servers): (f64, u32),
    (fail, repair): (f64, f64),
    reported: f64,
    seeds: u64,
) -> Sample<4> {
    let mut plan = queue(
        Servers::OneTaskInstances(servers),
        poisson(rate),
        exponential(1.0),
    );
    plan.tasks[0].retry = Retry {
        attempts: None,
        work: Rework::Resume,
        ..Retry::default()
    };
    plan.faults = vec![instance_failures(UNIT / fail, Some(UNIT / repair), None)];
    let plan = steady(plan, 1_000.0, reported);
    sample(seeds, |seed| {
        let mut seen = Breakdowns {
            origin: SimTime::ZERO + plan.warm_up,
            since: SimTime::ZERO,
            there: 0,
            up: 0,
            area: 0,
            empty: 0,
            area_up: 0,
            left: 0,
            sojourns: 0,
        };
        let end = play(&plan, seed, &mut seen);
        seen.advance(end);
        let micros = (end - seen.origin).as_micros() as f64;
        [
            ("L", seen.area as f64 / micros),
            ("W", seen.sojourns as f64 / seen.left as f64 / 1e6 / UNIT),
            ("P_empty", seen.empty as f64 / micros),
            ("eff_capacity", seen.area_up as f64 / micros),
        ]
    })
}

#[test]
fn a_quick_look_at_servers_that_break_down() {
    breakdowns((3.0, 5), (0.05, 0.5), 4_000.0, 30).is_near("BD-3-5", 0.05);
    breakdowns((1.2, 2), (0.01, 0.1), 20_000.0, 30).is_near("BD-1.2-2", 0.12);
}

#[test]
#[ignore = "slow: run by .ci/run"]
fn bd_3_5() {
    breakdowns((3.0, 5), (0.05, 0.5), 20_000.0, 100).meets("BD-3-5", ALPHA);
}

#[test]
#[ignore = "slow: run by .ci/run"]
fn bd_1_2_2() {
    breakdowns((1.2, 2), (0.01, 0.1), 300_000.0, 100).meets("BD-1.2-2", ALPHA);
}
