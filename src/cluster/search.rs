//! The search for one instance: of the instances that fit, the one with the least key; of equal
//! keys, the one that was launched first.

use super::ledger::Ledger;
use super::{Instance, InstanceId, Request};

/// A running search. The order in which instances are offered does not change its result.
pub(super) struct Search<'a, K, F> {
    ledger: &'a Ledger,
    request: &'a Request<'a>,
    key: F,
    best: Option<(K, InstanceId)>,
}

impl<'a, K: Ord, F: Fn(InstanceId, &Instance) -> K> Search<'a, K, F> {
    #[inline(always)]
    pub(super) fn new(ledger: &'a Ledger, request: &'a Request<'a>, key: F) -> Self {
        Self {
            ledger,
            request,
            key,
            best: None,
        }
    }

    /// Compares an instance with the best so far. Returns whether the instance fits.
    #[inline(always)]
    pub(super) fn offer(&mut self, id: InstanceId) -> bool {
        let fits = self.ledger.fits(id, self.request);
        if fits {
            let key = (self.key)(id, self.ledger.instance(id));
            let best = self.best.as_ref();
            if best.is_none_or(|(least, at)| (&key, id) < (least, *at)) {
                self.best = Some((key, id));
            }
        }
        fits
    }

    /// The best of the offered instances, with its key; `None` when none fits.
    #[inline(always)]
    pub(super) fn best(self) -> Option<(K, InstanceId)> {
        self.best
    }
}
