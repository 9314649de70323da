//! The page for the terminal.

use super::fake::{self, Wanted};
use ecsim::report::{TerminalStyle, terminal, verdicts};
use ecsim::runner::{self, Results};
use ecsim::scenario;

fn plain(wanted: &Wanted, width: usize) -> String {
    let style = TerminalStyle {
        width,
        color: false,
    };
    terminal(&fake::results(wanted), &style)
}

/// Compares with a file beside this one; `ECSIM_UPDATE=1` writes it anew.
pub fn check_golden(name: &str, found: &str) {
    let path = format!(
        "{}/tests/report_writing/expected/{name}",
        env!("CARGO_MANIFEST_DIR")
    );
    if std::env::var_os("ECSIM_UPDATE").is_some() {
        std::fs::write(&path, found).expect("the expected text can be written");
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        found == expected,
        "{name} has changed; look at it, then run with ECSIM_UPDATE=1\n{found}"
    );
}

#[test]
fn the_page_reads_well_at_several_widths() {
    for width in [80, 100, 130] {
        let name = format!("terminal-{width}.txt");
        check_golden(&name, &plain(&Wanted::default(), width));
    }
}

#[test]
fn the_page_of_many_variants_and_entries_reads_well() {
    let wanted = Wanted {
        entries: 3,
        ..Wanted::variants(12)
    };
    check_golden("terminal-many.txt", &plain(&wanted, 100));
}

#[test]
fn the_page_of_services_reads_well() {
    let wanted = Wanted {
        entries: 0,
        services: 2,
        faults: true,
        ..Wanted::default()
    };
    for width in [80, 130] {
        let page = plain(&wanted, width);
        assert!(!page.contains("Work:"), "{page}");
        check_golden(&format!("terminal-services-{width}.txt"), &page);
    }
}

#[test]
fn a_narrow_bill_keeps_its_types_and_units() {
    let mut results = fake::results(&Wanted::variants(1));
    let bill = &mut results.variants[0].bill;
    for (line, number) in bill.clone().into_iter().zip(1..) {
        let provider = format!("group-{number}");
        bill.push(ecsim::runner::BillLineSummary { provider, ..line });
    }
    for width in [72, 80, 90] {
        let style = TerminalStyle {
            width,
            color: false,
        };
        let page = terminal(&results, &style);
        for words in [
            "group-1: m6i.large, on demand ",
            "group-2: gp3 root volumes ",
        ] {
            assert!(page.contains(words), "{width}\n{page}");
        }
        let units = match width {
            90 => [" 1,176 instance-hours ", " 48.3 GB-months "],
            _ => [" 1,176 h ", " 48.3 GB-mo "],
        };
        for unit in units {
            assert!(page.contains(unit), "{width}: {unit}\n{page}");
        }
    }
}

/// Names of twenty variants that differ in a number between long words.
#[test]
fn names_that_are_shortened_still_differ() {
    let wanted = Wanted {
        variants: (0..20)
            .map(|number| format!("variant-{number}-of-the-payments-department-in-production"))
            .collect(),
        services: 1,
        ..Wanted::default()
    };
    for width in [80, 100] {
        let page = plain(&wanted, width);
        for table in ["variant ", "Cost per month", "Work", "Services", "Capacity"] {
            let lines = page.lines().skip_while(|line| !line.starts_with(table));
            let lines = lines.take_while(|line| !line.is_empty());
            let names = lines.filter_map(|line| line.split("  ").next());
            let names: std::collections::BTreeSet<&str> =
                names.filter(|name| name.starts_with("variant-")).collect();
            assert_eq!(names.len(), 20, "{table}\n{page}");
        }
    }
}

#[test]
fn one_seed_has_no_interval_and_says_so() {
    let wanted = Wanted {
        seeds: 1,
        ..Wanted::default()
    };
    let page = plain(&wanted, 100);
    assert!(!page.contains('±'), "{page}");
    assert!(page.contains("(one seed)"), "{page}");
    assert!(page.contains("3 variants × seed 1"), "{page}");
}

#[test]
fn no_chance_is_said_and_never_plus_minus_nothing() {
    let wanted = Wanted {
        without_chance: true,
        spread: 0.0,
        ..Wanted::variants(1)
    };
    let page = plain(&wanted, 100);
    assert!(!page.contains('±'), "{page}");
    assert!(page.contains("no chance in this variant"), "{page}");
}

#[test]
fn a_minimum_that_inflates_the_cost_is_told() {
    let heading = "Billed only because";
    assert!(!plain(&Wanted::default(), 100).contains(heading));
    // A week of x86 costs $88.25, one on Fargate a bit more than $240.
    let added = |variant: usize, dollars: f64| {
        let mut results = fake::results(&Wanted::default());
        results.variants[variant].bill[0].topped_up.mean = Some(dollars);
        terminal(&results, &TerminalStyle::default())
    };
    let page = added(0, 44.125);
    assert!(page.contains(heading), "{page}");
    assert!(
        page.contains("x86: 50.0 % of its cost, for instances\n"),
        "{page}"
    );
    let page = added(2, 100.0);
    assert!(
        page.contains("% of its cost, for tasks on Fargate\n"),
        "{page}"
    );
    assert!(!page.contains("x86: 50"), "{page}");
    // Whole seconds of long lives are not worth a word.
    assert!(!added(0, 0.5).contains(heading));
}

/// Two instances, or Fargate; a job of six seconds every two.
const SHORT: &str = "\
ecsim: 1
name: short
until: 10s
cluster:
  capacityProviders:
    - { name: fleet, fleet: [{ instanceType: m6i.large, count: 2 }] }
taskDefinitions:
  - family: job
    cpu: 512
    memory: 1024
    containerDefinitions: [{ name: job, image: job }]
tasks:
  - { name: jobs, taskDefinition: job, arrivals: { every: 2s, limit: 20 }, duration: 6s }
delays: none
variants:
  - name: ec2
  - name: ec2-hour
    until: 1h
  - name: fargate
    until: drained
    cluster: { capacityProviders: [{ name: fleet, fleet: [{ instanceType: m6i.large, count: 0 }] }] }
    tasks: [{ name: jobs, launchType: FARGATE }]
  - name: fargate-long
    until: drained
    cluster: { capacityProviders: [{ name: fleet, fleet: [{ instanceType: m6i.large, count: 0 }] }] }
    tasks: [{ name: jobs, launchType: FARGATE, duration: 1h }]
";

fn played(text: &str) -> Results {
    let loaded = scenario::load_text("short.yaml", text, &[], &scenario::Embedded);
    let study = loaded.expect("the scenario is sound").study;
    let options = runner::Options {
        seeds: vec![1],
        threads: None,
    };
    let stop = std::sync::atomic::AtomicBool::new(false);
    let scheduler = &runner::built_in_scheduler;
    let (results, _) = runner::run(&study, &options, scheduler, &mut (), &(), &stop)
        .expect("nothing stands in the way");
    results
}

#[test]
fn of_a_minute_billed_for_six_seconds_nine_tenths_are_told() {
    let results = played(SHORT);
    let page = terminal(&results, &TerminalStyle::default());
    let told = page.split("Billed only because").nth(1);
    let told = told.expect("it is told").split("\n\n").next();
    assert_eq!(
        told.expect("a paragraph"),
        " AWS bills whole seconds and 60 s at least
ec2: 83.3 % of its cost, for instances
fargate: 90.0 % of its cost, for tasks on Fargate"
    );
}

/// Instances that are billed while they are not registered are no rounding: one of two is down for
/// most of a run of hours here, and nothing is said.
#[test]
fn what_is_billed_while_an_instance_is_down_is_no_rounding() {
    let down = "\
faults: [{ name: loss, instanceFailure: {}, at: [10m] }]
";
    let results = played(
        &SHORT
            .replace("until: 10s", "until: 2h")
            .replace("delays: none\n", &format!("delays: none\n{down}")),
    );
    let ec2 = &results.variants[0];
    let mean = |path: &str| {
        let mut figures = ec2.figures.iter();
        let figure = figures.find(|f| f.figure.path == path);
        figure.and_then(|f| f.estimate.mean).expect("it is there")
    };
    assert!(mean("capacity.all.instances") < 1.5);
    let page = terminal(&results, &TerminalStyle::default());
    assert!(!page.contains("ec2: "), "{page}");
}

#[test]
fn a_cost_that_no_seed_changes_has_no_interval() {
    let wanted = Wanted {
        spread: 1e-14,
        ..Wanted::default()
    };
    let page = plain(&wanted, 100);
    assert!(!page.contains("± 0"), "{page}");
    assert!(page.contains("A cost without ± is the same for every seed"));
}

#[test]
fn a_difference_is_luck_when_its_interval_holds_zero() {
    let wanted = Wanted {
        spread: 5.0,
        ..Wanted::default()
    };
    let page = plain(&wanted, 100);
    assert!(page.contains("≈ same (luck)"), "{page}");
    assert!(!page.contains("% (real)"), "{page}");
}

#[test]
fn no_line_is_wider_than_the_terminal() {
    let long = "a-name-that-goes-on-and-on-until-it-has-sixty-characters-ab";
    let mut wide = Wanted::variants(4);
    wide.entries = 2;
    wide.variants[1] = long.into();
    wide.variants[2] = "日本語のとても長い名前がここにあります".into();
    let services = Wanted {
        services: 2,
        ..wide.clone()
    };
    for wanted in [
        Wanted::default(),
        services,
        wide.clone(),
        Wanted {
            cost: 1e12,
            wait: 1e6,
            ..wide.clone()
        },
        Wanted {
            cost: 1e-9,
            wait: 1e-9,
            ..wide
        },
    ] {
        for width in 1..150 {
            for line in plain(&wanted, width).lines() {
                let wide = line
                    .chars()
                    .filter(|c| ('\u{2e80}'..'\u{a4cf}').contains(c));
                let columns = line.chars().count() + wide.count();
                assert!(columns <= width, "{width}: {columns}: {line}");
            }
        }
    }
}

#[test]
fn colours_change_no_character() {
    let results = fake::results(&Wanted::default());
    let style = |color| TerminalStyle { width: 90, color };
    let colored = terminal(&results, &style(true));
    assert!(colored.contains("\x1b["));
    let mut bare = String::new();
    let mut is_escape = false;
    for c in colored.chars() {
        if c == '\x1b' || is_escape {
            is_escape = c == '\x1b' || !c.is_ascii_alphabetic();
        } else {
            bare.push(c);
        }
    }
    let trimmed = |text: &str| -> Vec<String> {
        text.lines()
            .map(|line| line.trim_end().to_string())
            .collect()
    };
    assert_eq!(trimmed(&bare), trimmed(&terminal(&results, &style(false))));
}

#[test]
fn nothing_at_all_is_a_page_too() {
    let page = terminal(&fake::empty(), &TerminalStyle::default());
    assert!(page.contains("nothing was billed"), "{page}");
    let mut none = fake::empty();
    none.variants.clear();
    none.verdicts.clear();
    assert!(terminal(&none, &TerminalStyle::default()).starts_with("web-jobs: 0 variants"));
}

#[test]
fn a_name_cannot_speak_to_the_terminal() {
    let mut results = fake::results(&Wanted::default());
    results.variants[0].name = "a\x1b[2Jb\nc".into();
    results.description = "x\x07y\x1b]0;title\x07".into();
    let page = terminal(&results, &TerminalStyle::default());
    assert!(page.chars().all(|c| c == '\n' || !c.is_control()), "{page}");
}

#[test]
fn verdicts_are_a_line_per_scenario_and_the_failures_below() {
    let mut results = fake::results(&Wanted::default());
    assert_eq!(
        verdicts(&results, false),
        "FAILED  web-jobs: 1 of 2 expectations\n        \
         FAILED  tasks.all.wait.p95 of x86 below 3s: found 12.4 s\n"
    );
    assert_eq!(verdicts(&results, true).lines().count(), 3);
    results.verdicts.pop();
    assert_eq!(
        verdicts(&results, false),
        "passed  web-jobs: 1 of 1 expectations\n"
    );
}
