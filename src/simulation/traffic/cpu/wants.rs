//! Finds what the tasks of services and entries want of the CPU of their instances.

use crate::cluster::{RevisionId, ServiceId, WorkId};
use crate::plan::Drawn;
use crate::simulation::amounts::Requests;
use crate::simulation::life::{Lives, TargetClass, creation, listener, serving};
use crate::simulation::traffic::processors::{Processors, Want};
use crate::simulation::traffic::state::Traffic;
use crate::units::Cpu;

/// Finds what the tasks of each revision and class want that is new or belongs to a service that has changed.
pub(super) fn find(cpu: &mut Processors, lives: &Lives<'_>, traffic: &Traffic<'_>) {
    if let Some(last) = serving::revisions_count(lives).checked_sub(1) {
        let plain = TargetClass::default();
        cpu.classes.number((RevisionId::new(last), plain));
    }
    for service in (0..cpu.changed.len()).filter(|service| cpu.changed[*service]) {
        for (revision, class, _) in serving::serving(lives, ServiceId::new(service)) {
            cpu.classes.number((revision, class));
        }
    }
    let mut number = 0;
    while let Some(of) = cpu.classes.get(number) {
        let is_changed = match lives.revision_at(of.0).work {
            WorkId::Service(service) => cpu.changed[service.index()],
            WorkId::Entry(_) => false,
        };
        if number >= cpu.wants.len() {
            cpu.wants.push(of_class(lives, traffic, of));
        } else if is_changed {
            cpu.wants[number] = of_class(lives, traffic, of);
        }
        number += 1;
    }
}

/// What the tasks of a class of a revision want now.
fn of_class(
    lives: &Lives<'_>,
    traffic: &Traffic<'_>,
    (revision, class): (RevisionId, TargetClass),
) -> Want {
    let of = lives.revision_at(revision);
    let cpu_use = of.cpu_use.as_base();
    let of_service = match of.work {
        WorkId::Service(service) => traffic.services[service.index()]
            .as_ref()
            .map(|loaded| (service, loaded)),
        WorkId::Entry(_) => None,
    };
    let Some((service, loaded)) = of_service else {
        let limit = match (&of.demand.cpu, of.demand.caps_cpu()) {
            (Drawn::Fixed(cpu), true) => cpu.as_base(),
            _ => u64::MAX,
        };
        return Want {
            base: cpu_use,
            limit,
            ..Want::default()
        };
    };
    let group = listener::of(lives, service).map_or(0, |listener| listener.group(of.number));
    let place = loaded.place_of((group, class));
    // Where requests are simulated one by one, one side has all classes.
    let place = place.or_else(|| loaded.place_of((group, TargetClass::default())));
    let place = place.unwrap_or(0);
    let reserved = creation::fixed_shape(of.demand).cpu;
    let load = loaded.load;
    let limit = load.limit_of_task(of.demand, reserved);
    let mut want = Want {
        place: Some((service, place)),
        base: load.idle_cpu.as_base() + cpu_use,
        limit: limit.map_or(u64::MAX, Cpu::as_base),
        ..Want::default()
    };
    if let Some(side) = loaded.sides.get(place) {
        let answered = side.flow.offered - side.flow.failing;
        let tasks = u64::from(side.routed.answering);
        want.rate = answered.checked_div(tasks).unwrap_or(0);
        want.fails_open = side.fails_open;
        want.drains = side.drains;
        // Millionths of a request per second × µs of a vCPU, in base units; rounded up.
        let micros = u128::from(load.cpu_per_request.as_micros());
        let product = u128::from(want.rate) * micros * u128::from(Cpu::BASE_PER_VCPU);
        let cpu = product.div_ceil(u128::from(Requests::PER_REQUEST));
        want.requests = u64::try_from(cpu).unwrap_or(u64::MAX / 2);
    }
    want
}
