//! Reads a tree by the field tables. A [`Cursor`] is a node with its key path, a [`Record`] is a
//! map whose keys were checked against a table. Each reading function reports what is wrong to
//! the [`Context`] and returns `None`; it does not stop the reading of other keys.

pub use super::draft::{Context, Draft, ticked};
use super::merge;
use super::template::placeholder;
use super::tree::{Entry, Node, Origin, Value};
use crate::plan::check::rules::Flaw;
use crate::plan::problem::Problem;
use crate::scenario::keys::not_yet::is_not_yet;
use crate::scenario::keys::table::{Field, Preset, Status, Table, Type, nearest};
use crate::units::ParseUnitError;
use std::collections::BTreeSet;
use std::str::FromStr;

/// True when a key has a value: not `null`, and not an empty text where a name is required.
fn is_given(field: &Field, node: &Node) -> bool {
    let is_name = matches!(field.kind, Type::Name | Type::Text | Type::File);
    match &node.value {
        Value::Null => false,
        Value::Scalar { text, .. } => !(field.required && is_name && text.trim().is_empty()),
        Value::List(_) | Value::Map(_) => true,
    }
}

/// A node with its key path.
#[derive(Clone)]
pub struct Cursor<'a> {
    /// Texts, catalog and problems of this reading.
    pub context: &'a Context<'a>,
    /// The node.
    pub node: &'a Node,
    /// The key path in the grammar of `--set`, such as `tasks.web.count`; empty at the root.
    pub path: String,
}

/// A map whose keys have been checked against its table.
pub struct Record<'a> {
    /// The map.
    pub at: Cursor<'a>,
    entries: &'a [Entry],
    table: &'static Table,
    /// Keys of the table that are nearest to unknown keys of the map. They are most likely
    /// mistyped, so that no second problem is reported when they are missing.
    mistyped: BTreeSet<String>,
}

impl<'a> Cursor<'a> {
    /// A cursor on the root.
    pub fn root(context: &'a Context<'a>, node: &'a Node) -> Self {
        Self {
            context,
            node,
            path: String::new(),
        }
    }

    /// An error at this node; [`Draft::report`] adds it to the context.
    pub fn problem(&self, message: impl Into<String>) -> Draft<'a> {
        self.problem_at(self.node.origin, message)
    }

    /// Notes that a part of the input is left out or changed, as the scenario asks. Each note of
    /// the variant is printed in its report.
    pub fn note(&self, sentence: String) {
        self.context.note(format!("{}: {sentence}", self.path));
    }

    /// Reports a flaw at this node; its `key` and `item` are not looked at.
    pub fn flaw(&self, flaw: Flaw) {
        let mut draft = self.problem(flaw.message);
        draft.problem.expected = flaw.expected;
        draft.problem.hint = flaw.hint.map(String::from);
        draft.report();
    }

    pub(super) fn problem_at(&self, origin: Origin, message: impl Into<String>) -> Draft<'a> {
        let mut problem = Problem::error(self.path.clone(), message);
        if !self.context.is_full() {
            problem.place = self.context.sources.place(origin);
        }
        Draft {
            context: self.context,
            problem,
        }
    }

    /// The path of a key of this node.
    pub fn path_of(&self, key: &str) -> String {
        merge::join(&self.path, key)
    }

    fn wrong_kind(&self, wanted: &str) {
        self.problem(format!("this should be {wanted}, not {}", self.node.kind()))
            .report();
    }

    /// The text of a scalar; a list, a map or `null` is reported.
    pub fn text(&self) -> Option<&'a str> {
        let text = self.node.as_text();
        if text.is_none() {
            self.wrong_kind("a single value");
        }
        text
    }

    /// Reports `problem` for a value that does not parse; if the value is a placeholder of a
    /// template, reports that instead.
    pub fn bad_value(&self, text: &str, problem: &str, expected: &str) {
        if let Some(placeholder) = placeholder(text) {
            self.problem(format!(
                "`{placeholder}` is a template's placeholder, not a value"
            ))
            .hint(format!(
                "replace the placeholder first; expected here: {expected}"
            ))
            .report();
        } else {
            self.problem(problem).expected(expected).report();
        }
    }

    /// A quantity, read by its `FromStr`.
    pub fn parse<T: FromStr<Err = ParseUnitError>>(&self) -> Option<T> {
        self.parse_with(str::parse)
    }

    /// A quantity, read by `parse`.
    pub fn parse_with<T>(
        &self,
        parse: impl FnOnce(&str) -> Result<T, ParseUnitError>,
    ) -> Option<T> {
        let text = self.text()?;
        match parse(text) {
            Ok(value) => Some(value),
            Err(error) => {
                self.bad_value(text, &error.problem, error.expected);
                None
            }
        }
    }

    /// A whole number from `min` to `max`; underscores between digits are allowed.
    pub fn integer(&self, min: u64, max: u64) -> Option<u64> {
        let text = self.text()?;
        let clean: String = text.trim().chars().filter(|c| *c != '_').collect();
        match clean.parse::<u64>() {
            Ok(number) if (min..=max).contains(&number) => Some(number),
            _ => {
                let expected = if max == u64::MAX {
                    format!("a whole number of at least {min}")
                } else {
                    format!("a whole number from {min} to {max}")
                };
                self.bad_value(text, &format!("`{text}` is not valid here"), &expected);
                None
            }
        }
    }

    /// A finite number that is not negative.
    pub fn number(&self) -> Option<f64> {
        let text = self.text()?;
        match text.trim().replace('_', "").parse::<f64>() {
            Ok(number) if number.is_finite() && number >= 0.0 => Some(number),
            Ok(number) if number < 0.0 => {
                self.bad_value(
                    text,
                    &format!("`{text}` is negative"),
                    "a number of at least 0",
                );
                None
            }
            _ => {
                self.bad_value(
                    text,
                    &format!("`{text}` is not a number"),
                    "a number of at least 0",
                );
                None
            }
        }
    }

    /// A finite number above zero.
    pub fn positive(&self) -> Option<f64> {
        let number = self.number()?;
        if number > 0.0 {
            return Some(number);
        }
        let text = self.node.as_text().unwrap_or_default();
        self.problem(format!("`{text}` must be above 0")).report();
        None
    }

    /// `true` or `false`.
    pub fn boolean(&self) -> Option<bool> {
        let text = self.text()?;
        match text {
            "true" => Some(true),
            "false" => Some(false),
            _ => {
                self.bad_value(
                    text,
                    &format!("`{text}` is neither true nor false"),
                    "`true` or `false`",
                );
                None
            }
        }
    }

    /// The value that belongs to one of several words; case matters, as in AWS's API.
    pub fn choice<T: Copy>(&self, words: &[(&'static str, T)]) -> Option<T> {
        let text = self.text()?;
        if let Some((_, value)) = words.iter().find(|(word, _)| *word == text) {
            return Some(*value);
        }
        let expected = ticked(words.iter().map(|(word, _)| *word));
        if placeholder(text).is_some() {
            self.bad_value(text, "", &expected);
        } else {
            self.problem(format!("`{text}` is not one of the allowed values"))
                .nearest(nearest(text, words.iter().map(|(word, _)| *word)))
                .expected(expected)
                .report();
        }
        None
    }

    /// The items of a list, their paths by index from 0. Anything else is reported and gives no
    /// items.
    pub fn list(&self) -> Vec<Cursor<'a>> {
        let Value::List(items) = &self.node.value else {
            if let Some(text) = self.node.as_text().filter(|t| placeholder(t).is_some()) {
                self.bad_value(text, "", "a list");
            } else {
                self.wrong_kind("a list");
            }
            return Vec::new();
        };
        items
            .iter()
            .enumerate()
            .map(|(index, node)| Cursor {
                context: self.context,
                node,
                path: self.path_of(&index.to_string()),
            })
            .collect()
    }

    /// The items of a list that merges by name, their paths by name. `identity` lists the keys
    /// that make the name.
    pub fn entities(&self, identity: &[&str]) -> Vec<Cursor<'a>> {
        let mut items = self.list();
        for item in &mut items {
            if let Some(name) = merge::identity(item.node, identity) {
                item.path = self.path_of(&name);
            }
        }
        items
    }

    /// The entries of a map whose keys are names that the user chooses.
    pub fn names(&self) -> Vec<(&'a str, Cursor<'a>)> {
        let Value::Map(entries) = &self.node.value else {
            self.wrong_kind("a map");
            return Vec::new();
        };
        entries
            .iter()
            .map(|entry| {
                let cursor = Cursor {
                    context: self.context,
                    node: &entry.node,
                    path: self.path_of(&entry.key),
                };
                (entry.key.as_str(), cursor)
            })
            .collect()
    }

    fn not_yet(&self, entry: &Entry) {
        self.key_problem(entry, format!("`{}` is not modelled yet", entry.key))
            .hint("leave it out for now")
            .report();
    }

    fn key_problem(&self, entry: &Entry, message: impl Into<String>) -> Draft<'a> {
        let mut draft = self.problem_at(entry.origin, message);
        draft.problem.path = self.path_of(&entry.key);
        draft
    }

    /// A map, with its keys checked against a table. Reports unknown keys, keys that are not
    /// modelled yet, and required keys that are missing; remembers keys without effect. `None`
    /// when the node is no map.
    pub fn record(&self, table: &'static Table) -> Option<Record<'a>> {
        let Value::Map(entries) = &self.node.value else {
            if let Some(text) = self.node.as_text().filter(|t| placeholder(t).is_some()) {
                self.bad_value(text, "", "a map");
            } else {
                self.problem(format!(
                    "this should be a map with the keys of `{}`, not {}",
                    table.name,
                    self.node.kind()
                ))
                .hint(format!("keys: {}", ticked(table.keys())))
                .report();
            }
            return None;
        };
        let mut typos = BTreeSet::new();
        for entry in entries {
            let Some(field) = table.field(&entry.key) else {
                if let Some(placeholder) = placeholder(&entry.key) {
                    self.key_problem(
                        entry,
                        format!("`{placeholder}` is a template's placeholder, not a key"),
                    )
                    .hint("replace the placeholder first")
                    .report();
                    continue;
                }
                if is_not_yet(&entry.key) {
                    self.not_yet(entry);
                    continue;
                }
                let near = nearest(&entry.key, table.keys());
                typos.extend(near.clone());
                let draft = self.key_problem(
                    entry,
                    format!("`{}` is not a key of `{}`", entry.key, table.name),
                );
                match near {
                    Some(_) => draft.nearest(near),
                    None if table.fields.is_empty() => draft.hint("it has no keys: write `{}`"),
                    None => draft.hint(format!("keys: {}", ticked(table.keys()))),
                }
                .report();
                continue;
            };
            match field.status {
                Status::Modelled | Status::Described => {}
                Status::NotYet => self.not_yet(entry),
                Status::Warned | Status::Ignored if entry.node.is_empty() => {}
                Status::Warned => self
                    .key_problem(
                        entry,
                        format!(
                            "`{}` would change the result but is not modelled yet",
                            entry.key
                        ),
                    )
                    .warning()
                    .report(),
                Status::Ignored => {
                    let path = self.path_of(&entry.key);
                    self.context.ignored.borrow_mut().insert(path);
                }
            }
        }
        for field in table.fields.iter().filter(|f| f.required) {
            let written = entries.iter().find(|e| e.key == field.key);
            if written.is_some_and(|entry| is_given(field, &entry.node)) {
                continue;
            }
            // A mistyped required key is reported once, as unknown.
            if written.is_none() && typos.contains(field.key) {
                continue;
            }
            let origin = written.map_or(self.node.origin, |entry| entry.origin);
            let what = match written.is_some_and(|entry| entry.node.as_text().is_some()) {
                true => "empty",
                false => "missing",
            };
            self.problem_at(origin, format!("`{}` is {what}", field.key))
                .hint(format!("add `{}:`, {}", field.key, field.doc))
                .report();
        }
        Some(Record {
            at: self.clone(),
            entries,
            table,
            mistyped: typos,
        })
    }

    /// The only key of a map that must have exactly one key of the table, and its value.
    pub fn one_key(&self, table: &'static Table) -> Option<(&'static str, Cursor<'a>)> {
        let record = self.record(table)?;
        let mut found = record.present();
        match (found.pop(), found.is_empty()) {
            (Some(only), true) => Some(only),
            (None, _) => {
                if record.entries.is_empty() {
                    self.problem("this map is empty")
                        .hint(format!("give one of {}", ticked(table.keys())))
                        .report();
                }
                None
            }
            (Some(_), false) => {
                self.problem("only one of these keys can be given")
                    .hint(format!("keep one of {}", ticked(table.keys())))
                    .report();
                None
            }
        }
    }
}

impl<'a> Record<'a> {
    /// Reports a flaw at the value of its key, or at the item of the list there. Where the key
    /// is not written, the flaw is reported at the map.
    pub fn flaw(&self, flaw: Flaw) {
        let at = self.get(flaw.key).unwrap_or_else(|| self.at.clone());
        let item = flaw.item.and_then(|index| at.list().into_iter().nth(index));
        item.unwrap_or(at).flaw(flaw);
    }

    /// The value of a key; `None` when it is absent or `null`, or an empty text where a name is
    /// required.
    pub fn get(&self, key: &'static str) -> Option<Cursor<'a>> {
        let field = self.table.field(key);
        debug_assert!(field.is_some(), "{key} of {}", self.table.name);
        self.entries
            .iter()
            .find(|entry| entry.key == key)
            .filter(|entry| field.is_some_and(|field| is_given(field, &entry.node)))
            .map(|entry| Cursor {
                context: self.at.context,
                node: &entry.node,
                path: self.at.path_of(key),
            })
    }

    /// True when some key was unknown and similar to a known one; this is reported already.
    pub fn has_mistyped(&self) -> bool {
        !self.mistyped.is_empty()
    }

    /// True when an unknown key is most similar to `key`; this is reported already.
    pub fn is_mistyped(&self, key: &str) -> bool {
        self.mistyped.contains(key)
    }

    /// True when a key is written with the value `null` or without a value.
    pub fn is_null(&self, key: &str) -> bool {
        let mut entries = self.entries.iter();
        entries.any(|entry| entry.key == key && matches!(entry.node.value, Value::Null))
    }

    /// The required keys of the map under `key`; none when its value is no map.
    pub fn needs(&self, key: &str) -> Vec<&'static str> {
        match self.table.field(key).map(|field| field.kind) {
            Some(Type::Map(table)) => {
                let fields = table.fields.iter().filter(|field| field.required);
                fields.map(|field| field.key).collect()
            }
            _ => Vec::new(),
        }
    }

    /// The modelled keys that are written, in the order of the table, with their values.
    pub fn present(&self) -> Vec<(&'static str, Cursor<'a>)> {
        let fields = self.table.fields.iter();
        fields
            .filter(|field| field.status == Status::Modelled)
            .filter_map(|field| self.get(field.key).map(|at| (field.key, at)))
            .collect()
    }

    /// The text of the scalar under a key.
    pub fn text(&self, key: &'static str) -> Option<&'a str> {
        self.get(key)?.text()
    }

    /// The quantity under a key; the default of its table when the key is absent.
    pub fn parse_or<T: FromStr<Err = ParseUnitError>>(&self, key: &'static str) -> Option<T> {
        match self.get(key) {
            Some(at) => at.parse(),
            None => self.preset(key)?.parse().ok(),
        }
    }

    /// The default of a key as its table writes it; `None` when the default is no value.
    pub fn preset(&self, key: &str) -> Option<&'static str> {
        match self.table.field(key)?.default {
            Preset::Value(text) => Some(text),
            _ => None,
        }
    }
}
