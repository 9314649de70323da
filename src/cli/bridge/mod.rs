//! `eventbridge.jsonl`: the facts of one run as the events that ECS sends to EventBridge. The run is
//! played again for it.

mod ids;
mod instances;
mod new_task;
mod out;
mod reader;
mod services;
mod tasks;

pub(super) use reader::Bridge;
