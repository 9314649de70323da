//! The files of a report: their columns, their numbers, and the same bytes every time.

use super::fake::{self, Wanted};
use super::terminal::check_golden;
use ecsim::catalog::Architecture;
use ecsim::cluster::{Lack, Lacks, ProviderId, ServiceId};
use ecsim::report;
use ecsim::runner::{Confidence, OneLess, Results};
use ecsim::simulation::{Fact, ServiceEvent};
use ecsim::units::SimTime;
use ecsim::usage::{HourlyUsage, Item, Ledger, MeterKey, Owner};
use std::io;

type Serializer = fn(&Results, &mut Vec<u8>) -> io::Result<()>;

const FILES: [(&str, Serializer); 4] = [
    ("summary.json", |results, out| report::summary(results, out)),
    ("runs.csv", |results, out| report::runs(results, out)),
    ("cost.csv", |results, out| report::cost(results, out)),
    ("utilization.csv", |results, out| {
        report::utilization(results, out)
    }),
];

fn text(write: Serializer, results: &Results) -> String {
    let mut bytes = Vec::new();
    write(results, &mut bytes).expect("a vector takes all");
    String::from_utf8(bytes).expect("reports are UTF-8")
}

fn summary(results: &Results) -> serde_json::Value {
    serde_json::from_str(&text(FILES[0].1, results)).expect("it is JSON")
}

fn records(text: &str) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(text.as_bytes());
    let records = reader.records();
    records
        .map(|record| {
            record
                .expect("it is CSV")
                .iter()
                .map(String::from)
                .collect()
        })
        .collect()
}

#[test]
fn the_files_are_as_expected() {
    let wanted = Wanted {
        seeds: 3,
        cells: 4,
        ..Wanted::default()
    };
    let results = fake::few_figures(fake::results(&wanted));
    for (name, write) in FILES {
        check_golden(name, &text(write, &results));
    }
}

#[test]
fn the_same_results_give_the_same_bytes() {
    for wanted in [Wanted::default(), Wanted::variants(12)] {
        for (name, write) in FILES {
            let (one, two) = (fake::results(&wanted), fake::results(&wanted));
            assert_eq!(text(write, &one), text(write, &two), "{name}");
        }
    }
}

#[test]
fn the_summary_leads_from_variant_to_figure_to_numbers() {
    let mut results = fake::results(&Wanted::default());
    results.variants[1]
        .fit
        .as_mut()
        .expect("it has one")
        .one_less = Some(OneLess::Refused { seed: 2, tasks: 5 });
    let summary = summary(&results);
    assert_eq!(summary["schemaVersion"], 1);
    assert_eq!(summary["scenario"], "web-jobs");
    let cost = &summary["variants"]["x86"]["cost.total.perMonth"];
    assert_eq!(cost["unit"], "USD");
    assert_eq!(cost["n"], 32);
    let number = |key: &str| cost[key].as_f64().expect("it is a number");
    assert_eq!(number("low"), number("mean") - number("halfWidth"));
    assert_eq!(number("high"), number("mean") + number("halfWidth"));
    let difference = &summary["differences"]["graviton"]["cost.total.perMonth"];
    let reduction = difference["varianceReduction"].as_f64();
    assert!(reduction.is_some_and(|found| (found - 181.0).abs() < 1e-6));
    assert!(summary["differences"].get("x86").is_none());
    assert_eq!(summary["fit"]["x86"]["count"], 7);
    assert_eq!(summary["fit"]["x86"]["oneLess"]["longestWaitSeconds"], 12.0);
    assert_eq!(summary["fit"]["graviton"]["oneLess"]["refusedTasks"], 5);
    assert_eq!(summary["verdicts"][1]["passed"], false);
}

#[test]
fn one_seed_has_no_interval() {
    let wanted = Wanted {
        seeds: 1,
        ..Wanted::default()
    };
    let cost = &summary(&fake::results(&wanted))["variants"]["x86"]["cost.total"];
    assert_eq!(cost["n"], 1);
    assert!(cost["mean"].is_number());
    for key in ["halfWidth", "low", "high"] {
        assert!(cost.as_object().expect("a map").contains_key(key));
        assert!(cost[key].is_null(), "{key}");
    }
}

#[test]
fn runs_have_a_row_per_variant_and_seed_and_a_column_per_figure() {
    let results = fake::results(&Wanted::default());
    let rows = records(&text(FILES[1].1, &results));
    assert_eq!(rows.len(), 1 + 3 * 32);
    assert_eq!(rows[0][..3], ["variant", "seed", "cost.total"]);
    let columns = &rows[0];
    assert!(columns.iter().all(|column| !column.ends_with(".pooled")));
    let fleet = columns
        .iter()
        .position(|c| c == "cost.fleet")
        .expect("is there");
    let fargate = columns
        .iter()
        .position(|c| c == "cost.FARGATE")
        .expect("is there");
    let last = rows.last().expect("there are rows");
    assert_eq!(last[..2], ["fargate", "32"]);
    assert_eq!(last[fleet], "");
    let value: f64 = last[fargate].parse().expect("it is a number");
    let wanted = results.variants[2]
        .runs
        .value(31, 0)
        .expect("it has a cost");
    assert!((value / wanted - 1.0).abs() < 1e-14, "{value}");
}

#[test]
fn bill_lines_add_up_to_the_figures() {
    let results = fake::results(&Wanted::default());
    let rows = records(&text(FILES[2].1, &results));
    let column = |name: &str| rows[0].iter().position(|c| c == name).expect("is there");
    for (name, path) in [
        ("costPerRun", "cost.total"),
        ("costPerHour", "cost.total.perHour"),
        ("costPerMonth", "cost.total.perMonth"),
    ] {
        for variant in &results.variants {
            let own = rows.iter().filter(|row| row[0] == variant.name);
            let sum: f64 = own
                .map(|row| row[column(name)].parse::<f64>().expect("a number"))
                .sum();
            let figure = variant.figures.iter().find(|f| f.figure.path == path);
            let total = figure.and_then(|f| f.estimate.mean).expect("is there");
            assert!((sum - total).abs() < 1e-9 * total, "{name}: {sum} {total}");
        }
    }
}

#[test]
fn nothing_at_all_still_gives_every_file() {
    for (name, write) in FILES {
        let text = text(write, &fake::empty());
        assert!(!text.is_empty(), "{name}");
        assert!(!text.contains("NaN") && !text.contains("inf"), "{name}");
    }
}

#[test]
fn usage_is_written_hour_by_hour_in_exact_decimals() {
    let key = |item| MeterKey {
        owner: Owner::Provider(0),
        zone: Some(1),
        item,
    };
    let ledger = Ledger {
        meters: vec![
            key(Item::Instance(0)),
            key(Item::RootVolume),
            key(Item::FargateCpu(Architecture::Arm)),
            key(Item::FargateMemory(Architecture::X86)),
            key(Item::FargateStorage(Architecture::X86)),
            MeterKey {
                owner: Owner::Cluster,
                zone: None,
                item: Item::RootVolume,
            },
        ],
        rows: vec![
            HourlyUsage {
                hour: 0,
                meter: 0,
                quantity: 7 * 3_600_000_000,
            },
            HourlyUsage {
                hour: 0,
                meter: 1,
                quantity: (30 << 30) * 3_600_000_000,
            },
            HourlyUsage {
                hour: 25,
                meter: 2,
                quantity: 32_000 * 1_500_000,
            },
            HourlyUsage {
                hour: 25,
                meter: 3,
                quantity: 1,
            },
            HourlyUsage {
                hour: 25,
                meter: 4,
                quantity: u128::MAX,
            },
            HourlyUsage {
                hour: 25,
                meter: 5,
                quantity: 1 << 50,
            },
        ],
        ..Ledger::default()
    };
    let names = report::UsageNames {
        start_unix_seconds: 1_793_577_600,
        region: "us-east-1",
        providers: vec!["on, demand"],
        zones: vec!["us-east-1a", "us-east-1b"],
        instance_types: vec!["m6i.large"],
    };
    let mut writer = report::UsageWriter::begin(Vec::new()).expect("a vector takes all");
    writer
        .run("ec2", 3, &ledger, &names)
        .expect("a vector takes all");
    let bytes = writer.finish().expect("a vector takes all");
    assert_eq!(
        String::from_utf8(bytes).expect("UTF-8"),
        "variant,seed,hourStart,hours,provider,zone,usageType,unit,quantity\n\
         ec2,3,2026-11-02T00:00:00Z,1,\"on, demand\",us-east-1b,BoxUsage:m6i.large,instance-seconds,25200\n\
         ec2,3,2026-11-02T00:00:00Z,1,\"on, demand\",us-east-1b,EBS:VolumeUsage.gp3,GB-seconds,108000\n\
         ec2,3,2026-11-03T01:00:00Z,1,\"on, demand\",us-east-1b,USE1-Fargate-ARM-vCPU-Hours:perCPU,vCPU-seconds,0.375\n\
         ec2,3,2026-11-03T01:00:00Z,1,\"on, demand\",us-east-1b,USE1-Fargate-GB-Hours,GB-seconds,0.000000000000000931322574615478515625\n\
         ec2,3,2026-11-03T01:00:00Z,1,\"on, demand\",us-east-1b,USE1-Fargate-EphemeralStorage-GB-Hours,GB-seconds,316912650057057350374175.801343999999999068677425384521484375\n\
         ec2,3,2026-11-03T01:00:00Z,1,,,EBS:VolumeUsage.gp3,GB-seconds,1.048576\n"
    );
}

#[test]
fn a_cost_of_the_whole_cluster_has_no_provider() {
    let mut results = fake::results(&Wanted::variants(1));
    results.variants[0].bill[1].provider = None;
    let text = text(|results, out| report::cost(results, out), &results);
    let providers: Vec<&str> = text
        .lines()
        .skip(1)
        .map(|line| line.split(',').nth(1).expect("it is the second column"))
        .collect();
    assert_eq!(providers, ["fleet", ""]);
}

#[test]
fn tasks_have_the_columns_of_the_contract() {
    let mut writer = report::TaskWriter::begin(Vec::new()).expect("a vector takes all");
    let mut row = report::TaskRow {
        entry: "jobs",
        ordinal: 7,
        group: "family:jobs",
        instance: "m6i.large",
        instance_index: Some(2),
        zone: "us-east-1a",
        arrived: SimTime::micros(1_500_000),
        placed: Some(SimTime::micros(2_000_000)),
        ended: Some(SimTime::micros(9_000_000)),
        attempts: 1,
        outcome: "finished",
        provider: "fleet",
        running: Some(SimTime::micros(2_300_000)),
        cpu: 32_000,
        memory: 3 << 29,
        gpus: 1,
        reason: "",
    };
    writer.row("ec2", 3, &row).expect("a vector takes all");
    row.instance = "";
    row.instance_index = None;
    row.placed = None;
    row.ended = None;
    row.attempts = 0;
    row.outcome = "rejected";
    row.provider = "";
    row.running = None;
    row.reason = "noRoom";
    writer.row("ec2", 3, &row).expect("a vector takes all");
    let bytes = writer.finish().expect("a vector takes all");
    assert_eq!(
        String::from_utf8(bytes).expect("UTF-8"),
        "entry,ordinal,group,instance,instanceIndex,zone,arrivedMicros,startedMicros,endedMicros,attempts,outcome,variant,seed,provider,placedMicros,runningMicros,vcpu,memoryMib,gpus,reason\n\
         jobs,7,family:jobs,m6i.large,2,us-east-1a,1500000,2000000,9000000,1,finished,ec2,3,fleet,2000000,2300000,0.25,1536,1,\n\
         jobs,7,family:jobs,,,us-east-1a,1500000,,,0,rejected,ec2,3,,,,0.25,1536,1,noRoom\n"
    );
}

#[test]
fn a_summary_that_is_read_is_the_one_that_was_written() {
    let mut results = fake::results(&Wanted {
        services: 1,
        faults: true,
        ..Wanted::default()
    });
    let path = results.variants[0].figures.at(0).figure.path.clone();
    for (variant, mean) in [(0, f64::NAN), (1, 0.1 + 0.2)] {
        fake::change(&mut results.variants[variant], &path, |figure| {
            figure.mean = Some(mean);
        });
    }
    results.variants[1]
        .fit
        .as_mut()
        .expect("it has one")
        .one_less = Some(OneLess::Refused { seed: 2, tasks: 9 });
    let mut bytes = Vec::new();
    report::summary(&results, &mut bytes).expect("a vector takes all");
    let read: report::Summary = serde_json::from_slice(&bytes).expect("it is a summary");
    assert_eq!(read, report::Summary::of(&results));
    let figure = |variant: usize| {
        let variant = &results.variants[variant];
        let figures = read.variants.get(&variant.name).expect("it is there");
        let path = &variant.figures.at(0).figure.path;
        figures.get(path).expect("it is there").value.mean
    };
    assert_eq!((figure(0), figure(1)), (None, Some(0.1 + 0.2)));
    assert!(matches!(
        read.fit.get("graviton").and_then(|fit| fit.one_less),
        Some(report::OneLessFit::Refused {
            seed: 2,
            refused_tasks: 9
        })
    ));
}

#[test]
fn another_level_of_confidence_widens_every_interval() {
    let results = fake::results(&Wanted::default());
    let level = Confidence::percent(99.0).expect("it is a level");
    let half = |results: &Results| {
        let variant = &results.variants[1];
        let difference = results.difference(variant, 0).expect("it is compared");
        [
            variant.figures.at(0).estimate.half_width,
            difference.estimate.half_width,
            variant.bill[0].cost.half_width,
        ]
    };
    let before = half(&results);
    let wider = results.clone().at_confidence(level);
    for (before, after) in before.into_iter().zip(half(&wider)) {
        assert!(after > before, "{before:?} {after:?}");
    }
    let read = summary(&wider);
    assert_eq!(read["confidencePercent"], 99.0);
    assert_eq!(summary(&results).get("confidencePercent"), None);
}

#[test]
fn results_and_facts_are_written_and_read_by_serde() {
    let results = serde_json::to_value(fake::results(&Wanted::default())).expect("plain values");
    let figure = &results["variants"][0]["figures"][0];
    assert_eq!(figure["figure"]["path"], "cost.total");
    assert_eq!(figure["figure"]["measure"]["cost"][0], "total");
    assert_eq!(
        figure["estimate"]["halfWidth"].as_f64().map(f64::signum),
        Some(1.0)
    );

    let mut lines = Vec::new();
    let mut lacks = Lacks::default();
    lacks.add(2, Some(Lack::Cpu));
    let facts = [
        Fact::TasksSkipped { entry: 2, tasks: 9 },
        Fact::CapacityMeasured {
            provider: ProviderId::new(1),
            needed: 5,
            running: 4,
            at_target: false,
        },
        Fact::Service(ServiceId::new(3), ServiceEvent::PlacementFailed(lacks)),
    ];
    for fact in facts {
        let line = serde_json::to_string(&fact).expect("plain values");
        let read: Fact = serde_json::from_str(&line).expect("it is a fact");
        assert_eq!(serde_json::to_string(&read).expect("plain values"), line);
        lines.push(line);
    }
    assert_eq!(
        lines,
        [
            r#"{"TasksSkipped":{"entry":2,"tasks":9}}"#,
            r#"{"CapacityMeasured":{"provider":1,"needed":5,"running":4}}"#,
            r#"{"Service":[3,{"placementFailed":{"instances":2,"counts":[0,0,2,0,0,0,0,0,0]}}]}"#,
        ]
    );
}

#[test]
fn an_event_is_one_json_object_on_one_line() {
    let mut writer = report::EventWriter::begin(Vec::new());
    let task = report::TaskEvent {
        entry: "a \"b\"\n",
        task: 7,
        provider: None,
        container: None,
        target_group: None,
        exit_code: None,
        instance: None,
        stop_code: None,
        failure: None,
        reason: None,
        after: None,
        placement: None,
        start: None,
    };
    let row = report::EventRow {
        time: SimTime::micros(42),
        fact: "TaskStarted",
        about: report::EventAbout::Task(task),
        message: Some("it runs.".into()),
        variant: "ec2",
        seed: 3,
    };
    writer.row(&row).expect("a vector takes all");
    let bytes = writer.finish().expect("a vector takes all");
    assert_eq!(
        String::from_utf8(bytes).expect("UTF-8"),
        r#"{"timeMicros":42,"fact":"TaskStarted","entry":"a \"b\"\n","task":7,"message":"it runs.","variant":"ec2","seed":3}"#
            .to_string()
            + "\n"
    );
}

#[test]
fn scaling_has_a_row_per_decision_and_an_exact_metric() {
    let mut results = fake::results(&Wanted {
        services: 1,
        cells: 2,
        ..Wanted::default()
    });
    results.variants.truncate(1);
    let story = results.variants[0].story.as_mut().expect("it has one");
    story.scalings[1].measured = None;
    story.scalings[1].hundredths = None;
    story.scalings[1].reason = "autoscaler";
    let mut bytes = Vec::new();
    report::scaling(&results, &mut bytes).expect("a vector takes all");
    assert_eq!(
        String::from_utf8(bytes).expect("UTF-8"),
        "variant,seed,timeMicros,provider,from,to,reason,needed,running,metricPercent\n\
         x86,1,0,fleet,4,6,above,5,4,125\n\
         x86,1,3600000000,fleet,4,3,autoscaler,,,\n"
    );
}

#[test]
fn the_page_about_outputs_is_up_to_date() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/outputs.md");
    let wanted = report::outputs_reference();
    if std::env::var_os("ECSIM_UPDATE").is_some() {
        std::fs::write(&path, &wanted).expect("it is written");
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == wanted,
        "docs/outputs.md is stale; ECSIM_UPDATE=1 cargo test --test report_writing outputs"
    );
}
