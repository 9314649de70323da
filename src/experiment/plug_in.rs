//! Plug-ins, and the columns that an experiment plays: each variant with the built-in policies
//! and with each plug-in.

use super::Error;
use crate::plan::{Capacity, Plan, Study};
use crate::runner::built_in_scheduler;
use crate::simulation::Policies;
use std::collections::BTreeMap;

/// Policies with a name.
pub(super) struct PlugIn<'a> {
    /// Its name: the part of a column's name after the `/`.
    pub name: String,
    /// Makes the policies of a run.
    pub make: Box<dyn Fn(&Plan) -> Policies + Sync + 'a>,
    /// True when it sizes the Auto Scaling groups: managed scaling is then off in its columns.
    pub scales: bool,
}

/// The columns of an experiment. The name of a column is the variant name of its plan.
pub(super) struct Columns<'p, 'a> {
    pub plans: Vec<Plan>,
    /// The plug-in of each column that has one, by the column's name.
    plug_ins: BTreeMap<String, &'p PlugIn<'a>>,
}

impl<'p, 'a> Columns<'p, 'a> {
    /// For each variant a column with the built-in policies, if `has_built_in`, then one with each
    /// plug-in.
    pub fn new(
        study: &Study,
        plug_ins: &'p [PlugIn<'a>],
        has_built_in: bool,
    ) -> Result<Self, Error> {
        check_names(plug_ins)?;
        if !has_built_in && plug_ins.is_empty() {
            return Err(Error::problem(
                "there is nothing to play: there is no plug-in, and the built-in policies are left out"
                    .into(),
                "add a plug-in, or remove `without_built_in`",
            ));
        }
        let mut columns = Self {
            plans: Vec::new(),
            plug_ins: BTreeMap::new(),
        };
        for plan in &study.variants {
            if has_built_in {
                columns.plans.push(plan.clone());
            }
            for plug_in in plug_ins {
                let plan = plan_of(plan, plug_in);
                columns.plug_ins.insert(plan.variant.clone(), plug_in);
                columns.plans.push(plan);
            }
        }
        Ok(columns)
    }

    /// The policies of a column's run.
    pub fn policies(&self, plan: &Plan) -> Policies {
        match self.plug_ins.get(&plan.variant) {
            Some(plug_in) => (plug_in.make)(plan),
            None => built_in_scheduler(plan).into(),
        }
    }
}

/// A variant's plan in the column of a plug-in.
fn plan_of(plan: &Plan, plug_in: &PlugIn<'_>) -> Plan {
    let mut plan = plan.clone();
    plan.variant = format!("{}/{}", plan.variant, plug_in.name);
    // Managed scaling and the plug-in would both set the desired capacity.
    for provider in &mut plan.cluster.providers {
        if plug_in.scales
            && let Capacity::Group(group) = &mut provider.capacity
        {
            group.managed_scaling = None;
            group.managed_termination_protection = false;
        }
    }
    plan
}

/// Checks that names are not empty, contain no `/` and are unique.
fn check_names(plug_ins: &[PlugIn<'_>]) -> Result<(), Error> {
    for (index, plug_in) in plug_ins.iter().enumerate() {
        let name = &plug_in.name;
        if name.is_empty() || name.contains('/') {
            return Err(Error::problem(
                format!("`{name}` cannot be the name of a plug-in"),
                "a name is not empty and contains no `/`",
            ));
        }
        if plug_ins[..index].iter().any(|other| other.name == *name) {
            return Err(Error::problem(
                format!("there are two plug-ins `{name}`"),
                "names must differ",
            ));
        }
    }
    Ok(())
}
