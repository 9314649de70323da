//! `events.jsonl`: one fact per line, as a JSON object with `timeMicros`, `fact`, what it is
//! about, ECS's `message`, and at the end the `variant` and `seed` of the run. The simulator
//! feeds the lines.

use crate::units::{SimTime, Span};
use serde::Serialize;
use std::io::{self, Write};

/// A line of `events.jsonl`.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EventRow<'a> {
    /// When.
    #[serde(rename = "timeMicros")]
    pub time: SimTime,
    /// What: `TaskStarted`.
    pub fact: &'a str,
    /// What it is about.
    #[serde(flatten)]
    pub about: EventAbout<'a>,
    /// ECS's message, where ECS has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// The variant of the run.
    pub variant: &'a str,
    /// The seed of the run.
    pub seed: u64,
}

/// What a line of `events.jsonl` is about, with names instead of ids.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub enum EventAbout<'a> {
    /// An instance, or a launch that failed.
    Instance(InstanceEvent<'a>),
    /// A task.
    Task(TaskEvent<'a>),
    /// Rows of a trace that were left out.
    Skipped {
        /// The entry of `tasks`.
        entry: &'a str,
        /// How many tasks.
        tasks: u64,
    },
    /// A service.
    Service {
        /// Its name.
        service: &'a str,
    },
    /// What managed scaling measured.
    Measured {
        /// The capacity provider.
        provider: &'a str,
        /// Instances needed.
        needed: u32,
        /// Instances running.
        running: u32,
    },
    /// A change of a group's desired capacity.
    Scaled {
        /// The capacity provider.
        provider: &'a str,
        /// Instances desired before.
        from: u32,
        /// Instances desired from now on.
        to: u32,
    },
    /// A fault.
    Fault {
        /// Its name.
        fault: &'a str,
        /// Which occurrence of it, from 0.
        occurrence: u32,
    },
}

/// An instance, or a launch that failed.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct InstanceEvent<'a> {
    /// Its place in the order of launch; `None` where the launch failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instance: Option<u64>,
    /// The capacity provider.
    pub provider: &'a str,
    /// The instance type; `None` on Fargate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instance_type: Option<&'a str>,
    /// The Availability Zone.
    pub zone: &'a str,
    /// How it is bought, where it is told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub purchase: Option<EventPurchase>,
    /// Why, where there is a reason.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<&'a str>,
}

/// How an instance is bought.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum EventPurchase {
    /// On demand.
    OnDemand,
    /// Spot.
    Spot,
}

/// A task.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TaskEvent<'a> {
    /// The entry of `tasks` or the service.
    pub entry: &'a str,
    /// The place in the order of its arrivals, from 0.
    pub task: u64,
    /// The instance that it is on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instance: Option<u64>,
    /// ECS's stop code, where it stops.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stop_code: Option<&'a str>,
    /// Why it was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<&'a str>,
    /// How long its loss had gone unnoticed.
    #[serde(rename = "afterMicros", skip_serializing_if = "Option::is_none")]
    pub after: Option<Span>,
    /// Where the time of its start went.
    #[serde(flatten)]
    pub start: Option<StartEvent>,
}

/// Where the time of a start went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct StartEvent {
    /// PROVISIONING.
    #[serde(rename = "provisioningMicros")]
    pub provisioning: Span,
    /// PENDING, until the agent begins.
    #[serde(rename = "pendingMicros")]
    pub pending: Span,
    /// Pulling and unpacking images.
    #[serde(rename = "pullMicros")]
    pub pull: Span,
    /// Starting containers and their waiting for one another.
    #[serde(rename = "startMicros")]
    pub start: Span,
    /// Until the control plane shows RUNNING.
    #[serde(rename = "pollingMicros")]
    pub polling: Span,
}

/// Writes `events.jsonl`, fact by fact.
#[derive(Debug)]
pub struct EventWriter<W: Write> {
    out: W,
    line: Vec<u8>,
}

impl<W: Write> EventWriter<W> {
    /// Begins the file.
    pub fn begin(out: W) -> Self {
        Self {
            out,
            line: Vec::new(),
        }
    }

    /// Writes one line.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn row(&mut self, row: &EventRow<'_>) -> io::Result<()> {
        self.line.clear();
        serde_json::to_writer(&mut self.line, row)?;
        self.line.push(b'\n');
        self.out.write_all(&self.line)
    }

    /// Ends the file and gives the writer back.
    ///
    /// # Errors
    /// When the writer cannot be flushed.
    pub fn finish(mut self) -> io::Result<W> {
        self.out.flush()?;
        Ok(self.out)
    }
}
