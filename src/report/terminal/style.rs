//! What the terminal can show: its width and whether it has colours.

/// What a terminal can show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TerminalStyle {
    /// Its columns; no line is longer.
    pub width: usize,
    /// Whether to use colours and bold type.
    pub color: bool,
}

impl Default for TerminalStyle {
    /// What is right for a pipe.
    fn default() -> Self {
        Self {
            width: 100,
            color: false,
        }
    }
}
