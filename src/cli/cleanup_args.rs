//! What `cleanup` is asked.

use std::time::Duration;

use clap::ValueEnum;

use super::context::Context;
use crate::config::duration;
use crate::operations::cleanup::{LastCopy, LockConsent, Options, Part};
use crate::pipeline::resource::ResourceName;
use crate::pipeline::{EnvironmentName, Pipeline};
use crate::policy::names::AccountId;

/// Delete the backup plan, the recovery points in the three vaults, the vaults, keys and stacks
///
/// Lists everything first and asks for confirmation. The last copy of a database that no longer exists, what is not ours and a key that
/// anything still uses are kept; that does not stop the rest.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Only this part; can be repeated
    #[arg(long, value_name = "PART")]
    pub(super) only: Vec<Only>,
    /// Only this environment; can be repeated: source, intermediate, destination
    #[arg(long, value_name = "ENVIRONMENT")]
    pub(super) environment: Vec<EnvironmentName>,
    /// Only recovery points of this database: `orders`, `db:orders` or an ARN; can be repeated
    #[arg(long, value_name = "DATABASE")]
    pub(super) resource: Vec<ResourceName>,
    /// Only recovery points older than this
    #[arg(long, value_name = "DURATION", value_parser = duration::parse)]
    pub(super) older_than: Option<Duration>,
    /// Keep the newest N of each database in each vault
    #[arg(long, value_name = "N")]
    pub(super) keep_last: Option<usize>,
    /// Show what would be deleted without deleting it
    #[arg(long)]
    pub(super) dry_run: bool,
    /// Delete what is listed without asking for confirmation
    #[arg(long)]
    pub(super) yes: bool,
    /// With --yes: an account in which copies of the destination, a key or a vault lock go; can be repeated
    #[arg(long, value_name = "ACCOUNT", requires = "yes")]
    pub(super) confirm: Vec<AccountId>,
    /// Delete even the last copy of a database that no longer exists
    #[arg(long)]
    pub(super) include_last_copy: bool,
    /// Remove the vaults' locks, where AWS still allows it
    #[arg(long, conflicts_with_all = ["only", "resource", "older_than", "keep_last"])]
    pub(super) remove_lock: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Only {
    RecoveryPoints,
    Stacks,
    Plan,
}

impl From<Only> for Part {
    fn from(only: Only) -> Self {
        match only {
            Only::RecoveryPoints => Self::RecoveryPoints,
            Only::Stacks => Self::Stacks,
            Only::Plan => Self::Plan,
        }
    }
}

impl Args {
    #[cfg(feature = "sandbox")]
    /// Everything, with consent to what the listing shows in all accounts of the pipeline.
    pub(super) fn consented(pipeline: &Pipeline) -> Self {
        Self {
            only: Vec::new(),
            environment: Vec::new(),
            resource: Vec::new(),
            older_than: None,
            keep_last: None,
            dry_run: false,
            yes: true,
            confirm: vec![pipeline.source.account.clone(), pipeline.destination.account.clone()],
            include_last_copy: false,
            remove_lock: false,
        }
    }

    pub(super) fn options(&self, pipeline: &Pipeline, context: &Context<'_>) -> Options {
        let environments =
            if self.environment.is_empty() { EnvironmentName::ALL.to_vec() } else { self.environment.clone() };
        Options {
            only: self.only.iter().copied().map(Part::from).collect(),
            environments,
            resources: self.resource.iter().map(|name| name.arn(pipeline)).collect(),
            older_than: self.older_than,
            keep_last: self.keep_last,
            last_copy: if self.include_last_copy { LastCopy::Include } else { LastCopy::Keep },
            locks: if self.remove_lock { LockConsent::Remove } else { LockConsent::Leave },
            patience: context.patience(),
        }
    }
}
