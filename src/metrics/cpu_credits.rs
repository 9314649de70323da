//! The metrics of the CPU credits of an instance, as CloudWatch would have shown them (facts/platform.md
//! 1.4.5).

use crate::simulation::CpuCreditAmounts;
use crate::units::{Cpu, SECOND, SimTime, Span};

/// The length of a period: EC2 publishes them every five minutes.
pub(super) const PERIOD: Span = Span::seconds(300);

/// Base units × µs of a credit, a minute of a vCPU.
const CREDIT: f64 = (Cpu::BASE_PER_VCPU * 60 * SECOND) as f64;

/// The name of a metric, its statistic, and its value in credits.
type Metric = (&'static str, &'static str, fn(&CpuCreditAmounts) -> f64);

const METRICS: [Metric; 4] = [
    ("CPUCreditUsage", "Sum", |of| of.usage as f64 / 1e6),
    ("CPUCreditBalance", "Average", |of| of.balance as f64 / 1e6),
    ("CPUSurplusCreditBalance", "Average", |of| {
        of.surplus as f64 / 1e6
    }),
    ("CPUSurplusCreditsCharged", "Sum", |of| {
        of.charged as f64 / CREDIT
    }),
];

/// The name of a metric, its statistic, and its values with the beginnings of their periods.
pub(super) type Series = (&'static str, &'static str, Vec<(SimTime, f64)>);

/// The metrics of an instance, with the times at which it was measured.
pub(super) fn series(measured: &[(SimTime, CpuCreditAmounts)]) -> impl Iterator<Item = Series> {
    // A measurement at the end of the run or of an instance is of no whole period; the two of the period in which
    // the reported time begins are taken together.
    let is_whole = |at: SimTime| at.as_micros().is_multiple_of(PERIOD.as_micros());
    let (mut usage, mut charged) = (0, 0);
    let mut whole = Vec::new();
    for (at, amounts) in measured {
        usage += amounts.usage;
        charged += amounts.charged;
        if is_whole(*at) {
            whole.push((
                *at,
                CpuCreditAmounts {
                    usage,
                    charged,
                    ..*amounts
                },
            ));
            (usage, charged) = (0, 0);
        }
    }
    METRICS.into_iter().map(move |(name, statistic, value)| {
        let values = whole.iter().map(|(at, amounts)| {
            let begin = SimTime::micros(at.as_micros() - PERIOD.as_micros());
            (begin, value(amounts))
        });
        (name, statistic, values.collect())
    })
}
