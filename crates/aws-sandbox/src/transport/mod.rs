//! The two ways to one router: a connection in this process, and the loopback server.

pub(crate) mod bridge;
pub mod connection;
mod control;
mod faults;
pub(crate) mod loopback;
pub mod router;
pub mod serve;
