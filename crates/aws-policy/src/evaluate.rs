//! Decides one request against every policy that AWS would look at, and says which statement of
//! which document decided.

use super::decide;
pub use super::request::{Caller, Decider, Doubt, Layer, Named, Request, Resource, ResourceRule, Verdict};
pub use super::who::Principal;

/// Answers one question the way AWS does (IAM User Guide, "Policy evaluation logic"): an explicit
/// deny in any document wins; then every level of service and resource control policies must allow;
/// then the resource's policy and the caller's own policies, together within an account and both
/// across accounts.
///
/// Where the context does not know a key, the answer is what holds for each value that the key may have, and
/// [`Verdict::Undecided`] where that is not the same answer.
///
/// A document that cannot be read denies: nothing is allowed that a statement in it might forbid.
pub fn evaluate(request: &Request<'_>, caller: &Caller) -> Verdict {
    decide::decide(request, caller)
}
