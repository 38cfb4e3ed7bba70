//! The calls that a copy takes, each held against the policies that were seen: who asks for what, and which document
//! decides.

pub(super) mod context;
pub(super) mod hops;
mod key_policy;
pub(super) mod needs;
mod outsiders;
mod resources;
pub(super) mod situation;
