//! What has failed lately, and when it is tried again.

use crate::policy::provisioning::group::LaunchRetry;
use crate::units::{SimTime, Span};
use std::collections::BTreeMap;

/// Failed attempts by what was tried. Each failure in a row lengthens the wait for the next attempt.
pub(super) struct Refusals<K> {
    first: Span,
    longest: Span,
    /// What has failed, with the time of the next attempt.
    failed: BTreeMap<K, (LaunchRetry, SimTime)>,
}

impl<K: Ord> Refusals<K> {
    /// Nothing has failed. The waits double from `first` to `longest`.
    pub(super) fn new((first, longest): (Span, Span)) -> Self {
        Self {
            first,
            longest,
            failed: BTreeMap::new(),
        }
    }

    /// An attempt has failed.
    pub(super) fn failed(&mut self, what: K, now: SimTime) {
        let none = || (LaunchRetry::new(self.first, self.longest), now);
        let (retry, next) = self.failed.entry(what).or_insert_with(none);
        retry.failed();
        *next = now + retry.delay();
    }

    /// An attempt has succeeded.
    pub(super) fn accepted(&mut self, what: &K) {
        self.failed.remove(what);
    }

    /// True until the time of the next attempt.
    pub(super) fn is_refused(&self, what: &K, now: SimTime) -> bool {
        self.failed.get(what).is_some_and(|(_, next)| *next > now)
    }

    /// Forgets what does not matter any more.
    pub(super) fn retain(&mut self, matters: impl Fn(&K) -> bool) {
        self.failed.retain(|what, _| matters(what));
    }

    /// The next attempt after `now`.
    pub(super) fn next(&self, now: SimTime) -> Option<SimTime> {
        let times = self.failed.values().map(|(_, next)| *next);
        times.filter(|next| *next > now).min()
    }
}
