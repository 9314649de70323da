//! Images, layers and registries.

use super::{check, valid, with};
use crate::plan::{Delays, Image, Plan};
use crate::scenario::capacity::images::registry_of;
use crate::units::{Memory, Span};

fn with_images(images: &str) -> String {
    with("delays: none", &format!("delays: none\nimages:\n{images}"))
}

#[track_caller]
fn plan(text: &str) -> Plan {
    valid(text, &[]).study.variants[0].clone()
}

fn bytes(image: &Image) -> Vec<u64> {
    let layers = image.layers.iter();
    layers.map(|layer| layer.compressed.as_bytes()).collect()
}

#[test]
fn an_image_that_is_not_listed_has_the_default_size() {
    let loaded = valid(super::VALID, &[]);
    let plan = &loaded.study.variants[0];
    let image = &plan.images[0];
    assert_eq!(
        (image.name.as_str(), image.layers.len()),
        ("shop/report:1", 9)
    );
    assert!(image.assumed && !image.missing);
    assert_eq!(image.compressed(), 180_000_000);
    let unpacked: u64 = image.layers.iter().map(|l| l.unpacked.as_bytes()).sum();
    assert_eq!(unpacked, 468_000_000);
    assert_eq!(plan.registries[image.registry].name, "docker.io");
    assert!(loaded.warnings.is_empty());
}

#[test]
fn assumed_image_sizes_are_a_note_with_realistic_delays() {
    let loaded = valid(&with("delays: none", "delays: realistic"), &[]);
    assert_eq!(loaded.study.variants[0].delays, Delays::Realistic);
    assert_eq!(
        loaded.notes[0].headline(),
        "delays: the size of image `shop/report:1` is not given: assuming 171.7 MiB in 9 layers"
    );
    let listed = with_images("  - { name: shop/report:1, size: 20 MiB }")
        .replace("delays: none", "delays: realistic");
    assert!(valid(&listed, &[]).notes.is_empty());
    assert!(loaded.study.warnings.is_empty() && loaded.warnings.is_empty());
}

#[test]
fn sizes_of_layers_are_proportional_to_one_over_k() {
    let plan = plan(&with_images(
        "  - { name: shop/report:1, size: 1100 B, layers: 3 }\n",
    ));
    // 1 : 1/2 : 1/3 = 6 : 3 : 2 of 11, rounded down in units of 2⁻³²; the last takes the rest.
    assert_eq!(bytes(&plan.images[0]), [600, 300, 200]);
    assert!(!plan.images[0].assumed);
    let unpacked: u64 = plan.images[0]
        .layers
        .iter()
        .map(|l| l.unpacked.as_bytes())
        .sum();
    assert_eq!(unpacked, 2_860);
}

#[test]
fn layers_of_equal_digest_are_shared() {
    let plan = plan(&with_images(
        "  - { name: a, layers: [{ digest: base, size: 30 MiB }, { size: 2 MiB, unpackedSize: 3 MiB }] }
  - { name: b, layers: [{ size: 1 MiB }, { digest: base, size: 30 MiB }] }
",
    ));
    let digests = |image: usize| -> Vec<usize> {
        plan.images[image]
            .layers
            .iter()
            .map(|layer| layer.digest)
            .collect()
    };
    assert_eq!((digests(0), digests(1)), (vec![0, 1], vec![2, 0]));
    assert_eq!(plan.images[0].layers[1].unpacked, Memory::mib(3));
    assert_eq!(plan.images[0].layers[0].unpacked, Memory::mib(78));
    assert!(plan.images.iter().skip(2).all(|image| image.assumed));
    check(
        &with_images(
            "  - { name: a, layers: [{ digest: base, size: 30 MiB }] }
  - { name: b, layers: [{ digest: base, size: 31 MiB }] }
",
        ),
        r#"
error: layer `base` is listed with another size before
  shop.yaml:21:35  images.b.layers.0.digest
  21 |   - { name: b, layers: [{ digest: base, size: 31 MiB }] }
     |                                   ^^^^
hint: expected 30 MiB, 78 MiB unpacked, as at its first listing"#,
    );
}

#[test]
fn invalid_images_are_refused() {
    check(
        &with_images("  - { name: a, size: 0 MiB }\n"),
        r#"
error: `0 MiB` cannot be the size of an image or a layer
  shop.yaml:20:22  images.a.size
  20 |   - { name: a, size: 0 MiB }
     |                      ^^^^^
hint: expected above 0, and at most 1 TiB compressed"#,
    );
    check(
        &with_images("  - { name: a, size: 2 TiB }\n"),
        r#"
error: `2 TiB` cannot be the size of an image or a layer
  shop.yaml:20:22  images.a.size
  20 |   - { name: a, size: 2 TiB }
     |                      ^^^^^
hint: expected above 0, and at most 1 TiB compressed"#,
    );
    check(
        &with_images("  - { name: a, layers: 0 }\n"),
        r#"
error: `0` is not valid here
  shop.yaml:20:24  images.a.layers
  20 |   - { name: a, layers: 0 }
     |                        ^
hint: expected a whole number from 1 to 127"#,
    );
    check(
        &with_images("  - { name: a, layers: [] }\n"),
        r#"
error: an image cannot have 0 layers
  shop.yaml:20:24  images.a.layers
  20 |   - { name: a, layers: [] }
     |                        ^
hint: expected 1 to 127 layers"#,
    );
    check(
        &with_images("  - { name: a, size: 1 MiB, layers: [{ size: 1 MiB }] }\n"),
        r#"
error: `size` is the sum of the listed layers
  shop.yaml:20:22  images.a.size
  20 |   - { name: a, size: 1 MiB, layers: [{ size: 1 MiB }] }
     |                      ^^^^^
hint: remove `size`, or give `layers` a number"#,
    );
    check(
        &with_images("  - { name: a, sizes: 1 MiB }\n"),
        r#"
error: `sizes` is not a key of `image`
  shop.yaml:20:16  images.a.sizes
  20 |   - { name: a, sizes: 1 MiB }
     |                ^^^^^
hint: did you mean `size`?"#,
    );
    check(
        &with_images("  - { name: a }\n  - { name: a }\n"),
        r#"
error: there are two entries named `a`
  shop.yaml:21:5  images.a
  21 |   - { name: a }
     |     ^
hint: names must differ"#,
    );
}

#[test]
fn a_missing_image_is_not_assumed() {
    let plan = plan(&with_images("  - { name: shop/report:1, missing: true }\n"));
    assert!(plan.images[0].missing && !plan.images[0].assumed);
    assert_eq!(plan.images.len(), 1);
}

#[test]
fn registries_are_found_as_docker_finds_them() {
    for (image, registry) in [
        ("nginx", "docker.io"),
        ("shop/report:1", "docker.io"),
        ("index.docker.io/library/nginx", "docker.io"),
        ("123456789012.dkr.ecr.us-east-1.amazonaws.com/shop:1", "ECR"),
        (
            "123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn/shop:1",
            "ECR",
        ),
        ("public.ecr.aws/nginx/nginx:latest", "public.ecr.aws"),
        ("ghcr.io/a/b@sha256:0", "ghcr.io"),
        ("localhost/a", "localhost"),
        ("registry:5000/a", "registry:5000"),
    ] {
        assert_eq!(registry_of(image), registry, "{image}");
    }
}

#[test]
fn registries_have_limits_when_they_are_listed() {
    let text = with_images(
        "  - { name: a, size: 1 MiB, registry: mirror }
registries:
  - { name: docker.io, pullLimit: { pulls: 100, per: 6h } }
",
    );
    let plan = plan(&text);
    let found: Vec<_> = plan
        .registries
        .iter()
        .map(|r| (r.name.as_str(), r.limit))
        .collect();
    let limit = Some((100, Span::hours(6)));
    assert_eq!(found, [("docker.io", limit), ("mirror", None)]);
    assert_eq!(plan.images[0].registry, 1);
    check(
        &text.replace(", per: 6h", ""),
        r#"
error: `per` is missing
  shop.yaml:22:35  registries."docker.io".pullLimit
  22 |   - { name: docker.io, pullLimit: { pulls: 100 } }
     |                                   ^
hint: add `per:`, length of the period, above 0"#,
    );
    check(
        &text.replace("per: 6h", "per: 0s"),
        r#"
error: `per` must be above 0
  shop.yaml:22:54  registries."docker.io".pullLimit.per
  22 |   - { name: docker.io, pullLimit: { pulls: 100, per: 0s } }
     |                                                      ^^"#,
    );
    check(
        &text.replace("pulls: 100", "pulls: 0"),
        r#"
error: `0` is not valid here
  shop.yaml:22:44  registries."docker.io".pullLimit.pulls
  22 |   - { name: docker.io, pullLimit: { pulls: 0, per: 6h } }
     |                                            ^
hint: expected a whole number from 1 to 1000000000"#,
    );
}

#[test]
fn a_variant_changes_an_image_by_name() {
    let text = format!(
        "{}variants:\n  - name: small\n    images: [{{ name: shop/report:1, size: 5 MiB }}]\n",
        with_images("  - { name: shop/report:1, size: 9 MiB, layers: 2 }\n")
    );
    let plan = plan(&text);
    assert_eq!(plan.images[0].compressed(), 5 << 20);
    assert_eq!(plan.images[0].layers.len(), 2);
}

#[test]
fn layers_with_drawn_shares_are_the_same_in_every_variant_and_seed() {
    let drawn = |name: &str| {
        format!(
            "  - {{ name: {name}, size: 180 MiB, layers: {{ count: 5, shares: {{ dirichlet: 1 }} }} }}\n"
        )
    };
    let images = [drawn("shop/report:1"), drawn("shop/report:2")].concat();
    let first = plan(&with_images(&images)).images;
    let second = plan(&with_images(&drawn("shop/report:1"))).images;
    assert_eq!(first[0].layers, second[0].layers);
    assert!(!first[0].assumed);
    let (one, other) = (bytes(&first[0]), bytes(&first[1]));
    assert_eq!(
        one,
        [46_056_586, 13_828_750, 10_764_749, 84_199_313, 33_894_282]
    );
    assert_ne!(one, other);
    for image in &first[..2] {
        assert_eq!(image.compressed(), 180 << 20);
        let unpacked: u64 = image.layers.iter().map(|l| l.unpacked.as_bytes()).sum();
        assert_eq!(unpacked, (180 << 20) * 13 / 5);
    }
}

#[test]
fn a_setting_changes_a_law_of_shares() {
    let image = "  - { name: a, size: 9 MiB, layers: { count: 2, shares: { dirichlet: 1 } } }\n";
    let text = with_images(image);
    let layers = |set: &[&str]| {
        let loaded = valid(&text, set);
        loaded.study.variants[0].images[0].layers.clone()
    };
    assert_eq!(layers(&[]).len(), 2);
    assert_eq!(layers(&["images.a.layers.count=7"]).len(), 7);
    assert_ne!(
        layers(&["images.a.layers.shares.dirichlet=50"]),
        layers(&[])
    );
    assert_eq!(layers(&["images.a.layers=3"]).len(), 3);
    let listed = with_images("  - { name: a, layers: [{ size: 9 MiB }, { size: 1 MiB }] }\n");
    let loaded = valid(&listed, &["images.a.layers.1.size=5 MiB"]);
    assert_eq!(
        bytes(&loaded.study.variants[0].images[0]),
        [9 << 20, 5 << 20]
    );
}

#[test]
fn laws_of_shares_that_cannot_be_drawn_are_refused() {
    let with_layers = |layers: &str| with_images(&format!("  - {{ name: a, layers: {layers} }}\n"));
    check(
        &with_layers("{ count: 9, shares: { dirichlet: 0 } }"),
        r#"
error: `dirichlet` must lie between 0.001 and 1000000
  shop.yaml:20:57  images.a.layers.shares.dirichlet
  20 |   - { name: a, layers: { count: 9, shares: { dirichlet: 0 } } }
     |                                                         ^
hint: 1 makes every split equally likely, 10 makes the layers much alike"#,
    );
    check(
        &with_layers("{ count: 0, shares: { dirichlet: 1 } }"),
        r#"
error: `0` is not valid here
  shop.yaml:20:33  images.a.layers.count
  20 |   - { name: a, layers: { count: 0, shares: { dirichlet: 1 } } }
     |                                 ^
hint: expected a whole number from 1 to 127"#,
    );
    check(
        &with_layers("{ count: 9 }"),
        r#"
error: `shares` is missing
  shop.yaml:20:24  images.a.layers
  20 |   - { name: a, layers: { count: 9 } }
     |                        ^
hint: add `shares:`, the law of their shares of the size"#,
    );
}
