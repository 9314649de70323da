//! The event queue under the hold model: remove the next event, draw a new time, insert the event
//! again. The number of pending events is constant.

use criterion::{Criterion, criterion_group, criterion_main};
use ecsim::engine::random::{Distribution, Purpose, Stream, StreamKey};
use ecsim::engine::{Agenda, Phase, Scheduled};
use ecsim::units::{SimTime, Span};
use std::hint::black_box;
use std::time::Duration;

/// An event of the size of the simulation's events.
#[derive(Clone, Copy)]
#[allow(dead_code, reason = "only its size matters")]
struct Ends([u32; 2]);

impl Scheduled for Ends {
    fn phase(&self) -> Phase {
        Phase::Release
    }
}

fn ahead(stream: &mut Stream) -> Span {
    Span::from_seconds_f64(Distribution::Exponential { mean: 300.0 }.sample(stream))
}

fn hold(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("agenda");
    group
        .warm_up_time(Duration::from_secs(2))
        .measurement_time(Duration::from_secs(3));
    for pending in [1_000u32, 100_000, 1_000_000] {
        let mut stream = StreamKey::new(1, Purpose::TaskDuration, "hold").stream(0);
        let mut agenda = Agenda::new();
        for number in 0..pending {
            agenda.push(SimTime::ZERO + ahead(&mut stream), Ends([number, 0]));
        }
        group.bench_function(format!("hold {pending}"), |bencher| {
            bencher.iter(|| {
                let (now, event) = agenda.pop().expect("as many are pending as before");
                agenda.push(now + ahead(&mut stream), black_box(event));
            });
        });
        assert_eq!(agenda.len(), pending as usize);
    }
    group.finish();
}

criterion_group!(benches, hold);
criterion_main!(benches);
