//! AWS Backup's errors in its own words.

use crate::world::ServiceError;

/// A vault that does not exist is refused as if it were forbidden
/// (AWS Backup Developer Guide, "Troubleshooting": either the resource does not exist or you have
/// no permission).
pub(super) fn insufficient_privileges() -> ServiceError {
    ServiceError::new("AccessDeniedException", "Insufficient privileges to perform this action.")
}

/// `InvalidParameterValueException`.
pub(super) fn invalid_parameter(message: impl Into<String>) -> ServiceError {
    ServiceError::new("InvalidParameterValueException", message)
}

/// `MissingParameterValueException`.
pub(super) fn missing_parameter(message: impl Into<String>) -> ServiceError {
    ServiceError::new("MissingParameterValueException", message)
}

/// `InvalidRequestException`.
pub(super) fn invalid_request(message: impl Into<String>) -> ServiceError {
    ServiceError::new("InvalidRequestException", message)
}

/// `ResourceNotFoundException` (HTTP 400 in AWS Backup).
pub(super) fn not_found(message: impl Into<String>) -> ServiceError {
    ServiceError::new("ResourceNotFoundException", message)
}

/// `LimitExceededException`.
pub(super) fn limit_exceeded(message: impl Into<String>) -> ServiceError {
    ServiceError::new("LimitExceededException", message)
}

/// `AlreadyExistsException`, which names what exists.
pub(super) fn already_exists(message: &str, arn: &str, creator_request_id: Option<&str>) -> ServiceError {
    ServiceError::new("AlreadyExistsException", message).with("Arn", arn).with("CreatorRequestId", creator_request_id)
}

/// A role that AWS Backup may not assume (seen by terraform-provider-aws, `aws_backup_selection`).
pub(super) fn role_not_assumable(role_arn: &str) -> ServiceError {
    invalid_parameter(format!("IAM Role {role_arn} cannot be assumed by AWS Backup"))
}

/// A role that may not list tagged resources (seen by terraform-provider-aws, `aws_backup_selection`).
pub(super) fn role_may_not_find_resources(role_arn: &str) -> ServiceError {
    invalid_parameter(format!("IAM Role {role_arn} is not authorized to call tag:GetResources"))
}
