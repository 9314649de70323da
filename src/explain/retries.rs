//! Changes of the plan that are tried by playing the run again: for a task a larger quota of Fargate,
//! a larger `maxSize` and the account setting `awsvpcTrunking`, and other percents and more capacity for a
//! deployment that makes no progress.

use super::deployments::{
    DeploymentChange, DeploymentEnd, DeploymentReader, DeploymentStory, DeploymentTry, UntilEnded,
    higher_maximum, increases, lower_minimums, with_percents,
};
use super::max_size::{self, MaxSizeChange, max_size_of};
use super::quota::{LARGEST, QuotaChange, QuotaReader, QuotaUse, Seen, UseTaker};
use super::replay::{Replay, UntilDone};
use super::trunking::{PlacedReader, Trunking, trunked};
use crate::cluster::{ServiceId, WorkId};
use crate::plan::Plan;
use crate::runner::{RunError, built_in_scheduler};
use crate::units::SimTime;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

impl Replay<'_> {
    /// The least quota of vCPUs on Fargate that does not hold a task back, by doubling and bisection.
    pub(super) fn least_quota(
        &self,
        work: WorkId,
        ordinal: u64,
    ) -> Result<Option<QuotaChange>, RunError> {
        let from = self.plan().assumptions.fargate_vcpu_quota;
        let is_enough = |quota: u32| -> Result<bool, RunError> {
            let mut plan = self.plan().clone();
            Arc::make_mut(&mut plan.assumptions).fargate_vcpu_quota = quota;
            let changed = self.with_plan(plan);
            let seen = Seen::new();
            let reader = || QuotaReader {
                work,
                ordinal,
                seen: seen.clone(),
            };
            let policies = built_in_scheduler(changed.plan()).into();
            changed.play(policies, &mut reader(), &mut reader())?;
            Ok(seen.is_enough())
        };
        let (mut too_small, mut enough) = (from, from.saturating_mul(2).max(1));
        while !is_enough(enough)? {
            if enough >= LARGEST {
                return Ok(None);
            }
            (too_small, enough) = (enough, enough.saturating_mul(2));
        }
        while enough - too_small > 1 {
            let middle = too_small.midpoint(enough);
            match is_enough(middle)? {
                true => enough = middle,
                false => too_small = middle,
            }
        }
        let then = self.use_with(enough, work, ordinal)?;
        Ok(Some(QuotaChange {
            from,
            to: enough,
            then,
        }))
    }

    /// The use of a quota of vCPUs on Fargate when a task gets capacity with it.
    fn use_with(
        &self,
        quota: u32,
        work: WorkId,
        ordinal: u64,
    ) -> Result<Option<QuotaUse>, RunError> {
        let mut plan = self.plan().clone();
        Arc::make_mut(&mut plan.assumptions).fargate_vcpu_quota = quota;
        let changed = self.with_plan(plan);
        let plan = changed.plan();
        let done = Arc::new(AtomicBool::new(false));
        let mut reader = UntilDone::new(plan, SimTime::MAX, &done);
        let mut taker = UseTaker {
            plan,
            work,
            ordinal,
            then: None,
            done,
        };
        let policies = built_in_scheduler(plan).into();
        changed.play(policies, &mut reader, &mut taker)?;
        Ok(taker.then)
    }

    /// The least `maxSize` of the group of a capacity provider with which a task gets capacity, by
    /// doubling and bisection of what is added; `None` where none helps.
    pub(super) fn least_max_size(
        &self,
        work: WorkId,
        ordinal: u64,
        provider: &str,
    ) -> Result<Option<MaxSizeChange>, RunError> {
        let placed_with = |more: u32| -> Result<Option<SimTime>, RunError> {
            let mut plan = self.plan().clone();
            if let Some(most) = max_size_of(&mut plan, provider) {
                *most = most.saturating_add(more);
            }
            self.placed_with(plan, work, ordinal)
        };
        let (mut too_few, mut enough, mut placed) = (0, 1, placed_with(1)?);
        while placed.is_none() {
            (too_few, enough) = (enough, enough * 2);
            if enough > max_size::MOST_MORE {
                return Ok(None);
            }
            placed = placed_with(enough)?;
        }
        while enough - too_few > 1 {
            let middle = too_few.midpoint(enough);
            match placed_with(middle)? {
                None => too_few = middle,
                sooner_or_later => (enough, placed) = (middle, sooner_or_later),
            }
        }
        let mut plan = self.plan().clone();
        let from = max_size_of(&mut plan, provider).copied();
        Ok(from.zip(placed).map(|(from, placed)| MaxSizeChange {
            provider: provider.to_string(),
            from,
            to: from.saturating_add(enough),
            placed,
        }))
    }

    /// When a task is placed with another plan; `None`: it is refused, or waits to the end.
    fn placed_with(
        &self,
        plan: Plan,
        work: WorkId,
        ordinal: u64,
    ) -> Result<Option<SimTime>, RunError> {
        let changed = self.with_plan(plan);
        let mut reader = PlacedReader {
            work,
            ordinal,
            placed: None,
            is_over: false,
        };
        let policies = built_in_scheduler(changed.plan()).into();
        changed.play(policies, &mut reader, &mut ())?;
        Ok(reader.placed)
    }

    /// What the account setting `awsvpcTrunking` does for a task without capacity that found no network
    /// interface; `None` where it does not help.
    pub(super) fn trunking(
        &self,
        work: WorkId,
        ordinal: u64,
        full: &BTreeSet<String>,
    ) -> Result<Option<Trunking>, RunError> {
        let Some((plan, types)) = trunked(self.plan(), full) else {
            return Ok(None);
        };
        let placed = self.placed_with(plan, work, ordinal)?;
        Ok(placed.map(|placed| Trunking { types, placed }))
    }

    /// Changes with which a deployment that makes no progress was tried again: percents until one
    /// lets it complete, and more capacity or a longer grace period, the least that is enough. A deployment
    /// that makes progress is not tried.
    pub(super) fn deployment_tries(
        &self,
        story: &DeploymentStory,
        service: ServiceId,
    ) -> Result<Vec<DeploymentTry>, RunError> {
        let mut found = Vec::new();
        if !story.is_stalled() {
            return Ok(found);
        }
        for changes in [lower_minimums(story), higher_maximum(story)] {
            for change in changes {
                let Some(plan) = with_percents(self.plan(), story, &change) else {
                    break;
                };
                let tried = self.deployment_with(plan, story, service, change)?;
                let is_enough = tried.end == DeploymentEnd::Completed;
                found.push(tried);
                if is_enough {
                    break;
                }
            }
        }
        for increase in increases(self.plan(), service, story) {
            let with = |more: u32| {
                let mut plan = self.plan().clone();
                increase.add(&mut plan, more);
                let change = increase.more(self.plan(), more);
                self.deployment_with(plan, story, service, change)
            };
            let most = increase.most(self.plan());
            let tried = least(most, |tried| increase.is_enough(tried), with)?;
            let is_enough = increase.is_enough(&tried);
            found.push(tried);
            if is_enough {
                break;
            }
        }
        Ok(found)
    }

    /// How a deployment ends with another plan.
    fn deployment_with(
        &self,
        plan: Plan,
        story: &DeploymentStory,
        service: ServiceId,
        change: DeploymentChange,
    ) -> Result<DeploymentTry, RunError> {
        let changed = self.with_plan(plan);
        let mut reader = UntilEnded {
            reader: DeploymentReader::new(changed.plan(), self.seed(), service),
            deployment: &story.deployment,
        };
        let policies = built_in_scheduler(changed.plan()).into();
        let end = changed.play(policies, &mut reader, &mut ())?;
        let stories = reader.reader.stories(end);
        let mut same = stories
            .iter()
            .filter(|of| of.deployment == story.deployment);
        let found = same.next();
        let is_clean = found.is_some_and(|of| of.latest_failure.is_none());
        let lacks = found.and_then(|of| of.stages.last()?.lacks);
        let (end, ended) = found.map_or((DeploymentEnd::InProgress, end), |of| (of.end, of.ended));
        Ok(DeploymentTry {
            change,
            end,
            ended,
            is_clean,
            lacks: lacks.filter(|_| end != DeploymentEnd::Completed),
        })
    }
}

/// The least that must be added for a deployment to complete, by bisection; the most that is tried where
/// it is not enough.
fn least(
    most: u32,
    is_enough: impl Fn(&DeploymentTry) -> bool,
    with: impl Fn(u32) -> Result<DeploymentTry, RunError>,
) -> Result<DeploymentTry, RunError> {
    let (mut too_few, mut enough) = (0, most);
    let mut found = with(enough)?;
    if !is_enough(&found) {
        return Ok(found);
    }
    while enough - too_few > 1 {
        let middle = too_few.midpoint(enough);
        let tried = with(middle)?;
        match is_enough(&tried) {
            true => (enough, found) = (middle, tried),
            false => too_few = middle,
        }
    }
    Ok(found)
}
