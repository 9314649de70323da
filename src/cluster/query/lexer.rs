//! The words of an expression.

use super::QueryError;

/// A word with its range of bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) at: (usize, usize),
}

/// What a word is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A subject, a word operator, a keyword or a value.
    Word(String),
    /// A value in quotes.
    Quoted(String),
    /// An operator of symbols, a bracket or a comma.
    Symbol(&'static str),
    /// The end of the expression.
    End,
}

/// The symbols. A symbol that begins with another one is before it.
const SYMBOLS: [&str; 17] = [
    "==", "!=", "!~", "=~", ">=", "<=", "&&", "||", "=", "!", ">", "<", "(", ")", "[", "]", ",",
];

/// True for a character that can be in a value without quotes.
const fn is_bare(c: char) -> bool {
    !matches!(
        c,
        '(' | ')' | '[' | ']' | ',' | '\'' | '"' | '=' | '!' | '<' | '>' | '&' | '|'
    ) && !c.is_ascii_whitespace()
}

/// The words of an expression; the last one is its end.
pub(super) fn tokens(text: &str) -> Result<Vec<Token>, QueryError> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(first) = text[at..].chars().next() {
        if first.is_whitespace() {
            at += first.len_utf8();
            continue;
        }
        let token = token(text, at, first)?;
        at = token.at.1;
        tokens.push(token);
    }
    tokens.push(Token {
        kind: Kind::End,
        at: (text.len(), text.len()),
    });
    Ok(tokens)
}

/// The word that begins at a byte.
fn token(text: &str, at: usize, first: char) -> Result<Token, QueryError> {
    let rest = &text[at..];
    if matches!(first, '\'' | '"') {
        let Some(length) = rest[1..].find(first) else {
            return Err(QueryError::new(
                (at, text.len()),
                "this quotation mark is not closed",
                format!("`{first}` after the value"),
            ));
        };
        return Ok(Token {
            kind: Kind::Quoted(rest[1..=length].to_string()),
            at: (at, at + length + 2),
        });
    }
    if let Some(symbol) = SYMBOLS.into_iter().find(|symbol| rest.starts_with(symbol)) {
        return Ok(Token {
            kind: Kind::Symbol(symbol),
            at: (at, at + symbol.len()),
        });
    }
    let length = rest.find(|c| !is_bare(c)).unwrap_or(rest.len());
    if length == 0 {
        return Err(QueryError::new(
            (at, at + first.len_utf8()),
            format!("`{first}` cannot stand here"),
            "a value with this character in quotes",
        ));
    }
    Ok(Token {
        kind: Kind::Word(rest[..length].to_string()),
        at: (at, at + length),
    })
}

impl Kind {
    /// The word as messages name it.
    pub(super) fn shown(&self) -> String {
        match self {
            Self::Word(text) => format!("`{text}`"),
            Self::Quoted(text) => format!("`'{text}'`"),
            Self::Symbol(text) => format!("`{text}`"),
            Self::End => "the end of the expression".into(),
        }
    }
}
