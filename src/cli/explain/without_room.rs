//! The instances on which a daemon service has no room.

use super::refusals::all_of;
use super::words::{count, size};
use super::{changes, facts};
use crate::explain::{ServiceStory, WithoutRoom};
use crate::units::{Cpu, Memory};

/// At most this number of instances, and of tasks on one, is listed.
const MOST_HOSTS: usize = 8;

/// The instances on which a daemon has no room.
pub(super) fn without_room(story: &ServiceStory) -> Vec<String> {
    let mut lines = story.without_room.iter().map(on_instance);
    let mut found: Vec<String> = lines.by_ref().take(MOST_HOSTS).collect();
    let more = lines.count();
    if more > 0 {
        let more = count(more as u64, "more instance");
        found.push(format!(
            "It has no room on {more}; `--format json` has all."
        ));
    }
    found
}

/// What a daemon needs on an instance, what is used and free there, and the change that was tried.
fn on_instance(of: &WithoutRoom) -> String {
    let needs = &of.needs;
    let used = Cpu::base(of.cpu.as_base().saturating_sub(of.free_cpu.as_base()));
    let (all, free) = (of.memory, of.free_memory);
    let used_memory = Memory::bytes(all.as_bytes().saturating_sub(free.as_bytes()));
    let by = match of.tasks.len() {
        0 => String::new(),
        some => {
            let names = of.tasks.iter().take(MOST_HOSTS).map(ToString::to_string);
            let more = if some > MOST_HOSTS { ", …" } else { "" };
            format!(" by {}{more}", names.collect::<Vec<_>>().join(", "))
        }
    };
    let mut text = format!(
        "It has no room on {}: {}. A task of it needs {} and {} of memory. Of {} {used} are used{by}, {} free; of {} \
         of memory {} are used, {} free.",
        facts::host(&of.refusal.host),
        all_of(&of.refusal),
        needs.cpu,
        size(needs.memory),
        of.cpu,
        of.free_cpu,
        size(all),
        size(used_memory),
        size(free)
    );
    if let Some(change) = &of.change {
        let change = changes::change(needs, change);
        text += &format!(" This change was tried and fits there: {change}.");
    }
    text
}
