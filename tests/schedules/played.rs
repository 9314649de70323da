//! The fates of jobs, by the facts of a run.

use ecsim::cluster::Task;
use ecsim::engine::Reader;
use ecsim::simulation::Fact;
use ecsim::units::SimTime;

/// What became of a job. Times in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    Refused,
    Ran {
        node: usize,
        start: u64,
        end: u64,
        attempts: u32,
    },
}

/// Follows a run by its facts.
#[derive(Default)]
pub struct Schedule {
    pub fates: Vec<Option<Fate>>,
    /// The instant of the last fact.
    pub now: SimTime,
    pub pending: usize,
    pub running: usize,
    /// The most at the end of an instant.
    pub peak_pending: usize,
    pub peak_running: usize,
}

pub fn whole_millis(time: SimTime) -> u64 {
    let micros = time.as_micros();
    assert!(micros.is_multiple_of(1000), "{micros} µs");
    micros / 1000
}

impl Schedule {
    pub fn decide(&mut self, task: &Task, fate: Fate) {
        let id = task.ordinal as usize;
        if self.fates.len() <= id {
            self.fates.resize(id + 1, None);
        }
        assert_eq!(self.fates[id].replace(fate), None, "job {id} has one fate");
    }

    pub fn end_of_instant(&mut self) {
        self.peak_pending = self.peak_pending.max(self.pending);
        self.peak_running = self.peak_running.max(self.running);
    }
}

impl Reader<Fact> for Schedule {
    fn read(&mut self, now: SimTime, fact: &Fact) {
        if now > self.now {
            self.end_of_instant();
            self.now = now;
        }
        match fact {
            Fact::TaskArrived(_) => self.pending += 1,
            Fact::TaskPlaced(_) => {
                self.pending -= 1;
                self.running += 1;
            }
            Fact::TaskRejected(fact, _) => {
                self.pending -= 1;
                self.decide(&fact.task, Fate::Refused);
            }
            Fact::TaskFinished(fact) => {
                self.running -= 1;
                let task = &fact.task;
                let node = task.instance.expect("it ran on an instance").index();
                let (start, end) = (whole_millis(task.placed), whole_millis(now));
                let attempts = task.attempts;
                let fate = Fate::Ran {
                    node,
                    start,
                    end,
                    attempts,
                };
                self.decide(task, fate);
            }
            Fact::TaskInterrupted(..) => {
                self.running -= 1;
                self.pending += 1;
            }
            _ => {}
        }
    }
}
