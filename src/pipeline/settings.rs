//! A validated pipeline: everything that `backupctl.toml` can say, typed.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{DateTime, NaiveDate, Utc};

use super::arn::{Arn, KeyArn, VaultArn};
use super::check::Check;
use super::environment::EnvironmentName;
use super::lock::{LockRange, VaultLock};
use crate::policy::names::{AccountId, Partition, Region};
use crate::policy::wildcard::Pattern;

/// Who may act as a role that backups run under (AWS Backup Developer Guide, iam-service-roles).
pub const BACKUP_ROLE_TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"backup.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;

/// A whole pipeline: three environments, the plan that feeds them, and how they are judged.
#[derive(Debug, Clone, PartialEq)]
pub struct Pipeline {
    /// Account A, Region A: where the databases run.
    pub source: Environment,
    /// Account A, Region B. Its account and credentials are the source's.
    pub intermediate: Environment,
    /// Account B, Region B.
    pub destination: Environment,
    /// Who may copy into the destination vault.
    pub allow: Allow,
    /// The lock of the destination vault.
    pub lock: VaultLock,
    /// The organization of both accounts.
    pub organization: Organization,
    /// The backup plan in the source environment.
    pub plan: Plan,
    /// What the plan backs up.
    pub selection: Selection,
    /// The path that starts the second hop.
    pub events: EventPath,
    /// How recovery points are judged.
    pub verify: VerifySettings,
    pub notifications: Notifications,
    /// Findings that somebody has taken note of.
    pub acknowledgements: Vec<Acknowledgement>,
}

/// One account + Region pair, and what stands in it.
#[derive(Debug, Clone, PartialEq)]
pub struct Environment {
    pub account: AccountId,
    pub region: Region,
    /// Where credentials for it come from.
    pub credentials: CredentialHints,
    /// The CloudFormation stack's name.
    pub stack: String,
    /// The backup vault's name.
    pub vault: String,
    /// Who administers the KMS key, as full ARNs. Never empty.
    pub key_admin: Vec<Arn>,
    /// Put before the names of what the stack makes; empty by default.
    pub name_prefix: String,
    /// Tags of the stack, which hands them to its resources.
    pub tags: BTreeMap<String, String>,
    /// The permissions boundary of the roles that the stack makes.
    pub permissions_boundary: Option<Arn>,
    /// The service role that CloudFormation acts as.
    pub cloudformation_role_arn: Option<Arn>,
    /// The IAM path of the roles that the stack makes, with both slashes; `/` by default.
    pub role_path: String,
    /// A customer managed key to use instead of making one.
    pub key_arn: Option<KeyArn>,
    /// Days between scheduling a key's deletion and its end, 7 to 30.
    pub key_deletion_window_days: u32,
}

/// How to find credentials for an environment, as the AWS CLI would.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CredentialHints {
    /// A profile of the shared AWS configuration.
    pub profile: Option<String>,
    /// A role to assume with the credentials found.
    pub role_arn: Option<Arn>,
    /// The external id that the role's trust policy asks for.
    pub external_id: Option<String>,
}

/// Who may copy into the destination vault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Allow {
    /// Only the copy roles of account A.
    #[default]
    CopyRoles,
    /// Every account of the organization.
    Organization,
}

/// The organization of both accounts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Organization {
    /// `o-…`; read from the destination account when absent.
    pub id: Option<String>,
    /// How the management account is reached, only to turn settings on.
    pub management: CredentialHints,
}

impl Organization {
    /// Whether the configuration says how to act as the management account.
    pub fn has_management(&self) -> bool {
        self.management.profile.is_some() || self.management.role_arn.is_some()
    }
}

/// The backup plan and its one rule.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    pub name: String,
    pub rule: String,
    /// `cron(…)` or `rate(…)` as AWS Backup writes it.
    pub schedule: String,
    /// The schedule's timezone (IANA).
    pub timezone: chrono_tz::Tz,
    /// Days that the source recovery point is kept.
    pub delete_after_days: u32,
    /// Days that the intermediate copy is kept, from the source's creation; at least 3.
    pub copy_delete_after_days: u32,
    /// Days that the destination copy is kept, from the source's creation.
    pub destination_delete_after_days: u32,
    /// The role that AWS Backup acts as: path and name, as the configuration has it.
    pub role: String,
    /// How long after its scheduled time a backup may start.
    pub start_window: Duration,
    /// How long after its scheduled time a backup may end.
    pub completion_window: Duration,
    /// Tags of the recovery points, besides `CopyToVault` and our own.
    pub recovery_point_tags: BTreeMap<String, String>,
    /// How long `copy` waits for the plan's own first hop.
    pub scheduled_copy_grace: Duration,
}

/// What the plan backs up.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Selection {
    pub name: String,
    /// Database ARNs (wildcards allowed, as AWS Backup takes them).
    pub resources: Vec<String>,
    /// Chosen by tag: any of them.
    pub tags: BTreeMap<String, String>,
    /// Chosen by tag: all of them.
    pub conditions: BTreeMap<String, String>,
    /// ARNs that are left out.
    pub exclude: Vec<String>,
}

impl Selection {
    /// What of `exclude` leaves this ARN out.
    pub fn left_out_by(&self, arn: &str) -> Option<&str> {
        self.exclude.iter().map(String::as_str).find(|pattern| Pattern::new(pattern).matches(arn))
    }

    /// Whether nothing at all is chosen.
    pub fn is_empty(&self) -> bool {
        self.resources.is_empty() && !self.is_by_tag()
    }

    /// Whether tags choose, and not ARNs alone.
    pub fn is_by_tag(&self) -> bool {
        !self.tags.is_empty() || !self.conditions.is_empty()
    }
}

/// The path that starts the second hop.
#[derive(Debug, Clone, PartialEq)]
pub struct EventPath {
    /// How often the sweep runs; none where the configuration says `""`.
    pub sweep_schedule: Option<String>,
    /// How far back the sweep looks; at most 25 days.
    pub sweep_window: Duration,
    /// Days that the function's log is kept.
    pub log_retention_days: u32,
}

/// How recovery points are judged.
#[derive(Debug, Clone, PartialEq)]
pub struct VerifySettings {
    /// The oldest that the newest backup may be; from the schedule when absent.
    pub max_age: Option<Duration>,
    /// After the backup's completion a missing intermediate copy is no finding before this.
    pub intermediate_deadline: Duration,
    /// The same for the destination copy.
    pub destination_deadline: Duration,
}

/// Who is told of failures.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Notifications {
    /// An e-mail address that the stack subscribes.
    pub email: Option<String>,
}

/// A finding that somebody has taken note of: it stays in the report, and out of the exit code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acknowledgement {
    pub check: Check,
    /// What the finding is about: an ARN, the short form of a database, a name.
    pub subject: String,
    /// Why it may stay as it is.
    pub reason: String,
    /// The last day on which it counts, in UTC.
    pub until: NaiveDate,
}

impl Acknowledgement {
    /// Whether it is of a check's finding about this.
    pub fn is_about(&self, check: Check, subject: &str) -> bool {
        let is_short = self.subject.contains(':') && subject.ends_with(&format!(":{}", self.subject));
        // A database may be called as `--resource` takes it.
        let is_named = subject.ends_with(&format!(":db:{}", self.subject));
        self.check == check && (self.subject == subject || is_short || is_named)
    }

    /// Whether it counts at that time.
    pub fn is_in_force(&self, now: DateTime<Utc>) -> bool {
        now.date_naive() <= self.until
    }
}

impl Pipeline {
    /// What of the acknowledgements counts now, for a check's finding about this.
    pub fn acknowledged(&self, check: Check, subject: &str, now: DateTime<Utc>) -> Option<&Acknowledgement> {
        self.acknowledgements.iter().find(|one| one.is_about(check, subject) && one.is_in_force(now))
    }

    /// The environment of that name.
    pub fn environment(&self, name: EnvironmentName) -> &Environment {
        match name {
            EnvironmentName::Source => &self.source,
            EnvironmentName::Intermediate => &self.intermediate,
            EnvironmentName::Destination => &self.destination,
        }
    }

    /// The partition of all three Regions.
    pub fn partition(&self) -> Partition {
        self.source.region.partition()
    }

    /// The backup vault's ARN in an environment.
    pub fn vault_arn(&self, name: EnvironmentName) -> VaultArn {
        let environment = self.environment(name);
        VaultArn::new(&environment.region, &environment.account, &environment.vault)
    }

    /// What the destination vault's lock admits, where it has one of ours: the configured days at least.
    pub fn lock_range(&self) -> Option<LockRange> {
        match self.lock {
            VaultLock::None => None,
            VaultLock::Governance { max_days } => Some(LockRange {
                min_days: i64::from(self.plan.destination_delete_after_days),
                max_days: i64::from(max_days),
            }),
        }
    }

    /// The options that lead a command of the AWS CLI into an environment, each with a blank before it.
    pub fn at(&self, name: EnvironmentName) -> String {
        // The intermediate environment is the source's account and acts with its credentials.
        let credentials = match name {
            EnvironmentName::Intermediate => &self.source.credentials,
            _ => &self.environment(name).credentials,
        };
        let profile = credentials.profile.as_ref().map(|profile| format!(" --profile {profile}")).unwrap_or_default();
        format!(" --region {}{profile}", self.environment(name).region)
    }

    /// The tag value that says "ours": the source stack's name.
    pub fn identity(&self) -> &str {
        &self.source.stack
    }

    /// The ARN of the role that AWS Backup acts as in the source account.
    pub fn backup_role_arn(&self) -> String {
        if self.plan.role.starts_with("arn:") {
            return self.plan.role.clone();
        }
        let name = self.plan.role.trim_start_matches('/');
        Arn::new(self.partition(), "iam", "", self.source.account.as_str(), format!("role/{name}")).to_string()
    }

    /// The ARN of the copy role that hop 2 runs under: `<NamePrefix>backup-copy-<Region>` in account A,
    /// with the source's name prefix and role path, so that the three stacks need no order.
    pub fn copy_role_arn(&self) -> String {
        let path = &self.source.role_path;
        let name = format!("{}backup-copy-{}", self.source.name_prefix, self.intermediate.region);
        Arn::new(self.partition(), "iam", "", self.source.account.as_str(), format!("role{path}{name}")).to_string()
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A pipeline as the configuration's defaults make it.
    pub(crate) fn example() -> Pipeline {
        let root = |account: &str| vec![format!("arn:aws:iam::{account}:root").parse().expect("an ARN")];
        let environment = |account: &str, region: &str, stack: &str, vault: &str| Environment {
            account: account.parse().expect("an account"),
            region: region.parse().expect("a Region"),
            credentials: CredentialHints::default(),
            stack: stack.to_owned(),
            vault: vault.to_owned(),
            key_admin: root(account),
            name_prefix: String::new(),
            tags: BTreeMap::new(),
            permissions_boundary: None,
            cloudformation_role_arn: None,
            role_path: "/".to_owned(),
            key_arn: None,
            key_deletion_window_days: 30,
        };
        let hours = |count: u64| Duration::from_secs(count * 3600);
        Pipeline {
            source: environment("111111111111", "us-east-1", "aws-backup-rds-source-stack", "source-vault"),
            intermediate: environment(
                "111111111111",
                "us-west-2",
                "aws-backup-rds-intermediate-stack",
                "intermediate-vault",
            ),
            destination: environment(
                "222222222222",
                "us-west-2",
                "aws-backup-rds-destination-stack",
                "destination-vault",
            ),
            allow: Allow::CopyRoles,
            lock: VaultLock::None,
            organization: Organization::default(),
            plan: Plan {
                name: "backup-plan-rds".to_owned(),
                rule: "backup-rule-rds-daily-1week".to_owned(),
                schedule: "cron(0 5 ? * * *)".to_owned(),
                timezone: chrono_tz::Etc::UTC,
                delete_after_days: 7,
                copy_delete_after_days: 7,
                destination_delete_after_days: 7,
                role: "service-role/AWSBackupDefaultServiceRole".to_owned(),
                start_window: hours(8),
                completion_window: hours(168),
                recovery_point_tags: BTreeMap::new(),
                scheduled_copy_grace: hours(3),
            },
            selection: Selection { name: "rds-default-kms-key".to_owned(), ..Selection::default() },
            events: EventPath {
                sweep_schedule: Some("rate(1 hour)".to_owned()),
                sweep_window: hours(168),
                log_retention_days: 30,
            },
            verify: VerifySettings { max_age: None, intermediate_deadline: hours(12), destination_deadline: hours(24) },
            notifications: Notifications::default(),
            acknowledgements: Vec::new(),
        }
    }

    #[test]
    fn roles_are_named_in_the_source_account() {
        let pipeline = example();
        assert_eq!(
            pipeline.backup_role_arn(),
            "arn:aws:iam::111111111111:role/service-role/AWSBackupDefaultServiceRole"
        );
        assert_eq!(pipeline.copy_role_arn(), "arn:aws:iam::111111111111:role/backup-copy-us-west-2");
    }

    #[test]
    fn vault_arns_are_as_aws_backup_writes_them() {
        assert_eq!(
            example().vault_arn(EnvironmentName::Destination).as_str(),
            "arn:aws:backup:us-west-2:222222222222:backup-vault:destination-vault"
        );
    }
}
