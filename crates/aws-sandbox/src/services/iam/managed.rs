//! AWS managed policies: those in use, their content restated as data.
//!
//! Source: AWS Managed Policy Reference Guide. Statements about services that the sandbox does not
//! have are left out; each file names them in `Omitted`.

use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::Value;

/// One AWS managed policy.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AwsManaged {
    /// In the form `AdministratorAccess`.
    pub policy_name: String,
    /// `/`, `/service-role/` or `/aws-service-role/`.
    pub path: String,
    /// What AWS says that it is for.
    pub description: String,
    /// The version that is in force at AWS.
    pub version_id: String,
    /// When that version was made, ISO 8601.
    pub create_date: String,
    /// Services whose statements the file leaves out.
    pub omitted: Vec<String>,
    pub document: Value,
}

impl AwsManaged {
    /// `arn:aws:iam::aws:policy/service-role/Name`.
    pub fn arn(&self) -> String {
        format!("arn:aws:iam::aws:policy{}{}", self.path, self.policy_name)
    }
}

const FILES: &[&str] = &[
    include_str!("managed/AdministratorAccess.json"),
    include_str!("managed/AWSBackupServiceLinkedRolePolicyForBackup.json"),
    include_str!("managed/AWSBackupServiceRolePolicyForBackup.json"),
    include_str!("managed/AWSBackupServiceRolePolicyForRestores.json"),
    include_str!("managed/AWSLambdaBasicExecutionRole.json"),
    include_str!("managed/AmazonRDSServiceRolePolicy.json"),
];

static ALL: LazyLock<Vec<AwsManaged>> =
    LazyLock::new(|| FILES.iter().filter_map(|file| serde_json::from_str(file).ok()).collect());

/// All of them.
pub fn all() -> &'static [AwsManaged] {
    &ALL
}

/// One by its ARN, in any partition.
pub fn by_arn(arn: &str) -> Option<&'static AwsManaged> {
    let path_and_name = arn.split_once(":iam::aws:policy")?.1;
    ALL.iter()
        .find(|policy| path_and_name.strip_prefix(policy.path.as_str()).is_some_and(|name| name == policy.policy_name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_is_read_and_is_a_policy() {
        assert_eq!(all().len(), FILES.len());
        for policy in all() {
            super::super::validate::identity_policy(&policy.document.to_string()).expect(&policy.policy_name);
        }
    }

    #[test]
    fn a_policy_is_found_under_its_path_only() {
        assert!(by_arn("arn:aws:iam::aws:policy/AdministratorAccess").is_some());
        assert!(by_arn("arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup").is_some());
        assert!(by_arn("arn:aws:iam::aws:policy/AWSBackupServiceRolePolicyForBackup").is_none());
    }
}
