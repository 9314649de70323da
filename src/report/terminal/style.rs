//! What the terminal can show: its width and whether it has colours.

/// What the terminal can show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TerminalStyle {
    /// Its width in columns, which no line exceeds.
    pub width: usize,
    /// Whether to use colours and bold type.
    pub color: bool,
}

impl Default for TerminalStyle {
    /// 100 columns without colours: the style for a pipe.
    fn default() -> Self {
        Self {
            width: 100,
            color: false,
        }
    }
}
