//! The names of AWS's regions: a name outside of this list is a mistyped region, a name in it may
//! still have no prices in the catalog.

use crate::scenario::reading::lookup::Catalog;
use crate::scenario::reading::reader::ticked;

/// Advice where a type has no price in a region: `otherwise`, or the regions that have prices where
/// no type has one in this region.
pub fn price_hint(region: &str, catalog: &dyn Catalog, key: &str, otherwise: &str) -> String {
    let priced = catalog.priced_regions();
    if priced.contains(&region) {
        return otherwise.into();
    }
    format!(
        "no instance type has a price in this region: choose one of {}, or define types of your \
         own with a `{key}` in `instanceTypes`",
        ticked(priced)
    )
}

/// Every region of the commercial, GovCloud and China partitions.
pub const REGIONS: [&str; 39] = [
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
    "af-south-1",
    "ap-east-1",
    "ap-east-2",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-south-2",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-southeast-3",
    "ap-southeast-4",
    "ap-southeast-5",
    "ap-southeast-6",
    "ap-southeast-7",
    "ca-central-1",
    "ca-west-1",
    "eu-central-1",
    "eu-central-2",
    "eu-north-1",
    "eu-south-1",
    "eu-south-2",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "il-central-1",
    "me-central-1",
    "me-south-1",
    "mx-central-1",
    "sa-east-1",
    "us-gov-east-1",
    "us-gov-west-1",
    "cn-north-1",
    "cn-northwest-1",
    "eusc-de-east-1",
];
