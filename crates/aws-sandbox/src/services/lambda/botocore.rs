//! What botocore does with an error: tries again, or raises an exception.

use super::equivalent::Raised;
use crate::services::Service;
use crate::world::ServiceError;

/// Its standard mode, as the function configures it.
pub(super) const MOST_ATTEMPTS: usize = 5;

/// What botocore's standard mode tries again (its `retries/standard.py`): throttles, passing faults,
/// and answers of status 500 to 504.
pub(super) fn is_passing(code: &str) -> bool {
    const CODES: [&str; 22] = [
        "BandwidthLimitExceeded",
        "DependencyFailureException",
        "EC2ThrottledException",
        "InternalFailure",
        "InternalServerError",
        "InternalServerException",
        "LimitExceededException",
        "PriorRequestNotComplete",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "RequestTimeout",
        "RequestTimeoutException",
        "ServiceUnavailable",
        "ServiceUnavailableException",
        "SlowDown",
        "ThrottledException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
        "TransactionInProgressException",
    ];
    CODES.contains(&code)
}

/// The exception that botocore makes of an error.
pub(super) fn client_error(service: Service, operation: &str, error: &ServiceError) -> Raised {
    const MODELLED: [&str; 9] = [
        "AlreadyExistsException",
        "DependencyFailureException",
        "InvalidParameterValueException",
        "InvalidRequestException",
        "InvalidResourceStateException",
        "LimitExceededException",
        "MissingParameterValueException",
        "ResourceNotFoundException",
        "ServiceUnavailableException",
    ];
    let kind = match (service, error.code.as_str()) {
        (Service::Backup, code) if MODELLED.contains(&code) => code,
        (Service::Rds, "DBSnapshotNotFound") => "DBSnapshotNotFoundFault",
        (Service::Rds, "DBClusterSnapshotNotFoundFault") => "DBClusterSnapshotNotFoundFault",
        _ => "ClientError",
    };
    let retried =
        if is_passing(&error.code) { format!(" (reached max retries: {})", MOST_ATTEMPTS - 1) } else { String::new() };
    let message = format!(
        "An error occurred ({}) when calling the {operation} operation{retried}: {}",
        error.code, error.message
    );
    Raised { kind: kind.to_owned(), message }
}
