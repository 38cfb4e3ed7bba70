//! The doors to one router: the in-process connector of the SDK and the loopback server.

pub mod door;
pub mod router;
