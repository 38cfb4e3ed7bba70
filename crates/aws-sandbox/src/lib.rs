//! The simulated AWS: one world of accounts and Regions behind AWS's own wire protocols.
//!
//! The rest of the product meets it as an HTTP client, a clock and credentials, and cannot tell it
//! from AWS. It may use [`aws_policy`] and nothing else of ours.

pub mod handle;
pub mod scenario;
pub mod services;
pub mod store;
pub mod transport;
pub mod wire;
pub mod world;

pub use self::handle::Sandbox;
