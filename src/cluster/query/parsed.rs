//! A parsed expression.

use super::QueryError;
use super::expression::{Expression, Test, TextSubject, TextTest};
use super::lexer::tokens;
use super::parser::Parser;
use std::fmt;

/// The most characters of an expression (facts/ecs.md 49).
pub const MOST_CHARACTERS: usize = 2_000;

/// An expression of the cluster query language.
#[derive(Clone, PartialEq, Eq)]
pub struct Query {
    text: String,
    pub(super) root: Expression,
}

impl Query {
    /// Reads an expression.
    ///
    /// # Errors
    /// When it is not one, with the place in it.
    pub fn parse(text: &str) -> Result<Self, QueryError> {
        let count = text.chars().count();
        if count > MOST_CHARACTERS {
            return Err(QueryError::new(
                (0, text.len()),
                format!("an expression of {count} characters is too long"),
                format!("at most {MOST_CHARACTERS} characters"),
            ));
        }
        let root = Parser::new(tokens(text)?).whole()?;
        let text = text.to_string();
        Ok(Self { text, root })
    }

    /// The expression as it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The names of the attributes in it, each once, in order of first use.
    pub fn attributes(&self) -> Vec<&str> {
        let mut names = Vec::new();
        self.root.each(&mut |test| {
            if let Test::Text(TextSubject::Attribute(name), _) = test
                && !names.contains(&name.as_str())
            {
                names.push(name.as_str());
            }
        });
        names
    }

    /// The task groups that `task:group` is compared with, other than by a regular expression.
    pub fn task_groups(&self) -> Vec<&str> {
        let mut names = Vec::new();
        self.root.each(&mut |test| {
            if let Test::Text(TextSubject::TaskGroup, TextTest::OneOf(groups)) = test {
                names.extend(groups.iter().map(String::as_str));
            }
        });
        names
    }

    /// True when it compares the version of the agent.
    pub fn compares_agent_version(&self) -> bool {
        let mut found = false;
        self.root
            .each(&mut |test| found |= matches!(test, Test::AgentVersion(..)));
        found
    }
}

impl fmt::Debug for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Query({:?})", self.text)
    }
}
