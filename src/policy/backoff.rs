//! Exponential backoff: delays that double with each failure, up to a longest one.

use crate::units::Span;

/// The delay after a number of failures in a row: zero after none, `first` after one, then twice
/// the previous delay, at most `longest`.
pub(crate) fn doubling(failures: u32, first: Span, longest: Span) -> Span {
    let Some(doublings) = failures.checked_sub(1) else {
        return Span::ZERO;
    };
    // 2^63 µs is longer than any `longest`; more would overflow the shift.
    let factor = 1_u64 << doublings.min(63);
    longest.min(Span::micros(first.as_micros().saturating_mul(factor)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_double_and_stop_at_the_longest() {
        let delay = |failures| doubling(failures, Span::seconds(15), Span::seconds(100));
        assert_eq!(delay(0), Span::ZERO);
        assert_eq!(delay(1), Span::seconds(15));
        assert_eq!(delay(3), Span::seconds(60));
        assert_eq!(delay(4), Span::seconds(100));
        assert_eq!(delay(u32::MAX), Span::seconds(100));
    }
}
