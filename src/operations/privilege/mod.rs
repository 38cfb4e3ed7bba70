//! `policy`: the least that a command must be allowed in an environment.
//!
//! The document follows from what the operations declare that they call ([`commands`]), never from a
//! run that was recorded: a call that a run happened not to make would be missing. What a declared
//! call takes of IAM stands in [`calls`], what CloudFormation does with the caller's credentials in
//! [`resources`].

mod calls;
mod commands;
mod document;
mod permission;
mod resources;

pub use commands::Command;
pub use document::{Place, characters, document};

/// The most characters of a managed policy, white space not counted (IAM User Guide, "IAM and AWS STS
/// quotas").
pub const MANAGED_POLICY_CHARACTERS: usize = 6_144;
/// The most characters of all policies that stand in a role itself (same page).
pub const INLINE_POLICY_CHARACTERS: usize = 10_240;
