//! `report.html`: its data, apart from what a browser makes of it (`.ci/page`).

use super::fake::{self, Wanted};
use super::plots::{draw, kinds};
use super::truth::played_text;
use ecsim::report::{PageData, Tone, page};
use ecsim::runner::Results;

fn html(results: &Results) -> String {
    let mut bytes = Vec::new();
    page(results, &mut bytes).expect("a vector takes all");
    String::from_utf8(bytes).expect("it is UTF-8")
}

/// The JSON in the page.
fn data(html: &str) -> PageData {
    let (_, rest) = html.split_once("id=\"data\">").expect("it has data");
    let (json, _) = rest.split_once("</script>").expect("it ends");
    serde_json::from_str(json).expect("it is the data of a page")
}

#[test]
fn the_data_of_a_page_stand_in_it_and_nothing_is_loaded() {
    for (kind, results) in kinds() {
        let html = html(&results);
        assert_eq!(data(&html), PageData::of(&results), "{kind}");
        // The name of a namespace is no address that is loaded.
        let html = html.replace("http://www.w3.org/2000/svg", "");
        for word in ["http:", "https:", "src=", "@import", "url(", "<link"] {
            assert!(!html.contains(word), "{kind}: {word}");
        }
        assert_eq!(html.matches("<script").count(), 2, "{kind}");
    }
}

#[test]
fn every_plot_is_a_chart_of_the_page() {
    let wanted = Wanted {
        services: 1,
        faults: true,
        ..Wanted::default()
    };
    let results = fake::results(&wanted);
    let data = PageData::of(&results);
    let names: Vec<String> = data
        .charts
        .iter()
        .map(|c| format!("plots/{}.svg", c.name))
        .collect();
    let plots: Vec<String> = draw(&results).into_iter().map(|plot| plot.name).collect();
    assert_eq!(names, plots);
    let sections: Vec<&str> = data
        .tables
        .iter()
        .map(|table| table.section.as_str())
        .collect();
    assert_eq!(
        sections,
        [
            "comparison",
            "bill",
            "expectations",
            "services",
            "standalone",
            "capacity"
        ]
    );
    for table in &data.tables {
        let width = table.columns.len();
        assert!(
            table.rows.iter().all(|row| row.len() == width),
            "{}",
            table.title
        );
    }
}

#[test]
fn a_text_of_a_scenario_is_no_html() {
    let mut results = fake::results(&Wanted::default());
    results.scenario = "</title><script>alert(1)</script>".into();
    results.description = "</script><script>alert(2)</script>".into();
    let html = html(&results);
    assert_eq!(html.matches("<script").count(), 2);
    assert_eq!(data(&html).description, results.description);
}

/// A service that has two of ten tasks is the first that a reader sees, before all else.
#[test]
fn what_is_missing_stands_first() {
    let results = played_text(super::truth::DEAD);
    let data = PageData::of(&results);
    let first = &data.deviations[0];
    assert_eq!(first.tone, Tone::Bad);
    assert_eq!(
        first.text,
        "service web: never complete, 0 % available, 8 tasks missing: the latest task without room \
         lacked CPU on 1 of 1 instance (RESOURCE:CPU on 1 of 1 instance); more: ecsim explain \
         scenario.yaml --seed 1 --service web"
    );
    assert_eq!(first.section.as_deref(), Some("services"));
    let services = data.tables.iter().find(|table| table.section == "services");
    let row = &services.expect("it is there").rows[0];
    let texts: Vec<&str> = row.iter().map(|cell| cell.text.as_str()).collect();
    assert_eq!(texts[..6], ["web", "base", "10", "2", "8", "0 %"]);
}

#[test]
fn where_nothing_deviates_the_page_says_so() {
    let calm = "
ecsim: 1
name: calm
region: us-east-1
until: 2h
cluster:
  capacityProviders: [{ name: fleet, fleet: [{ instanceType: m5.large, count: 1 }] }]
taskDefinitions:
  - { family: web, cpu: 1 vCPU, memory: 2 GB, containerDefinitions: [{ name: web, image: a }] }
services: [{ serviceName: web, taskDefinition: web, desiredCount: 2, launchType: EC2 }]
delays: none
";
    let data = PageData::of(&played_text(calm));
    assert_eq!(data.deviations[0].tone, Tone::Good);
    assert!(data.deviations[0].text.starts_with("Nothing deviates"));
}

#[test]
fn rows_of_a_trace_that_are_left_out_are_said() {
    let mut results = fake::results(&Wanted::default());
    results.left_out = vec!["tasks.jobs.trace: 3 of 9 rows are left out".into()];
    let data = PageData::of(&results);
    let said =
        "Rows of a trace are left out or changed: tasks.jobs.trace: 3 of 9 rows are left out";
    let found = data.deviations.iter().find(|one| one.text == said);
    assert_eq!(found.map(|one| one.tone), Some(Tone::Warning));
}
