//! Load balancers are billed for each hour, and for their capacity units: the largest of four parts,
//! averaged over the hour (facts/platform.md 4.3.1, 4.3.2).

use super::requests::advance;
use super::state::{Loaded, Traffic};
use crate::catalog::FREE_RULES;
use crate::cluster::ServiceId;
use crate::engine::{Agenda, Reader};
use crate::plan::{Load, LoadBalancer};
use crate::simulation::amounts::Requests;
use crate::simulation::event::{Ctx, Event};
use crate::simulation::fact::Fact;
use crate::simulation::life::Lives;
use crate::units::{SECOND, SimTime, Span};

/// The time over which the parts are averaged.
const HOUR: Span = Span::hours(1);

/// Bytes in a GB of capacity units.
const GB: u128 = 1_000_000_000;

/// Starts to bill the load balancers, and schedules the end of their first hour.
pub(in crate::simulation) fn begin(lives: &mut Lives<'_>, agenda: &mut Agenda<Event>) {
    let plan = lives.platform.plan();
    for balancer in &plan.load_balancers {
        lives.platform.start_load_balancer(balancer.kind);
    }
    if plan
        .services
        .iter()
        .all(|service| service.targets.is_none())
    {
        return;
    }
    agenda.push(SimTime::ZERO + HOUR, Event::CapacityUnitsDue);
    if !plan.warm_up.as_micros().is_multiple_of(HOUR.as_micros()) {
        agenda.push(SimTime::ZERO + plan.warm_up, Event::CapacityUnitsDue);
    }
}

/// An hour is over, or the reported time begins.
pub(in crate::simulation) fn due<R: Reader<Fact>>(
    traffic: &mut Traffic<'_>,
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
) {
    let now = ctx.now();
    for number in 0..traffic.services.len() {
        advance(traffic, ctx, ServiceId::new(number));
    }
    bill(traffic, lives, now);
    if now.as_micros().is_multiple_of(HOUR.as_micros()) {
        ctx.after(HOUR, Event::CapacityUnitsDue);
    }
}

/// Bills what has passed since the last time.
pub(in crate::simulation) fn bill(traffic: &mut Traffic<'_>, lives: &mut Lives<'_>, now: SimTime) {
    let plan = lives.platform.plan();
    for (number, balancer) in plan.load_balancers.iter().enumerate() {
        let services = plan.services.iter().zip(&mut traffic.services);
        let of_it = services.filter_map(|(service, loaded)| {
            let targets = service.targets.as_ref()?;
            let is_of_it = plan.target_groups[targets.group].load_balancer == number;
            loaded.as_mut().filter(|_| is_of_it)
        });
        let used = units(balancer, of_it);
        lives
            .platform
            .count_capacity_units(balancer.kind, used, now);
    }
}

/// The capacity units of a load balancer for the requests of services since they were counted last, in
/// millionths of a unit × µs.
fn units<'a, 'p: 'a>(
    balancer: &LoadBalancer,
    services: impl Iterator<Item = &'a mut Loaded<'p>>,
) -> u128 {
    let mut parts = [0_u128; 4];
    for loaded in services {
        let passed = std::mem::take(&mut loaded.since_billed);
        for (part, of_service) in parts
            .iter_mut()
            .zip(parts_of(balancer, loaded.load, passed))
        {
            *part += of_service;
        }
    }
    parts.into_iter().max().unwrap_or(0)
}

/// New connections, active connections, bytes and rules of an amount of requests, in millionths of a
/// capacity unit × µs.
fn parts_of(balancer: &LoadBalancer, load: &Load, requests: u128) -> [u128; 4] {
    let unit = balancer.kind.capacity_unit();
    let second = u128::from(SECOND);
    // A request in a second is a rate of one per second for 10⁶ µs: 10¹² millionths × µs, which is the
    // number of units that a request has.
    const _: () = assert!(Requests::PER_REQUEST == 1_000_000 * SECOND);
    let rate = |amount: u128, of_unit: u32| amount / u128::from(of_unit);
    let connections = requests / u128::from(load.requests_per_connection);
    let active = connections / second * u128::from(load.connection_duration.as_micros());
    let rules = u128::from(balancer.rules.saturating_sub(FREE_RULES));
    let size = u128::from(load.request_size.as_bytes()) + u128::from(load.response_size.as_bytes());
    [
        rate(connections, unit.new_connections),
        rate(active, unit.active_connections),
        // 1 GB in an hour is one unit for an hour.
        requests / GB * size * u128::from(HOUR.as_micros()) / second,
        unit.rules
            .map_or(0, |of_unit| rate(requests * rules, of_unit)),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::LoadBalancerKind::{Application, Network};
    use crate::plan::{LoadBalancerKind, LoadShape, RateShape};
    use crate::units::{Memory, Rate};

    /// Millionths of a unit for an hour of requests.
    fn units(
        kind: LoadBalancerKind,
        rules: u32,
        (per_second, per_connection): (u64, u32),
        (bytes, duration): (u64, u64),
    ) -> [u128; 4] {
        let balancer = LoadBalancer {
            name: "shop".into(),
            kind,
            rules,
        };
        let rate = Rate::per_second(per_second as f64).unwrap();
        let load = Load {
            requests_per_connection: per_connection,
            connection_duration: Span::seconds(duration),
            request_size: Memory::ZERO,
            response_size: Memory::bytes(bytes),
            ..Load::new(LoadShape::Rate(RateShape::Constant(rate)))
        };
        let requests = u128::from(per_second) * 3_600 * u128::from(Requests::PER_REQUEST);
        parts_of(&balancer, &load, requests).map(|part| part / u128::from(HOUR.as_micros()))
    }

    /// One new connection a second that lasts two minutes, five requests a second, 300 kB a second, 60
    /// rules: 0.04, 0.04, 1.08 and 0.25 units.
    #[test]
    fn fact_w18_an_application_load_balancer() {
        assert_eq!(
            units(Application, 60, (5, 5), (60_000, 120)),
            [40_000, 40_000, 1_080_000, 250_000]
        );
    }

    /// 100 new flows a second, 48,000 active ones, 4 GB an hour.
    #[test]
    fn fact_w18_a_network_load_balancer() {
        let [new, active, bytes, rules] = units(Network, 60, (100, 1), (11_111, 480));
        assert_eq!((new, active, rules), (125_000, 480_000, 0));
        assert_eq!(bytes, 3_999_960);
    }

    #[test]
    fn ten_rules_are_free() {
        assert_eq!(units(Application, 10, (1_000, 1), (0, 0))[3], 0);
        assert_eq!(units(Application, 11, (1_000, 1), (0, 0))[3], 1_000_000);
    }
}
