//! A user's autoscaler, compared with ECS managed scaling by figures and cost.
//!
//!     cargo run --release --example own_autoscaler
#![allow(clippy::print_stdout, reason = "an example prints")]

use ecsim::Scenario;
use ecsim::cluster::ProviderId;
use ecsim::policy::provisioning::{Autoscaler, AutoscalerView, ScalingAction};

/// Launches one instance per two waiting tasks, minus those that are booting. When no task waits,
/// terminates instances without tasks.
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
