//! What all events have in common.

use super::{BridgeDeployment, BridgeInstance, BridgeServiceAction, BridgeTask};
use crate::units::SimTime;
use serde::Serialize;

/// The account of all events: the one of AWS's documentation.
pub const ACCOUNT: &str = "111122223333";

/// A line of `eventbridge.jsonl`.
#[derive(Clone, Debug, Serialize)]
pub struct BridgeEvent {
    /// Always `0`.
    version: &'static str,
    /// In the form of a UUID, made from the seed.
    id: String,
    /// What kind of event it is.
    #[serde(rename = "detail-type")]
    detail_type: &'static str,
    /// Always `aws.ecs`.
    source: &'static str,
    /// The account.
    account: &'static str,
    /// The time, to the second.
    time: String,
    /// The region.
    region: String,
    /// The ARN of what it is about.
    resources: [String; 1],
    /// What happened.
    detail: BridgeDetail,
}

/// The part of an event that depends on its kind.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub enum BridgeDetail {
    /// `ECS Task State Change`.
    Task(Box<BridgeTask>),
    /// `ECS Container Instance State Change`.
    Instance(Box<BridgeInstance>),
    /// `ECS Service Action`.
    ServiceAction(Box<BridgeServiceAction>),
    /// `ECS Deployment State Change`.
    Deployment(Box<BridgeDeployment>),
}

impl BridgeDetail {
    /// The value of `detail-type`.
    const fn kind(&self) -> &'static str {
        match self {
            Self::Task(_) => "ECS Task State Change",
            Self::Instance(_) => "ECS Container Instance State Change",
            Self::ServiceAction(_) => "ECS Service Action",
            Self::Deployment(_) => "ECS Deployment State Change",
        }
    }
}

impl BridgeEvent {
    /// An event about a resource.
    pub fn new(
        id: String,
        time: String,
        region: &str,
        resource: String,
        detail: BridgeDetail,
    ) -> Self {
        Self {
            version: "0",
            id,
            detail_type: detail.kind(),
            source: "aws.ecs",
            account: ACCOUNT,
            time,
            region: region.into(),
            resources: [resource],
            detail,
        }
    }
}

/// A time of a run that begins at `start` (Unix seconds), to the second: `2020-01-23T17:57:58Z`.
pub fn instant(start: i64, at: SimTime) -> String {
    format!("{}Z", civil(start, at))
}

/// The same to the millisecond: `2020-01-23T17:57:58.103Z`.
pub fn instant_millis(start: i64, at: SimTime) -> String {
    let millis = at.as_micros() / 1_000 % 1_000;
    format!("{}.{millis:03}Z", civil(start, at))
}

/// Date and time of day in UTC. After the year 9999, which ISO 8601 cannot write, its last second.
fn civil(start: i64, at: SimTime) -> String {
    let seconds = i64::try_from(at.as_micros() / 1_000_000).unwrap_or(i64::MAX);
    let instant = jiff::Timestamp::from_second(start.saturating_add(seconds));
    let instant = instant.unwrap_or(jiff::Timestamp::MAX);
    let time = jiff::tz::TimeZone::UTC.to_datetime(instant);
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}",
        time.year(),
        time.month(),
        time.day(),
        time.hour(),
        time.minute(),
        time.second()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_the_form_of_the_samples() {
        let at = SimTime::micros(3_723_004_999);
        assert_eq!(instant(1_579_802_278, at), "2020-01-23T19:00:01Z");
        assert_eq!(
            instant_millis(1_579_802_278, at),
            "2020-01-23T19:00:01.004Z"
        );
        assert_eq!(instant(i64::MAX, at), "9999-12-30T22:00:00Z");
    }
}
