//! The prices of a plan, in the form in which usage is billed.

use crate::plan::Plan;
use crate::pricing::{InstancePrice, PriceBook};

/// The prices at which the usage of a plan is billed. A type without a price is included: its
/// absence is an error only when such an instance is billed.
pub fn price_book(plan: &Plan) -> PriceBook {
    let management = &plan.assumptions.managed_instances;
    let types = plan.cluster.instance_types.iter();
    PriceBook {
        region: plan.region.clone(),
        start_unix_seconds: plan.start_unix_seconds,
        instances: types
            .map(|kind| InstancePrice {
                name: kind.name.clone(),
                per_hour: kind.price_per_hour,
                spot_per_hour: kind.spot.and_then(|offer| offer.price_per_hour),
                managed_per_hour: kind.management_fee(management, plan.start_unix_seconds),
            })
            .collect(),
        fargate_x86: plan.prices.fargate_x86,
        fargate_arm: plan.prices.fargate_arm,
        services: plan.prices.services,
        storage_month_hours: plan.prices.storage_month_hours,
    }
}
