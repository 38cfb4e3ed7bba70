//! What AWS answered instead of a result, in its own words.

use std::future::Future;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use aws_types::request_id::RequestId;

use super::answer::Broken;
pub use crate::pipeline::seen::error::{AwsError, FailedAt};

/// Waits for an SDK call and puts its error into our words.
pub(super) async fn send<T, E>(
    operation: &'static str,
    call: impl Future<Output = Result<T, SdkError<E, HttpResponse>>>,
) -> Result<T, AwsError>
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    call.await.map_err(|error| told(operation, &error))
}

fn told<E>(operation: &'static str, error: &SdkError<E, HttpResponse>) -> AwsError
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    let request_id = error.request_id().map(str::to_owned);
    let (failed_at, code, message) = match error {
        SdkError::ServiceError(context) => {
            let answer = context.err();
            match answer.code() {
                Some(code) => {
                    (FailedAt::Service, Some(code.to_owned()), answer.message().unwrap_or_default().to_owned())
                }
                // The SDK reports a body that it cannot parse as an error of the service, without a code.
                None => {
                    let why = chain(std::error::Error::source(answer));
                    let status = context.raw().status().as_u16();
                    (FailedAt::Answer, None, unparsed(status, &why))
                }
            }
        }
        SdkError::TimeoutError(_) => (FailedAt::Transport, None, "no answer came in time".to_owned()),
        SdkError::DispatchFailure(failure) => {
            let message = chain(failure.as_connector_error().map(|e| e as &dyn std::error::Error));
            (kind_of(&message, FailedAt::Transport), None, message)
        }
        SdkError::ResponseError(context) => {
            let source = std::error::Error::source(error);
            let why = within::<Broken>(source).map_or_else(|| chain(source), Broken::to_string);
            (FailedAt::Answer, None, unparsed(context.raw().status().as_u16(), &why))
        }
        other => {
            let source = std::error::Error::source(other);
            match within::<Refusal>(source) {
                Some(refusal) => (FailedAt::Guard, None, refusal.to_string()),
                None => {
                    let message = chain(source);
                    (kind_of(&message, FailedAt::Transport), None, message)
                }
            }
        }
    };
    AwsError { operation, failed_at, code, message, request_id }
}

/// What an answer is that the SDK cannot parse: a page of a proxy, half a body, another status than AWS's.
fn unparsed(status: u16, why: &str) -> String {
    // "Error" is all that the SDK says of an answer in which it looked for a code in vain.
    let why = if matches!(why, "" | "Error") { String::new() } else { format!(": {why}") };
    format!("the answer with HTTP status {status} cannot be read{why}")
}

/// An error of ours, wherever it lies in one of the SDK's.
fn within<'a, T: std::error::Error + 'static>(error: Option<&'a (dyn std::error::Error + 'static)>) -> Option<&'a T> {
    let mut next = error;
    while let Some(error) = next {
        if let Some(ours) = error.downcast_ref::<T>() {
            return Some(ours);
        }
        next = error.source();
    }
    None
}

/// Why the session's guard let a call not pass.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// STS says that the credentials are another account's.
    #[error("the credentials belong to account {found}, not to {wanted}")]
    OtherAccount {
        /// The account that STS named.
        found: String,
        wanted: String,
    },
    /// STS was not asked yet.
    #[error("nothing is changed before STS has said that this is account {wanted}")]
    Unidentified { wanted: String },
}

/// The SDK has no type for "found no credentials": what it says is all there is.
fn kind_of(message: &str, otherwise: FailedAt) -> FailedAt {
    let lower = message.to_lowercase();
    if lower.contains("credential") || lower.contains("profile") || lower.contains("sso") {
        FailedAt::Credentials
    } else {
        otherwise
    }
}

fn chain(error: Option<&dyn std::error::Error>) -> String {
    let mut texts: Vec<String> = Vec::new();
    let mut next = error;
    while let Some(error) = next {
        let text = error.to_string();
        if texts.last() != Some(&text) {
            texts.push(text);
        }
        next = error.source();
    }
    texts.join(": ")
}

#[cfg(test)]
mod tests {
    use aws_smithy_runtime_api::http::StatusCode;
    use aws_smithy_types::body::SdkBody;

    use super::*;

    // IAM User Guide, "Troubleshoot access denied error messages".
    #[test]
    fn the_policy_that_denies_is_told_from_one_that_is_missing() {
        let error = |message: &str| AwsError {
            operation: "kms:DescribeKey",
            code: Some("AccessDeniedException".to_owned()),
            message: message.to_owned(),
            request_id: None,
            failed_at: FailedAt::Service,
        };
        let user = "User: arn:aws:iam::111122223333:user/alice is not authorized to perform: kms:DescribeKey";
        let key = "arn:aws:kms:us-east-1:111122223333:key/1234abcd";
        let denied = error(&format!("{user} on resource: {key} with an explicit deny in a resource-based policy"));
        assert_eq!((denied.denied_in(), denied.on_resource()), (Some("resource-based policy"), Some(key)));
        let denied =
            error(&format!("{user} with an explicit deny in an identity-based policy: arn:aws:iam::1:policy/x"));
        assert_eq!((denied.denied_in(), denied.on_resource()), (Some("identity-based policy"), None));
        let lacking = error(&format!("{user} because no identity-based policy allows the kms:DescribeKey action"));
        assert_eq!(lacking.denied_in(), None);
    }

    // AWS Signature Version 4, "Troubleshooting": the texts of a clock that is off.
    #[test]
    fn a_clock_that_is_off_is_told_from_a_wrong_secret() {
        let error = |code: &str, message: &str| AwsError {
            operation: "sts:GetCallerIdentity",
            code: Some(code.to_owned()),
            message: message.to_owned(),
            request_id: None,
            failed_at: FailedAt::Service,
        };
        let late =
            "Signature expired: 20120306T074514Z is now earlier than 20120306T074556Z (20120306T080056Z - 15 min.)";
        assert!(error("SignatureDoesNotMatch", late).is_clock_skew());
        assert!(error("RequestTimeTooSkewed", "The difference is too large").is_clock_skew());
        let wrong = "The request signature we calculated does not match the signature you provided.";
        assert!(!error("SignatureDoesNotMatch", wrong).is_clock_skew());
    }

    /// What stands in AWS's place where AWS answered nothing that can be passed on.
    #[test]
    fn where_aws_has_no_words_ours_say_what_came() {
        use aws_sdk_sts::operation::get_caller_identity::GetCallerIdentityError;
        type Error = SdkError<GetCallerIdentityError, HttpResponse>;
        let empty = || HttpResponse::new(StatusCode::try_from(200).expect("a status"), SdkBody::empty());
        let (found, wanted) = ("333333333333".to_owned(), "222222222222".to_owned());
        let errors = [
            Error::timeout_error("elapsed"),
            Error::response_error("no XML", empty()),
            Error::construction_failure(Refusal::OtherAccount { found, wanted: wanted.clone() }),
            Error::construction_failure(Refusal::Unidentified { wanted }),
            Error::construction_failure("the profile `nobody` was not defined"),
        ];
        let shown = errors.iter().map(|error| told("sts:GetCallerIdentity", error));
        let shown = shown.chain([AwsError::missing("sts:GetCallerIdentity", "Account")]);
        let shown = shown.map(|error| format!("{:?}: {}\n", error.failed_at, error.in_a_note()));
        insta::assert_snapshot!(shown.collect::<String>());
    }
}
