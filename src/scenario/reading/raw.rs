//! Parses YAML (JSON is YAML too) with `serde-saphyr` into a tree with positions. Size, depth,
//! number of nodes and expansion of aliases are bounded: a hostile file gives an error, never a
//! panic. Scalars stay texts; the meaning of a text depends on its key and is decided later.

use super::tree::{Entry, MAX_FILE_BYTES, Node, Origin, Value};
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_saphyr::options::DuplicateKeyPolicy;
use serde_saphyr::{Location, Spanned};
use std::fmt;

/// The reason why a text could not be parsed.
#[derive(Debug)]
pub struct Failure {
    /// What is wrong.
    pub message: String,
    /// Byte offset in the text.
    pub at: u32,
    /// Advice on how to correct the text.
    pub hint: Option<String>,
}

/// The deepest nesting of lists and maps.
const MAX_DEPTH: usize = 48;

/// Parses a text; every origin gets `source` as the index of its text.
///
/// # Errors
/// When the text is empty, is not YAML, has several documents, or exceeds a bound.
pub fn parse(text: &str, source: u32) -> Result<Node, Failure> {
    let failure = |message: &str| Failure {
        message: message.into(),
        at: 0,
        hint: None,
    };
    if text.len() as u64 > MAX_FILE_BYTES {
        return Err(failure("the text is larger than 16 MiB"));
    }
    let mut budget = serde_saphyr::Budget::default();
    budget.max_depth = MAX_DEPTH;
    budget.flow_nesting_limit = MAX_DEPTH;
    let mut options = serde_saphyr::Options::default();
    options.budget = Some(budget);
    // `yes` and `no` are texts, as in YAML 1.2.
    options.strict_booleans = true;
    // Duplicate keys are kept; the reader reports each at its place.
    options.duplicate_keys = DuplicateKeyPolicy::PassThrough;
    options.with_snippet = false;
    let raw: Spanned<Raw> = serde_saphyr::from_str_with_options(text, options)
        .map_err(|error| explain(text, &error))?;
    let node = build(text, source, raw);
    if matches!(node.value, Value::Null) {
        return Err(failure("the file is empty"));
    }
    Ok(node)
}

/// The message for an error of the parser. Its advice about options of the parser is left out.
fn explain(text: &str, error: &serde_saphyr::Error) -> Failure {
    let at = error
        .location()
        .map_or(0, |location| offset(text, location));
    let said = error.without_snippet().to_string();
    let said = said.lines().next().unwrap_or_default();
    // The parser appends the place; a problem has its own.
    let said = said.split(" at line ").next().unwrap_or_default();
    let lower = said.to_ascii_lowercase();
    let (mut message, mut hint) = (format!("this is not valid YAML or JSON: {said}"), None);
    let has = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    if has(&["document"]) {
        message = "a file holds one document; this one has several".into();
        hint = Some("remove what follows `---`".to_string());
    } else if has(&["recursion", "depth", "nesting"]) {
        message = format!("this is nested more than {MAX_DEPTH} levels deep");
        hint = Some("reduce the nesting".to_string());
    } else if has(&[
        "nodes",
        "events",
        "alias expansion",
        "replay",
        "ratio",
        "budget",
    ]) {
        message =
            "the file has more than 250,000 values, with those that its aliases repeat".into();
        hint = Some("move long lists to files: `empirical`, `trace`".to_string());
    }
    if hint.is_none() {
        hint = unquoted(text.get(at as usize..).unwrap_or_default());
    }
    Failure { message, at, hint }
}

/// Advice for a value such as `>20%`: without quotes YAML reads `>` as a block text.
fn unquoted(rest: &str) -> Option<String> {
    let value = rest
        .split(|c: char| c.is_whitespace() || ",]}".contains(c))
        .next()?;
    value
        .starts_with('>')
        .then(|| format!("a value that begins with `>` needs quotes: `\"{value}\"`"))
}

/// A value as serde delivers it, before it gets its position.
enum Raw {
    Null,
    Scalar(String),
    Number,
    List(Vec<Spanned<Raw>>),
    Map(Vec<(Spanned<Raw>, Spanned<Raw>)>),
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RawVisitor)
    }
}

struct RawVisitor;

impl<'de> Visitor<'de> for RawVisitor {
    type Value = Raw;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }
    fn visit_unit<E>(self) -> Result<Raw, E> {
        Ok(Raw::Null)
    }
    fn visit_none<E>(self) -> Result<Raw, E> {
        Ok(Raw::Null)
    }
    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Raw, D::Error> {
        Raw::deserialize(deserializer)
    }
    // The text of numbers and booleans is taken from the source: `1.10` stays `1.10`.
    fn visit_bool<E>(self, _: bool) -> Result<Raw, E> {
        Ok(Raw::Number)
    }
    fn visit_i64<E>(self, _: i64) -> Result<Raw, E> {
        Ok(Raw::Number)
    }
    fn visit_u64<E>(self, _: u64) -> Result<Raw, E> {
        Ok(Raw::Number)
    }
    fn visit_i128<E>(self, _: i128) -> Result<Raw, E> {
        Ok(Raw::Number)
    }
    fn visit_u128<E>(self, _: u128) -> Result<Raw, E> {
        Ok(Raw::Number)
    }
    fn visit_f64<E>(self, _: f64) -> Result<Raw, E> {
        Ok(Raw::Number)
    }
    fn visit_str<E>(self, text: &str) -> Result<Raw, E> {
        Ok(Raw::Scalar(text.into()))
    }
    fn visit_string<E>(self, text: String) -> Result<Raw, E> {
        Ok(Raw::Scalar(text))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Raw, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Raw::List(list))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Raw, A::Error> {
        let mut map = Vec::new();
        while let Some(entry) = entries.next_entry()? {
            map.push(entry);
        }
        Ok(Raw::Map(map))
    }
}

fn build(text: &str, source: u32, raw: Spanned<Raw>) -> Node {
    let origin = origin(text, source, raw.referenced);
    let written = slice(text, raw.defined);
    let value = match raw.value {
        Raw::Null => Value::Null,
        Raw::Number => Value::Scalar {
            text: written.trim().to_string(),
            quoted: false,
        },
        Raw::Scalar(text) => Value::Scalar {
            text,
            quoted: written.starts_with(['"', '\'', '|', '>']),
        },
        Raw::List(items) => {
            Value::List(items.into_iter().map(|i| build(text, source, i)).collect())
        }
        Raw::Map(entries) => Value::Map(
            entries
                .into_iter()
                .map(|(key, value)| {
                    let key = build(text, source, key);
                    Entry {
                        key: match &key.value {
                            Value::Scalar { text, .. } => text.clone(),
                            _ => String::new(),
                        },
                        origin: key.origin,
                        node: build(text, source, value),
                    }
                })
                .collect(),
        ),
    };
    Node { origin, value }
}

fn offset(text: &str, location: Location) -> u32 {
    if let Some(at) = location.span().byte_offset() {
        return at.min(text.len() as u64) as u32;
    }
    let mut rest = location.line().saturating_sub(1);
    let mut at = 0;
    while rest > 0 {
        match text[at..].find('\n') {
            Some(end) => at += end + 1,
            None => break,
        }
        rest -= 1;
    }
    let columns = location.column().saturating_sub(1) as usize;
    let within: usize = text[at..].chars().take(columns).map(char::len_utf8).sum();
    (at + within) as u32
}

fn origin(text: &str, source: u32, location: Location) -> Origin {
    let start = offset(text, location);
    let length = location
        .span()
        .byte_len()
        .unwrap_or(1)
        .min(u64::from(u32::MAX)) as u32;
    Origin {
        source,
        start,
        end: start.saturating_add(length.max(1)),
    }
}

fn slice(text: &str, location: Location) -> &str {
    let start = offset(text, location) as usize;
    let length = location.span().byte_len().unwrap_or(0) as usize;
    text.get(start..(start + length).min(text.len()))
        .unwrap_or_default()
}
