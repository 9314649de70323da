//! Reads `instanceRequirements` of ECS Managed Instances: conditions on instance types, and the
//! types that meet all of them (facts/ecs.md 42b, 42c).

use crate::catalog::{Architecture, InstanceTypeFacts};
use crate::scenario::keys::managed_instances::{INSTANCE_REQUIREMENTS, RANGE, RANGE_WITH_MIN};
use crate::scenario::reading::reader::{Cursor, Record};

/// The most names in a list of instance types (facts/ecs.md 42b).
const MOST_NAMES: usize = 30;

/// Families that ECS Managed Instances support (facts/ecs.md 42c).
const FAMILIES: [&str; 134] = [
    "c5",
    "c5a",
    "c5ad",
    "c5d",
    "c5n",
    "c6a",
    "c6g",
    "c6gd",
    "c6i",
    "c6id",
    "c6in",
    "c7a",
    "c7g",
    "c7gd",
    "c7gn",
    "c7i",
    "c7i-flex",
    "c8a",
    "c8g",
    "c8gb",
    "c8gd",
    "c8gn",
    "c8i",
    "c8ib",
    "c8id",
    "c8i-flex",
    "c8in",
    "c8ine",
    "m5",
    "m5a",
    "m5ad",
    "m5d",
    "m5dn",
    "m5n",
    "m5zn",
    "m6a",
    "m6g",
    "m6gd",
    "m6i",
    "m6id",
    "m6idn",
    "m6in",
    "m7a",
    "m7g",
    "m7gd",
    "m7i",
    "m7i-flex",
    "m8a",
    "m8azn",
    "m8g",
    "m8gb",
    "m8gd",
    "m8gn",
    "m8i",
    "m8ib",
    "m8id",
    "m8idb",
    "m8idn",
    "m8i-flex",
    "m8in",
    "m8ine",
    "m9g",
    "m9gd",
    "t3",
    "t3a",
    "t4g",
    "r5",
    "r5a",
    "r5ad",
    "r5b",
    "r5d",
    "r5dn",
    "r5n",
    "r6a",
    "r6g",
    "r6gd",
    "r6i",
    "r6id",
    "r6idn",
    "r6in",
    "r7a",
    "r7g",
    "r7gd",
    "r7i",
    "r7iz",
    "r8a",
    "r8g",
    "r8gb",
    "r8gd",
    "r8gn",
    "u-3tb1",
    "u7i-6tb",
    "u7i-8tb",
    "u7i-12tb",
    "u7in-24tb",
    "u7in-32tb",
    "x2gd",
    "x2idn",
    "x2iedn",
    "x2iezn",
    "x8g",
    "z1d",
    "d3",
    "d3en",
    "i3en",
    "i4g",
    "i4i",
    "i7i",
    "i7ie",
    "i8g",
    "i8ge",
    "im4gn",
    "is4gen",
    "dl1",
    "g4ad",
    "g4dn",
    "g5",
    "g5g",
    "g6",
    "g6e",
    "g6f",
    "g7e",
    "gr6",
    "gr6f",
    "inf1",
    "inf2",
    "p3dn",
    "p4d",
    "p4de",
    "p5",
    "p5en",
    "p6-b200",
    "p6-b300",
    "trn1",
];

/// Families with processors of AMD whose names do not say so.
const AMD_FAMILIES: [&str; 11] = [
    "g4ad", "g5", "g6", "g6e", "g6f", "gr6", "gr6f", "inf2", "p5", "hpc6a", "hpc7a",
];

/// True for a type that ECS Managed Instances support: a listed family, more than one vCPU, and
/// neither nano nor micro (facts/ecs.md 42c).
pub fn is_supported(facts: &InstanceTypeFacts) -> bool {
    let is_small = [".nano", ".micro"]
        .iter()
        .any(|end| facts.name.ends_with(end));
    FAMILIES.contains(&facts.family()) && facts.vcpus > 1 && !is_small
}

/// A condition on instance types.
pub struct Condition<'a> {
    /// The key that sets it, with its value where that is short.
    pub words: String,
    meets: Box<dyn Fn(&InstanceTypeFacts) -> bool + 'a>,
}

impl Condition<'_> {
    /// True when a type meets it.
    pub fn meets(&self, facts: &InstanceTypeFacts) -> bool {
        (self.meets)(facts)
    }
}

/// All conditions of a provider.
#[derive(Default)]
pub struct Requirements<'a> {
    /// The conditions, in the order in which they are reported.
    pub conditions: Vec<Condition<'a>>,
    /// The items of `allowedInstanceTypes`; none: all types.
    pub allowed: Vec<Cursor<'a>>,
    /// The items of `excludedInstanceTypes`.
    pub excluded: Vec<Cursor<'a>>,
}

impl<'a> Requirements<'a> {
    /// The conditions without `instanceRequirements`: no type that is burstable, bare metal or
    /// accelerated.
    pub fn usual() -> Self {
        let mut found = Self::default();
        found.add_usual(None);
        found
    }

    /// Reads `instanceRequirements`; `None` when they have problems.
    pub fn read(at: &Cursor<'a>) -> Option<Self> {
        let mark = at.context.mark();
        let record = at.record(&INSTANCE_REQUIREMENTS)?;
        let mut found = Self {
            allowed: names(&record, "allowedInstanceTypes"),
            excluded: names(&record, "excludedInstanceTypes"),
            ..Self::default()
        };
        found.add_sizes(&record);
        found.add_accelerators(&record);
        found.add_usual(Some(&record));
        at.context.is_clean_since(mark).then_some(found)
    }

    fn add(&mut self, words: impl Into<String>, meets: impl Fn(&InstanceTypeFacts) -> bool + 'a) {
        self.conditions.push(Condition {
            words: words.into(),
            meets: Box::new(meets),
        });
    }

    /// The conditions on sizes, processors and networks.
    fn add_sizes(&mut self, record: &Record<'_>) {
        self.add_range(record, "vCpuCount", |facts| f64::from(facts.vcpus));
        self.add_range(record, "memoryMiB", mebibytes);
        self.add_range(record, "memoryGiBPerVCpu", |facts| {
            mebibytes(facts) / 1_024.0 / f64::from(facts.vcpus.max(1))
        });
        self.add_choices(
            record,
            "cpuManufacturers",
            &[
                ("intel", "intel"),
                ("amd", "amd"),
                ("amazon-web-services", "amazon-web-services"),
            ],
            |facts, wanted| maker(facts) == wanted,
        );
        self.add_choices(
            record,
            "instanceGenerations",
            &[("current", "current"), ("previous", "previous")],
            |facts, wanted| facts.current_generation == (wanted == "current"),
        );
        self.add_range(record, "totalLocalStorageGB", |facts| {
            f64::from(facts.instance_store_gb.unwrap_or(0))
        });
        self.add_range(record, "networkInterfaceCount", |facts| {
            f64::from(facts.max_interfaces)
        });
        self.add_range(record, "networkBandwidthGbps", |facts| {
            f64::from(facts.network_mbps.unwrap_or(0)) / 1_000.0
        });
        self.add_range(record, "baselineEbsBandwidthMbps", |facts| {
            f64::from(facts.ebs_mbps.unwrap_or(0))
        });
    }

    fn add_accelerators(&mut self, record: &Record<'a>) {
        self.add_choices(
            record,
            "acceleratorTypes",
            &[("gpu", "gpu"), ("fpga", "fpga"), ("inference", "inference")],
            |facts, wanted| match wanted {
                "gpu" => facts.gpus > 0,
                "inference" => facts.accelerators > 0,
                _ => false,
            },
        );
        self.add_range(record, "acceleratorCount", |facts| {
            f64::from(facts.gpus + facts.accelerators)
        });
        self.add_choices(
            record,
            "acceleratorManufacturers",
            &[
                ("amazon-web-services", "amazon-web-services"),
                ("amd", "amd"),
                ("habana", "habana"),
                ("nvidia", "nvidia"),
                ("xilinx", "xilinx"),
            ],
            |facts, wanted| maker_of_accelerators(facts) == Some(wanted),
        );
        let models = record.get("acceleratorNames");
        let models: Vec<&str> = models
            .map_or(Vec::new(), |at| at.list())
            .iter()
            .filter_map(Cursor::text)
            .collect();
        if !models.is_empty() {
            self.add("acceleratorNames", move |facts| {
                model(facts).is_some_and(|model| models.contains(&model.as_str()))
            });
        }
        self.add_range(record, "acceleratorTotalMemoryMiB", |facts| {
            let memory = facts.gpu_memory.unwrap_or_default();
            (memory.as_bytes() / crate::units::MIB) as f64
        });
    }

    /// What is left out unless a key or a list of types asks for it.
    fn add_usual(&mut self, record: Option<&Record<'_>>) {
        let is_listed = !self.allowed.is_empty();
        let inclusion = |key: &'static str, usual: &'static str| {
            let written = record.and_then(|record| record.get(key));
            let words = [
                ("included", "included"),
                ("required", "required"),
                ("excluded", "excluded"),
            ];
            match written {
                Some(at) => at.choice(&words),
                None => Some(if is_listed { "included" } else { usual }),
            }
        };
        type Has = fn(&InstanceTypeFacts) -> bool;
        let kinds: [(&str, &str, Has); 3] = [
            ("bareMetal", "excluded", |facts| facts.bare_metal),
            ("burstablePerformance", "excluded", |facts| {
                facts.burstable == Some(true)
            }),
            ("localStorage", "included", |facts| {
                facts.instance_store_gb.unwrap_or(0) > 0
            }),
        ];
        for (key, usual, has) in kinds {
            match inclusion(key, usual) {
                Some("required") => self.add(format!("{key}: required"), has),
                Some("excluded") => {
                    self.add(format!("{key}: excluded"), move |facts| !has(facts));
                }
                _ => {}
            }
        }
        let asks = |record: &&Record<'_>| {
            let mut keys = record.present().into_iter().map(|(key, _)| key);
            keys.any(|key| key.starts_with("accelerator"))
        };
        if !is_listed && record.filter(asks).is_none() {
            self.add("no accelerators, as no key asks for them", |facts| {
                facts.gpus == 0 && facts.accelerators == 0
            });
        }
    }

    /// Adds the condition of a range, if it is written.
    fn add_range(
        &mut self,
        record: &Record<'_>,
        key: &'static str,
        value: impl Fn(&InstanceTypeFacts) -> f64 + 'a,
    ) {
        let Some(at) = record.get(key) else { return };
        let table = match key {
            "vCpuCount" | "memoryMiB" => &RANGE_WITH_MIN,
            _ => &RANGE,
        };
        let Some(ends) = at.record(table) else { return };
        let end = |key| ends.get(key).map(|at| at.number());
        let (least, most) = (end("min"), end("max"));
        // An end with problems is reported already.
        let least = least.unwrap_or(Some(0.0));
        let most = most.unwrap_or(Some(f64::INFINITY));
        let (Some(least), Some(most)) = (least, most) else {
            return;
        };
        if least > most {
            at.problem(format!("`min` ({least}) is above `max` ({most})"))
                .report();
        }
        let words = match most.is_finite() {
            true => format!("{key} {least} to {most}"),
            false => format!("{key} from {least}"),
        };
        self.add(words, move |facts| (least..=most).contains(&value(facts)));
    }

    /// Adds the condition of a list of words, if it is written: one of them must hold.
    fn add_choices(
        &mut self,
        record: &Record<'_>,
        key: &'static str,
        words: &[(&'static str, &'static str)],
        holds: impl Fn(&InstanceTypeFacts, &str) -> bool + 'a,
    ) {
        let Some(at) = record.get(key) else { return };
        let wanted: Vec<&'static str> = at
            .list()
            .iter()
            .filter_map(|item| item.choice(words))
            .collect();
        if !wanted.is_empty() {
            let said = format!("{key} {}", wanted.join(", "));
            self.add(said, move |facts| {
                wanted.iter().any(|word| holds(facts, word))
            });
        }
    }
}

/// The items of a list of names or patterns.
fn names<'a>(record: &Record<'a>, key: &'static str) -> Vec<Cursor<'a>> {
    let Some(at) = record.get(key) else {
        return Vec::new();
    };
    let mark = at.context.mark();
    let items = at.list();
    if items.is_empty() && at.context.is_clean_since(mark) {
        at.problem("this list is empty")
            .hint("leave the key out, or name types such as `m6i.*`")
            .report();
    }
    if items.len() > MOST_NAMES {
        at.problem(format!("{} names are too many", items.len()))
            .expected(format!("at most {MOST_NAMES}"))
            .report();
    }
    items
        .into_iter()
        .filter(|item| item.text().is_some())
        .collect()
}

/// True when a name matches a pattern, in which `*` stands for any text.
pub fn matches(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| name.strip_prefix(first)) else {
        return false;
    };
    let mut parts = parts.peekable();
    if parts.peek().is_none() {
        return rest.is_empty(); // A name without `*`.
    }
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        let Some(at) = rest.find(part) else {
            return false;
        };
        rest = &rest[at + part.len()..];
    }
    true
}

fn mebibytes(facts: &InstanceTypeFacts) -> f64 {
    (facts.memory.as_bytes() / crate::units::MIB) as f64
}

/// The maker of a type's processor, as AWS's API names it. The name of a type says it: the letter
/// `a` after the generation stands for AMD.
fn maker(facts: &InstanceTypeFacts) -> &'static str {
    if facts.architecture == Architecture::Arm {
        return "amazon-web-services";
    }
    let family = facts.family();
    let after = family
        .trim_start_matches(|c: char| c.is_ascii_lowercase())
        .trim_start_matches(|c: char| c.is_ascii_digit());
    let letters = after.split('-').next().unwrap_or_default();
    if letters.contains('a') || AMD_FAMILIES.contains(&family) {
        "amd"
    } else {
        "intel"
    }
}

/// The maker of a type's accelerators, as AWS's API names it.
fn maker_of_accelerators(facts: &InstanceTypeFacts) -> Option<&'static str> {
    if facts.accelerators > 0 {
        Some("amazon-web-services")
    } else if facts.gpus == 0 {
        None
    } else if facts.family() == "dl1" {
        Some("habana")
    } else if facts.ecs_gpus() > 0 {
        Some("nvidia")
    } else {
        Some("amd")
    }
}

/// The model of a type's accelerators, as AWS's API names it.
fn model(facts: &InstanceTypeFacts) -> Option<String> {
    let known = match facts.family() {
        "p3dn" => "v100",
        "dl1" => "gaudi-hl-205",
        "inf1" => "inferentia",
        "inf2" => "inferentia2",
        "trn1" => "trainium",
        _ => {
            let model = facts.gpu_model?;
            let (_, model) = model.split_once(' ')?;
            return Some(model.to_ascii_lowercase().replace(' ', "-"));
        }
    };
    Some(known.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::{instance_type, instance_types};

    #[test]
    fn patterns_stand_for_families_and_sizes() {
        for (pattern, name, wanted) in [
            ("m6i.xlarge", "m6i.xlarge", true),
            ("m6i.xlarge", "m6i.2xlarge", false),
            ("c6i.*", "c6i.large", true),
            ("c6i.*", "c6id.large", false),
            ("m6*.*", "m6gd.large", true),
            ("m6*.*", "m5.large", false),
            ("*.large", "m5.large", true),
            ("m*n.*rge", "m5dn.xlarge", true),
            ("", "m5.large", false),
        ] {
            assert_eq!(matches(pattern, name), wanted, "{pattern} {name}");
        }
    }

    #[test]
    fn makers_follow_from_names() {
        let maker = |name: &str| maker(&instance_type(name).expect("listed"));
        for (name, wanted) in [
            ("m6a.large", "amd"),
            ("m6i.large", "intel"),
            ("m7i-flex.large", "intel"),
            ("m7g.large", "amazon-web-services"),
            ("im4gn.large", "amazon-web-services"),
            ("c5ad.large", "amd"),
            ("g5.xlarge", "amd"),
            ("z1d.large", "intel"),
        ] {
            assert_eq!(maker(name), wanted, "{name}");
        }
        let model = |name: &str| model(&instance_type(name).expect("listed"));
        assert_eq!(model("g5.xlarge").as_deref(), Some("a10g"));
        assert_eq!(model("g4ad.xlarge").as_deref(), Some("radeon-pro-v520"));
        assert_eq!(model("inf2.xlarge").as_deref(), Some("inferentia2"));
    }

    #[test]
    fn small_and_old_types_are_not_supported() {
        let is = |name: &str| is_supported(&instance_type(name).expect("listed"));
        assert!(is("m6i.large") && is("t3.small") && is("g5.xlarge"));
        assert!(!is("m4.large") && !is("t3.micro") && !is("r7a.medium"));
        let count = instance_types().filter(is_supported).count();
        assert!(count > 800, "{count}");
    }
}
