//! Where a comment or a document cites a fact, such as `facts/ecs.md 69 to 71, 117`, the fact
//! is in the sheet of that name below `docs/facts/`.

use super::source::{files, repository};
use std::collections::BTreeSet;
use std::fs;

/// The sheets that are cited by number.
const SHEETS: [&str; 5] = ["ecs", "platform", "pricing", "validation", "kubernetes"];

/// The numbers of a sheet: those that begin a line, after the marks of a heading or a list.
fn numbers(sheet: &str) -> BTreeSet<String> {
    let path = repository().join(format!("docs/facts/{sheet}.md"));
    let text = fs::read_to_string(path).expect("the sheet is there");
    let first = |line: &str| {
        let line = line.trim_start_matches(['#', '-', '*', '|', ' ']);
        let word = line.split([' ', '|', ':']).next().unwrap_or_default();
        is_number(word.trim_end_matches(['.', '*']))
            .then(|| word.trim_end_matches(['.', '*']).into())
    };
    text.lines().filter_map(first).collect()
}

/// `57`, `140a`, `8.4.4`, `W22`.
fn is_number(word: &str) -> bool {
    let digits = word.strip_prefix('W').unwrap_or(word);
    let mut rest = digits
        .trim_end_matches(|c: char| c.is_ascii_lowercase())
        .chars();
    digits.starts_with(|c: char| c.is_ascii_digit())
        && rest.all(|c| c.is_ascii_digit() || c == '.')
        && digits.len() <= word.len()
}

/// What a text cites of a sheet, in order: the numbers behind each mention of its name, up to
/// the first word that belongs to no list.
pub fn cited(text: &str, sheet: &str) -> Vec<String> {
    let name = format!("facts/{sheet}.md");
    let mut found = Vec::new();
    for (at, _) in text.match_indices(&name) {
        for word in text[at + name.len()..].split_whitespace() {
            let bare = word.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
            if is_number(bare) {
                found.push(bare.to_string());
            }
            let is_link = ["to", "and", "section"].contains(&bare);
            let goes_on = is_link || (is_number(bare) && matches!(&word[bare.len()..], "" | ","));
            if !goes_on {
                break;
            }
        }
    }
    found
}

/// A text without the marks of comments at the beginnings of lines, so that a citation may go
/// on in the next line.
fn without_marks(text: &str) -> String {
    let bare = |line: &str| {
        line.trim_start()
            .trim_start_matches(['/', '!', '#', '*'])
            .to_string()
    };
    text.lines().map(bare).collect::<Vec<_>>().join(" ")
}

/// Citations that lead nowhere, and how many were looked at.
pub fn dead_citations() -> (Vec<String>, usize) {
    let mut complaints = Vec::new();
    let mut looked_at = 0;
    let known: Vec<_> = SHEETS
        .iter()
        .map(|sheet| (*sheet, numbers(sheet)))
        .collect();
    let places = [
        "src",
        "tests",
        "benches",
        "examples",
        "scenarios",
        "docs",
        "README.md",
    ];
    for path in places
        .iter()
        .flat_map(|place| files(&repository().join(place)))
    {
        let Ok(text) = fs::read_to_string(&path) else {
            continue; // A picture.
        };
        if path.ends_with("tests/tidy/citations.rs") {
            continue; // Its examples are not citations.
        }
        let text = without_marks(&text);
        for (sheet, numbers) in &known {
            for number in cited(&text, sheet) {
                looked_at += 1;
                if !numbers.contains(&number) {
                    complaints.push(format!("{}: facts/{sheet}.md {number}", path.display()));
                }
            }
        }
    }
    (complaints, looked_at)
}
