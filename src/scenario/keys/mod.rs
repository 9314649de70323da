//! The keys of a scenario, in one table per map, one file per subject. A table gives the type,
//! the default and the documentation of each key; [`table`] defines its form. The readers, the
//! JSON Schema and the reference use these tables. Nothing is read here.

pub mod actions;
pub mod alarm_fields;
pub mod assumptions;
pub mod behavior;
pub mod capacity;
pub mod code_deploy;
pub mod containers;
pub mod costs;
pub mod counts;
pub mod deployments;
pub mod expect;
pub mod faults;
pub mod groups;
pub mod images;
pub mod instance_types;
pub mod laws;
pub mod listener_rules;
pub mod load;
pub mod load_balancers;
pub mod load_traces;
pub mod managed_instances;
pub mod not_yet;
pub mod placement;
pub mod predictive_scaling;
pub mod queues;
pub mod rates;
pub mod scenario;
pub mod service_calls;
pub mod services;
pub mod step_scaling;
pub mod table;
pub mod task_definition;
pub mod tasks;
pub mod traces;
