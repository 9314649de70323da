//! Reads the list `faults`. An entry has exactly one kind of fault, exactly one of `at`, `every`
//! and `meanTimeBetween`, and `lasts` where its kind has an end. The maps of the kinds are read
//! in [`super::kinds`], the documented rates in [`super::realistic`].

use super::ground::Ground;
use super::kinds;
use super::realistic::{self, Rates};
use super::timing::{lasting, occurrence};
use crate::plan::{Ending, Fault, FaultKind, FaultName};
use crate::scenario::keys::faults::{FAULT, KINDS, REALISTIC};
use crate::scenario::reading::names::name_in_figures;
use crate::scenario::reading::reader::{Cursor, Record, ticked};
use crate::scenario::reading::tree::{Node, Value};

/// The faults that were read so far.
#[derive(Default)]
struct FaultsRead {
    faults: Vec<Fault>,
    /// True when an entry with `realistic` was read.
    is_realistic: bool,
}

/// The name of the entry that `faults: realistic` is short for.
const REALISTIC_NAME: &str = "realistic";

/// True when `faults` is `realistic` or has an entry with it. Then defaults of `assumptions`
/// change as well, so that this is looked up before they are read.
pub fn are_realistic(root: &Record<'_>) -> bool {
    let is_entry = |item: &Node| {
        let kind = item.get("realistic");
        kind.is_some_and(|node| !matches!(node.value, Value::Null))
    };
    match root.get("faults").map(|at| &at.node.value) {
        Some(Value::Scalar { text, .. }) => text == "realistic",
        Some(Value::List(items)) => items.iter().any(is_entry),
        _ => false,
    }
}

/// Reads `faults`.
pub fn read(root: &Record<'_>, ground: &Ground<'_>) -> Vec<Fault> {
    let mut read = FaultsRead::default();
    let Some(at) = root.get("faults") else {
        return read.faults;
    };
    if at.node.as_text().is_some() {
        if at.choice(&[("realistic", ())]).is_some() {
            read.add_realistic(REALISTIC_NAME, &Rates::default(), ground);
        }
        return read.faults;
    }
    for item in at.entities(&["name"]) {
        read.entry(&item, ground);
    }
    read.faults
}

impl FaultsRead {
    fn add_realistic(&mut self, name: &str, rates: &Rates, ground: &Ground<'_>) {
        self.is_realistic = true;
        let zones = &ground.providers.cluster.zones;
        self.faults.extend(realistic::of(name, zones, rates));
    }

    fn entry(&mut self, at: &Cursor<'_>, ground: &Ground<'_>) -> Option<()> {
        let mark = at.context.mark();
        let record = at.record(&FAULT)?;
        let name = record.get("name").and_then(|at| name_in_figures(&at));
        let (kind_name, kind_at) = only_kind(&record)?;
        let Some(kind_name) = kind_name else {
            let rates = realistic::rates(&kind_at.record(&REALISTIC)?);
            refuse(
                &record,
                "`realistic` excludes `at`, `every`, `meanTimeBetween` and `lasts`",
                &["at", "every", "meanTimeBetween", "lasts"],
            );
            if self.is_realistic {
                at.problem("two entries have `realistic`")
                    .hint("keep one entry with `realistic`")
                    .report();
            }
            self.add_realistic(&name?, &rates, ground);
            return Some(());
        };
        let occurs = occurrence(&record, ground.until);
        let lasts = match record.get("lasts") {
            Some(at) => lasting(&at).map(Some),
            None => Some(None),
        };
        let kind = kinds::read(kind_name, &kind_at, ground);
        check_ending(&record, kind_name);
        check_crews(&record, kind.as_ref());
        let fault = (name?, kind?, occurs?, lasts?);
        if let (name, Some(kind), occurs, lasts) = fault
            && at.context.is_clean_since(mark)
        {
            self.faults.push(Fault {
                name,
                kind,
                occurs,
                lasts,
            });
        }
        Some(())
    }
}

/// The kind of an entry and its map; no name for `realistic`. An entry without a kind or with
/// several is reported.
fn only_kind<'a>(record: &Record<'a>) -> Option<(Option<FaultName>, Cursor<'a>)> {
    let mut kinds: Vec<_> = KINDS
        .into_iter()
        .filter_map(|key| {
            let name = FaultName::ALL.iter().find(|name| name.key() == key);
            Some((name.copied(), record.get(key)?))
        })
        .collect();
    if kinds.len() == 1 {
        return kinds.pop();
    }
    if let Some((_, second)) = kinds.get(1) {
        second
            .problem("an entry has exactly one kind of fault")
            .hint("make it two entries")
            .report();
    } else if let Some(key) = KINDS.into_iter().find(|key| record.is_null(key)) {
        let needs = record.needs(key);
        let hint = match needs.is_empty() {
            true => format!("write `{key}: {{}}`"),
            false => format!("give {}", ticked(needs)),
        };
        record
            .at
            .problem(format!("`{key}` is empty"))
            .hint(hint)
            .report();
    } else if !record.has_mistyped() {
        record
            .at
            .problem("this entry has no kind of fault")
            .hint(format!("give one of {}", ticked(KINDS)))
            .report();
    }
    None
}

/// Reports each of these keys that is written.
fn refuse(record: &Record<'_>, why: &str, keys: &[&'static str]) {
    for key in keys {
        if let Some(at) = record.get(key) {
            at.problem(why).hint(format!("remove `{key}`")).report();
        }
    }
}

/// Reports a missing `lasts` where the kind needs an end, and one that the kind cannot have.
fn check_ending(record: &Record<'_>, name: FaultName) {
    let key = name.key();
    match name.ending() {
        Ending::Needed if record.get("lasts").is_none() && !record.is_mistyped("lasts") => record
            .at
            .problem(format!("`lasts` is missing: `{key}` needs an end"))
            .hint("give `lasts`, such as `2h`")
            .report(),
        Ending::Never => refuse(record, &format!("`{key}` has no duration"), &["lasts"]),
        Ending::Needed | Ending::Possible => {}
    }
}

/// Reports `repairCrews` without `lasts`: an instance that does not come back is not repaired.
fn check_crews(record: &Record<'_>, kind: Option<&Option<FaultKind>>) {
    let has_crews = matches!(
        kind,
        Some(Some(FaultKind::InstanceFailure {
            repair_crews: Some(_),
            ..
        }))
    );
    if has_crews && record.get("lasts").is_none() && !record.is_mistyped("lasts") {
        record
            .at
            .problem("`repairCrews` needs `lasts`, the time that a repair takes")
            .hint("give `lasts`, such as `2h`, or remove `repairCrews`")
            .report();
    }
}
