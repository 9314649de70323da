//! `usage.csv`: the hourly usage of every run, so that other prices can be applied to it. Runs are
//! written in the order in which they are folded; of a variant in which nothing is random one run
//! is written. Quantities are exact decimals. The column `provider` is empty for resources of the
//! whole cluster, `zone` for those of the whole region. `usageType` is the same as in `cost.csv`.
//!
//! Successive hours of one calendar month (UTC) in which a resource is used alike are one row:
//! `hours` is their number, `quantity` their sum, so that one hour has `quantity ÷ hours`.

use super::column::{Column, column, header};
use super::number::exact_quotient;
use crate::usage::{Item, Ledger, Terms};
use std::io::{self, Write};

/// The columns of `usage.csv`.
pub(super) const COLUMNS: [Column; 9] = [
    column("variant", "The variant"),
    column(
        "seed",
        "The seed of the run; a variant in which nothing is random has one run here, that of the first seed",
    ),
    column("hourStart", "The beginning of the first hour of usage, UTC"),
    column(
        "hours",
        "The number of successive hours of one calendar month in which the usage was the same",
    ),
    column(
        "provider",
        "The capacity provider that is billed; empty for resources of the whole cluster",
    ),
    column(
        "zone",
        "The Availability Zone; empty for resources of the whole Region",
    ),
    column(
        "usageType",
        "AWS's usage type, such as `BoxUsage:m6i.large`",
    ),
    column("unit", "The unit of the quantity"),
    column(
        "quantity",
        "The quantity in all these hours, as an exact decimal",
    ),
];

/// The names that the indices of a ledger stand for, and the start of its hour 0.
#[derive(Clone, Debug)]
pub struct UsageNames<'a> {
    /// The plan's `start`, in Unix seconds.
    pub start_unix_seconds: i64,
    /// The plan's region, whose prefix usage types have.
    pub region: &'a str,
    /// The plan's providers.
    pub providers: Vec<&'a str>,
    /// The plan's zones.
    pub zones: Vec<&'a str>,
    /// The plan's instance types.
    pub instance_types: Vec<&'a str>,
}

/// Writes `usage.csv` run by run.
#[derive(Debug)]
pub struct UsageWriter<W: Write> {
    file: csv::Writer<W>,
}

impl<'a> UsageNames<'a> {
    /// The names of a plan.
    pub fn of(plan: &'a crate::plan::Plan) -> Self {
        let cluster = &plan.cluster;
        Self {
            start_unix_seconds: plan.start_unix_seconds,
            region: &plan.region,
            providers: cluster.providers.iter().map(|p| &*p.name).collect(),
            zones: cluster.zones.iter().map(String::as_str).collect(),
            instance_types: cluster.instance_types.iter().map(|t| &*t.name).collect(),
        }
    }
}

impl<W: Write> UsageWriter<W> {
    /// Begins the file.
    ///
    /// # Errors
    /// When `out` cannot be written.
    pub fn begin(out: W) -> io::Result<Self> {
        let mut file = csv::Writer::from_writer(out);
        header(&mut file, &COLUMNS)?;
        Ok(Self { file })
    }

    /// Writes the usage of one run.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn run(
        &mut self,
        variant: &str,
        seed: u64,
        ledger: &Ledger,
        names: &UsageNames<'_>,
    ) -> io::Result<()> {
        let seed = seed.to_string();
        let name = |item: Item| {
            let kind = item.instance_type();
            kind.map_or("", |kind| names.instance_types[kind])
        };
        let items = ledger.meters.iter().map(|meter| meter.item);
        let terms: Vec<Terms> = items.map(|item| item.terms(name(item))).collect();
        let types = terms.iter().map(|terms| terms.usage_type_in(names.region));
        let types: Vec<String> = types.collect();
        // Rows of one hour are adjacent: its text is made once.
        let mut hour = None;
        let mut hour_start = String::new();
        for row in periods(ledger, names.start_unix_seconds) {
            if hour != Some(row.hour) {
                hour = Some(row.hour);
                hour_start = instant(names.start_unix_seconds, row.hour);
            }
            let index = row.meter as usize;
            let (meter, terms) = (&ledger.meters[index], &terms[index]);
            self.file.write_record([
                variant,
                &seed,
                &hour_start,
                &row.hours.to_string(),
                meter.owner.provider().map_or("", |p| names.providers[p]),
                meter.zone.map_or("", |zone| names.zones[zone]),
                &types[index],
                terms.unit.metered_unit(),
                &exact_quotient(row.quantity, terms.unit.per_metered_unit()),
            ])?;
        }
        Ok(())
    }

    /// Ends the file and returns the writer.
    ///
    /// # Errors
    /// When what is buffered cannot be written.
    pub fn finish(self) -> io::Result<W> {
        self.file
            .into_inner()
            .map_err(csv::IntoInnerError::into_error)
    }
}

/// Successive hours in which a meter counted the same.
#[derive(Clone, Copy)]
struct Period {
    /// The first hour, counted from simulated time zero.
    hour: u32,
    meter: u32,
    hours: u32,
    /// The sum over the hours, in base units × µs.
    quantity: u128,
}

/// The rows of a ledger with successive equal hours of a calendar month put together, ascending by
/// their first hour, then meter.
fn periods(ledger: &Ledger, start: i64) -> Vec<Period> {
    let mut periods: Vec<Period> = Vec::new();
    // By meter: its last period, and what it counts in an hour.
    let mut last: Vec<Option<(usize, u128)>> = vec![None; ledger.meters.len()];
    for row in &ledger.rows {
        let meter = row.meter as usize;
        if let Some((at, in_an_hour)) = last[meter] {
            let period = &mut periods[at];
            let follows = period.hour + period.hours == row.hour;
            if follows && in_an_hour == row.quantity && !begins_month(start, row.hour) {
                period.hours += 1;
                period.quantity += row.quantity;
                continue;
            }
        }
        last[meter] = Some((periods.len(), row.quantity));
        periods.push(Period {
            hour: row.hour,
            meter: row.meter,
            hours: 1,
            quantity: row.quantity,
        });
    }
    periods
}

/// True for the first hour of a calendar month in UTC. After the year 9999 no hour is one.
fn begins_month(start: i64, hour: u32) -> bool {
    let seconds = start.saturating_add(i64::from(hour) * 3_600);
    seconds.rem_euclid(86_400) == 0
        && jiff::Timestamp::from_second(seconds)
            .is_ok_and(|instant| instant.to_zoned(jiff::tz::TimeZone::UTC).day() == 1)
}

/// The beginning of an hour as RFC 3339 in UTC.
fn instant(start: i64, hour: u32) -> String {
    let seconds = start.saturating_add(i64::from(hour) * 3_600);
    match jiff::Timestamp::from_second(seconds) {
        Ok(instant) => instant.to_string(),
        // RFC 3339 ends with the year 9999: later hours are written as Unix seconds.
        Err(_) => format!("@{seconds}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::usage::{HourlyUsage, MeterKey, Owner};

    const HOUR: u128 = 3_600_000_000;

    /// The file of one meter of instances with these rows: hour, and seconds of it.
    fn written(start: i64, region: &str, rows: &[(u32, u128)]) -> String {
        let ledger = Ledger {
            meters: vec![MeterKey {
                owner: Owner::Provider(0),
                zone: Some(0),
                item: Item::Instance(0),
            }],
            rows: rows
                .iter()
                .map(|(hour, seconds)| HourlyUsage {
                    hour: *hour,
                    meter: 0,
                    quantity: seconds * HOUR / 3_600,
                })
                .collect(),
            topped_up: Vec::new(),
        };
        let names = UsageNames {
            start_unix_seconds: start,
            region,
            providers: vec!["fleet"],
            zones: vec!["z"],
            instance_types: vec!["m5.large"],
        };
        let mut writer = UsageWriter::begin(Vec::new()).expect("memory takes all");
        let in_memory = "memory takes all";
        writer.run("v", 1, &ledger, &names).expect(in_memory);
        let bytes = writer.finish().expect(in_memory);
        String::from_utf8(bytes).expect("it is UTF-8")
    }

    #[test]
    fn equal_hours_of_a_month_are_one_row() {
        // 2026-01-31T22:00:00Z: two hours of January, three of February, a gap, a shorter hour.
        let rows = [
            (0, 3_600),
            (1, 3_600),
            (2, 3_600),
            (3, 3_600),
            (4, 3_600),
            (6, 3_600),
            (7, 60),
        ];
        let wanted = "\
variant,seed,hourStart,hours,provider,zone,usageType,unit,quantity
v,1,2026-01-31T22:00:00Z,2,fleet,z,USE2-BoxUsage:m5.large,instance-seconds,7200
v,1,2026-02-01T00:00:00Z,3,fleet,z,USE2-BoxUsage:m5.large,instance-seconds,10800
v,1,2026-02-01T04:00:00Z,1,fleet,z,USE2-BoxUsage:m5.large,instance-seconds,3600
v,1,2026-02-01T05:00:00Z,1,fleet,z,USE2-BoxUsage:m5.large,instance-seconds,60
";
        assert_eq!(written(1_769_896_800, "us-east-2", &rows), wanted);
    }

    #[test]
    fn a_year_of_a_constant_fleet_is_twelve_rows() {
        let rows: Vec<(u32, u128)> = (0..8_760).map(|hour| (hour, 3_600)).collect();
        let text = written(1_767_225_600, "us-east-1", &rows);
        assert_eq!(text.lines().count(), 13);
        assert!(text.contains(",744,fleet,z,BoxUsage:m5.large,"), "{text}");
    }
}
