//! The whole pipeline, by whole commands on the simulated AWS.

mod journey;
mod one_reason;
