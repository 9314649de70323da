//! Regions: EC2 and storage prices in them, and the prefixes of their usage types.

use super::sources::Source;
use super::table::Table;
use crate::units::Usd;

/// A unit price with where it comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quote {
    /// The price.
    pub price: Usd,
    /// Where it comes from.
    pub source: Source,
}

/// The price of one unit of a service other than instances.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ServiceQuote {
    /// `gp3 storage`, `ECR storage`, `public IPv4`, `ALB`, `ALB capacity`, `NLB`, `NLB capacity` or `SQS requests`.
    pub item: &'static str,
    /// The pricing unit: `GB-month`, `address-hour`, `hour`, `LCU-hour`, `NLCU-hour` or `million requests`.
    pub unit: &'static str,
    /// The price of one `unit` of the item, with its source.
    pub quote: Quote,
}

/// The source of most prices of a region; the cells of `on_demand.csv` that differ name
/// their own.
const USUAL_SOURCES: [(&str, &str); 7] = [
    ("us-east-1", "karpenter"),
    ("us-east-2", "aws-samples"),
    ("us-west-2", "aws-samples"),
    ("eu-west-1", "aws-samples"),
    ("eu-central-1", "aws-samples"),
    ("ap-southeast-1", "aws-samples"),
    ("ap-northeast-1", "aws-samples"),
];

/// The prefix of usage types in each region (facts/pricing.md 4); the regions with Fargate prices
/// only are from general knowledge.
const PREFIXES: [(&str, &str); 24] = [
    ("af-south-1", "AFS1"),
    ("ap-east-1", "APE1"),
    ("ap-northeast-1", "APN1"),
    ("ap-northeast-2", "APN2"),
    ("ap-south-1", "APS3"),
    ("ap-southeast-1", "APS1"),
    ("ap-southeast-2", "APS2"),
    ("ca-central-1", "CAN1"),
    ("eu-central-1", "EUC1"),
    ("eu-north-1", "EUN1"),
    ("eu-south-1", "EUS1"),
    ("eu-west-1", "EU"),
    ("eu-west-2", "EUW2"),
    ("eu-west-3", "EUW3"),
    ("me-south-1", "MES1"),
    ("sa-east-1", "SAE1"),
    ("us-east-1", "USE1"),
    ("us-east-2", "USE2"),
    ("us-gov-east-1", "UGE1"),
    ("us-gov-west-1", "UGW1"),
    ("us-west-1", "USW1"),
    ("us-west-2", "USW2"),
    ("ap-northeast-3", "APN3"),
    ("ap-southeast-3", "APS4"),
];

/// The regions with prices of instances and storage.
pub fn regions() -> impl Iterator<Item = &'static str> {
    USUAL_SOURCES.iter().map(|(region, _)| *region)
}

/// On-Demand price of an instance per hour, on Linux with shared tenancy; `None` where the
/// catalog has no price.
pub fn on_demand_price(region: &str, instance_type: &str) -> Option<Usd> {
    let (price_text, _) = on_demand_cell(region, instance_type)?;
    price(price_text)
}

/// The price of [`on_demand_price`] with its source.
pub fn on_demand_quote(region: &str, instance_type: &str) -> Option<Quote> {
    let (price_text, own_source) = on_demand_cell(region, instance_type)?;
    let usual = USUAL_SOURCES.iter().find(|(name, _)| *name == region)?.1;
    Some(Quote {
        price: price(price_text)?,
        source: Source::of_key(own_source.unwrap_or(usual)),
    })
}

/// Unit prices of other services in a region, with their sources: gp3 storage, storage of
/// images in ECR, public IPv4 addresses, load balancers, calls of SQS, alarms of CloudWatch.
/// None for a region the catalog does not cover.
pub fn service_quotes(region: &str) -> impl Iterator<Item = ServiceQuote> {
    Table::new(include_str!("data/services.csv"))
        .find_all(region)
        .filter_map(|row| {
            Some(ServiceQuote {
                item: row.cell(1),
                unit: row.cell(3),
                quote: Quote {
                    price: price(row.cell(4))?,
                    source: Source::new(row.cell(5), row.cell(6)),
                },
            })
        })
}

/// The prefix of usage types in a region, such as `USE2`. EC2 and EBS leave it out in
/// us-east-1. `None` for a region that the catalog does not have.
pub fn usage_type_prefix(region: &str) -> Option<&'static str> {
    let found = PREFIXES.iter().find(|(name, _)| *name == region);
    found.map(|(_, prefix)| *prefix)
}

/// A price in exact decimal text; an empty cell is none.
pub(super) fn price(cell: &'static str) -> Option<Usd> {
    if cell.is_empty() {
        return None;
    }
    Some(
        cell.parse()
            .expect("prices in embedded tables are decimals, a test reads them all"),
    )
}

/// The text of a price and the key of its source, where that is not the region's usual one.
fn on_demand_cell(
    region: &str,
    instance_type: &str,
) -> Option<(&'static str, Option<&'static str>)> {
    let table = Table::new(include_str!("data/on_demand.csv"));
    let cell = table.cell_of(instance_type, region)?;
    match cell.split_once(';') {
        Some((price, source)) => Some((price, Some(source))),
        None => Some((cell, None)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::service_prices;
    use crate::catalog::{fargate_quotes, instance_types};

    #[test]
    fn prices_are_read_with_their_source() {
        let quote = on_demand_quote("us-east-1", "m5.large").expect("it is listed");
        assert_eq!(quote.price, Usd::nanos(96_000_000));
        assert_eq!(quote.source.date, Some("2026-07-20"));
        let metal = on_demand_quote("us-east-1", "c6g.metal").expect("it is listed");
        assert_eq!(metal.source.date, Some("2026-02-07"));
        let region = on_demand_price("eu-central-1", "m5.large");
        assert_eq!(region, Some(Usd::nanos(115_000_000)));
        assert_eq!(on_demand_price("us-east-1", "mac1.metal"), None);
        assert_eq!(on_demand_price("us-east-1", "m5.none"), None);
        assert_eq!(on_demand_price("mars-north-1", "m5.large"), None);
        assert_eq!(on_demand_price("type", "m5.large"), None);
    }

    #[test]
    fn every_price_can_be_read_and_their_numbers_are_known() {
        let counts: Vec<usize> = regions()
            .map(|region| {
                instance_types()
                    .filter_map(|facts| on_demand_quote(region, facts.name))
                    .inspect(|quote| assert!(quote.price > Usd::ZERO))
                    .count()
            })
            .collect();
        assert_eq!(counts, COUNTS);
    }

    /// How many of the listed types have a price in each region.
    const COUNTS: [usize; 7] = [1_352, 1_051, 1_154, 946, 1_030, 800, 1_007];

    #[test]
    fn storage_is_priced_in_every_region() {
        let gp3 = |region| service_prices(region).and_then(|prices| prices.gp3_gb_month);
        let prices: Vec<String> = regions()
            .map(|region| gp3(region).expect("it is listed").to_string())
            .collect();
        let wanted = [
            "$0.08", "$0.08", "$0.08", "$0.088", "$0.0952", "$0.096", "$0.096",
        ];
        assert_eq!(prices, wanted);
        assert_eq!(service_prices("mars-north-1"), None);
    }

    /// facts/pricing.md 2.
    #[test]
    fn images_and_addresses_cost_the_same_in_every_region() {
        for region in regions() {
            let found: Vec<_> = service_quotes(region)
                .skip(1)
                .take(2)
                .map(|service| (service.item, service.unit, service.quote.price))
                .collect();
            let wanted = [
                ("ECR storage", "GB-month", Usd::nanos(100_000_000)),
                ("public IPv4", "address-hour", Usd::nanos(5_000_000)),
            ];
            assert_eq!(found, wanted, "{region}");
        }
        assert_eq!(service_quotes("mars-north-1").count(), 0);
    }

    #[test]
    fn every_region_with_a_price_has_a_prefix() {
        for region in regions().chain(fargate_quotes().map(|quote| quote.region)) {
            assert!(usage_type_prefix(region).is_some(), "{region}");
        }
    }
}
