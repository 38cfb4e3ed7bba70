//! What AWS Backup needs for each step of a recovery point's way, and what its failures mean: data,
//! written from AWS's documentation. It does no I/O, and knows nothing of the simulated AWS.

pub mod event;
pub mod failures;
pub mod needs;

pub use needs::{BY_HAND, REQUIREMENTS, Requirement};
