//! Levels over time, folded over the seeds.

use super::one_run::Played;
use super::results::{Band, Timeline, TimelineColumn};
use crate::figures::Unit;
use crate::metrics::{CapacityLevel, TaskLevel};
use crate::plan::Plan;
use crate::units::{Cpu, GIB, SimTime, Span};

/// Levels over time, folded over the seeds.
pub(super) struct TimelineFold {
    /// The end of the warm-up.
    origin: SimTime,
    /// The width of a cell in µs: that of the longest run.
    width: u64,
    providers: Vec<String>,
    /// The levels of the whole cluster that the plan has.
    tasks: &'static [(TaskLevel, &'static str)],
    /// Per cell: the number of runs that have not ended before it.
    runs: Vec<u32>,
    /// Per column and cell.
    columns: Vec<Vec<Fold>>,
}

/// A cell of a level: sum, minimum and maximum of the runs' time means.
#[derive(Clone, Copy)]
struct Fold {
    sum: f64,
    min: f64,
    max: f64,
}

impl Fold {
    /// A cell without runs.
    const EMPTY: Self = Self {
        sum: 0.0,
        min: f64::INFINITY,
        max: 0.0,
    };
}

/// The columns of a provider: level, name, unit, and the base units of the level in one unit.
const COLUMNS: [(CapacityLevel, &str, Unit, f64); 8] = [
    (
        CapacityLevel::CpuTotal,
        "cpu.total",
        Unit::Vcpu,
        Cpu::BASE_PER_VCPU as f64,
    ),
    (
        CapacityLevel::CpuReserved,
        "cpu.reserved",
        Unit::Vcpu,
        Cpu::BASE_PER_VCPU as f64,
    ),
    (
        CapacityLevel::CpuUsed,
        "cpu.used",
        Unit::Vcpu,
        Cpu::BASE_PER_VCPU as f64,
    ),
    (
        CapacityLevel::MemoryTotal,
        "memory.total",
        Unit::Gib,
        GIB as f64,
    ),
    (
        CapacityLevel::MemoryReserved,
        "memory.reserved",
        Unit::Gib,
        GIB as f64,
    ),
    (
        CapacityLevel::MemoryUsed,
        "memory.used",
        Unit::Gib,
        GIB as f64,
    ),
    (CapacityLevel::Instances, "instances", Unit::Count, 1.0),
    (CapacityLevel::Tasks, "tasks.running", Unit::Count, 1.0),
];

/// The columns of the whole cluster: level and name. Those after the first are of services.
const TASKS: [(TaskLevel, &str); 4] = [
    (TaskLevel::Waiting, "tasks.waiting"),
    (TaskLevel::Desired, "services.desired"),
    (TaskLevel::Healthy, "services.healthy"),
    (TaskLevel::Missing, "services.missing"),
];

impl TimelineFold {
    pub(super) fn new(plan: &Plan) -> Self {
        let providers = plan.cluster.providers.iter();
        let providers: Vec<String> = providers.map(|provider| provider.name.clone()).collect();
        let tasks = match plan.services.is_empty() {
            true => &TASKS[..1],
            false => &TASKS[..],
        };
        let columns = (providers.len() + 1) * COLUMNS.len() + tasks.len();
        Self {
            origin: SimTime::ZERO + plan.warm_up,
            width: 0,
            providers,
            tasks,
            runs: Vec::new(),
            columns: vec![Vec::new(); columns],
        }
    }

    /// Adds the levels of the next run. The grid is widened to that of the run, or the run's to it.
    pub(super) fn add(&mut self, played: &Played) {
        let mut levels = played.observed.levels.clone();
        let width = levels.width().as_micros();
        if self.width == 0 {
            self.width = width;
        }
        while self.width < width {
            self.widen();
        }
        levels.widen_to(Span::micros(self.width));
        let reported = played.end.since(self.origin).as_micros();
        // The last cell is as long as the rest of the reported time.
        let lengths: Vec<f64> = (0..levels.cells() as u64)
            .map(|cell| reported.saturating_sub(cell * self.width).min(self.width) as f64)
            .take_while(|length| *length > 0.0)
            .collect();
        if self.runs.len() < lengths.len() {
            self.runs.resize(lengths.len(), 0);
        }
        self.runs[..lengths.len()].iter_mut().for_each(|n| *n += 1);
        for (index, (level, _, _, unit)) in COLUMNS.iter().enumerate() {
            let mut all = vec![0i128; levels.cells()];
            for provider in 0..self.providers.len() {
                let own = levels.capacity(provider, *level);
                all.iter_mut().zip(&own).for_each(|(sum, own)| *sum += own);
                let column = (provider + 1) * COLUMNS.len() + index;
                self.add_column(column, &own, &lengths, *unit);
            }
            self.add_column(index, &all, &lengths, *unit);
        }
        let first = self.columns.len() - self.tasks.len();
        for (index, (level, _)) in self.tasks.iter().enumerate() {
            self.add_column(first + index, &levels.tasks(*level), &lengths, 1.0);
        }
    }

    /// Adds the integrals of a level, one per cell, as time means in units of `unit` base units.
    fn add_column(&mut self, column: usize, integrals: &[i128], lengths: &[f64], unit: f64) {
        let cells = &mut self.columns[column];
        if cells.len() < lengths.len() {
            cells.resize(lengths.len(), Fold::EMPTY);
        }
        for ((cell, length), integral) in cells.iter_mut().zip(lengths).zip(integrals) {
            let level = *integral as f64 / length / unit;
            *cell = Fold {
                sum: cell.sum + level,
                min: cell.min.min(level),
                max: cell.max.max(level),
            };
        }
    }

    /// Joins cells in pairs. The mean of a joined cell is that of its halves, weighted by their runs.
    /// Its minimum cannot be computed from those of its halves: the mean of both minima is a lower
    /// bound (of the maxima an upper bound), so that a band may be too wide, never too narrow.
    fn widen(&mut self) {
        let runs = std::mem::take(&mut self.runs);
        for cells in &mut self.columns {
            let pairs = cells.chunks(2).zip(runs.chunks(2));
            *cells = pairs
                .map(|(pair, runs)| match (pair, runs) {
                    ([first, second], [in_first, in_second]) => {
                        let all = f64::from(*in_first) + f64::from(*in_second);
                        Fold {
                            sum: (first.sum + second.sum) * f64::from(*in_first) / all,
                            min: (first.min + second.min) / 2.0,
                            max: (first.max + second.max) / 2.0,
                        }
                    }
                    _ => pair[0],
                })
                .collect();
        }
        self.runs = runs.chunks(2).map(|pair| pair[0]).collect();
        self.width *= 2;
    }

    /// The timeline: means over the runs that have not ended before a cell, minima and maxima.
    pub(super) fn finish(self) -> Timeline {
        let points = |cells: &[Fold]| -> Vec<Band> {
            let band = |(cell, runs): (&Fold, &u32)| Band {
                mean: cell.sum / f64::from(*runs),
                min: cell.min,
                max: cell.max,
            };
            cells.iter().zip(&self.runs).map(band).collect()
        };
        let mut columns = Vec::new();
        let names = std::iter::once("all").chain(self.providers.iter().map(String::as_str));
        for (block, provider) in names.enumerate() {
            for (index, (_, level, unit, _)) in COLUMNS.iter().enumerate() {
                columns.push(TimelineColumn {
                    provider: provider.to_string(),
                    level,
                    unit: *unit,
                    points: points(&self.columns[block * COLUMNS.len() + index]),
                });
            }
        }
        let first = self.columns.len() - self.tasks.len();
        for (index, (_, level)) in self.tasks.iter().enumerate() {
            columns.push(TimelineColumn {
                provider: "all".into(),
                level,
                unit: Unit::Count,
                points: points(&self.columns[first + index]),
            });
        }
        Timeline {
            origin: self.origin,
            width: Span::micros(self.width),
            columns,
        }
    }
}
