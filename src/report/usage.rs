//! `usage.csv`: the hourly usage of every run, so that it can be priced again. Written run
//! by run as they are folded; quantities are exact decimals. The column `provider` is empty
//! for resources of the whole cluster, the column `zone` for resources of the whole region.

use super::number::exact_quotient;
use crate::catalog::Architecture;
use crate::units::{GIB, SECOND};
use crate::usage::{Item, Ledger};
use std::io::{self, Write};

/// The names that a ledger's indices stand for, and the instant its hours count from.
#[derive(Clone, Debug)]
pub struct UsageNames<'a> {
    /// The plan's `start`, in Unix seconds.
    pub start_unix_seconds: i64,
    /// The plan's providers.
    pub providers: Vec<&'a str>,
    /// The plan's zones.
    pub zones: Vec<&'a str>,
    /// The plan's instance types.
    pub instance_types: Vec<&'a str>,
}

/// Writes `usage.csv`, one run after the other.
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
            providers: cluster.providers.iter().map(|p| &*p.name).collect(),
            zones: cluster.zones.iter().map(String::as_str).collect(),
            instance_types: cluster.instance_types.iter().map(|t| &*t.name).collect(),
        }
    }

    /// AWS's usage type without its region prefix.
    fn usage_type(&self, item: Item) -> String {
        let fargate = |architecture: Architecture, what: &str| match architecture {
            Architecture::X86 => format!("Fargate-{what}"),
            Architecture::Arm => format!("Fargate-ARM-{what}"),
        };
        match item {
            Item::Instance(index) => format!("BoxUsage:{}", self.instance_types[index]),
            Item::SpotInstance(index) => format!("SpotUsage:{}", self.instance_types[index]),
            Item::RootVolume => "EBS:VolumeUsage.gp3".into(),
            Item::FargateCpu(architecture) => fargate(architecture, "vCPU-Hours:perCPU"),
            Item::FargateMemory(architecture) => fargate(architecture, "GB-Hours"),
            Item::FargateSpotCpu(architecture) => {
                format!("SpotUsage-{}", fargate(architecture, "vCPU-Hours:perCPU"))
            }
            Item::FargateSpotMemory(architecture) => {
                format!("SpotUsage-{}", fargate(architecture, "GB-Hours"))
            }
            Item::FargateStorage(_) => "Fargate-EphemeralStorage-GB-Hours".into(),
        }
    }
}

/// The unit in which an item's quantity is printed, and how many base units it holds: only
/// twos and fives, so that every quantity is a decimal that ends.
fn unit(item: Item) -> (&'static str, u128) {
    match item {
        Item::Instance(_) | Item::SpotInstance(_) => ("instance-seconds", SECOND.into()),
        Item::FargateCpu(_) | Item::FargateSpotCpu(_) => {
            ("vCPU-seconds", 128_000 * u128::from(SECOND))
        }
        Item::RootVolume
        | Item::FargateMemory(_)
        | Item::FargateSpotMemory(_)
        | Item::FargateStorage(_) => ("GB-seconds", u128::from(GIB) * u128::from(SECOND)),
    }
}

impl<W: Write> UsageWriter<W> {
    /// Begins the file.
    ///
    /// # Errors
    /// When `out` cannot be written.
    pub fn begin(out: W) -> io::Result<Self> {
        let mut file = csv::Writer::from_writer(out);
        file.write_record([
            "variant",
            "seed",
            "hourStart",
            "provider",
            "zone",
            "usageType",
            "unit",
            "quantity",
        ])?;
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
        let usage_types: Vec<String> = ledger
            .meters
            .iter()
            .map(|meter| names.usage_type(meter.item))
            .collect();
        let mut hour = None;
        let mut hour_start = String::new();
        for row in &ledger.rows {
            if hour != Some(row.hour) {
                hour = Some(row.hour);
                hour_start = instant(names.start_unix_seconds, row.hour);
            }
            let meter = &ledger.meters[row.meter as usize];
            let (unit, base_units) = unit(meter.item);
            self.file.write_record([
                variant,
                &seed,
                &hour_start,
                meter.owner.provider().map_or("", |p| names.providers[p]),
                meter.zone.map_or("", |zone| names.zones[zone]),
                &usage_types[row.meter as usize],
                unit,
                &exact_quotient(row.quantity, base_units),
            ])?;
        }
        Ok(())
    }

    /// Ends the file and gives the writer back.
    ///
    /// # Errors
    /// When what is buffered cannot be written.
    pub fn finish(self) -> io::Result<W> {
        self.file
            .into_inner()
            .map_err(csv::IntoInnerError::into_error)
    }
}

/// The beginning of an hour as RFC 3339 in UTC.
fn instant(start: i64, hour: u32) -> String {
    let seconds = start.saturating_add(i64::from(hour) * 3_600);
    match jiff::Timestamp::from_second(seconds) {
        Ok(instant) => instant.to_string(),
        // Beyond the year 9999, which RFC 3339 cannot say.
        Err(_) => format!("@{seconds}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// facts/pricing.md 2.
    #[test]
    fn spot_has_usage_types_of_its_own_and_the_same_units() {
        let names = UsageNames {
            start_unix_seconds: 0,
            providers: vec!["spot"],
            zones: vec!["us-east-1a"],
            instance_types: vec!["m5.large"],
        };
        let arm = Architecture::Arm;
        for (item, like, usage_type) in [
            (
                Item::SpotInstance(0),
                Item::Instance(0),
                "SpotUsage:m5.large",
            ),
            (
                Item::FargateSpotCpu(arm),
                Item::FargateCpu(arm),
                "SpotUsage-Fargate-ARM-vCPU-Hours:perCPU",
            ),
            (
                Item::FargateSpotMemory(Architecture::X86),
                Item::FargateMemory(Architecture::X86),
                "SpotUsage-Fargate-GB-Hours",
            ),
        ] {
            assert_eq!(names.usage_type(item), usage_type);
            assert_eq!(unit(item), unit(like), "{usage_type}");
        }
    }
}
