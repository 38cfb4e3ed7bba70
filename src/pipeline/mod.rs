//! The domain, pure: what a pipeline is made of and what can be said of it without asking AWS.
//!
//! Nothing here knows a client, a clock or a file: the time is an argument.

pub mod arn;
pub mod check;
pub mod checks;
pub mod complete;
pub mod coverage;
pub mod environment;
pub mod explained;
pub mod finding;
pub mod identity;
pub mod instant;
pub mod life;
pub mod lifecycle;
pub mod lineage;
pub mod lock;
pub mod origin;
pub mod plan;
pub mod plural;
pub mod recovery_point;
pub mod remedy;
pub mod requirements;
pub mod resource;
pub mod route;
pub mod seen;
pub mod settings;
pub mod suggest;
pub mod tags;
pub mod verdict;

pub use arn::{KeyArn, RecoveryPointArn, VaultArn};
pub use environment::{EnvironmentName, Hop};
pub use settings::Pipeline;
