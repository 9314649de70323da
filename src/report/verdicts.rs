//! The verdicts of `expect:` as text, for `ecsim test`: a line per scenario, then its failed
//! expectations.

use super::text::clean;
use super::value::value;
use crate::runner::{Results, Verdict};
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
        let line = clean(&line(verdict));
        writeln!(text, "        {word}  {line}").expect("a string takes all");
    }
    text
}

/// What a verdict says: the expectation and what was found, or a sentence on what came instead.
pub(super) fn line(verdict: &Verdict) -> String {
    match &verdict.sentence {
        Some(sentence) => sentence.clone(),
        None => format!("{}: found {}", verdict.text, found(verdict)),
    }
}

/// The value that was found, rounded as in tables; with all its digits where the rounded value
/// would read like the bound. Where only some runs have a value, their number.
pub(super) fn found(verdict: &Verdict) -> String {
    if verdict.held.is_some() {
        return verdict.found.clone();
    }
    let (Some(found), Some(unit)) = (verdict.value, verdict.unit) else {
        return verdict.found.clone();
    };
    let rounded = value(unit, found);
    let mut bounds = verdict.bounds.iter();
    let hides = bounds.any(|bound| *bound != found && value(unit, *bound) == rounded);
    let text = if hides {
        verdict.found.clone()
    } else {
        rounded
    };
    match verdict.n < verdict.runs && verdict.n > 0 {
        true => format!("{text} (a value in {} of {} runs)", verdict.n, verdict.runs),
        false => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figures::Unit;

    fn verdict(value: f64, bound: f64) -> Verdict {
        Verdict {
            text: String::new(),
            variant: String::new(),
            passed: true,
            found: "46m4s379ms145us".into(),
            value: Some(value),
            unit: Some(Unit::Seconds),
            bounds: vec![bound],
            n: 8,
            runs: 8,
            held: None,
            seed: None,
            sentence: None,
        }
    }

    #[test]
    fn a_value_is_rounded_unless_it_would_read_like_the_bound() {
        assert_eq!(found(&verdict(2_764.379_145, 3_600.0)), "46 m 04 s");
        assert_eq!(found(&verdict(2_764.379_145, 2_764.0)), "46m4s379ms145us");
        assert_eq!(found(&verdict(2_764.0, 2_764.0)), "46 m 04 s");
        let mut some = verdict(2_764.379_145, 3_600.0);
        some.n = 3;
        assert_eq!(found(&some), "46 m 04 s (a value in 3 of 8 runs)");
        some.value = None;
        some.found = "no value".into();
        assert_eq!(found(&some), "no value");
    }
}
