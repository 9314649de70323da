//! Reads `costs`: the months of storage and of `perMonth` figures, and lines of the user's own.

use crate::catalog::Architecture;
use crate::plan::{ExtraLine, Prices};
use crate::scenario::keys::costs::{COSTS, EXTRA_LINE};
use crate::scenario::reading::lookup::Catalog;
use crate::scenario::reading::reader::{Cursor, Record};
use crate::units::Usd;

/// What `costs` says.
#[derive(Default)]
pub struct Costs {
    /// Hours of the month of storage; `None`: of each calendar month.
    pub storage_month_hours: Option<u32>,
    /// Hours of the month of `perMonth` figures; `None`: by the rule of the plan.
    pub month_hours: Option<u32>,
    /// Lines of the user's own.
    pub extra: Vec<ExtraLine>,
}

impl Costs {
    /// The prices of a plan in a region.
    pub fn prices(self, region: &str, catalog: &dyn Catalog) -> Prices {
        Prices {
            fargate_x86: catalog.fargate_prices(region, Architecture::X86),
            fargate_arm: catalog.fargate_prices(region, Architecture::Arm),
            services: catalog.service_prices(region).unwrap_or_default(),
            storage_month_hours: self.storage_month_hours,
            month_hours: self.month_hours,
            extra: self.extra,
        }
    }
}

/// Reads `costs`; `None` when it has problems.
pub fn read(record: &Record<'_>) -> Option<Costs> {
    let Some(at) = record.get("costs") else {
        return Some(Costs::default());
    };
    let record = at.record(&COSTS)?;
    let storage_month_hours = match record.get("month") {
        Some(at) if at.node.as_text() == Some("calendar") => None,
        Some(at) => Some(at.integer(1, 10_000)? as u32),
        None => None,
    };
    let month_hours = match record.get("perMonthHours") {
        Some(at) => Some(at.integer(1, 10_000)? as u32),
        None => None,
    };
    let items = record.get("extra").map(|at| at.entities(&["name"]));
    let items = items.unwrap_or_default();
    let extra: Vec<Option<ExtraLine>> = items.iter().map(extra_line).collect();
    Some(Costs {
        storage_month_hours,
        month_hours,
        extra: extra.into_iter().collect::<Option<_>>()?,
    })
}

/// Reads a line of the user's own.
fn extra_line(at: &Cursor<'_>) -> Option<ExtraLine> {
    let record = at.record(&EXTRA_LINE)?;
    let name = record.get("name").and_then(|at| {
        let name = at.text()?;
        if !ExtraLine::is_name(name) {
            at.problem("this cannot be the name of a line on the bill")
                .expected(ExtraLine::NAMES)
                .report();
            return None;
        }
        Some(name.to_string())
    });
    let per_month = record.get("perMonth").and_then(|at| {
        let text = at.text()?;
        if text.trim().ends_with("/h") {
            at.problem(format!("`{text}` is a price per hour"))
                .expected("dollars per month, such as `$22.50`")
                .report();
            return None;
        }
        at.parse::<Usd>()
    });
    Some(ExtraLine {
        name: name?,
        per_month: per_month?,
    })
}
