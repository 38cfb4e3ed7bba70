//! Whole paths through AWS Backup, with the services that it calls.

use serde_json::{Value, json};

use crate::policy::context::Context;
use crate::policy::names::{AccountId, Region};
use crate::sandbox::services::Service;
use crate::sandbox::world::{Caller, Moment, Place, ServiceError, World};

mod support;

mod chain;
mod deletions;
mod operations;
mod refusals;
