//! The engine alone, driven by a queue model of about twenty lines: M/M/1.

use ecsim::engine::random::{Distribution, Purpose, StreamKey};
use ecsim::engine::{Agenda, Context, Ended, Model, Phase, Reader, Scheduled, play};
use ecsim::units::{SimTime, Span};

#[derive(Clone, Copy)]
enum Event {
    Arrive,
    Leave,
}

impl Scheduled for Event {
    fn phase(&self) -> Phase {
        match self {
            Event::Arrive => Phase::Arrive,
            Event::Leave => Phase::Release,
        }
    }
}

struct Queue {
    gaps: StreamKey,
    services: StreamKey,
    arrived: u64,
    served: u64,
    waiting: u64,
    busy: bool,
}

impl Queue {
    fn span(mean: f64, key: StreamKey, ordinal: u64) -> Span {
        Span::from_seconds_f64(Distribution::Exponential { mean }.sample(&mut key.stream(ordinal)))
    }
}

impl Model for Queue {
    type Event = Event;
    type Fact = u64;

    fn handle<R: Reader<u64>>(&mut self, turn: &mut Context<'_, Event, R>, event: Event) {
        match event {
            Event::Arrive => {
                self.arrived += 1;
                self.waiting += 1;
                turn.after(Self::span(2.0, self.gaps, self.arrived), Event::Arrive);
            }
            Event::Leave => self.busy = false,
        }
        turn.report(self.waiting + u64::from(self.busy));
    }

    fn wants_pass(&self) -> bool {
        !self.busy && self.waiting > 0
    }

    fn pass<R: Reader<u64>>(&mut self, turn: &mut Context<'_, Event, R>) {
        self.waiting -= 1;
        self.busy = true;
        turn.after(Self::span(1.0, self.services, self.served), Event::Leave);
        self.served += 1;
    }
}

/// Integrates the number in the system.
#[derive(Default)]
struct Mean {
    since: SimTime,
    level: u64,
    integral: u128,
}

impl Reader<u64> for Mean {
    fn read(&mut self, now: SimTime, level: &u64) {
        self.integral += u128::from(self.level) * u128::from((now - self.since).as_micros());
        (self.since, self.level) = (now, *level);
    }
}

#[test]
fn half_load_keeps_one_in_the_system() {
    let mut queue = Queue {
        gaps: StreamKey::new(1, Purpose::Arrival, "queue"),
        services: StreamKey::new(1, Purpose::TaskDuration, "queue"),
        arrived: 0,
        served: 0,
        waiting: 0,
        busy: false,
    };
    let mut agenda = Agenda::new();
    agenda.push(SimTime::ZERO, Event::Arrive);
    let mut mean = Mean::default();
    let end = SimTime::ZERO + Span::seconds(1_000_000);
    let ended = play(&mut queue, &mut agenda, &mut mean, Some(end), || true);
    assert_eq!(ended, Ended::AtEnd);
    let mean = mean.integral as f64 / end.as_micros() as f64;
    // facts/validation.md MM1-0.5: L = 1; the standard error of this run is about 0.007.
    assert!((mean - 1.0).abs() < 0.03, "{mean}");
}
