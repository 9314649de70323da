//! Variants × seeds on all cores, folded in seed order.

mod results;

pub use results::{
    Band, BillLineSummary, Difference, Estimate, FigureSummary, FitFound, OneLess, Results, RunRow,
    Timeline, TimelineColumn, VariantResults, Verdict, WaitDistribution,
};
