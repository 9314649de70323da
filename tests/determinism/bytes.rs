//! The same bytes on any number of threads, in any build, alone and beside other seeds.

use crate::files::*;
use crate::worlds::*;
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

#[test]
fn the_number_of_threads_changes_no_byte() {
    for (name, study) in worlds() {
        let one = five_seeds(&study, 1);
        for threads in [1, 2, 4] {
            assert_same(name, &one, &five_seeds(&study, threads));
        }
    }
}

/// Every file of a folder by its path, with the files of folders in it.
fn tree(folder: &Path, prefix: &str, files: &mut BTreeMap<String, Vec<u8>>) {
    for entry in std::fs::read_dir(folder).expect("the folder is there") {
        let path = entry.expect("the folder can be read").path();
        let name = path.file_name().expect("it has a name").to_string_lossy();
        let name = format!("{prefix}{name}");
        if path.is_dir() {
            tree(&path, &format!("{name}/"), files);
        } else {
            files.insert(name, std::fs::read(&path).expect("the file is there"));
        }
    }
}

#[test]
fn the_program_writes_the_same_folder_on_any_number_of_threads() {
    for scenario in ["quickstart", "placement", "trace"] {
        let folder = tempfile::tempdir().expect("there is room for a folder");
        let play = |threads: &str, out: &str| {
            let out = folder.path().join(out);
            let file = format!("{}/scenarios/{scenario}.yaml", env!("CARGO_MANIFEST_DIR"));
            let output = Command::new(env!("CARGO_BIN_EXE_ecsim"))
                .args(["run", &file, "--seeds", "3", "--tasks", "--events"])
                .args(["--threads", threads, "--out"])
                .arg(&out)
                .output()
                .expect("the program starts");
            let talk = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{talk}");
            let mut files = BTreeMap::from([("stdout".to_string(), output.stdout)]);
            tree(&out, "", &mut files);
            files
        };
        let one = play("1", "first");
        assert!(one.len() > 8, "{:?}", one.keys());
        for (threads, out) in [("1", "again"), ("2", "two"), ("4", "four")] {
            let other = play(threads, out);
            assert!(one.keys().eq(other.keys()), "{:?}", other.keys());
            for (name, bytes) in &one {
                assert!(*bytes == other[name], "{scenario}: {name} differs");
            }
        }
    }
}

#[test]
fn every_build_gives_the_fingerprints_it_always_gave() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fingerprints.txt");
    let mut found = String::from(
        "# world, file, SHA-256; see tests/determinism/\n\
         # `facts` is what happened in seed 1, without any report.\n",
    );
    for (name, study) in worlds() {
        for (file, bytes) in five_seeds(&study, 2) {
            found.push_str(&format!("{name} {file} {}\n", sha256(&bytes)));
        }
        found.push_str(&format!("{name} facts {}\n", facts(&study)));
    }
    if std::env::var_os("ECSIM_UPDATE").is_some() {
        std::fs::write(path, &found).expect("the file can be written");
    }
    let known = std::fs::read_to_string(path).expect("the fingerprints are there");
    let moved: Vec<&str> = found
        .lines()
        .filter(|line| !known.lines().any(|known| known == *line))
        .collect();
    assert!(moved.is_empty(), "moved:\n{}", moved.join("\n"));
    assert_eq!(known, found);
}

#[test]
fn a_seed_plays_the_same_alone_and_beside_others() {
    for (name, study) in worlds() {
        // `count: fit` looks at the study's seeds whatever is played.
        let together = play(&study, &[1, 2, 3, 4, 5], 2, &mut ());
        let alone = play(&study, &[4], 1, &mut ());
        for (one, all) in alone.variants.iter().zip(&together.variants) {
            let (one_row, all_row) = (one.runs.rows().next(), all.runs.rows().nth(3));
            assert!(one_row.is_some());
            assert_eq!(one_row, all_row, "{name} {}", one.name);
        }
    }
}

#[test]
fn variants_that_are_equal_do_not_differ_at_all() {
    for (name, study) in worlds() {
        let plan = &study.variants[0];
        let twins = ["one", "two", "three"].map(|variant| named(plan.clone(), variant));
        let results = play(&self::study(twins.into()), &[1, 2, 3, 4], 2, &mut ());
        for variant in &results.variants[1..] {
            let figures = 0..variant.figures.len();
            let differences = figures.filter_map(|index| results.difference(variant, index));
            let differences: Vec<_> = differences.collect();
            assert!(!differences.is_empty());
            for difference in differences {
                let mean = difference.estimate.mean;
                assert!(mean.is_none_or(|mean| mean == 0.0), "{name}: {mean:?}");
            }
        }
    }
}
