//! Readers of facts that count what the built-in observers do not.

use ecsim::engine::Reader;
use ecsim::simulation::{Fact, Rejection};
use ecsim::units::{SimTime, Span};

/// The number of tasks on capacity: how long it was how high, from an origin on.
#[derive(Clone, Debug)]
pub struct Occupancy {
    origin: SimTime,
    since: SimTime,
    level: usize,
    /// Microseconds at each level.
    pub micros: Vec<u64>,
}

impl Occupancy {
    /// From an origin on.
    pub fn new(origin: Span) -> Self {
        let origin = SimTime::ZERO + origin;
        Self {
            origin,
            since: origin,
            level: 0,
            micros: Vec::new(),
        }
    }

    /// Up to the end of the run.
    pub fn finish(&mut self, end: SimTime) {
        self.advance(end);
    }

    fn advance(&mut self, now: SimTime) {
        if now > self.since {
            if self.micros.len() <= self.level {
                self.micros.resize(self.level + 1, 0);
            }
            self.micros[self.level] += (now - self.since).as_micros();
            self.since = now.max(self.origin);
        }
    }
}

impl Reader<Fact> for Occupancy {
    fn read(&mut self, now: SimTime, fact: &Fact) {
        match fact {
            Fact::TaskPlaced(_) => {
                self.advance(now);
                self.level += 1;
            }
            Fact::TaskFinished(_) => {
                self.advance(now);
                self.level -= 1;
            }
            _ => {}
        }
    }
}

/// How long each instance held nothing, from an origin on.
#[derive(Clone, Debug)]
pub struct Emptiness {
    since: Vec<SimTime>,
    tasks: Vec<u32>,
    /// Microseconds without a task, by instance.
    pub micros: Vec<u64>,
}

impl Emptiness {
    /// Of so many instances, from an origin on.
    pub fn new(instances: usize, origin: Span) -> Self {
        Self {
            since: vec![SimTime::ZERO + origin; instances],
            tasks: vec![0; instances],
            micros: vec![0; instances],
        }
    }

    /// Up to the end of the run.
    pub fn finish(&mut self, end: SimTime) {
        for instance in 0..self.tasks.len() {
            self.advance(instance, end);
        }
    }

    fn advance(&mut self, instance: usize, now: SimTime) {
        let since = self.since[instance];
        if now > since {
            if self.tasks[instance] == 0 {
                self.micros[instance] += (now - since).as_micros();
            }
            self.since[instance] = now;
        }
    }
}

impl Reader<Fact> for Emptiness {
    fn read(&mut self, now: SimTime, fact: &Fact) {
        let (task, up) = match fact {
            Fact::TaskPlaced(of) => (&of.task, true),
            Fact::TaskFinished(of) => (&of.task, false),
            _ => return,
        };
        let instance = task.instance.expect("a task of a fleet has an instance");
        let instance = instance.index();
        self.advance(instance, now);
        if up {
            self.tasks[instance] += 1;
        } else {
            self.tasks[instance] -= 1;
        }
    }
}

/// The waits of the first arrivals, by birth.
#[derive(Clone, Debug, Default)]
pub struct Waits {
    /// Waits in seconds, in order of placement.
    pub seconds: Vec<f64>,
}

impl Reader<Fact> for Waits {
    fn read(&mut self, now: SimTime, fact: &Fact) {
        match fact {
            Fact::TaskPlaced(of) => self.seconds.push((now - of.task.arrived).as_seconds_f64()),
            Fact::TaskRejected(_, why) => assert_eq!(*why, Rejection::NoRoom, "nobody is refused"),
            _ => {}
        }
    }
}
