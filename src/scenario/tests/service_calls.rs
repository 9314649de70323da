//! Calls between services: what is read, and what is refused.

use super::{problems, valid, with};
use crate::plan::ServiceCall;

/// The valid scenario with three services with a load, one with exact requests, one without a load, and these
/// calls.
fn scenario(calls: &str) -> String {
    let service = |name: &str, keys: &str| {
        format!("  - {{ serviceName: {name}, taskDefinition: report, desiredCount: 2, {keys} }}\n")
    };
    let load = "load: { requestsPerSecond: 10/s, cpuPerRequest: 15ms }";
    let one_by_one = "load: { requestsPerSecond: 1/s, cpuPerRequest: 15ms, mode: exact }";
    let services = [
        service("shop", load),
        service("orders", &load.replace("10/s", "0/s")),
        service("stock", load),
        service("exact", one_by_one),
        service("cron", "platformVersion: LATEST"),
    ];
    let services = services.concat().replace(", platformVersion: LATEST", "");
    with(
        "tasks:\n",
        &format!("services:\n{services}serviceCalls: {calls}\ntasks:\n"),
    )
}

#[test]
fn calls_are_read() {
    let text = scenario(
        "[{ caller: shop, callee: orders, callsPerRequest: 2.5 }, { caller: orders, callee: stock, required: false }]",
    );
    let study = valid(&text, &[]).study;
    let call = |caller, callee, per_request, is_required| ServiceCall {
        caller,
        callee,
        per_request,
        is_required,
    };
    let wanted = [call(0, 1, 2_500_000, true), call(1, 2, 1_000_000, false)];
    assert_eq!(study.variants[0].calls, wanted);
    assert_eq!(study.warnings, Vec::<String>::new());
}

#[test]
fn calls_that_the_tasks_cannot_serve_are_told_with_the_arithmetic() {
    let text = scenario("[{ caller: shop, callee: orders, callsPerRequest: 90 }]");
    let warnings = valid(&text, &[]).study.warnings;
    let [warning] = &warnings[..] else {
        panic!("{warnings:?}")
    };
    let wanted = "`orders`, with the calls of other services at their peaks: up to 900.0 requests arrive per second, and 2 tasks serve";
    assert!(warning.contains(wanted), "{warning}");
}

#[test]
fn what_cannot_be_is_refused() {
    for (calls, wanted) in [
        (
            "[{ caller: shop, callee: ordres }]",
            "there is no service `ordres`",
        ),
        ("[{ caller: shop }]", "`callee` is missing"),
        (
            "[{ caller: shop, callee: cron }]",
            "this service has no `load`",
        ),
        (
            "[{ caller: exact, callee: shop }]",
            "calls of a service with `mode: exact` are not modelled yet",
        ),
        (
            "[{ caller: shop, callee: orders, callsPerRequest: 0 }]",
            "expected from 0.000001 to 1,000",
        ),
        (
            "[{ caller: shop, callee: orders }, { caller: shop, callee: orders }]",
            "these two services are in this list already",
        ),
        (
            "[{ caller: shop, callee: shop }]",
            "in a circle without an end: shop → shop",
        ),
        (
            "[{ caller: shop, callee: orders }, { caller: orders, callee: stock }, { caller: stock, callee: shop }]",
            "in a circle without an end: shop → orders → stock → shop",
        ),
    ] {
        let found = problems(&scenario(calls), &[]);
        assert!(found.contains(wanted), "{calls}:\n{found}");
        assert!(found.contains("shop.yaml:"), "{found}");
    }
}
