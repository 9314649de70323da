//! Unit prices of Fargate and of other services.

use super::LoadBalancerKind;
use super::regions::service_quotes;
use crate::units::Usd;
use serde::Serialize;

/// Fargate's unit prices in one region for one architecture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FargatePrices {
    /// Per vCPU and hour.
    pub vcpu_hour: Usd,
    /// Per GB (1,024³ bytes) and hour.
    pub gb_hour: Usd,
    /// Per GB-hour of ephemeral storage above 20 GB; `None` where the catalog has none.
    pub storage_gb_hour: Option<Usd>,
    /// The prices of Fargate Spot; `None` where the catalog has none.
    pub spot: Option<FargateSpotPrices>,
}

/// Fargate Spot's unit prices in one region for one architecture. Ephemeral storage of a Spot
/// task costs as much as that of any other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FargateSpotPrices {
    /// Per vCPU and hour.
    pub vcpu_hour: Usd,
    /// Per GB (1,024³ bytes) and hour.
    pub gb_hour: Usd,
}

/// Unit prices of other services in one region; `None` where the catalog has none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ServicePrices {
    /// gp3 storage per GB-month.
    pub gp3_gb_month: Option<Usd>,
    /// Application Load Balancers.
    pub application_load_balancer: Option<LoadBalancerPrices>,
    /// Network Load Balancers.
    pub network_load_balancer: Option<LoadBalancerPrices>,
    /// A million calls of SQS's standard queues.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sqs_million_requests: Option<Usd>,
    /// A metric of an alarm of CloudWatch with a period of a minute, per month. Without it alarms are not billed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alarm_month: Option<Usd>,
}

/// Unit prices of a type of load balancers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LoadBalancerPrices {
    /// Per load balancer and hour.
    pub hour: Usd,
    /// Per capacity unit and hour.
    pub capacity_unit_hour: Usd,
}

impl ServicePrices {
    /// The prices of a type of load balancers.
    pub const fn load_balancer(&self, kind: LoadBalancerKind) -> Option<LoadBalancerPrices> {
        match kind {
            LoadBalancerKind::Application => self.application_load_balancer,
            LoadBalancerKind::Network => self.network_load_balancer,
        }
    }
}

/// Unit prices of other services in a region; `None` for a region the catalog does not cover.
pub fn service_prices(region: &str) -> Option<ServicePrices> {
    let price = |item: &str| {
        let mut quotes = service_quotes(region);
        Some(quotes.find(|service| service.item == item)?.quote.price)
    };
    let load_balancer = |hour, capacity| {
        Some(LoadBalancerPrices {
            hour: price(hour)?,
            capacity_unit_hour: price(capacity)?,
        })
    };
    let prices = ServicePrices {
        gp3_gb_month: price("gp3 storage"),
        application_load_balancer: load_balancer("ALB", "ALB capacity"),
        network_load_balancer: load_balancer("NLB", "NLB capacity"),
        sqs_million_requests: price("SQS requests"),
        alarm_month: price("CloudWatch alarm metrics"),
    };
    (prices != ServicePrices::default()).then_some(prices)
}
