//! An autoscaler of one's own, against ECS managed scaling, with figures and bill.
//!
//!     cargo run --release --example own_autoscaler
#![allow(clippy::print_stdout, reason = "an example prints")]

use ecsim::Scenario;
use ecsim::cluster::ProviderId;
use ecsim::policy::provisioning::{Autoscaler, AutoscalerView, ScalingAction};

/// One instance for every two tasks that wait, less those that boot. When no task waits, empty
/// instances are terminated.
struct Eager;

impl Autoscaler for Eager {
    fn decide(&mut self, view: &AutoscalerView<'_>) -> Vec<ScalingAction> {
        let waiting = view.waiting().count();
        let members = view.members().iter();
        if waiting == 0 {
            let ready = members
                .filter(|member| member.registered)
                .map(|m| m.instance);
            let empty = ready.filter(|id| view.cluster().instance(*id).tasks() == 0);
            return empty
                .map(|instance| ScalingAction::Terminate { instance })
                .collect();
        }
        let booting = members.filter(|member| !member.registered).count();
        let count = waiting.div_ceil(2).saturating_sub(booting) as u32;
        let provider = ProviderId::new(0);
        vec![ScalingAction::Launch { provider, count }]
    }
}

pub(crate) fn main() -> Result<(), ecsim::Error> {
    let results = Scenario::load("scenarios/quickstart.yaml")?
        .set("until=2d")?
        .variants(["ec2"])?
        .experiment()
        .seeds(3)
        .autoscaler("eager", |_| Eager)
        .run()?;
    for path in ["cost.total.perMonth", "tasks.all.wait.mean"] {
        let eager = results.variant("ec2/eager")?.figure(path)?;
        let change = results.difference("ec2/eager", "ec2", path)?;
        println!("{path}: {eager}  {change}");
        assert!(eager.mean() > Some(0.0));
    }
    Ok(())
}
