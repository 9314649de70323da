//! The cluster at an instant as a picture: a bar per instance, as long as the instance is large, with its
//! tasks in it, by CPU and by memory.

use super::bars::{Scale, bars};
use super::instance::details;
use super::words::{About, command, count, paragraph, state, time};
use crate::explain::{HostView, Scene};
use crate::simulation::HostState;
use std::collections::BTreeMap;

/// At most this number of instances is drawn.
const MOST_DRAWN: usize = 40;

/// The picture of the whole cluster.
pub(super) fn drawn(about: &About<'_>, scene: &Scene) -> String {
    let mut page = head(about, scene);
    summary(&mut page, about, scene);
    let legend = "A bar is as long as the instance is large, and a task in it as long as what it reserves: ░ is free.";
    if !scene.hosts.is_empty() {
        page.push('\n');
        paragraph(&mut page, "", legend, 0, about.width);
    }
    let scale = Scale::of(about, scene);
    let changed = |host: &&HostView| before(scene, host).is_some_and(|before| before != *host);
    let (first, rest): (Vec<_>, Vec<_>) = scene.hosts.iter().partition(changed);
    let all: Vec<&HostView> = first.into_iter().chain(rest).collect();
    let mut shown: Vec<&HostView> = all.iter().copied().take(MOST_DRAWN).collect();
    shown.sort_by_key(|host| host.host.instance);
    for host in shown {
        page.push('\n');
        title(&mut page, about, host);
        match before(scene, host).filter(|before| *before != host) {
            Some(before) => {
                bars(&mut page, &scale, before, "before");
                bars(&mut page, &scale, host, "after");
            }
            None => bars(&mut page, &scale, host, ""),
        }
    }
    if all.len() > MOST_DRAWN {
        rest_of(&mut page, about, &all[MOST_DRAWN..]);
    }
    hint(&mut page, about, scene);
    page
}

/// One instance in detail.
pub(super) fn instance(about: &About<'_>, scene: &Scene) -> String {
    let mut page = head(about, scene);
    let scale = Scale::of(about, scene);
    for host in &scene.hosts {
        page.push('\n');
        title(&mut page, about, host);
        match before(scene, host).filter(|before| *before != host) {
            Some(before) => {
                bars(&mut page, &scale, before, "before");
                bars(&mut page, &scale, host, "after");
            }
            None => bars(&mut page, &scale, host, ""),
        }
        details(&mut page, about, host);
    }
    page
}

/// The instance before the pass of the instant.
fn before<'a>(scene: &'a Scene, host: &HostView) -> Option<&'a HostView> {
    let before = scene.before.as_ref()?;
    let at = before.binary_search_by_key(&host.host.instance, |other| other.host.instance);
    before.get(at.ok()?)
}

fn head(about: &About<'_>, scene: &Scene) -> String {
    let pass = match (&scene.before, scene.latest_pass) {
        (Some(before), _) if *before != scene.hosts => {
            "a placement pass is at this time: before and after it".to_string()
        }
        (Some(_), _) => "the placement pass at this time changed nothing".into(),
        (None, Some(at)) => {
            format!(
                "no placement pass at this time; the latest one was at {}",
                time(at)
            )
        }
        (None, None) => "no placement pass until then".into(),
    };
    let text = format!(
        "The cluster at {}; variant {}, seed {}; {pass}",
        time(scene.at),
        scene.variant,
        scene.seed
    );
    let mut page = String::new();
    paragraph(&mut page, "", &text, 0, about.width);
    page
}

/// What all instances have, and what waits.
fn summary(page: &mut String, about: &About<'_>, scene: &Scene) {
    let tasks: usize = scene.hosts.iter().map(|host| host.tasks.len()).sum();
    let active = scene
        .hosts
        .iter()
        .filter(|host| host.state == HostState::Active)
        .count();
    let mut text = format!(
        "{} ({active} ACTIVE), {} on them",
        count(scene.hosts.len() as u64, "instance"),
        count(tasks as u64, "task")
    );
    let list = |of: &BTreeMap<String, u64>| {
        let names: Vec<String> = of
            .iter()
            .map(|(name, count)| format!("{name} {count}"))
            .collect();
        names.join(", ")
    };
    if scene.control_plane_is_out {
        text += "; the control plane is out: nothing is placed";
    }
    if !scene.on_fargate.is_empty() {
        text += &format!("; on Fargate: {}", list(&scene.on_fargate));
    }
    for of in &scene.quotas {
        text += &format!(
            "; {} of the {} vCPUs of the quota of {} are used (`assumptions.fargateVcpuQuota`)",
            of.used, of.quota, of.provider
        );
    }
    match scene.waiting.is_empty() {
        true => text += "; no task is without capacity",
        false => text += &format!("; without capacity: {}", list(&scene.waiting)),
    }
    if !scene.short.is_empty() {
        let short = scene.short.iter();
        let short = short.map(|(name, (tasks, desired))| format!("{name} {tasks} of {desired}"));
        let short: Vec<String> = short.collect();
        text += &format!("; fewer tasks than desired: {}", short.join(", "));
    }
    if !scene.refused.is_empty() {
        text += &format!("; refused at this time: {}", list(&scene.refused));
    }
    paragraph(page, "", &text, 0, about.width);
}

/// `i-3  m6i.large  us-east-1a  provider ec2  DRAINING`.
fn title(page: &mut String, about: &About<'_>, host: &HostView) {
    let of = &host.host;
    let spot = if host.spot { "  Spot" } else { "" };
    let status = match host.state {
        HostState::Active => "ACTIVE".to_string(),
        other => state(other).to_string(),
    };
    let text = format!(
        "{of}  {}  {}  provider {}{spot}  {status}  {}{}",
        of.instance_type,
        of.zone,
        of.provider,
        count(host.tasks.len() as u64, "task"),
        interfaces(host)
    );
    paragraph(page, "", &text, 5, about.width);
}

/// The network interfaces of its tasks, where some of them have one.
fn interfaces(host: &HostView) -> String {
    let used = host.interfaces - host.free_interfaces;
    match used {
        0 => String::new(),
        used => format!("  {used} of {} interfaces", host.interfaces),
    }
}

/// Instances that are not drawn.
fn rest_of(page: &mut String, about: &About<'_>, rest: &[&HostView]) {
    let empty = rest.iter().filter(|host| host.tasks.is_empty()).count();
    let free = |of: fn(&HostView) -> f64| rest.iter().map(|host| of(host)).sum::<f64>();
    let text = format!(
        "and {} not drawn: {empty} without tasks; {:.1} vCPU and {:.1} GiB free on them. `--instance i-N` shows one.",
        count(rest.len() as u64, "more instance"),
        free(|host| host.free_cpu.as_vcpus_f64()),
        free(|host| host.free_memory.as_gib_f64()),
    );
    page.push('\n');
    paragraph(page, "", &text, 0, about.width);
}

fn hint(page: &mut String, about: &About<'_>, scene: &Scene) {
    if let Some(host) = scene.hosts.first() {
        let question = format!("--at {} --instance {}", time(scene.at), host.host);
        command(page, "One instance in detail:", about, &question);
    }
}
