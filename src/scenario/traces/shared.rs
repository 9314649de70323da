//! What all variants of one reading share: each trace is read once.

use super::trace::{self, TraceRead};
use crate::scenario::reading::reader::Cursor;
use crate::scenario::reading::tree::{Node, Value};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What all variants of one reading share.
pub struct Shared {
    traces: RefCell<BTreeMap<String, Option<Arc<TraceRead>>>>,
    /// True when a task definition's file could not be read.
    pub lacks_definitions: bool,
}

impl Shared {
    /// Nothing read yet.
    pub fn new(lacks_definitions: bool) -> Self {
        Self {
            traces: RefCell::default(),
            lacks_definitions,
        }
    }

    /// Reads a trace, once for all variants that have the same.
    pub fn trace(&self, at: &Cursor<'_>) -> Option<Arc<TraceRead>> {
        let mut key = String::new();
        fingerprint(at.node, &mut key);
        if let Some(known) = self.traces.borrow().get(&key) {
            return known.clone();
        }
        let read = trace::read(at).map(Arc::new);
        self.traces.borrow_mut().insert(key, read.clone());
        read
    }
}

/// A text that is the same for equal trees from the same files.
fn fingerprint(node: &Node, text: &mut String) {
    use std::fmt::Write as _;
    match &node.value {
        Value::Null => text.push('~'),
        Value::Scalar { text: own, .. } => {
            let _ = write!(text, "{}:{own:?}", node.origin.source);
        }
        Value::List(items) => {
            text.push('[');
            for item in items {
                fingerprint(item, text);
                text.push(',');
            }
            text.push(']');
        }
        Value::Map(entries) => {
            text.push('{');
            for entry in entries {
                let _ = write!(text, "{:?}:", entry.key);
                fingerprint(&entry.node, text);
                text.push(',');
            }
            text.push('}');
        }
    }
}
