//! Why a question has no answer.

use super::hosts::TaskName;
use crate::runner::RunError;
use crate::scenario::table::nearest;
use crate::units::{SimTime, Span};
use std::fmt;

/// Why a question about a run has no answer. It prints without a prefix and without a final period.
#[derive(Debug)]
#[non_exhaustive]
pub enum ExplainError {
    /// There is no entry or service of this name.
    Unknown {
        /// What was looked for: `service`, `entry or service`.
        what: &'static str,
        /// The name.
        name: String,
        /// The names that there are.
        known: Vec<String>,
    },
    /// A task is named without its ordinal, or with one that is no number.
    NotATask {
        /// The text.
        text: String,
        /// An entry or service of the plan, for an example.
        example: String,
    },
    /// The task does not exist in this run.
    NoSuchTask {
        /// The task.
        task: TaskName,
        /// The number of tasks of its entry or service.
        tasks: u64,
    },
    /// The time is after the end of the run.
    AfterTheEnd {
        /// The time.
        at: SimTime,
        /// The end.
        end: SimTime,
    },
    /// There is no such instance at this time.
    NoSuchInstance {
        /// The number.
        instance: u64,
        /// The time.
        at: SimTime,
        /// The number of instances launched until then.
        launched: u64,
        /// True where it had been launched and was terminated.
        is_gone: bool,
    },
    /// The run has no result.
    Run(RunError),
}

impl ExplainError {
    /// The nearest valid name, if one is near.
    pub fn nearest(&self) -> Option<String> {
        match self {
            Self::Unknown { name, known, .. } => nearest(name, known.iter().map(String::as_str)),
            _ => None,
        }
    }
}

impl From<RunError> for ExplainError {
    fn from(error: RunError) -> Self {
        Self::Run(error)
    }
}

impl fmt::Display for ExplainError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown { what, name, known } => {
                write!(f, "there is no {what} `{name}`")?;
                match (self.nearest(), known.is_empty()) {
                    (Some(near), _) => write!(f, "; did you mean `{near}`?"),
                    (None, true) => write!(f, "; the scenario has none"),
                    (None, false) => {
                        let first: Vec<&str> = known.iter().take(12).map(String::as_str).collect();
                        let more = if known.len() > first.len() {
                            ", …"
                        } else {
                            ""
                        };
                        write!(f, "; known: `{}`{more}", first.join("`, `"))
                    }
                }
            }
            Self::NotATask { text, example } => write!(
                f,
                "`{text}` is not a task; expected the name of its entry or service and its number in it, from 0, such as `{example}/0`"
            ),
            Self::NoSuchTask { task, tasks } => match tasks {
                0 => write!(f, "`{}` has no task in this run", task.entry),
                1 => write!(
                    f,
                    "there is no task `{task}` in this run; `{}` has one task: `{}/0`",
                    task.entry, task.entry
                ),
                tasks => write!(
                    f,
                    "there is no task `{task}` in this run; `{}` has {tasks} tasks, `{}/0` to `{}/{}`",
                    task.entry,
                    task.entry,
                    task.entry,
                    tasks - 1
                ),
            },
            Self::AfterTheEnd { at, end } => write!(
                f,
                "{at} is after the end of the run, which is {}",
                seconds_up_to(*end)
            ),
            Self::NoSuchInstance {
                instance,
                is_gone: true,
                at,
                ..
            } => write!(f, "instance i-{instance} was terminated before {at}"),
            Self::NoSuchInstance {
                instance,
                at,
                launched,
                ..
            } => match launched {
                0 => write!(
                    f,
                    "there is no instance i-{instance} at {at}: none had been launched"
                ),
                launched => write!(
                    f,
                    "there is no instance i-{instance} at {at}; those launched until then are i-0 to i-{}",
                    launched - 1
                ),
            },
            Self::Run(error) => write!(f, "{error}"),
        }
    }
}

/// The time, to the second before it.
fn seconds_up_to(time: SimTime) -> Span {
    Span::seconds(time.as_micros() / 1_000_000)
}

impl std::error::Error for ExplainError {}
