//! `eventbridge.jsonl`: the events of a run as EventBridge delivers those of ECS, one JSON object per
//! line, with AWS's own keys and values. Ids and times of the run are in AWS's form.

mod envelope;
mod instance;
mod reference;
mod schema;
mod service;
mod task;

pub use envelope::{ACCOUNT, BridgeDetail, BridgeEvent, instant, instant_millis};
pub use instance::{BridgeInstance, BridgeResource, BridgeVersion};
pub(super) use reference::{DETAIL_TYPES, KEYS as BRIDGE_KEYS};
pub use schema::eventbridge_schema;
pub use service::{BridgeDeployment, BridgeServiceAction, EventType};
pub use task::{
    BridgeAttachment, BridgeContainer, BridgeContainerOverride, BridgeNameValue,
    BridgeNetworkInterface, BridgeOverrides, BridgeTask,
};
