//! Problems of a scenario or plan, with their place in a file. A problem has all that its printed
//! form needs; printing itself is in `cli`.

use std::fmt::{self, Write as _};

/// The severity of a problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The scenario cannot be run.
    Error,
    /// The scenario can be run, but its results need the warning.
    Warning,
    /// What the scenario leaves to the program; `check` and `show` tell it, runs do not.
    Note,
}

/// A place in a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The file as the user named it, or `--set`.
    pub file: String,
    /// Line, from 1; 0 when the place is a whole file or an option of the command line.
    pub line: u32,
    /// Column in characters, from 1; 0 when the whole line is meant.
    pub column: u32,
    /// The text of that line.
    pub snippet: String,
    /// How many characters of it are meant, from `column` on; at least 1.
    pub width: u32,
}

/// One problem of a scenario or plan.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// Its place; `None` for a plan built by hand and for problems without a place.
    pub place: Option<Place>,
    /// Its severity.
    pub severity: Severity,
    /// The path of the key: `taskDefinitions.checkout.memory`; empty for the whole file.
    pub path: String,
    /// The variants that have the problem; empty where all of them have it, and where the problem
    /// is not one of a variant.
    pub variants: Vec<String>,
    /// What is wrong: lower case, no final period.
    pub message: String,
    /// What is expected instead, such as "a duration such as `90s`".
    pub expected: Option<String>,
    /// The nearest valid name.
    pub nearest: Option<String>,
    /// Other advice.
    pub hint: Option<String>,
}

/// All problems of a scenario or plan, in the order of the files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problems(pub Vec<Problem>);

impl Problem {
    /// An error without a place.
    pub fn error(path: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            place: None,
            severity: Severity::Error,
            path: path.into(),
            variants: Vec::new(),
            message: message.into(),
            expected: None,
            nearest: None,
            hint: None,
        }
    }

    /// The path of the key and what is wrong, in one line.
    pub fn headline(&self) -> String {
        match self.path.as_str() {
            "" => self.message.clone(),
            path => format!("{path}: {}", self.message),
        }
    }

    /// The advice in one line: the nearest valid name, what is expected, the hint; `None` without
    /// any.
    pub fn advice(&self) -> Option<String> {
        let expected = self
            .expected
            .as_ref()
            .map(|text| format!("expected {text}"));
        let rest: Vec<String> = [expected, self.hint.clone()]
            .into_iter()
            .flatten()
            .collect();
        let rest = rest.join("; ");
        match &self.nearest {
            Some(nearest) if rest.is_empty() => Some(format!("did you mean `{nearest}`?")),
            Some(nearest) => Some(format!("did you mean `{nearest}`? {rest}")),
            None => (!rest.is_empty()).then_some(rest),
        }
    }

    /// The variants that have the problem, in words; `None` where none is named.
    pub fn in_variants(&self) -> Option<String> {
        let names = |names: &[String]| {
            let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
            names.join(", ")
        };
        match self.variants.as_slice() {
            [] => None,
            [one] => Some(format!("in variant `{one}`")),
            some if some.len() <= MOST_VARIANTS => Some(format!("in variants {}", names(some))),
            many => Some(format!(
                "in variants {} and {} more",
                names(&many[..MOST_VARIANTS]),
                many.len() - MOST_VARIANTS
            )),
        }
    }

    /// The problem as text: a headline, the place, the line in question, advice. Characters that
    /// a terminal would obey are written as escapes, see [`visible`].
    pub fn render(&self, color: bool) -> String {
        let paint = |code: &str, text: &str| {
            if color {
                format!("\u{1b}[{code}m{text}\u{1b}[0m")
            } else {
                text.to_string()
            }
        };
        let (word, code) = match self.severity {
            Severity::Error => ("error", "1;31"),
            Severity::Warning => ("warning", "1;33"),
            Severity::Note => ("note", "1;34"),
        };
        let mut text = format!(
            "{}: {}\n",
            paint(code, word),
            paint("1", &visible(&self.message))
        );
        let position = self.place.as_ref().map(Place::position);
        let variants = self.in_variants();
        let whereabouts = [
            position.as_deref(),
            Some(self.path.as_str()),
            variants.as_deref(),
        ];
        let whereabouts: Vec<&str> = whereabouts
            .into_iter()
            .flatten()
            .filter(|part| !part.is_empty())
            .collect();
        if !whereabouts.is_empty() {
            let whereabouts = visible(&whereabouts.join("  "));
            text.push_str(&paint("2", &format!("  {whereabouts}")));
            text.push('\n');
        }
        if let Some(place) = self.place.as_ref().filter(|p| !p.snippet.is_empty()) {
            place.draw(&mut text, &paint);
        }
        if let Some(advice) = self.advice() {
            let advice = visible(&advice);
            text.push_str(&format!("{}: {advice}\n", paint("1;36", "hint")));
        }
        text
    }
}

/// The most variants that are named in one problem.
const MOST_VARIANTS: usize = 5;

/// True for characters that a terminal obeys instead of printing them: control characters such as
/// ESC, line separators, and characters that change the direction of the text after them.
pub fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// The text with each hidden character ([`is_hidden`]) as an escape such as `\u{1b}`. Texts of
/// files and of the command line pass through here on their way to a terminal.
pub fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        match is_hidden(c) {
            true => shown.extend(c.escape_unicode()),
            false => shown.push(c),
        }
    }
    shown
}

/// The largest number of characters of a line that are shown.
const WIDEST: usize = 96;

impl Place {
    /// `file:line:column`, as far as it is known.
    pub fn position(&self) -> String {
        if self.line == 0 {
            self.file.clone()
        } else if self.column == 0 {
            format!("{}:{}", self.file, self.line)
        } else {
            format!("{}:{}:{}", self.file, self.line, self.column)
        }
    }

    fn draw(&self, text: &mut String, paint: &dyn Fn(&str, &str) -> String) {
        let characters: Vec<char> = self
            .snippet
            .chars()
            .map(|c| if is_hidden(c) { ' ' } else { c })
            .collect();
        let column = (self.column.max(1) as usize - 1).min(characters.len());
        // A long line is cut so that the marked characters are shown.
        let first = if characters.len() <= WIDEST {
            0
        } else {
            column.saturating_sub(WIDEST / 3)
        };
        let shown: String = characters.iter().skip(first).take(WIDEST).collect();
        let before = column - first;
        let width = (self.width.max(1) as usize).min(WIDEST.saturating_sub(before).max(1));
        let number = if self.line == 0 {
            String::new()
        } else {
            self.line.to_string()
        };
        let blank = " ".repeat(number.len());
        let bar = paint("2", "|");
        let marks = paint("1;31", &"^".repeat(width));
        let _ = writeln!(text, "  {} {bar} {}", paint("2", &number), shown.trim_end());
        let _ = writeln!(text, "  {blank} {bar} {}{marks}", " ".repeat(before));
    }
}

impl Problems {
    /// All problems as text, with an empty line between them; colour only when asked for.
    pub fn render(&self, color: bool) -> String {
        let texts: Vec<String> = self.0.iter().map(|p| p.render(color)).collect();
        texts.join("\n")
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.render(false).trim_end())
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.render(false).trim_end())
    }
}

impl std::error::Error for Problems {}
