//! What AWS was seen to hold: plain values. What could not be looked at is kept as the error that AWS answered.

pub mod caller;
pub mod database;
pub mod error;
pub mod event_path;
pub mod key;
pub mod organization;
pub mod plan;
pub mod role;
pub mod stack;
pub mod vault;

pub use error::{AwsError, FailedAt, Look};
