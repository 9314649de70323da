//! `expect`: figures, variants, bounds and their units.

use super::{VALID, check, problems, valid};

#[test]
fn expectations_are_checked() {
    let expect = |lines: &str| format!("{VALID}expect:\n{lines}");
    let text = expect(
        "  - { figure: cost.total.perMonth, below: $450, above: 12 }\n  - { figure: tasks.reports.wait.p95, atMost: 3m }\n  - { figure: capacity.ec2.cpu.reserved, atLeast: 5% }\n  - { figure: tasks.all.arrived.count, equals: 840 }\n",
    );
    let study = valid(&text, &[]).study;
    let values: Vec<f64> = study
        .expectations
        .iter()
        .flat_map(|e| e.bounds.iter().map(|b| b.value))
        .collect();
    assert_eq!(values, [450.0, 12.0, 180.0, 0.05, 840.0]);
    assert_eq!(study.expectations[0].bounds[0].text, "$450");
    check(
        &expect("  - { figure: cost.totl.perMonth, below: $450 }\n"),
        r#"
error: there is no figure `cost.totl.perMonth`
  shop.yaml:20:15  expect.0.figure
  20 |   - { figure: cost.totl.perMonth, below: $450 }
     |               ^^^^^^^^^^^^^^^^^^
hint: did you mean `cost.total.perMonth`?"#,
    );
    check(
        &expect("  - { figure: cost.total.perMonth, below: cheap }\n"),
        r#"
error: `cheap` is not a value of `cost.total.perMonth`
  shop.yaml:20:43  expect.0.below
  20 |   - { figure: cost.total.perMonth, below: cheap }
     |                                           ^^^^^
hint: expected dollars such as `$450`"#,
    );
    check(
        &expect("  - { figure: tasks.reports.wait.p95, below: $4 }\n"),
        r#"
error: `$4` is not a value of `tasks.reports.wait.p95`
  shop.yaml:20:46  expect.0.below
  20 |   - { figure: tasks.reports.wait.p95, below: $4 }
     |                                              ^^
hint: expected a duration such as `3m`"#,
    );
    check(
        &expect("  - { figure: tasks.reports.wait.p95, below: 22 }\n"),
        r#"
error: `22` has no unit
  shop.yaml:20:46  expect.0.below
  20 |   - { figure: tasks.reports.wait.p95, below: 22 }
     |                                              ^^
hint: expected a duration such as `3m`; for seconds write `22s`"#,
    );
    check(
        &expect("  - { figure: tasks.reports.waited.share, above: 99 }\n"),
        r#"
error: `99` is not a share
  shop.yaml:20:50  expect.0.above
  20 |   - { figure: tasks.reports.waited.share, above: 99 }
     |                                                  ^^
hint: expected a number between 0 and 1, or a share written as `99%`"#,
    );
    for edge in ["0", "1", "0%", "100%", "0.5"] {
        valid(
            &expect(&format!(
                "  - {{ figure: tasks.reports.waited.share, atMost: {edge} }}\n"
            )),
            &[],
        );
    }
    for over in ["101%", "-1%", "1.01"] {
        let text = expect(&format!(
            "  - {{ figure: tasks.reports.waited.share, atMost: {over} }}\n"
        ));
        let found = problems(&text, &[]);
        assert!(
            found.contains(&format!("`{over}` is not a share")),
            "{found}"
        );
    }
    // 0 needs no unit.
    valid(
        &expect("  - { figure: tasks.reports.wait.max, equals: 0 }\n"),
        &[],
    );
    check(
        &expect("  - { figure: cost.total.perMonth }\n"),
        r#"
error: this expectation has no bound
  shop.yaml:20:5  expect.0
  20 |   - { figure: cost.total.perMonth }
     |     ^
hint: give `below`, `above`, `atMost`, `atLeast` or `equals`"#,
    );
    check(
        &expect("  - { figure: cost.total, variant: nobody, below: 1 }\n"),
        r#"
error: there is no variant `nobody`
  shop.yaml:20:36  expect.0.variant
  20 |   - { figure: cost.total, variant: nobody, below: 1 }
     |                                    ^^^^^^
hint: known: `base`"#,
    );
}
