//! KMS keys: their state, their grants, their last use.

use super::environment::Tags;
use super::{AwsError, Look};
use crate::policy::evaluate::Named;
use chrono::{DateTime, Utc};

use crate::pipeline::arn::KeyArn;
use crate::pipeline::identity::DatabaseId;
use crate::pipeline::route::KeyManager;

/// A KMS key as `DescribeKey` shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    pub arn: KeyArn,
    pub manager: KeyManager,
    /// `Enabled`, `Disabled`, `PendingDeletion`, … as AWS spells it.
    pub state: String,
    /// When it will be deleted.
    pub deletion_date: Option<DateTime<Utc>>,
    /// What conditions can ask of it: spec, usage and origin, as AWS spells them.
    pub nature: Nature,
}

/// What a key is, as conditions ask for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Nature {
    /// In the form `SYMMETRIC_DEFAULT`.
    pub spec: String,
    /// In the form `ENCRYPT_DECRYPT`.
    pub usage: String,
    /// In the form `AWS_KMS`.
    pub origin: String,
    /// Whether it is one of several with the same material in other Regions.
    pub multi_region: bool,
}

/// A grant on a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    pub id: String,
    /// Who may use the key: a principal's ARN or a service's name.
    pub grantee: String,
    /// The account under which it was made.
    pub issuing_account: String,
    /// The database that RDS made it for: RDS binds its grants to the `DbiResourceId` (AWS KMS Developer Guide, "How
    /// Amazon RDS uses AWS KMS").
    pub database: Option<DatabaseId>,
}

/// The last use of a key that KMS has noted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Usage {
    /// In the form `Decrypt`.
    pub operation: String,
    pub at: DateTime<Utc>,
    /// When the key was made.
    pub key_created_at: Option<DateTime<Utc>>,
}

/// The name of a key's own policy.
pub const OWN_POLICY: &str = "default";

/// What a key's own policy is called where a finding names it.
pub fn own_policy(key: &str) -> String {
    key_policy(OWN_POLICY, key)
}

/// The same for any policy of a key.
pub fn key_policy(policy: &str, key: &str) -> String {
    format!("key policy {policy} of {key}")
}

/// A key that a database of the pipeline is encrypted under, as far as it could be seen.
#[derive(Debug)]
pub struct DatabaseKeySeen {
    /// What it is; none where it does not exist.
    pub key: Look<Option<Key>>,
    /// Its policies. Of a key that AWS manages nobody can change them: they are not asked for.
    pub policies: Look<Vec<Named>>,
    pub tags: Look<Tags>,
    /// The names of its aliases.
    pub aliases: Look<Vec<String>>,
}

impl DatabaseKeySeen {
    /// A key of which nothing was asked.
    pub fn not_asked() -> Self {
        Self {
            key: Err(AwsError::not_asked("kms:DescribeKey")),
            policies: Err(AwsError::not_asked("kms:GetKeyPolicy")),
            tags: Err(AwsError::not_asked("kms:ListResourceTags")),
            aliases: Err(AwsError::not_asked("kms:ListAliases")),
        }
    }
}

/// Whether AWS manages a key.
pub fn is_aws_managed(key: &Look<Option<Key>>) -> bool {
    matches!(key, Ok(Some(key)) if key.manager == KeyManager::AwsManaged)
}
