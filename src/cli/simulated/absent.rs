//! What stands in for a sandbox where none was built in: nothing that could be held.

use std::convert::Infallible;

use tokio::runtime::Runtime;

use super::super::global::Global;
use super::super::outcome::Outcome;
use crate::aws::Outside;
use crate::output::Io;
use crate::pipeline::Pipeline;

/// No sandbox can be held.
#[derive(Debug, Clone)]
pub struct Sandbox(Infallible);

/// No command can be connected to one.
#[derive(Debug)]
pub(in crate::cli) struct Connected(Infallible);

/// Who would hold the lock of one.
#[derive(Debug)]
pub(in crate::cli) struct Owner;

impl Sandbox {
    pub(in crate::cli) fn take_notes(&self) -> Vec<String> {
        match self.0 {}
    }
}

impl Connected {
    pub(in crate::cli) fn new(sandbox: Sandbox, _: &Runtime) -> (Self, Outside) {
        match sandbox.0 {}
    }

    pub(in crate::cli) async fn ended(&self) {
        match self.0 {}
    }

    pub(in crate::cli) async fn signalled(&self) {
        match self.0 {}
    }

    pub(in crate::cli) fn settle(&self) -> Result<(), String> {
        match self.0 {}
    }
}

/// Says that this build has no sandbox.
///
/// # Errors
/// Always.
pub(in crate::cli) fn open(_: Option<&Sandbox>, _: &Owner, _: &Global, _: &mut Io) -> Result<Sandbox, Outcome> {
    let what = "this `backupctl` was built without its sandbox";
    Err(Outcome::usage(what, "build it with the default features: `cargo install --path .`"))
}

/// This process.
pub(in crate::cli) fn owner(_: &Io) -> Owner {
    Owner
}

pub(in crate::cli) fn lacks(sandbox: &Sandbox, _: &Pipeline) -> Option<Outcome> {
    match sandbox.0 {}
}
