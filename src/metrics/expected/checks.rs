//! The checks of all expectations on one run.

use super::events::EventCheck;
use super::found::Found;
use super::levels::LevelCheck;
use super::present::Groups;
use crate::figures::{self, Names};
use crate::metrics::Observed;
use crate::plan::{EventKind, Expectation, Plan, Subject};
use crate::simulation::Fact;
use crate::units::SimTime;

/// The check of one expectation.
#[derive(Clone, Debug)]
enum Check {
    /// It is about a figure, or about another variant.
    None,
    Level(LevelCheck),
    Event(EventCheck),
}

/// The checks of all expectations on one run of a plan.
#[derive(Clone, Debug)]
pub struct Checks<'p> {
    plan: &'p Plan,
    /// In the order of the expectations.
    checks: Vec<Check>,
    groups: Groups,
    /// The time of the latest fact.
    since: SimTime,
}

impl<'p> Checks<'p> {
    /// The checks of a plan's run; `None` where no expectation needs one.
    pub fn new(plan: &'p Plan, expectations: &[Expectation]) -> Option<Self> {
        let is_about_run = |expectation: &Expectation| {
            let variant = expectation.variant.as_ref();
            let is_of_variant = variant.is_none_or(|variant| *variant == plan.variant);
            is_of_variant && !matches!(expectation.subject, Subject::Figure(_))
        };
        if !expectations.iter().any(is_about_run) {
            return None;
        }
        let levels = figures::levels(&Names::of(plan));
        let check = |expectation: &Expectation| {
            let bounds = &expectation.bounds;
            match &expectation.subject {
                _ if !is_about_run(expectation) => Check::None,
                Subject::Figure(_) => Check::None,
                Subject::Level(of) => {
                    let known = levels.iter().find(|level| level.path == of.path);
                    known.map_or(Check::None, |level| {
                        Check::Level(LevelCheck::new(level.measure, of.when, bounds))
                    })
                }
                Subject::Event(of) => {
                    EventCheck::new(plan, of, bounds).map_or(Check::None, Check::Event)
                }
            }
        };
        Some(Self {
            plan,
            checks: expectations.iter().map(check).collect(),
            groups: Groups::new(plan),
            since: SimTime::ZERO,
        })
    }

    /// Reads the levels that have held since the latest fact. To be called with each fact before
    /// `observed` reads it.
    pub fn pass_to(&mut self, now: SimTime, observed: &Observed) {
        if now <= self.since {
            return;
        }
        let since = std::mem::replace(&mut self.since, now);
        for check in &mut self.checks {
            if let Check::Level(check) = check
                && check.wants(since, now)
            {
                let value = self.groups.level(observed, check.measure);
                check.read(since, now, value);
            }
        }
    }

    /// Reads a fact.
    pub fn read(&mut self, now: SimTime, fact: &Fact) {
        self.groups.read(fact);
        let kind = fact.kind();
        for check in &mut self.checks {
            if let Check::Event(check) = check
                && check.expected.kind == kind
            {
                check.read(now, fact, self.plan);
            }
        }
    }

    /// True when an expectation is about measurements that may repeat, or about steps that are
    /// reported only to readers that want every one.
    pub fn wants_repeats(&self) -> bool {
        self.are_about(&[
            EventKind::CapacityMeasured,
            EventKind::TaskPending,
            EventKind::TaskDeactivating,
            EventKind::TaskDrained,
            EventKind::TaskDeprovisioning,
            EventKind::NoRoomFor,
        ])
    }

    /// True when an expectation is about rounds of the service scheduler.
    pub fn wants_details(&self) -> bool {
        self.are_about(&[EventKind::ServiceRound, EventKind::PolicyEvaluated])
    }

    fn are_about(&self, kinds: &[EventKind]) -> bool {
        let mut checks = self.checks.iter();
        checks.any(|check| match check {
            Check::Event(check) => kinds.contains(&check.expected.kind),
            Check::None | Check::Level(_) => false,
        })
    }

    /// What the run has shown, by expectation; `None` for those that it is not checked for.
    pub fn finish(mut self, end: SimTime, observed: &Observed) -> Vec<Option<Found>> {
        self.pass_to(end, observed);
        for check in &mut self.checks {
            if let Check::Level(check) = check {
                check.end(end, self.groups.level(observed, check.measure));
            }
        }
        let found = |check: &Check| match check {
            Check::None => None,
            Check::Level(check) => Some(check.found(end)),
            Check::Event(check) => Some(check.found(end)),
        };
        self.checks.iter().map(found).collect()
    }
}
