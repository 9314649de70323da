//! `StartTask`: a task is placed on an instance that the caller names, without a placement pass.

use super::state::Lives;
use super::{creation, ending, tasks};
use crate::cluster::{InstanceId, Lack, Lacks, LaneId, RevisionId, Shape};
use crate::engine::Reader;
use crate::simulation::event::Ctx;
use crate::simulation::fact::{Fact, Obstacle, Rejection};

/// Creates a task of a revision and places it on an instance. Where it finds no room it is refused,
/// and why is reported (facts/ecs.md 114); its client does not submit it again.
pub(in crate::simulation) fn start<R: Reader<Fact>>(
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    revision: RevisionId,
    instance: InstanceId,
) {
    let lane = lane_on(lives, revision, instance);
    let (id, shape) = creation::create(lives, ctx, revision, lane, None);
    let shape = shape.unwrap_or_default();
    if let Some(lack) = lack(lives, lane, shape, instance) {
        // An instance that takes no tasks counts as none.
        let mut lacks = Lacks::default();
        lacks.add(u32::from(lack != Lack::Agent), Some(lack));
        let work = lives.revision_at(revision).work;
        ctx.report(Fact::WorkWaits(work, Obstacle::NoRoom(lacks)));
        return ending::reject_for_good(lives, ctx, id, Rejection::NoRoom);
    }
    lives.promise(instance, lane, shape);
    creation::set_place(lives, id, instance);
    tasks::placed(lives, ctx, id);
}

/// The lane of a revision that an instance belongs to; the first lane where none does.
fn lane_on(lives: &Lives<'_>, revision: RevisionId, instance: InstanceId) -> LaneId {
    let revision = lives.revision_at(revision);
    let cluster = lives.platform.cluster();
    if instance.index() >= cluster.instances().len() {
        return revision.lane(0);
    }
    let pool = cluster.instance(instance).pool();
    let mut lanes = revision.lanes();
    let found = lanes.find(|lane| lives.requirement(*lane).allows(pool));
    found.unwrap_or(revision.lane(0))
}

/// What an instance lacks for a task; an instance that was not launched has no agent.
fn lack(lives: &Lives<'_>, lane: LaneId, shape: Shape, instance: InstanceId) -> Option<Lack> {
    let cluster = lives.platform.cluster();
    if instance.index() >= cluster.instances().len() {
        return Some(Lack::Agent);
    }
    cluster.lack(instance, &lives.request(lane, shape))
}
