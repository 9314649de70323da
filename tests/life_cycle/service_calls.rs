//! Services that call services: the load that arrives, what a late or missing answer costs, and that nothing
//! goes round in an instant.

use crate::world::*;
use ecsim::simulation::Requests;

/// A shop with its own requests that calls `orders` twice and `offers` once a request; `orders` calls `stock`
/// for three of its requests in ten. `orders` are further keys of the load of `orders`.
fn called(calls: &str, orders: &str, more: &str) -> Diary {
    play(&format!(
        "\
ecsim: 1
name: called
until: 2h
cluster: {{ availabilityZones: [us-east-1a], capacityProviders: [{{ name: FARGATE }}] }}
taskDefinitions:
  - {{ family: web, cpu: 1 vCPU, memory: 2 GB, containerDefinitions: [{{ name: web, image: w }}] }}
services:
  - {{ serviceName: shop, taskDefinition: web, launchType: FARGATE, desiredCount: 4, load: {{ requestsPerSecond: 100/s, cpuPerRequest: 10ms }} }}
  - {{ serviceName: orders, taskDefinition: web, launchType: FARGATE, load: {{ cpuPerRequest: 5ms, requestsPerSecond: 10/s{orders} }}, desiredCount: 3 }}
  - {{ serviceName: offers, taskDefinition: web, launchType: FARGATE, load: {{ cpuPerRequest: 5ms, requestsPerSecond: 0/s }}, desiredCount: 2 }}
  - {{ serviceName: stock, taskDefinition: web, launchType: FARGATE, load: {{ cpuPerRequest: 5ms, requestsPerSecond: 0/s }}, desiredCount: 2 }}
{calls}
delays: none
{more}
"
    ))
}

const CALLS: &str = "\
serviceCalls:
  - { caller: orders, callee: stock, callsPerRequest: 0.3 }
  - { caller: shop, callee: orders, callsPerRequest: 2 }
  - { caller: shop, callee: offers, required: false }";

const NAMES: [&str; 4] = ["shop", "orders", "offers", "stock"];

/// What passed of each service between two seconds.
fn passed(diary: &Diary, from: f64, to: f64) -> [Requests; 4] {
    let mut found = [(); NAMES.len()].map(|()| Requests::default());
    for (at, fact) in &diary.facts {
        if let Fact::Requests(service, of) = fact
            && (from..=to).contains(&seconds(*at))
        {
            found[service.index()].add(of);
        }
    }
    found
}

/// Whole requests per second over this time.
fn rate(amount: u128, seconds: f64) -> f64 {
    amount as f64 / Requests::PER_REQUEST as f64 / seconds
}

#[test]
fn load_propagates_along_the_calls() {
    let played = called(CALLS, "", "");
    let found = passed(&played, 0.0, 7_200.0);
    // 2 × 100 and its own 10; 0.3 of them; 1 × 100.
    for (of, wanted) in found.iter().zip([100.0, 210.0, 100.0, 63.0]) {
        assert!((rate(of.offered, 7_200.0) - wanted).abs() < 0.01, "{of:?}");
        assert_eq!(of.offered, of.served + of.queued);
    }
    // CPU of what is reserved: 100 × 10 ms of 4 vCPU; 210 × 5 ms of 3.
    let use_of = |of: &Requests| of.utilization().expect("tasks ran") as f64 / 1e6;
    assert!((use_of(&found[0]) - 25.0).abs() < 0.01);
    assert!((use_of(&found[1]) - 35.0).abs() < 0.01);
}

/// A request of the shop waits for its calls: two of orders, one of offers. An idle task needs 5 ms for one.
#[test]
fn a_request_takes_as_long_as_its_calls() {
    let alone = called("", "", "");
    let mean = |diary: &Diary| {
        let all = passed(diary, 0.0, 7_200.0);
        let of = all[0];
        of.served_p50 as f64 / of.served as f64
    };
    let more = mean(&called(CALLS, "", "")) - mean(&alone);
    // Two calls to orders at 35 % of 3 vCPU with its own call, one to offers: a little above 15 ms.
    assert!((15_000.0..30_000.0).contains(&more), "{more} µs");
}

/// Without `orders` each request of the shop is answered with an error, and `stock` is not called; without
/// `offers` nothing is missed.
#[test]
fn an_outage_of_what_is_required_fails_requests_and_cuts_what_comes_behind_it() {
    let out = |service: &str, from: u32, to: u32| {
        format!(
            "actions: [{{ at: {from}m, updateService: {{ service: {service}, desiredCount: 0 }} }}, {{ at: {to}m, updateService: {{ service: {service}, desiredCount: 2 }} }}]"
        )
    };
    let played = called(CALLS, "", &out("orders", 30, 60));
    let [shop, orders, _, stock] = passed(&played, 1_802.0, 3_600.0);
    assert_eq!((shop.served, shop.refused), (0, 0));
    assert!((rate(shop.errors, 1_798.0) - 100.0).abs() < 0.5, "{shop:?}");
    assert_eq!((orders.served, stock.offered), (0, 0));
    let [shop, _, _, stock] = passed(&played, 3_700.0, 7_200.0);
    assert_eq!(shop.errors, 0);
    assert!(stock.offered > 0);
    let played = called(CALLS, "", &out("offers", 30, 60));
    let [shop, ..] = passed(&played, 0.0, 7_200.0);
    assert_eq!((shop.errors, shop.offered), (0, shop.served + shop.queued));
}

/// A shop without tasks calls no service.
#[test]
fn an_outage_of_the_caller_cuts_its_calls() {
    let more = "actions: [{ at: 30m, updateService: { service: shop, desiredCount: 0 } }]";
    let played = called(CALLS, "", more);
    let [shop, orders, offers, stock] = passed(&played, 1_802.0, 7_200.0);
    assert_eq!((shop.served, offers.offered), (0, 0));
    assert!((rate(orders.offered, 5_398.0) - 10.0).abs() < 0.1);
    assert!((rate(stock.offered, 5_398.0) - 3.0).abs() < 0.1);
}

/// Half of what is sent to `orders` times out: of the requests of the shop, which call it twice, three
/// quarters fail.
#[test]
fn in_an_overload_a_request_with_two_calls_fails_more_often_than_one_call() {
    // Three tasks with 0.2 vCPU for 5 ms a request: 120 of the 210 a second. With a limit of requests at once
    // no work is wasted.
    let orders = ", maxConcurrency: 20, cpuLimit: 0.2 vCPU, timeout: 2s";
    let played = called(CALLS, orders, "");
    let [shop, orders, _, stock] = passed(&played, 600.0, 7_200.0);
    let served = orders.served as f64 / orders.offered as f64;
    assert!((0.4..0.9).contains(&served), "{served}");
    let of_shop = shop.served as f64 / shop.offered as f64;
    assert!(
        (of_shop - served * served).abs() < 0.02,
        "{of_shop} {served}"
    );
    // What `orders` works on calls `stock`, whether its client still waits or not.
    let worked = stock.offered as f64 / 0.3;
    assert!((worked / orders.served as f64 - 1.0).abs() < 0.01);
}

fn count_of_requests(diary: &Diary) -> usize {
    let facts = diary.facts.iter();
    let facts = facts.filter(|(_, fact)| matches!(fact, Fact::Requests(..)));
    facts.count()
}

/// What changes for ever is followed once a second at most: services that share an instance, in an overload
/// with places and retries.
#[test]
fn the_number_of_events_is_bounded() {
    // Each of four services is looked at once a minute.
    let count = count_of_requests(&called(CALLS, "", ""));
    assert!(count < 500, "{count}");
    let shared = |capacity: &str, service: &str| {
        play(&format!(
            "\
ecsim: 1
name: shared
until: 10m
cluster: {{ availabilityZones: [us-east-1a], capacityProviders: [{{ name: pool, fleet: [{{ instanceType: m5.large, count: 1 }}] }}] }}
taskDefinitions:
  - {{ family: web, memory: 1 GB, {capacity}containerDefinitions: [{{ name: web, image: w, cpu: 256 }}] }}
services:
  - {{ serviceName: a, taskDefinition: web, desiredCount: 2, load: {{ requestsPerSecond: 80/s, cpuPerRequest: 10ms, timeout: 10s{service} }} }}
  - {{ serviceName: b, taskDefinition: web, desiredCount: 2, load: {{ requestsPerSecond: 0/s, cpuPerRequest: 10ms, timeout: 5s, maxConcurrency: 8, clientRetries: {{ attempts: 3 }} }} }}
serviceCalls: [{{ caller: a, callee: b, callsPerRequest: 2 }}]
delays: none
"
        ))
    };
    for (capacity, service) in [
        ("", ""),
        ("", ", maxConcurrency: 8"),
        ("cpu: 512, ", ", maxConcurrency: 8"),
        ("cpu: 256, ", ", maxConcurrency: 8"),
    ] {
        let count = count_of_requests(&shared(capacity, service));
        assert!(count < 8 * 600, "{capacity} {service}: {count}");
    }
}

/// Three in ten requests of `orders` make a call; without `stock` those fail, and no other.
#[test]
fn a_part_of_a_call_is_made_by_that_part_of_the_requests() {
    let more = "actions: [{ at: 0s, updateService: { service: stock, desiredCount: 0 } }]";
    let played = called(CALLS, "", more);
    let [_, orders, ..] = passed(&played, 60.0, 7_200.0);
    let failed = orders.errors as f64 / orders.offered as f64;
    assert!((failed - 0.3).abs() < 0.001, "{failed}");
}

/// Users of the shop wait for 5 s; two calls of 4 s each are too slow for them. They send their requests again.
#[test]
fn a_request_that_waits_for_too_long_times_out() {
    let more = "variants: [{ name: hasty, services: [{ serviceName: shop, load: { timeout: 5s, clientRetries: { attempts: 2 } } }] }]";
    let played = called(CALLS, ", latency: 4s", more);
    let [shop, ..] = passed(&played, 600.0, 7_200.0);
    assert!(shop.timed_out > shop.offered / 100 * 99, "{shop:?}");
    assert!(shop.retried > shop.offered / 100 * 45, "{shop:?}");
}

/// With four requests at once a task of the shop has no place for more while it waits for `orders`, which
/// answer late: the shop itself serves fewer.
#[test]
fn a_request_that_waits_for_an_answer_takes_a_place() {
    let limited = |orders: &str| {
        let calls = CALLS.replace(
            "serviceCalls:",
            "variants: [{ name: few, services: [{ serviceName: shop, load: { maxConcurrency: 4 } }] }]
serviceCalls:",
        );
        let played = called(&calls, orders, "");
        let [shop, ..] = passed(&played, 1_200.0, 7_200.0);
        rate(shop.served + shop.errors, 6_000.0)
    };
    let quick = limited("");
    assert!((quick - 100.0).abs() < 2.0, "{quick}");
    // 16 places, and 2 × 0.2 s and a little more for each request: 35 to 40 a second.
    let late = limited(", latency: 200ms");
    assert!((33.0..40.0).contains(&late), "{late}");
}

/// With two attempts a call to `orders` fails where both do.
#[test]
fn a_lost_call_is_sent_again() {
    let orders =
        ", maxConcurrency: 20, cpuLimit: 0.3 vCPU, timeout: 2s, clientRetries: { attempts: 2 }";
    let played = called(CALLS, orders, "");
    let [shop, orders, ..] = passed(&played, 1_200.0, 7_200.0);
    let lost = 1.0 - orders.served as f64 / orders.offered as f64;
    let answered = 1.0 - lost * lost;
    let of_shop = shop.served as f64 / shop.offered as f64;
    assert!((0.1..0.6).contains(&lost), "{lost}");
    assert!(
        (of_shop - answered * answered).abs() < 0.03,
        "{of_shop} {lost}"
    );
}
