//! The doors to one router: the in-process connector of the SDK and the loopback server.

pub(in crate::sandbox) mod bridge;
mod control;
pub mod door;
mod faults;
pub(in crate::sandbox) mod loopback;
pub mod router;
pub mod serve;
