//! Files that are not scenarios, and hostile files: each gives an error with its place, never a
//! panic.

use super::{VALID, check, problems, with};

#[test]
fn an_empty_file_is_refused() {
    check(
        "",
        r#"
error: the file is empty
  shop.yaml:1:1"#,
    );
    check(
        "# only a comment\n",
        r#"
error: the file is empty
  shop.yaml:1:1
  1 | # only a comment
    | ^"#,
    );
}

#[test]
fn what_is_not_yaml_is_located() {
    check(
        "ecsim: 1\nname: [shop\nuntil: 7d\n",
        r#"
error: this is not valid YAML or JSON: illegal placement of ':' indicator
  shop.yaml:3:6
  3 | until: 7d
    |      ^"#,
    );
    check(
        "ecsim: 1\n\tname: shop\n",
        r#"
error: this is not valid YAML or JSON: while scanning a plain scalar, found a tab
  shop.yaml:1:8
  1 | ecsim: 1
    |        ^"#,
    );
    check(
        "just words",
        r#"
error: a scenario is a map of keys
  shop.yaml:1:1
  1 | just words
    | ^^^^^^^^^^
hint: begin with `ecsim: 1` and `name: my-scenario`"#,
    );
    check(
        "a: 1\n---\nb: 2\n",
        r#"
error: a file holds one document; this one has several
  shop.yaml:3:1
  3 | b: 2
    | ^
hint: remove what follows `---`"#,
    );
    check(
        "a: *nobody\n",
        r#"
error: this is not valid YAML or JSON: alias references unknown anchor
  shop.yaml:1:4
  1 | a: *nobody
    |    ^"#,
    );
    check(
        "a: !!int x\n",
        r#"
error: this is not valid YAML or JSON: invalid u64
  shop.yaml:1:10
  1 | a: !!int x
    |          ^"#,
    );
}

#[test]
fn deep_nesting_is_refused() {
    let flow = format!("a: {}{}", "[".repeat(100_000), "]".repeat(100_000));
    check(
        &flow,
        r#"
error: this is nested more than 48 levels deep
  shop.yaml:1:52
  1 | [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[
    |                                 ^
hint: reduce the nesting"#,
    );
    let block: String = (0..2_000)
        .map(|depth| format!("{}a:\n", " ".repeat(depth)))
        .collect();
    check(
        &block,
        r#"
error: this is nested more than 48 levels deep
  shop.yaml:49:49
  49 |                                                 a:
     |                                                 ^
hint: reduce the nesting"#,
    );
}

#[test]
fn alias_bombs_are_refused() {
    let mut text = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..12 {
        let before = level - 1;
        let items = vec![format!("*a{before}"); 10].join(", ");
        text.push_str(&format!("a{level}: &a{level} [{items}]\n"));
    }
    check(
        &text,
        r#"
error: the file has more than 250,000 values, with those that its aliases repeat
  shop.yaml:6:15
  6 | a5: &a5 [*a4, *a4, *a4, *a4, *a4, *a4, *a4, *a4, *a4, *a4]
    |               ^
hint: move long lists to files: `empirical`, `trace`"#,
    );
}

#[test]
fn more_than_16_mib_is_refused() {
    let text = format!("{VALID}# {}\n", "x".repeat(16 << 20));
    check(
        &text,
        r#"
error: the text is larger than 16 MiB
  shop.yaml:1:1
  1 | ecsim: 1
    | ^"#,
    );
}

#[test]
fn anchors_and_merge_keys_work() {
    let text = with("    duration: 90s", "    duration: &d 90s\n    group: *d");
    assert_eq!(problems(&text, &[]), "none");
}

#[test]
fn no_prefix_of_a_scenario_panics() {
    for end in 0..VALID.len() {
        let _ = problems(&VALID[..end], &[]);
    }
}

#[test]
fn no_single_changed_byte_panics() {
    for at in 0..VALID.len() {
        for byte in [
            b'\n', b' ', b'{', b'[', b':', b'-', b'"', b'&', b'0', b'\x07', b'|',
        ] {
            let mut bytes = VALID.as_bytes().to_vec();
            bytes[at] = byte;
            let _ = problems(&String::from_utf8(bytes).unwrap(), &[]);
        }
    }
}

#[test]
fn a_hundred_thousand_problems_are_cut_short() {
    let mut text = String::from(VALID);
    for number in 0..100_000 {
        text.push_str(&format!("k{number}: x\n"));
    }
    let found = problems(&text, &[]);
    assert_eq!(found.matches("error:").count(), 1_001);
    assert!(found.contains("there are more problems; only the first 1000 are listed"));
}
