//! What a command does: asynchronous, without a word printed. Each operation observes, decides
//! (pure) and applies; it tells what happens by events and returns a value.

pub mod error;
pub mod events;

pub use error::OperatorError;
pub use events::{Event, Sink};
