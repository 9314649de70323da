//! The page for the terminal.

use super::fake::{self, Wanted};
use ecsim::report::{TerminalStyle, terminal, verdicts};
use ecsim::runner::{self, Estimate, Results};
use ecsim::scenario;

fn plain(wanted: &Wanted, width: usize) -> String {
    let style = TerminalStyle {
        width,
        color: false,
    };
    terminal(&fake::results(wanted), &style)
}

/// Compares with a file beside this one; `ECSIM_UPDATE=1` rewrites it.
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
fn a_cost_of_the_whole_cluster_names_no_provider_in_the_bill() {
    let mut results = fake::results(&Wanted::variants(1));
    let bill = &mut results.variants[0].bill;
    let mut more = bill.clone();
    more[0].provider = Some("other".into());
    more[1].provider = None;
    bill.append(&mut more);
    let style = TerminalStyle {
        width: 100,
        color: false,
    };
    let page = terminal(&results, &style);
    for words in [
        "other: m6i.large",
        "fleet: gp3 root volumes",
        "\ngp3 root volumes",
    ] {
        assert!(page.contains(words), "{words}\n{page}");
    }
}

#[test]
fn a_narrow_bill_keeps_its_types_and_units() {
    let mut results = fake::results(&Wanted::variants(1));
    let bill = &mut results.variants[0].bill;
    for (line, number) in bill.clone().into_iter().zip(1..) {
        let provider = Some(format!("group-{number}"));
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
            90 => [" 5,110 instance-hours ", " 210 GB-months "],
            _ => [" 5,110 h ", " 210 GB-mo "],
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
        for table in [
            "variant ",
            "Cost per month",
            "Standalone work",
            "Services",
            "Capacity",
        ] {
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
fn a_variant_without_random_draws_is_named_and_has_no_interval() {
    let wanted = Wanted {
        without_chance: true,
        spread: 0.0,
        ..Wanted::variants(1)
    };
    let page = plain(&wanted, 100);
    assert!(!page.contains('±'), "{page}");
    assert!(page.contains("nothing in this variant is random"), "{page}");
}

/// Changes the mean of a figure of a variant.
fn set(results: &mut Results, variant: usize, path: &str, value: Option<f64>) {
    fake::change(&mut results.variants[variant], path, |figure| {
        figure.mean = value;
    });
}

/// The cells of the first line that begins with `start`, below a heading.
fn cells<'p>(page: &'p str, heading: &str, start: &str) -> Vec<&'p str> {
    let mut lines = page.lines().skip_while(|line| !line.starts_with(heading));
    let line = lines.find(|line| line.starts_with(start));
    let cells = line.expect("the line is there").split("  ");
    cells
        .map(str::trim)
        .filter(|cell| !cell.is_empty())
        .collect()
}

fn of_services(services: usize) -> Results {
    fake::results(&Wanted {
        entries: 0,
        services,
        faults: true,
        ..Wanted::default()
    })
}

/// What all services together have leaves daemons out of the levels; a single one is shown by
/// its own figures.
#[test]
fn a_daemon_has_no_desired_count_but_tasks_that_run() {
    let mut results = of_services(1);
    for suffix in ["desired", "running", "healthy"] {
        set(
            &mut results,
            0,
            &format!("service.all.{suffix}.mean"),
            Some(0.0),
        );
    }
    for (service, suffix) in [
        ("web-0", "desired.mean"),
        ("web-0", "available.share"),
        ("all", "available.share"),
        ("all", "shortfall.mean"),
    ] {
        set(
            &mut results,
            0,
            &format!("service.{service}.{suffix}"),
            None,
        );
    }
    let page = terminal(&results, &TerminalStyle::default());
    let row = cells(&page, "Services: ", "x86");
    assert_eq!(row[..5], ["x86", "–", "11.9", "11.7", "–"]);
    assert!(!page.contains("never complete"), "{page}");
}

#[test]
fn the_number_of_interrupted_tasks_is_shown_at_every_width() {
    for width in [80, 100, 130] {
        let style = TerminalStyle {
            width,
            color: false,
        };
        let page = terminal(&of_services(1), &style);
        let services = page.split("Services: ").nth(1).expect("it is there");
        assert!(services.contains("interrupted"), "{page}");
        assert!(!services.contains(" lost "), "{page}");
    }
}

#[test]
fn the_number_of_faults_is_shown_where_it_is_counted() {
    let mut results = of_services(1);
    for (variant, struck) in [(0, Some(3.2)), (1, Some(0.0)), (2, None)] {
        set(&mut results, variant, "faults.struck.count", struck);
    }
    let style = TerminalStyle {
        width: 160,
        color: false,
    };
    let page = terminal(&results, &style);
    for line in [
        "against the same runs without them; 3.2 faults occurred per run on average\n",
        "against the same runs without them; no fault occurred in any run\n",
        "against the same runs without them\n",
    ] {
        assert!(page.contains(line), "{line}\n{page}");
    }
}

#[test]
fn runs_of_unequal_length_are_reported_on_average() {
    let mut results = fake::results(&Wanted::default());
    let first = |results: &Results| {
        let page = terminal(results, &TerminalStyle::default());
        page.lines().next().expect("a line").to_string()
    };
    assert!(first(&results).ends_with(", 7 d reported"));
    fake::change(&mut results.variants[1], "run.reportedHours", |hours| {
        hours.half_width = Some(0.5);
    });
    assert!(first(&results).ends_with(", 7 d reported on average"));
}

/// Where nothing runs on the fleet, there is nothing to fit.
#[test]
fn a_fleet_of_none_is_no_fit() {
    let mut results = fake::results(&Wanted::default());
    let fit = results.variants[0].fit.as_mut().expect("it fits");
    (fit.count, fit.one_less) = (0, None);
    let page = terminal(&results, &TerminalStyle::default());
    assert!(!page.contains("fits with 0"), "{page}");
    assert!(page.contains("graviton: fits with 8"), "{page}");
    results.variants[1].fit = None;
    let page = terminal(&results, &TerminalStyle::default());
    assert!(!page.contains("The smallest fleet"), "{page}");
}

#[test]
fn a_minimum_that_inflates_the_cost_is_reported() {
    let heading = "Added by billing";
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

pub fn played(text: &str, seeds: u64) -> Results {
    let loaded = scenario::load_text("short.yaml", text, &[], &scenario::Embedded);
    let study = loaded.expect("the scenario is sound").study;
    let options = runner::Options {
        seeds: (1..=seeds).collect(),
        threads: None,
        ..runner::Options::default()
    };
    let stop = std::sync::atomic::AtomicBool::new(false);
    let scheduler = &runner::built_in_scheduler;
    let (results, _) = runner::run(&study, &options, scheduler, &mut (), &(), &stop)
        .expect("nothing stands in the way");
    results
}

#[test]
fn of_a_minute_billed_for_six_seconds_nine_tenths_are_reported() {
    let results = played(SHORT, 1);
    let page = terminal(&results, &TerminalStyle::default());
    let after = page.split("Added by billing").nth(1);
    let section = after
        .expect("the page has this section")
        .split("\n\n")
        .next();
    assert_eq!(
        section.expect("a paragraph"),
        " in whole seconds, with a minimum of 60 s
ec2: 83.3 % of its cost, for instances
fargate: 90.0 % of its cost, for tasks on Fargate"
    );
}

/// A fleet costs the same in every month, however long the runs are until the work is done. So
/// do its lines; what a run costs differs.
#[test]
fn the_lines_of_a_drained_bill_have_the_interval_of_their_month() {
    let text = SHORT
        .replace("until: 10s", "until: drained")
        .replace("duration: 6s", "duration: { exponential: { mean: 2h } }");
    let results = played(&text, 4);
    let ec2 = &results.variants[0];
    let total = ec2.figures.iter();
    let mut total = total.filter(|f| f.figure.path == "cost.total.perMonth");
    let total = total.next().and_then(|f| f.estimate.mean);
    let lines = ec2.bill.iter().filter_map(|line| line.cost_per_month.mean);
    let gap = lines.sum::<f64>() - total.expect("it is there");
    assert!(gap.abs() < 1e-9, "{gap}");
    for line in &ec2.bill {
        let relative = |of: &Estimate| {
            let (mean, half_width) = of.mean.zip(of.half_width).expect("four runs");
            half_width / mean
        };
        assert!(relative(&line.cost) > 0.1, "{line:?}");
        // The last started second of a run is all that differs.
        for cost in [&line.cost_per_hour, &line.cost_per_month] {
            assert!(relative(cost) < 1e-4, "{line:?}");
        }
    }
    let page = terminal(&results, &TerminalStyle::default());
    let first = page.lines().next().expect("a line");
    assert!(first.ends_with(" reported on average"), "{first}");
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
        1,
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
    // The sentence may be broken across lines.
    let page = page.replace('\n', " ");
    assert!(page.contains("A cost without ± is the same for every seed"));
}

#[test]
fn a_difference_is_not_significant_when_its_interval_includes_zero() {
    let wanted = Wanted {
        spread: 5.0,
        ..Wanted::default()
    };
    let page = plain(&wanted, 100);
    assert!(page.contains("≈ same (n.s.)"), "{page}");
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
