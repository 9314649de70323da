//! Work that can never run.

use super::groups::group;
use super::valid;

/// Nothing launches instances for the launch type EC2, nor for a group without managed scaling.
#[test]
fn work_that_can_never_run_is_warned_about() {
    let warned = |keys: &str, others: &str, target: &str| -> Vec<String> {
        let text = group(&format!("instanceTypes: [m6i.large], {keys}"), others);
        let text = text.replace(
            "taskDefinition: report\n",
            &format!("taskDefinition: report{target}\n"),
        );
        let found = valid(&text, &[]).warnings.into_iter();
        let found = found.map(|warning| warning.message);
        found
            .filter(|message| message.contains("can never run"))
            .collect()
    };
    let managed = "      managedScaling: { status: ENABLED }";
    let strategy = "\n    capacityProviderStrategy: [{ capacityProvider: ec2, weight: 1 }]";
    let ec2 = "\n    launchType: EC2";
    assert_eq!(
        warned("minSize: 0, maxSize: 4", managed, ec2),
        [
            "`reports` can never run: group `ec2` begins with no instance, and the launch type EC2 starts none"
        ]
    );
    assert_eq!(
        warned("minSize: 0, maxSize: 4", "", strategy),
        [
            "`reports` can never run: group `ec2` begins with no instance, and it has no managed scaling"
        ]
    );
    for (keys, others, target) in [
        ("minSize: 0, maxSize: 4", managed, strategy),
        ("minSize: 0, maxSize: 4", managed, ""),
        ("minSize: 1, maxSize: 4", managed, ec2),
        ("minSize: 0, maxSize: 4, desiredCapacity: 2", "", ""),
    ] {
        assert!(
            warned(keys, others, target).is_empty(),
            "{keys} {others} {target}"
        );
    }
}

/// Several works with one reason are one warning, at the first of them.
#[test]
fn the_reason_is_told_once() {
    let text = group("instanceTypes: [m6i.large], minSize: 0, maxSize: 4", "");
    let service = |name: &str| {
        format!(
            "  - {{ serviceName: {name}, taskDefinition: report, desiredCount: 1, launchType: EC2 }}\n"
        )
    };
    let services: String = ["a", "b", "c"].map(service).concat();
    let found = valid(&format!("{text}services:\n{services}"), &[]).warnings;
    let found = found.iter().filter(|w| w.message.contains("can never run"));
    let found: Vec<_> = found
        .map(|w| (w.path.as_str(), w.message.as_str()))
        .collect();
    let message = "`reports`, `a`, `b`, `c` can never run: group `ec2` begins with no instance, and the launch type EC2 starts none";
    assert_eq!(found, [("tasks.reports", message)]);
}
