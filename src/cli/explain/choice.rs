//! Why an instance was chosen for a task.

use super::facts;
use super::words::{About, count, paragraph, size, time};
use crate::explain::{Candidate, Choice};

/// At most this number of candidates is listed.
const MOST_CANDIDATES: usize = 6;

/// Why an instance was chosen.
pub(super) fn chosen(page: &mut String, about: &About<'_>, choice: &Choice) {
    let head = format!(
        "At {}: why it was placed on {}",
        time(choice.at),
        facts::host(&choice.chosen)
    );
    page.push('\n');
    paragraph(page, "", &head, 2, about.width);
    let text = match (choice.fitting, choice.eligible) {
        (1, 1) => "It fitted on the only instance.".to_string(),
        (1, all) => format!("Of {all} instances it fitted on this one only."),
        (some, all) if some == all => format!("It fitted on all {all} instances."),
        (some, all) => format!("It fitted on {some} of {all} instances."),
    };
    paragraph(page, "  ", &text, 2, about.width);
    if choice.fitting < 2 {
        return;
    }
    candidates(page, about, choice);
    paragraph(
        page,
        "  ",
        &format!("The placement rule `{}` chose among them:", choice.rule),
        2,
        about.width,
    );
    let mut before = choice.fitting;
    for step in &choice.steps {
        let text = format!(
            "{}: {} (it keeps {} of {})",
            step.rule,
            step.because,
            step.kept,
            count(before as u64, "candidate")
        );
        before = step.kept;
        paragraph(page, "  - ", &text, 4, about.width);
    }
}

/// The instances on which it fitted, with what was free just before.
fn candidates(page: &mut String, about: &About<'_>, choice: &Choice) {
    let one = |of: &Candidate| {
        let tasks = count(of.tasks.into(), "task");
        format!("{} ({}, {}, {tasks})", of.host, of.cpu, size(of.memory))
    };
    let mut names: Vec<String> = choice
        .candidates
        .iter()
        .take(MOST_CANDIDATES)
        .map(one)
        .collect();
    if choice.fitting > names.len() {
        names.push(format!("and {} more", choice.fitting - names.len()));
    }
    let text = names.join(", ");
    paragraph(
        page,
        "  Candidates, with what was free: ",
        &text,
        4,
        about.width,
    );
}
