//! What differs between two revisions of a service.

use crate::plan::{RevisionParts, Service};

/// What differs between two revisions of a service, in words.
pub(super) fn differs(service: &Service, before: usize, after: usize) -> Vec<&'static str> {
    let (before, after) = (service.revision(before), service.revision(after));
    let images = |of: &RevisionParts<'_>| -> Vec<usize> {
        of.containers
            .iter()
            .map(|container| container.image)
            .collect()
    };
    // Requirements and containers have no equality of their own; their printed form has all parts.
    let without_images = |of: &RevisionParts<'_>| {
        let mut containers = of.containers.to_vec();
        containers.iter_mut().for_each(|of| of.image = 0);
        format!("{containers:?}")
    };
    let printed = |of: &RevisionParts<'_>| format!("{:?}", of.demand);
    let all = [
        (before.definition != after.definition, "the task definition"),
        (images(&before) != images(&after), "the images"),
        (printed(&before) != printed(&after), "the requirements"),
        (
            without_images(&before) != without_images(&after),
            "the containers",
        ),
        (before.target != after.target, "the capacity providers"),
        (
            before.bad.is_some() != after.bad.is_some(),
            "how the release may be bad",
        ),
    ];
    let some = all.into_iter().filter(|(is_other, _)| *is_other);
    some.map(|(_, what)| what).collect()
}
