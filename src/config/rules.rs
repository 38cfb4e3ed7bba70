//! The rules that single values must keep, each with AWS's own limits.

use std::time::Duration;

use super::duration;
use crate::pipeline::arn::{AccountId, Arn, KeyArn, Region};
use crate::pipeline::settings::Environment;
use crate::pipeline::suggest;
use crate::policy::names::{Partition, REGIONS};

/// Why a value is wrong, and the remedy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wrong {
    pub(super) message: String,
    pub(super) hint: String,
}

impl Wrong {
    pub(super) fn new(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { message: message.into(), hint: hint.into() }
    }
}

pub(super) fn account(text: &str) -> Result<AccountId, Wrong> {
    text.parse().map_err(|_| {
        let count = text.chars().count();
        let found = if text.bytes().all(|byte| byte.is_ascii_digit()) {
            format!("an id takes 12 digits, not {count}")
        } else {
            "it holds other characters than digits".to_owned()
        };
        Wrong::new(
            format!("`{text}` is not an AWS account id: {found}"),
            "an account id has exactly 12 digits, in quotes, without hyphens",
        )
    })
}

pub(super) fn region(text: &str) -> Result<Region, Wrong> {
    text.parse().map_err(|_| {
        let hint = match suggest::nearest(text, REGIONS.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "a Region is written by its code, such as us-east-1 or eu-central-1".to_owned(),
        };
        Wrong::new(format!("`{text}` is not an AWS Region"), hint)
    })
}

/// A vault's name: `^[a-zA-Z0-9_-]{2,50}$` (AWS Backup API Reference, CreateBackupVault), and not
/// `Default`, which AWS Backup makes itself under a key that cannot be shared.
pub(super) fn vault(text: &str) -> Result<String, Wrong> {
    if text.eq_ignore_ascii_case("default") {
        return Err(Wrong::new(
            format!("a vault cannot be named `{text}`"),
            "AWS Backup's own vault of that name is encrypted with a key that cannot be shared; choose another name",
        ));
    }
    if (2..=50).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_') {
        return Ok(text.to_owned());
    }
    Err(Wrong::new(
        format!("`{text}` is not a backup vault's name"),
        "a name has 2 to 50 letters, digits, hyphens and underscores",
    ))
}

/// A stack's name (CloudFormation API Reference, CreateStack).
pub(super) fn stack(text: &str) -> Result<String, Wrong> {
    let first = text.bytes().next().is_some_and(|byte| byte.is_ascii_alphabetic());
    if first && text.len() <= 128 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
        return Ok(text.to_owned());
    }
    Err(Wrong::new(
        format!("`{text}` is not a stack's name"),
        "a name begins with a letter and has at most 128 letters, digits and hyphens",
    ))
}

/// The name of a plan, a rule or a selection (AWS Backup API Reference: 1 to 50 alphanumeric or
/// `-_.` characters).
pub(super) fn backup_name(text: &str) -> Result<String, Wrong> {
    if (1..=50).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b)) {
        return Ok(text.to_owned());
    }
    Err(Wrong::new(
        format!("`{text}` is not a name that AWS Backup takes"),
        "a name has 1 to 50 letters, digits, hyphens, underscores and full stops",
    ))
}

/// A prefix of names: with what follows it (`backup-copy-` and a Region's code) it must stay within
/// the 64 characters of a role's name (IAM User Guide, quotas).
pub(super) fn name_prefix(text: &str) -> Result<String, Wrong> {
    if text.len() <= 32 && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_') {
        return Ok(text.to_owned());
    }
    Err(Wrong::new(
        format!("`{text}` cannot begin the names of roles and keys"),
        "a prefix has at most 32 letters, digits, hyphens and underscores",
    ))
}

/// The path of roles, with both slashes.
pub(super) fn role_path(text: &str) -> Result<String, Wrong> {
    let framed = text.starts_with('/') && text.ends_with('/') && !text.contains("//");
    if framed && text.len() <= 512 && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"+=,.@_-/".contains(&b)) {
        return Ok(text.to_owned());
    }
    Err(Wrong::new(format!("`{text}` is not an IAM path"), "a path begins and ends with a slash: /backup/"))
}

/// An organization's id (Organizations API Reference, Organization).
pub(super) fn organization(text: &str) -> Result<String, Wrong> {
    let rest = text.strip_prefix("o-").unwrap_or_default();
    if (10..=32).contains(&rest.len()) && rest.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()) {
        return Ok(text.to_owned());
    }
    Err(Wrong::new(
        format!("`{text}` is not an organization's id"),
        "an id is o- and 10 to 32 lower-case letters and digits; leave it out and it is read from the destination account",
    ))
}

pub(super) fn email(text: &str) -> Result<String, Wrong> {
    match text.split_once('@') {
        Some((name, host)) if !name.is_empty() && host.contains('.') && !text.contains(char::is_whitespace) => {
            Ok(text.to_owned())
        }
        _ => Err(Wrong::new(format!("`{text}` is not an e-mail address"), "write it as name@example.com")),
    }
}

pub(super) fn timezone(text: &str) -> Result<chrono_tz::Tz, Wrong> {
    text.parse().map_err(|_| {
        let known = chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name());
        let hint = match suggest::nearest(text, known) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "write a name of the IANA time zone database, such as Etc/UTC or Europe/Berlin".to_owned(),
        };
        Wrong::new(format!("`{text}` is not a time zone"), hint)
    })
}

pub(super) fn span_of_time(text: &str) -> Result<Duration, Wrong> {
    duration::parse(text)
        .map_err(|_| Wrong::new(format!("`{text}` is not a duration"), "write a number and a unit: 90s, 45m, 2h, 1d"))
}

fn arn(text: &str) -> Result<Arn, Wrong> {
    text.parse().map_err(|_| {
        Wrong::new(format!("`{text}` is not an ARN"), "an ARN has six parts: arn:partition:service:Region:account:name")
    })
}

/// An ARN that must lie in `account` (or in none) and in the partition.
pub(super) fn arn_in(text: &str, partition: Partition, account: &AccountId) -> Result<Arn, Wrong> {
    let arn = arn(text)?;
    if arn.partition != partition.as_str() {
        return Err(Wrong::new(
            format!(
                "`{text}` is in the partition `{}`, but the pipeline's Regions are in `{partition}`",
                arn.partition
            ),
            format!("write it as arn:{partition}:…"),
        ));
    }
    if !arn.account.is_empty() && arn.account != "*" && arn.account != account.as_str() {
        return Err(Wrong::new(
            format!("`{text}` is in account {}, not in {account}", arn.account),
            format!("name one of account {account}"),
        ));
    }
    Ok(arn)
}

/// An IAM principal or policy of the account; AWS's own managed policies belong to the account `aws`.
pub(super) fn iam_arn(text: &str, kind: &str, partition: Partition, account: &AccountId) -> Result<Arn, Wrong> {
    let managed = format!("arn:{partition}:iam::aws:policy/");
    let arn =
        if kind == "policy/" && text.starts_with(&managed) { arn(text)? } else { arn_in(text, partition, account)? };
    if arn.service == "iam" && arn.resource.starts_with(kind) {
        return Ok(arn);
    }
    Err(Wrong::new(
        format!("`{text}` is not the ARN of an IAM {}", kind.trim_end_matches('/')),
        format!("write it as arn:{partition}:iam::{account}:{kind}NAME"),
    ))
}

/// Who administers a key: `root`, `role/NAME`, `user/NAME`, or a full ARN of the same account.
pub(super) fn key_admin(text: &str, partition: Partition, account: &AccountId) -> Result<Arn, Wrong> {
    let named = |kind: &str| text.strip_prefix(kind).is_some_and(|name| !name.is_empty());
    if text == "root" || named("role/") || named("user/") {
        return Ok(Arn::new(partition, "iam", "", account.as_str(), text));
    }
    if !text.starts_with("arn:") {
        return Err(Wrong::new(
            format!("`{text}` is not a key administrator"),
            "write \"root\", \"role/NAME\", \"user/NAME\", a full ARN, or a list of these",
        ));
    }
    let arn = arn_in(text, partition, account)?;
    let kind = arn.resource.split('/').next().unwrap_or_default();
    if arn.service == "iam" && ["root", "role", "user"].contains(&kind) {
        return Ok(arn);
    }
    Err(Wrong::new(
        format!("`{text}` cannot administer a key"),
        "a key administrator is the account's root, an IAM role or an IAM user",
    ))
}

/// The role that AWS Backup acts as: path and name, or a full ARN of the account.
pub(super) fn backup_role(text: &str, partition: Partition, account: &AccountId) -> Result<String, Wrong> {
    if text.starts_with("arn:") {
        return iam_arn(text, "role/", partition, account).map(|_| text.to_owned());
    }
    let name = text.rsplit('/').next().unwrap_or_default();
    let good = |byte: u8| byte.is_ascii_alphanumeric() || b"+=,.@_-/".contains(&byte);
    if !name.is_empty() && name.len() <= 64 && text.bytes().all(good) {
        return Ok(text.to_owned());
    }
    Err(Wrong::new(
        format!("`{text}` is not the name of a role"),
        "write path and name, such as service-role/AWSBackupDefaultServiceRole, or a full ARN",
    ))
}

/// A customer managed key of the environment: the ARN of the key itself.
pub(super) fn key_arn(text: &str, partition: Partition, account: &AccountId, region: &Region) -> Result<KeyArn, Wrong> {
    let arn = arn_in(text, partition, account)?;
    let key = arn.service == "kms" && arn.resource_after("key/").is_some_and(|id| !id.is_empty());
    if key
        && arn.region == region.as_str()
        && let Ok(key) = text.parse()
    {
        return Ok(key);
    }
    Err(Wrong::new(
        format!("`{text}` is not the ARN of a KMS key in {region}"),
        format!("write it as arn:{partition}:kms:{region}:{account}:key/…, not as an alias"),
    ))
}

/// A database to select: an ARN of the source environment, wildcards allowed.
pub(super) fn resource(text: &str, source: &Environment) -> Result<(), Wrong> {
    let arn = arn_in(text, source.region.partition(), &source.account)?;
    if !(arn.region.is_empty() || arn.region == "*" || arn.region == source.region.as_str()) {
        return Err(Wrong::new(
            format!("`{text}` is in {}, not in {}", arn.region, source.region),
            "a backup plan selects resources of its own Region: name one of the source Region",
        ));
    }
    Ok(())
}

/// A database to back up: what goes through two copy jobs, of which one is to another account, is a DB instance (AWS
/// Backup Developer Guide, backup-feature-availability). Wildcards are allowed where they can match one.
pub(super) fn selected(text: &str, source: &Environment) -> Result<(), Wrong> {
    resource(text, source)?;
    let arn = arn_in(text, source.region.partition(), &source.account)?;
    let example = format!("arn:{}:rds:{}:{}:db:orders", source.region.partition(), source.region, source.account);
    let fixed = arn.resource.split('*').next().unwrap_or_default();
    let is_pattern = arn.resource.contains('*') && "db:".starts_with(fixed);
    let is_database = arn.resource.strip_prefix("db:").is_some_and(|name| !name.is_empty() && !name.contains(':'));
    if (arn.service == "rds" || arn.service.contains('*')) && (is_database || is_pattern) {
        return Ok(());
    }
    Err(Wrong::new(
        format!("`{text}` is not the ARN of a DB instance: only those go through both copies"),
        format!("write it as {example}"),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn in_account_a(text: &str) -> Result<Arn, Wrong> {
        key_admin(text, Partition::Aws, &account("111111111111").expect("an id"))
    }

    #[test]
    fn a_key_administrator_is_completed_to_an_arn() {
        assert_eq!(in_account_a("root").expect("root").to_string(), "arn:aws:iam::111111111111:root");
        assert_eq!(in_account_a("role/a/b").expect("role").to_string(), "arn:aws:iam::111111111111:role/a/b");
        assert!(in_account_a("arn:aws:iam::222222222222:role/x").is_err());
        assert!(in_account_a("arn:aws:s3:::bucket").is_err());
        assert!(in_account_a("role/").is_err());
    }

    #[test]
    fn vault_names_follow_aws_backups_pattern() {
        assert!(vault("ab").is_ok());
        assert!(vault(&"a".repeat(50)).is_ok());
        for wrong in ["a", "Default", "with blank", "ümlaut", ""] {
            assert!(vault(wrong).is_err(), "{wrong}");
        }
        assert!(vault(&"a".repeat(51)).is_err());
    }

    // AWS Backup API Reference, BackupSelection; only DB instances are copied on by this pipeline.
    #[test]
    fn only_db_instances_can_be_selected() {
        let source = crate::pipeline::settings::tests::example().source;
        for good in [
            "arn:aws:rds:us-east-1:111111111111:db:orders",
            "arn:aws:rds:*:*:db:*",
            "arn:aws:rds:us-east-1:111111111111:*",
            "arn:aws:rds:us-east-1:111111111111:db:prod-*",
        ] {
            assert_eq!(selected(good, &source), Ok(()), "{good}");
        }
        for bad in [
            "arn:aws:rds:us-east-1:111111111111:db:",
            "arn:aws:rds:us-east-1:111111111111:cluster:orders",
            "arn:aws:rds:us-east-1:111111111111:cluster:*",
            "arn:aws:rds:us-east-1:111111111111:snapshot:rds:orders",
            "arn:aws:dynamodb:us-east-1:111111111111:table/t",
            "arn:aws:ec2:us-east-1:111111111111:volume/*",
            "arn:aws:rds:eu-west-1:111111111111:db:orders",
        ] {
            assert!(selected(bad, &source).is_err(), "{bad}");
        }
    }

    #[test]
    fn an_aws_managed_policy_may_be_the_boundary() {
        let a = account("111111111111").expect("an id");
        assert!(iam_arn("arn:aws:iam::aws:policy/PowerUserAccess", "policy/", Partition::Aws, &a).is_ok());
        assert!(iam_arn("arn:aws:iam::222222222222:policy/x", "policy/", Partition::Aws, &a).is_err());
        assert!(iam_arn("arn:aws:iam::111111111111:role/x", "policy/", Partition::Aws, &a).is_err());
    }
}
