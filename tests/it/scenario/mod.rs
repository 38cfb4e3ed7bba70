//! The whole pipeline, by whole commands on the simulated AWS.

mod alarms;
pub mod by_hand;
mod event_path;
mod journey;
mod notifications;
mod one_reason;
mod processes;
mod rehearsal;
mod repeat;
