//! Field tables of container images and registries.

use super::table::{Field, Table, Type};
use crate::plan::MOST_LAYERS;
use Type::{Bool, Duration, Either, Integer, List, Map, Name, Number, Size};

/// An item of `images`.
pub static IMAGE: Table = Table {
    name: "image",
    doc: "A container image. An image that containers name and that is not listed has 171.7 MiB in 9 \
          layers (facts/platform.md 3.3.1, 3.3.4); `assumptions` can change this.",
    fields: &[
        Field::new("name", Name, "name of the image, as containers give it").required(),
        Field::new("size", Size, "compressed size: the bytes that are pulled")
            .rule("the sum of its listed layers, else 171.7 MiB (180,000,000 bytes)"),
        Field::new("unpackedSize", Size, "unpacked size: the bytes on the disk")
            .rule("2.6 × `size`"),
        Field::new(
            "layers",
            Either(&[
                Integer(1, MOST_LAYERS as u64),
                Map(&LAYER_SPLIT),
                List(&Map(&LAYER)),
            ]),
            "number of layers, or a list of them; with a number the size of the k-th layer is \
             proportional to 1/k, with `shares` it is drawn",
        )
        .preset("9"),
        Field::new("registry", Name, "registry that the image is pulled from").rule(
            "the host in its name: `docker.io` if there is none, `ECR` for \
             `*.dkr.ecr.*.amazonaws.com`",
        ),
        Field::new(
            "missing",
            Bool,
            "`true`: the image does not exist, and every pull fails",
        )
        .preset("false"),
    ],
};

/// `layers` with shares that are drawn.
pub static LAYER_SPLIT: Table = Table {
    name: "layerSplit",
    doc: "Layers whose shares of the image's size are drawn once for the image.",
    fields: &[
        Field::new("count", Integer(1, MOST_LAYERS as u64), "number of layers").required(),
        Field::new(
            "shares",
            Map(&LAYER_SHARES),
            "the law of their shares of the size",
        )
        .required(),
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
            "digest of the layer; images with the same digest share the layer",
        )
        .rule("no image shares the layer"),
        Field::new("size", Size, "compressed size: the bytes that are pulled").required(),
        Field::new("unpackedSize", Size, "unpacked size: the bytes on the disk")
            .rule("2.6 × `size`"),
    ],
};

/// An item of `registries`.
pub static REGISTRY: Table = Table {
    name: "registry",
    doc: "A registry of images. A registry that is not listed has no pull limit.",
    fields: &[
        Field::new(
            "name",
            Name,
            "`ECR`, or the name of the host such as `docker.io`",
        )
        .required(),
        Field::new(
            "pullLimit",
            Map(&PULL_LIMIT),
            "the most pulls in a period; further pulls fail (facts/platform.md 3.4.1)",
        )
        .rule("no limit"),
    ],
};

/// `pullLimit`.
pub static PULL_LIMIT: Table = Table {
    name: "pullLimit",
    doc: "The most pulls of images in a period.",
    fields: &[
        Field::new("pulls", Integer(1, 1_000_000_000), "number of pulls").required(),
        Field::new("per", Duration, "length of the period, above 0").required(),
    ],
};
