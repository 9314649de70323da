//! The verdicts of `expect:` as text, for `ecsim test`: a line per scenario, then its failed
//! expectations.

use super::text::clean;
use crate::runner::Results;
use std::fmt::Write;

/// The verdicts of one scenario: a line with the number that passed or failed, then a line per
/// failed expectation, or with `all` per expectation.
pub fn verdicts(results: &Results, all: bool) -> String {
    let total = results.verdicts.len();
    let failed = results.verdicts.iter().filter(|v| !v.passed).count();
    let name = clean(&results.scenario);
    let mut text = match (total, failed) {
        (0, _) => format!("none    {name}: it has no expectations\n"),
        (_, 0) => format!("passed  {name}: {total} of {total} expectations\n"),
        _ => format!("FAILED  {name}: {failed} of {total} expectations\n"),
    };
    for verdict in results.verdicts.iter().filter(|v| all || !v.passed) {
        let word = if verdict.passed { "passed" } else { "FAILED" };
        let (line, found) = (clean(&verdict.text), clean(&verdict.found));
        writeln!(text, "        {word}  {line}: found {found}").expect("a string takes all");
    }
    text
}
