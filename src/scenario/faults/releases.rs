//! Reads what a deployment changes, and how its release may turn out to be bad.

use crate::engine::random::Distribution;
use crate::plan::{BadRelease, Cluster, Container, ReleaseFailure, Service};
use crate::scenario::keys::deployments::{BAD_RELEASE, MOST_LAYERS};
use crate::scenario::laws::law;
use crate::scenario::laws::quantity::Quantity;
use crate::scenario::reading::reader::{Cursor, Record};
use crate::units::{Ratio, Span};

/// What a deployment does.
pub enum Changes<'a> {
    /// It goes back to an earlier revision: `rollBackTo`.
    BackTo(Cursor<'a>),
    /// It moves the service to a new revision.
    New(Release<'a>),
}

/// A new revision.
pub struct Release<'a> {
    /// `taskDefinition`.
    pub definition: Option<Cursor<'a>>,
    /// `changes`.
    pub changes: Option<Cursor<'a>>,
    /// `behavior`.
    pub behavior: Option<Cursor<'a>>,
    /// `forceNewDeployment: true`.
    pub is_forced: bool,
    /// With `newImages: true`: the number of layers that a build renews (`None` inside: all).
    pub builds: Option<Option<usize>>,
    /// `bad`.
    pub bad: Option<Cursor<'a>>,
}

/// The keys that `rollBackTo` excludes.
const OF_NEW: [&str; 9] = [
    "taskDefinition",
    "changes",
    "behavior",
    "launchType",
    "capacityProviderStrategy",
    "forceNewDeployment",
    "newImages",
    "newLayers",
    "bad",
];

/// Reads the changes of a deployment.
pub fn changes<'a>(record: &Record<'a>) -> Option<Changes<'a>> {
    if let Some(at) = record.get("rollBackTo") {
        if let Some(key) = OF_NEW.iter().find(|key| record.get(key).is_some()) {
            let other = record.get(key)?;
            other
                .problem(format!("`rollBackTo` excludes `{key}`"))
                .hint("an earlier revision is taken as it was")
                .report();
            return None;
        }
        return Some(Changes::BackTo(at));
    }
    let flag = |key| match record.get(key) {
        Some(at) => at.boolean(),
        None => Some(false),
    };
    let (is_forced, builds) = (flag("forceNewDeployment")?, flag("newImages")?);
    let layers = match record.get("newLayers") {
        Some(at) if !builds => {
            at.problem("`newLayers` has no effect without `newImages: true`")
                .report();
            return None;
        }
        Some(at) => Some(at.integer(1, MOST_LAYERS)? as usize),
        None => None,
    };
    Some(Changes::New(Release {
        definition: record.get("taskDefinition"),
        changes: record.get("changes"),
        behavior: record.get("behavior"),
        is_forced,
        builds: builds.then_some(layers),
        bad: record.get("bad"),
    }))
}

/// Reads `bad`: how a release with these containers fails, which a load balancer may check.
pub fn bad(
    at: &Cursor<'_>,
    (good, service): (&[Container], &Service),
    cluster: &Cluster,
) -> Option<BadRelease> {
    let record = at.record(&BAD_RELEASE)?;
    let probability = match record.get("probability") {
        Some(at) => probability(&at),
        None => Some(1.0),
    };
    let failure = match record.get("failure") {
        Some(at) => at.choice(&[
            ("start", ReleaseFailure::Start),
            ("healthCheck", ReleaseFailure::HealthCheck),
            ("crash", ReleaseFailure::Crash),
            ("errors", ReleaseFailure::Errors(Ratio::ONE)),
        ])?,
        None => ReleaseFailure::Start,
    };
    let failure = errors(&record, failure, service)?;
    let crash_after = match record.get("crashAfter") {
        Some(at) if failure != ReleaseFailure::Crash => {
            at.problem("`crashAfter` has no effect without `failure: crash`")
                .report();
            return None;
        }
        Some(at) => law::read(&at, Quantity::Seconds)?,
        None => Distribution::Constant(60.0),
    };
    let is_checked =
        |container: &Container| container.essential && container.health_check.is_some();
    let is_known = service.targets.is_some() || good.iter().any(is_checked);
    if failure == ReleaseFailure::HealthCheck && !is_known {
        let at = record.get("failure").unwrap_or_else(|| at.clone());
        at.problem("no essential container of this revision has a health check")
            .hint("add `healthCheck` to a container definition, or choose `start` or `crash`")
            .report();
        return None;
    }
    let zone = match record.get("availabilityZone") {
        Some(at) => {
            let name = at.text()?;
            let found = cluster.zones.iter().position(|zone| zone == name);
            if found.is_none() {
                at.problem(format!("the cluster does not use the zone `{name}`"))
                    .among(name, cluster.zones.iter().map(String::as_str))
                    .report();
            }
            Some(found?)
        }
        None => None,
    };
    Some(BadRelease {
        probability: probability?,
        from: record.parse_or::<Span>("from")?,
        zone,
        failure,
        containers: failure.containers(good, &crash_after),
    })
}

/// Reads `errorShare`, which only a release that answers with errors has. Its service needs requests.
fn errors(
    record: &Record<'_>,
    failure: ReleaseFailure,
    service: &Service,
) -> Option<ReleaseFailure> {
    let share = record.get("errorShare");
    if !matches!(failure, ReleaseFailure::Errors(_)) {
        let Some(at) = share else {
            return Some(failure);
        };
        at.problem("`errorShare` has no effect without `failure: errors`")
            .report();
        return None;
    }
    if service.load.is_none() {
        let at = record.get("failure")?;
        at.problem(format!(
            "`{}` has no requests that could be answered with errors",
            service.name
        ))
        .hint("give the service a `load`, or choose `start`, `healthCheck` or `crash`")
        .report();
        return None;
    }
    let Some(at) = share else {
        return Some(failure);
    };
    let share = at.parse::<Ratio>()?;
    if share.as_millionths() == 0 {
        at.problem("a share of 0 has no effect").report();
        return None;
    }
    Some(ReleaseFailure::Errors(share))
}

/// A probability above 0.
fn probability(at: &Cursor<'_>) -> Option<f64> {
    let share = at.parse::<Ratio>()?;
    if share.as_millionths() == 0 {
        at.problem("a probability of 0 has no effect").report();
        return None;
    }
    Some(share.as_f64())
}
