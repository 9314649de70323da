//! The state that the readers of all variants share: each trace is read once.

use super::load::{self, LoadTraceRead};
use super::trace::{self, Clock, TraceRead};
use crate::scenario::reading::reader::Cursor;
use crate::scenario::reading::tree::{Node, Value};
use crate::units::Rate;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The state that the readers of all variants share.
pub struct Shared {
    traces: RefCell<BTreeMap<String, Option<Arc<TraceRead>>>>,
    loads: RefCell<BTreeMap<String, Option<Arc<LoadTraceRead>>>>,
    /// True when the file of a task definition could not be read. Then an unknown task
    /// definition is not reported: it may be in that file.
    pub lacks_definitions: bool,
}

impl Shared {
    /// A state without traces.
    pub fn new(lacks_definitions: bool) -> Self {
        Self {
            traces: RefCell::default(),
            loads: RefCell::default(),
            lacks_definitions,
        }
    }

    /// Reads a trace, once for all variants that give the same keys. `None` when it has
    /// problems, which are reported at the first reading only.
    pub fn trace(&self, at: &Cursor<'_>, clock: &Clock<'_>) -> Option<Arc<TraceRead>> {
        let mut key = format!("{:?} {:?}:", clock.start, clock.zone.iana_name());
        write_key(at.node, &mut key);
        if let Some(known) = self.traces.borrow().get(&key) {
            return known.clone();
        }
        // A problem of the files is one of all variants that read them.
        let variant = at.context.enter(None);
        let read = trace::read(at, clock).map(Arc::new);
        at.context.enter(variant);
        self.traces.borrow_mut().insert(key, read.clone());
        read
    }

    /// Reads the trace of a load, once for all variants and services that give the same keys. `outside`
    /// is the rate before and after it.
    pub fn load_trace(
        &self,
        at: &Cursor<'_>,
        clock: &Clock<'_>,
        outside: Rate,
    ) -> Option<Arc<LoadTraceRead>> {
        let zone = clock.zone.iana_name();
        let mut key = format!("{:?} {zone:?} {:?} {outside}:", clock.start, clock.until);
        write_key(at.node, &mut key);
        if let Some(known) = self.loads.borrow().get(&key) {
            return known.clone();
        }
        let variant = at.context.enter(None);
        let read = load::read(at, clock, outside).map(Arc::new);
        at.context.enter(variant);
        self.loads.borrow_mut().insert(key, read.clone());
        read
    }
}

/// Appends a text that is equal for equal trees of the same source texts, whose relative paths
/// therefore mean the same files.
fn write_key(node: &Node, text: &mut String) {
    use std::fmt::Write as _;
    match &node.value {
        Value::Null => text.push('~'),
        Value::Scalar { text: own, .. } => {
            let _ = write!(text, "{}:{own:?}", node.origin.source);
        }
        Value::List(items) => {
            text.push('[');
            for item in items {
                write_key(item, text);
                text.push(',');
            }
            text.push(']');
        }
        Value::Map(entries) => {
            text.push('{');
            for entry in entries {
                let _ = write!(text, "{:?}:", entry.key);
                write_key(&entry.node, text);
                text.push(',');
            }
            text.push('}');
        }
    }
}
