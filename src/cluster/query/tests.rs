//! The grammar of the cluster query language and the meaning of its comparisons.

use super::condition::Subject;
use super::*;
use crate::cluster::{GroupId, InstanceId};
use std::collections::BTreeMap;

/// An instance with 3 tasks, one of them of group 0, `service:web`. It registered an hour after
/// the start of the run, 2026-06-01.
struct Host;

impl Subject for Host {
    fn hosts(&self, group: GroupId) -> bool {
        group == GroupId::new(0)
    }
    fn tasks(&self) -> u64 {
        3
    }
    fn registered(&self) -> i64 {
        3_600_000_000
    }
    fn id(&self) -> InstanceId {
        InstanceId::new(12)
    }
}

fn bound(text: &str) -> Condition {
    let query = Query::parse(text).unwrap_or_else(|error| panic!("{text}: {error:?}"));
    let attributes = [
        ("ecs.instance-type", "g2.2xlarge"),
        ("ecs.availability-zone", "us-east-1a"),
        ("rack", "7"),
        ("stack", "prod blue"),
    ];
    let attributes: BTreeMap<String, String> = attributes
        .iter()
        .map(|(name, value)| (name.to_string(), value.to_string()))
        .collect();
    let groups = ["service:web", "family:report"];
    let groups = groups.iter().enumerate();
    let groups: BTreeMap<String, GroupId> = groups
        .map(|(at, name)| (name.to_string(), GroupId::new(at)))
        .collect();
    query.bind(&Known {
        attributes: &attributes,
        agent_version: Some("1.94.0"),
        groups: Some(&groups),
        // 2026-06-01T00:00:00Z.
        start: 1_780_272_000,
    })
}

#[track_caller]
fn holds(text: &str) -> bool {
    bound(text).holds(&Host)
}

#[track_caller]
fn fails(text: &str, at: &str, message: &str, expected: &str) {
    let error = Query::parse(text).expect_err(text);
    assert_eq!(&text[error.start..error.end], at, "{error:?}");
    assert_eq!(
        (error.message.as_str(), error.expected.as_str()),
        (message, expected)
    );
}

#[test]
fn fact_100_operators_have_symbols_and_words() {
    for (symbol, word) in [
        ("== g2.2xlarge", "equals g2.2xlarge"),
        ("!= g2.2xlarge", "not_equals g2.2xlarge"),
        ("=~ g2.*", "matches g2.*"),
        ("!~ g2.*", "not_matches g2.*"),
        ("in [a, g2.2xlarge]", "in ['a',\"g2.2xlarge\"]"),
        ("!in [a, b]", "not_in [a, b]"),
        ("exists", "exists"),
        ("!exists", "not_exists"),
        ("> g1", "greater_than g1"),
        (">= g2.2xlarge", "greater_than_equal g2.2xlarge"),
        ("< g1", "less_than g1"),
        ("<= g2.2xlarge", "less_than_equal g2.2xlarge"),
    ] {
        let of = |operator: &str| bound(&format!("attribute:ecs.instance-type {operator}"));
        assert_eq!(of(symbol), of(word), "{symbol} {word}");
    }
    assert!(holds("attribute:ecs.instance-type==g2.2xlarge"));
    assert!(holds("attribute:stack == 'prod blue'"));
    assert!(holds("attribute:stack == \"prod blue\""));
}

#[test]
fn fact_100_not_binds_tighter_than_and_and_and_tighter_than_or() {
    let (yes, no) = ("attribute:rack == 7", "attribute:rack == 8");
    assert!(holds(&format!("{yes} or {no} and {no}")));
    assert!(!holds(&format!("({yes} or {no}) and {no}")));
    assert!(holds(&format!("not {no} and {yes}")));
    assert!(holds(&format!("not {no} || {no}")));
    assert!(!holds(&format!("not ({no} or {yes})")));
    assert!(holds(&format!("!({no} && {yes})")));
    assert!(holds(&format!("not not {yes}")));
    assert!(holds(&format!("{no} or {no} or {yes} and not {no}")));
}

#[test]
fn fact_102_a_regular_expression_is_compared_with_the_whole_value() {
    assert!(holds("attribute:ecs.instance-type =~ g2.*"));
    assert!(!holds("attribute:ecs.instance-type =~ g2"));
    assert!(holds(
        "attribute:ecs.instance-type =~ 'g(2|3)\\.[0-9]+xlarge'"
    ));
    assert!(holds("attribute:ecs.instance-type =~ 'g3|g2.*'"));
    assert!(!holds("attribute:ecs.instance-type =~ 'g2|large'"));
    assert!(holds("attribute:ecs.instance-type =~ '(?i)G2.*'"));
    assert!(holds("attribute:ecs.instance-type =~ '[^]]+'"));
}

#[test]
fn fact_102_what_only_java_has_is_refused_where_it_stands() {
    let refused = |pattern: &str, at: &str, message: &str| {
        let text = format!("attribute:a =~ '{pattern}'");
        fails(&text, at, &format!("{message} in a regular expression"), "");
    };
    let look = "look-ahead and look-behind are not supported";
    refused("a(?=b)", "(?=", look);
    refused("a(?!b)", "(?!", look);
    refused("(?<=a)b", "(?<=", look);
    refused("(a)\\1", "\\1", "back-references are not supported");
    refused("(a)\\k<x>", "\\k", "back-references are not supported");
    refused("a*+", "+", "possessive repetitions are not supported");
    refused("a{2}+", "+", "possessive repetitions are not supported");
    refused("[a[b]]", "[", "a class inside of a class is not supported");
    refused(
        "[a&&b]",
        "&&",
        "the intersection of classes is not supported",
    );
    refused("\\p{L}", "\\p", "`\\p` is not supported");
    refused(
        "(?>a)",
        "(?>",
        "of the groups with `(?` only `(?:` and `(?i)` are supported",
    );
    let open = Query::parse("attribute:a =~ '(a'").expect_err("it is open");
    assert!(open.message.starts_with("this is not a regular expression"));
    assert!(Query::parse("attribute:a =~ 'a)|(b'").is_err());
}

#[test]
fn fact_103_task_group_is_about_the_tasks_on_the_instance() {
    assert!(holds("task:group == service:web"));
    assert!(!holds("not(task:group == service:web)"));
    assert!(!holds("task:group == family:report"));
    assert!(holds("task:group != family:report"));
    assert!(holds("task:group in [family:report, service:web]"));
    assert!(holds("task:group =~ service:.*"));
    // A group that no task is in.
    assert_eq!(bound("task:group == x"), Condition::Always(false));
}

#[test]
fn fact_104_versions_times_and_counts_are_compared_by_value() {
    assert!(holds("agentVersion > 1.9.0"));
    assert!(holds("agentVersion == 1.94"));
    assert!(!holds("agentVersion >= 1.94.1"));
    assert!(holds("registeredAt == 2026-06-01T01:00:00Z"));
    assert!(holds("registeredAt == 2026-06-01T03:00:00+02:00"));
    assert!(holds("registeredAt == 2026-06-01T01:00:00"));
    assert!(holds(
        "registeredAt > 2026-06-01 and registeredAt < 2026-06-02"
    ));
    assert!(holds("registeredAt > 2018-06-18T22:28:28+00:00"));
    assert!(holds("runningTasksCount == 3 and runningTasksCount < 4"));
    assert!(!holds("runningTasksCount > 3"));
    assert!(holds("agentConnected == true"));
    assert!(holds("ec2InstanceId == i-12"));
    assert!(holds("ec2InstanceId =~ i-1."));
    assert!(!holds("ec2InstanceId in [i-1, i-2]"));
    assert!(!holds("ec2InstanceId == i-012"));
    // Numbers are compared as such.
    assert!(holds("attribute:rack < 10"));
}

#[test]
fn fact_105_a_comparison_with_an_absent_attribute_is_false_unless_it_is_negated() {
    for no in ["== a", "in [a]", "=~ a.*", "exists", "> a", "<= a"] {
        assert!(!holds(&format!("attribute:none {no}")), "{no}");
    }
    for yes in ["!= a", "not_in [a]", "!~ a.*", "!exists"] {
        assert!(holds(&format!("attribute:none {yes}")), "{yes}");
    }
}

#[test]
fn what_is_known_of_a_pool_is_not_compared_per_instance() {
    assert_eq!(bound("attribute:rack == 7"), Condition::Always(true));
    let count = Condition::RunningTasks(Compare::Less, 5);
    assert_eq!(
        bound("attribute:rack == 7 and runningTasksCount < 5"),
        count
    );
    let never = bound("attribute:rack == 8 and runningTasksCount < 5");
    assert_eq!(never, Condition::Always(false));
    let all = bound("attribute:rack == 7 or runningTasksCount < 5");
    assert_eq!(all, Condition::Always(true));
}

#[test]
fn placements_can_make_some_conditions_true() {
    let can = |text| bound(text).can_come_true_by_a_placement();
    assert!(can("task:group == service:web"));
    assert!(!can("not(task:group == service:web)"));
    assert!(!can("task:group != service:web"));
    assert!(can("runningTasksCount > 2"));
    assert!(!can("runningTasksCount < 2"));
    assert!(can("runningTasksCount != 2"));
    assert!(can("not(runningTasksCount < 2)"));
    assert!(!can("registeredAt > 2026-06-01"));
}

#[test]
fn errors_stand_in_the_expression() {
    const SUBJECT: &str = "`agentConnected`, `agentVersion`, `attribute:<name>`, `ec2InstanceId`, \
                           `registeredAt`, `runningTasksCount` or `task:group`";
    const NAMES: &str = "`==`, `!=`, `in`, `not_in`, `=~` or `!~`";
    const AMOUNTS: &str = "`==`, `!=`, `>`, `>=`, `<` or `<=`";
    fails("", "", "the expression ends too early", SUBJECT);
    fails(
        "ecs.instance-type == a",
        "ecs.instance-type",
        "`ecs.instance-type` is not a subject",
        "`attribute:ecs.instance-type`",
    );
    fails("rack == 1", "rack", "`rack` is not a subject", SUBJECT);
    fails(
        "attribute:a == b AND attribute:c == d",
        "AND",
        "`AND` cannot stand here: keywords are in lower case",
        "`and`, `or`, or the end of the expression",
    );
    fails(
        "ec2InstanceId > i-1",
        ">",
        "`ec2InstanceId` does not have this operator",
        NAMES,
    );
    fails(
        "runningTasksCount !in [1]",
        "!in",
        "`runningTasksCount` does not have this operator",
        AMOUNTS,
    );
    fails(
        "attribute:a = b",
        "=",
        "`=` cannot stand here",
        "`==`, `!=`, `in`, `not_in`, `=~`, `!~`, `exists`, `!exists`, `>`, `>=`, `<` or `<=`",
    );
    fails(
        "attribute:a == [b]",
        "[",
        "`[` cannot stand here",
        "one value; lists are for `in` and `not_in`",
    );
    fails(
        "attribute:a in [b c]",
        "c",
        "`c` cannot stand here",
        "`,` or `]`",
    );
    fails(
        "(attribute:a == b",
        "",
        "the expression ends too early",
        "`)`, `and` or `or`",
    );
    fails(
        "attribute:a == 'b",
        "'b",
        "this quotation mark is not closed",
        "`'` after the value",
    );
    fails(
        "attribute:a ==",
        "",
        "the expression ends too early",
        "a value",
    );
    fails(
        "registeredAt > yesterday",
        "yesterday",
        "`yesterday` cannot stand here",
        "a time such as `2018-06-18T22:28:28+00:00`, or a date such as `2018-06-18`",
    );
    fails(
        "agentVersion > v1",
        "v1",
        "`v1` cannot stand here",
        "a version such as `1.94.0`",
    );
    fails(
        "runningTasksCount < many",
        "many",
        "`many` cannot stand here",
        "a whole number",
    );
    fails(
        "attribute:a == (b)",
        "(",
        "`(` cannot stand here",
        "a value; one with brackets or signs in quotes",
    );
}

#[test]
fn long_and_deep_expressions_are_refused() {
    let long = format!("attribute:a == {}", "b".repeat(2_000));
    assert!(
        Query::parse(&long)
            .expect_err("it is long")
            .message
            .contains("2015 characters")
    );
    let deep = format!("{}attribute:a exists{}", "(".repeat(60), ")".repeat(60));
    assert!(Query::parse(&deep).is_err());
    let flat = ["attribute:a exists"; 80].join(" or ");
    assert!(Query::parse(&flat).is_ok());
    assert!(Query::parse(&format!("{} attribute:a exists", "!".repeat(1_000))).is_ok());
}

#[test]
fn a_regular_expression_may_have_letters_of_any_language() {
    for text in ["é", "[äé]+", "größe.*"] {
        assert!(
            Query::parse(&format!("attribute:a =~ '{text}'")).is_ok(),
            "{text}"
        );
    }
    for (text, wanted) in [("\\é", "\\é"), ("(?é)", "(?é")] {
        let query = format!("attribute:a =~ '{text}'");
        let error = Query::parse(&query).expect_err("it is not supported");
        assert_eq!(query.get(error.start..error.end), Some(wanted));
    }
}

mod hostile {
    use super::Query;
    use proptest::prelude::*;

    proptest! {
        /// No text makes the parser panic, and an error lies on characters of the text.
        #[test]
        fn any_text_is_read_or_refused(text in "([a-z:=!~<>()\\[\\],' \"é?*+.\\\\|&]|attribute:a|==|=~| and | in ){0,24}") {
            if let Err(error) = Query::parse(&text) {
                prop_assert!(text.get(error.start..error.end).is_some(), "{error:?}");
            }
        }
    }
}
