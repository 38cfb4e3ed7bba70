//! How the lock of the destination vault changes without a copy being refused on the way. Pure.

use super::observe::{Observed, ObservedStack, Standing};
use crate::pipeline::environment::EnvironmentName;
use crate::pipeline::lock::{LockOrder, LockRange};
use crate::pipeline::settings::Pipeline;

/// What the vault's lock admits now: everything, where it has none.
pub(super) fn seen(standing: &Standing) -> LockRange {
    LockRange::seen(standing.vault.min_retention_days, standing.vault.max_retention_days)
}

/// In which order lock and copies change; none where the lock stays as it is, or is none of ours.
pub(super) fn order(pipeline: &Pipeline, destination: Option<&Standing>) -> Option<LockOrder> {
    let (new, standing) = (pipeline.lock_range()?, destination?);
    let old = seen(standing);
    let days = i64::from(pipeline.plan.destination_delete_after_days);
    (old != new || !standing.vault.locked).then(|| LockOrder::of(old, new, days))
}

/// The range that the destination's stack gets in this round, where it is not yet the configured one.
pub(super) fn widened(pipeline: &Pipeline, destination: Option<&Standing>) -> Option<LockRange> {
    match order(pipeline, destination) {
        Some(LockOrder::WidenFirst(range)) => Some(range),
        _ => None,
    }
}

/// The days that the second hop keeps its copies now, as the stack of the intermediate environment says.
pub(super) fn deployed_days(observed: &Observed) -> Option<i64> {
    let seen = observed.stacks.iter().find(|seen| seen.environment == EnvironmentName::Intermediate)?;
    days_of(seen)
}

/// The same of one stack.
pub(super) fn days_of(seen: &ObservedStack) -> Option<i64> {
    seen.stack.as_ref()?.outputs.get("DestinationDeleteAfterDays")?.parse().ok()
}
