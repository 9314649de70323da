//! Names of AWS that no table has yet. A key with such a name is reported as not modelled,
//! without the proposal of a similar key that means something else.

/// What these names stand for is not modelled. They are in the singular.
const NOT_YET: [&str; 34] = [
    "alarm",
    "alb",
    "bucket",
    "cacheCluster",
    "database",
    "dataTransfer",
    "dataTransferIn",
    "dataTransferOut",
    "deployment",
    "efs",
    "elasticIp",
    "fileSystem",
    "gateway",
    "internetGateway",
    "listener",
    "loadBalancer",
    "log",
    "logGroup",
    "natGateway",
    "network",
    "networkConfiguration",
    "nlb",
    "publicIp",
    "publicIpv4Address",
    "rds",
    "reservedInstance",
    "savingsPlan",
    "securityGroup",
    "snapshot",
    "subnet",
    "targetGroup",
    "transitGateway",
    "vpc",
    "vpcEndpoint",
];

/// True for a name of AWS that no table has yet; regardless of case, in the singular and in the
/// plural.
pub fn is_not_yet(key: &str) -> bool {
    let is_same = |name: &&str| {
        let rest = match key.get(..name.len()) {
            Some(start) if start.eq_ignore_ascii_case(name) => &key[name.len()..],
            _ => return false,
        };
        ["", "s", "es"].contains(&rest)
    };
    NOT_YET.iter().any(is_same)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_known_in_the_plural_and_in_any_case() {
        for key in [
            "natGateways",
            "natgateway",
            "NatGateway",
            "VPC",
            "logGroups",
        ] {
            assert!(is_not_yet(key), "{key}");
        }
        for key in ["", "s", "natGatewayss", "count", "vpcx"] {
            assert!(!is_not_yet(key), "{key}");
        }
    }
}
