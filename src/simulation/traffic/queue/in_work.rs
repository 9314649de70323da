//! The number of messages that tasks work on, over a time in which the rate of receives is constant.
//!
//! Messages are completed at a rate that depends on their number alone: d number ÷ d time = received −
//! completed.

use super::consumer::Consumer;

/// In one part of a time the number changes by at most this share of itself, so that the rate of completions
/// is nearly a straight line.
const PART: f64 = 0.5;

/// Numbers that differ by less than this share of all slots are the same.
const SAME: f64 = 1e-9;

/// The number after a time that ends when all slots are in use.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct InWork {
    /// The time that has passed, in seconds.
    pub(super) seconds: f64,
    /// The number of messages in work.
    pub(super) number: f64,
}

/// The number in work when `received` messages per second are received for some seconds, or until all slots
/// are in use.
pub(super) fn after(consumer: &Consumer<'_>, from: f64, received: f64, seconds: f64) -> InWork {
    let slots = consumer.slots();
    let goal = consumer.number_at(received);
    let mut at = InWork {
        seconds: 0.0,
        number: from,
    };
    while at.seconds < seconds {
        let completed = consumer.completes(at.number);
        let grows = received - completed;
        let end = match goal {
            Some(goal) if (goal - at.number).abs() <= SAME * slots => break,
            // It does not pass the number at which as many are completed as received.
            Some(goal) => goal,
            None => slots,
        };
        let near = match grows > 0.0 {
            true => end.min(at.number * (1.0 + PART) + PART * consumer.tasks()),
            false => end.max(at.number * (1.0 - PART / 2.0) - PART * consumer.tasks()),
        };
        let near = if consumer.is_linear() { end } else { near };
        let slope = (consumer.completes(near) - completed) / (near - at.number);
        let reaches = time_to(near - at.number, (grows, slope));
        let step = reaches.min(seconds - at.seconds);
        at.number = match step < reaches {
            true => at.number + change(step, (grows, slope)),
            false => near,
        };
        at.seconds += step;
        if goal.is_none() && at.number >= slots {
            return at;
        }
    }
    at.seconds = seconds;
    at
}

/// The change after some seconds of what grows at a rate that falls in proportion to the change.
fn change(seconds: f64, (grows, slope): (f64, f64)) -> f64 {
    match slope * seconds > 1e-12 {
        true => grows * (1.0 - libm::exp(-slope * seconds)) / slope,
        false => grows * seconds,
    }
}

/// The seconds after which it has changed by this; infinite where it never does.
fn time_to(change: f64, (grows, slope): (f64, f64)) -> f64 {
    let part = change / grows;
    let rest = 1.0 - slope * part;
    match slope * part > 1e-12 {
        true if rest <= 1e-12 => f64::INFINITY,
        true => -libm::log(rest) / slope,
        false => part.max(0.0),
    }
}

#[cfg(test)]
mod tests {
    use super::super::consumer::WorkerTasks;
    use super::*;
    use crate::plan::Worker;
    use crate::units::Cpu;

    fn with(worker: &Worker, tasks: u32) -> Consumer<'_> {
        let mut consumer = Consumer::new(worker);
        consumer.set_workers(WorkerTasks {
            tasks,
            rate: worker.most_per_task(Cpu::vcpus(1)) * f64::from(tasks),
            cores: f64::from(tasks),
            reserved: 0,
            idle: 0,
        });
        consumer
    }

    #[test]
    fn one_message_a_vcpu_follows_an_exponential_law() {
        let worker = Worker::new(0);
        let consumer = with(&worker, 10);
        let at = after(&consumer, 0.0, 5.0, 1.0);
        assert!((at.number - 5.0 * (1.0 - libm::exp(-1.0))).abs() < 1e-9);
        // Ten of 15 after ln 3 seconds.
        let at = after(&consumer, 0.0, 15.0, 9.0);
        assert!((at.number - 10.0).abs() < 1e-9 && (at.seconds - libm::log(3.0)).abs() < 1e-9);
        let at = after(&consumer, 10.0, 0.0, 2.0);
        assert!((at.number - 10.0 * libm::exp(-2.0)).abs() < 1e-9);
    }

    #[test]
    fn messages_that_share_a_vcpu_are_completed_at_the_rate_of_their_number() {
        let worker = Worker {
            concurrency: 20,
            ..Worker::new(0)
        };
        let consumer = with(&worker, 10);
        // All slots in use, no more received: 200 messages need 20 s of all ten vCPUs at least.
        let at = after(&consumer, 200.0, 0.0, 10.0);
        assert!(at.number > 100.0 - 1e-6 && at.number < 112.0, "{at:?}");
        // Small steps find the same.
        let mut small = InWork {
            number: 200.0,
            seconds: 0.0,
        };
        for _ in 0..1_000 {
            small = after(&consumer, small.number, 0.0, 0.01);
        }
        assert!((small.number / at.number - 1.0).abs() < 0.02, "{small:?}");
        // It tends to the number at which as many are completed as received.
        let goal = consumer.number_at(7.0).expect("the tasks are fast enough");
        for from in [0.0, 150.0] {
            let at = after(&consumer, from, 7.0, 1_000.0);
            assert!((at.number / goal - 1.0).abs() < 1e-6, "{at:?} {goal}");
        }
        assert_eq!(consumer.number_at(10.0), None);
        let at = after(&consumer, 0.0, 12.0, 1_000.0);
        assert!(at.number >= 200.0 && at.seconds > 190.0 / 12.0 && at.seconds < 100.0);
    }
}
