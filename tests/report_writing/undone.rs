//! Work that is not done: services that never reach their desired count and tasks that never run are
//! told with their reasons, and a cheap variant that runs a part of the work wins no comparison.

use super::terminal::played;
use ecsim::figures::WaitReason;
use ecsim::report::{Drawing, PageData, Sign, Summary, TerminalStyle, charts, plots, terminal};
use ecsim::runner::{Results, VariantResults};

fn page(results: &Results) -> String {
    let style = TerminalStyle {
        width: 130,
        color: false,
    };
    terminal(results, &style)
}

fn mean(variant: &VariantResults, path: &str) -> Option<f64> {
    let mut figures = variant.figures.iter();
    let figure = figures.find(|f| f.figure.path == path);
    figure.expect("there is such a figure").estimate.mean
}

/// Eight of ten tasks find no CPU.
const CPU: &str = "\
ecsim: 1
name: undone
until: 1d
cluster: { capacityProviders: [{ name: fleet, fleet: [{ instanceType: m5.large, count: 1 }] }] }
taskDefinitions:
  - { family: web, cpu: 1024, memory: 512, containerDefinitions: [{ name: web, image: web }] }
services: [{ serviceName: web, taskDefinition: web, desiredCount: 10 }]
delays: none
expect:
  - { figure: service.web.available.share, above: 50% }
  - { figure: service.web.recovery.mean, atMost: 1h }
  - { figure: service.web.replace.mean, atMost: 1h }
";

/// A cluster with one group, which is its default strategy without being written there.
const ONE_GROUP: &str = "\
ecsim: 1
name: one-group
until: 7d
cluster: {capacityProviders: [{name: g, autoScalingGroup: {instanceTypes: [m5.large], minSize: 0, maxSize: 20}, managedScaling: {status: ENABLED}}]}
taskDefinitions:
  - { family: job, cpu: 1 vCPU, memory: 1 GiB, containerDefinitions: [{ name: job, image: job }] }
tasks: [{ name: jobs, taskDefinition: job, arrivals: { poisson: 30/h }, duration: 10m }]
delays: realistic
";

/// Room for all eight tasks comes when half of the day is over.
const LATE: &str = "\
ecsim: 1
name: late
until: 1d
cluster:
  capacityProviders:
    - name: g
      autoScalingGroup: { instanceTypes: [m5.large], minSize: 0, maxSize: 4, desiredCapacity: 1 }
taskDefinitions:
  - { family: web, cpu: 1024, memory: 512, containerDefinitions: [{ name: web, image: web }] }
services: [{ serviceName: web, taskDefinition: web, desiredCount: 8, launchType: EC2 }]
actions: [{ at: 12h, setDesiredCapacity: { capacityProvider: g, desiredCapacity: 4 } }]
delays: none
";

#[test]
fn a_service_that_is_complete_late_was_not_available_before() {
    let results = played(LATE, 1);
    let base = &results.variants[0];
    // A round of the scheduler comes 20 s after the room.
    for (path, wanted) in [("available.share", 0.5), ("shortfall.mean", 3.0)] {
        let found = mean(base, &format!("service.all.{path}")).expect("a value");
        assert!((found - wanted).abs() < 0.002, "{path} {found}");
    }
    assert_eq!(mean(base, "service.web.shortfall.count"), Some(1.0));
    let page = page(&results);
    let words = "incomplete: 5 of 8 tasks ran\n";
    assert!(page.contains(words), "{page}");
    // Few healthy tasks are enough to be available where few are demanded; they are told all the same.
    let few = LATE.replace(
        "desiredCount: 8",
        "desiredCount: 8, deploymentConfiguration: { minimumHealthyPercent: 25 }",
    );
    let results = played(&few, 1);
    let page = self::page(&results);
    assert_eq!(
        mean(&results.variants[0], "service.all.available.share"),
        Some(1.0)
    );
    assert!(
        page.contains("of 8 tasks missing, time mean: lacked CPU on"),
        "{page}"
    );
}

#[test]
fn the_group_of_a_cluster_with_one_provider_grows_for_its_jobs() {
    let results = played(ONE_GROUP, 2);
    let base = &results.variants[0];
    let done = mean(base, "tasks.jobs.finished.count").expect("jobs finish")
        / mean(base, "tasks.jobs.arrived.count").expect("jobs arrive");
    assert!(done > 0.99, "{done}");
    let wait = mean(base, "tasks.jobs.wait.p95").expect("jobs wait");
    assert!((60.0..240.0).contains(&wait), "{wait}");
    assert!(mean(base, "cost.total").expect("it costs") > 1.0);
}

#[test]
fn a_service_that_is_never_complete_is_never_available() {
    let results = played(CPU, 1);
    let base = &results.variants[0];
    for (path, wanted) in [
        ("service.web.available.share", 0.0),
        ("service.all.available.share", 0.0),
        ("service.web.shortfall.mean", 8.0),
        ("service.all.shortfall.mean", 8.0),
        ("service.web.shortfall.count", 1.0),
        ("service.web.recovery.max", 86_400.0),
        ("service.web.waiting.mean", 8.0),
        ("service.web.waiting.cpu.mean", 8.0),
        ("service.all.waiting.cpu.mean", 8.0),
        ("service.web.waiting.memory.mean", 0.0),
        ("service.all.neverComplete.count", 1.0),
        ("service.web.running.min", 2.0),
        ("service.web.running.max", 2.0),
        ("capacity.fleet.tasks.mean", 2.0),
        ("capacity.fleet.instances.max", 1.0),
    ] {
        assert_eq!(mean(base, path), Some(wanted), "{path}");
    }
    assert_eq!(mean(base, "service.web.firstComplete.after"), None);
    let page = page(&results);
    for words in [
        "incomplete: 2 of 10 tasks ran, the service was never complete\n",
        "never complete, 0 % available, 8 tasks missing: lacked CPU on 1 of 1 instance\n",
        "available.share of base above 50%: found 0 %\n",
        "replace.mean of base atMost 1h"
            .replace("atMost", "at most")
            .as_str(),
        "found no value in any run, so that no bound can hold\n",
    ] {
        assert!(page.contains(words), "{words}\n{page}");
    }
    assert!(results.verdicts.iter().all(|verdict| !verdict.passed));
    let json = serde_json::to_string(&Summary::of(&results)).expect("it is serializable");
    let read: Summary = serde_json::from_str(&json).expect("it is read back");
    let done = read.incomplete.get("base").expect("it is incomplete");
    assert_eq!((done.services.ran, done.services.wanted), (2.0, 10.0));
    let lacking = &read.lacking.get("base").expect("something lacks")[0];
    assert_eq!(lacking.by_instance, [(WaitReason::Cpu, 1)]);
    assert_eq!(read.verdicts[0].value, Some(0.0));
}

/// Every kind of lack, for a service that may not wait: the changes of the definition, the type of
/// the two instances, the service's own keys, and the line on the page.
#[test]
fn every_kind_of_lack_is_told_with_its_counts() {
    let cases = [
        ("memory: 7000", "m5.large", "", "memory on 2 of 2 instances"),
        (
            "memory: 512, containerDefinitions: [{ name: web, image: web, portMappings: [{ containerPort: 80, hostPort: 80 }] }]",
            "m5.large",
            "",
            "a free host port on 2 of 2 instances",
        ),
        (
            "memory: 64, networkMode: awsvpc",
            "m5.large",
            "",
            "a network interface on 2 of 2 instances",
        ),
        (
            "memory: 512, containerDefinitions: [{ name: web, image: web, resourceRequirements: [{ type: GPU, value: '1' }] }]",
            "g4dn.xlarge",
            "",
            "GPUs on 2 of 2 instances",
        ),
        (
            "memory: 512",
            "m5.large",
            ", placementConstraints: [{ type: distinctInstance }]",
            "an instance without a task of the same group on 2 of 2 instances",
        ),
    ];
    for (definition, kind, service, line) in cases {
        let containers = match definition.contains("containerDefinitions") {
            true => "",
            false => ", containerDefinitions: [{ name: web, image: web }]",
        };
        let text = CPU
            .replace("count: 1 }", "count: 2 }")
            .replace("m5.large", kind)
            .replace(
                "cpu: 1024, memory: 512, containerDefinitions: [{ name: web, image: web }]",
                &format!("cpu: 128, {definition}{containers}"),
            )
            .replace("desiredCount: 10", &format!("desiredCount: 12{service}"));
        let page = page(&played(&text, 1));
        assert!(
            page.contains(&format!(" tasks missing: lacked {line}\n")),
            "{line}\n{page}"
        );
    }
}

/// One type of instance has the wrong processor, the other is full: both are counted.
#[test]
fn an_attribute_that_is_missing_is_told() {
    let text = CPU
        .replace(
            "{ instanceType: m5.large, count: 1 }",
            "{ instanceType: m5.large, count: 1 }, { instanceType: m6g.large, count: 3 }",
        )
        .replace(
            "memory: 512,",
            "memory: 512, runtimePlatform: { cpuArchitecture: X86_64 },",
        );
    let page = page(&played(&text, 1));
    let line = "8 tasks missing: lacked the required platform on 3 of 4 instances, CPU on 1\n";
    assert!(page.contains(line), "{page}");
}

/// Nine tasks of the launch type EC2 whose group stays empty, and one on Fargate.
const DEAD: &str = "\
ecsim: 1
name: undone
until: 1d
cluster:
  capacityProviders:
    - name: group
      autoScalingGroup: { instanceTypes: [m5.large], minSize: 0, maxSize: 9 }
      managedScaling: { status: ENABLED }
    - name: FARGATE
taskDefinitions:
  - { family: web, cpu: 1024, memory: 2048, networkMode: awsvpc, containerDefinitions: [{ name: web, image: web }] }
services:
  - { serviceName: many, taskDefinition: web, desiredCount: 9, launchType: FARGATE }
  - { serviceName: one, taskDefinition: web, desiredCount: 1, launchType: FARGATE }
delays: none
variants:
  - name: fargate
  - name: dead
    services: [{ serviceName: many, launchType: EC2 }]
";

#[test]
fn a_variant_that_runs_a_part_of_the_work_wins_no_comparison() {
    let results = played(DEAD, 1);
    let [fargate, dead] = &results.variants[..] else {
        panic!("two variants");
    };
    assert!(!fargate.is_incomplete() && dead.is_incomplete());
    assert!(!dead.is_comparable_with(fargate) && dead.is_comparable_with(dead));
    assert_eq!(mean(dead, "service.all.available.share"), Some(0.5));
    assert_eq!(mean(dead, "service.all.shortfall.mean"), Some(9.0));
    let page = page(&results);
    for words in [
        "not comparable",
        "incomplete: dead: 1 of 10 tasks ran, 1 of 2 services were never complete; its cost is that of \
         this part and is not comparable\n",
        "dead: many: never complete, 0 % available, 9 tasks missing: no instance\n",
    ] {
        let flat = page.replace("\n            ", " ");
        assert!(flat.contains(words), "{words}\n{page}");
    }
    assert!(!page.contains("(exact)"), "{page}");
}

/// The bar of a cost that cannot be compared is hatched, in the data and in the file, and the legend
/// says what that means.
#[test]
fn a_cost_that_is_not_comparable_is_hatched() {
    let results = played(DEAD, 1);
    let mut found = Vec::new();
    let taken = charts(&results, |chart| {
        found.push(chart);
        Ok::<_, std::convert::Infallible>(())
    });
    taken.expect("nothing stops it");
    let cost = found.iter().find(|chart| chart.name == "cost");
    let cost = cost.expect("there is a plot of costs");
    let Drawing::Bars(bars) = &cost.drawing else {
        panic!("costs are bars");
    };
    let hatched: Vec<bool> = bars.rows.iter().map(|row| row.hatched).collect();
    assert_eq!(hatched, [false, true]);
    let explained = cost.legend.last().expect("it has a legend");
    assert!(matches!(explained.sign, Sign::Hatch(_)));
    assert!(explained.label.starts_with("not comparable with the first"));

    // The file has the lines of the hatch, the only ones of this width; that of two equal variants has
    // none.
    let lines = |results: &Results| {
        let mut count = 0;
        let taken = plots(results, |plot| {
            if plot.name == "plots/cost.svg" {
                count = plot.svg.matches("stroke-width=\"4\"").count();
            }
            Ok::<_, std::convert::Infallible>(())
        });
        taken.expect("nothing stops it");
        count
    };
    let mut equal = results.clone();
    equal.variants[1] = equal.variants[0].clone();
    assert_eq!(lines(&equal), 0);
    assert!(lines(&results) > 5, "{}", lines(&results));
}

/// The page says first that a cost is not comparable, then why work was not done.
#[test]
fn the_page_tells_what_a_broken_variant_lacks() {
    let data = PageData::of(&played(DEAD, 1));
    let texts: Vec<&str> = data
        .deviations
        .iter()
        .map(|one| one.text.as_str())
        .collect();
    assert_eq!(
        texts[..2],
        [
            "dead: its cost is not comparable with that of the first variant: 1 of 10 tasks ran, 1 of 2 \
             services were never complete",
            "dead: service many: never complete, 0 % available, 9 tasks missing: there was no instance; \
             more: ecsim explain SCENARIO --variant dead --seed 1 --service many",
        ]
    );
}

/// The bills of variants that cannot be compared have no differences.
#[test]
fn a_part_of_the_work_has_no_cheaper_bill() {
    let page = page(&played(DEAD, 1));
    let bills = page.split("Bills per month").nth(1).expect("it has bills");
    let bills = bills.split("\n\n").next().unwrap_or_default();
    assert!(bills.contains("total") && !bills.contains('−'), "{bills}");
}

/// A fleet of small instances that leaves out most rows of a trace is cheaper because it does less.
#[test]
fn rows_of_traces_that_are_left_out_make_a_cost_incomparable() {
    let folder = tempfile::tempdir().expect("a folder");
    let trace = folder.path().join("jobs.csv");
    let rows: String = (0..10).map(|n| format!("{n},60,{}\n", 1 + n / 2)).collect();
    std::fs::write(&trace, format!("at,duration,vcpu\n{rows}")).expect("it is written");
    let text = format!(
        "\
ecsim: 1
name: undone
until: 1h
cluster: {{ capacityProviders: [{{ name: fleet, fleet: [{{ instanceType: m5.2xlarge, count: 1 }}] }}] }}
taskDefinitions:
  - {{ family: job, memory: 512, containerDefinitions: [{{ name: job, image: job }}] }}
tasks:
  - name: jobs
    taskDefinition: job
    trace:
      files: [{trace:?}]
      columns:
        arrival: {{ column: at, unit: s }}
        duration: {{ column: duration, unit: s }}
        cpu: {{ column: vcpu, unit: vcpu }}
      unplaceable: skip
delays: none
variants:
  - name: large
  - name: small
    cluster: {{ capacityProviders: [{{ name: fleet, fleet: [{{ instanceType: m5.large, count: 1 }}] }}] }}
"
    );
    let results = played(&text, 1);
    let [large, small] = &results.variants[..] else {
        panic!("two variants");
    };
    assert!(!large.is_incomplete() && small.is_incomplete());
    assert!(!small.is_comparable_with(large));
    let page = page(&results);
    let words = "incomplete: small: 4 of 4 tasks ran, 6 of 10 tasks of traces were left out, as no instance can hold them; its cost is that of this part and is not comparable\n";
    let flat = page.replace("\n            ", " ");
    assert!(flat.contains(words), "{page}");
}

/// Jobs that never find room are work that was not done, too.
#[test]
fn standalone_tasks_that_never_run_make_a_cost_incomparable() {
    let text = "\
ecsim: 1
name: undone
until: 1d
cluster: { capacityProviders: [{ name: fleet, fleet: [{ instanceType: m5.large, count: 4 }] }] }
taskDefinitions:
  - { family: job, cpu: 2048, memory: 512, containerDefinitions: [{ name: job, image: job }] }
tasks:
  - { name: jobs, taskDefinition: job, arrivals: { every: 1h }, duration: 3h }
delays: none
variants:
  - name: four
  - name: one
    cluster: { capacityProviders: [{ name: fleet, fleet: [{ instanceType: m5.large, count: 1 }] }] }
";
    let results = played(text, 1);
    let page = page(&results);
    let [four, one] = &results.variants[..] else {
        panic!("two variants");
    };
    assert!(!four.is_incomplete() && one.is_incomplete());
    assert!(page.contains("one: 8 of 23 tasks ran"), "{page}");
    assert!(
        page.contains("8 of 23 tasks ran: lacked CPU on 1 of 1 instance"),
        "{page}"
    );
    // All that wait do so for CPU or behind the first, which lacks it.
    let waiting = mean(one, "tasks.jobs.waiting.mean").expect("it is defined");
    let cpu = mean(one, "tasks.jobs.waiting.cpu.mean").expect("it is defined");
    assert!((waiting - cpu).abs() < 1e-9, "{waiting} {cpu}");
    assert_eq!(mean(one, "tasks.jobs.placed.count"), Some(8.0));
}

/// The head of the job queue lacks CPU; what stands behind it does not count as lacking CPU.
#[test]
fn who_stands_behind_the_head_waits_for_the_queue() {
    let text = "\
ecsim: 1
name: undone
until: 4h
cluster: { capacityProviders: [{ name: fleet, fleet: [{ instanceType: m5.large, count: 1 }] }] }
taskDefinitions:
  - { family: big, cpu: 1536, memory: 512, containerDefinitions: [{ name: job, image: job }] }
  - { family: small, cpu: 128, memory: 512, containerDefinitions: [{ name: job, image: job }] }
tasks:
  - { name: big, taskDefinition: big, count: 2, arrivals: { at: [0s] }, duration: 3h }
  - { name: small, taskDefinition: small, arrivals: { at: [0s] }, duration: 1h }
delays: none
";
    let results = played(text, 1);
    for (path, wanted) in [
        ("tasks.big.waiting.cpu.mean", 0.75),
        ("tasks.big.waiting.queue.mean", 0.0),
        ("tasks.small.waiting.queue.mean", 0.75),
        ("tasks.small.waiting.cpu.mean", 0.0),
        ("tasks.all.waiting.cpu.mean", 0.75),
        ("tasks.all.waiting.mean", 1.5),
    ] {
        assert_eq!(mean(&results.variants[0], path), Some(wanted), "{path}");
    }
}

/// Variants whose costs are equal are compared by their waits.
#[test]
fn variants_of_equal_cost_are_compared_by_what_differs() {
    let text = "\
ecsim: 1
name: undone
until: 1d
cluster: { capacityProviders: [{ name: fleet, fleet: [{ instanceType: m5.large, count: 1 }] }] }
taskDefinitions:
  - { family: job, cpu: 1024, memory: 512, containerDefinitions: [{ name: job, image: job }] }
tasks:
  - { name: jobs, taskDefinition: job, count: 4, arrivals: { every: 1h }, duration: 10m }
delays: none
variants:
  - name: slow
  - name: quick
    tasks: [{ name: jobs, duration: 5m }]
";
    let page = page(&played(text, 1));
    assert!(page.contains("wait p95"), "{page}");
    assert!(page.contains("−50.0 % (one seed)"), "{page}");
    // One bar is enough for two equal costs.
    assert_eq!(page.matches("slow, quick").count(), 1, "{page}");
}

/// Of seven variants with 28 services each, all but one complete, the page lists what deviates.
#[test]
fn long_tables_list_what_deviates_and_count_the_rest() {
    let services: Vec<String> = (0..28)
        .map(|n| {
            let more = match n {
                3 => "desiredCount: 3, placementConstraints: [{ type: distinctInstance }]",
                _ => "desiredCount: 1",
            };
            format!("  - {{ serviceName: s{n}, taskDefinition: web, {more} }}\n")
        })
        .collect();
    let variants: Vec<String> = (0..7).map(|n| format!("  - name: v{n}\n")).collect();
    let text = format!(
        "\
ecsim: 1
name: undone
until: 1d
cluster: {{ capacityProviders: [{{ name: fleet, fleet: [{{ instanceType: m5.large, count: 2 }}] }}] }}
taskDefinitions:
  - {{ family: web, cpu: 128, memory: 64, containerDefinitions: [{{ name: web, image: web }}] }}
services:
{}delays: none
variants:
{}",
        services.concat(),
        variants.concat()
    );
    let results = played(&text, 1);
    let page = page(&results);
    let section = page.split("Services: ").nth(1).expect("it is there");
    let section = section.split("\n\n").next().expect("a section");
    let rows = section.lines().filter(|line| line.starts_with('v'));
    assert_eq!(rows.count(), 7 * 2 + 1, "{section}");
    assert!(
        section.contains(
            "not listed of v0, v1, v2, v3 and 3 more: 27 with enough healthy tasks all the time and nothing interrupted"
        ),
        "{section}"
    );
    assert!(page.contains("v0 +6 equal"), "{page}");
}
