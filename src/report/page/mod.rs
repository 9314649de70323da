//! `report.html`: the whole report of a scenario as one page without network and other files: an
//! index, what deviates, the tables, the bill and all plots, for light and dark screens and for
//! paper.
//!
//! The data of the page ([`PageData`]) stands in it as JSON, apart from the script (`page.js`) that
//! draws it and the style sheet (`page.css`).

mod bill;
mod cells;
mod complaints;
mod content;
mod data;
mod deviations;
mod lists;
mod sections;
mod served;
mod tables;

pub use data::{Cell, Column, Deviation, FigureRow, PageData, Table, Tone};

use super::plots::Ink;
use crate::runner::Results;
use std::io::{self, Write};

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");
/// Nothing may be loaded from anywhere, whatever stands in the data.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'";

/// Writes `report.html`.
///
/// # Errors
/// When `out` cannot be written.
pub fn page(results: &Results, mut out: impl Write) -> io::Result<()> {
    let data = PageData::of(results);
    let title = escaped(&data.scenario);
    write!(
        out,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title} – ecsim</title>\n<style>\n{}{STYLE}</style>\n</head>\n<body>\n\
         <noscript>This page draws its data with a script, which is switched off. The same plots are in \
         the folder plots/, the figures in summary.json.</noscript>\n<div id=\"page\"></div>\n\
         <script type=\"application/json\" id=\"data\">",
        colors(),
    )?;
    out.write_all(for_script(&serde_json::to_string(&data)?).as_bytes())?;
    write!(
        out,
        "</script>\n<script>\n{SCRIPT}</script>\n</body>\n</html>\n"
    )
}

/// The colours of plots as variables of the style sheet: light, dark, and chosen with the switch.
fn colors() -> String {
    let set = |dark: bool| -> String {
        let one = |ink: Ink| {
            let (red, green, blue) = ink.on(dark);
            format!("--{}:#{red:02x}{green:02x}{blue:02x};", ink.name())
        };
        Ink::ALL.into_iter().map(one).collect()
    };
    let (light, dark) = (set(false), set(true));
    format!(
        ":root{{{light}}}\n@media screen and (prefers-color-scheme:dark){{:root:not([data-theme=light]){{{dark}}}}}\n\
         @media screen{{:root[data-theme=dark]{{{dark}}}}}\n"
    )
}

/// JSON that cannot end the element it stands in.
fn for_script(json: &str) -> String {
    json.replace('<', "\\u003c")
        .replace('\u{2028}', "\\u2028")
        .replace('\u{2029}', "\\u2029")
}

/// Text for HTML.
fn escaped(text: &str) -> String {
    let text = super::text::clean(text);
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_cannot_end_its_element() {
        assert_eq!(
            for_script("{\"a\":\"</script>\"}"),
            "{\"a\":\"\\u003c/script>\"}"
        );
        assert_eq!(escaped("<b> & co"), "&lt;b&gt; &amp; co");
    }

    #[test]
    fn both_themes_have_every_colour() {
        let colors = colors();
        for ink in Ink::ALL {
            assert_eq!(colors.matches(&format!("--{}:#", ink.name())).count(), 3);
        }
    }
}
