//! What a command does: asynchronous, without a word printed. Each operation observes, decides
//! (pure) and applies; it tells what happens by events and returns a value.

pub mod bootstrap;
pub mod cleanup;
pub mod clocks;
pub mod copy;
mod counted;
pub mod deployment;
pub mod doctor;
pub mod error;
pub mod events;
pub mod init;
pub mod observe;
pub mod privilege;
pub mod sessions;
pub mod verify;

pub use error::OperatorError;
pub use events::{Event, Sink};
pub(crate) use observe::caller;
