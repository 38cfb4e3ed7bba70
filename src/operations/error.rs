//! The only error that leaves this module.

use std::fmt;

use crate::aws::AwsError;
use crate::aws::Session;
use crate::aws::error::FailedAt;

/// What kind of failure it is; the command's exit code follows from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorKind {
    /// An operation failed (exit 1).
    Failed,
    /// Refused for safety (exit 5).
    Refused,
    /// Time ran out; the work goes on in AWS (exit 6).
    TimedOut,
    /// The configuration does not fit what is there (exit 2).
    Configuration,
}

/// A failure as an operator needs it: what, where, why, and what to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OperatorError {
    pub kind: ErrorKind,
    pub what: String,
    pub place: Box<ErrorPlace>,
    /// Why, in AWS's words.
    pub cause: Option<Box<Cause>>,
    /// What to do next.
    pub hint: String,
    /// Whether the same command may work later.
    pub retryable: bool,
}

/// Where something failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErrorPlace {
    /// An environment's name, or `management`.
    pub environment: String,
    pub account: String,
    pub region: String,
    /// An ARN or a name, where one is concerned.
    pub subject: Option<String>,
}

/// AWS's answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cause {
    /// In the form `backup:StartCopyJob`.
    pub operation: Option<&'static str>,
    pub code: Option<String>,
    /// As AWS wrote it, untouched.
    pub message: String,
    /// AWS's id of the request.
    pub request_id: Option<String>,
}

impl ErrorPlace {
    /// A session's place.
    pub fn of(session: &Session) -> Self {
        Self {
            environment: session.label().to_owned(),
            account: session.account().to_string(),
            region: session.region().to_string(),
            subject: None,
        }
    }

    /// The same place, and what in it.
    #[must_use]
    pub fn about(mut self, subject: impl Into<String>) -> Self {
        self.subject = Some(subject.into());
        self
    }
}

impl OperatorError {
    /// A refusal.
    pub fn refused(what: impl Into<String>, place: ErrorPlace, hint: impl Into<String>) -> Self {
        Self { kind: ErrorKind::Refused, ..Self::failed(what, place, hint) }
    }

    /// A failure that AWS has no answer to.
    pub fn failed(what: impl Into<String>, place: ErrorPlace, hint: impl Into<String>) -> Self {
        Self {
            kind: ErrorKind::Failed,
            what: what.into(),
            place: Box::new(place),
            cause: None,
            hint: hint.into(),
            retryable: false,
        }
    }

    /// A wait that took too long.
    pub fn timed_out(what: impl Into<String>, place: ErrorPlace, hint: impl Into<String>) -> Self {
        Self { kind: ErrorKind::TimedOut, retryable: true, ..Self::failed(what, place, hint) }
    }

    /// AWS's refusal of a call, with the usual hint.
    pub fn from_aws(what: impl Into<String>, place: ErrorPlace, error: &AwsError) -> Self {
        let hint = hint(&place.environment, error);
        // Our own guard speaks only before anything was done.
        let kind = if error.failed_at == FailedAt::Guard { ErrorKind::Refused } else { ErrorKind::Failed };
        Self {
            kind,
            what: what.into(),
            place: Box::new(place),
            cause: Some(Box::new(Cause {
                operation: Some(error.operation),
                code: error.code.clone(),
                message: error.message.clone(),
                request_id: error.request_id.clone(),
            })),
            hint,
            retryable: error.is_retryable(),
        }
    }

    /// The same error with something more in its hint.
    #[must_use]
    pub fn hinting(mut self, more: &str) -> Self {
        self.hint = format!("{}; {more}", self.hint);
        self
    }

    /// The same error with AWS's words from elsewhere: a job's message, a stack event's reason.
    #[must_use]
    pub fn because(mut self, operation: Option<&'static str>, message: impl Into<String>) -> Self {
        self.cause = Some(Box::new(Cause { operation, code: None, message: message.into(), request_id: None }));
        self
    }
}

/// What to do about credentials of another account than the configured one.
pub(super) const CORRECT_ACCOUNT: &str =
    "correct `account`, `profile` or `role_arn` of this environment in backupctl.toml";

/// What is usually to be done about AWS's refusal.
pub(crate) fn hint(environment: &str, error: &AwsError) -> String {
    if error.is_clock_skew() {
        return "set this machine's clock (AWS accepts a difference of five minutes), then run the command again"
            .to_owned();
    }
    if error.is_bad_credentials() {
        return format!(
            "renew the credentials of {environment} (for SSO: `aws sso login`), or correct its `profile` in \
             backupctl.toml"
        );
    }
    if let Some(permission) = error.missing_permission() {
        return hint_of_a_denial(environment, error, permission);
    }
    match error.failed_at {
        FailedAt::Guard => CORRECT_ACCOUNT.to_owned(),
        FailedAt::Answer => {
            "run the same command again; what stays so is no answer of AWS's: look at the proxy on the \
                             way, and at `AWS_ENDPOINT_URL`"
                .to_owned()
        }
        FailedAt::Transport => "check the network, then run the command again; it resumes where it stopped".to_owned(),
        _ if error.is_retryable() => "run the command again; it resumes where it stopped".to_owned(),
        _ => "fix the cause that AWS reports, then run the command again; it resumes where it stopped".to_owned(),
    }
}

/// Stands in a hint for the command, whose name is known where it ends.
pub const COMMAND: &str = "COMMAND";

/// A policy that denies is mended by whoever keeps it; only where nothing allows is it the caller's own to be given.
fn hint_of_a_denial(environment: &str, error: &AwsError, permission: &str) -> String {
    match (error.denied_in(), error.on_resource()) {
        // Whoever may not look at a key can have `bootstrap` put nothing back; and a key's policy binds its own account
        // too: nobody may change it whom it does not let.
        (Some("resource-based policy"), Some(key)) if permission == "kms:DescribeKey" => format!(
            "the policy of {key} itself denies {permission}, whatever the caller is granted: whoever may still \
             kms:PutKeyPolicy has to take the statement out (`aws kms put-key-policy`; `backupctl doctor` writes the \
             command out where copies fail of it); where nobody may, not even the account's root, ask AWS Support"
        ),
        // A recovery point has no policy of its own: that of its vault speaks about it (AWS Backup Developer Guide,
        // create-a-vault-access-policy).
        (Some("resource-based policy"), Some(point))
            if permission.starts_with("backup:") && !point.contains(":backup-vault:") =>
        {
            format!(
                "the access policy of the backup vault that holds {point} denies {permission}, whatever the caller is \
                 granted: have whoever may change that policy take the statement out"
            )
        }
        (Some("resource-based policy"), Some(resource)) => format!(
            "the policy of {resource} itself denies {permission}, whatever the caller is granted: have whoever may \
             change that policy take the statement out"
        ),
        (Some(kind), _) => format!(
            "a deny in the {kind} refuses {permission}, whatever else allows it: have whoever keeps that policy take it \
             out, or come as somebody whom it does not reach"
        ),
        (None, _) => format!(
            "the caller lacks {permission}; `backupctl policy --for {COMMAND} --environment {environment}` prints what \
             it needs"
        ),
    }
}

impl fmt::Display for OperatorError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)?;
        if let Some(cause) = &self.cause {
            match &cause.code {
                Some(code) => write!(f, ": {code}: {}", cause.message)?,
                None => write!(f, ": {}", cause.message)?,
            }
        }
        Ok(())
    }
}

impl std::error::Error for OperatorError {}

#[cfg(test)]
mod tests {
    use super::*;

    /// What AWS, or nobody, answered, and what an operator is told to do about it.
    #[test]
    fn each_kind_of_failure_has_its_remedy() {
        let answered = |code: &str, message: &str| (FailedAt::Service, Some(code.to_owned()), message.to_owned());
        let unanswered = |failed_at: FailedAt, message: &str| (failed_at, None, message.to_owned());
        let denied = "User: arn:aws:iam::222222222222:user/x is not authorized to perform: kms:CreateGrant on resource: \
                      arn:aws:kms:us-west-2:222222222222:key/k because no identity-based policy allows it";
        const ALLOWS_NOT: &str = "because no identity-based policy allows it";
        let rows = [
            ("A denial that names another service's action", answered("AccessDeniedException", denied)),
            (
                "A deny of a key's own policy",
                answered(
                    "AccessDeniedException",
                    &denied
                        .replace("CreateGrant", "DescribeKey")
                        .replace(ALLOWS_NOT, "with an explicit deny in a resource-based policy"),
                ),
            ),
            (
                "A deny of a vault's own policy",
                answered(
                    "AccessDeniedException",
                    &denied
                        .replace("kms:CreateGrant", "backup:StartCopyJob")
                        .replace("kms:us-west-2:222222222222:key/k", "backup:us-west-2:222222222222:backup-vault:v")
                        .replace(ALLOWS_NOT, "with an explicit deny in a resource-based policy"),
                ),
            ),
            (
                "A deny of a vault's own policy about a recovery point in it",
                answered(
                    "AccessDeniedException",
                    &denied
                        .replace("kms:CreateGrant", "backup:StartCopyJob")
                        .replace(
                            "kms:us-west-2:222222222222:key/k",
                            "rds:us-west-2:222222222222:snapshot:awsbackup:job",
                        )
                        .replace(ALLOWS_NOT, "with an explicit deny in a resource-based policy"),
                ),
            ),
            (
                "A deny of the organization",
                answered(
                    "AccessDeniedException",
                    &denied.replace(ALLOWS_NOT, "with an explicit deny in a service control policy"),
                ),
            ),
            ("A denial that names none", answered("AccessDeniedException", "Insufficient privileges.")),
            ("A clock that is behind", answered("SignatureDoesNotMatch", "Signature expired: 20260105T060000Z")),
            ("A clock that is ahead", answered("InvalidSignatureException", "Signature not yet current: 20260105T06Z")),
            ("Another clock", answered("RequestTimeTooSkewed", "The difference is too large.")),
            ("Expired credentials", answered("ExpiredToken", "The security token included is expired")),
            ("No credentials", unanswered(FailedAt::Credentials, "no providers in chain provided credentials")),
            ("No network", unanswered(FailedAt::Transport, "dns error: failed to lookup address information")),
            ("Too many calls", answered("ThrottlingException", "Rate exceeded")),
            ("Anything else", answered("ValidationException", "Value at 'x' failed")),
            ("No answer of AWS's", unanswered(FailedAt::Answer, "the answer cannot be read")),
            ("Our own guard", unanswered(FailedAt::Guard, "the credentials belong to account 1, not to 2")),
        ];
        let place = ErrorPlace {
            environment: "destination".to_owned(),
            account: "222222222222".to_owned(),
            region: "us-west-2".to_owned(),
            subject: None,
        };
        let shown = rows.map(|(about, (failed_at, code, message))| {
            let error = AwsError { operation: "backup:StartCopyJob", failed_at, code, message, request_id: None };
            let told = OperatorError::from_aws("cannot start the copy job", place.clone(), &error);
            format!("## {about}: {:?}, retryable: {}\n{told}\nhint: {}\n", told.kind, told.retryable, told.hint)
        });
        insta::assert_snapshot!(shown.join("\n"));
    }
}
