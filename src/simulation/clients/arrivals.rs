//! Arrivals of standalone work. The agenda holds the next arrival of each entry.

use super::state::Clients;
use super::{job_queue, run_task, scheduled};
use crate::cluster::EntryId;
use crate::engine::Reader;
use crate::engine::random::CountLaw;
use crate::plan::Arrivals;
use crate::simulation::ecs::Ecs;
use crate::simulation::event::{Ctx, Event};
use crate::simulation::fact::Fact;
use crate::simulation::life::{Lives, creation};

/// Handles an arrival: creates its tasks, if it brings any, and schedules the next arrival.
#[inline(always)]
pub(in crate::simulation) fn due<R: Reader<Fact>>(
    clients: &mut Clients<'_>,
    ecs: &mut Ecs<'_>,
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    entry: usize,
) {
    let source = &mut clients.sources[entry];
    if source.has_rules {
        let entry = EntryId::new(entry);
        scheduled::due(clients, ecs, lives, ctx, entry);
        return go_on(clients, lives, ctx, entry);
    }
    let (planned, revision) = (source.plan, source.revision);
    let row = match &planned.arrivals {
        Arrivals::Trace(trace) => Some(trace.rows[source.next]),
        _ => None,
    };
    let wanted = u64::from(match (&row, &planned.count) {
        (Some(row), _) => row.count,
        (None, CountLaw::Fixed(count)) => *count,
        (None, law) => source.draw_count(law, source.arrived),
    });
    source.next += 1;
    source.arrived += 1;
    let count = source.left.map_or(wanted, |left| left.min(wanted));
    source.left = source.left.map(|left| left - count);
    // Base and weights count the tasks of one call of RunTask (facts/ecs.md 130).
    creation::count_on_lanes(lives, revision, &[]);
    if clients.calls.is_some() {
        let entry = EntryId::new(entry);
        let tasks = (count, row.as_ref());
        if !run_task::arrive(clients, ecs, lives, ctx, entry, tasks) {
            clients.overloaded_at = Some(ctx.now());
            return;
        }
        return go_on(clients, lives, ctx, entry);
    }
    for _ in 0..count {
        if lives.has_most_tasks() {
            clients.overloaded_at = Some(ctx.now());
            return;
        }
        let lane = creation::choose_lane(lives, revision);
        let (id, shape) = creation::create(lives, ctx, revision, lane, row.as_ref());
        let pending = creation::to_wait(lives, ctx, id, lane, shape);
        job_queue::submit(clients, ecs, planned.on_no_capacity, pending);
    }
    go_on(clients, lives, ctx, EntryId::new(entry));
}

/// Schedules the next arrival of an entry, if there is one.
#[inline(always)]
fn go_on<R>(clients: &mut Clients<'_>, lives: &Lives<'_>, ctx: &mut Ctx<'_, R>, entry: EntryId) {
    let next = clients.sources[entry.index()].next_time(lives.platform.plan(), ctx.now());
    match next {
        Some(time) => ctx.at(time, Event::WorkArrives { entry }),
        None => clients.open_entries -= 1,
    }
}
