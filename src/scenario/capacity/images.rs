//! Reads `images` and `registries`, and adds the images that containers name without a listing.
//! Layers with the same digest are one layer, which all their images share.

use crate::plan::{Assumptions, CONCENTRATIONS, Image, Layer, LayerShares, MOST_LAYERS, Registry};
use crate::scenario::keys::images::{
    IMAGE, LAYER, LAYER_SHARES, LAYER_SPLIT, PULL_LIMIT, REGISTRY,
};
use crate::scenario::reading::reader::{Cursor, Record, ticked};
use crate::scenario::reading::tree::Value;
use crate::units::{MIB, Memory, Span};
use std::collections::BTreeMap;

/// The largest compressed size of an image or a layer. It is above what registries accept
/// (facts/platform.md 3.1.2) and keeps sums within 64 bits.
const MOST_SIZE: Memory = Memory::gib(1 << 10);

/// The largest unpacked size, 2.6 times the largest compressed one; it keeps sums within 64 bits.
const MOST_ON_DISK: Memory = Memory::bytes(MOST_SIZE.as_bytes() / 5 * 13);

/// Images and registries: first the listed ones, then those that containers name, in the order of
/// their first use. The order decides their indices in the plan.
pub struct Images {
    defaults: Defaults,
    images: Vec<Image>,
    registries: Vec<Registry>,
    by_name: BTreeMap<String, usize>,
    /// Layers by digest, with the sizes at the first listing.
    digests: BTreeMap<String, Layer>,
    /// Number of different layers so far; the next new layer gets this index.
    layers: usize,
}

/// The properties of an image that does not give them.
struct Defaults {
    /// Compressed size.
    size: Memory,
    /// Number of layers.
    layers: u64,
    /// Unpacked bytes per million compressed ones.
    ratio: u64,
}

impl Defaults {
    /// The unpacked size of compressed bytes, rounded down to bytes (facts/platform.md 3.3.1).
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
        defaults: Defaults {
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
    /// The index of an image; a new image is added with the default size and layers.
    pub fn index(&mut self, name: &str) -> usize {
        if let Some(known) = self.by_name.get(name) {
            return *known;
        }
        let Defaults { size, layers, .. } = self.defaults;
        let sizes = [size, self.defaults.unpacked(size)];
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

    /// The index of a new build of an image for a release: its last `renewed` layers (`None`: all)
    /// are new, the others are those of the image.
    pub fn build(&mut self, name: &str, release: &str, renewed: Option<usize>) -> usize {
        let base = self.index(name);
        let built = format!("{name} (build of {release})");
        if let Some(known) = self.by_name.get(&built) {
            return *known;
        }
        let mut image = self.images[base].clone();
        let count = image.layers.len();
        let kept = renewed.map_or(0, |renewed| count.saturating_sub(renewed));
        for layer in &mut image.layers[kept..] {
            layer.digest = self.layers;
            self.layers += 1;
        }
        self.add(Image {
            name: built,
            assumed: false,
            ..image
        })
    }

    /// The index of an image that is listed or used; any other name is reported.
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

    /// The index of a registry that is listed or used; any other name is reported.
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

    /// Notes the images whose size is not given.
    pub fn note_assumed(&self, at: &Cursor<'_>) {
        let assumed = self.images.iter().filter(|image| image.assumed);
        let names: Vec<&str> = assumed.map(|image| image.name.as_str()).collect();
        if names.is_empty() {
            return;
        }
        at.problem(format!(
            "{} {} not given: assuming {} in {} layers",
            match names.len() {
                1 => format!("the size of image {}", ticked(names.iter().copied())),
                _ => format!("the sizes of images {}", ticked(names.iter().copied())),
            },
            if names.len() == 1 { "is" } else { "are" },
            written(self.defaults.size),
            self.defaults.layers
        ))
        .hint(format!(
            "add `images: [{{ name: \"{}\", size: {} }}]`",
            names[0],
            written(self.defaults.size)
        ))
        .note()
        .report();
    }

    /// Images and registries for the plan.
    pub fn into_plan(self) -> (Vec<Image>, Vec<Registry>) {
        (self.images, self.registries)
    }

    fn add(&mut self, image: Image) -> usize {
        let index = self.images.len();
        self.by_name.insert(image.name.clone(), index);
        self.images.push(image);
        index
    }

    /// The index of a registry; a new registry is added without a pull limit.
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
            // The name is known, so that references to it are not reported. The index does not
            // matter: a reading with an error has no plan.
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

    /// The layers of an image that gives their number or nothing.
    fn counted_layers(
        &mut self,
        record: &Record<'_>,
        name: &str,
        count: Option<&Cursor<'_>>,
    ) -> Option<Vec<Layer>> {
        let split = match count {
            Some(at) => split(at),
            None => Some(Split::falling(self.defaults.layers)),
        };
        let size = match record.get("size") {
            Some(at) => size(&at),
            None => Some(self.defaults.size),
        };
        let on_disk = match record.get("unpackedSize") {
            Some(at) => size_of_disk(&at),
            None => size.map(|size| self.defaults.unpacked(size)),
        };
        Some(self.split_layers(name, split?, [size?, on_disk?]))
    }

    /// The layers of an image that lists them.
    fn listed_layers(&mut self, record: &Record<'_>, list: &Cursor<'_>) -> Option<Vec<Layer>> {
        let mark = list.context.mark();
        for key in ["size", "unpackedSize"] {
            if let Some(at) = record.get(key) {
                at.problem(format!("`{key}` is the sum of the listed layers"))
                    .hint(format!("remove `{key}`, or give `layers` a number"))
                    .report();
            }
        }
        let items = list.list();
        if !(1..=MOST_LAYERS as usize).contains(&items.len()) && list.context.mark() == mark {
            list.problem(format!("an image cannot have {} layers", items.len()))
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
            None => compressed.map(|size| self.defaults.unpacked(size)),
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
                .problem(format!(
                    "layer `{digest}` is listed with another size before"
                ))
                .expected(format!(
                    "{}, {} unpacked, as at its first listing",
                    known.compressed, known.unpacked
                ))
                .report();
        }
        Some(same)
    }

    /// New layers with these shares of the sizes, which no other image shares.
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

/// A size as it is written in a scenario, where MB means MiB. A size that is not whole MiB is
/// rounded to a tenth of a MiB.
fn written(size: Memory) -> String {
    let exact = size.to_string();
    if size.as_bytes() < MIB || !exact.ends_with(" B") && !exact.ends_with(" KiB") {
        return exact;
    }
    let tenths = (u128::from(size.as_bytes()) * 10 + u128::from(MIB / 2)) / u128::from(MIB);
    format!("{}.{} MiB", tenths / 10, tenths % 10)
}

/// Reads the compressed size of an image or a layer: above 0 and at most 1 TiB.
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

/// The registry that Docker pulls an image of this name from: the part before the first `/` if it
/// contains `.` or `:` or is `localhost`, else `docker.io`. All private registries of ECR are one
/// registry named `ECR`.
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
