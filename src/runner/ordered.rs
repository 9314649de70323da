//! Plays jobs on several threads and folds their results in the order of the jobs.
//!
//! The threads are a `rayon` pool that exists for one call. The calling thread folds the results,
//! so that floats are summed in one order on any number of threads.

use rayon::{Scope, ThreadPoolBuilder};
use std::any::Any;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};

/// The largest number of threads of one call.
const MOST_THREADS: usize = 256;
/// Jobs per thread that may be started before the oldest result is folded. It bounds the results
/// in memory.
const AHEAD: usize = 4;

/// Runs `work(0)` to `work(jobs - 1)` on up to `threads` threads (256 at most) and folds their
/// results on the calling thread in the order of the jobs. When `fold` returns false, no further
/// job is started and no further result is folded. On one thread the calling thread does both.
///
/// # Panics
/// When a job panics, with its panic; of several, that of the first job in order. When the system
/// cannot create a thread.
pub fn in_order<T: Send>(
    jobs: usize,
    threads: usize,
    work: impl Fn(usize) -> T + Sync,
    mut fold: impl FnMut(usize, T) -> bool,
) {
    let threads = threads.clamp(1, jobs.clamp(1, MOST_THREADS));
    if threads == 1 {
        for job in 0..jobs {
            if !fold(job, work(job)) {
                return;
            }
        }
        return;
    }
    let pool = ThreadPoolBuilder::new().num_threads(threads).build();
    let pool = pool.expect("the system gives a thread");
    let shared = Shared {
        work,
        is_stopped: AtomicBool::new(false),
    };
    let (send, receive) = mpsc::channel();
    pool.in_place_scope(|scope| {
        let begin = |job| begin(scope, &shared, &send, job);
        (0..jobs.min(AHEAD * threads)).for_each(begin);
        let mut results = InOrder::new(receive);
        for job in 0..jobs {
            let result = results.next(job).unwrap_or_else(|panic| {
                shared.is_stopped.store(true, Ordering::Relaxed);
                resume_unwind(panic)
            });
            if !fold(job, result) {
                shared.is_stopped.store(true, Ordering::Relaxed);
                return;
            }
            if job + AHEAD * threads < jobs {
                begin(job + AHEAD * threads);
            }
        }
    });
}

/// What all jobs of one call use.
struct Shared<W> {
    work: W,
    /// When true, jobs that have not started return at once.
    is_stopped: AtomicBool,
}

/// The result of a job, or its panic.
type Done<T> = Result<T, Box<dyn Any + Send>>;

/// Queues a job in the pool.
fn begin<'scope, T: Send + 'scope, W: Fn(usize) -> T + Sync>(
    scope: &Scope<'scope>,
    shared: &'scope Shared<W>,
    send: &Sender<(usize, Done<T>)>,
    job: usize,
) {
    let send = send.clone();
    scope.spawn(move |_| {
        if !shared.is_stopped.load(Ordering::Relaxed) {
            let done = catch_unwind(AssertUnwindSafe(|| (shared.work)(job)));
            // Sending fails when folding has stopped and the receiver is dropped: the result is unused.
            let _ = send.send((job, done));
        }
    });
}

/// Results in the order of their jobs, whatever the order in which they arrive.
struct InOrder<T> {
    receive: Receiver<(usize, Done<T>)>,
    /// Results that arrived before an earlier job's.
    early: BTreeMap<usize, Done<T>>,
}

impl<T> InOrder<T> {
    fn new(receive: Receiver<(usize, Done<T>)>) -> Self {
        Self {
            receive,
            early: BTreeMap::new(),
        }
    }

    /// Waits for the result of a job.
    fn next(&mut self, job: usize) -> Done<T> {
        loop {
            if let Some(done) = self.early.remove(&job) {
                return done;
            }
            let (other, done) = self.receive.recv().expect("each job that begins reports");
            self.early.insert(other, done);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{AHEAD, in_order};
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[test]
    #[should_panic(expected = "job three")]
    fn a_job_that_panics_ends_all() {
        let work = |job| assert!(job < 3, "{}", if job == 3 { "job three" } else { "later" });
        in_order(200, 3, work, |_, ()| true);
    }

    #[test]
    #[should_panic(expected = "the fold")]
    fn a_fold_that_panics_ends_all() {
        in_order(200, 3, |job| job, |job, _| panic!("the fold of {job}"));
    }

    #[test]
    fn results_come_in_order_on_any_number_of_threads() {
        for threads in [1, 2, 4, 9] {
            let mut got = Vec::new();
            in_order(
                200,
                threads,
                |job| (job * 7919) % 1009,
                |job, result| {
                    got.push((job, result));
                    job < 149
                },
            );
            let wanted: Vec<_> = (0..150).map(|job| (job, (job * 7919) % 1009)).collect();
            assert_eq!(got, wanted);
        }
    }

    #[test]
    fn jobs_begin_at_most_a_window_ahead_of_the_fold() {
        let (threads, begun) = (3, AtomicUsize::new(0));
        in_order(
            300,
            threads,
            |_| begun.fetch_add(1, Ordering::SeqCst),
            |job, _| {
                assert!(begun.load(Ordering::SeqCst) <= job + AHEAD * threads);
                job < 99
            },
        );
        assert!(
            begun.into_inner() <= 100 + AHEAD * threads,
            "none after the stop"
        );
    }

    #[test]
    fn no_jobs_give_no_results() {
        in_order(0, 4, |_| (), |_, ()| panic!("there is nothing to fold"));
    }
}
