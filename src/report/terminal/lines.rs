//! The names of the lines of a bill.

use super::super::text::{clean, columns};
use crate::runner::{BillLineSummary, VariantResults};

/// The label of a line, after the name of its provider where the variant has several.
pub(super) fn label(line: &BillLineSummary, several_providers: bool) -> String {
    match &line.provider {
        Some(provider) if several_providers => clean(&format!("{provider}: {}", line.label)),
        _ => clean(&line.label),
    }
}

/// True when lines of the bill belong to different providers.
pub(super) fn has_several_providers(variant: &VariantResults) -> bool {
    let mut providers = variant
        .bill
        .iter()
        .filter_map(|line| line.provider.as_ref());
    let first = providers.next();
    providers.any(|provider| Some(provider) != first)
}

/// The name of a bar or a column that several variants share: all names where they fit into `room`
/// columns of text, else the first and how many are equal.
pub(super) fn shared_name(names: &[String], room: usize) -> String {
    let all = names.join(", ");
    match names {
        [first, rest @ ..] if !rest.is_empty() && columns(&all) > room => {
            format!("{first} +{} equal", rest.len())
        }
        _ => all,
    }
}
