//! The field tables of `assumptions`, the values that AWS does not publish. The tables are made
//! at compile time from the rows of [`plan::ASSUMPTIONS`]; no row is repeated here.

use super::laws::SHARE;
use super::table::{Field, Preset, Table, Type};
use crate::plan::{self, Assumption, Kind};
use Type::{Any, Bool, Duration, Integer, Law, List, Map, Number, Size};

const PER_SECOND: Type = Any("a size per second, such as `25 MB/s` (MB means MiB)");

/// `assumptions`.
pub static ASSUMPTIONS: Table = Table {
    name: "assumptions",
    doc: "Values that AWS does not publish, or that accounts can differ in. The times of start-up and stop apply with `delays: realistic` only.",
    fields: &fields::<{ plan::ASSUMPTIONS.len() }>(plan::ASSUMPTIONS),
};

/// Makes a table for each assumption that is a map, and the list of these tables.
macro_rules! maps {
    ($($name:ident $key:literal),+) => {
        $(static $name: Table = Table {
            name: $key,
            doc: group($key).doc,
            fields: &inner_fields::<{ group($key).rows.len() }>(group($key).rows),
        };)+

        const MAPS: &[&Table] = &[$(&$name),+];
    };
}

maps!(
    START_THROTTLE "startThrottle",
    PLACEMENT_RETRY "placementRetry",
    LAUNCH_RETRY "launchRetry",
    LAUNCH_FAILURES "launchFailures",
    SIBLING_LAUNCH_ERRORS "siblingLaunchErrors",
    FARGATE_LAUNCH_BUCKET "fargateLaunchBucket",
    RUN_TASK_BUCKET "runTaskBucket",
    RUN_TASK_FARGATE_BUCKET "runTaskFargateBucket",
    THROTTLED_RETRY "throttledRetry",
    MANAGED_INSTANCES "managedInstances"
);

/// The table of an assumption that is a map.
///
/// # Panics
/// When the map is not listed in `maps!` above; the tables are constants, so the build fails.
pub const fn map_of(group: &plan::Group) -> &'static Table {
    let mut at = 0;
    while at < MAPS.len() {
        if is_same(MAPS[at].name, group.name) {
            return MAPS[at];
        }
        at += 1;
    }
    panic!("an assumption that is a map has no table")
}

const fn group(key: &str) -> &'static plan::Group {
    let mut at = 0;
    while at < plan::ASSUMPTIONS.len() {
        let row = &plan::ASSUMPTIONS[at];
        if let Kind::Group(group) = row.kind
            && is_same(row.key, key)
        {
            return group;
        }
        at += 1;
    }
    panic!("no assumption of this key is a map")
}

const fn is_same(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    let mut at = 0;
    while at < one.len() && at < other.len() && one[at] == other[at] {
        at += 1;
    }
    at == one.len() && at == other.len()
}

const fn fields<const N: usize>(rows: &'static [Assumption]) -> [Field; N] {
    let mut fields = [Field::new("", Any(""), ""); N];
    let mut at = 0;
    while at < N {
        let holds = match rows[at].kind {
            Kind::Group(group) => Map(map_of(group)),
            kind => holds(kind),
        };
        fields[at] = field(&rows[at], holds);
        at += 1;
    }
    fields
}

/// The fields of an assumption that is a map. None of them is a map itself. Apart from
/// [`fields`], so that no table needs itself.
const fn inner_fields<const N: usize>(rows: &'static [Assumption]) -> [Field; N] {
    let mut fields = [Field::new("", Any(""), ""); N];
    let mut at = 0;
    while at < N {
        fields[at] = field(&rows[at], holds(rows[at].kind));
        at += 1;
    }
    fields
}

const fn field(row: &'static Assumption, holds: Type) -> Field {
    let mut field = Field::new(row.key, holds, row.doc);
    field.default = Preset::Assumed(row);
    field
}

/// What the key of an assumption holds that is not a map.
const fn holds(kind: Kind) -> Type {
    match kind {
        Kind::TimeLaw(_) => Law("a duration"),
        Kind::ShareLaw(_) => Law("a share, such as `50%`"),
        Kind::Duration(_) | Kind::DurationAboveZero(..) | Kind::Delay(_) => Duration,
        Kind::Durations(_) => List(&Duration),
        Kind::Size(_) | Kind::ImageSize(_) => Size,
        Kind::Count(_, most) => Integer(1, most as u64),
        Kind::Decimal(..) | Kind::Factor(..) | Kind::PositiveFactor(_) => Number,
        Kind::Rate(_) => PER_SECOND,
        Kind::Rates(_) => List(&PER_SECOND),
        Kind::Share(_) | Kind::Ratio(_) | Kind::RatioAboveZero(_) => SHARE,
        Kind::Shares(_) => List(&SHARE),
        Kind::Bool(_) => Bool,
        Kind::Group(_) => panic!("a map within a map has no table"),
    }
}
