//! Identifiers and ARNs of RDS.

use crate::world::{Call, Place, ServiceError};
use aws_policy::names::Arn;

/// AWS Backup's own identifiers begin so (AWS Backup Developer Guide, "Amazon RDS backups").
const BACKUP_PREFIX: &str = "awsbackup:";

/// Whether AWS Backup manages the snapshot with this identifier.
pub(super) fn is_backup(identifier: &str) -> bool {
    identifier.starts_with(BACKUP_PREFIX)
}

/// Whether AWS Backup makes this call, with a role that it assumed.
pub(super) fn is_by_backup(call: &Call) -> bool {
    call.caller.held_by.as_deref() == Some("backup.amazonaws.com")
}

/// `arn:aws:rds:us-west-2:111111111111:db:orders`; kinds are `db`, `snapshot`, `og`.
pub(super) fn arn(place: &Place, kind: &str, identifier: &str) -> String {
    let resource = format!("{kind}:{identifier}");
    Arn::new(place.region.partition(), "rds", place.region.as_str(), place.account.as_str(), resource).to_string()
}

/// The place and the identifier that an ARN of this kind names.
pub(super) fn read_arn(text: &str, kind: &str) -> Option<(Place, String)> {
    let arn: Arn = text.parse().ok().filter(|arn: &Arn| arn.service == "rds")?;
    let identifier = arn.resource.strip_prefix(kind)?.strip_prefix(':')?.to_owned();
    Some((Place::new(arn.account_id()?, arn.region_code()?), identifier))
}

/// The place and the identifier that a text names, which is an identifier here or an ARN.
pub(super) fn read(place: &Place, text: &str, kind: &str) -> (Place, String) {
    read_arn(text, kind).unwrap_or_else(|| (place.clone(), text.to_ascii_lowercase()))
}

/// `InvalidParameterValue`, the code of most refusals of RDS.
pub(super) fn invalid(message: impl Into<String>) -> ServiceError {
    ServiceError::new("InvalidParameterValue", message)
}

/// Checks a new identifier: letters, digits, single hyphens, a letter first (RDS API Reference,
/// "CreateDBSnapshot", "CreateDBInstance").
///
/// # Errors
/// `InvalidParameterValue` with RDS's text.
pub(super) fn check_new(member: &str, identifier: &str, longest: usize) -> Result<(), ServiceError> {
    let starts = identifier.bytes().next().is_some_and(|byte| byte.is_ascii_alphabetic());
    let letters = identifier.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if starts && letters && identifier.len() <= longest && !identifier.ends_with('-') && !identifier.contains("--") {
        return Ok(());
    }
    Err(invalid(format!(
        "The parameter {member} is not a valid identifier. Identifiers must begin with a letter; must contain only ASCII letters, digits, and hyphens; and must not end with a hyphen or contain two consecutive hyphens."
    )))
}

/// Checks the identifier of a new snapshot; `awsbackup:` is AWS Backup's alone.
///
/// # Errors
/// `InvalidParameterValue`.
pub(super) fn check_new_snapshot(call: &Call, member: &str, identifier: &str) -> Result<(), ServiceError> {
    if is_backup(identifier) && is_by_backup(call) {
        return Ok(());
    }
    check_new(member, identifier, 255)
}

/// Refuses to let anybody but AWS Backup change a snapshot that AWS Backup manages
/// (github.com/aws/aws-cli, issue 5407).
///
/// # Errors
/// `InvalidParameterValue`.
pub(super) fn check_manager(call: &Call, identifier: &str) -> Result<(), ServiceError> {
    if is_backup(identifier) && !is_by_backup(call) {
        return Err(invalid(format!("The parameter {identifier} is not a valid identifier.")));
    }
    Ok(())
}
