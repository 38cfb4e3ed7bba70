//! The elements of a policy document that stand in several places.

/// The language version of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// `2008-10-17`, also where the element is absent: no policy variables.
    V2008,
    /// `2012-10-17`.
    V2012,
}

/// What a statement does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// `Allow`.
    Allow,
    /// `Deny`.
    Deny,
}

/// A list, or everything but a list: `Action` and `NotAction`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Chosen<T> {
    /// One of these.
    Of(Vec<T>),
    /// None of these.
    Except(Vec<T>),
}

/// A principal as a document names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Named {
    /// `"*"` or `{"AWS": "*"}`.
    Anyone,
    /// An account id, an ARN or a unique id.
    Aws(String),
    /// `events.amazonaws.com`.
    Service(String),
    /// An identity provider.
    Federated(String),
    /// A canonical user id of Amazon S3.
    CanonicalUser(String),
}

/// Why a text is not a policy document, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {reason}")]
pub struct DocumentError {
    /// In the form `Statement[1].Action`.
    pub place: String,
    /// What is wrong there.
    pub reason: String,
}

pub(super) fn wrong(place: &str, reason: impl Into<String>) -> DocumentError {
    DocumentError { place: place.to_owned(), reason: reason.into() }
}
