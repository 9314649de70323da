//! Regular expressions. ECS takes those of Java and compares them with the whole value
//! (facts/ecs.md 102). Here they are matched by `regex-lite`; what it lacks of Java's language, or
//! reads otherwise, is refused.

use regex_lite::Regex;
use std::fmt;

/// A regular expression that is compared with the whole value.
#[derive(Clone)]
pub struct Pattern {
    text: String,
    whole: Regex,
}

/// What is wrong with a regular expression: its bytes, and a message.
pub(super) type Flaw = ((usize, usize), String);

impl Pattern {
    pub(super) fn new(text: &str) -> Result<Self, Flaw> {
        unsupported(text)?;
        // By itself first, so that a bracket too many is an error of its own.
        let whole = Regex::new(text).and_then(|_| Regex::new(&format!("^(?:{text})$")));
        let whole = whole.map_err(|error| {
            let whole = (0, text.len());
            (whole, format!("this is not a regular expression: {error}"))
        })?;
        let text = text.to_string();
        Ok(Self { text, whole })
    }

    /// True when the whole value matches.
    pub fn matches(&self, value: &str) -> bool {
        self.whole.is_match(value)
    }
}

/// Finds what Java has and the library of the model lacks or reads otherwise.
fn unsupported(text: &str) -> Result<(), Flaw> {
    let mut at = 0;
    // Whether `at` is in a class, and whether a repetition ends there.
    let (mut in_class, mut is_repeated) = (false, false);
    while let Some(next) = text[at..].chars().next() {
        let rest = &text[at..];
        let was_repeated = std::mem::replace(&mut is_repeated, false);
        let passed = match next {
            '\\' => escape(rest),
            '[' if in_class => Err((1, "a class inside of a class is not supported".into())),
            '[' => {
                in_class = true;
                // A `]` directly after `[` or `[^` is one of the characters.
                let start = 1 + usize::from(rest[1..].starts_with('^'));
                Ok(start + usize::from(rest[start..].starts_with(']')))
            }
            '&' if in_class && rest.starts_with("&&") => {
                Err((2, "the intersection of classes is not supported".into()))
            }
            _ if in_class => {
                in_class = next != ']';
                Ok(next.len_utf8())
            }
            '(' => group(rest),
            '+' if was_repeated => Err((1, "possessive repetitions are not supported".into())),
            '*' | '+' | '?' | '}' => {
                // The `?` of a lazy repetition is not one that another `+` makes possessive.
                is_repeated = !was_repeated;
                Ok(1)
            }
            _ => Ok(next.len_utf8()),
        };
        match passed {
            Ok(length) => at += length,
            Err((length, what)) => {
                let end = (at + length).min(text.len());
                return Err(((at, end), format!("{what} in a regular expression")));
            }
        }
    }
    Ok(())
}

/// The length of what is supported; of what is not, its length and a message.
type Passed = Result<usize, (usize, String)>;

/// A backslash with what follows it.
fn escape(rest: &str) -> Passed {
    let Some(next) = rest[1..].chars().next() else {
        return Err((1, "a single `\\` at the end".into()));
    };
    let length = 1 + next.len_utf8();
    match next {
        '0'..='9' | 'k' => Err((2, "back-references are not supported".into())),
        'd' | 'D' | 's' | 'S' | 'w' | 'W' | 'b' | 'B' | 't' | 'n' | 'r' => Ok(length),
        _ if next.is_alphanumeric() => Err((length, format!("`\\{next}` is not supported"))),
        _ => Ok(length),
    }
}

/// An opening bracket with what makes it a group of a kind.
fn group(rest: &str) -> Passed {
    for known in ["(?:", "(?i)"] {
        if rest.starts_with(known) {
            return Ok(known.len());
        }
    }
    for look in ["(?=", "(?!", "(?<=", "(?<!"] {
        if rest.starts_with(look) {
            let message = "look-ahead and look-behind are not supported";
            return Err((look.len(), message.into()));
        }
    }
    match rest.starts_with("(?") {
        true => Err((
            rest.chars().take(3).map(char::len_utf8).sum(),
            "of the groups with `(?` only `(?:` and `(?i)` are supported".into(),
        )),
        false => Ok(1),
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Pattern {}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pattern({:?})", self.text)
    }
}
