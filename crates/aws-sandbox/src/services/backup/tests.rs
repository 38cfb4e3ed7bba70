//! Whole paths through AWS Backup, with the services that it calls.

use serde_json::{Value, json};

use crate::services::Service;
use crate::world::{Caller, Moment, Place, ServiceError, World};
use aws_policy::context::Context;
use aws_policy::names::{AccountId, Region};

mod support;

mod chain;
mod operations;
mod refusals;
