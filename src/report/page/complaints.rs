//! What users of a variant did not get, in sentences: requests that were not served, deployments that failed,
//! messages that were lost.

use super::super::figure::mean;
use super::super::text::{counted, number, percent};
use super::super::undone::served_share;
use super::cells::ENOUGH;
use super::data::Tone;
use super::served::{OF_DEPLOYMENTS, OF_QUEUES, OF_REQUESTS, Subject};
use crate::runner::VariantResults;

/// Less than this share is bad.
const BAD: f64 = 0.99;

/// A sentence on what is not as it should be, its tone and its section.
pub(super) type Complaint = (Tone, String, &'static str);

/// What users of a variant did not get, in three groups: services, deployments and queues.
pub(super) fn complaints(variant: &VariantResults) -> [Vec<Complaint>; 3] {
    let of = |subject: &Subject, complain: fn(&Figures<'_>) -> Option<(Tone, String)>| {
        let names = subject.names(variant).into_iter();
        let found = names.filter_map(|name| {
            let figures = Figures {
                variant,
                subject,
                name,
            };
            let (tone, text) = complain(&figures)?;
            Some((tone, text, subject.section))
        });
        found.collect()
    };
    [
        of(&OF_REQUESTS, of_service),
        of(&OF_DEPLOYMENTS, of_deployment),
        of(&OF_QUEUES, of_queue),
    ]
}

/// The figures of one row.
struct Figures<'v> {
    variant: &'v VariantResults,
    subject: &'v Subject,
    name: &'v str,
}

impl Figures<'_> {
    fn of(&self, figure: &str) -> Option<f64> {
        mean(self.variant, &self.subject.path(self.name, figure))
    }

    /// A count; zero where there is no such figure.
    fn count(&self, figure: &str) -> f64 {
        self.of(figure).unwrap_or(0.0)
    }
}

/// Requests that were not served, and why.
fn of_service(figures: &Figures<'_>) -> Option<(Tone, String)> {
    let share = served_share(figures.variant, figures.name)?;
    let offered = figures.count("requests.offered.count");
    let errors = figures.count("requests.errors.count");
    if share >= ENOUGH && errors == 0.0 {
        return None;
    }
    let kinds = [
        ("refused", "requests.refused.count"),
        ("answered with an error", "requests.errors.count"),
        ("failed", "requests.failed.count"),
        ("timed out", "requests.timedOut.count"),
    ];
    let kinds = kinds
        .iter()
        .map(|(words, figure)| (words, figures.count(figure)));
    let kinds: Vec<String> = kinds
        .filter(|(_, count)| *count > 0.0)
        .map(|(words, count)| format!("{} {words}", percent(count / offered)))
        .collect();
    let whole = match figures.count("requests.retried.count") > 0.0 {
        true => "of the attempts ",
        false => "",
    };
    let why = match kinds.is_empty() {
        true => String::new(),
        false => format!(" ({whole}{})", kinds.join(", ")),
    };
    let text = format!(
        "service {}: {} of the requests were served{why}",
        figures.name,
        percent(share)
    );
    Some((tone(share), text))
}

/// Deployments that failed or did not end.
fn of_deployment(figures: &Figures<'_>) -> Option<(Tone, String)> {
    let began = figures.count("count");
    let failed = figures.count("failed.count");
    let ended = figures.count("completed.count") + failed + figures.count("superseded.count");
    let open = began - ended;
    if failed > 0.0 {
        let back = figures.count("rolledBack.count");
        let bad = figures.count("badRequests.count");
        let met = match bad > 0.0 {
            true => format!("; {} requests were sent to the bad release", number(bad)),
            false => String::new(),
        };
        let text = format!(
            "deployment {}: failed {} of {} times in a run; rolled back: {}{met}",
            figures.name,
            number(failed),
            number(began),
            number(back)
        );
        return Some((Tone::Bad, text));
    }
    (open > 1e-9).then(|| {
        let text = format!(
            "deployment {}: not ended when the run ended, {} of {} times in a run",
            figures.name,
            number(open),
            number(began)
        );
        (Tone::Warning, text)
    })
}

/// Messages that became dead letters or too old, or were not processed.
fn of_queue(figures: &Figures<'_>) -> Option<(Tone, String)> {
    let dead = figures.count("messages.deadLettered.count");
    let expired = figures.count("messages.expired.count");
    let share = figures.of("messages.processed.share");
    let is_processed = share.is_none_or(|share| share >= BAD);
    if dead == 0.0 && expired == 0.0 && is_processed {
        return None;
    }
    let mut parts = Vec::new();
    if expired > 0.0 {
        parts.push(format!(
            "{} of a run became too old and were deleted",
            counted(expired, "message")
        ));
    }
    if dead > 0.0 {
        parts.push(format!(
            "{} of a run moved to the dead-letter queue",
            counted(dead, "message")
        ));
    }
    if let Some(share) = share.filter(|_| !is_processed) {
        parts.push(format!("{} of the messages were processed", percent(share)));
    }
    let tone = match expired > 0.0 || !is_processed {
        true => Tone::Bad,
        false => Tone::Warning,
    };
    Some((
        tone,
        format!("queue {}: {}", figures.name, parts.join("; ")),
    ))
}

/// How a served share is to be taken.
fn tone(share: f64) -> Tone {
    match share < BAD {
        true => Tone::Bad,
        false => Tone::Warning,
    }
}
