//! Images and registries: those that are listed, and those that containers name. Images with
//! layers of the same digest share them.

use crate::plan::{Assumptions, CONCENTRATIONS, Image, Layer, LayerShares, MOST_LAYERS, Registry};
use crate::scenario::keys::images::{
    IMAGE, LAYER, LAYER_SHARES, LAYER_SPLIT, PULL_LIMIT, REGISTRY,
};
use crate::scenario::reading::reader::{Cursor, Record, ticked};
use crate::scenario::reading::tree::Value;
use crate::units::{MIB, Memory, Span};
use std::collections::BTreeMap;

/// Larger than any registry takes (facts/platform.md 3.1.2), so that sums stay in 64 bits.
const MOST_SIZE: Memory = Memory::gib(1 << 10);

/// Larger than any image becomes by unpacking, so that sums stay in 64 bits.
const MOST_ON_DISK: Memory = Memory::bytes(MOST_SIZE.as_bytes() / 5 * 13);

/// Images and registries by name, in the order in which they are met: the listed ones first.
pub struct Images {
    usual: Usual,
    images: Vec<Image>,
    registries: Vec<Registry>,
    by_name: BTreeMap<String, usize>,
    /// Layers by digest, with what the first image says of each.
    digests: BTreeMap<String, Layer>,
    /// How many layers are known.
    layers: usize,
}

/// What is assumed of an image that does not say it.
struct Usual {
    /// Compressed.
    size: Memory,
    layers: u64,
    /// Unpacked bytes per million compressed ones.
    ratio: u64,
}

impl Usual {
    /// The unpacked size, rounded down (facts/platform.md 3.3.1).
    fn unpacked(&self, compressed: Memory) -> Memory {
        let bytes = u128::from(compressed.as_bytes()) * u128::from(self.ratio) / 1_000_000;
        Memory::bytes(bytes as u64)
    }
}

/// How the size of an image becomes layers.
struct Split {
    count: u64,
    shares: LayerShares,
}

impl Split {
    const fn falling(count: u64) -> Self {
        Self {
            count,
            shares: LayerShares::Falling,
        }
    }
}

/// Reads `images` and `registries`.
pub fn read(root: &Record<'_>, assumed: &Assumptions) -> Images {
    let mut images = Images {
        usual: Usual {
            size: assumed.image_size,
            layers: u64::from(assumed.image_layers),
            ratio: (assumed.compression_ratio * 1e6 + 0.5) as u64,
        },
        images: Vec::new(),
        registries: Vec::new(),
        by_name: BTreeMap::new(),
        digests: BTreeMap::new(),
        layers: 0,
    };
    if let Some(at) = root.get("registries") {
        for item in at.entities(&["name"]) {
            images.registries.extend(registry(&item));
        }
    }
    if let Some(at) = root.get("images") {
        for item in at.entities(&["name"]) {
            images.read_image(&item);
        }
    }
    images
}

fn registry(at: &Cursor<'_>) -> Option<Registry> {
    let record = at.record(&REGISTRY)?;
    Some(Registry {
        name: record.text("name")?.to_string(),
        limit: record.get("pullLimit").and_then(|at| pull_limit(&at)),
    })
}

/// True for `layers` that describes each layer. A value of a wrong kind is reported there too.
fn is_list(at: &Cursor<'_>) -> bool {
    !matches!(at.node.value, Value::Scalar { .. } | Value::Map(_))
}

/// A number of layers, or a number with drawn shares.
fn split(at: &Cursor<'_>) -> Option<Split> {
    if at.node.as_text().is_some() {
        return at.integer(1, MOST_LAYERS.into()).map(Split::falling);
    }
    let record = at.record(&LAYER_SPLIT)?;
    let count = record.get("count");
    let count = count.and_then(|at| at.integer(1, MOST_LAYERS.into()));
    let shares = record.get("shares").and_then(|at| shares(&at));
    Some(Split {
        count: count?,
        shares: shares?,
    })
}

fn shares(at: &Cursor<'_>) -> Option<LayerShares> {
    let at = at.record(&LAYER_SHARES)?.get("dirichlet")?;
    let concentration = at.number()?;
    if CONCENTRATIONS.contains(&concentration) {
        return Some(LayerShares::Dirichlet { concentration });
    }
    at.problem("`dirichlet` must lie between 0.001 and 1000000")
        .hint("1 makes every split equally likely, 10 makes the layers much alike")
        .report();
    None
}

fn pull_limit(at: &Cursor<'_>) -> Option<(u32, Span)> {
    let record = at.record(&PULL_LIMIT)?;
    let pulls = record
        .get("pulls")
        .and_then(|at| at.integer(1, 1_000_000_000));
    let per = record.get("per").and_then(|at| {
        let per = at.parse::<Span>()?;
        if per == Span::ZERO {
            at.problem("`per` must be above 0").report();
        }
        Some(per)
    });
    Some((pulls? as u32, per?))
}

impl Images {
    /// The index of an image, which is added with the usual size when it is new.
    pub fn index(&mut self, name: &str) -> usize {
        if let Some(known) = self.by_name.get(name) {
            return *known;
        }
        let Usual { size, layers, .. } = self.usual;
        let sizes = [size, self.usual.unpacked(size)];
        let layers = self.split_layers(name, Split::falling(layers), sizes);
        let registry = self.registry(registry_of(name));
        self.add(Image {
            name: name.to_string(),
            layers,
            registry,
            assumed: true,
            missing: false,
        })
    }

    /// The index of an image that is known; an unknown one is a problem.
    pub fn known(&self, at: &Cursor<'_>) -> Option<usize> {
        let name = at.text()?;
        let found = self.by_name.get(name).copied();
        if found.is_none() {
            at.problem(format!("there is no image `{name}`"))
                .among(name, self.by_name.keys().map(String::as_str))
                .report();
        }
        found
    }

    /// The index of a registry that is known; an unknown one is a problem.
    pub fn known_registry(&self, at: &Cursor<'_>) -> Option<usize> {
        let name = at.text()?;
        let found = self.registries.iter().position(|r| r.name == name);
        if found.is_none() {
            at.problem(format!("no image comes from a registry `{name}`"))
                .among(name, self.registries.iter().map(|r| r.name.as_str()))
                .report();
        }
        found
    }

    /// Names, in a warning, the images whose size is only assumed.
    pub fn warn_of_assumed(&self, at: &Cursor<'_>) {
        let assumed = self.images.iter().filter(|image| image.assumed);
        let names: Vec<&str> = assumed.map(|image| image.name.as_str()).collect();
        if names.is_empty() {
            return;
        }
        at.problem(format!(
            "nobody says how large {} {}: {} in {} layers is assumed",
            ticked(names.iter().copied()),
            if names.len() == 1 { "is" } else { "are" },
            said(self.usual.size),
            self.usual.layers
        ))
        .hint(format!(
            "add `images: [{{ name: \"{}\", size: {} }}]`",
            names[0],
            said(self.usual.size)
        ))
        .warning()
        .report();
    }

    /// What goes into the plan.
    pub fn into_plan(self) -> (Vec<Image>, Vec<Registry>) {
        (self.images, self.registries)
    }

    fn add(&mut self, image: Image) -> usize {
        let index = self.images.len();
        self.by_name.insert(image.name.clone(), index);
        self.images.push(image);
        index
    }

    /// The index of a registry, which is added without limit when it is new.
    fn registry(&mut self, name: &str) -> usize {
        let known = self.registries.iter().position(|r| r.name == name);
        known.unwrap_or_else(|| {
            self.registries.push(Registry {
                name: name.to_string(),
                limit: None,
            });
            self.registries.len() - 1
        })
    }

    fn read_image(&mut self, at: &Cursor<'_>) {
        let Some(record) = at.record(&IMAGE) else {
            return;
        };
        let name = record.text("name");
        let missing = match record.get("missing") {
            Some(at) => at.boolean(),
            None => Some(false),
        };
        let layers = match record.get("layers") {
            Some(list) if is_list(&list) => self.listed_layers(&record, &list),
            count => self.counted_layers(&record, name.unwrap_or_default(), count.as_ref()),
        };
        let Some(name) = name else {
            return;
        };
        let registry = match record.get("registry") {
            Some(at) => at.text(),
            None => Some(registry_of(name)),
        };
        let (Some(layers), Some(missing), Some(registry)) = (layers, missing, registry) else {
            // It is known all the same, so that who names it is not wrong.
            self.by_name.insert(name.to_string(), 0);
            return;
        };
        let is_described =
            record.get("size").is_some() || record.get("layers").is_some_and(|at| is_list(&at));
        let registry = self.registry(registry);
        self.add(Image {
            name: name.to_string(),
            layers,
            registry,
            assumed: !is_described && !missing,
            missing,
        });
    }

    /// Layers of an image that says how many it has.
    fn counted_layers(
        &mut self,
        record: &Record<'_>,
        name: &str,
        count: Option<&Cursor<'_>>,
    ) -> Option<Vec<Layer>> {
        let split = match count {
            Some(at) => split(at),
            None => Some(Split::falling(self.usual.layers)),
        };
        let size = match record.get("size") {
            Some(at) => size(&at),
            None => Some(self.usual.size),
        };
        let on_disk = match record.get("unpackedSize") {
            Some(at) => size_of_disk(&at),
            None => size.map(|size| self.usual.unpacked(size)),
        };
        Some(self.split_layers(name, split?, [size?, on_disk?]))
    }

    /// Layers of an image that describes each.
    fn listed_layers(&mut self, record: &Record<'_>, list: &Cursor<'_>) -> Option<Vec<Layer>> {
        let mark = list.context.mark();
        for key in ["size", "unpackedSize"] {
            if let Some(at) = record.get(key) {
                at.problem(format!("the layers say what `{key}` is"))
                    .hint(format!("remove `{key}`, or give `layers` a number"))
                    .report();
            }
        }
        let items = list.list();
        if !(1..=MOST_LAYERS as usize).contains(&items.len()) && list.context.mark() == mark {
            list.problem(format!("{} layers cannot stand here", items.len()))
                .expected(format!("1 to {MOST_LAYERS} layers"))
                .report();
        }
        let layers: Vec<_> = items.iter().map(|item| self.layer(item)).collect();
        layers.into_iter().collect()
    }

    fn layer(&mut self, at: &Cursor<'_>) -> Option<Layer> {
        let record = at.record(&LAYER)?;
        let compressed = record.get("size").and_then(|at| size(&at));
        let on_disk = match record.get("unpackedSize") {
            Some(at) => size_of_disk(&at),
            None => compressed.map(|size| self.usual.unpacked(size)),
        };
        let layer = Layer {
            digest: self.layers,
            compressed: compressed?,
            unpacked: on_disk?,
        };
        let Some(digest_at) = record.get("digest") else {
            self.layers += 1;
            return Some(layer);
        };
        let digest = digest_at.text()?;
        let Some(known) = self.digests.get(digest) else {
            self.layers += 1;
            self.digests.insert(digest.to_string(), layer.clone());
            return Some(layer);
        };
        let same = Layer {
            digest: known.digest,
            ..layer
        };
        if same != *known {
            digest_at
                .problem(format!("layer `{digest}` has another size elsewhere"))
                .expected(format!(
                    "{}, {} unpacked, as where it is listed first",
                    known.compressed, known.unpacked
                ))
                .report();
        }
        Some(same)
    }

    /// Layers with these shares of the sizes. No other image has them.
    fn split_layers(&mut self, image: &str, split: Split, sizes: [Memory; 2]) -> Vec<Layer> {
        let Split { count, shares } = split;
        let [compressed, unpacked] = sizes.map(|size| shares.split(image, count as usize, size));
        let pairs = compressed.into_iter().zip(unpacked);
        pairs
            .map(|(compressed, unpacked)| {
                self.layers += 1;
                Layer {
                    digest: self.layers - 1,
                    compressed,
                    unpacked,
                }
            })
            .collect()
    }
}

/// A size as it is written in a scenario, where a MB is a MiB: what is no round number of
/// them to a tenth.
fn said(size: Memory) -> String {
    let exact = size.to_string();
    if size.as_bytes() < MIB || !exact.ends_with(" B") && !exact.ends_with(" KiB") {
        return exact;
    }
    let tenths = (u128::from(size.as_bytes()) * 10 + u128::from(MIB / 2)) / u128::from(MIB);
    format!("{}.{} MiB", tenths / 10, tenths % 10)
}

/// The compressed size of an image or a layer.
pub fn size(at: &Cursor<'_>) -> Option<Memory> {
    bounded(at, MOST_SIZE)
}

fn size_of_disk(at: &Cursor<'_>) -> Option<Memory> {
    bounded(at, MOST_ON_DISK)
}

fn bounded(at: &Cursor<'_>, most: Memory) -> Option<Memory> {
    let size = at.parse::<Memory>()?;
    if size == Memory::ZERO || size > most {
        at.problem(format!(
            "`{size}` cannot be the size of an image or a layer"
        ))
        .expected("above 0, and at most 1 TiB compressed")
        .report();
        return None;
    }
    Some(size)
}

/// The registry that Docker would pull an image of this name from: the part before the first
/// `/` when it looks like a host, else Docker Hub. Private registries of ECR are one.
pub fn registry_of(image: &str) -> &str {
    let host = match image.split_once('/') {
        Some((host, _)) if host.contains(['.', ':']) || host == "localhost" => host,
        _ => return "docker.io",
    };
    let is_amazon = host.ends_with(".amazonaws.com") || host.ends_with(".amazonaws.com.cn");
    match host {
        "index.docker.io" | "registry-1.docker.io" => "docker.io",
        _ if is_amazon && host.contains(".dkr.ecr") => "ECR",
        _ => host,
    }
}
