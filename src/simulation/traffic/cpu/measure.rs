//! CPU credits as CloudWatch shows them, every five minutes (facts/platform.md 1.4.5), and the surplus credits
//! that are billed.

use crate::cluster::InstanceId;
use crate::engine::{Agenda, Reader};
use crate::simulation::amounts::CpuCreditAmounts;
use crate::simulation::event::{CpuEvent, Ctx, Event};
use crate::simulation::fact::Fact;
use crate::simulation::life::Lives;
use crate::simulation::platform::State;
use crate::simulation::traffic::processors::{CREDIT, Host};
use crate::simulation::traffic::state::Traffic;
use crate::units::{SimTime, Span};

/// The time between two measurements.
const PERIOD: Span = Span::seconds(300);

/// Schedules the first measurement.
pub(in crate::simulation) fn begin(lives: &Lives<'_>, agenda: &mut Agenda<Event>) {
    let plan = lives.platform.plan();
    if !plan.counts_cpu_credits() {
        return;
    }
    agenda.push(
        SimTime::ZERO + PERIOD,
        Event::Cpu(CpuEvent::CreditsMeasured),
    );
    if !plan.warm_up.as_micros().is_multiple_of(PERIOD.as_micros()) {
        agenda.push(
            SimTime::ZERO + plan.warm_up,
            Event::Cpu(CpuEvent::CreditsMeasured),
        );
    }
}

/// Five minutes are over, or the reported time begins.
pub(in crate::simulation) fn due<R: Reader<Fact>>(
    traffic: &mut Traffic<'_>,
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
) {
    let now = ctx.now();
    for (id, amounts) in measure(traffic, lives, now) {
        ctx.report(Fact::CpuCredits(lives.platform.instance_fact(id), amounts));
    }
    if now.as_micros().is_multiple_of(PERIOD.as_micros()) {
        ctx.after(PERIOD, Event::Cpu(CpuEvent::CreditsMeasured));
    }
}

/// An instance was terminated: the surplus credits that it has spent are charged.
pub(in crate::simulation) fn instance_gone<R: Reader<Fact>>(
    traffic: &mut Traffic<'_>,
    lives: &mut Lives<'_>,
    ctx: &mut Ctx<'_, R>,
    id: InstanceId,
) {
    let Some(mut host) = traffic.cpu.as_mut().and_then(|cpu| cpu.hosts.remove(&id)) else {
        return;
    };
    host.pass(ctx.now());
    host.credits.end();
    let amounts = amounts(&mut host);
    lives
        .platform
        .count_surplus_credits(id, amounts.charged, ctx.now());
    ctx.report(Fact::CpuCredits(lives.platform.instance_fact(id), amounts));
}

/// The end of the run: bills what was not billed yet, and reports what was not reported.
pub(in crate::simulation) fn finish<R: Reader<Fact>>(
    traffic: &mut Traffic<'_>,
    lives: &mut Lives<'_>,
    end: SimTime,
    reader: &mut R,
) {
    for (id, amounts) in measure(traffic, lives, end) {
        let of = lives.platform.instance_fact(id);
        reader.read(end, &Fact::CpuCredits(of, amounts));
    }
}

/// Counts and bills the credits of all instances until now.
fn measure(
    traffic: &mut Traffic<'_>,
    lives: &mut Lives<'_>,
    now: SimTime,
) -> Vec<(InstanceId, CpuCreditAmounts)> {
    let Some(cpu) = traffic.cpu.as_mut() else {
        return Vec::new();
    };
    let plan = lives.platform.plan();
    let machines = lives.platform.instances();
    let running = machines.filter(|(_, machine)| {
        let kind = &plan.cluster.instance_types[machine.instance_type];
        let runs = !matches!(machine.state, State::Pending | State::Gone);
        runs && kind.burstable().is_some()
    });
    let running: Vec<InstanceId> = running.map(|(id, _)| id).collect();
    let mut all = Vec::new();
    for id in running {
        let Some(host) = cpu.host(lives, id) else {
            continue;
        };
        host.pass(now);
        all.push((id, amounts(host)));
    }
    for (id, amounts) in &all {
        lives
            .platform
            .count_surplus_credits(*id, amounts.charged, now);
    }
    all
}

/// What has passed of the credits of an instance since they were measured last.
fn amounts(host: &mut Host) -> CpuCreditAmounts {
    let throttled = std::mem::take(&mut host.throttled);
    let span = host.measured();
    let credits = &mut host.credits;
    let millionths = |amount: u128| (amount * 1_000_000 / CREDIT.unsigned_abs()) as u64;
    CpuCreditAmounts {
        span,
        usage: millionths(std::mem::take(&mut credits.spent)),
        balance: millionths(credits.balance().unsigned_abs()),
        surplus: millionths(credits.surplus().unsigned_abs()),
        charged: std::mem::take(&mut credits.charged),
        throttled,
    }
}
