//! The cluster query language of ECS (facts/ecs.md 100 to 105), in which `memberOf` constraints are
//! written: [`Query`] is a parsed expression, [`Condition`] what is left of it for the instances of
//! one pool.

mod bind;
mod condition;
mod error;
mod expression;
mod lexer;
mod parsed;
mod parser;
mod pattern;
mod values;

pub use bind::Known;
pub(super) use condition::Subject;
pub use condition::{Compare, Condition, InstanceTest};
pub use error::QueryError;
pub use parsed::{MOST_CHARACTERS, Query};
pub use pattern::Pattern;

#[cfg(test)]
mod tests;
