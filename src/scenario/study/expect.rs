//! Reads `expect`: figures by path, and bounds in the unit of the figure.

use crate::figures::{self, Names, Unit};
use crate::plan::{Bound, Expectation, Relation};
use crate::scenario::keys::scenario::EXPECTATION;
use crate::scenario::keys::table::nearest;
use crate::scenario::reading::reader::{Cursor, Record};
use crate::units::{Cpu, MIB, Memory, Span, Usd};

/// Reads the list. `variants` are the names of the variants that were read, each with the names of
/// its plan that figure paths contain. Expectations on the variants in `unread` are left out.
pub fn read(root: &Record<'_>, variants: &[(String, Names)], unread: &[&str]) -> Vec<Expectation> {
    let Some(at) = root.get("expect") else {
        return Vec::new();
    };
    at.list()
        .iter()
        .filter_map(|item| expectation(item, variants, unread))
        .collect()
}

fn expectation(
    at: &Cursor<'_>,
    variants: &[(String, Names)],
    unread: &[&str],
) -> Option<Expectation> {
    let record = at.record(&EXPECTATION)?;
    let variant = match record.get("variant") {
        Some(at) => {
            let name = at.text()?;
            if unread.contains(&name) {
                return None;
            }
            if !variants.iter().any(|(known, _)| known == name) {
                at.problem(format!("there is no variant `{name}`"))
                    .among(name, variants.iter().map(|(known, _)| known.as_str()))
                    .report();
                return None;
            }
            Some(name.to_string())
        }
        None => None,
    };
    let figure_at = record.get("figure")?;
    let path = figure_at.text()?;
    // Every variant that the expectation applies to must have the figure.
    let about = variants
        .iter()
        .filter(|(name, _)| variant.as_ref().is_none_or(|wanted| wanted == name));
    let mut unit = None;
    for (name, names) in about {
        let all = figures::all(names);
        match all.iter().find(|figure| figure.path == path) {
            Some(figure) => unit = Some(figure.definition().unit),
            None => {
                let near = nearest(path, all.iter().map(|figure| figure.path.as_str()));
                let draft = figure_at.problem(match variants.len() {
                    1 => format!("there is no figure `{path}`"),
                    _ => format!("there is no figure `{path}` in variant `{name}`"),
                });
                match near {
                    None => {
                        draft.hint("a path such as `cost.total.perMonth` or `tasks.all.wait.p95`")
                    }
                    near => draft.nearest(near),
                }
                .report();
                return None;
            }
        }
    }
    let unit = unit?;
    let relations = [
        ("below", Relation::Below),
        ("above", Relation::Above),
        ("atMost", Relation::AtMost),
        ("atLeast", Relation::AtLeast),
        ("equals", Relation::Equals),
    ];
    let mut bounds = Vec::new();
    for (key, relation) in relations {
        let Some(at) = record.get(key) else { continue };
        let text = at.text()?;
        if unit == Unit::Seconds && plain(text).is_some_and(|number| number != 0.0) {
            at.problem(format!("`{text}` has no unit"))
                .expected(expected(unit))
                .hint(format!("for seconds write `{}s`", text.trim()))
                .report();
            return None;
        }
        let Some(value) = value(text, unit) else {
            at.bad_value(
                text,
                &format!("`{text}` is not a value of `{path}`"),
                expected(unit),
            );
            return None;
        };
        if unit == Unit::Share && !(0.0..=1.0).contains(&value) {
            at.problem(format!("`{text}` is not a share"))
                .expected("a number between 0 and 1, or a share written as `99%`")
                .report();
            return None;
        }
        bounds.push(Bound {
            relation,
            value,
            text: text.to_string(),
        });
    }
    if bounds.is_empty() {
        at.problem("this expectation has no bound")
            .hint("give `below`, `above`, `atMost`, `atLeast` or `equals`")
            .report();
        return None;
    }
    Some(Expectation {
        figure: path.to_string(),
        variant,
        bounds,
    })
}

/// A number without a unit.
fn plain(text: &str) -> Option<f64> {
    text.trim().replace('_', "").parse().ok()
}

/// Reads a bound; a number without a unit is in the unit of the figure.
fn value(text: &str, unit: Unit) -> Option<f64> {
    if let Some(number) = plain(text) {
        return number.is_finite().then_some(number);
    }
    match unit {
        Unit::Usd => {
            let (sign, amount) = match text.trim().strip_prefix('-') {
                Some(rest) => (-1.0, rest),
                None => (1.0, text),
            };
            amount
                .parse::<Usd>()
                .ok()
                .map(|usd| sign * usd.as_dollars_f64())
        }
        Unit::Seconds => text.parse::<Span>().ok().map(Span::as_seconds_f64),
        Unit::Hours => text
            .parse::<Span>()
            .ok()
            .map(|s| s.as_seconds_f64() / 3600.0),
        Unit::Share => {
            let number: f64 = text.trim().strip_suffix('%')?.trim().parse().ok()?;
            number.is_finite().then_some(number / 100.0)
        }
        Unit::Vcpu => text.parse::<Cpu>().ok().map(Cpu::as_vcpus_f64),
        Unit::Gib => Memory::parse_with_default(text, MIB)
            .ok()
            .map(Memory::as_gib_f64),
        Unit::SecondsSquared
        | Unit::Count
        | Unit::VcpuHours
        | Unit::GibHours
        | Unit::Gpus
        | Unit::GpuHours => None,
    }
}

/// How a bound in a unit is written, for messages.
const fn expected(unit: Unit) -> &'static str {
    match unit {
        Unit::Usd => "dollars such as `$450`",
        Unit::Seconds => "a duration such as `3m`",
        Unit::Hours => "a duration such as `24h`, or a number of hours",
        Unit::Share => "a share such as `5%` or `0.05`",
        Unit::Vcpu => "CPU such as `4 vCPU`, or a number of vCPUs",
        Unit::Gib => "a size such as `8 GiB`, or a number of GiB",
        _ => "a number",
    }
}
