//! The three environments: accounts and Regions, credentials, stacks, vaults and keys.

use super::file::{ListShape, Section, Written};
use super::resolve::Resolver;
use super::rules::{self, Wrong};
use crate::pipeline::arn::{AccountId, Arn, Partition, Region};
use crate::pipeline::settings::{Allow, CredentialHints, Environment};

pub(super) struct Places {
    pub(super) source: Environment,
    pub(super) intermediate: Environment,
    pub(super) destination: Environment,
    pub(super) allow: Allow,
    pub(super) lock: WrittenLock,
}

/// The lock as it is written; its bounds follow from the plan's days.
pub(super) struct WrittenLock {
    pub(super) mode: LockMode,
    pub(super) max_days: Option<Written<i64>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum LockMode {
    None,
    Governance,
}

/// The defaults in which the three environments differ.
struct Names {
    stack: &'static str,
    vault: &'static str,
}

const SOURCE: Names = Names { stack: "aws-backup-rds-source-stack", vault: "source-vault-account-a-region-a" };
const INTERMEDIATE: Names =
    Names { stack: "aws-backup-rds-intermediate-stack", vault: "intermediate-vault-account-a-region-b" };
const DESTINATION: Names =
    Names { stack: "aws-backup-rds-destination-stack", vault: "destination-vault-account-b-region-b" };

impl<'r, 'i> Resolver<'r, 'i> {
    fn account(&self, section: &Section<'r, 'i>, name: &str) -> Option<Written<AccountId>> {
        let Some(written) = section.text("account") else {
            // A value of the wrong type has been named already; only an absent one is missing.
            if !section.has("account") {
                let place = section.span.clone();
                let message = format!("[{name}] lacks the account id");
                self.reader.mistake(
                    place.as_ref(),
                    message,
                    format!("add account = \"…\" with its 12 digits to [{name}]"),
                );
            }
            return None;
        };
        let span = written.span.clone();
        self.ruled(Some(written), rules::account).map(|value| Written { value, span })
    }

    fn region(&self, section: &Section<'r, 'i>, default: &str) -> Option<Written<Region>> {
        match section.text("region") {
            None => default.parse().ok().map(Written::default_value),
            Some(written) => {
                let span = written.span.clone();
                self.ruled(Some(written), rules::region).map(|value| Written { value, span })
            }
        }
    }

    pub(super) fn places(
        &self,
        source: &Section<'r, 'i>,
        intermediate: &Section<'r, 'i>,
        destination: &Section<'r, 'i>,
    ) -> Option<Places> {
        let account_a = self.account(source, "source");
        let account_b = self.account(destination, "destination");
        let region_a = self.region(source, "us-east-1");
        let region_b = self.region(intermediate, "us-west-2");
        intermediate.elsewhere(
            &["account", "profile", "role_arn", "external_id"],
            "the intermediate environment has the source's account and credentials: set it in [source]",
        );
        destination.elsewhere(&["region"], "the destination's Region is the intermediate's: set it in [intermediate]");
        self.accounts_differ(account_a.as_ref(), account_b.as_ref());
        self.regions_fit(region_a.as_ref(), region_b.as_ref());

        let allow = self.ruled_or(destination.text("allow"), Allow::CopyRoles, |text| match text {
            "copy-roles" => Ok(Allow::CopyRoles),
            "organization" => Ok(Allow::Organization),
            _ => Err(Wrong::new(
                format!("`{text}` is no answer to who may copy"),
                "write \"copy-roles\" or \"organization\"",
            )),
        });
        let mode = self.ruled_or(destination.text("lock"), LockMode::None, |text| match text {
            "none" => Ok(LockMode::None),
            "governance" => Ok(LockMode::Governance),
            _ => Err(Wrong::new(format!("`{text}` is no lock of a vault"), "write \"none\" or \"governance\"")),
        });
        let lock = WrittenLock { mode, max_days: destination.number("lock_max_days") };
        // Without a Region the rest is still checked, in the default partition.
        let a = (account_a.map(|written| written.value), region_a.map(|written| written.value));
        let b = (account_b.map(|written| written.value), region_b.map(|written| written.value));
        let credentials = |section, account: &Option<AccountId>, region: &Option<Region>| {
            self.credentials(section, account.as_ref(), partition_of(region.as_ref()))
        };
        let credentials_a = credentials(source, &a.0, &a.1);
        let credentials_b = credentials(destination, &b.0, &b.1);
        let at = |account: &Option<AccountId>, region: &Option<Region>| (account.clone(), region.clone());
        let source = self.environment(source, at(&a.0, &a.1), &SOURCE, credentials_a.clone());
        let intermediate = self.environment(intermediate, at(&a.0, &b.1), &INTERMEDIATE, credentials_a);
        let destination = self.environment(destination, at(&b.0, &b.1), &DESTINATION, credentials_b);
        Some(Places { source: source?, intermediate: intermediate?, destination: destination?, allow, lock })
    }

    fn accounts_differ(&self, a: Option<&Written<AccountId>>, b: Option<&Written<AccountId>>) {
        if let (Some(a), Some(b)) = (a, b)
            && a.value == b.value
        {
            let message = format!("the destination account {} is the source account", b.value);
            let hint = "the copies must go to another account: name the central backup account";
            self.reader.mistake(b.span.as_ref(), message, hint);
        }
    }

    fn regions_fit(&self, a: Option<&Written<Region>>, b: Option<&Written<Region>>) {
        let (Some(a), Some(b)) = (a, b) else { return };
        // At least one of them is written: the defaults fit each other.
        let place = b.span.as_ref().or(a.span.as_ref());
        let (from, to) = (a.value.partition(), b.value.partition());
        if a.value == b.value {
            let message = format!("source and intermediate Region are both {}", a.value);
            self.reader.mistake(place, message, "the first hop crosses Regions: choose another one for [intermediate]");
        } else if from != to {
            let message = format!("{} is in the partition `{from}`, {} in `{to}`", a.value, b.value);
            self.reader.mistake(
                place,
                message,
                "AWS Backup never copies between partitions: choose two Regions of one",
            );
        }
    }

    fn credentials(
        &self,
        section: &Section<'r, 'i>,
        account: Option<&AccountId>,
        partition: Partition,
    ) -> CredentialHints {
        CredentialHints {
            profile: section.text("profile").map(|written| written.value),
            role_arn: self.iam(section, "role_arn", "role/", account, partition),
            external_id: section.text("external_id").map(|written| written.value),
        }
    }

    /// An IAM ARN that must lie in `account`; unchecked while the account is not known.
    fn iam(
        &self,
        section: &Section<'r, 'i>,
        key: &'static str,
        kind: &str,
        account: Option<&AccountId>,
        partition: Partition,
    ) -> Option<Arn> {
        let written = section.text(key);
        let account = account?;
        self.ruled(written, |text| rules::iam_arn(text, kind, partition, account))
    }

    fn environment(
        &self,
        section: &Section<'r, 'i>,
        (account, region): (Option<AccountId>, Option<Region>),
        names: &Names,
        credentials: CredentialHints,
    ) -> Option<Environment> {
        let partition = partition_of(region.as_ref());
        let known = account.as_ref();
        let stack = self.ruled_or(section.text("stack"), names.stack.to_owned(), rules::stack);
        let vault = self.ruled_or(section.text("vault"), names.vault.to_owned(), rules::vault);
        let key_admin = self.key_admins(section, known, partition);
        let name_prefix = self.ruled_or(section.text("name_prefix"), String::new(), rules::name_prefix);
        let tags = self.tags(section, "tags", 49);
        let permissions_boundary = self.iam(section, "permissions_boundary", "policy/", known, partition);
        let cloudformation_role_arn = self.iam(section, "cloudformation_role_arn", "role/", known, partition);
        let role_path = self.ruled_or(section.text("role_path"), "/".to_owned(), rules::role_path);
        let key_arn = section.text("key_arn");
        let key_arn = known
            .zip(region.as_ref())
            .and_then(|(account, region)| self.ruled(key_arn, |text| rules::key_arn(text, partition, account, region)));
        // AWS KMS API Reference, ScheduleKeyDeletion: 7 to 30 days.
        let why = "KMS waits 7 to 30 days before it deletes a key";
        let key_deletion_window_days = self.whole(section, "key_deletion_window_days", 30, (7, 30), why);
        section.end();
        Some(Environment {
            account: account?,
            region: region?,
            credentials,
            stack,
            vault,
            key_admin,
            name_prefix,
            tags,
            permissions_boundary,
            cloudformation_role_arn,
            role_path,
            key_arn,
            key_deletion_window_days,
        })
    }

    fn key_admins(&self, section: &Section<'r, 'i>, account: Option<&AccountId>, partition: Partition) -> Vec<Arn> {
        let written = section.texts("key_admin", ListShape::OneOrMany);
        let Some(account) = account else { return Vec::new() };
        let Some(written) = written else {
            return vec![Arn::new(partition, "iam", "", account.as_str(), "root")];
        };
        if written.value.is_empty() {
            let hint = "a key that nobody administers can never be changed: write key_admin = \"root\"";
            self.reader.mistake(written.span.as_ref(), "`key_admin` names nobody", hint);
        }
        written
            .value
            .into_iter()
            .filter_map(|item| self.ruled(Some(item), |text| rules::key_admin(text, partition, account)))
            .collect()
    }
}

/// The partition of a Region that may be unknown as yet.
fn partition_of(region: Option<&Region>) -> Partition {
    region.map_or(Partition::Aws, Region::partition)
}
