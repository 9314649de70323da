//! Field tables of images and registries.

use super::table::{Field, Table, Type};
use crate::plan::MOST_LAYERS;
use Type::{Bool, Duration, Either, Integer, List, Map, Name, Number, Size};

/// An item of `images`.
pub static IMAGE: Table = Table {
    name: "image",
    doc: "A container image. One that containers name and nobody lists has 171.7 MiB in 9 layers \
          (facts/platform.md 3.3.1, 3.3.4).",
    fields: &[
        Field::new("name", Name, "as containers name it").required(),
        Field::new("size", Size, "compressed, as it is pulled")
            .rule("the sum of its layers, else 171.7 MiB (180,000,000 bytes)"),
        Field::new("unpackedSize", Size, "on the disk").rule("2.6 × `size`"),
        Field::new(
            "layers",
            Either(&[
                Integer(1, MOST_LAYERS as u64),
                Map(&LAYER_SPLIT),
                List(&Map(&LAYER)),
            ]),
            "how many: the k-th has a share of 1/k, the last takes what rounding leaves; or how \
             many with drawn shares; or each by itself",
        )
        .preset("9"),
        Field::new("registry", Name, "where it is pulled from").rule(
            "from its name, as Docker does: `docker.io` without a host; `ECR` for \
             `*.dkr.ecr.*.amazonaws.com`",
        ),
        Field::new("missing", Bool, "it does not exist: every pull fails").preset("false"),
    ],
};

/// `layers` with shares that are drawn.
pub static LAYER_SPLIT: Table = Table {
    name: "layerSplit",
    doc: "Layers whose shares of the image's size are drawn once for the image.",
    fields: &[
        Field::new("count", Integer(1, MOST_LAYERS as u64), "number of layers").required(),
        Field::new("shares", Map(&LAYER_SHARES), "the law of their shares").required(),
    ],
};

/// `shares`.
pub static LAYER_SHARES: Table = Table {
    name: "layerShares",
    doc: "The law of the shares of an image's layers. It is drawn by the image's name: the same in \
          every seed and variant.",
    fields: &[Field::new(
        "dirichlet",
        Number,
        "symmetric Dirichlet law with this concentration, 0.001 to 1000000: 1 makes every split \
         equally likely, more makes the layers more equal",
    )
    .required()],
};

/// An item of `layers`.
pub static LAYER: Table = Table {
    name: "layer",
    doc: "A layer of an image.",
    fields: &[
        Field::new(
            "digest",
            Name,
            "images that have a layer of the same digest share it",
        )
        .rule("its own"),
        Field::new("size", Size, "compressed, as it is pulled").required(),
        Field::new("unpackedSize", Size, "on the disk").rule("2.6 × `size`"),
    ],
};

/// An item of `registries`.
pub static REGISTRY: Table = Table {
    name: "registry",
    doc: "A registry. Those that nobody lists have no limit.",
    fields: &[
        Field::new(
            "name",
            Name,
            "`ECR`, or the host's name such as `docker.io`",
        )
        .required(),
        Field::new(
            "pullLimit",
            Map(&PULL_LIMIT),
            "beyond it pulls fail (facts/platform.md 3.4.1)",
        )
        .rule("no limit"),
    ],
};

/// `pullLimit`.
pub static PULL_LIMIT: Table = Table {
    name: "pullLimit",
    doc: "At most so many pulls in so long.",
    fields: &[
        Field::new("pulls", Integer(1, 1_000_000_000), "so many pulls").required(),
        Field::new("per", Duration, "in so long").required(),
    ],
};
