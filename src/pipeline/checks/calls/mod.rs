//! The calls that a copy takes, each held against the policies that were seen: who asks for what, and which document
//! decides.

pub(crate) mod context;
pub(crate) mod denials;
pub(crate) mod hops;
mod key_policy;
mod outsiders;
mod resources;
pub(crate) mod situation;
