//! A call that brought no result, in AWS's own words.

use std::fmt;

/// What a call brought, or why it brought nothing.
pub type Look<T> = Result<T, AwsError>;

/// Where a call failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailedAt {
    /// The service answered with an error.
    Service,
    /// No credentials were found, or they could not be used to sign.
    Credentials,
    /// No answer came: network, TLS, time-out.
    Transport,
    /// Our own guard refused the call.
    Guard,
    /// The answer lacks what it must have.
    Answer,
    /// It was not made: before it STS did not say whose credentials these are.
    Identity,
}

/// A call that brought no result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AwsError {
    /// In the form `backup:StartCopyJob`.
    pub operation: &'static str,
    pub failed_at: FailedAt,
    pub code: Option<String>,
    /// As AWS wrote it, untouched.
    pub message: String,
    /// AWS's id of the request.
    pub request_id: Option<String>,
}

impl AwsError {
    /// An answer that lacks a member.
    pub fn missing(operation: &'static str, member: &str) -> Self {
        Self::unread(operation, format!("the answer has no {member}"))
    }

    /// What nobody asked AWS for, because it was not wanted.
    pub fn not_asked(operation: &'static str) -> Self {
        Self::unread(operation, "it was not asked for")
    }

    /// A list that another answer contradicts: what it lacks is not known to be absent.
    pub fn contradicted(operation: &'static str, why: impl Into<String>) -> Self {
        Self::unread(operation, why)
    }

    /// An answer with a member that is not what it must be.
    pub fn unreadable(operation: &'static str, member: &str, value: &str) -> Self {
        Self::unread(operation, format!("{member} in the answer cannot be read: {value}"))
    }

    /// An answer that could not be read.
    pub fn unread(operation: &'static str, message: impl Into<String>) -> Self {
        Self { operation, failed_at: FailedAt::Answer, code: None, message: message.into(), request_id: None }
    }

    /// Whether the service answered with that code.
    pub fn is(&self, code: &str) -> bool {
        self.code.as_deref() == Some(code)
    }

    /// Whether the caller lacks a permission (or, with AWS Backup, the vault does not exist).
    pub fn is_access_denied(&self) -> bool {
        matches!(
            self.code.as_deref(),
            Some("AccessDenied" | "AccessDeniedException" | "UnauthorizedOperation" | "UnauthorizedException")
        )
    }

    /// The permission that the caller lacks, where it was denied: the one that AWS names, which can be
    /// another service's that the operation asked for, else the operation's own.
    pub fn missing_permission(&self) -> Option<&str> {
        if !self.is_access_denied() {
            return None;
        }
        let named = self.message.split_once("is not authorized to perform: ").map(|(_, rest)| rest);
        let action = named.and_then(|rest| rest.split([' ', ',']).next()).filter(|action| action.contains(':'));
        Some(action.unwrap_or(self.operation))
    }

    /// The kind of policy whose deny AWS names as what refuses: `resource-based policy`, `service control policy`.
    /// Nothing that the caller is granted outdoes it (IAM User Guide, "Troubleshoot access denied error messages").
    pub fn denied_in(&self) -> Option<&str> {
        let (_, named) = self.message.split_once("with an explicit deny in ")?;
        let named = named.split([':', '.']).next().unwrap_or_default().trim();
        Some(named.trim_start_matches("a ").trim_start_matches("an ")).filter(|named| !named.is_empty())
    }

    /// What AWS says that the call was about.
    pub fn on_resource(&self) -> Option<&str> {
        let (_, named) = self.message.split_once("on resource: ")?;
        named.split_whitespace().next()
    }

    /// The error as a note tells it, which has no place for its operation: the missing permission where one is
    /// missing, else the operation, then AWS's words.
    pub fn in_a_note(&self) -> String {
        match self.missing_permission() {
            Some(permission) => format!("the caller lacks {permission}: {self}"),
            None => format!("{}: {self}", self.operation),
        }
    }

    /// Whether the credentials themselves do not work.
    pub fn is_bad_credentials(&self) -> bool {
        self.failed_at == FailedAt::Credentials
            || matches!(
                self.code.as_deref(),
                Some(
                    "InvalidClientTokenId"
                        | "UnrecognizedClientException"
                        | "SignatureDoesNotMatch"
                        | "ExpiredToken"
                        | "ExpiredTokenException"
                        | "IncompleteSignature"
                        | "MissingAuthenticationToken"
                )
            )
    }

    /// Whether AWS refused the time of the signature (Signature Version 4: more than five minutes away).
    pub fn is_clock_skew(&self) -> bool {
        let says = |text: &str| self.message.contains(text);
        self.code.as_deref() == Some("RequestTimeTooSkewed")
            || (matches!(self.code.as_deref(), Some("InvalidSignatureException" | "SignatureDoesNotMatch"))
                && (says("Signature expired") || says("Signature not yet current")))
    }

    /// Whether the same call may work later without anything being changed.
    pub fn is_retryable(&self) -> bool {
        self.failed_at == FailedAt::Transport
            || matches!(
                self.code.as_deref(),
                Some(
                    "Throttling"
                        | "ThrottlingException"
                        | "ThrottledException"
                        | "TooManyRequestsException"
                        | "RequestLimitExceeded"
                        | "ServiceUnavailable"
                        | "ServiceUnavailableException"
                        | "InternalFailure"
                        | "InternalServerError"
                        | "ServiceException"
                        | "InvalidResourceStateException"
                )
            )
    }
}

impl fmt::Display for AwsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.code {
            Some(code) => write!(f, "{code}: {}", self.message),
            None => f.write_str(&self.message),
        }
    }
}

impl std::error::Error for AwsError {}
