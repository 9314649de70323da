//! Writes events to the file, with what all of them have in common.

use super::ids::Ids;
use crate::plan::Plan;
use crate::report::{BridgeDetail, BridgeEvent, EventWriter, FolderFile, instant, instant_millis};
use crate::units::SimTime;
use std::io;

/// The events of one run on their way to the file.
pub(super) struct Out<'a> {
    pub(super) plan: &'a Plan,
    pub(super) ids: Ids<'a>,
    writer: &'a mut EventWriter<FolderFile>,
    /// The number of events so far.
    sent: u64,
    /// The first failed write. Nothing is written after it.
    failed: Option<io::Error>,
}

impl<'a> Out<'a> {
    pub(super) fn new(plan: &'a Plan, seed: u64, writer: &'a mut EventWriter<FolderFile>) -> Self {
        Self {
            plan,
            ids: Ids::new(plan, seed),
            writer,
            sent: 0,
            failed: None,
        }
    }

    /// Writes an event about a resource.
    pub(super) fn send(&mut self, at: SimTime, resource: String, detail: BridgeDetail) {
        if self.failed.is_some() {
            return;
        }
        let id = self.ids.uuid("event", &self.sent.to_string());
        let time = instant(self.plan.start_unix_seconds, at);
        let event = BridgeEvent::new(id, time, &self.plan.region, resource, detail);
        self.sent += 1;
        if let Err(error) = self.writer.row(&event) {
            self.failed = Some(error);
        }
    }

    /// A time in a detail.
    pub(super) fn time(&self, at: SimTime) -> String {
        instant_millis(self.plan.start_unix_seconds, at)
    }

    /// The first failed write.
    pub(super) fn finish(self) -> io::Result<()> {
        self.failed.map_or(Ok(()), Err)
    }
}
