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
