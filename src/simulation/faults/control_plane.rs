//! Outages of the region's control plane (facts/platform.md 8.3.2 to 8.3.4): nothing is
//! placed, launched, scaled or replaced, and what runs goes on.
//!
//! Decisions are held back where they are made: the rounds of the service scheduler, the
//! placement pass, the launches of groups and of Fargate, managed scaling. A scheduled action
//! changes a desired count, which is carried out later. What was being started or stopped
//! before goes on. For the pass another scheduler stands in, who lets
//! everybody wait, and Fargate finds all zones closed, so that plans without such a fault
//! are not asked.

use crate::cluster::ServiceId;
use crate::engine::{Reader, Turn};
use crate::policy::placement::{Pass, PolicyFailed, Scheduler};
use crate::simulation::{Event, Fact, World, capacity, groups, services};

/// Everybody waits.
struct Nobody;

impl Scheduler for Nobody {
    fn pass(&mut self, _pass: &mut Pass<'_>) -> Result<(), PolicyFailed> {
        Ok(())
    }
}

/// The control plane is out, or for one more reason.
pub(super) fn fails(world: &mut World<'_>) {
    let faults = &mut world.faults;
    for outages in &mut faults.closed_zones {
        *outages += 1;
    }
    faults.control_plane_outages += 1;
    if faults.control_plane_outages == 1 {
        let scheduler = std::mem::replace(&mut world.scheduler, Box::new(Nobody));
        faults.scheduler = Some(scheduler);
    }
}

/// One reason is over; with the last all goes on.
pub(super) fn is_back<R: Reader<Fact>>(world: &mut World<'_>, turn: &mut Turn<'_, Event, R>) {
    let faults = &mut world.faults;
    for outages in &mut faults.closed_zones {
        *outages -= 1;
    }
    faults.control_plane_outages -= 1;
    if faults.control_plane_outages > 0 {
        return;
    }
    let scheduler = faults.scheduler.take();
    world.scheduler = scheduler.expect("it was put aside when the outage began");
    // Whoever waits is tried wherever there is room, as nobody was in the meantime.
    let instances = world.cluster.instances();
    let accepting = instances.filter(|(_, instance)| instance.is_accepting());
    world.freed.extend(accepting.map(|(id, _)| id));
    world.returned = true;
    world.dirty = true;
    services::start_daemons(world, turn);
    for number in 0..world.services.len() {
        services::wake(world, turn, ServiceId::new(number));
    }
    groups::resume(world, turn);
    capacity::resume(world, turn);
    if world.autoscaler.is_some() {
        turn.at(turn.now(), Event::AutoscalerWakes);
    }
}
