//! Tasks per arrival: fixed, or drawn by a law of counts.

use super::{check, valid, with};
use crate::engine::random::CountLaw;

fn with_count(text: &str) -> String {
    with(
        "    duration: 90s",
        &format!("    count: {text}\n    duration: 90s"),
    )
}

fn count(text: &str) -> CountLaw {
    let loaded = valid(&with_count(text), &[]);
    loaded.study.variants[0].tasks[0].count.clone()
}

#[test]
fn every_law_of_counts_is_read() {
    assert_eq!(count("3"), CountLaw::Fixed(3));
    assert_eq!(count("{ poisson: 0.5 }"), CountLaw::Poisson { mean: 0.5 });
    assert_eq!(
        count("{ geometric: { mean: 4 } }"),
        CountLaw::Geometric { mean: 4.0 }
    );
    assert_eq!(
        count("{ binomial: { n: 20, p: 10% } }"),
        CountLaw::binomial(20, 0.1)
    );
    assert_eq!(count("[3, 1]"), CountLaw::Sequence([3, 1].into()));
    check(
        &with_count("[3, 0]"),
        r#"
error: `0` is not valid here
  shop.yaml:17:16  tasks.reports.count.1
  17 |     count: [3, 0]
     |                ^
hint: expected a whole number from 1 to 1000000"#,
    );
}

#[test]
fn only_a_law_of_chance_needs_seeds() {
    let is_without_chance = |text: &str| {
        let text = with_count(&format!("{text}\n    placementPolicy: firstFit"))
            .replace("{ poisson: 5/h }", "{ every: 30s }");
        valid(&text, &[]).study.variants[0].is_without_chance()
    };
    assert!(is_without_chance("3") && is_without_chance("[3, 1]"));
    assert!(is_without_chance("{ geometric: { mean: 1 } }"));
    assert!(!is_without_chance("{ poisson: 3 }"));
}

#[test]
fn a_variant_and_a_setting_replace_the_law() {
    let text = format!(
        "{}variants:\n  - name: even\n    tasks: [{{ name: reports, count: {{ geometric: {{ mean: 2 }} }} }}]\n",
        with_count("{ poisson: 3 }")
    );
    let settings = ["tasks.reports.count.binomial={ n: 5, p: 50% }"];
    let set: Vec<String> = settings.iter().map(ToString::to_string).collect();
    let of = |set: &[String]| {
        let set: Vec<&str> = set.iter().map(String::as_str).collect();
        valid(&text, &set).study.variants[0].tasks[0].count.clone()
    };
    assert_eq!(of(&[]), CountLaw::Geometric { mean: 2.0 });
    assert_eq!(of(&set), CountLaw::binomial(5, 0.5));
}

#[test]
fn laws_of_counts_that_cannot_be_drawn_are_refused() {
    check(
        &with_count("{ poisson: 0 }"),
        r#"
error: a mean of 0 is not valid here
  shop.yaml:17:23  tasks.reports.count.poisson
  17 |     count: { poisson: 0 }
     |                       ^
hint: expected a number above 0 and up to 1000000, the mean of the tasks per arrival"#,
    );
    check(
        &with_count("{ poisson: 22/s }"),
        r#"
error: `22/s` is not a number
  shop.yaml:17:23  tasks.reports.count.poisson
  17 |     count: { poisson: 22/s }
     |                       ^^^^
hint: expected a number of at least 0"#,
    );
    check(
        &with_count("{ geometric: { mean: 0.5 } }"),
        r#"
error: a mean of 0.5 is not valid here
  shop.yaml:17:33  tasks.reports.count.geometric.mean
  17 |     count: { geometric: { mean: 0.5 } }
     |                                 ^^^
hint: expected a number from 1 to 1000000: a geometric count is 1, 2, 3 …"#,
    );
    check(
        &with_count("{ binomial: { n: 0, p: 10% } }"),
        r#"
error: `0` is not valid here
  shop.yaml:17:29  tasks.reports.count.binomial.n
  17 |     count: { binomial: { n: 0, p: 10% } }
     |                             ^
hint: expected a whole number from 1 to 1000000"#,
    );
    check(
        &with_count("{ binomial: { n: 20, p: 0% } }"),
        r#"
error: a chance of 0 is not valid here
  shop.yaml:17:36  tasks.reports.count.binomial.p
  17 |     count: { binomial: { n: 20, p: 0% } }
     |                                    ^^
hint: expected a share above 0, such as `10%`"#,
    );
    check(
        &with_count("{ binomial: { n: 20, p: 110% } }"),
        r#"
error: `110%` is above 1
  shop.yaml:17:36  tasks.reports.count.binomial.p
  17 |     count: { binomial: { n: 20, p: 110% } }
     |                                    ^^^^
hint: expected a ratio between 0 and 1 such as `5%` or `0.05`"#,
    );
}

#[test]
fn counts_that_are_no_law_are_refused() {
    check(
        &with_count("{ binomial: { n: 20 } }"),
        r#"
error: `p` is missing
  shop.yaml:17:24  tasks.reports.count.binomial
  17 |     count: { binomial: { n: 20 } }
     |                        ^
hint: add `p:`, probability of success of each trial, above 0"#,
    );
    check(
        &with_count("{ poison: 3 }"),
        r#"
error: `poison` is not a key of `count`
  shop.yaml:17:14  tasks.reports.count.poison
  17 |     count: { poison: 3 }
     |              ^^^^^^
hint: did you mean `poisson`?"#,
    );
    check(
        &with_count("{ poisson: 3, geometric: { mean: 3 } }"),
        r#"
error: only one of these keys can be given
  shop.yaml:17:12  tasks.reports.count
  17 |     count: { poisson: 3, geometric: { mean: 3 } }
     |            ^
hint: keep one of `poisson`, `geometric`, `binomial`"#,
    );
    check(
        &with_count("0"),
        r#"
error: `0` is not valid here
  shop.yaml:17:12  tasks.reports.count
  17 |     count: 0
     |            ^
hint: expected a whole number from 1 to 1000000"#,
    );
}
