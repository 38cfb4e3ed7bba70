//! The route of a recovery point: how many copy jobs it takes, computed from what it is.

use serde::Serialize;

use super::environment::Hop;

/// Who manages a KMS key, from `kms:DescribeKey` (`KeyManager`), never from the recovery point.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum KeyManager {
    /// The recovery point is not encrypted.
    Unencrypted,
    /// An AWS managed key (`aws/rds`): its policy cannot be changed, nobody can share it.
    AwsManaged,
    /// A customer managed key.
    Customer,
    /// It could not be looked up.
    Unknown,
}

/// Which copies a recovery point needs to reach the destination, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Route {
    /// Number of copy jobs: 0, 1 or 2.
    pub hops: u8,
    pub reason: String,
}

impl Route {
    /// The pipeline's own hops that the route takes. A one-job route is still driven through the
    /// intermediate vault when the pipeline's plan sends it there, so both are returned for it.
    pub fn travels(&self) -> &'static [Hop] {
        match self.hops {
            0 => &[],
            _ => &Hop::ALL,
        }
    }
}

/// Resource types of which AWS Backup copies nothing anywhere, or not to another account
/// (AWS Backup Developer Guide, backup-feature-availability).
fn uncopyable(resource_type: &str) -> Option<&'static str> {
    match resource_type {
        "Redshift" | "Redshift Serverless" => Some("AWS Backup copies no recovery points of this type"),
        "CloudFormation" => Some("AWS Backup copies CloudFormation stacks across Regions, but not across accounts"),
        _ => None,
    }
}

/// Types that AWS Backup encrypts by itself under the vault's key, so that any copy is re-encrypted
/// (AWS Backup Developer Guide, backup-feature-availability: full management).
fn is_fully_managed(resource_type: &str) -> bool {
    matches!(resource_type, "EFS" | "S3" | "Timestream" | "VirtualMachine" | "SAP HANA on Amazon EC2" | "EKS" | "DSQL")
}

/// Computes the route of a recovery point from its type and from who manages its key.
pub fn route(resource_type: &str, key: KeyManager) -> Route {
    let say = |hops, reason: &str| Route { hops, reason: reason.to_owned() };
    if let Some(reason) = uncopyable(resource_type) {
        return say(0, reason);
    }
    if is_fully_managed(resource_type) {
        return say(
            1,
            "AWS Backup encrypts this type under the vault's key: one copy job could cross both borders, and the \
             pipeline takes its two hops all the same",
        );
    }
    match key {
        KeyManager::AwsManaged => say(
            2,
            "encrypted with an AWS managed key, which cannot be shared with another account: \
             the first copy job re-encrypts it under a customer managed key, the second crosses accounts",
        ),
        KeyManager::Customer => say(
            1,
            "encrypted with a customer managed key: where that key is shared, one copy job could cross both borders, and \
             the pipeline takes its two hops all the same",
        ),
        KeyManager::Unencrypted => say(
            1,
            "not encrypted: one copy job could cross both borders, and the pipeline takes its two hops all the same",
        ),
        KeyManager::Unknown => say(2, "its key could not be looked up: the two hops work whatever it is"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_snapshot_under_aws_rds_takes_two_hops() {
        assert_eq!(route("RDS", KeyManager::AwsManaged).hops, 2);
        assert_eq!(route("Aurora", KeyManager::AwsManaged).hops, 2);
    }

    #[test]
    fn a_snapshot_under_a_customer_managed_key_takes_one() {
        assert_eq!(route("RDS", KeyManager::Customer).hops, 1);
    }

    #[test]
    fn redshift_goes_nowhere_and_says_why() {
        let route = route("Redshift", KeyManager::Customer);
        assert_eq!(route.hops, 0);
        assert!(route.travels().is_empty());
        assert!(!route.reason.is_empty());
    }

    #[test]
    fn a_fully_managed_type_takes_one_whatever_its_key() {
        assert_eq!(route("EFS", KeyManager::AwsManaged).hops, 1);
    }

    #[test]
    fn each_type_and_key_has_its_reason() {
        let keys = [KeyManager::AwsManaged, KeyManager::Customer, KeyManager::Unencrypted, KeyManager::Unknown];
        let others = ["Redshift", "CloudFormation", "EFS"].map(|other| (other, KeyManager::AwsManaged));
        let all = keys.map(|key| ("RDS", key)).into_iter().chain(others);
        let lines = all.map(|(resource_type, key)| {
            let route = route(resource_type, key);
            format!("{resource_type}, {key:?}, hops {}: {}", route.hops, route.reason)
        });
        insta::assert_snapshot!(lines.collect::<Vec<_>>().join("\n"));
    }
}
