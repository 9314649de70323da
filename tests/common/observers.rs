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
    /// Tasks that have arrived, from the start on.
    pub arrived: u64,
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
            arrived: 0,
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
            Fact::TaskArrived(_) => self.arrived += 1,
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

/// The number of tasks on capacity at given offsets of every period.
#[derive(Clone, Debug)]
pub struct Phases {
    period: Span,
    offsets: Vec<Span>,
    /// Of the next look: the period and the place among the offsets.
    turn: u64,
    place: usize,
    level: u64,
    sums: Vec<u64>,
    counts: Vec<u64>,
}

impl Phases {
    /// From a period on, at ascending offsets.
    pub fn new(period: Span, first: u64, offsets: &[Span]) -> Self {
        Self {
            period,
            offsets: offsets.to_vec(),
            turn: first,
            place: 0,
            level: 0,
            sums: vec![0; offsets.len()],
            counts: vec![0; offsets.len()],
        }
    }

    /// Looks up to the end of the run.
    pub fn finish(&mut self, end: SimTime) {
        self.look_before(end);
    }

    /// The mean number at each offset.
    pub fn means(&self) -> Vec<f64> {
        let looks = self.sums.iter().zip(&self.counts);
        looks
            .map(|(sum, count)| *sum as f64 / *count as f64)
            .collect()
    }

    fn look_before(&mut self, now: SimTime) {
        loop {
            let start = self.turn * self.period.as_micros();
            let at = SimTime::micros(start) + self.offsets[self.place];
            if at >= now {
                return;
            }
            self.sums[self.place] += self.level;
            self.counts[self.place] += 1;
            self.place += 1;
            if self.place == self.offsets.len() {
                self.place = 0;
                self.turn += 1;
            }
        }
    }
}

impl Reader<Fact> for Phases {
    fn read(&mut self, now: SimTime, fact: &Fact) {
        match fact {
            Fact::TaskPlaced(_) => {
                self.look_before(now);
                self.level += 1;
            }
            Fact::TaskFinished(_) => {
                self.look_before(now);
                self.level -= 1;
            }
            _ => {}
        }
    }
}

/// What Fargate bills for each task that has ended: started seconds, a minute at least.
#[derive(Clone, Copy, Debug, Default)]
pub struct BilledSeconds {
    /// Tasks.
    pub tasks: u64,
    /// Sum of billed seconds.
    pub sum: u128,
    /// Sum of their squares.
    pub squares: u128,
}

impl Reader<Fact> for BilledSeconds {
    fn read(&mut self, now: SimTime, fact: &Fact) {
        if let Fact::TaskFinished(of) = fact {
            let used = (now - of.task.placed).as_micros();
            let billed = u128::from(used.div_ceil(1_000_000).max(60));
            self.tasks += 1;
            self.sum += billed;
            self.squares += billed * billed;
        }
    }
}
