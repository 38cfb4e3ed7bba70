//! What happens to the stacks that the lock of the destination vault concerns.

use super::super::observe::ObservedStack;
use super::super::{Options, lock};
use super::change::{Repair, StackChange};
use super::danger::LOCK;
use crate::operations::deployment::with_lock;
use crate::pipeline::environment::EnvironmentName;
use crate::pipeline::lock::LockOrder;
use crate::pipeline::settings::Pipeline;

/// The lock of the destination vault, where it changes or was changed by hand.
pub(super) fn decide_lock(pipeline: &Pipeline, seen: &ObservedStack, options: &Options, change: &mut StackChange) {
    let (Some(standing), Some(range)) = (&seen.standing, pipeline.lock_range()) else { return };
    let Some(order) = lock::order(pipeline, Some(standing)) else { return };
    if !options.environments.contains(&EnvironmentName::Intermediate) {
        change.block(
            "its vault lock changes, and what the intermediate environment copies into it must change with it",
            "run `backupctl bootstrap --environment intermediate --environment destination`",
        );
        return;
    }
    let touched = change.changes.iter().flat_map(|one| &one.properties).any(|one| one.name.starts_with(LOCK));
    if let LockOrder::WidenFirst(range) = order {
        change.deployment = with_lock(change.deployment.clone(), range);
        change.reason = Some(format!(
            "first its lock admits {} to {} days, the old copies and the new ones; when the new retention is deployed, it \
             gets its own bounds",
            range.min_days, range.max_days
        ));
        change.goes_on = true;
        change.goes_first = true;
    } else if !touched {
        change.repairs.push(Repair::Lock { vault: standing.vault.name.clone(), range });
    }
}

/// What the second hop copies must lie within the lock, which only the destination environment can tell and change.
pub(super) fn keep_within_lock(pipeline: &Pipeline, seen: &ObservedStack, options: &Options, change: &mut StackChange) {
    let days = i64::from(pipeline.plan.destination_delete_after_days);
    let same = lock::days_of(seen) == Some(days);
    if same || pipeline.lock_range().is_none() || options.environments.contains(&EnvironmentName::Destination) {
        return;
    }
    change.block(
        "the retention of its copies changes, and the lock of the destination vault must change with it",
        "run `backupctl bootstrap --environment intermediate --environment destination`",
    );
}
