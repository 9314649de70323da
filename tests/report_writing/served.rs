//! Services whose work is requests: variants are compared by what they were asked for and served, and
//! the tables count requests, attempts and starts.

use super::terminal::played;
use ecsim::report::{TerminalStyle, terminal};
use ecsim::runner::{Results, VariantResults};

/// 50 requests per second of 10 ms on two instances with room for four tasks.
const SHOP: &str = "\
ecsim: 1
name: shop
until: 2h
cluster: { capacityProviders: [{ name: fleet, fleet: [{ instanceType: m5.large, count: 2 }] }] }
taskDefinitions:
  - { family: web, cpu: 1024, memory: 512, containerDefinitions: [{ name: web, image: web }] }
services:
  - serviceName: web
    taskDefinition: web
    desiredCount: 4
    load: { requestsPerSecond: 50/s, cpuPerRequest: 10ms, timeout: 2s }
delays: none
variants:
  - name: four
  - name: crowded
    services: [{ serviceName: web, desiredCount: 10 }]
  - name: busier
    services: [{ serviceName: web, load: { requestsPerSecond: 70/s } }]
  - name: overloaded
    services: [{ serviceName: web, load: { cpuPerRequest: 100ms } }]
  - name: retries
    services: [{ serviceName: web, load: { cpuPerRequest: 100ms, clientRetries: { attempts: 2 } } }]
";

fn page(results: &Results) -> String {
    let style = TerminalStyle {
        width: 160,
        color: false,
    };
    terminal(results, &style)
}

fn variant<'r>(results: &'r Results, name: &str) -> &'r VariantResults {
    let mut variants = results.variants.iter();
    variants
        .find(|variant| variant.name == name)
        .expect("there is such a variant")
}

#[test]
fn variants_with_a_load_are_compared_by_the_requests_that_they_serve() {
    let results = played(SHOP, 1);
    let of = |name: &str| variant(&results, name);
    let four = of("four");
    // Six of ten tasks find no room; every request is served.
    assert!(!of("crowded").is_incomplete());
    assert!(of("crowded").is_comparable_with(four));
    // More requests are another work, although all of them are served.
    assert!(!of("busier").is_incomplete());
    assert!(!of("busier").is_comparable_with(four));
    assert!(!of("busier").has_the_work_of(four));
    // A part of the requests is not the work; what clients send again is no further request.
    for name in ["overloaded", "retries"] {
        assert!(of(name).is_incomplete(), "{name}");
        assert!(of(name).has_the_work_of(four), "{name}");
        assert!(!of(name).is_comparable_with(four), "{name}");
        let requests = of(name).done().requests;
        assert_eq!(requests.wanted, four.done().requests.wanted, "{name}");
    }
    let page = page(&results);
    for words in [
        "other work: busier: 504,000 requests, the first has 360,000: costs are not comparable\n",
        " of 360,000 requests were served; its cost is that of this part and is not comparable\n",
        "crowded: web: never complete, 0 % available, 6 tasks missing: lacked CPU on 2 of 2 instances\n",
        " % of the requests are served: 4 of 4 tasks were healthy, time mean",
        "Requests, each counted once, and the attempts of clients",
        "requests\n",
    ] {
        let flat = page.replace("\n            ", " ");
        let flat = flat.replace("\n  ", " ");
        assert!(flat.contains(words.trim_end()), "{words}\n{page}");
    }
}

/// A release of which one request in five is answered with an error, until the next one after an hour.
#[test]
fn the_requests_that_met_a_bad_release_are_counted() {
    let text = SHOP.split("variants:").next().expect("a study");
    // With room for the tasks of both revisions.
    let text = text.replace("desiredCount: 4", "desiredCount: 2");
    let release = "\
deployments:
  - { name: v2, service: web, at: 30m, forceNewDeployment: true, bad: { failure: errors, errorShare: 20% } }
";
    let page = page(&played(&(text + release), 1));
    let table = page.split("Deployments: ").nth(1).expect("a table");
    for words in ["requests to", "bad release", "of them", "errors"] {
        assert!(table.contains(words), "{words}\n{page}");
    }
    assert!(
        page.contains(
            "the deployment costs nothing in a run against the same runs without deployments\n"
        ),
        "{page}"
    );
    assert!(!page.contains("attempts"), "{page}");
}
