//! The tree of a YAML or JSON text. Every node has its origin: the text and the range of bytes
//! that it was written in. Merged trees keep the origins, so that a message about a value points
//! at the file that contains it.

/// The most bytes of a scenario or a task definition file.
pub const MAX_FILE_BYTES: u64 = 16 << 20;

/// A node of the tree.
#[derive(Clone, Debug)]
pub struct Node {
    /// Where it was written.
    pub origin: Origin,
    /// What was written.
    pub value: Value,
}

/// What a node holds.
#[derive(Clone, Debug)]
pub enum Value {
    /// Nothing: `null`, `~` or an empty value.
    Null,
    /// A value that is not a list or a map, as it was written. Its type is decided by the reader
    /// of its key.
    Scalar {
        /// The text, without quotes.
        text: String,
        /// True when it stood in quotes.
        quoted: bool,
    },
    /// A list.
    List(Vec<Node>),
    /// A map, in the order of the file.
    Map(Vec<Entry>),
}

/// A key of a map with its value.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The key.
    pub key: String,
    /// Where the key was written.
    pub origin: Origin,
    /// The value.
    pub node: Node,
}

/// Where a node was written: a source and a range of bytes in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Origin {
    /// Index into [`Sources`](super::sources::Sources).
    pub source: u32,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Node {
    /// An unquoted scalar that is not part of any text. `origin` is the place that messages
    /// about it point at.
    pub fn text(text: impl Into<String>, origin: Origin) -> Self {
        let value = Value::Scalar {
            text: text.into(),
            quoted: false,
        };
        Self { origin, value }
    }

    /// The value of a key of a map; `None` when this is no map or has no such key.
    pub fn get(&self, key: &str) -> Option<&Self> {
        match &self.value {
            Value::Map(entries) => entries.iter().find(|e| e.key == key).map(|e| &e.node),
            _ => None,
        }
    }

    /// The text of a scalar.
    pub fn as_text(&self) -> Option<&str> {
        match &self.value {
            Value::Scalar { text, .. } => Some(text),
            _ => None,
        }
    }

    /// True for `null` and for an empty list or map.
    pub fn is_empty(&self) -> bool {
        match &self.value {
            Value::Null => true,
            Value::Scalar { .. } => false,
            Value::List(items) => items.is_empty(),
            Value::Map(entries) => entries.is_empty(),
        }
    }

    /// The kind of the value, for messages.
    pub fn kind(&self) -> &'static str {
        match &self.value {
            Value::Null => "an empty value",
            Value::Scalar { .. } => "a single value",
            Value::List(_) => "a list",
            Value::Map(_) => "a map",
        }
    }
}
