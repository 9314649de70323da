//! The types of the field tables. A table lists the keys of one map of a scenario: for each
//! key its type, its default and one line of documentation. The readers, the search for the
//! nearest key, the JSON Schema and the reference (`docs/scenario.md`) use the same tables, so
//! that they cannot differ. The tables themselves are in the files beside this one.

use crate::plan::Assumption;

/// The keys that one kind of map in a scenario may have.
#[derive(Debug)]
pub struct Table {
    /// The name of this kind of map: its heading in the reference, its definition in the JSON
    /// Schema, and its name in messages such as "`x` is not a key of `cluster`".
    pub name: &'static str,
    /// What the map describes, in Markdown; printed in the reference and the schema.
    pub doc: &'static str,
    /// The keys, in the order of the reference and of `ecsim show`.
    pub fields: &'static [Field],
}

/// One key of a map.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// The key as it is written in the file.
    pub key: &'static str,
    /// The type of its value.
    pub kind: Type,
    /// True when the reader reports an error without this key.
    pub required: bool,
    /// Which value applies when the key is absent or `null`.
    pub default: Preset,
    /// What the value means, in one line of Markdown; printed in the reference, in the schema
    /// and in the message that the key is missing.
    pub doc: &'static str,
    /// How the reader treats the key.
    pub status: Status,
}

/// The default of a key: what applies when an optional key is absent or `null`.
#[derive(Clone, Copy, Debug)]
pub enum Preset {
    /// No default of its own. A required key has this; without an optional key the feature is not
    /// used. An absent map whose keys all have defaults, such as `jobQueue`, has those.
    None,
    /// This value, as it would be written in the file. `ecsim show` writes it out.
    Value(&'static str),
    /// A value that depends on other keys, described in words. `ecsim show` does not write it
    /// out unless the plan knows it.
    Rule(&'static str),
    /// The default of this assumption of the plan.
    Assumed(&'static Assumption),
}

/// How the reader treats a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// The key is read and has an effect.
    Modelled,
    /// A key of AWS that would change the result but is not modelled yet: accepted, with a
    /// warning in every run unless its value is empty.
    Warned,
    /// A key of AWS that is outside the model: accepted without effect, and listed by
    /// `ecsim check` and `ecsim show`.
    Ignored,
    /// What AWS returns about a resource and no request takes, such as its ARN: accepted without
    /// effect, and not listed.
    Described,
    /// A planned key that is not implemented yet: an error.
    NotYet,
}

/// The type of the value of a key.
#[derive(Clone, Copy, Debug)]
pub enum Type {
    /// Any text.
    Text,
    /// A name: which characters it may have depends on the key.
    Name,
    /// `true` or `false`.
    Bool,
    /// A whole number from the first to the second value, both included; `u64::MAX` as the
    /// second value means no upper bound.
    Integer(u64, u64),
    /// A finite decimal number of at least 0.
    Number,
    /// A finite decimal number, which may be negative.
    Signed,
    /// A duration such as `90s`; see [`Span`](crate::units::Span).
    Duration,
    /// A size in bytes with its unit, such as `512 MiB`.
    Size,
    /// Memory as ECS writes it: a size with its unit, or a number of MiB.
    TaskMemory,
    /// CPU: `256` (ECS units of 1/1024 vCPU) or `0.25 vCPU`.
    Cpu,
    /// A rate such as `22/s`.
    Rate,
    /// A rate of requests such as `22/s`; in a factor of a `product` a number such as `1.5` or `150%`.
    Level,
    /// A number of at least 0 such as `0.4`, or `40%`.
    Factor,
    /// US dollars such as `$0.10`.
    Money,
    /// A date and time with an offset or `Z`.
    Instant,
    /// The path of a file, relative to the file that contains the key.
    File,
    /// A value of the quantity that the surrounding law is about.
    Quantity,
    /// A constant, or a random law, of a quantity; the words name the quantity.
    Law(&'static str),
    /// Exactly one of these words.
    Choice(&'static [&'static str]),
    /// A list whose items all have this type.
    List(&'static Type),
    /// A list of maps that merge by name; the second value lists the keys that make the name.
    Entities(&'static Table, &'static [&'static str]),
    /// A map with these keys.
    Map(&'static Table),
    /// A map with any of these keys, which is laid over another: none is required.
    Part(&'static Table),
    /// A map whose keys are names that the user chooses; the values have this type.
    Names(&'static Type),
    /// One of several types.
    Either(&'static [Type]),
    /// The value of `variants`: a list of maps with a `name` and any keys of the scenario.
    Variants,
    /// A value that is not described by a type; the words describe it.
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
    /// Makes the key required.
    pub const fn required(mut self) -> Self {
        self.required = true;
        self
    }
    /// Sets the default to a value, as it would be written in the file.
    pub const fn preset(mut self, value: &'static str) -> Self {
        self.default = Preset::Value(value);
        self
    }
    /// Sets the default to a rule in words.
    pub const fn rule(mut self, words: &'static str) -> Self {
        self.default = Preset::Rule(words);
        self
    }
    /// A key of [`Status::Warned`].
    pub const fn warned(key: &'static str) -> Self {
        Self::with(
            key,
            Status::Warned,
            "AWS; would change the result, not modelled yet",
        )
    }
    /// A key of [`Status::Ignored`].
    pub const fn ignored(key: &'static str) -> Self {
        Self::with(key, Status::Ignored, "AWS; accepted, no effect")
    }
    /// A key of [`Status::Described`].
    pub const fn described(key: &'static str) -> Self {
        Self::with(
            key,
            Status::Described,
            "AWS; only in descriptions, no effect",
        )
    }
    /// A key of [`Status::NotYet`].
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
    /// The field of a key; `None` for an unknown key.
    pub fn field(&self, key: &str) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.key == key)
    }
    /// The keys that a scenario may use: all but those of [`Status::NotYet`].
    pub fn keys(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.fields
            .iter()
            .filter(|field| field.status != Status::NotYet)
            .map(|field| field.key)
    }
}

/// The name among `names` that is most similar to `typed`, regardless of case; `None` when no
/// name has a Jaro-Winkler similarity above 0.8.
pub fn nearest<'a>(typed: &str, names: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let typed = typed.to_lowercase();
    names
        .into_iter()
        .map(|name| (strsim::jaro_winkler(&typed, &name.to_lowercase()), name))
        .filter(|(score, _)| *score > 0.8)
        // Of equal scores the first in the order of `names` is returned: the result depends on
        // the arguments alone.
        .fold(None, |best: Option<(f64, &str)>, new| match best {
            Some(old) if old.0 >= new.0 => Some(old),
            _ => Some(new),
        })
        .map(|(_, name)| name.to_string())
}

/// True when two names differ by one typing error: one letter inserted, removed or replaced, or
/// two neighbors swapped.
pub fn one_slip(a: &str, b: &str) -> bool {
    a != b && strsim::damerau_levenshtein(a, b) <= 1
}
