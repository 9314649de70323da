//! Ids and ARNs of a run, the same in every run of a seed. `docs/outputs.md` has the rule.

use super::super::names::Names;
use crate::cluster::{InstanceId, ProviderId, ServiceId, WorkId};
use crate::plan::Plan;
use crate::report::ACCOUNT;

/// The ids of one run.
pub(super) struct Ids<'a> {
    plan: &'a Plan,
    /// `<seed>/<scenario>/<variant>`.
    run: String,
    /// `<scenario>-<variant>`.
    cluster: String,
}

impl<'a> Ids<'a> {
    pub(super) fn new(plan: &'a Plan, seed: u64) -> Self {
        Self {
            plan,
            run: format!("{seed}/{}/{}", plan.scenario, plan.variant),
            cluster: format!("{}-{}", plan.scenario, plan.variant),
        }
    }

    /// 128 bits for something of a kind with a name.
    fn bits(&self, kind: &str, name: &str) -> (u64, u64) {
        let text = format!("{}/{kind}/{name}", self.run);
        (hash(&text), hash(&format!("+{text}")))
    }

    fn hex(&self, kind: &str, name: &str) -> String {
        let (high, low) = self.bits(kind, name);
        format!("{high:016x}{low:016x}")
    }

    /// An id in the form of a UUID of version 4.
    pub(super) fn uuid(&self, kind: &str, name: &str) -> String {
        let (high, low) = self.bits(kind, name);
        let high = (high & !0xf000) | 0x4000;
        let low = (low & (u64::MAX >> 2)) | (1 << 63);
        format!(
            "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
            high >> 32,
            (high >> 16) & 0xffff,
            high & 0xffff,
            low >> 48,
            low & 0xffff_ffff_ffff
        )
    }

    fn arn(&self, kind: &str, rest: &str) -> String {
        format!("arn:aws:ecs:{}:{ACCOUNT}:{kind}/{rest}", self.plan.region)
    }

    pub(super) fn cluster_arn(&self) -> String {
        self.arn("cluster", &self.cluster)
    }

    pub(super) fn service_arn(&self, service: ServiceId) -> String {
        let name = &self.plan.services[service.index()].name;
        self.arn("service", &format!("{}/{name}", self.cluster))
    }

    pub(super) fn provider_arn(&self, provider: ProviderId) -> String {
        self.arn(
            "capacity-provider",
            &self.plan.cluster.providers[provider.index()].name,
        )
    }

    pub(super) fn instance_arn(&self, id: InstanceId) -> String {
        let id = self.container_instance(id);
        self.arn("container-instance", &format!("{}/{id}", self.cluster))
    }

    pub(super) fn definition_arn(&self, definition: &str) -> String {
        self.arn("task-definition", definition)
    }

    /// The name of an attempt of a task, from which its ids are made.
    pub(super) fn attempt(&self, work: WorkId, ordinal: u64, attempt: u32) -> String {
        format!("{}/{ordinal}/{attempt}", self.plan.work_name(work))
    }

    pub(super) fn task_arn(&self, attempt: &str) -> String {
        let id = self.hex("task", attempt);
        self.arn("task", &format!("{}/{id}", self.cluster))
    }

    pub(super) fn container_arn(&self, attempt: &str, container: &str) -> String {
        let task = self.hex("task", attempt);
        let id = self.uuid("container", &format!("{attempt}/{container}"));
        self.arn("container", &format!("{}/{task}/{id}", self.cluster))
    }

    pub(super) fn network_interface(&self, attempt: &str) -> String {
        format!("eni-0{:016x}", self.bits("networkInterface", attempt).0)
    }
}

impl Names for Ids<'_> {
    fn plan(&self) -> &Plan {
        self.plan
    }

    fn task(&self, work: WorkId, ordinal: u64) -> String {
        self.hex("task", &self.attempt(work, ordinal, 0))
    }

    fn container_instance(&self, id: InstanceId) -> String {
        self.hex("containerInstance", &id.index().to_string())
    }

    fn ec2_instance(&self, id: InstanceId) -> String {
        let number = id.index().to_string();
        format!("i-0{:016x}", self.bits("instance", &number).0)
    }

    fn deployment(&self, service: ServiceId, revision: usize) -> String {
        let service = &self.plan.services[service.index()];
        let name = format!("{}/{}", service.name, service.revision(revision).name);
        let number = self.bits("deployment", &name).0 % 9_000_000_000_000_000_000;
        format!("ecs-svc/{}", 1_000_000_000_000_000_000 + number)
    }
}

/// FNV-1a of 64 bits, finished with MurmurHash3's `fmix64`.
fn hash(text: &str) -> u64 {
    let mut bits: u64 = 0xcbf2_9ce4_8422_2325;
    for byte in text.bytes() {
        bits = (bits ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    bits = (bits ^ (bits >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    bits = (bits ^ (bits >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    bits ^ (bits >> 33)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn ids_have_aws_form_and_differ() {
        let plan = Plan::new("test", "us-east-1");
        let ids = Ids::new(&plan, 7);
        let uuid = ids.uuid("event", "0");
        let parts: Vec<usize> = uuid.split('-').map(str::len).collect();
        assert_eq!(parts, [8, 4, 4, 4, 12]);
        assert_eq!(&uuid[14..15], "4");
        assert!("89ab".contains(&uuid[19..20]), "{uuid}");
        assert_eq!(uuid, Ids::new(&plan, 7).uuid("event", "0"));
        let many: BTreeSet<String> = (0..10_000)
            .map(|number| ids.uuid("event", &number.to_string()))
            .collect();
        assert_eq!(many.len(), 10_000);
        assert_ne!(uuid, Ids::new(&plan, 8).uuid("event", "0"));
        assert_eq!(ids.ec2_instance(InstanceId::new(3)).len(), 19);
        assert_eq!(
            ids.cluster_arn(),
            "arn:aws:ecs:us-east-1:111122223333:cluster/test-base"
        );
    }
}
