//! The plot of cost against service level.

use crate::terminal::played;
use ecsim::report::{Chart, Drawing, Scatter, Shape, charts};
use ecsim::runner::Results;

/// One service whose requests one task cannot serve at their peak.
const LOADED: &str = "\
ecsim: 1
name: loaded
until: 6h
taskDefinitions:
  - { family: web, cpu: 1 vCPU, memory: 2 GB, containerDefinitions: [{ name: web, image: web }] }
services:
  - serviceName: web
    taskDefinition: web
    desiredCount: 4
    launchType: FARGATE
    load:
      requestsPerSecond: { mmpp: { states: [{ rate: 10/s, meanStay: 10m }, { rate: 150/s, meanStay: 10m }] } }
      cpuPerRequest: 20ms
      maxConcurrency: 50
cluster: { capacityProviders: [{ name: FARGATE }] }
delays: none
";

fn service_level(results: &Results) -> Option<(Chart, Scatter)> {
    let mut found = None;
    let _ = charts(results, |chart| {
        if let Drawing::Scatter(scatter) = &chart.drawing {
            assert_eq!(chart.name, "service-level");
            found = Some((chart.clone(), scatter.clone()));
        }
        Ok::<(), ()>(())
    });
    found
}

fn mean(results: &Results, variant: usize, path: &str) -> f64 {
    let mut figures = results.variants[variant].figures.iter();
    let found = figures.find(|of| of.figure.path == path);
    found.and_then(|of| of.estimate.mean).expect("a mean")
}

#[test]
fn each_run_and_each_mean_has_a_dot_at_its_cost_and_its_service_level() {
    let text = format!(
        "{LOADED}variants: [{{ name: four }}, {{ name: two, services: [{{ serviceName: web, desiredCount: 2 }}] }}]"
    );
    let results = played(&text, 3);
    let (chart, scatter) = service_level(&results).expect("two variants have a load");
    assert_eq!(chart.legend.len(), 2);
    let figures = ["response.p99", "requests.served.share"];
    assert_eq!(scatter.panels.len(), figures.len());
    for (panel, figure) in scatter.panels.iter().zip(figures) {
        assert_eq!(panel.dots.len(), 2);
        for (variant, dots) in panel.dots.iter().enumerate() {
            let path = format!("service.web.{figure}");
            let cost = mean(&results, variant, "cost.total.perMonth");
            assert_eq!(dots.mean, (cost, mean(&results, variant, &path)));
            assert_eq!((dots.runs.len(), dots.shape), (3, Shape::Circle));
            for (cost, value) in &dots.runs {
                assert!((scatter.axis.from..=scatter.axis.to).contains(cost));
                assert!((panel.axis.from..=panel.axis.to).contains(value), "{value}");
            }
        }
    }
    let share = &scatter.panels[1].dots;
    assert!(share[0].mean.1 > share[1].mean.1, "two tasks serve less");
}

#[test]
fn one_variant_has_nothing_to_be_compared_with() {
    assert_eq!(service_level(&played(LOADED, 2)), None);
}

#[test]
fn where_all_is_served_there_is_one_panel() {
    let text = LOADED.replace("150/s", "20/s");
    let text = format!(
        "{text}variants: [{{ name: four }}, {{ name: two, services: [{{ serviceName: web, desiredCount: 2 }}] }}]"
    );
    let (chart, scatter) = service_level(&played(&text, 2)).expect("two variants have a load");
    assert_eq!(scatter.panels.len(), 1);
    assert!(
        chart
            .legend
            .iter()
            .all(|key| key.label.ends_with("100 % served"))
    );
    let said = ". All requests of every run were served. ";
    assert!(chart.caption.contains(said), "{}", chart.caption);
    assert!(scatter.panels[0].axis.ticks.len() >= 2);
}

/// A 99th percentile at the time-out is not the time that one request in a hundred really needs.
#[test]
fn a_time_at_the_time_out_is_named() {
    let text = LOADED.replace("maxConcurrency: 50", "timeout: 5s");
    let text = text.replace("150/s", "1000/s");
    let text = format!(
        "{text}variants: [{{ name: four }}, {{ name: many, services: [{{ serviceName: web, desiredCount: 40 }}] }}]"
    );
    let (chart, _) = service_level(&played(&text, 2)).expect("two variants have a load");
    let labels: Vec<&str> = chart.legend.iter().map(|key| key.label.as_str()).collect();
    let of = |name: &str| labels.iter().find(|label| label.starts_with(name));
    let is_named = |name: &str| of(name).expect(name).contains(" (time-out: 5 s), ");
    assert!(is_named("four: ") && !is_named("many: "), "{labels:?}");
    let said = "Response times are those of served requests: a request without an answer after the time-out of its client (5 s) does not count in them";
    assert!(chart.caption.contains(said), "{}", chart.caption);
}
