//! How an exact value is compared with many runs: the mean over the seeds, with a t-interval
//! that must hold the value and be narrow. A wide interval is a failed experiment.

use ecsim::runner::in_order;
use ecsim::stats::student_t;
use std::num::NonZeroUsize;

/// The rows of exact values: an id, then `name=value` pairs.
const ROWS: &str = include_str!("rows.txt");

/// The exact value of a figure of a row.
pub fn exact(id: &str, figure: &str) -> f64 {
    let row = ROWS
        .lines()
        .find_map(|line| line.strip_prefix(id)?.strip_prefix(": "))
        .unwrap_or_else(|| panic!("there is no row {id}"));
    let value = row
        .split(", ")
        .find_map(|pair| pair.strip_prefix(figure)?.strip_prefix('='))
        .unwrap_or_else(|| panic!("row {id} has no figure {figure}"));
    value.parse().expect("the rows hold numbers")
}

/// Count, mean and sum of squared deviations of a figure over the seeds.
#[derive(Clone, Copy, Debug, Default)]
pub struct Moments {
    count: f64,
    mean: f64,
    squares: f64,
}

impl Moments {
    fn add(&mut self, value: f64) {
        self.count += 1.0;
        let before = value - self.mean;
        self.mean += before / self.count;
        self.squares += before * (value - self.mean);
    }

    fn merge(&mut self, other: &Self) {
        let count = self.count + other.count;
        let apart = other.mean - self.mean;
        self.squares += other.squares + apart * apart * self.count * other.count / count;
        self.mean += apart * other.count / count;
        self.count = count;
    }

    /// The mean over the seeds.
    pub fn mean(&self) -> f64 {
        self.mean
    }

    /// The unbiased variance over the seeds.
    pub fn variance(&self) -> f64 {
        self.squares / (self.count - 1.0)
    }

    /// Half the width of the t-interval that leaves out a share `alpha`.
    pub fn half_width(&self, alpha: f64) -> f64 {
        let quantile = student_t(1.0 - alpha / 2.0, self.count as usize - 1);
        quantile * (self.variance() / self.count).sqrt()
    }
}

/// One run's figures, by their names in the row.
pub type Figures<const N: usize> = [(&'static str, f64); N];

/// What many runs say.
pub struct Sample<const N: usize> {
    names: [&'static str; N],
    moments: [Moments; N],
}

/// Plays seeds 1 to `seeds`, each giving one value per figure.
pub fn sample<const N: usize>(seeds: u64, run: impl Fn(u64) -> Figures<N> + Sync) -> Sample<N> {
    sample_in_batches(seeds, 1, run)
}

/// The same for very many very short runs: so many of them are one job of a thread.
pub fn sample_in_batches<const N: usize>(
    seeds: u64,
    batch: u64,
    run: impl Fn(u64) -> Figures<N> + Sync,
) -> Sample<N> {
    let mut sample = Sample {
        names: [""; N],
        moments: [Moments::default(); N],
    };
    let threads = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let jobs = usize::try_from(seeds.div_ceil(batch)).expect("there are few batches");
    in_order(
        jobs,
        threads,
        |job| {
            let first = job as u64 * batch + 1;
            let mut names = [""; N];
            let mut moments = [Moments::default(); N];
            for seed in first..(first + batch).min(seeds + 1) {
                for (at, (name, value)) in run(seed).into_iter().enumerate() {
                    names[at] = name;
                    moments[at].add(value);
                }
            }
            (names, moments)
        },
        |_, (names, moments)| {
            sample.names = names;
            for (all, part) in sample.moments.iter_mut().zip(&moments) {
                all.merge(part);
            }
            true
        },
    );
    sample
}

impl<const N: usize> Sample<N> {
    /// The moments of a figure.
    pub fn of(&self, figure: &str) -> &Moments {
        let at = self.names.iter().position(|name| *name == figure);
        &self.moments[at.unwrap_or_else(|| panic!("the runs have no figure {figure}"))]
    }

    /// Every figure is what the row says, by the rule: the t-interval that leaves out
    /// `alpha` holds it, and is at most 1 % of it to either side (2 % for probabilities
    /// below 0.05 and for p99, 3 % where the load is 0.95 or more).
    pub fn meets(&self, id: &str, alpha: f64) {
        self.judge(id, |moments, figure, value| {
            let narrow = if id == "MM1-0.95" {
                0.03
            } else if figure.ends_with("p99") || (is_probability(figure) && value < 0.05) {
                0.02
            } else {
                0.01
            };
            let half = moments.half_width(alpha);
            (half, narrow * value)
        });
    }

    /// Every figure is inside its interval, which may be wider than the rule allows.
    pub fn holds(&self, id: &str, alpha: f64) {
        self.judge(id, |moments, _, _| (moments.half_width(alpha), f64::MAX));
    }

    /// A quick look, not the comparison: every figure is within a share of what the row
    /// says.
    pub fn is_near(&self, id: &str, share: f64) {
        self.judge(id, |_, _, value| (share * value.abs(), f64::MAX));
    }

    fn judge(&self, id: &str, rule: impl Fn(&Moments, &str, f64) -> (f64, f64)) {
        let mut failures = Vec::new();
        for (name, moments) in self.names.iter().zip(&self.moments) {
            let value = exact(id, name);
            let (allowed, widest) = rule(moments, name, value);
            let off = moments.mean() - value;
            let line = format!(
                "{id} {name}: exact {value}, found {:.9} over {} seeds, off by {:+.3} % of ± {:.3} %",
                moments.mean(),
                moments.count,
                100.0 * off / value,
                100.0 * allowed / value
            );
            report(&line);
            // The rows carry nine digits; a figure without any chance is right to those.
            if off.abs() > allowed + 1e-8 * value.abs() || allowed > widest {
                failures.push(line);
            }
        }
        assert!(failures.is_empty(), "\n{}", failures.join("\n"));
    }
}

fn is_probability(figure: &str) -> bool {
    figure.starts_with("P_") || figure.starts_with('B')
}

#[allow(clippy::print_stdout, reason = "shown by `cargo test -- --nocapture`")]
fn report(line: &str) {
    println!("{line}");
}
