//! The text of the page: lines, headings and paragraphs that never exceed the width.

use super::super::text::{char_columns, clean, columns, wrap};
use super::style::TerminalStyle;

/// The lines that have been written.
pub(super) struct Page {
    style: TerminalStyle,
    text: String,
}

impl Page {
    pub(super) fn new(style: &TerminalStyle) -> Self {
        Self {
            style: TerminalStyle {
                width: style.width.max(1),
                ..*style
            },
            text: String::new(),
        }
    }

    pub(super) fn width(&self) -> usize {
        self.style.width
    }

    pub(super) fn color(&self) -> bool {
        self.style.color
    }

    /// One line, cut where it would exceed the width.
    pub(super) fn line(&mut self, line: &str) {
        self.text.push_str(&cut(line, self.style.width));
        self.text.push('\n');
    }

    pub(super) fn blank(&mut self) {
        self.text.push('\n');
    }

    /// A heading after a blank line.
    pub(super) fn heading(&mut self, text: &str) {
        self.blank();
        for line in wrap(&clean(text), self.style.width) {
            let line = self.bold(&line);
            self.line(&line);
        }
    }

    /// Text broken at spaces; its lines after the first are indented.
    pub(super) fn paragraph(&mut self, text: &str, indent: usize) {
        let indent = indent.min(self.style.width / 4);
        let mut lines = wrap(&clean(text), self.style.width - indent).into_iter();
        if let Some(first) = lines.next() {
            self.line(&first);
        }
        for line in lines {
            self.line(&format!("{:indent$}{line}", ""));
        }
    }

    /// A paragraph after a label. `code` is the ANSI colour code of the label.
    pub(super) fn labelled(&mut self, label: &str, code: &str, text: &str) {
        // After a colon one space is enough.
        let gap = if label.ends_with(':') { " " } else { "  " };
        let indent = columns(label) + columns(gap);
        let text = clean(text);
        if self.style.width < indent * 3 {
            self.paragraph(&format!("{label} {text}"), indent);
            return;
        }
        let mut before = format!("{}{gap}", self.styled(label, code));
        for line in wrap(&text, self.style.width - indent) {
            self.line(&format!("{before}{line}"));
            before = format!("{:indent$}", "");
        }
    }

    pub(super) fn lines(&mut self, lines: Vec<String>) {
        for line in lines {
            self.line(&line);
        }
    }

    /// True when this is in the text that has been written.
    pub(super) fn has(&self, text: &str) -> bool {
        self.text.contains(text)
    }

    pub(super) fn bold(&self, text: &str) -> String {
        self.styled(text, "1")
    }

    /// Text in a colour of the terminal, when colours are wanted.
    pub(super) fn styled(&self, text: &str, code: &str) -> String {
        if self.style.color {
            format!("\x1b[{code}m{text}\x1b[0m")
        } else {
            text.into()
        }
    }

    pub(super) fn into_text(self) -> String {
        self.text
    }
}

/// A line cut to a width, with `…` at the cut. Escape sequences have no width and are all kept,
/// so that every colour is switched off again.
fn cut(line: &str, width: usize) -> String {
    if printed_columns(line) <= width {
        return line.into();
    }
    let mut text = String::new();
    let mut used = 0;
    let mut is_full = false;
    let mut is_escape = false;
    for c in line.chars() {
        if c == '\x1b' || is_escape {
            is_escape = c == '\x1b' || !c.is_ascii_alphabetic();
            text.push(c);
            continue;
        }
        if is_full {
            continue;
        }
        if used + char_columns(c) > width - 1 {
            is_full = true;
            text.push('…');
        } else {
            used += char_columns(c);
            text.push(c);
        }
    }
    text
}

/// The width of a line without its escape sequences.
fn printed_columns(line: &str) -> usize {
    let mut is_escape = false;
    let mut used = 0;
    for c in line.chars() {
        if c == '\x1b' || is_escape {
            is_escape = c == '\x1b' || !c.is_ascii_alphabetic();
        } else {
            used += char_columns(c);
        }
    }
    used
}
