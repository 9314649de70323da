//! Work on several threads whose results come back in order.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, PoisonError, mpsc};

/// More threads than this help nobody.
const MOST_THREADS: usize = 256;
/// How far, in jobs per thread, the quick may run ahead of the slow.
const AHEAD: usize = 4;

/// Does jobs `0..jobs` on so many threads and folds their results on this one, in order.
/// When `fold` says false, no further job is begun and nothing more is folded.
///
/// # Panics
/// When a job panics, with its message.
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
    let next = AtomicUsize::new(0);
    let stopped = AtomicBool::new(false);
    let folded = Mutex::new(0usize);
    let moved_on = Condvar::new();
    let (send, receive) = mpsc::channel();
    std::thread::scope(|scope| {
        for _ in 0..threads {
            let send = send.clone();
            let (next, stopped, folded, moved_on, work) =
                (&next, &stopped, &folded, &moved_on, &work);
            scope.spawn(move || {
                // A job that panics ends all: nobody may go on waiting for it.
                let _guard = OnPanic(|| {
                    let _guard = folded.lock().unwrap_or_else(PoisonError::into_inner);
                    stopped.store(true, Ordering::Relaxed);
                    moved_on.notify_all();
                });
                loop {
                    let job = next.fetch_add(1, Ordering::Relaxed);
                    if job >= jobs {
                        return;
                    }
                    let far = |done: &mut usize| {
                        job > *done + AHEAD * threads && !stopped.load(Ordering::Relaxed)
                    };
                    let guard = folded.lock().unwrap_or_else(PoisonError::into_inner);
                    drop(
                        moved_on
                            .wait_while(guard, far)
                            .unwrap_or_else(PoisonError::into_inner),
                    );
                    if stopped.load(Ordering::Relaxed) || send.send((job, work(job))).is_err() {
                        return;
                    }
                }
            });
        }
        drop(send);
        let mut early = BTreeMap::new();
        let mut expected = 0;
        let halt = || {
            // Under the lock, so that nobody who is about to wait misses it.
            let _guard = folded.lock().unwrap_or_else(PoisonError::into_inner);
            stopped.store(true, Ordering::Relaxed);
            moved_on.notify_all();
        };
        'folding: while expected < jobs {
            let Ok((job, result)) = receive.recv() else {
                break;
            };
            early.insert(job, result);
            while let Some(result) = early.remove(&expected) {
                if !fold(expected, result) {
                    break 'folding;
                }
                expected += 1;
                *folded.lock().unwrap_or_else(PoisonError::into_inner) = expected;
                moved_on.notify_all();
            }
        }
        halt();
    });
}

/// Does something when its thread panics.
struct OnPanic<F: Fn()>(F);

impl<F: Fn()> Drop for OnPanic<F> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            (self.0)();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::in_order;

    #[test]
    #[should_panic(expected = "a scoped thread panicked")]
    fn a_job_that_panics_ends_all() {
        let work = |job| assert!(job != 3, "job three");
        in_order(200, 3, work, |_, ()| true);
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
}
