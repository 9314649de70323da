//! Reads port mappings: the host ports that a task reserves on its instance, by network mode
//! (facts/ecs.md 13, 14).

use crate::plan::{NetworkMode, Port, Protocol};
use crate::scenario::keys::containers::PORT_MAPPING;
use crate::scenario::reading::reader::{Cursor, Record};
use std::collections::BTreeSet;

/// Ports that the agent and the system of every instance reserve (facts/ecs.md 14).
const SYSTEM_PORTS: [u16; 6] = [22, 2375, 2376, 51678, 51679, 51680];

/// The most host ports of a task: the 100 of an instance (facts/ecs.md 14) less the reserved ones.
const MOST_PORTS: usize = 100 - SYSTEM_PORTS.len();

/// The most ranges of ports of a container (facts/ecs.md 13a).
const MOST_RANGES: usize = 100;

/// An item of `portMappings` without problems of its own.
pub struct Mapping<'a> {
    /// Its place.
    pub at: Cursor<'a>,
    protocol: Protocol,
    /// The first and the last port of the container; both 0 where none is written.
    inside: (u16, u16),
    /// `hostPort` above 0.
    host: Option<u16>,
    /// True for a `containerPortRange`.
    is_range: bool,
}

impl Mapping<'_> {
    /// True when it has a host port that differs from the port of the container.
    pub fn is_unequal(&self) -> bool {
        self.host.is_some_and(|host| host != self.inside.0)
    }
}

/// Reads `portMappings`.
pub fn mappings<'a>(record: &Record<'a>) -> Vec<Mapping<'a>> {
    let Some(list) = record.get("portMappings") else {
        return Vec::new();
    };
    let items = list.list();
    let found: Vec<Mapping<'a>> = items.iter().filter_map(mapping).collect();
    let ranges = found.iter().filter(|mapping| mapping.is_range).count();
    if ranges > MOST_RANGES {
        list.problem(format!("{ranges} ranges of ports are too many"))
            .expected(format!("at most {MOST_RANGES} in a container"))
            .report();
    }
    for (number, mapping) in found.iter().enumerate() {
        let overlaps = |other: &&Mapping<'_>| {
            other.protocol == mapping.protocol
                && (other.is_range || mapping.is_range)
                && other.inside.0 <= mapping.inside.1
                && mapping.inside.0 <= other.inside.1
        };
        if let Some(other) = found[..number].iter().find(overlaps) {
            let shared = mapping.inside.0.max(other.inside.0);
            mapping
                .at
                .problem(format!("container port {shared} is in two mappings"))
                .hint("a port is in one mapping of a container only")
                .report();
        }
    }
    found
}

fn mapping<'a>(item: &Cursor<'a>) -> Option<Mapping<'a>> {
    let record = item.record(&PORT_MAPPING)?;
    let port = |key| record.get(key).and_then(|at| at.integer(0, 65_535));
    let protocol = record
        .get("protocol")
        .and_then(|at| at.choice(&[("tcp", Protocol::Tcp), ("udp", Protocol::Udp)]))
        .unwrap_or(Protocol::Tcp);
    let (host, inside) = (port("hostPort"), port("containerPort"));
    let host = host.filter(|host| *host > 0).map(|host| host as u16);
    let Some(range) = record.get("containerPortRange") else {
        let inside = inside.map_or(host.unwrap_or(0), |port| port as u16);
        return Some(Mapping {
            at: item.clone(),
            protocol,
            inside: (inside, inside),
            host,
            is_range: false,
        });
    };
    for other in ["containerPort", "hostPort"] {
        if record.get(other).is_some() {
            range
                .problem(format!(
                    "`containerPortRange` and `{other}` exclude each other"
                ))
                .hint("keep one of them")
                .report();
        }
    }
    Some(Mapping {
        at: item.clone(),
        protocol,
        inside: port_range(&range)?,
        host: None,
        is_range: true,
    })
}

/// Reads a range such as `8000-8010`.
fn port_range(at: &Cursor<'_>) -> Option<(u16, u16)> {
    let text = at.text()?;
    let port = |text: &str| text.trim().parse::<u16>().ok().filter(|port| *port > 0);
    let ends = text.split_once('-');
    let ends = ends.and_then(|(first, last)| Some((port(first)?, port(last)?)));
    let range = ends.filter(|(first, last)| first < last);
    if range.is_none() {
        let expected = "the first and the last port, such as `8000-8010`, from 1 to 65535";
        at.bad_value(text, &format!("`{text}` is not a range of ports"), expected);
    }
    range
}

/// The ports that the task reserves on its instance (facts/ecs.md 13): in bridge mode those with
/// a host port, in host mode all, else none. Reports what the network mode does not allow.
/// `at` is the place of the containers.
pub fn reserved<'m, 'a: 'm>(
    mappings: impl Iterator<Item = &'m Mapping<'a>>,
    mode: Option<NetworkMode>,
    at: &Cursor<'_>,
) -> Vec<Port> {
    let mut reserved = BTreeSet::new();
    for mapping in mappings {
        if let Some(port) = host_port(mapping, mode) {
            reserve(mapping, port, &mut reserved);
        }
    }
    if reserved.len() > MOST_PORTS {
        let count = reserved.len();
        at.problem(format!("{count} host ports are more than an instance has"))
            .expected(format!("at most {MOST_PORTS}"))
            .report();
    }
    reserved.into_iter().collect()
}

/// The host port that a mapping reserves in a network mode; `None` for none.
fn host_port(mapping: &Mapping<'_>, mode: Option<NetworkMode>) -> Option<u16> {
    let at = &mapping.at;
    match mode {
        Some(NetworkMode::None) => {
            at.problem("network mode `none` has no ports")
                .hint("remove `portMappings` or choose another `networkMode`")
                .report();
            None
        }
        Some(NetworkMode::Host) if mapping.is_range => {
            at.problem("network mode `host` has no ranges of ports")
                .hint("list the ports, or choose `bridge` or `awsvpc`")
                .report();
            None
        }
        Some(NetworkMode::Host | NetworkMode::Awsvpc) if mapping.is_unequal() => {
            report_unequal(
                at,
                if mode == Some(NetworkMode::Host) {
                    "host"
                } else {
                    "awsvpc"
                },
            );
            None
        }
        Some(NetworkMode::Awsvpc) => None,
        Some(NetworkMode::Host) => Some(mapping.inside.0),
        Some(NetworkMode::Bridge) | None => mapping.host,
    }
}

/// Reports a host port that differs from the port of the container, in a network mode without
/// port mapping.
pub fn report_unequal(at: &Cursor<'_>, mode: &str) {
    at.problem(format!(
        "in network mode `{mode}` the host port is the port of the container"
    ))
    .hint("leave `hostPort` out")
    .report();
}

fn reserve(mapping: &Mapping<'_>, number: u16, reserved: &mut BTreeSet<Port>) {
    if number == 0 {
        return;
    }
    let protocol = mapping.protocol;
    if SYSTEM_PORTS.contains(&number) {
        mapping
            .at
            .problem(format!("host port {number} is reserved on every instance"))
            .expected("another port than 22, 2375, 2376 and 51678 to 51680")
            .report();
    } else if !reserved.insert(Port { protocol, number }) {
        mapping
            .at
            .problem(format!("host port {number} is reserved twice in one task"))
            .hint("give each its own `hostPort`, or 0 for any")
            .report();
    }
}
