//! The simulated AWS as commands hold it. A build without the feature `sandbox` has none, and says so when asked.

#[cfg(not(feature = "sandbox"))]
mod absent;
#[cfg(feature = "sandbox")]
mod open;

#[cfg(feature = "sandbox")]
pub use crate::sandbox::Sandbox;
#[cfg(feature = "sandbox")]
pub(super) use crate::sandbox::store::Owner;
#[cfg(not(feature = "sandbox"))]
pub use absent::Sandbox;
#[cfg(not(feature = "sandbox"))]
pub(super) use absent::{Connected, Owner, lacks, open, owner};
#[cfg(feature = "sandbox")]
pub(super) use open::{Connected, lacks, open, owner, store_failure, with_function};
