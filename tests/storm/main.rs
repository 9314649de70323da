//! Storms: random small worlds with fleets, Auto Scaling groups, Spot, Fargate, services,
//! daemons, work that is retried, faults and delays, each from a number that is printed when
//! it fails. The program's own assertions are on; beside them a reader keeps the books.

#[path = "../common/mod.rs"]
mod common;

mod books;
mod capacity;
mod deployments;
mod faults;
mod limits;
mod operators;
mod queues;
mod traffic;
mod work;
mod world;

use books::*;
use ecsim::cluster::WorkId;
use ecsim::plan::Until;
use ecsim::pricing::price;
use ecsim::runner::price_book;
use ecsim::units::Usd;
use world::*;

/// Plays the world of a number and compares what must hold in every world.
fn check(number: u64) {
    let plan = world(number);
    let (books, outcome) = play(&plan, number);
    assert!(!outcome.too_long && !outcome.stopped);
    let arrived = books.tasks.len() as u64;
    assert_eq!(
        arrived,
        books.gone + outcome.unfinished,
        "who has come and not gone is there"
    );
    if plan.until == Until::Drained {
        let is_work = |(work, _): &(WorkId, u64)| matches!(work, WorkId::Entry(_));
        let mut left = books.tasks.iter().filter(|(name, _)| is_work(name));
        assert!(left.all(|(_, at)| *at == Where::Gone));
        assert_eq!(outcome.end, books.last.max(outcome.end));
    }
    for passed in books.requests.values() {
        let told = passed.served + passed.errors + passed.lost() + passed.queued;
        assert_eq!(passed.offered, told, "requests that come are told");
    }
    let bill = price(&outcome.usage, &price_book(&plan)).expect("everything has a price");
    assert!(bill.lines.iter().all(|line| line.cost >= Usd::ZERO));
    let (again, _) = play(&plan, number);
    assert_eq!((books.facts, books.hash), (again.facts, again.hash));
}

/// Plays worlds on all processors; says which number failed.
fn storm(numbers: std::ops::Range<u64>) {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let first = numbers.start;
    let jobs = (numbers.end - first) as usize;
    let mut failed = Vec::new();
    ecsim::runner::in_order(
        jobs,
        threads,
        |job| {
            let number = first + job as u64;
            std::panic::catch_unwind(|| check(number))
                .err()
                .map(|_| number)
        },
        |_, number| {
            failed.extend(number);
            true
        },
    );
    assert!(failed.is_empty(), "these worlds fail: {failed:?}");
}

#[test]
fn two_hundred_storms() {
    storm(1..201);
}

/// Worlds that showed a fault of the simulation or of this reader, each mended.
#[test]
fn worlds_that_have_failed_before() {
    for number in [353, 1_533, 4_989, 5_854, 6_542, 7_226] {
        storm(number..number + 1);
    }
}

mod long {
    use super::storm;

    #[test]
    #[ignore = "takes many minutes: run by .ci/long"]
    fn ten_thousand_storms() {
        storm(201..10_201);
    }
}
