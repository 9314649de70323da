//! The parts of an expression, without its text.

use super::condition::Compare;
use super::pattern::Pattern;
use super::values::Version;

/// An expression without its text. Negated operators such as `!=` are a [`Not`](Self::Not) of the
/// operator without the negation: a comparison with an absent attribute is false, and its
/// negation is true (facts/ecs.md 105).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Expression {
    All(Vec<Expression>),
    Any(Vec<Expression>),
    Not(Box<Expression>),
    Test(Test),
}

/// One comparison.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Test {
    Text(TextSubject, TextTest),
    AgentVersion(Compare, Version),
    /// In microseconds of Unix time.
    RegisteredAt(Compare, i64),
    RunningTasks(Compare, u64),
}

/// A subject whose values are texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum TextSubject {
    AgentConnected,
    Attribute(String),
    InstanceId,
    TaskGroup,
}

/// What a text is compared with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum TextTest {
    Exists,
    OneOf(Vec<String>),
    Matches(Pattern),
    Ordered(Compare, String),
}

impl Expression {
    /// Visits all comparisons, from left to right.
    pub(super) fn each<'a>(&'a self, visit: &mut dyn FnMut(&'a Test)) {
        match self {
            Self::All(parts) | Self::Any(parts) => {
                parts.iter().for_each(|part| part.each(visit));
            }
            Self::Not(inner) => inner.each(visit),
            Self::Test(test) => visit(test),
        }
    }
}
