//! The shape of field tables: which keys a map has, what they hold, and one line of doc.
//! The readers, the search for the nearest key, the JSON Schema and the reference all use
//! the same tables, so that they cannot disagree.

use crate::plan::Assumption;

/// What a map in a scenario may hold.
#[derive(Debug)]
pub struct Table {
    /// The name of this kind of map in the schema and the reference.
    pub name: &'static str,
    /// What it is.
    pub doc: &'static str,
    /// Its keys.
    pub fields: &'static [Field],
}

/// One key of a map.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// The key.
    pub key: &'static str,
    /// What it holds.
    pub kind: Type,
    /// True when it must be there.
    pub required: bool,
    /// What holds when it is not there.
    pub default: Preset,
    /// One line of doc.
    pub doc: &'static str,
    /// What becomes of it.
    pub status: Status,
}

/// What holds when a key is not there.
#[derive(Clone, Copy, Debug)]
pub enum Preset {
    /// Nothing.
    None,
    /// This value, which `show` writes out.
    Value(&'static str),
    /// A rule, in words.
    Rule(&'static str),
    /// What the plan assumes.
    Assumed(&'static Assumption),
}

/// What becomes of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// It is part of the model.
    Modelled,
    /// It would change the result but is not modelled yet: a warning in every run.
    Warned,
    /// A key of AWS that is outside the model: accepted, listed, without effect.
    Ignored,
    /// A key of the design that is not built yet: refused.
    NotYet,
}

/// What a key holds.
#[derive(Clone, Copy, Debug)]
pub enum Type {
    /// Any text.
    Text,
    /// A name.
    Name,
    /// `true` or `false`.
    Bool,
    /// A whole number between two bounds.
    Integer(u64, u64),
    /// A number that is not negative.
    Number,
    /// `90s`.
    Duration,
    /// `512 MiB`.
    Size,
    /// ECS memory: `512 MiB`, or a number of MiB.
    TaskMemory,
    /// `256`, `0.25 vCPU`.
    Cpu,
    /// `22/s`.
    Rate,
    /// `$0.10`.
    Money,
    /// A date with time and zone.
    Instant,
    /// A file, relative to the file that names it.
    File,
    /// A quantity of the surrounding law.
    Quantity,
    /// A constant, or a random law, of a quantity described in words.
    Law(&'static str),
    /// One of these words.
    Choice(&'static [&'static str]),
    /// A list of one kind of thing.
    List(&'static Type),
    /// A list of named things, merged by name.
    Entities(&'static Table, &'static [&'static str]),
    /// A map with these keys.
    Map(&'static Table),
    /// A map from free names to one kind of thing.
    Names(&'static Type),
    /// One of several forms.
    Either(&'static [Type]),
    /// The variants: named maps with any keys of the scenario.
    Variants,
    /// Anything; described in words.
    Any(&'static str),
}

impl Field {
    /// An optional, modelled key.
    pub const fn new(key: &'static str, kind: Type, doc: &'static str) -> Self {
        Self {
            key,
            kind,
            required: false,
            default: Preset::None,
            doc,
            status: Status::Modelled,
        }
    }
    /// It must be there.
    pub const fn required(mut self) -> Self {
        self.required = true;
        self
    }
    /// What holds when it is not there, as it would be written.
    pub const fn preset(mut self, value: &'static str) -> Self {
        self.default = Preset::Value(value);
        self
    }
    /// What holds when it is not there, in words.
    pub const fn rule(mut self, words: &'static str) -> Self {
        self.default = Preset::Rule(words);
        self
    }
    /// An AWS key that would change the result but is not modelled yet.
    pub const fn warned(key: &'static str) -> Self {
        Self::with(
            key,
            Status::Warned,
            "AWS; would change the result, not modelled yet",
        )
    }
    /// An AWS key outside the model.
    pub const fn ignored(key: &'static str) -> Self {
        Self::with(key, Status::Ignored, "AWS; accepted, no effect")
    }
    /// A key that is planned.
    pub const fn not_yet(key: &'static str) -> Self {
        Self::with(key, Status::NotYet, "not modelled yet")
    }
    const fn with(key: &'static str, status: Status, doc: &'static str) -> Self {
        let mut field = Self::new(key, Type::Any("anything"), doc);
        field.status = status;
        field
    }
}

impl Table {
    /// The field of a key.
    pub fn field(&self, key: &str) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.key == key)
    }
    /// The keys that may be typed.
    pub fn keys(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.fields
            .iter()
            .filter(|field| field.status != Status::NotYet)
            .map(|field| field.key)
    }
}

/// The name among `names` that is nearest to what was typed, if any is near.
pub fn nearest<'a>(typed: &str, names: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let typed = typed.to_lowercase();
    names
        .into_iter()
        .map(|name| (strsim::jaro_winkler(&typed, &name.to_lowercase()), name))
        .filter(|(score, _)| *score > 0.8)
        // The first of equals wins, so that the answer does not depend on chance.
        .fold(None, |best: Option<(f64, &str)>, new| match best {
            Some(old) if old.0 >= new.0 => Some(old),
            _ => Some(new),
        })
        .map(|(_, name)| name.to_string())
}

/// True when two names differ by one slip of the fingers.
pub fn one_slip(a: &str, b: &str) -> bool {
    a != b && strsim::damerau_levenshtein(a, b) <= 1
}
